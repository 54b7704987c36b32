"""What the figures of one measure on one unit say, in words."""

from html import escape

import streamlit as st

from metrics.measure import Goal, Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.help import help_line
from pages.shared.html import anchor, milestone_line, paragraph, state_line
from pages.shared.outlook import Outlook
from pages.shared.standing import COLUMNS
from pages.shared.wording import measure as said

MOST_SIGNALS = 6


def verdict(reading: Reading) -> None:
    """The state, and what the chart supports."""
    st.html(f'<div class="zhm">{state_line(reading)}{paragraph(words.variation_sentence(reading))}</div>')


def signals(reading: Reading) -> None:
    """The newest signals in words: which points, and since when."""
    told = [s for s in reading.signals if s.meaning != "neither" or reading.measure.direction == "neutral"]
    told.sort(key=lambda s: s.points[-1] if s.points else len(reading.points), reverse=True)
    items = "".join(f"<li>{escape(words.signal_sentence(reading, s))}</li>" for s in told[:MOST_SIGNALS])
    text = f"<ul>{items}</ul>" if items else paragraph(said.NO_SIGNAL if reading.chart is not None else "")
    if text:
        st.html(f'<div class="zhm"><h3>{said.SAYS}</h3>{text}</div>')


def ask(reading: Reading) -> None:
    """The questions under a concern."""
    if words.variation_state(reading) in COLUMNS["Worse"]:
        questions = "".join(f"<li>{escape(question)}</li>" for question in words.QUESTIONS)
        st.html(
            f'<div class="zhm zhm-ask"><h3>{said.ASK}</h3><ul>{questions}</ul>{paragraph(words.DO_NOT_NAME, "zh-muted")}</div>'
        )


def going(reading: Reading, found: Outlook) -> None:
    """The level, the goal, the trend and what may come."""
    goal = reading.goal
    parts = [
        milestone_line(reading),
        paragraph(words.milestone_sentence(reading)),
        paragraph(" ".join(filter(None, [words.now_sentence(reading), found.distance]))),
        paragraph(" ".join(filter(None, [words.trend_sentence(reading), found.second_test]))),
        paragraph(" ".join(filter(None, [found.milestone, found.ahead]))),
        paragraph(found.pace),
        paragraph(words.goal_sentence(goal, reading.measure) if goal else "", "zh-muted"),
    ]
    st.html(f'<div class="zhm"><h3>{said.GOING}</h3>{"".join(parts)}</div>')


def cannot_show(found: Outlook) -> None:
    """Rare harm, what too few events could not have shown, and what chance alone would."""
    told = "".join(map(paragraph, (found.rare, found.unseen, found.false_signals)))
    if told:
        st.html(f'<div class="zhm"><h3>{said.LIMITS}</h3>{told}</div>')


def describe(reading: Reading) -> None:
    """The measure's definition, from the catalogue."""
    measure, standard = reading.measure, reading.measure.standard
    st.html(paragraph(measure.why))
    lines = [
        ("Counted", measure.numerator),
        ("Out of", measure.denominator),
        ("Shown", measure.unit),
        ("Counts as harm", measure.severity),
        ("Source", measure.source),
        ("Owner", measure.owner),
        ("Standard", f"{standard.label}: {standard.value:g}. {standard.source}" if standard else ""),
        ("Newest months may change for", words.count_of(measure.settles_after_months, "month")),
    ]
    st.html("<dl>" + "".join(f"<dt><b>{escape(k)}</b></dt><dd>{escape(v)}</dd>" for k, v in lines if v) + "</dl>")


def beside(analysis: Analysis, reading: Reading) -> None:
    """The measures to read beside this one, so that less of one cannot hide more of another."""
    others = [r for m in reading.measure.balancing if (r := analysis.get(m, reading.unit.code)) is not None]
    items = "".join(f"<li>{_link(r)}: {escape(words.variation_label(r))}</li>" for r in others)
    if items:
        st.html(f'<div class="zhm"><h3>{said.BESIDE}</h3><ul>{items}</ul></div>')


def _link(reading: Reading) -> str:
    return anchor(context.link("measure", unit=reading.unit.code, measure=reading.measure.id), reading.measure.name)


def closing_words(reading: Reading) -> None:
    """Where the page is about deaths or self-harm; the words about restraint are a draft."""
    sad = reading.measure.kind is Kind.DEATH or reading.measure.goal in (Goal.ZERO_SUICIDE, Goal.SELF_HARM)
    if sad or reading.measure.goal is Goal.NO_FORCE_FIRST:
        st.caption(words.DRAFT_NOTE)
    if sad:
        help_line()
