"""How safe is our care? In easy words and pictures, for everybody, from the newest figures that were signed off."""

import streamlit as st

from data.disclosure import NotSafe
from data.record import StoreError
from pages.shared import app, context
from pages.shared.easy.content import newest_checked
from pages.shared.easy.drawn import kept_easy_read, not_safe, nothing_yet, offer_files, show
from pages.shared.wording import easy as said

app.framed()
st.title(said.TITLE)

current = context.store()
edition = newest_checked(current) if current is not None else None
store = context.store(edition.version) if edition is not None else None
if edition is None or store is None:
    nothing_yet()
    st.stop()

try:
    easy = kept_easy_read(store.key, edition.decision_id, store, edition)
except (NotSafe, StoreError):
    not_safe()
    st.stop()
show(easy)
offer_files(easy)
