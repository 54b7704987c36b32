"""What people decide at a page: who may, and the one way in which it is written down."""

from collections.abc import Callable, Iterable

import streamlit as st

from data.access import Action, NotForThisReader, Thing
from data.access import may as may_do
from data.access.names import same_person
from data.catalogue import CatalogueError
from data.deciding import approve_now, decide_now, withdraw_now
from data.decisions import Proposal
from data.record import StoreError
from data.store import Decision
from pages.shared import context, words
from pages.shared.trail import note

TOLD = "told of a decision"


def may_propose(kind: str, unit_code: str = "", measure_id: str = "") -> bool:
    """Whether the reader may decide such a thing; asked where it is shown, and again where it is written (data/deciding.py)."""
    return may_do(
        context.reader(), Action.PROPOSE, Thing(kind=kind, path=context.path_of(unit_code), measure_id=measure_id)
    )


def may_approve(kind: str, by: str, unit_code: str = "", measure_id: str = "") -> bool:
    """Whether the reader may approve what `by` has proposed."""
    thing = Thing(kind=kind, path=context.path_of(unit_code), measure_id=measure_id, by=by)
    return may_do(context.reader(), Action.APPROVE, thing)


def may_take_back(decision: Decision) -> bool:
    """Whether the reader may take a decision out of force, or a proposal off the table."""
    thing = Thing(
        kind=decision.kind,
        path=context.path_of(decision.unit_code),
        measure_id=decision.measure_id,
        by=decision.decided_by,
        approved=decision.approved_by is not None,
    )
    return may_do(context.reader(), Action.WITHDRAW, thing)


def is_own(decision: Decision) -> bool:
    """The reader has proposed it."""
    return same_person(decision.decided_by, context.reader().signature)


def record(make: Callable[[], Iterable[Proposal]], told: str) -> None:
    """Write what `make` proposes and show the page anew; a refusal is told in one sentence, and nothing is written."""
    _write(lambda: decide_now(context.home(), list(make()), context.reader()), told)


def approve(decision_id: int, reason: str, told: str) -> None:
    """Approve what somebody else proposed."""
    _write(lambda: approve_now(context.home(), decision_id, context.reader(), reason), told)


def take_back(decision_id: int, reason: str, told: str) -> None:
    """Take a decision out of force."""
    _write(lambda: withdraw_now(context.home(), decision_id, context.reader(), reason), told)


def _write(write: Callable[[], object], told: str) -> None:
    try:
        with st.spinner("Recording …"):
            write()
    except NotForThisReader as error:
        note("refusal", {"page": "decision"})
        st.error(words.plain(f"{error} {words.DECIDED_ELSEWHERE}"))
        return
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
