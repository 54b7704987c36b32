"""What was loaded and decided, by whom, when and why; and, for those who keep access, who looked."""

import streamlit as st

from data.access import Reach
from pages.shared import app, context, words
from pages.shared.history.decided import decided
from pages.shared.history.loaded import loaded
from pages.shared.history.looked import looked
from pages.shared.wording import history as said

app.framed()
st.title("History and audit")

store = context.store()
if store is None:
    st.info(words.NO_DATA)
    st.stop()

st.html(f'<p class="zh-lead">{said.LEAD}</p>')
looked()
if context.reader().reach is not Reach.NOTHING:
    decided(store)
    loaded(store)
st.caption(said.CHAIN)
