"""The trails: who signed in, was refused, and took files out. For those who keep access."""

from html import escape

import streamlit as st

from data.access import Action, Thing, may
from data.looks import broken_trails, recent_looks
from pages.shared import context, words
from pages.shared.html import table
from pages.shared.wording import history as said


def looked() -> None:
    """Nothing for anybody else."""
    who, home = context.reader(), context.home()
    if not may(who, Action.OPEN, Thing(page="access")):
        return
    st.header(said.LOOKED)
    lines = recent_looks(home, who)
    if not lines:
        st.info(said.NOTHING_LOOKED)
        return
    for problem in broken_trails(home, who):
        st.error(words.plain(problem))
    rows = [
        (words.moment(line.happened_at), [escape(line.who), escape(said.look(line.what, line.detail))])
        for line in lines
    ]
    st.html(table("The newest first", ["When", "Who", "What"], rows))
