"""The rules that tell a signal from chance. A rule takes the points of many series and returns two arrays of flags.

The first says which points it flags as high or rising, the second as low or falling. Holes are gone before a rule
sees the points, so neighbours in the arrays are neighbours on the chart; `linked` says where one phase or series ends.

A rule set of one's own is a `RuleSet` of these functions, or of others that take a `Line` and return such flags:
``RuleSet("ours", {"astronomical": astronomical, "shift": partial(shift, length=8)})``.

References
----------
NHS England, Making Data Count, "SPC icons and rules" (the 7/7 set; two-of-three since November 2023 counts points
beyond the limit too). NHSRplotthedots 0.2.2, `ptd_special_cause_type` (the `nhsr` set). Anhøj: see `runs`. Western
Electric, Statistical Quality Control Handbook (1956), pages 25-28. Nelson, Journal of Quality Technology 16 (1984)
237-239.
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
    `third_*`, beyond a third of the way, and `limited`, where there are limits and they are apart, are given to rule sets
    with `thirds`.
    """

    value: Floats
    linked: Bools
    above: Bools
    below: Bools
    beyond_high: Bools
    beyond_low: Bools
    outside_high: Bools
    outside_low: Bools
    third_high: Bools | None = None
    third_low: Bools | None = None
    limited: Bools | None = None


Flags = tuple[Bools, Bools]
Rule = Callable[[Line], Flags]


@dataclass(frozen=True)
class RuleSet:
    """Rules by key, in order of precedence.

    Attributes
    ----------
    exclusive
        A point keeps only the first rule that flags it.
    figures
        The chart carries Anhøj's figures too.
    thirds
        The rules ask which points are a third of the way to the limit.
    undirected
        Keys of rules that say neither high nor low: their flags are kept, and earn neither improvement nor concern.
    """

    name: str
    rules: Mapping[str, Rule]
    exclusive: bool = False
    figures: bool = False
    thirds: bool = False
    undirected: frozenset[str] = frozenset()


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


def some_beyond(line: Line, *, some: int, of: int, thirds: int) -> Flags:
    """The points beyond the line `thirds` thirds of the way to the limit, where `some` `of` neighbours are.

    The other ones may stand anywhere, on the far side too.
    """
    far_high, far_low = _third(line) if thirds == 1 else (line.beyond_high, line.beyond_low)
    return _crowded(far_high, some, of, line), _crowded(far_low, some, of, line)


def alternating(line: Line, *, length: int) -> Flags:
    """`length` points in a row, each on the other side of the one before than the next one is."""
    step = np.diff(line.value)
    up, down = (step > 0) & line.linked, (step < 0) & line.linked
    turns = np.zeros(len(line.value), dtype=bool)  # at a point: a rise and then a fall, or a fall and then a rise
    turns[1:-1] = (up[:-1] & down[1:]) | (down[:-1] & up[1:])
    flags = np.zeros_like(turns)
    inner = _chain(_both(turns), length - 2) if length > 3 else turns
    flags |= inner
    flags[1:] |= inner[:-1]
    flags[:-1] |= inner[1:]
    return flags, flags


def hugging(line: Line, *, length: int) -> Flags:
    """`length` points in a row within a third of the way to the limits, on either side."""
    high, low = _third(line)
    assert line.limited is not None
    near = ~(high | low) & line.limited
    flags = _chain(_both(near) & line.linked, length)
    return flags, flags


def mixture(line: Line, *, length: int) -> Flags:
    """`length` points in a row beyond a third of the way to the limits, and on both sides."""
    high, low = _third(line)
    flags = np.zeros_like(high)
    n = len(high) - length + 1
    if n > 0:
        far, both = high | low, [np.logical_or.reduce([side[i : i + n] for i in range(length)]) for side in (high, low)]
        window = _linked(line, n, length) & both[0] & both[1]
        window &= np.logical_and.reduce([far[i : i + n] for i in range(length)])
        _mark(flags, window, length)
    return flags, flags


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
    "western_electric": RuleSet(
        "western_electric",
        {
            "astronomical": astronomical,
            "two_of_three": partial(some_beyond, some=2, of=3, thirds=2),
            "four_of_five": partial(some_beyond, some=4, of=5, thirds=1),
            "shift": partial(shift, length=8),
        },
        thirds=True,
    ),
    "nelson": RuleSet(
        "nelson",
        {
            "astronomical": astronomical,
            "shift": partial(shift, length=9),
            "trend": partial(trend, length=6),
            "alternating": partial(alternating, length=14),
            "two_of_three": partial(some_beyond, some=2, of=3, thirds=2),
            "four_of_five": partial(some_beyond, some=4, of=5, thirds=1),
            "hugging": partial(hugging, length=15),
            "mixture": partial(mixture, length=8),
        },
        thirds=True,
        undirected=frozenset({"alternating", "hugging", "mixture"}),
    ),
    # Moving ranges share a point with their neighbours, and limits of a few subgroups' spread are skewed: only points
    # outside the limits mean anything.
    "outside": RuleSet("outside", {"astronomical": astronomical}),
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


def _third(line: Line) -> Flags:
    assert line.third_high is not None  # the rule set says `thirds`
    assert line.third_low is not None
    return line.third_high, line.third_low


def _crowded(far: Bools, some: int, of: int, line: Line) -> Bools:
    """Points that are `far`, in a window of `of` linked neighbours of which at least `some` are."""
    flags = np.zeros_like(far)
    n = len(far) - of + 1
    if n > 0:
        number = np.add.reduce([far[i : i + n].astype(np.int8) for i in range(of)])
        _mark(flags, (number >= some) & _linked(line, n, of), of)
    return flags & far


def _linked(line: Line, n: int, length: int) -> Bools:
    """For each of n windows of `length` points, whether all of them are of one phase of one series."""
    linked = np.ones(n, dtype=bool)
    for i in range(length - 1):
        linked &= line.linked[i : i + n]
    return linked


def _mark(flags: Bools, window: Bools, length: int) -> None:
    """Raise the flags of every point of the windows."""
    for i in range(length):
        flags[i : i + len(window)] |= window


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
