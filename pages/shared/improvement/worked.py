"""Each idea across the wards that tried it, as a table with what it can and cannot tell."""

from html import escape

import streamlit as st

from data.access import Reader
from data.store import Store
from pages.shared import context
from pages.shared.analysis import Analysis
from pages.shared.html import kept, paragraph, table
from pages.shared.improvement.across import Tried, across
from pages.shared.improvement.ideas import Idea
from pages.shared.wording import improvement as said


def show_across(analysis: Analysis, store: Store, ideas: list[Idea]) -> None:
    """By name, with how each came about, and what none of it can tell."""
    st.write(said.ACROSS_LEAD)
    found = _table(f"{store.key} {context.drawn_for()}", analysis, store, context.reader(), ideas)
    if not found:
        st.info(f"{said.NO_IDEAS} {said.ASK_A_RECORDER}" if not ideas else said.ACROSS_NONE)
        return
    st.html(found)
    st.html("".join(paragraph(note, "zh-muted") for note in said.ACROSS_NOTES))


@kept
def _table(
    drawn_for: str,  # noqa: ARG001 (it is the key)
    _analysis: Analysis,
    _store: Store,
    _who: Reader,
    _ideas: list[Idea],
) -> str:
    found = across(_analysis, _store, _who, _ideas)
    rows = [_row(each) for each in found]
    return table(said.across_caption(len(rows)), said.ACROSS_HEADS, rows, css="zhi-across") if rows else ""


def _row(each: Tried) -> tuple[str, list[str]]:
    effect = escape(said.added_up(each.pooled.level, each.added_up)) if each.pooled else escape(each.reason)
    cells = [
        escape(each.measure.name),
        str(len(each.ideas)),
        escape(said.kept_for(idea.state for idea in each.ideas)),
        *(_units(names) for names in (each.better, each.worse, each.unclear)),
        effect,
    ]
    return escape(each.title), cells


def _units(names: tuple[str, ...]) -> str:
    """How many, and which."""
    if not names:
        return "0"
    return f'<b>{len(names)}</b><br><span class="zh-muted">{escape(", ".join(names))}</span>'
