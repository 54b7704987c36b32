import os

import numpy as np
import pytest
from scipy.stats import nbinom

from metrics import forecast

SLOW = "ZERO_HARM_SLOW" in os.environ
SERIES = 20_000 if SLOW else 2_000


def drawn(rng, mean, phi):
    """Counts whose variance is phi times their mean."""
    return (rng.poisson(mean) if phi == 1 else rng.poisson(rng.gamma(mean / (phi - 1), phi - 1))).astype(float)


@pytest.mark.parametrize("phi", [1, 3])
@pytest.mark.parametrize("n", [24, 36, 60])
@pytest.mark.parametrize("slope", [-0.3, -0.1, 0.0, 0.1, 0.3])
def test_80_per_cent_intervals_cover_the_next_year(slope, n, phi):
    """75 to 87 %: a whole count is not cut in two, and months are never taken to vary less than chance."""
    rng = np.random.default_rng(int(1000 * slope) + 100 * n + phi + 10_000)
    time = np.arange(n + 12) / 12
    mean = np.broadcast_to(20 * np.exp(slope * (time - time.mean())), (SERIES, n + 12))
    y = drawn(rng, mean, phi)
    ahead, total = forecast(y[:, :n], trend=True), y[:, n:].sum(axis=1)
    cover = np.mean((ahead.low <= total) & (total <= ahead.high))
    noise = 3 * np.sqrt(0.16 / SERIES)
    assert 0.75 - noise < cover < 0.87 + noise
    if slope == 0:
        still = forecast(y[:, :n])
        cover = np.mean((still.low <= total) & (total <= still.high))
        assert 0.77 - noise < cover < 0.85 + noise


def test_a_steady_rate_goes_on():
    y = np.tile([10.0, 12, 8, 11, 9, 10], 6)
    ahead = forecast(y, np.full(36, 500.0))
    assert ahead.expected == pytest.approx(120.5)  # half an event that nobody saw
    assert ahead.exposure == 6000
    assert ahead.low < 120 < ahead.high
    assert forecast(y, np.full(36, 500.0), exposure_ahead=12_000).expected == pytest.approx(241)
    assert forecast(y, months=6).expected == pytest.approx(60.25)


def test_the_chance_is_the_negative_binomials():
    y = np.tile([1.0, 0, 2, 1], 9)  # varies less than chance, so at dispersion 1
    ahead = forecast(y)
    shape, share = 12 + 0.5, 12 / 24
    for count in (0, 3, 12, 30):
        assert ahead.chance_at_most(count) == pytest.approx(nbinom.cdf(count, shape, share))
    assert ahead.chance_at_most(-1) == 0
    assert ahead.low == nbinom.ppf(0.1, shape, share)
    assert ahead.high == nbinom.ppf(0.9, shape, share)


def test_a_trend_goes_on_where_it_is_asked_to():
    time = np.arange(48)
    y = np.round(200 * np.exp(-0.02 * time))
    ahead = forecast(y, trend=True)
    assert ahead.expected == pytest.approx(200 * np.exp(-0.02 * np.arange(48, 60)).sum(), rel=0.01)
    assert forecast(y).expected > ahead.expected


@pytest.mark.parametrize(
    ("y", "trend", "reason"),
    [
        (np.ones(23), False, "Fewer than 24 settled months."),
        (np.append(np.ones(30), [np.nan] * 5), False, ""),
        (
            np.where(np.isin(np.arange(40), [29, 31, 33, 35]), np.nan, 1.0),
            False,
            "Too few of the last 12 months were reported.",
        ),
        (np.zeros(36), True, "No trend can be fitted."),
        (np.full(36, np.nan), True, "Fewer than 24 settled months."),
        (np.zeros(0), False, "Fewer than 24 settled months."),
    ],
)
def test_what_is_too_little_to_go_by_says_so(y, trend, reason):
    ahead = forecast(y, trend=trend)
    assert ahead.reason == reason
    assert np.isnan(ahead.expected) == (reason != "")
    assert np.isnan(ahead.low) == np.isnan(ahead.chance_at_most(3)) == (reason != "")


def test_no_event_at_all_leaves_half_of_one():
    ahead = forecast(np.zeros(36))
    assert ahead.expected == 0.5
    assert ahead.chance_at_most(0) == pytest.approx(0.5**0.5)


def test_every_series_of_a_batch_is_its_own():
    y = np.random.default_rng(0).poisson(8, (2, 3, 40)).astype(float)
    for trend in (False, True):
        whole = forecast(y, np.full(40, 10.0), trend=trend)
        assert whole.expected.shape == (2, 3)
        assert whole.high[1, 2] == forecast(y[1, 2], np.full(40, 10.0), trend=trend).high
