"""A QI lead with the files that people really have, in a real browser, against the real server."""

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.data.made_files import merged, xlsx_parts, zipped
from tests.journeys.conftest import PATIENCE, settled

pytestmark = pytest.mark.browser

HEAD = "month,unit,measure,numerator\n"
PERSON = "943 476 5919"  # a number that NHS England gives for examples


def open_upload(address: str, page: Page) -> None:
    page.goto(f"{address}/upload?as=qi_lead")
    expect(page.get_by_test_id("stFileUploader")).to_be_visible(timeout=PATIENCE)
    settled(page)


def drop(page: Page, name: str, content: str | bytes, folder: Path) -> None:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    page.locator("input[type=file]").set_input_files(path)


def told(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)


def pick(page: Page, box: str, typed: str) -> None:
    """The option that what is typed leaves first: long lists draw only what is in sight, and a rerun shuts them."""
    for _ in range(4):
        settled(page)
        page.get_by_role("combobox", name=re.compile(re.escape(box))).first.click()
        page.keyboard.type(typed)
        try:
            page.get_by_role("option", name=re.compile(re.escape(typed))).first.click(timeout=5_000)
            break
        except TimeoutError:
            page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # a word's list stays open; Escape would empty a box that is shut
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_listing_of_datix_is_mapped_in_the_page_and_loaded(address: str, page: Page, tmp_path: Path) -> None:
    """Semicolons, Windows-1252, two lines of title, and locations that nobody has named yet."""
    lines = [
        "Incident listing – Datix;;;;;",
        "Printed on 1 November;;;;;",
        "Ref;Incident date;Location (exact);Category;Severity;Approval status",
        *(f"W{20400 + i};{3 + i:02d}/10/2026;Café Nightingale;Falls;Moderate;Finally approved" for i in range(9)),
        "W20500;20/10/2026;Hazel ward;Falls;Severe;Being reviewed",
        "W20501;21/10/2026;Main car park;Falls;None;Being reviewed",
    ]
    open_upload(address, page)
    drop(page, "datix.csv", "\r\n".join(lines).encode("cp1252"), tmp_path)
    told(page, "choose Windows-1252 under “How it is read”")
    settled(page)
    pick(page, "Encoding", "windows-1252")
    told(page, "The names of the columns in row 3, layout: datix, as events, 11 rows, windows-1252.")
    told(page, "Say above what its words are here")
    settled(page)
    expect(page.get_by_role("button", name="Accept", exact=True)).to_have_count(0)
    pick(page, "Café Nightingale · 9 lines", "Hornbeam ward")
    pick(page, "Main car park · 1 line", "Not followed here")
    press(page, "Remember this")
    told(page, "No problems found.")
    told(page, "1 row set aside, and counted nowhere")
    told(page, "What would change:")
    settled(page)
    press(page, "Accept")
    told(page, re.compile(r"datix\.csv is load \d+: \d+ rows stored\."))


def test_a_workbook_with_titles_a_hidden_sheet_and_totals(address: str, page: Page, tmp_path: Path) -> None:
    sheet = [
        ["Falls by ward"],
        ["Printed on 1 November"],
        ["month", "unit", "measure", "numerator"],
        ["2026-10", "W10", "falls_all", 41],
        ["2026-10", "W11", "falls_all", 5],
        ["2026-10", "Total", "falls_all", 46],
    ]
    old = [["month", "unit", "measure", "numerator"], ["2020-01", "W10", "falls_all", 1]]
    parts = xlsx_parts({"Falls": sheet, "Old": old}, tail=merged("A1:D1"), hidden=("Old",))
    open_upload(address, page)
    drop(page, "falls.xlsx", zipped(parts), tmp_path)
    told(page, "Sheet ‘Falls’, the names of the columns in row 3, layout: monthly, 3 rows.")
    told(page, "Line 6, unit: a totals row: leave it out, totals are computed.")
    settled(page)
    page.get_by_text("Read it otherwise").click()
    page.get_by_role("combobox", name="Sheet").click()
    expect(page.get_by_role("option", name="Old (hidden)", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Accept without 1 line")
    told(page, re.compile(r"falls\.xlsx is load \d+: 2 rows stored, 1 row not stored\."))
    expect(page.get_by_role("button", name="The lines that were not stored, as CSV")).to_be_visible()


def test_people_and_bombs_are_refused_and_the_server_goes_on(address: str, page: Page, tmp_path: Path) -> None:
    open_upload(address, page)
    drop(page, "people.csv", f"{HEAD}2026-10,W10,falls_all,{PERSON}\n", tmp_path)
    told(page, "people.csv was refused: it may name people, at line 2 (numerator: an NHS number).")
    settled(page)
    assert PERSON not in page.content() and PERSON.replace(" ", "") not in page.content()
    expect(page.get_by_text("The check")).to_have_count(0)
    expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)

    rows = "<row><c><v>1</v></c></row>" * 4_000_000  # a hundred megabytes in a hundred kilobytes
    parts = xlsx_parts({"Data": []})
    parts["xl/worksheets/sheet1.xml"] = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    bomb = zipped(parts)
    assert len(bomb) < 1 << 20
    drop(page, "bomb.xlsx", bomb, tmp_path)
    with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:
        assert answer.status == 200
    expect(page.get_by_test_id("stAlertContentError").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stAlertContentError").first).to_contain_text("bomb.xlsx")
    with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:
        assert answer.status == 200
    expect(page.get_by_role("button", name=re.compile("^Accept"))).to_have_count(0)


def test_a_zip_of_two_and_a_load_withdrawn_and_restored(address: str, page: Page, tmp_path: Path) -> None:
    two = zipped(
        {"september.csv": HEAD + "2026-09,W12,self_harm,3\n", "october.csv": HEAD + "2026-10,W12,self_harm,31\n"}
    )
    open_upload(address, page)
    drop(page, "two.zip", two, tmp_path)
    told(page, "This ZIP holds 2 files.")
    settled(page)
    pick(page, "This ZIP holds 2 files", "october.csv")
    told(page, "What would change: 1 changed. On 1 unit, October 2026.")
    settled(page)
    press(page, "Accept")
    receipt = page.get_by_text(re.compile(r"october\.csv is load \d+: 1 row stored\."))
    expect(receipt).to_be_visible(timeout=PATIENCE)
    number = re.search(r"load (\d+)", receipt.inner_text())
    assert number is not None

    settled(page)
    page.get_by_text("Loads so far").click()
    pick(page, "One of them", f"{number[1]}: october.csv")
    for verb, past in (("Withdraw", "withdrawn"), ("Restore", "in force again")):
        button = page.get_by_role("button", name=f"{verb} load {number[1]}", exact=True)
        expect(button).to_be_visible(timeout=PATIENCE)
        reason = page.get_by_label(re.compile(r"^Why\?"))
        reason.fill("The wrong file.")
        reason.press("Tab")
        button.click()
        told(page, f"Load {number[1]} is {past}.")
        settled(page)
