"""The goals in force: what was promised, by when, who owns it, who agreed; each can be taken back by who may."""

from html import escape

import streamlit as st

from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.analysis import Analysis
from pages.shared.deciding import may_take_back, reason_field, take_back
from pages.shared.html import anchor, table
from pages.shared.wording import targets as said


def goals_in_force(analysis: Analysis, store: Store) -> None:
    st.header(said.IN_FORCE)
    found = [d for d in store.decisions(context.reader(), "goal") if d.measure_id in store.catalogue]
    if not found:
        st.info(said.NO_GOALS)
        return
    order = list(store.catalogue)
    found.sort(key=lambda d: (order.index(d.measure_id), d.unit_code))
    heads = ["Measure", "Where", "Goal", "From", "This month", "Owner", "Agreed"]
    st.html(table(said.IN_FORCE, heads, [_row(analysis, store, each) for each in found]))
    _withdraw(store, found)


def _row(analysis: Analysis, store: Store, each: Decision) -> tuple[str, list[str]]:
    reading = analysis.get(each.measure_id, each.unit_code)
    goal = reading.goal if reading is not None else None
    measure = store.catalogue[each.measure_id]
    baseline = words.figure(goal.baseline, measure) if goal else "–"
    now = words.figure(goal.milestone, measure) if goal else said.NO_MILESTONE
    cells = [
        _unit(store, each),
        said.wanted(each, measure),
        baseline,
        now,
        str(each.detail["owner"]),
        said.agreed(each),
    ]
    address = context.link("measure", unit=each.unit_code, measure=each.measure_id)
    return anchor(address, measure.name), [escape(cell) for cell in cells]


def _unit(store: Store, each: Decision) -> str:
    return next((u.name for u in store.unit_names if u.code == each.unit_code), "every unit")


def _withdraw(store: Store, found: list[Decision]) -> None:
    mine = [each for each in found if may_take_back(each)]
    if not mine:
        return
    with st.expander(said.TAKE_BACK):
        names = {d.decision_id: f"{store.catalogue[d.measure_id].name}, {_unit(store, d)}" for d in mine}
        number = st.selectbox("Which goal", list(names), format_func=names.__getitem__, key="goal to take back")
        reason = reason_field("Why", "why take back goal")
        if st.button("Take it back", key="take back goal"):
            take_back(number, reason, said.TAKEN_BACK)
