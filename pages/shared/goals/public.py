"""The fixed table that the public may see."""

from html import escape

import pandas as pd
import streamlit as st

from data.access import Reader
from data.store import Store
from pages.shared import words
from pages.shared.help import help_line
from pages.shared.html import table


def public_figures(store: Store, who: Reader) -> None:
    st.write(words.masked(words.PUBLIC_LEAD, store.policy.masking))
    frame = store.public_table(who)
    if frame.empty:
        st.info("No whole year is complete and settled yet.")
        return
    wide = frame.pivot(index="measure_id", columns="year", values="shown").reindex(frame["measure_id"].unique())
    begins = store.branding.financial_year_begins
    years = [words.year_name(int(year), begins) for year in wide.columns]
    rows = []
    for measure_id, values in wide.iterrows():
        measure = store.catalogue[str(measure_id)]
        cells = [escape("not complete" if pd.isna(v) else str(v)) for v in values]
        rows.append(
            (f"{escape(measure.name)}<br><span class='zh-muted zh-plain'>{escape(measure.easy_read)}</span>", cells)
        )
    st.html(table("Our figures", ["Measure", *years], rows))
    help_line()
