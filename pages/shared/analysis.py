"""From the panel to what every page says: each measure on each unit as a `Reading`, computed for all of them at once.

No Streamlit here: the reports and the tests call the same.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.access import NotForThisReader, Reader
from data.panel import Panel, State
from data.store import Decision, Store
from data.tree import Unit
from metrics import (
    ControlChart,
    RateNow,
    Signal,
    Trend,
    choose_chart,
    control_chart,
    count_trend,
    explain,
    gaps_between,
    milestone,
    proportion_trend,
    rate_now,
)
from metrics.measure import Kind, Measure

BASELINE_POINTS = 24  # the first so many complete, settled months of a phase set its limits (methods, section 2)
TREND_MONTHS = 36
LEAST_TREND_MONTHS = 24
FEW_EVENTS = 13  # gaps, below which the days between events are not charted
GOOD = (State.REPORTED, State.ZERO_IN_EXTRACT, State.ZERO_CONFIRMED)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GoalLine:
    """A goal of one measure on one unit: where it began, what this month's milestone is, and what is wanted when."""

    decision: Decision
    baseline: float
    milestone: float
    final: float
    due: date

    @property
    def is_zero(self) -> bool:
        return self.decision.detail["type"] == "zero"


@dataclass(frozen=True)
class Reading:
    """One measure on one unit: its months, its chart and what may be said. Arrays are (months,), oldest first.

    `kind` is the chart that the counts can bear; "none" where they are too few (`chart_reason` says so). `points` are
    the dates of the chart's points: months, or the days of events on a chart of days between events. `waiting_for` names
    the units below whose newest month is missing or in question, where that leaves this one incomplete.
    """

    measure: Measure
    unit: Unit
    months: NDArray[np.datetime64]
    numerator: Floats
    denominator: Floats
    state: NDArray[np.int8]
    doubtful: Bools
    unsettled: Bools
    complete: Bools
    phase: NDArray[np.int64]
    exact: bool
    kind: str
    chart_reason: str
    chart: ControlChart | None
    points: NDArray[np.datetime64]
    open_gap: float
    waiting_for: tuple[str, ...]
    goal: GoalLine | None
    now: RateNow | None
    trend: Trend | None

    @property
    def variation(self) -> str:
        return str(self.chart.variation) if self.chart else "none"

    @property
    def assurance(self) -> str:
        """Against the milestone; a milestone of 0 has none."""
        return str(self.chart.assurance) if self.chart else "none"

    @property
    def reason(self) -> str:
        """Why there is no verdict or no improvement, in words; '' where nothing stands in the way."""
        return str(self.chart.reason) if self.chart else self.chart_reason

    @property
    def mixed(self) -> bool:
        return bool(self.chart.mixed) if self.chart else False

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal of the chart, oldest rule first, in words."""
        return tuple(explain(self.chart, self.points)) if self.chart else ()

    @property
    def verdict_signal(self) -> Signal | None:
        """The newest signal of the kind that the variation speaks of."""
        wanted = {"improvement": "improvement", "concern": "concern", "neither": "neither"}
        meaning = next((m for word, m in wanted.items() if self.variation.startswith(word)), None)
        found = [s for s in self.signals if s.meaning == meaning]
        return max(found, key=lambda s: s.points[-1] if s.points else len(self.points), default=None)

    @property
    def latest(self) -> int | None:
        """The position of the newest settled month."""
        settled = np.flatnonzero(~self.unsettled)
        return int(settled[-1]) if settled.size else None

    @property
    def value(self) -> Floats:
        """The monthly figures in the unit shown; NaN where there is none."""
        if not self.measure.has_denominator:
            return self.numerator * self.measure.multiplier
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.denominator > 0, self.numerator / self.denominator, np.nan) * self.measure.multiplier


@dataclass(frozen=True)
class Analysis:
    """All readings of one version for one reader, by measure and unit."""

    panel: Panel
    readings: dict[tuple[str, str], Reading]
    goals: dict[str, Decision]

    def get(self, measure_id: str, unit_code: str) -> Reading | None:
        return self.readings.get((measure_id, unit_code))

    def of_unit(self, unit_code: str) -> list[Reading]:
        return [reading for (_, unit), reading in self.readings.items() if unit == unit_code]


def analyse(store: Store, who: Reader, known_at: int | None = None) -> Analysis:
    """Compute every reading that this reader may see."""
    panel = store.panel(who, known_at)
    goals = {d.measure_id: d for d in store.decisions(who, "goal", known_at)}
    readings: dict[tuple[str, str], Reading] = {}
    if not panel.is_empty:
        for m, measure_id in enumerate(panel.measures):
            measure = store.catalogue[measure_id]
            units = np.flatnonzero(panel.expected[m])
            if units.size:
                readings |= _readings(store, who, known_at, panel, m, measure, units, goals.get(measure_id))
    return Analysis(panel, readings, goals)


def _readings(
    store: Store,
    who: Reader,
    known_at: int | None,
    panel: Panel,
    m: int,
    measure: Measure,
    units: NDArray[np.int64],
    goal: Decision | None,
) -> dict[tuple[str, str], Reading]:
    exact = panel.exact[m, units]
    numerator, denominator = panel.numerator[m, units], panel.denominator[m, units]
    usable = np.isin(panel.state[m, units], GOOD) & exact[:, None]
    numerator = np.where(usable, numerator, np.nan)
    unsettled = np.broadcast_to(panel.unsettled[m], usable.shape)
    questioned = panel.doubtful[m, units] | ~panel.complete[m, units]
    good = usable & ~questioned & ~unsettled & ~panel.excluded[m, units]
    phase = panel.phase[m, units]
    baseline = first_of_phase(good, phase)
    divided = denominator if measure.has_denominator else None
    kinds, reasons = _kinds(measure, numerator, divided, baseline, phase, exact)
    lines = _goal_lines(panel, measure, goal, numerator, denominator, good)
    masks = {
        "phase": phase,
        "baseline": baseline,
        "excluded": panel.excluded[m, units],
        "unsettled": unsettled,
        "doubtful": questioned,
    }
    charts: dict[int, ControlChart] = {}
    in_months = np.flatnonzero((kinds != "none") & (kinds != "t"))
    for kind in np.unique(kinds[in_months]):
        which = in_months[kinds[in_months] == kind]
        top, size = numerator[which], None if divided is None else divided[which]
        if size is not None and kind in ("run", "xmr"):
            top, size = top / size, None
        chart = control_chart(
            str(kind),
            top,
            size,
            multiplier=measure.multiplier,
            direction=str(measure.direction),
            target=np.array([[np.nan if lines[i] is None else lines[i].milestone] for i in which]),
            **{name: mask[which] for name, mask in masks.items()},
        )
        charts |= {int(i): _one(chart, at) for at, i in enumerate(which)}
    dated = _dated_charts(store, who, known_at, panel, measure, units, np.flatnonzero(kinds == "t"), good)
    trends = _trends(measure, numerator, denominator, good, phase)
    now = rate_now(np.where(good, numerator, np.nan), denominator if measure.has_denominator else None)
    found = {}
    for i, unit_position in enumerate(units):
        unit = panel.tree.units[unit_position]
        days, open_gap, chart, few = dated.get(i, (panel.months.astype("datetime64[D]"), np.nan, charts.get(i), ""))
        found[measure.id, unit.code] = Reading(
            measure,
            unit,
            panel.months,
            panel.numerator[m, unit_position],
            panel.denominator[m, unit_position],
            panel.state[m, unit_position],
            panel.doubtful[m, unit_position],
            panel.unsettled[m],
            panel.complete[m, unit_position],
            phase[i],
            bool(exact[i]),
            str(kinds[i]),
            few or str(reasons[i]),
            chart,
            days,
            open_gap,
            _waiting_for(panel, m, int(unit_position)),
            lines[i],
            None if measure.is_proportion or measure.kind is Kind.DEATH else _one(now, i),
            _one(trends, i) if trends is not None else None,
        )
    return found


def _waiting_for(panel: Panel, m: int, unit: int) -> tuple[str, ...]:
    """Who below has not reported the newest month, or not in a way that can be believed."""
    if panel.complete[m, unit, -1]:
        return ()
    tree = panel.tree
    below = set(tree.below(tree.units[unit].code))
    lacking = ~np.isin(panel.state[m, :, -1], (*GOOD, State.CLOSED, State.NOT_EXPECTED)) | panel.doubtful[m, :, -1]
    return tuple(u.name for i, u in enumerate(tree.units) if lacking[i] and tree.leaves[i] and u.code in below)


def first_of_phase(good: Bools, phase: NDArray[np.int64], n: int = BASELINE_POINTS) -> Bools:
    """The first `n` good months of each phase, (series, months)."""
    count = np.cumsum(good, axis=1)
    begins = np.ones_like(good)
    begins[:, 1:] = phase[:, 1:] != phase[:, :-1]
    before = np.maximum.accumulate(np.where(begins, count - good, 0), axis=1)
    return good & (count - before <= n)


def _kinds(
    measure: Measure,
    numerator: Floats,
    denominator: Floats | None,
    baseline: Bools,
    phase: NDArray[np.int64],
    exact: Bools,
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """The chart that each series' counts can bear, decided from the baseline of its first phase, and why."""
    n = len(numerator)
    if measure.chart == "none" or measure.kind is Kind.DEATH:
        return np.full(n, "none", dtype="<U8"), np.full(n, "", dtype="<U80")
    if measure.chart in ("run", "xmr"):
        kinds, reasons = np.full(n, measure.chart, dtype="<U8"), np.full(n, "", dtype="<U80")
    else:
        first = baseline & (phase == np.min(np.where(baseline, phase, np.iinfo(np.int64).max), axis=1, keepdims=True))
        kinds, reasons = choose_chart(
            measure.chart, numerator, denominator, baseline=first, dated_events=measure.dated_events
        )
    kinds = np.where(exact, kinds, "none")
    return kinds, np.where(exact, reasons, "Not shown exactly, to protect people.")


def _dated_charts(
    store: Store,
    who: Reader,
    known_at: int | None,
    panel: Panel,
    measure: Measure,
    units: NDArray[np.int64],
    which: NDArray[np.int64],
    good: Bools,
) -> dict[int, tuple[NDArray[np.datetime64], float, ControlChart | None, str]]:
    """Days between events, for the series whose counts are too small for months: dates, open gap, chart, why none."""
    if not which.size:
        return {}
    try:
        table = store.events(who, measure.id, known_at)
    except NotForThisReader:
        return {}
    codes, days = (
        np.array(table["unit_code"].to_pylist(), dtype=object),
        np.asarray(table["day"], dtype="datetime64[D]"),
    )
    found = {}
    for i in which:
        unit = panel.tree.units[units[i]]
        mine = np.sort(days[np.isin(codes, panel.tree.below(unit.code))]) if codes.size else days
        found[int(i)] = _dated_chart(measure, panel, mine, good[i])
    return found


def _dated_chart(
    measure: Measure, panel: Panel, days: NDArray[np.datetime64], good: Bools
) -> tuple[NDArray[np.datetime64], float, ControlChart | None, str]:
    """One chart of days between events. A gap that spans months not reported, or in question, earns no improvement."""
    settled = np.flatnonzero(good)
    if not settled.size or len(days) <= FEW_EVENTS:
        return days[1:], np.nan, None, "Too few events for a chart of the days between them."
    end = (panel.months[settled[-1]] + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    gaps = gaps_between(days, until=max(end, days[-1]))
    month = days.astype("datetime64[M]")
    at = (month - panel.months[0]).astype(int)
    bad = np.concatenate([[0], np.cumsum(~good)])
    spans_bad = np.array([bad[min(b, settled[-1]) + 1] - bad[max(a, 0)] > 0 for a, b in pairwise(at)])
    open_gap = float(gaps.open_gap_days) if days[-1] <= end and not bad[settled[-1] + 1] - bad[at[-1]] else np.nan
    n = len(gaps.gap_days)
    chart = control_chart(
        "t",
        gaps.gap_days,
        direction=str(measure.direction),
        baseline=np.arange(n) < BASELINE_POINTS,
        unsettled=days[1:] > end,
        doubtful=spans_bad & (days[1:] <= end),
        open_gap=open_gap,
    )
    return days[1:], open_gap, chart, ""


def _goal_lines(
    panel: Panel, measure: Measure, goal: Decision | None, numerator: Floats, denominator: Floats, good: Bools
) -> list[GoalLine | None]:
    """A goal that the trust set, for every unit along the same path from its own baseline. Deaths have none."""
    nothing: list[GoalLine | None] = [None] * len(numerator)
    if goal is None or measure.kind is Kind.DEATH:
        return nothing
    detail = goal.detail
    first, last = (np.datetime64(detail[key], "M") for key in ("baseline_from", "baseline_to"))
    inside = good & (panel.months >= first) & (panel.months <= last)
    top = np.where(inside, numerator, 0.0).sum(axis=1)
    size = np.where(inside, denominator if measure.has_denominator else 1.0, 0.0)
    size = np.nan_to_num(size).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        baseline = np.where(size > 0, top / size, np.nan) * measure.multiplier
    final = {
        "zero": np.zeros_like(baseline),
        "percent_below": baseline * (1 - float(detail.get("percent", 0)) / 100),
        "threshold": np.full_like(baseline, float(detail.get("target", 0))),
    }[detail["type"]]
    due = date.fromisoformat(detail["date"])
    now = milestone(
        baseline,
        final,
        np.datetime64(goal.first_month or detail["baseline_to"], "M"),
        np.datetime64(due, "M"),
        panel.months[-1],
        trajectory=detail.get("trajectory", "linear"),
        floor=detail.get("floor"),
        steps=[(np.datetime64(month, "M"), value) for month, value in detail.get("steps", ())] or None,
    )
    return [
        None if np.isnan(b) else GoalLine(goal, float(b), float(n), float(f), due)
        for b, n, f in zip(baseline, np.broadcast_to(now, baseline.shape), final, strict=True)
    ]


def _trends(
    measure: Measure, numerator: Floats, denominator: Floats, good: Bools, phase: NDArray[np.int64]
) -> Trend | None:
    """The yearly ratio over the newest good months of the last phase; None for measures without a model."""
    if measure.kind is Kind.DEATH or measure.chart in ("run", "xmr", "none"):
        return None
    newest = np.cumsum(good[:, ::-1], axis=1)[:, ::-1]
    kept = good & (newest <= TREND_MONTHS) & (phase == phase[:, -1:])
    kept &= kept.sum(axis=1, keepdims=True) >= LEAST_TREND_MONTHS
    years = np.arange(numerator.shape[1]) / 12
    top = np.where(kept, numerator, np.nan)
    if measure.is_proportion:
        return proportion_trend(top, denominator, years)
    return count_trend(top, denominator if measure.has_denominator else None, years)


def _one(result: Any, i: int) -> Any:
    """The `i`-th series of a result of many."""
    changes = {f.name: _at(getattr(result, f.name), i) for f in fields(result)}
    return replace(result, **changes)


def _at(value: Any, i: int) -> Any:
    if isinstance(value, np.ndarray) and value.ndim:
        return value[i]
    if isinstance(value, dict):
        return {key: _at(inner, i) for key, inner in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return _one(value, i)
    return value
