"""How far are we from zero harm, and how sure can we be? Every goal, its milestone and its trend, by division."""

import streamlit as st

from data.access import Audience
from pages.reports.offered import offer_pack
from pages.reports.pack.request import BOARD
from pages.shared import app, context, words
from pages.shared.division import not_answered, told_upwards
from pages.shared.goals.cards import goal_cards
from pages.shared.goals.everything import everything
from pages.shared.goals.glance import at_a_glance
from pages.shared.goals.grid import grid
from pages.shared.goals.public import public_figures
from pages.shared.goals.seldom import seldom
from pages.shared.goals.told import what_changed
from pages.shared.help import help_line
from pages.shared.people import people_harmed, record_learning, scope
from pages.shared.tour import tour
from pages.shared.wording import goals as said

app.framed()
st.title("How far are we from zero harm?")
tour()

analysis, store = context.analysis(), context.shown_store()
if analysis is None or store is None:
    st.info(words.NO_DATA)
    st.stop()

if context.reader().audience is Audience.PUBLIC:
    public_figures(store, context.reader())
    st.stop()

unit = scope(analysis, context.reader())
people_harmed(analysis, store, unit, with_year=True)
if unit is not None:
    record_learning(analysis, store, unit)
what_changed(analysis)
not_answered({u.code for u in analysis.panel.tree.units if u.level in ("trust", "division")})
told_upwards(set(analysis.panel.tree.position), "committee")
st.header("At a glance")
at_a_glance(analysis, store)
with st.container(key="on screen only"):
    st.header("Our goals")
    goal_cards(analysis, store)
    st.header("Every measure: where it is, and where it is going")
    grid(analysis)
    everything(analysis, store)
    seldom(store, context.reader())
    offer_pack(analysis, store, BOARD)
    st.caption(said.PRINT_HINT)
st.caption(words.DRAFT_NOTE)
help_line()
