"""What the Use of Force Act asks to be recorded of each use of force, and what of it this dashboard holds."""

from html import escape

import pandas as pd
import streamlit as st

from metrics.measure import Goal, Kind
from pages.shared.analysis import Analysis
from pages.shared.html import anchor, paragraph, table
from pages.shared.wording import equity as said

WHOLE = "<span style='white-space: nowrap'>{}</span>"


def show_act(analysis: Analysis, rows: pd.DataFrame) -> None:
    """The checklist, with the section that it is taken from."""
    st.header(said.ACT_TITLE)
    st.html(paragraph(said.ACT))
    held = what_is_held(analysis, rows)
    lines = []
    for letter, asked, elsewhere in said.ASKED:
        sign, where = held.get(letter, (said.NOT_HELD, elsewhere))
        lines.append((f"({letter})", [escape(asked), WHOLE.format(escape(sign)), escape(where)]))
    st.html(table("Section 6(5), in our own words", ["", "To be recorded", "Here", "Where, or how"], lines))
    st.html(f"<p>{anchor(said.ACT_LINK, said.ACT_LINK_TEXT)}</p>")


def what_is_held(analysis: Analysis, rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """By the letter of the item: whether it is held, and how; by what has been loaded."""
    force = {r.measure.id: r.measure for r in analysis.readings.values() if r.measure.goal is Goal.NO_FORCE_FIRST}
    types = [m.name for m in force.values() if m.kind is Kind.HARM and "restraint_all" in m.part_of]
    dimensions = [each for each in said.DIMENSIONS if (rows["dimension"] == each).any()]
    return {
        "b": said.place_held(len(types)),
        "c": said.types_held(types),
        "k": said.characteristics_held(dimensions),
    }
