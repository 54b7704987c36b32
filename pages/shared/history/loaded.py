"""The loads, the newest first: what came, from whom, what was stored, and what was taken back."""

import streamlit as st

from data.access import NotForThisReader
from data.store import Store
from pages.shared import context
from pages.shared.upload.history import COLUMNS
from pages.shared.wording import history as said


def loaded(store: Store) -> None:
    """A table of all loads; they are withdrawn and restored on the Upload page."""
    st.header(said.LOADED)
    try:
        frame = store.loads(context.reader())
    except NotForThisReader:
        st.info(said.NO_LOADS)
        return
    shown = frame[list(COLUMNS)].rename(columns=COLUMNS).dropna(axis="columns", how="all")
    st.dataframe(shown, hide_index=True, width="stretch")
