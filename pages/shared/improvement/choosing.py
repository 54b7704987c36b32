"""What stands in the address of the Improvement page: the part, a unit and a measure or every one, an idea or the list."""

import streamlit as st

from data.store import Store
from metrics.measure import Kind
from pages.shared import context
from pages.shared.analysis import Analysis
from pages.shared.improvement.ideas import Idea
from pages.shared.measure.asking import LEVELS
from pages.shared.wording import improvement as said


def unit_names(analysis: Analysis) -> dict[str, str]:
    """Every unit with figures for this reader: by level, then by name."""
    with_figures = {code for _, code in analysis.readings}
    units = [u for u in analysis.panel.tree.units if u.code in with_figures and u.level in LEVELS]
    units.sort(key=lambda unit: (LEVELS.index(unit.level), unit.name))
    return {unit.code: unit.name + (" (closed)" if unit.closed else "") for unit in units}


def measure_names(analysis: Analysis, unit_code: str = "") -> dict[str, str]:
    """The measures on which something can show, of one unit or of any, by name; deaths are none of them."""
    found = {r.measure.id: r.measure for (_, unit), r in analysis.readings.items() if unit_code in ("", unit)}
    named = {m: measure.name for m, measure in found.items() if measure.kind is not Kind.DEATH}
    return dict(sorted(named.items(), key=lambda item: item[1]))


def ask_part(place: object) -> str:
    return context.choice("Show", said.PARTS, "part", place=place)


def ask_unit_and_measure(analysis: Analysis, left: object, right: object) -> tuple[str, str]:
    """'' for every one."""
    units = {"": said.EVERY_UNIT} | unit_names(analysis)
    measures = {"": said.EVERY_MEASURE} | measure_names(analysis)
    unit = context.choice("Unit", units, "unit", place=left)
    return unit, context.choice("Measure", measures, "measure", place=right)


def ask_state(place: object) -> str:
    """'' for every one."""
    return context.choice(said.STATE, {"": said.EVERY_STATE} | said.STATES, "stage", place=place)


def ask_idea(store: Store, ideas: list[Idea], place: object) -> Idea | None:
    """The one that is opened; None for the list."""
    by_number = {str(idea.number): idea for idea in ideas}
    if st.query_params.get("idea", "") not in ("", *by_number):
        st.info(said.IDEA_GONE)
    named = {number: f"{idea.title}, {unit_name(store, idea.unit_code)}" for number, idea in by_number.items()}
    return by_number.get(context.choice(said.ONE_IDEA, {"": said.ALL} | named, "idea", place=place))


def unit_name(store: Store, code: str) -> str:
    names = {unit.code: unit.name for unit in store.unit_names}
    return names.get(code, code) or said.EVERY_UNIT


def measure_name(store: Store, measure_id: str) -> str:
    return store.catalogue[measure_id].name if measure_id in store.catalogue else measure_id or said.EVERY_MEASURE
