"""Did a change idea change the level or the trend, beyond what the trend before it would have come to?

References
----------
Wagner, Soumerai, Zhang & Ross-Degnan, Journal of Clinical Pharmacy and Therapeutics 27 (2002) 299-309; Lopez Bernal,
Cummins & Gasparrini, International Journal of Epidemiology 46 (2017) 348-355, and 47 (2018) 2082-2093 (controls).
Satterthwaite, Biometrics Bulletin 2 (1946) 110-114 (degrees of freedom of a difference).
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import segmented
from .arguments import counts_of, known, rows_of, share_of
from .effects import Effect, Figures, figures_of
from .points import Floats, Ints, Strings
from .trend import AUTOCORRELATION, COUNT_FAMILIES, PROPORTION_FAMILIES, WIDENED

FAMILIES = COUNT_FAMILIES + PROPORTION_FAMILIES
EXPECTED = ("counterfactual", "counterfactual_low", "counterfactual_high")
MIN_POINTS = 12  # either side: a year, so that every season stands on both
BLOCK_POINTS = 32_768  # so that a block's arrays stay in the processor's cache
CONTROLLED = ", less the change of the control"
WARNING = (
    "A unit picked after a run of unusual months usually moves back towards its usual level by itself. If that is why "
    "this one was picked, part or all of what is seen here is not due to the change."
)
REASONS = np.array(
    [
        "",
        "Too few months before the change.",
        "Too few months after the change.",
        "Nothing was recorded before the change: there is no level to compare with.",
        "Nothing was recorded after the change: no ratio can be fitted. Compare the two periods exactly instead.",
        "Every one counted before the change: there is no share to compare with.",
        "Every one counted after the change: no ratio can be fitted. Compare the two periods instead.",
        "All of it falls into one end of a period, so no line fits.",
    ]
)
OF_CONTROL = np.array([reason and f"The control: {reason[0].lower()}{reason[1:]}" for reason in REASONS.tolist()])


@dataclass(frozen=True)
class InterruptedSeries:
    """One figure a series, (...), NaN where `reason` is not ''; and what was to be expected, (..., n_points).

    Attributes
    ----------
    intercept, trend
        The old line: at time 0, and its change for one unit of time.
    level, slope
        The jump where the change counts, and the change of the trend for one unit of time. With a control: beyond the
        control's own.
    control_level, control_slope
        Those of the control; NaN without one.
    counterfactual, counterfactual_low, counterfactual_high
        From the first point that counts on: the rate (or share, or count of one unit of exposure) had the old trend
        gone on, and with a control had it changed as the control did. With the 95 % interval of this expectation,
        which is narrower than months scatter. NaN before it.
    dispersion, autocorrelation
        As of `Trend`, of the series itself.
    n_before, n_after
        The points used.
    method, reason, warning
        In words; why there is no figure; what no figure here can rule out.
    """

    intercept: Effect
    trend: Effect
    level: Effect
    slope: Effect
    control_level: Effect
    control_slope: Effect
    counterfactual: Floats
    counterfactual_low: Floats
    counterfactual_high: Floats
    dispersion: Floats
    autocorrelation: Floats
    n_before: Ints
    n_after: Ints
    method: str
    reason: Strings
    warning: str


def interrupted_series(
    count: ArrayLike,
    exposure: ArrayLike | None = None,
    *,
    start: ArrayLike,
    time: ArrayLike | None = None,
    washout: int = 0,
    control_count: ArrayLike | None = None,
    control_exposure: ArrayLike | None = None,
    family: str = "quasi_poisson",
    autocorrelation: str = "adjust",
    min_points: int = MIN_POINTS,
) -> InterruptedSeries:
    """Fit a line before and a line after a change: y ~ time + level + slope.

    Parameters
    ----------
    count
        (..., n_points), oldest first; NaN = not reported: dropped, while time keeps its gap.
    exposure
        Broadcast to `count`; NaN or 0 = not reported. None: 1. For binomial families the denominator, and needed.
    start
        (...) or one for all, in the unit of `time` (without one: the first point of the change, counted from 0):
        points at or after it are after the change. NaN: refused with a reason.
    time
        Broadcast to `count`, ascending; the unit of trend and slope. None: 0, 1, 2, ...
    washout
        So many points from `start` on are left out, reported or not; the level is then judged at the first point
        after them, where it does not rest on months that were left out.
    control_count, control_exposure
        A series (or the sum of several) without the change, broadcast to `count`: it has a line, a level and a slope
        of its own, and level and slope reported are the changes beyond its.
    family
        quasi_poisson, poisson, negative_binomial, quasi_binomial or binomial.
    autocorrelation
        adjust or none: see `count_trend`; with four coefficients r* = (r₁ + 4/n) / (1 - 8/n).
    min_points
        Reported points needed on either side, of the control too.

    Returns
    -------
    InterruptedSeries

    Raises
    ------
    ValueError
        For a family or option that is not built, a washout below 0, counts below 0, a numerator above its
        denominator, a binomial family without exposure, a control's exposure without its count.

    Notes
    -----
    With a control the two series are fitted apart, which gives the estimates of the stacked model, and each keeps its
    own dispersion and autocorrelation: stacking would lend a noisy ward the calm of a large control. Their errors
    add up in squares, with Satterthwaite's degrees of freedom; that the two share no shocks is assumed, and if they
    do the interval is too wide, not too narrow.
    """
    known("family", family, FAMILIES)
    known("autocorrelation", autocorrelation, AUTOCORRELATION)
    if washout < 0:
        raise ValueError("washout cannot be below 0")
    data = counts_of(count, exposure, time)
    control = _control(data[0], control_count, control_exposure)
    if segmented.is_proportion(family):
        if exposure is None or (control is not None and control_exposure is None):
            raise ValueError(f"{family} needs an exposure: the denominator")
        share_of(data[0], data[1])
    starts = np.broadcast_to(np.asarray(start, dtype=np.float64), data[0].shape[:-1]).reshape(-1)
    rows = [rows_of(x) for x in data + (control or ())]
    block = max(1, BLOCK_POINTS // max(data[0].shape[-1], 1))
    adjust = autocorrelation == "adjust"
    parts = [
        _block([x[i : i + block] for x in rows], starts[i : i + block], washout, family, min_points, adjust=adjust)
        for i in range(0, max(len(starts), 1), block)
    ]
    method = family.replace("_", "-") + (CONTROLLED if control else "") + (WIDENED if adjust else "")
    return _assembled(parts, data[0].shape, method)


def _control(
    counts: Floats, control_count: ArrayLike | None, control_exposure: ArrayLike | None
) -> tuple[Floats, Floats] | None:
    if control_count is None:
        if control_exposure is not None:
            raise ValueError("control_exposure needs a control_count")
        return None
    wide = np.broadcast_to(np.asarray(control_count, dtype=np.float64), counts.shape)
    return counts_of(wide, control_exposure, None)[:2]


def _block(
    rows: list[Floats], start: Floats, washout: int, family: str, min_points: int, *, adjust: bool
) -> tuple[segmented.Cut, Figures]:
    cuts = [
        segmented.cut(np.isfinite(top) & np.isfinite(size) & (size > 0), rows[2], start, washout)
        for top, size in zip(rows[0:1] + rows[3:4], rows[1:2] + rows[4:5], strict=True)
    ]
    own = segmented.fit(rows[0], rows[1], cuts[0], family, min_points, adjust=adjust)
    control = None
    if len(cuts) > 1:
        control = segmented.fit(rows[3], rows[4], cuts[1], family, min_points, adjust=adjust)
    return cuts[0], figures_of(cuts[0], own, control, share=segmented.is_proportion(family))


def _assembled(parts: list[tuple[segmented.Cut, Figures]], shape: tuple[int, ...], method: str) -> InterruptedSeries:
    """The blocks' figures in one, in the shape of the call."""

    def joined(pieces: list[Any], to: tuple[int, ...] = shape[:-1]) -> Any:
        return np.concatenate(pieces).reshape(to)

    found = [figures for _, figures in parts]
    effects: dict[str, Any] = {
        name: Effect(**{f.name: joined([getattr(x.effects[name], f.name) for x in found]) for f in fields(Effect)})
        for name in found[0].effects
    }
    reason = joined([np.where(x.reason > 0, REASONS[x.reason], OF_CONTROL[x.reason_of_control]) for x in found])
    fitted = np.where(reason == "", 1.0, np.nan)
    expected = (joined([x.expected[i] for x in found], shape) for i in range(3))
    return InterruptedSeries(
        **effects,
        **dict(zip(EXPECTED, expected, strict=True)),
        dispersion=joined([x.own.dispersion for x in found]) * fitted,
        autocorrelation=joined([x.own.autocorrelation for x in found]) * fitted,
        n_before=joined([where.used_before.sum(axis=1) for where, _ in parts]),
        n_after=joined([where.used_after.sum(axis=1) for where, _ in parts]),
        method=method,
        reason=reason,
        warning=WARNING,
    )
