"""A series cut in two by a change: a line before, a line after, and what the first would have come to."""

from dataclasses import dataclass

import numpy as np

from . import glm, negative_binomial, regression
from .points import Bools, Floats, Ints
from .widening import widen

TERMS = ("intercept", "trend", "level", "slope")
N_TERMS = len(TERMS)
LEAST_EITHER_SIDE = 2  # points: fewer have no line
FITTED, TOO_FEW_BEFORE, TOO_FEW_AFTER, NONE_BEFORE, NONE_AFTER, ALL_BEFORE, ALL_AFTER, NO_FIT = range(8)


@dataclass(frozen=True)
class Cut:
    """Where each series is cut; rows are (n_series, n_points).

    `after`: from the first point that counts again; `passed`: time since then, 0 before it; `used_before` and
    `used_after`: reported, and not washed out.
    """

    time: Floats
    used_before: Bools
    used_after: Bools
    after: Bools
    passed: Floats

    @property
    def used(self) -> Bools:
        return self.used_before | self.used_after


@dataclass(frozen=True)
class Lines:
    """Of each series: `TERMS` (n_series, 4) in the caller's time, their covariance, and what widens it.

    The covariance holds the dispersion and the widening. `before` and `before_variance` (n_series, n_points): the old
    line's linear predictor, at every point, and its variance. `reason`: index, 0 where there are figures.
    """

    estimate: Floats
    covariance: Floats
    degrees: Floats
    dispersion: Floats
    autocorrelation: Floats
    before: Floats
    before_variance: Floats
    reason: Ints


def cut(reported: Bools, time: Floats, start: Floats, washout: int) -> Cut:
    """Cut each series at `start` (n_series,), leaving out the first `washout` points from there on."""
    known = np.isfinite(time)
    begun = known & (time >= start[:, None])
    after = begun & (np.cumsum(begun, axis=1) > washout)
    counted = start
    if washout:
        counted = np.where(after, time, np.inf).min(axis=1, initial=np.inf)
    passed = np.where(after, time - counted[:, None], 0.0)
    return Cut(time, reported & known & ~begun, reported & after, after, passed)


def fit(y: Floats, size: Floats, where: Cut, family: str, min_points: int, *, adjust: bool) -> Lines:
    """Fit every series; the reason says which could not be, and their figures are NaN."""
    reason = _reason(y, size, where, min_points, proportion=is_proportion(family))
    n = len(y)
    nothing = np.full(n, np.nan)
    found = Lines(
        estimate=np.full((n, N_TERMS), np.nan),
        covariance=np.full((n, N_TERMS, N_TERMS), np.nan),
        degrees=nothing,
        dispersion=nothing.copy(),
        autocorrelation=nothing.copy(),
        before=np.full(y.shape, np.nan),
        before_variance=np.full(y.shape, np.nan),
        reason=reason,
    )
    ok = np.flatnonzero(reason == FITTED)
    if not ok.size:
        return found
    part = Cut(**{name: rows[ok] for name, rows in vars(where).items()})
    with np.errstate(all="ignore"):  # a series that no line fits runs off; it is caught below
        figures, converged = _fitted(y[ok], size[ok], part, family, adjust=adjust)
    for name, values in figures.items():
        getattr(found, name)[ok[converged]] = values[converged]
    reason[ok[~converged]] = NO_FIT
    return found


def is_proportion(family: str) -> bool:
    return family in ("binomial", "quasi_binomial")


def _reason(y: Floats, size: Floats, where: Cut, min_points: int, *, proportion: bool) -> Ints:
    reason = np.full(len(y), FITTED, dtype=np.int64)
    least = max(min_points, LEAST_EITHER_SIDE)
    sides = (
        (where.used_after, TOO_FEW_AFTER, NONE_AFTER, ALL_AFTER),
        (where.used_before, TOO_FEW_BEFORE, NONE_BEFORE, ALL_BEFORE),
    )
    for used, _, none, whole in sides:
        total, trials = np.where(used, y, 0.0).sum(axis=1), np.where(used, size, 0.0).sum(axis=1)
        if proportion:
            reason[total >= trials] = whole
        reason[total == 0] = none
    for used, few, _, _ in sides:
        reason[used.sum(axis=1) < least] = few
    reason[(reason == FITTED) & (where.used.sum(axis=1) <= N_TERMS)] = TOO_FEW_AFTER
    return reason


def _fitted(y: Floats, size: Floats, where: Cut, family: str, *, adjust: bool) -> tuple[dict[str, Floats], Bools]:
    used, after = where.used, where.after.astype(np.float64)
    y, size = np.where(used, y, 0.0), np.where(used, size, 1.0)
    time = np.where(used, where.time, 0.0)
    middle = time.sum(axis=1) / used.sum(axis=1)
    span = np.abs(np.where(used, time - middle[:, None], 0.0)).max(axis=1)
    line = (np.where(np.isfinite(where.time), where.time, 0.0) - middle[:, None]) / span[:, None]
    design = np.stack([np.ones_like(line), line, after, where.passed / span[:, None]], axis=1)
    start = _start(y, size, where, proportion=is_proportion(family))
    if family == "negative_binomial":
        found = negative_binomial.fit(design, y, size, used, start)
    else:
        found = regression.fit(design, y, size, used, start, glm.binomial if is_proportion(family) else glm.poisson)
    width = widen(found.pearson, used, where.time, N_TERMS, adjust=adjust, quasi=family.startswith("quasi"))
    covariance = found.covariance * (width.factor**2)[:, None, None]
    back = _to_callers_time(middle, span)
    old = design[:, :2]
    spread = (old[:, :, None] * old[:, None, :] * covariance[:, :2, :2, None]).sum(axis=(1, 2))
    figures = {
        "estimate": (back * found.coefficients[:, None, :]).sum(axis=2),
        "covariance": back @ covariance @ back.transpose(0, 2, 1),
        "degrees": width.degrees,
        "dispersion": width.dispersion,
        "autocorrelation": width.autocorrelation,
        "before": regression.line_of(old, found.coefficients[:, :2]),
        "before_variance": spread,
    }
    return figures, found.converged


def _start(y: Floats, size: Floats, where: Cut, *, proportion: bool) -> Floats:
    """Level lines before and after."""
    start = np.zeros((len(y), N_TERMS))
    levels = []
    for used in (where.used_before, where.used_after):
        pooled = np.where(used, y, 0.0).sum(axis=1) / np.where(used, size, 0.0).sum(axis=1)
        levels.append(np.log(pooled / (1 - pooled)) if proportion else np.log(pooled))
    start[:, 0], start[:, 2] = levels[0], levels[1] - levels[0]
    return start


def _to_callers_time(middle: Floats, span: Floats) -> Floats:
    """Coefficients of time in units of its span, from its middle, as those of time itself: (n_series, 4, 4)."""
    back = np.zeros((len(span), N_TERMS, N_TERMS))
    back[:, 0, 0] = back[:, 2, 2] = 1.0
    back[:, 0, 1] = -middle / span
    back[:, 1, 1] = back[:, 3, 3] = 1 / span
    return back
