"""A file that no layout fits, looked at so that somebody can say which column is what; nothing is loaded."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.config import Home
from data.database import attach, workspace
from data.ingest.answers import Choice, Sheet
from data.ingest.feeds import column_name, recognise
from data.ingest.layout import columns_sentence, known_mappings, places_sentence
from data.ingest.mapping import Mapping, headers_of, ready_mappings, recognise_source
from data.ingest.persons import PersonalData, find_persons, personal_headers
from data.ingest.problems import NOTE
from data.ingest.reading import read
from data.record import writing


@dataclass(frozen=True)
class Look:
    """The sheets of a file and the header of the one that was read.

    `source` is the mapping whose columns it has, and `others` the columns that this source does not need; `is_feed`: it has
    the columns of one of our own layouts.
    """

    sheets: tuple[Sheet, ...]
    sheet: Sheet
    source: Mapping | None
    others: tuple[str, ...]
    is_feed: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings that stand once and can be chosen, as the file spells them."""
        names = [column_name(cell) for cell in self.sheet.header]
        return tuple(
            cell.strip()
            for cell, name in zip(self.sheet.header, names, strict=True)
            if name and name != NOTE and names.count(name) == 1
        )


def look(home: Home, path: Path, *, shown: str, choice: Choice = Choice()) -> Look:  # noqa: B008 (it is frozen)
    """What stands in a file. Raises UnreadableFile, and PersonalData where it may name people.

    Of a source that is known the columns are told and no value is looked at: it may drop those that name people.
    """
    with tempfile.TemporaryDirectory(prefix="zero-harm-look-") as scratch:
        reading = read(path, shown=shown, folder=Path(scratch), choice=choice, may_be_empty=True)
        header = [cell for cell in reading.sheet.header if cell.strip() and column_name(cell) != NOTE]
        mapping = recognise_source(header, _mappings(home).values())
        wanted = headers_of(mapping) if mapping else set()
        others = tuple(cell.strip() for cell in header if mapping and column_name(cell) not in wanted)
        is_feed = recognise(header) is not None
        if mapping is None and not is_feed:
            _refuse_persons(reading.file, Path(scratch), reading.sheet, shown)
        return Look(reading.sheets, reading.sheet, mapping, others, is_feed)


def _mappings(home: Home) -> dict[str, Mapping]:
    if not home.has_record:
        return ready_mappings()
    with writing(home) as writer:
        return known_mappings(writer.con)


def _refuse_persons(file: Path, folder: Path, sheet: Sheet, shown: str) -> None:
    """Raises PersonalData: until somebody has said what a column is, every one of them is free text."""
    con = workspace(folder)
    try:
        attach(con, file, "reading_file", read_only=True)
        raw = con.table("reading_file.raw")
        width = sum(column[1:].isdigit() for column in raw.columns)
        names = _once([*sheet.header, *[""] * (width - len(sheet.header))])
        columns = [duckdb.ColumnExpression(f"c{i}").alias(name) for i, name in enumerate(names, start=1)]
        raw.select(duckdb.ColumnExpression("line"), *columns).create_view("persons_source")
        found = find_persons(con, "persons_source", dict.fromkeys(names, "free"))
    finally:
        con.close()
    named = personal_headers([name for name in names if name])
    if named:
        raise PersonalData(columns_sentence(named, shown))
    if found:
        raise PersonalData(places_sentence(found, shown))


def _once(header: Sequence[str]) -> list[str]:
    """A name for each column, each once."""
    names: list[str] = []
    for i, cell in enumerate(header, start=1):
        name = cell.strip() or f"column {i}"
        names.append(
            name if name.casefold() not in (n.casefold() for n in names) and name != "line" else f"{name} ({i})"
        )
    return names
