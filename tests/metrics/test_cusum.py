import math

import numpy as np
import pytest

from metrics.cusum import FALSE_ALARMS, _simulated, cusum

LN2 = math.log(2)


def plain(count, expected, ratio, up_limit, down_limit, family="poisson"):
    """One series, month by month, as the books write it."""
    up = down = 0.0
    rows = []
    for y, e in zip(count, expected, strict=True):
        hit_up = hit_down = False
        if not (math.isnan(y) or math.isnan(e) or e == 0):
            for side, r in (("up", ratio), ("down", 1 / ratio)):
                usual = (r - 1) * e if family == "poisson" else math.log(1 - e + r * e)
                weight = y * math.log(r) - usual
                if side == "up":
                    up = max(0.0, up + weight)
                else:
                    down = max(0.0, down + weight)
            hit_up, hit_down = up > up_limit, down > down_limit
        rows.append((up, -down, hit_up, hit_down))
        up, down = 0.0 if hit_up else up, 0.0 if hit_down else down
    return [np.array(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("family", ["poisson", "bernoulli"])
@pytest.mark.parametrize("ratio", [1.5, 2.0, 4.0])
def test_sums_are_those_of_the_books(family, ratio):
    rng = np.random.default_rng(4)
    expected = rng.uniform(0.05, 0.6, (5, 50))
    level = np.where(np.arange(50) < 25, 2.5, 0.3) * expected
    count = rng.poisson(level).astype(float) if family == "poisson" else (rng.random((5, 50)) < level) * 1.0
    count[rng.random((5, 50)) < 0.1] = np.nan
    expected[0, 7], expected[1, 9] = np.nan, 0.0
    found = cusum(count, expected, ratio=ratio, threshold=[1.5, 1.2], family=family)
    for i in range(5):
        wanted = plain(count[i], expected[i], ratio, 1.5, 1.2, family)
        for ours, theirs in zip((found.upper, found.lower, found.signal_up, found.signal_down), wanted, strict=True):
            assert ours[i] == pytest.approx(theirs, abs=1e-12)
    assert found.signal_up.any()
    assert found.signal_down.any() or family == "bernoulli"


def test_first_steps_by_hand():
    found = cusum([0, 1, 3, 0], 0.5, threshold=2.0)
    steps = [0.0, LN2 - 0.5, LN2 - 0.5 + 3 * LN2 - 0.5]
    assert found.upper == pytest.approx([*steps[:3], steps[2] - 0.5])
    assert not found.signal_up.any()


def test_a_signal_begins_again_from_nothing():
    found = cusum([2, 2, 2, 2], 0.1, threshold=2.0)
    each = 2 * LN2 - 0.1
    assert found.upper == pytest.approx([each, 2 * each, each, 2 * each])
    assert found.signal_up.tolist() == [False, True, False, True]


def test_a_sum_on_the_threshold_is_no_signal():
    found = cusum([0, 0], 1.0, threshold=[9.0, 0.5])
    assert found.lower == pytest.approx([-0.5, -1.0])
    assert found.signal_down.tolist() == [False, True]


def test_a_month_not_reported_holds_the_sum():
    whole, holed = cusum([2, 0, 1], 0.4, threshold=9), cusum([2, np.nan, 0, np.nan, 1], 0.4, threshold=9)
    assert holed.upper[[0, 2, 4]] == pytest.approx(whole.upper)
    assert holed.upper[1] == holed.upper[0]
    assert holed.lower[3] == holed.lower[2]


def test_a_month_not_reported_never_signals():
    found = cusum([2, np.nan, np.nan], 0.1, threshold=1.0)
    assert found.signal_up.tolist() == [True, False, False]
    assert found.upper[1:].tolist() == [0, 0]


def stable(level, family, n=20_000, months=60, seed=8):
    rng = np.random.default_rng(seed)
    return rng.poisson(level, (n, months)) if family == "poisson" else (rng.random((n, months)) < level) * 1.0


@pytest.mark.parametrize(
    ("family", "level"), [("poisson", 0.02), ("poisson", 0.1), ("poisson", 0.5), ("poisson", 1.9), ("bernoulli", 0.2)]
)
@pytest.mark.parametrize("ratio", [1.5, 2.0, 3.0])
def test_at_most_one_stable_series_in_twenty_raises_an_alarm(family, level, ratio):
    found = cusum(stable(level, family), level, ratio=ratio, family=family)
    up, down = found.signal_up.any(axis=1).mean(), found.signal_down.any(axis=1).mean()
    error = 3 * math.sqrt(0.05 * 0.95 / 20_000)
    assert 0.02 < up < FALSE_ALARMS + error
    assert down < FALSE_ALARMS + error
    assert down > 0.02 or level < 0.1


def test_also_where_the_expected_counts_are_uneven():
    expected = 0.6 * np.random.default_rng(2).gamma(4, 1 / 4, 60)
    found = cusum(stable(expected, "poisson"), expected)
    for signal in (found.signal_up, found.signal_down):
        assert 0.02 < signal.any(axis=1).mean() < FALSE_ALARMS + 0.005


def test_a_fixed_threshold_is_wrong_at_most_levels():
    alarms = [cusum(stable(x, "poisson"), x, threshold=3.5).signal_up.any(axis=1).mean() for x in (0.01, 0.3, 2.0)]
    assert alarms[0] < 0.001
    assert 0.07 < alarms[1] < 0.11
    assert 0.24 < alarms[2] < 0.31


def test_a_doubled_level_is_found_and_so_is_a_halved_one():
    for change, signal, least in ((2.0, "signal_up", 0.85), (0.5, "signal_down", 0.75), (0.0, "signal_down", 1.0)):
        found = cusum(stable(1.0 * change, "poisson", n=2000), 1.0)
        assert getattr(found, signal).any(axis=1).mean() >= least


@pytest.mark.parametrize("level", [0.001, 0.01, 0.04])
@pytest.mark.parametrize("ratio", [1.5, 2.0, 5.0])
def test_silence_that_chance_explains_is_no_signal(level, ratio):
    months = math.floor(-math.log(0.05) / level)  # P(nothing) is still above 5 %
    found = cusum(np.zeros(months), level, ratio=ratio)
    assert not found.signal_down.any()
    assert cusum(np.zeros(3 * months), level, ratio=ratio).signal_down.any()


def test_a_series_that_was_not_reported_has_no_threshold_and_no_signal():
    found = cusum([[np.nan, np.nan], [1, 0]], [[np.nan, 0], [0.5, 0.5]])
    assert np.isnan(found.threshold[0]).all()
    assert (found.threshold[1] > 0).all()
    assert not found.signal_up[0].any()
    assert found.upper[0].tolist() == [0, 0]


def test_every_axis_in_front_is_as_each_series_alone():
    rng = np.random.default_rng(3)
    count, expected = rng.poisson(0.8, (2, 3, 30)), rng.uniform(0.4, 1.2, (2, 3, 1))
    together = cusum(count, expected)
    assert together.threshold.shape == (2, 3, 2)
    for place in np.ndindex(2, 3):
        alone = cusum(count[place], expected[place])
        for name, figures in vars(together).items():
            assert np.array_equal(getattr(alone, name), figures[place]), name


def test_the_same_call_gives_the_same_threshold_to_the_last_bit():
    first = _simulated(-20, 2.0, "poisson")
    _simulated.cache_clear()
    assert _simulated(-20, 2.0, "poisson") == first


def test_a_threshold_for_each_series_and_each_side():
    count = [[3, 3], [3, 3]]
    for given in (1.0, [[1.0], [9.0]], [[1.0, 5.0], [9.0, 5.0]]):
        found = cusum(count, 0.2, threshold=given)
        assert found.signal_up[0].all()
        assert found.signal_up[1].any() == (given == 1.0)


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 4)])
def test_nothing_gives_nothing(shape):
    found = cusum(np.zeros(shape), 1.0)
    assert found.upper.shape == shape
    assert found.threshold.shape == (*shape[:-1], 2)


def test_wrong_arguments_are_refused():
    for call, words in (
        (lambda: cusum([1], 1, family="normal"), "poisson, bernoulli"),
        (lambda: cusum([1], 1, ratio=1.0), "ratio must be above 1"),
        (lambda: cusum([1], 1, ratio=np.nan), "ratio must be above 1"),
        (lambda: cusum(1, 1), "an axis of points"),
        (lambda: cusum([0, -1], 1), r"count is negative: -1 at index \(1,\)"),
        (lambda: cusum([0, 1], -1), "expected is negative"),
        (lambda: cusum([0, np.inf], 1), "infinite"),
        (lambda: cusum([0, 2], 0.5, family="bernoulli"), "neither 0 nor 1"),
        (lambda: cusum([0, 1], 1.0, family="bernoulli"), "no chance below 1"),
        (lambda: cusum([0, 1], 1.0, threshold=-1), "threshold must be 0 or more"),
        (lambda: cusum([0, 1], 1.0, threshold=np.nan), "threshold must be 0 or more"),
        (lambda: cusum([0, 1], [1.0, 2.0, 3.0]), "broadcast"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
