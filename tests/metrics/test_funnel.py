import numpy as np
import pytest
from scipy import stats

from metrics.dispersion import left_of_normal
from metrics.funnel import Funnel, funnel

KINDS = ("rate", "proportion", "ratio")


def made(kind, n_funnels=40, n_units=12, spread=0.3, seed=1, mean=8.0):
    """Random funnels of one kind: arguments for `funnel`."""
    rng = np.random.default_rng(seed)
    size = np.ceil(np.exp(rng.normal(0, 0.8, (n_funnels, n_units))) * 40)
    if kind == "proportion":
        share = np.clip(rng.normal(0.3, 0.3 * spread, size.shape), 0.01, 0.99)
        return {"numerator": rng.binomial(size.astype(int), share), "denominator": size, "kind": kind}
    level = rng.gamma(1 / spread**2, spread**2, size.shape) if spread else 1.0
    expected = size * mean / 40
    y = rng.poisson(expected * level)
    return {"numerator": y, "kind": kind, "expected" if kind == "ratio" else "denominator": expected}


def limits_by_hand(distribution, mean, top):
    """Limits as counts, looked for one whole number after another."""
    found = []
    for tail in (0.025, 0.001):
        inside = next(k for k in range(-1, top) if distribution.cdf(k) > tail)
        a, b = distribution.cdf(inside), distribution.cdf(inside - 1)
        found.append(max(inside - (a - tail) / (a - b), 0.0))
        beyond = next(k for k in range(top) if distribution.sf(k - 1) <= tail)
        a, b = distribution.sf(beyond - 2), distribution.sf(beyond - 1)
        found.append(beyond - 1 + (a - tail) / (a - b))
    return found


def lines(found, *place):
    return [getattr(found, name)[place] for name in ("lower_95", "upper_95", "lower_998", "upper_998")]


@pytest.mark.parametrize("mean", [0.02, 1.0, 3.6, 3.7, 40.0])
def test_exact_limits_of_a_rate_are_those_of_the_poisson_distribution(mean):
    found = funnel([mean], kind="ratio", expected=[mean], overdispersion="none")
    wanted = limits_by_hand(stats.poisson(mean), mean, 200)
    assert lines(found, 0) == pytest.approx([x / mean for x in wanted], rel=1e-9)


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (10, 0.1), (30, 0.86), (400, 0.5)])
def test_exact_limits_of_a_proportion_are_those_of_the_binomial_distribution(n, p):
    big = 1_000_000
    found = funnel([p * big, round(p * n)], [big, n], kind="proportion", overdispersion="none")
    wanted = limits_by_hand(stats.binom(n, float(found.centre)), p * n, n + 2)
    assert lines(found, 1) == pytest.approx([min(x / n, 1.0) for x in wanted], rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_with_spread_between_units_the_tails_are_of_the_mixed_distribution(kind):
    given = made(kind, spread=0.6)
    found = funnel(**given)
    row = int(np.argmax(found.tau_squared))
    tau2, centre = found.tau_squared[row], found.centre[row]
    y, n = given["numerator"][row], given["expected" if kind == "ratio" else "denominator"][row]
    assert tau2 > 0
    for i in range(len(y)):
        if kind == "proportion":
            mass = centre * (1 - centre) / tau2 - 1
            mixed = stats.betabinom(int(n[i]), centre * mass, (1 - centre) * mass)
        else:
            mixed = stats.nbinom(1 / tau2, 1 / (1 + tau2 * centre * n[i]))
        p_value = min(1.0, 2 * min(mixed.cdf(y[i]), mixed.sf(y[i] - 1)))
        assert found.p_value[row, i] == pytest.approx(p_value, rel=1e-6, abs=1e-12)
        wanted = [x / n[i] for x in limits_by_hand(mixed, centre * n[i], 2000)]
        wanted = np.minimum(wanted, 1.0) if kind == "proportion" else wanted
        assert lines(found, row, i) == pytest.approx(list(wanted), rel=1e-6)


@pytest.mark.parametrize("overdispersion", ["none", "winsorise", "truncate"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_beyond_an_exact_limit_is_an_outlier_and_nothing_else(kind, overdispersion):
    given = made(kind, n_funnels=300, n_units=15, spread=0.4)
    found = funnel(**given, overdispersion=overdispersion)
    value = given["numerator"] / given["expected" if kind == "ratio" else "denominator"]
    above = (value > found.upper_95).astype(int) + (value > found.upper_998)
    below = (value < found.lower_95).astype(int) + (value < found.lower_998)
    assert np.array_equal(found.outlier, above - below)
    assert {-1, 0, 1} <= set(found.outlier.ravel().tolist())


@pytest.mark.parametrize(
    ("expected", "outlier", "drawn"),
    [
        (3.68, 0, "none"),  # P(0) = 0.0252: no event is not yet better
        (3.70, -1, "95"),  # P(0) = 0.0247
        (6.90, -1, "95"),  # P(0) = 0.00101
        (6.92, -2, "both"),  # P(0) = 0.00099
    ],
)
def test_a_unit_without_events_is_not_thereby_better(expected, outlier, drawn):
    found = funnel([0.0], kind="ratio", expected=[expected], overdispersion="none")
    assert found.outlier[0] == outlier
    assert (found.lower_95[0] > 0) == (drawn != "none")
    assert (found.lower_998[0] > 0) == (drawn == "both")


def test_the_drawn_and_the_exact_limit_part_where_the_old_way_condemns_zero():
    old = funnel([0.0], kind="ratio", expected=[2.0], overdispersion="none", method="transformed")
    assert old.lower_95[0] > 0  # as FunnelPlotR draws it: nought would lie below
    assert old.outlier[0] == 0


@pytest.mark.parametrize("how", ["winsorise", "truncate"])
@pytest.mark.parametrize("trim", [0.05, 0.1, 0.2])
def test_phi_is_one_where_there_is_only_chance(how, trim):
    z = np.random.default_rng(3).standard_normal(400_000)
    low, high = np.quantile(z, [trim, 1 - trim])
    kept = np.clip(z, low, high) if how == "winsorise" else z[(z > low) & (z < high)]
    assert left_of_normal(how, trim) == pytest.approx(np.mean(kept**2), abs=0.005)
    given = made("rate", n_funnels=100, n_units=200, spread=0, mean=100)
    assert np.mean(funnel(**given, overdispersion=how, trim=trim).phi) == pytest.approx(1, abs=0.03)
    assert np.mean(funnel(**given, overdispersion=how, trim=trim, method="transformed").phi) < 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_tau_squared_is_where_the_z_scores_vary_as_they_should(kind):
    given = made(kind, n_funnels=30, n_units=40, spread=0.5)
    found = funnel(**given)
    y, n = given["numerator"], given["expected" if kind == "ratio" else "denominator"]
    centre, tau2 = found.centre[:, None], found.tau_squared[:, None]
    shares = centre * (1 - centre) / n + tau2 * (n - 1) / n
    variance = shares if kind == "proportion" else centre / n + tau2 * centre**2
    z = (y / n - centre) / np.sqrt(variance)
    low, high = np.quantile(z, [0.1, 0.9], axis=1, keepdims=True)
    phi = np.mean(np.clip(z, low, high) ** 2, axis=1) / left_of_normal("winsorise", 0.1)
    assert (found.tau_squared > 0).all()
    assert phi == pytest.approx(np.full(30, 39 / 40), rel=1e-9)


@pytest.mark.parametrize(("spread", "least", "most"), [(0.0, 0.02, 0.05), (0.2, 0.03, 0.056), (0.5, 0.03, 0.056)])
def test_few_units_lie_outside_when_none_is_different(spread, least, most):
    """Pure chance, or true levels that vary: means of about 60, 400 funnels of 40 units."""
    found = funnel(**made("rate", n_funnels=400, n_units=40, spread=spread, seed=11, mean=60))
    assert least < np.mean(found.outlier != 0) < most
    assert np.mean(np.abs(found.outlier) == 2) < 0.0045


def test_without_allowing_for_spread_many_lie_outside():
    given = made("rate", n_funnels=400, n_units=40, spread=0.2, seed=11, mean=60)
    assert np.mean(funnel(**given, overdispersion="none").outlier != 0) > 0.2


def test_one_wild_unit_does_not_hide_itself():
    given = made("rate", n_funnels=100, n_units=30, spread=0.0, mean=40)
    given["numerator"][:, 0] = 2.5 * given["denominator"][:, 0]
    wild = funnel(**given).outlier[:, 0][given["denominator"][:, 0] > 25]
    assert (wild == 2).mean() > 0.97


@pytest.mark.parametrize(("n_units", "allowed"), [(10, False), (11, True)])
def test_few_units_are_judged_by_chance_alone(n_units, allowed):
    """One unit that is different would else pass for spread between all, and hide itself."""
    found = funnel(**made("rate", n_funnels=50, n_units=n_units, spread=0.5, mean=40))
    assert (found.tau_squared > 0).any() == allowed
    assert (found.phi > 1).any()
    y = np.array([20, 19, 60, 21, 22])
    assert funnel(y, np.ones(5)).outlier[2] == 2


@pytest.mark.parametrize("method", ["exact", "transformed"])
@pytest.mark.parametrize("kind", KINDS)
def test_many_funnels_are_as_each_alone_and_order_does_not_matter(kind, method):
    given = made(kind, n_funnels=6, spread=0.5)
    arrays = {key: value for key, value in given.items() if key != "kind"}
    shaped = {key: value.reshape(2, 3, -1) for key, value in arrays.items()}
    together = funnel(**shaped, kind=kind, method=method)
    assert together.centre.shape == (2, 3)
    order = np.random.default_rng(2).permutation(12)
    for i, place in enumerate(np.ndindex(2, 3)):
        alone = funnel(**{key: value[i][order] for key, value in arrays.items()}, kind=kind, method=method)
        for name, figures in vars(together).items():
            wanted = figures[place] if figures.ndim == 2 else figures[place][order]
            assert getattr(alone, name) == pytest.approx(wanted, rel=1e-7, abs=1e-9), name


def test_units_that_did_not_report_are_nowhere_and_change_nothing():
    whole = funnel([5, 9, 30, 4], [10, 20, 20, 10], trim=0.4)
    holed = funnel([5, np.nan, 9, 30, 7, 4, 3], [10, 10, 20, 20, 0, 10, np.nan], trim=0.4)
    kept = [0, 2, 3, 5]
    for name in ("lower_95", "upper_998", "p_value", "outlier"):
        assert getattr(holed, name)[kept] == pytest.approx(getattr(whole, name), rel=1e-12)
    assert np.isnan(holed.lower_95[[1, 4, 6]]).all()
    assert np.isnan(holed.p_value[[1, 4, 6]]).all()
    assert (holed.outlier[[1, 4, 6]] == 0).all()
    assert holed.phi == pytest.approx(whole.phi)
    assert holed.tau_squared == pytest.approx(whole.tau_squared)
    assert whole.tau_squared > 0


@pytest.mark.parametrize("method", ["exact", "transformed"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["none", "winsorise", "truncate"])
def test_every_odd_case_has_an_answer(kind, method, how):
    def of(y, n):
        exposure = {"expected" if kind == "ratio" else "denominator": n}
        return funnel(y, **exposure, kind=kind, method=method, overdispersion=how)

    none = of(np.zeros((3, 0)), np.zeros((3, 0)))
    assert none.outlier.shape == (3, 0)
    assert np.isnan(none.centre).all()
    unreported = of([np.nan, 3.0], [5.0, 0.0])
    assert np.isnan(unreported.centre)
    assert not unreported.outlier.any()
    one = of([3.0], [5.0])
    assert one.outlier.tolist() == [0]
    assert one.tau_squared == 0
    assert one.lower_95[0] < (1 if kind == "ratio" else 0.6) < one.upper_95[0]
    two = of([3.0, 3.0], [5.0, 5.0])
    assert two.outlier.tolist() == [0, 0]
    assert (two.tau_squared == 0) | (kind == "ratio")  # both are 0.6 of expected, which spread explains too
    nothing = of([0.0, 0.0, 0.0], [5.0, 9.0, 1.0])
    assert np.isnan(nothing.upper_95).all() == (kind != "ratio")  # there the centre is 1, whatever was seen
    if kind != "ratio":
        assert nothing.outlier.tolist() == [0, 0, 0]
    elif how == "none":
        assert nothing.outlier.tolist() == [-1, -2, 0]  # 5 and 9 expected: chances of 0.0067 and 0.0001


def test_everybody_counted_has_no_limits():
    found = funnel([5, 9], [5, 9], kind="proportion")
    assert found.centre == 1
    assert np.isnan(found.lower_95).all()
    assert found.p_value.tolist() == [1, 1]


def test_upper_limit_of_a_share_stops_at_one():
    for method in ("exact", "transformed"):
        found = funnel([4, 900], [5, 1000], kind="proportion", method=method)
        assert found.upper_998[0] == 1
        assert found.upper_998[1] < 1


def test_wrong_arguments_are_refused():
    for call, words in (
        (lambda: funnel([1], [1], kind="rates"), "rate, proportion, ratio"),
        (lambda: funnel([1], [1], method="normal"), "exact, transformed"),
        (lambda: funnel([1], [1], overdispersion="some"), "none, winsorise, truncate"),
        (lambda: funnel([1], [1], trim=0.5), "trim must lie between"),
        (lambda: funnel([1], [1], trim=0.0), "trim must lie between"),
        (lambda: funnel([1]), "takes denominator"),
        (lambda: funnel([1], [1], kind="ratio"), "takes expected"),
        (lambda: funnel([1], [1], expected=[1]), "no expected"),
        (lambda: funnel(1, 1), "an axis of units"),
        (lambda: funnel([[1, -2]], [3, 3]), r"numerator is negative: -2 at index \(0, 1\)"),
        (lambda: funnel([1, 2], [3, -3]), "denominator is negative"),
        (lambda: funnel([1, np.inf], [3, 3]), "infinite"),
        (lambda: funnel([1, 4], [3, 3], kind="proportion"), "above the denominator"),
        (lambda: funnel([1, 2], [3, 3.5], kind="proportion"), "not whole"),
        (
            lambda: funnel([1, 2], [3, 1e9], kind="proportion"),
            r"too large for a proportion.s exact tails: 1e\+09 at index \(1,\)",
        ),
        (lambda: funnel([1, 2], [3, 3, 3]), "broadcast"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_result_is_frozen():
    found = funnel([1, 2], [3, 4])
    assert isinstance(found, Funnel)
    with pytest.raises(AttributeError):
        found.phi = 2
