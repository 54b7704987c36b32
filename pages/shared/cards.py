"""Cards of measures on one unit: what changed first, then the quiet ones, folded."""

from html import escape

import streamlit as st

from metrics.measure import Kind
from pages.charts.states import Palette
from pages.shared import context, words
from pages.shared.analysis import Reading
from pages.shared.html import anchor, chart_unit, milestone_line, paragraph, small_chart, state_line, table

# Signals first: what is worse, what must be checked, what is better, then the quiet.
ORDER = (
    "concern",
    "mixed",
    "early_warning",
    "please_check",
    "improvement",
    "neither",
    "common_cause",
    "none",
    "too_few",
)
LOUD = ORDER[:6]
ALERTS = ORDER[:3]
RECENT = 6  # months in which a missing figure is told


def rank(reading: Reading) -> tuple[int, str]:
    """Signals first, then by name."""
    state = words.variation_state(reading)
    place = next((i for i, start in enumerate(ORDER) if state.startswith(start)), len(ORDER))
    return place, reading.measure.name


def signals_first(readings: list[Reading], page: str) -> None:
    """What changed, with its chart, the reason in words, and the questions. `page`: where a card's link leads."""
    loud = [r for r in sorted(readings, key=rank) if words.variation_state(r).startswith(LOUD)]
    if not loud:
        st.html(
            '<div class="zh-card"><h3>No clear change</h3>'
            "<p>No measure here has moved more than chance would explain. That does not mean the level is good enough.</p></div>"
        )
        return
    st.html(f'<div class="zh-cards">{"".join(_signal_card(r, page, context.palette()) for r in loud)}</div>')
    if any(words.variation_state(r).startswith(ALERTS) for r in loud):
        with st.expander("What to ask", expanded=True):
            st.markdown("\n".join(f"- {question}" for question in words.QUESTIONS))
            st.caption(words.DO_NOT_NAME)


def quiet(readings: list[Reading], page: str) -> None:
    """The charts without a signal, folded, and what too few events could not have shown."""
    palette = context.palette()
    rest = [r for r in sorted(readings, key=rank) if not words.variation_state(r).startswith(LOUD)]
    rest = [r for r in rest if r.measure.kind is not Kind.DEATH]
    charted, few = [r for r in rest if r.chart is not None], [r for r in rest if r.chart is None]
    if charted:
        with st.expander(f"{words.count_of(len(charted), 'measure')} without a clear change"):
            st.html(f'<div class="zh-cards">{"".join(_quiet_card(r, page, palette) for r in charted)}</div>')
    if few:
        with st.expander(f"{words.count_of(len(few), 'measure')} with too few events to chart, or not shown exactly"):
            rows = [(escape(r.measure.name), [escape(_few_sentence(r))]) for r in few]
            st.html(table("What such small numbers can say", ["Measure", "What can be said"], rows))


def _caption(reading: Reading, page: str) -> str:
    address = context.link(page, unit=reading.unit.code, measure=reading.measure.id)
    return f"<b>{anchor(address, reading.measure.name)}</b> · {escape(chart_unit(reading))}"


def _signal_card(reading: Reading, page: str, palette: Palette) -> str:
    signal = reading.verdict_signal
    alert = " zh-alert" if words.variation_state(reading).startswith(ALERTS) else ""
    return (
        f'<div class="zh-card{alert}">{small_chart(reading, palette, caption=_caption(reading, page))}'
        f"{state_line(reading, palette)}{paragraph(signal.sentence if signal else '')}"
        f"{paragraph(words.variation_sentence(reading))}{milestone_line(reading, palette) if reading.goal else ''}</div>"
    )


def _quiet_card(reading: Reading, page: str, palette: Palette) -> str:
    return (
        f'<div class="zh-card">{small_chart(reading, palette, caption=_caption(reading, page))}{state_line(reading, palette)}'
        f"{paragraph(words.variation_sentence(reading))}</div>"
    )


def _few_sentence(reading: Reading) -> str:
    if not reading.exact:
        newest = [words.cell_sign(reading, t) for t in range(len(reading.months) - 3, len(reading.months))]
        return f"{words.masked(words.SUPPRESSED_FIGURE, reading.masking)} The last three months: {', '.join(newest)}."
    return words.too_few_sentence(reading)
