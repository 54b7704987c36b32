"""Who is expected to report what by when: what holds, and a form to change it."""

from html import escape

import streamlit as st

from data.decisions import LATEST_DUE_DAY, Proposal
from data.expectation import DUE_DAYS
from data.store import Decision, Store
from pages.shared import context
from pages.shared.deciding import may_propose, reason_field, record
from pages.shared.html import table
from pages.shared.wording import targets as said


def expectations(store: Store) -> None:
    st.header(said.EXPECTED)
    found = store.decisions(context.reader(), "expectation")
    rows = [(escape(said.EVERYWHERE), [said.due(DUE_DAYS), said.BY_DEFAULT, ""])]
    rows += [_row(store, each) for each in found]
    st.html(table(said.EXPECTED, ["What", "Due", "Who sees to it", "Why"], rows))
    if may_propose("expectation"):
        _form(store)


def _row(store: Store, each: Decision) -> tuple[str, list[str]]:
    detail = each.detail
    due = said.due(int(detail["due_day"]))
    if detail.get("settles_after_months") is not None:
        due += f" {said.settles(int(detail['settles_after_months']))}"
    about = said.about(_measure(store, each.measure_id), _unit(store, each.unit_code))
    return escape(about), [escape(due), escape(str(detail.get("owner", ""))), escape(each.reason)]


def _measure(store: Store, code: str) -> str:
    return store.catalogue[code].name if code in store.catalogue else "Every measure"


def _unit(store: Store, code: str) -> str:
    return next((u.name for u in store.unit_names if u.code == code), "every unit")


def _form(store: Store) -> None:
    measures = {"": "Every measure"} | {m.id: m.name for m in store.catalogue.values()}
    units = {"": "Every unit"} | {u.code: u.name for u in store.unit_names}
    with st.expander(said.CHANGE_EXPECTED), st.form("expectation", border=False):
        boxes = st.columns(4)
        measure = boxes[0].selectbox(
            "Measure", list(measures), format_func=measures.__getitem__, key="expected measure"
        )
        unit = boxes[1].selectbox("Unit", list(units), format_func=units.__getitem__, key="expected unit")
        day = boxes[2].number_input("Days after the month", 1, LATEST_DUE_DAY, DUE_DAYS, key="expected day")
        owner = boxes[3].text_input("Who sees to it", key="expected owner", max_chars=100)
        reason = reason_field("Why", "why expected")
        if st.form_submit_button("Record", key="record expectation"):
            detail = {"due_day": int(day), "owner": owner.strip()}
            record(lambda: [Proposal("expectation", reason, measure, unit, detail=detail)], said.RECORDED)
