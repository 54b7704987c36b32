"""Who may look: the roles in force, given and taken here, and what each may do."""

import streamlit as st

from pages.shared import app, words
from pages.shared.deciding import told
from pages.shared.granting import end_sessions, give, in_force, rules, take

app.framed()
st.title("Access")
st.html(f'<p class="zh-lead">{words.ACCESS_LEAD}</p>')
told()
in_force()
give()
take()
end_sessions()
rules()
