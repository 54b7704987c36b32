"""The charts of all units on one scale, and how many signals chance alone would give among so many."""

import streamlit as st

from pages.charts.drawing import common_scale
from pages.shared import context
from pages.shared.analysis import Reading
from pages.shared.compare.offered import Peers
from pages.shared.drawn import draw
from pages.shared.html import anchor, paragraph, small_chart, state_line
from pages.shared.rarely import by_chance
from pages.shared.wording import compare as said

SIGNALS = ("improvement", "concern", "neither")


def show_charts(peers: Peers) -> None:
    """By name, on one scale: what is drawn higher is higher."""
    by_month = [reading for reading in peers.readings if _is_by_month(reading)]
    others = [reading.unit.name for reading in peers.readings if not _is_by_month(reading)]
    if told := chance(by_month):
        st.html(paragraph(told, "zh-lead"))
    if by_month:
        scale, palette = common_scale(draw(reading) for reading in by_month), context.palette()
        cards = (
            f'<div class="zh-card">{small_chart(r, palette, caption=_caption(r), scale=scale)}{state_line(r)}</div>'
            for r in by_month
        )
        st.html(f'<div class="zh-cards">{"".join(cards)}</div>')
    if others:
        st.html(paragraph(said.not_on_the_scale(others), "zh-muted"))


def _is_by_month(reading: Reading) -> bool:
    return reading.chart is not None and reading.kind != "t"


def chance(readings: list[Reading]) -> str:
    """Of the charts whose like was simulated: how many signal, and how many would though nothing changed."""
    known = [(r, by_chance(r)) for r in readings if r.chart is not None and not r.chart.trial]
    expected = [(reading, found.last) for reading, found in known if found is not None]
    if not expected:
        return ""
    found = sum(reading.variation.startswith(SIGNALS) for reading, _ in expected)
    return said.charts_by_chance(len(expected), sum(share for _, share in expected), found)


def _caption(reading: Reading) -> str:
    address = context.link(said.unit_place(reading.unit), unit=reading.unit.code, measure=reading.measure.id)
    return f"<b>{anchor(address, reading.unit.name)}</b>"
