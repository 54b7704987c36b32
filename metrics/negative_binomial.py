"""Negative binomial models of many series at once, θ by maximum likelihood.

References
----------
Venables & Ripley, Modern Applied Statistics with S, 4th ed. (2002), 7.4: `MASS::glm.nb`, whose standard errors hold θ
fixed. Levin & Reeds, Annals of Statistics 5 (1977) 79-87: the likelihood has its maximum at a finite θ only if the
counts vary more than a Poisson's.
"""

import numpy as np

from . import glm, regression
from .points import Bools, Floats

MAX_ROUNDS = 60
MAX_STEPS = 100
LONGEST_STEP = 1.0  # of log θ
STEADY = 1e-9  # the largest change, in the last round, of the logarithm of what a point counts for
STIRLING = 1000.0  # beyond it two terms of the series are exact to the last digits
NEARLY_POISSON = 1e-6  # mean / θ: below it the standard error is the Poisson's to six digits


def fit(design: Floats, y: Floats, size: Floats, used: Bools, start: Floats) -> regression.Fit:
    """As `regression.fit`, with θ; infinite, and the fit a Poisson's, where the counts vary no more than a Poisson's.

    By turns the coefficients at a fixed θ and θ at fixed means, until both stand still, as glm.nb does.
    """
    poisson = regression.fit(design, y, size, used, start, glm.poisson)
    theta = np.full(len(y), np.inf)
    found = {name: np.array(getattr(poisson, name)) for name in ("coefficients", "covariance", "mean", "pearson")}
    converged = poisson.converged.copy()
    guess = _by_moments(y, poisson.mean, used)
    active = np.flatnonzero(poisson.converged & np.isfinite(guess))
    theta[active] = guess[active]
    for _ in range(MAX_ROUNDS):
        if not active.size:
            break
        data = design[active], y[active], size[active], used[active]
        now = regression.fit(*data, found["coefficients"][active], glm.poisson, theta[active])
        for name, figures in found.items():
            figures[active] = getattr(now, name)
        better = _best_theta(data[1], now.mean, data[3], theta[active])
        middle = _mean(now.mean, data[3])
        moved = np.abs(np.log(better / theta[active])) * middle / (middle + better)
        theta[active] = np.where(middle < NEARLY_POISSON * better, np.inf, better)
        converged[active] = now.converged & (moved < STEADY)
        active = active[now.converged & (moved >= STEADY) & np.isfinite(theta[active])]
    flat = np.isinf(theta)
    for name, figures in found.items():
        figures[flat] = getattr(poisson, name)[flat]
    return regression.Fit(theta=theta, converged=np.where(flat, poisson.converged, converged), **found)


def _by_moments(y: Floats, mean: Floats, used: Bools) -> Floats:
    """Where to begin; infinite where the likelihood falls from θ = ∞ on."""
    excess = np.where(used, (y - mean) ** 2 - y, 0.0).sum(axis=1)
    theta = np.where(used, mean**2, 0.0).sum(axis=1) / np.where(excess > 0, excess, np.nan)
    return np.where(_mean(mean, used) < NEARLY_POISSON * theta, np.inf, np.where(excess > 0, theta, np.inf))


def _best_theta(y: Floats, mean: Floats, used: Bools, theta: Floats) -> Floats:
    """θ of the greatest likelihood at these means: Newton's method for log θ."""
    log_theta = np.log(theta)
    active = np.arange(len(y))
    part = y, mean, used
    for _ in range(MAX_STEPS):
        score, curve = _score(*part, np.exp(log_theta[active]))
        uphill = np.where(curve < 0, -score / np.where(curve < 0, curve, -1.0), np.sign(score) * LONGEST_STEP)
        step = np.clip(uphill, -LONGEST_STEP, LONGEST_STEP)
        log_theta[active] += step
        going = np.abs(step) > STEADY
        if not going.any():
            break
        active = active[going]
        part = y[active], mean[active], used[active]
    return np.exp(log_theta)


def _score(y: Floats, mean: Floats, used: Bools, theta: Floats) -> tuple[Floats, Floats]:
    """First and second derivative of the log-likelihood in log θ."""
    t = theta[:, None]
    z = (y - mean) / (mean + t)
    gamma, gamma_slope = _beyond_logarithm(y, t)
    first = np.where(used, gamma + np.log1p(z) - z, 0.0).sum(axis=1)
    second = np.where(used, gamma_slope + z**2 / (t + y), 0.0).sum(axis=1)
    return theta * first, theta * first + theta**2 * second


def _beyond_logarithm(y: Floats, t: Floats) -> tuple[Floats, Floats]:
    """digamma(t + y) - digamma(t) - log(1 + y / t), and its derivative in t.

    For large t by Stirling's series: the differences of nearly equal numbers would drown what θ hangs on.
    """
    from scipy.special import digamma, zeta  # zeta(2, x) is the trigamma function

    near = np.minimum(t, STIRLING)
    exact = digamma(near + y) - digamma(near) - np.log1p(y / near)
    exact_slope = zeta(2, near + y) - zeta(2, near) + y / (near * (near + y))
    far, end = np.maximum(t, STIRLING), np.maximum(t, STIRLING) + y
    series = y / (2 * far * end) + (far**-2 - end**-2) / 12
    series_slope = -y * (far + end) / (2 * (far * end) ** 2) - (far**-3 - end**-3) / 6
    return np.where(t < STIRLING, exact, series), np.where(t < STIRLING, exact_slope, series_slope)


def _mean(mean: Floats, used: Bools) -> Floats:
    return np.asarray(np.where(used, mean, 0.0).sum(axis=1) / np.maximum(used.sum(axis=1), 1))
