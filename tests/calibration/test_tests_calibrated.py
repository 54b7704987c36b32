"""Intervals and trend tests: how often they cover, and how often they call nothing something."""

import numpy as np
import pytest
import statsmodels.api as sm
from calibrate import Figure, alike, correlated_counts, counts, keep, record, series, stream
from scipy import stats

from metrics import (
    count_trend,
    mann_kendall,
    proportion_interval,
    proportion_trend,
    rate_interval,
    rate_now,
    rate_ratio,
    theil_sen,
)
from metrics.family import benjamini_hochberg

LENGTHS = (24, 36, 60)
MEAN = 20
LEVEL = 0.05
MEANS = np.concatenate([np.arange(0.01, 5, 0.01), np.arange(5, 100, 0.1)])
SHARES = np.arange(0.005, 1, 0.005)


def covers(found, truth):
    return (found.low <= truth) & (truth <= found.high)


@pytest.mark.parametrize("mean", [5, 20])
@pytest.mark.parametrize("dispersion", [1, 3])
def test_the_rate_now_covers_though_counts_vary_more_than_chance(mean, dispersion):
    y = counts(stream(f"now {mean} {dispersion}"), mean, dispersion, (series(60_000), 36))
    what = f"The rate now, 12 of 36 months of {mean}, dispersion {dispersion}: covered by"
    claim = "75" if dispersion == 3 else ""
    low, high = (72, 80) if dispersion == 3 else (95, 97)
    plain = covers(rate_interval(y[:, -12:].sum(axis=1), 12.0), mean)
    record("4", f"{what} the plain exact interval", claim, plain, low, high)
    section, claim = ("4", "95–97") if dispersion == 3 else ("9", "93–98")
    record(section, f"{what} ours", claim, covers(rate_now(y), mean), 93, 98)


def exact(found, chance, truth):
    """The chance that the interval of each possible count covers, summed."""
    return np.where(covers(found, truth), chance, 0.0).sum(axis=-1)


def test_exact_intervals_never_cover_less_than_they_say():
    y, means = np.arange(200.0), MEANS[:, None]
    chance = stats.poisson.pmf(y, means)
    rate = exact(rate_interval(y, 1.0), chance, means)
    shares = []
    for n in (1, 2, 5, 10, 30, 60, 200):
        y_n, share = np.arange(n + 1.0), SHARES[:, None]
        shares.append(exact(proportion_interval(y_n, n), stats.binom.pmf(y_n, n, share), share))
    for of, cover in (("a rate, means 0.01 to 100", rate), ("a share, 1 to 200 cases", np.concatenate(shares))):
        name = f"The least that the exact 95 % interval of {of}, covers (summed, not simulated)"
        keep(Figure("9", name, "≥ 95.0", 100 * cover.min(), 0.0, cover.size))
        assert cover.min() >= 0.95 - 1e-12
    mid_p = exact(rate_interval(y, 1.0, method="mid_p"), chance, means)
    assert mid_p.min() < 0.95 < mid_p.mean() < rate.mean()  # the grid is fine enough to find one that does


def test_the_exact_test_of_two_periods_never_rejects_too_often():
    before, after = np.meshgrid(np.arange(120.0), np.arange(120.0), indexing="ij")
    rejected = rate_ratio(before, 24.0, after, 12.0).p_value < LEVEL
    size = [
        (stats.poisson.pmf(before, 24 * mean) * stats.poisson.pmf(after, 12 * mean))[rejected].sum()
        for mean in np.arange(0.05, 2.5, 0.05)
    ]
    what = "The most that the exact test of two periods rejects, 24 and 12 months (summed, not simulated)"
    keep(Figure("5", what, "≤ 5", 100 * max(size), 0.0, len(size)))
    assert 0.02 < max(size) <= LEVEL


def noise(name, dispersion, rho, months, n):
    return correlated_counts(stream(f"{name} {dispersion} {rho} {months}"), MEAN, dispersion, (n, months), rho)


@pytest.mark.parametrize("months", LENGTHS)
@pytest.mark.parametrize(
    ("rho", "option", "claim", "low", "high"),
    [(0.0, "none", "4–6", 4, 6), (0.0, "adjust", "2–4", 2, 4), (0.3, "adjust", "4–7", 4, 7), (0.3, "none", "", 9, 20)],
)
def test_count_trend_keeps_its_level(months, rho, option, claim, low, high):
    y = noise("trend", 3, rho, months, series(40_000))
    found = count_trend(y, autocorrelation=option).p_value < LEVEL
    what = f"count_trend, {option}, {months} months, dispersion 3, correlation {rho:g}: rejects without a trend"
    record("9" if (rho, option) == (0, "none") else "5", what, claim, found, low, high)


@pytest.mark.parametrize("months", LENGTHS)
@pytest.mark.parametrize("slope", [-0.3, -0.1, 0.1])
def test_the_interval_of_a_trend_covers(months, slope):
    time = np.arange(months) / 12
    y = counts(stream(f"slope {months} {slope}"), MEAN * np.exp(slope * time), 3, (series(20_000), months))
    for option, claim, low, high in (("none", "93–97", 93, 97), ("adjust", "93–97", 94, 98)):
        found = covers(count_trend(y, time=time, autocorrelation=option), np.exp(slope))
        record(
            "9", f"count_trend, {option}, {months} months, slope {slope:+g} a year: covered", claim, found, low, high
        )


@pytest.mark.parametrize("months", LENGTHS)
@pytest.mark.parametrize(("rho", "claim", "low", "high"), [(0.0, "9–16", 8, 18), (0.3, "13–21", 12, 24)])
def test_newey_west_would_not_keep_its_level(months, rho, claim, low, high):
    y = noise("newey-west", 3, rho, months, series(6_000))
    design = sm.add_constant(np.arange(months, dtype=float))
    lags = int(4 * (months / 100) ** (2 / 9))
    rejected = [
        sm.GLM(row, design, family=sm.families.Poisson()).fit(cov_type="HAC", cov_kwds={"maxlags": lags}).pvalues[1]
        < LEVEL
        for row in y
    ]
    what = f"Newey–West, {lags} lags, {months} months, dispersion 3, correlation {rho:g}: rejects without a trend"
    record("5", what, claim, rejected, low, high)


@pytest.mark.parametrize("months", LENGTHS)
@pytest.mark.parametrize(("rho", "claim", "low", "high"), [(0.0, "2–7", 2, 6), (0.3, "2–7", 2, 8)])
def test_proportion_trend_keeps_its_level(months, rho, claim, low, high):
    random = stream(f"proportion {months} {rho}")
    n = random.integers(20, 60, (series(40_000), months))
    share = stats.beta(0.8 * 20, 0.2 * 20)  # dispersion near 3
    steps = share.ppf((np.arange(4000) + 0.5) / 4000)
    y = random.binomial(n, steps[(alike(random, n.shape, rho) * 4000).astype(int)])
    what = (
        f"proportion_trend, {{}}, {months} months of shares, dispersion 3, correlation {rho:g}: rejects without a trend"
    )
    if rho == 0:
        plain = proportion_trend(y, n, autocorrelation="none").p_value < LEVEL
        record("5", what.format("none"), "4–6", plain, 4, 6)
    record("5", what.format("adjust"), claim, proportion_trend(y, n).p_value < LEVEL, low, high)


@pytest.mark.parametrize("months", LENGTHS)
@pytest.mark.parametrize(
    ("option", "rho", "claim", "low", "high"),
    [
        ("none", 0.0, "", 3.5, 5.5),
        ("none", 0.3, "", 9, 20),
        ("effective_n", 0.0, "3–7", 2, 6),
        ("effective_n", 0.3, "3–7", 3, 8),
        ("effective_n", 0.5, "3–7", 3, 10),
    ],
)
def test_mann_kendall_keeps_its_level(months, option, rho, claim, low, high):
    y = noise("mann-kendall", 3, rho, months, series(20_000))
    found = mann_kendall(y, autocorrelation=option).p_value < LEVEL
    what = f"mann_kendall, {option}, {months} months, correlation {rho:g}: rejects without a trend"
    record("5", what, claim, found, low, high)


@pytest.mark.parametrize("months", LENGTHS)
def test_hamed_rao_is_for_comparison_only(months):
    y = noise("hamed-rao", 3, 0.0, months, series(8_000))
    found = mann_kendall(y, autocorrelation="hamed_rao").p_value < LEVEL
    what = f"mann_kendall, hamed_rao, {months} months, correlation 0: rejects without a trend"
    record("5", what, "8", found, 6, 13)


@pytest.mark.parametrize("months", LENGTHS)
def test_the_interval_of_theil_sen_covers(months):
    random = stream(f"theil-sen {months}")
    values = random.standard_normal((series(20_000), months)) * 5 + 0.2 * np.arange(months)
    record("9", f"theil_sen, {months} independent months: covered", "93–97", covers(theil_sen(values), 0.2), 93, 97)


@pytest.mark.parametrize(("real", "shared"), [(0, 0.0), (0, 0.5), (5, 0.0), (5, 0.5), (15, 0.0)])
def test_of_the_findings_of_a_family_few_are_false(real, shared):
    random = stream(f"family {real} {shared}")
    n, tests = series(40_000), 20
    z = np.sqrt(1 - shared) * random.standard_normal((n, tests)) + np.sqrt(shared) * random.standard_normal((n, 1))
    z[:, :real] += 3
    found = benjamini_hochberg(stats.norm.sf(z)).found
    false = found[:, real:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    what = f"benjamini_hochberg, families of {tests} of which {real} real, correlation {shared:g}: false findings"
    record("5", what, "≤ 5", false, 0, 5)


def test_families_of_trends_have_few_false_findings():
    n, tests = series(4_000), 20
    y = counts(stream("family of trends"), np.full(36, 20.0), 3, (n, tests, 36))
    found = benjamini_hochberg(count_trend(y).p_value).found
    what = f"benjamini_hochberg, families of {tests} count_trends without a trend: any finding"
    record("5", what, "≤ 5", found.any(axis=1), 0, 5)
