"""A pack as slides: native charts that can be edited, each state a series of its own, and what a speaker says in the notes."""

import io
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from data.harmless import harmless
from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.png import png_of
from pages.charts.states import LIGHT
from pages.reports.forms import fitting
from pages.reports.forms.archive import settled
from pages.reports.forms.looks import LOOKS, by_mark, label_of, lines_of
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Item, Pack, Page, Picture, Sign, Table
from pages.reports.pack.provenance import Provenance

WIDTH, HEIGHT = 13.333, 7.5  # inches, 16 to 9
EDGE, TOP, BOTTOM = 0.5, 1.15, 0.45
INNER = WIDTH - 2 * EDGE
ROOM = HEIGHT - TOP - BOTTOM
INK, QUIET, EDGES = LIGHT.ink, LIGHT.quiet, LIGHT.grid
PALE = "#C3CBD0"  # of hollow marks: some programs draw no edge, and white would be a gap in the line
FONT = "Arial"
BODY, SMALL, CELL = 13, 10, 10.5
HEAD_OF_TABLE = 0.35 + 0.45  # inches: its caption, and the row of its heads
LETTER_OF_HEAD = 0.09  # inches of a bold letter: no word of a head is broken
MONTHS_A_LABEL = 6
SHAPES = {
    "circle": XL_MARKER_STYLE.CIRCLE,
    "diamond": XL_MARKER_STYLE.DIAMOND,
    "square": XL_MARKER_STYLE.SQUARE,
    "triangle": XL_MARKER_STYLE.TRIANGLE,
    "x": XL_MARKER_STYLE.X,
}
DASHES = {"solid": MSO_LINE.SOLID, "dash": MSO_LINE.DASH, "long_dash_dot": MSO_LINE.LONG_DASH_DOT}
ICONS = {"variation": variation_icon, "milestone": milestone_icon}


def pptx(pack: Pack, made: Provenance, template: Path | None = None) -> bytes:
    """The slides, in the trust's own template where there is one. Raises ValueError where that cannot be used."""
    show = _opened(template)
    for page in pack.pages:
        for slide, notes in _page(show, page, pack):
            slide.notes_slide.notes_text_frame.text = notes
    last = _tables(show, said.SOURCE, (pack.made_of,), pack)[-1]
    last.notes_slide.notes_text_frame.text = f"{said.SOURCE_NOTE}\n{made.mark}"
    core = show.core_properties
    core.title, core.author, core.subject = (text[:255] for text in (pack.title, pack.trust, pack.subtitle))
    core.last_modified_by, core.revision = pack.trust[:255], 1
    core.created = core.modified = datetime.fromisoformat(made.built_on)
    sink = io.BytesIO()
    show.save(sink)
    return settled(sink.getvalue())


def _opened(template: Path | None) -> Any:
    if template is None:
        show = Presentation()
        show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
        return show
    try:
        show = Presentation(str(template))
    except Exception as error:  # the library raises what its parsers raise
        raise ValueError(f"{template.name} cannot be opened as a PowerPoint template (.pptx).") from error
    for slide in list(show.slides._sldIdLst):  # a template's own slides are examples
        show.part.drop_rel(slide.rId)
        show.slides._sldIdLst.remove(slide)
    return show


def _scale(show: Any) -> float:
    """How much wider the template's slides are than ours: all is placed in proportion."""
    return float(min(show.slide_width / Inches(WIDTH), show.slide_height / Inches(HEIGHT)))


class _Canvas:
    """A slide on which things are placed in inches of ours."""

    def __init__(self, show: Any, title: str, pack: Pack) -> None:
        self.scale = _scale(show)
        self.slide = show.slides.add_slide(_layout(show))
        holder = self.slide.shapes.title
        if holder is None:
            holder = self.text(EDGE, 0.35, INNER, 0.7, title, 26, bold=True)
        else:
            holder.left, holder.top, holder.width, holder.height = self.box(EDGE, 0.3, INNER, 0.75)
            holder.text_frame.text = title
            holder.text_frame.word_wrap = True
            holder.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            size = next((s for s in (26, 20) if fitting.lines(title, INNER, s, bold=True) == 1), 15)
            _dress(holder.text_frame.paragraphs[0], size, INK, bold=True)
        foot = f"{pack.trust} · {pack.subtitle}" + (f" · {said.SAMPLE}" if pack.is_sample else "")
        self.text(EDGE, HEIGHT - 0.38, INNER * 0.6, 0.3, foot, 8, colour=QUIET)
        self.text(EDGE + INNER * 0.45, HEIGHT - 0.38, INNER * 0.55, 0.3, pack.help_line, 8, colour=QUIET)

    def box(self, *inches: float) -> tuple[Emu, ...]:
        return tuple(Emu(int(Inches(each) * self.scale)) for each in inches)

    def text(
        self,
        x: float,
        y: float,
        width: float,
        high: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
    ) -> Any:
        made = self.slide.shapes.add_textbox(*self.box(x, y, width, high))
        frame = made.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for i, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.text = line
            _dress(paragraph, size, colour, bold=bold)
        return made

    def icon(self, x: float, y: float, sign: Sign, size: float = 0.22) -> None:
        made = self.slide.shapes.add_picture(io.BytesIO(_icon(sign.kind, sign.state)), *self.box(x, y, size, size))
        made._element.nvPicPr.cNvPr.set("descr", sign.label)


def _layout(show: Any) -> Any:
    """The template's layout with a title and nothing else to fill; else its first with a title, else its last."""
    titled = [
        layout
        for layout in show.slide_layouts
        if any(holder.placeholder_format.type in (1, 3) for holder in layout.placeholders)
    ]
    by_room = sorted(titled, key=lambda layout: sum(h.placeholder_format.idx < 10 for h in layout.placeholders))
    return by_room[0] if by_room else show.slide_layouts[len(show.slide_layouts) - 1]


def _dress(paragraph: Any, size: float, colour: str, *, bold: bool = False) -> None:
    font = paragraph.font
    font.size, font.bold, font.name = Pt(size), bold, FONT
    font.color.rgb = _rgb(colour)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


@cache
def _icon(kind: str, state: str) -> bytes:
    return png_of(ICONS[kind](state), times=3)


def _page(show: Any, page: Page, pack: Pack) -> Iterator[tuple[Any, str]]:
    """The slides of a page with what is said on each."""
    notes = "\n".join((*page.told, *(f"{c.text} ({c.by})" for c in page.comments), *page.small))
    if page.kind == "cover":
        yield _cover(show, page, pack), notes
    elif page.kind == "chart":
        yield _chart_slide(show, page, pack), notes
    elif page.pictures:
        if page.comments or page.kind in ("signals", "many"):
            yield from ((slide, notes) for slide in _around(show, page, pack))
        yield from _multiples(show, page, pack, notes)
    else:
        for slide in _texts(show, page, pack):
            yield slide, notes
    if page.kind in ("chart", "signals"):
        for slide in _tables(show, page.title, page.tables, pack):
            yield slide, notes


def _cover(show: Any, page: Page, pack: Pack) -> Any:
    canvas = _Canvas(show, page.title, pack)
    canvas.text(EDGE, 1.4, INNER, 1.8, "\n".join(page.told), 16)
    half = (len(page.signs) + 1) // 2
    for i, sign in enumerate(page.signs):
        x, y = EDGE + (i // half) * INNER / 2, 3.9 + (i % half) * 0.55
        canvas.icon(x, y, sign, 0.28)
        canvas.text(x + 0.4, y, INNER / 2 - 0.7, 0.5, sign.label, 11)
    return canvas.slide


def _chart_slide(show: Any, page: Page, pack: Pack) -> Any:
    canvas = _Canvas(show, page.title, pack)
    wide = INNER * 0.62
    x = EDGE
    for sign in page.signs:
        canvas.icon(x, TOP, sign, 0.26)
        canvas.text(x + 0.36, TOP + 0.01, 3.2, 0.3, sign.label, BODY, bold=True)
        x += 3.7
    _chart(canvas, page.pictures[0], EDGE, TOP + 0.4, wide, ROOM - 0.45, legend=True)
    told = "\n".join((*page.told, *(f"“{c.text}” {c.by}" for c in page.comments), *page.small))
    room, column = ROOM - 0.1, INNER - wide - 0.3
    size = next((s for s in (BODY, 12, 11, SMALL, 9) if fitting.height(told, column, s) <= room), 8)
    canvas.text(EDGE + wide + 0.3, TOP, column, room, told, size)
    return canvas.slide


def _around(show: Any, page: Page, pack: Pack) -> Iterator[Any]:
    """What stands around small charts, on slides before them: notes alone are read by nobody but the speaker."""
    reasons = (f"{p.heading}: {' '.join(p.told)}" for p in page.pictures if p.told and page.kind == "signals")
    people = (f"“{c.text}” {c.by}" for c in page.comments)
    parts = [*page.told, *reasons, *people, *page.small]
    heights = [fitting.height(part, INNER, BODY) for part in parts]
    for n, each in enumerate(fitting.paged(parts, heights, ROOM)):
        canvas = _Canvas(show, page.title if n == 0 else said.continued(page.title), pack)
        canvas.text(EDGE, TOP, INNER, ROOM, "\n".join(each), BODY)
        yield canvas.slide


def _multiples(show: Any, page: Page, pack: Pack, notes: str) -> Iterator[tuple[Any, str]]:
    """Six charts a slide, each with its verdict."""
    for at in range(0, len(page.pictures), 6):
        canvas = _Canvas(show, page.title, pack)
        for i, picture in enumerate(page.pictures[at : at + 6]):
            x, y = EDGE + (i % 3) * INNER / 3, TOP + (i // 3) * ROOM / 2
            wide = INNER / 3 - 0.25
            canvas.text(x, y, wide, 0.25, picture.heading, SMALL, bold=True)
            _chart(canvas, picture, x, y + 0.3, wide, ROOM / 2 - 0.85, legend=False)
            canvas.icon(x, y + ROOM / 2 - 0.5, picture.signs[0])
            canvas.text(x + 0.3, y + ROOM / 2 - 0.49, wide - 0.3, 0.25, picture.signs[0].label, SMALL)
        yield canvas.slide, "\n".join((notes, *(t for p in page.pictures[at : at + 6] for t in p.told)))


def _chart(canvas: _Canvas, picture: Picture, x: float, y: float, width: float, high: float, *, legend: bool) -> None:
    """A line, its limits, and a series of markers for each state that occurs."""
    columns, lines, marks = picture.series.columns, lines_of(picture), by_mark(picture.drawing)
    data = CategoryChartData(number_format="General")
    data.categories = columns["date"]
    data.add_series(harmless(picture.series.measure), columns["value"])  # the workbook behind a chart would compute it
    for name, (label, _, _) in lines.items():
        data.add_series(label, columns[name])
    for mark, values in marks.items():
        data.add_series(label_of(mark), values)
    frame = canvas.slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *canvas.box(x, y, width, high), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", picture.drawing.alt)
    chart = frame.chart
    chart.has_title = False
    chart.has_legend = legend
    if legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size, chart.font.name = Pt(10 if legend else 7), FONT
    chart.value_axis.major_gridlines.format.line.color.rgb = _rgb(EDGES)
    chart.value_axis.format.line.fill.background()
    chart.category_axis.format.line.color.rgb = _rgb(EDGES)
    _label_every(chart, MONTHS_A_LABEL)
    drawn = list(chart.plots[0].series)
    _lines(drawn, [("", LIGHT.common, "solid"), *lines.values()])
    for series, mark in zip(drawn[1 + len(lines) :], marks, strict=True):
        _markers(series, mark, 7 if legend else 4)


def _label_every(chart: Any, n: int) -> None:
    """A label at every n-th point only: the library has no word for it, the format has (CT_CatAx)."""
    axis = chart.category_axis._element
    for name in ("tickLblSkip", "tickMarkSkip"):
        each = axis.makeelement(qn(f"c:{name}"), {"val": str(n)})
        axis.find(qn("c:noMultiLvlLbl")).addprevious(each)


def _lines(drawn: list[Any], styles: list[tuple[str, str, str]]) -> None:
    """The first series are lines without markers."""
    for series, (_, colour, dash) in zip(drawn, styles, strict=False):
        series.smooth = False
        series.marker.style = XL_MARKER_STYLE.NONE
        line = series.format.line
        line.color.rgb, line.width, line.dash_style = _rgb(colour), Pt(1.25), DASHES[dash]


def _markers(series: Any, mark: str, size: int) -> None:
    look = LOOKS[mark]
    series.smooth = False
    series.format.line.fill.background()
    marker = series.marker
    marker.style, marker.size = SHAPES[look.shape], size
    marker.format.line.color.rgb = _rgb(look.colour)
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = _rgb(PALE if look.hollow else look.colour)


def _texts(show: Any, page: Page, pack: Pack) -> Iterator[Any]:
    """A page of sentences, lists and tables, on as many slides as it takes."""
    lead = "\n".join((*page.told, *page.small)) if not page.listings else "\n".join(page.told)
    size = next((s for s in (16, 14, BODY, 11) if fitting.height(lead, INNER, s) <= ROOM), 9)
    if page.listings:
        yield from _listings(show, page, pack)
    elif lead and not page.tables:
        canvas = _Canvas(show, page.title, pack)
        canvas.text(EDGE, TOP, INNER, ROOM, lead, size)
        yield canvas.slide
    yield from _tables(show, page.title, page.tables, pack, lead=lead if page.tables else "")


def _listings(show: Any, page: Page, pack: Pack) -> Iterator[Any]:
    """Alert, advise and assure side by side; what does not fit goes on to a next slide, and is not cut."""
    wide = INNER / len(page.listings) - 0.3
    columns = [
        fitting.paged(each.items, [_item_height(i, wide) for i in each.items], ROOM - 0.95) for each in page.listings
    ]
    for n in range(max(map(len, columns))):
        canvas = _Canvas(show, page.title if n == 0 else said.continued(page.title), pack)
        canvas.text(EDGE, TOP, INNER, 0.4, " ".join((*page.told[:1], *page.small)), BODY, bold=True)
        for i, (listing, slides) in enumerate(zip(page.listings, columns, strict=True)):
            if n < len(slides):
                x = EDGE + i * INNER / len(columns)
                canvas.text(x, TOP + 0.5, wide, 0.3, listing.title, 15, bold=True)
                _items(canvas, slides[n], x, TOP + 0.9, wide)
        yield canvas.slide


def _items(canvas: _Canvas, items: list[Item], x: float, y: float, wide: float) -> None:
    for each in items:
        canvas.icon(x, y + 0.02, each.sign)
        about = f"{each.about} (new this month)" if each.is_new else each.about
        high = fitting.height(about, wide - 0.35, 11, bold=True)
        canvas.text(x + 0.32, y, wide - 0.35, high, about, 11, bold=True)
        canvas.text(x + 0.32, y + high, wide - 0.35, 0.3, each.why, SMALL)
        y += _item_height(each, wide)


def _item_height(item: Item, wide: float) -> float:
    about = f"{item.about} (new this month)"
    return fitting.height(about, wide - 0.35, 11, bold=True) + fitting.height(item.why, wide - 0.35, SMALL) + 0.12


def _tables(show: Any, title: str, tables: tuple[Table, ...], pack: Pack, lead: str = "") -> list[Any]:
    """The tables below each other on as many slides as it takes, with its head wherever one goes on."""
    found: list[Any] = []
    canvas, y = None, HEIGHT
    for table in tables:
        rows, widths = list(table.rows), _widths(table)
        while rows or not found:
            least = HEAD_OF_TABLE + max((_row_height(row, widths) for row in rows[:1]), default=0.0)
            if canvas is None or y + least > HEIGHT - BOTTOM:
                canvas = _Canvas(show, said.continued(title) if found else title, pack)
                found.append(canvas.slide)
                y = TOP + (_lead(canvas, lead) if len(found) == 1 else 0.0)
            heights = [_row_height(row, widths) for row in rows]
            part = fitting.paged(rows, heights, HEIGHT - BOTTOM - y - HEAD_OF_TABLE)[0]
            canvas.text(EDGE, y, INNER, 0.3, table.caption, 12, bold=True)
            _grid(canvas, table, part, widths, y + 0.35)
            y += HEAD_OF_TABLE + sum(heights[: len(part)]) + 0.15
            rows = rows[len(part) :]
    return found


def _lead(canvas: _Canvas, lead: str) -> float:
    """The sentences above the first table, and the room that they take."""
    if not lead:
        return 0.0
    high = fitting.height(lead, INNER, 12) + 0.1
    canvas.text(EDGE, TOP, INNER, high, lead, 12)
    return high


def _row_height(row: tuple[Cell, ...], widths: list[float]) -> float:
    return max(_cell_height(cell, width) for cell, width in zip(row, widths, strict=True))


def _widths(table: Table) -> list[float]:
    """Inches of each column, by how much it has to say."""
    longest = [
        max(len(head), *(len(row[i].words) for row in table.rows), 4) if table.rows else len(head) + 1
        for i, head in enumerate(table.head)
    ]
    weights = [min(max(n, 13), 60) for n in longest]
    widths = [INNER * weight / sum(weights) for weight in weights]
    least = [max(map(len, head.split()), default=0) * LETTER_OF_HEAD + 0.2 for head in table.head]
    fits = [max(width, each) for width, each in zip(widths, least, strict=True)]
    widest = fits.index(max(fits))
    fits[widest] -= sum(fits) - INNER
    return fits if fits[widest] >= max(least[widest], INNER / len(fits)) else widths


def _cell_height(cell: Cell, width: float) -> float:
    return fitting.height(cell.words, width - 0.2, CELL) + 0.12


def _grid(canvas: _Canvas, table: Table, rows: list[tuple[Cell, ...]], widths: list[float], y: float) -> None:
    has_head = any(table.head)
    frame = canvas.slide.shapes.add_table(
        len(rows) + has_head, len(table.head), *canvas.box(EDGE, y, INNER, 0.3 * (len(rows) + 1))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
    grid = frame.table
    grid.first_row = has_head
    for i, width in enumerate(widths):
        grid.columns[i].width = canvas.box(width)[0]
    texts = [*([table.head] if has_head else []), *([c.words for c in row] for row in rows)]
    for i, line in enumerate(texts):
        for j, text in enumerate(line):
            _fill(grid.cell(i, j), text, bold=has_head and i == 0)


def _fill(cell: Any, text: str, *, bold: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    cell.fill.background()
    cell.text = text
    _dress(cell.text_frame.paragraphs[0], CELL, INK, bold=bold)
