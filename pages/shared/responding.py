"""The answer to a signal: what was found, what will be done, when to look again, and whether it is passed up."""

from datetime import date, timedelta
from html import escape

import streamlit as st

from data.decisions import PASSED_UP_TO, Proposal
from data.store import Decision
from pages.shared import context, words
from pages.shared.analysis import Reading
from pages.shared.deciding import may_propose, record
from pages.shared.html import paragraph
from pages.shared.responses import answers
from pages.shared.wording import ward as said

AGAIN_DAYS, LONGEST = 28, 600


def response(reading: Reading) -> None:
    """What has been answered so far, and a form for who may answer: always of now, whichever figures are shown."""
    store = context.store()
    if store is None:
        return
    found = answers(store, context.reader(), reading.unit.code, reading.measure.id)
    if found:
        st.html("".join(_answer(each) for each in found[:3]))
    elif not may_propose("response", reading.unit.code, reading.measure.id):
        st.caption(said.NOT_ANSWERED)
    if may_propose("response", reading.unit.code, reading.measure.id) and context.edition() is None:
        with st.popover(said.ANSWER_AGAIN if found else said.ANSWER, key=f"answer {_key(reading)}"):
            _form(reading)


def _answer(each: Decision) -> str:
    detail = each.detail
    again = detail.get("look_again_on")
    lines = [
        f"{said.FOUND}: {detail['found']}",
        f"{said.WILL_DO}: {detail['will_do']}",
        said.look_again(date.fromisoformat(str(again))) if again else "",
        said.PASSED[str(detail["passed_up_to"])] if detail.get("passed_up_to") else "",
    ]
    seen = said.seen_by(each.decided_by, each.decided_at)
    body = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="zh-answer">{paragraph(seen, "zh-muted")}{body}</div>'


def _form(reading: Reading) -> None:
    key = _key(reading)
    with st.form(f"response {key}", border=False):
        st.caption(words.DO_NOT_NAME)
        found = st.text_area(said.FOUND, key=f"found {key}", max_chars=LONGEST)
        will_do = st.text_area(said.WILL_DO, key=f"will do {key}", max_chars=LONGEST)
        usual = context.today().date() + timedelta(days=AGAIN_DAYS)
        again = st.date_input(said.LOOK_AGAIN, usual, key=f"look again {key}", format="DD/MM/YYYY")
        options = {to: said.PASS_UP[to] for to in PASSED_UP_TO}
        to = st.selectbox(said.PASS_UP_TITLE, list(options), format_func=options.__getitem__, key=f"pass up {key}")
        if st.form_submit_button(said.SEND_ANSWER, key=f"send {key}"):
            record(lambda: [_proposal(reading, found, will_do, again, to)], said.ANSWERED)


def _proposal(reading: Reading, found: str, will_do: str, again: date, to: str) -> Proposal:
    if not found.strip() or not will_do.strip():
        raise ValueError(said.ANSWER_BOTH)
    detail = {
        "found": found.strip(),
        "will_do": will_do.strip(),
        "look_again_on": again.isoformat(),
        "passed_up_to": to,
    }
    month = reading.months[-1].astype("datetime64[D]").item()
    return Proposal("response", said.ANSWER_REASON, reading.measure.id, reading.unit.code, month, month, detail)


def _key(reading: Reading) -> str:
    return f"{reading.unit.code} {reading.measure.id}"
