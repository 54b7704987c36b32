"""One block of series: lay the points out, draw the lines, run the rules, and find the bits that decide."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import bits, states
from .inputs import Call, Data
from .layout import lay_out
from .limits import CHARTS, INNER, TOLERANCE, Limits
from .points import BITS, Bools, Floats, Ints, Points, pack, put_flags, take_flags
from .rules import Line, RuleSet, evaluate
from .runs import run_figures
from .store import Store

RUNS_FIELDS = ("n_useful", "longest_run", "longest_run_max", "crossings", "crossings_min", "signal")
THIRD = 1 / 3


def chart_block(call: Call, data: Data, store: Store, begin: int) -> None:
    """Chart the series of `data`, and put what is found into the store from series `begin` on."""
    points = lay_out(data, call.kind, call.multiplier, bridge=call.options.bridge)
    limits = CHARTS[call.kind](points, call.options)
    sides = _sides(points, limits, thirds=call.rule_set.thirds)
    flags = _evaluate(points, sides, call.rule_set, points.usable)
    earned = flags
    if points.settled is not points.usable:
        again = _evaluate(points, sides, call.rule_set, points.settled)
        earned = [a & b for a, b in zip(flags, again, strict=True)]
    found = bits.bits_of(call, points, limits, sides, flags, earned)
    results = _figures(points, limits, found)
    if call.rule_set.figures:
        results |= _runs(points, sides)
    if call.points:
        results |= {"value": points.value, "bits": found}
        results |= {f"flags {i // BITS}": pack(flags[i : i + BITS]) for i in range(0, len(flags), BITS)}
        store.add_lines(limits, points.lengths)
    for name, figures in results.items():
        store.put(name, begin, points.n_series, figures)


def _figures(points: Points, limits: Limits, found: states.Bits) -> dict[str, NDArray[Any]]:
    """What the verdict on a series needs: see `verdict.judge`."""
    last, latest = bits.last_settled(points), points.value[points.n_points - 1 :: points.n_points]
    return {
        "now": bits.bits_now(points, found, last),
        "judged": last >= 0,
        "n_used": points.n_base[points.last_segment],
        "lower": _at(points, limits.lower(), last),
        "upper": _at(points, limits.upper(), last),
        "reported": latest == latest,
    }


def _at(points: Points, line: Floats, place: Ints) -> Floats:
    """The line at a place of each series, or in its last phase where it is level."""
    return line[points.last_segment] if len(line) == len(points.starts) else line[np.maximum(place, 0)]


def _sides(points: Points, limits: Limits, *, thirds: bool) -> list[Bools]:
    """Flat flags in the order of `Line`: above, below, beyond high and low, outside high and low. NaN is nowhere."""
    value = points.value
    if limits.power != 1:  # on the scale the lines are made on: powers widen the errors of very large and small figures
        value, limits = value ** (1 / limits.power), replace(limits, centre=limits.middle, power=1.0)
    tolerance = TOLERANCE * np.abs(limits.centre)
    flags: list[Bools] = []
    shares = (INNER, 1.0, THIRD) if thirds else (INNER, 1.0)
    for high, low in ((limits.centre, limits.centre), *((limits.upper(x), limits.lower(x)) for x in shares)):
        margin = tolerance if len(high) == len(tolerance) else points.spread(tolerance)
        flags += [value > points.spread(high + margin), value < points.spread(low - margin)]
    if thirds:
        width = limits.upper() - limits.lower()
        flags.append(points.spread(width > (tolerance if len(width) == len(tolerance) else points.spread(tolerance))))
    return flags


def _evaluate(points: Points, sides: list[Bools], rules: RuleSet, seen: Bools) -> list[Bools]:
    """Every rule's flags, high and low in turn, when only the points `seen` are there: holes are skipped."""
    size = len(points.value)
    if seen.all():
        return evaluate(Line(points.value, ~points.first[1:], *sides), rules)
    index = np.flatnonzero(seen)
    if not index.size:
        return [np.zeros(size, dtype=bool)] * (2 * len(rules.rules))
    segment = points.segment[index]
    line = Line(points.value[index], segment[1:] == segment[:-1], *take_flags(sides, index))
    return put_flags(evaluate(line, rules), index, size)


def _runs(points: Points, sides: list[Bools]) -> dict[str, NDArray[Any]]:
    above, below = sides[:2]
    useful = np.flatnonzero((above | below) & points.usable)
    figures = run_figures(above[useful], points.segment[useful].astype(np.int64), len(points.starts))
    return {f"runs {name}": np.take(getattr(figures, name), points.last_segment) for name in RUNS_FIELDS}
