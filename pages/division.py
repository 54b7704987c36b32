"""One division, or the whole trust: what changed, its wards × measures, and what was not reported."""

import streamlit as st

from pages.shared import context, words
from pages.shared.division import ask_unit, not_reported, small_multiples, wards_grid
from pages.shared.opened import open_measure

st.title("Division")

analysis = context.analysis()
if analysis is None:
    st.info(words.NO_DATA)
    st.stop()
unit = ask_unit(analysis)
if unit is None:
    st.info(words.HIDDEN_HERE if context.reader().audience == "public" else words.NO_DATA)
    st.stop()

readings = {reading.measure.id: reading for reading in analysis.of_unit(unit.code)}
if not readings:
    st.info(words.HIDDEN_FIGURE)
    st.stop()
names = {"": "All measures", **{m: r.measure.name for m, r in readings.items()}}
opened = context.choice("Measure", names, "measure", default="")
if opened:
    open_measure(analysis, readings[opened])
else:
    small_multiples(list(readings.values()))
wards_grid(analysis, unit, opened)
not_reported(analysis, unit)
st.caption(words.HELP_LINE)
