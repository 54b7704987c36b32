"""Load an extract: drop a file, see what is wrong and what would change, accept it, keep the receipt."""

import streamlit as st

from pages.shared import app, context
from pages.shared.upload import ask_details, receive, show_changes, show_history, show_problems, show_receipt, templates

app.framed()
st.title("Upload an extract")

if not context.reader().may_load:
    st.info("Extracts are loaded by QI leads. Ask yours, or choose that role in the sidebar on the sample.")
    st.stop()

show_receipt()
upload = st.file_uploader(
    "CSV, XLSX or Parquet", type=["csv", "txt", "xlsx", "parquet"], key="extract", max_upload_size=50
)
templates()
if upload is not None:
    details = ask_details()
    checked = receive(upload.name, upload.getvalue(), details)
    if checked is not None:
        show_problems(checked)
        show_changes(checked)
        checked.offer(upload.name, upload.getvalue(), details)
show_history()
