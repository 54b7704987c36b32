"""Cumulative sums for events too rare for a chart: does the evidence for a higher, or a lower, level add up?

References
----------
Page, Biometrika 41 (1954) 100-115; Lucas, Technometrics 27 (1985) 129-144 (counts); Steiner et al., Biostatistics 1
(2000) 441-452 (chances that differ from case to case).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import exp, floor, log

import numpy as np
from numpy.typing import ArrayLike

from .arguments import refuse
from .points import Bools, Floats

FAMILIES = ("poisson", "bernoulli")
MONTHS = 60  # in which a stable series may raise a false alarm
FALSE_ALARMS = 0.05  # of such series, on either side
AIM = 0.045  # what is asked of the simulation, so that its error and uneven months stay below that
PATHS = 20_000
SEED = 20_050_711
STEP = 0.025  # of the logarithm of the level: the grid on which thresholds are simulated

Weights = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Cusum:
    """Two sums for each series.

    Attributes
    ----------
    upper, lower
        (..., n_points): evidence for a higher level, 0 or more; and for a lower one, 0 or less, so that it is drawn
        below. Units: the logarithm of a likelihood ratio. A month not reported holds both.
    signal_up, signal_down
        (..., n_points): the sum is beyond its threshold; it begins again from 0 in the next month.
    threshold
        (..., 2): of the upper sum, and of the lower one as a size. NaN where nothing is expected.
    """

    upper: Floats
    lower: Floats
    signal_up: Bools
    signal_down: Bools
    threshold: Floats


def cusum(
    count: ArrayLike,
    expected: ArrayLike,
    *,
    ratio: float = 2.0,
    threshold: ArrayLike | None = None,
    family: str = "poisson",
) -> Cusum:
    """Add up, month by month, the evidence that the level has become `ratio` times, or one `ratio`-th, of expected.

    Parameters
    ----------
    count
        (..., n_points), oldest first: events; for bernoulli 0 or 1. NaN = not reported, or in question.
    expected
        Expected events, from a period that is not judged here; for bernoulli their chance. Broadcast to `count`;
        NaN or 0 = not known, as if not reported.
    ratio
        Of the level looked for to that expected; for bernoulli a ratio of odds. Above 1.
    threshold
        One for all, (..., 1), or (..., 2) for up and down. None: simulated for 5 % false alarms a side in 60 months.
    family
        poisson or bernoulli.

    Raises
    ------
    ValueError
        For a family that is not built; a ratio of 1 or less; a threshold below 0; shapes that do not broadcast;
        figures below 0 or infinite; for bernoulli a count other than 0 and 1 or a chance of 1 or more.

    Notes
    -----
    A fixed threshold of 3.5 gives, at ratio 2 and from 0.01 to 2 expected a month, 0 to 28 % false alarms upwards and
    0 to 24 % downwards in 60 months. So the threshold is that of a stable series at the mean of the expected counts,
    from 20,000 paths with a fixed seed: the higher one of the two neighbours on a grid of levels 2.5 % apart. Counts
    are whole, so that less than 5 % may be achieved: upwards 4.0 to 5.0 % from 0.01 to 2 a month; downwards 3.8 to
    4.9 % from 0.07 on, and none below (bernoulli: 2.7 to 4.8 %); also where the expected counts vary by half, or drift
    from half to one and a half times their mean. It is made for means below 2: sums of large counts move in steps too
    coarse for a threshold.

    A downward signal says that fewer were recorded, not that there were fewer: a unit that stopped reporting signals
    too. Give months in question as NaN. The lower threshold is never so low that silence with a chance above 5 %
    could pass it.
    """
    if family not in FAMILIES:
        raise ValueError(f"family {family!r} is not built; these are: {', '.join(FAMILIES)}")
    if not 1 < ratio < np.inf:
        raise ValueError(f"ratio must be above 1, not {ratio:g}")
    y, e = _checked(count, expected, family)
    known = np.isfinite(y) & (e > 0)
    limits = np.empty((*y.shape[:-1], 2))
    limits[...] = _thresholds(e, float(ratio), family) if threshold is None else _given(threshold, y.shape[:-1])
    gain, loss = _weights(float(ratio), family)(np.where(known, y, 0.0), np.where(known, e, 0.5))
    upper, signal_up = _sums(np.where(known, gain, 0.0), known, limits[..., 0])
    lower, signal_down = _sums(np.where(known, loss, 0.0), known, limits[..., 1])
    return Cusum(upper, 0.0 - lower, signal_up, signal_down, limits)


def _checked(count: ArrayLike, expected: ArrayLike, family: str) -> tuple[Floats, Floats]:
    y = np.asarray(count, dtype=np.float64)
    if y.ndim == 0:
        raise ValueError("count needs an axis of points")
    e = np.broadcast_to(np.asarray(expected, dtype=np.float64), y.shape)
    for values, name in ((y, "count"), (e, "expected")):
        refuse(values, values < 0, f"{name} is negative")
        refuse(values, np.isinf(values), f"{name} is infinite")
    if family == "bernoulli":
        refuse(y, (y != 0) & (y != 1) & ~np.isnan(y), "count is neither 0 nor 1")
        refuse(e, e >= 1, "expected is no chance below 1")
    return y, np.where(np.isnan(e), 0.0, e)


def _given(threshold: ArrayLike, shape: tuple[int, ...]) -> Floats:
    limits = np.broadcast_to(np.asarray(threshold, dtype=np.float64), (*shape, 2))
    if not (limits >= 0).all():
        raise ValueError("threshold must be 0 or more")
    return limits


def _weights(ratio: float, family: str) -> Weights:
    """What a month adds to the upper sum, and to the lower: logarithms of likelihood ratios."""
    each = log(ratio)
    if family == "poisson":
        return lambda y, e: (y * each - (ratio - 1) * e, (1 - 1 / ratio) * e - y * each)
    return lambda y, e: (y * each - np.log1p((ratio - 1) * e), -y * each - np.log1p((1 / ratio - 1) * e))


def _sums(weight: Floats, known: Bools, limit: Floats) -> tuple[Floats, Bools]:
    """max(0, sum + weight) along the last axis, from 0 again after each sum beyond the limit."""
    sums, signals = np.zeros(weight.shape), np.zeros(weight.shape, dtype=bool)
    running = np.zeros(weight.shape[:-1])
    for i in range(weight.shape[-1]):
        running = np.maximum(running + weight[..., i], 0.0)
        beyond = (running > limit) & known[..., i]
        sums[..., i], signals[..., i] = running, beyond
        running = np.where(beyond, 0.0, running)
    return sums, signals


def _thresholds(expected: Floats, ratio: float, family: str) -> Floats:
    """Up and down for each series, (..., 2): simulated once for each level on the grid."""
    months = (expected > 0).sum(axis=-1)
    mean = expected.sum(axis=-1) / np.maximum(months, 1)
    found = np.full((*mean.shape, 2), np.nan)
    some = mean > 0
    steps, which = np.unique(np.floor(np.log(mean[some]) / STEP).astype(np.int64), return_inverse=True)
    if steps.size:
        pairs = [[_simulated(int(step) + i, ratio, family) for i in (0, 1)] for step in steps]
        found[some] = np.max(pairs, axis=1)[which]
    return found


@lru_cache(maxsize=4096)
def _simulated(step: int, ratio: float, family: str) -> tuple[float, float]:
    """The thresholds at one level: passed by at most `AIM` of stable series within `MONTHS`."""
    level = exp(step * STEP)
    if family == "bernoulli":
        level = min(level, 1 - 1e-6)
    counts = _quantiles(level, family)
    possible = np.arange(counts[-1] + 1.0)
    gains, losses = _weights(ratio, family)(possible, np.full_like(possible, level))
    up, down, most_up, most_down = np.zeros((4, PATHS))
    for order in _orders():
        month = counts[order]
        up, down = np.maximum(up + gains[month], 0.0), np.maximum(down + losses[month], 0.0)
        most_up, most_down = np.maximum(most_up, up), np.maximum(most_down, down)
    place = PATHS - 1 - floor(AIM * PATHS)  # so many paths lie above
    high, low = (float(np.partition(most, place)[place]) for most in (most_up, most_down))
    return high, max(low, -log(FALSE_ALARMS) * (1 - 1 / ratio))


def _quantiles(level: float, family: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A month's counts in ascending order, each as often as its chance has it."""
    from scipy.special import pdtr

    most = 1 if family == "bernoulli" else int(level + 10 * level**0.5 + 10)
    cumulative = np.array([1 - level, 1.0]) if family == "bernoulli" else pdtr(np.arange(most + 1), level)
    return np.minimum(np.searchsorted(cumulative, (np.arange(PATHS) + 0.5) / PATHS), most)


@lru_cache(maxsize=1)
def _orders() -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    """Which path gets which of a month's counts, month by month; the same at every level."""
    random = np.random.default_rng(SEED)
    return tuple(random.permutation(PATHS) for _ in range(MONTHS))
