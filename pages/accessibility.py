"""The accessibility statement: what can be done, what does not conform, how it was tried, whom to tell."""

from html import escape

import streamlit as st

from pages.shared import app
from pages.shared.wording import accessibility as said

app.framed()
st.title("Accessibility")

parts = [
    f"<h2>{escape(heading)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
    for heading, lines in said.PARTS.items()
]
st.html(f'<p class="zh-lead">{escape(said.LEAD)}</p><div class="zh-read">{"".join(parts)}</div>')
st.caption(said.PREPARED)
