"""Whose layout a file has: a feed's own, or that of a source whose columns and words are mapped; and its rows in place.

A file that may name a person ends here: it is refused with the place and the kind, and the value goes no further.
"""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from data.database import attach
from data.ingest.answers import Choice, Reading, UnreadableFile
from data.ingest.feeds import FEEDS, Feed, column_name, recognise
from data.ingest.mapping import (
    JOINED,
    Mapped,
    Mapping,
    apply_mapping,
    from_detail,
    headers_of,
    leads_to,
    problem_of_header,
    ready_mappings,
    recognise_source,
)
from data.ingest.persons import Found, PersonalData, Role, find_persons, kinds_in, personal_headers
from data.ingest.problems import NOTE
from data.ingest.reading import choose_feed, read
from metrics.measure import Measure

SHOWN_PLACES = 3

# What may stand in each column of a feed, for the search for persons.
ROLES: dict[str, Role] = {
    "month": "date", "day": "date", "date": "date", "period_start": "date", "valid_from": "date", "valid_to": "date",
    "covers_from": "date", "covers_to": "date", "reporting_period_start": "date", "reporting_period_end": "date",
    "unit": "code", "measure": "code", "kind": "code", "code": "code", "level": "code", "parent": "code", "follows": "code",
    "state": "code", "severity": "code", "status": "code", "primary_level": "code", "secondary_level": "code",
    "measure_id": "code",
    "numerator": "figure", "denominator": "figure", "value": "figure", "beds": "figure", "revision": "figure",
    "measure_value": "figure", "people_restrained_mhs76": "figure", "bed_days": "figure",
    "people_detained_or_subject_to_mha": "figure",
    "event_reference": "reference",
    "name": "label", "peer_group": "label", "breakdown": "label", "primary_level_description": "label",
    "secondary_level_description": "label", "measure_name": "label", "provider_name": "label", "provider": "label",
}  # fmt: skip
_LABELS = ("unit", "measure", "severity", "status", "kind", "breakdown")  # words of a source, before they are mapped


@dataclass(frozen=True)
class Layout:
    """The feed that a file becomes; `mapping` is the source's, None for a file in the feed's own layout."""

    feed: Feed
    mapping: Mapping | None = None
    mapped: Mapped | None = None

    @property
    def source(self) -> str:
        return self.mapping.source if self.mapping else ""


def known_mappings(con: duckdb.DuckDBPyConnection) -> dict[str, Mapping]:
    """The mappings by source: those that come with the dashboard, and before them what the trust has decided."""
    import json

    found = con.execute(
        "select detail from record.decision d where kind = 'mapping' and not exists (from record.decision w"
        " where w.kind = 'withdrawal' and w.concerns = d.decision_id) order by decision_id"
    ).fetchall()
    decided = [from_detail(json.loads(detail)) for (detail,) in found]
    newest = {mapping.source: mapping for mapping in decided}  # the trust's own go first where two fit alike
    return newest | {source: mapping for source, mapping in ready_mappings().items() if source not in newest}


def find_layout(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    reading: Reading,
    shown: str,
    folder: Path,
    choice: Choice,
    *,
    feed: Feed | None,
    source: str | None,
) -> tuple[Layout, Reading]:
    """The layout of a file and its reading: a source's that may drop columns is read again without them.

    Raises UnreadableFile where nothing fits, with the nearest that would.
    """
    mappings = known_mappings(con)
    if source is not None and source not in mappings:
        raise UnreadableFile(f"There is no mapping of a source '{source}'; there is {', '.join(sorted(mappings))}.")
    _refuse_named_header(reading, shown)
    header = [cell for cell in reading.sheet.header if column_name(cell) != NOTE]
    mapping = mappings[source] if source else None
    if mapping is None and feed is None and recognise([cell for cell in header if cell.strip()]) is None:
        mapping = recognise_source(header, mappings.values())
    if mapping is None:
        return Layout(choose_feed(_without_note(reading), feed, shown)), reading
    if len(header) < len(reading.sheet.header):
        # Its lines alone would stand for all days that the listing covers, and be taken for all there is.
        raise UnreadableFile(
            f"{shown} holds the lines of {mapping.source} that could not be taken: map their words or correct them where they "
            "come from, and load the whole listing again."
        )
    problem = problem_of_header(mapping, header)
    if problem:
        raise UnreadableFile(f"{shown}, line {reading.sheet.header_row}: {problem}.")
    wanted = headers_of(mapping)
    if any(column_name(cell) not in wanted for cell in header):
        kept = tuple(cell for cell in header if column_name(cell) in wanted)
        reading = read(path, shown=shown, folder=folder, choice=replace(choice, keep=kept))
    return Layout(FEEDS[mapping.feed], mapping), reading


def _refuse_named_header(reading: Reading, shown: str) -> None:
    """A file without a header has its first person where the columns are named."""
    kinds = sorted({kind for cell in reading.sheet.header for kind in kinds_in(cell)})
    if kinds:
        raise PersonalData(
            f"{shown} was refused: its line {max(1, reading.sheet.header_row)}, where the columns are named, may name people "
            f"({', '.join(kinds)}). Nothing of it was kept; give it a header and take the people out."
        )


def _without_note(reading: Reading) -> Reading:
    """The column in which a file of rejects says what was wrong is not one of the feed."""
    header = tuple(cell for cell in reading.sheet.header if column_name(cell) != NOTE)
    return replace(reading, sheet=replace(reading.sheet, header=header))


def stage(
    con: duckdb.DuckDBPyConnection, reading: Reading, layout: Layout, shown: str, catalogue: Table[str, Measure]
) -> Layout:
    """The rows of a reading as `incoming`, its faults in `problem`, what it left out in `set_aside`.

    Raises UnreadableFile for figures under no name, PersonalData where the file may name a person.
    """
    attach(con, reading.file, "reading_file", read_only=True)
    con.table("reading_file.raw").create_view("raw")
    names = _names(layout, reading)
    _refuse_nameless(con, names, reading, shown)
    _refuse_persons(con, names, layout, reading, shown, catalogue)
    con.executemany("insert into problem values (?, ?, ?, ?)", _faults(reading, names)) if _faults(
        reading, names
    ) else None
    if reading.left_out:
        con.executemany("insert into set_aside values (?, ?)", list(reading.left_out))
    if layout.mapping is None:
        columns = {name: i for i, name in enumerate(names, start=1) if name != NOTE}
        _view(con, columns, "incoming")
        _view(con, columns, "rejected_source")
        return layout
    try:
        mapped = apply_mapping(con, layout.mapping, list(reading.sheet.header))
    except ValueError as error:
        raise UnreadableFile(f"{shown}: {error}") from error
    targets = leads_to(layout.mapping)
    if targets:
        con.executemany("insert into mapped_measure values (?)", [(target,) for target in targets])
    _view(con, {name: i for i, name in enumerate(names, start=1) if column_name(name) != NOTE}, "rejected_source")
    return replace(layout, mapped=mapped)


def _names(layout: Layout, reading: Reading) -> list[str]:
    """What each column of `raw` is called here, each once."""
    if layout.mapping is None:
        if layout.feed.headerless:
            return list(layout.feed.required)
        return [column_name(cell) for cell in reading.sheet.header]
    seen: dict[str, int] = {}
    names = []
    for cell in reading.sheet.header:
        name = cell.strip() or "no name"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _view(con: duckdb.DuckDBPyConnection, columns: dict[str, int], name: str) -> None:
    wanted = [duckdb.ColumnExpression(f"c{i}").alias(column) for column, i in columns.items()]
    con.table("raw").select(duckdb.ColumnExpression("line"), *wanted).create_view(name)


def _refuse_nameless(con: duckdb.DuckDBPyConnection, names: Sequence[str], reading: Reading, shown: str) -> None:
    for i, name in enumerate(names, start=1):
        if not name:
            line = con.table("raw").filter(f"c{i} is not null").min("line").fetchall()[0][0]
            place = f", sheet '{reading.sheet.name}'" if reading.sheet.name else ""
            raise UnreadableFile(
                f"{shown}{place}, line {line}: figures stand in a column without a header; name it or clear it."
            )


def _faults(reading: Reading, names: Sequence[str]) -> list[tuple[int, str, None, str]]:
    """Lines of another width, and formulas without a value; without their text, which may be a person's."""
    width = len(names)
    ragged = [
        (line, "line", None, f"this line has another number of columns ({columns}) than the header ({width})")
        for line, columns in reading.ragged
    ]
    asked = "a formula whose value is not in the file: open it in Excel, save it, and send it again"
    return ragged + [(line, names[n - 1], None, asked) for line, n in reading.blanks if n <= width]


def _refuse_persons(
    con: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    layout: Layout,
    reading: Reading,
    shown: str,
    catalogue: Table[str, Measure],
) -> None:
    roles = _roles(layout, names)
    named = personal_headers([name for name, role in zip(names, roles, strict=True) if role == "free"])
    if named:
        raise PersonalData(columns_sentence(named, shown))
    known = {code for row in con.execute("select code, name from known_unit").fetchall() for code in row if code}
    _view(con, {name: i for i, name in enumerate(names, start=1)}, "persons_source")
    found = find_persons(con, "persons_source", dict(zip(names, roles, strict=True)), known | set(catalogue))
    con.execute("drop view persons_source")
    if found:
        raise PersonalData(places_sentence(found, shown, reading.sheet.name))


def _roles(layout: Layout, names: Sequence[str]) -> list[Role]:
    if layout.mapping is None:
        return ["free" if name == NOTE else ROLES.get(name, "free") for name in names]
    role_of: dict[str, Role] = {}
    for target, joined in layout.mapping.columns.items():
        name = target.removesuffix("_2")
        for part in joined.split(JOINED):
            role_of[column_name(part)] = "label" if name in _LABELS else ROLES.get(name, "free")
    return [role_of.get(column_name(name), "free") for name in names]


def columns_sentence(named: Sequence[str], shown: str) -> str:
    """Which columns a file is refused for."""
    return (
        f"{shown} was refused: the column{'s' if named[1:] else ''} {', '.join(named)} may name people. Nothing of it was "
        "kept; export it without them."
    )


def places_sentence(found: Sequence[Found], shown: str, sheet: str = "") -> str:
    """Where and of what kind, without a value."""
    where = ", ".join(f"line {one.line} ({one.column}: {one.kind})" for one in found[:SHOWN_PLACES])
    more = f" and {len(found) - SHOWN_PLACES} more" if len(found) > SHOWN_PLACES else ""
    place = f" on sheet '{sheet}'" if sheet else ""
    return (
        f"{shown} was refused: it may name people{place}, at {where}{more}. Nothing of it was kept; take them out where it "
        "comes from, and send it again."
    )
