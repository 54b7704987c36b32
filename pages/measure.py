"""One measure on one unit, everything: its chart looked at in any way, what it says, how far its goal is, its figures."""

import streamlit as st

from metrics.measure import Kind
from pages.shared import app, context, words
from pages.shared.deciding import told
from pages.shared.measure.asking import ask_reading, ask_way, read_way
from pages.shared.measure.commenting import in_their_words
from pages.shared.measure.deaths import tell
from pages.shared.measure.layout import below, first, heading, then
from pages.shared.measure.remarks import remarks
from pages.shared.measure.saying import beside, closing_words
from pages.shared.measure.taking import offer_files

app.framed()
st.title("Measure")

analysis, store = context.analysis(), context.shown_store()
if analysis is None or store is None:
    st.info(words.NO_DATA)
    st.stop()
usual = ask_reading(analysis)
if usual is None:
    st.info(words.NO_DATA)
    st.stop()

told()
heading(usual)
above = st.container()  # the chart comes before the switches that it is drawn by
way = ask_way(usual, store)
reading = read_way(usual, way, store) or usual
found = remarks(store, context.reader(), reading, way.known_at)

if reading.measure.kind is Kind.DEATH:
    tell(analysis, reading)
    in_their_words(reading, way, store)
elif not reading.exact:
    st.info(words.masked(words.SUPPRESSED_FIGURE, reading.masking))
    in_their_words(reading, way, store)
else:
    with above:
        first(usual, reading, way, found, store)
    then(reading, way, store)
beside(analysis, reading)
below(reading)
offer_files(reading, found, store)
closing_words(reading)
