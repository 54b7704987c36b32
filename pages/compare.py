"""Like with like: is a ward unlike the others of its type, and is a trust unlike the others?"""

from html import escape

import streamlit as st

from pages.shared import app, context, words
from pages.shared.compare.funnel import show_funnel
from pages.shared.compare.multiples import show_charts
from pages.shared.compare.offered import alone, left_out, offered, peers_of, usual_measure, usual_peers
from pages.shared.compare.pooled import compare
from pages.shared.html import paragraph
from pages.shared.wording import compare as said

app.framed()
st.title("Compare")
st.write(said.LEAD)

analysis = context.analysis()
if analysis is None:
    st.info(words.NO_DATA)
    st.stop()
measures = offered(analysis)
if not measures:
    st.info(said.NO_GROUP)
    st.stop()
left, middle, right = st.columns([4, 4, 3])
names = {m: measure.name for m, measure in measures.items()}
measure = measures[context.choice("Measure", names, "measure", default=usual_measure(measures), place=left)]
groups = {group.key: group for group in peers_of(analysis, measure)}
among = {key: said.group_option(group.level, group.kind, len(group.readings)) for key, group in groups.items()}
usual, own = usual_peers([*groups.values()], context.reader()), alone([*groups.values()], context.reader())
peers = groups[context.choice("Among", among, "among", default=usual.key, place=middle)]
view = context.choice("Shown as", said.VIEWS, "show", place=right)

st.header(words.plain(said.heading(measure, peers.level, peers.kind)))
st.caption(said.period(peers.until))
if own is not None:
    st.html(paragraph(said.OWN_ALONE.format(ward=own.unit.name), "zh-muted"))
if view == "funnel":
    show_funnel(analysis, compare(measure, peers))
else:
    show_charts(peers)
with st.expander(said.NOT_COMPARED):
    for reason, kept in left_out(analysis).items():
        st.html(f"<p><b>{escape(reason)}</b><br>{escape(', '.join(kept))}</p>")
