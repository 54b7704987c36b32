"""The chance of reaching a milestone, said as unlikely, uncertain or likely."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats, Strings
from .prediction import Forecast, forecast
from .rare import YEAR
from .sentences import said
from .trend import count_trend

UNLIKELY, LIKELY = 0.1, 0.9
MOST_FOR_NONE = 3.0  # a year expected; where more are, the chance of none at all says nothing
WORDS = ("", "unlikely", "uncertain", "likely")
DIRECTIONS = ("lower", "higher")

NO_MILESTONE = "No milestone to compare with."
TOO_MANY_FOR_NONE = "About 3 a year or more are expected, so a year without one is not yet in sight."
SAID = {
    "unlikely": "{if_so}, the next {months} months are unlikely to meet {what}: less than 1 chance in 10.",
    "uncertain": "{if_so}, the next {months} months could meet {what} or miss it.",
    "likely": "{if_so}, the next {months} months are likely to meet {what}: more than 9 chances in 10.",
}


@dataclass(frozen=True)
class ChanceOfGoal:
    """One figure a series, (...); NaN and '' where nothing is said, and `reason` tells why.

    Attributes
    ----------
    as_now
        The chance if the rate stays as in the last 12 months.
    along_trend
        The chance if the present trend goes on; NaN where the data cannot tell the trend from none.
    word, trend_word
        unlikely (below 10 %), uncertain, likely (above 90 %).
    expected, low, high
        The rate to come if it stays as now, with its 80 % predictive interval, in the unit of the target.
    reason, sentence
        Why nothing is said; what may be said.
    """

    as_now: Floats
    along_trend: Floats
    word: Strings
    trend_word: Strings
    expected: Floats
    low: Floats
    high: Floats
    reason: Strings
    sentence: Strings


def chance_of_goal(
    count: ArrayLike,
    exposure: ArrayLike | None = None,
    *,
    target: ArrayLike,
    multiplier: float = 1.0,
    months: int = 12,
    exposure_ahead: ArrayLike | None = None,
    direction: str = "lower",
) -> ChanceOfGoal:
    """The chance that the rate of the next months meets a milestone.

    Parameters
    ----------
    count, exposure, months, exposure_ahead
        As of `forecast`: settled, complete, undoubted months of the last phase only, the rest NaN.
    target
        The milestone, (...) or (..., 1), in the unit of count / exposure * multiplier. 0: none at all. NaN: no milestone.
    direction
        lower: met at the target or below it; higher: at it or above.

    Raises
    ------
    ValueError
        For another direction, or as of `forecast`.

    Notes
    -----
    Below 24 settled months nothing is said. For a target of 0, the chance of none is given only where fewer than 3 a
    year are expected; elsewhere `pace_to_halve` says more. Do not ask this of deaths.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"direction {direction!r} is not built; these are: {', '.join(DIRECTIONS)}")
    options = {"months": months, "exposure_ahead": exposure_ahead}
    now, later = (forecast(count, exposure, trend=along, **options) for along in (False, True))  # type: ignore[arg-type]
    aim = _one_a_series(target, now.expected.shape)
    to_rate = multiplier / now.exposure
    found = count_trend(count, exposure)
    told = (found.low > 1) | (found.high < 1)
    too_many = (aim == 0) & (now.expected >= MOST_FOR_NONE * months / YEAR)
    silent = np.isnan(aim) | too_many
    as_now = np.where(silent, np.nan, _chance(now, aim, multiplier, direction))
    along = np.where(silent | ~told, np.nan, _chance(later, aim, multiplier, direction))
    word, trend_word = _word(as_now), _word(along)
    reason = np.where(now.reason != "", now.reason, np.where(np.isnan(aim), NO_MILESTONE, ""))
    reason = np.where((reason == "") & too_many, TOO_MANY_FOR_NONE, reason)
    sentence = said(partial(_sentence, months=months), reason, word, trend_word, aim == 0, found.ratio > 1)
    expected, low, high = (x * to_rate for x in (now.expected, now.low, now.high))
    return ChanceOfGoal(as_now, along, word, trend_word, expected, low, high, reason, sentence)


def _one_a_series(values: ArrayLike, shape: tuple[int, ...]) -> Floats:
    figures = np.asarray(values, dtype=np.float64)
    return np.broadcast_to(figures[..., 0] if figures.shape == (*shape, 1) else figures, shape)


def _chance(ahead: Forecast, aim: Floats, multiplier: float, direction: str) -> Floats:
    count = aim * ahead.exposure / multiplier
    count = count * (1 + 1e-12)  # 5 of 100 at 50 per 1,000 are exactly 5, whatever the last digit says
    if direction == "lower":
        return ahead.chance_at_most(count)
    return np.asarray(1 - ahead.chance_at_most(np.ceil(count * (1 - 2e-12)) - 1))


def _word(chance: Floats) -> Strings:
    place = np.where(np.isnan(chance), 0, np.where(chance < UNLIKELY, 1, np.where(chance > LIKELY, 3, 2)))
    return np.asarray(np.array(WORDS)[place])


def _sentence(reason: str, word: str, trend_word: str, none: bool, rising: bool, months: int) -> str:
    if reason:
        return reason
    what = "the goal of none at all" if none else "the milestone"
    parts = [SAID[word].format(if_so="If the rate stays as now", months=months, what=what)]
    if trend_word:
        if_so = f"If the present {'rise' if rising else 'fall'} goes on"
        parts.append(SAID[trend_word].format(if_so=if_so, months=months, what=what))
    return " ".join(parts)
