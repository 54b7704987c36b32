"""The verdict on each series of a block: variation, assurance, trial limits, early warnings, and why there is none."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import states
from .inputs import Data
from .limits import GAPS, TOLERANCE, Limits, Options
from .points import Bools, Ints, Points, Strings
from .rules import RuleSet


@dataclass(frozen=True)
class Call:
    """What is the same for every block of a call. `better`: high, low or neutral, of the value plotted."""

    kind: str
    rule_set: RuleSet
    options: Options
    better: str
    multiplier: float
    min_points: int
    points: bool


def bits_of(
    call: Call, points: Points, limits: Limits, sides: list[Bools], flags: list[Bools], earned: list[Bools]
) -> tuple[states.Bits, Bools]:
    """The bits of every point (see `states`), and where an improvement is earned."""
    size = len(points.value)
    if call.better == "neutral":
        high, low = _first_direction(flags)
        marks = [(states.HIGH, high), (states.LOW, low)]
        improvement = np.zeros(size, dtype=bool)
    else:
        highs, lows = slice(0, None, 2), slice(1, None, 2)
        good, bad = (highs, lows) if call.better == "high" else (lows, highs)
        improvement = np.logical_or.reduce(earned[good])
        marks = [(states.CONCERN, np.logical_or.reduce(flags[bad])), (states.IMPROVEMENT, improvement)]
        if earned is not flags:
            marks.append((states.REFUSED, np.logical_or.reduce(flags[good]) & ~improvement))
    trial = points.n_base < call.min_points
    if trial.any():
        on_trial = points.spread(trial)
        improvement = improvement & ~on_trial
        marks.append((states.TRIAL, on_trial))
        if call.better != "neutral" and call.kind not in GAPS:
            marks.append((states.EARLY, on_trial & _early(call, points, limits, sides)))
    if not points.usable.all():
        marks.append((states.ABSENT, ~points.usable))
    return states.pack(marks, size), improvement


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
    outside = sides[4 if high_is_bad else 5] & points.spread(points.n_base >= states.EARLY_POINTS)
    old = np.append(np.nan, limits.centre[:-1])
    old[points.starts % points.n_points == 0] = np.nan  # a series' first phase has none before it
    if np.isnan(old).all():
        return np.asarray(outside)
    margin = TOLERANCE * np.abs(old)
    worse = points.value > points.spread(old + margin) if high_is_bad else points.value < points.spread(old - margin)
    index = np.flatnonzero(points.usable)
    segment = points.spread(np.arange(len(points.starts)))[index]
    pair = worse[index][1:] & worse[index][:-1] & (segment[1:] == segment[:-1])
    warned = np.zeros_like(worse)
    warned[index[1:]] = pair
    warned[index[:-1]] |= pair
    return np.asarray(outside | warned)


def verdict(call: Call, data: Data, points: Points, limits: Limits, bits: states.Bits) -> dict[str, NDArray[Any]]:
    """The figures of each series."""
    ends = points.last_segment
    n_used = points.n_base[ends]
    last = states.last_settled(points)
    trial = (n_used < call.min_points) | (last < 0)
    now = states.bits_now(points, bits, last)
    open_signal = _open_gap(data, limits, ends, trial)
    now = now | np.where(open_signal, states.CONCERN if call.better == "low" else states.IMPROVEMENT, 0).astype(
        np.uint8
    )
    if call.better == "neutral":
        now = np.where(open_signal, np.uint8(states.HIGH), now)
    refusal = _refusal(call, data, points, now)
    spelled, mixed, reason = states.variation(now, trial, refusal, call.better == "neutral")
    at = np.maximum(last, 0)
    lower, upper = points.spread(limits.lower)[at], points.spread(limits.upper)[at]
    target = np.full(points.n_series, np.nan) if data.target is None else data.target
    silent = trial | (call.better == "neutral") | (call.kind in GAPS)
    return {
        "variation": states.state_names(call.better)[spelled],
        "assurance": states.assurance(target, lower, upper, call.better, silent),
        "mixed": mixed,
        "trial": trial,
        "n_used": n_used,
        "reason": _reasons(call)[np.where(trial, states.FIRST_COUNT + np.minimum(n_used, call.min_points), reason)],
        "open_gap_signal": open_signal,
        "open_gap_limit": limits.upper[ends] if call.kind in GAPS else np.full(points.n_series, np.nan),
    }


def _open_gap(data: Data, limits: Limits, ends: Ints, trial: Bools) -> Bools:
    if data.open_gap is None:
        return np.zeros(len(ends), dtype=bool)
    return np.asarray((data.open_gap > limits.upper[ends]) & ~trial)


def _refusal(call: Call, data: Data, points: Points, now: states.Bits) -> Ints:
    """Why an improvement does not count, as the index of a reason; 0 where it does."""
    n = points.n_series
    refusal = np.zeros(n, dtype=np.int64)
    latest = np.s_[points.n_points - 1 :: points.n_points]
    if points.settled is not points.usable:
        asked = np.zeros(n, dtype=bool) if data.doubtful is None else data.doubtful.any(axis=1)
        why = np.where(asked, states.RESTS_ON_QUESTIONED, states.RESTS_ON_UNSETTLED)
        refusal = np.where((now & states.IMPROVEMENT) == 0, why, refusal)
    if call.kind in GAPS:
        return refusal  # the last place of a row of gaps is not a month that was due
    if data.doubtful is not None:
        refusal[data.doubtful[:, -1]] = states.QUESTIONED
    if data.excluded is not None:
        refusal[data.excluded[:, -1]] = states.LEFT_OUT
    refusal[np.isnan(points.value[latest])] = states.MISSING
    return refusal


def _reasons(call: Call) -> Strings:
    """All reasons: the fixed ones, then one for each number of points that is too few."""
    thing = "gaps between events" if call.kind in GAPS else "months"
    opening = "Too few events" if call.kind in GAPS else "Too soon to say"
    counts = [f"{opening}: we have {n} {thing} and need {call.min_points}." for n in range(call.min_points)]
    return np.array([*states.REASONS, *counts, "No settled month to judge by."])
