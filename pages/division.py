"""One division, or the whole trust: what changed, what is new on its wards, and what was not reported."""

import streamlit as st

from pages.reports.offered import offer_pack
from pages.reports.pack.request import DIVISION, LEVELS
from pages.shared import app, context, words
from pages.shared.cards import quiet, signals_first
from pages.shared.deciding import told
from pages.shared.division import (
    ask_unit,
    new_since_last_month,
    not_answered,
    not_reported,
    told_upwards,
    wards_below,
    wards_grid,
)
from pages.shared.help import help_line
from pages.shared.people import people_harmed, record_learning

app.framed()
st.title("Division")

analysis, store = context.analysis(), context.shown_store()
unit = ask_unit(analysis) if analysis is not None else None
if analysis is None or store is None or unit is None:
    st.info(words.NO_DATA)
    st.stop()

told()
readings, wards = analysis.of_unit(unit.code), wards_below(analysis, unit)
below = {ward.code for ward in wards}
people_harmed(analysis, store, unit)
record_learning(analysis, store, unit)
not_answered(below)
told_upwards(below, "division")
signals_first(analysis, readings, store)
new_since_last_month(analysis, wards)
wards_grid(analysis, wards)
quiet(readings)
not_reported(analysis, unit)
if unit.level in LEVELS[DIVISION]:
    offer_pack(analysis, store, f"{DIVISION}:{unit.code}", context.path_of(unit.code))
help_line()
