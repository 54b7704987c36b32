import numpy as np
import pytest
from scipy import stats

from metrics import rate_ratio


@pytest.mark.parametrize(
    ("y1", "y2", "share"), [(3, 9, 0.5), (0, 5, 0.3), (8, 0, 0.9), (7, 7, 0.5), (20, 4, 0.2), (1, 1, 0.7)]
)
def test_rate_ratio_is_the_exact_conditional_test(y1, y2, share):
    found = rate_ratio(y1, share, y2, 1 - share)
    assert found.p_value == pytest.approx(stats.binomtest(y1, y1 + y2, share).pvalue)


def test_rate_ratio_turned_round_is_its_inverse():
    one, other = rate_ratio(3, 10, 9, 20), rate_ratio(9, 20, 3, 10)
    assert one.ratio == pytest.approx(1 / other.ratio)
    assert (one.low, one.high) == pytest.approx((1 / other.high, 1 / other.low))
    assert one.p_value == pytest.approx(float(other.p_value))


def test_no_events_at_all_tell_nothing():
    found = rate_ratio(0, 10, 0, 10)
    assert np.isnan(found.ratio)
    assert (found.low, found.high, found.p_value) == (0, np.inf, 1)


def test_missing_is_missing_and_counts_are_whole():
    assert np.isnan(rate_ratio(np.nan, 1, 1, 1).p_value)
    assert np.isnan(rate_ratio(1, 0, 1, 1).ratio)
    with pytest.raises(ValueError, match="whole"):
        rate_ratio(1.5, 1, 1, 1)
    with pytest.raises(ValueError, match="below 0"):
        rate_ratio(1, 1, -1, 1)
