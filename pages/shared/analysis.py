"""From the panel to what every page says: each measure on each unit as a `Reading`, computed for all of them at once.

No Streamlit here: the reports and the tests call the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.access import NotForThisReader, Reader
from data.access.suppression import USUAL, Masking
from data.panel import USABLE, Panel, State
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
COUNTED_EVENTS = ("u", "u_prime", "c", "t")  # whose level has a Poisson interval: stocks and shares have none
FEW_EVENTS = 13  # gaps, below which the days between events are not charted

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

    @property
    def begins(self) -> np.datetime64:
        """The month from which the trajectory leaves the baseline."""
        return np.datetime64(self.decision.first_month or self.decision.detail["baseline_to"], "M")

    def path(self, months: NDArray[np.datetime64]) -> Floats:
        """The milestone of each month."""
        detail = self.decision.detail
        return milestone(
            self.baseline,
            self.final,
            self.begins,
            np.datetime64(self.due, "M"),
            months,
            trajectory=detail.get("trajectory", "linear"),
            floor=detail.get("floor"),
            steps=[(np.datetime64(month, "M"), value) for month, value in detail.get("steps", ())] or None,
        )


@dataclass(frozen=True)
class Reading:
    """One measure on one unit: its months, its chart and what may be said. Arrays are (months,), oldest first.

    `phase` counts up at breaks and new baselines, `stretch` at breaks alone. `kind` is the chart that the counts can bear;
    "none" where they are too few (`chart_reason` says so). `points` are the dates of the chart's points: months, or the days
    of events on a chart of days between events. `vouched`: somebody would have told of an event. `waiting_for` names the
    units below whose newest month is missing or in question, where that leaves this one incomplete.
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
    excluded: Bools
    vouched: Bools
    phase: NDArray[np.int64]
    stretch: NDArray[np.int64]
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
    masking: Masking = USUAL

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
        judged = [s for s in found if not s.points or self._judged_point in s.points]
        return max(judged or found, key=lambda s: s.points[-1] if s.points else len(self.points), default=None)

    def goes_on(self, signal: Signal) -> bool:
        """Whether a signal reaches the point that the verdict is about, or later ones."""
        return not signal.points or signal.points[-1] >= self._judged_point

    @property
    def _judged_point(self) -> int:
        """The point whose state the variation is: the newest settled one of the chart."""
        if self.kind == "t" or self.chart is None or self.chart.usable is None:
            return len(self.points) - 1
        settled = np.flatnonzero(self.chart.usable & ~self.unsettled)
        return int(settled[-1]) if settled.size else -1

    @property
    def latest(self) -> int | None:
        """The position of the newest settled month."""
        settled = np.flatnonzero(~self.unsettled)
        return int(settled[-1]) if settled.size else None

    @property
    def good(self) -> Bools:
        """(months,): there is a value, settled, complete and not in question."""
        return np.isfinite(self.value) & ~self.unsettled & ~self.doubtful & self.complete

    @property
    def last_year(self) -> Bools:
        """(months,): the good ones of the last twelve settled months."""
        t = np.arange(len(self.months))
        latest = -1 if self.latest is None else self.latest
        return self.good & (t > latest - 12) & (t <= latest)

    @property
    def is_current(self) -> bool:
        """Whether one of the last three settled months can be used: what is older is no news."""
        return bool(self.last_year[: (self.latest or 0) + 1][-3:].any())

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
    goals: dict[tuple[str, str], Decision]

    def get(self, measure_id: str, unit_code: str) -> Reading | None:
        return self.readings.get((measure_id, unit_code))

    def of_unit(self, unit_code: str) -> list[Reading]:
        """The readings of one unit, in the order of the measures."""
        return [*self._by_unit.get(unit_code, ())]

    @cached_property
    def _by_unit(self) -> dict[str, list[Reading]]:
        found: dict[str, list[Reading]] = {}
        for (_, unit), reading in self.readings.items():
            found.setdefault(unit, []).append(reading)
        return found


def analyse(store: Store, who: Reader, known_at: int | None = None) -> Analysis:
    """Compute every reading that this reader may see."""
    panel = store.panel(who, known_at)
    recorded = _harm_recorded(panel, store.catalogue)
    goals = {(d.measure_id, d.unit_code): d for d in store.decisions(who, "goal", known_at)}
    readings: dict[tuple[str, str], Reading] = {}
    for m, measure_id in enumerate(panel.measures if not panel.is_empty else ()):
        measure = store.catalogue[measure_id]
        days = _days(store, who, known_at, measure) if measure.dated_events else None
        for last_due in np.unique(panel.last_due):  # the trust and a national file end at months of their own
            units = np.flatnonzero(panel.expected[m] & (panel.last_due == last_due))
            if units.size:
                readings |= _readings(panel, m, measure, units, int(last_due) + 1, goals, days, recorded)
    return Analysis(panel, readings, goals)


def read_one(
    store: Store,
    who: Reader,
    measure_id: str,
    unit_code: str,
    *,
    known_at: int | None = None,
    kind: str | None = None,
    rules: str | None = None,
    begins: Mapping[np.datetime64, bool] | None = None,
) -> Reading | None:
    """One measure on one unit, as known at a position, on a chart or by a rule set of one's choice; None without figures.

    `begins`: as if a phase began in these months (True), or did not (False), whatever is recorded.
    """
    panel = store.panel(who, known_at)
    if panel.is_empty or measure_id not in panel.measures or unit_code not in panel.tree.position:
        return None
    m, unit, measure = panel.measure_position(measure_id), panel.tree.position[unit_code], store.catalogue[measure_id]
    if not panel.expected[m, unit]:
        return None
    goals = {(d.measure_id, d.unit_code): d for d in store.decisions(who, "goal", known_at)}
    days = _days(store, who, known_at, measure) if measure.dated_events else None
    panel = _rephased(panel, m, unit, begins) if begins else panel
    recorded, n_months = _harm_recorded(panel, store.catalogue), int(panel.last_due[unit]) + 1
    found = _readings(panel, m, measure, np.array([unit]), n_months, goals, days, recorded, kind, rules)
    return found[measure_id, unit_code]


def _rephased(panel: Panel, m: int, unit: int, begins: Mapping[np.datetime64, bool]) -> Panel:
    """The panel with other phases of one series; a break begins one whatever is asked for."""
    phase = panel.phase.copy()
    boundary, breaks = (np.diff(x[m, unit], prepend=x[m, unit, :1]) != 0 for x in (phase, panel.stretch))
    for month, does in begins.items():
        boundary[panel.months == month] = does
    phase[m, unit] = np.cumsum(boundary | breaks)
    return replace(panel, phase=phase)


def _readings(
    panel: Panel,
    m: int,
    measure: Measure,
    units: NDArray[np.int64],
    n_months: int,
    goals: dict[tuple[str, str], Decision],
    days: dict[str, NDArray[np.datetime64]] | None,
    recorded: NDArray[np.int64],
    kind: str | None = None,
    rules: str | None = None,
) -> dict[tuple[str, str], Reading]:
    """Every unit's reading of one measure, over the first `n_months` months, the last of which is the newest due.

    `kind`, `rules`: another chart than the counts can bear, another rule set than the usual one of the chart.
    """

    def cut(values: NDArray[Any]) -> NDArray[Any]:
        return values[m, units, :n_months]

    months, exact = panel.months[:n_months], panel.exact[m, units]
    numerator, denominator = cut(panel.numerator), cut(panel.denominator)
    usable = np.isin(cut(panel.state), USABLE) & exact[:, None]
    numerator = np.where(usable, numerator, np.nan)
    unsettled, excluded, phase = cut(panel.unsettled), cut(panel.excluded), cut(panel.phase)
    questioned = cut(panel.doubtful) | ~cut(panel.complete)
    good = usable & ~questioned & ~unsettled & ~excluded
    baseline = first_of_phase(good, phase)
    divided = denominator if measure.has_denominator else None
    kinds, reasons = _kinds(measure, numerator, divided, baseline, phase, exact)
    if kind is not None:
        kinds, reasons = np.where(exact, kind, kinds), np.where(exact, "", reasons)
    lines = _goal_lines(panel, measure, goals, units, numerator, denominator, good, cut(panel.stretch), months)
    masks = {"phase": phase, "baseline": baseline, "excluded": excluded, "unsettled": unsettled, "doubtful": questioned}
    charts: dict[int, ControlChart] = {}
    in_months = np.flatnonzero((kinds != "none") & (kinds != "t"))
    for each in np.unique(kinds[in_months]):
        which = in_months[kinds[in_months] == each]
        top, size = numerator[which], None if divided is None else divided[which]
        if size is not None and each in ("run", "xmr"):
            top, size = np.divide(top, size, out=np.full_like(top, np.nan), where=size > 0), None
        chart = control_chart(
            str(each),
            top,
            size,
            multiplier=measure.multiplier,
            rules=rules,
            direction=str(measure.direction),
            target=np.array([[np.nan if (line := lines[i]) is None else line.milestone] for i in which]),
            **{name: mask[which] for name, mask in masks.items()},
        )
        charts |= {int(i): chart.series(at) for at, i in enumerate(which)}
    trends = _trends(measure, numerator, denominator, good, phase)
    now = rate_now(np.where(good, numerator, np.nan), divided)
    found = {}
    for i, position in enumerate(units):
        unit = panel.tree.units[position]
        points, open_gap, chart, few = months.astype("datetime64[D]"), np.nan, charts.get(i), ""
        vouched = _vouched(panel, m, int(position), recorded)[:n_months]
        if kinds[i] == "t":
            mine = (days or {}).get(unit.code, np.array([], "datetime64[D]"))
            newest_in = bool(usable[i, -1] and not questioned[i, -1])
            points, open_gap, chart, few = _dated_chart(
                measure, months, mine, good[i], phase[i], vouched, newest_in, rules
            )
        found[measure.id, unit.code] = Reading(
            measure,
            unit,
            months,
            panel.numerator[m, position, :n_months],
            panel.denominator[m, position, :n_months],
            panel.state[m, position, :n_months],
            panel.doubtful[m, position, :n_months],
            unsettled[i],
            panel.complete[m, position, :n_months],
            excluded[i],
            vouched,
            phase[i],
            panel.stretch[m, position, :n_months],
            bool(exact[i]),
            str(kinds[i]),
            few or str(reasons[i]),
            chart,
            points,
            open_gap,
            _waiting_for(panel, m, int(position), n_months - 1),
            lines[i],
            _one(now, i) if measure.chart in COUNTED_EVENTS and measure.kind is not Kind.DEATH else None,
            _one(trends, i) if trends is not None else None,
            panel.masking,
        )
    return found


def _waiting_for(panel: Panel, m: int, unit: int, newest: int) -> tuple[str, ...]:
    """Who below has not reported the newest month, or not in a way that can be believed."""
    if panel.complete[m, unit, newest]:
        return ()
    tree = panel.tree
    below = set(tree.below(tree.units[unit].code)) - {tree.units[unit].code}
    lacking = ~np.isin(panel.state[m, :, newest], (*USABLE, State.CLOSED, State.NOT_EXPECTED))
    lacking = panel.expected[m] & (lacking | panel.doubtful[m, :, newest])
    wards = [u.code in below and u.level in ("ward", "team") for u in tree.units]
    return tuple(u.name for i, u in enumerate(tree.units) if lacking[i] and wards[i])


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
    if measure.chart == "xmr":
        kinds, reasons = np.full(n, measure.chart, dtype="<U8"), np.full(n, "", dtype="<U80")
    else:
        first = baseline & (phase == np.min(np.where(baseline, phase, np.iinfo(np.int64).max), axis=1, keepdims=True))
        kinds, reasons = choose_chart(
            measure.chart,
            numerator,
            denominator if measure.chart != "run" else None,
            baseline=first,
            dated_events=measure.dated_events,
        )
    kinds = np.where(exact, kinds, "none")
    return kinds, np.where(exact, reasons, "Not shown exactly, to protect people.")


def _days(store: Store, who: Reader, known_at: int | None, measure: Measure) -> dict[str, NDArray[np.datetime64]]:
    """The days of a measure's events by unit, sorted; empty where this reader may not see them."""
    try:
        table = store.events(who, measure.id, known_at)
    except NotForThisReader:
        return {}
    days, codes = (
        np.asarray(table["day"], dtype="datetime64[D]"),
        np.array(table["unit_code"].to_pylist(), dtype=object),
    )
    return {str(code): np.sort(days[codes == code]) for code in set(codes)}


def _harm_recorded(panel: Panel, catalogue: dict[str, Measure]) -> NDArray[np.int64]:
    """(units, months): how many measures of harm recorded something, in a month that is not in question."""
    harm = np.array([catalogue[name].kind is Kind.HARM for name in panel.measures])
    told = np.isin(panel.state[harm], USABLE) & (panel.numerator[harm] > 0) & ~panel.doubtful[harm]
    return np.asarray(told.sum(axis=0))


def _vouched(panel: Panel, m: int, unit: int, recorded: NDArray[np.int64]) -> Bools:
    """(months,): somebody would have told: the ward confirmed its zero, or other harm of the unit still came in."""
    own = (panel.numerator[m, unit] > 0).astype(np.int64)
    return np.asarray((recorded[unit] - own > 0) | (panel.state[m, unit] == State.ZERO_CONFIRMED))


def _dated_chart(
    measure: Measure,
    months: NDArray[np.datetime64],
    days: NDArray[np.datetime64],
    good: Bools,
    phase: NDArray[np.int64],
    vouched: Bools,
    newest_in: bool,
    rules: str | None = None,
) -> tuple[NDArray[np.datetime64], float, ControlChart | None, str]:
    """One chart of days between events: its points' dates, the open gap, the chart, and why there is none.

    A gap over months that are missing or in question earns no improvement, nor does an open gap over months for which
    nobody vouches, nor any gap while the newest month due has not come in; a gap over a break belongs to neither side.
    """
    month = days.astype("datetime64[M]")
    inside = (month >= months[0]) & (month <= months[-1])
    days, at = days[inside], (month[inside] - months[0]).astype(int)
    settled = np.flatnonzero(good)
    if not settled.size or len(days) <= FEW_EVENTS:
        return days[1:], np.nan, None, "Too few events for a chart of the days between them."
    end = (months[settled[-1]] + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    gaps = gaps_between(days, until=max(end, days[-1]))
    between = [slice(a, b + 1) for a, b in pairwise(at)]
    unsettled = days[1:] > end
    open_months = slice(at[-1], settled[-1] + 1)
    trusted = good[open_months].all() and vouched[open_months][1:].all() and phase[at[-1]] == phase[settled[-1]]
    open_gap = float(gaps.open_gap_days) if days[-1] <= end and trusted else np.nan
    chart = control_chart(
        "t",
        gaps.gap_days,
        rules=rules,
        direction=str(measure.direction),
        phase=phase[at[1:]],
        baseline=first_of_phase(~unsettled[None], phase[at[1:]][None])[0],
        excluded=np.array([phase[span][0] != phase[span][-1] for span in between]),
        unsettled=unsettled,
        doubtful=np.array([not good[span].all() for span in between]) & ~unsettled,
        open_gap=open_gap,
    )
    if str(chart.variation).startswith("improvement") and not newest_in:
        chart = replace(chart, variation=np.array("none"), reason=np.array("The latest month was not reported."))
    return days[1:], open_gap, chart, ""


def _goal_lines(
    panel: Panel,
    measure: Measure,
    goals: dict[tuple[str, str], Decision],
    units: NDArray[np.int64],
    numerator: Floats,
    denominator: Floats,
    good: Bools,
    stretch: NDArray[np.int64],
    months: NDArray[np.datetime64],
) -> list[GoalLine | None]:
    """The goal of each unit: its own, or that of the nearest unit above, along the same path from its own baseline.

    Deaths have none, and a baseline on the other side of a break is no baseline; a rebase moves limits, not what was promised.
    """
    lines: list[GoalLine | None] = [None] * len(units)
    if measure.kind is Kind.DEATH:
        return lines
    for i, position in enumerate(units):
        above = panel.tree.at(panel.tree.units[position].code, months[-1]) or (panel.tree.units[position].code,)
        goal = next((goals[measure.id, code] for code in above if (measure.id, code) in goals), None)
        if goal is not None:
            lines[i] = _goal_line(measure, goal, numerator[i], denominator[i], good[i], stretch[i], months)
    return lines


def goal_line(reading: Reading, goal: Decision) -> GoalLine | None:
    """What a goal would mean for a reading; None where it has no baseline there."""
    return _goal_line(
        reading.measure, goal, reading.numerator, reading.denominator, reading.good, reading.stretch, reading.months
    )


def _goal_line(
    measure: Measure,
    goal: Decision,
    numerator: Floats,
    denominator: Floats,
    good: Bools,
    stretch: NDArray[np.int64],
    months: NDArray[np.datetime64],
) -> GoalLine | None:
    detail = goal.detail
    if "baseline_from" not in detail:
        return None
    first, last = (np.datetime64(detail[key], "M") for key in ("baseline_from", "baseline_to"))
    inside = good & (months >= first) & (months <= last)
    size = denominator[inside].sum() if measure.has_denominator else float(inside.sum())
    if not inside.any() or not size > 0 or (stretch[inside] != stretch[-1]).any():
        return None
    baseline = float(numerator[inside].sum() / size * measure.multiplier)
    final = {
        "zero": 0.0,
        "percent_below": baseline * (1 - float(detail.get("percent", 0)) / 100),
        "threshold": float(detail.get("target", 0)),
    }[detail["type"]]
    due = date.fromisoformat(detail["date"])
    if detail.get("trajectory") == "log_linear" and baseline <= 0:
        return None
    line = GoalLine(goal, baseline, np.nan, final, due)
    return replace(line, milestone=float(line.path(months[-1:])[0]))


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
