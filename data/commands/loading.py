"""`load`, `check` and `template`: extracts from files or from a watched folder into the record."""

import argparse
import csv
import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data.catalogue import load_catalogue
from data.commands.outcome import BUSY, REFUSED, Outcome, progress
from data.config import Home
from data.files import sha256_of
from data.ingest.answers import ENCODINGS, Choice, UnreadableFile
from data.ingest.feeds import FEEDS, template
from data.ingest.intake import (
    STATUSES,
    Intake,
    Receipt,
    Refused,
    Warned,
    intake,
    known_bytes,
    note_refusal,
    note_unpacked,
    shown_name,
)
from data.ingest.mapping import columns_to_ask_for, ready_mappings
from data.ingest.persons import PersonalData
from data.ingest.reading import feed_named, unpack
from data.ingest.rehearsal import Rehearsal, rehearse
from data.ingest.unlikely import unlikely
from data.publish import ensure_published
from data.record import Busy

SHOWN_GROUPS = 20
SHOWN_LINES = 5
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".pq", ".zip")


def add(commands: Any) -> None:
    """The words of these commands."""
    for name, tells in (
        ("load", "check extracts, store and publish them"),
        ("check", "say what is wrong with extracts and what would change; store nothing"),
    ):
        parser = commands.add_parser(name, help=tells)
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="a file, a ZIP of several, or a folder of files"
        )
        parser.add_argument("--feed", choices=FEEDS, help="the layout of the files; known by their header without it")
        parser.add_argument("--source", help="read with the remembered columns and values of this source")
        parser.add_argument("--covers", nargs=2, type=date.fromisoformat, metavar=("FROM", "TO"),
                            help="the first and last day that an events extract is complete for")  # fmt: skip
        parser.add_argument("--issue", help="the extract's date, its version, or both: 2026-05-07, v2, 2026-05-07v2")
        parser.add_argument("--encoding", choices=ENCODINGS, help="of a CSV file that does not tell it itself")
        parser.add_argument("--sheet", help="the sheet of a workbook; the first visible one without it")
        parser.add_argument("--header-row", type=int, metavar="N", help="the row with the column names, counted from 1")
        parser.add_argument("--date-format", choices=("iso", "dmy", "month", "excel"),
                            help="iso: 2026-04-17; dmy: 17/04/2026; month: Apr-24; excel: 46129")  # fmt: skip
        parser.add_argument("--status", choices=STATUSES)
        parser.add_argument("--by", default="command line", help="who loads, for the record")
        parser.add_argument("--note", default="")
        parser.add_argument("--sample", action="store_true", help="the sample trust's store")
        parser.add_argument("--json", action="store_true")
        parser.set_defaults(run=load, check=name == "check", watch=None, accept_partial=False)
        if name == "load":
            parser.add_argument(
                "--accept-partial", action="store_true", help="store the good rows and write the others to a file"
            )
            parser.add_argument("--check", action="store_true", help="as the command `check`")
            parser.add_argument(
                "--watch", type=int, metavar="SECONDS", help="look for new files again and again, until stopped"
            )

    show = commands.add_parser("template", help="print the template of a feed, or the columns to ask a source for")
    show.add_argument("feed", choices=[*FEEDS, *ready_mappings()])
    show.set_defaults(run=show_template, json=False)


def load(home: Home, words: argparse.Namespace) -> Outcome:
    """Each file by itself: one that is refused leaves the others. In a folder, what was loaded before is passed over."""
    while True:
        outcome = _load_once(home, words)
        if words.watch is None:
            return outcome
        outcome.print(as_json=words.json)
        time.sleep(words.watch)


def _load_once(home: Home, words: argparse.Namespace) -> Outcome:
    catalogue = load_catalogue(home.measures)
    outcome = Outcome(told={"files": []})
    files = list(_files(words.files, home))
    with progress(len(files) + 1) as begin, tempfile.TemporaryDirectory(prefix="zero-harm-") as scratch:
        for path in files:
            begin(path.name)
            try:
                members = unpack(path, shown=shown_name(path.name), folder=Path(scratch))
                for shown, member in members:
                    _load_one(home, catalogue, shown, member, words, outcome)
                if not words.check and home.has_record and [member for _, member in members] != [path]:
                    note_unpacked(home, words.by, path.name, path)
            except (UnreadableFile, PersonalData) as error:
                _refused(home, words, shown_name(path.name), path, error, outcome)
            except Busy as error:
                outcome.code = BUSY
                outcome.errors.append(str(error))
        begin("Publishing")
        if not words.check and home.has_record and files:
            version = ensure_published(home, catalogue)
            outcome.told["version"] = version
            outcome.lines.append(f"Readers see version {version}.")
    return outcome


def _files(given: list[Path], home: Home) -> Iterator[Path]:
    """The files that are named, and those of the folders that are named and were not taken before."""
    known = known_bytes(home) if any(path.is_dir() for path in given) else set()
    for path in given:
        if not path.is_dir():
            yield path
            continue
        for each in sorted(path.iterdir()):
            fits = each.is_file() and each.suffix.lower() in ENDINGS and not each.name.startswith((".", "~"))
            if fits and sha256_of(each) not in known:
                yield each


def _load_one(home: Home, catalogue: Any, shown: str, path: Path, words: argparse.Namespace, outcome: Outcome) -> None:
    said: dict[str, Any] = {"file": shown}
    outcome.told["files"].append(said)
    asked: dict[str, Any] = {
        "file_name": shown,
        "feed": feed_named(words.feed) if words.feed else None,
        "source": words.source,
        "choice": Choice(encoding=words.encoding, sheet=words.sheet, header_row=words.header_row),
        "date_style": words.date_format,
        "covers": tuple(words.covers) if words.covers else None,
        "issue": words.issue,
        "status": words.status,
        "note": words.note,
    }
    try:
        if words.check:
            with rehearse(home, catalogue, path, **asked) as tried:
                _say_checked(tried, tried.feed, tried.rows, (*tried.warnings, *unlikely(tried)), said, outcome)
                outcome.code = max(outcome.code, REFUSED if tried.problems else 0)
            return
        with intake(home, catalogue, path, **asked) as extract:
            _say_checked(extract, extract.feed.name, extract.rows_read, extract.warnings, said, outcome)
            receipt = extract.accept(words.by, partial=words.accept_partial, publish_now=False)
            _say_receipt(receipt, said, outcome)
    except (Refused, UnreadableFile, PersonalData) as error:
        _refused(home, words, shown, path, error, outcome)


def _refused(home: Home, words: argparse.Namespace, shown: str, path: Path, error: Exception, outcome: Outcome) -> None:
    outcome.code = REFUSED
    outcome.errors.append(str(error))
    if not words.check:
        note_refusal(home, words.by, shown, path, error)


def _say_checked(
    extract: Intake | Rehearsal,
    feed: str,
    rows: int,
    warnings: Sequence[Warned],
    said: dict[str, Any],
    outcome: Outcome,
) -> None:
    said |= {
        "feed": feed,
        "rows": rows,
        "problems": [vars(problem) for problem in extract.problems],
        "warnings": [vars(warning) for warning in warnings],
        "set_aside": dict(extract.set_aside),
        "cells": extract.changes.counts,
    }
    outcome.lines.append(f"{extract.file_name}: {rows:,} row{'' if rows == 1 else 's'} of the {feed} feed.")
    for group in extract.groups[:SHOWN_GROUPS]:
        outcome.lines.append(f"  {group}")
    if len(extract.groups) > SHOWN_GROUPS:
        outcome.lines.append(f"  … and {len(extract.groups) - SHOWN_GROUPS:,} other kinds of problem.")
    for warning in warnings[:SHOWN_GROUPS]:
        outcome.lines.append(f"  please check: {warning}")
    if len(warnings) > SHOWN_GROUPS:
        outcome.lines.append(f"  … and {len(warnings) - SHOWN_GROUPS:,} more to check.")
    for what, count in extract.set_aside[:SHOWN_GROUPS]:
        outcome.lines.append(f"  set aside, {count:,} rows: {what}")
    counts = ", ".join(f"{count:,} {change}" for change, count in sorted(extract.changes.counts.items()))
    outcome.lines.append(f"  Cells: {counts or 'none'}.")


def _say_receipt(receipt: Receipt, said: dict[str, Any], outcome: Outcome) -> None:
    said |= {
        "load": receipt.load_id,
        "rows_stored": receipt.rows_stored,
        "rows_rejected": receipt.rows_rejected,
        "rejects": receipt.rejects,
    }
    if receipt.load_id is None:
        outcome.lines.append("  Nothing changed: the record holds all of this already.")
    else:
        stored = f"{receipt.rows_stored:,} row{'' if receipt.rows_stored == 1 else 's'}"
        outcome.lines.append(f"  Stored as load {receipt.load_id}: {stored}.")
    if receipt.rejects:
        outcome.lines.append(f"  {receipt.rows_rejected:,} rows were not stored; they stand in {receipt.rejects}.")


def show_template(_: Home, words: argparse.Namespace) -> Outcome:
    """The template as CSV text, or what to ask the people who run a source for."""
    if words.feed in FEEDS:
        return Outcome(lines=[template(FEEDS[words.feed]).rstrip("\n")])
    asked = columns_to_ask_for(words.feed)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("column", "why"), *asked])
    return Outcome(lines=[out.getvalue().rstrip("\n")])
