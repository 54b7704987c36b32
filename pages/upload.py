"""Load an extract: drop a file, see what is wrong and what would change, accept it, keep the receipt."""

import streamlit as st

from pages.shared import app, context, words
from pages.shared.upload.page import show

app.framed()
st.title("Upload an extract")

if not context.reader().may_load:
    st.info(words.UPLOAD_NO_LOADING)
    st.stop()

show()
