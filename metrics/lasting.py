"""Whether a series has one change of level that chance would not explain, that is a step, and that has lasted."""

from typing import Any

import numpy as np

from . import changepoint
from .intervals import proportion_interval
from .points import Bools, Floats, Ints
from .widening import LEVEL

LEAST_BEFORE = 12  # months: a year of the old level
LEAST_AFTER = 13  # months: what makes limits more than trial limits
SIGNIFICANT = 0.005  # a proposal asks for people's time; see the decision record for how often it is false
SHIFT = 7  # months in a row on one side of the old level: the shift rule of `rules`
LATEST = 7  # months whose middle must be nearer to the new level than to the old

REASONS = np.array(
    [
        "",
        f"Too few settled months: {LEAST_BEFORE} before a change and {LEAST_AFTER} after it are needed.",
        "No change of level that chance would not explain.",
        "The change looks more like a steady drift than a step, so new limits would soon be out of date too.",
        f"No {SHIFT} months in a row on the other side of the old level.",
        "The change has not lasted.",
        "Lower, but months since then are in question. They need to be checked first.",
    ]
)
PROPOSED, TOO_FEW, NO_CHANGE, DRIFT, NO_RUN, NOT_LASTED, IN_QUESTION = range(7)


def search(
    family: str, top: Floats, size: Floats, seen: Bools, unsettled: Bools, doubtful: Bools, baseline: Bools
) -> dict[str, Any]:
    """The figures of `Proposals` but for the sentence, flat, in units of 1, and where the old level ends."""
    settled = seen & ~unsettled & ~doubtful
    order = np.argsort(~settled, axis=1, kind="stable")  # the settled months first, in their order
    n = settled.sum(axis=1)
    used = np.arange(top.shape[1]) < n[:, None]
    y, e = (np.where(used, np.take_along_axis(x, order, axis=1), 0.0) for x in (top, size))
    base = np.take_along_axis(baseline & settled, order, axis=1)
    first = np.maximum(LEAST_BEFORE, np.where(base, np.arange(1, top.shape[1] + 1), 0).max(axis=1))
    centre = _centre(y, used) if family == "values" else np.zeros(len(y))
    y = np.where(used, y - centre[:, None], 0.0)
    y = np.where(np.abs(y) <= 1e-12 * np.abs(centre)[:, None], 0.0, y)  # what rounding leaves of a constant
    with np.errstate(all="ignore"):  # NaN, where there is a reason
        found = changepoint.scan(family, y, e, n, order.astype(np.float64), first, LEAST_AFTER)
        p = changepoint.p_values(found, n, first, LEAST_AFTER)
        start = np.take_along_axis(order, found.place[:, None], axis=1)[:, 0]
        old = np.where(base.any(axis=1), (y * base).sum(axis=1) / (e * base).sum(axis=1), found.before)
        reason = _reason(found, p, y, e, used, old)
        questioned = (doubtful & seen & (np.arange(top.shape[1]) >= start[:, None])).any(axis=1)
        reason[(reason == PROPOSED) & (found.after < found.before) & questioned] = IN_QUESTION
        before, after = found.before + centre, found.after + centre
        ratio, low, high = _ratio(family, found, y, e, used, before, after)
    proposed = reason == PROPOSED
    figures = {"before": before, "after": after, "ratio": ratio, "low": low, "high": high}
    tried = reason != TOO_FEW
    return {name: np.where(proposed, x, np.nan) for name, x in figures.items()} | {
        "proposed": proposed,
        "start": np.where(proposed, start, -1),
        "log_likelihood_ratio": np.where(tried, found.ratio, np.nan),
        "p_value": p,
        "dispersion": np.where(tried, found.dispersion, np.nan),
        "autocorrelation": np.where(tried, found.autocorrelation, np.nan),
        "n_before": np.where(proposed, found.place, 0),
        "n_after": np.where(proposed, n - found.place, 0),
        "reason": REASONS[reason],
        "last_before": np.take_along_axis(order, np.maximum(found.place - 1, 0)[:, None], axis=1)[:, 0],
    }


def _centre(y: Floats, used: Bools) -> Floats:
    return np.asarray(y.sum(axis=1) / np.maximum(used.sum(axis=1), 1))


def _reason(found: changepoint.Scan, p: Floats, y: Floats, e: Floats, used: Bools, old: Floats) -> Ints:
    n, places = used.sum(axis=1), np.arange(y.shape[1])
    value = np.where(used, y / np.where(used, e, 1.0), np.nan)
    way = np.sign(found.after - found.before)[:, None]
    beyond = ((value - old[:, None]) * way > 0) & (places >= found.place[:, None])
    late = used & (places >= n[:, None] - LATEST)
    latest = np.where(late, y, 0.0).sum(axis=1) / np.where(late, e, 0.0).sum(axis=1)
    reason = np.full(len(y), PROPOSED, dtype=np.int64)
    reason[np.abs(latest - found.after) >= np.abs(latest - found.before)] = NOT_LASTED
    reason[~_longest(beyond)] = NO_RUN
    reason[found.drift] = DRIFT
    reason[~(p < SIGNIFICANT)] = NO_CHANGE
    reason[np.isnan(p)] = TOO_FEW
    return reason


def _longest(flags: Bools) -> Bools:
    """Whether a row has SHIFT flags in a row."""
    if flags.shape[1] < SHIFT:
        return np.zeros(len(flags), dtype=bool)
    runs = np.lib.stride_tricks.sliding_window_view(flags, SHIFT, axis=1)
    return np.asarray(np.asarray(runs.all(axis=2)).any(axis=1))


def _ratio(
    family: str, found: changepoint.Scan, y: Floats, e: Floats, used: Bools, before: Floats, after: Floats
) -> tuple[Floats, Floats, Floats]:
    """New level over old, and its interval: exact for counts, by the error of the logarithm for the rest."""
    from scipy.special import stdtrit

    late = np.arange(y.shape[1]) >= found.place[:, None]
    e1, e2 = np.where(late, 0.0, e).sum(axis=1), np.where(late, e, 0.0).sum(axis=1)
    ratio = after / before
    if family == "counts":
        y1, y2 = before * e1 / found.widening, after * e2 / found.widening
        share = proportion_interval(y2, y1 + y2, level=LEVEL)
        low, high = (np.asarray(bound / (1 - bound) * e1 / e2) for bound in (share.low, share.high))
        return ratio, low, high
    spread = [level * (1 - level) if family == "shares" else 1.0 for level in (before, after)]
    variance = found.widening * (spread[0] / e1 / before**2 + spread[1] / e2 / after**2)
    degrees = np.maximum(used.sum(axis=1) - 2.0, 1.0)
    reach = np.where((before > 0) & (after > 0), stdtrit(degrees, (1 + LEVEL) / 2) * np.sqrt(variance), np.nan)
    ratio = np.where((before > 0) & (after >= 0), ratio, np.nan)
    return ratio, ratio * np.exp(-reach), ratio * np.exp(reach)
