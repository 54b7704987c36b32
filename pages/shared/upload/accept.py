"""The last step: accept the file, or what of it can be stored, and keep the receipt."""

import streamlit as st

from data.access import NotForThisReader
from data.catalogue import CatalogueError, load_catalogue
from data.ingest.answers import UnreadableFile
from data.ingest.intake import Receipt, Refused, intake, note_refusal
from data.ingest.persons import PersonalData
from data.loads import accept_now
from data.record import StoreError
from pages.shared import context, words
from pages.shared.upload.check import Checked
from pages.shared.upload.choose import opened
from pages.shared.upload.state import Dropped, choices, draft, forget


def offer(file: Dropped, found: Checked) -> None:
    """The button, or why there is none."""
    tried = found.tried
    if tried is None or tried.blocked:
        st.write(words.UPLOAD_MAP_FIRST if tried is not None and tried.unmapped else words.UPLOAD_CANNOT)
        return
    if draft() is not None:
        st.info(words.UPLOAD_TRIED)
        return
    lines = tried.rows_rejected
    label = f"Accept without {words.count_of(lines, 'line')}" if lines else "Accept"
    # A click is about the check that was shown: one that is newer than the button is shown first.
    shown, now = st.session_state.get("upload offered"), st.session_state["upload checked"][0]
    st.session_state["upload offered"] = now
    if st.button(label, type="primary", key="accept"):
        if shown == now:
            _accept(file, found, partial=bool(lines))
        else:
            st.warning(words.UPLOAD_MOVED_ON)


def _accept(file: Dropped, found: Checked, *, partial: bool) -> None:
    """Load it for good, and show the page anew. What is refused is noted in the audit."""
    assert found.tried is not None
    home, who = context.home(), context.reader()
    try:
        with st.spinner("Loading and publishing …"), opened(file, choices()) as (shown, path):
            try:
                catalogue = load_catalogue(home.measures)
                with intake(home, catalogue, path, file_name=shown, **choices().words()) as extract:
                    if extract.changes.counts != found.tried.changes.counts or extract.problems != found.tried.problems:
                        st.session_state["upload moved on"] = True
                    else:
                        st.session_state["receipt"] = accept_now(extract, who, partial=partial)
            except (Refused, UnreadableFile, PersonalData) as error:
                note_refusal(home, who.signature, shown, path, error)
                raise
    except (UnreadableFile, PersonalData, Refused, StoreError, CatalogueError, NotForThisReader) as error:
        st.error(words.on_the_page(str(error)))
        return
    if st.session_state.get("upload moved on"):
        st.session_state.pop("upload checked", None)
    else:
        forget(file=not _has_more())
    st.rerun()


def _has_more() -> bool:
    """Whether a ZIP has other files to load."""
    return len(st.session_state.get("upload members", ())) > 1


def show_receipt() -> None:
    """What the last load of this session did, or why the last file went away; once."""
    refused = st.session_state.pop("upload refused", None)
    if refused:
        st.error(words.on_the_page(refused))
    if st.session_state.pop("upload moved on", False):
        st.warning(words.UPLOAD_MOVED_ON)
    receipt: Receipt | None = st.session_state.pop("receipt", None)
    if receipt is None:
        return
    st.success(
        words.receipt_sentence(
            receipt.file_name, receipt.load_id, receipt.rows_stored, receipt.rows_rejected, receipt.version
        )
    )
    if receipt.rejects is not None and receipt.rejects.is_file():
        st.download_button(
            "The lines that were not stored, as CSV",
            receipt.rejects.read_bytes(),
            "not_stored.csv",
            "text/csv",
            on_click="ignore",
        )
