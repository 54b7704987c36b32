"""Who was expected to report what by when, and what came of it: measure × unit × month, in days of UTC.

The panel says what each figure is; this says whether it came, whether it is overdue, and how good a month is as a whole.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.access import Reach, Reader
from data.expectation import DUE_DAYS, Expectation, due_days, expectations
from data.panel import Panel, State, positions
from data.store import Store
from data.tree import NATIONAL, Unit
from metrics.measure import Measure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]

ROLLED_LEVELS = ("trust", "division", "service")


class Figure(IntEnum):
    """What became of a figure that a unit was expected to report."""

    NOT_EXPECTED = 0
    CLOSED = 1
    NOT_DUE = 2
    MISSING = 3
    LATE = 4
    SUPPRESSED = 5
    NO_RATE = 6
    ZERO = 7
    ZERO_DECLARED = 8
    PLEASE_CHECK = 9
    REPORTED = 10


_FIGURES = {
    State.SUPPRESSED: Figure.SUPPRESSED,
    State.NO_EXPOSURE: Figure.NO_RATE,
    State.ZERO_IN_EXTRACT: Figure.ZERO,
    State.ZERO_CONFIRMED: Figure.ZERO_DECLARED,
    State.REPORTED: Figure.REPORTED,
}


@dataclass(frozen=True)
class Freshness:
    """Arrays of shape (measures, units, months), oldest month first, up to the last month that has ended.

    state: `Figure` codes. due_on: the last day on which a figure is in time. arrived_on: the day it first came, NaT where
    it has not. late: it came after that day, once figures of the measure were being sent at all (what a first load brings
    of earlier years is not late). position: of the load that brought it, 0 where none has. reporters (measures, units):
    who reports for itself; what is only added up from those below is in nobody's debt.
    """

    measures: tuple[str, ...]
    units: tuple[Unit, ...]
    months: Days
    today: date
    state: NDArray[np.int8]
    due_on: Days
    arrived_on: Days
    late: Bools
    position: Ints
    reporters: Bools
    panel: Panel

    @property
    def expected(self) -> Bools:
        """Where a figure was to come, whether or not it is due yet."""
        return ~np.isin(self.state, (Figure.NOT_EXPECTED, Figure.CLOSED))

    @property
    def overdue(self) -> Bools:
        return np.asarray(self.state == Figure.MISSING)

    def month_position(self, month: np.datetime64) -> int:
        return int((month - self.months[0]).astype(int))


def freshness(store: Store, who: Reader, today: date) -> Freshness:
    """What has come and what is overdue, of the figures that this reader may see."""
    found = expectations(vars(d) for d in store.decisions(who, "expectation"))
    panel = store.panel(who)
    if who.reach is Reach.UNITS:  # who answers for a ward is asked for that ward alone
        own = np.array([who.speaks_for(panel.tree.paths[u.code]) for u in panel.tree.units], dtype=bool)
        panel = replace(panel, expected=panel.expected & own)
    return build_freshness(panel, store.catalogue, store.arrivals(who), store.exposure_arrivals(who), found, today)


def build_freshness(
    panel: Panel,
    catalogue: dict[str, Measure],
    arrivals: pa.Table,
    exposure_arrivals: pa.Table,
    expected: list[Expectation],
    today: date,
) -> Freshness:
    """The same from the panel, the answers of the queries of these names, and the expectations in force."""
    codes = tuple(u.code for u in panel.tree.units)
    months = _months(panel, today)
    shape = (len(panel.measures), len(codes), len(months))
    arrived, position, holds = _arrivals(panel, arrivals, shape)
    arrived = _with_exposures(panel, catalogue, exposure_arrivals, arrived)
    ends = (months + 1).astype("datetime64[D]") - 1
    due_on = ends + due_days(expected, panel.measures, codes, months).astype("timedelta64[D]")
    state, reporters = _states(panel, months, position, holds, due_on, np.datetime64(today, "D"))
    late = ~np.isnat(arrived) & (arrived > due_on) & (due_on >= _began(arrived)[:, None, None])
    state[late & (state == Figure.REPORTED)] = Figure.LATE
    return Freshness(
        panel.measures, panel.tree.units, months, today, state, due_on, arrived, late, position, reporters, panel
    )


def _months(panel: Panel, today: date) -> Days:
    """The panel's months, and those since then that have ended: what nobody has sent yet is due all the same."""
    if not panel.months.size:
        return panel.months
    return np.arange(panel.months[0], max(panel.months[-1] + 1, np.datetime64(today, "M")))


def _arrivals(panel: Panel, table: pa.Table, shape: tuple[int, ...]) -> tuple[Days, Ints, Bools]:
    arrived, position = np.full(shape, "NaT", "datetime64[D]"), np.zeros(shape, np.int64)
    holds = np.zeros(shape, bool)
    if table.num_rows and all(shape):
        where = (
            positions(table["measure_id"], panel.measures),
            positions(table["unit_code"], tuple(u.code for u in panel.tree.units)),
            (np.asarray(table["month"], dtype="datetime64[M]") - panel.months[0]).astype(int),
        )
        # A month beyond the axis has not ended yet, or stands in a file that this reader's panel has no figure of.
        inside = (where[0] >= 0) & (where[1] >= 0) & (where[2] >= 0) & (where[2] < shape[2])
        at = tuple(each[inside] for each in where)
        arrived[at] = np.asarray(table["arrived_at"], dtype="datetime64[D]")[inside]
        position[at] = table["position"].to_numpy()[inside]
        holds[at] = table["holds"].to_numpy()[inside]
    return arrived, position, holds


def _with_exposures(panel: Panel, catalogue: dict[str, Measure], table: pa.Table, arrived: Days) -> Days:
    """A rate has come when both its parts have: the later day, where bed days and the like have come at all."""
    if not (table.num_rows and arrived.size):
        return arrived
    kinds = tuple(sorted({m.exposure for m in catalogue.values() if m.exposure}))
    kind, unit = (
        positions(table["kind"], kinds),
        positions(table["unit_code"], tuple(u.code for u in panel.tree.units)),
    )
    month = (np.asarray(table["month"], dtype="datetime64[M]") - panel.months[0]).astype(int)
    inside = (kind >= 0) & (unit >= 0) & (month >= 0) & (month < arrived.shape[2])
    came = np.full((len(kinds), *arrived.shape[1:]), np.datetime64("0001-01-01"), "datetime64[D]")
    days = np.asarray(table["arrived_at"], dtype="datetime64[D]")
    came[kind[inside], unit[inside], month[inside]] = days[inside]
    latest = arrived.copy()
    for m, measure_id in enumerate(panel.measures):
        exposure = catalogue[measure_id].exposure
        if exposure:
            latest[m] = np.maximum(arrived[m], came[kinds.index(exposure)])  # NaT where the count has not come
    return latest


def _began(arrived: Days) -> Days:
    """(measures,): the first day on which a figure of the measure came; before it nobody was asked for any."""
    never = np.datetime64("9999-12-31", "D")
    days = np.where(np.isnat(arrived), never, arrived).reshape(len(arrived), -1)
    return np.asarray(np.column_stack([days, np.full(len(days), never)]).min(axis=1))


def _states(
    panel: Panel, months: Days, position: Ints, holds: Bools, due_on: Days, today: np.datetime64
) -> tuple[NDArray[np.int8], Bools]:
    state = np.full(position.shape, Figure.NOT_EXPECTED, np.int8)
    known = np.full(position.shape, State.NOT_DUE, np.int8)
    known[..., : len(panel.months)] = panel.state
    doubtful = np.zeros(position.shape, bool)
    doubtful[..., : len(panel.months)] = panel.doubtful
    reporters = _reporters(panel, position)
    if not months.size:
        return state, reporters & False
    given = ~np.isin(known, (State.NOT_EXPECTED, State.NOT_DUE)) | (position > 0)
    first = np.where(given.any(axis=2), given.argmax(axis=2), len(months))
    window = reporters[..., None] & (np.arange(len(months)) >= first[..., None])
    said = np.isin(known, list(_FIGURES))
    is_open = _open(panel, months)
    waiting = window & ~said
    state[waiting & ~is_open] = Figure.CLOSED
    state[waiting & is_open] = Figure.NOT_DUE
    state[waiting & is_open & (today > due_on)] = Figure.MISSING
    # What comes before most others is kept out of the charts, and has come nevertheless.
    state[waiting & holds & (known == State.NOT_DUE)] = Figure.REPORTED
    for code, figure in _FIGURES.items():
        state[window & (known == code)] = figure
    state[window & said & doubtful] = Figure.PLEASE_CHECK
    # A unit that carries others on has their figures from before it opened.
    state[window & ~is_open & (position == 0)] = Figure.CLOSED
    return state, reporters


def _reporters(panel: Panel, position: Ints) -> Bools:
    """(measures, units): who reports for itself. National files have their own clock, and are in nobody's debt here."""
    levels = np.array([u.level for u in panel.tree.units])
    above = np.isin(levels, ROLLED_LEVELS)
    rolled = np.isfinite(panel.share).any(axis=2) | ~(position > 0).any(axis=2)
    return panel.expected & ~np.isin(levels, NATIONAL) & ~(above & rolled)


def _open(panel: Panel, months: Days) -> Bools:
    """(units, months): open on some day of the month, also beyond the panel's axis."""
    is_open = np.zeros((len(panel.tree.units), len(months)), bool)
    is_open[:, : len(panel.months)] = panel.tree.is_open
    later = months[len(panel.months) :]
    for u, unit in enumerate(panel.tree.units):
        closed = np.datetime64(unit.closed, "M") if unit.closed else np.datetime64("9999-12")
        is_open[u, len(panel.months) :] = (later >= np.datetime64(unit.opened, "M")) & (later <= closed)
    return is_open


__all__ = ["DUE_DAYS", "Figure", "Freshness", "build_freshness", "freshness"]
