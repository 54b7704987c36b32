import numpy as np
import pytest
from scipy.stats import binomtest

from metrics import compare_years


def years(*totals, n=12):
    """Months whose years add up to these."""
    return np.concatenate([np.append(np.zeros(n - 1), total) for total in totals])


@pytest.mark.parametrize(
    ("totals", "verdict"),
    [
        ((10, 11, 2), "fewer"),
        ((10, 11, 22), "more"),
        ((10, 11, 9), "unclear"),
        ((0, 0, 0), "unclear"),
        ((4, 0), "unclear"),
    ],
)
def test_this_year_against_all_before(totals, verdict):
    found = compare_years(years(*totals))
    assert found.verdict == verdict
    assert (found.now, found.before) == (totals[-1], totals[-2])
    assert (found.earlier, found.earlier_years) == (sum(totals[:-1]), len(totals) - 1)


def test_the_test_is_the_exact_conditional_one():
    found = compare_years(years(10, 11, 2))
    assert found.p_value == pytest.approx(binomtest(2, 23, 1 / 3).pvalue)


def test_months_before_the_first_whole_year_are_left_out():
    assert compare_years(np.append([99.0] * 5, years(3, 4))).earlier == 3


def test_a_year_that_is_not_complete_is_counted_and_not_compared():
    y, bad = years(10, 11, 2), np.arange(36) == 30
    assert compare_years(y, bad).verdict == "incomplete"
    assert compare_years(y, bad).now == 2
    assert np.isnan(compare_years(y, bad).p_value)
    missing = y.copy()
    missing[20] = np.nan
    assert compare_years(missing).verdict == "incomplete"
    assert np.isnan(compare_years(missing).before)
    silent = np.append(np.ones(24), np.full(12, np.nan))
    assert np.isnan(compare_years(silent).now)  # nothing reported is not nobody
    first = np.arange(36) == 3  # the oldest year is only left out of what is expected
    assert compare_years(y, first).earlier == 11
    assert compare_years(y, first).verdict == "fewer"


@pytest.mark.parametrize("n", [0, 12, 23])
def test_two_years_are_needed(n):
    found = compare_years(np.ones(n))
    assert found.verdict == "too_short"
    assert found.sentence == "There are not two settled years to compare."


def test_shapes_and_words():
    found = compare_years(np.stack([years(10, 11, 2), years(10, 11, 22)]).reshape(2, 1, 36))
    assert found.verdict.tolist() == [["fewer"], ["more"]]
    assert found.sentence[0, 0] == "That is fewer than earlier years would lead us to expect."
    for word in ("improve", "better", "success"):
        assert not any(word in str(sentence) for sentence in found.sentence.ravel())
    with pytest.raises(ValueError, match="below 0"):
        compare_years(-np.ones(24))
