"""A CSV file into `raw`: the fast way by DuckDB, or line by line where a line needs explaining.

Nothing is guessed: text is UTF-8 or, by its first bytes, UTF-16, unless another encoding is declared.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.ingest.answers import ENCODINGS, SEPARATORS, Choice, UnreadableFile
from data.ingest.feeds import recognise
from data.ingest.formats import utf16_of
from data.ingest.guard import MAX_COLUMNS
from data.ingest.rows import Rows
from data.ingest.sheets import TOP, header_at, is_note, kept, mark, preview, propose
from data.ingest.table import connect, load_csv, tidy

LONGEST_FIELD = csv.field_size_limit()
SAMPLE_LINES = 4 * TOP
SAMPLE_BYTES = 1 << 20
CHUNK = 1 << 20
# "é" read as Windows-1252 and written again as UTF-8; so are the apostrophe, the pound and the degree sign.
TWICE = re.compile(b"\xc3\x83\xc2[\x80-\xbf]|\xc3\xa2\xe2\x82\xac|\xc3\x82\xc2[\xa3\xb0\xb7\xbd]")


@dataclass(frozen=True)
class Survey:
    """The lines of a file (blank ones at its end not counted), and whether each may be a row by itself."""

    lines: int
    plain: bool


def read_text(path: Path, shown: str, head: bytes, choice: Choice, folder: Path, file: Path) -> dict[str, Any]:
    """The answer for a CSV file, with its table in `file`."""
    if choice.separator is not None and choice.separator not in SEPARATORS:
        raise UnreadableFile(f"The separator '{choice.separator}' is not known; say a comma, a semicolon or a tab.")
    encoding, codec, bom = _encoding(path, shown, head, choice)
    survey = _survey(path, shown, codec, bom, declared=choice.encoding == encoding)
    sample = _sample(path, shown, codec, bom)
    separator, records = _separate(sample, choice)
    rows = _by_line(records)
    header_row = propose(rows) if choice.header_row is None else choice.header_row
    start, ends = next(((row, end) for line, end, row in records if line == header_row), (None, 0))
    if header_row and start is None:
        raise UnreadableFile(f"{shown} has no header in line {header_row}; say another line.")
    first = start if start is not None else next((row for row in rows if row), ())
    if len(first) > MAX_COLUMNS:
        raise UnreadableFile(f"{shown} has {len(first):,} columns, the limit is {MAX_COLUMNS:,}; send fewer.")
    if not first:
        raise UnreadableFile(f"{shown} holds nothing but blanks; export it again.")
    header = [*header_at(rows, header_row)]
    header += [""] * (len(first) - len(header))
    if choice.keep is not None and not header_row:
        raise UnreadableFile(f"{shown} has no header, so its columns cannot be kept by name; say its header row.")
    keep = kept(header, choice.keep)
    if not keep:
        raise UnreadableFile(f"{shown} has none of the columns to keep; say another header row.")

    con = connect(file)
    try:
        fast = False
        if codec == "utf-8" and survey.plain and (not header_row or ends == header_row):
            fast = _fast(con, path, header, keep, separator, ends, survey)
        ragged: list[tuple[int, int]] = []
        notes: list[int] = []
        if not fast:
            con.execute("drop table if exists raw")
            ragged, notes = _careful(con, path, shown, codec, bom, separator, header, keep, ends, folder)
        tidied = tidy(con, [header[i] for i in keep])
    finally:
        con.close()
    left_out = tidied.left_out + [(line, "a footnote under the table") for line in notes if line > tidied.last]
    ragged = sorted(ragged + [(line, 1) for line in notes if line <= tidied.last])
    count = tidied.rows + len(ragged) + len(left_out)
    shown_rows = rows if choice.keep is None else [[row[i] if i < len(row) else None for i in keep] for row in rows]
    sheet = {
        "name": "",
        "hidden": False,
        "rows": survey.lines,
        "width": len(first),
        "header_row": header_row,
        "header": tidied.header if header_row else [],
        "preview": preview(shown_rows),
    }
    return {
        "kind": "csv",
        "encoding": encoding,
        "separator": separator,
        "sheets": [sheet],
        "sheet": sheet,
        "rows": count,
        "ragged": ragged,
        "left_out": sorted(left_out),
        "blanks": [],
        "dropped": [name for i, name in enumerate(header) if i not in set(keep)],
    }


# Bytes ----------------------------------------------------------------------------------------------------------------


def _encoding(path: Path, shown: str, head: bytes, choice: Choice) -> tuple[str, str, int]:
    """What the encoding is called, Python's codec for it, and the length of the byte order mark."""
    if choice.encoding is not None and choice.encoding not in ENCODINGS:
        raise UnreadableFile(f"The encoding '{choice.encoding}' is not known; say one of {', '.join(ENCODINGS)}.")
    wide = utf16_of(head)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", "utf-8", 3
    if wide or choice.encoding == "utf-16":
        if path.stat().st_size % 2:
            raise UnreadableFile(f"{shown} is UTF-16 text that breaks off within a character; export it again.")
        return "utf-16", wide or "utf-16-le", 2 if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else 0
    name = choice.encoding or "utf-8"
    return name, ENCODINGS[name], 0


def _survey(path: Path, shown: str, codec: str, bom: int, *, declared: bool) -> Survey:
    """One pass over the bytes. Raises UnreadableFile for what is not text, or not the text that was meant."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    breaks = blank = returns = pairs = 0
    before = b""
    with path.open("rb") as file:
        file.seek(bom)
        while True:
            chunk = file.read(CHUNK)
            data = _as_utf8(decoder, chunk, codec, shown, breaks)
            if before.endswith(b"\r") and data.startswith(b"\n"):
                pairs += 1
            if b"\x00" in data:
                line = breaks + data.count(b"\n", 0, data.index(b"\x00")) + 1
                raise UnreadableFile(f"{shown}, line {line}: a NUL byte; export it again.")
            if (
                not (declared and codec == "utf-8")
                and not data.isascii()
                and (twice := TWICE.search(before[-8:] + data))
            ):
                seam = before[-8:]
                line = breaks - seam.count(b"\n") + (seam + data).count(b"\n", 0, twice.start()) + 1
                raise UnreadableFile(
                    f"{shown}, line {line}: letters that were encoded twice (Ã© for é); "
                    + (
                        "export it again as UTF-8."
                        if codec == "utf-8"
                        else "the file is UTF-8: leave the encoding out."
                    )
                )
            breaks += data.count(b"\n")
            if b"\r" in data:
                returns += data.count(b"\r")
                pairs += data.count(b"\r\n")
            stripped = data.rstrip(b"\r\n")
            blank = data.count(b"\n", len(stripped)) + (0 if stripped else blank)
            before = data or before
            if not chunk:
                break
    if returns and not breaks:
        raise UnreadableFile(f"{shown} has old Mac line ends; save it as CSV UTF-8.")
    # `blank` line breaks stand at the end: the first of them ends the last line.
    return Survey(breaks - blank + 1, returns == pairs)


def _as_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, codec: str, shown: str, breaks: int) -> bytes:
    """The chunk as UTF-8 bytes, when it is text in its encoding."""
    waiting = len(decoder.getstate()[0])
    if codec == "utf-8" and not waiting and chunk.isascii():
        return chunk
    try:
        text = decoder.decode(chunk, final=not chunk)
        return chunk if codec == "utf-8" else text.encode()
    except UnicodeDecodeError as error:
        line = breaks + chunk.count(b"\n", 0, max(0, error.start - waiting)) + 1
    except UnicodeEncodeError:  # half a character of UTF-16 that the decoder let through
        line = breaks + 1
    if codec == "utf-8":
        raise UnreadableFile(
            f"{shown}, line {line}: not UTF-8 text; save it as 'CSV UTF-8', or say --encoding windows-1252 if it is that."
        )
    name = "UTF-16" if codec.startswith("utf-16") else "Windows-1252"
    raise UnreadableFile(f"{shown}, line {line}: not {name} text; save it as 'CSV UTF-8'.")


# Lines ----------------------------------------------------------------------------------------------------------------


def _sample(path: Path, shown: str, codec: str, bom: int) -> list[str]:
    """The first lines, each with its end."""
    lines: list[str] = []
    size = 0
    with path.open(encoding=codec, newline="") as file:
        if bom:
            file.seek(bom)
        while len(lines) < SAMPLE_LINES and size < SAMPLE_BYTES and (line := file.readline(SAMPLE_BYTES)):
            lines.append(line)
            size += len(line)
    if lines and len(lines[0]) > LONGEST_FIELD:
        raise UnreadableFile(f"{shown}, line 1: longer than {LONGEST_FIELD:,} characters; export it again.")
    return lines


Record = tuple[int, int, list[str]]  # the lines on which it begins and ends, its cells


def _separate(sample: list[str], choice: Choice) -> tuple[str, list[Record]]:
    """The separator with which a feed's header is found, else the one that splits most lines alike."""
    separators = (choice.separator,) if choice.separator else SEPARATORS
    best: tuple[tuple[int, int, int], str, list[Record]] | None = None
    for separator in separators:
        records = list(_sample_records(sample, separator))
        rows = _by_line(records)
        header_row = propose(rows)
        first = header_at(rows, header_row) if header_row else next((tuple(row) for row in rows if row), ())
        if len(first) > 1 and recognise(first):
            return separator, records
        widths = [len(row) for _, _, row in records if len(row) > 1]
        usual = max(sorted(set(widths)), key=widths.count, default=0)
        score = (widths.count(usual), usual, sample[0].count(separator) if sample else 0)
        if best is None or score > best[0]:
            best = (score, separator, records)
    assert best is not None
    return best[1], best[2]


def _sample_records(sample: list[str], separator: str) -> Iterator[Record]:
    """Records up to the first that cannot be read: the careful way says which one that is."""
    try:
        for begins, ends, cells in _records(sample, separator):
            yield begins, ends, cells
            if begins > TOP:
                return
    except csv.Error:
        return


def _records(lines: Iterable[str], separator: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    begins = 1
    for cells in reader:
        yield begins, reader.line_num, cells
        begins = reader.line_num + 1


def _by_line(records: list[Record]) -> list[list[str]]:
    """The records at the places of their lines, nothing on the lines between."""
    rows: list[list[str]] = []
    for begins, _, cells in records:
        rows += [[] for _ in range(begins - 1 - len(rows))]
        rows.append(cells)
    return rows


# Rows -----------------------------------------------------------------------------------------------------------------


def _fast(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    header: list[str],
    keep: list[int],
    separator: str,
    skip: int,
    survey: Survey,
) -> bool:
    """DuckDB's own reader; False when it refuses the file or finds fewer rows than lines, for the careful way to explain."""
    try:
        found = load_csv(con, path, header, keep, separator=separator, skip=skip, longest=LONGEST_FIELD)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfMemoryException):
        return False
    # A quoted line break or a blank line makes fewer rows than lines, and the numbers of the lines wrong.
    return bool(found == survey.lines - skip)


def _careful(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    shown: str,
    codec: str,
    bom: int,
    separator: str,
    header: list[str],
    keep: list[int],
    ends: int,
    folder: Path,
) -> tuple[list[tuple[int, int]], list[int]]:
    """Line by line into `raw`: the (line, columns) that do not fit the header, and lone texts that may be footnotes."""
    ragged: list[tuple[int, int]] = []
    notes: list[int] = []
    begins = 1
    with path.open(encoding=codec, newline="") as file, Rows(folder, shown) as rows:
        if bom:
            file.seek(bom)
        try:
            for line, last, cells in _records(file, separator):
                begins = last + 1  # of the next record: the one that an error is about
                if last <= ends or not any(cell.strip() for cell in cells):
                    continue
                if len(cells) == len(header):
                    rows.add(line, mark(cells, header), [cells[i] for i in keep])
                elif len(cells) == 1 and is_note(cells[0]):
                    notes.append(line)
                else:
                    ragged.append((line, len(cells)))
        except csv.Error as error:
            raise UnreadableFile(
                f"{shown}, line {begins}: a field longer than {LONGEST_FIELD:,} characters, or a quote that never closes; "
                "correct the line."
            ) from error
        rows.load(con, len(keep))
    return ragged, notes
