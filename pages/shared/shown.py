"""Which figures are shown, signed off or latest, and how old they are: one line above every page that shows some."""

import streamlit as st

from data.access import Audience
from data.editions import Edition, changed_since
from pages.shared import context, words
from pages.shared.asked import current

# Pages that show figures as a reader chooses them. The others are about what comes in and what is decided: always the latest.
READING = ("", "division", "ward", "measure", "compare", "equity")
ROLE = "role that chose the figures"


def which_figures(address: str) -> None:
    """The line, and the switch where there is an edition to switch to."""
    _forget_the_choice_of_another_role()
    is_public = context.reader().audience is Audience.PUBLIC
    if address not in READING and not is_public:
        _age()
        return
    found = context.signed_editions()
    if not found or is_public:
        _told(context.edition())
        return
    left, right = st.columns([3, 2], vertical_alignment="center")
    with right:
        _switch(found)
    with left:
        _told(context.edition())


def _forget_the_choice_of_another_role() -> None:
    role = context.reader().role
    if st.session_state.get(ROLE, role) != role:
        st.session_state.pop(context.FIGURES, None)
        st.query_params.pop(context.FIGURES, None)
    st.session_state[ROLE] = role


def _switch(found: list[Edition]) -> None:
    chosen = context.edition()
    options = {str(each.version): words.edition_option(each) for each in found}
    options[context.LATEST] = words.LATEST_FIGURES
    default = str(chosen.version) if chosen else context.LATEST
    context.choice(words.WHICH_FIGURES, options, context.FIGURES, default=default)


def _told(edition: Edition | None) -> None:
    if edition is None:
        _age()
        return
    if context.reader().audience is Audience.PUBLIC:
        st.caption(words.public_edition_sentence(edition))
        return
    text = words.edition_sentence(edition)
    fresh, store = current(), context.store()
    if fresh is not None and store is not None:
        text += f" {words.changed_since_words(changed_since(edition, store, context.reader(), fresh))}."
    st.caption(words.plain(text))


def _age() -> None:
    """How old the latest figures are; a warning where newer ones were due."""
    store, analysis = context.store(), context.latest_analysis()
    if store is None or analysis is None or not (analysis.panel.months.size and analysis.panel.tree.units):
        return
    loaded = store.version(context.reader()).last_loaded_at
    text, late = words.age_sentence(analysis.panel.newest, loaded, context.today().date())
    if late:
        st.warning(text, icon=":material/schedule:")
    else:
        st.caption(text)
