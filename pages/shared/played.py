"""The roles as anybody may play them on the sample, where nothing is real."""

import streamlit as st

from data.access import Audience, Reach, Reader, Role
from data.access.roles import GRANTABLE, RULES
from data.store import Store
from pages.shared import words

ROLES = tuple(role for role in Role if role in GRANTABLE)


def played_reader(store: Store | None, *, is_sample: bool) -> Reader:
    """Whoever the sidebar says. An executive owner who is played owns every goal."""
    chosen = st.session_state.get("as")
    role = Role(chosen) if chosen in ROLES else Role.BOARD_MEMBER
    rule = RULES[role]
    mine = st.session_state.get("mine") if rule.reach is Reach.UNITS else None
    units = (mine,) if mine else ()
    measures = tuple(store.catalogue) if role is Role.EXECUTIVE_OWNER and store is not None else ()
    audience = Audience.PUBLIC if st.session_state.get("audience") == Audience.PUBLIC else rule.audience
    return Reader(role, audience, units, measures, name=_name(role, units, store, is_sample=is_sample))


def _name(role: Role, units: tuple[str, ...], store: Store | None, *, is_sample: bool) -> str:
    """What the record is told: the role, and where from."""
    names = {u.code: u.name for u in store.unit_names} if units and store is not None else {}
    of = f" of {names[units[0]]}" if units and units[0] in names else ""
    return f"{words.READER_ROLES[role]}{of} ({'sample' if is_sample else 'not signed in'})"
