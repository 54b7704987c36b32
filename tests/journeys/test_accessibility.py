"""WCAG 2.2 AA as axe-core finds it, on every page in a real browser; reflow, focus, words for pictures, and print.

axe sees about half of what matters: the accessibility statement (pages/accessibility.py) says what people still have to try.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlencode

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.shared.app import PLACES
from tests.journeys.conftest import PATIENCE, settled

pytestmark = pytest.mark.browser

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
# Made by Streamlit's own widgets, which a page cannot mend: (rule, part of the element's HTML) -> what it is.
KNOWN = {
    (
        "presentation-role-conflict",
        "stFileUploaderDropzone",
    ): "the drop zone of the file uploader has a role and a tabindex",
    ("empty-table-header", 'data-testid="data-grid-canvas"'): "the mirror of the grid that screen readers are given",
    ("empty-table-header", 'role="columnheader"'): "the same",
}
WHERE = {
    "": {},
    "division": {"unit": "LOCAL", "as": "division_lead"},
    "ward": {"unit": "W10", "as": "ward_manager", "mine": "W10"},
    "measure": {"unit": "W10", "measure": "self_harm", "as": "qi_lead"},
    "access": {"as": "administrator"},
    "upload": {"as": "qi_lead"},
}
PAGES = [place.address for place in PLACES]


def address_of(page: str, **also: str) -> str:
    return f"{page}?{urlencode(WHERE.get(page, {'as': 'qi_lead'}) | also)}"


def violations(page: Page) -> list[str]:
    """What axe finds wrong, but for what is known of Streamlit's own widgets: rule, element, why."""
    page.evaluate(AXE)
    result = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    assert len(result["passes"]) > 10, "axe must have looked"
    return [
        f"{found['id']}: {node['html'][:120]}: {node['failureSummary'][:160]}"
        for found in result["violations"]
        for node in found["nodes"]
        if not any(found["id"] == rule and part in node["html"] for rule, part in KNOWN)
    ]


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    settled(page)
    page.wait_for_timeout(800)  # fades are over: a colour that is still fading in has too little contrast
    return page


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser):  # type: ignore[no-untyped-def]
    context = browser.new_context(viewport={"width": 1400, "height": 1200}, color_scheme=request.param)
    context.set_default_timeout(PATIENCE)
    yield context.new_page(), request.param
    context.close()


@pytest.mark.parametrize("where", PAGES, ids=[place.file for place in PLACES])
def test_axe_finds_nothing_on_any_page(where: str, address: str, themed: tuple[Page, str]) -> None:
    page, theme = themed
    if not SLOW and PAGES.index(where) % 2 == (theme == "light"):
        pytest.skip("each page in one theme; in both with ZERO_HARM_SLOW=1")
    assert violations(opened(page, f"{address}/{address_of(where)}")) == []


def test_axe_finds_nothing_in_what_opens(address: str, page: Page) -> None:
    """The form of an answer, the public's eyes, and what is unfolded."""
    opened(page, f"{address}/{address_of('ward')}")
    page.get_by_role("button", name="Answer").first.click()
    expect(page.get_by_label("What we found")).to_be_visible()
    for summary in page.locator("details > summary").all():
        summary.click()
    settled(page)
    page.wait_for_timeout(300)
    assert violations(page) == []
    assert violations(opened(page, f"{address}/?audience=public")) == []


def test_axe_sees_what_is_planted(address: str, page: Page) -> None:
    opened(page, f"{address}/{address_of('methods')}")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
    page.evaluate(
        "document.querySelector('[data-testid=stCaptionContainer] p').style.setProperty('color', '#bbb', 'important')"
    )
    found = " ".join(violations(page))
    assert "image-alt" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("where", PAGES, ids=[place.file for place in PLACES])
def test_a_page_reflows_at_320_pixels(where: str, address: str, page: Page) -> None:
    """WCAG 1.4.10: also what 400 % zoom of 1,280 pixels gives. Tables may scroll within themselves."""
    page.set_viewport_size({"width": 320, "height": 800})
    opened(page, f"{address}/{address_of(where)}")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


def test_every_link_of_the_goals_page_is_reached_by_the_keyboard_and_shown(address: str, page: Page) -> None:
    opened(page, address)
    first = page.locator("[data-testid=stMain] a[href*='measure?']").first
    first.focus()
    assert first.evaluate("a => a.matches(':focus-visible') && getComputedStyle(a).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Measure")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize(("where", "most"), [("", 1), ("ward", 2)])
def test_what_is_printed_is_short(where: str, most: int, address: str, page: Page) -> None:
    opened(page, f"{address}/{address_of(where)}")
    page.emulate_media(media="print")
    page.wait_for_timeout(500)  # what is folded for paper has been laid out anew
    content = page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type /Page\b(?!s)", content))
    assert 0 < pages <= most
