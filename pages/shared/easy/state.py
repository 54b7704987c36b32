"""What the public is told of a goal: one of six states, from the exact figures of the trust, decided in one place.

A state is told only where the count of a whole year could be shown too. That year is the newest financial year that has
settled, as in the public's table, and not the last twelve months: those overlap from one edition to the next, and a count
that wavers around the threshold would be given away by the editions in which it is called small (decision 0008).
No Streamlit here: the reports call the same.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from data.access.suppression import Masking
from data.store import financial_years
from metrics.measure import Measure, Sensitivity
from pages.shared import words
from pages.shared.analysis import COUNTED_EVENTS, Bools, Reading
from pages.shared.standing import column


class State(StrEnum):
    """In this order: of the measures of a goal, the first of these that is found speaks for it."""

    WORSE = "worse"
    INCOMPLETE = "incomplete"
    TOO_SOON = "too soon"
    NO_CHANGE = "no change"
    BETTER = "better"
    SMALL = "small"  # nothing else is told of such a measure


def state_of(reading: Reading | None, begins: int) -> State:
    """What a measure of the whole trust says; `begins`: the month with which a financial year begins."""
    if reading is None:
        return State.INCOMPLETE
    if not reading.exact:
        return State.SMALL
    year = newest_settled_year(reading, begins)
    if year is None:
        return State.TOO_SOON
    if is_small(reading, year):
        return State.SMALL if reading.good[year].all() else State.INCOMPLETE
    if column(reading) == "Worse":
        return State.WORSE
    if not is_whole(reading):
        return State.INCOMPLETE
    return {"Better": State.BETTER, "No clear change": State.NO_CHANGE}.get(column(reading), State.TOO_SOON)


def state_of_survey(counts: Sequence[tuple[float, float]], masking: Masking) -> State:
    """What is measured once a year or so can show no change; `counts`: (numerator, denominator), oldest first."""
    if not counts:
        return State.INCOMPLETE
    return State.TOO_SOON if masking.share(*counts[-1]) is not None else State.SMALL


def goal_state(found: Sequence[tuple[Measure, State]]) -> State:
    """One state for a goal, from those of its headline measures: worse wins, and better needs them all.

    The first that is public says what is wanted, so where it is small the goal is. Others can only make it less good, and
    what is sensitive takes no part.
    """
    (lead, state), *others = sorted(found, key=lambda each: not each[0].public)
    if not lead.public or state is State.SMALL:
        return State.SMALL
    heard = {each for measure, each in others if measure.sensitivity is Sensitivity.STANDARD} - {State.SMALL}
    return min(heard | {state}, key=list(State).index)


def newest_settled_year(reading: Reading, begins: int) -> Bools | None:
    """(months,): those of the newest whole financial year in which nothing may still grow; None without one."""
    years = financial_years(reading.months, begins)
    settled, n = np.unique(years[~reading.unsettled], return_counts=True)
    whole = settled[n == 12]
    return np.asarray(years == whole[-1]) if whole.size else None


def is_small(reading: Reading, year: Bools) -> bool:
    """Whether the count of a year is too small for the public, or either part of a share is; also where nothing came."""
    top, size = reading.numerator[year], reading.denominator[year]
    came = np.isfinite(top)
    if not came.any():
        return True
    if reading.measure.is_proportion:
        return reading.masking.share(float(top[came].sum()), float(np.nansum(size[came]))) is None
    # People who are there every month are the same people: their months are not added up.
    count = top[came].sum() if reading.measure.chart in COUNTED_EVENTS else top[came].min()
    return bool(reading.masking.is_small(count))


def is_whole(reading: Reading) -> bool:
    """The newest settled month is complete, recent ones can be used, and none of late is in question."""
    in_doubt = words.newest_doubt(reading) or words.variation_state(reading) == "cannot_tell"
    return reading.latest is not None and bool(reading.complete[reading.latest]) and reading.is_current and not in_doubt
