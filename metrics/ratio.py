"""Two rates compared, exactly.

References
----------
Przyborowski & Wilenski, Biometrika 31 (1940) 313-323.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .intervals import not_negative, proportion_interval
from .points import Floats

SAME = 1 + 1e-7  # two probabilities that differ by less are one, as in R's poisson.test


@dataclass(frozen=True)
class Ratio:
    """A ratio of two rates, its interval, and the p value of no difference; NaN as in `Interval`, or 0 / 0."""

    ratio: Floats
    low: Floats
    high: Floats
    p_value: Floats


def rate_ratio(count_1: ArrayLike, exposure_1: ArrayLike, count_2: ArrayLike, exposure_2: ArrayLike) -> Ratio:
    """The first rate over the second, with the exact conditional 95 % interval and two-sided p value.

    Parameters
    ----------
    count_1, exposure_1, count_2, exposure_2
        Broadcasting. Counts must be whole; NaN = not known, and an exposure of 0 gives no rate.

    Raises
    ------
    ValueError
        For counts below 0 or not whole.

    Notes
    -----
    Given the sum of both counts, the first is binomial. The p value adds up every outcome that is no more likely than
    the one seen (as R's poisson.test), so that it can disagree with the interval in rare cases.

    References
    ----------
    Przyborowski & Wilenski, Biometrika 31 (1940) 313-323.
    """
    arrays = (np.asarray(x, dtype=np.float64) for x in (count_1, exposure_1, count_2, exposure_2))
    y1, e1, y2, e2 = np.broadcast_arrays(*arrays)
    for y, name in ((y1, "count_1"), (y2, "count_2")):
        not_negative(y, name)
        if (y != np.floor(y)).any() and not np.isnan(y[y != np.floor(y)]).all():
            raise ValueError(f"{name} must be whole")
    e1, e2 = np.where(e1 > 0, e1, np.nan), np.where(e2 > 0, e2, np.nan)
    total = y1 + y2
    known = np.isfinite(total) & np.isfinite(e1) & np.isfinite(e2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(total > 0, (y1 / e1) / (y2 / e2), np.nan)
    p_value = np.full(ratio.shape, np.nan)
    p_value[known] = binomial_p(y1[known], total[known], (e1 / (e1 + e2))[known])
    return Ratio(ratio, *exact_limits(y1, e1, y2, e2), p_value)


def exact_limits(y1: Floats, e1: Floats, y2: Floats, e2: Floats) -> tuple[Floats, Floats]:
    """The conditional 95 % limits of the first rate over the second; counts need not be whole."""
    total = y1 + y2
    known = np.isfinite(total) & np.isfinite(e1) & np.isfinite(e2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = proportion_interval(y1, total)
        low, high = (bound / (1 - bound) * e2 / e1 for bound in (share.low, share.high))
    low, high = np.where(total == 0, 0.0, low), np.where(total == 0, np.inf, high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def binomial_p(y: Floats, n: Floats, share: Floats) -> Floats:
    """Two-sided exact p: the probability of all outcomes no more likely than y, found in the other tail by halving."""
    from scipy.special import betainc, gammaln, xlog1py, xlogy

    def log_density(k: Floats) -> Floats:
        ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return np.asarray(ways + xlogy(k, share) + xlog1py(n - k, -share))

    bar = log_density(y) + np.log(SAME)
    mode = np.floor((n + 1) * share)
    left = y < n * share  # the other tail is then to the right of the mode
    low, high = np.where(left, mode - 1, -1.0), np.where(left, n + 1, mode)  # y below the mode can be as likely as it
    # To the right: the first k no more likely than y lies in (low, high]. To the left: the last such k, in [low, high).
    for _ in range(64):
        middle = np.floor((low + high) / 2)
        rare = log_density(np.clip(middle, 0, n)) <= bar
        inside = (high - low) > 1
        to_high = np.where(left, rare, ~rare) & inside
        to_low = np.where(left, ~rare, rare) & inside
        high, low = np.where(to_high, middle, high), np.where(to_low, middle, low)
        if not inside.any():
            break
    lower_tail = np.where(left, y, low)
    upper_tail = np.where(left, high, y)
    # P(k or fewer), and P(k or more), as incomplete beta functions.
    below = betainc(np.maximum(n - lower_tail, 1), np.maximum(lower_tail, 0) + 1, 1 - share)
    above = betainc(np.maximum(upper_tail, 1), np.maximum(n - upper_tail, 0) + 1, share)
    below = np.where(lower_tail < 0, 0.0, np.where(lower_tail >= n, 1.0, below))
    above = np.where(upper_tail > n, 0.0, np.where(upper_tail <= 0, 1.0, above))
    return np.where(y == n * share, 1.0, np.minimum(1.0, below + above))
