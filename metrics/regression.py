"""Models of a few coefficients on the log or logit scale, fitted to many series at once by Newton's method.

`glm.fit_lines` is this for a straight line, written out. statsmodels fits one series at a time: it is the oracle of
the tests.
"""

from dataclasses import dataclass

import numpy as np

from .glm import LONGEST_STEP, MAX_STEPS, TOLERANCE, Mean
from .points import Bools, Floats


@dataclass(frozen=True)
class Fit:
    """Coefficients (n_series, k), their covariance (n_series, k, k) at dispersion 1, and what is left of the points.

    `mean` and `pearson` are (n_series, n_points), 0 where a point takes no part; `theta` is (n_series,), infinite for
    all but the negative binomial. `converged` False: the figures are meaningless.
    """

    coefficients: Floats
    covariance: Floats
    mean: Floats
    pearson: Floats
    theta: Floats
    converged: Bools


def fit(
    design: Floats, y: Floats, size: Floats, used: Bools, start: Floats, mean: Mean, theta: Floats | None = None
) -> Fit:
    """Fit each row of y on its design.

    Parameters
    ----------
    design
        (n_series, k, n_points), each row of a size near 1. Points that are not `used` may hold anything finite.
    y, size
        (n_series, n_points): counts, and exposures or trials.
    start
        (n_series, k): where Newton sets out.
    theta
        (n_series,): of a negative binomial, whose variance is μ + μ² / θ, held fixed. None: infinite.
    """
    weight = used.astype(np.float64)
    design, y, size = design * weight[:, None, :], y * weight, size * weight
    thetas = np.full(len(y), np.inf) if theta is None else theta
    coefficients = start.copy()
    converged = np.zeros(len(y), dtype=bool)
    active = np.arange(len(y))
    part = (design, y, size, thetas)
    for _ in range(MAX_STEPS):
        step, moving = _step(*part, coefficients[active], mean)
        coefficients[active] += step
        converged[active] = moving < TOLERANCE
        going = (moving >= TOLERANCE) & np.isfinite(moving)
        if not going.any():
            break
        if not going.all():
            active = active[going]
            part = (design[active], y[active], size[active], thetas[active])
    means, variance = mean(line_of(design, coefficients), size)
    share = 1 / (1 + means / thetas[:, None])
    covariance = _inverse(_information(design, share * variance))
    pearson = np.where(used, (y - means) * np.sqrt(share / np.where(used, variance, 1.0)), 0.0)
    return Fit(coefficients, covariance, means, pearson, thetas, converged & np.isfinite(covariance).all(axis=(1, 2)))


def line_of(design: Floats, coefficients: Floats) -> Floats:
    """The linear predictor, (n_series, n_points)."""
    return np.asarray((design * coefficients[:, :, None]).sum(axis=1))


def _step(
    design: Floats, y: Floats, size: Floats, theta: Floats, coefficients: Floats, mean: Mean
) -> tuple[Floats, Floats]:
    """One step of every series, shortened where it would go too far, and how far it takes a linear predictor.

    A negative binomial is a Poisson whose points count for θ / (θ + μ) of what they did. Steps go by the curvature
    seen, the covariance by the one expected, as R's: for small θ the latter takes hundreds of steps.
    """
    means, variance = mean(line_of(design, coefficients), size)
    share = 1 / (1 + means / theta[:, None])
    score = (design * (share * (y - means))[:, None, :]).sum(axis=2)
    curvature = share**2 * variance * (1 + y / theta[:, None])
    step = (_inverse(_information(design, curvature)) * score[:, None, :]).sum(axis=2)
    moving = np.abs(line_of(design, step)).max(axis=1, initial=0.0)
    short = np.minimum(1.0, LONGEST_STEP / np.where(moving > 0, moving, 1.0))
    return step * short[:, None], np.asarray(moving)


def _information(design: Floats, weight: Floats) -> Floats:
    """Sums along the last axis, pair by pair: a series then gives the same bits in whatever batch it stands."""
    k = design.shape[1]
    information = np.empty((len(design), k, k))
    for i in range(k):
        weighted = design[:, i] * weight
        for j in range(i, k):
            information[:, i, j] = information[:, j, i] = (weighted * design[:, j]).sum(axis=1)
    return information


def _inverse(matrices: Floats) -> Floats:
    """NaN where a matrix has none: numpy would refuse the whole batch."""
    whole: Bools = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))
    safe = np.where(whole[:, None, None], matrices, 0.0)
    whole &= np.linalg.det(safe) > 0
    inverse = np.linalg.inv(np.where(whole[:, None, None], safe, np.eye(matrices.shape[1])))
    return np.where(whole[:, None, None], inverse, np.nan)
