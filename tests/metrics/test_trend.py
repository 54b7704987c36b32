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
        (lambda: count_trend([1.0], family="negative_binomial"), "quasi_poisson, poisson"),
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
