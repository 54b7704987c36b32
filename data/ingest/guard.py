"""What a ZIP may hold before anything in it is opened: parts, sizes, names, document types, and the farthest cell.

A workbook of 1.5 kB can ask its reader for 500 GB. Its sheets are scanned as a stream of bytes for the cells they name
first, and nothing that is not needed to read cells is let through.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from data.ingest.answers import UnreadableFile

MAX_PARTS = 1000
MAX_UNPACKED = 200 << 20
MAX_RATIO = 200
SMALL = 1 << 20  # below this, a ratio says nothing
MAX_COLUMNS = 1000
MAX_ROWS = 1_048_576
MAX_CELLS = 6_000_000  # of the rectangle that a reader makes room for
MAX_MERGED = 20_000
CHUNK = 1 << 20
OVERLAP = 256
CELL = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d+)")
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
SHEET = re.compile(rb"<(?:\w+:)?worksheet\b")
SPECIAL = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"', b"t='e'", b"t =", b"t= ")


@dataclass
class Scan:
    """What the stream of one part showed: `special` where it has formulas or error cells."""

    rows: int = 0
    columns: int = 0
    merged: int = 0
    special: bool = False


def check_listing(path: Path, shown: str, *, unpacked: int = MAX_UNPACKED) -> None:
    """Raises UnreadableFile for a listing that no office program and no export writes."""
    _check_count(path, shown)
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise UnreadableFile(f"{shown} holds two parts of one name; export it again.")
    for part in parts:
        name = part.orig_filename
        if (
            name.startswith(("/", "\\"))
            or ".." in re.split(r"[/\\]", name)
            or ":" in name
            or min(name, default=" ") < " "
        ):
            raise UnreadableFile(f"{shown} holds a part whose name leads out of it; export it again.")
        if part.flag_bits & 1:
            raise UnreadableFile(f"{shown} is protected with a password; save it without one.")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFile(f"{shown} is packed in an unusual way; save it again.")
        if part.file_size > SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise UnreadableFile(
                f"{shown} holds a part that unpacks to more than {MAX_RATIO} times its size; save it as CSV UTF-8."
            )
    total = sum(part.file_size for part in parts)
    if total > unpacked:
        raise UnreadableFile(
            f"{shown} unpacks to {total >> 20} MB, the limit is {unpacked >> 20} MB; save it as CSV UTF-8."
        )


def _check_count(path: Path, shown: str) -> None:
    """By the end record alone: a listing of a million parts is not even read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 16) - 22))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    count = int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else 0
    if count > MAX_PARTS:
        raise UnreadableFile(f"{shown} holds {count:,} parts, the limit is {MAX_PARTS:,}; save it as CSV UTF-8.")


def check_workbook(path: Path, shown: str, kind: str) -> dict[str, Scan]:
    """Every XML part of a workbook as a stream. Raises UnreadableFile; gives what each part showed."""
    check_listing(path, shown)
    scans = {}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if not shown.lower().endswith(".xlsm") and any(name.lower().endswith("vbaproject.bin") for name in names):
            raise UnreadableFile(f"{shown} holds macros and is not named .xlsm; save it as .xlsx.")
        total = 0
        for name in names:
            if not name.lower().endswith((".xml", ".rels", ".vml")):
                continue
            scans[name] = scan = Scan()
            before = b""
            cells = "worksheets/" in name
            with archive.open(name) as part:
                while chunk := part.read(CHUNK):
                    total += len(chunk)
                    if total > MAX_UNPACKED:
                        raise UnreadableFile(
                            f"{shown} unpacks to more than {MAX_UNPACKED >> 20} MB; save it as CSV UTF-8."
                        )
                    data = before + chunk
                    cells = cells or (not before and bool(SHEET.search(data[:65_536])))
                    _scan_xml(data, shown)
                    if cells and kind == "xlsx":
                        _scan_cells(scan, data, shown)
                        scan.merged += chunk.count(b"mergeCell ")
                    before = data[-OVERLAP:]
            _check_area(scan, shown)
    return scans


def _scan_xml(data: bytes, shown: str) -> None:
    if b"\x00" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"{shown} is written in an unusual encoding; save it again as .xlsx.")
    if b"<!" in data and DOCTYPE.search(data):
        raise UnreadableFile(f"{shown} declares a document type, which no workbook needs; save it again as .xlsx.")


def _scan_cells(scan: Scan, data: bytes, shown: str) -> None:
    found = CELL.findall(data)
    if found:
        letters, digits = ({*one} for one in zip(*found, strict=True))
        scan.columns = max(scan.columns, *(column_number(name.decode()) for name in letters))
        scan.rows = MAX_ROWS + 1 if max(map(len, digits)) > 9 else max(scan.rows, *map(int, digits))
    scan.special = scan.special or any(sign in data for sign in SPECIAL)
    _check_area(scan, shown)


def _check_area(scan: Scan, shown: str) -> None:
    if scan.rows > MAX_ROWS or scan.columns > MAX_COLUMNS or scan.rows * scan.columns > MAX_CELLS:
        raise UnreadableFile(
            f"{shown} has a cell in row {scan.rows:,}, column {scan.columns:,}, farther than any table here "
            f"({MAX_COLUMNS:,} columns, {MAX_CELLS:,} cells); delete the rows and columns behind the table."
        )
    if scan.merged > MAX_MERGED:
        raise UnreadableFile(
            f"{shown} has more than {MAX_MERGED:,} merged cells; unmerge them or save it as CSV UTF-8."
        )


def column_number(letters: str) -> int:
    """AB -> 28."""
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + ord(letter) - 64
    return number
