"""Certified figures, and inputs at the edge: nothing warns, nothing is made up, and nothing is flagged that is not there.

The nine univariate sets of NIST's Statistical Reference Datasets. Lew, Lottery, Mavro and Michelso are in
`tests/reference/nist_*.csv`, copied from GSL's `statistics/test_nist.c`; their exact sums give the certified means.
PiDigits and NumAcc1 to 4 are made here. NIST's PiDigits is not quite pi: its 957th digit is 3, pi's is 8, and the
certified mean is of NIST's digits.
"""

import dataclasses
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import metrics
from metrics import accelerate, control_chart

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
DIGITS = 14  # correct ones, of the mean
CERTIFIED = {
    "pi_digits": "4.53480000000000",
    "lottery": "518.958715596330",
    "lew": "-177.435000000000",
    "mavro": "2.00185600000000",
    "michelso": "299.852400000000",
    "num_acc_1": "10000002",
    "num_acc_2": "1.2",
    "num_acc_3": "1000000.2",
    "num_acc_4": "10000000.2",
}

KINDS = ("run", "xmr", "mr", "c", "u", "p", "u_prime", "p_prime", "i_prime", "g", "t", "xbar", "s")
DIVIDED = ("u", "p", "u_prime", "p_prime", "i_prime", "xbar", "s")
BY_POINT = ("u", "p", "u_prime", "p_prime", "i_prime", "xbar", "s")  # limits follow the denominator
OF_PAIRS = ("xmr", "i_prime", "t")  # limits are made of neighbours' differences
N = 24
NAN = np.nan


@pytest.fixture(params=[False, True], ids=["numpy", "numba"])
def engine(request):
    accelerate(request.param)
    yield
    accelerate(False)


# NIST


def pi_digits(n):
    """The first n digits of pi, 3 included: Machin's formula in whole numbers."""
    unity = 10 ** (n + 10)

    def arctan(x):
        total = term = unity // x
        k, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // k)
            k, sign = k + 2, -sign
        return total

    number, digits = 4 * (4 * arctan(5) - arctan(239)) // 10**11, []
    for _ in range(n // 100):  # in parts: Python refuses to write so long a number out
        number, part = divmod(number, 10**100)
        digits.append(f"{part:0100d}")
    return [int(digit) for digit in "".join(reversed(digits))]


def nist(name):
    """The figures of one set, as they are printed."""
    if name == "pi_digits":
        digits = pi_digits(5000)
        assert digits[:12] == [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
        assert digits[956] == 8
        digits[956] = 3
        return [str(digit) for digit in digits]
    if name == "num_acc_1":
        return ["10000001", "10000003", "10000002"]
    if name.startswith("num_acc"):
        base = {"2": "1", "3": "1000000", "4": "10000000"}[name[-1]]
        return [f"{base}.2"] + [f"{base}.1", f"{base}.3"] * 500
    return (REFERENCE / f"nist_{name}.csv").read_text().split()[1:]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", CERTIFIED)
def test_the_mean_of_the_nist_sets_to_fourteen_digits(name):
    printed = nist(name)
    certified = Fraction(CERTIFIED[name])
    exact = sum(map(Fraction, printed)) / len(printed)
    assert abs(exact - certified) <= abs(certified) / 10**15  # that these are the figures that NIST certified
    y = np.array(printed, dtype=float)
    half = np.arange(2 * len(y)) >= len(y)
    for made in (
        control_chart("xmr", y).centre[0],
        control_chart("xmr", np.stack([y + 1, y])).centre[1, 0],  # in a batch
        control_chart("xmr", np.append(y - 9, y), phase=half).centre[-1],  # as a phase
        control_chart("xmr", np.append(y, 0.0), baseline=np.arange(len(y) + 1) < len(y)).centre[-1],
    ):
        assert abs(Fraction(float(made)) - certified) <= abs(certified) / 10**DIGITS


def test_every_nist_file_is_read():
    assert {path.stem.removeprefix("nist_") for path in REFERENCE.glob("nist_*.csv")} < set(CERTIFIED)


# Charts at the edge


SERIES = {
    "constant": np.full(N, 7.0),
    "step": np.repeat([5.0, 9.0], N // 2),
    "zeros": np.zeros(N),
    "one_event": np.append(np.zeros(N - 1), 1.0),
    "tiny": np.full(N, 1e-300),
    "huge": np.full(N, 1e300),
    "tiny_and_varied": 1e-300 * (1 + np.arange(N) % 3),
    "huge_and_varied": 1e300 * (1 + np.arange(N) % 3),
    "tiny_and_huge": np.where(np.arange(N) % 2, 1e300, 1e-300),
    "one_point": np.array([3.0]),
    "no_point": np.zeros(0),
    "missing": np.full(N, NAN),
    "one_reported": np.where(np.arange(N) == 5, 3.0, NAN),
    "every_other": np.where(np.arange(N) % 2, 3.0, NAN),
}
LEVEL = ("constant", "zeros", "tiny", "huge")


def out_of(kind, y):
    """A denominator that fits: subgroups of 5, a sample that holds the largest count, or 100."""
    if kind not in DIVIDED:
        return None
    return np.full(y.shape, 5.0 if kind in ("xbar", "s") else max(100.0, 2 * np.nanmax(y, initial=1.0)))


def chart(kind, y, size="fits", **options):
    """A chart of any kind; of an s chart y are the standard deviations."""
    bottom = out_of(kind, y) if isinstance(size, str) else size
    if kind in ("xbar", "s"):
        options |= {"spread": y if kind == "s" else np.where(np.isnan(y), NAN, 1.0)}
    return control_chart(kind, y, bottom, **options)


def flagged(made):
    return np.logical_or.reduce(list(made.signals.values()))


def has_centre(kind, used):
    """A centre exists where any point of the phase is used; of moving ranges, where two neighbours are."""
    return (used[1:] & used[:-1]).any() if kind == "mr" else used.any()


def has_limits(kind, used):
    """Limits exist with a centre; never for a run chart, and where ranges make them only with two neighbours."""
    return (
        kind != "run" and (used[1:] & used[:-1]).any() if kind in OF_PAIRS else kind != "run" and has_centre(kind, used)
    )


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("size", ["fits", "none", "some"])
def test_a_line_is_a_number_where_it_exists_and_nan_elsewhere(kind, name, size):
    y = SERIES[name]
    bottom = out_of(kind, y)
    if bottom is not None and size != "fits":
        bottom = np.zeros(y.shape) if size == "none" else np.where(np.arange(y.size) % 3 == 1, 0.0, bottom)
    made = chart(kind, y, bottom)
    used = np.isfinite(y) & (True if bottom is None else bottom > 0)
    assert np.isfinite(made.centre).all() == has_centre(kind, used) or not y.size
    assert np.isnan(made.centre).any() != has_centre(kind, used) or not y.size
    limited = np.full(y.shape, has_limits(kind, used))
    if kind in BY_POINT:
        limited &= bottom > 0
    for line in ("computed_lower", "computed_upper", "lower", "upper", "inner_lower", "inner_upper", "sigma"):
        np.testing.assert_array_equal(np.isfinite(getattr(made, line)), limited, err_msg=line)
        np.testing.assert_array_equal(np.isnan(getattr(made, line)), ~limited, err_msg=line)
    if kind != "mr":
        np.testing.assert_array_equal(made.usable, used)
    assert not (flagged(made) & ~made.usable).any()
    assert made.n_used == (made.usable.sum() if kind == "mr" else used.sum())
    assert made.trial == (made.n_used < 13)
    assert (made.reason != "") == (bool(made.trial) or not made.usable[-1:].all())


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", LEVEL)
@pytest.mark.parametrize("rules", list(metrics.RULE_SETS))
def test_a_level_series_flags_nothing_but_that_it_is_level(kind, name, rules):
    made = chart(kind, SERIES[name], rules=rules)
    for key, flags in made.signals.items():
        if key != "hugging":  # Nelson's seventh: fifteen near the centre; on a level series that is the truth
            assert not flags.any(), key
    assert made.variation == "common_cause"


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", KINDS)
def test_one_step_in_a_flat_series(kind):
    y = np.where(np.arange(N) < N // 2, 5.0, 9.0)
    made = chart(kind, y)
    outside = made.signals["runs" if kind == "run" else "astronomical"]
    if kind in (*OF_PAIRS, "xbar"):
        # One range that is not 0 among 23 is all that limits of neighbours' differences can be made of, and the two
        # levels of such a series do stand outside them; so do means of subgroups that vary by 1 and differ by 4.
        assert outside.all()
        assert (made.computed_upper > made.centre).all()
        if kind != "xbar":
            np.testing.assert_array_equal(chart(kind, y, screen=True).computed_upper, made.computed_upper)
    elif kind == "run":
        assert outside.all()  # two runs of 12, and one crossing
    else:
        assert not outside.any() or (kind == "mr" and np.flatnonzero(outside).tolist() == [N // 2])
        if kind not in ("mr", "s"):
            assert made.signals["shift"].all()
    frozen = chart(kind, y, baseline=np.arange(N) < N // 2)  # as pages do it: the months before the step set the limits
    assert not flagged(frozen)[: N // 2].any()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_three_zeros_and_one_event(kind):
    """At most the event is outside the limits. The zeros are a shift by the letter of that rule where the line is a mean:
    which is why such a series is given no such chart (see `choose_chart`)."""
    y = SERIES["one_event"]
    made = chart(kind, y)
    event = y > 0
    if kind == "run":
        assert not flagged(made).any()
        return
    if kind == "xbar":  # means that differ by one standard deviation of a single value
        assert not made.signals["astronomical"].any()
    else:
        np.testing.assert_array_equal(made.signals["astronomical"], event)
    for key, flags in made.signals.items():
        expected = ~event if key == "shift" and kind != "g" else np.zeros(N, dtype=bool)
        if key != "astronomical":
            np.testing.assert_array_equal(flags, expected, err_msg=key)


@pytest.mark.parametrize("kind", ["xmr", "c", "u", "p", "u_prime", "p_prime"])
@pytest.mark.parametrize(("dated", "instead"), [(True, "t"), (False, "none")])
def test_twenty_three_zeros_and_one_event_get_another_chart(kind, dated, instead):
    y = SERIES["one_event"]
    size = out_of(kind, y)
    for counts in (y, np.zeros(N), *([] if size is None else [size - y])):
        if kind.startswith("p") or counts.sum() < N:
            chosen, reason = metrics.choose_chart(kind, counts, size, dated_events=dated)
            assert (chosen, reason != "") == (instead, True)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("kind", ["xbar", "s"])
def test_subgroups_of_different_sizes_at_any_scale(kind, scale):
    rng = np.random.default_rng(0)
    means, spread, size = rng.uniform(5, 9, N), rng.uniform(1, 2, N), 4.0 + np.arange(N) % 3
    plain = control_chart(kind, means, size, spread=spread)
    made = control_chart(kind, means * scale, size, spread=spread * scale)
    for line in ("centre", "computed_lower", "computed_upper"):
        np.testing.assert_allclose(getattr(made, line), getattr(plain, line) * scale, rtol=1e-13)


@pytest.mark.usefixtures("engine")
def test_a_primed_chart_without_a_floor_and_without_events_has_no_limits():
    made = control_chart("u_prime", np.zeros(N), np.full(N, 100.0), floor_sigma_z=False)  # 0 / 0 standard deviations
    assert (made.centre == 0).all()
    assert np.isnan(made.computed_upper).all()
    assert not flagged(made).any()


# The other functions at the edge


# As many as can be counted one by one. 1e300 of anything cannot be: `SERIES` has it for figures, which charts and tests
# of order take. Here it would be infinite limits, and the tail of a sum that no computer could take.
COUNTS = {name: y for name, y in SERIES.items() if "tiny" not in name and "huge" not in name}
COUNTS |= {"many": np.full(N, 1e9), "one_and_many": np.where(np.arange(N) % 2, 1e9, 1.0), "no_series": np.zeros((0, N))}
FIGURES = SERIES | {"no_series": np.zeros((0, N))}


def bed_days(y, size):
    """An exposure that holds every count: everywhere, in no month, or in every other one."""
    full = np.full(y.shape, 2 * np.nanmax(y, initial=50.0))
    return {"full": full, "none": np.zeros(y.shape), "some": np.where(np.arange(y.shape[-1]) % 2, full, 0.0)}[size]


def figures(found):
    return {field.name: np.asarray(getattr(found, field.name)) for field in dataclasses.fields(found)}


def nan_where_reason(found, *names):
    """What is given is given exactly where there is no reason not to."""
    reason = np.asarray(found.reason)
    for name in names:
        np.testing.assert_array_equal(np.isnan(getattr(found, name)), reason != "", err_msg=name)


EFFECT = ("log_ratio", "standard_error", "ratio", "low", "high", "p_value", "dispersion", "autocorrelation")


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
@pytest.mark.parametrize("family", ["quasi_poisson", "poisson", "negative_binomial", "quasi_binomial", "binomial"])
@pytest.mark.parametrize("autocorrelation", ["adjust", "none"])
def test_a_trend_has_figures_or_a_reason(name, size, family, autocorrelation):
    y = COUNTS[name]
    of = metrics.proportion_trend if family.endswith("l") and family != "negative_binomial" else metrics.count_trend
    found = of(y, bed_days(y, size), family=family, autocorrelation=autocorrelation)
    nan_where_reason(found, *EFFECT)
    given = np.asarray(found.reason) == ""
    assert (found.low[given] <= found.ratio[given]).all()
    assert (found.ratio[given] <= found.high[given]).all()
    assert ((found.p_value[given] >= 0) & (found.p_value[given] <= 1)).all()
    if name in ("constant", "many") and size == "full":
        assert found.ratio == pytest.approx(1)
        assert found.p_value > 0.99
    if size == "none":
        assert set(np.ravel(found.reason).tolist()) <= {"Too few months for a trend."}
    if name == "zeros" and size == "full":
        assert found.reason == "Nothing was recorded in any month."


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("autocorrelation", ["none", "effective_n", "hamed_rao"])
def test_mann_kendall_has_figures_from_three_values_that_differ(name, autocorrelation):
    y = FIGURES[name]
    if autocorrelation == "hamed_rao" and y.ndim == 2:
        y = y[:, :1]
    found = metrics.mann_kendall(y, autocorrelation=autocorrelation)
    n = np.isfinite(y).sum(axis=-1)
    np.testing.assert_array_equal(np.isnan(found.s), n < 3)
    level = np.nanmax(y, axis=-1, initial=-np.inf) <= np.nanmin(y, axis=-1, initial=np.inf)
    np.testing.assert_array_equal(np.isnan(found.tau), (n < 3) | level)
    if autocorrelation != "hamed_rao":
        np.testing.assert_array_equal(np.isnan(found.p_value), (n < 3) | level)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_a_rank_test_does_not_ask_for_the_scale(scale):
    y = np.random.default_rng(3).normal(0, 1, (5, 40)).cumsum(axis=1)
    for how in ("none", "effective_n", "hamed_rao"):
        one, other = (metrics.mann_kendall(x, autocorrelation=how) for x in (y, y * scale))
        np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-9)
    np.testing.assert_allclose(metrics.theil_sen(y * scale).low, metrics.theil_sen(y).low * scale, rtol=1e-12)


@pytest.mark.parametrize("name", FIGURES)
def test_theil_sen_has_a_slope_from_three_values(name):
    y = FIGURES[name]
    found = metrics.theil_sen(y)
    few = np.isfinite(y).sum(axis=-1) < 3
    for figure in (found.slope, found.low, found.high):
        np.testing.assert_array_equal(np.isnan(figure), few)
    assert (few | (found.low <= found.slope) & (found.slope <= found.high)).all()


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_cochran_armitage_needs_shares_that_vary(name, size):
    y, n = COUNTS[name], bed_days(COUNTS[name], size)
    found = metrics.cochran_armitage(y, n)
    used = np.isfinite(y) & (n > 0)
    told = (np.where(used, y, 0).sum(axis=-1) > 0) & (used.sum(axis=-1) > 1)
    np.testing.assert_array_equal(np.isnan(found.z), ~told)
    np.testing.assert_array_equal(np.isnan(found.p_value), ~told)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_intervals_hold_the_rate_and_are_nan_without_exposure(name, size):
    y, e = COUNTS[name], bed_days(COUNTS[name], size)
    missing = ~(np.isfinite(y) & (e > 0))
    for found in (
        metrics.rate_interval(y, e),
        metrics.rate_interval(y, e, method="mid_p"),
        metrics.proportion_interval(y, e),
        metrics.proportion_interval(y, e, method="wilson"),
    ):
        for figure in (found.rate, found.low, found.high):
            np.testing.assert_array_equal(np.isnan(figure), missing)
        assert (missing | (found.low <= found.rate) & (found.rate <= found.high)).all()
        assert (missing | (found.low >= 0) & ((y > 0) == (found.low > 0))).all()


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_a_ratio_of_rates_is_nan_only_where_nothing_is_known(name, size):
    y, e = COUNTS[name], bed_days(COUNTS[name], size)
    other = y[..., ::-1]
    found = metrics.rate_ratio(y, e, other, e[..., ::-1])
    known = np.isfinite(y) & np.isfinite(other) & (e > 0) & (e[..., ::-1] > 0)
    for figure in (found.low, found.high, found.p_value):
        np.testing.assert_array_equal(np.isnan(figure), ~known)
    np.testing.assert_array_equal(np.isnan(found.ratio), ~known | (y + other == 0))
    held = known & (y + other > 0)
    assert (found.low[held] <= found.ratio[held]).all()
    assert (found.ratio[held] <= found.high[held]).all()
    assert (found.p_value[known & (y == other)] == 1).all()


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
@pytest.mark.parametrize("family", ["quasi_poisson", "quasi_binomial"])
@pytest.mark.parametrize("controlled", [False, True])
def test_an_interrupted_series_has_figures_or_a_reason(name, size, family, controlled):
    y = COUNTS[name]
    e = bed_days(y, size)
    control = {"control_count": y, "control_exposure": e} if controlled else {}
    for start in (12, 0, 24, NAN):
        found = metrics.interrupted_series(y, e, start=start, family=family, **control)
        refused = np.asarray(found.reason) != ""
        for effect in (found.intercept, found.trend, found.level, found.slope):
            for figure in figures(effect).values():
                assert (np.isnan(figure) == refused).all()
        assert (found.counterfactual.shape, found.n_before.shape) == (y.shape, y.shape[:-1])
        if start != 12:
            assert refused.all()


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_the_rate_now_needs_nine_months(name, size):
    y, e = COUNTS[name], bed_days(COUNTS[name], size)
    found = metrics.rate_now(y, e)
    nan_where_reason(found, "rate", "low", "high", "dispersion")
    np.testing.assert_array_equal(found.reason == "", found.n >= 9)
    assert (np.isnan(found.rate) | (found.low <= found.rate) & (found.rate <= found.high)).all()
    distance = metrics.distance_to_goal(found, 0.05)
    np.testing.assert_array_equal(distance.state == "none", found.reason != "")


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_dispersion_at_any_scale_is_a_number(scale):
    assert np.isfinite(metrics.rate_now(scale * (1 + np.arange(N) % 3)).dispersion)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_nothing_is_doubted_in_a_series_without_a_fall(name, size):
    y = FIGURES[name]
    found = metrics.doubtful_months(y, None if "tiny" in name or "huge" in name else bed_days(y, size))
    assert found.shape == y.shape
    assert not (found & np.isnan(y)).any()
    if name not in ("tiny_and_huge", "huge_and_varied"):  # a third of 3e300 is less than chance explains
        assert not found.any()


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
@pytest.mark.parametrize("kind", ["rate", "ratio", "proportion"])
@pytest.mark.parametrize("method", ["exact", "transformed"])
@pytest.mark.parametrize("overdispersion", ["none", "winsorise", "truncate"])
def test_a_funnel_of_equal_units_has_no_outlier(name, size, kind, method, overdispersion):
    y = COUNTS[name]
    if kind == "proportion" and "many" in name:
        y = np.minimum(y, 1e4)  # exact limits of shares with spread add every count up
    e = bed_days(y, size)
    given = {"expected": e} if kind == "ratio" else {"denominator": e}
    found = metrics.funnel(y, kind=kind, method=method, overdispersion=overdispersion, **given)
    known = np.isfinite(y) & (e > 0)
    assert not found.outlier[~known].any()
    np.testing.assert_array_equal(np.isnan(found.p_value), ~known)
    np.testing.assert_array_equal(np.isnan(found.centre), ~known.any(axis=-1))
    events = (np.where(known, y, 0).sum(axis=-1, keepdims=True) > 0) | (kind == "ratio")
    for line in (found.lower_95, found.upper_95, found.lower_998, found.upper_998):
        np.testing.assert_array_equal(np.isnan(line), ~(known & events))
    if name in ("constant", "zeros", "many", "one_point", "one_reported", "every_other") and kind != "ratio":
        assert not found.outlier.any()


def test_a_funnel_of_figures_that_cannot_be_counted_comes_to_an_end():
    for scale in (1e-300, 1e15, 1e300):  # from 2 ** 53 on, one more is no more
        found = metrics.funnel(scale * (1 + np.arange(N) % 3), np.full(N, scale))
        assert np.isfinite(found.upper_95).all() or scale == 1e300
        assert found.centre == pytest.approx(2)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_a_cusum_adds_up_only_what_is_known(name, size):
    y = FIGURES[name]
    expected = np.where(bed_days(np.zeros(y.shape), size) > 0, 0.5, 0.0)
    found = metrics.cusum(y, expected)
    known = np.isfinite(y) & (expected > 0)
    assert np.isfinite(found.upper).all()
    assert np.isfinite(found.lower).all()
    assert not (found.signal_up | found.signal_down)[~known].any()
    np.testing.assert_array_equal(np.isnan(found.threshold).any(axis=-1), ~(expected > 0).any(axis=-1))
    if not known.any():
        assert not found.upper.any()
        assert not found.lower.any()


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
@pytest.mark.parametrize("trend", [False, True])
def test_a_forecast_has_figures_or_a_reason(name, size, trend):
    y = COUNTS[name]
    found = metrics.forecast(y, bed_days(y, size), trend=trend)
    nan_where_reason(found, "expected", "low", "high", "exposure")
    given = np.asarray(found.reason) == ""
    assert (found.low[given] <= found.high[given]).all()
    for limit, q in ((found.low, 0.1), (found.high, 0.9)):  # the smallest whole count not exceeded with chance q
        assert (found.chance_at_most(limit)[given] >= q).all()
        if name not in ("many", "one_and_many"):
            assert (found.chance_at_most(limit - 1)[given] < q).all()


def test_a_forecast_of_what_may_not_happen_begins_at_none():
    found = metrics.forecast(SERIES["zeros"])
    assert (found.low, found.high) == (0, 2)  # the chance of none is 0.71, of no more than one 0.88


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", ["full", "none", "some"])
@pytest.mark.parametrize("target", [0.05, 0.0, NAN])
def test_a_chance_is_given_or_refused_in_words(name, size, target):
    y = COUNTS[name]
    found = metrics.chance_of_goal(y, bed_days(y, size), target=target)
    np.testing.assert_array_equal(np.isnan(found.as_now), found.reason != "")
    np.testing.assert_array_equal(found.word == "", found.reason != "")
    assert (found.sentence != "").all()
    if name == "constant" and size == "full" and target == 0:
        assert found.reason.item().startswith("About 3 a year or more")


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_a_pace_is_given_or_refused_in_words(name, size):
    y = FIGURES[name]
    exposure = np.full(y.shape, 100.0) if "tiny" in name or "huge" in name else bed_days(y, size)
    found = metrics.pace_to_halve(y, exposure)
    nan_where_reason(found, "years", "soonest", "latest")
    assert (found.sentence != "").all()
    if name == "constant" and size == "full":
        assert found.sentence.item().startswith("At the pace of the last 24 months this would not halve")


@pytest.mark.parametrize("events", [0.0, 1.0, 23.0, 1e9, NAN])
@pytest.mark.parametrize("months", [1e-3, 24.0, 1e6, NAN])
@pytest.mark.parametrize("since", [None, 0.0, 5.0, 1e6, NAN])
def test_a_rare_event_statement_always_says_something(events, months, since):
    found = metrics.rare_event_statement(events, months, months_since=since)
    assert (found.sentence == "No figures to judge this by.") == (np.isnan(events) or np.isnan(months))
    assert np.isnan(found.months_between) == (not events > 0 or np.isnan(months))
    for chance in (found.chance_of_gap, found.chance_of_none):
        assert np.isnan(chance) or 0 <= chance <= 1


@pytest.mark.parametrize("name", COUNTS)
def test_years_are_compared_or_said_not_to_be(name):
    y = COUNTS[name]
    found = metrics.compare_years(y)
    complete = np.isfinite(y).all(axis=-1) & (y.shape[-1] >= 24)
    np.testing.assert_array_equal(np.isnan(found.p_value), ~complete)
    np.testing.assert_array_equal(np.isin(found.verdict, ["fewer", "more", "unclear"]), complete)
    if name in ("constant", "zeros", "one_event", "many"):
        assert found.verdict == "unclear"
    assert (metrics.compare_years(y, np.ones(y.shape, dtype=bool)).verdict != "unclear").all()


@pytest.mark.parametrize(
    ("times", "gaps", "open_gap"),
    [
        ([], [], NAN),
        (["NaT"], [], NAN),
        (["NaT", "NaT"], [NAN], NAN),
        (["2026-01-01"], [], 9.5),
        (["2026-01-01", "NaT"], [NAN], 9.5),
        (["2026-01-01", "2026-01-01"], [1 / 3], 9 + 1 / 3),
        (["2027-01-01", "2026-01-10"], [NAN], 0.5),
    ],
)
def test_gaps_of_no_event_one_and_two_of_a_day(times, gaps, open_gap):
    found = metrics.gaps_between(np.array(times, dtype="datetime64[D]"), until=date(2026, 1, 10))
    np.testing.assert_allclose(found.gap_days, gaps)
    np.testing.assert_allclose(found.open_gap_days, open_gap)
    assert found.same_day.tolist() == [gap == 1 / 3 for gap in gaps]


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_is_chosen_for_every_series(name, kind):
    y = COUNTS[name]
    chosen, reason = metrics.choose_chart(kind, y, bed_days(y, "full") if kind in DIVIDED else None)
    assert chosen.shape == reason.shape == y.shape[:-1]
    if kind != "t":
        np.testing.assert_array_equal(
            chosen == "none", (reason != "") & ~(reason == "No month of the baseline was reported.")
        )
        np.testing.assert_array_equal(reason == "No month of the baseline was reported.", ~np.isfinite(y).any(axis=-1))
    if name == "constant":
        assert (chosen, reason) == (kind, "")


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("size", ["full", "none", "some"])
def test_a_parent_is_the_sum_of_its_children_or_nan(name, size):
    y = np.stack([SERIES[name], SERIES[name]])
    e = None if "tiny" in name or "huge" in name else bed_days(y, size)
    found = metrics.roll_up(y, e, np.zeros(y.shape, dtype=int), 1)
    reported = np.isfinite(y[0])
    np.testing.assert_array_equal(found.numerator[0], np.where(reported, 2 * y[0], NAN))
    np.testing.assert_array_equal(np.isnan(found.share), np.zeros((1, y.shape[1]), dtype=bool))
    np.testing.assert_array_equal(found.complete[0], reported)
    nobody = metrics.roll_up(y, e, np.full(y.shape, -1), 1)
    assert np.isnan(nobody.share).all()
    assert not nobody.complete.any()


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("size", ["full", "none", "some"])
@pytest.mark.parametrize("kind", ["c", "u", "u_prime", "p", "p_prime", "xmr"])
def test_no_phase_is_proposed_in_a_series_without_a_change(name, size, kind):
    y = SERIES[name]
    found = metrics.propose_phases(y, bed_days(y, size) if kind in DIVIDED else None, kind=kind)
    assert not found.proposed
    assert (found.start, found.sentence) == (-1, "")
    assert found.reason != ""
    for figure in (found.before, found.after, found.ratio, found.low, found.high):
        assert np.isnan(figure)


@pytest.mark.parametrize("history", ["recorded", "expected"])
@pytest.mark.parametrize("events", [0.0, 1.0, 23.0, NAN])
def test_a_detectable_change_is_a_fall_or_nothing(history, events):
    found = metrics.detectable_change(events, history=history)
    assert np.isnan(found.chance_of_none) == np.isnan(events)
    assert np.isnan(found.ratio) == (events != 23)
    assert found.sentence != ""
    assert metrics.detectable_change(np.zeros(0)).ratio.shape == (0,)


@pytest.mark.parametrize("p", [[], [NAN], [NAN, NAN], [0.0], [1.0], [0.0, NAN, 1.0], [1e-300, 1e-300], [0.05, 0.05]])
def test_benjamini_hochberg_of_few_tests_and_none(p):
    found = metrics.benjamini_hochberg(np.array(p))
    made = np.isfinite(p)
    assert found.n == made.sum()
    np.testing.assert_array_equal(np.isnan(found.adjusted), ~made)
    np.testing.assert_array_equal(found.found, made & (np.array(p) <= 0.05))  # of these, adjusting changes no verdict
