"""One division, or the whole trust: what changed, its wards × measures, and what was not reported."""

import streamlit as st

from pages.shared import app, context, words
from pages.shared.cards import quiet, signals_first
from pages.shared.division import ask_unit, not_reported, wards_grid
from pages.shared.opened import open_measure

app.framed()
st.title("Division")

analysis = context.analysis()
if analysis is None:
    st.info(words.NO_DATA)
    st.stop()
left, right = st.columns(2)
unit = ask_unit(analysis, left)
if unit is None:
    st.info(words.NO_DATA)
    st.stop()

readings = {reading.measure.id: reading for reading in analysis.of_unit(unit.code)}
if not readings:
    st.info(words.HIDDEN_FIGURE)
    st.stop()
names = {"": "All measures", **{m: r.measure.name for m, r in readings.items()}}
opened = context.choice("Measure", names, "measure", default="", place=right)
if opened:
    open_measure(analysis, readings[opened])
else:
    signals_first(list(readings.values()), "division")
wards_grid(analysis, unit, opened)
if not opened:
    quiet(list(readings.values()), "division")
not_reported(analysis, unit)
st.caption(words.HELP_LINE)
