"""The frame of every page: who may look, which pages are theirs, banners, navigation."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from data.access import Action, NotForThisReader, PolicyError, Thing, may
from data.branding import BrandingError
from data.catalogue import CatalogueError
from data.errors import log_error
from data.record import StoreError
from data.synthetic import ensure_sample
from pages.shared import context, words
from pages.shared.asked import current, overdue_month
from pages.shared.html import STYLE, icon_styles
from pages.shared.shown import which_figures
from pages.shared.signing import at_the_door, sidebar
from pages.shared.trail import note_once

PAGES = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Place:
    """A page: its file, its title, its address as `authorise` knows it ('' is the first page), and its part of the menu."""

    file: str
    title: str
    address: str
    menu: str = ""


IMPROVE, FIGURES, ABOUT = "Improve", "Figures", "About"
PLACES = (
    Place("goals.py", "Goals", ""),
    Place("division.py", "Division", "division"),
    Place("ward.py", "Ward", "ward"),
    Place("measure.py", "Measure", "measure"),
    Place("compare.py", "Compare", "compare"),
    Place("equity.py", "Equity", "equity"),
    Place("targets.py", "Goals and measures", "targets", IMPROVE),
    Place("improvement.py", "Improvement", "improvement", IMPROVE),
    Place("upload.py", "Upload", "upload", FIGURES),
    Place("quality.py", "Data quality", "quality", FIGURES),
    Place("month.py", "This month", "month", FIGURES),
    Place("history.py", "History and audit", "history", FIGURES),
    Place("access.py", "Access", "access", ABOUT),
    Place("methods.py", "Methods", "methods", ABOUT),
    Place("accessibility.py", "Accessibility", "accessibility", ABOUT),
    Place("easy.py", "Easy read", "easy", ABOUT),
)


def run(*, make_sample: bool = False) -> None:
    """Draw the frame and run the page that was asked for; `make_sample`: make the sample trust where there is none."""
    dressed = context.branding()
    drawn = context.palette()
    words.CLOCK.set(dressed.time_zone)
    st.set_page_config(page_title=dressed.name, page_icon="🎯", layout="wide", initial_sidebar_state="auto")
    if dressed.logo is not None:
        st.logo(dressed.logo, size="large")
    st.html(STYLE + icon_styles(drawn) + f"<style>:root{{--zh-page:{drawn.page};--zh-quiet:{drawn.quiet}}}</style>")
    if make_sample and context.home().is_sample and not context.home().pointer.exists():
        with st.spinner("Making the sample trust: about ten seconds …"):
            ensure_sample(context.home(), say=lambda _: None)
    try:
        _run()
    except (StoreError, CatalogueError, PolicyError, BrandingError, NotForThisReader) as error:
        st.error(words.on_the_page(str(error)))
    except Exception as error:  # whatever it is: the log has it, the browser a reference
        st.error(words.BROKEN.format(reference=log_error(error)))


def _run() -> None:
    found = context.stand_anew()
    if found is not None and not found.may_look:
        _navigation(set())
        at_the_door(found)
        return
    note_once("sign_in", {})
    sidebar(found)
    who = context.reader()
    mine = {place.address for place in PLACES if may(who, Action.OPEN, Thing(page=place.address))}
    page = _navigation(mine)
    address = page.url_path
    if address not in mine:
        _refuse(address, page)
        return
    _banners(address)
    if not _figures_may_be_shown() and address not in ("access", "methods", "accessibility"):
        return
    if address != "quality":  # which says it at its head, figure by figure
        _overdue_line()
    try:
        page.run()
    finally:  # a page may stop in its middle
        context.complete_address()


def _navigation(mine: set[str]) -> StreamlitPage:
    """Every address is known, so that a link is answered in words; the menu has those that this reader may open."""
    pages: dict[str, list[StreamlitPage]] = {}
    for place in PLACES:
        page = st.Page(
            PAGES / place.file,
            title=place.title,
            url_path=place.address or None,
            default=place.address == "",
            visibility="visible" if place.address in mine else "hidden",
        )
        pages.setdefault(place.menu, []).append(page)
    return st.navigation(pages, position="top" if mine else "hidden")


def _refuse(address: str, page: StreamlitPage) -> None:
    """A page that is not part of the role: the first page of an administrator leads to the one that is."""
    who = context.reader()
    if not address and may(who, Action.OPEN, Thing(page="access")):
        st.switch_page(PAGES / "access.py")
    note_once("refusal", {"page": address or "goals"})
    st.title(page.title)
    if who.audience == "public":
        st.info(words.HIDDEN_HERE)
    elif address == "upload":
        st.info(words.UPLOAD_NO_LOADING)
    else:
        st.info(words.NOT_FOR_ROLE.format(role=words.READER_ROLES[who.role].lower()))


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


def _figures_may_be_shown() -> bool:
    """Real figures are not, until somebody has put a name to who may see what."""
    store = context.store()
    if context.home().is_sample or store is None or store.policy.is_approved:
        return True
    st.error(words.NOT_APPROVED)
    return False


def _banners(address: str) -> None:
    """What every reader must know first: whether the figures are real, and how old they are."""
    if context.home().is_sample:
        st.info(words.SAMPLE_BANNER, icon=":material/science:")
    elif context.standing() is None:
        st.warning(words.UNSIGNED_BANNER)
    if may(context.reader(), Action.OPEN, Thing(page="")):
        which_figures(address)


def _overdue_line() -> None:
    """One calm line from the first day on which something is overdue, for who may open what it leads to."""
    if not may(context.reader(), Action.OPEN, Thing(page="quality")):
        return
    fresh = current()
    found = overdue_month(fresh) if fresh is not None else None
    if found is not None:
        st.page_link(PAGES / "quality.py", label=words.overdue_banner(*found), icon=":material/schedule:")
