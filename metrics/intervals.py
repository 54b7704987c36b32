"""Intervals of a rate and of a share.

References
----------
Garwood, Biometrika 28 (1936) 437-442 (a Poisson mean); Clopper & Pearson, Biometrika 26 (1934) 404-413; Wilson, JASA
22 (1927) 209-212; Lancaster, JASA 56 (1961) 223-234 (mid-p).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats

RATE_METHODS = ("exact", "mid_p")
PROPORTION_METHODS = ("exact", "wilson")
HALVINGS = 200  # of an interval that is searched; stops earlier, at the last digit


@dataclass(frozen=True)
class Interval:
    """A rate or a share with its interval, of the arguments' broadcast shape; NaN where one is NaN or exposure is 0."""

    rate: Floats
    low: Floats
    high: Floats


def rate_interval(
    count: ArrayLike,
    exposure: ArrayLike,
    *,
    level: float = 0.95,
    method: str = "exact",
    dispersion: ArrayLike = 1.0,
) -> Interval:
    """The interval of a Poisson rate: exact (Garwood) or mid-p.

    Parameters
    ----------
    count, exposure
        Broadcasting; NaN = not known, and an exposure of 0 gives no rate. Counts need not be whole.
    level
        Of the interval, two-sided.
    method
        exact: never covers less often than `level`. mid_p: shorter, covers it on average.
    dispersion
        φ, how many times a Poisson's the variance is: the interval is of count / φ events in exposure / φ.

    Raises
    ------
    ValueError
        For a method that is not built, a level outside 0 to 1, or counts below 0.

    References
    ----------
    Garwood, Biometrika 28 (1936) 437-442; Lancaster, JASA 56 (1961) 223-234.
    """
    check("method", method, RATE_METHODS, level)
    y, e, phi = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (count, exposure, dispersion)))
    not_negative(y, "count")
    e = np.where(e > 0, e, np.nan)
    low, high = _poisson_mean(y / phi, (1 - level) / 2, method)
    return Interval(y / e, low * phi / e, high * phi / e)


def _poisson_mean(y: Floats, alpha: float, method: str) -> tuple[Floats, Floats]:
    """The mean of a Poisson count, of `alpha` either side; counts need not be whole."""
    from scipy.special import gammainc, gammaincc, gammaincinv

    shape = np.where(y > 0, y, 1.0)
    low = np.where(y > 0, gammaincinv(shape, alpha), 0.0)
    low, high = np.where(np.isnan(y), np.nan, low), gammaincinv(y + 1, 1 - alpha)
    if method == "exact":
        return low, high

    def tail(mean: Floats) -> Floats:  # P(more than y) and half of P(y) together, rising with the mean
        more = np.where(y > 0, gammainc(shape, mean), 1.0)  # P(y or more)
        return np.asarray((more + 1 - gammaincc(y + 1, mean)) / 2)

    middle = np.where(y > 0, y, 0.0)
    mid_low = np.where(y > 0, search(tail, alpha, low, middle), low)
    return mid_low, search(tail, 1 - alpha, middle, high)


def search(rising: Callable[[Floats], Floats], wanted: float, low: Floats, high: Floats) -> Floats:
    """Where a rising function reaches `wanted`, between `low` and `high`: by halving."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = rising(middle) < wanted
        narrowed = np.where(below, middle, low), np.where(below, high, middle)
        if all(np.array_equal(a, b, equal_nan=True) for a, b in zip(narrowed, (low, high), strict=True)):
            break
        low, high = narrowed
    return np.asarray((low + high) / 2)


def proportion_interval(
    numerator: ArrayLike, denominator: ArrayLike, *, level: float = 0.95, method: str = "exact"
) -> Interval:
    """The interval of a share: exact (Clopper-Pearson) or Wilson's, without continuity correction.

    Parameters
    ----------
    numerator, denominator
        Broadcasting; NaN = not known, and a denominator of 0 gives no share.
    level
        Of the interval, two-sided.
    method
        exact: never covers less often than `level`. wilson: shorter, covers it on average.

    Raises
    ------
    ValueError
        For a method that is not built, a level outside 0 to 1, or a numerator outside 0 to denominator.

    References
    ----------
    Clopper & Pearson, Biometrika 26 (1934) 404-413; Wilson, JASA 22 (1927) 209-212.
    """
    check("method", method, PROPORTION_METHODS, level)
    from scipy.special import betaincinv, ndtri

    y, n = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (numerator, denominator)))
    not_negative(y, "numerator")
    n = np.where(n > 0, n, np.nan)
    if (y > n).any():
        raise ValueError("numerator is above the denominator")
    alpha, share = (1 - level) / 2, y / n
    if method == "wilson":
        z2 = ndtri(1 - alpha) ** 2
        centre, half = (y + z2 / 2) / (n + z2), np.sqrt(z2 * (y * ((n - y) / n) + z2 / 4)) / (n + z2)
        none, every = (y == 0) & (n > 0), y == n
        return Interval(share, np.where(none, 0.0, centre - half), np.where(every, 1.0, centre + half))
    low = np.where(y > 0, betaincinv(np.where(y > 0, y, 1.0), n - y + 1, alpha), 0.0)
    high = np.where(y < n, betaincinv(y + 1, np.where(y < n, n - y, 1.0), 1 - alpha), 1.0)
    missing = np.isnan(share)
    return Interval(share, np.where(missing, np.nan, low), np.where(missing, np.nan, high))


def check(what: str, name: str, built: tuple[str, ...], level: float) -> None:
    if name not in built:
        raise ValueError(f"{what} {name!r} is not built; these are: {', '.join(built)}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")


def not_negative(values: Floats, name: str) -> None:
    if (values < 0).any():
        raise ValueError(f"{name} is below 0")
