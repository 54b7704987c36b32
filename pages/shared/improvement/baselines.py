"""New baselines: the evidence beside how the chart reads with one and without, who proposes, who approves, what is undone."""

from html import escape

import numpy as np
import streamlit as st

from data.decisions import REBASE_CONDITIONS, Proposal
from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.deciding import may_propose, may_take_back, reason_field, record, take_back
from pages.shared.html import paragraph, small_chart, state_line
from pages.shared.improvement.choosing import measure_name, unit_name
from pages.shared.improvement.ideas import Idea
from pages.shared.improvement.rebasing import evidence, months_offered, usual_month, with_and_without
from pages.shared.waiting import one_waiting
from pages.shared.wording import improvement as said


def show_baselines(analysis: Analysis, store: Store, ideas: list[Idea], unit: str, measure: str) -> None:
    """Of one unit and measure: whether one is justified; of all: what waits, and what is in force."""
    st.write(said.BASELINE_LEAD)
    if not unit or not measure:
        st.info(said.CHOOSE_ONE)
    elif (reading := analysis.get(measure, unit)) is None:
        st.info(said.NOT_REPORTED)
    else:
        _justified(reading, store, ideas)
    _waiting(store, unit, measure)
    _in_force(store, unit, measure)


def _justified(reading: Reading, store: Store, ideas: list[Idea]) -> None:
    found = evidence(reading)
    st.header(words.plain(f"{reading.measure.name}, {reading.unit.name}"))
    if not found.is_justified:
        st.html(f'<div class="zhi">{state_line(reading)}</div>')
        st.info(words.plain(found.sentence))
        return
    st.html(paragraph(found.sentence, "zh-lead"))
    offered = months_offered(reading, found.month)
    place = usual_month(offered, found.month, reading, ideas)
    names = {str(month): words.month_name(month) for month in offered}
    left, _ = st.columns([2, 3])
    month = context.choice(said.FROM_WHEN, names, "from", default=str(offered[place]), place=left)
    _both(store, reading.measure.id, reading.unit.code, np.datetime64(month, "M"))
    if may_propose("phase", reading.unit.code, reading.measure.id):
        _form(reading, np.datetime64(month, "M"))


def _both(store: Store, measure_id: str, unit_code: str, month: np.datetime64) -> None:
    """The two charts side by side, each with its icon and its words."""
    pair = with_and_without(store, context.reader(), measure_id, unit_code, month)
    heads = (said.AS_IS, said.AS_NEW.format(month=words.month_name(month, short=False)))
    cards = "".join(_card(head, reading) for head, reading in zip(heads, pair, strict=True) if reading is not None)
    st.html(f'<div class="zhi-two">{cards}</div>')


def _card(head: str, reading: Reading) -> str:
    picture = small_chart(reading, context.palette(), caption=f"<b>{escape(head)}</b>") if reading.exact else ""
    return f'<div class="zh-card">{picture}{state_line(reading)}{paragraph(words.variation_sentence(reading))}</div>'


def _form(reading: Reading, month: np.datetime64) -> None:
    key = f"rebase {reading.unit.code} {reading.measure.id}"
    with st.form(key):
        st.subheader(said.PROPOSE)
        ticks = [st.checkbox(said.CONDITIONS[name], key=f"{key} {name}") for name in REBASE_CONDITIONS]
        cause = reason_field(said.CAUSE, f"{key} cause")
        if st.form_submit_button(said.PROPOSE, key=f"{key} send"):
            record(lambda: [_proposal(reading, month, ticks, cause)], said.PROPOSED)


def _proposal(reading: Reading, month: np.datetime64, ticks: list[bool], cause: str) -> Proposal:
    if not all(ticks):
        raise ValueError(said.TICK_ALL)
    first = month.astype("datetime64[D]").item()
    detail = {"conditions": list(REBASE_CONDITIONS)}
    return Proposal("phase", cause, reading.measure.id, reading.unit.code, first, None, detail)


def _waiting(store: Store, unit: str, measure: str) -> None:
    """What somebody has proposed, with what it would change; a second person approves or refuses it."""
    found = [each for each in store.proposals(context.reader(), "phase") if _is_about(each, unit, measure)]
    if found:
        st.header(said.WAITING)
    for each in found:
        one_waiting(each, store, lambda each=each: _charts_of(each, store))


def _in_force(store: Store, unit: str, measure: str) -> None:
    """What was approved: its reason, how the chart would read without it, and the way back."""
    found = [each for each in store.decisions(context.reader(), "phase") if _is_about(each, unit, measure)]
    st.header(said.IN_FORCE)
    if not found:
        st.html(paragraph(said.NONE_IN_FORCE, "zh-muted"))
    for each in reversed(found):
        with st.container(border=True):
            names = measure_name(store, each.measure_id), unit_name(store, each.unit_code)
            st.html(f"<p><b>{escape(said.phase_line(*names, each.first_month))}</b></p>{paragraph(each.reason)}")
            st.html(paragraph(said.approved_line(each), "zh-muted"))
            if unit and measure:
                _charts_of(each, store)
            _undo(each)


def _is_about(each: Decision, unit: str, measure: str) -> bool:
    return unit in ("", each.unit_code) and measure in ("", each.measure_id)


def _charts_of(each: Decision, store: Store) -> None:
    """None for a baseline of every unit or measure: it has no one chart."""
    if each.first_month and each.unit_code and each.measure_id:
        _both(store, each.measure_id, each.unit_code, np.datetime64(each.first_month, "M"))


def _undo(each: Decision) -> None:
    if not may_take_back(each):
        return
    with st.popover(said.UNDO, key=f"undo {each.decision_id}"):
        reason = reason_field(said.WHY_UNDO, f"why undo {each.decision_id}")
        if st.button(said.UNDO, key=f"undo {each.decision_id} now"):
            take_back(each.decision_id, reason, said.UNDONE)
