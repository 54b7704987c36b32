"""The opened chart as files, for who may take figures out. Each is made when somebody asks for it, and the trail says who."""

import re

import streamlit as st

from data.access import Action, Thing, authorise, may
from data.store import Store
from metrics.measure import Kind
from pages.charts.drawing import Drawing
from pages.charts.png import png_of
from pages.charts.poster import poster_svg
from pages.shared import context
from pages.shared.analysis import Reading
from pages.shared.drawn import MARK_LABELS, opened
from pages.shared.measure.figures import analyst_csv, figures_csv
from pages.shared.measure.remarks import Remark, dated
from pages.shared.trail import note
from pages.shared.wording import measure as said

MIME = {"figures": "text/csv", "analyst": "text/csv", "svg": "image/svg+xml", "png": "image/png"}
ENDINGS = {"figures": ".csv", "analyst": "-limits.csv", "svg": ".svg", "png": ".png"}


def offer_files(reading: Reading, found: list[Remark], store: Store) -> None:
    """A choice of files for who may download; nothing for the others."""
    if not may(context.reader(), Action.DOWNLOAD, Thing()):
        return
    with st.expander(said.TAKE):
        st.write(said.TAKE_NOTE)
        files = files_of(reading)
        picked = st.radio("Which file", files, format_func=said.FILES.__getitem__, key="file of the chart")
        if st.button("Make the file", key="make the file of the chart"):
            data = _make(picked, reading, found, store)
            st.download_button(
                "Save it", data, file_name(picked, reading, store), MIME[picked], on_click="ignore", key="save"
            )


def files_of(reading: Reading) -> list[str]:
    """Which of the files there are: no picture of what is not drawn, no limits of what has none."""
    is_drawn = reading.exact and reading.measure.kind is not Kind.DEATH
    has_limits = is_drawn and reading.chart is not None
    return ["figures", *(["analyst"] if has_limits else []), *(["svg", "png"] if is_drawn else [])]


def file_name(picked: str, reading: Reading, store: Store) -> str:
    unit = re.sub(r"\W+", "-", reading.unit.code)
    return f"{reading.measure.id}-{unit}-version-{store.published.version}{ENDINGS[picked]}"


def _make(picked: str, reading: Reading, found: list[Remark], store: Store) -> bytes:
    authorise(context.reader(), Action.DOWNLOAD, Thing())
    version = store.published.version
    note("export", {"measure": reading.measure.id, "unit": reading.unit.code, "file": picked, "version": version})
    if picked == "figures":
        return figures_csv(reading)
    if picked == "analyst":
        return analyst_csv(reading)
    svg = _poster(opened(reading, found), reading, found, version)
    return svg.encode() if picked == "svg" else png_of(svg)


def _poster(chart: Drawing, reading: Reading, found: list[Remark], version: int) -> str:
    """On white, whatever the page's theme: it goes into papers."""
    noted = [f"{remark.letter}: {dated(remark)}" for remark in found]
    return poster_svg(chart, MARK_LABELS, [said.rules_note(reading), *noted, said.source(reading, version)])
