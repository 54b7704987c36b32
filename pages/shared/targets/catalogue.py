"""The catalogue, to be read: every measure with what it counts, goal by goal."""

from html import escape

import streamlit as st

from data.store import Store
from metrics.measure import Goal, Measure
from pages.shared import context, words
from pages.shared.html import anchor, kept, table
from pages.shared.wording import targets as said


def catalogue(store: Store) -> None:
    st.header(said.CATALOGUE)
    st.caption(said.CATALOGUE_NOTE)
    goals = {"": "Every goal"} | {str(goal): words.GOAL_NAMES[goal] for goal in Goal}
    left, _ = st.columns(2)
    goal = context.choice("Goal", goals, "goal", default="", place=left)
    st.html(_table(context.drawn_for(store), goal, store))


@kept
def _table(drawn_for: str, goal: str, _store: Store) -> str:  # noqa: ARG001 (it is the key)
    rows = [_row(measure) for measure in _store.catalogue.values() if goal in ("", measure.goal)]
    heads = ["Measure", "Why", "Counted", "Out of", "Shown", "Better", "Quality", "Owner"]
    return table(words.GOAL_STATEMENTS[Goal(goal)] if goal else said.CATALOGUE, heads, rows)


def _row(measure: Measure) -> tuple[str, list[str]]:
    cells = (
        measure.why,
        measure.numerator,
        measure.denominator or "–",
        measure.unit,
        said.BETTER[measure.direction],
        words.DIMENSION_NAMES[measure.dimension],
        measure.owner,
    )
    return anchor(context.link("measure", measure=measure.id), measure.name), [escape(cell) for cell in cells]
