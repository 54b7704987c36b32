"""The fifth step: what the figures and the charts would say otherwise."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from data.ingest.changes import Change
from data.store import Store
from metrics.measure import Kind, Measure
from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.svg import as_image
from pages.shared import context, html, words
from pages.shared.turned import Said, Turn
from pages.shared.upload.check import Checked

SHOWN = 200
SHOWN_TURNS = 40


def show_changes(found: Checked) -> None:
    """In numbers, in icons, for the board, and cell by cell."""
    assert found.tried is not None
    changes = found.tried.changes
    extent = words.extent_sentence(changes.units, changes.first_month, changes.last_month)
    st.write(f"{words.changes_sentence(changes.counts)} {extent}".strip())
    if found.would_change:
        _show_turns(found.turns)
        _show_seen(found)
    listed = [change for change in changes.listed if change.change != "unchanged"]
    if listed:
        with st.expander("Cell by cell"):
            store = context.store()
            catalogue = store.catalogue if store else {}
            exact = _exact(store)
            rows = [_cell(change, catalogue, exact) for change in listed[:SHOWN]]
            st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
            total = sum(count for change, count in changes.counts.items() if change != "unchanged")
            if total > SHOWN:
                st.caption(f"The first {SHOWN} of {total:,}.")


def _show_turns(turns: tuple[Turn, ...]) -> None:
    if not turns:
        st.caption(words.UPLOAD_NO_TURNS)
        return
    above = [turn for turn in turns if turn.level not in ("ward", "team")]
    below = [turn for turn in turns if turn.level in ("ward", "team")]
    st.write(f"**Which icons would turn: {len(turns):,}**")
    if above:
        st.html(_table("The trust and its divisions", above))
    if below and above:
        with st.expander(f"{words.count_of(len(below), 'icon')} of wards and teams"):
            st.html(_table("Wards and teams", below))
    elif below:
        st.html(_table("Wards and teams", below))


def _show_seen(found: Checked) -> None:
    """What the board has seen, and would read otherwise."""
    if found.seen is None:
        st.caption(words.UPLOAD_NO_EDITION)
        return
    detail = found.seen.edition.detail
    st.write(f"**What the board has seen: {words.plain(str(detail.get('name', 'the newest edition')))}**")
    if found.seen.turns:
        st.html(_table("The trust's headline measures, then and with this file", list(found.seen.turns)))
    else:
        st.caption(words.UPLOAD_SAME_FOR_THE_BOARD)


def _table(caption: str, turns: list[Turn]) -> str:
    rows = [
        (escape(turn.unit), [escape(turn.measure), _side(turn.before, turn), _side(turn.after, turn)])
        for turn in turns[:SHOWN_TURNS]
    ]
    text = html.table(caption, ["Unit", "Measure", "Now", "Would be"], rows, css="zh-turns")
    more = len(turns) - SHOWN_TURNS
    return text + (html.paragraph(f"And {more:,} more.", "zh-muted") if more > 0 else "")


def _side(said: Said | None, turn: Turn) -> str:
    """The icons that turn, with their words."""
    if said is None:
        return '<span class="zh-muted">Not reported here</span>'
    palette, parts = context.palette(), []
    if turn.varies:
        doubt = " (a month to check)" if said.is_doubted and said.variation != "please_check" else ""
        parts.append((variation_icon(said.variation, palette), said.label + doubt))
    if turn.meets:
        parts.append((milestone_icon(said.milestone, palette), said.milestone_label))
    return "".join(
        f'<div class="zh-state">{as_image(icon, "", width="24px")}<span>{escape(label)}</span></div>'
        for icon, label in parts
    )


def _exact(store: Store | None) -> set[tuple[str, str]]:
    """(measure, unit) of which this reader sees the figures of now exactly."""
    if store is None:
        return set()
    panel = store.panel(context.reader())
    units = panel.tree.units
    return {(panel.measures[m], units[u].code) for m, u in np.argwhere(panel.exact)}


def _cell(change: Change, catalogue: dict[str, Measure], exact: set[tuple[str, str]]) -> dict[str, str]:
    """One line; of what this reader does not see exactly neither the figure of now, nor whether it is the same."""
    measure = catalogue.get(change.measure_id)
    monthly = measure is not None and measure.months == 1
    hide = monthly and change.change != "new" and (change.measure_id, change.unit_code) not in exact
    place = hide and measure is not None and measure.kind is Kind.DEATH  # that there was one says enough
    return {
        "What": measure.name if measure else (change.measure_id or change.what).replace("_", " "),
        "Unit": "not shown" if place else change.unit_code,
        "Month": words.month_name(change.month) if change.month and not place else "",
        "Now": "not shown" if hide else _figure(change.before),
        "Would be": "" if hide else _figure(change.after),
        "": "" if hide else words.CHANGE_NAMES[change.change],
    }


def _figure(value: str | None) -> str:
    if value is None:
        return ""
    return value.rstrip("0").rstrip(".") if "." in value else value
