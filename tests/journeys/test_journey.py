"""The first visitor of a fresh server, and the public, in a real browser against the real server."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE, settled

pytestmark = pytest.mark.browser


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


def test_the_public_keeps_to_its_table(address: str, page: Page) -> None:
    page.goto(f"{address}/?audience=public")
    expect(page.get_by_role("region", name="Our figures")).to_be_visible(timeout=PATIENCE)
    for name in ("Ward", "Division", "Upload", "This month"):
        expect(page.get_by_test_id("stTopNavLink").filter(has_text=name)).to_have_count(0)
    page.goto(f"{address}/ward?unit=W10&measure=self_harm&audience=public")
    expect(page.get_by_text("This page is for people who work here.")).to_be_visible(timeout=PATIENCE)
    assert page.locator(".js-plotly-plot").count() == 0
    assert "Hazel" not in page.content()
