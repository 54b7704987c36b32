"""What the pages may say: no banned word anywhere, the agreed sentences word for word, and no claim beyond the figures."""

import argparse
import ast
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from data.__main__ import parser
from data.access.suppression import USUAL
from data.catalogue import shipped_catalogue
from data.config import PROJECT
from data.ingest.feeds import FEEDS, template
from metrics.measure import Kind
from pages.shared import words
from pages.shared.analysis import Analysis, Reading

METHODS = (PROJECT / "pages/methods.py", PROJECT / "pages/shared/methods.py")
PAGE_FILES = sorted((PROJECT / "pages").rglob("*.py"))


def banned(text: str, *, terms: bool = True) -> list[str]:
    """The banned words in a text; terms of art are for the Methods page."""
    patterns = (*words.BANNED, *(words.TERMS_OF_ART if terms else ()))
    return [match[0] for pattern in patterns for match in pattern.finditer(text)]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string constant of a file with its line, without docstrings and without the patterns of banned words."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    skipped = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("BANNED", "TERMS_OF_ART"):
            skipped |= {id(inner) for inner in ast.walk(node.value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


# Nowhere


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_banned_word_in_a_page(path: Path) -> None:
    found = [(line, word) for line, text in strings(path) for word in banned(text, terms=path not in METHODS)]
    # Codes of rules and states are not shown; the sentences made from them are.
    codes = ("astronomical", "hit_or_miss")
    assert [(line, word) for line, word in found if word not in codes or path in METHODS] == []


def test_the_codes_that_name_a_term_of_art_have_words_of_their_own() -> None:
    shown = [*words.MILESTONE_LABELS.values(), *words.VARIATION_LABELS.values(), *words.POINT_LABELS.values()]
    assert len(shown) > 15
    assert [text for text in shown if banned(text) or "_" in text] == []


def test_the_scan_of_pages_finds_what_is_planted(tmp_path: Path) -> None:
    path = tmp_path / "page.py"
    path.write_text(
        '"""Docstring: the worst."""\nBANNED = ("worst",)\nst.write(f"The {n} best wards")\nx = "a clean month"\n'
    )
    assert [(line, word) for line, text in strings(path) for word in banned(text)] == [(4, "clean month"), (3, "best")]


@pytest.mark.parametrize(
    "text",
    ["He committed suicide", "a completed suicide", "a clean run", "winning streaks", "League table", "our WORST ward",
     "Celebrate this", "offenders", "an aggressive patient", "underreporting alarm", "a failing ward", "silent wards"],
)  # fmt: skip
def test_banned_words_are_recognised(text: str) -> None:
    assert banned(text)


@pytest.mark.parametrize(
    "text",
    ["We are committed to care", "cleaning of the ward", "at least", "bestow", "worsted", "it fails", "in silence"],
)
def test_other_words_are_not(text: str) -> None:
    assert not banned(text)


@pytest.mark.parametrize("measure", shipped_catalogue().values(), ids=lambda measure: measure.id)
def test_no_banned_word_in_the_catalogue(measure: Any) -> None:
    texts = {f.name: getattr(measure, f.name) for f in fields(measure) if isinstance(getattr(measure, f.name), str)}
    assert len(texts) > 8
    assert {name: found for name, text in texts.items() if (found := banned(text))} == {}


def test_no_banned_word_in_a_feed_or_its_template() -> None:
    assert len(FEEDS) >= 5
    for feed in FEEDS.values():
        assert banned(f"{feed.purpose} {template(feed)}") == [], feed.name


def test_no_banned_word_in_the_help_of_the_command_line() -> None:
    made = parser()
    (commands,) = [a for a in made._actions if isinstance(a, argparse._SubParsersAction)]
    helps = [made.format_help(), *(command.format_help() for command in commands.choices.values())]
    assert len(helps) >= 5
    assert [word for text in helps for word in banned(text)] == []


def test_no_banned_word_in_any_sentence_about_the_sample(analysis: Analysis) -> None:
    said = 0
    for reading in analysis.readings.values():
        texts = [signal.sentence for signal in reading.signals]
        texts += [words.variation_label(reading), words.variation_sentence(reading), words.chart_sentence(reading)]
        texts += [words.milestone_label(reading), words.milestone_sentence(reading), words.now_sentence(reading)]
        texts += [words.trend_sentence(reading), words.headline(reading)]
        assert [word for text in texts for word in banned(text)] == [], (reading.measure.id, reading.unit.code)
        assert not [text for text in texts if "nan" in text.split() or "{" in text], texts
        said += len(reading.signals)
    assert said > 100


# The agreed sentences, word for word

AGREED = """
We want no one in our care to die by suicide.
A coroner decides later, so recent numbers change. We set no number to aim for on the way: no number is acceptable.
We want no one in our care to be restrained, whether by being held or by medication.
We ask what would have made force unnecessary, not who to blame.
We want no one to fall while in our care.
We do not prevent falls by stopping people from walking. We look first at falls that cause harm.
We want no one to be harmed by a medication error.
We ask staff to report every error and near miss. More reports do not mean worse care.
When something goes wrong, we want everyone treated fairly, and we want to learn.
The staff survey is once a year. It cannot show change from month to month.
We want everyone in our care with a severe mental illness to have all six physical health checks every year.
We want people with depression to recover.
We count those who recover, because we cannot count depression that never happened.
That is fewer than earlier years would lead us to expect.
That is more than earlier years would lead us to expect.
The numbers are too small to tell whether this is a real change.
Later deaths are still being confirmed.
No clear change
It goes up and down as usual. That does not mean the level is good enough.
Better: fewer recorded
Better: higher
Worse: more recorded
Worse: lower
It may be more harm, or fuller recording. It does not say anyone did wrong.
For this measure that is neither good nor bad in itself. Ask why.
Worse now, though other months show a fall. Look at both.
Outside what the first months would lead us to expect. Please look.
For this goal we do not set one.
We have not set one.
Even if {events} here had halved, a year of figures would probably not show it.
Please check. Far below what this ward usually records. It may be good news, or reports may be missing. We do not count it as better until someone has checked.
From 0 to 4. Not shown exactly, to protect people.
None in the extract. Not yet confirmed by the ward.
This ward was not open.
Something changed. Before asking why: is the figure right?
Was it many people, or a few?
What was different: who was on the ward, beds, staffing, building, time of day?
What do patients and staff say?
What will we try, and when will we look again?
"""  # noqa: E501 (as the project's list of words has them)


@pytest.mark.parametrize("sentence", AGREED.strip().splitlines())
def test_agreed_sentence_stands_in_the_words(sentence: str) -> None:
    source = ast.parse((PROJECT / "pages/shared/words.py").read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    joined = [ast.unparse(node)[2:-1] for node in ast.walk(source) if isinstance(node, ast.JoinedStr)]
    told = [words.masked(text, USUAL) for text in words.SUPPRESSED]
    assert any(sentence in text for text in (*texts, *joined, *told))


# Numbers and plurals


@pytest.mark.parametrize(
    ("n", "told"), [(0, "0 wards"), (1, "1 ward"), (2, "2 wards"), (1000, "1,000 wards")]
)  # fmt: skip
def test_count_of(n: int, told: str) -> None:
    assert words.count_of(n, "ward") == told


def test_count_of_an_irregular_word() -> None:
    assert [words.count_of(n, "person", "people") for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]


@pytest.mark.parametrize(
    ("value", "told"),
    [(np.nan, "–"), (0.0, "0"), (-0.0, "0"), (3.0, "3"), (1234.0, "1,234"), (0.456, "0.46"), (4.567, "4.57"),
     (45.67, "45.7"), (99.96, "100.0"), (456.7, "457"), (12345.6, "12,346"), (-4.567, "-4.57")],
)  # fmt: skip
def test_number(value: float, told: str) -> None:
    assert words.number(value) == told


def test_figure_has_its_unit(analysis: Analysis) -> None:
    catalogue = shipped_catalogue()
    assert words.figure(4.2, catalogue["falls_all"]) == "4.20 per 1,000 occupied bed days"
    assert words.figure(84.0, catalogue["care_plan_on_time"]) == "84 %"


# Age of the figures


@pytest.mark.parametrize(
    ("newest", "today", "late"),
    [("2026-10", date(2026, 11, 1), None), ("2026-10", date(2026, 12, 31), None), ("2026-10", date(2027, 1, 1), 3),
     ("2025-12", date(2026, 2, 28), None), ("2025-12", date(2026, 12, 1), 12)],
)  # fmt: skip
def test_age_sentence(newest: str, today: date, late: int | None) -> None:
    text, is_late = words.age_sentence(np.datetime64(newest, "M"), datetime(2026, 11, 7, 8, 30), today)
    assert text.startswith(
        f"Figures up to {words.month_name(np.datetime64(newest), short=False)}, last loaded on 7 Nov 2026."
    )
    assert is_late == (late is not None)
    assert (f"They are {late} months old: newer ones were due." in text) == is_late


def test_age_sentence_before_the_first_load() -> None:
    assert words.age_sentence(np.datetime64("2026-10"), None, date(2026, 11, 1)) == (
        "Figures up to October 2026.",
        False,
    )


# Claims


@pytest.fixture(scope="module")
def reading(analysis: Analysis) -> Reading:
    found = analysis.get("restraint_all", "TRUST")
    assert found is not None
    assert found.trend is not None
    return found


@pytest.mark.parametrize(
    ("ratio", "low", "high", "claims"),
    [(0.9, 0.8, 0.99, "falling by about 10 % a year (1 to 20 %)"), (0.9, 0.8, 1.0, None), (0.9, 0.8, 1.01, None),
     (1.1, 1.0, 1.2, None), (1.1, 0.99, 1.2, None), (1.1, 1.01, 1.2, "rising by about 10 % a year (1 to 20 %)")],
)  # fmt: skip
def test_trend_claims_a_direction_only_where_the_interval_excludes_no_change(
    ratio: float, low: float, high: float, claims: str | None, reading: Reading
) -> None:
    trend = replace(reading.trend, ratio=np.float64(ratio), low=np.float64(low), high=np.float64(high), reason="")
    told = words.trend_sentence(replace(reading, trend=trend))
    short = words.short_trend(replace(reading, trend=trend))
    if claims is None:
        assert told.endswith("the figures cannot tell a trend from no change.")
        assert "rising" not in told
        assert "falling" not in told
        assert short == "cannot tell"
    else:
        assert claims in told
        assert short == f"{claims.split()[0]}, 10 % a year"


def test_every_trend_of_the_sample_claims_only_what_its_interval_shows(analysis: Analysis) -> None:
    claimed = 0
    for one in analysis.readings.values():
        told = words.trend_sentence(one)
        if " falling " in told or " rising " in told:
            claimed += 1
            assert (one.trend.high < 1) if " falling " in told else (one.trend.low > 1), one.unit.code
    assert claimed > 5


def test_no_trend_is_told_of_too_few_months(reading: Reading) -> None:
    nothing = replace(reading.trend, ratio=np.float64(np.nan))
    assert "too few months" in words.trend_sentence(replace(reading, trend=nothing))
    assert words.trend_sentence(replace(reading, trend=None)) == ""


STATES = {
    "common_cause": ("No clear change", "It goes up and down as usual."),
    "improvement_low": ("Better: fewer recorded", "Fewer restrictive interventions recorded since"),
    "improvement_high": ("Better: higher", "Higher since"),
    "concern_high": ("Worse: more recorded", "More restrictive interventions recorded since"),
    "concern_low": ("Worse: lower", "Lower since"),
    "neither_high": ("Changed: higher", "Higher than before."),
    "neither_low": ("Changed: lower", "Lower than before."),
    "early_warning": ("Early warning", "Outside what the first months"),
}


@pytest.mark.parametrize("state", STATES)
def test_variation_sentence_of_each_verdict(state: str, reading: Reading) -> None:
    label, begins = STATES[state]
    chart = replace(reading.chart, variation=state, mixed=np.False_)
    one = replace(reading, chart=chart)
    assert words.variation_state(one) == state
    assert words.variation_label(one) == label
    assert words.variation_sentence(one).startswith(begins)
    causes = ("because", "caused", "due to")
    assert not [word for word in causes if word in words.variation_sentence(one)]


def test_variation_where_nothing_can_be_said(reading: Reading) -> None:
    def said(**chart: Any) -> tuple[str, str]:
        changed = replace(reading.chart, **({"variation": "none", "mixed": np.False_} | chart))
        calm = replace(reading, chart=changed, waiting_for=(), doubtful=np.zeros_like(reading.doubtful))
        return words.variation_label(calm), words.variation_sentence(calm)

    assert said(trial=np.True_, n_used=np.int64(7), reason="") == ("Too soon to say", "We have 7 months and need 13.")
    assert said(trial=np.True_, n_used=np.int64(1), reason="")[1] == "We have 1 month and need 13."
    assert said(trial=np.False_, reason="")[0] == "Cannot tell yet"
    assert said(variation="improvement_low", mixed=np.True_)[0] == "Mixed"


def test_a_month_in_question_is_never_called_better(reading: Reading) -> None:
    doubtful = np.zeros_like(reading.doubtful)
    doubtful[-1] = True
    chart = replace(reading.chart, variation="none", mixed=np.False_, trial=np.False_)
    one = replace(reading, chart=chart, doubtful=doubtful, waiting_for=())
    assert words.variation_label(one) == "Please check"
    assert words.cell_sign(one, len(doubtful) - 1).endswith(" ?")


def test_days_between_events_are_closer_together_not_lower(analysis: Analysis) -> None:
    one = next(r for r in analysis.readings.values() if r.kind == "t" and r.chart is not None)
    for state, label in (("concern_low", "Worse: closer together"), ("improvement_high", "Better: further apart")):
        told = replace(one, chart=replace(one.chart, variation=state, mixed=np.False_))
        assert words.variation_label(told) == label
        assert not re.search(r"\b(lower|higher|more|fewer)\b", words.variation_sentence(told).lower())
    assert "closer together" in words.variation_sentence(
        replace(one, chart=replace(one.chart, variation="concern_low"))
    )


def test_deaths_have_words_of_their_own(analysis: Analysis) -> None:
    deaths = [r for r in analysis.readings.values() if r.measure.kind is Kind.DEATH]
    assert deaths
    for one in deaths:
        assert words.milestone_sentence(one) == "For this goal we do not set one."
        assert words.variation_state(one) == "not_charted"
        assert one.measure.unit not in words.chart_sentence(one)


@pytest.mark.parametrize(
    ("now", "before", "verdict", "told"),
    [(0, 3, "fewer", "0 people in our care died by suspected suicide. The year before it was 3. That is fewer than"),
     (1, 0, "unclear", "1 person in our care died by suspected suicide. The year before it was 0. The numbers are too small"),
     (1200, 9, "more", "1,200 people in our care died by suspected suicide. The year before it was 9. That is more than")],
)  # fmt: skip
def test_deaths_sentences(now: int, before: int, verdict: str, told: str) -> None:
    text = words.deaths_sentences(now, before, np.datetime64("2026-07"), verdict)
    assert text.startswith(f"In the 12 months to July 2026, {told}")
    assert text.endswith("Later deaths are still being confirmed.")


# Milestones


def test_milestone_is_not_called_missing_where_one_is_set(analysis: Analysis) -> None:
    """A chart that cannot judge a milestone says so, and not that there is none."""
    seen = set()
    for one in analysis.readings.values():
        has = one.goal is not None and one.goal.milestone != 0 and one.measure.direction != "neutral"
        label, sentence = words.milestone_label(one), words.milestone_sentence(one)
        seen.add(label)
        assert (label == "No milestone") == (not has), (one.measure.id, one.unit.code)
        assert (sentence == "We have not set one.") == (one.goal is None and one.measure.kind is not Kind.DEATH)
    assert seen == {"No milestone", "Milestone: cannot tell yet", "Could go either way", "Off course"}


def test_goal_of_zero_whose_date_has_passed_says_so(analysis: Analysis) -> None:
    one = analysis.get("restraint_all", "TRUST")
    assert one.goal.is_zero
    passed = replace(one, goal=replace(one.goal, due=date(2026, 4, 1)))
    assert words.milestone_sentence(passed).startswith("The date for this goal passed on 1 Apr 2026.")


def test_missing_sentence_names_six_months_at_most() -> None:
    months = np.arange("2026-01", "2026-09", dtype="datetime64[M]")
    assert words.missing_sentence(months[:1]) == "No figure received for Jan 2026."
    assert words.missing_sentence(months).endswith("Aug 2026 and 2 earlier.")


def test_too_few_sentence_is_right_for_one_and_for_none(analysis: Analysis) -> None:
    one = next(
        r for r in analysis.readings.values() if words.variation_state(r) == "too_few" and not r.measure.is_proportion
    )
    for count in (0.0, 1.0):
        numerator = np.zeros_like(one.numerator)
        numerator[0] = count
        told = words.too_few_sentence(replace(one, numerator=numerator))
        assert re.search(rf" in {len(numerator)} months with figures: {count:.0f}\. Even if ", told)


def test_dates_in_words() -> None:
    assert words.month_name(np.datetime64("2026-04")) == "Apr 2026"
    assert words.month_name(date(2026, 4, 9), short=False) == "April 2026"
    assert words.day_name(date(2026, 4, 9)) == "9 Apr 2026"
    assert words.since(SimpleNamespace(verdict_signal=None)) == ""
