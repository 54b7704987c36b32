"""How far a rate is from where it should be, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arguments import known
from .now import RateNow
from .points import Floats, Strings
from .sentences import figure, said

DIRECTIONS = ("lower", "higher")


@dataclass(frozen=True)
class Distance:
    """All (...); NaN where the rate or the target is.

    Attributes
    ----------
    distance, low, high
        The rate less the target, with the rate's interval; in the unit shown.
    share
        The rate as so many times the target; NaN for a target of 0.
    state
        met, not_met or cannot_tell: whether the whole interval is on one side of the target; none without figures.
    sentence
        The same in words.
    """

    distance: Floats
    low: Floats
    high: Floats
    share: Floats
    state: Strings
    sentence: Strings


def distance_to_goal(now: RateNow, target: ArrayLike, *, multiplier: float = 1.0, direction: str = "lower") -> Distance:
    """The distance between the rate now and a milestone or goal.

    Parameters
    ----------
    now
        From `rate_now`.
    target
        Broadcast to its shape, in the unit of the rate times `multiplier`; NaN = none.
    direction
        lower: met at the target or below it; higher: at it or above.

    Raises
    ------
    ValueError
        For another direction.

    Notes
    -----
    A rate of 0 does not meet a target of 0: its interval goes above. Nothing that was counted in a year can show that
    nothing will happen.
    """
    known("direction", direction, DIRECTIONS)
    rate, low, high = (np.asarray(x) * multiplier for x in (now.rate, now.low, now.high))
    aim = np.broadcast_to(np.asarray(target, dtype=np.float64), rate.shape)
    under, over = (high <= aim, low > aim) if direction == "lower" else (low >= aim, high < aim)
    unknown = np.isnan(rate) | np.isnan(aim)
    state = np.where(unknown, "none", np.where(under, "met", np.where(over, "not_met", "cannot_tell")))
    share = rate / np.where(aim > 0, aim, np.nan)
    sentence = said(_sentence, state, rate, low, high, aim, np.asarray(now.reason))
    return Distance(rate - aim, low - aim, high - aim, share, state, sentence)


def _sentence(state: str, rate: float, low: float, high: float, aim: float, reason: str) -> str:
    if state == "none":
        return reason or "No milestone to compare with."
    level = f"{figure(rate)} over the last 12 months; chance alone allows for {figure(low)} to {figure(high)}."
    away = f"{figure(abs(rate - aim))} {'above' if rate > aim else 'below'} it" if rate != aim else "on it"
    told = {
        "met": f"That is {away}, and more than chance away from it.",
        "not_met": f"That is {away}, and more than chance away from it.",
        "cannot_tell": f"That is {away}, but too near to it to be sure on which side the level is.",
    }[state]
    return f"{level} The milestone is {figure(aim)}. {told}"
