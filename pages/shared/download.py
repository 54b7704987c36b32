"""The figures as a file, for who may take them out: all that this reader sees, and not a cell more. The trail says who did."""

import pyarrow as pa
import pyarrow.csv
import streamlit as st

from data.access import Action, Thing, authorise, may
from data.export import long_table
from data.store import Store
from pages.shared import context, words
from pages.shared.trail import note


def offer_download(store: Store) -> None:
    """A button for who may; nothing for the others. The file is made when somebody asks for it."""
    if not may(context.reader(), Action.DOWNLOAD, Thing()):
        return
    with st.expander(words.DOWNLOAD_TITLE):
        st.write(words.DOWNLOAD_NOTE)
        if st.button("Make the file", key="make download"):
            name = f"figures-{store.published.version}.csv"
            st.download_button("As CSV", _csv(store), name, "text/csv", on_click="ignore", key="download")


def _csv(store: Store) -> bytes:
    who = context.reader()
    authorise(who, Action.DOWNLOAD, Thing())
    table = long_table(store, who)
    note("export", {"rows": table.num_rows, "version": store.published.version})
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink)
    return bytes(sink.getvalue())
