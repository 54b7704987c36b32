"""The pack of what a page shows, as a file: for who speaks for all that is in it. The trail says who took it."""

from pathlib import Path

import numpy as np
import streamlit as st

from data.access import Action, Audience, NotForThisReader, Reader, Thing, may
from data.disclosure import NotSafe
from data.publications import KIND
from data.record import StoreError
from data.store import Store
from pages.reports.pack import wording as said
from pages.reports.pack.file import ENDINGS, MIME, file_of
from pages.reports.pack.request import BOARD, PUBLIC, Request
from pages.shared import context
from pages.shared.analysis import Analysis
from pages.shared.trail import note

FIGURES = (".xlsx", ".csv")  # for who may take figures out; the others hold what the page shows


def offer_pack(analysis: Analysis, store: Store, audience: str, path: tuple[str, ...] = ()) -> None:
    """A choice of forms and a button; nothing for who does not speak for the unit. `path`: its codes, () for the trust."""
    who = context.reader()
    audiences = audiences_of(who, audience, path)
    if not audiences or analysis.panel.is_empty:
        return
    with st.container(key="on screen only, the pack"), st.expander(said.TAKE):
        st.write(f"{said.up_to(analysis.panel.newest)}. {said.TAKE_NOTE}")
        left, right = st.columns(2)
        chosen = left.selectbox(said.FOR_WHOM, audiences, format_func=said.audience_of, key=f"pack for {audience}")
        ending = right.selectbox(said.FORM, forms_of(who), format_func=said.FORMS.__getitem__, key=f"form {audience}")
        if st.button(said.MAKE, key=f"make the pack for {audience}"):
            _make(store, analysis.panel.newest, chosen, ending)


def audiences_of(who: Reader, audience: str, path: tuple[str, ...]) -> list[str]:
    """For whom this reader may take packs from a page."""
    if who.audience is Audience.PUBLIC or not who.speaks_for(path):
        return []
    return [audience, *([PUBLIC] if audience == BOARD and may(who, Action.PROPOSE, Thing(kind=KIND)) else [])]


def forms_of(who: Reader) -> list[str]:
    """Which forms: figures as data only for who may take them out."""
    figures = may(who, Action.DOWNLOAD, Thing())
    return [ending for ending in ENDINGS if figures or ending not in FIGURES]


def _make(store: Store, month: np.datetime64, audience: str, ending: str) -> None:
    who = context.reader()
    if ending not in forms_of(who):
        raise NotForThisReader("This form is for who may take figures out.")
    version = store.published.version
    try:
        with st.spinner(said.MAKING):
            data, made = file_of(context.home(), Request(audience, month, known_at=version, by=who), ending)
    except (StoreError, NotSafe) as error:
        st.warning(str(error))
        return
    note("export", {"file": f"pack{ending}", "for": made.audience, "month": made.month, "version": made.version})
    name = Path(f"pack-{made.audience.replace(':', '-')}-{made.month}").with_suffix(ending).name
    st.download_button(said.SAVE, data, name, MIME[ending], on_click="ignore", key=f"save the pack for {audience}")
