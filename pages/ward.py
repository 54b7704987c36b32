"""One ward: what changed, since when, and what to ask."""

import streamlit as st

from pages.reports.offered import offer_pack
from pages.reports.pack.request import WARD
from pages.shared import app, context, words
from pages.shared.cards import quiet, signals_first
from pages.shared.deciding import told
from pages.shared.help import help_line
from pages.shared.people import people_harmed, record_learning
from pages.shared.ward import about, ask_ward, not_reported, read_together
from pages.shared.wording import ward as said

app.framed()
st.title("Ward")

analysis, store = context.analysis(), context.shown_store()
ward = ask_ward(analysis) if analysis is not None else None
if analysis is None or store is None or ward is None:
    st.info(words.NO_DATA)
    st.stop()

told()
readings = analysis.of_unit(ward.code)
about(analysis, ward)
people_harmed(analysis, store, ward)
record_learning(analysis, store, ward)
signals_first(analysis, readings, store)
quiet(readings)
read_together(readings)
not_reported(readings)
offer_pack(analysis, store, f"{WARD}:{ward.code}", context.path_of(ward.code))
st.caption(said.PRINT_HINT)
help_line()
