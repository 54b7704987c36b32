"""Who is reading, which store, and what has been computed for them: every page begins here.

Caches are keyed by strings (version, policy, audience and scope): never by frames, never without the reader (decision 0007).
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from data.access import Audience, NotForThisReader, Reach, Reader, Role
from data.branding import Branding, BrandingError, load_branding, shipped_branding
from data.config import Home, own_home, sample_home
from data.editions import Edition
from data.editions import signed_editions as editions_of
from data.store import Store
from pages.charts.states import DARK, LIGHT, Palette
from pages.shared import identity
from pages.shared.analysis import Analysis, analyse
from pages.shared.browser import tell
from pages.shared.identity import Standing
from pages.shared.played import played_reader

FIGURES, LATEST = "figures", "latest"  # the key of the choice of figures, and the choice that is no edition
UNWRITTEN = "shown and not in the address"
STANDING, FOUND = "how the reader stands", "found in this rerun"


def home() -> Home:
    """The store that this server shows: the trust's own, or the sample."""
    return own_home() if os.environ.get("ZERO_HARM_SHOW") == "own" else sample_home()


def branding() -> Branding:
    """The trust's dress; a file of it that cannot be used is told by `store`, and the shipped one is worn meanwhile."""
    try:
        return load_branding(home())
    except BrandingError:
        return shipped_branding()


def store(version: int | None = None) -> Store | None:
    """The current version, or a kept one, under the policy of now; None while nothing is published."""
    of = home()
    key = str(of.root), _stamp(of.pointer), _stamp(of.policy), _stamp(of.branding), version
    found: Store | None = _once(("store", *key), lambda: _store(*key)) if key[1] else None
    return found


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@st.cache_resource(max_entries=8, show_spinner=False)
def _store(root: str, pointer: int, policy: int, branding: int, version: int | None) -> Store | None:  # noqa: ARG001 (the key)
    return Store.open(home(), version)


def stand_anew() -> Standing | None:
    """Ask how whoever has this page open stands: at the beginning of every rerun."""
    st.session_state[STANDING], st.session_state[FOUND] = identity.standing(home(), today()), {}
    return standing()


def _once(key: tuple[object, ...], find: Callable[[], Any]) -> Any:
    """What `find` gives, asked for once a rerun and key: every link of a page asks who reads, and which figures."""
    found: dict[tuple[object, ...], Any] = st.session_state.setdefault(FOUND, {})
    if key not in found:
        found[key] = find()
    return found[key]


def standing() -> Standing | None:
    """How whoever has this page open stands, as this rerun has found; None where nobody signs in."""
    if STANDING not in st.session_state:
        return stand_anew()
    found: Standing | None = st.session_state[STANDING]
    return found


def reader() -> Reader:
    """Who is reading, in the role that they act in. Raises NotForThisReader for whoever may not look."""
    chosen = tuple(st.session_state.get(key) for key in ("as", "audience", "mine"))
    found: Reader = _once(("reader", *chosen), _reader)
    return found


def _reader() -> Reader:
    found = standing()
    if found is None:
        return played_reader(store(), is_sample=home().is_sample)
    if not found.may_look:
        raise NotForThisReader("You are not signed in, or have no role here.")
    chosen = st.session_state.get("as")
    who = found.roles[Role(chosen)] if chosen in found.roles else next(iter(found.roles.values()))
    return who.through_the_publics_eyes() if st.session_state.get("audience") == Audience.PUBLIC else who


def signed_editions() -> list[Edition]:
    """The editions that somebody has signed off and whose figures are kept, the newest meeting first."""
    current, who = store(), reader()
    if current is None:
        return []
    key = current.key, who.key
    found: list[Edition] = _once(("editions", *key), lambda: _signed_editions(*key, current, who))
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _signed_editions(store_key: str, who_key: str, _store: Store, _who: Reader) -> list[Edition]:  # noqa: ARG001
    return editions_of(_store, _who)


def edition() -> Edition | None:
    """The signed-off edition whose figures are shown; None where they are the latest.

    Board members and the public open on the newest one, others on the latest figures; the public has no choice.
    """
    found = {str(each.version): each for each in reversed(signed_editions())}
    newest = next(reversed(found.values()), None)
    if reader().audience is Audience.PUBLIC:
        return newest
    chosen = st.session_state.get(FIGURES) or st.query_params.get(FIGURES)
    if chosen == LATEST or chosen in found:
        return found.get(chosen)
    return newest if reader().role is Role.BOARD_MEMBER else None


def shown_store() -> Store | None:
    """The store whose figures are shown: that of the edition, or the current one."""
    chosen = edition()
    return store(chosen.version) if chosen else store()


def analysis(known_at: int | None = None) -> Analysis | None:
    """Every reading of the figures shown for this reader, computed once for each version, audience and scope."""
    return _analysis_of(shown_store(), known_at)


def latest_analysis() -> Analysis | None:
    """The same of the latest figures, whichever are shown: for what somebody is about to change."""
    return _analysis_of(store(), None)


def _analysis_of(found: Store | None, known_at: int | None) -> Analysis | None:
    if found is None:
        return None
    who = reader()
    return _analysis(found.key, who.key, known_at, found, who)


@st.cache_resource(max_entries=8, show_spinner="Computing the charts …")
def _analysis(store_key: str, who_key: str, known_at: int | None, _store: Store, _who: Reader) -> Analysis:  # noqa: ARG001
    return analyse(_store, _who, known_at)


def drawn_for(of: Store | None = None) -> str:
    """What a drawing depends on beside its own choices: which figures, for whom, in which colours, on what day.

    The key of drawings that are kept. `of`: the store that is drawn, where it is not the one shown. A decision makes a new
    version, and so another key.
    """
    found = of or shown_store()
    colours = "dark" if palette() is DARK else "light"
    return f"{found.key if found else ''} {reader().key} {colours} {link('')} {today().date()}"


def path_of(unit_code: str) -> tuple[str, ...]:
    """The codes of a unit and of those above it, as `authorise` wants them; () for the whole trust."""
    found = store()
    if not unit_code or found is None:
        return ()
    return found.tree(reader()).paths.get(unit_code, (unit_code,))


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
    is_chosen = st.session_state.get(written, value) != value
    st.session_state[key] = value  # always: it outlives the page on which the box was drawn first
    picked = place.selectbox(label, list(options), format_func=lambda value: options[value], key=key)  # type: ignore[attr-defined]
    st.session_state[written] = picked
    if wanted is None and not is_chosen:  # nobody chose it: completed in place, as no step of the browser's history
        if picked:
            st.session_state.setdefault(UNWRITTEN, {})[key] = str(picked)
    elif wanted != picked:
        st.query_params[key] = picked
    return str(picked)


def complete_address() -> None:
    """Write what is shown without having been chosen into the address, in place: a link shares it, and Back goes back."""
    missing = st.session_state.pop(UNWRITTEN, None)
    if missing:
        tell(f"address {' '.join(missing)}", address=missing)


def _unusual_figures() -> str:
    """The choice of figures, where it is not the one that the role opens on: a link leads to the same figures."""
    if reader().audience is Audience.PUBLIC or reader().reach is Reach.NOTHING:
        return ""
    found = signed_editions()
    newest = str(found[0].version) if found else LATEST
    usual = newest if reader().role is Role.BOARD_MEMBER else LATEST
    chosen = edition()
    here = str(chosen.version) if chosen else LATEST
    return here if here != usual else ""


def link(page: str, **values: str) -> str:
    """The address of a page with what is chosen on it; the role that is acted in goes along."""
    found = standing()
    first = next(iter(found.roles), None) if found is not None else Role.BOARD_MEMBER
    for key, usual in (("as", first), ("audience", Audience.WORKING)):
        if st.session_state.get(key, usual) != usual:
            values[key] = st.session_state[key]
    if found is None and reader().units:
        values["mine"] = reader().units[0]
    if figures := _unusual_figures():
        values[FIGURES] = figures
    return f"{page}?{urlencode(values)}" if values else page or "/"
