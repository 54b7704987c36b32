"""Who signed in, looked and took out: a line each in this process's trail (data/audit.py). Never a figure."""

from typing import Any

import streamlit as st

from data.audit import Trail
from pages.shared import context


def note(what: str, detail: dict[str, Any]) -> None:
    """A line of the trail of the store that is shown; none of the sample's, where nothing is real. Nobody waits for a load."""
    if context.home().is_sample:
        return
    _trail(str(context.home().trails)).note(context.reader().signature, what, detail)


def note_once(what: str, detail: dict[str, Any]) -> None:
    """The same, once for each session, reader and detail: a rerun is no new look."""
    told = st.session_state.setdefault("noted", set())
    key = (what, context.reader().signature, context.reader().role, tuple(sorted(detail.items())))
    if key not in told:
        note(what, detail | {"role": str(context.reader().role)})
        told.add(key)


@st.cache_resource(max_entries=4, show_spinner=False)
def _trail(folder: str) -> Trail:  # noqa: ARG001 (it is the key)
    return Trail(context.home().trails)
