"""Where a series most likely changed its level once, and how likely chance is to look like that.

References
----------
Worsley, Biometrika 73 (1986) 91-104 (likelihood ratio for one change of a mean); Hinkley, Biometrika 57 (1970) 1-17.
The p value is of the greatest ratio over all places, by simulation of normal series of the same length: at 12 and 13
months either side sums are close to normal, and only the length and the places allowed matter.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .points import Bools, Floats, Ints
from .widening import autocorrelation_of

RUNS = 9_999  # simulated series: p values go down to 1 in 10,000
SEED = 20_240_401  # any; fixed, so that the same figures come out each time
GRID = 4  # points
COEFFICIENTS = 3  # two levels and the place


@dataclass(frozen=True)
class Scan:
    """One figure a series, (n_series,).

    `place`: the first point of the new level among the points given. `ratio`: the greatest log-likelihood ratio, over
    `dispersion` and for neighbours that resemble each other; NaN where no place is allowed. `widening`: dispersion
    times (1 + r) / (1 - r). `drift`: a straight line explains more than the change.
    """

    place: Ints
    ratio: Floats
    before: Floats
    after: Floats
    dispersion: Floats
    autocorrelation: Floats
    widening: Floats
    drift: Bools


def scan(kind: str, top: Floats, size: Floats, n: Ints, position: Floats, first: Ints, least_after: int) -> Scan:
    """Try every place from `first` (n_series,) to `least_after` points before the end.

    Parameters
    ----------
    kind
        counts, shares or values.
    top, size
        (n_series, n_points): numerator and exposure, trials, or 1 for values. The first `n` points of a row count.
    position
        (n_series, n_points): of the points in the series, so that only neighbours are compared.
    """
    places = np.arange(top.shape[1])
    used = places < n[:, None]
    y, e = np.where(used, top, 0.0), np.where(used, size, 0.0)
    y1, e1 = (np.cumsum(x, axis=1) - x for x in (y, e))  # before each place
    total, whole = y.sum(axis=1)[:, None], e.sum(axis=1)[:, None]
    gain = _likelihood(kind, y1, e1) + _likelihood(kind, total - y1, whole - e1) - _likelihood(kind, total, whole)
    allowed = (places >= first[:, None]) & (places <= (n - least_after)[:, None])
    gain = np.where(allowed, np.maximum(gain, 0.0), -np.inf)
    place = gain.argmax(axis=1)
    best = np.take_along_axis(gain, place[:, None], axis=1)[:, 0]
    y1, e1 = (np.take_along_axis(x, place[:, None], axis=1)[:, 0] for x in (y1, e1))
    before, after = y1 / e1, (total[:, 0] - y1) / (whole[:, 0] - e1)
    level = np.where(places < place[:, None], before[:, None], after[:, None])
    pearson = _pearson(kind, y, e, level, used)
    dispersion = (pearson**2).sum(axis=1) / (n - 2)
    if kind != "values":
        dispersion = np.maximum(dispersion, 1.0)
    r = autocorrelation_of(pearson, used, position, COEFFICIENTS)
    widening = dispersion * (1 + r) / (1 - r)
    ratio = np.where(np.isfinite(best), np.where(best > 0, best / widening, 0.0), np.nan)
    return Scan(place, ratio, before, after, dispersion, r, widening, _drift(y, e, used, place))


def _likelihood(kind: str, y: Floats, e: Floats) -> Floats:
    """The log-likelihood of a level of its own; constants left out."""
    from scipy.special import xlogy

    level = y / np.where(e > 0, e, 1.0)
    if kind == "values":
        return np.asarray(e * level**2 / 2)
    if kind == "counts":
        return np.asarray(xlogy(y, level))
    return np.asarray(xlogy(y, level) + xlogy(np.maximum(e - y, 0.0), np.maximum(1 - level, 0.0)))


def _pearson(kind: str, y: Floats, e: Floats, level: Floats, used: Bools) -> Floats:
    variance = {"values": np.ones_like(e), "counts": e * level, "shares": e * level * (1 - level)}[kind]
    return np.where(used & (variance > 0), (y - e * level) / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)


def _drift(y: Floats, e: Floats, used: Bools, place: Ints) -> Bools:
    """Whether a weighted straight line explains more of the rates than two levels do."""
    places = np.arange(y.shape[1], dtype=np.float64)
    rate = np.where(used, y / np.where(used, e, 1.0), 0.0)
    explained = []
    for course in (np.broadcast_to(places, y.shape), (places >= place[:, None]).astype(np.float64)):
        x = course - (e * course).sum(axis=1, keepdims=True) / e.sum(axis=1, keepdims=True)
        explained.append((e * x * rate).sum(axis=1) ** 2 / (e * x**2).sum(axis=1))
    return np.asarray(explained[0] > explained[1])


@lru_cache(maxsize=512)
def chance_ratios(n: int, first: int, least_after: int) -> Floats:
    """The greatest ratios of simulated series without a change, ascending."""
    rng = np.random.default_rng([SEED, n, first, least_after])
    y = rng.standard_normal((RUNS, n))
    lengths = np.full(RUNS, n)
    position = np.broadcast_to(np.arange(n, dtype=np.float64), y.shape)
    found = scan("values", y, np.ones_like(y), lengths, position, np.full(RUNS, first), least_after)
    ratios = np.sort(found.ratio)
    ratios.setflags(write=False)
    return ratios


def _near(n: Ints) -> Ints:
    """The next multiple of `GRID` not below."""
    return np.asarray(-(-n // GRID) * GRID)


def p_values(found: Scan, n: Ints, first: Ints, least_after: int) -> Floats:
    """The share of series without a change, of the same length, whose greatest ratio is as great; NaN if not tried."""
    p = np.full(len(n), np.nan)
    tried = np.isfinite(found.ratio) | np.isposinf(found.ratio)
    # Series of nearly the same length share a simulation: the ratio's chance changes slowly, and each takes 50 ms.
    about = np.maximum(_near(n), _near(first) + least_after)
    for length, begin in np.unique(np.stack([about[tried], _near(first)[tried]], axis=1), axis=0).tolist():
        alike = tried & (about == length) & (_near(first) == begin)
        ratios = chance_ratios(length, begin, least_after)
        above = RUNS - np.searchsorted(ratios, found.ratio[alike], side="left")
        p[alike] = (1 + above) / (1 + RUNS)
    return p
