"""Three people between two meetings, in a real browser: a board member, a ward manager and a QI lead, each for what they rely on.

A picture is kept of each; with ZERO_HARM_PICTURES=1 they are those of the README.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from data.config import PROJECT
from tests.journeys.conftest import PATIENCE, settled

pytestmark = pytest.mark.browser

IMAGES = PROJECT / "docs" / "images"
PICTURE_BYTES = 500_000


def picture(page: Page, name: str, folder: Path) -> None:
    """Keep what the reader sees."""
    path = (IMAGES if os.environ.get("ZERO_HARM_PICTURES") == "1" else folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=path, animations="disabled")
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 1400
    assert 20_000 < len(content) < PICTURE_BYTES


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def row(page: Page, region: str, name: str) -> Locator:
    return page.get_by_role("region", name=region).get_by_role("row").filter(has_text=name).first


def newest_figure(page: Page) -> float:
    """The last figure of the opened chart, as plotly has it."""
    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_be_visible(timeout=PATIENCE)
    found = chart.evaluate("plot => plot.data.find(t => t.name === 'Figures').y.filter(y => y !== null).at(-1)")
    return float(found)


def test_are_we_on_course_for_no_force_first_and_where_is_it_not_working(
    address: str, page: Page, tmp_path: Path
) -> None:
    page.goto(address)
    settled(page)
    # People first, on figures that somebody has signed off, and how many have changed since.
    expect(page.get_by_role("heading", name="People who died or were seriously harmed")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"signed off by .* Figures changed since: \d+"))).to_be_visible()
    page.get_by_role("button", name="Skip the tour for good").click()
    settled(page)
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Skip the tour for good")).to_have_count(0)
    # In one line: not on course, and no clear change.
    force = row(page, "The whole trust, goal by goal", "No Force First")
    expect(force).to_contain_text("Off course")
    expect(force).to_contain_text("No clear change")
    # Every alert leads to its chart; the divisions that are off course are named.
    alerts = page.locator(".zh-heard .zh-alert li")
    off_course = alerts.filter(has_text="Restrictive interventions").filter(has_text="division")
    assert off_course.count() >= 1
    where = off_course.first.locator("span").first.inner_text()
    picture(page, "goals", tmp_path)
    off_course.first.get_by_role("link").click()
    settled(page)
    expect(page.get_by_role("heading", level=1, name="Measure")).to_be_visible(timeout=PATIENCE)
    name = re.search(r"(Secure|Specialist Learning Disability|Local|Community) division", where)
    assert name is not None
    expect(page.get_by_role("heading", level=2, name=f"Restrictive interventions, {name[0]}")).to_be_visible()
    expect(page.get_by_text("Off course", exact=False).first).to_be_visible()
    expect(page.get_by_text("How far, and where it is going")).to_be_visible()
    # Back is back, and what was read by a link opens the same for somebody else.
    link = page.url
    page.go_back()
    settled(page)
    expect(page.get_by_role("heading", name="How far are we from zero harm?")).to_be_visible(timeout=PATIENCE)
    page.goto(link)
    settled(page)
    expect(page.get_by_role("heading", level=2, name=f"Restrictive interventions, {name[0]}")).to_be_visible()


def test_a_manager_finds_a_shift_reads_why_and_sees_the_idea_on_the_chart(
    address: str, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{address}/ward?as=ward_manager&mine=W10")
    settled(page)
    concern = page.locator("[class*=st-key-concern-]").filter(has_text="Self-harm")
    expect(concern).to_contain_text("Worse: more recorded")
    expect(concern).to_contain_text(re.compile(r"\d+ months in a row above average"))
    expect(concern).to_contain_text("Before asking why: is the figure right?")
    picture(page, "ward", tmp_path)
    # What to search for in the incident system, in one click; without a clipboard it is chosen, to be copied by hand.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    concern.get_by_text("Find these in Datix").click()
    copy = concern.get_by_role("button", name="Copy the search for Self-harm", exact=True)
    copy.click()
    expect(concern.get_by_role("status")).to_have_text("Copied.")
    search = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"Location: .+\nIncident date: 1 .+ to 31 Oct 2026\nCategory: .+", search)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    copy.click()
    expect(concern.get_by_role("status")).to_contain_text("Chosen")
    assert page.evaluate("getSelection().toString()").strip() == search
    # The answer: what was found, what will be done.
    concern.get_by_role("button", name="Answer").click()
    page.get_by_label("What we found").fill("Most evenings, two people, since the garden was closed.")
    page.get_by_label("What we will do").fill("Open the garden until nine.")
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_text("Recorded. Your division lead sees it too.")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".zh-answer").filter(has_text="Open the garden until nine.")).to_be_visible()
    # The change idea, and the same on the chart.
    page.goto(f"{address}/improvement?as=ward_manager&mine=W10&unit=W10&measure=self_harm")
    settled(page)
    add_idea(page, "Garden open until nine")
    page.goto(f"{address}/measure?unit=W10&measure=self_harm&as=ward_manager&mine=W10")
    settled(page)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Garden open until nine").first).to_be_visible()
    picture(page, "measure", tmp_path)


def add_idea(page: Page, title: str) -> None:
    page.get_by_label("The idea in a few words", exact=True).fill(title)
    page.get_by_label("What is done", exact=True).fill(
        "The garden stays open until nine, with one more member of staff."
    )
    page.get_by_label("Why", exact=True).fill("Evenings are long, and the garden calms people.")
    page.get_by_label("What do you expect to happen, by when?").fill("Half as many evenings with self-harm by spring.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text(title).first).to_be_visible(timeout=PATIENCE)
    settled(page)


def test_a_late_correction_turns_an_icon_and_the_board_sees_what_it_saw_before(
    address: str, page: Page, tmp_path: Path
) -> None:
    chart = "measure?unit=W10&measure=assault_staff"
    page.goto(f"{address}/{chart}&as=board_member")
    settled(page)
    seen_before = newest_figure(page)
    # A QI lead loads corrected figures: what would turn is shown before anything is stored.
    page.goto(f"{address}/upload?as=qi_lead")
    expect(page.get_by_test_id("stFileUploader")).to_be_visible(timeout=PATIENCE)
    extract = tmp_path / "late.csv"
    months = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    lines = [f"{month}-01,W10,assault_staff,{40 + i}" for i, month in enumerate(months)]
    extract.write_text("month,unit,measure,numerator\n" + "\n".join(lines) + "\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(extract)
    expect(page.get_by_text(re.compile(r"What would change: \d+ changed"))).to_be_visible(timeout=PATIENCE)
    settled(page)
    expect(page.get_by_text("Worse: more recorded").first).to_be_visible(timeout=PATIENCE)
    picture(page, "upload", tmp_path)
    page.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(page.get_by_text(re.compile(r"late\.csv is load \d+"))).to_be_visible(timeout=PATIENCE)
    # The board opens on what it saw, with how many figures have changed since; the latest are one choice away.
    page.goto(f"{address}/{chart}&as=board_member")
    settled(page)
    assert newest_figure(page) == seen_before
    choose(page, "Figures", "Latest figures, not signed off")
    assert newest_figure(page) > seen_before + 10
    expect(page.get_by_text("Worse: more recorded").first).to_be_visible()
