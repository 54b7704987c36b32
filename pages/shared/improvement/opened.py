"""One idea: what it is, its cycles, its chart, and the months before and after."""

from html import escape

import streamlit as st

from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.drawn import chart_unit
from pages.shared.html import anchor, paragraph, small_chart, state_line
from pages.shared.improvement.before_after import before_and_after
from pages.shared.improvement.choosing import measure_name, unit_name
from pages.shared.improvement.forms import next_cycle, take_newest_back
from pages.shared.improvement.ideas import Idea
from pages.shared.wording import improvement as said

STYLE = """
<style>
.zhi h3 {margin: 18px 0 6px; padding: 0; font-size: 1.08rem}
.zhi dl {display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 8px 0; padding: 0; font-size: .95rem}
.zhi dt {opacity: .78; margin: 0; padding: 0} .zhi dd {margin: 0; padding: 0}
.zhi-state {display: inline-block; border: 1px solid currentColor; border-radius: 11px; padding: 1px 11px; font-size: .88rem;
  margin-left: 10px; vertical-align: middle; font-weight: 500}
.zhi-across td:nth-child(n+4) {min-width: 8.5rem}
.zhi-two {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr)); gap: 18px; margin: 8px 0 14px}
@media (max-width: 640px) {.zhi dl {grid-template-columns: 1fr} .zhi dd {margin-bottom: 6px}}
</style>
"""


def show_idea(analysis: Analysis, store: Store, idea: Idea, ideas: list[Idea]) -> None:
    """What it is and its cycles beside its chart; then the months before and after, and the form for what came of it."""
    reading = analysis.get(idea.measure_id, idea.unit_code)
    left, right = st.columns([4, 3], gap="large")
    with left:
        st.html(f'<div class="zhi">{_head(store, idea)}{_facts(idea)}{_cycles(idea)}</div>')
        take_newest_back(idea)
    with right:
        _chart(reading)
    next_cycle(idea)
    before_and_after(analysis, idea, ideas, reading)


def _head(store: Store, idea: Idea) -> str:
    state = f'<span class="zhi-state">{escape(said.STATES[idea.state])}</span>'
    measure, unit = measure_name(store, idea.measure_id), unit_name(store, idea.unit_code)
    about = f"{measure}, {unit}. {said.since(idea.begins)}"
    return f"<h2>{escape(idea.title)}{state}</h2>{paragraph(about, 'zh-muted')}"


def _facts(idea: Idea) -> str:
    """Why, and what else is known; what nobody said is left out."""
    known = [(said.WHY, idea.rows[0].reason)]
    known += said.facts(*(idea.said(key) for key in ("from_whom", "owner", "where", "cost")))
    items = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in known if text)
    return f"<dl>{items}</dl>"


def _cycles(idea: Idea) -> str:
    rows = [_cycle(n, row) for n, row in enumerate(idea.rows, start=1)]
    return f"<h3>{said.CYCLES}</h3>{''.join(reversed(rows))}"


def _cycle(n: int, row: Decision) -> str:
    """What was learnt from the one before comes first: it is why there is another."""
    lines = [
        (said.LEARNT, row.detail.get("learnt")),
        ("", row.detail["text"]),
        ("Expected", row.detail.get("predicted")),
    ]
    told = "".join(paragraph(f"{term}: {text}" if term else str(text)) for term, text in lines if text)
    head = f"<p><b>{escape(said.cycle_head(n, row))}</b></p>"
    by = paragraph(said.recorded_by(row.decided_by, row.decided_at), "zh-muted")
    return f'<div class="zh-answer">{head}{told}{by}</div>'


def _chart(reading: Reading | None) -> None:
    if reading is None:
        st.info(said.NO_CHART)
        return
    address = context.link("measure", unit=reading.unit.code, measure=reading.measure.id)
    caption = f"<b>{anchor(address, reading.measure.name)}</b> · {escape(chart_unit(reading))}"
    picture = small_chart(reading, context.palette(), caption=caption) if reading.exact else ""
    verdict = paragraph(words.variation_sentence(reading))
    st.html(f'<div class="zh-card zhi"><h3>{said.CHART}</h3>{picture}{state_line(reading)}{verdict}</div>')
