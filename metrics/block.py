"""One block of series: lay the points out, draw the lines, run the rules, and judge."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import states
from .inputs import Data
from .limits import CHARTS, PROPORTIONS, TOLERANCE, Limits
from .points import Bools, Floats, Points, lay_out, put_flags, take_flags
from .rules import Line, RuleSet, evaluate
from .runs import run_figures
from .store import Store
from .verdict import Call, bits_of, verdict

RUNS_FIELDS = ("n_useful", "longest_run", "longest_run_max", "crossings", "crossings_min", "signal")


def chart_block(call: Call, data: Data, store: Store, begin: int) -> None:
    points = lay_out(
        data.numerator,
        data.denominator,
        multiplier=call.multiplier,
        excluded=data.excluded,
        unsettled=data.unsettled,
        doubtful=data.doubtful,
        baseline=data.baseline,
        phase=data.phase,
    )
    limits = CHARTS[call.kind](points, call.options)
    sides = _sides(points, limits)
    flags = _evaluate(points, sides, call.rule_set, points.usable)
    earned = flags
    if points.settled is not points.usable:
        again = _evaluate(points, sides, call.rule_set, points.settled)
        earned = [a & b for a, b in zip(flags, again, strict=True)]
    bits, improvement = bits_of(call, points, limits, sides, flags, earned)
    results = verdict(call, data, points, limits, bits)
    if call.points:
        results |= _lines(call, points, limits)
        results["improvement"] = improvement
        store.put_words("state", begin, points.n_series, states.state_names(call.better), bits)
        for key, high, low in zip(call.rule_set.rules, flags[::2], flags[1::2], strict=True):
            results |= {f"{key} high": high, f"{key} low": low, key: high | low}
    if call.rule_set.figures:
        results |= _runs(points, sides)
    for name, figures in results.items():
        store.put(name, begin, points.n_series, figures)


def _sides(points: Points, limits: Limits) -> list[Bools]:
    """Flat flags in the order of `Line`: above, below, beyond high and low, outside high and low. NaN is nowhere."""
    value, tolerance = points.value, TOLERANCE * np.abs(limits.centre)
    flags: list[Bools] = []
    for high, low in (
        (limits.centre, limits.centre),
        (limits.inner_upper, limits.inner_lower),
        (limits.upper, limits.lower),
    ):
        margin = tolerance if len(high) == len(tolerance) else points.spread(tolerance)
        flags += [value > points.spread(high + margin), value < points.spread(low - margin)]
    return flags


def _evaluate(points: Points, sides: list[Bools], rules: RuleSet, seen: Bools) -> list[Bools]:
    """Every rule's flags, high and low in turn, when only the points `seen` are there: holes are skipped."""
    size = len(points.value)
    if seen.all():
        linked = ~points.first[1:]
        return evaluate(Line(points.value, linked, *sides), rules)
    index = np.flatnonzero(seen)
    if not index.size:
        return [np.zeros(size, dtype=bool)] * (2 * len(rules.rules))
    segment = points.spread(np.arange(len(points.starts), dtype=np.int32))[index]
    line = Line(points.value[index], segment[1:] == segment[:-1], *take_flags(sides, index))
    return put_flags(evaluate(line, rules), index, size)


def _lines(call: Call, points: Points, limits: Limits) -> dict[str, NDArray[Any]]:
    """Values and lines: level ones one a series, unless phases differ."""
    drawn = {
        "centre": limits.centre,
        "lower": _cut_below(call, points, limits.lower),
        "upper": np.minimum(limits.upper, call.multiplier) if call.kind in PROPORTIONS else limits.upper,
        "inner_lower": limits.inner_lower,
        "inner_upper": limits.inner_upper,
        "computed_lower": limits.lower,
        "computed_upper": limits.upper,
        "sigma": limits.sigma,
    }
    level = isinstance(points.lengths, int)
    given = {"value": points.value, "usable": points.usable}
    return given | {name: line if level else points.spread(line) for name, line in drawn.items()}


def _cut_below(call: Call, points: Points, lower: Floats) -> Floats:
    """The lower limit cut at 0; an xmr's stays where the series itself goes below."""
    cut = np.maximum(lower, 0.0)
    if call.kind != "xmr":
        return cut
    negative = (points.value < 0).reshape(points.n_series, points.n_points)
    series = np.asarray(negative.any(axis=1))
    return np.where(series[points.starts // points.n_points], lower, cut) if series.any() else cut


def _runs(points: Points, sides: list[Bools]) -> dict[str, NDArray[Any]]:
    above, below = sides[:2]
    useful = np.flatnonzero((above | below) & points.usable)
    segment = points.spread(np.arange(len(points.starts)))[useful]
    figures = run_figures(above[useful], segment, len(points.starts))
    return {f"runs {name}": np.take(getattr(figures, name), points.last_segment) for name in RUNS_FIELDS}
