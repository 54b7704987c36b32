"""The trust's dress: what it may state, and what it is told where it cannot be used."""

from datetime import datetime
from pathlib import Path

import pytest

from data.access import Reader
from data.branding import BrandingError, contrast_on_white, load_branding, shipped_branding
from data.config import Home
from data.store import Store


@pytest.fixture
def dressed(tmp_path: Path) -> Home:
    (tmp_path / "store").mkdir()
    return Home(tmp_path / "store")


def test_without_a_file_the_shipped_one_is_worn(dressed: Home) -> None:
    assert load_branding(dressed) is shipped_branding()
    assert shipped_branding().name == "Zero Harm"
    assert shipped_branding().logo is None, "the NHS logo is not ours to ship"
    assert shipped_branding().financial_year_begins == 4


def test_a_file_states_what_it_wants_otherwise_and_is_read_anew(dressed: Home) -> None:
    dressed.branding.write_text('name = "Kind Care"\nfinancial_year_begins = 1\n', encoding="utf-8")
    found = load_branding(dressed)
    assert (found.name, found.financial_year_begins, found.accent) == ("Kind Care", 1, shipped_branding().accent)
    dressed.branding.write_text('name = "Kinder Care"\n', encoding="utf-8")
    assert load_branding(dressed).name == "Kinder Care"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nmae = 'x'", "'nmae' is not a key of it"),
        ("name = ''", "name is a text"),
        ("accent = 'blue'", "accent is a colour such as #005EB8"),
        ("accent = '#777777'", "too pale"),  # 4.48:1
        ("time_zone = 'Mars/Olympus'", "time_zone is one such as Europe/London"),
        ("financial_year_begins = 13", "a month from 1 to 12"),
        ("financial_year_begins = 0", "a month from 1 to 12"),
        ("financial_year_begins = true", "a month from 1 to 12"),
        ("logo = '../secret.svg'", "in the same folder"),
        ("logo = 'logo.exe'", "an SVG or PNG file"),
        ("logo = 'none.svg'", "is not there"),
        ("divisions = ['LOCAL']", "divisions are names by their codes"),
        ("[divisions]\nLOCAL = ' '", "divisions are names by their codes"),
        ("name = ", "cannot be read as TOML"),
    ],
)
def test_what_cannot_be_worn_is_told(text: str, told: str, dressed: Home) -> None:
    dressed.branding.write_text(text, encoding="utf-8")
    with pytest.raises(BrandingError, match=r"branding\.toml") as error:
        load_branding(dressed)
    assert told in str(error.value)


def test_the_limits_of_what_may_be_worn(dressed: Home) -> None:
    dressed.branding.write_text("accent = '#767676'\nfinancial_year_begins = 12\nlogo = 'ours.svg'\n", encoding="utf-8")
    (dressed.root / "ours.svg").write_text("<svg/>")
    found = load_branding(dressed)
    assert (found.financial_year_begins, found.logo) == (12, dressed.root / "ours.svg")


def test_contrast_is_that_of_the_guidelines() -> None:
    # The greys on either side of 4.5:1 that WCAG's own understanding documents name.
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast_on_white("#777777") == pytest.approx(4.48, abs=0.005)


def test_divisions_are_called_as_the_trust_says_and_no_figure_changes(sample_copy: Home, everyone: Reader) -> None:
    before = Store.open(sample_copy)
    assert before is not None
    plain = before.panel(everyone)
    sample_copy.branding.write_text('[divisions]\nLOCAL = "Local services"\n', encoding="utf-8")
    after = Store.open(sample_copy)
    assert after is not None
    assert after.key != before.key, "what was drawn with the old name is not shown"
    names = {u.code: u.name for u in after.panel(everyone).tree.units}
    assert names["LOCAL"] == "Local services"
    assert {c: n for c, n in names.items() if c != "LOCAL"} == {
        u.code: u.name for u in plain.tree.units if u.code != "LOCAL"
    }
    assert (
        (after.panel(everyone).numerator == plain.numerator).sum() == (plain.numerator == plain.numerator).sum() > 1000
    )


def test_the_publics_years_begin_with_the_financial_year(sample_copy: Home, everyone: Reader) -> None:
    april = Store.open(sample_copy)
    sample_copy.branding.write_text("financial_year_begins = 1\n", encoding="utf-8")
    january = Store.open(sample_copy)
    assert april is not None and january is not None
    years = [sorted(set(store.public_table(everyone)["year"])) for store in (april, january)]
    # November 2021 to October 2026, the newest months not settled: whole years are 2022/23 to 2025/26, and 2022 to 2025.
    assert years == [[2022, 2023, 2024, 2025], [2022, 2023, 2024, 2025]]
    tables = [store.public_table(everyone).set_index(["measure_id", "year"])["shown"] for store in (april, january)]
    assert not tables[0].equals(tables[1])


def test_a_moment_is_told_by_the_trusts_clock() -> None:
    from pages.shared import words

    assert words.day_name(datetime(2026, 6, 30, 23, 30)) == "1 Jul 2026"  # British Summer Time
    assert words.day_name(datetime(2026, 1, 31, 23, 30)) == "31 Jan 2026"


@pytest.mark.parametrize(
    ("begins", "told"),
    [(4, "April 2025 to March 2026"), (1, "January 2025 to December 2025"), (12, "December 2025 to November 2026")],
)
def test_a_year_is_told_by_its_first_and_last_month(begins: int, told: str) -> None:
    from pages.shared import words

    assert words.year_name(2025, begins) == told
