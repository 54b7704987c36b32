"""The rate now: of the last year, with an interval that allows for counts that vary more than chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .intervals import rate_interval
from .points import Bools, Floats, Ints, Strings

NOW_MONTHS, NOW_COMPLETE = 12, 9  # the rate now: of so many months, so many of them reported
DISPERSION_MONTHS = 36


@dataclass(frozen=True)
class RateNow:
    """The rate of the last year of a series, (...); NaN where `reason` is not ''. `n`: months that were reported."""

    rate: Floats
    low: Floats
    high: Floats
    dispersion: Floats
    n: Ints
    reason: Strings


def rate_now(count: ArrayLike, exposure: ArrayLike | None = None) -> RateNow:
    """The rate of the twelve months that end with the last one reported, and its interval.

    Parameters
    ----------
    count
        (..., n_points), oldest first; NaN = not reported, not settled or in question: give settled months only.
    exposure
        Broadcast to `count`. None: 1, the rate is then of one month.

    Notes
    -----
    At least 9 of the 12 months must be there. The interval is the exact one of (count / φ, exposure / φ), φ being the
    Pearson dispersion about a level rate of the last 36 reported months, and at least 1: plain exact intervals cover
    75 % at φ = 3, this 95 to 97 %.
    """
    y = np.asarray(count, dtype=np.float64)
    e = np.broadcast_to(np.asarray(1.0 if exposure is None else exposure, dtype=np.float64), y.shape)
    used = np.isfinite(y) & np.isfinite(e) & (e > 0)
    y, e = np.where(used, y, 0.0), np.where(used, e, 0.0)
    places = np.arange(y.shape[-1])
    end = np.where(used, places + 1, 0).max(axis=-1, initial=0)[..., None]
    year = used & (places >= end - NOW_MONTHS)
    n = np.asarray(year.sum(axis=-1))
    phi = dispersion_of(y, e, used & (used[..., ::-1].cumsum(axis=-1)[..., ::-1] <= DISPERSION_MONTHS))
    enough = n >= NOW_COMPLETE
    total = np.where(enough, (y * year).sum(axis=-1), np.nan)
    found = rate_interval(total, (e * year).sum(axis=-1), dispersion=phi)
    reasons = np.array([f"Fewer than {NOW_COMPLETE} of the last {NOW_MONTHS} months were reported.", ""])
    return RateNow(
        found.rate, found.low, found.high, np.where(enough, phi, np.nan), n, np.asarray(reasons[enough.astype(int)])
    )


def dispersion_of(y: Floats, e: Floats, used: Bools) -> Floats:
    """Pearson's dispersion about a level rate, at least 1."""
    n = used.sum(axis=-1)
    exposure = (e * used).sum(axis=-1)
    rate = (y * used).sum(axis=-1) / np.where(exposure > 0, exposure, 1.0)
    expected = rate[..., None] * e
    away = y - expected
    squares = np.where(used & (expected > 0), away / np.where(expected > 0, expected, 1.0) * away, 0.0)
    return np.asarray(np.maximum(1.0, squares.sum(axis=-1) / np.maximum(n - 1, 1)))
