"""Versions named for a meeting: name one, sign it off, open it again."""

from datetime import date, timedelta
from html import escape

import numpy as np
import streamlit as st

from data.access.names import same_person
from data.editions import Edition, changed_since, editions, name_edition, open_edition
from data.freshness import Freshness
from data.panel import Panel
from data.store import Store
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.asked import overdue
from pages.shared.deciding import approve, may_approve, may_propose, reason_field, record
from pages.shared.html import paragraph, table

MEETING_DAYS, GAPS_TOLD = 14, 5


def named_versions(fresh: Freshness, store: Store) -> None:
    """Every edition with its state, and how many of its figures have changed since."""
    st.header("Versions named for a meeting")
    st.html(paragraph(words.EDITION_LEAD, "zh-muted"))
    found = editions(store, context.reader())
    for each in found:
        _edition(each, fresh, store)
    if may_propose("edition"):
        _name(fresh, store)


def _edition(edition: Edition, fresh: Freshness, store: Store) -> None:
    who = context.reader()
    with st.container(border=True):
        lines = [
            f"Meeting on {words.day_name(edition.meeting_on)} · figures up to {words.day_name(edition.data_up_to)}"
            f" · version {edition.version}",
            words.edition_state(edition),
            words.changed_since_words(changed_since(edition, store, who, fresh)),
            edition.known_gaps,
        ]
        told = f'<p class="zhq-big">{escape(edition.name)}</p>' + "".join(paragraph(line) for line in lines)
        st.html(f'<div class="zhq-lines">{told}</div>')
        if st.toggle("Open it: the trust's figures then and now", key=f"open {edition.decision_id}"):
            _then_and_now(edition, store)
        if edition.is_signed_off:
            return
        if same_person(edition.named_by, who.signature):
            st.caption(words.PROPOSER_WAITS)
        elif may_approve("edition", edition.named_by):
            reason = reason_field("What you looked at", f"sign edition {edition.decision_id}")
            if st.button("Sign off this version", key=f"sign {edition.decision_id}"):
                approve(edition.decision_id, reason, "Signed off.")


def _then_and_now(edition: Edition, store: Store) -> None:
    """The month up to which an edition speaks, as it was in it and as it is today, for the headline measures."""
    who, month = context.reader(), np.datetime64(edition.data_up_to, "M")
    then, now = open_edition(context.home(), edition).panel(who), store.panel(who)
    rows = []
    for m in store.catalogue.values():
        if m.headline and m.kind is not Kind.DEATH and m.months == 1:
            before, after = (_figure(panel, m.id, month, m.has_denominator, m.multiplier) for panel in (then, now))
            rows.append((escape(m.name), [before, after, escape(m.unit)]))
    heads = ["Measure", f"In version {edition.version}", "Today", ""]
    st.html(table(f"The whole trust in {words.month_name(month, short=False)}", heads, rows))


def _figure(panel: Panel, measure_id: str, month: np.datetime64, divides: bool, multiplier: float) -> str:
    top = next((u for u, unit in enumerate(panel.tree.units) if unit.level == "trust"), None)
    t = int((month - panel.months[0]).astype(int)) if panel.months.size else -1
    if top is None or measure_id not in panel.measures or not 0 <= t < len(panel.months):
        return "–"
    m = panel.measure_position(measure_id)
    value = float(panel.numerator[m, top, t])
    if divides:
        size = float(panel.denominator[m, top, t])
        value = value / size * multiplier if size > 0 else np.nan
    return words.number(value)


def _name(fresh: Freshness, store: Store) -> None:
    """The form that names the version of now; what is overdue stands in it as known gaps."""
    version = store.published.version
    newest = (fresh.panel.newest + 1).astype("datetime64[D]") - 1
    with st.form("edition"):
        st.subheader("Name a version for a meeting")
        left, middle, right = st.columns(3)
        name = left.text_input("Name", key="edition name", placeholder="Board, November", max_chars=80)
        meeting = middle.date_input("Meeting on", _in_two_weeks(), key="edition meeting", format="DD/MM/YYYY")
        up_to = right.date_input("Figures up to", newest.item(), key="edition up to", format="DD/MM/YYYY")
        gaps = st.text_area(
            f"Known gaps. {words.DO_NOT_NAME}", _gaps(fresh, store), key="edition gaps", max_chars=1000, height=90
        )
        if st.form_submit_button(f"Name version {version}", key="name edition"):
            record(
                lambda: [name_edition(name, meeting, version, up_to, gaps)],
                "Named. Somebody who loaded none of it signs it off.",
            )


def _in_two_weeks() -> date:
    return context.today().date() + timedelta(days=MEETING_DAYS)


def _gaps(fresh: Freshness, store: Store) -> str:
    names = {u.code: u.name for u in fresh.units}
    found = [
        f"{store.catalogue[m].name}, {names[u]}, {words.month_list(months)}"
        for (m, u), months in overdue(fresh).items()
    ]
    return words.known_gaps_words(found[:GAPS_TOLD], max(0, len(found) - GAPS_TOLD))
