"""Above all charts of a page: people who died or were seriously harmed, and where the learning from it can be recorded."""

from html import escape

import streamlit as st

from data.access import Reach, Reader
from data.decisions import LEARNING_STATES, Proposal
from data.store import Store
from data.tree import Unit
from metrics.measure import Goal
from pages.shared import context, words
from pages.shared.analysis import Analysis
from pages.shared.deaths import death_verdict, top_unit
from pages.shared.deciding import may_propose, record
from pages.shared.harmed import Harmed, Learning, harmed, learning
from pages.shared.html import paragraph
from pages.shared.wording import goals as said
from pages.shared.wording import ward as of_ward


def scope(analysis: Analysis, who: Reader) -> Unit | None:
    """The unit that a reader answers for: the first open one that was granted to them, else the trust."""
    units = {u.code: u for u in analysis.panel.tree.units}
    own = (units[code] for code in who.units if who.reach is Reach.UNITS and code in units)
    return next((unit for unit in own if unit.closed is None), units.get(top_unit(analysis) or ""))


def people_harmed(analysis: Analysis, store: Store, unit: Unit | None, *, with_year: bool = False) -> None:
    """This month's numbers of a unit with what is being learnt; `with_year`: the deaths of a year by their own rules."""
    rows = harmed(analysis, store, context.reader(), unit) if unit is not None else []
    year = _year_of_deaths(analysis) if with_year else ""
    if not rows and not year:
        return
    head = said.harmed_title(rows[0].unit.name, rows[0].month) if rows else words.GOAL_NAMES[Goal.ZERO_SUICIDE]
    tiles = "".join(_tile(row) for row in rows)
    note = paragraph(said.HARMED_NOTE if rows else "", "zh-muted")
    st.html(
        f'<section class="zh-people"><h2>{escape(head)}</h2><div class="zh-tiles">{tiles}</div>{note}{year}</section>'
    )


def _tile(row: Harmed) -> str:
    return (
        f'<div class="zh-tile"><b>{escape(said.harmed_number(row))}</b><span>{escape(row.measure.name)}</span>'
        f"{paragraph(said.harmed_note(row), 'zh-muted')}</div>"
    )


def _year_of_deaths(analysis: Analysis) -> str:
    found = death_verdict(analysis)
    if found is None:
        return ""
    sentence = words.deaths_sentences(found.now, found.before, found.month, found.verdict, found.waiting_for)
    alert = " zh-alert" if found.verdict == "more" else ""
    return (
        f'<div class="zh-year{alert}">{paragraph(words.GOAL_STATEMENTS[Goal.ZERO_SUICIDE])}'
        f"{paragraph(sentence, 'zh-lead')}{paragraph(words.GOAL_NOTES[Goal.ZERO_SUICIDE], 'zh-muted')}</div>"
    )


def record_learning(analysis: Analysis, store: Store, unit: Unit) -> None:
    """How far the learning is from each serious harm of a unit's newest months, to be said by who may."""
    found = [
        each
        for each in learning(analysis, store, context.reader(), unit)
        if may_propose("learning", unit.code, each.measure.id)
    ]
    if not found or context.edition() is not None:  # what was signed off is not written to
        return
    with st.expander(of_ward.LEARNING_TITLE):
        for each in found:
            _learning(each)


def _learning(each: Learning) -> None:
    key = f"learning {each.unit.code} {each.measure.id} {each.month}"
    title = f"{words.month_name(each.month)}: {each.measure.name} ({each.n})"
    states = list(LEARNING_STATES)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    state = left.selectbox(title, states, states.index(each.state), format_func=of_ward.LEARNING_STATES.get, key=key)
    if right.button("Record", key=f"{key} now", disabled=state == each.state):
        day = each.month.astype("datetime64[D]").item()
        made = Proposal(
            "learning", "How far the learning is.", each.measure.id, each.unit.code, day, day, {"state": state}
        )
        record(lambda: [made], of_ward.LEARNING_DONE)
