import numpy as np
import pytest

from metrics import chance_of_goal

RNG = np.random.default_rng(4)
STEADY = np.tile([10.0, 12, 8, 11, 9, 10], 6)
FALLING = np.round(240 * np.exp(-0.03 * np.arange(48)))


@pytest.mark.parametrize(("target", "word"), [(5.0, "unlikely"), (10.0, "uncertain"), (15.0, "likely")])
def test_the_word_for_a_milestone(target, word):
    found = chance_of_goal(STEADY, target=target)
    assert (found.word, found.trend_word) == (word, "")
    assert np.isnan(found.along_trend)
    other = chance_of_goal(STEADY, target=target, direction="higher")
    assert other.word == {"unlikely": "likely", "likely": "unlikely"}.get(word, word)


def test_the_chance_is_of_meeting_it_or_less():
    found = chance_of_goal(STEADY, target=10.0)
    other = chance_of_goal(STEADY, target=10.0, direction="higher")
    assert found.as_now + other.as_now > 0.99  # exactly 120 meets both
    assert found.expected == pytest.approx(10, rel=0.01)
    assert found.low < 10 < found.high


def test_rates_are_in_the_unit_of_the_target():
    plain = chance_of_goal(STEADY, target=10.0)
    rated = chance_of_goal(STEADY, np.full(36, 500.0), target=20.0, multiplier=1000)
    assert rated.as_now == pytest.approx(float(plain.as_now))
    assert rated.expected == pytest.approx(2 * float(plain.expected))


def test_a_trend_that_the_data_tell_is_said_to_go_on():
    found = chance_of_goal(FALLING, target=53.5)
    assert (found.word, found.trend_word) == ("unlikely", "likely")
    assert found.sentence == (
        "If the rate stays as now, the next 12 months are unlikely to meet the milestone: less than 1 chance in 10. "
        "If the present fall goes on, the next 12 months are likely to meet the milestone: more than 9 chances in 10."
    )
    rising = chance_of_goal(FALLING[::-1], target=220.0)
    assert "If the present rise goes on" in str(rising.sentence)


def test_none_at_all_only_where_few_are_expected():
    rare = (RNG.random(48) < 0.1).astype(float)
    found = chance_of_goal(rare, target=0.0)
    assert 0 < found.as_now < 1
    assert "the goal of none at all" in str(found.sentence)
    often = chance_of_goal(STEADY, target=0.0)
    assert np.isnan(often.as_now)
    assert often.word == ""
    assert "not yet in sight" in str(often.sentence)


def test_a_chance_of_none_is_what_comes_true():
    """Half a year's forecast of a ward at one a year, made 4,000 times."""
    y = np.random.default_rng(9).poisson(1 / 12, (4000, 42)).astype(float)
    found = chance_of_goal(y[:, :36], target=0.0, months=6)
    said = np.nanmean(found.as_now)
    assert said == pytest.approx(np.mean(y[:, 36:].sum(axis=1)[np.isfinite(found.as_now)] == 0), abs=0.04)


@pytest.mark.parametrize(
    ("y", "target", "reason"),
    [
        (STEADY[:23], 5.0, "Fewer than 24 settled months."),
        (np.append([np.nan] * 13, STEADY[:23]), 5.0, "Fewer than 24 settled months."),
        (STEADY, np.nan, "No milestone to compare with."),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(y, target, reason):
    found = chance_of_goal(y, target=target)
    assert found.reason == found.sentence == reason
    assert np.isnan(found.as_now)
    assert found.word == found.trend_word == ""


def test_few_events_and_targets_that_any_count_meets_are_not_judged():
    rare = np.where(np.arange(36) % 4 == 0, 1.0, 0.0)
    assert "too few to say" in str(chance_of_goal(rare, target=0.5).sentence)
    assert np.isnan(chance_of_goal(STEADY, target=0.0, direction="higher").as_now)
    with pytest.raises(ValueError, match="negative"):
        chance_of_goal(STEADY, target=-1.0)


@pytest.mark.parametrize("phi", [1, 2, 3])
def test_likely_comes_true_and_unlikely_does_not(phi):
    """Milestones at 0.4 to 2 times the true rate, which is 0.3 to 30 a month."""
    rng = np.random.default_rng(phi)
    rate = np.exp(rng.uniform(np.log(0.3), np.log(30), 6000))
    mean = np.repeat(rate[:, None], 48, axis=1)
    y = (rng.poisson(mean) if phi == 1 else rng.poisson(rng.gamma(mean / (phi - 1), phi - 1))).astype(float)
    target = rate * rng.uniform(0.4, 2, len(rate))
    found, met = chance_of_goal(y[:, :36], target=target), y[:, 36:].mean(axis=1) <= target
    assert met[found.word == "likely"].mean() > 0.93
    assert met[found.word == "unlikely"].mean() < 0.08
    assert (found.word == "likely").mean() > 0.1


def test_shapes_and_a_target_for_each_series():
    y = np.stack([STEADY, STEADY + 5])
    found = chance_of_goal(y, target=[[10.0], [20.0]])
    assert found.word.tolist() == ["uncertain", "likely"]
    assert chance_of_goal(y, target=[10.0, 20.0]).word.tolist() == ["uncertain", "likely"]
    with pytest.raises(ValueError, match="lower, higher"):
        chance_of_goal(STEADY, target=5.0, direction="down")
