"""Decisions that wait for a second person: goals for their executive owner, breaks and the like for a lead or an analyst."""

from html import escape

import streamlit as st

from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.deciding import approve, is_own, may_approve, reason_field
from pages.shared.html import paragraph

KINDS = ("goal", "phase", "break", "exclusion")  # confirmations and editions have places of their own


def waiting(store: Store) -> None:
    """Each with who proposed it and why; a button for who may agree. Nothing where nothing waits."""
    found = [each for kind in KINDS for each in store.proposals(context.reader(), kind)]
    if not found:
        return
    st.header("Waiting for a second person")
    for each in found:
        _one(each, store)


def _one(each: Decision, store: Store) -> None:
    measure = store.catalogue[each.measure_id].name if each.measure_id in store.catalogue else "Every measure"
    names = {u.code: u.name for u in store.unit_names}
    unit = names.get(each.unit_code, each.unit_code) if each.unit_code else "every unit"
    with st.container(border=True):
        title = paragraph(f"{words.DECISION_NAMES[each.kind]}: {measure}, {unit}", "zhq-big")
        lines = [words.decision_line(each.kind, each.detail, each.first_month), f"{each.decided_by}: {each.reason}"]
        told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        st.html(f'<div class="zhq-lines">{title}{told}</div>')
        if is_own(each):
            st.caption(words.PROPOSER_WAITS)
        elif may_approve(each.kind, each.decided_by, each.unit_code, each.measure_id):
            reason = reason_field("Why you agree", f"approve {each.decision_id}")
            if st.button("Approve", key=f"approve {each.decision_id} now"):
                approve(each.decision_id, reason, "Approved. It is in force now.")
