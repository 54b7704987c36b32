"""How it is computed: rules, charts, decisions and every definition, from the code and the catalogue."""

import streamlit as st

from data.access import shipped_policy
from pages.shared import app, context
from pages.shared.methods import catalogue_tables, charts, completeness, decisions, functions, measured, rules

app.framed()
st.title("Methods")
store = context.store()
st.write("What stands behind every chart and every word. Terms of art are explained here and used nowhere else.")
rules()
charts()
completeness(store.policy.masking if store else shipped_policy().masking)
measured()
decisions()
functions()
catalogue_tables(store)
