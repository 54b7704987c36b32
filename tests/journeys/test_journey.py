"""One journey in a real browser: the board member's goals, a division, a ward; the QI lead's extract; the chart changed."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "goals.png"
PATIENCE_MS = 60_000
# Streamlit asks for its own health beside the address of a page, and is told that there is none.
KNOWN = re.compile(r"status of 404")


def open_page(browser: Browser, address: str, *, width: int = 1400, scheme: str = "light") -> tuple[Page, list[str]]:
    """A page, and what its console complains of."""
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and not KNOWN.search(m.text) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    return page, complaints


def settled(page: Page, title: str) -> None:
    """The page of this title has been drawn to its end."""
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE_MS)


def test_from_the_goals_to_a_ward_and_back_with_a_new_extract(browser: Browser, address: str, tmp_path: Path) -> None:
    page, complaints = open_page(browser, address)
    settled(page, "How far are we from zero harm?")
    expect(page.get_by_text("people in our care died by suspected suicide", exact=False).first).to_be_visible()
    expect(
        page.get_by_role("table", name="The whole trust, goal by goal, and the change in each division")
    ).to_be_visible()
    picture = PICTURE if os.environ.get("ZERO_HARM_PICTURES") == "1" else tmp_path / "goals.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture)
    assert 20_000 < picture.stat().st_size < 400_000

    # A division, by its link in the table; then a ward, by its link in the grid; then one of its measures.
    page.get_by_role("table", name="The whole trust, goal by goal").get_by_role(
        "link", name="Self-harm", exact=True
    ).click()
    settled(page, "Division")
    assert "measure=self_harm" in page.url
    page.goto(f"{address}/division?unit=LOCAL")
    settled(page, "Division")
    page.get_by_role("link", name="Hazel ward", exact=True).click()
    settled(page, "Ward")
    expect(page.get_by_text("15 months in a row above average", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Self-harm", exact=True).click()
    settled(page, "Ward")
    assert "measure=self_harm" in page.url and "unit=W10" in page.url
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    before = august(page)

    # The QI lead sends a correction for August.
    page.goto(f"{address}/upload?as=qi_lead")
    settled(page, "Upload an extract")
    extract = tmp_path / "correction.csv"
    extract.write_text("month,unit,measure,numerator\n2026-08,W10,self_harm,41\n")
    page.locator("input[type=file]").set_input_files(extract)
    expect(page.get_by_text("What would change: 1 changed", exact=False)).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_text("1 row stored", exact=False)).to_be_visible()

    # Everybody sees it.
    page.goto(f"{address}/ward?unit=W10&measure=self_harm")
    settled(page, "Ward")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    after = august(page)
    assert after != before
    assert after > 70  # 41 in a month on sixteen beds
    assert complaints == []


def august(page: Page) -> float:
    """The value that the chart draws for August 2026, from plotly's own data."""
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data?.length > 3")
    found = page.evaluate(
        """() => {
            const line = document.querySelector('.js-plotly-plot').data.find(t => t.name === 'Figures');
            const at = Array.from(line.x).findIndex(x => String(x).startsWith('2026-08'));
            return line.y[at];
        }"""
    )
    return float(found)


@pytest.mark.parametrize(
    "path", ["/", "/division?unit=LOCAL", "/ward?unit=W10", "/ward?unit=W10&measure=self_harm", "/methods"]
)
def test_nothing_is_cut_off_on_a_phone(browser: Browser, address: str, path: str) -> None:
    page, complaints = open_page(browser, address + path, width=360)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE_MS)
    width = page.evaluate(
        "() => Math.max(document.scrollingElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"
    )
    assert width <= 361
    assert complaints == []


def test_the_public_opens_no_ward(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, f"{address}/ward?unit=W10&audience=public")
    settled(page, "Ward")
    expect(page.get_by_text("This page is for people who work here.", exact=False)).to_be_visible()
    assert page.locator(".js-plotly-plot").count() == 0
    assert "Hazel" not in page.content()
