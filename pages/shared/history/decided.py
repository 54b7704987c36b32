"""Every decision with who, when and why, and what became of it."""

from html import escape

import streamlit as st

from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.html import kept, table
from pages.shared.wording import history as said

ANY, PAGE = "any", 100


def decided(store: Store) -> None:
    """A table of decisions, by kind and state; the newest hundred, and more when asked."""
    st.header(said.DECIDED)
    log = store.decision_log(context.reader())
    if not log:
        st.info(said.NOTHING_DECIDED)
        return
    boxes = st.columns(3)
    kinds = {ANY: "Every kind"} | {kind: said.KINDS[kind] for kind in said.KINDS if any(d.kind == kind for d, _ in log)}
    kind = context.choice("Kind", kinds, "kind", place=boxes[0])
    state = context.choice("State", {ANY: "Every state", **said.STATES}, "state", place=boxes[1])
    shown = [(d, s) for d, s in log if kind in (ANY, d.kind) and state in (ANY, s)]
    if not shown:
        st.info(said.NOTHING_FITS)
        return
    more = st.session_state.get("decisions shown", PAGE)
    st.html(_table(context.drawn_for(store), kind, state, more, store, shown[:more]))
    if len(shown) > more and st.button(f"Show more of {len(shown):,}", key="more decisions"):
        st.session_state["decisions shown"] = more + PAGE
        st.rerun()


@kept
def _table(
    drawn_for: str,  # noqa: ARG001 (it is the key, with the choices)
    kind: str,  # noqa: ARG001
    state: str,  # noqa: ARG001
    most: int,  # noqa: ARG001
    _store: Store,
    _shown: list[tuple[Decision, str]],
) -> str:
    units = {u.code: u.name for u in _store.unit_names}
    rows = [_row(_store, units, decision, state) for decision, state in _shown]
    heads = ["No.", "When", "Kind", "About", "What", "Why", "By", "State"]
    return table("Decisions, the newest first", heads, rows)


def _row(store: Store, units: dict[str, str], each: Decision, state: str) -> tuple[str, list[str]]:
    measure = store.catalogue[each.measure_id].name if each.measure_id in store.catalogue else "every measure"
    about = f"{measure}, {units.get(each.unit_code, each.unit_code) or 'every unit'}"
    if each.first_month:
        about += f", {words.month_name(each.first_month)}"
    by = each.decided_by
    if each.approved_by and each.approved_at:
        by += f"; approved by {each.approved_by}, {words.day_name(each.approved_at)}"
    cells = [
        words.day_name(each.decided_at),
        said.KINDS.get(each.kind, each.kind),
        about,
        said.in_short(each.detail),
        each.reason,
        by,
        said.STATES[state],
    ]
    return str(each.decision_id), [escape(cell) for cell in cells]
