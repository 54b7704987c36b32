"""From flags to words: the state of every point, and of a series its variation and assurance.

Bits of a point, and the states that they spell. Every threshold that turns a flag into a verdict is here.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .points import Bools, Floats, Ints, Strings

EARLY_POINTS = 7  # on trial limits of at least so many points, one far outside is an early warning
CONCERN, IMPROVEMENT, REFUSED, EARLY, TRIAL, ABSENT = (1 << bit for bit in range(6))
HIGH, LOW = CONCERN, IMPROVEMENT  # of a measure for which neither is better

Bits = NDArray[np.uint8]

STATES = (
    "common_cause",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neither_high",
    "neither_low",
    "early_warning",
    "none",
)
ASSURANCE = np.array(["none", "pass", "fail", "hit_or_miss"])
MISSING, QUESTIONED, LEFT_OUT, RESTS_ON_QUESTIONED, RESTS_ON_UNSETTLED, FIRST_COUNT = range(1, 7)
REASONS = (
    "",
    "The latest month was not reported.",
    "The latest month is in question.",
    "The latest month is left out.",
    "It rests on months that are in question.",
    "It rests on months that are still settling.",
)


@cache
def state_names(better: str) -> Strings:
    """The state that each combination of bits spells, where `better` (high, low or neutral) is of the plotted value."""
    good, bad = ("improvement_high", "concern_low") if better == "high" else ("improvement_low", "concern_high")
    if better == "neutral":
        good, bad = "neither_low", "neither_high"

    def name(bits: int) -> str:
        if bits & ABSENT:
            return "none"
        if bits & TRIAL:
            return "early_warning" if bits & EARLY else "none"
        if bits & CONCERN:
            return bad
        if bits & IMPROVEMENT:
            return good
        return "none" if bits & REFUSED else "common_cause"

    names = np.array([name(bits) for bits in range(2 * ABSENT)], dtype=f"<U{max(map(len, STATES))}")
    names.setflags(write=False)  # it is kept, and handed out again
    return names


def variation(bits: Bits, trial: Bools, refusal: Ints, neutral: bool) -> tuple[Bits, Bools, Ints]:
    """The bits that spell each series' verdict, whether it is mixed, and the reason (its index) for a refusal.

    Parameters
    ----------
    bits
        Those that decide (`bits_now`).
    trial
        Whether the last phase's limits are still trial limits.
    refusal
        Why an improvement would not count: the index of a reason, 0 where it would.
    """
    bits = np.where(trial, bits | TRIAL, bits & (0xFF ^ TRIAL)).astype(np.uint8)
    if neutral:
        return bits, np.zeros(bits.shape, dtype=bool), np.zeros(bits.shape, dtype=np.int64)
    concern, improvement = (bits & CONCERN) != 0, (bits & IMPROVEMENT) != 0
    mixed = concern & improvement & ~trial & (refusal == 0)
    hoped = ((bits & (IMPROVEMENT | REFUSED)) != 0) & ~concern & ~trial
    refused = hoped & (refusal > 0)
    return np.where(refused, np.uint8(REFUSED), bits), mixed, np.where(refused, refusal, 0)


def assurance(target: Floats, lower: Floats, upper: Floats, better: str, silent: Bools) -> Strings:
    """pass, fail or hit_or_miss: is the target outside the uncut limits, and on which side?

    None where `silent`, without a target or limits, or for a target of 0, which no chart of counts can be below.
    """
    above, below = target > upper, target < lower
    passes, fails = (below, above) if better == "high" else (above, below)
    code = np.where(passes, 1, np.where(fails, 2, 3))
    none = silent | (target == 0) | np.isnan(target) | np.isnan(upper)
    return np.asarray(ASSURANCE[np.where(none, 0, code)])
