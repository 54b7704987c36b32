"""Measures of one unit: what changed first, each with its chart and the reason in words; then the quiet ones, folded."""

from html import escape

import streamlit as st

from data.store import Store
from metrics.measure import Kind
from pages.charts.states import Palette
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.browser import to_copy
from pages.shared.drawn import chart_unit
from pages.shared.evidence import is_new
from pages.shared.finding import search
from pages.shared.html import kept, measure_link, milestone_line, paragraph, small_chart, state_line, table
from pages.shared.outlook import unseen
from pages.shared.responding import response
from pages.shared.standing import is_loud, rank
from pages.shared.wording import ward as said

RECENT = 6  # months in which a missing figure is told


def signals_first(analysis: Analysis, readings: list[Reading], store: Store) -> None:
    """What changed: each concern with its chart, what to ask and the answers; what got better as cards."""
    loud = sorted(filter(is_loud, readings), key=rank)
    if not loud:
        _nothing_loud([r for r in readings if r.measure.kind is not Kind.DEATH])
        return
    for reading in loud:
        if rank(reading)[0] == 0:
            _concern(analysis, reading, store)
    others = [_card(reading, context.palette(), also=True) for reading in loud if rank(reading)[0] > 0]
    if others:
        st.html(f'<div class="zh-cards">{"".join(others)}</div>')


def _nothing_loud(readings: list[Reading]) -> None:
    """Calm is said of what can be judged, and of nothing else."""
    judged = sum(words.variation_state(r) == "common_cause" for r in readings)
    title = words.VARIATION_LABELS["common_cause"] if judged else words.CANNOT_TELL
    st.html(f'<div class="zh-card"><h3>{title}</h3>{paragraph(said.nothing_loud(judged, len(readings)))}</div>')


def quiet(readings: list[Reading]) -> None:
    """The charts without a signal, folded, and what too few events could not have shown."""
    for title, html in _quiet(context.drawn_for(), readings[0].unit.code if readings else "", readings):
        with st.expander(title):
            st.html(html)


@kept
def _quiet(drawn_for: str, unit: str, _readings: list[Reading]) -> list[tuple[str, str]]:  # noqa: ARG001 (they are the key)
    readings, found = _readings, []
    rest = [r for r in sorted(readings, key=rank) if not is_loud(r) and r.measure.kind is not Kind.DEATH]
    charted, few = [r for r in rest if r.chart is not None], [r for r in rest if r.chart is None]
    if charted:
        cards = "".join(_card(r, context.palette()) for r in charted)
        found.append((said.without_change(len(charted)), f'<div class="zh-cards">{cards}</div>'))
    if few:
        rows = [(measure_link(r), [escape(_few_sentence(r))]) for r in few]
        found.append(
            (said.too_few(len(few)), table("What such small numbers can say", ["Measure", "What can be said"], rows))
        )
    return found


def _concern(analysis: Analysis, reading: Reading, store: Store) -> None:
    """A concern in a frame of its own, with room to ask, to look it up and to answer."""
    with st.container(border=True, key=f"concern {reading.unit.code} {reading.measure.id}"):
        left, right = st.columns([3, 2], gap="large")
        left.html(
            _picture(reading, context.palette()) + f'<div class="zh-card-text">{_reason(analysis, reading)}</div>'
        )
        with right:
            st.markdown(f"**{said.WHAT_TO_ASK}**")
            st.markdown("\n".join(f"- {question}" for question in words.QUESTIONS))
            with st.expander(said.FIND_TITLE):
                st.caption(said.FIND_NOTE)
                found = search(reading, store, context.reader())
                to_copy(f"search {reading.unit.code} {reading.measure.id}", found.text, said.copy_search(reading))
            response(reading)


def _reason(analysis: Analysis, reading: Reading) -> str:
    signal = reading.verdict_signal
    people = analysis.get(reading.measure.people, reading.unit.code) if reading.measure.people else None
    parts = [
        state_line(reading),
        paragraph(signal.sentence if signal else ""),
        paragraph(words.variation_sentence(reading)),
        paragraph(said.people_beside(reading, people) if people is not None else ""),
        milestone_line(reading) if reading.goal else "",
    ]
    return "".join(parts)


def _card(reading: Reading, palette: Palette, *, also: bool = False) -> str:
    signal = reading.verdict_signal if also else None
    return (
        f'<div class="zh-card">{_picture(reading, palette)}{state_line(reading)}'
        f"{paragraph(signal.sentence if signal else '')}{paragraph(words.variation_sentence(reading))}"
        f"{paragraph(unseen(reading) if not also else '', 'zh-muted')}</div>"
    )


def _picture(reading: Reading, palette: Palette) -> str:
    new = f' <span class="zh-new">{said.NEW}</span>' if is_new(reading) else ""
    return small_chart(reading, palette, caption=f"<b>{measure_link(reading)}</b> · {escape(chart_unit(reading))}{new}")


def _few_sentence(reading: Reading) -> str:
    if not reading.exact:
        newest = [words.cell_sign(reading, t) for t in range(len(reading.months) - 3, len(reading.months))]
        return f"{words.masked(words.SUPPRESSED_FIGURE, reading.masking)} The last three months: {', '.join(newest)}."
    return words.too_few_sentence(reading)
