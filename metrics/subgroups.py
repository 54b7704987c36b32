"""Charts of subgroups that were measured one by one: their means (xbar) and their standard deviations (s).

References
----------
Montgomery, Introduction to Statistical Quality Control, 7th ed. (2012), section 6.3: A3, B3, B4, and the pooled
standard deviation for subgroups of different sizes.
"""

import numpy as np

from .points import Bools, Floats, Points

SIGMAS = 3.0


def c4(size: Floats) -> Floats:
    """What a sample's standard deviation is, on average, of the population's; NaN below two values."""
    from scipy.special import gammaln

    n = np.where(size >= 2, size, np.nan)
    return np.asarray(np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2)))


def deviation(points: Points) -> Floats:
    """The standard deviation within subgroups of each segment: the mean where sizes are equal, else the pooled one.

    From the baseline's subgroups of two values or more; NaN where there are none.
    """
    assert points.deviations is not None  # control_chart asks for it
    base = points.base & (points.exposure >= 2) & ~np.isnan(points.deviations)
    n = np.add.reduceat(base.astype(np.float64), points.starts)
    deviations = np.where(base, points.deviations, 0.0)
    mean = _total(points, deviations, base) / n
    degrees = points.exposure - 1
    _, size = np.frexp(np.maximum.reduceat(deviations, points.starts))
    scaled = np.ldexp(deviations, -points.spread(size))  # so that no square is too large or too small to be held
    pooled = np.ldexp(np.sqrt(_total(points, degrees * scaled**2, base) / _total(points, degrees, base)), size)
    most = np.maximum.reduceat(np.where(base, points.exposure, -np.inf), points.starts)
    least = np.minimum.reduceat(np.where(base, points.exposure, np.inf), points.starts)
    return np.where(most == least, mean, pooled)


def _total(points: Points, values: Floats, where: Bools) -> Floats:
    return np.asarray(np.add.reduceat(np.where(where, values, 0.0), points.starts))


def a3(size: Floats) -> Floats:
    """The limits of a mean are so many standard deviations away."""
    return SIGMAS / (c4(size) * np.sqrt(size))


def b_width(size: Floats) -> Floats:
    """The limits of a standard deviation are its mean times 1 ± this."""
    unbiased = c4(size)
    return SIGMAS * np.sqrt(1 - unbiased**2) / unbiased
