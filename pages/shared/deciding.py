"""What people decide at a page: who acts, and the one way in which it is written down."""

from collections.abc import Callable, Iterable

import streamlit as st

from data.access import Audience, Role
from data.catalogue import CatalogueError
from data.deciding import approve_now, decide_now
from data.decisions import Proposal
from data.record import StoreError
from pages.shared import context, words

TOLD = "told of a decision"


def actor() -> str:
    """Who acts, for the record: the role played on the sample, with the ward of its manager. Sign-in will say the person."""
    who, store = context.reader(), context.store()
    name = context.ROLES[who.role]
    if who.role is Role.WARD_MANAGER and who.units and store is not None:
        tree = store.tree(who)
        name += f" of {tree.units[tree.position[who.units[0]]].name}"
    return f"{name} ({'sample' if context.home().is_sample else 'not signed in'})"


def may(*roles: Role) -> bool:
    """Whether the reader plays one of these roles at work; asked where it is shown, and again where it is written."""
    return context.reader().audience is Audience.WORKING and context.reader().role in roles


def record(make: Callable[[], Iterable[Proposal]], told: str, *roles: Role) -> None:
    """Write what `make` proposes and show the page anew; a refusal is told in one sentence, and nothing is written."""

    def write() -> object:
        return decide_now(context.home(), list(make()), actor())

    _write(write, told, roles)


def approve(decision_id: int, reason: str, told: str, *roles: Role) -> None:
    """Approve what somebody else proposed."""
    _write(lambda: approve_now(context.home(), decision_id, actor(), reason), told, roles)


def _write(write: Callable[[], object], told: str, roles: tuple[Role, ...]) -> None:
    if not may(*roles):
        st.error(f"Your role does not decide this. {words.DECIDED_ELSEWHERE}")
        return
    try:
        with st.spinner("Recording …"):
            write()
    except (ValueError, StoreError, CatalogueError) as error:  # PersonalData is a ValueError
        st.error(words.plain(str(error)))
        return
    st.session_state[TOLD] = told
    st.rerun()


def told() -> None:
    """What the last decision of this session did, once."""
    text = st.session_state.pop(TOLD, None)
    if text:
        st.success(words.plain(text))


def reason_field(label: str, key: str, value: str = "") -> str:
    """A line of free text; whoever writes is told what does not belong into it."""
    return str(st.text_input(f"{label}. {words.DO_NOT_NAME}", value=value, key=key, max_chars=300)).strip()
