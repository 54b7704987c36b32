from math import log2

import numpy as np
import pytest
from scipy.stats import binom

from metrics.runs import crossings_min, longest_run_max, run_figures


def test_limits_of_anhoej_for_every_length():
    n = np.arange(1, 400)
    assert longest_run_max(n).tolist() == [round(log2(k)) + 3 for k in n]
    assert crossings_min(n[1:]).tolist() == binom.ppf(0.05, n[1:] - 1, 0.5).astype(int).tolist()
    assert crossings_min(np.array([0, 1])).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("side", "longest", "crossings"), [("", 0, 0), ("+", 1, 0), ("++-+", 2, 2), ("+-+-", 1, 3), ("----", 4, 0)]
)
def test_figures_of_one_series(side, longest, crossings):
    above = np.array([mark == "+" for mark in side], dtype=bool)
    found = run_figures(above, np.zeros(len(side), dtype=int), 1)
    assert (found.n_useful[0], found.longest_run[0], found.crossings[0]) == (len(side), longest, crossings)


def test_runs_end_with_their_segment():
    found = run_figures(np.ones(6, dtype=bool), np.array([0, 0, 2, 2, 2, 3]), 5)
    assert found.longest_run.tolist() == [2, 0, 3, 1, 0]
