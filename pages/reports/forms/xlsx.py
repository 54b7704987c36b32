"""A pack as a workbook: a summary with the icons as text, a sheet for each chart, all figures, and where it comes from."""

import io
import re
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pages.charts.states import LIGHT
from pages.reports.forms import fitting
from pages.reports.forms.looks import LOOKS, as_text, by_mark, label_of, lines_of, mark_of
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Pack, Page, Picture, Table
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.series import COLUMNS
from pages.shared import words

A4 = 9  # as the format numbers sheets of paper
FIRST_WIDTH, OTHER_WIDTH, LETTERS_AN_INCH = 44, 26, 13.7  # of columns, in letters as spreadsheets count them
SIZE, LINE = 10, 13.5  # points of the text and of a line
HEAD_ROWS = 5  # title, verdict, unit, an empty line, the heads of the columns
WIDTHS = {"date": 11, "shown": 10, "state": 20, "signals": 26, "remark": 26}
NUMBERS = {"numerator": "#,##0", "denominator": "#,##0"}
LONGEST_NAME = 31  # letters of a sheet's name, as spreadsheets allow


def xlsx(pack: Pack, made: Provenance) -> bytes:
    """The workbook. Every text is written as text: none of it can be a formula or a link."""
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    built = datetime.combine(datetime.fromisoformat(made.built_on).date(), time())
    book.set_properties({"title": pack.title, "author": pack.trust, "subject": pack.subtitle, "created": built})
    formats = _formats(book)
    names: set[str] = set()
    _summary(book, formats, pack, names)
    for picture in pack.pictures:
        _measure(book, formats, picture, names)
    _all_figures(book, formats, pack, names)
    _source(book, formats, pack, made, names)
    for sheet in book.worksheets():  # on paper: across, and no wider than a sheet
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
    book.close()
    return sink.getvalue()


def _formats(book: Workbook) -> dict[str, Any]:
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    found = {
        "text": book.add_format(base | {"text_wrap": True}),
        "title": book.add_format(base | {"bold": True, "font_size": 16}),
        "head": book.add_format(base | {"bold": True, "bottom": 1, "text_wrap": True}),
        "number": book.add_format(base | {"num_format": "#,##0.00##"}),
        "count": book.add_format(base | {"num_format": "#,##0"}),
    }
    for mark in ("improvement", "concern", "neither"):
        found[mark] = book.add_format(base | {"font_color": LIGHT.of(mark), "bold": True, "text_wrap": True})
    return found


def _name(wanted: str, taken: set[str]) -> str:
    """A name that spreadsheets allow, and that no other sheet has."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", wanted).strip()[:LONGEST_NAME] or "Sheet"
    name, n = plain, 1
    while name.casefold() in taken:
        n += 1
        name = f"{plain[: LONGEST_NAME - len(str(n)) - 1]} {n}"
    taken.add(name.casefold())
    return name


def _summary(book: Workbook, formats: dict[str, Any], pack: Pack, names: set[str]) -> None:
    """What every page says, in their order: sentences, lists, tables, and what people said. Charts have sheets of their own."""
    sheet = book.add_worksheet(_name("Summary", names))
    sheet.set_column(0, 0, FIRST_WIDTH)
    sheet.set_column(1, 20, OTHER_WIDTH)
    sheet.write_string(0, 0, pack.title, formats["title"])
    row = 1
    for text in pack.pages[0].told:
        sheet.write_string(row, 0, text)
        row += 1
    sheet.freeze_panes(row, 1)
    first, *rest = pack.pages
    for page in rest if first.kind == "cover" else (replace(first, told=()), *rest):
        row = _page(sheet, formats, page, row + 1)


def _page(sheet: Worksheet, formats: dict[str, Any], page: Page, row: int) -> int:
    sheet.write_string(row, 0, page.title, formats["head"])
    row += 1
    reasons = (f"{p.heading}: {' '.join(p.told)}" for p in page.pictures if p.told)
    people = (f"“{c.text}” {c.by}, {words.day_name(c.on)}" for c in page.comments)
    for text in (*page.told, *reasons, *people):
        sheet.write_string(row, 0, text)
        row += 1
    for listing in page.listings:
        sheet.write_string(row, 0, listing.title, formats["head"])
        for i, item in enumerate(listing.items, row + 1):
            sheet.write_string(i, 0, item.about, formats["text"])
            sheet.write_string(i, 1, as_text(item.sign), formats.get(mark_of(item.sign), formats["text"]))
            sheet.write_string(i, 2, item.why)
        row += len(listing.items) + 1
    for table in page.tables:
        row = _table(sheet, formats, table, row)
    for text in page.small:
        sheet.write_string(row, 0, text)
        row += 1
    return row


def _table(sheet: Worksheet, formats: dict[str, Any], table: Table, row: int) -> int:
    if table.caption:
        sheet.write_string(row, 0, table.caption, formats["head"])
        row += 1
    for column, head in enumerate(table.head):
        sheet.write_string(row, column, head, formats["head"])
    for i, cells in enumerate(table.rows, row + 1):
        for column, cell in enumerate(cells):
            mark = mark_of(cell.sign) if cell.sign else ""
            sheet.write_string(i, column, _text(cell), formats.get(mark, formats["text"]))
        sheet.set_row(i, LINE * max(fitting.lines(_text(c), _inches(n), SIZE) for n, c in enumerate(cells)))
    return row + len(table.rows) + 2


def _inches(column: int) -> float:
    """Of a column of the Summary: not every program makes a row as high as its text."""
    return (FIRST_WIDTH if column == 0 else OTHER_WIDTH) / LETTERS_AN_INCH


def _text(cell: Cell) -> str:
    if cell.sign is None:
        return cell.text
    return as_text(cell.sign) if not cell.text or cell.text == cell.sign.label else f"{as_text(cell.sign)}: {cell.text}"


def _measure(book: Workbook, formats: dict[str, Any], picture: Picture, names: set[str]) -> None:
    """A chart with its limits, flags and data; the points of each state stand in a column of their own, for the chart."""
    name = _name(picture.series.measure, names)
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, picture.heading, formats["title"])
    sheet.write_string(1, 0, "; ".join(as_text(sign) for sign in picture.signs))
    sheet.write_string(2, 0, picture.series.per)
    marks = by_mark(picture.drawing)
    _columns(sheet, formats, picture, marks)
    sheet.freeze_panes(HEAD_ROWS, 1)
    _chart(book, sheet, name, picture, list(marks))


def _columns(sheet: Worksheet, formats: dict[str, Any], picture: Picture, marks: dict[str, list[float | None]]) -> None:
    columns = picture.series.columns | {f"mark {mark}": values for mark, values in marks.items()}
    for at, (name, values) in enumerate(columns.items()):
        head = label_of(name.removeprefix("mark ")) if name.startswith("mark ") else name
        sheet.write_string(HEAD_ROWS - 1, at, head, formats["head"])
        sheet.set_column(at, at, WIDTHS.get(name, 12))
        for row, value in enumerate(values, HEAD_ROWS):
            _value(sheet, row, at, value, formats["count" if name in NUMBERS else "number"])


def _value(sheet: Worksheet, row: int, column: int, value: Any, number: Any) -> None:
    """Nothing where there is no figure: an empty cell is no nought."""
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, value, number)


def _chart(book: Workbook, sheet: Worksheet, name: str, picture: Picture, marks: list[str]) -> None:
    chart = book.add_chart({"type": "line"})
    last = HEAD_ROWS + len(picture.series.columns["date"]) - 1
    dates = [name, HEAD_ROWS, 0, last, 0]
    line = {"name": picture.series.measure, "line": {"color": LIGHT.common, "width": 1}}
    _add(chart, name, COLUMNS.index("value"), last, dates, line)
    for column, (label, colour, dash) in lines_of(picture).items():
        style = {"name": label, "line": {"color": colour, "width": 1, "dash_type": dash}}
        _add(chart, name, COLUMNS.index(column), last, dates, style)
    for at, mark in enumerate(marks, len(COLUMNS)):
        look = LOOKS[mark]
        fill = {"none": True} if look.hollow else {"color": look.colour}
        marker = {"type": look.shape, "size": 6, "fill": fill, "border": {"color": look.colour}}
        _add(chart, name, at, last, dates, {"name": label_of(mark), "line": {"none": True}, "marker": marker})
    chart.set_title({"name": picture.heading, "overlay": False})
    chart.set_y_axis({"name": picture.series.per, "major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}}})
    chart.set_x_axis({"interval_unit": 6, "num_font": {"rotation": -45}})
    chart.set_legend({"position": "bottom"})
    chart.show_blanks_as("gap")
    chart.set_size({"width": 900, "height": 420})
    right = len(COLUMNS) + len(marks) + 1
    sheet.insert_chart(HEAD_ROWS, right, chart, {"description": picture.drawing.alt})


def _add(chart: Any, sheet: str, column: int, last: int, dates: list[Any], style: dict[str, Any]) -> None:
    chart.add_series(style | {"categories": dates, "values": [sheet, HEAD_ROWS, column, last, column]})


def _all_figures(book: Workbook, formats: dict[str, Any], pack: Pack, names: set[str]) -> None:
    """Every point of every unit in the pack, as in the analyst's table."""
    sheet = book.add_worksheet(_name("All figures", names))
    heads = ("measure", "unit", "per", *COLUMNS)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    row = 1
    for each in pack.series:
        for cells in zip(*(each.columns[name] for name in COLUMNS), strict=True):
            for column, value in enumerate((each.measure, each.unit, each.per, *cells)):
                _value(sheet, row, column, value, formats["number"])
            row += 1
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(row - 1, 1), len(heads) - 1)
    sheet.set_column(0, 1, 28)


def _source(book: Workbook, formats: dict[str, Any], pack: Pack, made: Provenance, names: set[str]) -> None:
    """Where the workbook comes from, and the line by which it can be checked."""
    sheet = book.add_worksheet(_name(said.SOURCE, names))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, said.SOURCE, formats["title"])
    row = _table(sheet, formats, pack.made_of, 2)
    sheet.write_string(row, 0, said.SOURCE_NOTE)
    sheet.write_string(row + 1, 0, made.mark)
