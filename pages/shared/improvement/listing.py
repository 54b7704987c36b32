"""The ideas as a table, by what the reader chose; the first thing to do where there are none."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from data.store import Store
from pages.shared import context, words
from pages.shared.html import anchor, table
from pages.shared.improvement.choosing import measure_name, unit_name
from pages.shared.improvement.ideas import Idea
from pages.shared.wording import improvement as said

HEADS = ("Idea", "Unit", "Measure", "State", "Since", "Newest cycle", "Whose idea")


def show_list(store: Store, ideas: list[Idea], unit: str, measure: str, state: str, *, may_record: bool) -> None:
    """Those that fit, the newest first."""
    fitting = [idea for idea in ideas if _fits(idea, unit, measure, state)]
    if fitting:
        rows = [_row(store, idea) for idea in fitting]
        st.html(table(said.list_caption(len(fitting)), HEADS, rows))
    elif ideas:
        st.info(said.NONE_FITS)
    else:
        st.info(f"{said.NO_IDEAS} {said.RECORD_FIRST if may_record else said.ASK_A_RECORDER}")


def _fits(idea: Idea, unit: str, measure: str, state: str) -> bool:
    return unit in ("", idea.unit_code) and measure in ("", idea.measure_id) and state in ("", idea.state)


def _row(store: Store, idea: Idea) -> tuple[str, Iterable[str]]:
    cells = [
        unit_name(store, idea.unit_code),
        measure_name(store, idea.measure_id),
        said.STATES[idea.state],
        said.began(idea.begins),
        words.month_name(idea.latest),
        said.SOURCES.get(idea.said("from_whom"), "–"),
    ]
    return anchor(context.link("improvement", idea=str(idea.number)), idea.title), [escape(cell) for cell in cells]
