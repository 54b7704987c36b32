"""A card for each goal: what was promised, a small picture, what it says, and how far, how sure, how likely."""

from html import escape

import streamlit as st

from data.store import Store
from metrics.measure import Goal
from pages.charts.states import Palette
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.drawn import chart_unit
from pages.shared.goals.glance import divisions, headlines
from pages.shared.html import (
    anchor,
    icon,
    kept,
    measure_link,
    milestone_line,
    paragraph,
    small_chart,
    state_line,
)
from pages.shared.outlook import chance, pace
from pages.shared.standing import column
from pages.shared.wording import goals as said


def goal_cards(analysis: Analysis, store: Store) -> None:
    st.html(_cards(context.drawn_for(), analysis, store))


@kept
def _cards(drawn_for: str, _analysis: Analysis, _store: Store) -> str:  # noqa: ARG001 (it is the key)
    cards = [_card(_analysis, goal, reading, context.palette()) for goal, reading in headlines(_analysis, _store)]
    return f'<div class="zh-cards">{"".join(cards)}</div>'


def _card(analysis: Analysis, goal: Goal, reading: Reading, palette: Palette) -> str:
    caption = f"{measure_link(reading, reading.measure.name)} · {escape(chart_unit(reading))}"
    alert = " zh-alert" if column(reading) == "Worse" else ""
    said_of_it = (
        words.now_sentence(reading),
        words.trend_sentence(reading),
        chance(reading)[1],
        pace(reading),
        words.goal_sentence(reading.goal, reading.measure) if reading.goal else "",
    )
    return (
        f'<article class="zh-card{alert}"><h3>{escape(words.GOAL_NAMES[goal])}</h3>'
        f"{paragraph(words.GOAL_STATEMENTS[goal], 'zh-muted')}{small_chart(reading, palette, caption=caption)}"
        f"{state_line(reading)}{paragraph(words.variation_sentence(reading))}"
        f"{milestone_line(reading)}{paragraph(words.milestone_sentence(reading))}"
        f"{''.join(paragraph(text) for text in said_of_it)}{_by_division(analysis, reading)}"
        f"{paragraph(said.completeness(reading), 'zh-muted')}{paragraph(words.GOAL_NOTES.get(goal, ''), 'zh-muted')}</article>"
    )


def _by_division(analysis: Analysis, reading: Reading) -> str:
    """The same measure in each division: an icon and a name."""
    parts = []
    for code, name in divisions(analysis):
        part = analysis.get(reading.measure.id, code)
        if part is not None:
            address = context.link("measure", unit=code, measure=reading.measure.id)
            label = f'<span class="zh-sr">{escape(words.variation_label(part))}</span>'
            parts.append(f"<span>{icon(part)}{anchor(address, name.replace(' division', ''))}{label}</span>")
    return f'<div class="zh-row">{"".join(parts)}</div>' if parts else ""
