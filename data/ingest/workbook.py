"""A child process: the first visible sheet of a workbook as JSON rows of text on standard output.

`python -m data.ingest.workbook FILE`. It runs apart because one 5 kB file is enough to abort the reader; where the
system has resource limits, memory and processor time are limited too. Exit 2: a sentence on standard error says why.
"""

import datetime as dt
import json
import sys
import zipfile
from pathlib import Path

import python_calamine as calamine

MAX_BYTES = 1 << 30
MAX_SECONDS = 60
MAX_UNPACKED = 200 << 20


def main() -> int:
    _limit()
    path = Path(sys.argv[1])
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            names = archive.namelist()
    except zipfile.BadZipFile:
        return _refuse("not a workbook; export it again.")
    if "xl/workbook.xml" not in names:
        return _refuse("a ZIP file, not a workbook; unpack it and load the files in it.")
    if any(name.endswith("vbaProject.bin") for name in names):
        return _refuse("holds macros; save it as .xlsx.")
    if unpacked > MAX_UNPACKED:
        return _refuse(f"unpacks to {unpacked >> 20} MB; save it as CSV UTF-8.")
    book = calamine.CalamineWorkbook.from_path(str(path))
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
    if not visible:
        return _refuse("has no visible sheet.")
    rows = book.get_sheet_by_name(visible[0]).to_python(skip_empty_area=False)
    if not rows:
        return _refuse(f"the sheet '{visible[0]}' is empty.")
    json.dump([[_text(cell) for cell in row] for row in rows], sys.stdout)
    return 0


def _limit() -> None:
    try:
        import resource  # POSIX only
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _text(cell: object) -> str | None:
    """What the cell says: whole numbers without a decimal point, dates as ISO, an empty cell as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell).strip() or None


if __name__ == "__main__":
    sys.exit(main())
