"""Months in question: one person says why the figures are right, another agrees. And who may answer for a ward meanwhile."""

from datetime import timedelta
from html import escape

import numpy as np
import streamlit as st

from data.access import Action, Role, Thing, may
from data.decisions import Proposal
from data.freshness import Freshness
from data.grants import read_grants
from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.asked import Question, in_question
from pages.shared.deciding import approve, is_own, may_approve, may_propose, reason_field, record
from pages.shared.html import paragraph, table

STAND_IN_DAYS = 28


def confirmations(fresh: Freshness, store: Store) -> None:
    """What waits for a second person, and a form for the first."""
    st.header("Months in question")
    asked = in_question(fresh, store)
    waiting = store.proposals(context.reader(), "confirmation")
    names = {u.code: u.name for u in fresh.units}
    for each in waiting:
        _waiting(each, store, names)
    if not asked:
        st.html(paragraph(words.NOTHING_ASKED))
        return
    labels = {i: _label(q, store) for i, q in enumerate(asked)}
    rows = [
        (escape(labels[i]), [escape(words.asked_sentence(q.recorded, q.usual, len(q.months), q.said))])
        for i, q in enumerate(asked)
    ]
    st.html(table("To be checked by somebody", ["What", "Why"], rows))
    if may_propose("confirmation"):
        _propose(asked, labels)


def _label(question: Question, store: Store) -> str:
    name = store.catalogue[question.measure_id].name
    return words.confirmation_words(name, question.unit.name, question.months[0], question.months[-1])


def _waiting(each: Decision, store: Store, names: dict[str, str]) -> None:
    """A confirmation that somebody proposed; whoever else may, approves it."""
    measure = store.catalogue[each.measure_id].name if each.measure_id in store.catalogue else "Every measure"
    first, last = (np.datetime64(day, "M") for day in (each.first_month, each.last_month))
    what = words.confirmation_words(measure, names.get(each.unit_code, "every unit"), first, last)
    with st.container(border=True):
        told = f'<p class="zhq-big">{escape(what)}</p>' + paragraph(f"{each.decided_by}: {each.reason}")
        st.html(f'<div class="zhq-lines">{told}</div>')
        if is_own(each):
            st.caption(words.PROPOSER_WAITS)
        elif may_approve("confirmation", each.decided_by, each.unit_code, each.measure_id):
            reason = reason_field("Why you agree", f"agree {each.decision_id}")
            if st.button("Confirm these figures", key=f"confirm {each.decision_id}"):
                approve(each.decision_id, reason, "Confirmed: these months count again.")


def _may_name_deputies(store: Store, ward: str) -> bool:
    who = context.reader()
    return may(who, Action.GRANT, Thing(kind="grant", role=Role.DEPUTY, path=store.tree(who).paths[ward]))


def _propose(asked: list[Question], labels: dict[int, str]) -> None:
    with st.form("confirmation"):
        st.subheader("These figures are right")
        i = st.selectbox("Which", list(labels), format_func=labels.__getitem__, key="confirmation of")
        reason = reason_field("How you know", "confirmation reason")
        if st.form_submit_button("Propose", key="propose confirmation"):
            question = asked[i]
            first, last = (m.astype("datetime64[D]").item() for m in (question.months[0], question.months[-1]))
            record(
                lambda: [Proposal("confirmation", reason, question.measure_id, question.unit.code, first, last)],
                "Proposed. Somebody else confirms it.",
            )


def deputies(fresh: Freshness, store: Store) -> None:
    """Who answers for a ward while its manager is away, and until when."""
    today = context.today().date()
    open_wards = {u.code: u.name for u in fresh.units if u.level in ("ward", "team") and u.closed is None}
    wards = {code: name for code, name in open_wards.items() if _may_name_deputies(store, code)}
    if not wards:
        return
    st.header("Deputies")
    rows = [
        (
            escape(grant.person),
            [
                escape(", ".join(wards[u] for u in grant.units if u in wards)),
                escape(words.day_name(grant.ends_on)) if grant.ends_on else "until it is withdrawn",
            ],
        )
        for grant in read_grants(context.home())
        if grant.role is Role.DEPUTY
        and (grant.ends_on is None or grant.ends_on >= today)
        and set(grant.units) & set(wards)
    ]
    if rows:
        st.html(table("Who may answer for a ward", ["Person", "Ward", "Until"], rows))
    with st.form("deputy"):
        left, middle, right = st.columns(3)
        by_name = sorted(wards, key=wards.__getitem__)
        ward = left.selectbox("Ward", by_name, format_func=wards.__getitem__, key="deputy ward")
        person = middle.text_input("Work account of the deputy", key="deputy person", max_chars=100).strip()
        ends = right.date_input(
            "Until", today + timedelta(days=STAND_IN_DAYS), min_value=today, key="deputy until", format="DD/MM/YYYY"
        )
        if st.form_submit_button("Let them answer", key="deputy now"):
            if not person:
                st.warning("Say who it is.")
                return
            detail = {"person": person, "role": "deputy", "units": [ward], "ends_on": ends.isoformat()}
            reason = "Answers for the ward while its manager is away."
            record(lambda: [Proposal("grant", reason, detail=detail)], "Recorded.")
