"""One measure on one unit, opened: the interactive chart, what it says, its table and how it is counted."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from data.panel import State
from metrics.measure import Kind
from pages.charts.figure import chart_figure
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.deaths import death_verdict
from pages.shared.html import draw, milestone_line, paragraph, state_line

MARK_LABELS = words.POINT_LABELS | {"common": "No clear change", "early": "Early warning"}


def open_measure(analysis: Analysis, reading: Reading) -> None:
    """The opened chart with everything that may be said about it."""
    palette, is_death = context.palette(), reading.measure.kind is Kind.DEATH
    st.subheader(words.plain(f"{reading.measure.name}, {reading.unit.name}"))
    if not reading.exact:
        st.info(words.masked(words.SUPPRESSED_FIGURE, reading.masking))
    if reading.exact and not is_death and np.isfinite(reading.value).any():
        figure = chart_figure(draw(reading), MARK_LABELS, palette)
        key = f"chart {reading.measure.id} {reading.unit.code}"
        options = {"displayModeBar": False}
        st.plotly_chart(figure, key=key, theme=None, alt=words.chart_sentence(reading), config=options)
        st.caption(rules_note(reading))
    left, right = st.columns(2, gap="large")
    with left:
        found = death_verdict(analysis) if reading.measure.id == "suicide_in_care" else None
        said = words.variation_sentence(reading)
        if found:
            said = words.deaths_sentences(found.now, found.before, found.month, found.verdict, found.waiting_for)
        st.html(("" if found else state_line(reading, palette)) + paragraph(said))
        signals(reading)
    with right:
        if reading.exact and not is_death:
            sentences = [words.milestone_sentence(reading), words.now_sentence(reading), words.trend_sentence(reading)]
            st.html(milestone_line(reading, palette) + "".join(paragraph(sentence) for sentence in sentences))
    with st.expander("The figures as a table"):
        st.dataframe(figures_table(reading), hide_index=True, width="stretch")
    with st.expander("How it is counted, and why"):
        describe(reading)
    balancing(analysis, reading)


def signals(reading: Reading) -> None:
    """Every signal in words: which points, since when."""
    told = [s for s in reading.signals if s.meaning != "neither" or reading.measure.direction == "neutral"]
    if told:
        st.html("<ul>" + "".join(f"<li>{escape(words.signal_sentence(reading, s))}</li>" for s in told[-6:]) + "</ul>")


def rules_note(reading: Reading) -> str:
    if reading.chart is None:
        return "Figures only: no limits and no rules."
    name = {"t": "days between events", "p": "p", "p_prime": "p′", "u_prime": "u′"}.get(reading.kind, reading.kind)
    rules = "Anhøj rules" if reading.chart.rules == "anhoej" else f"rule set {reading.chart.rules}"
    return f"Chart: {name}. Limits from the first 24 complete, settled points of each phase; {rules}. See Methods."


def figures_table(reading: Reading) -> pd.DataFrame:
    """Month, count, what it is divided by, the figure, and what is known about it; newest first."""
    rows = []
    for t in range(len(reading.months))[::-1]:
        state = State(int(reading.state[t]))
        if state in (State.NOT_EXPECTED, State.CLOSED):
            continue
        signs = words.cell_signs(reading.masking)
        remarks = [signs[state][1]] if state in signs else []
        remarks += [words.PLEASE_CHECK.split(".")[0] + "."] if reading.doubtful[t] else []
        remarks += ["Early figure, may still change."] if reading.unsettled[t] else []
        remarks += ["Some wards have not reported."] if not reading.complete[t] else []
        row = {"Month": words.month_name(reading.months[t]), "Count": words.cell_sign(reading, t)}
        if reading.measure.has_denominator:
            row["Out of"] = words.number(float(reading.denominator[t]))
            row[reading.measure.unit] = words.number(float(reading.value[t]))
        rows.append(row | {"Remark": " ".join(remarks)})
    return pd.DataFrame(rows)


def describe(reading: Reading) -> None:
    """The measure's definition, from the catalogue."""
    measure = reading.measure
    st.html(paragraph(measure.why))
    lines = [
        ("Counted", measure.numerator),
        ("Out of", measure.denominator),
        ("Shown", measure.unit),
        ("Counts as harm", measure.severity),
        ("Source", measure.source),
        ("Owner", measure.owner),
        ("Standard", f"{measure.standard.label}: {measure.standard.value:g}" if measure.standard else ""),
        ("Newest months may change for", words.count_of(measure.settles_after_months, "month")),
    ]
    st.html("<dl>" + "".join(f"<dt><b>{escape(k)}</b></dt><dd>{escape(v)}</dd>" for k, v in lines if v) + "</dl>")


def balancing(analysis: Analysis, reading: Reading) -> None:
    """The measures to read beside this one, so that less of one cannot hide more of another."""
    beside = [r for m in reading.measure.balancing if (r := analysis.get(m, reading.unit.code)) is not None]
    if not beside:
        return
    items = "".join(f"<li>{escape(r.measure.name)}: {escape(words.variation_label(r))}</li>" for r in beside)
    st.html(f"<p>Read beside it:</p><ul>{items}</ul>")
