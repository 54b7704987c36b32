"""Variation × milestone: every measure of the trust stands in one cell, as a link to its chart."""

from html import escape

import streamlit as st

from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis
from pages.shared.deaths import top_unit
from pages.shared.html import kept, measure_link, table
from pages.shared.standing import COLUMNS, column


def grid(analysis: Analysis) -> None:
    unit = top_unit(analysis)
    if unit is not None:
        st.html(_grid(context.drawn_for(), unit, analysis))


@kept
def _grid(drawn_for: str, unit: str, _analysis: Analysis) -> str:  # noqa: ARG001 (it is the key)
    cells: dict[tuple[str, str], list[str]] = {}
    for reading in _analysis.of_unit(unit):
        if reading.measure.kind is not Kind.DEATH:
            place = words.milestone_state(reading), column(reading)
            cells.setdefault(place, []).append(measure_link(reading, reading.measure.name))
    rows = []
    for state, label in words.MILESTONE_LABELS.items():
        shown = f"{label}, or {words.CANNOT_TELL.lower()}" if state == "none" else label
        head = f'<div class="zh-state"><i class="zi zi-m-{state}"></i>{escape(shown)}</div>'
        rows.append((head, ["<br>".join(cells.get((state, name), [])) for name in COLUMNS]))
    return table("Every measure of the trust, by milestone and by change", ["Milestone", *COLUMNS], rows)
