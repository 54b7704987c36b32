from pathlib import Path

import golden_its
import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from metrics.interrupted import interrupted_series

RNG = np.random.default_rng(20)
COMMITTED = Path(__file__).parents[1] / "reference"


def design(time, start):
    after = time >= start
    return np.column_stack([np.ones(len(time)), time, after, np.where(after, time - start, 0)])


def poisson(y, x, offset, scale="X2"):
    model = sm.GLM(y, x, family=sm.families.Poisson(), offset=offset)
    return model.fit(scale=scale, tol=1e-14, maxiter=100, use_t=scale == "X2")


def figures(effect, place=()):
    return [np.asarray(x)[place] for x in (effect.estimate, effect.standard_error, effect.p_value)]


def test_the_committed_reference_answers_are_ours():
    result = golden_its.compare_its(COMMITTED)
    assert not result.differences
    assert not result.left_out
    assert result.compared == 96


def test_all_terms_agree_with_statsmodels_whatever_is_missing():
    time, n = np.arange(40) / 12, RNG.integers(300, 900, (10, 40)).astype(float)
    y = RNG.poisson(n * 0.02).astype(float)
    y[RNG.random(y.shape) < 0.1] = np.nan
    ours = interrupted_series(y, n, start=20 / 12, time=time, autocorrelation="none")
    for i in range(10):
        keep = np.isfinite(y[i])
        fit = poisson(y[i][keep], design(time[keep], 20 / 12), np.log(n[i][keep]))
        for k, term in enumerate(("intercept", "trend", "level", "slope")):
            expected = fit.params[k], fit.bse[k], fit.pvalues[k]
            np.testing.assert_allclose(figures(getattr(ours, term), i), expected, rtol=1e-6, atol=1e-12)
        assert ours.dispersion[i] == pytest.approx(fit.scale)
        assert ours.n_before[i] + ours.n_after[i] == keep.sum()


def test_the_counterfactual_is_the_old_line_with_the_interval_of_its_expectation():
    time = np.arange(36.0)
    y, n = RNG.poisson(20 + time), RNG.integers(300, 900, 36).astype(float)
    ours = interrupted_series(y, n, start=18, autocorrelation="none")
    fit = poisson(y, design(time, 18), np.log(n))
    old = np.column_stack([np.ones(36), time, np.zeros(36), np.zeros(36)])
    eta, error = old @ fit.params, np.sqrt(np.einsum("ij,jk,ik->i", old, fit.cov_params(), old))
    reach = stats.t.ppf(0.975, 32) * error
    for found, expected in (
        (ours.counterfactual, eta),
        (ours.counterfactual_low, eta - reach),
        (ours.counterfactual_high, eta + reach),
    ):
        np.testing.assert_allclose(found[18:], np.exp(expected)[18:], rtol=1e-7)
        assert np.isnan(found[:18]).all()


def test_washed_out_points_are_left_out_and_the_level_is_judged_after_them():
    time = np.arange(40.0)
    y = RNG.poisson(30, 40).astype(float)
    ours = interrupted_series(y, start=16, washout=4, autocorrelation="none")
    keep = (time < 16) | (time >= 20)
    fit = poisson(y[keep], design(time, 20)[keep], None)
    np.testing.assert_allclose(figures(ours.level), (fit.params[2], fit.bse[2], fit.pvalues[2]), rtol=1e-7)
    np.testing.assert_allclose(figures(ours.slope), (fit.params[3], fit.bse[3], fit.pvalues[3]), rtol=1e-7)
    assert (ours.n_before, ours.n_after) == (16, 20)
    y[16:20] = 1e6
    np.testing.assert_array_equal(
        ours.level.estimate, interrupted_series(y, start=16, washout=4, autocorrelation="none").level.estimate
    )


def test_a_controlled_series_agrees_with_the_stacked_model_of_statsmodels():
    time = np.arange(48.0)
    ward, control = RNG.poisson(20, (6, 48)), RNG.poisson(90, (6, 48))
    size, control_size = RNG.integers(300, 900, (2, 6, 48)).astype(float)
    ours = interrupted_series(
        ward,
        size,
        start=24,
        control_count=control,
        control_exposure=control_size,
        family="poisson",
        autocorrelation="none",
    )
    own = design(time, 24)
    stacked = np.block([[own, own], [own, np.zeros_like(own)]])  # the control's terms, and the ward's beyond them
    for i in range(6):
        y = np.concatenate([ward[i], control[i]])
        fit = poisson(y, stacked, np.log(np.concatenate([size[i], control_size[i]])), scale=None)
        for k, effect in ((2, ours.control_level), (3, ours.control_slope), (6, ours.level), (7, ours.slope)):
            np.testing.assert_allclose(figures(effect, i), (fit.params[k], fit.bse[k], fit.pvalues[k]), rtol=1e-6)
        old = np.hstack([own, own * [1, 1, 0, 0]])
        eta, error = old @ fit.params, np.sqrt(np.einsum("ij,jk,ik->i", old, fit.cov_params(), old))
        np.testing.assert_allclose(ours.counterfactual[i][24:], np.exp(eta)[24:], rtol=1e-7)
        high = np.exp(eta + stats.norm.ppf(0.975) * error)
        np.testing.assert_allclose(ours.counterfactual_high[i][24:], high[24:], rtol=1e-7)


def test_ward_and_control_each_keep_their_own_dispersion():
    ward, control = RNG.negative_binomial(10, 1 / 3, 48), RNG.poisson(90, 48)
    ours = interrupted_series(ward, start=24, control_count=control, autocorrelation="none")
    fits = [poisson(y, design(np.arange(48.0), 24), None) for y in (ward, control)]
    variances = [fit.bse[2] ** 2 for fit in fits]
    degrees = sum(variances) ** 2 / sum(v**2 / 44 for v in variances)
    difference, error = fits[0].params[2] - fits[1].params[2], np.sqrt(sum(variances))
    expected = difference, error, 2 * stats.t.sf(abs(difference) / error, degrees)
    np.testing.assert_allclose(figures(ours.level), expected, rtol=1e-6)
    assert ours.dispersion == pytest.approx(fits[0].scale)


def test_a_change_shared_with_the_control_is_not_the_wards():
    months = np.arange(60)
    mean = np.where(months < 30, 40.0, 20.0)
    y = RNG.poisson(np.tile(mean, (300, 1)))
    control = RNG.poisson(np.tile(5 * mean, (300, 1)))
    alone = interrupted_series(y, start=30).level
    beside = interrupted_series(y, start=30, control_count=control).level
    assert np.median(alone.ratio) == pytest.approx(0.5, abs=0.03)
    assert np.median(beside.ratio) == pytest.approx(1.0, abs=0.04)
    assert (beside.p_value < 0.05).mean() < 0.08


@pytest.mark.parametrize("family", ["quasi_binomial", "binomial"])
def test_shares_agree_with_statsmodels(family):
    time, n = np.arange(36.0), RNG.integers(40, 90, 36)
    y = RNG.binomial(n, np.where(time < 18, 0.7, 0.8))
    ours = interrupted_series(y, n, start=18, family=family, autocorrelation="none")
    model = sm.GLM(y / n, design(time, 18), family=sm.families.Binomial(), var_weights=n.astype(float))
    fit = model.fit(scale="X2" if family == "quasi_binomial" else None, tol=1e-14, use_t=family == "quasi_binomial")
    np.testing.assert_allclose(figures(ours.level), (fit.params[2], fit.bse[2], fit.pvalues[2]), rtol=1e-6)
    eta = fit.params[0] + fit.params[1] * time
    np.testing.assert_allclose(ours.counterfactual[18:], 1 / (1 + np.exp(-eta[18:])))


def test_negative_binomial_agrees_with_statsmodels_at_its_theta():
    time = np.arange(60.0)
    y = RNG.negative_binomial(5, 0.2, 60)
    ours = interrupted_series(y, start=30, family="negative_binomial", autocorrelation="none")
    grid = np.exp(np.linspace(0, 4, 400))
    likelihood = [
        sm.GLM(y, design(time, 30), family=sm.families.NegativeBinomial(alpha=1 / theta)).fit(tol=1e-12).llf
        for theta in grid
    ]
    theta = grid[int(np.argmax(likelihood))]
    fit = sm.GLM(y, design(time, 30), family=sm.families.NegativeBinomial(alpha=1 / theta)).fit(tol=1e-12)
    np.testing.assert_allclose(figures(ours.level), (fit.params[2], fit.bse[2], fit.pvalues[2]), rtol=0.01)


def test_adjusting_step_by_step():
    time = np.arange(48.0)
    y = np.repeat([12.0, 30, 18, 40, 22, 35, 15, 28], 6) + RNG.poisson(4, 48)
    ours = interrupted_series(y, start=24)
    fit = poisson(y, design(time, 24), None, scale=None)
    residual = fit.resid_pearson
    r1 = (residual[1:] * residual[:-1]).sum() / (residual**2).sum()
    r = min(max((r1 + 4 / 48) / (1 - 8 / 48), 0), 0.9)
    error = fit.bse[2] * np.sqrt(max((residual**2).sum() / 44, 1) * (1 + r) / (1 - r))
    degrees = max(3, 44 * (1 - r) / (1 + r))
    assert r > 0.3
    np.testing.assert_allclose([ours.autocorrelation, ours.level.standard_error], [r, error], rtol=1e-8)
    assert ours.level.p_value == pytest.approx(2 * stats.t.sf(abs(fit.params[2]) / error, degrees), rel=1e-7)
    reach = stats.t.ppf(0.975, degrees) * error
    assert np.log(ours.level.high / ours.level.ratio) == pytest.approx(reach)


def null_series(months, dispersion, rho):
    """Poisson or negative binomial counts of mean 20 whose neighbours resemble each other by about rho."""
    rng = np.random.default_rng([months, dispersion, int(10 * rho)])
    z = rng.standard_normal((3000, months))
    for i in range(1, months):
        z[:, i] = rho * z[:, i - 1] + np.sqrt(1 - rho**2) * z[:, i]
    chance = stats.norm.cdf(z)
    if dispersion == 1:
        return stats.poisson.ppf(chance, 20)
    return stats.nbinom.ppf(chance, 20 / (dispersion - 1), 1 / dispersion)


@pytest.mark.parametrize("months", [36, 60])
@pytest.mark.parametrize("dispersion", [1, 3])
@pytest.mark.parametrize("rho", [0, 0.3])
def test_it_keeps_its_level_where_nothing_changed(months, dispersion, rho):
    y = null_series(months, dispersion, rho)
    plain, wide = (interrupted_series(y, start=months // 2, autocorrelation=a) for a in ("none", "adjust"))
    assert 0.02 <= (wide.level.p_value < 0.05).mean() <= 0.06
    assert 0.02 <= (wide.slope.p_value < 0.05).mean() <= 0.07
    if rho:
        assert (plain.level.p_value < 0.05).mean() > 0.1  # which is why months that resemble each other are allowed for
    else:
        assert 0.04 <= (plain.level.p_value < 0.05).mean() <= 0.06


TOO_FEW = "Too few months"
ZERO_BEFORE, ZERO_AFTER = [0.0] * 14 + [5.0, 6] * 7, [5.0, 6] * 7 + [0.0] * 14


@pytest.mark.parametrize(
    ("y", "start", "reason"),
    [
        ([], 0, f"{TOO_FEW} before"),
        ([5.0, 6] * 14, 14, ""),
        ([5.0, 6] * 14, 12, ""),
        ([5.0, 6] * 14, 11, f"{TOO_FEW} before"),
        ([5.0, 6] * 14, 16, ""),
        ([5.0, 6] * 14, 17, f"{TOO_FEW} after"),
        ([5.0, 6] * 14, -3, f"{TOO_FEW} before"),
        ([5.0, 6] * 14, 99, f"{TOO_FEW} after"),
        ([5.0, 6] * 14, np.nan, f"{TOO_FEW} after"),
        ([np.nan] * 28, 14, f"{TOO_FEW} before"),
        (ZERO_BEFORE, 14, "Nothing was recorded before"),
        (ZERO_AFTER, 14, "Nothing was recorded after"),
        ([0.0] * 28, 14, "Nothing was recorded before"),
        ([0.0] * 13 + [3] + [5.0, 6] * 7, 14, "All of it falls into one end"),
    ],
)
def test_what_cannot_be_judged_says_why(y, start, reason):
    ours = interrupted_series(y, start=start)
    assert str(ours.reason).startswith(reason)
    assert bool(str(ours.reason)) == bool(reason)
    for effect in (ours.intercept, ours.trend, ours.level, ours.slope):
        assert np.isnan([*figures(effect), effect.ratio, effect.low, effect.high]).all() == bool(reason)
    assert np.isnan(ours.counterfactual).all() == bool(reason)
    assert np.isnan(ours.dispersion) == np.isnan(ours.autocorrelation) == bool(reason)


def test_a_control_that_cannot_be_judged_says_so():
    ours = interrupted_series([5.0, 6] * 14, start=14, control_count=ZERO_AFTER)
    assert str(ours.reason).startswith("The control: nothing was recorded after")
    assert np.isnan(ours.level.estimate)
    assert np.isnan(ours.counterfactual).all()


def test_a_bad_series_does_not_touch_its_neighbours_nor_does_the_batch(monkeypatch):
    y = RNG.poisson(20, (30, 30)).astype(float)
    alone = interrupted_series(y, start=15)
    y[1], y[2] = 0.0, np.nan
    monkeypatch.setattr("metrics.interrupted.BLOCK_POINTS", 30 * 4)
    among = interrupted_series(y, start=15)
    np.testing.assert_array_equal(np.delete(alone.level.p_value, [1, 2]), np.delete(among.level.p_value, [1, 2]))
    assert np.isnan(among.level.p_value[[1, 2]]).all()


@pytest.mark.parametrize("shape", [(0, 30), (2, 0), (2, 3, 30)])
def test_every_shape_comes_back(shape):
    ours = interrupted_series(np.ones(shape), start=15, control_count=np.ones(shape))
    assert ours.level.p_value.shape == ours.reason.shape == ours.n_after.shape == shape[:-1]
    assert ours.counterfactual.shape == ours.counterfactual_high.shape == shape


def test_each_series_may_have_its_own_start():
    y = RNG.poisson(20, (2, 40))
    both = interrupted_series(y, start=[15, 25])
    for i, start in enumerate((15, 25)):
        np.testing.assert_array_equal(both.level.p_value[i], interrupted_series(y[i], start=start).level.p_value)


def test_regression_to_the_mean_is_always_named():
    assert "moves back towards its usual level by itself" in interrupted_series([5.0, 6] * 14, start=14).warning


def test_wrong_arguments_are_refused():
    y = [5.0, 6] * 14
    for arguments, words in (
        ({"family": "gamma"}, "quasi_poisson, poisson"),
        ({"autocorrelation": "hac"}, "adjust, none"),
        ({"washout": -1}, "washout cannot"),
        ({"family": "binomial"}, "needs an exposure"),
        ({"family": "binomial", "exposure": [1.0] * 28}, r"above the denominator at index \(0,\)"),
        ({"control_exposure": [1.0] * 28}, "needs a control_count"),
        ({"control_count": [-1.0] * 28}, "negative at index"),
    ):
        with pytest.raises(ValueError, match=words):
            interrupted_series(y, start=14, **arguments)
