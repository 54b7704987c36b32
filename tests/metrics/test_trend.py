import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from metrics import count_trend, proportion_trend

RNG = np.random.default_rng(8)


def oracle(y, family, time, offset=None, weights=None, scale=None):
    """statsmodels' fit of one series: slope, standard error, p value with t degrees of freedom for a quasi family."""
    keep = np.isfinite(y)
    design = sm.add_constant(time[keep])
    model = sm.GLM(
        y[keep],
        design,
        family=family,
        offset=None if offset is None else offset[keep],
        var_weights=None if weights is None else weights[keep],
    )
    fit = model.fit(scale=scale, tol=1e-14, maxiter=100, use_t=scale == "X2")
    return fit.params[1], fit.bse[1], fit.pvalues[1], fit.scale


@pytest.mark.parametrize(("family", "scale"), [("poisson", None), ("quasi_poisson", "X2")])
def test_count_trend_agrees_with_statsmodels(family, scale):
    n = RNG.integers(200, 1500, (25, 30)).astype(float)
    time = np.arange(30) / 12
    y = RNG.poisson(n * 0.01 * np.exp(0.3 * time)).astype(float)
    y[RNG.random(y.shape) < 0.1] = np.nan
    ours = count_trend(y, n, time, family=family, autocorrelation="none")
    for i in range(25):
        theirs = oracle(y[i], sm.families.Poisson(), time, offset=np.log(n[i]), scale=scale)
        figures = ours.log_ratio[i], ours.standard_error[i], ours.p_value[i], ours.dispersion[i]
        np.testing.assert_allclose(figures, theirs, rtol=1e-7)
    np.testing.assert_allclose(ours.ratio, np.exp(ours.log_ratio))


@pytest.mark.parametrize(("family", "scale"), [("binomial", None), ("quasi_binomial", "X2")])
def test_proportion_trend_agrees_with_statsmodels(family, scale):
    n = RNG.integers(20, 90, (25, 24)).astype(float)
    y = RNG.binomial(n.astype(int), 0.8).astype(float)
    y[RNG.random(y.shape) < 0.1] = np.nan
    ours = proportion_trend(y, n, family=family, autocorrelation="none")
    for i in range(25):
        theirs = oracle(y[i] / n[i], sm.families.Binomial(), np.arange(24.0), weights=n[i], scale=scale)
        figures = ours.log_ratio[i], ours.standard_error[i], ours.p_value[i], ours.dispersion[i]
        np.testing.assert_allclose(figures, theirs, rtol=1e-7)


def test_adjusting_only_widens_and_says_by_what():
    y = RNG.poisson(20, (200, 36))
    plain, wide = count_trend(y, autocorrelation="none"), count_trend(y)
    np.testing.assert_allclose(plain.log_ratio, wide.log_ratio)
    assert (wide.standard_error >= plain.standard_error * (1 - 1e-12)).all()
    assert (wide.dispersion >= 1).all()
    assert ((wide.autocorrelation >= 0) & (wide.autocorrelation <= 0.9)).all()
    assert (plain.autocorrelation == 0).all()
    expected = np.sqrt(
        np.maximum(plain.dispersion, 1) / plain.dispersion * (1 + wide.autocorrelation) / (1 - wide.autocorrelation)
    )
    np.testing.assert_allclose(wide.standard_error / plain.standard_error, expected)


@pytest.mark.parametrize("n", [24, 60])
def test_it_keeps_its_level_without_a_trend(n):
    y = RNG.negative_binomial(10, 1 / 3, (3000, n))  # mean 20, dispersion 3
    plain, wide = ((count_trend(y, autocorrelation=a).p_value < 0.05).mean() for a in ("none", "adjust"))
    assert 0.04 <= plain <= 0.065
    assert 0.02 <= wide <= 0.06


def test_time_keeps_its_gap_over_missing_months():
    time = np.arange(24.0)
    y = np.exp(0.05 * time) * 50
    holes = (time < 5) | (time > 11)
    ours = count_trend(np.where(holes, y, np.nan), autocorrelation="none")
    assert ours.log_ratio == pytest.approx(0.05)
    assert ours.n == holes.sum()


def test_the_unit_of_time_is_the_unit_of_the_ratio():
    y = RNG.poisson(20, 36)
    months, years = count_trend(y), count_trend(y, time=np.arange(36) / 12)
    assert years.log_ratio == pytest.approx(12 * months.log_ratio)
    assert years.p_value == pytest.approx(float(months.p_value))


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        ([], "Too few months"),
        ([1.0, 2], "Too few months"),
        ([1.0, 2, 3, 4, 5], "Too few months"),
        ([1.0, 2, 3, 4, 5, 6], ""),
        ([np.nan] * 12, "Too few months"),
        ([0.0] * 12, "Nothing was recorded"),
        ([0.0] * 11 + [3], "one end"),
    ],
)
def test_what_has_no_trend_says_why(y, reason):
    ours = count_trend(y)
    assert str(ours.reason).startswith(reason) if reason != "one end" else reason in str(ours.reason)
    assert np.isnan(ours.log_ratio) == np.isnan(ours.p_value) == np.isnan(ours.high) == bool(reason)


def test_a_share_of_all_has_no_trend():
    assert "no share to follow" in str(proportion_trend([5.0] * 12, [5] * 12).reason)


def test_one_bad_series_does_not_touch_its_neighbours():
    y = RNG.poisson(20, (3, 24)).astype(float)
    alone = count_trend(y)
    y[1] = [0.0] * 23 + [5]
    among = count_trend(y)
    np.testing.assert_array_equal(alone.p_value[[0, 2]], among.p_value[[0, 2]])
    assert np.isnan(among.p_value[1])


@pytest.mark.parametrize(("shape"), [(0, 12), (2, 0), (2, 3, 12)])
def test_every_shape_comes_back(shape):
    ours = count_trend(np.ones(shape))
    assert ours.p_value.shape == ours.reason.shape == ours.method.shape == shape[:-1]


def test_splitting_a_batch_changes_nothing(monkeypatch):
    y = RNG.poisson(9, (50, 24))
    whole = count_trend(y)
    monkeypatch.setattr("metrics.trend.BLOCK_POINTS", 24 * 7)
    np.testing.assert_array_equal(whole.p_value, count_trend(y).p_value)


def test_wrong_arguments_are_refused():
    for call, words in (
        (lambda: count_trend([1.0], family="gamma"), "quasi_poisson, poisson"),
        (lambda: proportion_trend([1.0], [2.0], family="poisson"), "quasi_binomial, binomial"),
        (lambda: count_trend([1.0], autocorrelation="hac"), "adjust, none"),
        (lambda: count_trend([1.0, -2]), r"negative at index \(1,\)"),
        (lambda: proportion_trend([1.0, 3], [2, 2]), r"above the denominator at index \(1,\)"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


@pytest.mark.parametrize("months", [7, 24, 60])
def test_adjusting_step_by_step_as_the_methods_page_has_it(months):
    time = np.arange(months, dtype=float)
    waves = np.repeat([12.0, 30.0, 18.0, 40.0], 15)[:months] + RNG.poisson(4, months)
    ours = count_trend(waves)
    fit = sm.GLM(waves, sm.add_constant(time), family=sm.families.Poisson()).fit(tol=1e-14)
    residual = fit.resid_pearson
    r1 = (residual[1:] * residual[:-1]).sum() / (residual**2).sum()
    r = min(max((r1 + 2 / months) / (1 - 4 / months), 0), 0.9)
    error = fit.bse[1] * np.sqrt(max((residual**2).sum() / (months - 2), 1) * (1 + r) / (1 - r))
    degrees = max(3, (months - 2) * (1 - r) / (1 + r))
    assert r > 0.3
    np.testing.assert_allclose([ours.autocorrelation, ours.standard_error], [r, error], rtol=1e-8)
    assert ours.p_value == pytest.approx(2 * stats.t.sf(abs(fit.params[1]) / error, degrees), rel=1e-7)
    assert np.log(ours.high / ours.ratio) == pytest.approx(stats.t.ppf(0.975, degrees) * error)


def test_negative_binomial_agrees_with_the_maximum_that_statsmodels_finds():
    time, n = np.arange(48) / 12, RNG.integers(500, 900, (12, 48)).astype(float)
    mean = n * 0.01 * np.exp(0.2 * time)
    y = RNG.negative_binomial(4, 4 / (4 + mean)).astype(float)
    y[RNG.random(y.shape) < 0.1] = np.nan
    ours = count_trend(y, n, time, family="negative_binomial", autocorrelation="none")
    for i in range(12):
        keep = np.isfinite(y[i])
        design, log_n = sm.add_constant(time[keep]), np.log(n[i][keep])
        joint = sm.NegativeBinomial(y[i][keep], design, offset=log_n)
        start = [np.nanmean(np.log((y[i] + 0.5) / n[i])), 0.0, 0.3]
        alpha = joint.fit(start_params=start, method="bfgs", maxiter=500, disp=0).params[-1]
        assert ours.theta[i] == pytest.approx(1 / alpha, rel=1e-4)
        # The standard error at a fixed θ, as glm.nb has it.
        family = sm.families.NegativeBinomial(alpha=1 / ours.theta[i])
        fit = sm.GLM(y[i][keep], design, family=family, offset=log_n).fit(tol=1e-14, maxiter=200)
        figures = ours.log_ratio[i], ours.standard_error[i], ours.p_value[i]
        np.testing.assert_allclose(figures, (fit.params[1], fit.bse[1], fit.pvalues[1]), rtol=1e-6)


def test_counts_that_vary_no_more_than_chance_are_fitted_as_a_poisson_and_it_is_said():
    y = np.tile([9.0, 10, 11, 10], 9)
    ours, poisson = (count_trend(y, family=f, autocorrelation="none") for f in ("negative_binomial", "poisson"))
    assert np.isinf(ours.theta)
    np.testing.assert_allclose([ours.log_ratio, ours.p_value], [poisson.log_ratio, poisson.p_value], rtol=1e-9)
    assert str(ours.method) == "negative-binomial, whose counts vary no more than a Poisson's: fitted as one"
    wild = count_trend(np.tile([2.0, 30, 1, 12], 9), family="negative_binomial")
    assert np.isfinite(wild.theta)
    assert str(wild.method) == "negative-binomial, widened for neighbouring months that resemble each other"


@pytest.mark.parametrize("theta", [0.1, 3, 1000])
def test_theta_is_where_the_likelihood_is_greatest(theta):
    mean = np.linspace(5, 60, 40)
    y = RNG.negative_binomial(theta, theta / (theta + mean), (60, 40)).astype(float)
    ours = count_trend(y, family="negative_binomial", autocorrelation="none")
    assert (ours.reason == "").all()
    for row, found in zip(y[np.isfinite(ours.theta)][:10], ours.theta[np.isfinite(ours.theta)][:10], strict=True):

        def likelihood(log_theta, row=row):
            family = sm.families.NegativeBinomial(alpha=np.exp(-log_theta))
            return sm.GLM(row, sm.add_constant(np.arange(40.0)), family=family).fit(tol=1e-12).llf

        steps = np.array([likelihood(np.log(found) + step) for step in (-0.02, 0, 0.02)])
        assert steps[1] == steps.max()


def test_negative_binomial_keeps_to_its_series_whatever_batch_they_stand_in(monkeypatch):
    y = RNG.negative_binomial(5, 0.3, (40, 24)).astype(float)
    y[7], y[8] = 0.0, [0.0] * 23 + [5]
    whole = count_trend(y, family="negative_binomial")
    assert [str(reason)[:7] for reason in whole.reason[7:9]] == ["Nothing", "All of "]
    monkeypatch.setattr("metrics.trend.BLOCK_POINTS", 24 * 3)
    np.testing.assert_array_equal(whole.p_value, count_trend(y, family="negative_binomial").p_value)


def test_a_season_is_taken_out_of_the_trend_as_statsmodels_does():
    months = np.arange(40)
    wave = np.exp(0.4 * np.sin(2 * np.pi * months / 12 + 1))
    y = RNG.poisson(30 * wave * np.exp(0.01 * months), (5, 40)).astype(float)
    y[0, 3] = np.nan
    ours = count_trend(y, time=months / 12, season=True, autocorrelation="none")
    angle = 2 * np.pi * months / 12
    design = np.column_stack([np.ones(40), months / 12, np.sin(angle), np.cos(angle)])
    for i in range(5):
        keep = np.isfinite(y[i])
        fit = sm.GLM(y[i][keep], design[keep], family=sm.families.Poisson()).fit(scale="X2", tol=1e-14, use_t=True)
        figures = ours.log_ratio[i], ours.standard_error[i], ours.p_value[i], ours.dispersion[i]
        np.testing.assert_allclose(figures, (fit.params[1], fit.bse[1], fit.pvalues[1], fit.scale), rtol=1e-7)
    assert (ours.standard_error < count_trend(y, time=months / 12, autocorrelation="none").standard_error).all()


@pytest.mark.parametrize(("months", "refused"), [(35, True), (36, False), (37, False)])
def test_a_season_takes_36_reported_months(months, refused):
    y, n = RNG.poisson(20, 40).astype(float), np.full(40, 50.0)
    y[months:] = np.nan
    for ours in (count_trend(y, season=True), proportion_trend(np.minimum(y, 50), n, season=True)):
        assert str(ours.reason).startswith("Too few months to tell a yearly wave") == refused
        assert np.isnan(ours.p_value) == refused
        assert "yearly wave" in str(ours.method)
