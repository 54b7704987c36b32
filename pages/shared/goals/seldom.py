"""Figures of other frequencies than monthly: the newest of each, with an interval and without a chart."""

from html import escape

import streamlit as st

from data.access import Reader
from data.store import Store
from metrics import proportion_interval
from pages.shared import context, words
from pages.shared.html import kept, table


def seldom(store: Store, who: Reader) -> None:
    found = _seldom(context.drawn_for(), store, who)
    if found:
        st.html(found)


@kept
def _seldom(drawn_for: str, _store: Store, _who: Reader) -> str:  # noqa: ARG001 (it is the key)
    store, who = _store, _who
    frame = store.periods(who)
    frame = frame[(frame["breakdown"] == "") & (frame["state"] == "reported")]
    if frame.empty:
        return ""
    newest = frame.sort_values("period_start").groupby(["measure_id", "unit_code"]).tail(1)
    tree = store.tree(who)
    rows = []
    for row in newest.itertuples():
        measure, unit = store.catalogue[row.measure_id], tree.units[tree.position[row.unit_code]]
        shown = words.number(row.numerator * measure.multiplier)
        if row.denominator > 0:
            interval = proportion_interval(row.numerator, row.denominator)
            low, high = (words.number(float(x) * measure.multiplier) for x in (interval.low, interval.high))
            shown = f"{words.figure(row.numerator / row.denominator * measure.multiplier, measure)} ({low} to {high})"
        period = f"{words.count_of(int(row.months), 'month')} from {words.month_name(row.period_start)}"
        rows.append((escape(measure.name), [escape(unit.name), escape(period), escape(shown)]))
    caption = "Measured less often: no chart can show change from month to month"
    return table(caption, ["Measure", "Where", "Period", "Figure"], rows)
