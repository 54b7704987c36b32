"""When, at the pace of the last two years, a level would have halved."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .points import Floats, Strings
from .sentences import said
from .trend import count_trend

MONTHS = 24
YEAR = 12
FARTHEST = 50.0  # years: beyond, a pace is no pace


@dataclass(frozen=True)
class Pace:
    """Years until the level has halved, (...).

    Attributes
    ----------
    years, soonest, latest
        At the trend's slope and at the ends of its 95 % interval; infinite where that does not fall; NaN where there
        is no trend, and `reason` says why.
    sentence
        What may be said.
    """

    years: Floats
    soonest: Floats
    latest: Floats
    reason: Strings
    sentence: Strings


def pace_to_halve(count: ArrayLike, exposure: ArrayLike | None = None, *, last: np.datetime64 | None = None) -> Pace:
    """When the level would halve at the pace of the last 24 months.

    Parameters
    ----------
    count, exposure
        (..., n_points) a month, oldest first; NaN = not reported, not settled, in question or before a break. The
        newest 24 points are used, and all of them must be there.
    last
        The month of the last point: the sentence then names years.

    Raises
    ------
    ValueError
        As of `count_trend`.
    """
    y = np.asarray(count, dtype=np.float64)
    e = None if exposure is None else np.broadcast_to(np.asarray(exposure, dtype=np.float64), y.shape)[..., -MONTHS:]
    y = y[..., -MONTHS:]
    there = np.isfinite(y) & (True if e is None else np.isfinite(e) & (e > 0))
    n = there.sum(axis=-1)
    found = count_trend(y, e, np.arange(y.shape[-1]) / YEAR)
    reason = np.where(n < MONTHS, f"Fewer than {MONTHS} settled months.", found.reason)
    known = reason == ""
    years, soonest, latest = (_halving(x, known) for x in (found.ratio, found.low, found.high))
    now = np.nan if last is None else last.astype("datetime64[M]").astype(int) / YEAR + 1970
    sentence = said(partial(_sentence, now=now), reason, years, soonest, latest)
    return Pace(years, soonest, latest, reason, sentence)


def _halving(ratio: Floats, known: NDArray[np.bool_]) -> Floats:
    with np.errstate(all="ignore"):
        years = np.where(ratio < 1, np.log(0.5) / np.log(ratio), np.inf)
    return np.where(known, np.maximum(years, 0.0), np.nan)


def _sentence(reason: str, years: float, soonest: float, latest: float, now: float) -> str:
    if reason:
        return reason
    pace = "At the pace of the last 24 months this would"
    if years > FARTHEST:
        return (
            f"{pace} not halve. The months vary too much to be sure." if soonest <= FARTHEST else f"{pace} not halve."
        )
    middle, first = _when(years, now), _when(soonest, now)
    if latest > FARTHEST:
        return f"{pace} halve {middle}{_earliest(first)}."
    last = _when(latest, now)
    return f"{pace} halve {middle}" + ("." if first == last else f" ({first[3:]} to {last[3:]}).")


def _earliest(when: str) -> str:
    return f" ({when} at the earliest, or never)"


def _when(years: float, now: float) -> str:
    """By a year; or in so many years, where nothing is known of the year now."""
    return f"in {years:.1f} years" if np.isnan(now) else f"by {int(now + years)}"
