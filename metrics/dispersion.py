"""How much more units vary than chance explains: φ, and τ², the variance of their own true levels.

References
----------
Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202: φ, Winsorising and additive τ². Paule & Mandel, Journal of
Research of the National Bureau of Standards 87 (1982) 377-385: τ² as the variance at which z scores vary as they should.
"""

from dataclasses import dataclass

import numpy as np

from .points import Bools, Floats, Ints

STEPS = 60  # halvings in the search for τ²
ALMOST_ONE = 1 - 1e-9  # 0.1 times 10 is one unit, whatever the rounding
MOST_CORRELATION = 0.999  # of two patients of one unit


@dataclass(frozen=True)
class Units:
    """Rows of units, one funnel a row: events and exposure (0 where not reported), and what chance alone expects.

    `y`, `size`, `known` and `mean` are (n_funnels, n_units), `centre` is (n_funnels,).
    """

    y: Floats
    size: Floats
    known: Bools
    centre: Floats
    mean: Floats
    proportion: bool


def spread(units: Units, how: str, trim: float, *, exact: bool) -> tuple[Floats, Floats]:
    """φ and τ² of each funnel: NaN and 0 where not asked for, or below 2 units.

    Exact: τ² is 0 too where the trim reaches no whole unit at each end, since one that is different would then pass for
    spread between all.
    """
    n = units.known.sum(axis=1)
    phi, tau_squared = np.full(len(n), np.nan), np.zeros(len(n))
    if how == "none" or not (n > 1).any():
        return phi, tau_squared
    if exact:
        left = left_of_normal(how, trim)
        found = _phi(_pearson(units, tau_squared), how, trim)[0] / left, _variance_that_fits(units, how, trim, left)
    else:
        found = _moments(units, how, trim)
    enough = (n > 1) & ((trim * (n - 1) >= ALMOST_ONE) | (not exact))
    return np.where(n > 1, found[0], np.nan), np.where(enough & (found[1] > 0), found[1], 0.0)


def _moments(units: Units, how: str, trim: float) -> tuple[Floats, Floats]:
    """As it is usually done: one step from φ to τ², on the scale of the arcsine or the logarithm."""
    z, weight = _transformed_z(units)
    phi, used = _phi(z, how, trim, units.known & (units.y == 0) & (not units.proportion))
    n, weight = used.sum(axis=1), np.where(used, weight, 0.0)
    total = weight.sum(axis=1)
    tau_squared = (n * phi - (n - 1)) / (total - (weight**2).sum(axis=1) / total)
    return phi, np.where(n > 1, tau_squared, 0.0)


def _transformed_z(units: Units) -> tuple[Floats, Floats]:
    """z scores of the arcsine or the logarithm, and 1 / variance. No event counts as half of one in a logarithm."""
    if units.proportion:
        z = np.arcsin(np.sqrt(units.y / units.size)) - np.arcsin(np.sqrt(units.centre))[:, None]
        weight = 4 * units.size
    else:
        z, weight = np.log(np.where(units.y > 0, units.y, 0.5) / units.mean), units.mean
    return np.where(weight > 0, z * np.sqrt(weight), np.nan), weight


def _pearson(units: Units, between: Floats) -> Floats:
    """(Observed - expected) / standard deviation, allowing for spread between units; NaN where there is none."""
    chance = units.mean * (1 - units.centre)[:, None] if units.proportion else units.mean
    grows = np.maximum(units.size - 1, 0.0) if units.proportion else units.mean
    deviation = np.sqrt(chance) * np.sqrt(1 + between[:, None] * grows)
    return np.where(units.known & (deviation > 0), (units.y - units.mean) / deviation, np.nan)


def _variance_that_fits(units: Units, how: str, trim: float, left: float) -> Floats:
    """τ² at which the z scores that allow for it vary as those of N units about their own mean do: (N - 1) / N."""
    n = units.known.sum(axis=1)
    wanted = left * (n - 1) / np.maximum(n, 1)
    low = np.zeros(len(n))
    largest = np.where(units.known, (units.y / units.mean - 1) ** 2, 0.0).max(axis=1, initial=0.0) / left
    high = np.full(len(n), MOST_CORRELATION) if units.proportion else np.nan_to_num(largest)
    some = _phi(_pearson(units, low), how, trim)[0] > wanted
    for _ in range(STEPS if some.any() else 0):
        middle = (low + high) / 2
        more = _phi(_pearson(units, middle), how, trim)[0] > wanted
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    found = np.where(some, low, 0.0)
    return found * units.centre * (1 - units.centre) if units.proportion else found


def _phi(z: Floats, how: str, trim: float, lowest: Bools | bool = False) -> tuple[Floats, Bools]:
    """The mean of z², without the extremes, and which units it was taken of. NaN is left out.

    Truncating takes `lowest` for the lowest of all: the logarithm of no event is, whatever stands in for it.
    """
    used = ~np.isnan(z)
    n = used.sum(axis=1)
    if how == "winsorise":
        z = np.clip(z, _quantile(z, n, trim)[:, None], _quantile(z, n, 1 - trim)[:, None])
    else:
        from scipy.stats import rankdata

        ordered = np.where(used, np.where(lowest, -np.inf, z), np.inf)
        rank = rankdata(ordered, axis=1) / trim / (n + 1)[:, None]  # equal ones share their mean rank, as in R
        used = used & (rank >= 1) & (rank < 1 / trim - 1)
    return np.where(used, z * z, 0.0).sum(axis=1) / used.sum(axis=1), used


def _quantile(z: Floats, n: Ints, share: float) -> Floats:
    """R's type 7, of the n values in each row that are not NaN."""
    place = share * np.maximum(n - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(n - 1, 0))
    ordered = np.sort(z, axis=1)  # NaN goes last
    a, b = (np.take_along_axis(ordered, i[:, None], axis=1)[:, 0] for i in (below, above))
    return np.asarray(a + (b - a) * (place - below))


def left_of_normal(how: str, trim: float) -> float:
    """The mean of z² of normal z scores, once their extremes are drawn in or left out."""
    from scipy.special import ndtri

    q, inside = float(ndtri(1 - trim)), 1 - 2 * trim
    body = inside - 2 * q * float(np.exp(-q * q / 2)) / float(np.sqrt(2 * np.pi))
    return body + 2 * trim * q * q if how == "winsorise" else body / inside
