"""Three steps for whoever opens the sample for the first time; skipped once, they never come back in that browser."""

import streamlit as st

from pages.shared import context
from pages.shared.browser import tell
from pages.shared.wording import tour as said

COOKIE, DONE = "zero_harm_tour", "done"
STEP = "step of the tour"


def tour() -> None:
    """On the sample only, above the Goals page."""
    if not context.home().is_sample or st.context.cookies.get(COOKIE) == DONE:
        return
    step = st.session_state.get(STEP, 0)
    if step >= len(said.STEPS):
        tell("tour", cookie=f"{COOKIE}={DONE}")  # it says nothing of anybody
        return
    title, text = said.STEPS[step]
    with st.container(border=True, key="tour"):
        st.markdown(f"**{said.place(step)} {title}**")
        st.write(text)
        with st.container(horizontal=True):
            st.button(
                said.NEXT if step + 1 < len(said.STEPS) else said.FINISH,
                key="tour next",
                on_click=_go,
                args=(step + 1,),
            )
            if step + 1 < len(said.STEPS):
                st.button(said.SKIP, key="tour skip", type="tertiary", on_click=_go, args=(len(said.STEPS),))


def _go(step: int) -> None:
    st.session_state[STEP] = step
