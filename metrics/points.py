"""Many series laid end to end in one flat array, cut into segments: a segment is one phase of one series.

Laid out so, phases, holes and a million series are one thing: where segments begin. Nothing loops over series.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Strings = NDArray[np.str_]

BITS = 8  # flags that one byte can carry


@dataclass(frozen=True)
class Points:
    """A block of series, flat: `n_series * n_points` points, oldest first within a series.

    Attributes
    ----------
    value, numerator, denominator, deviations
        Flat floats; NaN = not reported. `value` is in the units shown (multiplied), the others as given; `deviations`
        are the standard deviations of subgroups.
    usable
        Reported and not excluded: what rules see.
    settled
        Usable, and neither still settling nor in question: what may set limits and earn an improvement.
    base
        The points that set the limits.
    starts
        Where each segment begins, and `first` the same as flags.
    lengths
        Points in each segment, or one int where all are alike.
    """

    n_series: int
    n_points: int
    multiplier: float
    value: Floats
    numerator: Floats
    denominator: Floats | None
    deviations: Floats | None
    usable: Bools
    settled: Bools
    base: Bools
    starts: Ints
    lengths: Ints | int
    first: Bools

    @property
    def exposure(self) -> Floats:
        assert self.denominator is not None  # control_chart asks for it
        return self.denominator

    @cached_property
    def n_base(self) -> Ints:
        return count(self.base, self.starts)

    @cached_property
    def last_segment(self) -> Ints:
        """The segment in which each series ends."""
        if isinstance(self.lengths, int):
            return np.arange(self.n_series)
        ends = np.arange(1, self.n_series + 1) * self.n_points
        return np.searchsorted(self.starts, ends) - 1

    def spread(self, figures: NDArray[Any]) -> NDArray[Any]:
        """One figure a segment, repeated over its points; figures that already stand one a point are left alone."""
        return figures if len(figures) == len(self.value) else np.repeat(figures, self.lengths)

    def mean(self, values: Floats) -> Floats:
        """The mean of the baseline points of each segment; NaN where there are none."""
        return self.total(values) / self.n_base

    def total(self, values: Floats) -> Floats:
        """The sum over the baseline points of each segment."""
        kept = values if self.all_base else np.where(self.base, values, 0.0)
        return np.asarray(np.add.reduceat(kept, self.starts))

    def median(self, values: Floats) -> Floats:
        """The median of the baseline points of each segment; NaN where there are none."""
        rows = np.sort(self._rows(values), axis=1)  # NaN goes last
        n, every = self.n_base, np.arange(len(rows))
        low, high = rows[every, np.maximum(n - 1, 0) // 2], rows[every, np.minimum(n // 2, rows.shape[1] - 1)]
        return np.asarray((low + high) / 2)

    @cached_property
    def all_base(self) -> bool:
        return bool(self.base.all())

    @cached_property
    def segment(self) -> NDArray[np.int32]:
        """The segment of each point."""
        return self.spread(np.arange(len(self.starts), dtype=np.int32))

    def _rows(self, values: NDArray[Any]) -> NDArray[Any]:
        """Baseline values as one row a segment, filled up with NaN at the end."""
        if isinstance(self.lengths, int):
            return np.where(self.base, values, np.nan).reshape(-1, self.lengths)
        rows = np.full((len(self.starts), int(self.lengths.max())), np.nan)
        place = np.arange(len(values)) - self.starts[self.segment]
        rows[self.segment[self.base], place[self.base]] = values[self.base]
        return rows


def count(flags: Bools, starts: Ints) -> Ints:
    """How many flags are up in each segment."""
    return np.asarray(np.add.reduceat(flags, starts, dtype=np.int64))


def take_flags(flags: Sequence[Bools], index: Ints) -> list[Bools]:
    """`flag[index]` for each flag, eight at a time in the bits of one byte."""
    taken: list[Bools] = []
    for i in range(0, len(flags), BITS):
        packed = pack(flags[i : i + BITS])[index]
        taken += unpack(packed, len(flags[i : i + BITS]))
    return taken


def put_flags(flags: Sequence[Bools], index: Ints, size: int) -> list[Bools]:
    """The reverse of `take_flags`: flags back in their places, False elsewhere."""
    put: list[Bools] = []
    for i in range(0, len(flags), BITS):
        packed = np.zeros(size, dtype=np.uint8)
        packed[index] = pack(flags[i : i + BITS])
        put += unpack(packed, len(flags[i : i + BITS]))
    return put


def pack(flags: Sequence[Bools]) -> NDArray[np.uint8]:
    packed = flags[0].astype(np.uint8)
    for bit, flag in enumerate(flags[1:], start=1):
        packed |= flag.view(np.uint8) << np.uint8(bit)
    return packed


def unpack(packed: NDArray[np.uint8], n: int) -> list[Bools]:
    return [(packed & np.uint8(1 << bit)) != 0 for bit in range(n)]
