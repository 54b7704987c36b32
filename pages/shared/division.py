"""The parts of the Division page."""

from collections.abc import Iterator
from html import escape

import numpy as np
import streamlit as st

from data.panel import State
from data.tree import Unit
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.cards import RECENT
from pages.shared.evidence import is_new
from pages.shared.html import anchor, icon_link, kept, measure_link, paragraph, state_line, table
from pages.shared.responses import passed_up, unanswered
from pages.shared.standing import column, is_loud
from pages.shared.wording import ward as said


def ask_unit(analysis: Analysis) -> Unit | None:
    """The unit chosen above the wards: the trust, one of its divisions, or a provider of a national file."""
    levels = ("trust", "division", "service", "provider", "country")
    units = {u.code: u for u in analysis.panel.tree.units if u.level in levels and analysis.of_unit(u.code)}
    if not units:
        return None
    names = {code: unit.name for code, unit in units.items()}
    own = next((code for code in context.reader().units if code in names), None)
    left, _ = st.columns(2)
    return units[context.choice("Unit", names, "unit", default=own, place=left)]


def wards_below(analysis: Analysis, unit: Unit) -> list[Unit]:
    """The open wards and teams of a unit, in the order of the tree."""
    tree = analysis.panel.tree
    below = set(tree.below(unit.code)) - {unit.code}
    return [u for u in tree.units if u.code in below and u.level not in ("division", "service") and u.closed is None]


def new_since_last_month(analysis: Analysis, units: list[Unit]) -> None:
    """What reads differently than a month ago, on the wards: worse first, then by ward."""
    st.header(said.NEW_TITLE)
    st.html(_new(context.drawn_for(), tuple(u.code for u in units), analysis))


@kept
def _new(drawn_for: str, codes: tuple[str, ...], _analysis: Analysis) -> str:  # noqa: ARG001 (it is the key)
    analysis, units = _analysis, frozenset(codes)
    found = [r for r in analysis.readings.values() if r.unit.code in units and is_loud(r) and is_new(r)]
    if not found:
        return paragraph(said.NOTHING_NEW)
    rows = [
        (measure_link(r, r.unit.name), [escape(r.measure.name), state_line(r), escape(_why(r))])
        for r in sorted(found, key=lambda r: (column(r) != "Worse", r.unit.name, r.measure.name))
    ]
    caption = said.new_caption(len(found), len(units))
    return table(caption, ["Ward or team", "Measure", "Change", "Why"], rows)


def _why(reading: Reading) -> str:
    signal = reading.verdict_signal
    return signal.sentence if signal else words.variation_sentence(reading)


def not_answered(units: set[str]) -> None:
    """Concerns that nobody has answered for more than 30 days, by the latest figures; nothing where there are none."""
    analysis, store = context.latest_analysis(), context.store()
    if analysis is None or store is None:
        return
    found = unanswered(analysis, store, context.reader(), units, context.today().date())
    if not found:
        return
    st.header(said.NO_ANSWER_TITLE)
    rows = [
        (measure_link(r, r.unit.name), [escape(r.measure.name), escape(said.waiting_since(each.seen_on))])
        for each in found
        for r in [each.reading]
    ]
    st.html(table(said.unanswered_caption(len(found)), ["Unit", "Measure", "Since when"], rows))


def told_upwards(units: set[str], to: str) -> None:
    """What has been passed up to a division or a committee, by now."""
    analysis, store = context.latest_analysis(), context.store()
    if analysis is None or store is None:
        return
    found = passed_up(store, context.reader(), units, to)
    if not found:
        return
    st.header(said.PASSED_TITLE)
    names = {u.code: u.name for u in analysis.panel.tree.units}
    lines = (
        said.passed_line(each, store.catalogue[each.measure_id].name, names[each.unit_code])
        for each in found
        if each.measure_id in store.catalogue
    )
    st.html("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")


def wards_grid(analysis: Analysis, wards: list[Unit]) -> None:
    """Wards × measures: an icon in each cell, a link to the chart. Wards are ordered by name."""
    codes = {ward.code for ward in wards}
    here = (r.measure for (_, code), r in analysis.readings.items() if code in codes)
    measures = {measure.id: measure.name for measure in here if measure.kind is not Kind.DEATH}
    if wards and measures:
        st.header("Wards and teams")
        st.html(_grid(context.drawn_for(), tuple(sorted(codes)), analysis, wards, measures))


@kept
def _grid(
    drawn_for: str,  # noqa: ARG001 (it is the key, with the codes)
    codes: tuple[str, ...],  # noqa: ARG001
    _analysis: Analysis,
    _wards: list[Unit],
    _measures: dict[str, str],
) -> str:
    rows = []
    for ward in sorted(_wards, key=lambda ward: ward.name):
        cells = [
            icon_link(_analysis.get(m, ward.code), context.link("measure", unit=ward.code, measure=m))
            for m in _measures
        ]
        rows.append((anchor(context.link("ward", unit=ward.code), ward.name), cells))
    heads = ["Ward or team", *map(escape, _measures.values())]
    return table("Wards by measure; ordered by name", heads, rows, css="zh-icons")


def not_reported(analysis: Analysis, unit: Unit) -> None:
    """Which wards have not sent what, and what of it is in question, in the newest months."""
    st.header("Not reported, or to be checked")
    st.html(_not_reported(context.drawn_for(), unit.code, analysis))


@kept
def _not_reported(drawn_for: str, unit: str, _analysis: Analysis) -> str:  # noqa: ARG001 (it is the key)
    below = set(_analysis.panel.tree.below(unit))
    here = (r for (_, code), r in _analysis.readings.items() if code in below and r.unit.closed is None)
    rows = sorted((escape(r.unit.name), [escape(r.measure.name), escape(text)]) for r in here for text in _lacking(r))
    if not rows:
        return paragraph(said.ALL_IN)
    return table(f"In the last {RECENT} months", ["Unit", "Measure", "What is missing or in question"], rows)


def _lacking(reading: Reading) -> Iterator[str]:
    """What is missing, and what is in question, of one reading."""
    newest = slice(-RECENT, None)
    missing = np.isin(reading.state[newest], (State.MISSING, State.NO_EXPOSURE))
    if missing.any():
        yield words.missing_sentence(reading.months[newest][missing])
    if reading.doubtful[newest].any():
        months = ", ".join(words.month_name(m) for m in reading.months[newest][reading.doubtful[newest]])
        yield f"{months}: {words.PLEASE_CHECK}"
