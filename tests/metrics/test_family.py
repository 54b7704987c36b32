import numpy as np
import pytest
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from metrics.family import benjamini_hochberg

RNG = np.random.default_rng(4)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2, 1.0])
def test_it_agrees_with_statsmodels_and_scipy(rate):
    p = RNG.random((50, 30)) ** 2.5
    p[:, 10] = p[:, 20]  # ties
    ours = benjamini_hochberg(p, rate)
    for i in range(50):
        found, adjusted, _, _ = multipletests(p[i], alpha=rate, method="fdr_bh")
        np.testing.assert_array_equal(ours.found[i], found)
        np.testing.assert_allclose(ours.adjusted[i], adjusted, rtol=1e-12)
    np.testing.assert_allclose(ours.adjusted, false_discovery_control(p, axis=1), rtol=1e-12)
    assert ours.found.any()


def test_tests_that_were_not_made_do_not_count():
    p = np.array([0.02, np.nan, 0.2, 0.001, np.nan, 0.04])
    ours = benjamini_hochberg(p)
    made = ~np.isnan(p)
    np.testing.assert_allclose(ours.adjusted[made], multipletests(p[made], method="fdr_bh")[1])
    assert np.isnan(ours.adjusted[~made]).all()
    assert not ours.found[~made].any()
    assert ours.n == 4


@pytest.mark.parametrize(
    ("p", "found"),
    [
        ([], []),
        ([np.nan, np.nan], [False, False]),
        ([0.05], [True]),
        ([0.0500001], [False]),
        ([0.025, 0.9], [True, False]),
        ([0.0250001, 0.9], [False, False]),
        ([0.05, 0.05], [True, True]),  # each alone too large for its rank, the second carries the first
        ([0.0, 1.0], [True, False]),
    ],
)
def test_the_boundary_counts(p, found):
    assert benjamini_hochberg(p).found.tolist() == found


def test_each_last_axis_is_a_family_of_its_own():
    p = RNG.random((2, 3, 8))
    ours = benjamini_hochberg(p, 0.5)
    assert ours.found.shape == (2, 3, 8)
    assert ours.n.shape == (2, 3)
    np.testing.assert_array_equal(ours.adjusted[1, 2], benjamini_hochberg(p[1, 2]).adjusted)


def test_few_findings_are_false():
    p = RNG.random((4000, 40))
    p[:, :10] **= 6  # ten of forty are real
    found = benjamini_hochberg(p).found
    share = found[:, 10:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    assert share.mean() == pytest.approx(0.05 * 30 / 40, abs=0.006)


@pytest.mark.parametrize(
    ("p", "rate", "words"), [([1.1], 0.05, "between 0 and 1"), ([-0.1], 0.05, "between 0 and 1"), ([0.5], 0, "rate")]
)
def test_wrong_arguments_are_refused(p, rate, words):
    with pytest.raises(ValueError, match=words):
        benjamini_hochberg(p, rate)
    with pytest.raises(ValueError, match="axis"):
        benjamini_hochberg(0.5)
