"""The figures of a public pack, cell by cell, one pack after another, and what is kept of them."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.access import Policy, Reader, Role, operator, shipped_policy
from data.access.policy import masked
from data.catalogue import shipped_catalogue
from data.config import Home
from data.disclosure import NotSafe
from data.editions import open_edition
from data.publications import publications, remember
from data.record import StoreError
from data.store import Store
from metrics.measure import Measure
from pages.reports.public.figures import public_figures
from pages.shared.easy.content import newest_checked
from pages.shared.public.draft import drafts
from pages.shared.public.shape import Cell, MeasureFigures, PublicFigures, Revision, as_json, from_json
from tests.reports.random_trust import COUNTED, SHARED, Made, Trust, fresh, made_trust, publish, random_trust


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which nothing was published yet."""
    return fresh(tmp_path_factory.mktemp("public") / "store")


# What is shown, figure by figure


def shown_by(home: Home, trust: Trust, policy: Policy | None = None) -> MeasureFigures:
    made = Made(home, {1: trust}, policy)
    (measure,) = public_figures(made, made.edition).measures
    return measure


def texts(cells: tuple[Cell, ...], unit: str = "TRUST") -> dict[tuple[str, str], str]:
    return {cell.period: cell.shown for cell in cells if cell.unit == unit}


STEADY = np.array([[40, 43, 37, 41, 38, 45, 39, 40, 42, 36, 44, 40] * 3, [20, 22, 18, 21, 23, 19] * 6])


def test_each_cell_is_masked_by_itself(home: Home) -> None:
    measure = shown_by(home, made_trust(STEADY))  # July 2023 to June 2026; May and June still settle
    whole = STEADY.sum(axis=0)
    nearest = [f"{5 * ((2 * n + 5) // 10)}" for n in whole]
    assert [cell.shown for cell in measure.months] == [*nearest[:-2], "–", "–"]
    assert {cell.why for cell in measure.months} == {"", "may still grow"}
    of_year = slice(9, 21)
    assert texts(measure.years) == {("2024-04", "2025-03"): "730", ("2025-04", "2026-03"): "730"}
    assert STEADY[:, of_year].sum() == 731
    assert texts(measure.years, "D1")["2024-04", "2025-03"] == f"{5 * round(STEADY[1, of_year].sum() / 5)}"
    assert texts(measure.to_date) == {("2026-04", "2026-04"): nearest[-3]}
    assert texts(measure.rates)["2024-04", "2025-03"] == f"{731 / (24 * 4000) * 1000:.0f}"
    assert measure.per == "per 1,000 occupied bed days" and measure.revised == ()


def test_a_chart_of_large_months_has_whole_lines_and_its_state(home: Home) -> None:
    chart = shown_by(home, made_trust(STEADY)).chart
    mean = STEADY[:, :24].sum() / (24 * 8000) * 1000
    assert (
        chart is not None
        and chart.mean == f"{mean:.0f}"
        and (chart.state, chart.label) == ("common_cause", "No clear change")
    )
    assert int(chart.lower) <= int(chart.mean) <= int(chart.upper) and len(chart.months) == 36
    assert not [text for text in (chart.mean, chart.lower, chart.upper) if "." in text]


@pytest.mark.parametrize("month", [0, 20, 35])
def test_a_chart_with_one_small_month_is_not_shown(home: Home, month: int) -> None:
    count = STEADY.copy()
    count[:, month] = (2, 2)
    assert shown_by(home, made_trust(count)).chart is None
    count[:, month] = (2, 3)
    assert shown_by(home, made_trust(count)).chart is not None


def test_a_month_that_is_not_whole_has_no_figure_and_nor_has_its_year(home: Home) -> None:
    count = STEADY.astype(float)
    count[1, 25] = np.nan  # August 2025
    measure = shown_by(home, made_trust(count))
    assert [(c.first, c.shown, c.why) for c in measure.months if c.first == "2025-08"] == [
        ("2025-08", "–", "not complete")
    ]
    assert list(texts(measure.years)) == [("2024-04", "2025-03")]
    assert len(texts(measure.years, "D0")) == 2 and len(texts(measure.years, "D1")) == 1
    assert len(texts(measure.rates)) == 1


@pytest.mark.parametrize(("beds", "shown"), [(8, "hidden"), (9, "4,407")])
def test_a_rate_needs_a_hundred_bed_days(home: Home, beds: float, shown: str) -> None:
    count = np.vstack([STEADY[0], STEADY[0]])
    trust = made_trust(count, 5000)
    trust.size[1] = beds
    assert texts(shown_by(home, trust).rates, "D1")["2024-04", "2025-03"] in (
        shown,
        f"{count[1, 9:21].sum() / (12 * beds) * 1000:,.0f}",
    )
    assert (texts(shown_by(home, trust).rates, "D1")["2024-04", "2025-03"] == "hidden") == (12 * beds < 100)


def test_a_small_year_is_small_and_its_rate_hidden_with_nothing_said_why(home: Home) -> None:
    count = np.vstack([STEADY, STEADY[:1], np.zeros((1, 36), int)])
    count[3, 12] = 3
    measure = shown_by(home, made_trust(count))
    assert set(texts(measure.years, "D3").values()) == {"<5"}
    (rate, *_), other = [c for c in measure.rates if c.unit == "D3"], [c for c in measure.rates if c.unit == "D0"]
    assert rate.shown == "hidden" and other[0].shown.isdigit() and rate.why == "to protect people"


@pytest.mark.parametrize(
    ("depth", "units", "has_months"),
    [("none", {"TRUST"}, False), ("trust", {"TRUST"}, True), ("division", {"TRUST", "D0", "D1"}, True)],
)  # fmt: skip
def test_the_policy_says_how_far_down(home: Home, depth: str, units: set[str], has_months: bool) -> None:
    policy = replace(shipped_policy(), publishes=depth)
    made = Made(home, {1: made_trust(STEADY)}, policy)
    figures = public_figures(made, made.edition)
    (measure,) = figures.measures
    assert {cell.unit for cell in measure.cells} == units == {code for code, _ in figures.units}
    assert (bool(measure.months), bool(measure.rates), bool(measure.to_date), measure.chart is not None) == (
        has_months,
    ) * 4
    assert len(texts(measure.years)) == 2 and figures.level == depth and figures.trust == "TRUST"


def test_shares_need_both_parts(home: Home) -> None:
    trust = made_trust(np.array([[90] * 36, [28] * 36]), 100, kind=SHARED)
    trust.size[1] = 30
    trust.count[0, 30] = 2
    measure = shown_by(home, trust)
    assert measure.kind == "share" and measure.rates == ()
    assert texts(measure.years, "D1") == dict.fromkeys(texts(measure.years), "93 %")
    assert measure.months[0].shown == "91 %"
    trust = made_trust(np.array([[98] * 36]), 100, kind=SHARED)
    measure = shown_by(home, trust)
    assert {cell.shown for cell in measure.months[:-2]} == {"hidden"} and measure.chart is None
    assert set(texts(measure.years).values()) == {"98 %"}


# One pack after another


def two_months(home: Home, count: np.ndarray, later: np.ndarray) -> tuple[PublicFigures, PublicFigures]:
    first = Made(home, {1: made_trust(count)})
    publish(home, one := public_figures(first, first.edition))
    second = Made(home, {1: made_trust(count), 2: made_trust(later, last="2026-07")})
    return one, public_figures(second, second.edition)


def test_the_year_to_date_of_two_months_gives_no_month_away(tmp_path: Path) -> None:
    """A division with 4 in April and 4 in May: <5, then 10. The second less the first would be 4 at least."""
    count = np.vstack([STEADY, STEADY[:1], np.zeros((1, 36), int)])
    count[3, -3:] = 4
    later = np.hstack([count, count[:, :1]])
    one, two = two_months(fresh(tmp_path / "both"), count, later)
    assert texts(one.measures[0].to_date, "D3") == {("2026-04", "2026-04"): "<5"}
    assert texts(two.measures[0].to_date, "D3") == {("2026-04", "2026-05"): "hidden"}
    alone = Made(fresh(tmp_path / "alone"), {2: made_trust(later, last="2026-07")})
    assert texts(public_figures(alone, alone.edition).measures[0].to_date, "D3") == {("2026-04", "2026-05"): "10"}


def test_a_count_that_was_revised_is_another_and_only_its_direction_is_told(tmp_path: Path) -> None:
    later = np.hstack([STEADY, STEADY[:, :1]])
    later[0, 30] += 3
    later[1, 4] -= 2
    home = fresh(tmp_path / "store")
    one, two = two_months(home, STEADY, later)
    (first,), (second,) = one.measures, two.measures
    months = made_trust(STEADY).months
    assert second.revised == (Revision("D0", months[30], 1, 1), Revision("D1", months[4], 1, -1))
    assert set(first.since["D0"].values()) == {1}
    assert {m for m, since in second.since["D0"].items() if since == 2} == {months[30], "2026-07"}
    assert two.after == publish_number(home) and one.after == 0
    made = Made(home, {1: made_trust(STEADY), 2: made_trust(later, last="2026-07")})
    (draft,) = drafts(made, [one])
    differences = [(said.plus[0].unit, said.plus[0].since, said.minus[0].since) for said in draft.known if said.minus]
    assert sorted(differences) == [("D0", 2, 1), ("D1", 1, 2)], "the pack that revises them is audited with it"


def publish_number(home: Home) -> int:
    (one,) = publications(home)
    return one.decision_id


def test_the_same_edition_is_shown_as_it_was_published(tmp_path: Path) -> None:
    home = fresh(tmp_path / "store")
    one, _ = two_months(home, STEADY, np.hstack([STEADY, STEADY[:, :1]]))
    other = Made(home, {1: made_trust(STEADY + 30)})  # whatever the files say now
    assert public_figures(other, other.edition) == one
    number = publish_number(home)
    assert publish(home, one) == number and len(publications(home)) == 1
    narrower = Made(home, {1: made_trust(STEADY)}, replace(shipped_policy(), publishes="trust"))
    assert public_figures(narrower, narrower.edition).level == "trust", "another policy is another pack"


def test_what_an_older_rule_gave_away_is_not_safe_to_publish_beside(tmp_path: Path) -> None:
    """A division's 3 of a year stands in a pack as it was made before there was an audit."""
    home = fresh(tmp_path / "store")
    count = np.vstack([STEADY, np.zeros((1, 36), int)])
    count[2, 12] = 3
    made = Made(home, {1: made_trust(count)})
    figures = public_figures(made, made.edition)
    (measure,) = figures.measures
    told = [c.unit == "D2" and c.first == "2024-04" for c in measure.years]
    years = (replace(c, shown="3", low=3, high=3) if mine else c for c, mine in zip(measure.years, told, strict=True))
    assert sum(told) == 1
    publish(home, replace(figures, policy="an older one", measures=(replace(measure, years=tuple(years)),)))
    with pytest.raises(NotSafe) as refused:
        public_figures(made, made.edition)
    assert str(refused.value) == (
        f"The number of {measure_of(COUNTED).plural} in Division D2, April 2024 could be worked out from what was published before "
        "or is told beside it, whatever else is withheld, so nothing is published. Take the measure out of what the public sees "
        "(public = false in its file), and ask again."
    )


def measure_of(name: str) -> Measure:
    return shipped_catalogue()[name]


def test_a_higher_threshold_takes_back_nothing_and_holds_from_then_on(tmp_path: Path) -> None:
    home = fresh(tmp_path / "store")
    count = np.vstack([STEADY, np.zeros((1, 36), int)])
    count[2, ::2] = 1
    later = np.hstack([count, [[40], [20], [0]]])
    made = Made(home, {1: made_trust(count)})
    publish(home, one := public_figures(made, made.edition))
    stricter = Made(
        home, {1: made_trust(count), 2: made_trust(later, last="2026-07")}, masked(shipped_policy(), 10, None)
    )
    two = public_figures(stricter, stricter.edition)
    assert texts(one.measures[0].years, "D2")["2024-04", "2025-03"] == "5"
    assert texts(two.measures[0].years, "D2")["2024-04", "2025-03"] in ("<10", "hidden")
    assert (one.threshold, two.threshold) == (5, 10)


@pytest.mark.parametrize("how", ["missing", "altered", "list", "layout"])
def test_without_what_was_published_nothing_more_is(tmp_path: Path, how: str) -> None:
    home = fresh(tmp_path / "store")
    made = Made(home, {1: made_trust(STEADY)})
    publish(home, public_figures(made, made.edition))
    (path,) = home.publications.glob("*.json")
    if how == "missing":
        path.unlink()
    elif how == "altered":
        path.write_bytes(path.read_bytes().replace(b'"40"', b'"45"') + b" ")
    elif how == "list":
        home.published_packs.unlink()
    else:
        remember(home, b'{"layout": 2}', {"pack": "board", "audience": "public", "edition": "Board", "version": 5,
                                          "month": "2026-11", "after": publish_number(home)}, operator("Ada"))  # fmt: skip
    wanted = {"list": "the list of what was published", "layout": "cannot be read by this version"}
    with pytest.raises(StoreError, match=wanted.get(how, "missing or altered, and nothing can be published")):
        public_figures(made, made.edition)


# The canonical content


def test_what_is_written_comes_back_and_is_the_same_each_time(home: Home) -> None:
    made = Made(home, {1: random_trust(np.random.default_rng(4))})
    figures = public_figures(made, made.edition)
    assert from_json(as_json(figures)) == figures
    assert as_json(figures) == as_json(public_figures(made, made.edition))
    assert figures.get(COUNTED) == figures.measures[0] and figures.get("other") is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"layout": 2}', b'{"layout": 1}', b'{"layout": 1, "measures": [{}]}', b"\xff"]
)
def test_what_is_no_such_content_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="These are no figures that were published"):
        from_json(content)


# The sample trust


@pytest.fixture(scope="module")
def of_sample(sample: Home) -> tuple[Store, PublicFigures, float]:
    edition = newest_checked(Store.open(sample))
    store = open_edition(sample, edition)
    began = time.perf_counter()
    return store, public_figures(store, edition), time.perf_counter() - began


def test_a_pack_of_the_sample_is_made_in_time(of_sample: tuple[Store, PublicFigures, float]) -> None:
    assert of_sample[2] < 60


def test_its_whole_years_are_those_of_the_public_table(of_sample: tuple[Store, PublicFigures, float]) -> None:
    store, figures, _ = of_sample
    table = store.public_table(store_reader := Reader(Role.BOARD_MEMBER).through_the_publics_eyes())
    assert store_reader.audience == "public"
    told = {(row.measure_id, f"{row.year}-04"): row.shown for row in table.itertuples()}
    mine = {(m.measure_id, c.first): c.shown for m in figures.measures for c in m.years if c.unit == figures.trust}
    assert mine == told and len(told) > 25


def test_of_deaths_nothing_but_whole_years_is_shown(of_sample: tuple[Store, PublicFigures, float]) -> None:
    (deaths,) = [each for each in of_sample[1].measures if each.kind == "death"]
    assert (deaths.months, deaths.to_date, deaths.rates, deaths.chart, deaths.parts) == ((), (), (), None, {})
    assert len(deaths.years) == 4 and {cell.unit for cell in deaths.years} == {"TRUST"}
    assert set(deaths.since) == {"TRUST"} and all("/" in year for year in deaths.since["TRUST"])


def test_no_exact_number_is_among_the_texts(of_sample: tuple[Store, PublicFigures, float]) -> None:
    counted = [m for m in of_sample[1].measures if m.kind == "count"]
    shown = {cell.shown for m in counted for cell in (*m.months, *m.years, *m.to_date)}
    assert len(shown) > 60
    assert all(text in ("–", "hidden", "<5") or int(text.replace(",", "")) % 5 == 0 for text in shown), shown
    every = {cell.shown for m in of_sample[1].measures for cell in m.cells}
    assert not [text for text in every if "." in text]
