"""The interrupted time series of an idea: washout and controls as the reader chooses, the picture, its words, its figures."""

from html import escape

import numpy as np
import streamlit as st

from pages.charts.interrupted import InterruptedDrawing, interrupted_figure
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.html import paragraph, table
from pages.shared.improvement.controls import peers
from pages.shared.improvement.effect import MOST_WASHOUT, Measured, Run, measured
from pages.shared.improvement.ideas import Idea
from pages.shared.improvement.series import is_modelled
from pages.shared.wording import improvement as said

NONE, ALL = "", "all"  # controls: none, or every peer added up; else the code of one
HEADS = ("Month", "Figure", "Expected from the trend before", "95 % interval", "Used")


def before_and_after(analysis: Analysis, idea: Idea, ideas: list[Idea], reading: Reading | None) -> None:
    """Nothing for an idea without a chart: that is said beside it."""
    if reading is None:
        return
    st.header(said.EFFECT)
    if idea.begins is None:
        st.info(said.NO_MONTH)
        return
    if not is_modelled(reading.measure) or not reading.exact:
        st.info(said.NOT_EXACT if is_modelled(reading.measure) else said.NOT_MODELLED)
        return
    like = peers(analysis, reading, idea, ideas)
    washout, beside = _ask(like)
    found = measured(reading, idea.begins, washout, tuple(each for each in like if beside in (ALL, each.unit.code)))
    if found.found is None:
        st.info(words.plain(found.reason))
        _run(found.run, "")
        return
    _show(found)


def _ask(like: list[Reading]) -> tuple[int, str]:
    left, right = st.columns(2)
    months = {str(n): words.count_of(n, "month") if n else "None" for n in range(MOST_WASHOUT + 1)}
    washout = int(context.choice(said.WASHOUT, months, "washout", place=left))
    options = {NONE: said.NO_CONTROL}
    if len(like) > 1:
        options[ALL] = said.peers_option(len(like), like[0].unit)
    options |= {each.unit.code: each.unit.name for each in like}
    beside = context.choice(said.BESIDE, options, "controls", place=right)
    if not like:
        st.caption(said.NO_PEERS)
    return washout, beside


def _show(found: Measured) -> None:
    assert found.found is not None
    reading, effects = found.reading, found.found
    label = said.effect_label(effects.level, effects.slope)
    month = reading.months[found.counted_from]
    sentences = [
        said.level_sentence(effects.level, reading.measure, month),
        said.slope_sentence(effects.slope),
        said.beside_sentence([each.unit.name for each in found.controls], [each.unit.name for each in found.left_out]),
        said.NOT_WHY,
    ]
    st.html(f'<div class="zhi">{paragraph(label, "zh-lead")}{"".join(map(paragraph, sentences))}</div>')
    _run(found.run, effects.warning)
    chart = drawing(found, label)
    figure = interrupted_figure(chart, context.palette())
    key = f"before and after {reading.measure.id} {reading.unit.code}"
    st.plotly_chart(figure, key=key, theme=None, alt=chart.alt, config={"displayModeBar": False})
    used = said.months_used(int(effects.n_before), int(effects.n_after))
    st.caption(f"{used} {said.HOW_FITTED}")
    with st.expander(said.FIGURES):
        st.html(_figures(found))


def _run(run: Run | None, warning: str) -> None:
    """Whether the idea was begun after bad months, which by themselves go back to what is usual."""
    if run is None:
        st.html(paragraph(said.RUN_UNKNOWN, "zh-muted"))
    elif run.is_bad and warning:
        st.warning(words.plain(said.bad_run(words.number(run.last), words.number(run.earlier), warning)))
    elif not run.is_bad:
        st.html(paragraph(said.NO_BAD_RUN, "zh-muted"))


def drawing(found: Measured, label: str) -> InterruptedDrawing:
    """The figures as a picture, with a sentence that is its alternative text."""
    reading = found.reading
    expected, low, high = found.expected
    name, unit = reading.measure.name, reading.unit.name
    return InterruptedDrawing(
        title=f"{name}, {unit}",
        alt=said.alternative(name, unit, label, reading.months[found.start]),
        unit=reading.measure.unit,
        months=reading.months,
        value=reading.value,
        used=found.used,
        fitted=found.fitted,
        expected=expected,
        low=low,
        high=high,
        start=found.start,
        start_label=said.START,
    )


def _figures(found: Measured) -> str:
    """Newest first, as every table of months."""
    expected, low, high = found.expected
    rows = []
    for t in range(len(found.used))[::-1]:
        between = "–" if np.isnan(low[t]) else f"{words.number(float(low[t]))} to {words.number(float(high[t]))}"
        value, hoped = (words.number(float(x[t])) for x in (found.reading.value, expected))
        cells = [value, hoped, between, "Yes" if found.used[t] else "No"]
        rows.append((words.month_name(found.reading.months[t]), [escape(cell) for cell in cells]))
    return table(f"{found.reading.measure.name}, {found.reading.unit.name}, {found.reading.measure.unit}", HEADS, rows)
