import numpy as np
import pytest

from metrics import distance_to_goal, rate_now

E = np.full(36, 1000.0)


def now(monthly):
    return rate_now(np.full(36, float(monthly)), E)


@pytest.mark.parametrize(
    ("monthly", "target", "lower", "higher"),
    [
        (20, 10, "not_met", "met"),
        (20, 20, "cannot_tell", "cannot_tell"),
        (20, 40, "met", "not_met"),
        (0, 0, "cannot_tell", "met"),  # a year without one is not a rate of 0
        (20, np.nan, "none", "none"),
    ],
)
def test_the_whole_interval_must_be_on_one_side(monthly, target, lower, higher):
    assert distance_to_goal(now(monthly), target, multiplier=1000).state == lower
    assert distance_to_goal(now(monthly), target, multiplier=1000, direction="higher").state == higher


def test_the_distance_carries_the_interval_of_the_rate():
    rate = now(20)
    found = distance_to_goal(rate, 5.0, multiplier=1000)
    assert found.distance == pytest.approx(15)
    assert found.low == pytest.approx(1000 * float(rate.low) - 5)
    assert found.high == pytest.approx(1000 * float(rate.high) - 5)
    assert found.share == pytest.approx(4)
    assert np.isnan(distance_to_goal(rate, 0.0).share)


def test_the_sentence():
    assert distance_to_goal(now(20), 15.0, multiplier=1000).sentence == (
        "20 over the last 12 months; chance alone allows for 17.5 to 22.7. The milestone is 15. "
        "That is 5 above it, and more than chance away from it."
    )
    assert "too near" in str(distance_to_goal(now(20), 20.0, multiplier=1000).sentence)
    assert "That is on it," in str(distance_to_goal(now(20), 20.0, multiplier=1000).sentence)
    few = rate_now(np.where(np.arange(36) > 25, np.nan, 5.0)[-12:])
    assert distance_to_goal(few, 3.0).sentence == str(few.reason) != ""
    assert distance_to_goal(now(20), np.nan).sentence == "No milestone to compare with."


def test_another_direction_is_refused():
    with pytest.raises(ValueError, match="lower, higher"):
        distance_to_goal(now(1), 1.0, direction="neutral")
