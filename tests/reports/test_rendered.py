"""Packs as they look on paper and on a screen: nothing cut off, nothing over something else, no page without a word."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks._trust import made_trust
from data.config import Home
from pages.charts.states import LIGHT
from pages.reports.forms.pdf import pdf
from pages.reports.forms.pptx import pptx
from pages.reports.forms.xlsx import xlsx
from pages.reports.pack.made import make
from pages.reports.pack.model import Pack
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.request import Request
from tests.conftest import Load, approve_policy
from tests.reports.conftest import NEWEST, Made
from tests.reports.rendered import Sheet, as_pdf, fonts, outside, overlapping, pictures, sheets, shows

Packed = Callable[..., Made]
LONG = (
    "Specialist community learning disability, autism and neurodevelopmental rehabilitation services (North and East)"
)
UNBROKEN = "Neurorehabilitationandlongtermsegregationserviceofthenorthernboroughs"
FEWEST_WORDS = 8  # of a page that says something: its head, its foot, and more
AXIS = re.compile(
    r"\d{4}-\d{2}|[\d.,%-]+"
)  # what a chart of an office program writes at its axes, and turns or leaves out


def renamed(home: Home, name: str) -> None:
    home.branding.write_text(
        f'[divisions]\nLOCAL = "{name}"\nSECURE = "{name} 2"\nW10 = "{name} 3"\n', encoding="utf-8"
    )


def on_paper(pack: Pack, made: Provenance, folder: Path) -> list[Sheet]:
    path = folder / "pack.pdf"
    path.write_bytes(pdf(pack, made))
    return sheets(path)


def well_set(found: list[Sheet], *, but: re.Pattern[str] = re.compile("(?!)")) -> None:
    """What can be checked of how it looks, page by page."""
    for n, sheet in enumerate(found, 1):
        assert len(sheet.words) >= FEWEST_WORDS, f"page {n} is empty"
        assert outside(sheet) == [], f"page {n}"
        pairs = [pair for pair in overlapping(sheet) if not all(but.fullmatch(word) for word in pair)]
        assert pairs == [], f"page {n}"


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("audience", ["board", "division:SECURE", "ward:W10"])
def test_every_page_of_the_pdf_is_well_set(packed: Packed, tmp_path: Path, audience: str, orientation: str) -> None:
    well_set(on_paper(*packed(audience, orientation=orientation)[1:], tmp_path))


@pytest.mark.parametrize("name", [LONG, UNBROKEN])
@pytest.mark.parametrize("audience", ["board", "division:LOCAL", "ward:W10"])
def test_the_longest_names_are_not_cut_off(sample_copy: Home, tmp_path: Path, audience: str, name: str) -> None:
    renamed(sample_copy, name)
    pack, made = make(sample_copy, Request(audience, np.datetime64(NEWEST, "M")))
    found = on_paper(pack, made, tmp_path)
    well_set(found)
    text = "".join(word.text for sheet in found for word in sheet.words)
    assert name.replace(" ", "") in text.replace("\u200b", ""), "it stands there whole, on however many lines"
    assert len(found) == 2 or not audience.startswith("ward")


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_no_head_of_the_grid_runs_into_the_next(packed: Packed, tmp_path: Path, orientation: str) -> None:
    """Its columns are as wide as what stands in them, and one may hold nothing."""
    _, pack, made = packed("board", orientation=orientation)
    few = replace(pack, pages=tuple(p for p in pack.pages if p.key in ("cover", "grid")), series=())
    heads = [w for w in on_paper(few, made, tmp_path)[1].words if w.text in ("Better", "Worse", "Changed", "Cannot")]
    ends = {word.text: word for word in sorted(heads, key=lambda w: -w.top)}  # the heads stand above the rows
    assert ends["Worse"].right < ends["Changed"].left and ends["Changed"].right + 2 < ends["Cannot"].left


def test_every_state_has_its_colour_on_paper(packed: Packed, tmp_path: Path) -> None:
    _, pack, made = packed("board")
    path = tmp_path / "pack.pdf"
    path.write_bytes(pdf(pack, made))
    every = list(pictures(path))
    for colour in (LIGHT.improvement, LIGHT.concern, LIGHT.common):
        assert any(shows(picture, colour) for picture in every), colour
    assert not any(shows(picture, "#00FF00") for picture in every), "and a colour that is nowhere is not found"


def test_slides_look_the_same_in_another_program(packed: Packed, tmp_path: Path) -> None:
    _, pack, made = packed("board")
    path = tmp_path / "pack.pptx"
    path.write_bytes(pptx(pack, made))
    printed = as_pdf(path)
    found = sheets(printed)
    well_set(found, but=AXIS)
    every = list(pictures(printed))
    assert len(every) == len(found) > len(pack.pages)
    for page in pack.pages:
        marks = {
            str(m)
            for p in page.pictures
            for m, v in zip(p.drawing.mark, p.drawing.value, strict=True)
            if np.isfinite(v)
        }
        slides = [
            picture
            for sheet, picture in zip(found, every, strict=True)
            if page.title.replace(" ", "") in "".join(w.text for w in sheet.words)
        ]
        assert slides, page.title
        for mark, colour in (("improvement", LIGHT.improvement), ("concern", LIGHT.concern)):
            if mark in marks:
                assert any(shows(picture, colour) for picture in slides), (page.title, mark)


def test_slides_hold_the_longest_names(sample_copy: Home, tmp_path: Path) -> None:
    renamed(sample_copy, LONG)
    pack, made = make(sample_copy, Request("division:LOCAL", np.datetime64(NEWEST, "M")))
    few = replace(pack, pages=(*pack.pages[:6], *pack.pages[-2:]), series=())
    path = tmp_path / "pack.pptx"
    path.write_bytes(pptx(few, made))
    well_set(sheets(as_pdf(path)), but=AXIS)


def test_the_workbook_opens_with_its_charts_in_another_program(packed: Packed, tmp_path: Path) -> None:
    _, pack, made = packed("ward:W10")
    few = replace(pack, series=pack.series[:2])
    path = tmp_path / "pack.xlsx"
    path.write_bytes(xlsx(few, made))
    printed = as_pdf(path)
    assert all(fonts(printed).values())
    every = list(pictures(printed))
    assert any(shows(picture, LIGHT.concern) for picture in every)
    text = " ".join(word.text for sheet in sheets(printed) for word in sheet.words)
    assert "#REF!" not in text and "#NAME?" not in text and "Err:" not in text


# The longest and the emptiest


def test_a_trust_s_first_month_makes_a_pack(home: Home, load: Load, tmp_path: Path) -> None:
    load(
        home,
        "month,unit,kind,value\n2026-09,W01,occupied_bed_days,480\n2026-09,W02,occupied_bed_days,480\n",
        "days.csv",
    )
    load(home, "month,unit,measure,numerator\n2026-09,W01,falls_all,3\n2026-09,W02,falls_all,0\n", "falls.csv")
    approve_policy(home)
    for audience in ("board", "division:LOCAL", "ward:W01"):
        pack, made = make(home, Request(audience, np.datetime64("2026-09", "M")))
        well_set(on_paper(pack, made, tmp_path))
        assert pptx(pack, made) and xlsx(pack, made)


def test_a_trust_of_one_ward_makes_a_pack(tmp_path: Path) -> None:
    home = Home(tmp_path / "one", is_sample=True)
    made_trust(home, months=30, wards=1)
    for audience in ("board", "division:D0", "ward:W01"):
        well_set(on_paper(*make(home, Request(audience, np.datetime64("2026-10", "M"))), tmp_path))


def test_a_trust_of_a_hundred_and_fifty_wards_makes_a_pack(tmp_path: Path) -> None:
    home = Home(tmp_path / "many", is_sample=True)
    made_trust(home, months=30, wards=150)
    for audience in ("board", "division:D0"):
        pack, made = make(home, Request(audience, np.datetime64("2026-10", "M")))
        well_set(on_paper(pack, made, tmp_path))
    names = {row[0].text for page in pack.pages for table in page.tables for row in table.rows}
    assert len([name for name in names if name.startswith("Ward ")]) == 50, "each ward of the division stands in it"
