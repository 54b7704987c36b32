"""The opened chart, what is noted on it, and the same months as a run chart."""

from dataclasses import replace

import numpy as np
import streamlit as st

from pages.charts.figure import chart_figure
from pages.charts.svg import as_image, chart_svg
from pages.shared import context, words
from pages.shared.analysis import Reading
from pages.shared.drawn import MARK_LABELS, draw, opened
from pages.shared.html import paragraph
from pages.shared.measure.remarks import Remark, remarks_html
from pages.shared.wording import measure as said

LEAST_OFF_MEDIAN = 10  # points: with fewer the two tests of a run chart find next to nothing


def show_chart(reading: Reading, found: list[Remark]) -> None:
    """The interactive chart, what its limits rest on, and its notes."""
    figure = chart_figure(opened(reading, found), MARK_LABELS, context.palette())
    key = f"chart {reading.measure.id} {reading.unit.code}"
    options = {"displayModeBar": False}
    st.plotly_chart(figure, key=key, theme=None, alt=words.chart_sentence(reading), config=options)
    st.caption(said.rules_note(reading))
    if found:
        st.html(f'<div class="zhm">{remarks_html(found)}</div>')


def _median_at_the_edge(reading: Reading) -> bool:
    """Whether no figure can be on one side of it: all of them are then in one run, and that says nothing."""
    assert reading.chart is not None and reading.chart.centre is not None
    middle, figures = reading.chart.centre[-1], reading.value[np.isfinite(reading.value)]
    return bool(middle <= figures.min() or middle >= figures.max())


def show_run(reading: Reading | None) -> None:
    """The small run chart, and what its two rules say."""
    if reading is None or reading.chart is None or reading.chart.runs is None:
        return
    head = f'<div class="zhm"><h3>{said.RUN}</h3>'
    if int(reading.chart.runs.n_useful) < LEAST_OFF_MEDIAN or _median_at_the_edge(reading):
        st.html(f"{head}{paragraph(said.RUN_FEW)}</div>")
        return
    sentence = said.run_sentence(reading.chart)
    alt = f"{reading.measure.name}, {reading.unit.name}, as a run chart. {sentence}"
    drawn = replace(draw(reading), alt=alt, target=np.nan, standard=np.nan)
    picture = as_image(chart_svg(drawn, context.palette()), alt)
    st.html(f"{head}{picture}{paragraph(sentence)}{paragraph(said.RUN_NOTE, 'zh-muted')}</div>")
