"""A call cut into blocks of series that fit the processor's cache, and the blocks' results put together again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inputs import Data
from .limits import Limits
from .points import Floats, Ints

BLOCK_POINTS = 16_384  # 128 KiB an array of floats


def blocks(data: Data) -> Iterator[tuple[int, Data]]:
    """The data in blocks of series; one series of one missing point stands in for no data at all."""
    n_series, n_points = data.numerator.shape
    if data.numerator.size == 0:
        nothing = np.full((max(n_series, 1), max(n_points, 1)), np.nan)
        bottom, spread = (None if x is None else nothing for x in (data.denominator, data.spread))
        yield 0, Data(data.shape, nothing, bottom, spread, *[None] * 8)
        return
    size = max(1, BLOCK_POINTS // n_points)
    if size >= n_series:
        yield 0, data
        return
    for begin in range(0, n_series, size):
        part = slice(begin, begin + size)
        rows = {name: None if x is None else x[part] for name, x in vars(data).items() if name != "shape"}
        yield begin, Data(data.shape, **rows)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Lines:
    """The lines of all blocks, flat: one figure a segment or one a point. `lengths`: points a segment; None: n_points."""

    limits: Limits
    lengths: Ints | None


class Store:
    """Results of the blocks, each kept in one array: of its points, or of its series."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.n_series = prod(shape[:-1])
        self.kept: dict[str, NDArray[Any]] = {}
        self.parts: list[Limits] = []
        self.lengths: list[Ints | int] = []

    def put(self, name: str, begin: int, n_series: int, figures: NDArray[Any]) -> None:
        rows = figures.reshape(n_series, -1)
        if name not in self.kept:
            self.kept[name] = np.empty((max(self.n_series, n_series), rows.shape[1]), rows.dtype)
        self.kept[name][begin : begin + n_series] = rows

    def add_lines(self, limits: Limits, lengths: Ints | int) -> None:
        if len(limits.middle) > len(limits.centre):  # a level line, opened for the sake of the limits
            limits = replace(limits, middle=limits.centre)
        self.parts.append(limits)
        self.lengths.append(lengths)

    def lines(self) -> Lines:
        """All blocks' lines. Where both limits are equally far, or the centre is the middle, that is kept once."""
        first = self.parts[0]
        middle = self._joined("middle")
        above = self._joined("above")
        below = above if first.below is first.above else self._joined("below")
        centre = middle if first.centre is first.middle else self._joined("centre")
        level = isinstance(self.lengths[0], int)
        return Lines(
            Limits(middle, below, above, centre, first.power),
            None if level else np.concatenate([np.atleast_1d(x) for x in self.lengths]),
        )

    def _joined(self, name: str) -> Floats:
        parts = [getattr(part, name) for part in self.parts]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def points(self, name: str) -> NDArray[Any]:
        return self.kept[name][: self.n_series]

    def figures(self, name: str) -> NDArray[Any]:
        return self.kept[name][: self.n_series, 0]
