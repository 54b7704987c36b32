import numpy as np
import pytest

from metrics import control_chart, gaps_between


def days(*dates):
    return np.array(dates, dtype="datetime64[D]")


def test_one_event_a_day_stands_at_noon():
    found = gaps_between(days("2026-01-01", "2026-01-11"), until=np.datetime64("2026-01-12"))
    assert found.gap_days.tolist() == [10]
    assert found.open_gap_days == 1.5  # from noon on the 11th to the end of the 12th
    assert found.same_day.tolist() == [False]


def test_events_of_one_day_are_spread_over_it():
    found = gaps_between(days("2026-01-02", "2026-01-01", "2026-01-02"), until=np.datetime64("2026-01-02"))
    assert np.allclose(found.gap_days, [0.5 + 1 / 3, 1 / 3])
    assert found.same_day.tolist() == [False, True]
    assert found.open_gap_days == pytest.approx(1 / 3)


def test_times_stand_as_they_are():
    times = np.array(["2026-01-01T06:00", "2026-01-01T18:00"], dtype="datetime64[m]")
    found = gaps_between(times, until=np.datetime64("2026-01-02T00:00"))
    assert found.gap_days.tolist() == [0.5]
    assert found.same_day.tolist() == [True]
    assert found.open_gap_days == 0.25


def test_rows_are_padded_at_the_end():
    table = np.array([["2026-01-03", "NaT", "2026-01-01"], ["NaT", "NaT", "NaT"]], dtype="datetime64[D]")
    found = gaps_between(table, until=days("2026-01-03", "2026-01-03"))
    assert found.gap_days[0, 0] == 2
    assert np.isnan(found.gap_days).tolist() == [[False, True], [True, True]]
    assert np.isnan(found.open_gap_days).tolist() == [False, True]
    assert not found.same_day[1].any()


def test_events_outside_the_known_time_are_left_out():
    table = days("2025-12-31", "2026-01-02", "2026-01-04", "2026-02-01")
    found = gaps_between(table, until=np.datetime64("2026-01-31"), since=np.datetime64("2026-01-01"))
    assert found.gap_days[0] == 2
    assert np.isnan(found.gap_days[1:]).all()


def test_without_an_event_the_open_gap_begins_with_the_record():
    found = gaps_between(days("NaT"), until=np.datetime64("2026-01-31"), since=np.datetime64("2026-01-01"))
    assert found.open_gap_days == 31
    assert found.gap_days.shape == (0,)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_events(n):
    found = gaps_between(days("2026-01-01", "2026-01-05")[:n], until=np.datetime64("2026-01-31"))
    assert found.gap_days.shape == (max(n - 1, 0),)
    assert np.isnan(found.open_gap_days) == (n == 0)


def test_gaps_add_up_to_the_time_from_the_first_event():
    rng = np.random.default_rng(0)
    table = np.datetime64("2024-01-01") + rng.integers(0, 700, (30, 50)).astype("timedelta64[D]")
    found = gaps_between(table, until=np.datetime64("2025-12-31"))
    first = table.min(axis=1)
    total = (np.datetime64("2026-01-01") - first).astype(float)
    share = total - found.gap_days.sum(axis=1) - found.open_gap_days  # of the first day, before its first event
    assert ((share > 0) & (share <= 0.5 + 1e-9)).all()
    assert (found.gap_days > 0).all()


def test_what_is_not_a_time_is_refused():
    with pytest.raises(ValueError, match="datetime64"):
        gaps_between([1.0, 2.0], until=np.datetime64("2026-01-01"))
    with pytest.raises(ValueError, match="until"):
        gaps_between(days("2026-01-01"), until=np.datetime64("NaT"))


@pytest.mark.parametrize(("mean", "plain_share", "spread_share"), [(60, 5, 1.3), (30, 10, 0.9), (15, 16, 0.4)])
def test_spreading_events_over_their_day_stops_false_low_signals(mean, plain_share, spread_share):
    moments = np.random.default_rng(mean).exponential(mean, (3000, 25)).cumsum(axis=1)
    dates = np.datetime64("2000-01-01") + np.floor(moments).astype("timedelta64[D]")
    spread = gaps_between(dates, until=np.datetime64("2030-01-01")).gap_days

    def share(gap_days):
        return 100 * control_chart("t", gap_days).signals_low["astronomical"].any(axis=1).mean()

    assert share(np.diff(dates, axis=1).astype(float)) == pytest.approx(plain_share, abs=2)
    assert share(spread) == pytest.approx(spread_share, abs=0.6)
