"""Who is reading, which store, and what has been computed for them: every page begins here.

Caches are keyed by strings (version, audience and scope): never by frames, never without the reader (decision 0007).
"""

import os
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from data.access import Audience, Reader, Role
from data.config import Home, own_home, sample_home
from data.store import Store
from pages.charts.states import DARK, LIGHT, Palette
from pages.shared.analysis import Analysis, analyse

ROLES = {Role.BOARD_MEMBER: "Board member", Role.WARD_MANAGER: "Ward manager", Role.QI_LEAD: "QI lead"}
AUDIENCES = {Audience.WORKING: "People who work here", Audience.PUBLIC: "The public"}


def home() -> Home:
    """The store that this server shows: the trust's own, or the sample."""
    return own_home() if os.environ.get("ZERO_HARM_SHOW") == "own" else sample_home()


def store() -> Store | None:
    """The current version; None while nothing is published."""
    pointer = home().pointer
    try:
        stamp = pointer.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _store(str(home().root), stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _store(root: str, stamp: int) -> Store | None:  # noqa: ARG001 (they are the key)
    return Store.open(home())


def reader() -> Reader:
    """Who is reading. On the sample the switcher in the sidebar plays the roles."""
    role = Role(st.session_state.get("as", Role.BOARD_MEMBER))
    mine = st.session_state.get("mine") if role is Role.WARD_MANAGER else None
    return Reader(role, Audience(st.session_state.get("audience", Audience.WORKING)), (mine,) if mine else ())


def analysis(known_at: int | None = None) -> Analysis | None:
    """Every reading for this reader, computed once for each version, audience and scope."""
    current, who = store(), reader()
    if current is None:
        return None
    return _analysis(current.key, who.key, known_at, current, who)


@st.cache_resource(max_entries=8, show_spinner="Computing the charts …")
def _analysis(store_key: str, who_key: str, known_at: int | None, _store: Store, _who: Reader) -> Analysis:  # noqa: ARG001
    return analyse(_store, _who, known_at)


def palette() -> Palette:
    """The colours that fit the page's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def today() -> datetime:
    return datetime.now(UTC)


def choice(label: str, options: dict[str, str], key: str, *, default: str | None = None, place: object = st) -> str:
    """A selectbox whose value stands in the address, so that a link opens the same."""
    wanted, written = st.query_params.get(key), f"{key} in the address"
    value = (
        wanted if wanted in options and wanted != st.session_state.get(written) else st.session_state.get(key, wanted)
    )
    if value not in options:
        value = default if default in options else next(iter(options))
    st.session_state[key] = value  # always: it outlives the page on which the box was drawn first
    picked = place.selectbox(label, list(options), format_func=lambda value: options[value], key=key)  # type: ignore[attr-defined]
    st.session_state[written] = picked
    if wanted != picked:
        st.query_params[key] = picked
    return str(picked)


def link(page: str, **values: str) -> str:
    """The address of a page with what is chosen on it; the role played goes along."""
    for key, usual in (("as", Role.BOARD_MEMBER), ("audience", Audience.WORKING)):
        if st.session_state.get(key, usual) != usual:
            values[key] = st.session_state[key]
    if reader().units:
        values["mine"] = reader().units[0]
    return f"{page}?{urlencode(values)}" if values else page or "/"
