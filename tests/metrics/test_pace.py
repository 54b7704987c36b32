import numpy as np
import pytest

from metrics import count_trend, pace_to_halve

LAST = np.datetime64("2026-09")


def test_years_to_half_are_those_of_the_trend():
    y = np.round(400 * np.exp(-0.03 * np.arange(24)))
    found = pace_to_halve(y)
    trend = count_trend(y, time=np.arange(24) / 12)
    assert found.years == pytest.approx(np.log(0.5) / float(trend.log_ratio))
    assert found.soonest == pytest.approx(np.log(0.5) / np.log(float(trend.low)))
    assert found.soonest < found.years < found.latest
    assert found.sentence == "At the pace of the last 24 months this would halve in 1.9 years (1.7 years to 2.2 years)."
    assert pace_to_halve(y, last=LAST).sentence == ("At the pace of the last 24 months this would halve by 2028.")


def test_what_does_not_fall_never_halves():
    y = np.round(100 * np.exp(0.03 * np.arange(24)))
    found = pace_to_halve(y)
    assert found.years == found.soonest == found.latest == np.inf
    assert found.sentence == "At the pace of the last 24 months this would not halve."


def test_a_fall_that_may_be_none_may_be_never():
    y = np.tile([12.0, 8, 11, 9], 6) - np.arange(24) / 12
    found = pace_to_halve(y, last=LAST)
    assert np.isfinite([found.years, found.soonest]).all()
    assert found.latest == np.inf
    assert str(found.sentence).endswith("at the earliest, or never).")


def test_only_the_last_24_months_count_and_all_of_them():
    y = np.append(np.full(30, 500.0), np.full(24, 20.0))
    assert pace_to_halve(y).years > 50
    missing = y.copy()
    missing[40] = np.nan
    found = pace_to_halve(missing)
    assert found.reason == found.sentence == "Fewer than 24 settled months."
    assert np.isnan(found.years)
    assert pace_to_halve(np.zeros(24)).reason == "Nothing was recorded in any month."


def test_exposure_is_allowed_for():
    e = np.linspace(1000, 500, 24)
    found = pace_to_halve(e / 10, e)
    assert found.years > 50
