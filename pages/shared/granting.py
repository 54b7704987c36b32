"""The parts of the Access page: the grants in force, the forms that give and take, and the table of what roles may do."""

from datetime import date
from html import escape
from typing import Any

import streamlit as st

from data.access import Action, Reach, Role, Thing, authorise
from data.access.roles import GRANTABLE, RULES
from data.catalogue import load_catalogue
from data.decisions import Proposal
from data.grants import GROUP, Grant, read_grants
from data.sessions import end_everywhere
from pages.shared import context, words
from pages.shared.deciding import TOLD, reason_field, record, take_back
from pages.shared.html import paragraph, table
from pages.shared.trail import note


def in_force() -> None:
    """Every grant, by the person."""
    st.header("Who has which role")
    grants = sorted(read_grants(context.home()), key=lambda g: (g.person.casefold(), list(Role).index(g.role)))
    if not grants:
        st.html(paragraph(words.NO_GRANTS))
        return
    today = context.today().date()
    rows = [(escape(grant.person), [escape(each) for each in _cells(grant, today)]) for grant in grants]
    st.html(table("Roles in force", ["Account", "Role", "For", "Until", "Given by", "Why"], rows))


def _cells(grant: Grant, today: date) -> list[str]:
    until = words.day_name(grant.ends_on) if grant.ends_on else "no end"
    if grant.ends_on is not None and grant.ends_on < today:
        until += " (over)"
    units, measures = _units(), _measures()
    named = [units.get(code, code) for code in grant.units] + [measures.get(m, m) for m in grant.measures]
    given = f"{grant.granted_by}, {words.day_name(date.fromisoformat(grant.granted_at[:10]))}"
    return [words.READER_ROLES[grant.role], ", ".join(named) or "–", until, given, grant.reason]


def _units() -> dict[str, str]:
    store = context.store()
    return {u.code: u.name for u in store.unit_names} if store is not None else {}


def _measures() -> dict[str, str]:
    return {measure.id: measure.name for measure in load_catalogue(context.home().measures).values()}


def give() -> None:
    """The form that grants a role. What the role needs is asked for when it is chosen."""
    st.header("Give a role")
    with st.container(border=True):
        left, right = st.columns(2)
        person = left.text_input(words.GRANT_PERSON, key="grant person", max_chars=200).strip()
        roles = [role for role in Role if role in GRANTABLE]
        role = right.selectbox("Role", roles, format_func=words.READER_ROLES.__getitem__, key="grant role")
        detail: dict[str, Any] = {"person": person, "role": str(role)}
        if RULES[role].reach is Reach.UNITS:
            names = _units()
            by_name = sorted(names, key=names.__getitem__)
            detail["units"] = st.multiselect("Units", by_name, format_func=names.__getitem__, key="grant units")
        if role is Role.EXECUTIVE_OWNER:
            measures = _measures()
            detail["measures"] = st.multiselect(
                "Goals of which measures", list(measures), format_func=measures.__getitem__, key="grant measures"
            )
        ends = st.date_input("Until (empty: no end)", None, key="grant until", format="DD/MM/YYYY")
        reason = reason_field("Why", "grant reason")
        if st.button("Give this role", key="grant now", type="primary"):
            detail |= {"ends_on": ends.isoformat()} if ends else {}
            record(lambda: [Proposal("grant", reason, detail=detail)], "Given. It is in force now.")
    st.caption(words.GRANT_NOTE.format(group=GROUP))


def take() -> None:
    """The form that withdraws one."""
    grants = {grant.decision_id: grant for grant in read_grants(context.home())}
    if not grants:
        return
    st.header("Take a role away")
    with st.form("take"):
        number = st.selectbox(
            "Which",
            sorted(grants, key=lambda n: (grants[n].person.casefold(), n)),
            format_func=lambda n: f"{grants[n].person}: {words.READER_ROLES[grants[n].role]} ({n})",
            key="take which",
            index=None,
            placeholder="Choose a role that somebody has",
        )
        reason = reason_field("Why", "take reason")
        if st.form_submit_button("Take it away", key="take now"):
            if number is None:
                st.warning("Choose which first.")
                return
            take_back(number, reason, "Taken away. Open pages of that account close within a minute.")


def end_sessions() -> None:
    """Sign an account out everywhere: for a lost laptop, or a group that was left."""
    st.header("End sessions")
    with st.form("end"):
        person = st.text_input("Account", key="end person", max_chars=200).strip()
        if st.form_submit_button("Sign out everywhere", key="end now"):
            if not person:
                st.warning("Say who it is.")
                return
            authorise(context.reader(), Action.OPEN, Thing(page="access"))
            end_everywhere(context.home(), person, context.today())
            note("sign_out", {"account": person})
            st.session_state[TOLD] = f"Whoever is signed in as {person} is not any more."
            st.rerun()


def rules() -> None:
    """What each role may do, from the table that decides it (data/access/roles.py)."""
    st.header("What each role may do")
    rows = []
    for role in (role for role in Role if role in GRANTABLE):
        rule = RULES[role]
        does = [*(["loads extracts"] if rule.loads else []), *(["loads deaths"] if rule.loads_deaths else [])]
        does += [*(["downloads"] if rule.downloads else [])]
        does += (
            [f"gives roles: {', '.join(words.READER_ROLES[r].lower() for r in Role if r in rule.grants)}"]
            if rule.grants
            else []
        )
        cells = [rule.reach.value, _kinds(rule.proposes), _kinds(rule.approves), "; ".join(does) or "–"]
        rows.append((escape(words.READER_ROLES[role]), [escape(cell) for cell in cells]))
    st.html(table("Roles", ["Role", "Speaks for", "Decides or proposes", "Approves", "Does"], rows))
    st.caption(words.NEVER_OWN)


def _kinds(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kind.replace("_", " ") for kind in kinds)) or "–"
