"""The trends of a block of series: which of them can be followed, their lines, and how far to trust these."""

from dataclasses import dataclass

import numpy as np

from . import glm, negative_binomial, regression
from .points import Bools, Floats, Ints
from .widening import interval_of, widen

LEAST_MONTHS = 3  # two for the line and one to judge it by
LEAST_MONTHS_ADJUSTED = 6  # with fewer, r1 is mostly its own bias
LEAST_MONTHS_SEASON = 36  # three years, or a wave and a trend are hard to tell apart
YEAR = 12  # months

REASONS = np.array(
    [
        "",
        "Too few months for a trend.",
        "Nothing was recorded in any month.",
        "Every one counted in every month: there is no share to follow.",
        "All of it falls into one end of the period, so no trend fits.",
        f"Too few months to tell a yearly wave from a trend: it takes {LEAST_MONTHS_SEASON}.",
    ]
)
FITTED, TOO_FEW, ALL_ZERO, ALL_ONE, NO_FIT, NO_SEASON = range(6)
FIGURES = (
    "log_ratio",
    "standard_error",
    "ratio",
    "low",
    "high",
    "p_value",
    "dispersion",
    "autocorrelation",
    "theta",
)


@dataclass(frozen=True)
class Model:
    family: str
    adjust: bool
    season: bool

    @property
    def proportion(self) -> bool:
        return self.family.endswith("binomial") and self.family != "negative_binomial"

    @property
    def quasi(self) -> bool:
        return self.family.startswith("quasi")


def trend_block(top: Floats, size: Floats, time: Floats, model: Model) -> tuple[Floats | Ints, ...]:
    """The figures of `FIGURES`, the index of the reason, and the months used, of rows (n_series, n_points)."""
    used = np.isfinite(top) & np.isfinite(size) & (size > 0) & np.isfinite(time)
    n = used.sum(axis=1)
    y, m, x = np.where(used, top, 0.0), np.where(used, size, 1.0), np.where(used, time, 0.0)
    total, trials = y.sum(axis=1), (m * used).sum(axis=1)
    reason = _reason(used, time, total, trials, model)
    ok = np.flatnonzero(reason == FITTED)
    figures = np.full((len(FIGURES), len(y)), np.nan)
    if ok.size:
        pooled = total[ok] / trials[ok]
        start = np.log(pooled / (1 - pooled)) if model.proportion else np.log(pooled)
        with np.errstate(all="ignore"):  # a series that no line fits runs off; it is caught below
            found, converged = _fitted(y[ok], m[ok], x[ok], used[ok], start, model)
        figures[:, ok] = np.where(converged, found, np.nan)
        reason[ok[~converged]] = NO_FIT
    return (*figures, reason, n)


def _reason(used: Bools, time: Floats, total: Floats, trials: Floats, model: Model) -> Ints:
    n = used.sum(axis=1)
    first = np.where(used, time, np.inf).min(axis=1, initial=np.inf)
    last = np.where(used, time, -np.inf).max(axis=1, initial=-np.inf)
    reason = np.zeros(len(used), dtype=np.int64)
    if model.season:
        reason[n < LEAST_MONTHS_SEASON] = NO_SEASON
    if model.proportion:
        reason[total >= trials] = ALL_ONE
    reason[total == 0] = ALL_ZERO
    reason[(n < (LEAST_MONTHS_ADJUSTED if model.adjust else LEAST_MONTHS)) | ~(last > first)] = TOO_FEW
    return reason


def _fitted(y: Floats, size: Floats, time: Floats, used: Bools, start: Floats, model: Model) -> tuple[Floats, Bools]:
    mean = glm.binomial if model.proportion else glm.poisson
    theta, k = np.full(len(y), np.inf), 2
    if model.season or model.family == "negative_binomial":
        design, span = _design(time, used, model.season)
        k = design.shape[1]
        begin = np.zeros((len(y), k))
        begin[:, 0] = start
        whole = (
            negative_binomial.fit(design, y, size, used, begin)
            if model.family == "negative_binomial"
            else regression.fit(design, y, size, used, begin, mean)
        )
        slope, error = whole.coefficients[:, 1] / span, np.sqrt(whole.covariance[:, 1, 1]) / span
        pearson, converged, theta = whole.pearson, whole.converged, whole.theta
    else:
        line = glm.fit_lines(y, size, time, used, start, mean)
        slope, error, pearson, converged = line.slope, line.standard_error, line.pearson, line.converged
    width = widen(pearson, used, time, k, adjust=model.adjust, quasi=model.quasi)
    error = error * width.factor
    reach, p_value = interval_of(slope, error, width.degrees)
    ratio, low, high = (np.exp(x) for x in (slope, slope - reach, slope + reach))
    return np.array(
        [slope, error, ratio, low, high, p_value, width.dispersion, width.autocorrelation, theta]
    ), converged


def _design(time: Floats, used: Bools, season: bool) -> tuple[Floats, Floats]:
    """A level, time in units of its span, and the wave: (n_series, k, n_points); and the span."""
    middle = (time * used).sum(axis=1) / used.sum(axis=1)
    x = np.where(used, time - middle[:, None], 0.0)
    span = np.abs(x).max(axis=1)
    columns = [np.ones_like(x), x / span[:, None]]
    if season:
        angle = 2 * np.pi * np.arange(x.shape[1]) / YEAR
        columns += [np.broadcast_to(wave, x.shape) for wave in (np.sin(angle), np.cos(angle))]
    return np.stack(columns, axis=1), span
