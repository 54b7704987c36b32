"""What the board should hear first: every alert, then what to know and what is assured."""

from html import escape

import streamlit as st

from metrics.measure import Kind
from pages.shared.analysis import Analysis, Reading
from pages.shared.evidence import is_new
from pages.shared.html import icon, measure_link, paragraph
from pages.shared.standing import counts, heard
from pages.shared.wording import goals as said


def what_changed(analysis: Analysis) -> None:
    """Every alert of the trust and its divisions, then what to know and what got better; each leads to its chart."""
    levels = ("trust", "division")
    readings = [r for r in analysis.readings.values() if r.unit.level in levels and r.measure.kind is not Kind.DEATH]
    if not readings:  # a store of national files has no trust of its own
        return
    found = heard(readings)
    st.header(said.CHANGED_TITLE)
    if not (found.alert or found.advise or found.assure):
        st.write(said.nothing_changed(counts(readings)))
        return
    parts = [
        _list(title, css, readings)
        for title, css, readings in (
            (said.ALERT, "zh-alert", found.alert),
            (said.ADVISE, "", found.advise),
            (said.ASSURE, "zh-fine", found.assure),
        )
        if readings
    ]
    more = paragraph(said.more_below(found.rest), "zh-muted") if found.rest else ""
    st.html(f'<div class="zh-heard">{"".join(parts)}</div>{more}')


def _list(title: str, css: str, readings: tuple[Reading, ...]) -> str:
    items = "".join(f"<li>{_item(reading)}</li>" for reading in readings)
    return f'<div class="zh-card {css}"><h3>{escape(title)}</h3><ul>{items}</ul></div>'


def _item(reading: Reading) -> str:
    new = f' <span class="zh-new">{said.NEW}</span>' if is_new(reading) else ""
    where = f"{measure_link(reading)}, {escape(reading.unit.name)}"
    return f"{icon(reading)}<span>{where}{new}<br>{escape(said.in_short(reading))}</span>"
