"""CSV in, columns out, and back: the one place of `metrics` that knows files. Lines are counted as an editor does.

pyarrow reads and writes; where something is wrong the file is read again, row by row, to say where and what.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..points import Bools, Floats, Ints

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null")  # not reported
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
MOST_LETTERS = (1 << 31) - 1  # of one cell: csv's own limit would refuse a long comment in a column that is not read
BLOCK_BYTES = 1 << 22  # that pyarrow takes at a time


class TableError(ValueError):
    """What is wrong with a file, in one sentence with its line and column."""


@dataclass(frozen=True)
class Words:
    """A column of text: each row's place in the list of its different words, -1 where the cell is empty."""

    code: Ints
    words: list[str]


@dataclass(frozen=True)
class Table:
    """The columns that were asked for, one row a record below the header."""

    content: bytes
    n_rows: int
    numbers: Mapping[str, Floats]
    words: Mapping[str, Words]

    def refuse(self, wrong: Bools, name: str, what: str) -> None:
        """Raise for the first row that is `wrong`, with its line and its text."""
        if wrong.any():
            records = _records(self.content)
            place = next(records)[1].index(name)
            row = int(np.flatnonzero(wrong)[0])
            line, cells = next(record for i, record in enumerate(records) if i == row)
            raise TableError(f"Line {line}, column {name}: {cells[place]!r} {what}.")

    def days(self, name: str) -> NDArray[np.datetime64]:
        """The dates of a column, of which 2024-05 is the first of the month; TableError for what is none."""
        column = self.words[name]
        days = np.array([_day(word) for word in column.words] + [np.datetime64("NaT", "D")], dtype="datetime64[D]")
        found = days[column.code]
        self.refuse(np.isnat(found), name, "is no date such as 2024-05-31 or 2024-05: format the column as yyyy-mm-dd")
        return np.asarray(found)


def read_table(
    source: IO[bytes] | Path, *, words: tuple[str, ...], needed: tuple[str, ...], optional: tuple[str, ...]
) -> Table:
    """Read the `needed` columns and those of the `optional` that are there: `words` as text, the rest as numbers.

    A missing cell is NaN, or code -1. Other columns are left alone. Raises TableError where a column is missing, there
    is no row, or a cell is no number.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    content = source.read_bytes() if isinstance(source, Path) else source.read()
    content = content.removeprefix(BYTE_ORDER_MARK)
    header = _header(content)
    for name in needed:
        if name not in header:
            raise TableError(f"Line 1: there is no column {name}; the columns are: {', '.join(header)}.{_hint(header)}")
    names = [name for name in dict.fromkeys((*needed, *optional)) if name in header]
    types = {name: pa.dictionary(pa.int32(), pa.string()) if name in words else pa.float64() for name in names}
    try:
        table = arrow.read_csv(
            pa.BufferReader(content),
            read_options=arrow.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            parse_options=arrow.ParseOptions(newlines_in_values=True),
            convert_options=arrow.ConvertOptions(
                column_types=types, include_columns=names, null_values=list(MISSING), strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise TableError(_fault(content, [name for name in names if name not in words]) or f"{error}.") from None
    if not table.num_rows:
        raise TableError("The file has a header and no rows.")
    texts = {name: _words(table.column(name)) for name in names if name in words}
    numbers = {name: table.column(name).to_numpy() for name in names if name not in words}
    found = Table(content, table.num_rows, {name: _floats(x) for name, x in numbers.items()}, texts)
    for name, column in found.numbers.items():
        found.refuse(np.isinf(column), name, "is infinite")
    return found


def _floats(values: NDArray[Any]) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _words(column: Any) -> Words:
    whole = column.unify_dictionaries().combine_chunks()
    code = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Words(code, whole.dictionary.to_pylist())


def _day(word: str) -> np.datetime64:
    try:
        return np.datetime64(word if DATE.fullmatch(word) else "NaT", "D")
    except ValueError:  # the 31st of a month that has none
        return np.datetime64("NaT", "D")


def _hint(header: list[str]) -> str:
    """What may be wrong with a header that is one cell."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            return f" The file seems to be separated by {name}: save it with commas."
    return ""


def _records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The records of a file with the line on which each begins; empty lines are none."""
    csv.field_size_limit(MOST_LETTERS)
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=""))
    begin = 1
    for cells in reader:
        if cells:
            yield begin, cells
        begin = reader.line_num + 1


def _header(content: bytes) -> list[str]:
    try:
        header = next(_records(content), (1, []))[1]
    except (UnicodeDecodeError, csv.Error):
        raise TableError(_fault(content, []) or "Line 1: the header cannot be read.") from None
    if not header:
        raise TableError("The file is empty.")
    twice = [name for i, name in enumerate(header) if name in header[:i]]
    if twice:
        raise TableError(f"Line 1: there are two columns {twice[0]!r}.")
    return header


def _fault(content: bytes, numbers: list[str]) -> str:
    """The first thing that is wrong with the text of a file, as a sentence; '' where nothing is."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return f"Line {line}: there is a letter that is not UTF-8; save the file as CSV UTF-8."
    records = _records(content)
    try:
        header = next(records)[1]
        for line, cells in records:
            if len(cells) != len(header):
                return f"Line {line}: there are {len(cells)} cells where the header has {len(header)}."
            for name in numbers:
                cell = cells[header.index(name)]
                if cell not in MISSING and not NUMBER.fullmatch(cell.strip()):
                    return f"Line {line}, column {name}: {cell!r} is no number."
    except csv.Error as error:
        return f"The file cannot be read as CSV: {error}."
    return ""


class Writer:
    """Columns out as CSV, a part of the rows at a time; closed at the end of a `with`. NaN is an empty cell."""

    def __init__(self, sink: IO[bytes]) -> None:
        self.sink = sink
        self.begun = False

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.sink.flush()

    def write(self, columns: Mapping[str, Any]) -> None:
        import pyarrow as pa
        from pyarrow import csv as arrow

        table = pa.table({name: _column(values) for name, values in columns.items()})
        text = io.BytesIO()
        arrow.write_csv(table, text, arrow.WriteOptions(include_header=False, quoting_style="needed"))
        if not self.begun:
            self.sink.write(",".join(columns).encode() + b"\n")
            self.begun = True
        self.sink.write(text.getbuffer())


def _column(values: Any) -> Any:
    """As pyarrow takes it quickly: a dictionary for words, letters as bytes, flags as 0 and 1."""
    import pyarrow as pa

    if isinstance(values, Words):
        return pa.DictionaryArray.from_arrays(pa.array(values.code), pa.array(values.words)).dictionary_decode()
    array = np.ascontiguousarray(values)
    if array.dtype.kind == "U":
        return pa.array(array.astype("S"), pa.binary()).cast(pa.string())  # our words are ASCII; five times quicker
    if array.dtype.kind == "b":
        return pa.array(array.view(np.uint8))
    return pa.array(array, from_pandas=True)
