import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plain import xmr_mdc

from metrics import accelerate, control_chart, doubtful_months, explain

RNG = np.random.default_rng(20_261_122)
STEADY = np.array([10.0, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8])


@pytest.fixture(autouse=True, params=[False, True], ids=["numpy", "numba"])
def engine(request):
    """Every test of this file holds with and without the accelerator."""
    accelerate(request.param)
    yield
    accelerate(False)


KINDS = ("run", "xmr", "mr", "c", "u", "p", "u_prime", "p_prime", "i_prime", "g", "t", "xbar", "s")
DIVIDED = ("u", "p", "u_prime", "p_prime", "i_prime", "xbar", "s")


def chart(kind, y, **options):
    """Any kind of the same counts, out of a hundred where it needs a denominator."""
    options |= {"spread": np.sqrt(y)} if kind in ("xbar", "s") else {}
    return control_chart(kind, y, np.full(np.shape(y), 100.0) if kind in DIVIDED else None, **options)


FIGURES = ("variation", "assurance", "mixed", "trial", "n_used", "reason", "open_gap_signal", "open_gap_limit", "runs")
POINTS = (
    *("value", "centre", "lower", "upper", "inner_lower", "inner_upper", "computed_lower", "computed_upper", "sigma"),
    *("usable", "state", "improvement", "signals", "signals_high", "signals_low"),
)


def same(one, other, index=...):
    """Whether two charts agree in every array (the first one's at `index`)."""
    for name in FIGURES + POINTS:
        ours, theirs = getattr(one, name), getattr(other, name)
        pairs = [(ours, theirs)]
        if isinstance(ours, dict):
            pairs = [(ours[key], theirs[key]) for key in theirs]
        elif dataclasses.is_dataclass(ours):
            pairs = [(getattr(ours, f.name), getattr(theirs, f.name)) for f in dataclasses.fields(ours)]
        for a, b in pairs:
            if isinstance(a, np.ndarray):
                np.testing.assert_array_equal(a[index], b, err_msg=name)


# Lines


def test_xmr_lines_of_a_worked_example():
    made = control_chart("xmr", [4.0, 6, 5, 9])  # mean 6, moving ranges 2, 1, 4
    assert np.allclose(made.centre, 6)
    assert np.allclose(made.upper, 6 + 2.66 * 7 / 3)
    assert np.allclose(made.computed_lower, 6 - 2.66 * 7 / 3)
    assert np.allclose(made.lower, 0)
    assert np.allclose(made.inner_upper, 6 + 2.66 * 7 / 3 * 2 / 3)
    assert np.allclose(made.sigma, 2.66 * 7 / 9)


def test_xmr_is_not_cut_where_a_value_is_negative():
    made = control_chart("xmr", [[4.0, 6, 5, -9], [4, 6, 5, 9]])
    assert (made.lower[0] == made.computed_lower[0]).all()
    assert (made.lower[1] == 0).all()


@pytest.mark.parametrize(("missing", "ranges"), [("break", [1, 3]), ("bridge", [1, 2, 3])])
def test_a_missing_month_breaks_or_bridges_the_moving_range(missing, ranges):
    made = control_chart("xmr", [4.0, 5, np.nan, 7, 10], gaps=missing)
    assert np.allclose(made.sigma, 2.66 / 3 * np.mean(ranges))
    assert np.isfinite(made.centre).all()


def test_screening_drops_a_range_of_3_267_means_and_never_all_that_count():
    jump = np.array([5.0, 6] * 8 + [40] + [5, 6] * 4)
    assert control_chart("xmr", jump, screen=True).sigma[0] == pytest.approx(2.66 / 3)
    step = np.array([5.0] * 12 + [9.0] * 12)  # every range but one is 0: dropping it would leave no limits
    assert control_chart("xmr", step, screen=True).sigma[0] == control_chart("xmr", step).sigma[0] > 0


def test_p_limits_are_cut_at_one_hundred_per_cent_and_follow_the_denominator():
    made = control_chart("p", [9.0, 10, 19, 8], [10, 10, 20, 9], multiplier=100)
    assert (made.upper == 100).all()
    assert (made.computed_upper > 100).all()
    assert made.computed_upper[2] < made.computed_upper[1]


def test_u_prime_is_floored_at_u_unless_asked_not_to():
    y, n = np.array([10.0, 10, 11, 10, 10, 11, 10, 10]), np.full(8, 100.0)
    plain, floored = control_chart("u", y, n), control_chart("u_prime", y, n)
    assert np.allclose(plain.upper, floored.upper)
    assert (control_chart("u_prime", y, n, floor_sigma_z=False).upper < plain.upper).all()


def test_run_chart_has_a_median_and_no_limits():
    made = control_chart("run", [[1.0, 5, 3, 9], [np.nan, 5, 3, 9]])
    assert made.centre[:, 0].tolist() == [4, 5]
    assert np.isnan(made.upper).all()
    assert made.runs.n_useful.tolist() == [4, 2]


def test_run_medians_restart_with_the_phase():
    made = control_chart("run", [1.0, 2, 9, 7, 8], phase=[0, 0, 0, 1, 1])
    assert made.centre.tolist() == [2, 2, 2, 7.5, 7.5]


def test_t_goes_there_and_back():
    gaps = RNG.exponential(30, 20)
    scaled = gaps ** (1 / 3.6)
    half = 2.66 * np.abs(np.diff(scaled)).mean()
    made = control_chart("t", gaps)
    assert np.allclose(made.upper, (scaled.mean() + half) ** 3.6)
    assert np.allclose(made.inner_upper, (scaled.mean() + half * 2 / 3) ** 3.6)
    assert (made.lower >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [12, 18, 24, 60])
def test_a_constant_series_signals_nothing(kind, n):
    for value in (0.1, 1 / 3, 1e-9, 7e9, 0.0):
        size = np.full(n, value * 7 + 1) if kind in DIVIDED else None
        spread = np.full(n, value) if kind in ("xbar", "s") else None
        for floor in (True, False):
            options = {"spread": spread, "multiplier": 1000, "floor_sigma_z": floor}
            made = control_chart(kind, np.full(n, value), size, **options)
            assert set(made.state.tolist()) <= {"common_cause", "none"}, (value, floor)


# Phases, baseline, holes


@pytest.mark.parametrize("seed", range(6))
def test_xmr_with_mdc_agrees_with_a_plain_version(seed):
    rng = np.random.default_rng(seed)
    n_series, n = 60, int(rng.integers(1, 50))
    y = rng.poisson(rng.choice([1, 4, 20], (n_series, 1)), (n_series, n)).astype(float) + rng.integers(0, 9, n) * 0.3
    y[rng.random(y.shape) < 0.1] = np.nan
    y += np.where(np.arange(n) > n // 2, rng.choice([0, 0, 6], (n_series, 1)), 0)
    phase = np.cumsum(rng.random(y.shape) < 0.04, axis=1)
    baseline, excluded = rng.random(y.shape) < 0.7, rng.random(y.shape) < 0.05
    made = control_chart("xmr", y, phase=phase, baseline=baseline, excluded=excluded)
    usable = np.isfinite(y) & ~excluded
    for i in range(n_series):
        lines, flags = xmr_mdc(y[i], phase[i], baseline[i], usable[i])
        plain = np.array([lines[j] for j in range(n)])
        ours = np.column_stack([made.centre[i], made.computed_lower[i], made.computed_upper[i]])
        np.testing.assert_allclose(ours, plain, rtol=1e-12, atol=1e-12)
        for rule, (high, low) in flags.items():
            assert set(np.flatnonzero(made.signals_high[rule][i])) == high, (i, rule)
            assert set(np.flatnonzero(made.signals_low[rule][i])) == low, (i, rule)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "run"])
def test_a_new_point_does_not_move_frozen_limits(kind):
    y = np.append(STEADY, [30.0, 0, 50])
    frozen = np.arange(27) < 24
    longer, shorter = chart(kind, y, baseline=frozen), chart(kind, y[:25], baseline=frozen[:25])
    for line in ("centre", "computed_lower", "computed_upper"):
        np.testing.assert_array_equal(getattr(longer, line)[:25], getattr(shorter, line))


def test_a_phase_without_a_baseline_point_uses_all_of_its_points():
    phase = np.repeat([0, 1], 12)
    made = control_chart("xmr", STEADY, phase=phase, baseline=np.arange(24) < 6)
    assert made.centre[0] == STEADY[:6].mean()
    assert made.centre[-1] == pytest.approx(STEADY[12:].mean())
    assert made.n_used == 12


def test_phases_may_be_named():
    named = control_chart("xmr", STEADY, phase=np.repeat(["before", "after"], 12))
    same(named, control_chart("xmr", STEADY, phase=np.repeat([1, 2], 12)))


@pytest.mark.parametrize("mask", ["excluded", "unsettled", "doubtful"])
def test_what_is_masked_sets_no_limits(mask):
    y = np.append(STEADY, 500.0)
    made = control_chart("xmr", y, **{mask: np.arange(25) == 24})
    assert np.allclose(made.centre, STEADY.mean())
    assert made.n_used == 24
    assert made.value[-1] == 500


def test_an_excluded_point_signals_nothing_and_a_doubtful_one_can_only_signal_concern():
    y, last = np.append(STEADY, 500.0), np.arange(25) == 24
    assert control_chart("xmr", y, excluded=last).variation == "common_cause"
    assert control_chart("xmr", y, doubtful=last).variation == "concern_high"
    assert control_chart("xmr", y, unsettled=last).variation == "concern_high"
    low = np.append(STEADY + 100, 0.0)
    for mask in ("doubtful", "unsettled"):
        made = control_chart("xmr", low, **{mask: last})
        assert made.state[-1] == "none"
        assert not str(made.variation).startswith("improvement")


# Variation


IMPROVED = np.append(STEADY + 20, np.array([12.0, 14, 13, 12, 15, 13, 14, 12]))
FROZEN = np.arange(len(IMPROVED)) < 24


def test_improvement_and_its_direction():
    assert control_chart("xmr", IMPROVED, baseline=FROZEN).variation == "improvement_low"
    assert control_chart("xmr", IMPROVED, baseline=FROZEN, direction="higher").variation == "concern_low"
    assert control_chart("xmr", IMPROVED, baseline=FROZEN, direction="neutral").variation == "neither_low"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("missing", "The latest month was not reported."),
        ("doubtful", "The latest month is in question."),
        ("excluded", "The latest month is left out."),
    ],
)
def test_no_improvement_unless_the_latest_month_is_there_and_undoubted(change, reason):
    last = np.arange(len(IMPROVED)) == len(IMPROVED) - 1
    y = np.where(last & (change == "missing"), np.nan, IMPROVED)
    made = control_chart("xmr", y, baseline=FROZEN, **({} if change == "missing" else {change: last}))
    assert (made.variation, made.reason) == ("none", reason)
    worse = control_chart(
        "xmr", y, baseline=FROZEN, direction="higher", **({} if change == "missing" else {change: last})
    )
    assert (worse.variation, worse.reason) == ("concern_low", "")


def test_an_improvement_that_rests_on_doubtful_months_is_none_and_says_why():
    y = np.append(STEADY + 20, STEADY[:8] + 17)  # with the month before, nine in a row: a shift by its length alone
    months = np.arange(len(y))
    doubted = control_chart("xmr", y, baseline=FROZEN, doubtful=(months >= 24) & (months < 27))
    assert (doubted.variation, doubted.reason) == ("none", "It rests on months that are in question.")
    unsettled = control_chart("xmr", y, baseline=FROZEN, unsettled=months >= 29)
    assert (unsettled.variation, unsettled.reason) == ("none", "It rests on months that are still settling.")
    assert control_chart("xmr", y, baseline=FROZEN, unsettled=months >= 30).variation == "improvement_low"


def test_doubting_a_bad_month_makes_no_improvement():
    y = np.append(STEADY + 20, [14.0, 14, 14, 99, 14, 14, 14, 14])
    near = STEADY.mean() + 18.5
    y[24:] = np.where(y[24:] == 14, near, 99)
    bad = np.arange(len(y)) == 27
    made = control_chart("xmr", y, baseline=FROZEN, doubtful=bad)
    assert not made.improvement.any()
    assert made.signals["shift"].sum() == 0


def test_concern_wins_over_improvement_and_the_chart_says_that_it_is_mixed():
    y = np.append(STEADY + 20, [100.0, 95, 90, 85, 80, 75, 70])  # falling, and far above the limit
    made = control_chart("xmr", y, baseline=np.arange(len(y)) < 24)
    assert made.variation == "concern_high"
    assert made.mixed
    assert not control_chart("xmr", IMPROVED, baseline=FROZEN).mixed


def test_variation_is_of_the_last_settled_point_only():
    y = np.append(STEADY, [500.0, 10.0])
    made = control_chart("xmr", y, baseline=np.arange(26) < 24)
    assert made.state[-2] == "concern_high"
    assert made.variation == "common_cause"


def test_concern_of_an_unsettled_point_is_shown():
    y = np.append(STEADY, [500.0, 10.0])
    made = control_chart("xmr", y, baseline=np.arange(26) < 24, unsettled=np.arange(26) >= 24)
    assert made.variation == "concern_high"


@pytest.mark.parametrize(("n", "trial"), [(0, True), (1, True), (12, True), (13, False), (14, False)])
def test_fewer_than_thirteen_points_are_a_trial(n, trial):
    made = control_chart("xmr", STEADY[:n], target=0.5)
    assert (bool(made.trial), int(made.n_used)) == (trial, n)
    assert made.variation == ("none" if trial else "common_cause")
    assert (made.assurance == "none") == trial
    assert made.reason == (f"Too soon to say: we have {n} months and need 13." if trial else "")


@pytest.mark.parametrize(
    ("n", "state"), [(6, "none"), (7, "early_warning"), (12, "early_warning"), (13, "concern_high")]
)
def test_an_early_warning_needs_seven_points(n, state):
    y = np.append(STEADY[:n], 500.0)
    frozen = np.arange(n + 1) < n
    assert control_chart("xmr", y, baseline=frozen).variation == state
    assert control_chart("xmr", y, baseline=frozen, direction="higher").variation in ("none", "improvement_high")


@pytest.mark.parametrize(
    ("after", "state"),
    [
        ([30.0, 13], "none"),
        ([30.0, 31], "early_warning"),  # two months above the old centre, on limits that could not know
        ([30.0, 31, 13], "none"),
        ([13.0, 30, 31], "early_warning"),
        ([2.0, 1], "none"),  # the good side
    ],
)
def test_a_rebase_does_not_switch_the_alarm_off(after, state):
    y = np.append(STEADY + 10, after)
    assert control_chart("xmr", y, phase=np.arange(len(y)) >= 24).variation == state


def test_too_few_gaps_say_so_and_never_warn():
    made = control_chart("t", [30.0, 20, 25, 30, 20, 25, 28, 1e-6])
    assert (made.variation, made.reason) == ("none", "Too few events: we have 8 gaps between events and need 13.")


def test_long_gaps_are_an_improvement_and_padding_is_not_a_missing_month():
    gaps = np.append(RNG.gamma(4, 5, 20), [90.0] * 8)
    frozen = np.arange(28) < 20
    assert control_chart("t", gaps, baseline=frozen).variation == "improvement_high"
    padded = control_chart("t", np.append(gaps, np.nan), baseline=np.append(frozen, False))
    assert padded.variation == "improvement_high"
    assert control_chart("t", gaps, baseline=frozen, direction="higher").variation == "concern_high"


def test_an_open_gap_longer_than_the_limit_counts_and_moves_nothing():
    gaps = np.random.default_rng(1).gamma(4, 5, (2, 20))
    closed = control_chart("t", gaps)
    limit = closed.upper[:, 0]
    made = control_chart("t", gaps, open_gap=limit + np.array([0.001, -0.001]))
    assert made.open_gap_signal.tolist() == [True, False]
    assert made.variation[0] == "improvement_high"
    np.testing.assert_array_equal(made.upper, closed.upper)
    assert control_chart("t", gaps[:, :12], open_gap=1e9).open_gap_signal.tolist() == [False, False]


def test_an_open_gap_over_which_reports_may_have_stopped_is_no_improvement():
    gaps = np.random.default_rng(1).gamma(4, 5, 20)
    asked = control_chart("t", gaps, open_gap=500, open_gap_doubtful=True)
    assert (asked.variation, asked.reason) == ("none", "The latest month is in question.")
    assert asked.open_gap_signal
    assert [signal.meaning for signal in explain(asked) if not signal.points] == ["neither"]
    sure = control_chart("t", gaps, open_gap=500, open_gap_doubtful=False)
    assert sure.variation == "improvement_high"
    worse = control_chart("t", gaps, open_gap=500, open_gap_doubtful=True, direction="higher")
    assert worse.variation == "concern_high"
    both = control_chart("t", np.stack([gaps, gaps]), open_gap=500, open_gap_doubtful=[True, False])
    assert both.variation.tolist() == ["none", "improvement_high"]


# Assurance


@pytest.mark.parametrize(
    ("target", "lower", "higher"),
    [(100.0, "pass", "fail"), (10.5, "hit_or_miss", "hit_or_miss"), (0.5, "fail", "pass"), (0.0, "none", "none")],
)
def test_assurance(target, lower, higher):
    steadier = 10 + (STEADY - 10.5) / 10
    assert control_chart("xmr", steadier, target=target).assurance == lower
    assert control_chart("xmr", steadier, target=target, direction="higher").assurance == higher
    assert control_chart("xmr", steadier, target=target, direction="neutral").assurance == "none"


def test_a_target_on_the_limit_is_hit_or_miss():
    made = control_chart("xmr", STEADY)
    assert control_chart("xmr", STEADY, target=made.computed_upper[0]).assurance == "hit_or_miss"
    assert control_chart("xmr", STEADY, target=np.nextafter(made.computed_upper[0], np.inf)).assurance == "pass"


def test_targets_for_all_for_each_series_and_for_each_point():
    y = np.array([STEADY, STEADY])
    assert control_chart("xmr", y, target=100).assurance.tolist() == ["pass", "pass"]
    assert control_chart("xmr", y, target=[[100], [np.nan]]).assurance.tolist() == ["pass", "none"]
    falling = np.linspace(100, 10, 24)
    assert control_chart("xmr", y, target=falling).assurance.tolist() == ["hit_or_miss", "hit_or_miss"]
    assert control_chart("xmr", y, target=falling[::-1]).assurance.tolist() == ["pass", "pass"]


# Shapes and arguments


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(0,), (1,), (0, 5), (3, 0), (2, 3, 0), (3, 1), (2, 3, 7)])
def test_every_shape_comes_back(kind, shape):
    y = np.ones(shape)
    made = chart(kind, y)
    assert made.value.shape == made.centre.shape == made.state.shape == shape
    assert made.variation.shape == made.n_used.shape == made.reason.shape == shape[:-1]
    assert all(flags.shape == shape for flags in made.signals.values())
    nothing = chart(kind, np.full(shape, np.nan))
    assert (nothing.n_used == 0).all()
    assert set(nothing.variation.ravel().tolist()) <= {"none"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_is_its_series_in_any_order_and_any_blocks(kind, monkeypatch):
    y = RNG.poisson(6, (40, 30)).astype(float)
    y[RNG.random(y.shape) < 0.05] = np.nan
    options = {"phase": np.arange(30) >= RNG.integers(5, 29, (40, 1)), "unsettled": np.arange(30) > 27}
    whole = chart(kind, y, **options)
    order = RNG.permutation(40)
    same(whole, chart(kind, y[order], **(options | {"phase": options["phase"][order]})), order)
    monkeypatch.setattr("metrics.store.BLOCK_POINTS", 77)
    same(whole, chart(kind, y, **options))
    same(whole, chart(kind, y[7], **(options | {"phase": options["phase"][7]})), 7)


@settings(deadline=None, max_examples=40)
@given(
    arrays(np.float64, (3, 20), elements=st.integers(0, 40).map(float)),
    st.sampled_from([2.0, 0.5, 1024.0]),
    st.sampled_from(["xmr", "run", "u", "u_prime", "t"]),
)
def test_scaling_the_data_scales_the_lines_and_changes_no_signal(y, factor, kind):
    one, other = chart(kind, y, multiplier=1.0), chart(kind, y, multiplier=factor)
    for line in ("value", "centre", "lower", "upper", "inner_upper"):
        np.testing.assert_allclose(getattr(other, line), getattr(one, line) * factor, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(one.variation, other.variation)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("phased", [True, False])
def test_one_series_of_a_chart_is_the_chart_of_one_series(kind, phased):
    y = RNG.poisson(6, (2, 3, 20)).astype(float) + 1
    phase = np.arange(20) >= RNG.integers(1, 19, (2, 3, 1)) if phased else None
    whole = chart(kind, y, phase=phase)
    same(whole.series(1, 2), chart(kind, y[1, 2], phase=phase[1, 2] if phased else None))
    assert whole.series(0, 1).state.shape == (20,)
    assert control_chart("xmr", y, points=False).series(1, 0).value is None
    with pytest.raises((ValueError, IndexError)):
        whole.series(2, 0)


def test_what_the_caller_changes_later_does_not_change_the_chart():
    y = STEADY.copy()
    made = control_chart("xmr", y)
    y[:] = 0
    assert made.value.tolist() == STEADY.tolist()


def test_without_points_only_the_figures_are_kept():
    made, whole = control_chart("xmr", STEADY, points=False), control_chart("xmr", STEADY)
    assert made.value is made.state is made.signals is None
    assert (made.variation, made.n_used) == (whole.variation, whole.n_used)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("ewma", [1.0]), {}, "'ewma' is not built; these are: run, xmr, mr, c"),
        (("xmr", [1.0]), {"rules": "ours"}, "these are: mdc, mdc6, nhsr, anhoej"),
        (("xmr", [1.0]), {"direction": "up"}, "lower, higher, neutral"),
        (("xmr", [1.0]), {"gaps": "fill"}, "break, bridge"),
        (("c", [1.0]), {"screen": True}, "screen"),
        (("c", [1.0]), {"open_gap": 3}, "open_gap"),
        (("xmr", [1.0]), {"spread": [1.0]}, "spread goes with the kinds xbar and s"),
        (("s", [1.0], [4.0]), {}, "they need it"),
        (("s", [1.0], [4.0]), {"spread": [-1.0]}, r"spread is negative: -1 at index \(0,\)"),
        (("xbar", [1.0], [4.0]), {"spread": [np.inf]}, "spread is infinite"),
        (("g", [-1.0]), {}, "negative"),
        (("xmr", 1.0), {}, "axis of points"),
        (("u", [1.0]), {}, "needs a denominator"),
        (("c", [1.0], [2.0]), {}, "takes no denominator"),
        (("c", [[1.0, 2], [3, -4]]), {}, r"-4 at index \(1, 1\)"),
        (("p", [1.0, 5], [4, 4]), {}, r"above the denominator: 5 at index \(1,\)"),
        (("u", [1.0, 5], [4, -4]), {}, r"denominator is negative: -4 at index \(1,\)"),
        (("xmr", [1.0, np.inf]), {}, "infinite"),
        (("xmr", [1.0, 2]), {"phase": [0, np.nan]}, "NaN"),
        (("xmr", [1.0, 2]), {"multiplier": -1}, "multiplier must be above 0"),
        (("xmr", [1.0, 2]), {"multiplier": np.nan}, "multiplier must be above 0"),
        (("xmr", [1.0, 2]), {"min_points": 0}, "min_points must be at least 1"),
        (("xmr", [1.0, 2]), {"target": np.inf}, "target is infinite"),
        (("p", [1.0, 2], [4, 4]), {"target": 90}, "target is above 1, which no share can be"),
        (("t", [1.0, 2]), {"open_gap": 3, "open_gap_doubtful": 1}, "must be boolean"),
        (("xmr", [1.0, 2]), {"baseline": [0, 1]}, "boolean"),
        (("xmr", [1.0, 2]), {"baseline": [True] * 3}, "broadcast"),
        (("xmr", np.ones((2, 4))), {"target": np.ones((2, 3))}, "broadcast"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(arguments, options, words):
    with pytest.raises(ValueError, match=words):
        control_chart(*arguments, **options)


def test_a_denominator_of_none_or_zero_is_a_month_that_was_not_reported():
    made = control_chart("u", np.full(5, 3.0), [10, 0, np.nan, 10, 10])
    assert np.isnan(made.value).tolist() == [False, True, True, False, False]
    assert made.n_used == 3
    assert np.isnan(made.upper[1])


# What it promises


@pytest.mark.parametrize(
    ("mean", "n", "frozen", "last", "anywhere"),
    [(20, 24, 24, 1.5, 16), (20, 36, 36, 1.7, 27), (2, 36, 36, 3.2, 45), (20, 60, 24, 3.75, 57)],
)
def test_a_stable_chart_flags_as_often_as_the_methods_page_says(mean, n, frozen, last, anywhere):
    y = np.random.default_rng(n).poisson(mean, (4000, n))
    made = control_chart("xmr", y, baseline=np.arange(n) < frozen)
    flagged = np.logical_or.reduce(list(made.signals.values()))
    assert 100 * flagged[:, -1].mean() == pytest.approx(last, abs=0.9)
    assert 100 * flagged.any(axis=1).mean() == pytest.approx(anywhere, abs=2.5)


def test_the_published_artefact_earns_no_improvement():
    restrained = np.array([130, 20, 25, 40, 35, np.nan, 130, 140, 145, 145, 130, 135])
    bed_days = np.array([24540, 25515, 24480, 25350, 25245, 23315, 25850, 25255, 26160, 25180, 25975, 26160])
    for kind in ("u", "u_prime", "xmr"):
        taken = control_chart(kind, restrained, bed_days, multiplier=1000, min_points=7)
        assert (taken.state[1:5] == "improvement_low").all()  # as every SPC tool has it
        asked = doubtful_months(restrained, bed_days)
        careful = control_chart(kind, restrained, bed_days, multiplier=1000, min_points=7, doubtful=asked)
        assert not careful.improvement.any()
        assert set(careful.state[1:5].tolist()) == {"none"}
