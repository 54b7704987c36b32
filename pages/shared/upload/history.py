"""The loads so far: withdrawn with a reason, restored with another, and what was rejected of each."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from data.access import NotForThisReader
from data.catalogue import CatalogueError, load_catalogue
from data.loads import rejected_rows, restore_now, withdraw_now
from data.record import StoreError
from pages.shared import context, words

COLUMNS = {
    "load_id": "Load",
    "file_name": "File",
    "feed": "Feed",
    "source": "Source",
    "status": "Status",
    "loaded_by": "By",
    "loaded_at": "At (UTC)",
    "first_day": "From",
    "last_day": "To",
    "rows_stored": "Rows stored",
    "rows_rejected": "Not stored",
    "rows_set_aside": "Set aside",
    "note": "Note",
    "withdrawn_by": "Withdrawn by",
    "withdrawn_because": "Because",
}


def show_history() -> None:
    """The loads, newest first, and what can be done about one."""
    store = context.store()
    if store is None:
        return
    try:
        frame = store.loads(context.reader())
    except NotForThisReader:
        return
    with st.expander("Loads so far", key="upload history"):
        done = st.session_state.get("upload undone")  # until another load is chosen
        if done:
            st.success(done)
        shown = frame[list(COLUMNS)].rename(columns=COLUMNS)
        st.dataframe(shown.dropna(axis="columns", how="all"), hide_index=True, width="stretch")
        if len(frame):
            _one(frame)


def _one(frame: pd.DataFrame) -> None:
    loads = {int(row.load_id): row for row in frame.itertuples()}
    chosen = st.selectbox(
        "One of them",
        list(loads),
        index=None,
        placeholder="Choose a load: what was not stored of it, withdraw it, restore it",
        # Without its state: an option that is called otherwise is chosen no longer.
        format_func=lambda number: f"{number}: {loads[number].file_name}, {words.day_name(loads[number].loaded_at)}",
        on_change=lambda: st.session_state.pop("upload undone", None),
        key="upload one load",
    )
    if chosen is None:
        return
    load = loads[chosen]
    if load.rows_rejected:
        _offer_rejects(chosen)
    if _is_withdrawn(load):
        st.write(words.plain(f"Withdrawn by {load.withdrawn_by}: {load.withdrawn_because}"))
        _ask_reason(chosen, "Restore", "Its figures count again.", restore_now)
    else:
        _ask_reason(chosen, "Withdraw", "It stays in the record, and what it replaced holds again.", withdraw_now)


def _is_withdrawn(load: object) -> bool:
    return isinstance(getattr(load, "withdrawn_by", None), str)


def _offer_rejects(number: int) -> None:
    try:
        rejected = rejected_rows(context.home(), number, context.reader())
    except NotForThisReader:  # deaths are spoken of in it
        return
    except StoreError as error:
        st.error(words.on_the_page(str(error)))
        return
    if rejected is not None:
        st.download_button(
            "The lines that were not stored, as CSV",
            rejected,
            f"not_stored_{number}.csv",
            "text/csv",
            on_click="ignore",
        )


def _ask_reason(number: int, verb: str, what: str, act: Callable[..., int]) -> None:
    with st.form(f"upload {verb} {number}", border=False):
        reason = st.text_input(f"Why? {words.DO_NOT_NAME}", help=what)
        pressed = st.form_submit_button(f"{verb} load {number}")
        st.caption(what)
    if not pressed:
        return
    try:
        with st.spinner(f"{verb}ing and publishing …" if verb != "Restore" else "Restoring and publishing …"):
            version = act(context.home(), load_catalogue(context.home().measures), number, context.reader(), reason)
    except (StoreError, CatalogueError, NotForThisReader, ValueError) as error:
        st.error(words.on_the_page(str(error)))
        return
    past = {"Withdraw": "withdrawn", "Restore": "in force again"}[verb]
    st.session_state["upload undone"] = f"Load {number} is {past}. Everybody now sees version {version}."
    st.rerun()
