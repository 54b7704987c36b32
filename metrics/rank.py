"""Trend tests that ask only for the order of the values: Mann-Kendall and Theil-Sen.

References
----------
Kendall, Rank Correlation Methods, 4th ed. (1970), chapters 4 and 5; Sen, JASA 63 (1968) 1379-1389; Hamed & Rao,
Journal of Hydrology 204 (1998) 182-196.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .points import Bools, Floats, Ints

AUTOCORRELATION = ("none", "effective_n", "hamed_rao")
MOST_AUTOCORRELATION = 0.9
BLOCK_PAIRS = 1_000_000  # pairs of points that are held at a time
HAMED_RAO_LEVEL = 0.95  # autocorrelations outside this interval of no correlation count


@dataclass(frozen=True)
class MannKendall:
    """One figure a series, (...); NaN for fewer than 3 values; tau, z and p also when all are equal."""

    s: Floats
    variance: Floats
    tau: Floats
    z: Floats
    p_value: Floats
    n: Ints


@dataclass(frozen=True)
class TheilSen:
    """The median of all pairwise slopes and its interval, a unit of time, (...); NaN for fewer than 3 values."""

    slope: Floats
    low: Floats
    high: Floats


def mann_kendall(values: ArrayLike, *, autocorrelation: str = "none") -> MannKendall:
    """Whether later values tend to be higher or lower, ties corrected.

    Parameters
    ----------
    values
        (..., n_points), oldest first; NaN is dropped.
    autocorrelation
        none. effective_n: the variance times (1 + r*) / (1 - r*), r* being the lag-1 correlation of the values less
        their Theil-Sen line, freed of its bias and cut to 0 ... 0.9: what the pages use. hamed_rao: as modifiedmk
        1.6, for comparison only; it rejects 8 % of independent series.

    Raises
    ------
    ValueError
        For another option.
    """
    if autocorrelation not in AUTOCORRELATION:
        raise ValueError(f"autocorrelation {autocorrelation!r} is not built; these are: {', '.join(AUTOCORRELATION)}")
    y, shape = _rows(values)
    parts = [_mann_kendall(block, autocorrelation) for block in _blocks(y)]
    s, variance, tau, z, p_value, n = (np.concatenate(x).reshape(shape) for x in zip(*parts, strict=True))
    return MannKendall(s, variance, tau, z, p_value, n.astype(np.int64))


def _mann_kendall(y: Floats, autocorrelation: str) -> tuple[Floats, ...]:
    from scipy.special import ndtr

    used = ~np.isnan(y)
    n = used.sum(axis=1)
    early, late = np.triu_indices(y.shape[1], 1)
    signs = np.sign(y[:, late] - y[:, early])
    s = np.nansum(signs, axis=1)
    ties = _tie_sizes(y)
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum(axis=1)) / 18
    pairs = n * (n - 1) / 2
    untied = pairs - (ties * (ties - 1) / 2).sum(axis=1)
    some = (n >= 3) & (variance > 0)
    tau = s / np.sqrt(np.where(some, untied * pairs, 1.0))
    factor = np.ones(len(y))
    if autocorrelation == "effective_n":
        r = _residual_correlation(y, used)
        factor = (1 + r) / (1 - r)
    elif autocorrelation == "hamed_rao":
        factor = np.array([_hamed_rao(row[mask]) if ok else 1.0 for row, mask, ok in zip(y, used, some, strict=True)])
    variance = np.where(some, variance * factor, variance)
    z = (s - np.sign(s)) / np.sqrt(np.where(variance > 0, variance, np.nan))
    p_value = 2 * ndtr(-np.abs(z))
    figures = [np.where(n >= 3, figure, np.nan) for figure in (s, variance)]
    figures += [np.where(some, figure, np.nan) for figure in (tau, z, p_value)]
    return (*figures, n.astype(np.float64))


def _tie_sizes(y: Floats) -> Floats:
    """How often each value occurs, at its first place in the sorted row; 0 elsewhere and for NaN."""
    ordered = np.sort(y, axis=1)
    new = np.ones(ordered.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    begins = np.flatnonzero(new.ravel())  # every row begins with a new value, and each NaN is one
    sizes = np.zeros(ordered.size)
    sizes[begins] = np.diff(begins, append=ordered.size)
    return np.where(np.isnan(ordered), 0.0, sizes.reshape(ordered.shape))


def _residual_correlation(y: Floats, used: Bools) -> Floats:
    """Lag-1 correlation of the values less their Theil-Sen line, over adjacent points, freed of its bias."""
    time = np.arange(y.shape[1], dtype=np.float64)
    slope, _, _ = _theil_sen(y, np.broadcast_to(time, y.shape), 0.95)
    residual = y - np.where(np.isnan(slope), 0.0, slope)[:, None] * time
    n = np.maximum(used.sum(axis=1), 1)
    centre = np.where(used, residual, 0.0).sum(axis=1) / n
    residual = np.where(used, residual - centre[:, None], 0.0)
    _, size = np.frexp(np.abs(residual).max(axis=1, initial=0.0))
    residual = np.ldexp(residual, -size[:, None])  # so that no square is too large or too small to be held
    squares = (residual**2).sum(axis=1)
    n_pairs = (used[:, 1:] & used[:, :-1]).sum(axis=1)
    products = (residual[:, 1:] * residual[:, :-1]).sum(axis=1)
    raw = products / np.where(squares > 0, squares, 1.0) * (n - 1) / np.maximum(n_pairs, 1)
    unbiased = (raw + 2 / n) / np.where(n > 4, 1 - 4 / n, 1.0)
    return np.asarray(np.clip(unbiased, 0.0, MOST_AUTOCORRELATION))


def _hamed_rao(y: Floats) -> float:
    """The variance factor of Hamed & Rao from the ranks of the detrended values, as modifiedmk has it.

    One series at a time: it is for comparison only, no page uses it.
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    n = len(y)
    time = np.arange(n, dtype=np.float64)
    slope, _, _ = _theil_sen(y[None], time[None], 0.95)
    ranks = rankdata(y - slope[0] * (time + 1))
    centred = ranks - ranks.mean()
    if not centred.any():  # all on one line: nothing is left to be correlated
        return np.nan
    correlation = np.array([centred[lag:] @ centred[: n - lag] for lag in range(1, n)]) / (centred @ centred)
    bound = ndtri((1 + HAMED_RAO_LEVEL) / 2) / np.sqrt(n)
    lag = np.arange(1, n)
    kept = np.where(np.abs(correlation) > bound, correlation, 0.0)
    return float(1 + 2 / (n * (n - 1) * (n - 2)) * ((n - lag) * (n - lag - 1) * (n - lag - 2) * kept).sum())


def theil_sen(values: ArrayLike, time: ArrayLike | None = None, *, level: float = 0.95) -> TheilSen:
    """The median slope and its rank interval.

    Parameters
    ----------
    values
        (..., n_points), oldest first; NaN is dropped, while time keeps its gap.
    time
        Broadcast to `values`. None: 0, 1, 2, ...
    """
    y, shape = _rows(values)
    times = np.arange(y.shape[1]) if time is None else np.asarray(time, dtype=np.float64)
    times = np.broadcast_to(times, np.shape(values)).reshape(y.shape).astype(np.float64)
    parts = [_theil_sen(*block, level) for block in zip(_blocks(y), _blocks(times), strict=True)]
    return TheilSen(*(np.concatenate(figure).reshape(shape) for figure in zip(*parts, strict=True)))


def _theil_sen(y: Floats, time: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    from scipy.special import ndtri

    early, late = np.triu_indices(y.shape[1], 1)
    width = time[:, late] - time[:, early]
    slopes = np.sort((y[:, late] - y[:, early]) / np.where(width == 0, np.nan, width), axis=1)
    n, pairs = (~np.isnan(y)).sum(axis=1), (~np.isnan(slopes)).sum(axis=1)
    ties = _tie_sizes(y)
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum(axis=1)) / 18
    reach = ndtri((1 + level) / 2) * np.sqrt(np.maximum(variance, 0.0))
    enough = (n >= 3) & (pairs > 0)
    middle = (_ranked(slopes, (pairs - 1) // 2, pairs) + _ranked(slopes, pairs // 2, pairs)) / 2
    low = _ranked(slopes, np.round((pairs - reach) / 2).astype(np.int64) - 1, pairs)
    high = _ranked(slopes, np.round((pairs + reach) / 2 + 1).astype(np.int64) - 1, pairs)
    return tuple(np.where(enough, figure, np.nan) for figure in (middle, low, high))  # type: ignore[return-value]


def _ranked(ordered: Floats, place: Ints, n: Ints) -> Floats:
    """The value at a place, counted from 0 and kept within the first n of each row."""
    if not ordered.shape[1]:
        return np.full(len(ordered), np.nan)
    inside = np.clip(place, 0, np.maximum(n - 1, 0))
    return np.asarray(np.take_along_axis(ordered, inside[:, None], axis=1)[:, 0])


def _rows(values: ArrayLike) -> tuple[Floats, tuple[int, ...]]:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim == 0:
        raise ValueError("values need an axis of points")
    return y.reshape(prod(y.shape[:-1]), y.shape[-1]), y.shape[:-1]


def _blocks(y: Floats) -> Iterator[Floats]:
    size = max(1, BLOCK_PAIRS // max(1, y.shape[1] * (y.shape[1] - 1) // 2))
    for begin in range(0, max(len(y), 1), size):
        yield y[begin : begin + size]
