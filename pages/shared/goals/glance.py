"""Every goal in one line: its level, its change, its milestone, its trend, and each division's icon."""

from collections.abc import Iterator
from html import escape

import streamlit as st

from data.store import Store
from metrics.measure import Goal, Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.deaths import top_unit
from pages.shared.html import icon_link, kept, measure_link, milestone_line, paragraph, state_line, table
from pages.shared.standing import counts
from pages.shared.wording import goals as said

KEY = {
    "improvement_low": "Better",
    "common_cause": "No clear change",
    "concern_high": "Worse",
    "please_check": "Please check",
    "cannot_tell": "Cannot tell yet",
    "too_few": "Too few to chart",
}


def headlines(analysis: Analysis, store: Store) -> Iterator[tuple[Goal, Reading]]:
    """The headline measures of the whole trust, goal by goal; deaths stand apart."""
    unit = top_unit(analysis)
    for goal in Goal:
        for measure in store.catalogue.values():
            reading = analysis.get(measure.id, unit) if unit else None
            if measure.goal is goal and measure.headline and measure.kind is not Kind.DEATH and reading is not None:
                yield goal, reading


def divisions(analysis: Analysis) -> list[tuple[str, str]]:
    return [(u.code, u.name) for u in analysis.panel.tree.units if u.level == "division"]


def at_a_glance(analysis: Analysis, store: Store) -> None:
    """How many goals stand where in one sentence, then a line for each."""
    if next(headlines(analysis, store), None) is None:
        st.info(said.NO_TRUST)
        return
    st.html(_glance(context.drawn_for(), analysis, store))


@kept
def _glance(drawn_for: str, _analysis: Analysis, _store: Store) -> str:  # noqa: ARG001 (it is the key)
    found, places = list(headlines(_analysis, _store)), divisions(_analysis)
    lead = paragraph(said.standing_sentence(counts(r for _, r in found)), "zh-lead")
    heads = ["Goal", "Now", "Change", "This month's milestone", "Trend"]
    heads += [escape(name.removesuffix(" division")) for _, name in places]
    rows = [_row(_analysis, goal, reading, places) for goal, reading in found]
    caption = "The whole trust, goal by goal, and the change in each division"
    key = (f'<span><i class="zi zi-v-{state}"></i>{escape(label)}</span>' for state, label in KEY.items())
    return f'{lead}{table(caption, heads, rows, css="zh-glance")}<div class="zh-row">{"".join(key)}</div>'


def _row(analysis: Analysis, goal: Goal, reading: Reading, places: list[tuple[str, str]]) -> tuple[str, list[str]]:
    measure = reading.measure
    name = measure_link(reading, measure.name)
    if words.GOAL_NAMES[goal] != measure.name:
        name = f'{escape(words.GOAL_NAMES[goal])} <br><span class="zh-plain">{name}</span>'
    level = f'{escape(words.short_now(reading))} <br><span class="zh-muted">{escape(measure.unit)}</span>'
    cells = [level, state_line(reading), milestone_line(reading), escape(words.short_trend(reading))]
    for code, _ in places:
        address = context.link("measure", unit=code, measure=measure.id)
        cells.append(icon_link(analysis.get(measure.id, code), address))
    return name, cells
