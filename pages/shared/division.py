"""The parts of the Division page."""

from html import escape

import numpy as np
import streamlit as st

from data.access import Audience
from data.panel import State
from data.tree import Unit
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.html import anchor, icon_link, paragraph, small_chart, state_line, table

# Signals first: what is worse, what must be checked, what is better, then the quiet.
ORDER = (
    "concern",
    "mixed",
    "early_warning",
    "please_check",
    "improvement",
    "neither",
    "common_cause",
    "none",
    "too_few",
)
RECENT = 6  # months in which a missing figure is told


def rank(reading: Reading) -> tuple[int, str]:
    """Signals first, then by name."""
    state = words.variation_state(reading)
    place = next((i for i, start in enumerate(ORDER) if state.startswith(start)), len(ORDER))
    return place, reading.measure.name


def ask_unit(analysis: Analysis) -> Unit | None:
    """The unit chosen above the wards: the trust, one of its divisions, or a provider of a national file."""
    if context.reader().audience is Audience.PUBLIC:
        return None
    levels = ("trust", "division", "service", "provider", "country")
    units = {u.code: u for u in analysis.panel.tree.units if u.level in levels and analysis.of_unit(u.code)}
    if not units:
        return None
    names = {code: unit.name for code, unit in units.items()}
    return units[context.choice("Unit", names, "unit")]


def small_multiples(readings: list[Reading]) -> None:
    """Every measure as a small chart with its verdict."""
    palette = context.palette()
    cards = []
    for reading in sorted((r for r in readings if r.measure.kind is not Kind.DEATH), key=rank):
        address = context.link("division", unit=reading.unit.code, measure=reading.measure.id)
        caption = f"<b>{anchor(address, reading.measure.name)}</b> · {escape(reading.measure.unit)}"
        chart = small_chart(reading, palette, caption=caption) if reading.exact else f"<p>{caption}</p>"
        cards.append(f'<div class="zh-card">{chart}{state_line(reading, palette)}</div>')
    st.html(f'<div class="zh-cards">{"".join(cards)}</div>')


def wards_grid(analysis: Analysis, unit: Unit, opened: str) -> None:
    """Wards × measures: an icon in each cell, a link to the ward's chart. Wards are ordered by name."""
    tree, palette = analysis.panel.tree, context.palette()
    below = set(tree.below(unit.code)) - {unit.code}
    wards = [u for u in tree.units if u.code in below and u.level not in ("division", "service") and u.closed is None]
    measures = dict.fromkeys(m for (m, code) in analysis.readings if code in {w.code for w in wards})
    if opened:
        measures = {opened: None} if opened in measures else {}
    if not wards or not measures:
        return
    st.header("Wards and teams")
    rows = []
    for ward in wards:
        name = anchor(context.link("ward", unit=ward.code), ward.name)
        cells = [
            icon_link(analysis.get(m, ward.code), context.link("ward", unit=ward.code, measure=m), palette)
            for m in measures
        ]
        rows.append((name, cells))
    heads = [
        "Ward or team",
        *(escape(next(r.measure.name for (i, _), r in analysis.readings.items() if i == m)) for m in measures),
    ]
    st.html(table("Wards by measure; ordered by name", heads, rows, css="zh-icons"))
    if opened:
        charts = [r for w in wards if (r := analysis.get(opened, w.code)) is not None and r.exact]
        cards = "".join(
            f'<div class="zh-card">'
            f"{small_chart(r, palette, caption=anchor(context.link('ward', unit=r.unit.code, measure=opened), r.unit.name))}"
            f"{state_line(r, palette)}</div>"
            for r in charts
        )
        st.html(f'<div class="zh-cards">{cards}</div>')


def not_reported(analysis: Analysis, unit: Unit) -> None:
    """Which wards have not sent what, in the newest months."""
    tree = analysis.panel.tree
    below = set(tree.below(unit.code))
    rows = []
    for (_, code), reading in analysis.readings.items():
        if code not in below or reading.unit.closed is not None:
            continue
        missing = (
            np.flatnonzero(np.isin(reading.state[-RECENT:], (State.MISSING, State.NO_EXPOSURE)))
            + len(reading.months)
            - RECENT
        )
        doubtful = np.flatnonzero(reading.doubtful[-RECENT:]) + len(reading.months) - RECENT
        if missing.size:
            rows.append(
                (
                    escape(reading.unit.name),
                    [escape(reading.measure.name), words.missing_sentence(reading.months[missing])],
                )
            )
        if doubtful.size:
            months = ", ".join(words.month_name(m) for m in reading.months[doubtful])
            rows.append(
                (escape(reading.unit.name), [escape(reading.measure.name), f"{months}: {escape(words.PLEASE_CHECK)}"])
            )
    st.header("Not reported, or to be checked")
    if rows:
        st.html(
            table(f"In the last {RECENT} months", ["Unit", "Measure", "What is missing or in question"], sorted(rows))
        )
    else:
        st.html(paragraph("Every figure that was expected has come in, and none is in question."))
