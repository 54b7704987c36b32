"""What goes into a reading and comes out of it: a person's choice, the sheets that were found, what was read."""

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16", "windows-1252": "cp1252"}
SEPARATORS = (",", ";", "\t")
# What a disk or the system says, and no damaged file can cause.
OF_THE_SYSTEM = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.ENOENT,
    errno.EMFILE,
    errno.ENFILE,
}


class UnreadableFile(ValueError):
    """A file that cannot be read at all: one sentence says what, where and what to do."""


@dataclass(frozen=True)
class Choice:
    """What a person says about how a file is to be read; None: as proposed.

    `header_row` counts from 1, and 0 says that the table has no header. Of the columns in `keep` (compared as the feeds
    spell them) only these leave the child process.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    keep: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet that was found, '' for CSV and Parquet: its used area, the header, and up to eight rows from the top.

    `header_row` is the line of the header, of its lower row where it has two; 0 where no line holds it (a table without
    a header; Parquet, whose header is its schema).
    """

    name: str
    hidden: bool
    rows: int
    width: int
    header_row: int
    header: tuple[str, ...]
    preview: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Reading:
    """A file that was read into `file`, a DuckDB database with the table `raw(line bigint, c1 varchar, …)`.

    `sheet.header` names c1, c2, … in order. `rows` counts what stands under the header and holds anything: the rows of
    `raw`, the `ragged` (line, columns) and the `left_out` (line, why). `blanks` are (line, n of c<n>) of formulas whose
    answer the file does not hold: NULL in `raw`, and no blank.
    """

    kind: str
    encoding: str
    sheets: tuple[Sheet, ...]
    sheet: Sheet
    rows: int
    ragged: tuple[tuple[int, int], ...]
    left_out: tuple[tuple[int, str], ...]
    blanks: tuple[tuple[int, int], ...]
    dropped: tuple[str, ...]
    file: Path
    separator: str = ""  # of a CSV file


def choice_of(answer: dict[str, Any]) -> Choice:
    """A choice that travelled as JSON."""
    return Choice(**{**answer, "keep": _tuples(answer["keep"])})


def reading_of(answer: dict[str, Any], file: Path) -> Reading:
    """A reading that travelled as JSON."""
    words = {key: _tuples(value) for key, value in answer.items()}
    words["sheets"] = tuple(_sheet_of(sheet) for sheet in answer["sheets"])
    words["sheet"] = _sheet_of(answer["sheet"])
    return Reading(**{**words, "file": file})


def _sheet_of(answer: dict[str, Any]) -> Sheet:
    return Sheet(**{key: _tuples(value) for key, value in answer.items()})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
