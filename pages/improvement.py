"""What people try to make care safer, what became of it, and when the limits of a chart may begin anew."""

import streamlit as st

from pages.shared import app, context, words
from pages.shared.deciding import told
from pages.shared.help import help_line
from pages.shared.improvement.baselines import show_baselines
from pages.shared.improvement.choosing import ask_idea, ask_part, ask_state, ask_unit_and_measure
from pages.shared.improvement.forms import new_idea, writable
from pages.shared.improvement.ideas import ideas_of
from pages.shared.improvement.listing import show_list
from pages.shared.improvement.opened import STYLE, show_idea
from pages.shared.improvement.worked import show_across
from pages.shared.wording import improvement as said

app.framed()
st.title("Improvement")
st.write(said.LEAD)

analysis, store = context.latest_analysis(), context.store()
if analysis is None or store is None:
    st.info(words.NO_DATA)
    st.stop()
if context.edition() is not None:
    st.caption(said.NOT_SIGNED_OFF)
st.html(STYLE)
told()

ideas = ideas_of(store, context.reader())
left, right = st.columns(2)
part = ask_part(left)
idea = ask_idea(store, ideas, right) if part == "ideas" else None
if part == "across":
    show_across(analysis, store, ideas)
elif idea is not None:
    show_idea(analysis, store, idea, ideas)
else:
    filters = st.columns(3)
    unit, measure = ask_unit_and_measure(analysis, filters[0], filters[1])
    if part == "baseline":
        show_baselines(analysis, store, ideas, unit, measure)
    else:
        units, state = writable(analysis), ask_state(filters[2])
        show_list(store, ideas, unit, measure, state, may_record=bool(units))
        new_idea(analysis, ideas, units, unit, measure)
st.caption(words.DRAFT_NOTE)
help_line()
