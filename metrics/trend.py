"""Is a rate or a share going up or down, and can the data tell that from no change?

References
----------
McCullagh & Nelder, Generalized Linear Models, 2nd ed. (1989), 6.2 and 4.5 (quasi-likelihood). The widening for
neighbouring months that resemble each other uses the effective number of points of a first-order autoregression
(Bayley & Hammersley, JRSS Supplement 8 (1946) 184-197), with the bias of r1 taken off.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from . import glm
from .points import Bools, Floats, Ints, Strings

COUNT_FAMILIES = ("quasi_poisson", "poisson")
PROPORTION_FAMILIES = ("quasi_binomial", "binomial")
AUTOCORRELATION = ("adjust", "none")
LEVEL = 0.95
MOST_AUTOCORRELATION = 0.9
LEAST_DF = 3.0
LEAST_MONTHS = 3  # two for the line and one to judge it by
LEAST_MONTHS_ADJUSTED = 6  # with fewer, r1 is mostly its own bias
ADJACENT = 1.5  # times the shortest step between months: further apart they are not neighbours
BLOCK_POINTS = 32_768  # so that a block's arrays stay in the processor's cache

REASONS = np.array(
    [
        "",
        "Too few months for a trend.",
        "Nothing was recorded in any month.",
        "Every one counted in every month: there is no share to follow.",
        "All of it falls into one end of the period, so no trend fits.",
    ]
)
FITTED, TOO_FEW, ALL_ZERO, ALL_ONE, NO_FIT = range(5)


@dataclass(frozen=True)
class Trend:
    """One figure a series, (...); NaN where `reason` is not ''.

    Attributes
    ----------
    log_ratio, standard_error
        Change of the log rate (or log odds) for one unit of time.
    ratio, low, high
        Rate (or odds) ratio for one unit of time, with its 95 % interval.
    p_value
        Two-sided, of no change.
    dispersion
        The variance is so many times that of the family; 1 for poisson and binomial.
    autocorrelation
        What the widening was made with: 0 to 0.9; 0 with "none".
    method, reason, n
        In words; why there is no figure; the months used.
    """

    log_ratio: Floats
    standard_error: Floats
    ratio: Floats
    low: Floats
    high: Floats
    p_value: Floats
    dispersion: Floats
    autocorrelation: Floats
    method: Strings
    reason: Strings
    n: Ints


def count_trend(
    count: ArrayLike,
    exposure: ArrayLike | None = None,
    time: ArrayLike | None = None,
    *,
    family: str = "quasi_poisson",
    autocorrelation: str = "adjust",
) -> Trend:
    """The trend of a rate: a log-linear model with the exposure as offset.

    Parameters
    ----------
    count
        (..., n_points), oldest first; NaN = not reported: dropped, while time keeps its gap.
    exposure
        Broadcast to `count`; NaN or 0 = not reported. None: 1.
    time
        Broadcast to `count`, ascending; the unit of the ratio. None: 0, 1, 2, ...
    family
        quasi_poisson or poisson.
    autocorrelation
        adjust: dispersion at least 1, and the standard error times √((1 + r*) / (1 - r*)), where r* is the lag-1
        correlation of the residuals of adjacent months, freed of its bias and cut to 0 ... 0.9; t with
        max(3, (n - 2) (1 - r*) / (1 + r*)) degrees of freedom. none: the plain model.

    Returns
    -------
    Trend

    Raises
    ------
    ValueError
        For a family or an option that is not built, counts or exposures below 0, shapes that do not broadcast.

    Notes
    -----
    No Newey-West errors: at 24 to 60 months they reject 9 to 16 % of independent series without a trend.
    """
    _known("family", family, COUNT_FAMILIES)
    top, size, times = _arrays(count, exposure, time)
    return _trend(top, size, times, family, autocorrelation, proportion=False)


def proportion_trend(
    numerator: ArrayLike,
    denominator: ArrayLike,
    time: ArrayLike | None = None,
    *,
    family: str = "quasi_binomial",
    autocorrelation: str = "adjust",
) -> Trend:
    """The trend of a share: a logistic model. The ratio is an odds ratio.

    Parameters, results and errors are as of `count_trend`; families: quasi_binomial, binomial. A numerator above its
    denominator is an error too.
    """
    _known("family", family, PROPORTION_FAMILIES)
    top, size, times = _arrays(numerator, denominator, time)
    if (top > size).any():
        raise ValueError(f"numerator is above the denominator at index {_first(top > size)}")
    return _trend(top, size, times, family, autocorrelation, proportion=True)


def _trend(top: Floats, size: Floats, time: Floats, family: str, autocorrelation: str, *, proportion: bool) -> Trend:
    _known("autocorrelation", autocorrelation, AUTOCORRELATION)
    shape, n_points = top.shape[:-1], top.shape[-1]
    rows = [x.reshape(prod(shape), n_points) for x in (top, size, time)]
    block = max(1, BLOCK_POINTS // max(n_points, 1))
    adjust, quasi = autocorrelation == "adjust", family.startswith("quasi")
    parts = [
        _trend_block(*(x[i : i + block] for x in rows), adjust=adjust, quasi=quasi, proportion=proportion)
        for i in range(0, max(len(rows[0]), 1), block)
    ]
    figures = [np.concatenate(figure).reshape(shape) for figure in zip(*parts, strict=True)]
    method = family.replace("_", "-") + (", widened for neighbouring months that resemble each other" if adjust else "")
    named = np.broadcast_to(np.array(method), shape)
    names = ("log_ratio", "standard_error", "ratio", "low", "high", "p_value", "dispersion", "autocorrelation")
    found = dict(zip(names, figures, strict=False))
    return Trend(**found, method=named, reason=REASONS[figures[8]], n=figures[9])


def _trend_block(
    top: Floats, size: Floats, time: Floats, *, adjust: bool, quasi: bool, proportion: bool
) -> tuple[Floats | Ints, ...]:
    """The first eight figures of a `Trend`, the index of the reason, and the months used."""
    used = np.isfinite(top) & np.isfinite(size) & (size > 0) & np.isfinite(time)
    n = used.sum(axis=1)
    y, m, x = np.where(used, top, 0.0), np.where(used, size, 1.0), np.where(used, time, 0.0)
    total, trials = y.sum(axis=1), (m * used).sum(axis=1)
    first, last = (
        np.where(used, time, np.inf).min(axis=1, initial=np.inf),
        np.where(used, time, -np.inf).max(axis=1, initial=-np.inf),
    )
    reason = np.zeros(len(y), dtype=np.int64)
    if proportion:
        reason[total >= trials] = ALL_ONE
    reason[total == 0] = ALL_ZERO
    reason[(n < (LEAST_MONTHS_ADJUSTED if adjust else LEAST_MONTHS)) | ~(last > first)] = TOO_FEW
    ok = np.flatnonzero(reason == FITTED)
    figures = np.full((8, len(y)), np.nan)
    if ok.size:
        y, m, x, used = y[ok], m[ok], x[ok], used[ok]
        pooled = total[ok] / trials[ok]
        start = np.log(pooled / (1 - pooled)) if proportion else np.log(pooled)
        with np.errstate(all="ignore"):  # a series that no line fits runs off; it is caught below
            fit = glm.fit_lines(y, m, x, used, start, glm.binomial if proportion else glm.poisson)
            found = _inference(fit, used, x, n[ok], adjust=adjust, quasi=quasi)
        figures[:, ok] = np.where(fit.converged, found, np.nan)
        reason[ok[~fit.converged]] = NO_FIT
    return (*figures, reason, n)


def _inference(fit: glm.Fit, used: Bools, time: Floats, n: Ints, *, adjust: bool, quasi: bool) -> Floats:
    """Dispersion, autocorrelation, and with them the interval and the p value."""
    from scipy.special import stdtr, stdtrit

    dispersion = (fit.pearson**2).sum(axis=1) / (n - 2) if quasi else np.ones(len(n))
    degrees = (n - 2).astype(np.float64) if quasi else np.full(len(n), np.inf)
    r = np.zeros(len(n))
    if adjust:
        r = _autocorrelation(fit.pearson, used, time, n)
        dispersion = np.maximum(dispersion, 1.0)
        degrees = np.maximum(LEAST_DF, (n - 2) * (1 - r) / (1 + r))
    error = fit.standard_error * np.sqrt(dispersion * (1 + r) / (1 - r))
    degrees = np.minimum(degrees, 1e10)  # stdtrit wants a number; the normal distribution to the last digit
    reach = stdtrit(degrees, (1 + LEVEL) / 2) * error
    p_value = 2 * stdtr(degrees, -np.abs(fit.slope) / error)
    ratio, low, high = (np.exp(x) for x in (fit.slope, fit.slope - reach, fit.slope + reach))
    return np.array([fit.slope, error, ratio, low, high, p_value, dispersion, r])


def _autocorrelation(pearson: Floats, used: Bools, time: Floats, n: Ints) -> Floats:
    """Lag-1 correlation over adjacent months, freed of its bias at small n and cut to 0 ... 0.9."""
    pairs = used[:, 1:] & used[:, :-1]
    step = np.where(pairs, np.diff(time, axis=1), np.inf)
    pairs &= step <= ADJACENT * step.min(axis=1, initial=np.inf)[:, None]
    squares = (pearson**2).sum(axis=1)
    products = np.where(pairs, pearson[:, 1:] * pearson[:, :-1], 0.0).sum(axis=1)
    n_pairs = pairs.sum(axis=1)
    # Where months are missing there are fewer pairs than n - 1, which alone must not shrink r.
    raw = np.where((n_pairs > 0) & (squares > 0), products / squares * (n - 1) / np.maximum(n_pairs, 1), 0.0)
    return np.clip((raw + 2 / n) / (1 - 4 / n), 0.0, MOST_AUTOCORRELATION)


def _arrays(top: ArrayLike, size: ArrayLike | None, time: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    """Count, exposure and time, all of the count's shape."""
    counts = np.asarray(top, dtype=np.float64)
    if counts.ndim == 0:
        raise ValueError("count needs an axis of points")
    sizes = np.broadcast_to(np.asarray(1.0 if size is None else size, dtype=np.float64), counts.shape)
    times = np.arange(counts.shape[-1]) if time is None else time
    if (counts < 0).any() or (sizes < 0).any():
        name, wrong = ("count", counts < 0) if (counts < 0).any() else ("exposure", sizes < 0)
        raise ValueError(f"{name} is negative at index {_first(wrong)}")
    return counts, sizes, np.broadcast_to(np.asarray(times, dtype=np.float64), counts.shape)


def _first(wrong: Bools) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def _known(what: str, name: str, built: tuple[str, ...]) -> None:
    if name not in built:
        raise ValueError(f"{what} {name!r} is not built; these are: {', '.join(built)}")
