"""The steps in their order, each where it makes sense."""

from collections.abc import Iterator
from html import escape

import streamlit as st

from data.ingest.answers import UnreadableFile
from pages.shared import words
from pages.shared.upload.accept import offer, show_receipt
from pages.shared.upload.changes import show_changes
from pages.shared.upload.check import checked
from pages.shared.upload.choose import ask_file, ask_member, templates
from pages.shared.upload.history import show_history
from pages.shared.upload.mapping import ask_mapping, needs_mapping
from pages.shared.upload.problems import show_check
from pages.shared.upload.reading import ask_reading
from pages.shared.upload.state import Dropped

WIDTH = 900
STYLE = """<style>
.zh-step {display: flex; align-items: center; gap: 12px; margin: 34px 0 4px}
.zh-step b {display: inline-flex; width: 30px; height: 30px; flex: none; border: 1.5px solid rgba(127,127,127,.55);
  border-radius: 50%; align-items: center; justify-content: center; font-size: .95rem; font-weight: 600}
.zh-step h2 {margin: 0; padding: 0; font-size: 1.3rem; line-height: 1.3}
.zh-items p {margin: 0; padding: 9px 2px; border-bottom: 1px solid rgba(127,127,127,.22); font-size: .95rem;
  line-height: 1.45; overflow-wrap: anywhere}
.zh-turns td, .zh-turns th {vertical-align: middle !important}
.zh-turns .zh-state {margin: 3px 0; font-weight: 500}
.zh-preview td, .zh-preview th {white-space: nowrap; max-width: 16rem; overflow: hidden; text-overflow: ellipsis}
</style>"""


def show() -> None:
    """The whole page, for somebody who loads extracts."""
    st.html(STYLE)
    with st.container(width=WIDTH):
        show_receipt()
        numbers = iter(range(1, 9))
        _step(next(numbers), "file")
        file = ask_file()
        try:
            if file is None:
                st.caption(words.UPLOAD_NOTHING_YET)
            else:
                ask_member(file)
        except UnreadableFile as error:
            st.error(words.on_the_page(str(error)))
            file = None
        templates()
        if file is not None:
            _steps(file, numbers)
        st.space("medium")
        show_history()


def _steps(file: Dropped, numbers: Iterator[int]) -> None:
    found = checked(file)
    if found.error and not needs_mapping(found):
        st.error(words.on_the_page(found.error))
    _step(next(numbers), "reading")
    ask_reading(found)
    if needs_mapping(found):
        _step(next(numbers), "words" if found.tried else "columns")
        ask_mapping(found)
    if found.tried is None:
        return
    _step(next(numbers), "check")
    show_check(found)
    if not found.tried.blocked:
        _step(next(numbers), "change")
        show_changes(found)
    _step(next(numbers), "accept")
    offer(file, found)


def _step(number: int, name: str) -> None:
    title = escape(words.UPLOAD_STEPS[name])
    st.html(f'<div class="zh-step"><b aria-hidden="true">{number}</b><h2>{title}</h2></div>')
