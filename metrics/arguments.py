"""What charts, comparisons and tests ask of their arguments."""

from collections.abc import Collection
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .points import Bools, Floats


def known(what: str, name: str, built: Collection[str]) -> None:
    """Refuse a name that is not among those there are."""
    if name not in built:
        raise ValueError(f"{what} {name!r} is not built; these are: {', '.join(built)}")


def refuse(values: Floats, wrong: Bools, what: str) -> None:
    """Refuse the first value that is wrong, with its place."""
    if wrong.any():
        place = first(wrong)
        raise ValueError(f"{what}: {values[place]:g} at index {place}")


def counts_of(top: ArrayLike, size: ArrayLike | None, time: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    """Count, exposure and time as floats, all of the count's shape (..., n_points).

    Without an exposure it is 1; without a time it is 0, 1, 2, ... Raises ValueError for what is below 0, and
    for times that do not rise or are dates.
    """
    counts = np.asarray(top, dtype=np.float64)
    if counts.ndim == 0:
        raise ValueError("count needs an axis of points")
    sizes = np.broadcast_to(np.asarray(1.0 if size is None else size, dtype=np.float64), counts.shape)
    times = np.arange(counts.shape[-1]) if time is None else time
    if (counts < 0).any() or (sizes < 0).any():
        name, wrong = ("count", counts < 0) if (counts < 0).any() else ("exposure", sizes < 0)
        raise ValueError(f"{name} is negative at index {first(wrong)}")
    if np.asarray(times).dtype.kind in "mM":
        raise ValueError("time must be numbers, such as years since the first month; not dates")
    moments = np.broadcast_to(np.asarray(times, dtype=np.float64), counts.shape)
    wrong = np.diff(moments, axis=-1) <= 0
    if wrong.any():
        raise ValueError(f"time must rise from point to point; it does not after index {first(wrong)}")
    return counts, sizes, moments


def share_of(top: Floats, size: Floats) -> None:
    """Refuse a numerator above its denominator; a denominator of 0 was not reported, whatever stands above it."""
    wrong = (top > size) & (size > 0)
    if wrong.any():
        raise ValueError(f"numerator is above the denominator at index {first(wrong)}")


def rows_of(values: Floats) -> Floats:
    """(..., n_points) as (n_series, n_points)."""
    return values.reshape(prod(values.shape[:-1]), values.shape[-1])


def first(wrong: Bools) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(wrong)[0])
