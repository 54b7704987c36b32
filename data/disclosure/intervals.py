"""Bounds by interval propagation: what each statement leaves to each of its counts, again and again until nothing moves.

What comes out holds every world that is possible. On a forest (no two statements reach the same counts by two ways) the
bounds are exact: every end is taken in some world, because whole intervals added or subtracted give whole intervals.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_ROUNDS = 200


@dataclass(frozen=True)
class Rows:
    """Sums with coefficients of 1 and -1, entry by entry: `row` and `column` say where each stands. Shape (n_entries,)."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    sign: Floats
    low: Floats
    high: Floats

    def with_sum(self, columns: NDArray[np.int64], low: float, high: float) -> "Rows":
        """And the sum of some columns between two ends."""
        return Rows(
            np.concatenate([self.row, np.full(len(columns), len(self.low))]),
            np.concatenate([self.column, columns]),
            np.concatenate([self.sign, np.ones(len(columns))]),
            np.append(self.low, low),
            np.append(self.high, high),
        )

    def kept(self, keep: NDArray[np.bool_]) -> "Rows":
        """Some of the rows."""
        number = np.cumsum(keep) - 1
        mine = keep[self.row]
        return Rows(number[self.row[mine]], self.column[mine], self.sign[mine], self.low[keep], self.high[keep])


def propagate(rows: Rows, lower: Floats, upper: Floats) -> tuple[Floats, Floats, bool] | None:
    """The bounds of each column and whether they have settled; None where no world is possible."""
    for _ in range(MOST_ROUNDS):
        new_lower, new_upper = _round(rows, lower, upper)
        if (new_lower > new_upper).any():
            return None
        if np.array_equal(new_lower, lower) and np.array_equal(new_upper, upper):
            return lower, upper, True
        lower, upper = new_lower, new_upper
    return lower, upper, False


def _round(rows: Rows, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    up = rows.sign > 0
    least = np.where(up, lower[rows.column], -upper[rows.column])
    most = np.where(up, upper[rows.column], -lower[rows.column])
    # What is left to each entry when the others of its row take as little, or as much, as they can.
    at_most = rows.high[rows.row] - _others(rows, least)
    at_least = rows.low[rows.row] - _others(rows, most)
    new_lower, new_upper = lower.copy(), upper.copy()
    np.minimum.at(new_upper, rows.column, np.where(up, at_most, -at_least))
    np.maximum.at(new_lower, rows.column, np.where(up, at_least, -at_most))
    return new_lower, new_upper


def _others(rows: Rows, value: Floats) -> Floats:
    """For each entry the sum of the other entries of its row; an endless one among them makes it endless."""
    finite = np.isfinite(value)
    n = len(rows.low)
    total = np.bincount(rows.row, np.where(finite, value, 0), n)
    endless = np.bincount(rows.row, ~finite, n)
    rest = total[rows.row] - np.where(finite, value, 0)
    ends = np.where(np.bincount(rows.row, value == np.inf, n) > 0, np.inf, -np.inf)  # all of a row are endless one way
    return np.where(endless[rows.row] - ~finite > 0, ends[rows.row], rest)


def is_forest(rows: Rows, n_columns: int) -> bool:
    """Whether no two ways lead from one count to another: as many links as a forest of these nodes has at most."""
    parent = list(range(n_columns + len(rows.low)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for row, column in zip(rows.row.tolist(), rows.column.tolist(), strict=True):
        one, other = root(column), root(n_columns + row)
        if one == other:
            return False
        parent[one] = other
    return True
