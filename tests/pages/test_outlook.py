"""What is said of what comes: against direct calls of `metrics`, and refused where nothing may be said."""

import re
from dataclasses import astuple, replace
from datetime import date

import numpy as np
import pytest

from metrics import (
    chance_of_goal,
    detectable_change,
    expected_false_signals,
    pace_to_halve,
    rare_event_statement,
    rate_interval,
)
from metrics.measure import Direction, Kind
from pages.shared import rarely, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.outlook import Outlook, chance, distance, outlook, pace, second_test, unseen
from pages.shared.wording import outlook as said

RATIO = re.compile(r"\d+(?:\.\d+)?")


def found(analysis: Analysis, measure: str, unit: str) -> Reading:
    reading = analysis.get(measure, unit)
    assert reading is not None
    return reading


def of(reading: Reading, count: list[float] | np.ndarray, **more: object) -> Reading:
    """The reading with other counts on level exposures: one phase, all settled, complete and vouched for."""
    y = np.array(count, dtype=float)
    n = len(y)
    no = np.zeros(n, bool)
    months = np.arange(n) + np.datetime64("2022-01", "M")
    given = {"months": months, "points": months, "numerator": y, "denominator": np.full(n, 1000.0), "state": np.full(n, 8),
             "doubtful": no, "unsettled": no, "excluded": no, "complete": ~no, "vouched": ~no,
             "phase": np.zeros(n, int)}  # fmt: skip
    return replace(reading, **(given | more))


@pytest.fixture
def rate(analysis: Analysis) -> Reading:
    """A rate by 1,000 bed days with a goal of none by April 2028."""
    return found(analysis, "restraint_all", "TRUST")


# Nothing is said


def test_nothing_of_deaths_and_nothing_of_what_is_not_shown_exactly(analysis: Analysis) -> None:
    silent = [r for r in analysis.readings.values() if r.measure.kind is Kind.DEATH or not r.exact]
    assert {r.measure.kind for r in silent} == {Kind.DEATH, Kind.HARM}
    assert [outlook(r) for r in silent] == [Outlook()] * len(silent)
    heard = found(analysis, "falls_all", "TRUST")
    assert outlook(heard) != Outlook()
    assert outlook(replace(heard, exact=False)) == Outlook()
    assert outlook(replace(heard, measure=replace(heard.measure, kind=Kind.DEATH))) == Outlook()


def test_no_sentence_of_the_sample_shows_a_p_value_a_missing_figure_or_a_banned_word(analysis: Analysis) -> None:
    told = [text for r in list(analysis.readings.values())[::9] for text in astuple(outlook(r)) if text]
    assert len(told) > 300
    for text in told:
        assert not re.search(r"\bnan\b|\binf\b|p [<=>]|p-value|\.\.|\{", text), text
        assert not [pattern for pattern in (*words.BANNED, *words.TERMS_OF_ART) if pattern.search(text)], text


# The distance


def test_distance_is_that_of_the_last_settled_year_from_this_months_milestone(rate: Reading) -> None:
    year = rate.last_year
    level = rate.numerator[year].sum() / rate.denominator[year].sum() * 1000
    assert rate.goal is not None
    away = RATIO.search(distance(rate))
    assert away is not None
    assert float(away[0]) == pytest.approx(level - rate.goal.milestone, rel=5e-3)
    assert "above this month's milestone" in distance(rate)


@pytest.mark.parametrize(
    ("milestone", "told"),
    [(5.0, "above this month's milestone of 5 per 1,000 occupied bed days: more than chance"), (9.9, "too near"),
     (10.0, "That is this month's milestone of 10"), (10.1, "too near"), (25.0, "below this month's milestone")],
)  # fmt: skip
def test_distance_says_how_sure_it_is(rate: Reading, milestone: float, told: str) -> None:
    from metrics import rate_now

    count = [10.0] * 40
    level = replace(of(rate, count), now=rate_now(count, [1000.0] * 40), goal=replace(rate.goal, milestone=milestone))
    interval = rate_interval(120, 12_000)
    assert interval.low * 1000 < 9.9 and interval.high * 1000 > 10.1
    assert told in distance(level)


def test_distance_needs_a_goal_nine_good_months_and_a_direction(rate: Reading) -> None:
    assert distance(replace(rate, goal=None)) == ""
    assert distance(replace(rate, now=None)) == ""
    assert distance(replace(rate, measure=replace(rate.measure, direction=Direction.NEUTRAL))) == ""
    for lacking, says in ((3, True), (4, False)):
        doubtful = np.arange(len(rate.months)) > (rate.latest or 0) - lacking
        good = replace(rate, doubtful=doubtful, complete=np.ones(len(rate.months), bool))
        assert bool(distance(good)) is says, lacking


# The chance of the next milestones


def linear(reading: Reading, ahead: int) -> float:
    """The milestone so many months after the last, by hand: a straight line from the baseline to the goal."""
    goal = reading.goal
    assert goal is not None
    start, end = (np.datetime64(day, "M").astype(int) for day in (goal.decision.first_month, goal.due))
    share = (reading.months[-1].astype(int) + ahead - start) / (end - start)
    return goal.baseline + (goal.final - goal.baseline) * min(share, 1.0)


@pytest.mark.parametrize(
    ("measure", "unit"), [("falls_harm", "TRUST"), ("self_harm", "TRUST"), ("restraint_all", "W01")]
)
def test_chance_is_that_of_the_milestones_of_the_next_year(measure: str, unit: str, analysis: Analysis) -> None:
    reading = found(analysis, measure, unit)
    asked = [linear(reading, ahead) for ahead in range(1, 13)]
    good = reading.good & (reading.phase == reading.phase[-1])
    good[np.flatnonzero(good)[:-36]] = False
    count = np.where(good, reading.numerator, np.nan)
    direct = chance_of_goal(count, reading.denominator, target=float(np.mean(asked)), multiplier=1000)
    milestone, sentence, word = chance(reading)
    assert (sentence, word) == (str(direct.sentence), str(direct.word))
    assert word in ("unlikely", "uncertain", "likely")
    first, last = (float(x) for x in re.findall(r"(\d+\.\d+)", milestone))
    assert (first, last) == (pytest.approx(np.mean(asked), rel=5e-3), pytest.approx(asked[-1], rel=5e-3))
    assert milestone.endswith("in Oct 2027.")


@pytest.mark.parametrize(("n", "refused"), [(23, True), (24, False)])
def test_chance_is_refused_below_24_settled_months_and_across_a_break(n: int, refused: bool, rate: Reading) -> None:
    few = of(rate, [20.0] * 60, phase=(np.arange(60) >= 60 - n).astype(int))
    for reading in (few, of(rate, [20.0] * 60, unsettled=np.arange(60) < 60 - n)):
        _, sentence, word = chance(reading)
        assert (sentence == "Fewer than 24 settled months.") is refused
        assert (word == "") is refused


@pytest.mark.parametrize(("events", "refused"), [(4, True), (5, False)])
def test_chance_is_refused_with_fewer_than_five_events_a_year(events: int, refused: bool, rate: Reading) -> None:
    count = np.zeros(36)
    count[-events:] = 1
    _, sentence, word = chance(of(rate, count))
    assert (sentence == "Fewer than 5 in the last 12 months: too few to say how likely.") is refused
    assert bool(word) is not refused


def test_chance_of_a_share_is_told_by_the_rarer_side_in_the_shares_own_direction(analysis: Analysis) -> None:
    reading = found(analysis, "followup_72h", "TRUST")
    good = reading.good.copy()
    good[np.flatnonzero(good)[:-36]] = False
    missed = np.where(good, reading.denominator - reading.numerator, np.nan)
    asked = float(np.mean([linear(reading, ahead) for ahead in range(1, 13)]))
    direct = chance_of_goal(missed, reading.denominator, target=100 - asked, multiplier=100)
    _, sentence, word = chance(reading)
    assert word == str(direct.word)
    assert np.nansum(missed) < np.nansum(reading.numerator)
    if str(direct.trend_word) and reading.trend is not None and reading.trend.low > 1:
        assert "If the present rise goes on" in sentence
    assert "If the present fall goes on" not in sentence


def test_chance_is_not_told_where_neither_way_is_better_or_nothing_is_counted(
    analysis: Analysis, rate: Reading
) -> None:
    assert chance(replace(rate, measure=replace(rate.measure, direction=Direction.NEUTRAL))) == ("", "", "")
    assert chance(replace(rate, goal=None)) == ("", "", "")
    assert chance(found(analysis, "lts_people", "TRUST")) == (
        "",
        "",
        "",
    )  # how many people there are: a stock, no events


def test_chance_on_old_figures_is_not_told(rate: Reading) -> None:
    old = of(rate, [20.0] * 36, complete=np.arange(36) < 33)
    assert chance(old) == ("", said.OLD, "")
    assert pace(old) == ""


def test_after_its_date_a_goal_of_zero_is_not_asked_as_a_milestone(rate: Reading) -> None:
    assert rate.goal is not None
    passed = replace(rate, goal=replace(rate.goal, due=date(2024, 1, 1)))
    assert chance(passed) == ("", "", "")


# Zero itself


def test_pace_of_a_goal_of_zero_is_that_of_the_last_24_months(rate: Reading) -> None:
    count = 20 * 0.985 ** np.arange(36) * 10
    count = np.round(count)
    reading = of(rate, count)
    direct = pace_to_halve(count, np.full(36, 1000.0), last=np.datetime64("2024-12"))
    assert pace(reading) == str(direct.sentence)
    assert "this would halve by 20" in pace(reading)


def test_pace_needs_all_of_the_last_24_settled_months(rate: Reading) -> None:
    for missing, told in ((11, True), (12, False), (35, False)):  # of 36: only what is older than 24 months may lack
        complete = np.arange(36) != missing
        assert (pace(of(rate, [20.0] * 36, complete=complete)) != said.NO_PACE) is told, missing


def test_pace_counts_back_from_the_newest_settled_month(rate: Reading) -> None:
    reading = of(rate, [20.0] * 26, unsettled=np.arange(26) >= 24)
    assert pace(reading) != said.NO_PACE
    assert pace(of(rate, [20.0] * 25, unsettled=np.arange(25) >= 23)) != ""


@pytest.mark.parametrize(("every", "as_chance"), [(5, True), (3, False)])
def test_zero_itself_has_a_chance_only_below_three_a_year(every: int, as_chance: bool, rate: Reading) -> None:
    count = (np.arange(36) % every == 0).astype(float)  # 2.4 or 4 a year
    assert ("the goal of none at all" in pace(of(rate, count))) is as_chance
    assert ("At the pace of the last 24 months" in pace(of(rate, count))) is not as_chance


def test_pace_is_for_goals_of_zero_only(analysis: Analysis) -> None:
    assert pace(found(analysis, "falls_all", "TRUST")) == ""


# The second trend test


def trending(rate: Reading, change: float, noise: float) -> Reading:
    n = 48
    wave = np.random.default_rng(5).normal(0, noise, n)
    return of(rate, np.maximum(np.round(200 + change * np.arange(n) + wave), 0), trend=None)


@pytest.mark.parametrize(
    ("change", "told"),
    [(-2.0, "are falling by about 24"), (2.0, "are rising by about 24"), (0.0, "cannot tell a trend")],
)
def test_second_test_alone_tells_the_slope_a_year(rate: Reading, change: float, told: str) -> None:
    assert told in second_test(trending(rate, change, 4.0))


def test_second_test_beside_the_model(rate: Reading) -> None:
    falling = rate.trend
    assert falling is not None and falling.high < 1
    unsure = replace(falling, high=np.array(1.1))
    down, flat, up = (trending(rate, change, 4.0) for change in (-2.0, 0.0, 2.0))
    assert "agrees: falling by about" in second_test(replace(down, trend=falling))
    assert "agrees: it cannot tell" in second_test(replace(flat, trend=unsure))
    assert "does not confirm it" in second_test(replace(flat, trend=falling))
    assert "finds them falling" in second_test(replace(down, trend=unsure))
    assert "do not agree" in second_test(replace(up, trend=falling))


@pytest.mark.parametrize(("n", "says"), [(23, False), (24, True)])
def test_second_test_needs_24_months(rate: Reading, n: int, says: bool) -> None:
    assert bool(second_test(of(rate, [20.0 + i for i in range(n)]))) is says


# What too few could not have shown


def test_unseen_is_that_of_the_newest_24_settled_months(analysis: Analysis) -> None:
    reading = found(analysis, "falls_all", "TRUST")
    good = np.flatnonzero(reading.good & (reading.phase == reading.phase[-1]))[-24:]
    assert unseen(reading) == str(detectable_change(reading.numerator[good].sum(), len(good), 12).sentence)


def test_unseen_says_when_not_even_halving_would_show(rate: Reading) -> None:
    ratio = detectable_change(36, 24, 12).ratio
    assert 0 < ratio < 0.5
    few = of(rate, [1.5 * (i % 2) * 2 for i in range(24)])
    assert (
        unseen(few)
        == "Even if restrictive interventions here had halved, a year of figures would probably not show it."
    )
    assert unseen(of(rate, [0.0] * 23 + [2.0])).startswith("Even a fall to none would probably not show")


@pytest.mark.parametrize(("n", "says"), [(11, False), (12, True)])
def test_unseen_needs_a_year_of_months(rate: Reading, n: int, says: bool) -> None:
    assert bool(unseen(of(rate, [20.0] * n))) is says


def test_unseen_is_for_harm_that_should_fall(analysis: Analysis) -> None:
    assert unseen(found(analysis, "followup_72h", "TRUST")) == ""


# Rare harm


@pytest.fixture
def rarely_counted(rate: Reading) -> Reading:
    """Six events in 40 months, the last one in the 35th; no chart."""
    count = np.zeros(40)
    count[[2, 8, 15, 21, 28, 34]] = 1
    return of(rate, count, kind="none", chart=None)


def test_rare_is_told_from_the_first_month_to_the_last_event(rarely_counted: Reading) -> None:
    direct = rare_event_statement(6, 35, months_since=5)
    assert rarely.rare(rarely_counted) == f"Restrictive interventions: {direct.sentence}"
    assert "None in the 5 months since" in str(direct.sentence)
    assert "It would take" in rarely.rare(rarely_counted), "the time since the last one never stands alone"


def test_rare_claims_no_silence_that_nobody_vouches_for(rarely_counted: Reading) -> None:
    unsure = replace(rarely_counted, vouched=np.arange(40) != 37)
    told = rarely.rare(unsure)
    assert "since" not in told
    assert told.endswith(said.NOT_HEARD)
    missing = replace(rarely_counted, complete=np.arange(40) != 37)
    assert "since" not in rarely.rare(missing)


def test_rare_does_not_deny_an_event_of_a_month_that_is_not_settled(rarely_counted: Reading) -> None:
    newest = rarely_counted.numerator.copy()
    newest[39] = 1
    reading = replace(rarely_counted, numerator=newest, unsettled=np.arange(40) >= 38)
    assert "None in the" not in rarely.rare(reading)
    assert rarely.rare(reading).startswith("Restrictive interventions: 7 in 40 months")
    asked = replace(reading, unsettled=np.zeros(40, bool), doubtful=np.arange(40) == 39)
    assert rarely.rare(asked).startswith("Restrictive interventions: 7 in 40 months"), "nor of one that is in question"


def test_rare_without_any_event(rarely_counted: Reading) -> None:
    none = replace(rarely_counted, numerator=np.zeros(40))
    assert rarely.rare(none) == f"Restrictive interventions: {rare_event_statement(0, 40).sentence} {said.NOT_HEARD}"


def test_rare_is_not_for_what_can_be_charted_nor_for_deaths(rate: Reading, rarely_counted: Reading) -> None:
    assert rate.kind == "u_prime"
    assert rarely.rare(rate) == ""
    assert rarely.rare(replace(rarely_counted, measure=replace(rate.measure, kind=Kind.DEATH))) == ""
    assert rarely.rare(replace(rarely_counted, exact=False)) == ""


# False signals


def test_false_signals_are_those_of_the_chart_its_rules_its_length_and_its_counts(analysis: Analysis) -> None:
    reading = found(analysis, "self_harm", "W10")
    assert reading.chart is not None
    mean = reading.numerator[np.isfinite(reading.value)].mean()
    assert 2 < mean < 100
    direct = expected_false_signals("u_prime", "mdc", len(reading.months), mean, 24)
    assert rarely.false_signals(reading) == direct.sentence
    nelson = replace(reading, chart=replace(reading.chart, rules="nelson"))
    assert (
        rarely.false_signals(nelson)
        == expected_false_signals("u_prime", "nelson", len(reading.months), mean, 24).sentence
    )


def test_false_signals_are_not_made_up_where_nothing_was_simulated(analysis: Analysis) -> None:
    reading = found(analysis, "self_harm", "W10")
    assert reading.chart is not None
    assert rarely.false_signals(replace(reading, chart=replace(reading.chart, rules="outside"))) == ""
    assert rarely.false_signals(replace(reading, chart=None)) == ""
    assert rarely.false_signals(replace(reading, kind="t")) == ""
