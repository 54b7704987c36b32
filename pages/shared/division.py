"""The parts of the Division page."""

from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.panel import State
from data.tree import Unit
from pages.shared import context, words
from pages.shared.analysis import Analysis
from pages.shared.cards import RECENT
from pages.shared.html import anchor, icon_link, paragraph, small_chart, state_line, table


def ask_unit(analysis: Analysis, place: DeltaGenerator) -> Unit | None:
    """The unit chosen above the wards: the trust, one of its divisions, or a provider of a national file."""
    levels = ("trust", "division", "service", "provider", "country")
    units = {u.code: u for u in analysis.panel.tree.units if u.level in levels and analysis.of_unit(u.code)}
    if not units:
        return None
    names = {code: unit.name for code, unit in units.items()}
    return units[context.choice("Unit", names, "unit", place=place)]


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
    if opened:
        ward_cards(analysis, wards, opened)
        return
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


def ward_cards(analysis: Analysis, wards: list[Unit], measure_id: str) -> None:
    """One measure on every ward, by name."""
    palette = context.palette()
    cards = []
    for reading in filter(None, (analysis.get(measure_id, ward.code) for ward in wards)):
        if not reading.exact:
            continue
        name = anchor(context.link("ward", unit=reading.unit.code, measure=measure_id), reading.unit.name)
        picture = small_chart(reading, palette, caption=f"<b>{name}</b>")
        cards.append(f'<div class="zh-card">{picture}{state_line(reading, palette)}</div>')
    suppressed = paragraph(words.masked(words.SUPPRESSED_FIGURE, analysis.panel.masking))
    st.html(f'<div class="zh-cards">{"".join(cards)}</div>' if cards else suppressed)


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
