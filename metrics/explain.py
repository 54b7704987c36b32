"""What a chart's signals say, in words that need no knowledge of statistics."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .limits import GAPS
from .points import Bools, Ints
from .result import ControlChart
from .sentences import figure

SCATTERED = ("two_of_three", "four_of_five")
WITHOUT_DIRECTION = {
    "alternating": "go up and down by turns",
    "hugging": "keep unusually close to average",
    "mixture": "are all far from average, on both sides",
}


@dataclass(frozen=True)
class Signal:
    """One signal of one series.

    Attributes
    ----------
    rule
        The key under which the chart keeps its flags.
    points
        The flagged points, as indices; none for a gap that is still open.
    since
        The date of the first of them, or its index where no dates were given.
    direction
        high or low: above or below, rising or falling; none for a rule that has no direction.
    meaning
        improvement, concern or neither. A signal in the better direction that does not count is neither.
    sentence
        The same in plain words.
    """

    rule: str
    points: tuple[int, ...]
    since: Any
    direction: str
    meaning: str
    sentence: str


@dataclass(frozen=True)
class _Series:
    """One series of a chart: its arrays, and how its points are called."""

    chart: ControlChart
    index: tuple[int, ...]
    dates: NDArray[np.datetime64] | None

    def row(self, field: str) -> NDArray[Any]:
        return np.asarray(getattr(self.chart, field)[self.index])

    @property
    def unit(self) -> str:
        return "gaps between events" if self.chart.kind in GAPS else "months"

    @property
    def middle(self) -> str:
        return "the middle value" if self.chart.kind == "run" else "average"

    def name(self, point: int, *, short: bool) -> str:
        if self.dates is None:
            return f"{'gap' if self.chart.kind in GAPS else 'month'} {point + 1}"
        return str(self.dates[point].astype("datetime64[D]").item().strftime("%b %Y" if short else "%B %Y"))

    def usual_range(self, point: int) -> str:
        lower, upper = self.row("lower")[point], self.row("upper")[point]
        return f"{figure(lower)} to {figure(upper)}"


def explain(chart: ControlChart, dates: ArrayLike | None = None) -> Any:
    """Say every signal of a chart in words.

    Parameters
    ----------
    chart
        From `control_chart`, with its points.
    dates
        datetime64 (n_points,), or one row a series: the months of the points.

    Returns
    -------
    tuple of Signal
        For a single series; for more, an array of objects of shape (...) that holds such tuples. In the order of
        the rule set, and oldest first within a rule: one for each unbroken run of flagged points.

    Raises
    ------
    ValueError
        For a chart made with points=False.

    Notes
    -----
    Holes do not break a run: "7 months in a row" are seven that were reported.
    """
    if chart.state is None or chart.value is None:
        raise ValueError("explain needs a chart with its points: points=True")
    marks = None if dates is None else np.broadcast_to(np.asarray(dates, dtype="datetime64"), chart.value.shape)
    explained = np.empty(chart.value.shape[:-1], dtype=object)
    for index in np.ndindex(explained.shape):
        series = _Series(chart, index, None if marks is None else marks[index])
        explained[index] = tuple(_signals(series))
    return explained[()]


def _signals(series: _Series) -> Iterator[Signal]:
    chart = series.chart
    for rule, direction, flags in _directions(chart):
        for points in _groups(series, rule, direction, flags[series.index]):
            yield Signal(
                rule,
                tuple(int(point) for point in points),
                int(points[0]) if series.dates is None else series.dates[points[0]],
                direction,
                _meaning(series, points, direction),
                _sentence(series, rule, direction, points),
            )
    if chart.open_gap_signal[series.index]:
        limit = figure(chart.open_gap_limit[series.index])
        meaning = {"lower": "improvement", "higher": "concern", "neutral": "neither"}[chart.direction]
        if meaning == "improvement" and not str(chart.variation[series.index]).startswith("improvement"):
            meaning = "neither"  # it is in question, or there is concern
        what, unit = ("time", " days") if chart.kind == "t" else ("gap", "")
        sentence = f"The {what} since the last event is longer than the usual range, which ends at {limit}{unit}."
        yield Signal("astronomical", (), None, "high", meaning, sentence)


def _directions(chart: ControlChart) -> Iterator[tuple[str, str, Bools]]:
    """Each rule's flags by direction, in the order of the set; "none" where it has no direction."""
    assert chart.signals is not None
    assert chart.signals_high is not None
    assert chart.signals_low is not None
    for rule, flags in chart.signals.items():
        if rule in chart.signals_high:
            yield rule, "high", chart.signals_high[rule]
            yield rule, "low", chart.signals_low[rule]
        else:
            yield rule, "none", flags


def _groups(series: _Series, rule: str, direction: str, flags: Bools) -> list[Ints]:
    """Flagged points in unbroken runs: neighbours among the points that the rules saw, within one phase."""
    seen = np.flatnonzero(series.row("usable"))
    place = np.flatnonzero(flags[seen])
    if not place.size:
        return []
    reach = 2 if rule in SCATTERED else 1  # the point between two far ones is not itself flagged
    if rule == "runs":  # nor are points on the centre line, which a run skips
        value, centre = series.row("value")[seen], series.row("centre")[seen]
        seen = seen[flags[seen] | (value != centre)]
        place = np.flatnonzero(flags[seen])
    points = seen[place]
    centre, value = series.row("centre")[points], series.row("value")[points]
    breaks = (np.diff(place) > reach) | (np.diff(centre) != 0)
    if rule == "trend":
        breaks |= np.diff(value) <= 0 if direction == "high" else np.diff(value) >= 0
    return list(np.split(points, np.flatnonzero(breaks) + 1))


def _meaning(series: _Series, points: Ints, direction: str) -> str:
    chart = series.chart
    better = {"lower": "low", "higher": "high"}.get(chart.direction, "")
    if chart.kind in GAPS:
        better = {"low": "high", "high": "low"}.get(better, "")
    if direction == better:
        return "improvement" if series.row("improvement")[points].any() else "neither"
    states = series.row("state")[points]
    bad = np.char.startswith(states, "concern") | (states == "early_warning")
    return "concern" if better and bad.any() else "neither"


def _sentence(series: _Series, rule: str, direction: str, points: Ints) -> str:
    n, when = len(points), _when(series, points)
    side, unit = ("above" if direction == "high" else "below"), series.unit
    if rule == "astronomical":
        return _outside(series, points, side, when)
    if rule == "trend":
        return f"{n} {unit} in a row {'rising' if direction == 'high' else 'falling'}."
    if rule == "two_of_three":
        return _near_the_edge(series, points, direction, when)
    if rule == "four_of_five":
        return f"{n} of {_span(series, points)} {unit}, {when}, were well {side} {series.middle}."
    if rule in WITHOUT_DIRECTION:
        return f"{n} {unit} in a row {WITHOUT_DIRECTION[rule]}, {when}."
    if rule not in ("runs", "shift"):
        flagged = f"{n} {unit} are" if n > 1 else f"1 {unit[:-1] if unit == 'months' else 'gap'} is"
        return f"{flagged} flagged by the rule '{rule}', {when}."
    if rule == "runs" and n <= int(series.chart.runs.longest_run_max[series.index] if series.chart.runs else 0):
        return f"The {unit} change sides of {series.middle} less often than usual: {n} in a row are {side} it."
    if n == 1:  # the rest of its run belongs to another rule
        return f"1 {unit[:-1] if unit == 'months' else 'gap between events'} {side} {series.middle}, {when}."
    return f"{n} {unit} in a row {side} {series.middle}, {when}."


def _when(series: _Series, points: Ints) -> str:
    """Since its first point, where a signal goes on; else from its first to its last."""
    first, last = (series.name(int(points[i]), short=True) for i in (0, -1))
    if points[-1] >= np.flatnonzero(series.row("usable"))[-1]:
        return f"since {first}"
    return f"in {first}" if first == last else f"{first} to {last}"


def _outside(series: _Series, points: Ints, side: str, when: str) -> str:
    last = int(points[-1])
    if len(points) > 1:
        usual = series.usual_range(last)
        return f"{len(points)} {series.unit} in a row {side} the usual range of {usual}, {when}."
    name = series.name(last, short=False)
    value = figure(series.row("value")[last])
    if series.chart.kind == "t" and series.dates is not None:
        return f"The gap that ended in {name} was {value} days; the usual range is {series.usual_range(last)}."
    return f"{name[0].upper()}{name[1:]} was {value}; the usual range is {series.usual_range(last)}."


def _near_the_edge(series: _Series, points: Ints, direction: str, when: str) -> str:
    seen = np.flatnonzero(series.row("usable"))
    value, lower, upper = (series.row(name)[points] for name in ("value", "computed_lower", "computed_upper"))
    outside = ((value < lower) | (value > upper)).any()
    edge = f"near{' or beyond' if outside else ''} the {'upper' if direction == 'high' else 'lower'} edge of the usual range"
    if len(points) > 2:
        return f"{len(points)} of {_span(series, points)} {series.unit}, {when}, were {edge}."
    if points[0] >= seen[-3]:
        return f"Two of the last three {series.unit} were {edge}."
    return f"Two of three {series.unit} were {edge}, {when}."


def _span(series: _Series, points: Ints) -> int:
    """How many points the rules saw from the first flagged one to the last."""
    seen = np.flatnonzero(series.row("usable"))
    return int(np.sum((seen >= points[0]) & (seen <= points[-1])))
