"""From rows of figures to `Points`: what is plotted, where phases begin, and which points may set limits."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inputs import Data
from .points import Bools, Floats, Ints, Points, count
from .ranges import moving_range


def lay_out(data: Data, kind: str, multiplier: float, *, bridge: bool = False) -> Points:
    """Lay the rows end to end."""
    n_series, n_points = data.numerator.shape
    starts, lengths = segments(n_series, n_points, data.phase)
    first = np.zeros(n_series * n_points, dtype=bool)
    first[starts] = True
    value = np.ravel(_figures(data, kind))
    if kind == "mr":
        used = ~np.isnan(value) if data.excluded is None else ~(np.isnan(value) | data.excluded.ravel())
        value = moving_range(value, used, first, bridge=bridge)
    value = value if multiplier == 1 else value * multiplier
    usable = value == value
    if data.excluded is not None:
        usable &= ~data.excluded.ravel()
    settled = usable
    for question in (data.unsettled, data.doubtful):
        if question is not None and question.any():
            settled = settled & ~question.ravel()
    return Points(
        n_series,
        n_points,
        multiplier,
        value,
        np.ravel(data.numerator),
        None if data.denominator is None else np.ravel(data.denominator),
        None if data.spread is None else np.ravel(data.spread),
        usable,
        settled,
        settled if data.baseline is None else _frozen(settled, data.baseline.ravel(), starts, lengths),
        starts,
        lengths,
        first,
    )


def _figures(data: Data, kind: str) -> Floats:
    """What is plotted, before it is multiplied."""
    if kind == "s":
        assert data.spread is not None  # control_chart asks for both
        assert data.denominator is not None
        return np.where(np.isnan(data.denominator), np.nan, data.spread)
    if data.denominator is None:
        return data.numerator
    if kind == "xbar":
        return np.where(np.isnan(data.denominator), np.nan, data.numerator)
    return np.asarray(data.numerator / data.denominator)


def segments(n_series: int, n_points: int, phase: NDArray[Any] | None) -> tuple[Ints, Ints | int]:
    """Where each segment begins, and how many points it has: one int where all are alike."""
    if phase is None:
        return np.arange(0, n_series * n_points, n_points), n_points
    if phase.strides[0] == 0:  # one row for all
        inside = np.flatnonzero(np.append(True, phase[0, 1:] != phase[0, :-1]))
        starts = (np.arange(n_series)[:, None] * n_points + inside).ravel()
        return starts, np.tile(np.diff(inside, append=n_points), n_series)
    first = np.ones((n_series, n_points), dtype=bool)
    np.not_equal(phase[:, 1:], phase[:, :-1], out=first[:, 1:])
    starts = np.flatnonzero(first)
    return starts, np.diff(starts, append=first.size)


def _frozen(settled: Bools, baseline: Bools, starts: Ints, lengths: Ints | int) -> Bools:
    """The baseline's points; all of its points in a segment that has none in the baseline."""
    base = settled & baseline
    without = count(base, starts) == 0
    return np.asarray(base | (settled & np.repeat(without, lengths))) if without.any() else base
