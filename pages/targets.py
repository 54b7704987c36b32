"""What was promised, by when, and what counts: goals, what is due when, and the catalogue."""

import streamlit as st

from pages.shared import app, context, words
from pages.shared.deciding import told
from pages.shared.targets.catalogue import catalogue
from pages.shared.targets.expecting import expectations
from pages.shared.targets.propose import propose_goal
from pages.shared.targets.standing import goals_in_force
from pages.shared.waiting import waiting
from pages.shared.wording import targets as said

app.framed()
st.title("Goals and measures")

analysis, store = context.latest_analysis(), context.store()
if analysis is None or store is None:
    st.info(words.NO_DATA)
    st.stop()

st.html(f'<p class="zh-lead">{said.LEAD}</p>')
told()
goals_in_force(analysis, store)
waiting(store)
propose_goal(analysis, store)
expectations(store)
catalogue(store)
