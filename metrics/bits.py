"""The bits of every point: what its signals mean for what is counted, and those that decide about the series."""

from collections.abc import Sequence

import numpy as np

from .inputs import Call
from .limits import GAPS, TOLERANCE, Limits
from .points import Bools, Ints, Points
from .states import ABSENT, CONCERN, EARLY, EARLY_POINTS, HIGH, IMPROVEMENT, LOW, REFUSED, TRIAL, Bits

OUTSIDE = slice(4, 6)  # of the sides: above the upper limit, below the lower


def bits_of(
    call: Call, points: Points, limits: Limits, sides: list[Bools], flags: list[Bools], earned: list[Bools]
) -> Bits:
    """The bits of every point (see `states`).

    Parameters
    ----------
    sides
        Where points stand: see `block`.
    flags, earned
        Of every rule, high and low in turn: among all points that are there, and among settled ones alone too.
    """
    directed = [i for i, key in enumerate(call.rule_set.rules) if key not in call.rule_set.undirected]
    size = len(points.value)
    if call.better == "neutral":
        high, low = _first_direction([flags[2 * i + side] for i in directed for side in (0, 1)])
        marks = [(HIGH, high), (LOW, low)]
    else:
        good, bad = (0, 1) if call.better == "high" else (1, 0)
        improvement = _any([earned[2 * i + good] for i in directed], size)
        marks = [(CONCERN, _any([flags[2 * i + bad] for i in directed], size)), (IMPROVEMENT, improvement)]
        if earned is not flags:
            marks.append((REFUSED, _any([flags[2 * i + good] for i in directed], size) & ~improvement))
    trial = points.n_base < call.min_points
    if trial.any():
        on_trial = points.spread(trial)
        marks.append((TRIAL, on_trial))
        if call.better != "neutral" and call.kind not in GAPS:
            marks.append((EARLY, on_trial & _early(call, points, limits, sides)))
    if not points.usable.all():
        marks.append((ABSENT, ~points.usable))
    bits = np.zeros(size, dtype=np.uint8)
    for bit, flag in marks:
        bits |= flag.view(np.uint8) * np.uint8(bit)
    return bits


def _any(flags: Sequence[Bools], size: int) -> Bools:
    return np.asarray(np.logical_or.reduce(flags)) if flags else np.zeros(size, dtype=bool)


def _first_direction(flags: list[Bools]) -> tuple[Bools, Bools]:
    """High or low, as the first rule says that flags the point."""
    high, low = flags[0], flags[1] & ~flags[0]
    for also_high, also_low in zip(flags[2::2], flags[3::2], strict=True):
        free = ~(high | low)
        high, low = high | (also_high & free), low | (also_low & ~also_high & free)
    return high, low


def _early(call: Call, points: Points, limits: Limits, sides: list[Bools]) -> Bools:
    """What warns on trial limits: far outside them on the bad side, or two months beyond the old centre."""
    high_is_bad = call.better == "low"
    outside = sides[OUTSIDE][0 if high_is_bad else 1] & points.spread(points.n_base >= EARLY_POINTS)
    old = np.append(np.nan, limits.centre[:-1])
    old[points.starts % points.n_points == 0] = np.nan  # a series' first phase has none before it
    if np.isnan(old).all():
        return np.asarray(outside)
    margin = TOLERANCE * np.abs(old)
    worse = points.value > points.spread(old + margin) if high_is_bad else points.value < points.spread(old - margin)
    index = np.flatnonzero(points.usable)
    segment = points.segment[index]
    pair = worse[index][1:] & worse[index][:-1] & (segment[1:] == segment[:-1])
    warned = np.zeros_like(worse)
    warned[index[1:]] = pair
    warned[index[:-1]] |= pair
    return np.asarray(outside | warned)


def last_settled(points: Points) -> Ints:
    """Flat index of each series' last settled point of its last phase; -1 where it has none."""
    settled = points.settled.reshape(points.n_series, points.n_points)
    column = points.n_points - 1 - settled[:, ::-1].argmax(axis=1)
    flat = np.arange(points.n_series) * points.n_points + column
    found = settled[np.arange(points.n_series), column] & (flat >= points.starts[points.last_segment])
    return np.where(found, flat, -1)


def bits_now(points: Points, bits: Bits, last: Ints) -> Bits:
    """The bits that decide: those of the last settled point, and concern or warning at a later one."""
    now = np.where(last >= 0, bits[last], 0).astype(np.uint8)
    if points.settled is points.usable:
        return now
    late = np.where(points.usable & ~points.settled, bits & np.uint8(CONCERN | EARLY), 0).astype(np.uint8)
    begins = np.maximum(last, points.starts[points.last_segment] - 1)
    late[np.arange(late.size) <= np.repeat(begins, points.n_points)] = 0
    return np.asarray(now | np.bitwise_or.reduce(late.reshape(points.n_series, points.n_points), axis=1))
