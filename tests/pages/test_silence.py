"""Zero reported is not zero harm: what falls silent is never called better, on a ward, a division or the trust."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data.access import Audience, Reader, Role
from data.catalogue import shipped_catalogue
from data.panel import Panel, State, build_panel
from pages.shared.analysis import Analysis, analyse

MONTHS = np.arange(np.datetime64("2021-11"), np.datetime64("2021-11") + 60)
DIVISIONS, WARDS = 12, 5
WHO = Reader(Role.QI_LEAD, Audience.NAMED)
CATALOGUE = shipped_catalogue()
CODES = [f"W{d}-{w}" for d in range(DIVISIONS) for w in range(WARDS)]


def unit(code: str, level: str, parent: str, **more: Any) -> dict[str, Any]:
    life = {"valid_from": date(2020, 1, 1), "valid_to": None, "follows": "", "peer_group": "", "beds": None}
    return {"code": code, "name": code, "level": level, "parent": parent} | life | more


TREE = [
    unit("T", "trust", ""),
    *(unit(f"D{d}", "division", "T") for d in range(DIVISIONS)),
    *(unit(code, "ward", f"D{code[1:].split('-')[0]}") for code in CODES),
]


def table(rows: list[tuple[Any, ...]], **columns: pa.DataType) -> pa.Table:
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pa.table({name: pa.array(list(v), kind) for (name, kind), v in zip(columns.items(), values, strict=True)})


def panel_of(
    measures: list[str],
    figures: dict[tuple[str, str], np.ndarray],
    denominators: dict[tuple[str, str], np.ndarray] | None = None,
    exposure: dict[str, np.ndarray] | None = None,
    tree: list[dict[str, Any]] = TREE,
    dated: bool = False,
) -> Panel:
    """A panel from arrays of monthly figures by (measure, unit); NaN is an absent row."""
    days = [m.astype("datetime64[D]").item() for m in MONTHS]
    rows = [
        (
            measure,
            code,
            day,
            float(n),
            None if denominators is None else float(denominators[measure, code][t]),
            "reported",
        )
        for (measure, code), values in figures.items()
        for t, (day, n) in enumerate(zip(days, values, strict=True))
        if np.isfinite(n)
    ]
    cells = table(
        [] if dated else rows,
        measure_id=pa.string(), unit_code=pa.string(), month=pa.date32(), numerator=pa.float64(), denominator=pa.float64(),
        state=pa.string(),
    )  # fmt: skip
    events = table(
        [(m, u, d, int(n)) for m, u, d, n, *_ in rows] if dated else [],
        measure_id=pa.string(), unit_code=pa.string(), month=pa.date32(), events=pa.int64(),
    )  # fmt: skip
    kinds = {CATALOGUE[m].exposure for m in measures if CATALOGUE[m].exposure}
    exposures = table(
        [(k, c, d, float(v)) for k in kinds for c, values in (exposure or {}).items() for d, v in zip(days, values, strict=True)],
        kind=pa.string(), unit_code=pa.string(), month=pa.date32(), value=pa.float64(),
    )  # fmt: skip
    return build_panel({m: CATALOGUE[m] for m in measures}, pa.Table.from_pylist(tree), cells, exposures, events, [])


def analysed(
    measures: list[str], panel: Panel, events: pa.Table | None = None, goals: list[Any] | None = None
) -> Analysis:
    """The analysis of a panel, from a store that holds nothing else."""
    store = SimpleNamespace(
        catalogue={m: CATALOGUE[m] for m in measures},
        panel=lambda who, known_at: panel,
        decisions=lambda who, kind, known_at: goals or [],
        events=lambda who, measure_id, known_at: events,
    )
    return analyse(store, WHO)  # type: ignore[arg-type]


def simulate(measure_id: str, mean: float, silent_months: int, seed: int = 7) -> tuple[Analysis, Analysis]:
    """Every ward records as ever, and then nothing at all: the analysis of what was true, and of what was reported."""
    rng = np.random.default_rng(seed)
    measure = CATALOGUE[measure_id]
    bed_days = {code: np.round(rng.normal(450, 15, 60)) for code in CODES}
    denominators = None
    if measure.is_proportion:
        denominators = {(measure_id, code): np.full(60, 4 * mean) for code in CODES}
        true = {(measure_id, code): rng.binomial(int(4 * mean), 0.25, 60).astype(float) for code in CODES}
    else:
        true = {(measure_id, code): rng.poisson(mean, 60).astype(float) for code in CODES}
    told = {key: np.where(np.arange(60) >= 60 - silent_months, 0.0, values) for key, values in true.items()}
    both = []
    for figures in (true, told):
        panel = panel_of([measure_id], figures, denominators, bed_days, dated=measure.dated_events)
        both.append(analysed([measure_id], panel, days_of(figures) if measure.dated_events else None))
    return both[0], both[1]


def days_of(figures: dict[tuple[str, str], np.ndarray]) -> pa.Table:
    """An event a day, from the first of the month on, on the ward, its division and the trust."""
    rows = []
    for (_, code), values in figures.items():
        for month, n in zip(MONTHS, values, strict=True):
            for i in range(int(n)):
                day = (month.astype("datetime64[D]") + (i * 7 + len(rows)) % 28).item()
                rows += [(c, day, "moderate", "confirmed") for c in (code, f"D{code[1:].split('-')[0]}", "T")]
    return table(
        sorted(rows, key=lambda r: r[1]),
        unit_code=pa.string(),
        day=pa.date32(),
        severity=pa.string(),
        status=pa.string(),
    )


def newly_better(true: Analysis, told: Analysis, level: str) -> int:
    """How many units of a level read better from what was reported, and do not from what was true."""
    return sum(
        reading.variation.startswith("improvement") and not true.readings[key].variation.startswith("improvement")
        for key, reading in told.readings.items()
        if reading.unit.level == level
    )


@pytest.mark.parametrize("months", [3, 4, 6, 9])
@pytest.mark.parametrize(
    ("measure_id", "mean", "wards_at_most"),
    [
        ("falls_all", 1, 0),
        ("falls_all", 3, 6),  # a tenth: so few a month that silence shows late (methods, section 6)
        ("falls_all", 5, 2),  # silence is found after three months in nine cases of ten
        ("falls_all", 20, 0),
        ("falls_harm", 0.4, 3),
        ("falls_harm", 1, 3),
        ("sickness", 10, 0),
        ("suspensions", 3, 6),
        ("lts_people", 1, 0),
    ],
)
def test_a_trust_that_stops_reporting_is_not_better(
    measure_id: str, mean: float, wards_at_most: int, months: int
) -> None:
    true, told = simulate(measure_id, mean, months)
    assert newly_better(true, told, "trust") == 0
    assert newly_better(true, told, "division") <= 1
    assert newly_better(true, told, "ward") <= wards_at_most


@pytest.mark.parametrize("months", [1, 3, 6, 12])
def test_months_that_never_came_are_not_better(months: int) -> None:
    rng = np.random.default_rng(3)
    figures = {("falls_all", c): rng.poisson(6, 60).astype(float) for c in CODES}
    for code in CODES[::2]:
        figures["falls_all", code][-months:] = np.nan
    panel = panel_of(["falls_all"], figures, exposure=dict.fromkeys(CODES, np.full(60, 450.0)))
    told = analysed(["falls_all"], panel)
    for code in CODES[::2]:
        reading = told.readings["falls_all", code]
        assert not reading.variation.startswith("improvement")
        assert (reading.state[-months:] == State.MISSING).all()
    for (_, code), reading in told.readings.items():
        if reading.unit.level != "ward":
            assert not reading.variation.startswith("improvement"), code
            assert reading.waiting_for


def test_a_closed_ward_makes_no_division_better() -> None:
    rng = np.random.default_rng(5)
    tree = [
        unit("T", "trust", ""),
        unit("D", "division", "T"),
        unit("A", "ward", "D"),
        unit("B", "ward", "D", valid_to=date(2025, 9, 30)),
    ]
    closed = 47
    figures = {
        ("falls_all", "A"): rng.poisson(6, 60).astype(float),
        ("falls_all", "B"): rng.poisson(25, 60).astype(float),
    }
    figures["falls_all", "B"][closed:] = np.nan
    panel = panel_of(["falls_all"], figures, exposure={"A": np.full(60, 450.0), "B": np.full(60, 450.0)}, tree=tree)
    told = analysed(["falls_all"], panel)
    for code in ("D", "T"):
        reading = told.readings["falls_all", code]
        assert not reading.variation.startswith("improvement")
        assert reading.phase[closed] == reading.phase[closed - 1] + 1
        assert reading.complete.all()


def test_people_of_two_wards_are_not_the_people_of_the_one_they_became() -> None:
    rng = np.random.default_rng(5)
    tree = [
        unit("T", "trust", ""),
        unit("A", "ward", "T", valid_to=date(2024, 12, 31)),
        unit("B", "ward", "T", valid_to=date(2024, 12, 31)),
        unit("C", "ward", "T", valid_from=date(2025, 1, 1), follows="A B"),
    ]
    opened = 38
    figures = {("restraint_people", c): rng.poisson(8, 60).astype(float) for c in "ABC"}
    for code, alive in (("A", slice(0, opened)), ("B", slice(0, opened)), ("C", slice(opened, 60))):
        kept = np.full(60, np.nan)
        kept[alive] = figures["restraint_people", code][alive]
        figures["restraint_people", code] = kept
    panel = panel_of(["restraint_people"], figures, exposure=dict.fromkeys("ABC", np.full(60, 450.0)), tree=tree)
    reading = analysed(["restraint_people"], panel).readings["restraint_people", "C"]
    assert np.isnan(reading.numerator[:opened]).all()
    assert not reading.variation.startswith("improvement")


def test_one_early_row_makes_nothing_late() -> None:
    rng = np.random.default_rng(1)
    figures = {("falls_all", c): rng.poisson(6, 60).astype(float) for c in CODES}
    for code in CODES[1:]:
        figures["falls_all", code][-2:] = np.nan
    panel = panel_of(["falls_all"], figures, exposure=dict.fromkeys(CODES, np.full(60, 450.0)))
    assert (panel.last_due == 57).all()
    assert panel.newest == MONTHS[57]
    trust = analysed(["falls_all"], panel).readings["falls_all", "T"]
    assert len(trust.months) == 58
    assert trust.complete[-1]
    assert trust.unsettled.tolist() == [False] * 56 + [True] * 2


def test_a_ward_with_bed_days_and_no_reports_at_all_is_waited_for() -> None:
    rng = np.random.default_rng(1)
    tree = [unit("T", "trust", ""), *(unit(f"A{i}", "ward", "T", peer_group="acute") for i in range(5))]
    figures = {("falls_all", f"A{i}"): rng.poisson(6, 60).astype(float) for i in range(4)}
    panel = panel_of(["falls_all"], figures, exposure={f"A{i}": np.full(60, 450.0) for i in range(5)}, tree=tree)
    told = analysed(["falls_all"], panel)
    assert (told.readings["falls_all", "A4"].state == State.MISSING).all()
    assert told.readings["falls_all", "T"].waiting_for == ("A4",)
    assert not told.readings["falls_all", "T"].complete.any()


def test_a_month_that_a_division_counts_itself_replaces_that_month_only() -> None:
    figures = {("falls_all", c): np.full(60, 3.0) for c in CODES}
    own = np.full(60, np.nan)
    own[40] = 99.0
    figures["falls_all", "D0"] = own
    panel = panel_of(["falls_all"], figures, exposure=dict.fromkeys([*CODES, "D0"], np.full(60, 450.0)))
    reading = analysed(["falls_all"], panel).readings["falls_all", "D0"]
    assert reading.numerator[40] == 99
    assert (np.delete(reading.numerator, 40) == 15).all()


def test_a_team_that_opens_below_a_ward_takes_nothing_from_the_division() -> None:
    tree = [*TREE, unit("TM", "team", "W0-0", valid_from=date(2026, 10, 1))]
    figures = {("falls_all", c): np.full(60, 3.0) for c in CODES}
    team = np.full(60, np.nan)
    team[-1] = 1.0
    figures["falls_all", "TM"] = team
    panel = panel_of(["falls_all"], figures, exposure=dict.fromkeys([*CODES, "TM"], np.full(60, 450.0)), tree=tree)
    division = analysed(["falls_all"], panel).readings["falls_all", "D0"]
    assert (division.numerator == 15).all()


def test_a_denominator_of_nothing_is_no_figure_and_no_error() -> None:
    figures = {("beddays_per_recovery", "T"): np.full(60, 400.0)}
    sizes = {("beddays_per_recovery", "T"): np.where(np.arange(60) == 30, 0.0, 10.0)}
    panel = panel_of(["beddays_per_recovery"], figures, sizes)
    reading = analysed(["beddays_per_recovery"], panel).readings["beddays_per_recovery", "T"]
    assert State(int(reading.state[30])) is State.NO_EXPOSURE
    assert np.isnan(reading.value[30])
    assert reading.variation == "common_cause"


def test_a_store_that_holds_only_the_units_has_an_empty_panel() -> None:
    panel = panel_of(["falls_all"], {})
    assert panel.is_empty
    assert analysed(["falls_all"], panel).readings == {}
