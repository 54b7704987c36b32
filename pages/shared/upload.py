"""The parts of the Upload page. The file goes the same way as on the command line (data/ingest/intake.py)."""

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data.access import NotForThisReader
from data.catalogue import CatalogueError, load_catalogue
from data.harmless import harmless
from data.ingest.answers import ENCODINGS, Choice, UnreadableFile
from data.ingest.changes import Changes
from data.ingest.feeds import FEEDS, template
from data.ingest.intake import Receipt, Refused, intake
from data.ingest.persons import PersonalData
from data.ingest.problems import Problem
from data.record import StoreError
from pages.shared import context, words

SHOWN = 200


@dataclass(frozen=True)
class Details:
    """What the person says about the file; empty where the file says it itself."""

    encoding: str | None
    date_style: str | None
    issue: str | None
    covers: tuple[date, date] | None
    note: str

    def words(self) -> dict[str, Any]:
        return {
            "choice": Choice(encoding=self.encoding),
            "date_style": self.date_style,
            "issue": self.issue,
            "covers": self.covers,
            "note": self.note,
        }


@dataclass(frozen=True)
class Checked:
    """The outcome of a check: nothing has been stored yet."""

    feed: str
    rows: int
    problems: tuple[Problem, ...]
    set_aside: tuple[tuple[str, int], ...]
    changes: Changes
    blocked: bool

    def offer(self, name: str, content: bytes, details: Details) -> None:
        """The button that accepts it."""
        if self.blocked:
            st.error("This file cannot be accepted as it is.")
            return
        lines = len({p.line for p in self.problems})
        label = f"Accept without {words.count_of(lines, 'line')}" if lines else "Accept"
        if st.button(label, type="primary", key="accept"):
            accept(name, content, details, partial=bool(lines))


def ask_details() -> Details:
    """What cannot be known from the file; all of it may be left alone."""
    with st.expander("More about this file"):
        encoding = st.selectbox("Encoding of a CSV file", ["as it says itself", *ENCODINGS], key="encoding")
        style = st.selectbox("Dates", ["as the feed declares", "2026-04-17", "17/04/2026"], key="dates")
        issue = st.text_input("Extract date or version (2026-05-07, v2)", key="issue")
        covers = st.text_input("An events extract covers (2026-04-01 to 2026-04-30)", key="covers")
        note = st.text_input(f"Note. {words.DO_NOT_NAME}", key="note")
    chosen = {"2026-04-17": "iso", "17/04/2026": "dmy"}.get(style)
    return Details(
        encoding if encoding in ENCODINGS else None, chosen, issue.strip() or None, _stretch(covers), note.strip()
    )


def _stretch(text: str) -> tuple[date, date] | None:
    if not text.strip():
        return None
    try:
        first, last = (date.fromisoformat(part.strip()) for part in text.split("to"))
    except ValueError:
        st.error("What it covers is written as two days: 2026-04-01 to 2026-04-30.")
        st.stop()
    return first, last


def receive(name: str, content: bytes, details: Details) -> Checked | None:
    """Check the file and say what is wrong in one sentence where it cannot be read at all."""
    try:
        with st.spinner("Checking …"), _stored(name, content) as path:
            catalogue = load_catalogue(context.home().measures)
            with intake(context.home(), catalogue, path, file_name=name, **details.words()) as extract:
                return Checked(
                    extract.feed.name,
                    extract.rows_read,
                    extract.problems,
                    extract.set_aside,
                    extract.changes,
                    extract.blocks_whole_file or extract.rows_rejected == extract.rows_read,
                )
    except (UnreadableFile, PersonalData, StoreError, CatalogueError) as error:
        st.error(str(error))
        return None


def accept(name: str, content: bytes, details: Details, *, partial: bool) -> None:
    """Load it for good, keep the receipt, and show the page anew."""
    if not context.reader().may_load:  # asked again where something is written
        st.error("Your role does not load extracts.")
        return
    try:
        with st.spinner("Loading and publishing …"), _stored(name, content) as path:
            catalogue = load_catalogue(context.home().measures)
            with intake(context.home(), catalogue, path, file_name=name, **details.words()) as extract:
                st.session_state["receipt"] = extract.accept("QI lead (sample)", partial=partial)
    except (UnreadableFile, PersonalData, Refused, StoreError, CatalogueError) as error:
        st.error(str(error))
        return
    st.session_state.pop("extract", None)
    st.rerun()


class _stored:  # noqa: N801 (used like a function)
    """The uploaded bytes in a scratch file: its name is ours, never the one that was sent."""

    def __init__(self, name: str, content: bytes) -> None:
        self.suffix, self.content = Path(name).suffix[:8], content

    def __enter__(self) -> Path:
        self.folder = tempfile.TemporaryDirectory(prefix="zero-harm-upload-")
        path = Path(self.folder.name) / "upload"
        path.write_bytes(self.content)
        return path

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


def show_problems(checked: Checked) -> None:
    """What is wrong, line by line, and as a file to correct."""
    st.subheader(f"{words.count_of(checked.rows, 'row')} of the {checked.feed} feed")
    if not checked.problems:
        st.success("No problems found.")
    else:
        lines = {p.line for p in checked.problems if p.line}
        st.warning(
            f"{words.count_of(len(lines), 'line')} cannot be used as they are." if lines else "The file has a problem."
        )
        frame = pd.DataFrame(
            [
                {"Line": p.line or None, "Column": p.column, "It says": p.value, "What is wrong": p.reason}
                for p in checked.problems
            ]
        )
        st.dataframe(frame.head(SHOWN), hide_index=True, width="stretch")
        out = frame.assign(**{"It says": [harmless(value) for value in frame["It says"]]})
        st.download_button("Download all problems as CSV", out.to_csv(index=False), "problems.csv", "text/csv")
    if checked.set_aside:
        with st.expander(f"{words.count_of(sum(n for _, n in checked.set_aside), 'row')} set aside: not followed here"):
            st.dataframe(pd.DataFrame(checked.set_aside, columns=["What", "Rows"]), hide_index=True)


def show_changes(checked: Checked) -> None:
    """What the record would say otherwise once this is accepted."""
    counts = checked.changes.counts
    names = {
        "new": "new",
        "changed": "changed",
        "gone": "no longer there",
        "unchanged": "unchanged",
        "older": "older than here",
    }
    shown = ", ".join(f"{counts[key]:,} {name}" for key, name in names.items() if counts.get(key))
    st.write(f"What would change: {shown or 'nothing'}.")
    listed = [c for c in checked.changes.listed if c.change != "unchanged"]
    if listed:
        with st.expander("Cell by cell", expanded=len(listed) <= 12):
            frame = pd.DataFrame(
                [
                    {
                        "What": c.measure_id or c.what,
                        "Unit": c.unit_code,
                        "Month": words.month_name(c.month) if c.month else "",
                        "Now": _plain(c.before),
                        "Would be": _plain(c.after),
                        "": names[c.change],
                    }
                    for c in listed[:SHOWN]
                ]
            )
            st.dataframe(frame, hide_index=True, width="stretch")


def _plain(value: str | None) -> str:
    if value is None:
        return ""
    return value.rstrip("0").rstrip(".") if "." in value else value


def show_receipt() -> None:
    """What the last load of this session did."""
    receipt: Receipt | None = st.session_state.pop("receipt", None)
    if receipt is None:
        return
    if receipt.load_id is None:
        st.success(f"{receipt.file_name}: nothing changed. All of it was here already.")
        return
    text = f"{receipt.file_name} is load {receipt.load_id}: {words.count_of(receipt.rows_stored, 'row')} stored"
    if receipt.rows_rejected:
        text += f", {words.count_of(receipt.rows_rejected, 'row')} not stored"
    st.success(f"{text}. Everybody now sees version {receipt.version}.")


def templates() -> None:
    """A template of each feed."""
    with st.expander("Templates: which columns each feed has"):
        for feed in FEEDS.values():
            left, right = st.columns([4, 1])
            left.write(
                f"**{feed.name}**: {feed.purpose} Columns: {', '.join(feed.required)}; may have: {', '.join(feed.optional) or '–'}."
            )
            right.download_button(
                "Template", template(feed), f"{feed.name}.csv", "text/csv", key=f"template {feed.name}"
            )


def show_history() -> None:
    """The loads so far, newest first."""
    store = context.store()
    if store is None:
        return
    try:
        frame = store.loads(context.reader())
    except NotForThisReader:
        return
    shown = {
        "load_id": "Load",
        "file_name": "File",
        "feed": "Feed",
        "status": "Status",
        "loaded_by": "By",
        "loaded_at": "At (UTC)",
        "first_day": "From",
        "last_day": "To",
        "rows_stored": "Rows stored",
        "rows_rejected": "Not stored",
        "rows_set_aside": "Set aside",
        "note": "Note",
    }
    with st.expander("Loads so far"):
        st.dataframe(frame[list(shown)].rename(columns=shown), hide_index=True, width="stretch")
