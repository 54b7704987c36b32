"""Anhøj's two tests of a run chart: a run that is too long, or a centre line that is crossed too seldom.

References
----------
Anhøj & Olesen, PLoS ONE 9 (2014) e113825; Anhøj, PLoS ONE 10 (2015) e0121349.
"""

from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np

from .points import Bools, Ints

LEVEL = 0.05  # chance of fewer crossings than the least allowed, were the points a fair coin


@dataclass(frozen=True)
class Runs:
    """Anhøj's figures, one a series (of its last phase)."""

    n_useful: Ints
    longest_run: Ints
    longest_run_max: Ints
    crossings: Ints
    crossings_min: Ints
    signal: Bools


def run_figures(side: Bools, segment: Ints, n_segments: int) -> Runs:
    """The figures of every segment.

    Parameters
    ----------
    side
        For each useful point (none stands on the centre line), whether it is above; in order.
    segment
        Which segment the point belongs to, ascending from 0.
    n_segments
        How many there are: some may have no useful point.
    """
    lengths, owner = run_lengths(side, segment)
    useful = np.bincount(segment, minlength=n_segments)
    longest = np.zeros(n_segments, dtype=np.int64)
    np.maximum.at(longest, owner, lengths)
    crossings = np.maximum(np.bincount(owner, minlength=n_segments) - 1, 0)
    limit = longest_run_max(useful)
    least = crossings_min(useful)
    return Runs(useful, longest, limit, crossings, least, (longest > limit) | (crossings < least))


def run_lengths(side: Bools, segment: Ints) -> tuple[Ints, Ints]:
    """The length of every run, in order, and the segment that it belongs to."""
    begins = np.flatnonzero(np.append(True, (side[1:] != side[:-1]) | (segment[1:] != segment[:-1])))
    if not side.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.diff(begins, append=side.size), segment[begins]


def longest_run_max(n_useful: Ints) -> Ints:
    """The longest run that chance explains: log2 of the useful points, rounded half to even, plus 3."""
    return np.round(np.log2(np.maximum(n_useful, 1))).astype(np.int64) + 3


def crossings_min(n_useful: Ints) -> Ints:
    """The fewest crossings that chance explains: the 5 % point of a binomial (n - 1, 1/2)."""
    largest = int(n_useful.max(initial=0))
    return np.array([_binomial_point(n - 1) for n in range(largest + 1)], dtype=np.int64)[n_useful]


@cache
def _binomial_point(trials: int) -> int:
    """The smallest k with P(Binomial(trials, 1/2) <= k) at least 5 %, in whole numbers: 5 % is 1/20."""
    below, k = 0, -1
    while 20 * below < 2 ** max(trials, 0):
        k += 1
        below += comb(max(trials, 0), k)
    return k
