"""A pack as a PDF that anybody can listen to (PDF/UA-1): tagged, with bookmarks and our own fonts, the same bytes each time."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.png import FAMILY, FONT
from pages.charts.svg import FONT as OF_THE_SCREEN
from pages.charts.svg import chart_svg
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Pack, Page, Picture, Sign, Table
from pages.reports.pack.provenance import Provenance
from pages.shared import words

TEMPLATE = Path(__file__).with_name("pack.typ")
ICONS = {"variation": variation_icon, "milestone": milestone_icon}
LONG_WORD, PART, ZERO_WIDTH = re.compile(r"(?![0-9a-f]{64})\S{25,}"), 12, "\u200b"
SIZES = {"chart": (520, 262), "signals": (420, 150), "charts": (320, 150), "many": (260, 112)}


def pdf(pack: Pack, made: Provenance) -> bytes:
    """The document. What it says goes to the template as data (`sys.inputs`), never into its source."""
    import typst

    found = typst.compile(
        TEMPLATE.read_bytes(),  # and not its path: there is no folder from which it could read anything
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"pack": json.dumps(_told(pack, made), ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    return bytes(found)


@cache
def _fonts() -> Any:
    """Read once in the life of a process: a batch of a thousand packs would read them as often."""
    import typst  # eighty megabytes that only a PDF needs

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT.parent)])


def _told(pack: Pack, made: Provenance) -> dict[str, Any]:
    firsts = {page.part: i for i, page in reversed([*enumerate(pack.pages)])}
    pages = [_page(page, first=firsts[page.part] == i) for i, page in enumerate(pack.pages)]
    return {
        "title": pack.title,
        "subtitle": pack.subtitle,
        "trust": pack.trust,
        "accent": pack.accent,
        "help": pack.help_line,
        "sample": pack.is_sample,
        "orientation": made.orientation,
        "mark": made.mark,
        "key": said.KEY,
        "absent": said.ABSENT,
        "pages": breakable(pages),
        "icons": {f"{s.kind} {s.state}": _icon(s.kind, s.state) for page in pack.pages for s in _signs(page)},
        "separate": pack.pages[0].kind == "cover",
        "made": breakable(_table(pack.made_of)),
        "made-line": said.in_one_line(pack.made_of),
        "note": said.SOURCE_NOTE,
    }


def breakable(told: Any) -> Any:
    """The same with places in very long words at which a line may end; pictures and what is listened to stay as they are."""
    if isinstance(told, str):
        return LONG_WORD.sub(lambda word: ZERO_WIDTH.join(_parts(word.group())), told)
    if isinstance(told, dict):
        return {key: each if key in ("svg", "alt") else breakable(each) for key, each in told.items()}
    return [breakable(each) for each in told] if isinstance(told, list | tuple) else told


def _parts(word: str) -> list[str]:
    return [word[i : i + PART] for i in range(0, len(word), PART)]


def _page(page: Page, *, first: bool) -> dict[str, Any]:
    return {
        "part": page.part,
        "first-of-part": first,
        "title": page.title,
        "kind": page.kind,
        "told": page.told,
        "signs": [_sign(s) for s in page.signs],
        "pictures": [_picture(each, *SIZES[page.kind]) for each in page.pictures],
        "listings": [
            {
                "title": each.title,
                "tone": each.tone,
                "items": [{"sign": _sign(i.sign), "about": i.about, "why": i.why, "new": i.is_new} for i in each.items],
            }
            for each in page.listings
        ],
        "tables": [_table(each) for each in page.tables],
        "comments": [{"text": c.text, "by": c.by, "on": words.day_name(c.on)} for c in page.comments],
        "small": page.small,
    }


def _picture(picture: Picture, width: int, height: int) -> dict[str, Any]:
    svg = chart_svg(picture.drawing, width=width, height=height).replace(OF_THE_SCREEN, f"font-family='{FAMILY}'")
    return {
        "heading": picture.heading,
        "caption": picture.drawing.unit,
        "key": said.line_key(picture.drawing),
        "svg": svg,
        "alt": picture.drawing.alt,
        "signs": [_sign(s) for s in picture.signs],
        "told": picture.told,
    }


def _table(table: Table) -> dict[str, Any]:
    return {"caption": table.caption, "head": table.head, "rows": [[_cell(c) for c in row] for row in table.rows]}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "sign": _sign(cell.sign) if cell.sign else None}


def _sign(sign: Sign) -> dict[str, str]:
    return {"kind": sign.kind, "state": sign.state, "label": sign.label}


def _signs(page: Page) -> list[Sign]:
    """Every sign on a page, wherever it stands."""
    of_tables = [c.sign for table in page.tables for row in table.rows for c in row if c.sign]
    of_lists = [item.sign for listing in page.listings for item in listing.items]
    return [*page.signs, *of_tables, *of_lists, *(s for picture in page.pictures for s in picture.signs)]


@cache
def _icon(kind: str, state: str) -> str:
    return ICONS[kind](state).replace(OF_THE_SCREEN, f"font-family='{FAMILY}'")
