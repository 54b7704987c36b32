"""How far are we from zero harm, and how sure can we be? Every goal, its milestone and its trend, by division."""

import streamlit as st

from data.access import Audience
from pages.shared import app, context, words
from pages.shared.goals import at_a_glance, changes, deaths, goal_cards, grid, public_figures, seldom

app.framed()
st.title("How far are we from zero harm?")

analysis, store = context.analysis(), context.shown_store()
if analysis is None or store is None:
    st.info(words.NO_DATA)
    st.stop()

if context.reader().audience is Audience.PUBLIC:
    public_figures(store, context.reader())
    st.stop()

deaths(analysis)
st.header("At a glance")
at_a_glance(analysis, store)
changes(analysis)
st.header("Our goals")
goal_cards(analysis, store)
st.header("Every measure: where it is, and where it is going")
grid(analysis)
seldom(store, context.reader())
st.caption(words.DRAFT_NOTE)
st.caption(words.HELP_LINE)
