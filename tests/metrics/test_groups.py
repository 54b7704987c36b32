"""Groups of people compared: the ratio, the interval for independent events, and the wider one for events that cluster."""

import numpy as np
import pytest
from scipy import stats

from metrics import compare_groups, rate_ratio

MONTHS = 36


def steady(*means, months=MONTHS):
    """Groups with the same count in every month: no dispersion."""
    return np.repeat(np.array(means, dtype=float)[:, None], months, axis=1)


def test_compare_groups_pools_the_last_twelve_months():
    count, size = steady(4, 10), steady(100, 500)
    count[0, :-12] = 40  # before the year
    found = compare_groups(count, size, 1)
    assert found.events.tolist() == [48, 120]
    assert found.exposure.tolist() == [1200, 6000]
    assert found.rate == pytest.approx([0.04, 0.02])
    assert found.ratio == pytest.approx([2, 1])
    assert int(found.n) == 12 and str(found.reason) == ""


def test_without_clusters_the_interval_is_the_exact_one():
    found = compare_groups(steady(4, 10), steady(100, 500), 1)
    found_exactly = rate_ratio(48, 1200, 120, 6000)
    exact = float(found_exactly.low), float(found_exactly.high)
    assert found.dispersion.tolist() == [1, 1]
    assert (found.low[0], found.high[0]) == pytest.approx(exact)
    assert (found.independent_low[0], found.independent_high[0]) == pytest.approx(exact)
    # the conditional test itself: the bounds of a binomial share, as odds
    share = stats.binomtest(48, 168).proportion_ci(0.95, "exact")
    odds = [bound / (1 - bound) * 6000 / 1200 for bound in share]
    assert (found.low[0], found.high[0]) == pytest.approx(odds)


def test_clusters_widen_the_interval_and_leave_the_ratio():
    calm, size = steady(6, 30), steady(100, 500)
    wild = calm.copy()
    wild[0] += np.tile([6, -6], MONTHS // 2)  # twelve, none, twelve, none ...
    one, other = compare_groups(calm, size, 1), compare_groups(wild, size, 1)
    assert other.ratio[0] == one.ratio[0] == 1
    assert other.dispersion[0] == pytest.approx(MONTHS * 36 / 6 / (MONTHS - 1))  # Pearson, by hand
    assert other.low[0] < one.low[0] and other.high[0] > one.high[0]
    assert other.independent_low[0] == pytest.approx(one.low[0])
    phi = other.dispersion[0]
    share = stats.beta.ppf(0.025, 72 / phi, 360 + 1)  # of effective counts, which need not be whole
    assert other.low[0] == pytest.approx(share / (1 - share) * (500 * 12) / (1200 / phi))


def test_the_reference_is_compared_with_nothing():
    found = compare_groups(steady(4, 10, 7), steady(100, 500, 200), 1)
    assert found.ratio[1] == 1
    for limits in (found.low, found.high, found.independent_low, found.independent_high):
        assert np.isnan(limits[1]) and np.isfinite(limits[[0, 2]]).all()
    counted_from_the_end = compare_groups(steady(4, 10, 7), steady(100, 500, 200), -2)
    assert np.array_equal(counted_from_the_end.low, found.low, equal_nan=True)


@pytest.mark.parametrize(("lacking", "reason"), [(3, ""), (4, "Fewer than 9 of the last 12 months")])
def test_at_least_nine_months_of_every_group(lacking, reason):
    count = steady(4, 10)
    count[0, -lacking:] = np.nan
    found = compare_groups(count, steady(100, 500), 1)
    assert int(found.n) == 12 - lacking
    assert str(found.reason).startswith(reason) and bool(str(found.reason)) == bool(reason)
    assert np.isnan(found.ratio).all() == bool(reason)
    if not reason:  # the same months for both
        assert found.events.tolist() == [36, 90]


def test_a_month_without_anybody_of_the_group_is_a_month_with_nothing():
    count, size = steady(4, 10), steady(100, 500)
    count[0, -1], size[0, -1] = 0, 0
    assert int(compare_groups(count, size, 1).n) == 12
    count[0, -1] = 1  # an event of nobody: not known how many were there
    assert int(compare_groups(count, size, 1).n) == 11


def test_no_event_has_a_ratio_of_nought_and_an_upper_limit():
    found = compare_groups(steady(0, 10), steady(100, 500), 1)
    assert (found.ratio[0], found.low[0]) == (0, 0)
    assert found.high[0] == pytest.approx(float(rate_ratio(0, 1200, 120, 6000).high))
    against_none = compare_groups(steady(0, 10), steady(100, 500), 0)
    assert np.isinf(against_none.high[1])


def test_many_pages_are_one_call():
    rng = np.random.default_rng(1)
    count, size = rng.poisson(9, (2, 3, 4, MONTHS)), rng.uniform(50, 90, (2, 3, 4, MONTHS))
    together = compare_groups(count, size, 2)
    one = compare_groups(count[1, 2], size[1, 2], 2)
    assert together.low.shape == (2, 3, 4) and together.n.shape == (2, 3)
    assert np.array_equal(together.high[1, 2], one.high, equal_nan=True)


@pytest.mark.parametrize("position", [2, -3])
def test_a_group_that_is_not_there_is_refused(position):
    with pytest.raises(ValueError, match="there are 2 groups"):
        compare_groups(steady(4, 10), steady(100, 500), position)


def test_counts_that_are_not_whole_are_refused():
    with pytest.raises(ValueError, match="whole"):
        compare_groups(steady(4.1, 10, months=12), steady(100, 500, months=12), 1)


def test_the_wider_interval_covers_where_events_cluster_and_the_plain_one_does_not():
    """Clusters that treble the variance, two groups of one rate: by simulation, 4,000 pairs (error 0.4 points)."""
    rng, mean = np.random.default_rng(7), np.array([5.0, 60.0])
    level = rng.gamma(mean[None, :, None] / 2, 2.0, (4_000, 2, MONTHS))
    found = compare_groups(rng.poisson(level), np.repeat(mean[:, None], MONTHS, axis=1), 1)
    covered = np.mean((found.low[:, 0] <= 1) & (found.high[:, 0] >= 1))
    plain = np.mean((found.independent_low[:, 0] <= 1) & (found.independent_high[:, 0] >= 1))
    assert 0.94 <= covered <= 0.97
    assert plain < 0.80
