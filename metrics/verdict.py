"""The verdict on each series: variation, assurance, trial limits, and why there is none."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import states
from .inputs import Call, Data
from .limits import GAPS
from .points import Bools, Floats, Ints, Strings
from .store import Store


@dataclass(frozen=True)
class Found:
    """What the blocks found of each series, flat.

    Attributes
    ----------
    now
        The bits that decide.
    judged, reported
        There is a settled point in the last phase; the last point is there.
    n_used
        Points that set the limits of the last phase.
    lower, upper
        Its uncut limits at the last settled point.
    """

    now: states.Bits
    judged: Bools
    reported: Bools
    n_used: Ints
    lower: Floats
    upper: Floats


def judge(call: Call, data: Data, store: Store) -> dict[str, NDArray[Any]]:
    """The figures of each series."""
    found = Found(**{name: store.figures(name) for name in Found.__dataclass_fields__})
    trial = (found.n_used < call.min_points) | ~found.judged
    open_signal = np.zeros(len(trial), dtype=bool)
    now = found.now
    if data.open_gap is not None:
        open_signal = (data.open_gap > found.upper) & ~trial
        asked = np.zeros(len(trial), dtype=bool) if data.open_gap_doubtful is None else data.open_gap_doubtful
        better = np.where(asked, states.REFUSED, states.IMPROVEMENT)
        meaning = better if call.better == "high" else np.full(len(trial), states.CONCERN)
        now = now | np.where(open_signal, meaning, 0).astype(np.uint8)
        if call.better == "neutral":
            now = np.where(open_signal, np.uint8(states.HIGH), now)
    refusal = _refusal(call, data, found, now)
    spelled, mixed, reason = states.variation(now, trial, refusal, call.better == "neutral")
    target = np.full(len(trial), np.nan) if data.target is None else data.target
    silent = trial | (call.better == "neutral") | (call.kind in GAPS)
    reason = np.where(trial, states.FIRST_COUNT + np.minimum(found.n_used, call.min_points), reason)
    return {
        "variation": states.state_names(call.better)[spelled],
        "assurance": states.assurance(target, found.lower, found.upper, call.better, silent),
        "mixed": mixed,
        "trial": trial,
        "n_used": found.n_used,
        "reason": _worded(call, reason),
        "open_gap_signal": open_signal,
        "open_gap_limit": found.upper if call.kind in GAPS else np.full(len(trial), np.nan),
    }


def _refusal(call: Call, data: Data, found: Found, now: states.Bits) -> Ints:
    """Why an improvement does not count, as the index of a reason; 0 where it does."""
    n = len(now)
    refusal = np.zeros(n, dtype=np.int64)
    if data.doubtful is not None or data.unsettled is not None:
        asked = np.zeros(n, dtype=bool) if data.doubtful is None else data.doubtful.any(axis=1)
        why = np.where(asked, states.RESTS_ON_QUESTIONED, states.RESTS_ON_UNSETTLED)
        refusal = np.where((now & states.IMPROVEMENT) == 0, why, refusal)
    if call.kind in GAPS:  # the last place of a row of gaps is not a month that was due
        if data.open_gap_doubtful is not None:
            refusal[data.open_gap_doubtful & ((now & states.IMPROVEMENT) == 0)] = states.QUESTIONED
        return refusal
    for flags, reason in ((data.doubtful, states.QUESTIONED), (data.excluded, states.LEFT_OUT)):
        if flags is not None and flags.shape[1]:
            refusal[flags[:, -1]] = reason
    refusal[~found.reported] = states.MISSING
    return refusal


def _worded(call: Call, reason: Ints) -> Strings:
    """Reasons in words: the fixed ones, then one for each number of points that is too few."""
    thing = "gaps between events" if call.kind in GAPS else "months"
    opening = "Too few events" if call.kind in GAPS else "Too soon to say"

    def text(code: int) -> str:
        if code < states.FIRST_COUNT:
            return states.REASONS[code]
        n = code - states.FIRST_COUNT
        few = f"{opening}: we have {n} {thing} and need {call.min_points}."
        return few if n < call.min_points else "No settled month to judge by."

    used = np.flatnonzero(np.bincount(reason)).tolist()  # an array is as wide as its longest word
    words = np.zeros(max([0, *used]) + 1, dtype=f"<U{max([1, *(len(text(i)) for i in used)])}")
    words[used] = [text(i) for i in used]
    return np.asarray(words[reason])
