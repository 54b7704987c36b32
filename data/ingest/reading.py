"""A file into the table `incoming` of a workspace: every value as the text that stands in the file, with its line.

Nothing is guessed: the kind of file is known by its first bytes, the encoding is UTF-8 unless another is declared, the
separator is the one with which the first line reads as the header of a feed.
"""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.config import PROJECT
from data.ingest.feeds import FEEDS, Feed, closest_feed, column_name, header_problem, recognise

SEPARATORS = (",", ";", "\t")
ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}
WORKBOOK_SECONDS = 120


class UnreadableFile(ValueError):
    """A file that cannot be read at all: one sentence says what, where and what to do."""


@dataclass(frozen=True)
class Extract:
    """A file that was read, `width` columns wide: its rows stand in `incoming`, all but the `ragged` (line, columns)."""

    feed: Feed
    rows: int
    ragged: tuple[tuple[int, int], ...] = ()
    width: int = 0


def read_file(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    folder: Path,
    shown: str,
    feed: Feed | None = None,
    encoding: str = "utf-8",
) -> Extract:
    """Read `path` into `incoming`; messages call it `shown`, and `folder` is for scratch files. Raises UnreadableFile."""
    head = _first_bytes(path, shown)
    kind = _kind(shown, head)
    if kind == "xlsx":
        return _from_cells(con, _read_workbook(path, shown), feed, shown)
    if kind == "parquet":
        return _from_parquet(con, path, feed, shown)
    return _from_csv(con, path, feed, encoding, folder, shown)


def _first_bytes(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFile(f"{shown} cannot be opened: {error.strerror}.") from error
    if not head:
        raise UnreadableFile(f"{shown} is empty; export it again.")
    return head


def _kind(shown: str, head: bytes) -> str:
    """csv, xlsx or parquet by the first bytes; the name must agree."""
    found = "parquet" if head[:4] == b"PAR1" else "xlsx" if head[:4] == b"PK\x03\x04" else "csv"
    suffix = Path(shown).suffix.lower()
    if head[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableFile(f"{shown} is an old or encrypted Excel file; save it as .xlsx without a password.")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"{shown} is UTF-16 text; save it as UTF-8 ('CSV UTF-8' in Excel).")
    named = {".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet", ".pq": "parquet"}.get(suffix, "csv")
    if suffix == ".xlsm":
        raise UnreadableFile(f"{shown} holds macros; save it as .xlsx.")
    if named != found or (found == "csv" and b"\x00" in head):
        really = {"xlsx": "a workbook or ZIP file", "parquet": "a Parquet file", "csv": "plain text"}[found]
        if found == "csv" and b"\x00" in head:
            really = "no text at all"
        raise UnreadableFile(
            f"{shown} is named {suffix or 'without ending'} but is {really}; export it again or rename it."
        )
    return found


def _choose(feed: Feed | None, header: list[str], shown: str) -> Feed:
    feed = feed or recognise(header)
    if feed is None:
        closest = closest_feed(header)
        raise UnreadableFile(f"{shown}, line 1: {header_problem(closest, header)}.")
    problem = None if feed.headerless else header_problem(feed, header)
    if problem:
        raise UnreadableFile(f"{shown}, line 1: {problem}.")
    return feed


# CSV ------------------------------------------------------------------------------------------------------------------


def _from_csv(
    con: duckdb.DuckDBPyConnection, path: Path, feed: Feed | None, encoding: str, folder: Path, shown: str
) -> Extract:
    if encoding not in ENCODINGS:
        raise UnreadableFile(f"The encoding '{encoding}' is not known; say one of {', '.join(ENCODINGS)}.")
    text = _decode(path, ENCODINGS[encoding], shown)
    first, separator = _first_line(text, feed, shown)
    feed = _choose(feed, first, shown)
    names = list(feed.required) if feed.headerless else [column_name(cell) for cell in first]
    extract = None
    if _is_plain(text):
        copy = folder / "extract.csv"
        copy.write_text(text, encoding="utf-8", newline="")
        extract = _fast(con, copy, feed, names, separator)
    extract = extract or _careful(con, text, feed, names, separator, shown)
    if extract.rows == 0:
        raise UnreadableFile(f"{shown} has a header and no rows; export it again.")
    return extract


def _decode(path: Path, encoding: str, shown: str) -> str:
    data = path.read_bytes()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"{shown}, line {line}: not UTF-8 text; save it as 'CSV UTF-8', or say --encoding windows-1252 if it is that."
        ) from error
    if "\x00" in text:
        raise UnreadableFile(
            f"{shown}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}: a NUL byte; export it again."
        )
    if "\r" in text and "\n" not in text:
        raise UnreadableFile(f"{shown} has old Mac line ends; save it as CSV UTF-8.")
    return text


def _first_line(text: str, feed: Feed | None, shown: str) -> tuple[list[str], str]:
    line = text.split("\n", 1)[0].rstrip("\r")
    if len(line) > csv.field_size_limit():
        raise UnreadableFile(f"{shown}, line 1: longer than {csv.field_size_limit():,} characters; export it again.")
    if not line.strip():
        raise UnreadableFile(f"{shown}, line 1: blank; the header must stand in the first line.")
    readings = {separator: next(csv.reader([line.split("\r")[0]], delimiter=separator)) for separator in SEPARATORS}
    for separator, cells in readings.items():
        if (feed or recognise(cells)) and len(cells) > 1:
            return cells, separator
    separator = max(SEPARATORS, key=line.count)
    return readings[separator], separator


def _is_plain(text: str) -> bool:
    """Whether each line of the file is a row: no quoted line breaks, blank lines or lone carriage returns to throw the numbering
    off. A blank line at the end does no harm."""
    if '"' in text or text.count("\r") != text.count("\r\n"):
        return False
    body = text.rstrip("\r\n")
    return "\n\n" not in body and "\n\r\n" not in body


def _fast(con: duckdb.DuckDBPyConnection, path: Path, feed: Feed, names: list[str], separator: str) -> Extract | None:
    """DuckDB's own reader, in its strictest setting; None when it refuses the file, for the careful way to explain."""
    try:
        relation = con.read_csv(
            str(path),
            columns=dict.fromkeys(names, "VARCHAR"),
            auto_detect=False,
            header=not feed.headerless,
            delimiter=separator,
            quotechar='"',
            escapechar='"',
            strict_mode=True,
            null_padding=False,
        )
        relation.create_view("file_view")
        first = 1 if feed.headerless else 2
        con.execute(
            "create table incoming as select row_number() over () + $first - 1 as line, * from file_view",
            {"first": first},
        )
        return Extract(feed, con.execute("select count(*) from incoming").fetchall()[0][0])
    except duckdb.Error:
        con.execute("drop table if exists incoming")
        return None


def _careful(
    con: duckdb.DuckDBPyConnection, text: str, feed: Feed, names: list[str], separator: str, shown: str
) -> Extract:
    """The slow way: every line by itself, so that each one that does not fit the header can be named."""
    good: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    for line, cells in _records(text, separator, shown, skip=not feed.headerless):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            ragged.append((line, len(cells)))
            continue
        good.append(cells)
        lines.append(line)
    columns = {name: pa.array([row[i] or None for row in good], pa.string()) for i, name in enumerate(names)}
    _register(con, pa.table({"line": pa.array(lines, pa.int64()), **columns}))
    return Extract(feed, len(good) + len(ragged), tuple(ragged), len(names))


def _records(text: str, separator: str, shown: str, *, skip: bool) -> Iterator[tuple[int, list[str]]]:
    """(line on which the record begins, its cells). Lines end as in CSV: not at the breaks that Unicode adds."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for number, cells in enumerate(reader):
            if not (skip and number == 0):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            f"{shown}, line {begins}: a field longer than {csv.field_size_limit():,} characters, or a quote that never closes; "
            "correct the line."
        ) from error


# Workbooks and Parquet ------------------------------------------------------------------------------------------------


def _read_workbook(path: Path, shown: str) -> list[list[str | None]]:
    """The first visible sheet's cells as text, read in a child process that a hostile file may end."""
    child = [sys.executable, "-m", "data.ingest.workbook", str(path)]
    try:
        done = subprocess.run(child, cwd=PROJECT, capture_output=True, timeout=WORKBOOK_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(
            f"{shown} took longer than {WORKBOOK_SECONDS} seconds to read; save it as CSV UTF-8."
        ) from error
    if done.returncode == 2:
        raise UnreadableFile(f"{shown}: {done.stderr.decode('utf-8', 'replace').strip()}")
    if done.returncode != 0:
        raise UnreadableFile(
            f"{shown} cannot be read as a workbook; open it, save it again as .xlsx, or save it as CSV UTF-8."
        )
    cells: list[list[str | None]] = json.loads(done.stdout)
    return cells


def _from_cells(
    con: duckdb.DuckDBPyConnection, cells: list[list[str | None]], feed: Feed | None, shown: str
) -> Extract:
    cells = _trim(cells, shown)
    header = [cell or "" for cell in cells[0]]
    feed = _choose(feed, header, shown)
    names = list(feed.required) if feed.headerless else [column_name(cell) for cell in header]
    first = 0 if feed.headerless else 1
    body = [(i + 1, row) for i, row in enumerate(cells) if i >= first and any(row)]
    if not body:
        raise UnreadableFile("The sheet has a header and no rows; export it again.")
    columns = {name: pa.array([row[i] for _, row in body], pa.string()) for i, name in enumerate(names)}
    _register(con, pa.table({"line": pa.array([line for line, _ in body], pa.int64()), **columns}))
    return Extract(feed, len(body))


def _trim(cells: list[list[str | None]], shown: str) -> list[list[str | None]]:
    """Without the empty columns behind the header; figures that stand under no header are an error, never dropped."""
    width = max((i + 1 for i, cell in enumerate(cells[0]) if cell), default=0)
    for number, row in enumerate(cells, start=1):
        if any(row[width:]):
            raise UnreadableFile(
                f"{shown}, line {number}: figures stand in a column without a header; name it or clear it."
            )
    return [row[:width] for row in cells]


def _from_parquet(con: duckdb.DuckDBPyConnection, path: Path, feed: Feed | None, shown: str) -> Extract:
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFile(f"{shown} cannot be read as Parquet; export it again.") from error
    feed = _choose(feed, table.column_names, shown)
    if table.num_rows == 0:
        raise UnreadableFile(f"{shown} has no rows; export it again.")
    columns = {column_name(name): _as_text(table[name]) for name in table.column_names}
    _register(con, pa.table({"line": pa.array(range(1, table.num_rows + 1), pa.int64()), **columns}))
    return Extract(feed, table.num_rows)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32())
    if pa.types.is_floating(column.type):
        return pa.chunked_array([[None if v is None else f"{v:.15g}" for v in column.to_pylist()]], pa.string())
    return column.cast(pa.string())


def _register(con: duckdb.DuckDBPyConnection, table: pa.Table) -> None:
    con.register("arrow_view", table)
    con.execute("create table incoming as select * from arrow_view")
    con.unregister("arrow_view")


def feed_named(name: str) -> Feed:
    """The feed of this name. Raises UnreadableFile naming those there are."""
    if name not in FEEDS:
        raise UnreadableFile(f"There is no feed '{name}'; the feeds are {', '.join(FEEDS)}.")
    return FEEDS[name]
