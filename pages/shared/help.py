"""Where to turn for help: at the end of every page with deaths or self-harm, from the trust's own branding."""

import streamlit as st

from pages.shared import context, words


def help_line() -> None:
    st.caption(words.plain(context.branding().help_line))
