import numpy as np
import pytest

from metrics import rate_now


def test_the_rate_now_is_of_twelve_months_with_dispersion_of_thirty_six():
    rng = np.random.default_rng(3)
    y = rng.negative_binomial(10, 1 / 3, 48)  # dispersion 3: the floor of 1 plays no part
    found = rate_now(y, np.full(48, 1000.0))
    assert found.rate == pytest.approx(y[-12:].sum() / 12000)
    mean = y[-36:].mean()
    assert found.dispersion > 1
    assert found.dispersion == pytest.approx(((y[-36:] - mean) ** 2 / mean).sum() / 35)


@pytest.mark.parametrize(("missing", "reason"), [(0, False), (3, False), (4, True), (10, True)])
def test_the_rate_now_needs_nine_of_the_twelve_months(missing, reason):
    y = np.full(24, 10.0)
    y[13 : 13 + missing] = np.nan
    found = rate_now(y)
    assert (str(found.reason) != "") == np.isnan(found.rate) == reason
    assert found.n == 12 - missing


def test_the_rate_now_ends_with_the_last_month_reported_and_may_be_nothing():
    found = rate_now([[1.0] * 12 + [5.0] * 12 + [np.nan] * 2, [np.nan] * 26])
    assert found.rate[0] == 5
    assert np.isnan(found.rate[1])
    assert rate_now(np.zeros((2, 0))).reason.shape == (2,)


@pytest.mark.parametrize("phi", [1, 3])
def test_the_rate_now_covers(phi):
    rng = np.random.default_rng(phi)
    y = rng.poisson(10, (2000, 36)) if phi == 1 else rng.negative_binomial(10 / (phi - 1), 1 / phi, (2000, 36))
    found = rate_now(y)
    assert 0.93 <= ((found.low <= 10) & (found.high >= 10)).mean() <= 0.985
