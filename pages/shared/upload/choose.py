"""The first step: drop a file, of a ZIP choose one; and what to ask whoever makes the files."""

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from data.ingest.feeds import FEEDS, template
from data.ingest.intake import shown_name
from data.ingest.mapping import columns_to_ask_for, ready_mappings
from data.ingest.reading import unpack
from pages.shared import words
from pages.shared.upload.state import OF_A_MEMBER, Choices, Dropped, asked, box_round, choices, dropped

TYPES = ["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods", "parquet", "pq", "zip"]
MOST_MB = 50
SOURCE_NAMES = {
    "datix": "Datix",
    "lfpse": "LFPSE, headings of the workbook",
    "lfpse_raw": "LFPSE, raw tables",
    "amat": "AMaT",
}


def ask_file() -> Dropped | None:
    """The file that was dropped, or None."""
    upload = st.file_uploader(words.UPLOAD_FORMATS, type=TYPES, key=f"extract {box_round()}", max_upload_size=MOST_MB)
    return None if upload is None else dropped(upload)


@contextmanager
def opened(file: Dropped, chosen: Choices) -> Iterator[tuple[str, Path]]:
    """(shown name, path) of the file, or of the chosen one of a ZIP: in a scratch folder, under a name of ours."""
    with tempfile.TemporaryDirectory(prefix="zero-harm-upload-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(file.content)
        parts = unpack(path, shown=shown_name(file.name), folder=Path(folder))
        yield next((part for part in parts if part[0] == chosen.member), parts[0])


def ask_member(file: Dropped) -> None:
    """Of a ZIP of several, which. Raises UnreadableFile."""
    if "upload members" not in st.session_state:
        with tempfile.TemporaryDirectory(prefix="zero-harm-upload-") as folder:
            path = Path(folder) / "upload"
            path.write_bytes(file.content)
            parts = unpack(path, shown=shown_name(file.name), folder=Path(folder))
            st.session_state["upload members"] = [name for name, _ in parts]
    members: list[str] = st.session_state["upload members"]
    if len(members) > 1:
        at = members.index(chosen) if (chosen := choices().member) in members else 0
        st.selectbox(
            f"This ZIP holds {len(members)} files. They are loaded one by one.",
            members,
            index=at,
            format_func=shown_name,
            **asked("member", **OF_A_MEMBER),
        )


def templates() -> None:
    """A template of each feed, and what to ask for from each source."""
    with st.expander("Templates, and the columns to ask for", key="upload templates"):
        st.write("**Our own layouts.** Fill in a template, or have it made by a report.")
        for feed in FEEDS.values():
            may = f"; may have {', '.join(feed.optional)}" if feed.optional else ""
            _offer(
                f"**{feed.name}**: {feed.purpose} Columns: {', '.join(feed.required)}{may}.", template(feed), feed.name
            )
        st.write("**Other systems.** Ask whoever makes the extract for these columns, and no others.")
        for source in ready_mappings():
            asked_for = columns_to_ask_for(source)
            out = io.StringIO()
            csv.writer(out).writerows([("column", "why"), *asked_for])
            names = ", ".join(column for column, _ in asked_for)
            _offer(f"**{SOURCE_NAMES.get(source, source)}**: {names}.", out.getvalue(), f"columns_{source}")


def _offer(text: str, content: str, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        st.download_button(
            "Download", content, f"{name}.csv", "text/csv", key=f"template {name}", on_click="ignore", type="tertiary"
        )
