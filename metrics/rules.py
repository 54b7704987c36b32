"""The rules that tell a signal from chance. A rule takes the points of many series and returns two arrays of flags.

The first says which points it flags as high or rising, the second as low or falling. Holes are gone before a rule
sees the points, so neighbours in the arrays are neighbours on the chart; `linked` says where one phase or series ends.

References
----------
NHS England, Making Data Count, "SPC icons and rules" (the 7/7 set; two-of-three since November 2023 counts points
beyond the limit too). NHSRplotthedots 0.2.2, `ptd_special_cause_type` (the `nhsr` set). Anhøj: see `runs`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from .points import Bools, Floats
from .runs import run_figures, run_lengths


@dataclass(frozen=True)
class Line:
    """Points of many phases and series in one row, holes taken out; flags of shape (m,), `linked` of (m - 1,).

    `above` and `below` are of the centre line, `beyond_*` of the line two-thirds of the way to the limit, `outside_*`
    of the limit itself; all strict. `linked[i]`: points i and i + 1 belong to the same phase of the same series.
    """

    value: Floats
    linked: Bools
    above: Bools
    below: Bools
    beyond_high: Bools
    beyond_low: Bools
    outside_high: Bools
    outside_low: Bools


Flags = tuple[Bools, Bools]
Rule = Callable[[Line], Flags]


@dataclass(frozen=True)
class RuleSet:
    """Rules by key, in order of precedence.

    `exclusive`: a point keeps only the first rule that flags it. `figures`: the chart carries Anhøj's figures too.
    """

    name: str
    rules: Mapping[str, Rule]
    exclusive: bool = False
    figures: bool = False


def astronomical(line: Line) -> Flags:
    """A point outside the limits."""
    return line.outside_high, line.outside_low


def shift(line: Line, *, length: int) -> Flags:
    """`length` points in a row on one side of the centre line."""
    return _chain(_both(line.above) & line.linked, length), _chain(_both(line.below) & line.linked, length)


def trend(line: Line, *, length: int) -> Flags:
    """`length` points in a row, each higher (or each lower) than the one before."""
    before, after = line.value[:-1], line.value[1:]
    return _chain((after > before) & line.linked, length), _chain((after < before) & line.linked, length)


def two_of_three(line: Line) -> Flags:
    """Two of three neighbours beyond two-thirds of the way to the limit, all three on the same side."""
    return _pair_in_three(line.beyond_high, line.above, line), _pair_in_three(line.beyond_low, line.below, line)


def two_of_three_within(line: Line) -> Flags:
    """The older rule: points beyond the limit itself do not count among the two."""
    high, low = line.beyond_high & ~line.outside_high, line.beyond_low & ~line.outside_low
    return _pair_in_three(high, line.above, line), _pair_in_three(low, line.below, line)


def trend_one_way(line: Line, *, length: int) -> Flags:
    """As `trend`; a point where a rise turns into a fall (or back) belongs to the one that it begins."""
    rising, falling = trend(line, length=length)
    turning = rising & falling
    up_next = np.append(line.value[1:] > line.value[:-1], False)
    return rising & ~(turning & ~up_next), falling & ~(turning & up_next)


def anhoej_runs(line: Line) -> Flags:
    """The longest run of every phase that signals, and every run longer than chance explains."""
    useful = np.flatnonzero(line.above | line.below)
    high, low = np.zeros_like(line.above), np.zeros_like(line.above)
    if not useful.size:
        return high, low
    segment = np.cumsum(np.append(False, ~line.linked))[useful]
    side = line.above[useful]
    figures = run_figures(side, segment, int(segment[-1]) + 1)
    lengths, owner = run_lengths(side, segment)
    flagged = (lengths > figures.longest_run_max[owner]) | (figures.signal & (figures.longest_run > 0))[owner] & (
        lengths == figures.longest_run[owner]
    )
    flags = np.repeat(flagged, lengths)
    high[useful], low[useful] = flags & side, flags & ~side
    return high, low


RULE_SETS: dict[str, RuleSet] = {
    "mdc": RuleSet(
        "mdc",
        {
            "astronomical": astronomical,
            "shift": partial(shift, length=7),
            "trend": partial(trend, length=7),
            "two_of_three": two_of_three,
        },
    ),
    "mdc6": RuleSet(
        "mdc6",
        {
            "astronomical": astronomical,
            "shift": partial(shift, length=6),
            "trend": partial(trend, length=6),
            "two_of_three": two_of_three,
        },
    ),
    "nhsr": RuleSet(
        "nhsr",
        {
            "astronomical": astronomical,
            "trend": partial(trend_one_way, length=7),
            "two_of_three": two_of_three_within,
            "shift": partial(shift, length=7),
        },
        exclusive=True,
    ),
    "anhoej": RuleSet("anhoej", {"runs": anhoej_runs}, figures=True),
}


def evaluate(line: Line, rule_set: RuleSet) -> list[Bools]:
    """Flags of every rule of the set, in its order: high, low, high, low, ..."""
    flags: list[Bools] = []
    free: Bools | None = None
    for rule in rule_set.rules.values():
        high, low = rule(line)
        if rule_set.exclusive:
            if free is not None:
                high, low = high & free, low & free
            taken = high | low
            free = ~taken if free is None else free & ~taken
        flags += [high, low]
    return flags


def _both(flags: Bools) -> Bools:
    return np.asarray(flags[:-1] & flags[1:])


def _chain(links: Bools, length: int) -> Bools:
    """The points of every chain of `length` points or more, given the links between neighbours.

    Both halves double their reach at each step: seven points are three steps, not six.
    """
    wanted, n = length - 1, len(links) + 1
    flags = np.zeros(n, dtype=bool)
    if len(links) < wanted:
        return flags
    starts, reach = links, 1
    while reach < wanted:
        step = min(reach, wanted - reach)
        starts = starts[:-step] & starts[step:]
        reach += step
    flags[: len(starts)] = starts
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        flags[step:] = flags[step:] | flags[:-step]
        reach += step
    return flags


def _pair_in_three(far: Bools, side: Bools, line: Line) -> Bools:
    """Points that are `far`, in a window of three on one `side` of which at least two are."""
    flags = np.zeros_like(far)
    if len(far) < 3:
        return flags
    a, b, c = far[:-2], far[1:-1], far[2:]
    window = (a & b) | (a & c) | (b & c)
    window &= side[:-2] & side[1:-1] & side[2:] & line.linked[:-1] & line.linked[1:]
    flags[:-2] = window
    flags[1:-1] |= window
    flags[2:] |= window
    return flags & far
