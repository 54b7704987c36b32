"""How large a fall must be before a year of figures could show it.

References
----------
Przyborowski & Wilenski, Biometrika 31 (1940) 313-323 (the test: see `ratio`).
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .arguments import known
from .points import Bools, Floats, Strings
from .ratio import binomial_p

SIGNIFICANT = 0.05
POWER = 0.8
BEFORE_MONTHS, AFTER_MONTHS = 24.0, 12.0
HISTORIES = ("recorded", "expected")
HALVINGS = 50
REACH = 8.0  # standard deviations of a Poisson count, beyond which there is less than 1e-12
BLOCK_CELLS = 2_000_000  # outcomes that are held at a time

NO_FIGURE = "No figures to judge this by."
NEVER = "Even a fall to none would probably not show in {months:g} months of figures."
SHOWS = (
    "A fall of {fall:.0f} % would show in {months:g} months of figures about 4 times in 5, "
    "if months vary no more than by chance. A smaller one may well not."
)


@dataclass(frozen=True)
class DetectableChange:
    """All of the arguments' broadcast shape.

    Attributes
    ----------
    ratio
        The greatest ratio of the rate after to the rate before, below 1, that would still show with a chance of 80 %:
        0.45 is a fall of 55 %. NaN: not even a fall to none would, or nothing is known.
    chance_of_none
        That a fall to none would show.
    sentence
        What may be said of it.
    """

    ratio: Floats
    chance_of_none: Floats
    sentence: Strings


def detectable_change(
    events: ArrayLike,
    exposure: ArrayLike | None = None,
    months: ArrayLike = AFTER_MONTHS,
    *,
    history: str = "recorded",
) -> DetectableChange:
    """The smallest fall that the figures could show: a two-sided 5 % exact conditional test, with 80 % power.

    Parameters
    ----------
    events
        Before the change, in all of `exposure`; NaN = not known.
    exposure
        Months before, 24 if None; or any exposure in the unit of `months`.
    months
        Months after, or their exposure. All broadcast.
    history
        recorded: the events have happened, and only the months after are left to chance. The count must be whole.
        expected: planned, and both counts are left to chance about what is expected.

    Raises
    ------
    ValueError
        For events below 0, exposure or months not above 0, events recorded that are not whole, another history.

    Notes
    -----
    The chance is the sum over every count after (and, if expected, before) that the test calls a fall. Where months
    vary more than a Poisson's, as most do, a fall must be larger than said here: the figure says what cannot be shown
    rather than what can.
    """
    known("history", history, HISTORIES)
    before = BEFORE_MONTHS if exposure is None else exposure
    y, e, m = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (events, before, months)))
    if (y < 0).any() or (e <= 0).any() or (m <= 0).any():
        raise ValueError("events cannot be below 0, and exposure and months must be above 0")
    if history == "recorded" and (y[np.isfinite(y)] % 1).any():
        raise ValueError("events recorded must be whole; give history='expected' for a mean")
    shape = y.shape
    usable = (np.isfinite(y) & np.isfinite(e) & np.isfinite(m)).reshape(prod(shape))
    cases = np.stack([x.reshape(prod(shape))[usable] for x in (y, e, m)], axis=1)
    different, which = np.unique(cases, axis=0, return_inverse=True)
    found = np.array([_one(a, b, c, history) for a, b, c in different.tolist()]).reshape(-1, 2)
    ratio, chance = np.full(prod(shape), np.nan), np.full(prod(shape), np.nan)
    ratio[usable], chance[usable] = found[which.reshape(-1)].T
    said = [_sentence(*figures) for figures in zip(ratio.tolist(), chance.tolist(), m.ravel().tolist(), strict=True)]
    return DetectableChange(ratio.reshape(shape), chance.reshape(shape), np.array(said, dtype=str).reshape(shape))


def _one(events: float, exposure: float, months: float, history: str) -> tuple[float, float]:
    """The ratio, and the chance that a fall to none would show, of one set of arguments."""
    expected = events * months / exposure
    reach = 0.0 if history == "recorded" else _reach(expected)
    after = np.arange(np.ceil(expected + reach) + 1.0)  # from what is recorded, a fall is fewer than expected
    if history == "recorded":
        shown = _is_fall(np.array([events]), after, exposure, months)[0].astype(np.float64)
    else:
        shown = _chance_shown(events, after, exposure, months)
    chance_of_none = float(shown[0])
    if chance_of_none < POWER:
        return np.nan, chance_of_none
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = (shown * _poisson(after, expected * middle)).sum() >= POWER
        low, high = (middle, high) if enough else (low, middle)
    return low, chance_of_none


def _chance_shown(events: float, after: Floats, exposure: float, months: float) -> Floats:
    """Of each count after: the chance of a count before from which the test would call it a fall."""
    reach = _reach(events)
    before = np.arange(max(0.0, np.floor(events - reach)), np.ceil(events + reach) + 1.0)
    shown = np.zeros(len(after))
    block = max(1, BLOCK_CELLS // len(after))
    for begin in range(0, len(before), block):
        some = before[begin : begin + block]
        shown += (_is_fall(some, after, exposure, months) * _poisson(some, events)[:, None]).sum(axis=0)
    return shown


def _is_fall(before: Floats, after: Floats, exposure: float, months: float) -> Bools:
    """(n_before, n_after): whether the test, given both counts, calls the second rate lower than the first."""
    y1, y2 = np.broadcast_arrays(before[:, None], after[None, :])
    share = np.full(y1.shape, months / (exposure + months))
    lower = y2 * exposure < y1 * months
    fall = np.zeros(y1.shape, dtype=bool)
    fall[lower] = binomial_p(y2[lower], (y1 + y2)[lower], share[lower]) < SIGNIFICANT
    return fall


def _reach(mean: float) -> float:
    return REACH * float(np.sqrt(mean)) + REACH


def _poisson(counts: Floats, mean: float) -> Floats:
    from scipy.special import gammaln, xlogy

    return np.asarray(np.exp(xlogy(counts, mean) - mean - gammaln(counts + 1)))


def _sentence(ratio: float, chance: float, months: float) -> str:
    if np.isnan(chance):
        return NO_FIGURE
    if np.isnan(ratio):
        return NEVER.format(months=months)
    return SHOWS.format(fall=np.ceil(100 * (1 - ratio)), months=months)
