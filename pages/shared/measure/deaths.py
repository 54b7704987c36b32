"""Deaths, by their own rules: words and settled counts, never a chart, a colour, a milestone or a trend."""

import numpy as np
import streamlit as st

from pages.shared import words
from pages.shared.analysis import Analysis, Reading
from pages.shared.deaths import DEATHS, death_verdict, top_unit
from pages.shared.html import paragraph
from pages.shared.wording import measure as said

YEAR, MOST_YEARS = 12, 5


def tell(analysis: Analysis, reading: Reading) -> None:
    """This year and the one before, with the test where the whole trust's are counted; else the years."""
    found = None
    if reading.measure.id == DEATHS and reading.unit.code == top_unit(analysis):
        found = death_verdict(analysis)
    if found is not None:
        text = words.deaths_sentences(found.now, found.before, found.month, found.verdict, found.waiting_for)
    else:
        text = said.years_sentence(years(reading)) if reading.exact else words.HIDDEN_FIGURE
    st.html(paragraph(text, "zh-lead") + paragraph(said.NO_MILESTONE))


def years(reading: Reading) -> list[tuple[np.datetime64, int, bool]]:
    """The settled counts of whole years, the newest first: the month each ends with, and whether all of it is complete."""
    end, found = (-1 if reading.latest is None else reading.latest) + 1, []
    while end >= YEAR and len(found) < MOST_YEARS:
        year = slice(end - YEAR, end)
        whole = np.isfinite(reading.numerator[year]) & reading.complete[year] & ~reading.doubtful[year]
        found.append((reading.months[end - 1], int(np.nansum(reading.numerator[year])), bool(whole.all())))
        end -= YEAR
    return found
