import numpy as np
import pytest
from scipy import stats

from metrics import mann_kendall, theil_sen

RNG = np.random.default_rng(9)


def test_theil_sen_is_the_median_slope():
    y = RNG.normal(size=(5, 20))
    ours = theil_sen(y)
    for i in range(5):
        assert ours.slope[i] == pytest.approx(stats.theilslopes(y[i], np.arange(20)).slope)
        assert ours.low[i] < ours.slope[i] < ours.high[i]


def test_theil_sen_keeps_the_gap_of_a_missing_value_and_scales_with_time():
    y = 3.0 * np.arange(12)
    y[[2, 7]] = np.nan
    assert theil_sen(y).slope == 3
    assert theil_sen(y, np.arange(12) / 12).slope == pytest.approx(36)


def test_mann_kendall_of_a_worked_example():
    found = mann_kendall([1.0, 2, 3, 4, 5])
    assert (found.s, found.variance, found.tau, found.n) == (10, 5 * 4 * 15 / 18, 1, 5)
    assert found.z == pytest.approx(9 / np.sqrt(50 / 3))


def test_a_fall_is_a_rise_turned_round_and_missing_values_are_dropped():
    y = RNG.normal(size=30)
    up, down = mann_kendall(y), mann_kendall(-y)
    assert (up.s, up.p_value) == (-down.s, down.p_value)
    holes = np.insert(y, [3, 20], np.nan)
    assert mann_kendall(holes).p_value == up.p_value


@pytest.mark.parametrize(("y", "tau"), [([], True), ([1.0, 2], True), ([1.0, 2, 3], False), ([4.0] * 9, True)])
def test_too_few_or_all_equal(y, tau):
    assert np.isnan(mann_kendall(y).tau) == tau
    assert np.isnan(theil_sen(y).slope) == (len(y) < 3)


def test_effective_n_holds_its_size_where_neighbours_resemble_each_other():
    e = RNG.normal(size=(1500, 56))
    y = e.copy()
    for i in range(1, 56):
        y[:, i] = 0.5 * y[:, i - 1] + e[:, i]
    plain, held = ((mann_kendall(y[:, 20:], autocorrelation=a).p_value < 0.05).mean() for a in ("none", "effective_n"))
    assert plain > 0.15
    assert 0.02 <= held <= 0.09


def test_batches_of_any_shape():
    y = RNG.normal(size=(2, 3, 12))
    for found in (mann_kendall(y, autocorrelation="effective_n").p_value, theil_sen(y).low):
        assert found.shape == (2, 3)
    assert mann_kendall(y).s[1, 2] == mann_kendall(y[1, 2]).s
    assert mann_kendall(np.ones((0, 5))).s.shape == (0,)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="none, effective_n, hamed_rao"):
        mann_kendall([1.0], autocorrelation="hac")
