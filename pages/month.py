"""This month: what came, what the wards say of it, what is signed off, and which version goes to the meeting."""

import streamlit as st

from pages.shared import app
from pages.shared.asked import required
from pages.shared.confirming import confirmations, deputies
from pages.shared.deciding import told
from pages.shared.editions import named_versions
from pages.shared.month import measures_table, sign_off, ward_return
from pages.shared.quality import STYLE
from pages.shared.ratings import choose_month
from pages.shared.waiting import waiting

app.framed()
st.title("This month")

fresh, store = required()
st.html(STYLE)
told()
left, _ = st.columns([3, 5])
month = choose_month(fresh, left)
ward_return(fresh, store, month)
measures_table(fresh, store, month)
sign_off(fresh, store, month)
confirmations(fresh, store)
waiting(store)
deputies(fresh, store)
named_versions(fresh, store)
