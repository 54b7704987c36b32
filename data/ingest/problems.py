"""What is wrong with a file: each problem with its place and reason, the same ones together, and a file to correct."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.config import Home
from data.harmless import harmless
from data.record import cannot_write

LONGEST_VALUE = 200  # of what a problem repeats from the file
LINES_SHOWN = 5
DEATHS_AMONG = "-deaths"  # in the name of a file of rejects in which deaths are spoken of
NOTE = "problem"  # the column that a file of rejects has more than the feed; a load passes it over
_NUMBERS = re.compile(r"\d+(, \d+)*")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what stands there, why it cannot be used. Line 0 is the whole file."""

    file: str
    sheet: str
    line: int
    column: str
    value: str | None
    reason: str

    def __str__(self) -> str:
        return f"{place(self.file, self.sheet, self.line, self.column)}: {self.reason}" + _says(self.value) + "."


@dataclass(frozen=True)
class Group:
    """Problems of one column and one reason: how many lines, the first of them, and what they say, most often first."""

    file: str
    sheet: str
    column: str
    reason: str
    count: int
    lines: tuple[int, ...]
    values: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        first = self.lines[0]
        more = f" and {self.count - 1:,} more" if self.count > 1 else ""
        said = ""
        if self.values:
            several = len(self.values) > 1 or self.values[0][1] > 1
            said = ", ".join(
                f"'{value}'" + (f" on {n:,} lines" if several and n > 1 else "") for value, n in self.values[:3]
            )
            said = f" (it says {said}{' …' if len(self.values) > 3 else ''})"
        return f"{place(self.file, self.sheet, first, self.column, more)}: {self.reason}{said}."


def place(file: str, sheet: str, line: int, column: str, more: str = "") -> str:
    """Where something stands, in words."""
    parts = [file, f"sheet '{sheet}'" if sheet else "", f"line {line:,}{more}" if line else "", column]
    return ", ".join(part for part in parts if part)


def _says(value: str | None) -> str:
    return f" (it says '{value}')" if value else ""


def grouped(problems: Sequence[Problem]) -> tuple[Group, ...]:
    """The problems by column and reason, those of most lines first; numbers in a reason do not tell two apart."""
    by_kind: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        by_kind.setdefault((problem.column, _NUMBERS.sub("#", problem.reason)), []).append(problem)
    groups = []
    for (column, _), found in by_kind.items():
        said = Counter(problem.value for problem in found if problem.value)
        lines = sorted({problem.line for problem in found})
        first = found[0]
        groups.append(
            Group(
                first.file,
                first.sheet,
                column,
                first.reason,
                len(lines),
                tuple(lines[:LINES_SHOWN]),
                tuple(said.most_common()),
            )
        )
    return tuple(sorted(groups, key=lambda group: (-group.count, group.lines)))


def list_of_problems(problems: Iterable[Problem]) -> list[tuple[str, ...]]:
    """The problems as rows of a table: file, sheet, line, column, value, reason; first the names of these."""
    return [
        ("file", "sheet", "line", "column", "value", "reason"),
        *((p.file, p.sheet, str(p.line or ""), p.column, harmless(p.value), p.reason) for p in problems),
    ]


def rejects(con: duckdb.DuckDBPyConnection, problems: Sequence[Problem]) -> list[list[str]]:
    """The lines that were not taken as the file had them, each with what is wrong: to be corrected and loaded again.

    Read from `rejected_source`, a view of the file's own columns. A line whose columns could not be told apart has its
    number and its problem alone.
    """
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        if problem.line:
            reasons.setdefault(problem.line, []).append(f"line {problem.line}, {problem.column}: {problem.reason}")
    con.execute("create or replace temp table wanted_line (line bigint)")
    if reasons:
        con.executemany("insert into wanted_line values (?)", [(line,) for line in reasons])
    found = con.sql("select s.* from rejected_source s semi join wanted_line using (line) order by line")
    names = found.columns[1:]
    lines = {row[0]: ["" if cell is None else harmless(str(cell)) for cell in row[1:]] for row in found.fetchall()}
    if {"measure", "event_reference"} <= set(names):
        names, lines = _with_coverage(con, names, lines)
    nothing = [""] * len(names)
    return [[*names, NOTE], *([*lines.get(line, nothing), "; ".join(reasons[line])] for line in sorted(reasons))]


def _with_coverage(
    con: duckdb.DuckDBPyConnection, names: list[str], lines: dict[int, list[str]]
) -> tuple[list[str], dict[int, list[str]]]:
    """Events whose lines each say what they cover: loaded again they speak for their own units, and for nobody else's."""
    found = con.execute(
        "select measure_id, min(first_day)::varchar, max(last_day)::varchar from typed_coverage group by measure_id"
    ).fetchall()
    covers = {measure: (first or "", last or "") for measure, first, last in found}
    given = con.execute("select covers_from::varchar, covers_to::varchar from setting").fetchall()[0]
    whole = [*names, *(name for name in ("covers_from", "covers_to") if name not in names)]
    place = {name: i for i, name in enumerate(whole)}
    filled = {}
    for line, cells in lines.items():
        row = cells + [""] * (len(whole) - len(cells))
        stretch = covers.get(row[place["measure"]]) or tuple(each or "" for each in given)
        for name, day in zip(("covers_from", "covers_to"), stretch, strict=True):
            row[place[name]] = row[place[name]] or day
        filled[line] = row
    return whole, filled


def write_rejects(home: Home, con: duckdb.DuckDBPyConnection, problems: Sequence[Problem], name: str) -> Path:
    """The rejected lines as a CSV file in the store's `rejects` folder."""
    path = home.rejects / name
    try:
        home.rejects.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rejects(con, problems))
    except OSError as error:
        raise cannot_write(home.rejects, error) from error
    return path
