"""A call cut into blocks of series that fit the processor's cache, and the blocks' results put together again."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inputs import Data
from .points import Strings

BLOCK_POINTS = 16_384  # 128 KiB an array of floats
SLAB = 9  # arrays of one type in one piece of memory: beyond 4 MiB numpy asks for large pages, which are quick to get


def blocks(data: Data) -> Iterator[tuple[int, Data]]:
    """The data in blocks of series; one series of one missing point stands in for no data at all."""
    n_series, n_points = data.numerator.shape
    if data.numerator.size == 0:
        nothing = np.full((max(n_series, 1), max(n_points, 1)), np.nan)
        bottom = None if data.denominator is None else nothing
        yield 0, Data(data.shape, nothing, bottom, None, None, None, None, None, None, None)
        return
    size = max(1, BLOCK_POINTS // n_points)
    if size >= n_series:
        yield 0, data
        return
    for begin in range(0, n_series, size):
        part = slice(begin, begin + size)
        rows = {name: None if x is None else x[part] for name, x in vars(data).items() if name != "shape"}
        yield begin, Data(data.shape, **rows)  # type: ignore[arg-type]


class Store:
    """Results of the blocks, each kept in one array as wide as it needs to be: a level line is one figure a series."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.n_series = int(np.prod(shape[:-1]))
        self.kept: dict[str, NDArray[Any]] = {}
        self.free: dict[tuple[int, np.dtype[Any]], list[NDArray[Any]]] = {}

    def put(self, name: str, begin: int, n_series: int, figures: NDArray[Any]) -> None:
        self._room(name, begin, n_series, figures.size // n_series, figures.dtype)[:] = figures.reshape(n_series, -1)

    def put_words(self, name: str, begin: int, n_series: int, words: Strings, code: NDArray[np.uint8]) -> None:
        """As `put` of `words[code]`, written in place: sixteen letters a point are too many to copy twice."""
        room = self._room(name, begin, n_series, code.size // n_series, words.dtype)
        np.take(words, code.reshape(room.shape), out=room, mode="clip")

    def _room(self, name: str, begin: int, n_series: int, width: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        if name not in self.kept:
            key = (width, dtype)
            if not self.free.get(key):
                self.free[key] = list(
                    np.empty(
                        (SLAB if width > 1 and dtype.itemsize <= 8 else 1, max(self.n_series, n_series), width), dtype
                    )
                )
            self.kept[name] = self.free[key].pop()
        return self.kept[name][begin : begin + n_series]

    def points(self, name: str) -> NDArray[Any]:
        rows = self.kept[name][: self.n_series]
        if rows.shape[1] > self.shape[-1]:  # there are no points: a stand-in had one
            rows = rows[:, :0]
        return np.broadcast_to(rows.reshape(*self.shape[:-1], rows.shape[1]), self.shape)

    def figures(self, name: str) -> NDArray[Any]:
        return self.kept[name][: self.n_series, 0].reshape(self.shape[:-1])
