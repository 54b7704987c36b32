"""A board member and a QI lead in a real browser, against the real server with a copy of the sample trust."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.config import PROJECT
from tests.journeys.conftest import PATIENCE, settled

pytestmark = pytest.mark.browser

PICTURE = PROJECT / "docs" / "images" / "goals.png"
PICTURE_BYTES = 400_000


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def newest_figure(page: Page) -> float:
    """The last figure of the opened chart, as plotly has it."""
    chart = page.locator(".js-plotly-plot")
    expect(chart).to_be_visible(timeout=PATIENCE)
    found = chart.evaluate("plot => plot.data.find(t => t.name === 'Figures').y.filter(y => y !== null).at(-1)")
    return float(found)


def visit_page(page: Page, name: str) -> None:
    """By the navigation at the top, which keeps the session."""
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    settled(page)


def test_the_first_visitor_of_a_fresh_server_gets_the_frame_of_the_page_asked_for(address: str, page: Page) -> None:
    """Keep this test first: later visitors find a server on which the main script has run."""
    page.goto(f"{address}/upload?as=qi_lead")
    expect(page.get_by_role("heading", name="Upload an extract")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Sample trust: none of these figures is real.")).to_be_visible()
    expect(page.get_by_text("Who is reading?")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    page.get_by_text("Loads so far").click()
    settled(page)
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()


def test_from_the_goals_to_a_ward_and_from_an_extract_to_its_new_figure(
    address: str, page: Page, tmp_path: Path
) -> None:
    # A board member follows the figures down.
    page.goto(address)
    expect(page.get_by_role("heading", name="How far are we from zero harm?")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("died by suspected suicide. The year before")).to_be_visible()
    assert "Upload" not in page.get_by_test_id("stTopNavLink").all_inner_texts()
    page.get_by_role("region", name="The whole trust, goal by goal").locator("a[href*='unit=LOCAL']").first.click()
    expect(page.get_by_role("heading", name="Division", exact=True)).to_be_visible(timeout=PATIENCE)
    settled(page)
    expect(page.get_by_role("combobox", name="Unit")).to_have_attribute("value", "Local division")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    choose(page, "Measure", "All measures")
    page.get_by_role("link", name="Hazel ward", exact=True).click()
    expect(page.get_by_role("heading", name="Ward", exact=True)).to_be_visible(timeout=PATIENCE)
    settled(page)
    expect(page.get_by_text(re.compile(r"\d+ months in a row above average")).first).to_be_visible()
    choose(page, "Measure", "Self-harm")
    expect(page.get_by_role("heading", name="Self-harm, Hazel ward")).to_be_visible()
    before = newest_figure(page)
    assert "unit=W10" in page.url
    assert "measure=self_harm" in page.url

    # A QI lead loads a corrected figure: first the check, then the receipt.
    choose(page, "Role", "QI lead")
    visit_page(page, "Upload")
    extract = tmp_path / "self_harm.csv"
    extract.write_text("month,unit,measure,numerator\n2026-10-01,W10,self_harm,33\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(extract)
    expect(page.get_by_text("No problems found.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("What would change: 1 changed.")).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_text(re.compile(r"self_harm\.csv is load \d+: 1 row stored\."))).to_be_visible(timeout=PATIENCE)

    # The chart shows it, to the same session and to anybody else.
    visit_page(page, "Ward")
    expect(page.get_by_role("combobox", name="Ward")).to_have_attribute("value", "Hazel ward")
    choose(page, "Measure", "Self-harm")
    after = newest_figure(page)
    assert after > before + 10
    page.goto(f"{address}/ward?unit=W10&measure=self_harm")
    assert newest_figure(page) == after


def test_the_public_keeps_to_its_table(address: str, page: Page) -> None:
    page.goto(f"{address}/?audience=public")
    expect(page.get_by_role("region", name="Our figures")).to_be_visible(timeout=PATIENCE)
    for name in ("Ward", "Division", "Upload", "This month"):
        expect(page.get_by_test_id("stTopNavLink").filter(has_text=name)).to_have_count(0)
    page.goto(f"{address}/ward?unit=W10&measure=self_harm&audience=public")
    expect(page.get_by_text("This page is for people who work here.")).to_be_visible(timeout=PATIENCE)
    assert page.locator(".js-plotly-plot").count() == 0
    assert "Hazel" not in page.content()


@pytest.mark.parametrize(
    "path",
    ["", "division?unit=TRUST", "ward?unit=W10", "ward?unit=W10&measure=self_harm", "upload?as=qi_lead", "methods",
     "?audience=public"],
)  # fmt: skip
def test_a_narrow_screen_scrolls_in_one_direction_only(path: str, address: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{address}/{path}")
    expect(page.get_by_role("heading").first).to_be_visible(timeout=PATIENCE)
    settled(page)
    wide, inner = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    assert wide <= inner == 360
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0


def test_picture_of_the_goals_page(address: str, page: Page, tmp_path: Path) -> None:
    page.goto(address)
    expect(page.get_by_role("region", name="The whole trust, goal by goal")).to_be_visible(timeout=PATIENCE)
    settled(page)
    picture = PICTURE if os.environ.get("ZERO_HARM_PICTURES") == "1" else tmp_path / "goals.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture, animations="disabled")
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 1400
    assert 20_000 < len(content) < PICTURE_BYTES
