"""What holds for every series: of scale, order, batches, memory and time. Charts with and without the accelerator."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from test_chart import same

import metrics
from metrics import accelerate, control_chart

KINDS = ("run", "xmr", "mr", "c", "u", "p", "u_prime", "p_prime", "i_prime", "g", "t", "xbar", "s")
DIVIDED = ("u", "p", "u_prime", "p_prime", "i_prime", "xbar", "s")
LINES = ("value", "centre", "computed_lower", "computed_upper", "inner_lower", "inner_upper", "sigma")
MASKS = ("baseline", "excluded", "unsettled", "doubtful")
MOST = 40  # of a count
few = settings(deadline=None, max_examples=4)
some = settings(deadline=None, max_examples=20)
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def off_again():
    yield
    accelerate(False)


ENGINES = pytest.mark.parametrize("fast", [False, True], ids=["numpy", "numba"])


@st.composite
def batches(draw, least=1, most=30):
    """Counts with holes, and all that can be said of them: (n_series, n_points) each."""
    shape = draw(st.integers(1, 5)), draw(st.integers(least, most))
    y = draw(arrays(np.int64, shape, elements=st.integers(-1, MOST))).astype(float)
    y[y < 0] = np.nan
    size = draw(arrays(np.int64, shape, elements=st.integers(MOST, 200))).astype(float)
    options = {"phase": np.arange(shape[1]) >= draw(st.integers(1, 2 * shape[1]))}
    for mask in draw(st.sets(st.sampled_from(MASKS))):
        rare = st.integers(0, 9).map(lambda i: i == 0)
        options[mask] = draw(arrays(np.bool_, shape, elements=st.booleans() if mask == "baseline" else rare))
    return y, size, options


def chart(kind, y, size, fast=False, spread=None, **options):
    """A chart of any kind, by either engine. Means of subgroups come with standard deviations."""
    accelerate(fast)
    if kind in ("xbar", "s"):
        options["spread"] = np.sqrt(y + 1) if spread is None else spread
    return control_chart(kind, y, size if kind in DIVIDED else None, **options)


def lines_equal(one, other, factor=1.0, rtol=0.0):
    for line in LINES:
        a, b = getattr(one, line), getattr(other, line)
        np.testing.assert_allclose(a, b * factor, rtol=rtol, atol=0, err_msg=line)


def signals_equal(one, other):
    for key, flags in other.signals.items():
        np.testing.assert_array_equal(one.signals[key], flags, err_msg=key)
    np.testing.assert_array_equal(one.state, other.state)
    np.testing.assert_array_equal(one.variation, other.variation)


def no_tie(made, margin=1e-9):
    """Whether every point is clear of every limit: one on it may fall to either side by its last digit."""
    with np.errstate(invalid="ignore"):
        limits = (made.computed_lower, made.computed_upper, made.inner_lower, made.inner_upper)
        return not any((np.abs(made.value - line) < margin).any() for line in limits)


def part(options, index):
    return {name: x[index] if x.ndim > 1 else x for name, x in options.items()}


# Charts


@ENGINES
@every_kind
@few
@given(batches(), st.sampled_from([4.0, 0.25, 4.0**20, 4.0**-20]))
def test_other_units_scale_the_lines_and_change_no_signal(fast, kind, data, factor):
    y, size, options = data
    one, other = (chart(kind, y, size, fast, multiplier=m, **options) for m in (1.0, factor))
    if kind == "t":  # whose scale is a power
        for line in LINES[:-1]:
            np.testing.assert_allclose(getattr(other, line), getattr(one, line) * factor, rtol=1e-9, err_msg=line)
        if no_tie(one):
            signals_equal(other, one)
        return
    lines_equal(other, one, factor)
    signals_equal(other, one)


@ENGINES
@pytest.mark.parametrize("kind", ["run", "xmr", "mr", "i_prime", "xbar", "s"])
@few
@given(batches(), st.sampled_from([2.0, 0.5, 2.0**200, 2.0**-200]))
def test_scaling_the_data_scales_the_lines(fast, kind, data, factor):
    y, size, options = data
    one = chart(kind, y, size, fast, **options)
    other = chart(kind, y * factor, size, fast, spread=np.sqrt(y + 1) * factor, **options)
    lines_equal(other, one, factor)
    signals_equal(other, one)


@ENGINES
@pytest.mark.parametrize("kind", ["u", "u_prime"])
@few
@given(batches(), st.sampled_from([4.0, 0.25, 4.0**20]))
def test_a_larger_unit_of_exposure_changes_no_signal(fast, kind, data, factor):
    y, size, options = data
    one, other = (chart(kind, y, size * f, fast, **options) for f in (1.0, factor))
    lines_equal(other, one, 1 / factor)
    signals_equal(other, one)


@ENGINES
@pytest.mark.parametrize("kind", ["run", "xmr", "mr"])
@some
@given(batches(), st.integers(-1000, 1000))
def test_shifting_the_data_shifts_the_lines(fast, kind, data, distance):
    y, size, options = data
    one, other = (chart(kind, y + d, size, fast, **options) for d in (0, distance))
    for line in LINES[1:-1]:
        moved = getattr(one, line) + (0 if kind == "mr" else distance)
        np.testing.assert_allclose(getattr(other, line), moved, rtol=1e-12, atol=1e-10, err_msg=line)
    np.testing.assert_array_equal(other.sigma, one.sigma)
    if no_tie(one):
        signals_equal(other, one)


@ENGINES
@every_kind
@few
@given(batches(), st.data())
def test_a_batch_is_its_series_in_any_order_and_any_parts(fast, kind, data, draw):
    y, size, options = data
    whole = chart(kind, y, size, fast, **options)
    order = np.array(draw.draw(st.permutations(range(len(y)))))
    same(whole, chart(kind, y[order], size[order], fast, **part(options, order)), order)
    cut = draw.draw(st.integers(0, len(y)))
    for piece in (slice(0, cut), slice(cut, None), slice(None, None, -2)):
        same(whole, chart(kind, y[piece], size[piece], fast, **part(options, piece)), piece)


@ENGINES
@every_kind
@few
@given(batches(least=2), st.integers(1, 5))
def test_points_after_a_frozen_baseline_move_no_line(fast, kind, data, n):
    y, size, _ = data
    n_kept = max(1, y.shape[1] - n)
    frozen = np.arange(y.shape[1]) < n_kept
    y[:, 0] = np.where(np.isnan(y[:, 0]), 3.0, y[:, 0])  # a baseline without a point would be no baseline
    y[:, :2] = np.where(np.isnan(y[:, :2]), 4.0, y[:, :2]) if n_kept > 1 else y[:, :2]
    longer = chart(kind, y, size, fast, baseline=frozen)
    shorter = chart(kind, y[:, :n_kept], size[:, :n_kept], fast)
    if kind == "mr" and n_kept < 2:
        return  # no range yet: the later ones have to do
    for line in LINES:
        before, after = getattr(shorter, line), getattr(longer, line)[:, :n_kept]
        # Zeros at the end of a sum may change the order it is taken in, and with it a last digit; no more.
        np.testing.assert_allclose(
            after, before, rtol=1e-13, atol=1e-13 * np.nanmax(np.abs(before), initial=0.0), err_msg=line
        )


@ENGINES
@every_kind
@few
@given(batches(), st.sampled_from(["float32", "int64", "int32", "uint8", "list"]))
def test_the_type_of_the_figures_does_not_matter(fast, kind, data, dtype):
    y, size, options = data
    if dtype not in ("float32", "list"):
        y = np.nan_to_num(y)
    whole = chart(kind, y, size, fast, **options)
    spread = np.sqrt(y + 1)
    if dtype == "list":
        made = chart(kind, y.tolist(), size.tolist(), fast, spread=spread.tolist(), **options)
    else:
        made = chart(kind, y.astype(dtype), size.astype(dtype), fast, spread=spread, **options)
    same(whole, made)


def laid_out(x, how):
    """The same figures, elsewhere in memory."""
    if how == "fortran":
        return np.asfortranarray(x)
    if how == "strided":
        wide = np.full((2 * x.shape[0], 3 * x.shape[1]), 7, dtype=x.dtype)
        wide[::2, 1::3] = x
        return wide[::2, 1::3]
    if how == "backwards":
        return x[::-1, ::-1].copy()[::-1, ::-1]
    x = x.copy()
    x.flags.writeable = False
    return x


LAYOUTS = ("fortran", "strided", "backwards", "read_only")


@ENGINES
@every_kind
@few
@given(batches())
def test_where_the_figures_stand_in_memory_does_not_matter(fast, kind, data):
    y, size, options = data
    options = {name: np.broadcast_to(x, y.shape) for name, x in options.items()}
    spread = np.sqrt(y + 1)
    given_ = {"y": y, "size": size, "spread": spread, **options}
    whole = chart(kind, **given_, fast=fast)
    for how in LAYOUTS:
        elsewhere = {name: laid_out(x, how) for name, x in given_.items()}
        before = {name: x.copy() for name, x in elsewhere.items()}
        same(whole, chart(kind, **elsewhere, fast=fast))
        for name, x in elsewhere.items():
            np.testing.assert_array_equal(x, before[name], err_msg=f"{name} was written to")


@ENGINES
@every_kind
@few
@given(batches(), st.sampled_from([(1,), (1, 1), (2, 1), (1, 3, 2)]))
def test_any_number_of_leading_axes(fast, kind, data, lead):
    y, size, options = data
    n_series, n_points = y.shape
    shape = (*lead, n_series, n_points)
    whole = chart(kind, y, size, fast, **options)
    made = chart(kind, np.broadcast_to(y, shape), np.broadcast_to(size, shape), fast, **options)
    assert made.state.shape == shape
    for place in np.ndindex(lead):
        for line in LINES:
            np.testing.assert_array_equal(getattr(made, line)[place], getattr(whole, line))
        for key, flags in whole.signals.items():
            np.testing.assert_array_equal(made.signals[key][place], flags)
        np.testing.assert_array_equal(made.variation[place], whole.variation)
        np.testing.assert_array_equal(made.reason[place], whole.reason)
    alone = chart(kind, y[0], size[0], fast, **part(options, 0))
    same(whole, alone, 0)


@ENGINES
@pytest.mark.parametrize("kind", ["run", "xmr", "i_prime", "xbar"])
@some
@given(batches(), st.sampled_from(list(metrics.RULE_SETS)))
def test_a_mirror_swaps_high_and_low(fast, kind, data, rules):
    y, size, options = data
    spread = np.sqrt(y + 1)
    up = chart(kind, y, size, fast, spread=spread, rules=rules, **options)
    down = chart(kind, -y, size, fast, spread=spread, rules=rules, direction="higher", **options)
    np.testing.assert_array_equal(down.centre, -up.centre)
    np.testing.assert_array_equal(down.computed_lower, -up.computed_upper)
    np.testing.assert_array_equal(down.inner_upper, -up.inner_lower)
    for key, flags in up.signals_high.items():
        np.testing.assert_array_equal(down.signals_low[key], flags, err_msg=key)
        np.testing.assert_array_equal(down.signals_high[key], up.signals_low[key], err_msg=key)
    np.testing.assert_array_equal(down.improvement, up.improvement)
    swapped = np.char.replace(np.char.replace(np.char.replace(up.state, "high", "?"), "low", "high"), "?", "low")
    np.testing.assert_array_equal(down.state, swapped)
    np.testing.assert_array_equal(down.reason, up.reason)


@ENGINES
@every_kind
@few
@given(batches(), st.sampled_from(["break", "bridge"]))
def test_time_backwards_has_the_same_centre_and_limits(fast, kind, data, gaps):
    y, size, options = data
    back = {name: x[..., ::-1] for name, x in options.items()}
    one = chart(kind, y, size, fast, gaps=gaps, **options)
    other = chart(kind, y[:, ::-1], size[:, ::-1], fast, gaps=gaps, **back)
    if kind == "mr" and (len(set(options) - {"phase"}) or np.isnan(y).any()):
        return  # a range stands at the later of its two points, so that what is said of one is said of another
    for line in LINES[1:]:
        a, b = getattr(one, line), getattr(other, line)[:, ::-1]
        np.testing.assert_allclose(b, a, rtol=1e-11, atol=1e-11, err_msg=line)


# Trends


counts = arrays(np.int64, (3, 24), elements=st.integers(-1, MOST)).map(lambda y: np.where(y < 0, np.nan, y))
exposures = arrays(np.int64, (3, 24), elements=st.integers(MOST, 200)).map(lambda e: e.astype(float))


def figures(found):
    """Every array of a result by its name, those of the results inside it too."""
    named = {}
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        inner = figures(value) if dataclasses.is_dataclass(value) else {"": value}
        named |= {f"{field.name}.{name}": x for name, x in inner.items() if isinstance(x, (np.ndarray, np.generic))}
    return named


@pytest.mark.parametrize("family", ["quasi_poisson", "poisson", "negative_binomial", "quasi_binomial", "binomial"])
@pytest.mark.parametrize("autocorrelation", ["adjust", "none"])
@few
@given(counts, exposures)
def test_time_backwards_turns_a_trend_round(family, autocorrelation, y, e):
    of = metrics.proportion_trend if family in ("binomial", "quasi_binomial") else metrics.count_trend
    options = {"family": family, "autocorrelation": autocorrelation}
    one, other = of(y, e, **options), of(y[:, ::-1], e[:, ::-1], **options)
    np.testing.assert_array_equal(one.reason, other.reason)
    close = {"rtol": 1e-5, "atol": 1e-7}
    np.testing.assert_allclose(other.log_ratio, -one.log_ratio, **close)
    np.testing.assert_allclose(other.low, 1 / one.high, **close)
    for name in ("standard_error", "p_value", "dispersion", "autocorrelation"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), **close, err_msg=name)


@pytest.mark.parametrize("family", ["quasi_poisson", "poisson", "negative_binomial"])
@few
@given(counts, exposures, st.sampled_from([1e-3, 7.0, 1e6]))
def test_another_unit_of_exposure_changes_no_trend(family, y, e, factor):
    one, other = (metrics.count_trend(y, e * f, family=family) for f in (1.0, factor))
    np.testing.assert_array_equal(one.reason, other.reason)
    for name in ("ratio", "low", "high", "p_value", "dispersion"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-6, err_msg=name)


@some
@given(counts, st.sampled_from([2.0, 0.5, 12.0]))
def test_another_unit_of_time_changes_the_slope_alone(y, unit):
    time = np.arange(24.0)
    one, other = (metrics.count_trend(y, time=t) for t in (time, time / unit))
    np.testing.assert_allclose(other.log_ratio, one.log_ratio * unit, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("autocorrelation", ["none", "effective_n", "hamed_rao"])
@few
@given(counts)
def test_time_backwards_turns_rank_tests_round(autocorrelation, y):
    one, other = (metrics.mann_kendall(x, autocorrelation=autocorrelation) for x in (y, y[:, ::-1]))
    np.testing.assert_array_equal(other.s, -one.s)
    np.testing.assert_allclose(other.z, -one.z, rtol=1e-9)
    np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-9)
    slope, back = metrics.theil_sen(y), metrics.theil_sen(y[:, ::-1])
    np.testing.assert_array_equal(back.slope, -slope.slope)


@some
@given(counts, exposures)
def test_scores_backwards_turn_cochran_armitage_round(y, n):
    one, other = metrics.cochran_armitage(y, n), metrics.cochran_armitage(y[:, ::-1], n[:, ::-1])
    np.testing.assert_allclose(other.z, -one.z, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-8)
    moved = metrics.cochran_armitage(y, n, 5 + 3 * np.arange(24))
    np.testing.assert_allclose(moved.z, one.z, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    "change", [np.exp, np.cbrt, lambda y: y**3 - 5, lambda y: 1e300 * y], ids=["exp", "cube root", "cube", "huge"]
)
@some
@given(counts)
def test_mann_kendall_asks_for_the_order_alone(change, y):
    one, other = metrics.mann_kendall(y), metrics.mann_kendall(change(y))
    for name, figure in figures(one).items():
        np.testing.assert_array_equal(figures(other)[name], figure, err_msg=name)


# Intervals and many tests


@pytest.mark.parametrize("method", ["exact", "mid_p", "wilson"])
@some
@given(st.integers(0, 500), st.integers(501, 2000), st.floats(1, 9))
def test_intervals_rise_with_the_count_and_nest_with_the_level(method, y, n, phi):
    of = metrics.proportion_interval if method == "wilson" else metrics.rate_interval
    method_of = [(of, method)] + ([(metrics.proportion_interval, "exact")] if method == "exact" else [])
    for interval, how in method_of:
        one, more = interval(y, n, method=how), interval(y + 1, n, method=how)
        assert one.low < more.low or y + 1 == n
        assert one.high < more.high or y + 1 == n
        inner, outer = (interval(y, n, method=how, level=level) for level in (0.8, 0.998))
        assert outer.low <= one.low <= inner.low <= one.rate <= inner.high <= one.high <= outer.high
        longer = interval(y * 4, n * 4, method=how)
        assert longer.high - longer.low < one.high - one.low
    if method != "wilson":
        wide = metrics.rate_interval(y, n, method=method, dispersion=phi)
        plain = metrics.rate_interval(y, n, method=method)
        assert wide.low <= plain.low * (1 + 1e-9)
        assert wide.high >= plain.high * (1 - 1e-9)


@some
@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 9), st.integers(1, 9))
def test_a_ratio_turned_round(y1, y2, e1, e2):
    one, other = metrics.rate_ratio(y1, e1, y2, e2), metrics.rate_ratio(y2, e2, y1, e1)
    np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-6)
    if y1 and y2:
        np.testing.assert_allclose(other.low * one.high, 1, rtol=1e-9)
    assert (one.low <= one.ratio <= one.high) or y1 + y2 == 0


shares = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0, np.nan]))


@some
@given(arrays(np.float64, st.integers(1, 20), elements=shares), st.data())
def test_benjamini_hochberg_is_monotone(p, draw):
    found = metrics.benjamini_hochberg(p)
    order = np.array(draw.draw(st.permutations(range(len(p)))))
    turned = metrics.benjamini_hochberg(p[order])
    np.testing.assert_array_equal(turned.adjusted, found.adjusted[order])
    made = ~np.isnan(p)
    assert (found.adjusted[made] >= p[made]).all()
    ranked = np.argsort(p[made])
    assert (np.diff(found.adjusted[made][ranked]) >= 0).all()  # the smaller p is never the worse
    assert (found.found <= metrics.benjamini_hochberg(p, 0.2).found).all()
    i = draw.draw(st.integers(0, len(p) - 1))
    if made[i]:
        p = p.copy()
        p[i] /= 2
        assert (found.found <= metrics.benjamini_hochberg(p).found).all()  # a stronger test takes no finding away


# Units, events, children


@pytest.mark.parametrize("kind", ["rate", "proportion", "ratio"])
@pytest.mark.parametrize("overdispersion", ["none", "winsorise"])
@few
@given(
    arrays(np.int64, 15, elements=st.integers(-1, MOST)),
    arrays(np.int64, 15, elements=st.integers(MOST, 200)),
    st.permutations(range(15)),
)
def test_a_funnel_is_its_units_in_any_order(kind, overdispersion, y, size, order):
    y, size, order = np.where(y < 0, np.nan, y), size.astype(float), np.array(order)

    def of(y, size):
        given_ = {"expected": size} if kind == "ratio" else {"denominator": size}
        return metrics.funnel(y, kind=kind, overdispersion=overdispersion, **given_)

    one, other = of(y, size), of(y[order], size[order])
    np.testing.assert_array_equal(other.centre, one.centre)
    np.testing.assert_allclose(other.tau_squared, one.tau_squared, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(other.p_value, one.p_value[order], rtol=1e-6)
    np.testing.assert_allclose(other.upper_998, one.upper_998[order], rtol=1e-6)
    if not (np.abs(one.p_value[:, None] - [0.05, 0.002]) < 1e-6).any():
        np.testing.assert_array_equal(other.outlier, one.outlier[order])


@pytest.mark.parametrize("unit", ["D", "s"])
@some
@given(arrays(np.int64, (2, 12), elements=st.integers(0, 30)), st.permutations(range(12)))
def test_gaps_do_not_depend_on_the_order_of_events(unit, days, order):
    begin = np.datetime64("2026-01-01", unit)
    times = begin + np.where(days == 30, np.timedelta64("NaT", unit), days.astype(f"timedelta64[{unit}]"))
    one, other = (
        metrics.gaps_between(x, until=np.datetime64("2026-03-01")) for x in (times, times[:, np.array(order)])
    )
    for name, figure in figures(one).items():
        np.testing.assert_array_equal(figures(other)[name], figure, err_msg=name)
    assert not (one.gap_days < 0).any()
    total = np.nansum(one.gap_days, axis=1) + one.open_gap_days
    assert (np.isnan(total) | (total <= 60)).all()


@some
@given(counts, exposures, st.permutations(range(3)))
def test_a_parent_is_the_sum_of_its_children_in_any_order(y, e, order):
    order = np.array(order)
    parent = np.array([0, 0, 1])[:, None] * np.ones(24, dtype=int)
    one, other = metrics.roll_up(y, e, parent, 2), metrics.roll_up(y[order], e[order], parent[order], 2)
    np.testing.assert_array_equal(other.numerator, one.numerator)
    np.testing.assert_array_equal(other.denominator, one.denominator)
    np.testing.assert_allclose(other.share, one.share, rtol=1e-12)


# All that take series


TAKE_SERIES = {
    "count_trend": metrics.count_trend,
    "proportion_trend": metrics.proportion_trend,
    "mann_kendall": lambda y, e: metrics.mann_kendall(y, autocorrelation="effective_n"),
    "theil_sen": lambda y, e: metrics.theil_sen(y),
    "cochran_armitage": metrics.cochran_armitage,
    "rate_interval": metrics.rate_interval,
    "rate_ratio": lambda y, e: metrics.rate_ratio(y, e, y[..., ::-1], e),
    "interrupted_series": lambda y, e: metrics.interrupted_series(y, e, start=12),
    "rate_now": metrics.rate_now,
    "cusum": lambda y, e: metrics.cusum(y, np.minimum(e, 50) / 50, threshold=3.0),
    "forecast": metrics.forecast,
    "chance_of_goal": lambda y, e: metrics.chance_of_goal(y, e, target=0.1),
    "pace_to_halve": metrics.pace_to_halve,
    "compare_years": lambda y, e: metrics.compare_years(y),
    "propose_phases": lambda y, e: metrics.propose_phases(y, e, kind="u"),
    "funnel": metrics.funnel,
}


@pytest.mark.parametrize("name", TAKE_SERIES)
@settings(deadline=None, max_examples=3)
@given(counts, exposures)
def test_figures_are_read_wherever_they_stand_and_never_written_to(name, y, e):
    of = TAKE_SERIES[name]
    one = figures(of(y, e))
    for how in LAYOUTS:
        y2, e2 = laid_out(y, how), laid_out(e, how)
        other = figures(of(y2, e2))
        np.testing.assert_array_equal(y2, y)
        np.testing.assert_array_equal(e2, e)
        for key, figure in one.items():
            if figure.dtype.kind == "f":  # sums along rows laid out otherwise may be taken in another order
                np.testing.assert_allclose(other[key], figure, rtol=1e-7, atol=1e-9, err_msg=key)
            else:
                np.testing.assert_array_equal(other[key], figure, err_msg=key)


@pytest.mark.parametrize("name", TAKE_SERIES)
@settings(deadline=None, max_examples=3)
@given(counts, exposures, st.permutations(range(3)))
def test_a_batch_is_its_series_in_any_order(name, y, e, order):
    of, order = TAKE_SERIES[name], np.array(order)
    whole, turned, alone = figures(of(y, e)), figures(of(y[order], e[order])), figures(of(y[0], e[0]))
    deep = figures(of(y[None, :, None], e[None, :, None]))
    for key, figure in whole.items():
        np.testing.assert_array_equal(turned[key], figure[order], err_msg=key)
        np.testing.assert_array_equal(alone[key], figure[0], err_msg=key)
        np.testing.assert_array_equal(deep[key][0, :, 0], figure, err_msg=key)


@settings(deadline=None, max_examples=10)
@given(counts, exposures)
def test_doubtful_months_of_a_batch_are_those_of_its_series(y, e):
    whole = metrics.doubtful_months(y, e)
    np.testing.assert_array_equal(metrics.doubtful_months(y[::-1], e[::-1]), whole[::-1])
    np.testing.assert_array_equal(metrics.doubtful_months(y[1], e[1]), whole[1])
    np.testing.assert_array_equal(metrics.doubtful_months(y[:, ::-1], e[:, ::-1]), whole[:, ::-1])
    np.testing.assert_array_equal(metrics.doubtful_months(y, e * 1024), whole)
