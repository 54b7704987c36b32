"""Writing ideas down: a new one, the next cycle of one, and taking back what was written by mistake."""

from datetime import date
from typing import Any

import numpy as np
import streamlit as st

from data.decisions import IDEA_SOURCES, IDEA_STATES, LONGEST_LINE, LONGEST_TEXT, Proposal
from pages.shared import context, words
from pages.shared.analysis import Analysis
from pages.shared.deciding import is_own, may_propose, may_take_back, reason_field, record, take_back
from pages.shared.improvement.choosing import measure_names, unit_names
from pages.shared.improvement.ideas import Idea
from pages.shared.wording import improvement as said

MONTHS_BACK, MONTHS_AHEAD, MOST_CHARTS = 24, 6, 3
LINES = {"where": said.WHERE, "cost": said.COST, "owner": said.OWNER}


def writable(analysis: Analysis) -> dict[str, str]:
    """The units for which this reader may record an idea."""
    return {code: name for code, name in unit_names(analysis).items() if may_propose("idea", code)}


def new_idea(analysis: Analysis, ideas: list[Idea], units: dict[str, str], unit: str, measure: str) -> None:
    """The form for an idea; it is empty again once something of one's own was recorded."""
    if not units:
        return
    key = f"new idea {sum(is_own(row) for idea in ideas for row in idea.rows)}"
    with st.expander(said.NEW, expanded=not ideas):
        st.caption(f"{words.DO_NOT_NAME} {said.ABOUT_DEATHS}")
        left, right = st.columns(2)
        codes = list(units)
        at = codes.index(unit) if unit in codes else 0
        where = left.selectbox(said.ON, codes, at, format_func=units.__getitem__, key=f"{key} unit")
        charts = measure_names(analysis, where)
        with right:
            usual = [measure] if measure in charts else []
            found = _charts(charts, usual, f"{key} charts {where}")
        with st.form(key, border=False):
            detail, month, why = _fields(key)
            if st.form_submit_button(said.SEND, key=f"{key} send"):
                record(lambda: _proposals(found, where, month, why, detail), said.RECORDED)


def _charts(charts: dict[str, str], usual: list[str], key: str) -> list[str]:
    return st.multiselect(
        said.CHARTS,
        list(charts),
        usual,
        format_func=charts.__getitem__,
        max_selections=MOST_CHARTS,
        placeholder="Choose one or more",
        key=key,
    )


def _fields(key: str) -> tuple[dict[str, Any], date, str]:
    """What the idea says, its first month, and why."""
    title = st.text_input(said.TITLE, max_chars=LONGEST_LINE, help=said.TITLE_HINT, key=f"{key} title")
    text = st.text_area(said.TEXT, max_chars=LONGEST_TEXT, height=80, key=f"{key} text")
    why = st.text_input(said.WHY, max_chars=300, key=f"{key} why")
    predicted = st.text_input(said.PREDICTED, max_chars=LONGEST_TEXT, key=f"{key} predicted")
    boxes = st.columns(3)
    lines = {
        name: box.text_input(label, max_chars=LONGEST_LINE, key=f"{key} {name}")
        for box, (name, label) in zip(boxes, LINES.items(), strict=True)
    }
    boxes = st.columns(3)
    source = boxes[0].selectbox(said.SOURCE, IDEA_SOURCES, format_func=said.SOURCES.__getitem__, key=f"{key} source")
    month = _month(said.WHEN, key, boxes[1])
    said_of_it = {"title": title, "text": text, "predicted": predicted, **lines}
    kept = {name: value.strip() for name, value in said_of_it.items() if value.strip()}
    return kept | {"state": "try", "from_whom": source}, month, why.strip()


def _month(label: str, key: str, place: Any) -> date:
    """A month, of those about which somebody may still write; this one to begin with."""
    this = np.datetime64(context.today().date(), "M")
    months = {str(month): words.month_name(month) for month in this + np.arange(MONTHS_AHEAD, -MONTHS_BACK - 1, -1)}
    picked = place.selectbox(label, list(months), MONTHS_AHEAD, format_func=months.__getitem__, key=f"{key} month")
    return date.fromisoformat(f"{picked}-01")


def _proposals(charts: list[str], unit: str, month: date, why: str, detail: dict[str, Any]) -> list[Proposal]:
    """One for each chart: what works on one may not on another, so each has cycles of its own."""
    if not detail.get("title"):
        raise ValueError(said.SAY_A_TITLE)
    if not charts or not why or not detail.get("text"):
        raise ValueError(said.SAY_ALL)
    return [Proposal("idea", why, measure, unit, month, None, detail) for measure in charts]


def next_cycle(idea: Idea) -> None:
    """What came of it, and what is done next: a new row, for who may record ideas there."""
    if not may_propose("idea", idea.unit_code, idea.measure_id):
        return
    key = f"cycle after {idea.newest.decision_id}"
    with st.expander(said.NEXT_FORM), st.form(key, border=False):
        st.caption(words.DO_NOT_NAME)
        learnt = st.text_area(said.LEARNT, max_chars=LONGEST_TEXT, height=80, key=f"{key} learnt")
        left, right = st.columns(2)
        state = left.selectbox(said.STATE, IDEA_STATES, format_func=said.STATES.__getitem__, key=f"{key} state")
        month = _month(said.NEXT_WHEN, key, right)
        text = st.text_area(said.NEXT_TEXT, idea.said("text"), max_chars=LONGEST_TEXT, height=80, key=f"{key} text")
        predicted = st.text_input(said.PREDICTED, max_chars=LONGEST_TEXT, key=f"{key} predicted")
        if st.form_submit_button(said.SEND, key=f"{key} send"):
            record(lambda: [_cycle(idea, state, month, learnt, text, predicted)], said.CARRIED_ON)


def _cycle(idea: Idea, state: str, month: date, learnt: str, text: str, predicted: str) -> Proposal:
    if not learnt.strip():
        raise ValueError(said.SAY_LEARNT)
    detail = {"text": text.strip(), "state": state, "learnt": learnt.strip(), "follows": idea.rows[0].decision_id}
    if predicted.strip():
        detail["predicted"] = predicted.strip()
    return Proposal("idea", said.NEXT_REASON, idea.measure_id, idea.unit_code, month, None, detail)


def take_newest_back(idea: Idea) -> None:
    """A mistake can be taken back by whoever wrote it, as long as nothing has followed."""
    if not may_take_back(idea.newest):
        return
    number = idea.newest.decision_id
    with st.popover(words.TAKE_BACK, key=f"take back {number}"):
        reason = reason_field(said.WHY_BACK, f"why take back {number}")
        if st.button(words.TAKE_BACK, key=f"take back {number} now"):
            take_back(number, reason, words.TAKEN_BACK)
