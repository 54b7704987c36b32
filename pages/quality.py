"""Data quality: did the figures come, in time and complete, and has anybody looked at them?"""

import streamlit as st

from pages.shared import app, words
from pages.shared.asked import required
from pages.shared.deciding import told
from pages.shared.download import offer_download
from pages.shared.quality import STYLE, choose, matrix, overdue_list, to_check
from pages.shared.ratings import rating_table, revisions

app.framed()
st.title("Data quality")

fresh, store = required()
st.html(STYLE)
told()
st.html(f'<p class="zh-lead">{words.QUALITY_LEAD}</p>')
overdue_list(fresh, store)
st.header("Month by month")
measure, division, months = choose(fresh, store)
matrix(fresh, store, measure, division, months)
rating_table(fresh, store)
to_check(fresh, store)
revisions(fresh, store, measure)
offer_download(store)
st.caption("Figures that come by quarter or by year are not looked at here.")
