"""Every measure in every division: a table to filter by goal, dimension and state, and to sort."""

from html import escape

import streamlit as st

from data.store import Store
from metrics.measure import Dimension, Goal, Kind, Measure
from pages.shared import context, words
from pages.shared.analysis import Analysis
from pages.shared.deaths import top_unit
from pages.shared.evidence import strength
from pages.shared.goals.glance import divisions
from pages.shared.html import icon_link, kept, table
from pages.shared.standing import COLUMNS, column, is_alert
from pages.shared.wording import goals as said

ANY = "any"


@st.fragment
def everything(analysis: Analysis, store: Store) -> None:
    """A fragment: a filter redraws this table and nothing else of the page."""
    if not _places(analysis):
        return
    found = _table(context.drawn_for(), _filters(), analysis, store)
    if found:
        st.html(found)
    else:
        st.info(said.NOTHING_FITS)
    context.complete_address()


@kept
def _table(drawn_for: str, chosen: dict[str, str], _analysis: Analysis, _store: Store) -> str:  # noqa: ARG001 (it is the key)
    """The rows that fit; '' where none does."""
    analysis, places = _analysis, _places(_analysis)
    shown = [m for m in _store.catalogue.values() if _fits(analysis, m, places, chosen)]
    if not shown:
        return ""
    shown.sort(key=lambda measure: _rank(analysis, measure, places, chosen["sort"]))
    rows = [_row(analysis, measure, places) for measure in shown]
    heads = ["Measure", "Quality", *(escape(name.removesuffix(" division")) for _, name in places)]
    return table(said.table_caption(len(shown)), heads, rows, css="zh-every")


def _places(analysis: Analysis) -> list[tuple[str, str]]:
    """The whole trust first, then its divisions by name."""
    top = top_unit(analysis)
    return [(top, "Trust"), *divisions(analysis)] if top else []


def _filters() -> dict[str, str]:
    goals = {ANY: "Every goal"} | {str(goal): name for goal, name in words.GOAL_NAMES.items()}
    dimensions = {ANY: "Every dimension of quality"} | {str(d): name for d, name in words.DIMENSION_NAMES.items()}
    states = {ANY: "Every state"} | {name: f"{name} somewhere" for name in COLUMNS}
    boxes = st.columns(4)
    return {
        "goal": context.choice("Goal", goals, "goal", place=boxes[0]),
        "dimension": context.choice("Quality", dimensions, "dimension", place=boxes[1]),
        "state": context.choice("State", states, "state", place=boxes[2]),
        "sort": context.choice("In the order of", said.SORTS, "sort", place=boxes[3]),
    }


def _fits(analysis: Analysis, measure: Measure, places: list[tuple[str, str]], chosen: dict[str, str]) -> bool:
    readings = [r for code, _ in places if (r := analysis.get(measure.id, code)) is not None]
    if not readings or measure.kind is Kind.DEATH:
        return False
    fits_state = chosen["state"] == ANY or any(column(r) == chosen["state"] for r in readings)
    fits_goal = chosen["goal"] in (ANY, Goal(measure.goal))
    return fits_state and fits_goal and chosen["dimension"] in (ANY, Dimension(measure.dimension))


def _rank(analysis: Analysis, measure: Measure, places: list[tuple[str, str]], sort: str) -> tuple[bool, float, str]:
    """Where a measure stands in the order asked for; the board's order of goals is that of the catalogue."""
    if sort == "goal":
        return False, 0.0, ""
    if sort == "name":
        return False, 0.0, measure.name
    found = [r for code, _ in places if (r := analysis.get(measure.id, code)) is not None]
    alerts = [strength(r) for r in found if is_alert(r)]
    return not alerts, -max(alerts or map(strength, found)), measure.name


def _row(analysis: Analysis, measure: Measure, places: list[tuple[str, str]]) -> tuple[str, list[str]]:
    cells = [
        icon_link(analysis.get(measure.id, code), context.link("measure", unit=code, measure=measure.id))
        for code, _ in places
    ]
    name = f'{escape(measure.name)}<br><span class="zh-muted zh-plain">{escape(words.GOAL_NAMES[measure.goal])}</span>'
    return name, [escape(words.DIMENSION_NAMES[measure.dimension]), *cells]
