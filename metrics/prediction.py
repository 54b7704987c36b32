"""What the next months will record: from the rate of the last year, or along the trend.

References
----------
Meeker, Hahn & Escobar, Statistical Intervals, 2nd ed. (2017), chapter 7 (prediction from Poisson counts); Gelman and
others, Bayesian Data Analysis, 3rd ed. (2013), 2.6 (Poisson and gamma: the prediction is negative binomial).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arguments import counts_of
from .intervals import search
from .now import DISPERSION_MONTHS, NOW_COMPLETE, NOW_MONTHS, dispersion_of
from .points import Bools, Floats, Strings
from .trend import Trend, count_trend

LEAST_MONTHS = 24  # settled ones, or nothing is said of the future
CAUTION = 0.2
JEFFREYS = 0.5  # events that nobody saw: keeps a rate of 0 from being certain
TOO_FEW, NO_YEAR = f"Fewer than {LEAST_MONTHS} settled months.", "Too few of the last 12 months were reported."


@dataclass(frozen=True)
class Forecast:
    """What is expected in the next months together, (...); NaN where `reason` is not ''.

    Attributes
    ----------
    expected, low, high
        The count, and its predictive interval.
    exposure
        Of the months to come.
    shape, scale
        The count over `scale` is negative binomial, with this shape and mean `expected` / `scale`.
    """

    expected: Floats
    low: Floats
    high: Floats
    exposure: Floats
    shape: Floats
    scale: Floats
    reason: Strings

    def chance_at_most(self, count: ArrayLike) -> Floats:
        """Of no more than so many."""
        return _at_most(np.floor(np.asarray(count, dtype=np.float64)), self.expected, self.shape, self.scale)


def forecast(
    count: ArrayLike,
    exposure: ArrayLike | None = None,
    *,
    months: int = 12,
    exposure_ahead: ArrayLike | None = None,
    trend: bool = False,
    over: int = NOW_MONTHS,
    cautious: bool = False,
    level: float = 0.8,
) -> Forecast:
    """The count of the `months` after the last point.

    Parameters
    ----------
    count
        (..., n_points) a month, oldest first; NaN = not reported, not settled or in question, or before a break.
    exposure
        Broadcast to `count`. None: 1.
    months
        How many.
    exposure_ahead
        Of all of them together, (...). None: as in the last 12 reported months.
    trend
        Whether the trend of all points goes on; else the rate stays as in the last 12.
    over
        Without trend: the newest months, from the last reported one, whose rate stays.
    cautious
        Without trend: take the dispersion as high as the months leave 1 chance in 5 for.
    level
        Of the predictive interval.

    Notes
    -----
    With the rate of the last year, y events in exposure e at dispersion φ: count / φ is negative binomial of shape y /
    φ + 1/2. Along the trend: a log-normal mean, its variance from the line's level and slope, with months that vary φ
    (1 + r*) / (1 - r*) times as much as a Poisson's. Both leave out that the world may change: so they are said "if".
    """
    y, e, _ = counts_of(count, exposure, None)
    used = np.isfinite(y) & np.isfinite(e) & (e > 0)
    ahead = _exposure_ahead(e, used, months) if exposure_ahead is None else np.asarray(exposure_ahead, dtype=np.float64)
    ahead = np.broadcast_to(ahead, y.shape[:-1])
    with np.errstate(all="ignore"):  # what is too little to go by is NaN, and says so
        found = _along(y, e, used, ahead, months) if trend else _as_now(y, e, used, ahead, over, cautious)
        expected, shape, scale, enough = found
        known = used.sum(axis=-1) >= LEAST_MONTHS
        expected, shape, scale = (np.where(known & enough, x, np.nan) for x in (expected, shape, scale))
        low, high = (_quantile(q, expected, shape, scale) for q in ((1 - level) / 2, (1 + level) / 2))
    reason = np.where(~known, TOO_FEW, np.where(enough, "", "No trend can be fitted." if trend else NO_YEAR))
    return Forecast(expected, low, high, np.where(known & enough, ahead, np.nan), shape, scale, reason)


def _exposure_ahead(e: Floats, used: Bools, months: int) -> Floats:
    newest = used & (used[..., ::-1].cumsum(axis=-1)[..., ::-1] <= NOW_MONTHS)
    return np.asarray(np.where(newest, e, 0.0).sum(axis=-1) / np.maximum(newest.sum(axis=-1), 1) * months)


def _as_now(
    y: Floats, e: Floats, used: Bools, ahead: Floats, over: int, cautious: bool
) -> tuple[Floats, Floats, Floats, Bools]:
    places = np.arange(y.shape[-1])
    end = np.where(used, places + 1, 0).max(axis=-1, initial=0)[..., None]
    year = used & (places >= end - over)
    newest = used & (used[..., ::-1].cumsum(axis=-1)[..., ::-1] <= DISPERSION_MONTHS)
    phi = dispersion_of(np.where(used, y, 0.0), np.where(used, e, 0.0), newest)
    if cautious:
        phi = np.maximum(1.0, phi * _upper(newest.sum(axis=-1) - 1))
    events, exposure = (np.where(year, x, 0.0).sum(axis=-1) for x in (y, e))
    shape = events / phi + JEFFREYS
    return shape * phi / exposure * ahead, shape, phi, np.asarray(year.sum(axis=-1) >= NOW_COMPLETE)


def _upper(degrees: Floats) -> Floats:
    """How many times what is estimated the dispersion may be: the upper end of its one-sided 80 % interval."""
    from scipy.special import chdtri

    return np.asarray(degrees / chdtri(np.maximum(degrees, 1), 1 - CAUTION))


def _along(y: Floats, e: Floats, used: Bools, ahead: Floats, months: int) -> tuple[Floats, Floats, Floats, Bools]:
    found = count_trend(np.where(used, y, np.nan), e)
    time = np.arange(y.shape[-1], dtype=np.float64)
    events, exposure = np.where(used, y, 0.0), np.where(used, e, 0.0)
    slope = np.where(found.reason == "", found.log_ratio, np.nan)[..., None]
    growth = np.exp(slope * (time - time[-1:]))
    total = events.sum(axis=-1)
    rate = total / (exposure * growth).sum(axis=-1)  # at the last point: the fitted counts add up to those recorded
    fitted = rate[..., None] * exposure * growth
    middle = (fitted * time).sum(axis=-1) / total
    factor = _factor(found, fitted, time, middle, total)
    to_come = np.arange(1, months + 1)
    weight = np.exp(slope * to_come)
    expected = rate * ahead / months * weight.sum(axis=-1)
    when = time[-1:].sum() + (weight * to_come).sum(axis=-1) / weight.sum(axis=-1)
    variance = factor / total + ((when - middle) * found.standard_error) ** 2
    return expected, 1 / variance, factor, np.asarray(found.reason == "")


def _factor(found: Trend, fitted: Floats, time: Floats, middle: Floats, total: Floats) -> Floats:
    """How many times a Poisson's the variance is: what the slope's standard error was widened by, squared."""
    information = (fitted * (time - middle[..., None]) ** 2).sum(axis=-1)
    return np.where(total > 0, found.standard_error**2 * information, np.nan)


def _at_most(count: Floats, expected: Floats, shape: Floats, scale: Floats) -> Floats:
    from scipy.special import betainc

    mean = expected / scale
    chance = betainc(shape, np.maximum(count / scale, 0.0) + 1, shape / (shape + mean))
    return np.where(count < 0, 0.0, chance) + 0 * expected


def _quantile(q: float, expected: Floats, shape: Floats, scale: Floats) -> Floats:
    """The smallest whole count that is not exceeded with a chance of q."""
    top = np.ceil(expected + 20 * np.sqrt(scale * expected + expected**2 / shape) + 20)
    found = search(lambda count: _at_most(count, expected, shape, scale), q, np.full(expected.shape, -1.0), top)
    whole = np.maximum(np.ceil(found), 0.0)
    fewer = np.maximum(whole - 1, 0.0)  # what is found lies a last digit above or below a whole number, at 0 above all
    whole = np.where(_at_most(fewer, expected, shape, scale) >= q, fewer, whole)
    return np.where(np.isnan(expected), np.nan, whole)
