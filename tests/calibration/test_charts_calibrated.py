"""Control charts: what a stable series shows by chance, and what a fall shows."""

import numpy as np
import pytest
from calibrate import counts, record, series, stream

from metrics import control_chart, gaps_between
from metrics.cusum import cusum

DAY = np.timedelta64(1, "D")
YEARS = 4


def icons(kind, y, *args, **options):
    return np.char.partition(control_chart(kind, y, *args, points=False, **options).variation, "_")[..., 0]


def improved(kind, y, *args, **options):
    return icons(kind, y, *args, **options) == "improvement"


def signalled(kind, y, *args, **options):
    chart = control_chart(kind, y, *args, **options)
    last = np.isin(np.char.partition(chart.variation, "_")[..., 0], ["improvement", "concern"])
    return last, np.logical_or.reduce(list(chart.signals.values())).any(axis=-1)


@pytest.mark.parametrize(("months", "frozen", "claim", "low", "high"), [(36, None, "9", 8, 10), (60, 24, "66", 60, 72)])
def test_a_fall_that_sets_its_own_limits_reads_better_for_long_or_not(months, frozen, claim, low, high):
    random = stream(f"fall {months}")
    fallen = np.where(np.arange(months) < months - 24, 20.0, 14.0)
    y = random.poisson(fallen, (series(60_000), months)).astype(float)
    better = improved("xmr", y, baseline=None if frozen is None else np.arange(months) < frozen)
    how = "all months set the limits" if frozen is None else "first 24 frozen"
    record("2", f"A fall of 30 % 24 of {months} months ago (20 a month), {how}: improvement", claim, better, low, high)


@pytest.mark.parametrize(("frozen", "claim", "low", "high"), [(None, "1.6", 1.5, 2.1), (24, "3.6", 3.3, 4.1)])
def test_frozen_limits_signal_twice_as_often_at_the_last_point(frozen, claim, low, high):
    y = counts(stream(f"frozen {frozen}"), 20, 1, (series(100_000), 60))
    last, _ = signalled("xmr", y, baseline=None if frozen is None else np.arange(60) < frozen)
    how = "all months set the limits" if frozen is None else "first 24 frozen"
    record("2", f"60 stable months (20 a month), {how}: a signal at the last point", claim, last, low, high)


def dates(random, n, days, n_events):
    """Dates of n Poisson processes."""
    since = np.cumsum(random.exponential(days, (n, n_events)), axis=1) + 1000 * random.random((n, 1))
    return np.datetime64("2000-01-01") + np.floor(since).astype("timedelta64[D]")


@pytest.mark.parametrize(
    ("days", "plain", "ours", "high_plain", "high_ours"),
    [(60, "5", "1.3", 8, 2), (30, "10", "0.9", 14, 2), (15, "16", "0.4", 22, 2)],
)
def test_dates_alone_make_no_false_short_gaps(days, plain, ours, high_plain, high_ours):
    stamps = dates(stream(f"gaps {days}"), series(60_000), days, 25)
    raw = np.diff(stamps, axis=1) / DAY
    taken = gaps_between(stamps, until=stamps.max(axis=1)).gap_days
    shares = [control_chart("t", gaps).signals_low["astronomical"].any(axis=1) for gaps in (raw, taken)]
    what = f"t chart of 24 gaps of {days} days on average, from dates"
    record("2", f"{what}: a false short gap, plain differences", plain, shares[0], 2, high_plain)
    record("2", f"{what}: a false short gap, gaps_between", ours, shares[1], 0, high_ours)


def test_small_counts_flag_by_chance():
    y = counts(stream("c 0.3"), 0.3, 1, (series(50_000), 24))
    record("2", "c chart, 24 stable months of 0.3: anything flagged", "67", signalled("c", y)[1], 62, 70)


@pytest.mark.parametrize(("expected", "high"), [(0.01, 30), (0.05, 30), (0.2, 30), (0.5, 30), (1, 30), (2, 30)])
def test_cusum_keeps_to_five_in_a_hundred_where_a_fixed_threshold_does_not(expected, high):
    y = counts(stream(f"cusum {expected}"), expected, 1, (series(20_000), 60))
    for how, threshold, claim, most in (("its own threshold", None, "≤ 5", 5.2), ("fixed 3.5", 3.5, "0–26", high)):
        found = cusum(y, expected, threshold=threshold)
        for side, signals in (("up", found.signal_up), ("down", found.signal_down)):
            what = f"cusum, 60 stable months of {expected:g}, {how}: a false alarm {side}"
            record("2", what, claim, signals.any(axis=1), 0, most)


# Of methods, section 3: months, mean, last, anywhere.
STABLE = [
    (24, 20, "1.5", "16"), (24, 5, "1.9", "21"), (24, 2, "2.7", "28"), (24, 0.3, "18", "78"),
    (36, 20, "1.7", "27"), (36, 5, "2.0", "33"), (36, 2, "3.2", "45"), (36, 0.3, "17", "90"),
    (60, 20, "1.8", "46"), (60, 5, "2.4", "55"), (60, 2, "3.7", "69"), (60, 0.3, "17", "98"),
]  # fmt: skip


@pytest.mark.parametrize(("months", "mean", "last", "anywhere"), STABLE)
def test_a_stable_xmr_chart_signals_as_often_as_it_is_said(months, mean, last, anywhere):
    y = counts(stream(f"stable {months} {mean}"), mean, 1, (series(100_000), months))
    now, ever = signalled("xmr", y)
    what = f"xmr, mdc, {months} stable months of {mean:g}"
    record("3", f"{what}: a signal at the last point", last, now, float(last) - 1, float(last) + 1)
    record("3", f"{what}: a signal anywhere", anywhere, ever, float(anywhere) - 2, float(anywhere) + 2)


@pytest.mark.parametrize("rules", ["mdc", "mdc6", "nhsr", "western_electric", "nelson"])
def test_every_rule_set_has_its_price(rules):
    y = counts(stream("rule sets"), 20, 1, (series(50_000), 60))
    now, ever = signalled("xmr", y, rules=rules, baseline=np.arange(60) < 24)
    claims = ("3.75", "57") if rules == "mdc" else ("", "")
    what = f"xmr, {rules}, 60 stable months of 20, first 24 frozen"
    record("3", f"{what}: a signal at the last point", claims[0], now, 2, 7)
    record("3", f"{what}: a signal anywhere", claims[1], ever, 45, 75)


def test_a_stable_run_chart_signals_seldom():
    now, ever = signalled("run", counts(stream("run"), 20, 1, (series(50_000), 36)))
    record("3", "run, anhoej, 36 stable months of 20: a signal at the last point", "", now, 0, 2)
    record("3", "run, anhoej, 36 stable months of 20: a signal anywhere", "", ever, 2, 7)


@pytest.mark.parametrize(("settling", "claim", "low", "high"), [(False, "15", 10, 20), (True, "0.6", 0, 1.5)])
def test_late_entries_are_no_improvement(settling, claim, low, high):
    random = stream("settling")
    whole = random.poisson(50, (series(50_000), 36))
    y = whole.astype(float)
    y[:, -3:] = random.binomial(whole[:, -3:], [0.97, 0.90, 0.70])
    newest = np.arange(36) >= 33
    how = "newest three unsettled" if settling else "taken as they are"
    what = f"36 months of 50, newest three 97, 90 and 70 % complete, {how}: improvement"
    record("3", what, claim, improved("xmr", y, unsettled=newest if settling else None), low, high)
