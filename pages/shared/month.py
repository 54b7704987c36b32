"""The parts of the This month page: the ward's return, the table of measures, what is signed off."""

from html import escape

import numpy as np
import streamlit as st

from data.decisions import Proposal
from data.freshness import Figure, Freshness
from data.store import Decision, Store
from data.tree import Unit
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.deciding import may_propose, reason_field, record
from pages.shared.html import anchor, paragraph, table
from pages.shared.ratings import mark, of_month

FALLS, RESTRAINTS = "falls_all", "restraint_all"


def ward_return(fresh: Freshness, store: Store, month: np.datetime64) -> None:
    """The ward manager's own month: what we hold, and whether that is right."""
    ward = _own_ward(fresh)
    if ward is None:
        return
    held = _held(fresh, store, ward, month)
    sentence = words.return_sentence(month, ward.name, held.get(FALLS, np.nan), held.get(RESTRAINTS, np.nan))
    with st.container(border=True):
        st.html(f'<p class="zhq-big">{escape(sentence)} {words.RETURN_QUESTION}</p>')
        rest = [
            (escape(store.catalogue[m].name), [words.number(n)])
            for m, n in held.items()
            if m not in (FALLS, RESTRAINTS)
        ]
        if rest:
            with st.expander("What else we hold of this month"):
                st.html(table("Harm recorded in the month", ["Measure", "Count"], rest))
        before = _answer(store, ward, month)
        if before:
            answer = str(before.detail.get("answer", "nothing"))
            st.html(paragraph(words.answered_sentence(answer, before.decided_by, before.decided_at.date())))
        more = reason_field("Something to add, if you like", "return note")
        nothing_held = bool(held) and not any(held.values())
        offered = ["right", "missing", *(["nothing"] if nothing_held else [])]
        with st.container(horizontal=True):
            for answer in offered:
                kind = "primary" if answer == "right" else "secondary"
                if st.button(words.RETURN_LABELS[answer], key=f"return {answer}", type=kind):
                    _return(ward, month, answer, more)
        st.caption(words.RETURN_EFFECT)


def _own_ward(fresh: Freshness) -> Unit | None:
    """The ward that the reader answers for; one of them where there are several."""
    wards = {u.code: u for u in fresh.units if u.level in ("ward", "team") and u.closed is None}
    mine = {code: u.name for code, u in wards.items() if may_propose("zero_return", code)}
    if not mine:
        return None
    return wards[next(iter(mine)) if len(mine) == 1 else context.choice("Ward", mine, "return for")]


def _held(fresh: Freshness, store: Store, ward: Unit, month: np.datetime64) -> dict[str, float]:
    """What of harm is held for a ward and month; figures that this reader does not see exactly are left out."""
    panel, u = fresh.panel, fresh.panel.tree.position[ward.code]
    t = int((month - panel.months[0]).astype(int))
    if not 0 <= t < len(panel.months):
        return {}
    harm = [m for m, measure in enumerate(panel.measures) if store.catalogue[measure].kind is Kind.HARM]
    return {
        panel.measures[m]: float(panel.numerator[m, u, t])
        for m in harm
        if panel.exact[m, u] and np.isfinite(panel.numerator[m, u, t])
    }


def _answer(store: Store, ward: Unit, month: np.datetime64) -> Decision | None:
    """The newest return of a ward for a month."""
    found = [
        d
        for d in store.decisions(context.reader(), "zero_return")
        if d.unit_code == ward.code and d.first_month and np.datetime64(d.first_month, "M") == month
    ]
    return found[-1] if found else None


def _return(ward: Unit, month: np.datetime64, answer: str, more: str) -> None:
    day = month.astype("datetime64[D]").item()
    reason = more or words.RETURN_REASONS[answer]
    record(
        lambda: [Proposal("zero_return", reason, "", ward.code, day, day, {"answer": answer})],
        "Thank you. Your answer is recorded.",
    )


def measures_table(fresh: Freshness, store: Store, month: np.datetime64) -> None:
    """Per measure: how many units were to report, how many have, whether somebody looked, and who signed it off."""
    found = of_month(fresh, store, month)
    st.header(words.month_name(month, short=False))
    st.html(paragraph(words.month_sentence(found), "zh-lead"))
    rows = []
    for each in found:
        came = f"{each.came} of {each.expected}"
        checked = mark(each.checked.value) if not each.asked else f'<span class="zhq-no">{each.asked} to check</span>'
        name = anchor(context.link("quality", measure=each.measure_id), store.catalogue[each.measure_id].name)
        due = words.day_name(each.due_on) if each.due_on else ""
        css = "" if each.came == each.expected else "zhq-no"
        rows.append(
            (
                name,
                [escape(due), f'<span class="{css}">{came}</span>', checked, escape(words.sign_off_words(each))],
            )
        )
    heads = ["Measure", "Due on", "Loaded, of units expected", "Checked", "Signed off"]
    st.html(table("Measure by measure", heads, rows, css="zhq-month"))


def sign_off(fresh: Freshness, store: Store, month: np.datetime64) -> None:
    """A QI lead says of measures that their month may be reported."""
    if not may_propose("sign_off"):
        return
    open_ones = {r.measure_id: r for r in of_month(fresh, store, month) if r.sign_off is None}
    if not open_ones:
        return
    t = fresh.month_position(month)
    with st.form("sign off", border=True):
        st.subheader("Sign off")
        picked = st.multiselect(
            "Measures",
            list(open_ones),
            format_func=lambda m: store.catalogue[m].name,
            key="sign off measures",
            placeholder="Choose one or more",
        )
        reason = reason_field("What was looked at", "sign off reason", "Completeness and revisions looked at.")
        if st.form_submit_button("Sign off", key="sign off now"):
            if not picked:
                st.warning("Choose a measure first.")
                return
            day = month.astype("datetime64[D]").item()
            lacking = [m for m in picked if (fresh.state[fresh.measures.index(m), :, t] == Figure.MISSING).all()]
            if lacking:
                st.error(f"Nothing has come yet for {store.catalogue[lacking[0]].name}; it cannot be signed off.")
                return
            record(
                lambda: [Proposal("sign_off", reason, m, "", day, day) for m in picked],
                f"{words.count_of(len(picked), 'measure')} signed off.",
            )
