"""Everything that makes a month one to check, each with its reason: what is asked of the ward, and never an accusation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arguments import counts_of, rows_of
from .doubt import CHANCE, EACH_BELOW, LEAST_MONTHS, REACH, doubtful_months
from .points import Bools, Floats, Strings

BOTH_CHANCE = 0.05  # of so few harm reports, and of so few without, had both fallen to EACH_BELOW
TOGETHER = 3  # months over which harm and no-harm reports are looked at side by side
REASONS = np.array(
    [
        "",
        "Far below what is usual here.",
        "Nothing at all, where chance would leave nothing less than once in 1,000 times.",
        "Harm and no-harm reports have both fallen: fewer reports, rather than less harm?",
    ]
)


@dataclass(frozen=True)
class Questions:
    """Both (..., n_points): whether somebody should check the month, and why ('' where not)."""

    asked: Bools
    reason: Strings


def questions(count: ArrayLike, exposure: ArrayLike | None = None, *, no_harm: ArrayLike | None = None) -> Questions:
    """Which months to check, and why.

    Parameters
    ----------
    count, exposure
        As of `doubtful_months`.
    no_harm
        Reports without harm of the same unit and months, broadcast to `count`; NaN = not reported.

    Raises
    ------
    ValueError
        As `doubtful_months`.

    Notes
    -----
    Three rules; a month that several ask about gets the first one's reason. Far below usual: `doubtful_months`. Nothing
    at all: the newest months, where none of them recorded any and as many were expected from the 12 before (at least 6
    of them) that none has a chance below 1 in 1,000: at 5 a month from the second silent month, at 3 from the third, at
    1 from the eighth or so. It asks about a unit that is silent now; once it records again, only the first rule looks
    back. Both fallen: three months in a row whose mean is below 0.6 of the median of all, and more
    than chance explains (below 5 % each), of harm and of no-harm reports alike.
    """
    y = np.asarray(count, dtype=np.float64)
    far = doubtful_months(y, exposure)
    silent = _silent(y, exposure, far)
    together = np.zeros(y.shape, dtype=bool)
    if no_harm is not None:
        other = np.broadcast_to(np.asarray(no_harm, dtype=np.float64), y.shape)
        together = _spread(_low(y) & _low(other), y.shape)
    code = np.where(far, 1, np.where(silent, 2, np.where(together, 3, 0)))
    return Questions(code > 0, np.asarray(REASONS[code]))


def _silent(count: Floats, exposure: ArrayLike | None, doubted: Bools) -> Bools:
    """The newest months, as far back as nothing was recorded in any, where that is more than chance explains."""
    y, e, _ = (rows_of(x) for x in counts_of(count, exposure, None))
    reported = np.isfinite(y) & np.isfinite(e) & (e > 0)
    heard = np.cumsum((reported & (y > 0))[:, ::-1], axis=1)[:, ::-1] > 0  # something was recorded then or later
    before = reported & heard & ~doubted.reshape(y.shape)
    newest = np.cumsum(before[:, ::-1], axis=1)[:, ::-1] <= REACH
    before &= newest
    events, size = (np.where(before, x, 0.0).sum(axis=1) for x in (y, e))
    expected = events / np.where(size > 0, size, 1.0) * np.where(reported & ~heard, e, 0.0).sum(axis=1)
    asked = (before.sum(axis=1) >= LEAST_MONTHS) & (np.exp(-expected) < CHANCE)
    return np.asarray((asked[:, None] & reported & ~heard).reshape(count.shape))


def _low(values: Floats) -> Bools:
    """(..., n_points - 2): whether the three months from here on are low; False where one is not reported."""
    n = values.shape[-1] - TOGETHER + 1
    if n < 1:
        return np.zeros((*values.shape[:-1], 0), dtype=bool)
    reported = ~np.isnan(values)
    order = np.sort(values, axis=-1)  # NaN goes last
    m = reported.sum(axis=-1, keepdims=True)
    places = (np.maximum(m - 1, 0) // 2, np.minimum(m // 2, values.shape[-1] - 1))
    median = sum(np.take_along_axis(order, place, axis=-1) for place in places) / 2
    from scipy.special import pdtr

    total = np.add.reduce([values[..., i : i + n] for i in range(TOGETHER)])
    usual = EACH_BELOW * TOGETHER * median
    chance = pdtr(np.floor(np.where(np.isnan(total), 0.0, total)), usual)
    return np.asarray((total < usual) & (chance < BOTH_CHANCE))  # NaN is not


def _spread(window: Bools, shape: tuple[int, ...]) -> Bools:
    flags = np.zeros(shape, dtype=bool)
    for i in range(TOGETHER if window.shape[-1] else 0):
        flags[..., i : i + window.shape[-1]] |= window
    return flags
