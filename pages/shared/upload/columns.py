"""Of the third step: which column of an unknown layout is what, and those that a known source does not need."""

from dataclasses import replace

import streamlit as st

from data.ingest.feeds import column_name
from data.ingest.look import Look
from data.ingest.mapping import Mapping, from_detail, to_detail
from pages.shared import words

FEED_NAMES = {
    "events": "Incidents, one a line",
    "monthly": "Counts, by month",
    "exposure": "Bed days and the like, by month",
}
# The columns that are asked for: what they are called here, and whether they must be there.
ASKED = {
    "events": {
        "day": ("The day it happened", True),
        "unit": ("Where it happened", True),
        "measure": ("What kind of incident", True),
        "event_reference": ("Its reference", True),
        "severity": ("Harm", False),
        "status": ("Status of the review", False),
        "revision": ("Revision", False),
    },
    "monthly": {
        "month": ("Month, or day", True),
        "unit": ("Ward or team", True),
        "measure": ("What is counted", True),
        "numerator": ("How many", True),
        "denominator": ("Out of how many", False),
    },
    "exposure": {
        "month": ("Month, or day", True),
        "unit": ("Ward or team", True),
        "kind": ("What is counted", True),
        "value": ("How many", True),
    },
}
OF_WORDS = ("unit", "measure", "severity", "status", "kind")
NOT_HERE = "not in this file"


def ask_drop(look: Look) -> None:
    assert look.source is not None
    st.write(f"{words.and_so_on(map(words.plain, look.others), 6)}: not needed by {words.plain(look.source.source)}.")
    if st.toggle(words.UPLOAD_DROP_COLUMNS, key="upload drop", help=words.UPLOAD_WHY_DROP):
        _try(replace(look.source, drop_other_columns=True))
    st.caption(words.UPLOAD_WHY_DROP)


def ask_columns(look: Look, error: str) -> None:
    st.write(f"**{words.UPLOAD_UNKNOWN}**")
    st.caption(words.plain(words.on_the_page(error)))
    feed = st.radio("The file holds", list(FEED_NAMES), format_func=lambda name: FEED_NAMES[name], horizontal=True)
    chosen: dict[str, str] = {}
    places = st.columns(2)
    for i, (column, (label, must)) in enumerate(ASKED[feed].items()):
        options = list(look.columns) if must else [NOT_HERE, *look.columns]
        same = next((i for i, cell in enumerate(options) if column_name(cell) == column), None if must else 0)
        picked = places[i % 2].selectbox(
            label, options, index=same, placeholder="Choose a column", key=f"upload column {feed} {column}"
        )
        if picked is not None and picked != NOT_HERE:
            chosen[column] = picked
    days_first = st.toggle("Days are written 17/04/2026", value=True, key="upload dmy")
    by_month = feed != "events" and st.toggle(
        "Add up the lines of one month, unit and measure",
        key="upload sum",
        help="Where a line is a day, an audit or a part.",
    )
    drop = st.toggle(words.UPLOAD_DROP_COLUMNS, value=True, key="upload drop new")
    st.caption(words.UPLOAD_WHY_DROP)
    name = st.text_input("What do you call this source?", placeholder="ulysses", key="upload source").strip()
    if not st.button("Try these columns", type="primary"):
        return
    lacking = [label for column, (label, must) in ASKED[feed].items() if must and column not in chosen]
    if lacking or not name:
        st.error(f"Please say: {words.and_so_on([*lacking, *([] if name else ['what you call this source'])], 6)}.")
        return
    values = {role: {} for role in OF_WORDS if role in chosen}
    combine = "sum" if by_month else ""
    style = "dmy" if days_first else "iso"
    _try(Mapping(name, feed, chosen, values, style, drop, combine, by_month))


def _try(mapping: Mapping) -> None:
    try:
        st.session_state["upload draft"] = from_detail(to_detail(mapping))
    except ValueError as error:
        st.error(words.on_the_page(str(error)))
        return
    st.rerun()
