"""Load an extract: drop a file, see what is wrong and what would change, accept it, keep the receipt."""

import streamlit as st

from pages.shared import app
from pages.shared.upload.page import show

app.framed()
st.title("Upload an extract")

show()
