"""Rows of a long table, one a series and date in any order, laid out as blocks of series with the same length."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..points import Bools, Floats, Ints
from .tables import Table, Words

DAYS_A_YEAR = 365.25
LEAST_ROWS = 6  # that show by themselves that a series has a figure every second, third … month only
LONGEST_GAP = 600  # months between two rows of a series: more is a slip in a date
DUE = 0.25  # of the series have a row for the last month: then the others have missed it
PART_POINTS = 250_000  # points that are charted and written at a time

Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class Rows:
    """Series laid end to end in the order in which the file names them, oldest point first.

    Attributes
    ----------
    names
        Of the series.
    starts, lengths
        (n_series,): where each begins, and its points.
    dates
        (n_points,): the rows' own, and those of months that are not there.
    years
        (n_points,): since the first point of the series; whole months where the dates are monthly.
    place
        (n_rows,): the point of each row of the file.
    """

    names: list[str]
    starts: Ints
    lengths: Ints
    dates: Dates
    years: Floats
    place: Ints

    def laid(self, values: Floats | Ints, empty: Any) -> NDArray[Any]:
        """A column of the file as points: `empty` where there is no row."""
        points = np.full(len(self.dates), empty, dtype=values.dtype)
        points[self.place] = values
        return points

    def series(self) -> Ints:
        """The series of each point."""
        return np.repeat(np.arange(len(self.names)), self.lengths)

    def parts(self) -> Iterator[tuple[slice, slice, list[tuple[Ints, Ints]]]]:
        """Series in turn, about `PART_POINTS` points at a time: their slice, their points' slice, and blocks.

        A block holds the series of one length: their numbers, and the points of each as a row.
        """
        ends = self.starts + self.lengths
        begin = 0
        while begin < len(self.names):
            end = int(np.searchsorted(ends, self.starts[begin] + PART_POINTS, side="right"))
            end = max(end, begin + 1)
            blocks = []
            for length in np.unique(self.lengths[begin:end]):
                members = begin + np.flatnonzero(self.lengths[begin:end] == length)
                blocks.append((members, self.starts[members][:, None] + np.arange(length)))
            yield slice(begin, end), slice(int(self.starts[begin]), int(ends[end - 1])), blocks
            begin = end


def rows_by_date(table: Table, *, fill_months: bool) -> Rows:
    """Sort the rows of each series by date; TableError for two rows of one series and date.

    Where all dates of a series are first or all are last days of a month, and `fill_months`, the months between that
    are not there become points without a figure; so do those after its last one, up to the last month that a quarter
    of the monthly series have: a row that is not there is not zero. A series of at least 6 rows, all a multiple of some
    months apart, keeps that step.
    """
    names, days = table.words["series"], table.days("date")
    table.refuse(names.code < 0, "series", "names no series")
    order = np.lexsort((days, names.code))
    code, day = names.code[order], days[order]
    first = np.append(True, code[1:] != code[:-1])
    again = np.zeros(len(code), dtype=bool)
    again[order] = ~first & np.append(False, day[1:] == day[:-1])
    table.refuse(again, "date", "is there twice for this series")
    begins = np.flatnonzero(first)
    counts = np.diff(begins, append=len(code))
    rank = np.arange(len(code)) - np.repeat(begins, counts)
    last_day = _all(_is_first_day(day + 1), begins)
    monthly = _all(_is_first_day(day), begins) | last_day
    month = day.astype("datetime64[M]").astype(np.int64)
    since = month - np.repeat(month[begins], counts)
    offset, step = rank, np.ones(len(begins), dtype=np.int64)
    if fill_months:
        gap = np.where(first, 0, np.diff(month, prepend=0))
        far = np.zeros(len(code), dtype=bool)
        far[order] = (gap > LONGEST_GAP) & np.repeat(monthly, counts)
        table.refuse(far, "date", f"comes more than {LONGEST_GAP // 12} years after the date before it")
        step = np.where(counts >= LEAST_ROWS, np.maximum(np.gcd.reduceat(gap, begins), 1), 1)
        offset = np.where(np.repeat(monthly, counts), since // np.repeat(step, counts), rank)
    lengths = offset[begins + counts - 1] + 1
    if fill_months and monthly.any():
        last = _last_due(month, np.repeat(monthly, counts), int(monthly.sum()))
        lengths = np.where(monthly, np.maximum(lengths, (last - month[begins]) // step + 1), lengths)
    starts = np.cumsum(lengths) - lengths
    place = np.empty(len(code), dtype=np.int64)
    place[order] = np.repeat(starts, counts) + offset
    dates = _dates(month[begins], step, starts, lengths, last_day)
    dates[place] = days
    years = (dates - np.repeat(day[begins], lengths)).astype(np.int64) / DAYS_A_YEAR
    whole = dates.astype("datetime64[M]").astype(np.int64) - np.repeat(month[begins], lengths)
    years = np.where(np.repeat(monthly, lengths), whole / 12, years)
    return Rows([names.words[i] for i in code[begins]], starts, lengths, dates, years, place)


def _last_due(month: Ints, monthly: Bools, n_series: int) -> int:
    """The last month for which enough monthly series have a row; one slip in a date makes none due."""
    months, series = np.unique(month[monthly], return_counts=True)
    return int(months[series >= DUE * n_series].max(initial=months[0]))


def _is_first_day(day: Dates) -> Bools:
    return np.asarray(day == day.astype("datetime64[M]").astype("datetime64[D]"))


def _all(flags: Bools, begins: Ints) -> Bools:
    return np.asarray(np.logical_and.reduceat(flags, begins))


def _dates(first: Ints, step: Ints, starts: Ints, lengths: Ints, last_day: Bools) -> Dates:
    """The dates of regular months; those of other series are put in their places later."""
    each = np.repeat(np.arange(len(starts)), lengths)
    month = first[each] + step[each] * (np.arange(len(each)) - starts[each])
    begin_of = (month + last_day[each]).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(begin_of - last_day[each].astype(np.int64))


def grouped_units(table: Table) -> Rows:
    """As `rows_by_date`, a funnel in place of a series: units by their column `group`, in the order of the file."""
    units = table.words["unit"]
    group = table.words.get("group", Words(np.zeros(table.n_rows, dtype=np.int64), [""]))
    table.refuse(units.code < 0, "unit", "names no unit")
    if "group" in table.words:
        table.refuse(group.code < 0, "group", "names no group")
    pair = group.code * len(units.words) + units.code
    _, firsts = np.unique(pair, return_index=True)
    again = np.ones(table.n_rows, dtype=bool)
    again[firsts] = False
    table.refuse(again, "unit", "is there twice" + (" in this group" if "group" in table.words else ""))
    order = np.argsort(group.code, kind="stable")
    lengths = np.bincount(group.code, minlength=len(group.words))
    place = np.empty(table.n_rows, dtype=np.int64)
    place[order] = np.arange(table.n_rows)
    nothing = np.zeros(table.n_rows)
    return Rows(group.words, np.cumsum(lengths) - lengths, lengths, nothing.astype("datetime64[D]"), nothing, place)
