"""The parts of the Ward page."""

from html import escape

import numpy as np
import streamlit as st

from data.panel import State
from data.tree import Unit
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.division import RECENT, rank
from pages.shared.html import anchor, milestone_line, paragraph, small_chart, state_line, table

LOUD = ("concern", "mixed", "early_warning", "please_check", "improvement", "neither")


def ask_ward(analysis: Analysis) -> Unit | None:
    """The ward chosen; the last one chosen in this session is remembered."""
    with_figures = {code for _, code in analysis.readings}
    units = {u.code: u for u in analysis.panel.tree.units if u.level in ("ward", "team") and u.code in with_figures}
    if not units:
        return None
    names = {
        c: u.name + (" (closed)" if u.closed else "") for c, u in sorted(units.items(), key=lambda item: item[1].name)
    }
    picked = context.choice("Ward", names, "unit", default=st.session_state.get("last ward"))
    st.session_state["last ward"] = picked
    return units[picked]


def signals_first(analysis: Analysis, ward: Unit, readings: list[Reading]) -> None:
    """What changed, with its chart, the reason in words, and the questions."""
    parent = next((u for u in analysis.panel.tree.units if u.code == ward.parent), None)
    place = " · ".join(
        filter(None, [parent.name if parent else "", ward.peer_group, f"{ward.beds} beds" if ward.beds else ""])
    )
    st.caption(place)
    if ward.follows:
        st.caption(f"This ward carries on from {' and '.join(ward.follows)}; its charts show the join as a break.")
    loud = [r for r in sorted(readings, key=rank) if words.variation_state(r).startswith(LOUD)]
    if not loud:
        st.html(
            '<div class="zh-card"><h3>No clear change</h3>'
            "<p>No measure here has moved more than chance would explain. That does not mean the level is good enough.</p></div>"
        )
        return
    st.html(f'<div class="zh-cards">{"".join(_signal_card(r) for r in loud)}</div>')
    if any(words.variation_state(r).startswith("concern") for r in loud):
        with st.expander("What to ask", expanded=True):
            st.markdown("\n".join(f"- {question}" for question in words.QUESTIONS))
            st.caption(words.DO_NOT_NAME)


def _signal_card(reading: Reading) -> str:
    palette = context.palette()
    signal = reading.verdict_signal
    address = context.link("ward", unit=reading.unit.code, measure=reading.measure.id)
    caption = f"<b>{anchor(address, reading.measure.name)}</b> · {escape(reading.measure.unit)}"
    alert = " zh-alert" if rank(reading)[0] <= 2 else ""
    return (
        f'<div class="zh-card{alert}">{small_chart(reading, palette, caption=caption)}{state_line(reading, palette)}'
        f"{paragraph(signal.sentence if signal else '')}{paragraph(words.variation_sentence(reading))}"
        f"{milestone_line(reading, palette) if reading.goal else ''}</div>"
    )


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
        signs = [(sign, text) for sign, text in words.CELL_SIGNS.values() if sign]
        st.html(
            "<dl>"
            + "".join(
                f"<dt><b>{escape(s)}</b></dt><dd>{escape(t)}</dd>" for s, t in [*signs, ("?", words.PLEASE_CHECK)]
            )
            + "</dl>"
        )


def quiet(readings: list[Reading]) -> None:
    """The charts without a signal, folded, and what too few events could not have shown."""
    palette = context.palette()
    rest = [
        r
        for r in sorted(readings, key=rank)
        if not words.variation_state(r).startswith(LOUD) and r.measure.kind is not Kind.DEATH
    ]
    charted = [r for r in rest if r.chart is not None]
    few = [r for r in rest if r.chart is None]
    with st.expander(f"{words.count_of(len(charted), 'measure')} without a clear change"):
        cards = []
        for reading in charted:
            address = context.link("ward", unit=reading.unit.code, measure=reading.measure.id)
            caption = f"<b>{anchor(address, reading.measure.name)}</b> · {escape(reading.measure.unit)}"
            cards.append(
                f'<div class="zh-card">{small_chart(reading, palette, caption=caption)}{state_line(reading, palette)}'
                f"{paragraph(words.variation_sentence(reading))}</div>"
            )
        st.html(f'<div class="zh-cards">{"".join(cards)}</div>')
    if few:
        with st.expander(f"{words.count_of(len(few), 'measure')} with too few events to chart, or not shown exactly"):
            rows = [(escape(r.measure.name), [escape(_few_sentence(r))]) for r in few]
            st.html(table("What such small numbers can say", ["Measure", "What can be said"], rows))


def _few_sentence(reading: Reading) -> str:
    if not reading.exact:
        newest = [words.cell_sign(reading, t) for t in range(len(reading.months) - 3, len(reading.months))]
        return f"{words.SUPPRESSED_FIGURE} The last three months: {', '.join(newest)}."
    return words.too_few_sentence(reading)
