"""What is particular to a kind of chart. What holds for all of them is in `test_chart`."""

import numpy as np
import pytest
from scipy.special import gamma

from metrics import control_chart
from metrics.subgroups import c4

STEADY = np.array([10.0, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8])
RNG = np.random.default_rng(3)


def test_mr_is_the_ranges_of_neighbours_within_a_phase():
    made = control_chart("mr", [4.0, 6, 5, np.nan, 9, 20, 22], phase=[0, 0, 0, 0, 0, 1, 1])
    np.testing.assert_array_equal(made.value, [np.nan, 2, 1, np.nan, np.nan, np.nan, 2])
    assert made.centre.tolist() == [1.5] * 5 + [2] * 2
    assert np.allclose(made.upper[:5], 3.267 * 1.5)
    assert (made.lower == 0).all()
    bridged = control_chart("mr", [4.0, 6, 5, np.nan, 9], gaps="bridge")
    np.testing.assert_array_equal(bridged.value, [np.nan, 2, 1, np.nan, 4])


def test_mr_leaves_an_excluded_point_out_of_both_of_its_ranges():
    made = control_chart("mr", [4.0, 6, 50, 7, 9], excluded=[False, False, True, False, False])
    np.testing.assert_array_equal(made.value, [np.nan, 2, np.nan, np.nan, 2])


@pytest.mark.parametrize("kind", ["mr", "s"])
def test_runs_mean_nothing_where_neighbours_share_a_point_or_limits_are_skewed(kind):
    made = control_chart(kind, STEADY, np.full(24, 5.0), spread=STEADY) if kind == "s" else control_chart(kind, STEADY)
    assert made.rules == "outside"
    assert set(made.signals) == {"astronomical"}


def test_i_prime_frees_ranges_of_the_exposure_and_gives_it_back():
    y, n = np.array([10.0, 24, 9, 33]), np.array([100.0, 200, 100, 300])
    made = control_chart("i_prime", y, n, multiplier=1000)
    rate = y / n
    ranges = np.sqrt(np.pi / 2) * np.abs(np.diff(rate)) / np.sqrt(1 / n[1:] + 1 / n[:-1])
    assert np.allclose(made.centre, 1000 * y.sum() / n.sum())
    assert np.allclose(made.computed_upper - made.centre, 3000 * ranges.mean() / np.sqrt(n))


def test_i_prime_of_equal_exposures_is_nearly_an_xmr():
    n = np.full(24, 50.0)
    ours, xmr = control_chart("i_prime", STEADY, n), control_chart("xmr", STEADY, n)
    assert np.allclose(ours.sigma / xmr.sigma, np.sqrt(np.pi) / 2 * 3 / 2.66)  # E|difference| is 2 sigma / root pi


def test_g_has_limits_about_the_mean_and_runs_about_the_median():
    gaps = RNG.geometric(0.02, 24).astype(float)
    made = control_chart("g", gaps)
    m = gaps.mean()
    assert np.allclose(made.centre, np.median(gaps))
    assert np.allclose(made.upper, m + 3 * np.sqrt(m * (m + 1)))
    assert (made.lower == 0).all()
    assert np.allclose(made.inner_upper, m + 2 * np.sqrt(m * (m + 1)))
    shown = control_chart("g", gaps, multiplier=100)
    assert np.allclose(shown.upper, 100 * made.upper)


def test_long_gaps_on_a_g_chart_are_fewer_events_and_an_open_one_counts():
    gaps = np.append(RNG.geometric(0.05, 20), [400.0] * 3)
    base = np.arange(23) < 20
    assert control_chart("g", gaps, baseline=base).variation == "improvement_high"
    assert control_chart("g", gaps, baseline=base, direction="higher").variation == "concern_high"
    still = control_chart("g", gaps[:20], open_gap=10_000)
    assert still.open_gap_signal
    assert still.open_gap_limit == still.upper[0]
    assert still.assurance == "none"


def test_c4_is_exact():
    n = np.array([2.0, 5, 25])
    assert np.allclose(c4(n), np.sqrt(2 / (n - 1)) * gamma(n / 2) / gamma((n - 1) / 2), rtol=1e-13)
    assert np.isnan(c4(np.array([0.0, 1]))).all()


def test_xbar_and_s_of_equal_subgroups_take_the_mean_deviation():
    samples = RNG.normal(50, 4, (20, 5))
    mean, size, spread = samples.mean(axis=1), np.full(20, 5.0), samples.std(axis=1, ddof=1)
    made, other = (control_chart(kind, mean, size, spread=spread) for kind in ("xbar", "s"))
    assert np.allclose(made.centre, mean.mean())
    assert np.allclose(made.upper, mean.mean() + 1.427 * spread.mean(), rtol=1e-3)  # A3 of five, as tables print it
    np.testing.assert_array_equal(other.value, spread)
    assert np.allclose(other.upper, 2.089 * spread.mean(), rtol=1e-3)  # B4 of five
    assert (other.lower == 0).all()  # B3 of five is 0


def test_xbar_of_unequal_subgroups_weighs_means_and_pools_deviations():
    mean, size, spread = np.array([5.0, 6, 7]), np.array([2.0, 4, 6]), np.array([1.0, 2, 3])
    made = control_chart("xbar", mean, size, spread=spread)
    assert np.allclose(made.centre, (10 + 24 + 42) / 12)
    pooled = np.sqrt((1 + 3 * 4 + 5 * 9) / 9)
    assert np.allclose(made.upper - made.centre, 3 * pooled / (c4(size) * np.sqrt(size)))


def test_a_subgroup_of_one_has_a_mean_and_no_limits():
    one = control_chart("xbar", [5.0, 6, 7], [4, 1, 4], spread=[1.0, np.nan, 1])
    np.testing.assert_array_equal(np.isnan(one.upper), [False, True, False])
    assert one.usable.all()
    assert not control_chart("s", [5.0, 6, 7], [4, 1, 4], spread=[1.0, 0, 1]).usable[1]


@pytest.mark.parametrize("kind", ["i_prime", "xbar"])
def test_signed_figures_keep_the_limit_below_zero(kind):
    y, n = np.array([-5.0, 4, -3, 6, 2]), np.full(5, 4.0)
    made = control_chart(kind, y, n, spread=np.full(5, 4.0) if kind == "xbar" else None)
    assert (made.lower < 0).all()
