"""Is force used equally? Rates by ethnic group, sex and age beside each other, with what the law asks to be recorded."""

import streamlit as st

from pages.shared import app, context, words
from pages.shared.equity.act import show_act
from pages.shared.equity.findings import left_out, show_findings
from pages.shared.equity.groups import compared, groups_of, rows_by_group
from pages.shared.help import help_line
from pages.shared.wording import equity as said

app.framed()
st.title("Equity")

analysis, store = context.analysis(), context.shown_store()
if analysis is None or store is None:
    st.info(words.NO_DATA)
    st.stop()
st.write(said.LEAD)
rows = rows_by_group(store, context.reader())
if rows.empty:
    st.info(said.NO_GROUPS)
    show_act(analysis, rows)
    help_line()
    st.stop()

columns = st.columns(4)
measures = {m: store.catalogue[m].name for m in store.catalogue if (rows["measure_id"] == m).any()}
measure = store.catalogue[context.choice("Measure", measures, "measure", place=columns[0])]
mine = rows[rows["measure_id"] == measure.id]
units = {u.code: u.name for u in analysis.panel.tree.units if (mine["unit_code"] == u.code).any()}
unit = context.choice("Unit", units, "unit", place=columns[1])
here = mine[mine["unit_code"] == unit]["dimension"]
dimensions = {key: name for key, name in said.DIMENSIONS.items() if (here == key).any()}
groups = groups_of(analysis, rows, measure, unit, context.choice("By", dimensions, "by", place=columns[2]))

if len(groups.names) < 2:
    st.info(said.ONE_GROUP)
else:
    names = {name: name for name in groups.names}
    reference = context.choice("Beside", names, "beside", default=groups.usual_reference, place=columns[3])
    found = compared(groups, reference)
    st.caption(words.plain(said.span(groups.months[-1], int(found.ratios.n), measure.name, groups.unit.name)))
    show_findings(found)
    with st.expander("What to ask"):
        st.markdown("\n".join(f"- {question}" for question in said.QUESTIONS))
        st.caption(words.DO_NOT_NAME)
left_out(groups)
show_act(analysis, rows)
help_line()
