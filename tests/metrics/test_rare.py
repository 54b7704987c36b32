import numpy as np
import pytest

from metrics import rare_event_statement


@pytest.mark.parametrize(("events", "months", "lower", "halved"), [(3, 36, 62, 123), (12, 24, 7, 14)])
def test_months_without_one_that_would_say_something(events, months, lower, halved):
    found = rare_event_statement(events, months)
    assert np.round([found.months_to_support_lower, found.months_to_support_halved]).tolist() == [lower, halved]


def test_after_so_many_months_the_chance_of_silence_is_one_in_twenty():
    t, y = 36.0, 3
    found = rare_event_statement(y, t)
    assert (t / (t + found.months_to_support_lower)) ** y == pytest.approx(0.05)


def test_bound_and_chance():
    found = rare_event_statement(3, 36, exposure=36_000.0, exposure_since=10_000.0)
    assert found.rate == pytest.approx(3 / 36_000)
    assert found.upper_bound == pytest.approx(-np.log(0.05) / 10_000)
    assert found.chance_of_none == pytest.approx((36 / 48) ** 3.5)
    assert rare_event_statement(3, 36, months_since=6).upper_bound == pytest.approx(-np.log(0.05) / 6)


def test_without_events_or_time_there_is_no_figure():
    found = rare_event_statement([0, 1], 36, months_since=0)
    assert np.isnan(found.months_to_support_lower).tolist() == [True, False]
    assert found.upper_bound.tolist() == pytest.approx([-np.log(0.05) / 36, np.nan], nan_ok=True)
    assert found.chance_of_none[0] == pytest.approx((36 / 48) ** 0.5)


@pytest.mark.parametrize(("events", "months"), [(-1, 36), (1, 0)])
def test_impossible_counts_and_times_are_refused(events, months):
    with pytest.raises(ValueError, match="below 0"):
        rare_event_statement(events, months)


def test_the_open_gap_is_held_to_the_gap_expected():
    found = rare_event_statement(3, 36, months_since=[6, 12, 62])
    assert found.months_between.tolist() == 12
    assert np.allclose(found.chance_of_gap, [(36 / (36 + t)) ** 3 for t in (6, 12, 62)])
    assert found.chance_of_gap[2] < 0.05 < found.chance_of_gap[1]


def test_the_chance_of_a_gap_is_what_it_says():
    """Of series with three events in 36 months, the share whose next event is later than 62 months: one in twenty.

    The rate is as uncertain as three events leave it: gamma of shape 3, which is where the formula comes from.
    """
    rng = np.random.default_rng(0)
    rate = rng.gamma(3, 1 / 36, 200_000)
    share = np.mean(rng.exponential(1 / rate) > 61.7)
    assert share == pytest.approx(float(rare_event_statement(3, 36, months_since=61.7).chance_of_gap), abs=0.0015)


@pytest.mark.parametrize(
    ("events", "months", "since", "sentence"),
    [
        (
            *(3, 36, np.nan),
            "3 in 36 months, about one every 12 months. It would take 62 months in all without one to support a fall, "
            "and 124 to support that it has halved.",
        ),
        (
            *(3, 36, 20),
            "3 in 36 months, about one every 12 months. None in the 20 months since, which still allows for up to 1.8 a "
            "year (95 % sure). It would take 62 months in all without one to support a fall, and 124 to support that it "
            "has halved.",
        ),
        (
            *(3, 36, 62),
            "3 in 36 months, about one every 12 months. None in the 62 months since, which still allows for up to 0.58 a "
            "year (95 % sure). That supports a fall, if every one was reported.",
        ),
        (
            *(12, 24, 14),
            "12 in 24 months, about one every 2 months. None in the 14 months since, which still allows for up to 2.6 a "
            "year (95 % sure). That supports a fall to half or less, if every one was reported.",
        ),
        (
            *(1, 30, 1),
            "1 in 30 months. None in the 1 month since. These figures are too few to show a fall in any time worth "
            "waiting for.",
        ),
        (0, 36, np.nan, "None in 36 months. That still allows for up to 1 a year (95 % sure)."),
        (np.nan, 36, np.nan, "No figures to judge this by."),
    ],
)
def test_the_sentence_claims_what_the_figures_support(events, months, since, sentence):
    assert rare_event_statement(events, months, months_since=since).sentence == sentence


def test_time_since_is_not_below_0():
    with pytest.raises(ValueError, match="months_since"):
        rare_event_statement(1, 30, months_since=-3)
