"""The third step, for a source of its own: which column is what, and what its words are here. Remembered once."""

from dataclasses import replace

import streamlit as st

from data.access import NotForThisReader
from data.catalogue import CatalogueError, load_catalogue
from data.ingest.mapping import MANY, Mapping, Unmapped, value_key
from data.loads import remember_mapping
from data.record import StoreError
from data.tree import NATIONAL
from metrics.measure import EXPOSURES
from pages.shared import context, words
from pages.shared.upload.check import Checked
from pages.shared.upload.columns import ask_columns, ask_drop
from pages.shared.upload.state import draft

SHOWN_WORDS = 40
REASON = "Said on the Upload page."


def needs_mapping(found: Checked) -> bool:
    """Whether somebody has to say what something is here."""
    if found.tried is not None:
        return bool(found.tried.unmapped) or draft() is not None
    look = found.look
    return look is not None and not look.is_feed and (bool(look.others) or bool(look.columns and look.source is None))


def ask_mapping(found: Checked) -> None:
    """The columns of an unknown layout, those that a known source does not need, or the words of either."""
    if found.tried is not None and found.tried.mapping is not None:
        _ask_words(found.tried.mapping, found.tried.unmapped)
    elif found.look is not None and found.look.source is not None:
        ask_drop(found.look)
    elif found.look is not None:
        ask_columns(found.look, found.error)


def _ask_words(mapping: Mapping, unmapped: tuple[Unmapped, ...]) -> None:
    if draft() is not None:
        st.info(words.UPLOAD_TRIED)
        if st.button("Choose the columns anew", type="tertiary"):
            st.session_state.pop("upload draft", None)
            st.rerun()
    sayable = [word for word in unmapped if word.value is not None]
    hidden = sum(word.lines for word in unmapped if word.value is None)
    if sayable:
        st.write(words.UPLOAD_NOT_MAPPED)
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    with st.form("upload words", border=False):
        for role in dict.fromkeys(word.role for word in sayable if word.role in words.ROLE_NAMES):
            said[role] = _ask_role(
                role, [word for word in sayable if word.role == role], mapping.columns.get(role, role)
            )
        if hidden:
            st.caption(f"{words.count_of(hidden, 'line')} may name a person there: they cannot be mapped.")
        if st.form_submit_button("Remember this", type="primary"):
            _remember(mapping, said)


def _ask_role(role: str, unmapped: list[Unmapped], column: str) -> dict[str, tuple[str, ...]]:
    """What somebody says of the words of one column."""
    st.markdown(f"**{words.ROLE_NAMES[role]}** ({words.plain(column)})")
    options = _options(role)
    many = role in MANY
    said: dict[str, tuple[str, ...]] = {}
    for word in unmapped[:SHOWN_WORDS]:
        assert word.value is not None
        label = f"{words.plain(word.value) or '(nothing stands here)'} · {words.count_of(word.lines, 'line')}"
        picked = st.multiselect(
            label,
            ["", *options],
            default=_same(word.value, options),
            format_func=lambda one: options.get(one, words.NOT_COUNTED),
            max_selections=None if many else 1,
            placeholder="Choose one or several" if many else "Choose",
            key=f"upload word {role} {value_key(word.value)}",
        )
        if picked:
            said[word.value] = tuple(one for one in picked if one)
    if len(unmapped) > SHOWN_WORDS:
        st.caption(f"{len(unmapped) - SHOWN_WORDS:,} more words follow once these are remembered.")
    if len(unmapped) > 1:
        others = f"Those of these {words.ROLE_NAMES[role].lower()} that stay open are not followed here"
        if st.checkbox(others, key=f"upload others {role}"):
            said |= {word.value: () for word in unmapped if word.value is not None and word.value not in said}
    return said


def _options(role: str) -> dict[str, str]:
    """Our words for a column: what is kept -> what is shown."""
    store = context.store()
    if role == "unit":
        units = store.tree(context.reader()).units if store else ()
        own = [u for u in units if u.level not in NATIONAL]
        wards = sorted(own, key=lambda u: (u.level not in ("ward", "team"), u.name))
        return {u.code: f"{u.name} ({u.code})" + (", closed" if u.closed else "") for u in wards}
    if role in MANY:
        measures = load_catalogue(context.home().measures).values()
        return {m.id: m.name for m in sorted(measures, key=lambda m: m.name)}
    if role.startswith("severity"):
        return words.HARM_NAMES
    return words.STATUS_NAMES if role == "status" else {kind: kind.replace("_", " ").capitalize() for kind in EXPOSURES}


def _same(word: str, options: dict[str, str]) -> list[str]:
    """The option of this very name or code, as a proposal; none where there are two."""
    key = value_key(word)
    found = [
        one for one, shown in options.items() if key in (value_key(one), value_key(shown.removesuffix(f" ({one})")))
    ]
    return found if len(found) == 1 else []


def _remember(mapping: Mapping, said: dict[str, dict[str, tuple[str, ...]]]) -> None:
    """Into the record; then the file is checked again."""
    values = {role: mapping.values.get(role, {}) | said.get(role, {}) for role in (*mapping.values, *said)}
    try:
        with st.spinner("Remembering …"):
            remember_mapping(context.home(), replace(mapping, values=values), context.reader(), REASON)
    except (StoreError, CatalogueError, NotForThisReader, ValueError) as error:
        st.error(words.on_the_page(str(error)))
        return
    for key in ("upload draft", "upload checked"):
        st.session_state.pop(key, None)
    st.rerun()
