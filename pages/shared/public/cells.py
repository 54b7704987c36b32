"""The cells of one measure, each masked by itself: what would be shown if nothing had to be withheld for another's sake."""

from collections.abc import Callable, Iterator

import numpy as np

from data.access.suppression import Masking
from data.disclosure import counts_shown_as, counts_where
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.public.counts import Counts, whole_years, year_to_date
from pages.shared.public.shape import HIDDEN, NONE, Cell, Chart

MONTHS_SHOWN = 36
LEAST_BED_DAYS = 100  # of a rate (methods, section 8); of whatever else it is divided by as well
UNDER_ONE = "under 1"
PROTECTED = "to protect people"  # of every cell that is hidden, so that none says for whose sake
STATES = {
    "unsettled": "may still grow",
    "doubtful": "in question",
    "incomplete": "not complete",
    "missing": "not received",
}


def month_cells(counts: Counts, masking: Masking) -> tuple[Cell, ...]:
    """The trust's newest months up to the newest that is due; one that is not whole, settled and sure has no figure."""
    come = np.flatnonzero(np.isfinite(counts.numerator[0]))
    last = int(come[-1]) + 1 if come.size else 0
    return tuple(_month_cell(counts, masking, t) for t in range(max(0, last - MONTHS_SHOWN), last))


def _month_cell(counts: Counts, masking: Masking, t: int) -> Cell:
    month = counts.months[t]
    if counts.good[0, t]:
        return _cell(counts, masking, 0, month, month)
    state = (
        "missing" if np.isnan(counts.numerator[0, t])
        else "unsettled" if not counts.settled[0, t]
        else "doubtful" if counts.doubtful[0, t]
        else "incomplete"
    )  # fmt: skip
    return Cell(counts.trust.code, month, month, NONE, STATES[state])


def year_cells(counts: Counts, masking: Masking, n_units: int) -> tuple[Cell, ...]:
    """Every whole year of the first so many units."""
    return tuple(
        _cell(counts, masking, u, first, last) for u in range(n_units) for first, last in whole_years(counts, u)
    )


def to_date_cells(counts: Counts, masking: Masking, n_units: int) -> tuple[Cell, ...]:
    """The year that is under way, of the units of which every month so far can be shown."""
    found = ((u, year_to_date(counts, u)) for u in range(n_units))
    return tuple(_cell(counts, masking, u, *period) for u, period in found if period is not None)


def rate_cells(counts: Counts, masking: Masking, n_units: int) -> tuple[Cell, ...]:
    """The whole-number rate of each whole year, where the measure has one."""
    if counts.measure.is_proportion or not counts.measure.has_denominator:
        return ()
    return tuple(
        _rate_cell(counts, masking, u, first, last) for u in range(n_units) for first, last in whole_years(counts, u)
    )


def _cell(counts: Counts, masking: Masking, u: int, first: str, last: str) -> Cell:
    between = counts.between(first, last)
    count, unit = int(counts.numerator[u, between].sum()), counts.units[u].code
    if not counts.measure.is_proportion:
        shown = masking.count(count)
        low, high = counts_shown_as(masking, shown)
        return Cell(unit, first, last, shown, "", low, high)
    size = float(counts.denominator[u, between].sum())
    shown_share = masking.share(count, size)
    if shown_share is None:  # the reader is granted which part is small, which he is not told
        low, high = (
            (0, masking.threshold - 1) if count <= size - count else (int(size) - masking.threshold + 1, int(size))
        )
        return Cell(unit, first, last, HIDDEN, PROTECTED, max(low, 0), min(high, int(size)))
    low, high = counts_where(lambda n: masking.share(n, size), count, int(size))
    return Cell(unit, first, last, shown_share, "", low, high)


def _rate_cell(counts: Counts, masking: Masking, u: int, first: str, last: str) -> Cell:
    between = counts.between(first, last)
    count, size = int(counts.numerator[u, between].sum()), float(counts.denominator[u, between].sum())
    unit = counts.units[u].code
    if masking.is_small(count) or not size >= LEAST_BED_DAYS:
        return Cell(unit, first, last, HIDDEN, PROTECTED)
    show = rate_shown(counts.measure.multiplier, size)
    low, high = counts_where(show, count)
    return Cell(unit, first, last, show(count), "", max(low, masking.threshold), high)


def rate_shown(multiplier: float, size: float) -> Callable[[int], str]:
    """How the rate of a count is told: a whole number, halves up; one that would be nought is not told as none at all."""

    def shown(count: float) -> str:
        text = whole(count / size * multiplier)
        return UNDER_ONE if text == "0" else text

    return shown


def whole(value: float) -> str:
    """A whole number, halves up; a dash where there is none."""
    return NONE if np.isnan(value) else f"{int(np.floor(value + 0.5)):,}"


def chart_of(counts: Counts, reading: Reading | None, masking: Masking) -> Chart | None:
    """Lines and state, only where no month that the chart is made of is small, or has a small part."""
    if reading is None or reading.chart is None or reading.kind == "t" or reading.latest is None:
        return None
    months = tuple(_charted(counts, reading))
    if not months or not all(_is_large(counts, masking, month) for month in months):
        return None
    lines = (reading.chart.centre, reading.chart.lower, reading.chart.upper)
    mean, lower, upper = (NONE if line is None else whole(float(line[reading.latest])) for line in lines)
    return Chart(
        mean, lower, upper, words.variation_state(reading), words.variation_label(reading), words.since(reading), months
    )


def _charted(counts: Counts, reading: Reading) -> Iterator[str]:
    known = set(counts.parts)
    for month, n in zip(reading.months, reading.numerator, strict=True):
        if np.isfinite(n) and str(month) in known:
            yield str(month)


def _is_large(counts: Counts, masking: Masking, month: str) -> bool:
    t = counts.at(month)
    count = counts.numerator[0, t]
    if counts.measure.is_proportion:
        return masking.share(count, counts.denominator[0, t]) is not None
    return not masking.is_small(count)
