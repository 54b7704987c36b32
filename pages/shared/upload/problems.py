"""The fourth step: what is wrong with the file, what is unlikely, and what was set aside."""

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from data.ingest.problems import list_of_problems
from data.ingest.rehearsal import Rehearsal
from pages.shared import context, html, words
from pages.shared.upload.check import Checked

SHOWN = 200
SHOWN_GROUPS = 12
SHOWN_WARNINGS = 10


def show_check(found: Checked) -> None:
    """Everything that somebody should know of the file itself."""
    tried = found.tried
    assert tried is not None
    _show_problems(tried)
    _show_warnings(found)
    if tried.set_aside:
        total = sum(count for _, count in tried.set_aside)
        with st.expander(f"{words.count_of(total, 'row')} set aside, and counted nowhere"):
            st.dataframe(pd.DataFrame(tried.set_aside, columns=["Why", "Rows"]), hide_index=True, width="stretch")


def _show_problems(tried: Rehearsal) -> None:
    if not tried.problems:
        st.success(words.UPLOAD_NO_PROBLEMS)
        return
    if tried.rows_rejected:
        lines = words.count_of(tried.rows_rejected, "line")
        st.warning(
            f"{lines} of {tried.rows:,} cannot be used as {'it is' if tried.rows_rejected == 1 else 'they are'}."
        )
    else:
        st.warning("The file as a whole cannot be used as it is.")
    groups = [words.group_sentence(g.column, g.reason, g.lines, g.count, g.values) for g in tried.groups]
    st.html(_list(groups, SHOWN_GROUPS, "other kinds of problem"))
    with st.container(horizontal=True):
        if tried.rejects:
            st.download_button(
                "Lines to correct, as CSV",
                _csv(tried.rejects),
                "to_correct.csv",
                "text/csv",
                on_click="ignore",
                help="The lines as the file had them, and what is wrong with each: correct them and load this file.",
            )
        st.download_button(
            "List of problems, as CSV",
            _csv(list_of_problems(tried.problems)),
            "problems.csv",
            "text/csv",
            on_click="ignore",
        )
    with st.expander("Line by line"):
        frame = pd.DataFrame(
            [
                {
                    "Line": p.line or None,
                    "Column": p.column,
                    "It says": p.value,
                    "What is wrong": words.on_the_page(p.reason),
                }
                for p in tried.problems[:SHOWN]
            ]
        )
        st.dataframe(frame, hide_index=True, width="stretch")
        if len(tried.problems) > SHOWN:
            st.caption(f"The first {SHOWN}; the list of problems has all {len(tried.problems):,}.")


def _show_warnings(found: Checked) -> None:
    if not found.warnings:
        return
    measures, units = _names()
    said = []
    for warning in found.warnings:
        month = words.month_name(np.datetime64(warning.month, "M")) if warning.month else ""
        what = measures.get(warning.what, warning.what.replace("_", " ").capitalize())
        place = ", ".join(part for part in (what, units.get(warning.unit_code, warning.unit_code), month) if part)
        said.append(f"{place}: {warning.reason}.")
    st.write(f"**{words.UPLOAD_UNLIKELY}**")
    st.html(_list(said[:SHOWN_WARNINGS], SHOWN_WARNINGS, ""))
    if len(said) > SHOWN_WARNINGS:
        with st.expander(f"{len(said) - SHOWN_WARNINGS:,} more"):
            st.html(_list(said[SHOWN_WARNINGS:][:SHOWN], SHOWN, "more"))


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Measures and units by id, as the pages call them."""
    store = context.store()
    if store is None:
        return {}, {}
    return (
        {m.id: m.name for m in store.catalogue.values()},
        {u.code: u.name for u in store.tree(context.reader()).units},
    )


def _list(sentences: Sequence[str], most: int, of_what: str) -> str:
    items = "".join(html.paragraph(sentence) for sentence in sentences[:most])
    more = html.paragraph(f"And {len(sentences) - most:,} {of_what}.", "zh-muted") if len(sentences) > most else ""
    return f'<div class="zh-items">{items}{more}</div>'


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
