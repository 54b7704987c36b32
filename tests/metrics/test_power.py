import numpy as np
import pytest
from scipy import stats

from metrics.power import detectable_change
from metrics.ratio import rate_ratio

RNG = np.random.default_rng(11)


def power_by_simulation(events, exposure, months, ratio, history, runs=60_000):
    """How often counts drawn at random are a significant fall."""
    before = np.full(runs, events) if history == "recorded" else RNG.poisson(events, runs)
    after = RNG.poisson(events * months / exposure * ratio, runs)
    pairs, times = np.unique(np.stack([before, after], axis=1), axis=0, return_counts=True)
    test = rate_ratio(pairs[:, 1], months, pairs[:, 0], exposure)
    shown = (test.p_value < 0.05) & (pairs[:, 1] * exposure < pairs[:, 0] * months)
    return times[shown].sum() / runs


@pytest.mark.parametrize("history", ["recorded", "expected"])
@pytest.mark.parametrize(("events", "exposure", "months"), [(20, 24, 12), (60, 24, 12), (300, 24, 12), (90, 30, 7)])
def test_the_power_at_the_ratio_is_80_percent_by_simulation(events, exposure, months, history):
    found = detectable_change(events, exposure, months, history=history)
    assert power_by_simulation(events, exposure, months, float(found.ratio), history) == pytest.approx(0.8, abs=0.006)
    assert power_by_simulation(events, exposure, months, float(found.ratio) + 0.05, history) < 0.79


@pytest.mark.parametrize("events", range(40))
def test_none_where_zero_would_not_be_significant(events):
    p = stats.binomtest(0, events, 1 / 3).pvalue if events else 1.0
    found = detectable_change(events)
    assert np.isnan(found.ratio) == (p >= 0.05)
    assert found.chance_of_none == (p < 0.05)


def test_recorded_is_the_chance_of_the_largest_count_that_is_significant():
    found = detectable_change(48)  # 24 to be expected in the 12 months after
    significant = [k for k in range(24) if stats.binomtest(k, 48 + k, 1 / 3).pvalue < 0.05]
    assert significant == list(range(max(significant) + 1))
    assert stats.poisson.cdf(max(significant), 24 * found.ratio) == pytest.approx(0.8, abs=1e-9)


def test_more_events_show_smaller_falls():
    for history in ("recorded", "expected"):
        ratio = detectable_change([20.0, 50, 100, 400, 2000], history=history).ratio
        assert (np.diff(ratio) > 0).all()
        assert 0 < ratio[0] < 0.5 < ratio[-1] < 1


def test_a_plan_is_no_surer_than_a_record():
    for events in (20, 48, 120, 600):
        recorded, expected = (detectable_change(events, history=h).ratio for h in ("recorded", "expected"))
        assert expected < recorded


def test_sentences_say_no_more_than_is_known():
    found = detectable_change([3, 48, np.nan], 24, [12, 12, 12])
    assert found.sentence[0] == "Even a fall to none would probably not show in 12 months of figures."
    fall = np.ceil(100 * (1 - found.ratio[1]))
    assert found.sentence[1].startswith(f"A fall of {fall:.0f} % would show in 12 months of figures about 4 times in 5")
    assert "vary no more than by chance" in found.sentence[1]
    assert found.sentence[2] == "No figures to judge this by."
    assert np.isnan(found.ratio[[0, 2]]).all()
    assert np.isnan(found.chance_of_none[2])


def test_exposures_may_be_of_any_unit():
    months, days = detectable_change(60, 24, 12).ratio, detectable_change(60, 24_000, 12_000).ratio
    assert months == pytest.approx(float(days))


@pytest.mark.parametrize("shape", [(), (0,), (3, 2), (2, 0)])
def test_every_shape_comes_back(shape):
    found = detectable_change(np.full(shape, 30))
    assert found.ratio.shape == found.chance_of_none.shape == found.sentence.shape == shape


def test_wrong_arguments_are_refused():
    for arguments, words in (
        ((-1,), "cannot be below 0"),
        ((3, 0), "must be above 0"),
        ((3, 24, 0), "must be above 0"),
        ((2.5,), "must be whole"),
    ):
        with pytest.raises(ValueError, match=words):
            detectable_change(*arguments)
    with pytest.raises(ValueError, match="recorded, expected"):
        detectable_change(3, history="guessed")
    assert np.isfinite(detectable_change(30.5, history="expected").ratio)
