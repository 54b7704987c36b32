"""A workbook (XLSX, XLS, ODS) into `raw`: every cell as text. Macros and formulas are never run; only cells are read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import python_calamine as calamine

from data.ingest.answers import Choice, UnreadableFile
from data.ingest.feeds import recognise
from data.ingest.formats import OLE
from data.ingest.guard import MAX_CELLS, MAX_COLUMNS, MAX_MERGED, check_workbook
from data.ingest.parts import Found, Unreadable, scan_ods, scan_xls, scan_xlsx, sheet_parts
from data.ingest.sheets import ROW, TOP, header_at, kept, mark, preview, propose
from data.ingest.texts import TEXT

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_SHEETS = 200
LONGEST_CELL = 32_767  # Excel's own limit
BOOK = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))

Cells = list[str | None]


def read_workbook(path: Path, shown: str, kind: str, choice: Choice, folder: Path, file: Path) -> dict[str, Any]:
    """The answer for a workbook, with its table in `file`."""
    found = _guard(path, shown, kind)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        listed = [
            (i, sheet) for i, sheet in enumerate(book.sheets_metadata) if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        if len(listed) > MAX_SHEETS:
            raise UnreadableFile(
                f"{shown} has {len(listed)} sheets, the limit is {MAX_SHEETS}; send the one that counts."
            )
        tables = [Table(book.get_sheet_by_index(i), sheet, shown, found(i)) for i, sheet in listed]
    except calamine.PasswordError as error:
        raise UnreadableFile(f"{shown} is protected with a password; save it without one.") from error
    except (UnreadableFile, MemoryError):
        raise
    except Unreadable as error:
        raise UnreadableFile(f"{shown} {_REASONS[str(error)]}.") from error
    except Exception as error:  # what calamine raises, and the errors of its Python layer
        raise damaged(shown, kind) from error
    table = _choose(tables, choice, shown)
    return _store(table, tables, choice, kind, shown, folder, file)


_REASONS = {
    "far": f"has a cell farther out than any table here ({MAX_COLUMNS:,} columns, {MAX_CELLS:,} cells); "
    "delete the rows and columns behind the table",
    "merged": f"has more than {MAX_MERGED:,} merged cells; unmerge them or save it as CSV UTF-8",
    "deep": "is nested deeper than any workbook; save it again, or save it as CSV UTF-8",
    "broken": "cannot be read as a workbook; open it and save it again, or save it as CSV UTF-8",
}


def damaged(shown: str, kind: str) -> UnreadableFile:
    """The sentence for what no reader understands."""
    if kind == "xls":
        return UnreadableFile(
            f"{shown} is an old or encrypted Excel file that cannot be read; save it as .xlsx without a password."
        )
    return UnreadableFile(f"{shown} {_REASONS['broken']}.")


def _guard(path: Path, shown: str, kind: str) -> Callable[[int], Found]:
    """Refuse what must not be opened; then a function from a sheet's place to what its XML says."""
    if kind == "xls":
        data = path.read_bytes()
        if ENCRYPTED in data:
            raise UnreadableFile(f"{shown} is protected with a password; save it without one.")
        if not data.startswith(OLE) or not any(name in data for name in BOOK):
            raise damaged(shown, kind)
        sheets = scan_xls(data)
        return lambda i: sheets[i] if i < len(sheets) else Found()
    try:
        scans = check_workbook(path, shown, kind)
        if kind == "ods":
            found = scan_ods(path)
            return lambda i: found[i] if i < len(found) else Found()
        parts = sheet_parts(path)
    except (UnreadableFile, MemoryError):
        raise
    except Unreadable as error:
        raise UnreadableFile(f"{shown} {_REASONS[str(error)]}.") from error
    except Exception as error:  # zipfile and zlib raise a dozen kinds on a damaged file
        raise damaged(shown, kind) from error

    def of_sheet(i: int) -> Found:
        part = parts[i] if i < len(parts) else ""
        return scan_xlsx(path, part) if part in scans and scans[part].special else Found()

    return of_sheet


class Table:
    """One sheet: its place in the workbook, its first rows as text, and how to read the others."""

    def __init__(self, sheet: calamine.CalamineSheet, listed: calamine.SheetMetadata, shown: str, found: Found) -> None:
        self.name = listed.name
        self.hidden = listed.visible != calamine.SheetVisibleEnum.Visible
        self.sheet, self.shown, self.found = sheet, shown, found
        end = sheet.end or (-1, -1)
        spans = found.spans or [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or []]
        if len(spans) > MAX_MERGED:
            raise Unreadable("merged")
        if found.guessed:
            found.errors = {c: text for c, text in found.errors.items() if c[0] <= end[0] and c[1] <= end[1]}
        # a formula without an answer, or an error, may stand beyond the last cell that calamine sees
        places = [*found.blanks, *found.errors]
        self.height = max([end[0], *(row for row, _ in places)]) + 1
        self.width = max([end[1], *(column for _, column in places)]) + 1
        if self.height * self.width > MAX_CELLS or self.width > MAX_COLUMNS:
            raise Unreadable("far")
        self.spans = [(a, b, min(c, self.height - 1), min(d, self.width - 1)) for a, b, c, d in spans]
        if sum((c - a + 1) * (d - b + 1) for a, b, c, d in self.spans if c >= a and d >= b) > MAX_CELLS:
            raise Unreadable("merged")
        self.filled: dict[int, list[tuple[int, str | None, bool]]] = {}
        self.filled = self._filled()
        self.top = [filled for _, filled in zip(range(TOP), (cells for _, cells, _ in self.rows()), strict=False)]
        self.proposed = propose(self.top, self.spans)

    def rows(self) -> Iterator[tuple[int, Cells, int]]:
        """(row from 1, cells with merged ranges filled, how many of them hold anything before that: for marks)."""
        offset: Cells = [None] * (self.sheet.start or (0, 0))[1]
        special = self._special()
        number = 0
        source = self.sheet.iter_rows() if self.sheet.start is not None else iter(())
        for number, cells in enumerate(source, start=1):
            row = offset + [TEXT[type(cell)](cell) for cell in cells]
            yield self._finish(number, row, special)
        for late in range(number + 1, self.height + 1):
            yield self._finish(late, [None] * self.width, special)

    def _finish(self, number: int, row: Cells, special: dict[int, list[tuple[int, str]]]) -> tuple[int, Cells, int]:
        row += [None] * (self.width - len(row))
        for column, text in special.get(number - 1, ()):
            row[column] = row[column] or text
        held = _shape(row)
        for column, said, counts in self.filled.get(number - 1, ()):
            row[column] = said
            if counts and said is not None:
                held |= 2 if column else 1
        return number, row, held

    def _special(self) -> dict[int, list[tuple[int, str]]]:
        by_row: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in self.found.errors.items():
            by_row.setdefault(row, []).append((column, text))
        return by_row

    def _filled(self) -> dict[int, list[tuple[int, str | None, bool]]]:
        """The cells of merged ranges by row: each says what its first cell says.

        Below the first row that counts as held; beside the first cell it does not: a footnote is often merged across.
        """
        if not self.spans:
            return {}
        firsts = {(a, b) for a, b, _, _ in self.spans}
        rows = {a for a, _ in firsts}
        texts = {
            (number - 1, column): text
            for number, cells, _ in self.rows()
            if number - 1 in rows
            for column, text in enumerate(cells)
            if (number - 1, column) in firsts
        }
        by_row: dict[int, list[tuple[int, str | None, bool]]] = {}
        for a, b, c, d in self.spans:
            for row in range(a, c + 1):
                by_row.setdefault(row, []).extend((i, texts.get((a, b)), row > a) for i in range(b, d + 1))
        return by_row

    def header(self, header_row: int) -> tuple[str, ...]:
        return header_at(self.top, header_row, self.spans)

    def answer(
        self, header_row: int, header: list[str], *, hide: bool, keep: list[int] | None = None
    ) -> dict[str, Any]:
        shown = self.top if keep is None else [[row[i] for i in keep] for row in self.top]
        return {
            "name": self.name,
            "hidden": self.hidden,
            "rows": self.height,
            "width": self.width,
            "header_row": header_row,
            "header": header,
            "preview": () if hide else preview(shown),
        }


def _shape(row: Cells) -> int:
    """Bits: 1 where the first cell holds anything, 2 where another one does."""
    first = 1 if row and row[0] is not None else 0
    return first | (2 if len(row) - row.count(None) > first else 0)


def _choose(tables: list[Table], choice: Choice, shown: str) -> Table:
    if choice.sheet is not None:
        named = [table for table in tables if table.name == choice.sheet]
        if not named:
            names = ", ".join(f"'{table.name[:40]}'" for table in tables[:10])
            raise UnreadableFile(f"{shown} has no sheet '{choice.sheet[:40]}'; its sheets are {names}.")
        if not named[0].height:
            raise UnreadableFile(f"{shown}: the sheet '{choice.sheet[:40]}' is empty.")
        return named[0]
    visible = [table for table in tables if not table.hidden]
    if not visible:
        raise UnreadableFile(f"{shown} has no visible sheet; say which one is meant.")
    for table in visible:
        header = table.header(table.proposed) or tuple(c or "" for c in next((r for r in table.top if any(r)), []))
        if recognise(header):
            return table
    filled = [table for table in visible if table.height]
    if not filled:
        raise UnreadableFile(f"{shown}: the sheet '{visible[0].name[:40]}' is empty.")
    return next((table for table in filled if table.height > table.proposed), filled[0])


def _store(
    table: Table, tables: list[Table], choice: Choice, kind: str, shown: str, folder: Path, file: Path
) -> dict[str, Any]:
    from data.ingest.rows import Rows  # DuckDB: not before the workbook is known to be sound
    from data.ingest.table import connect, tidy

    header_row = table.proposed if choice.header_row is None else choice.header_row
    if header_row > min(table.height, TOP):
        raise UnreadableFile(
            f"{shown} has no header in row {header_row}; say one of the first {min(table.height, TOP)}."
        )
    named = [*table.header(header_row)]
    header = named + [""] * (table.width - len(named))
    if choice.keep is not None and not header_row:
        raise UnreadableFile(f"{shown} has no header, so its columns cannot be kept by name; say its header row.")
    keep = kept(header, choice.keep)
    if not keep:
        raise UnreadableFile(f"{shown} has none of the columns to keep; say another header row.")
    lower = [cell or "" for cell in table.top[header_row - 1]] if header_row else []
    blanks: dict[int, list[int]] = {}
    for row, column in table.found.blanks:
        blanks.setdefault(row + 1, []).append(column)
    con = connect(file)
    try:
        with Rows(folder, shown) as rows:
            for number, cells, held in table.rows():
                if number <= header_row or not (held or number in blanks):
                    continue
                whole = "".join(filter(None, cells))
                if len(whole) > LONGEST_CELL or "\x00" in whole:
                    _check_cells(cells, number, shown)
                rows.add(number, _mark(cells, held, lower, asked=number in blanks), [cells[i] for i in keep])
            rows.load(con, len(keep))
        tidied = tidy(con, [header[i] for i in keep])
    finally:
        con.close()
    places = {keep[old]: new + 1 for new, old in enumerate(tidied.columns)}
    gone = {line for line, _ in tidied.left_out}
    asked = sorted(
        (line, places[column])
        for line, columns in blanks.items()
        for column in columns
        if line > header_row and line not in gone and column in places
    )
    hide = choice.keep is not None  # what is dropped leaves in no preview either
    own = table.answer(header_row, tidied.header if header_row else [], hide=False, keep=keep if hide else None)
    others = [
        own if other is table else other.answer(other.proposed, [*other.header(other.proposed)], hide=hide)
        for other in tables
    ]
    return {
        "kind": kind,
        "encoding": "",
        "sheets": others,
        "sheet": own,
        "rows": tidied.rows + len(tidied.left_out),
        "ragged": [],
        "left_out": tidied.left_out,
        "blanks": asked,
        "dropped": [name for i, name in enumerate(header) if i not in set(keep) and name],
    }


def _mark(cells: Cells, held: int, header: list[str], *, asked: bool) -> int:
    """`sheets.mark` of a row as it was before merged cells were filled; one with a formula to ask about is data."""
    if asked or held == 0:
        return ROW
    if held == 1:
        return mark([cells[0], *[None] * (len(cells) - 1)], header)
    return mark(cells, header) if header and (cells[0] or "") == header[0] else ROW


def _check_cells(cells: Cells, line: int, shown: str) -> None:
    if any(text is not None and ("\x00" in text or len(text) > LONGEST_CELL) for text in cells):
        raise UnreadableFile(f"{shown}, line {line}: a cell that no workbook can hold; save it again.")
