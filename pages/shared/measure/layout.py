"""Where the parts of the Measure page stand: the verdict and the chart first, then where it is going and what to ask."""

from html import escape

import numpy as np
import streamlit as st

from data.store import Store
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.html import table
from pages.shared.measure.asking import Way, outlook_of, run_chart
from pages.shared.measure.chart import show_chart, show_run
from pages.shared.measure.commenting import in_their_words
from pages.shared.measure.differing import changes
from pages.shared.measure.figures import figures_table
from pages.shared.measure.remarks import Remark
from pages.shared.measure.saying import ask, cannot_show, describe, going, signals, verdict
from pages.shared.wording import measure as said

STYLE = """
<style>
.zhm h3 {margin: 14px 0 6px; padding: 0; font-size: 1.08rem}
.zhm p, .zhm li {font-size: .96rem; line-height: 1.5; max-width: 46rem}
.zhm p {margin: 6px 0 10px}
.zhm ul {margin: 4px 0 14px; padding-left: 1.2rem}
.zhm ul.zhm-notes {list-style: none; padding-left: 0}
.zhm-ask {border-left: 5px solid #E46C0A; padding: 2px 0 2px 16px}
.zhm .zh-state {font-size: 1.08rem}
</style>
"""


def heading(reading: Reading) -> None:
    name = f"{reading.measure.name}, {reading.unit.name}"
    st.html(STYLE)
    st.html(f"<h2>{escape(name)}</h2>")


def first(usual: Reading, reading: Reading, way: Way, found: list[Remark], store: Store) -> None:
    """What changes by looking at it so, the verdict, the chart with its signals and what people say, and the run chart."""
    told = changes(usual, None if reading is usual else reading, way)
    if told:
        st.info(words.plain(" ".join(told)))
    verdict(reading)
    left, right = st.columns([5, 2], gap="large")
    with left:
        if np.isfinite(reading.value).any():
            show_chart(reading, found)
        else:
            st.info(said.NO_FIGURES)
    with right:
        signals(reading)
        in_their_words(reading, way, store)
        show_run(run_chart(usual, way, store))


def then(reading: Reading, way: Way, store: Store) -> None:
    """Where it is going, what to ask, and what the figures cannot show."""
    outlook = outlook_of(reading, way, store)
    left, right = st.columns(2, gap="large")
    with left:
        going(reading, outlook)
    with right:
        ask(reading)
        cannot_show(outlook)


def below(reading: Reading) -> None:
    """The table of figures, and how they are counted."""
    frame = figures_table(reading)
    with st.expander("The figures as a table"):
        if frame.empty:
            st.write(said.NOTHING_DUE)
        else:
            rows = [(escape(month), map(escape, cells)) for month, *cells in frame.itertuples(index=False)]
            st.html(table(said.FIGURES_CAPTION, map(escape, frame.columns), rows))
    with st.expander("How it is counted, and why"):
        describe(reading)
