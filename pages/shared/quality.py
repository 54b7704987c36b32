"""The parts of the Data quality page: what is overdue, the matrix of units and months, the months to check."""

from html import escape

import numpy as np
import streamlit as st

from data.access.suppression import Masking
from data.freshness import Figure, Freshness
from data.store import Store
from pages.shared import context, words
from pages.shared.asked import MORE_MONTHS, RECENT_MONTHS, in_question, overdue, recent
from pages.shared.html import anchor, paragraph, table

SHOWN = 8
STYLE = """<style>
.zhq-hear {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap}
.zh-scroll:has(> .zhq-matrix) {max-height: 44rem; overflow: auto}
@media print {.zh-scroll:has(> .zhq-matrix) {max-height: none}}
.zh-table.zhq-matrix {width: auto; font-variant-numeric: tabular-nums}
.zh-table.zhq-matrix thead th {position: sticky; top: 0; background: var(--zh-page); z-index: 2}
.zh-table.zhq-matrix thead th:first-child {left: 0; z-index: 3}
.zh-table.zhq-matrix td {text-align: center; vertical-align: middle; padding: 2px 3px; border-bottom: 0}
.zh-table.zhq-matrix tr + tr td, .zh-table.zhq-matrix tr + tr th {border-top: 1px solid rgba(127,127,127,.14)}
.zh-table.zhq-matrix th {border-bottom: 0}
.zh-table.zhq-matrix th[scope=col] {text-align: center; font-size: .8rem; font-weight: 500; line-height: 1.2; padding: 6px 4px}
.zh-table.zhq-matrix th[scope=col]:first-child {text-align: left}
.zh-table.zhq-matrix th[scope=row] {white-space: nowrap; font-weight: 500; position: sticky; left: 0;
  padding-right: 18px; vertical-align: middle;
  background: var(--zh-page); z-index: 1}
.zhq {display: inline-block; min-width: 2.5rem; padding: 5px 6px; border-radius: 6px; font-size: .84rem; line-height: 1.25;
  white-space: nowrap; cursor: default}
.zhq-calm {opacity: .62}
.zhq-faint {opacity: .62; font-size: .76rem}
.zhq-late {text-decoration: underline dotted; text-underline-offset: 4px}
.zhq-miss {background: rgba(228,108,10,.17); font-weight: 700}
.zhq-ask {box-shadow: inset 0 0 0 1.5px #E46C0A; font-weight: 700}
.zhq-key {display: flex; flex-wrap: wrap; gap: 10px 26px; margin: 4px 0 26px; font-size: .88rem}
.zhq-key > span {display: inline-flex; gap: 8px; align-items: center}
.zhq-key .zhq {text-align: center}
.zhq-marks th[scope=col]:not(:last-child), .zhq-month td {white-space: nowrap}
.zhq-marks td:last-child, .zhq-month th:first-child {min-width: 14rem}
.zhq-lines p {margin: 0 0 6px; line-height: 1.5}
.zhq-yes {white-space: nowrap}
.zhq-no {white-space: nowrap; font-weight: 700}
.zhq-na {white-space: nowrap; opacity: .7}
.zhq-big {font-size: 1.08rem; font-weight: 600; margin: 0 0 4px}
.zh-card ul.zhq-list {margin: 6px 0 4px; padding-left: 1.2rem; font-size: .95rem; line-height: 1.6}
</style>"""
CSS = {
    Figure.REPORTED: "zhq-calm",
    Figure.ZERO_DECLARED: "zhq-calm",
    Figure.ZERO: "zhq-calm",
    Figure.LATE: "zhq-late",
    Figure.NOT_DUE: "zhq-calm",
    Figure.MISSING: "zhq-miss",
    Figure.PLEASE_CHECK: "zhq-ask",
    Figure.SUPPRESSED: "zhq-calm",
    Figure.NO_RATE: "zhq-faint",
    Figure.CLOSED: "zhq-faint",
    Figure.NOT_EXPECTED: "zhq-calm",
}


def overdue_list(fresh: Freshness, store: Store) -> None:
    """What should have come and has not: first of all, because somebody can still send it."""
    found = overdue(fresh)
    if not found:
        st.html(f'<div class="zh-card">{paragraph(words.NOTHING_OVERDUE, "zhq-big")}</div>')
        return
    names = {u.code: u.name for u in fresh.units}
    lines = [
        f"<li>{escape(store.catalogue[m].name)}, {anchor(context.link('ward', unit=u), names[u])}: "
        f"{escape(words.month_list(months))}</li>"
        for (m, u), months in found.items()
    ]
    head = words.overdue_sentence(sum(map(len, found.values())))
    listed = f'<ul class="zhq-list">{"".join(lines[:SHOWN])}</ul>'
    st.html(f'<div class="zh-card zh-alert">{paragraph(head, "zhq-big")}{listed}</div>')
    if len(lines) > SHOWN:
        with st.expander(f"The other {len(lines) - SHOWN:,}"):
            st.html(f'<ul class="zhq-list">{"".join(lines[SHOWN:])}</ul>')


def choose(fresh: Freshness, store: Store) -> tuple[str, str, int]:
    """Measure, division ('' for every one) and how many months the matrix shows."""
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    expected = {fresh.measures[m] for m in np.flatnonzero(fresh.reporters.any(axis=1))}
    names = {m: store.catalogue[m].name for m in store.catalogue if m in expected}
    lacking = next(iter(overdue(fresh)), (None, None))[0]
    measure = context.choice("Measure", names, "measure", default=lacking, place=left)
    divisions = {"": "Every division", **{u.code: u.name for u in fresh.units if u.level == "division"}}
    division = context.choice("Division", divisions, "division", default="", place=middle)
    more = right.toggle(f"{MORE_MONTHS} months", key="two years")
    return measure, division, MORE_MONTHS if more else RECENT_MONTHS


def matrix(fresh: Freshness, store: Store, measure: str, division: str, n: int) -> None:
    """Unit × month: a sign in each cell, with its words for those who point at it and those who listen."""
    m, span = fresh.measures.index(measure), recent(fresh, n)
    months = fresh.months[span]
    inside = set(store.tree(context.reader()).below(division)) if division else {u.code for u in fresh.units}
    here = [
        u
        for u in np.flatnonzero(fresh.reporters[m])
        if fresh.units[u].code in inside and (fresh.expected[m, u, span]).any()
    ]
    if not here:
        st.html(paragraph("No unit here reports this measure.", "zh-muted"))
        return
    confirmed = _confirmed(store, measure)
    rows = []
    for u in sorted(here, key=lambda u: fresh.units[u].name):
        unit = fresh.units[u]
        page = "ward" if unit.level in ("ward", "team") else "division"
        cells = [
            _cell(fresh, m, u, t, confirmed.get((unit.code, fresh.months[t])))
            for t in range(*span.indices(len(fresh.months)))
        ]
        rows.append((anchor(context.link(page, unit=unit.code, measure=measure), unit.name), cells))
    caption = f"{store.catalogue[measure].name}: what became of each month's figure"
    st.html(table(caption, ["Ward or team", *map(_head, months)], rows, css="zhq-matrix"))
    legend(fresh.state[m][here][:, span], fresh.panel.masking)


def _head(month: np.datetime64) -> str:
    name, year = words.month_name(month).split()
    return f'{name}<br><span class="zh-muted">{year}</span>'


def _cell(fresh: Freshness, m: int, u: int, t: int, confirmed: object) -> str:
    state = Figure(int(fresh.state[m, u, t]))
    came = fresh.arrived_on[m, u, t].item()
    masking = fresh.panel.masking
    told = words.figure_words(state, fresh.due_on[m, u, t].item(), came, confirmed, masking)  # type: ignore[arg-type]
    return _sign(state, escape(told, quote=True), masking)


def _sign(state: Figure, told: str, masking: Masking) -> str:
    heard = f'<span class="zhq-hear">{told}</span>' if told else ""
    title = f' title="{told}"' if told else ""
    sign = escape(words.figure_signs(masking)[state])
    return f'<span class="zhq {CSS[state]}"{title}><span aria-hidden="true">{sign}</span>{heard}</span>'


def _confirmed(store: Store, measure: str) -> dict[tuple[str, np.datetime64], object]:
    """(unit, month) -> the day on which the ward confirmed its zero; the newest answer counts."""
    found: dict[tuple[str, np.datetime64], object] = {}
    for each in store.decisions(context.reader(), "zero_return"):
        if each.measure_id in ("", measure) and each.first_month:
            last = np.datetime64(each.last_month or each.first_month, "M")
            for month in np.arange(np.datetime64(each.first_month, "M"), last + 1):
                found[each.unit_code, month] = each.decided_at.date()
    return found


def legend(shown: np.ndarray, masking: Masking) -> None:
    """The signs that stand in the table above, and what they mean."""
    said = words.figure_legend(masking)
    states = [state for state in said if (shown == state).any()]
    parts = "".join(f"<span>{_sign(state, '', masking)}{escape(said[state])}</span>" for state in states)
    st.html(f'<div class="zhq-key">{parts}</div>')


def to_check(fresh: Freshness, store: Store) -> None:
    """The months in question: where, since when, and why."""
    st.header("Months to check")
    found = in_question(fresh, store)
    if not found:
        st.html(paragraph(words.NOTHING_ASKED))
        return
    rows = []
    for each in found:
        why = words.asked_sentence(each.recorded, each.usual, len(each.months), each.said)
        page = "ward" if each.unit.level in ("ward", "team") else "division"
        name = anchor(context.link(page, unit=each.unit.code, measure=each.measure_id), each.unit.name)
        rows.append(
            (name, [escape(store.catalogue[each.measure_id].name), escape(words.month_list(each.months)), escape(why)])
        )
    st.html(table("It may be good news, or reports may be missing", ["Unit", "Measure", "Months", "Why"], rows))
    st.caption("They are confirmed, or left in question, on the page This month.")
