import re

import numpy as np
import pytest
from scipy import stats

from metrics import changepoint, doubtful_months
from metrics.proposals import propose_phases

RNG = np.random.default_rng(30)
BASELINE = np.arange(48) < 24
TOO_FEW, NO_CHANGE, DRIFT, NO_RUN, NOT_LASTED = "Too few", "No change", "The change looks", "No 7", "The change has"


def step(before, after, at, months=48, series=None):
    mean = np.where(np.arange(months) < at, before, after).astype(float)
    return RNG.poisson(mean, (*(() if series is None else (series,)), months)).astype(float)


def plainly(y, e, kind, first=12, least_after=13):
    """The greatest log-likelihood ratio and its place, one place at a time."""

    def likelihood(y, e):
        level = y.sum() / e.sum()
        if kind == "counts":
            return stats.poisson.logpmf(y, e * level).sum()
        if kind == "shares":
            return stats.binom.logpmf(y, e, level).sum()
        return stats.norm.logpdf(y, level, 1).sum()

    gains = {
        k: likelihood(y[:k], e[:k]) + likelihood(y[k:], e[k:]) - likelihood(y, e)
        for k in range(first, len(y) - least_after + 1)
    }
    place = max(gains, key=gains.get)
    return place, gains[place]


@pytest.mark.parametrize("kind", ["counts", "shares", "values"])
def test_the_scan_finds_what_a_plain_search_finds(kind):
    e = np.ones((20, 40)) if kind == "values" else RNG.integers(50, 90, (20, 40)).astype(float)
    y = RNG.normal(5, 1, e.shape) if kind == "values" else RNG.poisson(e * 0.2).astype(float)
    position = np.broadcast_to(np.arange(40.0), y.shape)
    found = changepoint.scan(kind, y, e, np.full(20, 40), position, np.full(20, 12), 13)
    for i in range(20):
        place, gain = plainly(y[i], e[i], kind)
        assert found.place[i] == place
        assert found.ratio[i] * found.widening[i] == pytest.approx(gain, rel=1e-6)
        assert found.before[i] == pytest.approx(y[i, :place].sum() / e[i, :place].sum())


def test_dispersion_and_autocorrelation_are_about_the_two_levels():
    y = step(20, 10, 30)
    found = propose_phases(y, kind="c")
    k = int(found.start)
    level = np.where(np.arange(48) < k, y[:k].mean(), y[k:].mean())
    residual = (y - level) / np.sqrt(level)
    phi = max(1, (residual**2).sum() / 46)
    r1 = (residual[1:] * residual[:-1]).sum() / (residual**2).sum()
    r = min(max((r1 + 3 / 48) / (1 - 6 / 48), 0), 0.9)
    assert found.dispersion == pytest.approx(phi)
    assert found.autocorrelation == pytest.approx(r)
    _, gain = plainly(y, np.ones(48), "counts")
    assert found.log_likelihood_ratio == pytest.approx(gain / phi * (1 - r) / (1 + r))


@pytest.mark.parametrize("kind", ["c", "u", "u_prime", "xmr", "p", "p_prime"])
@pytest.mark.parametrize("ratio", [0.4, 2.0])
def test_a_lasting_step_is_proposed_where_it_began(kind, ratio):
    months = np.arange(48)
    mean = np.where(months < 30, 20.0, 20 * ratio)
    size = np.full(48, 100)
    y = RNG.binomial(size, mean / 100, (40, 48)) if kind.startswith("p") else RNG.poisson(mean, (40, 48))
    found = propose_phases(y, None if kind in ("c", "xmr") else size, kind=kind, baseline=BASELINE)
    assert found.proposed.mean() > 0.85
    yes = found.proposed
    assert np.median(np.abs(found.start[yes] - 30)) <= 1
    assert np.median(found.ratio[yes]) == pytest.approx(ratio, rel=0.1)
    covered = (found.low[yes] <= ratio) & (ratio <= found.high[yes])
    assert covered.mean() > 0.8
    assert (found.n_before[yes] + found.n_after[yes] == 48).all()
    assert (found.n_after[yes] >= 13).all()
    np.testing.assert_allclose(found.ratio[yes], (found.after / found.before)[yes])


def null_series(months, mean, dispersion, rho, series=4000):
    rng = np.random.default_rng([months, mean, dispersion, int(10 * rho)])
    z = rng.standard_normal((series, months))
    for i in range(1, months):
        z[:, i] = rho * z[:, i - 1] + np.sqrt(1 - rho**2) * z[:, i]
    chance = stats.norm.cdf(z)
    if dispersion == 1:
        return stats.poisson.ppf(chance, mean)
    return stats.nbinom.ppf(chance, mean / (dispersion - 1), 1 / dispersion)


@pytest.mark.parametrize("months", [36, 60])
@pytest.mark.parametrize(("mean", "dispersion"), [(2, 1), (20, 1), (20, 3)])
@pytest.mark.parametrize(("rho", "most"), [(0, 0.008), (0.3, 0.022), (0.5, 0.035)])
def test_steady_series_are_left_alone(months, mean, dispersion, rho, most):
    y = null_series(months, mean, dispersion, rho)
    for kind in ("c", "xmr"):
        found = propose_phases(y, kind=kind)
        assert found.proposed.mean() <= most
        if rho == 0:
            assert 0.01 <= (found.p_value < 0.05).mean() <= 0.065


def test_two_years_of_monthly_looks_at_steady_series_propose_little():
    y = null_series(60, 20, 1, 0, series=600)
    ever = np.zeros(600, dtype=bool)
    for months in range(37, 61):
        ever |= propose_phases(y[:, :months], kind="c", baseline=np.arange(months) < 24).proposed
    assert ever.mean() <= 0.03


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        ([], TOO_FEW),
        ([np.nan] * 48, TOO_FEW),
        ([0.0] * 48, NO_CHANGE),
        ([5.0] * 48, NO_CHANGE),
        ([20.0, 22] * 6 + [10.0, 12] * 6, TOO_FEW),  # 12 and 12
        ([20.0, 22] * 6 + [10.0, 12] * 6 + [11], ""),  # 12 and 13
        ([20.0, 22] * 5 + [21] + [10.0, 12] * 6 + [11], TOO_FEW),  # 11 and 13
        ([20.0, 22] * 12 + [0.0] * 24, ""),
        (list(np.linspace(40, 10, 48) + np.tile([3, -3], 24)), DRIFT),
        ([20.0, 22] * 12 + [8.0, 8, 8, 8, 8, 30] * 4, NO_RUN),
        ([18.0, 26] * 12 + [4.0, 12] * 8 + [7] + [22.0, 14] * 3 + [17], NOT_LASTED),
    ],
)
def test_what_is_not_proposed_says_why(y, reason):
    found = propose_phases(y, kind="c")
    assert str(found.reason).startswith(reason)
    assert bool(found.proposed) == (reason == "") == bool(str(found.sentence)) == (found.start >= 0)
    assert np.isnan(found.ratio) == np.isnan(found.before) == (reason != "")
    assert np.isnan(found.p_value) == (reason == TOO_FEW)


def test_a_perfect_step_of_values_is_the_surest():
    found = propose_phases([0.1] * 20 + [0.3] * 20, kind="xmr")
    assert found.proposed
    assert found.start == 20
    assert found.p_value == pytest.approx(1e-4)
    assert propose_phases([0.1] * 40, kind="xmr").reason == propose_phases([1e6] * 40, kind="xmr").reason
    assert str(propose_phases([0.1] * 40, kind="xmr").reason).startswith(NO_CHANGE)


def test_a_change_within_the_baseline_is_not_looked_for():
    y = step(20, 8, 14)
    assert propose_phases(y, kind="c").start == pytest.approx(14, abs=1)
    found = propose_phases(y, kind="c", baseline=BASELINE)
    assert not found.proposed or found.start >= 24


def test_only_the_last_phase_is_looked_at():
    y = step(20, 8, 24, months=60)
    y[36:] = RNG.poisson(8, 24)
    phase = np.arange(60) >= 24
    assert propose_phases(y, kind="c").proposed
    assert not propose_phases(y, kind="c", phase=phase).proposed
    again = np.concatenate([np.zeros(6), np.ones(6), np.zeros(48)])  # the same label, but another phase
    assert propose_phases(y, kind="c", phase=again).start == propose_phases(y, kind="c").start


def test_months_in_question_never_support_a_fall():
    y = step(20, 8, 30)
    assert propose_phases(y, kind="c", baseline=BASELINE).proposed
    one = np.arange(48) == 40
    found = propose_phases(y, kind="c", baseline=BASELINE, doubtful=one)
    assert str(found.reason) == "Lower, but months since then are in question. They need to be checked first."
    assert propose_phases(step(8, 20, 30), kind="c", baseline=BASELINE, doubtful=one).proposed
    all_since = np.arange(48) >= 30
    assert not propose_phases(y, kind="c", doubtful=all_since).proposed


def test_a_ward_that_records_a_fifth_is_not_proposed_a_new_level():
    y = step(20, 4, 30, series=50)
    doubtful = doubtful_months(y)
    assert doubtful[:, 30:].any(axis=1).mean() > 0.9
    found = propose_phases(y, kind="c", baseline=BASELINE, doubtful=doubtful)
    assert not (found.proposed & doubtful[:, 30:].any(axis=1)).any()


def test_masked_months_count_for_nothing():
    y = step(20, 8, 30)
    plain = propose_phases(y, kind="c")
    wild, mask = y.copy(), np.isin(np.arange(48), [3, 20, 44])
    wild[mask] = 900
    without = np.where(mask, np.nan, y)
    for name in ("excluded", "unsettled"):
        masked = propose_phases(wild, kind="c", **{name: mask})
        assert masked.p_value == propose_phases(without, kind="c").p_value
        assert masked.start == propose_phases(without, kind="c").start == plain.start
        assert masked.n_before + masked.n_after == 45


def test_the_sentence_proposes_and_asks():
    y = step(20, 8, 30)
    dates = np.arange("2021-01", "2025-01", dtype="datetime64[M]")
    found = propose_phases(y, kind="c", dates=dates)
    since = dates[int(found.start)].item().strftime("%B %Y")
    assert re.match(
        rf"About [\d.]+ until \w+ \d+, about [\d.]+ since {since}: fewer than chance would", found.sentence[()]
    )
    assert "What changed?" in str(found.sentence)
    assert "Nothing changes until someone decides." in str(found.sentence)
    share = propose_phases(step(20, 50, 30), np.full(48, 100), kind="p", multiplier=100)
    assert "higher than chance would explain" in str(share.sentence)
    assert f"point {int(share.start) + 1}" in str(share.sentence)
    assert share.before == pytest.approx(20, abs=3)
    banned = "clean|streak|best|worst|astronomical|special cause|failing"
    assert not re.search(banned, f"{found.sentence} {share.sentence}")


@pytest.mark.parametrize("shape", [(0, 40), (2, 0), (2, 3, 40), (40,)])
def test_every_shape_comes_back(shape):
    found = propose_phases(np.ones(shape), kind="c")
    for figures in vars(found).values():
        assert figures.shape == shape[:-1]


def test_neighbours_do_not_matter():
    y = np.concatenate([step(20, 8, 30, series=3), np.full((1, 48), np.nan), step(20, 20, 30, series=3)])
    together = propose_phases(y, kind="c", baseline=BASELINE)
    for i in range(7):
        alone = propose_phases(y[i], kind="c", baseline=BASELINE)
        for name, figures in vars(together).items():
            np.testing.assert_array_equal(figures[i], getattr(alone, name))


def test_wrong_arguments_are_refused():
    for call, words in (
        (lambda: propose_phases([1.0], kind="t"), "c, u, u_prime, p, p_prime, xmr"),
        (lambda: propose_phases([1.0], kind="u"), "needs a denominator"),
        (lambda: propose_phases([-1.0], kind="c"), "negative at index"),
        (lambda: propose_phases([3.0], [2], kind="p"), "above the denominator"),
        (lambda: propose_phases(3.0, kind="xmr"), "axis of points"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
