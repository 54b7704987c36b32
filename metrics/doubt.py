"""Months that record far less than usual: good news, or reports that are missing. A question, not a verdict."""

from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .points import Bools, Floats, Ints

# All from the project's own simulations: see the Methods page for what these find and what they miss.
LONGEST = 12  # months in a run that is looked at
REACH = 12  # months either side that say what was to be expected
LEAST_MONTHS = 6  # of those, or nothing is expected
EACH_BELOW = 0.6  # of what was expected, every month
SUM_BELOW = 0.5  # of what was expected, together
CHANCE = 0.001  # of so few or fewer, had the level fallen to EACH_BELOW


def doubtful_months(count: ArrayLike, exposure: ArrayLike | None = None) -> Bools:
    """Find months in which reports may be missing.

    Parameters
    ----------
    count
        (..., n_points), oldest first; NaN = not reported. Of a proportion, give the denominator.
    exposure
        Broadcast to `count`; NaN or 0 = not reported. None: the count itself has a steady level.

    Returns
    -------
    boolean (..., n_points)
        False where nothing was reported: an absent month is missing, not doubtful.

    Raises
    ------
    ValueError
        For counts below 0, or shapes that do not broadcast.

    Notes
    -----
    For every run of 1 to 12 reported months in a row (a month that is missing is skipped), expected is the pooled
    rate of the undoubted months up to 12 either side, at least 6 of them, times the exposure. The run is doubtful if
    every month is below 0.6 of expected, their sum below half, and so low a sum has a chance under 1 in 1,000 even
    had the level fallen to 0.6. All runs are judged at once; then again without the doubtful months, until none is
    new. A true and large fall is doubted too.
    """
    top = np.asarray(count, dtype=np.float64)
    if top.ndim == 0:
        raise ValueError("count needs an axis of points")
    bottom = np.ones_like(top) if exposure is None else np.array(np.broadcast_to(exposure, top.shape), dtype=np.float64)
    if (top < 0).any() or (bottom < 0).any():
        raise ValueError("count and exposure cannot be negative")
    shape = top.shape
    reported = (np.isfinite(top) & np.isfinite(bottom) & (bottom > 0)).reshape(prod(shape[:-1]), shape[-1])
    order = np.argsort(~reported, axis=1, kind="stable")  # the reported months first, in their order
    n = reported.sum(axis=1)
    present = np.arange(shape[-1]) < n[:, None]
    y = np.where(present, np.take_along_axis(top.reshape(reported.shape), order, axis=1), 0.0)
    e = np.where(present, np.take_along_axis(bottom.reshape(reported.shape), order, axis=1), 0.0)
    asked = np.zeros_like(reported)
    np.put_along_axis(asked, order, _asked(y, e, n), axis=1)
    return asked.reshape(shape)


def _asked(y: Floats, e: Floats, n: Ints) -> Bools:
    """As `doubtful_months`, for rows whose first n months are reported and the rest are 0."""
    asked = np.zeros(y.shape, dtype=bool)
    active = np.arange(len(y))
    while active.size:
        found = _found(y[active], e[active], n[active], asked[active]) & ~asked[active]
        asked[active] |= found
        active = active[found.any(axis=1)]
    return asked


def _found(y: Floats, e: Floats, n: Ints, asked: Bools) -> Bools:
    """Months of every run that is asked about now."""
    n_points = y.shape[1]
    present = np.arange(n_points) < n[:, None]
    trusted = present & ~asked
    before = [_running(np.where(trusted, x, 0.0)) for x in (y, e, trusted)]
    sums = [_running(x) for x in (y, e)]
    rate = np.where(present, y / np.where(present, e, 1.0), np.inf)
    highest = np.full_like(rate, -np.inf)
    found = np.zeros(y.shape, dtype=bool)
    for length in range(1, min(LONGEST, n_points) + 1):
        begin = np.arange(n_points - length + 1)
        end = begin + length
        highest = np.maximum(highest[:, : len(begin)], rate[:, length - 1 :])
        low, high = np.maximum(begin - REACH, 0), np.minimum(end + REACH, n_points)
        around_y, around_e, months = (x[:, begin] - x[:, low] + x[:, high] - x[:, end] for x in before)
        usual = around_y / np.where(around_e > 0, around_e, 1.0)
        total, expected = (x[:, end] - x[:, begin] for x in sums)
        run = (months >= LEAST_MONTHS) & np.isfinite(highest) & _far_below(highest, usual, total, expected * usual)
        for month in range(length) if run.any() else ():
            found[:, month : month + len(begin)] |= run
    return found


def _far_below(highest: Floats, usual: Floats, total: Floats, expected: Floats) -> Bools:
    """Every month, and all together, far below usual, and more than chance explains."""
    low = (highest < EACH_BELOW * usual) & (total < SUM_BELOW * expected)
    if low.any():
        from scipy.special import pdtr

        low[low] = pdtr(np.floor(total[low]), EACH_BELOW * expected[low]) < CHANCE
    return np.asarray(low)


def _running(values: Floats) -> Floats:
    """Sums of the first 0, 1, 2, ... values of each row."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
