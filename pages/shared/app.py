"""The frame of every page: title, role switcher, banners, navigation."""

import os
import sys
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from data.access import Audience, Role
from data.catalogue import CatalogueError
from data.record import StoreError
from data.synthetic import ensure_sample
from pages.shared import context, words
from pages.shared.asked import current, overdue_month
from pages.shared.html import STYLE

PAGES = Path(__file__).resolve().parent.parent


def run(*, make_sample: bool = False) -> None:
    """Draw the frame and run the page that was asked for; `make_sample`: make the sample trust where there is none."""
    st.set_page_config(page_title=words.TITLE, page_icon="🎯", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE + f"<style>:root{{--zh-page:{context.palette().page}}}</style>")
    if make_sample and context.home().is_sample and not context.home().pointer.exists():
        with st.spinner("Making the sample trust: about ten seconds …"):
            ensure_sample(context.home(), say=lambda _: None)
    _choose_role()
    pages = [
        st.Page(PAGES / "goals.py", title="Goals", default=True),
        st.Page(PAGES / "division.py", title="Division", url_path="division"),
        st.Page(PAGES / "ward.py", title="Ward", url_path="ward"),
        st.Page(
            PAGES / "upload.py", title="Upload", url_path="upload", visibility="visible" if _may_upload() else "hidden"
        ),
        st.Page(PAGES / "quality.py", title="Data quality", url_path="quality", visibility=_at_work()),
        st.Page(PAGES / "month.py", title="This month", url_path="month", visibility=_at_work()),
        st.Page(PAGES / "methods.py", title="Methods", url_path="methods"),
    ]
    page = st.navigation(pages, position="top")
    try:
        _banners()
        if page.url_path != "quality":  # which says it at its head, figure by figure
            _overdue_line()
        page.run()
    except (StoreError, CatalogueError) as error:
        st.error(str(error))


def framed() -> None:
    """The first line of every page: the frame, where Streamlit has left it out.

    A fresh server takes a folder `pages/` for pages that need no main script, until the main script has run once. Whoever
    then opens the address of a page gets it bare: nobody is asked who reads, and no banner is shown.
    """
    if PagesManager.uses_pages_directory:
        if "server.serve" not in sys.modules:
            os.environ["ZERO_HARM_SHOW"] = "sample"  # plain `streamlit run`, as in dashboard.py
        run()  # st.navigation ends that mode, and runs the page again
        st.stop()


def _choose_role() -> None:
    with st.sidebar:
        st.markdown("**Who is reading?**")
        context.choice(
            "Role", {str(r): name for r, name in context.ROLES.items()}, "as", default=str(Role.BOARD_MEMBER)
        )
        audiences = {str(a): name for a, name in context.AUDIENCES.items()}
        context.choice("Audience", audiences, "audience", default=str(Audience.WORKING))
        _choose_own_ward()
        if context.home().is_sample:
            st.caption("On the sample anybody may play any role. With real data people sign in.")


def _choose_own_ward() -> None:
    """A ward manager sees one ward; on the sample it can be any, and a link to a ward is from its manager."""
    store = context.store()
    who = context.reader()
    if who.role is not Role.WARD_MANAGER or who.audience is Audience.PUBLIC or store is None:
        return
    wards = {u.code: u.name for u in store.tree(context.reader()).units if u.level in ("ward", "team")}
    if wards:
        by_name = dict(sorted(wards.items(), key=lambda item: item[1]))
        context.choice("My ward", by_name, "mine", default=st.query_params.get("unit"))


def _at_work() -> Literal["visible", "hidden"]:
    return "hidden" if context.reader().audience is Audience.PUBLIC else "visible"


def _may_upload() -> bool:
    return context.reader().may_load


def _banners() -> None:
    """What every reader must know first: whether the figures are real, and how old they are."""
    if context.home().is_sample:
        st.info(words.SAMPLE_BANNER, icon=":material/science:")
    elif os.environ.get("ZERO_HARM_ALLOW_UNSIGNED") == "yes":
        st.warning(words.UNSIGNED_BANNER)
    store, analysis = context.store(), context.analysis()
    if store is None or analysis is None:
        return
    panel = analysis.panel
    if panel.months.size and panel.tree.units:
        text, late = words.age_sentence(
            panel.newest, store.version(context.reader()).last_loaded_at, context.today().date()
        )
        if late:
            st.warning(text, icon=":material/schedule:")
        else:
            st.caption(text)


def _overdue_line() -> None:
    """One calm line from the first day on which something is overdue; nothing for the public."""
    fresh = current()
    found = overdue_month(fresh) if fresh is not None else None
    if found is not None:
        st.page_link(PAGES / "quality.py", label=words.overdue_banner(*found), icon=":material/schedule:")
