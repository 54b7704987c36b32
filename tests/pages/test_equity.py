"""Equity: each group's year beside another's, computed here a second time; what can be told, what cannot, what is held."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from data.access import Reader
from data.config import Home
from data.store import Store
from data.synthetic.figures import AGE_BANDS, ETHNIC_GROUPS, SEXES
from pages.shared.analysis import analyse
from pages.shared.equity.act import what_is_held
from pages.shared.equity.findings import sentences, unknown
from pages.shared.equity.groups import Groups, compared, groups_of, rows_by_group
from pages.shared.wording import equity as said
from tests.conftest import Load
from tests.pages.conftest import Open
from tests.pages.shown import everything_of, html_of, table_of

TABLE = "The last 12 settled months, by name"
DRAWN = {"ethnicity": ETHNIC_GROUPS, "sex": SEXES, "age_band": AGE_BANDS}


@pytest.fixture(scope="module")
def frame(sample_store: Store, everyone: Reader) -> pd.DataFrame:
    rows = sample_store.periods(everyone)
    return rows[(rows["measure_id"] == "equity_restraint") & (rows["unit_code"] == "TRUST")]


def monthly(frame: pd.DataFrame, dimension: str, group: str) -> tuple[np.ndarray, np.ndarray]:
    """Counts and bed days of a group in the 58 settled months of the sample, oldest first."""
    rows = frame[frame["breakdown"] == f"{dimension}:{group}"].sort_values("period_start")
    assert len(rows) == 60
    return rows["numerator"].to_numpy()[:58], rows["denominator"].to_numpy()[:58]


def dispersion(count: np.ndarray, size: np.ndarray) -> float:
    """Pearson's, of 36 months about a level rate."""
    y, e = count[-36:], size[-36:]
    mean = y.sum() / e.sum() * e
    return max(1.0, float(((y - mean) ** 2 / mean).sum() / 35))


# On the sample


def test_the_same_interventions_are_shared_among_the_groups_of_every_kind(frame: pd.DataFrame) -> None:
    totals = {d: sum(monthly(frame, d, group)[0] for group in groups) for d, groups in DRAWN.items()}
    assert (totals["ethnicity"] == totals["sex"]).all() and (totals["sex"] == totals["age_band"]).all()
    assert totals["sex"].min() > 100


@pytest.mark.parametrize(
    ("dimension", "reference"), [("ethnicity", "White"), ("sex", "Male"), ("age_band", "25 to 44")]
)
def test_the_table_is_the_year_of_every_group_and_its_ratio(
    dimension: str, reference: str, shown: Home, frame: pd.DataFrame, open_page: Open
) -> None:
    at = open_page("equity", role="qi_lead", by=dimension)
    assert at.selectbox(key="beside").value == reference  # the largest group
    rows = {row[0]: row[1:] for row in table_of(at, TABLE)[1:]}
    assert set(rows) == set(DRAWN[dimension])
    y0, e0 = (x[-12:].sum() for x in monthly(frame, dimension, reference))
    phi0 = dispersion(*monthly(frame, dimension, reference))
    for group, cells in rows.items():
        count, size = monthly(frame, dimension, group)
        y, e = count[-12:].sum(), size[-12:].sum()
        assert cells[:2] == [f"{y:,.0f}", f"{e:,.0f}"]
        assert float(cells[2]) == pytest.approx(1000 * y / e, rel=0.005)
        if group == reference:
            assert cells[3:5] == ["1", said.REFERENCE]
            continue
        phi = dispersion(count, size)
        a, b = y / phi, y0 / phi0
        share = stats.beta.ppf(0.025, a, b + 1), stats.beta.ppf(0.975, a + 1, b)
        low, high = (p / (1 - p) * (e0 / phi0) / (e / phi) for p in share)
        assert cells[3:5] == list(said.ratio(y / e / (y0 / e0), low, high))
        assert cells[6] == f"{phi:.1f}"


def test_what_is_planted_is_found_and_nothing_is_said_of_the_rest(shown: Home, open_page: Open) -> None:
    text = everything_of(open_page("equity", role="qi_lead", by="ethnicity"))
    assert re.search(
        r"Black: 2\.\d times the rate of White \(1\.\d to 2\.\d|Black: 2\.\d times the rate of White \(2\.0", text
    )
    assert re.search(r"Mixed: 1\.\d times the rate of White", text)
    assert "Asian: the figures cannot tell a difference from White (" in text
    assert "Of 5 comparisons, chance alone would make about 0.25 look different; " in text
    assert said.HOW in text and said.NOT_ADJUSTED in text
    assert "Divided by: occupied bed days of people of the same group" in text


def test_people_whose_group_is_not_known_are_always_shown_and_last(
    shown: Home, frame: pd.DataFrame, open_page: Open
) -> None:
    for dimension, group in (("ethnicity", "Not stated"), ("sex", "Not known"), ("age_band", "Not known")):
        at = open_page("equity", role="board_member", by=dimension)
        assert table_of(at, TABLE)[-1][0] == group
        assert f"Not known or not stated, {said.DIMENSIONS[dimension].lower()}: " in everything_of(at)


def test_the_picture_says_in_words_what_it_shows(shown: Home, open_page: Open) -> None:
    at = open_page("equity", role="qi_lead", by="age_band")
    (image,) = [image for part in html_of(at) for image in part.images]
    told = "Recorded more often for 18 to 24, less often for 45 to 64 and 65 and over than for 25 to 44"
    assert image["alt"].startswith(f"Restraint by ethnic group, sex and age, Sample Trust, by age. {told}")
    assert told in everything_of(at)


def test_a_link_opens_another_reference(shown: Home, open_page: Open) -> None:
    at = open_page("equity", role="qi_lead", by="sex", beside="Female")
    text = everything_of(at)
    assert re.search(r"Male: 0\.6\d* times the rate of Female", text)
    assert open_page("equity", role="qi_lead", by="nonsense", beside="nobody").selectbox(key="beside").value == "White"


def test_the_act_is_listed_whole_with_what_is_held(shown: Home, open_page: Open) -> None:
    rows = table_of(open_page("equity", role="staff", mine="W10"), "Section 6(5)")[1:]
    assert [row[0] for row in rows] == [f"({letter})" for letter in "abcdefghijklmnop"]
    held = {row[0][1]: row[2] for row in rows}
    assert held["c"] == said.HELD and held["b"] == held["k"] == said.PARTLY
    assert {held[letter] for letter in "adefghijlmnop"} == {said.NOT_HELD}
    where = {row[0][1]: row[3] for row in rows}
    assert where["e"] == where["g"] == where["h"] == said.NO_PERSON
    assert where["k"].startswith("Ethnic group, sex and age")
    assert "physical restraint" in where["c"] and "seclusion" in where["c"]


# By hand

MONTHS = [f"{2025 + i // 12}-{i % 12 + 1:02d}" for i in range(20)]  # to August 2026; June is the last that is settled
Made = Callable[..., tuple[Store, Groups]]


@pytest.fixture
def made(home: Home, load: Load, everyone: Reader) -> Made:
    def _made(groups: dict[str, tuple[int, int]], lacking: dict[str, int] | None = None) -> tuple[Store, Groups]:
        """So many events and bed days a month; `lacking`: a group -> how many of its newest settled months did not come."""
        rows = "".join(
            f"{month},TRUST,equity_restraint,{count},{size},sex:{group}\n"
            for group, (count, size) in groups.items()
            for month in MONTHS
            if month not in MONTHS[-2 - (lacking or {}).get(group, 0) : -2]
        )
        rows += "".join(f"{month},W01,falls_all,3,,\n" for month in MONTHS)
        load(home, "month,unit,measure,numerator,denominator,breakdown\n" + rows, "groups.csv")
        store = Store.open(home)
        assert store is not None
        found = rows_by_group(store, everyone)
        measure = store.catalogue["equity_restraint"]
        return store, groups_of(analyse(store, everyone), found, measure, "TRUST", "sex")

    return _made


def test_the_year_ends_with_the_last_settled_month(made: Made) -> None:
    _, groups = made({"Female": (4, 100), "Male": (2, 100)})
    assert str(groups.months[-1]) == "2026-06"
    assert groups.names == ("Female", "Male") and groups.count.shape == (2, 18)
    assert compared(groups, "Male").ratios.events.tolist() == [48, 24]


def test_the_largest_known_group_is_the_usual_reference(made: Made) -> None:
    _, groups = made({"Female": (4, 100), "Male": (2, 300), "Not known": (1, 900)})
    assert groups.usual_reference == "Male"
    assert groups.names[-1] == "Not known"


@pytest.mark.parametrize(("lacking", "kept"), [(3, True), (4, False)])
def test_a_group_with_fewer_than_nine_months_is_left_out_and_named(made: Made, lacking: int, kept: bool) -> None:
    _, groups = made({"Female": (4, 100), "Male": (2, 300), "Other": (1, 30)}, {"Other": lacking})
    assert ("Other" in groups.names) == kept
    assert groups.left_out == (() if kept else (("Other", "8 of 12 months can be used; nine are needed."),))
    assert int(compared(groups, "Male").ratios.n) == (9 if kept else 12)  # the same months for all that are compared


def test_a_group_without_bed_days_is_left_out(made: Made) -> None:
    _, groups = made({"Female": (4, 100), "Male": (2, 300), "Other": (0, 0)})
    assert groups.left_out == (("Other", said.NO_BED_DAYS),)


def test_few_events_say_so_with_a_wide_interval(made: Made) -> None:
    _, groups = made({"Female": (0, 10), "Male": (5, 300)})
    (sentence,) = sentences(compared(groups, "Male"))
    assert sentence.startswith("Female: the figures cannot tell a difference from Male (0.0 to ")
    assert sentence.endswith("Fewer than 5 were recorded in the year, so hardly anything can be told.")


def test_few_events_that_tell_a_difference_do_tell_it(made: Made) -> None:
    _, groups = made({"Female": (0, 20), "Male": (5, 300)})
    (sentence,) = sentences(compared(groups, "Male"))
    assert sentence == "Female: 0.00 times the rate of Male (0.00 to 0.95). Fewer than 5 were recorded in the year."


def test_no_group_for_the_unknown_is_asked_about(made: Made) -> None:
    _, groups = made({"Female": (4, 100), "Male": (2, 300)})
    assert unknown(groups) == said.no_unknown("sex")
    assert "Ask whether they are left out" in unknown(groups)


def test_the_share_of_the_unknown(made: Made) -> None:
    _, groups = made({"Female": (4, 100), "Male": (5, 300), "Not stated": (1, 600)})
    assert "sex: 10 % of the incidents and 60 % of the bed days" in unknown(groups)


def test_what_is_held_follows_from_what_was_loaded(made: Made, everyone: Reader) -> None:
    store, _ = made({"Female": (4, 100), "Male": (2, 300)})
    rows = rows_by_group(store, everyone)
    held = what_is_held(analyse(store, everyone), rows)
    assert held["k"] == (said.PARTLY, "Sex, as totals of many people. No other characteristic.")
    assert held["b"] == held["c"] == (said.NOT_HELD, "Not loaded yet.")
    assert what_is_held(analyse(store, everyone), rows.iloc[:0])["k"][0] == said.NOT_HELD


def test_a_store_without_figures_by_group_says_what_to_load(
    tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    home = Home(tmp_path / "plain" / "sample", is_sample=True)
    load(home, "code,name,level,parent,valid_from\nTRUST,Our trust,trust,,2024-01-01\n", "units.csv")
    load(home, "month,unit,measure,numerator\n2026-04,TRUST,suspensions,3\n")
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root.parent))
    monkeypatch.setenv("ZERO_HARM_SHOW", "sample")
    at = open_page("equity", role="qi_lead")
    assert said.NO_GROUPS in [info.value for info in at.main.info]
    assert len(table_of(at, "Section 6(5)")) == 17


# The words


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ((2.13, 1.61, 2.82), ("2.1", "1.6 to 2.8")),
        ((1.16, 1.02, 1.34), ("1.16", "1.02 to 1.34")),  # 1.0 would read as if it could be no difference
        ((0.93, 0.87, 0.996), ("0.930", "0.870 to 0.996")),
        ((1.0, 0.9996, 1.2), ("1.000", "1.000 to 1.200")),  # three digits and no more
        ((0.0, 0.0, 1.3), ("0.0", "0.0 to 1.3")),
        ((3.0, 0.4, np.inf), ("3.0", "0.4 or more")),
    ],
)
def test_ratios_have_as_many_digits_as_their_meaning_needs(figures: tuple[float, ...], shown: tuple[str, str]) -> None:
    assert said.ratio(*figures) == shown


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(1.01, 2.0, "1.40 times"), (0.5, 0.99, "1.40 times"), (1.0, 2.0, "cannot tell"), (0.9, 1.0, "cannot tell")],
)
def test_a_difference_is_told_only_where_the_interval_leaves_out_one(low: float, high: float, told: str) -> None:
    assert told in said.finding("A", "B", 1.4, low, high, 50)


def test_nothing_different_is_not_called_equal() -> None:
    assert said.in_short(3, [], [], "White") == "Of 3 groups, none can be told from White by these figures."
