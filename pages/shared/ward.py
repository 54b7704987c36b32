"""The parts of the Ward page."""

from html import escape

import numpy as np
import streamlit as st

from data.panel import State
from data.tree import Unit
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.cards import RECENT
from pages.shared.drawn import chart_unit
from pages.shared.html import measure_link, paragraph, small_chart, state_line, table
from pages.shared.wording import ward as said


def ask_ward(analysis: Analysis) -> Unit | None:
    """The ward chosen; the last one chosen in this session is remembered, and a manager begins at the own ward."""
    with_figures = {code for _, code in analysis.readings}
    units = {u.code: u for u in analysis.panel.tree.units if u.level in ("ward", "team") and u.code in with_figures}
    if not units:
        return None
    names = {
        c: u.name + (" (closed)" if u.closed else "") for c, u in sorted(units.items(), key=lambda item: item[1].name)
    }
    own = next(iter(context.reader().units), None)
    left, _ = st.columns(2)
    picked = context.choice("Ward", names, "unit", default=st.session_state.get("last ward", own), place=left)
    st.session_state["last ward"] = picked
    return units[picked]


def about(analysis: Analysis, ward: Unit) -> None:
    """Where the ward belongs, what it is, and what it carries on from."""
    parent = next((u for u in analysis.panel.tree.units if u.code == ward.parent), None)
    place = [parent.name if parent else "", ward.peer_group, f"{ward.beds} beds" if ward.beds else ""]
    st.html(paragraph(" · ".join(filter(None, place)), "zh-muted"))
    if ward.follows:
        names = [u.name for u in analysis.panel.tree.units if u.code in ward.follows]
        joined = f"This ward carries on from {' and '.join(names)}; its charts show the join as a break."
        st.html(paragraph(joined, "zh-muted"))


def read_together(readings: list[Reading]) -> None:
    """The headline measure that has most to be weighed against, beside those: less of one can hide more of another."""
    here = {r.measure.id: r for r in readings if r.chart is not None}
    leading = max(here.values(), key=lambda r: len([m for m in r.measure.balancing if m in here]), default=None)
    beside = [here[m] for m in leading.measure.balancing if m in here] if leading else []
    if leading is None or not beside:
        return
    st.header(said.TOGETHER_TITLE)
    st.caption(said.TOGETHER_NOTE)
    figures = (
        f"<div>{small_chart(r, context.palette(), caption=_caption(r))}{state_line(r)}</div>"
        for r in (leading, *beside)
    )
    st.html(f'<div class="zh-together">{"".join(figures)}</div>')


def _caption(reading: Reading) -> str:
    return f"<b>{measure_link(reading)}</b> · {escape(chart_unit(reading))}"


def not_reported(readings: list[Reading]) -> None:
    """The newest months of every measure as counts and signs: what came, what did not, what is in question."""
    if not readings:
        return
    months = readings[0].months[-RECENT:]
    gaps = [
        r
        for r in readings
        if np.isin(r.state[-RECENT:], (State.MISSING, State.NO_EXPOSURE)).any() or r.doubtful[-RECENT:].any()
    ]
    st.header("What was not reported")
    if not gaps:
        st.write(f"Every figure expected in the last {RECENT} months has come in.")
    shown = [r for r in readings if r.measure.kind is not Kind.DEATH]
    rows = [
        (
            escape(r.measure.name),
            [escape(words.cell_sign(r, t)) for t in range(len(r.months) - len(months), len(r.months))],
        )
        for r in (gaps or shown)
    ]
    caption = f"The last {RECENT} months" + (": measures with something missing or in question" if gaps else "")
    st.html(table(caption, ["Measure", *(words.month_name(m) for m in months)], rows))
    with st.expander("What the signs mean"):
        signs = [(sign, text) for sign, text in words.cell_signs(readings[0].masking).values() if sign]
        st.html(
            "<dl>"
            + "".join(
                f"<dt><b>{escape(s)}</b></dt><dd>{escape(t)}</dd>" for s, t in [*signs, ("?", words.PLEASE_CHECK)]
            )
            + "</dl>"
        )
