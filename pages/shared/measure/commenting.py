"""People's own words beside what the chart says: those of its newest month, earlier ones folded, and a form for who may."""

from html import escape

import numpy as np
import streamlit as st

from data.decisions import LONGEST_TEXT, Proposal
from data.store import Decision, Store
from pages.shared import context, words
from pages.shared.analysis import Reading
from pages.shared.commentary import comment, commented, month_of
from pages.shared.deciding import may_propose, may_take_back, record, take_back
from pages.shared.html import paragraph
from pages.shared.measure.asking import Way
from pages.shared.wording import measure as said

KIND = "commentary"


def in_their_words(reading: Reading, way: Way, store: Store) -> None:
    """What was said of the newest month, and before; a form of now, whichever chart is drawn, and none for what was signed off."""
    found = commented(store, context.reader(), reading.measure.id, reading.unit.code, way.known_at)
    newest = [each for each in found if month_of(each) == reading.months[-1]]
    earlier = [each for each in reversed(found) if month_of(each) < reading.months[-1]]
    is_of_now = way.known_at is None and context.edition() is None
    may_add = is_of_now and may_propose(KIND, reading.unit.code, reading.measure.id)
    if not (newest or earlier or may_add):
        return
    st.html(f'<div class="zhm"><h3>{said.WORDS}</h3>{"" if newest else paragraph(said.NO_WORDS, "zh-muted")}</div>')
    for each in newest:
        _words(each, is_of_now=is_of_now)
    if may_add:
        with st.popover(said.add_words(reading.months[-1]), key=f"comment {_key(reading)}"):
            _form(reading)
    if earlier:
        with st.expander(said.EARLIER_WORDS):
            for each in earlier:
                _words(each, is_of_now=is_of_now)


def _words(each: Decision, *, is_of_now: bool) -> None:
    """One person's words, with a way to take them back for whoever may."""
    told = comment(each)
    head = said.words_by(told.by, told.on, month_of(each))
    lines = "".join(f"<p>{escape(line)}</p>" for line in told.text.splitlines() if line.strip())
    st.html(f'<div class="zh-answer">{paragraph(head, "zh-muted")}{lines}</div>')
    if is_of_now and may_take_back(each) and st.button(said.TAKE_BACK, key=f"take back comment {each.decision_id}"):
        take_back(each.decision_id, said.TAKEN_BACK_REASON, said.TAKEN_BACK)


def _form(reading: Reading) -> None:
    key, month = _key(reading), reading.months[-1]
    with st.form(f"commentary {key}", border=False):
        st.caption(words.DO_NOT_NAME)
        text = st.text_area(said.add_words(month), key=f"words {key}", max_chars=LONGEST_TEXT)
        if st.form_submit_button(said.RECORD_WORDS, key=f"record words {key}"):
            record(lambda: [_proposal(reading, month, text)], said.WORDS_RECORDED)


def _proposal(reading: Reading, month: np.datetime64, text: str) -> Proposal:
    day = month.astype("datetime64[D]").item()
    return Proposal(KIND, said.WORDS_REASON, reading.measure.id, reading.unit.code, day, day, {"text": text.strip()})


def _key(reading: Reading) -> str:
    return f"{reading.unit.code} {reading.measure.id}"
