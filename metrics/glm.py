"""Straight-line trends on the log or logit scale, fitted to many series at once by Newton's method.

With two coefficients a step is a 2 x 2 system that can be written out, so that every series of a batch takes its step
in the same few array operations. statsmodels fits one series at a time: it is the oracle of the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .points import Bools, Floats

MAX_STEPS = 60
TOLERANCE = 1e-11  # the largest change of any linear predictor in the last step
LONGEST_STEP = 4.0  # of a linear predictor in one step: keeps the exponential in bounds far from the solution

# (linear predictor, size) -> mean and its variance at dispersion 1. Size: exposure, or the number of trials.
Mean = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Fit:
    """A straight line for each series: slope a unit of time, its standard error at dispersion 1, and the residuals.

    `pearson` is (n_series, n_points), 0 where a point takes no part. `converged` False: the figures are meaningless.
    """

    slope: Floats
    standard_error: Floats
    pearson: Floats
    converged: Bools


def poisson(eta: Floats, size: Floats) -> tuple[Floats, Floats]:
    mean = size * np.exp(eta)
    return mean, mean


def binomial(eta: Floats, size: Floats) -> tuple[Floats, Floats]:
    share = 1 / (1 + np.exp(-eta))
    return size * share, size * share * (1 - share)


def fit_lines(y: Floats, size: Floats, time: Floats, used: Bools, start: Floats, mean: Mean) -> Fit:
    """Fit each row of y on time.

    Parameters
    ----------
    y, size, time
        (n_series, n_points). Points that are not `used` may hold anything finite.
    start
        (n_series,): the linear predictor of a level line, from which Newton sets out.
    """
    weight = used.astype(np.float64)
    middle = (time * weight).sum(axis=1) / weight.sum(axis=1)
    x = (time - middle[:, None]) * weight
    span = np.abs(x).max(axis=1)
    # Time in units of the span: steps and tolerance are then of the linear predictor, whatever time is measured in.
    x = x / span[:, None]
    y, size = y * weight, size * weight
    level, slope = start.copy(), np.zeros_like(start)
    converged = np.zeros(len(y), dtype=bool)
    active = np.arange(len(y))
    part = (y, size, x)
    for _ in range(MAX_STEPS):
        step_level, step_slope = _step(*part, level[active], slope[active], mean)
        level[active] += step_level
        slope[active] += step_slope
        moving = np.abs(step_level) + np.abs(step_slope)
        converged[active] = moving < TOLERANCE
        going = (moving >= TOLERANCE) & np.isfinite(moving)
        if not going.any():
            break
        if not going.all():
            active = active[going]
            part = (y[active], size[active], x[active])
    means, variance = mean(level[:, None] + slope[:, None] * x, size)
    information = _information(variance, x)
    error = np.sqrt(information[0] / _determinant(*information))
    pearson = np.where(used, (y - means) / np.sqrt(np.where(used, variance, 1.0)), 0.0)
    return Fit(slope / span, error / span, pearson, converged & np.isfinite(error))


def _step(y: Floats, size: Floats, x: Floats, level: Floats, slope: Floats, mean: Mean) -> tuple[Floats, Floats]:
    """One Newton step of every series, shortened where it would take a linear predictor too far."""
    means, variance = mean(level[:, None] + slope[:, None] * x, size)
    residual = y - means
    u0, u1 = residual.sum(axis=1), np.einsum("ij,ij->i", residual, x)
    i00, i01, i11 = _information(variance, x)
    determinant = _determinant(i00, i01, i11)
    d0, d1 = (i11 * u0 - i01 * u1) / determinant, (i00 * u1 - i01 * u0) / determinant
    short = np.minimum(1.0, LONGEST_STEP / (np.abs(d0) + np.abs(d1)))
    return d0 * short, d1 * short


def _information(variance: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    weighted = variance * x
    return variance.sum(axis=1), weighted.sum(axis=1), np.einsum("ij,ij->i", weighted, x)


def _determinant(i00: Floats, i01: Floats, i11: Floats) -> Floats:
    return i00 * i11 - i01 * i01
