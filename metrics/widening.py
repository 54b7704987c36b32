"""How far to trust a fitted coefficient: dispersion, neighbouring months that resemble each other, t, and p.

References
----------
McCullagh & Nelder, Generalized Linear Models, 2nd ed. (1989), 4.5 and 6.2 (quasi-likelihood). The widening for
neighbouring months uses the effective number of points of a first-order autoregression (Bayley & Hammersley, JRSS
Supplement 8 (1946) 184-197), with the bias of r1 taken off.
"""

from dataclasses import dataclass

import numpy as np

from .points import Bools, Floats

LEVEL = 0.95
LEAST_SCATTER = 1e-9  # mean square of Pearson residuals; chance has 1, and below this they are rounding
MOST_AUTOCORRELATION = 0.9
LEAST_DF = 3.0
ADJACENT = 1.5  # times the shortest step between months: further apart they are not neighbours
NORMAL_DF = 1e10  # stdtrit wants a number; the normal distribution to the last digit


@dataclass(frozen=True)
class Widening:
    """One figure a series, (n_series,). `factor`: what a standard error at dispersion 1 is to be multiplied by."""

    dispersion: Floats
    autocorrelation: Floats
    factor: Floats
    degrees: Floats


def widen(pearson: Floats, used: Bools, time: Floats, n_coefficients: int, *, adjust: bool, quasi: bool) -> Widening:
    """What the residuals of a fit say about its standard errors.

    Parameters
    ----------
    pearson, used, time
        (n_series, n_points): Pearson residuals, 0 where a point takes no part.
    n_coefficients
        Of the fit: that many degrees of freedom are gone.
    adjust
        Dispersion at least 1, and the widening for neighbouring months.
    quasi
        Estimate the dispersion; else it is 1.
    """
    n = used.sum(axis=1)
    left = (n - n_coefficients).astype(np.float64)
    dispersion = (pearson**2).sum(axis=1) / left if quasi else np.ones(len(n))
    degrees = left if quasi else np.full(len(n), np.inf)
    r = np.zeros(len(n))
    if adjust:
        r = autocorrelation_of(pearson, used, time, n_coefficients)
        dispersion = np.maximum(dispersion, 1.0)
        degrees = np.maximum(LEAST_DF, left * (1 - r) / (1 + r))
    return Widening(dispersion, r, np.sqrt(dispersion * (1 + r) / (1 - r)), degrees)


def autocorrelation_of(pearson: Floats, used: Bools, time: Floats, n_coefficients: int) -> Floats:
    """Lag-1 correlation over adjacent months, freed of its bias at small n and cut to 0 ... 0.9.

    For a line, (r1 + 2/n) / (1 - 4/n): every coefficient that follows slow changes takes off about 1/n.
    """
    n = used.sum(axis=1)
    pairs = used[:, 1:] & used[:, :-1]
    step = np.where(pairs, np.diff(time, axis=1), np.inf)
    pairs &= step <= ADJACENT * step.min(axis=1, initial=np.inf)[:, None]
    squares = (pearson**2).sum(axis=1)
    products = np.where(pairs, pearson[:, 1:] * pearson[:, :-1], 0.0).sum(axis=1)
    n_pairs = pairs.sum(axis=1)
    # Where months are missing there are fewer pairs than n - 1, which alone must not shrink r.
    told = (n_pairs > 0) & (squares > LEAST_SCATTER * n)
    raw = np.where(told, products / squares * (n - 1) / np.maximum(n_pairs, 1), 0.0)
    k = n_coefficients
    return np.asarray(np.clip((raw + k / n) / np.maximum(1 - 2 * k / n, 1 / n), 0.0, MOST_AUTOCORRELATION))


def interval_of(estimate: Floats, error: Floats, degrees: Floats) -> tuple[Floats, Floats]:
    """How far the 95 % interval reaches either side of an estimate, and the two-sided p value of 0."""
    from scipy.special import stdtr, stdtrit

    finite = np.minimum(degrees, NORMAL_DF)
    level = (estimate == 0) & (error == 0)  # every point on a level line: nothing speaks against no change
    distance = np.abs(estimate) / np.where(level, 1.0, error)
    return stdtrit(finite, (1 + LEVEL) / 2) * error, 2 * stdtr(finite, -distance)
