"""The chance of reaching a milestone, said as unlikely, uncertain or likely."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from .arguments import known
from .points import Floats, Strings
from .prediction import Forecast, forecast
from .rare import YEAR
from .sentences import said
from .trend import count_trend

UNLIKELY, LIKELY = 0.1, 0.9
LEAST_EVENTS = 5  # in the last 12 months: fewer are too weak a witness of the rate now
MOST_FOR_NONE = 3.0  # a year expected; where more are, the chance of none at all says nothing
WORDS = ("", "unlikely", "uncertain", "likely")
DIRECTIONS = ("lower", "higher")

TOO_FEW_EVENTS = f"Fewer than {LEAST_EVENTS} in the last 12 months: too few to say how likely."
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
        For another direction, a target below 0, or as of `forecast`.

    Notes
    -----
    Below 24 settled months nothing is said, nor with fewer than 5 events in the last 12 reported months: where rates
    were low and months varied twice or three times as much as a Poisson's, "likely" then came true in 83 to 87 % only;
    so in 91 to 98 %, and "unlikely" in 6 to 13 %, and in 98 and 1 to 2 % from 3 a month on. For a target of 0 the rate is
    that of all months given, and the chance of none is given only where fewer than 3 a year are expected; elsewhere
    `pace_to_halve` says more. Do not ask this of deaths.
    """
    known("direction", direction, DIRECTIONS)
    if (np.asarray(target, dtype=np.float64) < 0).any():
        raise ValueError("target cannot be negative")
    options = {"months": months, "exposure_ahead": exposure_ahead}
    now = forecast(count, exposure, cautious=True, **options)  # type: ignore[arg-type]
    later = forecast(count, exposure, trend=True, **options)  # type: ignore[arg-type]
    ever = forecast(count, exposure, over=np.asarray(count).shape[-1], **options)  # type: ignore[arg-type]
    aim = _one_a_series(target, now.expected.shape)
    if direction == "higher":
        aim = np.where(aim == 0, np.nan, aim)  # any count is at 0 or above
    to_rate = multiplier / now.exposure
    found = count_trend(count, exposure)
    told = (found.low > 1) | (found.high < 1)
    too_many = (aim == 0) & (ever.expected >= MOST_FOR_NONE * months / YEAR)
    too_few = (aim > 0) & (_newest(count) < LEAST_EVENTS)
    silent = np.isnan(aim) | too_many | too_few
    chance = np.where(aim == 0, _chance(ever, aim, multiplier, direction), _chance(now, aim, multiplier, direction))
    as_now = np.where(silent, np.nan, chance)
    along = np.where(silent | ~told, np.nan, _chance(later, aim, multiplier, direction))
    word, trend_word = _word(as_now), _word(along)
    reason = np.where(now.reason != "", now.reason, np.where(np.isnan(aim), NO_MILESTONE, ""))
    reason = np.where((reason == "") & too_many, TOO_MANY_FOR_NONE, reason)
    reason = np.where((reason == "") & too_few, TOO_FEW_EVENTS, reason)
    sentence = said(partial(_sentence, months=months), reason, word, trend_word, aim == 0, found.ratio > 1)
    expected, low, high = (x * to_rate for x in (now.expected, now.low, now.high))
    return ChanceOfGoal(as_now, along, word, trend_word, expected, low, high, reason, sentence)


def _newest(count: ArrayLike) -> Floats:
    """Events of the last 12 reported months."""
    y = np.asarray(count, dtype=np.float64)
    used = ~np.isnan(y)
    newest = used & (used[..., ::-1].cumsum(axis=-1)[..., ::-1] <= YEAR)
    return np.asarray(np.where(newest, y, 0.0).sum(axis=-1))


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
