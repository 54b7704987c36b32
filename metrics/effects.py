"""The effects of a change on a block of series, with a control's own change taken off."""

from dataclasses import dataclass

import numpy as np

from . import segmented
from .points import Bools, Floats, Ints
from .widening import interval_of


@dataclass(frozen=True)
class Effect:
    """One term of the model, one figure a series, (...): its estimate on the log (or log odds) scale, and the ratio.

    `ratio`, `low` and `high` are exp of the estimate and of its 95 % interval; `p_value` is two-sided, of no change.
    """

    estimate: Floats
    standard_error: Floats
    ratio: Floats
    low: Floats
    high: Floats
    p_value: Floats


@dataclass(frozen=True)
class Part:
    """An estimate, its variance and its degrees of freedom; any shape."""

    estimate: Floats
    variance: Floats
    degrees: Floats

    def less(self, other: "Part") -> "Part":
        """The difference of two that are independent, with Satterthwaite's degrees of freedom."""
        variance = self.variance + other.variance
        degrees = variance**2 / (self.variance**2 / self.degrees + other.variance**2 / other.degrees)
        return Part(self.estimate - other.estimate, variance, degrees)

    def only(self, where: Bools) -> "Part":
        return Part(np.where(where, self.estimate, np.nan), self.variance, self.degrees)

    def interval(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Standard error, low, high, p value."""
        error = np.sqrt(self.variance)
        reach, p_value = interval_of(self.estimate, error, self.degrees)
        return np.where(np.isnan(self.estimate), np.nan, error), self.estimate - reach, self.estimate + reach, p_value

    def effect(self) -> Effect:
        error, low, high, p_value = self.interval()
        return Effect(self.estimate, error, np.exp(self.estimate), np.exp(low), np.exp(high), p_value)


@dataclass(frozen=True)
class Figures:
    """Of a block: effects by name, (n_series,); what was to be expected, (n_series, n_points); and the reasons.

    `reason` and `reason_of_control` are indices into the words; the latter counts where the former is 0.
    """

    effects: dict[str, Effect]
    expected: tuple[Floats, Floats, Floats]
    own: segmented.Lines
    reason: Ints
    reason_of_control: Ints


def figures_of(where: segmented.Cut, own: segmented.Lines, control: segmented.Lines | None, *, share: bool) -> Figures:
    """Effects and expectation; NaN where either reason is not 0."""
    of_control = np.zeros_like(own.reason) if control is None else control.reason
    ok = (own.reason == segmented.FITTED) & (of_control == segmented.FITTED)
    with np.errstate(all="ignore"):  # NaN, where there is a reason, and 1 / infinity
        terms = {name: term(own, i) for i, name in enumerate(segmented.TERMS)}
        expected = Part(own.before, own.before_variance, own.degrees[:, None])
        nothing = np.full(len(ok), np.nan)
        for i, name in enumerate(segmented.TERMS[2:], start=2):
            if control is None:
                terms[f"control_{name}"] = Part(nothing, nothing, nothing)
            else:
                terms[f"control_{name}"] = term(control, i)
                terms[name] = terms[name].less(terms[f"control_{name}"])
        if control is not None:
            expected = expected.less(_change_undone(control, where))
        effects = {name: part.only(ok).effect() for name, part in terms.items()}
        expected = expected.only(where.after & ok[:, None])
        _, low, high, _ = expected.interval()
        turn = _share if share else np.exp
        bounds = turn(expected.estimate), turn(low), turn(high)
    return Figures(effects, bounds, own, own.reason, of_control)


def term(lines: segmented.Lines, i: int) -> Part:
    return Part(lines.estimate[:, i], lines.covariance[:, i, i], lines.degrees)


def _change_undone(control: segmented.Lines, where: segmented.Cut) -> Part:
    """Minus the control's level and slope at every point: taken off, it adds them."""
    passed, covariance = where.passed, control.covariance[:, None]
    change = control.estimate[:, 2, None] + control.estimate[:, 3, None] * passed
    variance = covariance[..., 2, 2] + 2 * passed * covariance[..., 2, 3] + passed**2 * covariance[..., 3, 3]
    return Part(-change, variance, control.degrees[:, None])


def _share(eta: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-eta)))
