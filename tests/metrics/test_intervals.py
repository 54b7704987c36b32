import numpy as np
import pytest
from scipy import stats

from metrics import proportion_interval, rate_interval


@pytest.mark.parametrize("y", [0, 1, 2, 10, 200])
def test_exact_rate_interval_has_the_tails_it_should(y):
    found = rate_interval(y, 4.0)
    assert found.rate == y / 4
    assert stats.poisson.cdf(y, found.high * 4) == pytest.approx(0.025)
    assert found.low == 0 if y == 0 else stats.poisson.sf(y - 1, found.low * 4) == pytest.approx(0.025)


@pytest.mark.parametrize("y", [0, 1, 2, 10, 200])
def test_mid_p_counts_half_of_what_was_seen(y):
    found, exact = rate_interval(y, 1.0, method="mid_p"), rate_interval(y, 1.0)
    assert exact.low <= found.low <= found.high < exact.high
    assert stats.poisson.cdf(y - 1, found.high) + stats.poisson.pmf(y, found.high) / 2 == pytest.approx(0.025)
    if y:
        assert stats.poisson.sf(y, found.low) + stats.poisson.pmf(y, found.low) / 2 == pytest.approx(0.025)


def test_dispersion_widens():
    plain, wide = rate_interval(30, 10), rate_interval(30, 10, dispersion=3)
    assert wide.rate == plain.rate
    assert wide.low < plain.low < plain.high < wide.high
    assert wide.high == pytest.approx(float(rate_interval(10, 10 / 3).high))


@pytest.mark.parametrize("mean", [0.5, 2.0, 9.3])
def test_exact_intervals_never_cover_less_than_they_say(mean):
    y = np.arange(0, 80)
    found = rate_interval(y, 1.0)
    assert stats.poisson.pmf(y, mean)[(found.low <= mean) & (mean <= found.high)].sum() >= 0.95
    share, n = mean / 10, 30
    found = proportion_interval(np.arange(n + 1), n)
    covered = (found.low <= share) & (share <= found.high)
    assert stats.binom.pmf(np.arange(n + 1), n, share)[covered].sum() >= 0.95


@pytest.mark.parametrize(("y", "n"), [(0, 10), (1, 10), (10, 10), (3, 7)])
def test_proportion_intervals_agree_with_scipy(y, n):
    for ours, theirs in (("exact", "exact"), ("wilson", "wilson")):
        found = proportion_interval(y, n, method=ours)
        expected = stats.binomtest(y, n).proportion_ci(method=theirs)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_missing_is_missing():
    for found in (rate_interval([np.nan, 1], [1, 0]), proportion_interval([np.nan, 0], [1, 0])):
        assert np.isnan([found.rate, found.low, found.high]).all()


def test_wrong_arguments_are_refused():
    for call, words in (
        (lambda: rate_interval(1, 1, method="byar"), "exact, mid_p"),
        (lambda: rate_interval(1, 1, level=95), "level"),
        (lambda: rate_interval(-1, 1), "below 0"),
        (lambda: proportion_interval(3, 2), "above the denominator"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
