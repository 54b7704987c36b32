"""How good a month is, measure by measure; what was revised; how long figures go on changing."""

from html import escape

import numpy as np
import streamlit as st

from data.decisions import Proposal
from data.expectation import DUE_DAYS, expectations, settling_months
from data.freshness import Freshness
from data.rating import Rating, Verdict, rate_month, revised, settling
from data.store import Store
from metrics.measure import Kind
from pages.shared import context, words
from pages.shared.deciding import may_propose, record
from pages.shared.html import anchor, paragraph, table

CHOICES = 6  # months that can be chosen
SHOWN_REVISIONS = 13


def choose_month(fresh: Freshness, place: object = st) -> np.datetime64:
    """One of the newest months that have ended; the newest that is due to begin with."""
    options = {str(m): words.month_name(m, short=False) for m in fresh.months[::-1][:CHOICES]}
    newest = fresh.panel.newest if fresh.panel.months.size else fresh.months[-1]
    return np.datetime64(context.choice("Month", options, "month", default=str(newest), place=place), "M")


def of_month(fresh: Freshness, store: Store, month: np.datetime64) -> list[Rating]:
    """The ratings of a month for this reader: of the trust, or of the reader's own ward."""
    who = context.reader()
    return rate_month(fresh, month, store.decisions(who, "sign_off"), scoped=bool(who.units))


def rating_table(fresh: Freshness, store: Store) -> None:
    """All measures with the four marks and the sentence that gives their reasons."""
    st.header("How good a month is")
    left, _ = st.columns([3, 5])
    month = choose_month(fresh, left)
    found = of_month(fresh, store, month)
    rows = []
    for each in found:
        # That nobody has signed a month off yet is no fault of its figures.
        signed = each.signed_off if each.sign_off else Verdict.NOT_APPLICABLE
        marks = [mark(verdict) for verdict in (signed, each.timely, each.complete, each.checked)]
        name = anchor(context.link("quality", measure=each.measure_id), store.catalogue[each.measure_id].name)
        rows.append((name, [*marks, escape(words.rating_sentence(each))]))
    st.html(paragraph(words.month_sentence(found), "zh-lead"))
    caption = f"Every measure in {words.month_name(month, short=False)}"
    st.html(table(caption, ["Measure", *words.MARK_NAMES.values(), "Why"], rows, css="zhq-marks"))


def mark(verdict: str) -> str:
    css = {"yes": "zhq-yes", "no": "zhq-no"}.get(verdict, "zhq-na")
    return f'<span class="{css}">{escape(words.VERDICT_WORDS[verdict])}</span>'


def revisions(fresh: Freshness, store: Store, measure: str) -> None:
    """What changed after it came, by month; how long that takes; and a proposal where the catalogue says otherwise."""
    st.header("What changed after it came")
    table_of = store.revisions(context.reader())
    frame = revised(fresh, table_of)
    frame = frame[frame["measure_id"] == measure].tail(SHOWN_REVISIONS)
    if frame.empty:
        st.html(paragraph(words.NO_REVISIONS))
    else:
        last = frame["last_changed"].max()
        day = None if last is None or np.isnat(np.datetime64(last)) else last.date()
        st.html(paragraph(words.revisions_sentence(int(frame["figures"].sum()), len(frame), day)))
        rows = [
            (
                escape(words.month_name(np.datetime64(row.month, "M"))),
                [f"{row.figures:,}", f"{row.change:+,.0f}", escape(_day(row.last_changed))],
            )
            for row in frame.iloc[::-1].itertuples()
        ]
        heads = ["Month", "Figures that changed", "Change of their sum", "Last changed"]
        st.html(table(f"{store.catalogue[measure].name}: revisions by month", heads, rows))
    _settling(fresh, store, measure)


def _day(stamp: object) -> str:
    when = np.datetime64(stamp)  # type: ignore[call-overload]
    return "when a load was withdrawn" if np.isnat(when) else words.day_name(when.astype("datetime64[D]").item())


def _settling(fresh: Freshness, store: Store, measure: str) -> None:
    if store.catalogue[measure].kind is Kind.DEATH:  # an inquest decides, long after the loads have stopped to change
        return
    who = context.reader()
    learnt = settling(fresh, store.revisions(who), store.spoken(who))[measure]
    found = expectations(vars(d) for d in store.decisions(who, "expectation"))
    catalogued = np.array([store.catalogue[measure].settles_after_months])
    used = int(settling_months(found, catalogued, (measure,), ("",), fresh.months[-1:])[0, 0, 0])
    st.html(paragraph(words.settling_sentence(learnt, used)))
    if learnt is None or learnt == used or not may_propose("expectation", "", measure):
        return
    due = next((e.due_day for e in found[::-1] if e.measure_id in ("", measure) and not e.unit_code), DUE_DAYS)
    if st.button(words.propose_settling(learnt), key="propose settling"):
        detail = {"due_day": due, "settles_after_months": learnt}
        reason = "Learnt from the loads so far."
        record(lambda: [Proposal("expectation", reason, measure, detail=detail)], "Recorded.")
