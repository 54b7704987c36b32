"""One ward: what changed, since when, and what to ask."""

import streamlit as st

from pages.shared import app, context, words
from pages.shared.cards import quiet, signals_first
from pages.shared.opened import open_measure
from pages.shared.ward import about, ask_ward, not_reported

app.framed()
st.title("Ward")

analysis = context.analysis()
if analysis is None:
    st.info(words.NO_DATA)
    st.stop()
left, right = st.columns(2)
ward = ask_ward(analysis, left)
if ward is None:
    st.info(words.NO_DATA)
    st.stop()

readings = {reading.measure.id: reading for reading in analysis.of_unit(ward.code)}
names = {"": "All measures", **{m: r.measure.name for m, r in readings.items()}}
opened = context.choice("Measure", names, "measure", default="", place=right)
if opened:
    open_measure(analysis, readings[opened])
    st.stop()
about(analysis, ward)
signals_first(list(readings.values()), "ward")
not_reported(list(readings.values()))
quiet(list(readings.values()), "ward")
st.caption(words.HELP_LINE)
