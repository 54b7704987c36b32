"""What calamine does not say of a workbook: formulas without an answer, error cells, and merged cells in ODS.

A pass with expat over the one part that is read. External entities are never asked for: expat opens nothing by itself,
and a part with a document type was refused before.
"""

import posixpath
import re
import zipfile
from bisect import bisect
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from data.ingest.guard import MAX_CELLS, MAX_COLUMNS, MAX_MERGED, MAX_ROWS, column_number

MAX_DEPTH = 200
Cell = tuple[int, int]  # row and column from 0


class Unreadable(Exception):
    """A part that is no sound XML, or asks for more cells than any table has."""


@dataclass
class Found:
    """Of one sheet: formulas without an answer, error cells and their text, merged ranges, the farthest cell."""

    blanks: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    guessed: bool = False  # places that were looked for and not followed


def sheet_parts(path: Path) -> list[str]:
    """The parts of an XLSX's sheets, in the order of the workbook."""
    targets: dict[str, str] = {}
    ids: list[str] = []

    def relation(name: str, words: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            targets[words.get("Id", "")] = words.get("Target", "")

    def sheet(name: str, words: dict[str, str]) -> None:
        if _local(name) == "sheet":
            ids.append(next((value for key, value in words.items() if key.endswith(":id")), ""))

    _parse(path, "xl/_rels/workbook.xml.rels", relation)
    _parse(path, "xl/workbook.xml", sheet)
    return [posixpath.normpath(posixpath.join("/xl", targets.get(i, ""))).lstrip("/") for i in ids]


def scan_xlsx(path: Path, part: str) -> Found:
    """Formulas without an answer and error cells of one sheet's part."""
    found = Found()
    row = column = -1
    kind = ""
    formula = inside = False
    text: list[str] = []

    def start(name: str, words: dict[str, str]) -> None:
        nonlocal row, column, kind, formula, inside
        name = _local(name)
        if name == "row":
            row, column = int(words["r"]) - 1 if "r" in words else row + 1, -1
        elif name == "c":
            row, column = _place(words["r"]) if "r" in words else (row, column + 1)
            kind, formula = words.get("t", ""), False
            text.clear()
        elif name == "f":
            formula = True
        elif name == "v":
            inside = True

    def end(name: str) -> None:
        nonlocal inside
        name = _local(name)
        if name == "v":
            inside = False
        elif name == "c":
            answer = "".join(text).strip()
            if kind == "e":
                found.errors[row, column] = answer or "#ERROR"
            elif formula and not answer and kind != "str":  # "str": the answer is an empty text
                found.blanks.add((row, column))

    def data(letters: str) -> None:
        if inside:
            text.append(letters)

    _parse(path, part, start, end, data)
    return found


def scan_ods(path: Path) -> list[Found]:
    """The same of every sheet of an ODS, with its merged cells and its farthest cell."""
    sheets: list[Found] = []
    row, column, tall, wide, repeat_rows = -1, -1, 1, 1, 1
    words: dict[str, str] = {}
    text: list[str] = []
    inside = 0

    def number(name: str, attributes: dict[str, str]) -> int:
        return max(1, int(attributes.get(f"table:{name}", "1")))

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, tall, wide, repeat_rows, words, inside
        if name == "table:table":
            sheets.append(Found())
            row, repeat_rows = -1, 1
        elif name == "table:table-row":
            row, column = row + repeat_rows, 0
            repeat_rows = number("number-rows-repeated", attributes)
        elif name in ("table:table-cell", "table:covered-table-cell"):
            words = attributes
            wide = number("number-columns-repeated", attributes)
            text.clear()
        elif name == "text:p":
            inside += 1

    def end(name: str) -> None:
        nonlocal row, column, inside
        if name == "text:p":
            inside -= 1
        if name not in ("table:table-cell", "table:covered-table-cell") or not sheets:
            return
        sheet, said = sheets[-1], "".join(text).strip()
        kind = words.get("office:value-type", "")
        if said or kind:
            sheet.rows, sheet.columns = max(sheet.rows, row + repeat_rows), max(sheet.columns, column + wide)
            if sheet.rows > MAX_ROWS or sheet.columns > MAX_COLUMNS or sheet.rows * sheet.columns > MAX_CELLS:
                raise Unreadable("far")
        across, down = number("number-columns-spanned", words), number("number-rows-spanned", words)
        if across > 1 or down > 1:
            sheet.spans.append((row, column, row + down - 1, column + across - 1))
            if len(sheet.spans) > MAX_MERGED:
                raise Unreadable("merged")
        if "table:formula" in words:
            is_error = words.get("calcext:value-type") == "error" or said.startswith(("#", "Err:"))
            if kind == "string" and is_error and not words.get("office:string-value"):
                sheet.errors[row, column] = said or "#ERROR"
            elif not kind or (kind in ("float", "percentage", "currency") and "office:value" not in words):
                sheet.blanks.add((row, column))
        column += wide

    def data(letters: str) -> None:
        if inside:
            text.append(letters)

    _parse(path, "content.xml", start, end, data)
    return sheets


# BIFF8: the begin of a worksheet, an error cell, and a formula whose answer is an error.
XLS_SHEET = re.compile(rb"\x09\x08\x10\x00\x00\x06\x10\x00")
XLS_ERROR = re.compile(rb"(?:\x05\x02\x08\x00(....)..(.)\x01|\x06\x00..(....)..\x02.(.)...\xff\xff)", re.S)
XLS_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def scan_xls(data: bytes) -> list[Found]:
    """Error cells of every worksheet of an XLS, by their records: calamine calls them blank.

    Records are looked for and not followed, so a place is to be believed only where a cell reads as blank.
    """
    begins = [match.start() for match in XLS_SHEET.finditer(data)]
    sheets = [Found(guessed=True) for _ in begins]
    for match in XLS_ERROR.finditer(data):
        place, code = match[1] or match[3], match[2] or match[4]
        sheet = bisect(begins, match.start()) - 1
        if sheet >= 0 and code[0] in XLS_ERRORS:
            cell = int.from_bytes(place[:2], "little"), int.from_bytes(place[2:], "little")
            sheets[sheet].errors[cell] = XLS_ERRORS[code[0]]
    return sheets


def _parse(path: Path, part: str, start: object, end: object = None, data: object = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def deeper(name: str, words: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable("deep")
        start(name, words)  # type: ignore[operator]

    def up(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)  # type: ignore[operator]

    parser.StartElementHandler = deeper
    parser.EndElementHandler = up
    parser.CharacterDataHandler = data  # type: ignore[assignment]
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as file:
            parser.ParseFile(file)
    except (expat.ExpatError, KeyError, ValueError) as error:
        raise Unreadable("broken") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _place(reference: str) -> Cell:
    """B3 -> (2, 1)."""
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, column_number(letters) - 1
