"""The five forms of a pack: each says the same numbers, holds native charts, can be listened to, and runs nothing."""

import csv as csv_module
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from pages.reports.forms import fitting
from pages.reports.forms.archive import settled
from pages.reports.forms.csv import csv
from pages.reports.forms.html import html
from pages.reports.forms.looks import GLYPHS, LOOKS, as_text, by_mark, label_of, mark_of
from pages.reports.forms.pdf import pdf
from pages.reports.forms.pptx import INNER, LETTER_OF_HEAD, _widths, pptx
from pages.reports.forms.xlsx import HEAD_ROWS, xlsx
from pages.reports.pack.model import Cell, Comment, Pack, Page, Sign, Table
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.series import COLUMNS
from tests.reports.conftest import Made

Packed = Callable[..., Made]
FORMS = (pdf, pptx, xlsx, html, csv)
HOSTILE = '=HYPERLINK("http://x") <script>alert(1)</script> #panic() *b* $x$ "] {"a":1} @SUM(A1) \\u{41}'


@pytest.fixture(scope="module")
def board(packed: Packed) -> tuple[Pack, Provenance]:
    return packed("board")[1:]


@pytest.fixture(scope="module")
def files(board: tuple[Pack, Provenance]) -> dict[str, bytes]:
    return {form.__name__: form(*board) for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_pack_is_the_same_bytes(packed: Packed, form: Any) -> None:
    _, pack, made = packed("ward:W10")
    assert form(pack, made) == form(pack, made)


@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_name_is_text_in_every_form(packed: Packed, form: Any) -> None:
    """Names and words come from people: none of them is code, a link or a formula anywhere."""
    _, pack, made = packed("ward:W10")
    page = replace(
        pack.pages[0],
        title=HOSTILE,
        told=(HOSTILE,),
        tables=(Table(HOSTILE, (HOSTILE,), ((Cell(HOSTILE),),)),),
        pictures=tuple(replace(p, series=replace(p.series, measure=HOSTILE)) for p in pack.pages[0].pictures),
    )
    series = tuple(replace(s, unit=HOSTILE, measure=HOSTILE) for s in pack.series[:3])
    hostile = replace(
        pack, title=HOSTILE, trust=HOSTILE, help_line=HOSTILE, pages=(page, *pack.pages[1:]), series=series
    )
    data = form(hostile, made)
    if form is html:
        assert b"<script" not in data
    if form is csv:
        rows = list(csv_module.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert not [cell for row in rows for cell in row if cell[:1] in "=@+" and cell]
    if form in (xlsx, pptx):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {n: archive.read(n) for n in archive.namelist() if n.endswith((".xml", ".rels"))}
            books = [zipfile.ZipFile(io.BytesIO(archive.read(n))) for n in archive.namelist() if n.endswith(".xlsx")]
        inner = [book.read(n) for book in books for n in book.namelist() if n.startswith("xl/worksheets/")]
        assert bool(inner) == (form is pptx), "each native chart has a workbook behind it"
        cells = [*inner, *(part for n, part in parts.items() if n.startswith("xl/worksheets"))]
        assert cells and not [part for part in cells if re.search(rb"<f[ >]", part)]
        assert not [n for n, part in parts.items() if b'TargetMode="External"' in part]


# PDF


def test_the_pdf_can_be_listened_to_and_found_one_s_way_in(
    files: dict[str, bytes], board: tuple[Pack, Provenance]
) -> None:
    reader = PdfReader(io.BytesIO(files["pdf"]))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and str(root["/Lang"]).startswith("en")
    assert b"pdfuaid" in root["/Metadata"].get_data(), "it says which standard it keeps"
    titles = [str(each.title) for each in _outline(reader.outline)]
    assert {page.title for page in board[0].pages} <= set(titles), "each page has its bookmark"
    assert reader.metadata is not None and reader.metadata.title == board[0].title


def _outline(found: Any) -> Iterator[Any]:
    for each in found:
        if isinstance(each, list):
            yield from _outline(each)
        else:
            yield each


def test_every_font_of_the_pdf_is_in_it_and_ours(files: dict[str, bytes]) -> None:
    fonts: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(files["pdf"])).pages:
        for font in (page["/Resources"].get("/Font") or {}).values():  # type: ignore[union-attr]
            one = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[str(one["/BaseFont"])] = (
                "/FontFile2" in one["/FontDescriptor"] or "/FontFile3" in one["/FontDescriptor"]
            )
    assert fonts and all(fonts.values())
    assert {re.sub(r"^/[A-Z]{6}\+", "", name).split("-")[0] for name in fonts} == {"OpenSans"}


def test_every_chart_of_the_pdf_has_its_sentence(files: dict[str, bytes], board: tuple[Pack, Provenance]) -> None:
    reader = PdfReader(io.BytesIO(files["pdf"]))
    found = {str(alt) for alt in _alternatives(reader.trailer["/Root"]["/StructTreeRoot"])}  # type: ignore[index]
    assert {picture.drawing.alt for picture in board[0].pictures} <= found


def _alternatives(node: Any) -> Iterator[Any]:
    stack = [node.get_object()]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            if "/Alt" in each:
                yield each["/Alt"]
            kids = each.get("/K", [])
            kids = kids.get_object() if hasattr(kids, "get_object") else kids
            stack += [k.get_object() for k in (kids if isinstance(kids, list) else [kids]) if hasattr(k, "get_object")]


def test_numbers_of_the_board_s_pdf_are_those_of_the_pack(
    files: dict[str, bytes], board: tuple[Pack, Provenance]
) -> None:
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(files["pdf"])).pages)
    for page in board[0].pages:
        for sentence in page.told:
            assert sentence in text, sentence
    assert board[1].content in text.replace(" ", "")


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_a_ward_has_two_sheets(packed: Packed, orientation: str) -> None:
    for code in ("W10", "W15", "W30", "W01"):
        _, pack, made = packed(f"ward:{code}", orientation=orientation)
        pages = PdfReader(io.BytesIO(pdf(pack, made))).pages
        width, height = (float(x) for x in pages[0].mediabox[2:])
        assert len(pages) == 2, code
        assert (width > height) == (orientation == "landscape") and {round(width), round(height)} == {842, 595}


# Slides


def test_every_chart_of_the_slides_is_native_and_shows_each_state(
    files: dict[str, bytes], board: tuple[Pack, Provenance]
) -> None:
    charts = [shape.chart for shape in _shapes(files["pptx"]) if shape.has_chart]
    assert len(charts) == len(board[0].pictures)
    for chart, picture in zip(charts, board[0].pictures, strict=True):
        series = {each.name: each for each in chart.plots[0].series}
        values = [np.nan if v is None else v for v in series[picture.series.measure].values]
        assert np.array_equal(
            values, [np.nan if v is None else v for v in picture.series.columns["value"]], equal_nan=True
        )
        for mark, expected in by_mark(picture.drawing).items():
            drawn = series[label_of(mark)]
            assert list(drawn.values) == expected
            colour = str(drawn.marker.format.line.color.rgb)
            assert f"#{colour}" == LOOKS[mark].colour


def _shapes(data: bytes) -> Iterator[Any]:
    for slide in Presentation(io.BytesIO(data)).slides:
        yield from slide.shapes


def test_every_slide_says_what_the_speaker_says_and_every_picture_what_it_shows(files: dict[str, bytes]) -> None:
    show = Presentation(io.BytesIO(files["pptx"]))
    for slide in show.slides:
        assert slide.has_notes_slide and slide.shapes.title is not None and slide.shapes.title.text_frame.text
    for shape in _shapes(files["pptx"]):
        if shape.has_chart or shape.has_table or shape.shape_type == 13:
            found = next(each for each in shape._element.iter() if each.tag.endswith("cNvPr"))
            assert found.get("descr"), shape.name


def test_a_ward_s_slides_and_workbook_say_what_stands_around_its_charts(packed: Packed) -> None:
    """Serious harm, reasons and people's words are on the slides themselves: who reads them has no notes."""
    _, pack, made = packed("ward:W10")
    first = replace(pack.pages[0], comments=(Comment("A new team.", "Sam, on Self-harm", date(2026, 11, 2)),))
    pack = replace(pack, pages=(first, *pack.pages[1:]))
    show = Presentation(io.BytesIO(pptx(pack, made)))
    slides = "\n".join(s.text_frame.text for slide in show.slides for s in slide.shapes if s.has_text_frame)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(pack, made))).get_sheet_by_name("Summary").to_python()
    summary = "\n".join(str(cell) for row in rows for cell in row)
    assert any(text.startswith("Serious harm in ") for text in first.told)
    for text in (*first.told, *first.pictures[0].told, "A new team.", "Sam, on Self-harm", *pack.pages[1].small):
        assert text in slides and text in summary, text
    assert all(row[0].text in summary for row in first.tables[0].rows)


def test_the_workbook_says_every_sentence_of_the_goals(files: dict[str, bytes], board: tuple[Pack, Provenance]) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"])).get_sheet_by_name("Summary").to_python()
    cells = {str(cell) for row in rows for cell in row}
    assert not [text for page in board[0].pages for text in (*page.told, *page.small) if text not in cells]


def test_no_word_of_a_head_is_broken() -> None:
    short, long = Cell("x"), Cell("x" * 70)
    table = Table("", ("Where", "Community", *["Long"] * 4), ((short, short, long, long, long, long),))
    widths = _widths(table)
    assert sum(widths) == pytest.approx(INNER) and widths[1] >= 9 * LETTER_OF_HEAD + 0.2
    many = Table("", ("", *["Unforeseeable"] * 14), ((short,) * 15,))
    assert sum(_widths(many)) == pytest.approx(INNER) and min(_widths(many)) > 0


def test_nothing_of_a_slide_stands_outside_it(files: dict[str, bytes]) -> None:
    show = Presentation(io.BytesIO(files["pptx"]))
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= show.slide_width + Inches(0.01), (slide.shapes.title.text, shape.name)
            assert shape.top + shape.height <= show.slide_height + Inches(0.01), (slide.shapes.title.text, shape.name)


def test_the_trust_s_own_template_is_used(packed: Packed, tmp_path: Path) -> None:
    own = Presentation()
    own.slide_width, own.slide_height = Inches(10), Inches(7.5)
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text = "An example that must not stay"
    own.core_properties.comments = "our template"
    own.save(str(tmp_path / "own.pptx"))
    _, pack, made = packed("ward:W10")
    show = Presentation(io.BytesIO(pptx(pack, made, tmp_path / "own.pptx")))
    assert show.slide_width == Inches(10) and show.core_properties.comments == "our template"
    assert not [s for s in show.slides if "must not stay" in s.shapes.title.text]
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left + shape.width <= show.slide_width + Inches(0.01)


def test_a_template_that_is_none_says_so(packed: Packed, tmp_path: Path) -> None:
    (tmp_path / "no.pptx").write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"no\.pptx cannot be opened as a PowerPoint template"):
        pptx(*packed("ward:W10")[1:], tmp_path / "no.pptx")


# Workbooks


def test_the_workbook_has_a_sheet_for_each_chart_with_its_figures(
    files: dict[str, bytes], board: tuple[Pack, Provenance]
) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
    names = book.sheet_names
    assert names[0] == "Summary" and names[-2:] == ["All figures", "Where this comes from"]
    assert len(names) == len(board[0].pictures) + 3 and len({n.casefold() for n in names}) == len(names)
    for name, picture in zip(names[1:-2], board[0].pictures, strict=True):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        head = rows[HEAD_ROWS - 1]
        assert head[: len(COLUMNS)] == list(COLUMNS)
        found = [row[head.index("value")] for row in rows[HEAD_ROWS:]]
        assert found == [pytest.approx(v, rel=1e-14) if v is not None else "" for v in picture.series.columns["value"]]


def test_the_workbook_is_frozen_charted_and_holds_no_formula(
    files: dict[str, bytes], board: tuple[Pack, Provenance]
) -> None:
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as archive:
        names = archive.namelist()
        sheets = [archive.read(n).decode() for n in names if n.startswith("xl/worksheets/sheet")]
        book = archive.read("xl/workbook.xml").decode()
        drawings = b"".join(archive.read(n) for n in names if n.startswith("xl/drawings/drawing")).decode()
    assert sum(n.startswith("xl/charts/chart") for n in names) == len(board[0].pictures)
    assert sum('state="frozen"' in sheet for sheet in sheets) == len(sheets) - 1
    assert (
        not [s for s in sheets if re.search(r"<f[ >]", s)]
        and 'state="hidden"' not in book
        and 'definedName name="x' not in book
    )
    assert drawings.count("descr=") == len(board[0].pictures)


def test_every_figure_of_the_csv_is_in_the_workbook_too(
    files: dict[str, bytes], board: tuple[Pack, Provenance]
) -> None:
    rows = list(csv_module.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert len(rows) == sum(len(s.columns["date"]) for s in board[0].series) > 5000
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"])).get_sheet_by_name("All figures")
    whole = sheet.to_python(skip_empty_area=False)
    at = whole[0].index("value")
    mine = [pytest.approx(float(row["value"]), rel=1e-14) if row["value"] else "" for row in rows]
    assert mine == [row[at] for row in whole[1:]]
    assert rows[0]["made_of"] == board[1].mark and not any(row["made_of"] for row in rows[1:])


def test_an_icon_as_text_keeps_its_shape() -> None:
    assert as_text(Sign("variation", "improvement_low", "Better: fewer recorded")) == "◆ Better: fewer recorded"
    assert as_text(Sign("variation", "please_check", "Please check")) == "… Please check"
    assert as_text(Sign("milestone", "fail", "Off course")) == "☒ Off course"
    assert mark_of(Sign("variation", "mixed", "")) == "concern" and len(set(GLYPHS.values())) == len(GLYPHS)


# One web page


class _Taken(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_web_page_stands_alone(files: dict[str, bytes], board: tuple[Pack, Provenance]) -> None:
    taken = _Taken(files["html"].decode())
    assert not taken.open, "everything that is opened is closed"
    pictures = [attrs for tag, attrs in taken.found if tag == "img"]
    assert all(str(attrs["src"]).startswith("data:image/svg+xml;base64,") and "alt" in attrs for attrs in pictures)
    assert {p.drawing.alt for p in board[0].pictures} <= {attrs["alt"] for attrs in pictures}
    assert not [tag for tag, _ in taken.found if tag in ("script", "link", "iframe", "object", "form")]
    addresses = re.findall(r'(?:href|src)="(?!data:)([^"]+)"', files["html"].decode())
    assert addresses == []
    assert sum(tag == "h1" for tag, _ in taken.found) == 1


def test_the_web_page_says_every_sentence(files: dict[str, bytes], board: tuple[Pack, Provenance]) -> None:
    from html import unescape

    text = unescape(re.sub(r"<[^>]+>", "", files["html"].decode()))
    assert not [s for page in board[0].pages for s in page.told if s not in text]


# What does not flow


def test_a_text_takes_the_room_of_its_letters() -> None:
    assert fitting.lines("", 5, 12) == 1 and fitting.lines("a\nb", 5, 12) == 2
    letters = int(5 * 72 / (12 * fitting.LETTER) * 0.9)
    assert fitting.lines("x" * letters, 5, 12) == 1 and fitting.lines("x" * (letters + 1), 5, 12) == 2


def test_parts_go_on_to_the_next_slide_and_none_is_lost() -> None:
    assert fitting.paged("abcd", [1, 1, 1, 1], 2) == [["a", "b"], ["c", "d"]]
    assert fitting.paged("abc", [9, 1, 1], 2) == [["a"], ["b", "c"]], "what is too high has a slide of its own"
    assert fitting.paged("", [], 2) == [[]]


def test_a_table_of_a_hundred_rows_keeps_every_row_and_its_head(packed: Packed) -> None:
    _, pack, made = packed("ward:W10")
    table = Table("Long", ("First", "Second"), tuple((Cell(f"row {i}"), Cell("x" * (i % 90))) for i in range(100)))
    long = replace(pack, pages=(Page("long", "Part", "A long table", tables=(table,)),))
    grids = [shape.table for shape in _shapes(pptx(long, made)) if shape.has_table]
    rows = [[cell.text for cell in row.cells] for grid in grids[:-1] for row in grid.rows]
    assert rows.count(["First", "Second"]) == len(grids) - 1 > 1
    assert [row[0] for row in rows if row[0] != "First"] == [f"row {i}" for i in range(100)]


def test_an_archive_without_a_clock_is_the_same_archive() -> None:
    def made(second: int) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr(zipfile.ZipInfo("a.xml", (2026, 1, 1, 1, 1, second)), b"<a/>")
        return sink.getvalue()

    assert made(2) != made(4) and settled(made(2)) == settled(made(4))
