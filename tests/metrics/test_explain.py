import numpy as np
import pytest

from metrics import control_chart, explain

STEADY = np.array([10.0, 12, 9, 11, 13, 8] * 4)
MONTHS = np.arange("2024-04", "2028-04", dtype="datetime64[M]")
TERMS_OF_ART = ("astronomical", "hit or miss", "special cause", "sigma", "mean", "median", "run of", "streak")


def signals(after, rule, **options):
    """The signals of one rule in a steady series that ends with `after`; its first 24 months set the limits."""
    y = np.append(STEADY, after)
    chart = control_chart("xmr", y, baseline=np.arange(len(y)) < 24, **options)
    return [signal for signal in explain(chart, MONTHS[: len(y)]) if signal.rule == rule]


def test_a_point_outside():
    (signal,) = signals([30.0, 11], "astronomical")
    assert signal.points == (24,)
    assert signal.since == np.datetime64("2026-04")
    assert (signal.direction, signal.meaning) == ("high", "concern")
    assert signal.sentence == "April 2026 was 30; the usual range is 3.33 to 17.7."


def test_several_in_a_row_outside_are_one_signal():
    (signal,) = signals([30.0, np.nan, 31], "astronomical")
    assert signal.points == (24, 26)
    assert signal.sentence == "2 months in a row above the usual range of 3.33 to 17.7, since Apr 2026."


def test_a_shift_skips_a_missing_month():
    (signal,) = signals([11.0, 12, 11, np.nan, 12, 11, 12, 11], "shift")
    assert len(signal.points) == 7
    assert signal.sentence == "7 months in a row above average, since Apr 2026."
    assert signal.meaning == "concern"


def test_the_meaning_follows_the_direction():
    after = [9.0, 8, 9, 8, 9, 8, 9, 8]
    assert [s.meaning for s in signals(after, "shift")] == ["improvement"]
    assert [s.meaning for s in signals(after, "shift", direction="higher")] == ["concern"]
    assert [s.meaning for s in signals(after, "shift", direction="neutral")] == ["neither"]


def test_a_fall_that_rests_on_doubtful_months_means_neither():
    doubtful = np.arange(32) > 24
    assert [s.meaning for s in signals([9.0, 8, 9, 8, 9, 8, 9, 8], "shift", doubtful=doubtful)] == ["neither"]


def test_rising_then_falling_are_two_signals():
    rising, falling = signals([9.0, 10, 11, 12, 13, 14, 15, 14, 13, 12, 11, 10, 9], "trend")
    assert rising.sentence == "8 months in a row rising."  # from the low month before
    assert falling.sentence == "7 months in a row falling."
    assert (rising.direction, falling.direction) == ("high", "low")


def test_two_of_three_at_the_end_and_before():
    (signal,) = signals([16.0, 11, 16], "two_of_three")
    assert signal.points == (24, 26)
    assert signal.sentence == "Two of the last three months were near the upper edge of the usual range."
    (signal,) = signals([16.0, 11, 16, 10, 10], "two_of_three")
    assert signal.sentence == "Two of three months were near the upper edge of the usual range, Apr 2026 to Jun 2026."
    (signal,) = signals([16.0, 16, 16, 10], "two_of_three")
    assert signal.sentence == "3 of 3 months, Apr 2026 to Jun 2026, were near the upper edge of the usual range."


def test_without_dates_points_are_numbered():
    chart = control_chart("xmr", np.append(STEADY, 30.0), baseline=np.arange(25) < 24)
    (signal,) = explain(chart)
    assert signal.since == 24
    assert signal.sentence == "Month 25 was 30; the usual range is 3.33 to 17.7."


def test_a_run_chart_says_how_long_or_how_seldom():
    long = control_chart("run", np.append([1.0, 9, 1, 9, 1, 9], [3.0] * 9 + [8] * 9))
    assert any("9 months in a row" in signal.sentence for signal in explain(long))
    few = control_chart("run", [1.0] * 6 + [9.0] * 6)
    assert explain(few)[0].sentence == (
        "The months change sides of the middle value less often than usual: 6 in a row are above it."
    )


def test_an_open_gap_has_no_points():
    chart = control_chart("t", np.random.default_rng(1).gamma(4, 5, 20), open_gap=1000)
    signal = explain(chart)[-1]
    assert signal.points == ()
    assert signal.meaning == "improvement"
    assert "longer than the usual range" in signal.sentence


def test_a_batch_gives_an_array_of_tuples_and_silence_an_empty_one():
    chart = control_chart("xmr", [[STEADY, np.append(STEADY[:-1], 90.0)]], baseline=np.arange(24) < 23)
    told = explain(chart)
    assert told.shape == (1, 2)
    assert told[0, 0] == ()
    assert len(told[0, 1]) == 1


def test_no_term_of_art():
    rng = np.random.default_rng(4)
    for kind in ("run", "xmr", "t"):
        chart = control_chart(kind, rng.gamma(1.2, 9, (200, 40)).cumsum(axis=1) % 50)
        sentences = [signal.sentence.lower() for told in explain(chart) for signal in told]
        assert len(sentences) > 20
        assert not [s for s in sentences for term in TERMS_OF_ART if term in s]


def test_it_needs_the_points():
    with pytest.raises(ValueError, match="points=True"):
        explain(control_chart("xmr", STEADY, points=False))
