"""Decisions that wait for a second person: goals for their executive owner, breaks and the like for a lead or an analyst."""

from collections.abc import Callable
from html import escape

import streamlit as st

from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.deciding import approve, is_own, may_approve, may_take_back, reason_field, take_back
from pages.shared.html import paragraph

KINDS = ("goal", "phase", "break", "exclusion")  # confirmations and editions have places of their own


def waiting(store: Store) -> None:
    """Each with who proposed it and why; buttons for who may agree or refuse. Nothing where nothing waits."""
    found = [each for kind in KINDS for each in store.proposals(context.reader(), kind)]
    if not found:
        return
    st.header("Waiting for a second person")
    for each in found:
        one_waiting(each, store)


def one_waiting(each: Decision, store: Store, show: Callable[[], None] | None = None) -> None:
    """One proposal; `show` draws what it would change, before anybody is asked."""
    measure = store.catalogue[each.measure_id].name if each.measure_id in store.catalogue else "Every measure"
    names = {u.code: u.name for u in store.unit_names}
    unit = names.get(each.unit_code, each.unit_code) if each.unit_code else "every unit"
    with st.container(border=True):
        title = paragraph(f"{words.DECISION_NAMES[each.kind]}: {measure}, {unit}", "zhq-big")
        lines = [words.decision_line(each.kind, each.detail, each.first_month), f"{each.decided_by}: {each.reason}"]
        told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        st.html(f'<div class="zhq-lines">{title}{told}</div>')
        if show is not None:
            show()
        _answer(each)


def _answer(each: Decision) -> None:
    """Approve or refuse what somebody else proposed, take back one's own; always with a reason."""
    number = each.decision_id
    if is_own(each):
        st.caption(words.PROPOSER_WAITS)
        if may_take_back(each):
            with st.popover(words.TAKE_BACK, key=f"take back {number}"):
                reason = reason_field("Why", f"why take back {number}")
                if st.button(words.TAKE_BACK, key=f"take back {number} now"):
                    take_back(number, reason, words.TAKEN_BACK)
    elif may_approve(each.kind, each.decided_by, each.unit_code, each.measure_id):
        reason = reason_field(words.WHY_ANSWER, f"approve {number}")
        with st.container(horizontal=True):
            if st.button("Approve", key=f"approve {number} now", type="primary"):
                approve(number, reason, "Approved. It is in force now.")
            if st.button("Refuse", key=f"refuse {number} now"):
                take_back(number, reason, words.REFUSED)
