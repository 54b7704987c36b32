"""Zero reported is not zero harm: what is noticed of a ward that falls silent, and what is called better meanwhile.

All of it on the level of one series; pages ask divisions and the trust too (tests/pages/test_silence.py).
"""

import numpy as np
import pytest
from calibrate import ERRORS, counts, record, series, stream

from metrics import control_chart, questions
from metrics.limits import CHARTS, GAPS, NEED_DENOMINATOR, SUBGROUPS

HISTORY, FROZEN = 36, 24
WARDS = (1, 2, 3, 5, 10, 50)
LATER = (3, 6, 12)
# Of methods, section 6: what is found of a ward gone silent, by its mean and the months since.
# What a silent ward of one or two a month, or of any in its first months, is called better at most.
MOST_CALLED_BETTER = {(1, 3): 16, (1, 6): 26, (1, 12): 5, (2, 3): 15, (2, 6): 2, (2, 12): 1}
CLAIMS = {(5, 3): "90", (5, 4): "100", (3, 6): "100", (1, 3): "≤ 5", (1, 6): "≤ 5", (1, 12): "≤ 5"}


def ward(random, mean, dispersion, months, recorded, n):
    """A stable ward, of whose last months only a part is recorded."""
    y = counts(random, np.full(HISTORY + months, float(mean)), dispersion, (n, HISTORY + months))
    y[:, HISTORY:] = random.binomial(y[:, HISTORY:].astype(int), recorded)
    return y


def asked(y):
    """The months that somebody should check, as the pages ask."""
    return questions(y).asked


def improvement(kind, y, *args, **options):
    variation = control_chart(kind, y, *args, points=False, **options).variation
    return np.char.startswith(variation, "improvement")


def frozen(y):
    return np.arange(y.shape[-1]) < FROZEN


def bounds(mean, months, recorded, dispersion):
    """What must hold of a silent ward: one of 10 or more is noticed within 6 months, one of 1 not within 3."""
    if recorded == 0 and mean >= 10 and months >= 6:
        return 98, 100
    return (0, 6) if recorded == 0 and (mean, months, dispersion) == (1, 3, 1) else (0, 100)


@pytest.mark.parametrize("dispersion", [1, 3])
@pytest.mark.parametrize("mean", WARDS)
@pytest.mark.parametrize(("what", "recorded"), [("silent", 0.0), ("recording a fifth", 0.2)])
def test_silence_is_noticed(what, recorded, mean, dispersion):
    for months in LATER:
        random = stream(f"silence {mean} {dispersion} {months} {recorded}")
        doubted = asked(ward(random, mean, dispersion, months, recorded, series(12_000)))
        claim = CLAIMS.get((mean, months), "") if (recorded, dispersion) == (0, 1) else ""
        name = f"{mean} a month, dispersion {dispersion}, {what}: noticed within {months} months"
        record("6", name, claim, doubted[:, HISTORY:].any(axis=1), *bounds(mean, months, recorded, dispersion))


def test_a_ward_at_five_a_month_is_noticed_within_four_months():
    noticed = asked(ward(stream("five"), 5, 1, 4, 0, series(50_000)))[:, HISTORY:].any(axis=1)
    record("6", "5 a month, dispersion 1, silent: noticed within 4 months", CLAIMS[5, 4], noticed, 95, 100)


@pytest.mark.parametrize(
    ("mean", "claim", "low", "high"), [(5, "30", 20, 45), (10, "80", 70, 95), (20, "100", 97, 100)]
)
def test_months_at_a_fifth_are_found_where_there_is_enough_to_miss(mean, claim, low, high):
    doubted = asked(ward(stream(f"fifth {mean}"), mean, 1, 5, 0.2, series(20_000)))[:, HISTORY:]
    record(
        "6",
        f"{mean} a month, a fifth recorded for five months: of these months, doubted",
        claim,
        doubted.mean(axis=1),
        low,
        high,
    )


@pytest.mark.parametrize("mean", WARDS)
@pytest.mark.parametrize("dispersion", [1, 3])
def test_stable_months_are_seldom_doubted(mean, dispersion):
    y = counts(stream(f"doubts {mean} {dispersion}"), float(mean), dispersion, (series(20_000), 48))
    claim, high = ("≤ 0.0", 0.1) if dispersion == 1 else ("≤ 0.2", 0.45) if mean >= 10 else ("≤ 2.4", 4.2)
    name = f"48 stable months of {mean}, dispersion {dispersion}: a month is doubted"
    record("6", name, claim, asked(y).mean(axis=1), 0, high)


@pytest.mark.parametrize("mean", [3, 5, 10, 20, 50])
@pytest.mark.parametrize(("fall", "claim", "low", "high"), [(40, "≤ 17", 0, 20), (70, "≥ 50", 40, 100)])
def test_a_true_fall_is_asked_about(fall, claim, low, high, mean):
    level = np.where(np.arange(HISTORY + 12) < HISTORY, mean, mean * (1 - fall / 100))
    doubted = asked(counts(stream(f"true fall {fall} {mean}"), level, 3, (series(20_000), len(level))))
    name = f"A true fall of {fall} % from {mean} a month, dispersion 3, a year ago: doubted"
    record("6", name, claim, doubted[:, HISTORY:].any(axis=1), low, high)


def bettered(kind, n):
    """Series that truly get better in the 31st of 48 months, as whole years are rewarded for; and their options."""
    random = stream(f"undeclared {kind}")
    later = np.arange(48) >= 30
    if kind in ("mr", "s"):  # of ranges and spreads, only ones that grow can leave the limits
        y, size = random.standard_normal((n, 48)) * np.where(later, 25, 5) + 100, np.full((n, 48), 20.0)
        spread = {"spread": random.gamma(20, 1 / 4, (n, 48)) * np.where(later, 5, 1)} if kind == "s" else {}
        return y, size, spread | {"direction": "higher"}
    y, size = random.poisson(np.where(later, 20.0, 40.0), (n, 48)).astype(float), random.integers(80, 120, (n, 48))
    return np.minimum(y, size), size, {"spread": np.full((n, 48), 25.0)} if kind in SUBGROUPS else {}


@pytest.mark.parametrize("kind", [kind for kind in CHARTS if kind not in GAPS])
def test_months_that_nobody_declared_are_never_an_improvement(kind):
    y, size, options = bettered(kind, series(20_000))
    options |= {"baseline": frozen(y)}
    size = (size,) if kind in NEED_DENOMINATOR else ()
    assert improvement(kind, y, *size, **options).mean() > 0.1  # or nothing would be withheld
    months = stream("how long").integers(1, 13, (len(y), 1))
    unknown = np.arange(48) >= 48 - months
    silent = np.where(unknown, np.nan, y)
    if "spread" in options:
        options["spread"] = np.where(unknown, np.nan, options["spread"])
    name = f"{kind}, truly better for a year and a half, 1 to 12 months not reported: improvement"
    record("6", name, "0", improvement(kind, silent, *size, **options), 0, 0)


@pytest.mark.parametrize(("mean", "claim", "most"), [(10, "≤ 30", 35), (20, "≤ 20", 14), (40, "≤ 2", 1)])
def test_five_months_at_30_percent_are_seldom_an_improvement(mean, claim, most):
    y = ward(stream(f"thirty {mean}"), mean, 1, 5, 0.3, series(50_000))
    doubted = asked(y)
    for how, mask in (("asked about", doubted), ("taken as they are", None)):
        name = f"{mean} a month, 30 % recorded for five months, {how}: improvement"
        shown = improvement("xmr", y, baseline=frozen(y), doubtful=mask)
        record("6", name, *(("", shown, 50, 100) if mask is None else (claim, shown, 0, most)))


@pytest.mark.parametrize("mean", [5, 20, 50])
def test_late_entries_earn_no_more_than_complete_months(mean):
    random = stream(f"late {mean}")
    whole = random.poisson(mean, (series(100_000), 36))
    late = whole.astype(float)
    late[:, -3:] = random.binomial(whole[:, -3:], [0.97, 0.90, 0.70])
    options = {"baseline": frozen(late), "points": False}
    settling = options | {"unsettled": np.arange(36) >= 33}
    charts = {
        "complete": control_chart("xmr", whole, **options),
        "complete, newest three unsettled": control_chart("xmr", whole, **settling),
        "newest three 97, 90 and 70 % complete, unsettled": control_chart("xmr", late, **settling),
    }
    icons = [chart.variation for chart in charts.values()]
    shown = [np.char.startswith(icon, "improvement") for icon in icons]
    for how, better in zip(charts, shown, strict=True):
        record("6", f"36 stable months of {mean}, first 24 frozen, {how}: improvement", "", better, 0, 4)
    # Late entries may hide a concern, never make an improvement.
    assert set(icons[1][shown[2] & ~shown[1]]) <= {"concern_high"}
    more = shown[2].astype(float) - shown[0]
    assert more.mean() <= ERRORS * more.std() / np.sqrt(more.size)


@pytest.mark.parametrize("mean", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("months", LATER)
def test_what_a_silent_ward_is_called_before_it_is_noticed(mean, months):
    y = ward(stream(f"called {mean} {months}"), mean, 1, months, 0, series(20_000))
    shown = improvement("xmr", y, baseline=frozen(y), doubtful=asked(y))
    name = f"{mean} a month, silent for {months} months, xmr, zeros taken for reported: improvement"
    record("6", name, "", shown, 0, MOST_CALLED_BETTER.get((mean, months), 100 if mean < 3 else 4))
