"""Every monthly figure of one version as arrays: measure × unit × month, rolled up, with its states and its doubts.

The panel is the truth; `Store` lets a reader see of it what the reader may (data/access.py). `metrics` works on it
without a loop over series.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.access import ROUNDED_TO, SMALL
from data.tree import NATIONAL, Tree, build_tree
from metrics import doubtful_months, roll_up
from metrics.measure import Measure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class State(IntEnum):
    """What a cell of the panel is. Whether it is also unsettled or doubtful is said beside it."""

    NOT_EXPECTED = 0
    CLOSED = 1
    MISSING = 2
    NOT_DUE = 3
    SUPPRESSED = 4
    NO_EXPOSURE = 5
    ZERO_IN_EXTRACT = 6
    ZERO_CONFIRMED = 7
    REPORTED = 8


RESETS_AFTER = 3  # confirmed months running, after which the expected level is a new one (methods, section 6)

STATE_NAMES = {
    "missing": State.MISSING,
    "not_due": State.NOT_DUE,
    "suppressed": State.SUPPRESSED,
    "reported": State.REPORTED,
}


@dataclass(frozen=True)
class Panel:
    """Arrays of shape (measures, units, months), oldest month first.

    numerator, denominator: NaN where not reported; denominator is NaN throughout where the measure has none.
    state: `State` codes. doubtful: to be checked by somebody. complete: every child that is expected has reported, to
    95 % of the events expected; share: that share. phase: counts up at every break and rebase; `excluded`: left out by a
    decision. expected (measures, units): figures are to come from here; exact (measures, units): they are the true ones,
    and may be charted. unsettled (measures, months): may still grow.
    """

    measures: tuple[str, ...]
    tree: Tree
    numerator: Floats
    denominator: Floats
    state: NDArray[np.int8]
    doubtful: Bools
    complete: Bools
    share: Floats
    phase: Ints
    excluded: Bools
    expected: Bools
    exact: Bools
    unsettled: Bools

    @property
    def months(self) -> NDArray[np.datetime64]:
        return self.tree.months

    @property
    def is_empty(self) -> bool:
        return not self.expected.any()

    def measure_position(self, measure_id: str) -> int:
        return self.measures.index(measure_id)


def build_panel(
    catalogue: dict[str, Measure],
    units: pa.Table,
    cells: pa.Table,
    exposures: pa.Table,
    event_months: pa.Table,
    decisions: list[dict[str, object]],
) -> Panel:
    """The panel from the answers of the queries of the same names."""
    months = _axis(cells, exposures, event_months)
    tree = build_tree(units, months)
    measures = tuple(m.id for m in catalogue.values() if m.months == 1)
    shape = (len(measures), len(tree.units), len(months))
    panel = Panel(
        measures,
        tree,
        np.full(shape, np.nan),
        np.full(shape, np.nan),
        np.zeros(shape, np.int8),
        np.zeros(shape, bool),
        np.ones(shape, bool),
        np.full(shape, np.nan),
        np.zeros(shape, np.int64),
        np.zeros(shape, bool),
        np.zeros(shape[:2], bool),
        np.ones(shape[:2], bool),
        _unsettled(catalogue, measures, len(months)),
    )
    if not all(shape):
        return panel
    _place_cells(panel, cells, event_months)
    _divide_by_exposure(panel, catalogue, exposures)
    _mark_states(panel, catalogue, decisions)
    _doubt(panel, catalogue, decisions)
    _roll_up(panel, catalogue)
    _inherit(panel)
    _mark_phases(panel, catalogue, decisions)
    return panel


def _axis(*tables: pa.Table) -> NDArray[np.datetime64]:
    found = [np.asarray(table["month"], dtype="datetime64[M]") for table in tables if table.num_rows]
    if not found:
        return np.array([], dtype="datetime64[M]")
    every = np.concatenate(found)
    return np.arange(every.min(), every.max() + 1)


def _unsettled(catalogue: dict[str, Measure], measures: tuple[str, ...], n_months: int) -> Bools:
    settles = np.array([catalogue[m].settles_after_months for m in measures], dtype=int)
    return np.arange(n_months)[None, :] >= n_months - settles[:, None]


def _place(panel: Panel, table: pa.Table) -> tuple[Ints, Ints, Ints, Bools]:
    """Positions (measure, unit, month) of each row of a table, and which rows are known to the catalogue."""
    measure = _positions(table["measure_id"], panel.measures)
    unit = _positions(table["unit_code"], tuple(u.code for u in panel.tree.units))
    month = (np.asarray(table["month"], dtype="datetime64[M]") - panel.months[0]).astype(int)
    return measure, unit, month, (measure >= 0) & (unit >= 0)


def _positions(column: pa.ChunkedArray, names: tuple[str, ...]) -> Ints:
    encoded = column.combine_chunks().dictionary_encode()
    position = {name: i for i, name in enumerate(names)}
    lookup = np.array([position.get(name, -1) for name in encoded.dictionary.to_pylist()] or [-1], dtype=np.int64)
    return np.asarray(lookup[np.asarray(encoded.indices)])


def _place_cells(panel: Panel, cells: pa.Table, event_months: pa.Table) -> None:
    if cells.num_rows:
        m, u, t, known = _place(panel, cells)
        where = m[known], u[known], t[known]
        names = _positions(cells["state"], tuple(STATE_NAMES))
        codes = np.array(list(STATE_NAMES.values()), np.int8)[names]
        panel.state[where] = codes[known]
        panel.numerator[where] = cells["numerator"].to_numpy()[known]
        panel.denominator[where] = cells["denominator"].to_numpy()[known]
    if event_months.num_rows:
        m, u, t, known = _place(panel, event_months)
        where = m[known], u[known], t[known]
        panel.state[where] = State.REPORTED
        panel.numerator[where] = event_months["events"].to_numpy()[known]


def _divide_by_exposure(panel: Panel, catalogue: dict[str, Measure], exposures: pa.Table) -> None:
    if not exposures.num_rows:
        return
    kinds = tuple(sorted({m.exposure for m in catalogue.values() if m.exposure}))
    kind = _positions(exposures["kind"], kinds)
    unit = _positions(exposures["unit_code"], tuple(u.code for u in panel.tree.units))
    month = (np.asarray(exposures["month"], dtype="datetime64[M]") - panel.months[0]).astype(int)
    known = (kind >= 0) & (unit >= 0)
    value = np.full((len(kinds), *panel.numerator.shape[1:]), np.nan)
    value[kind[known], unit[known], month[known]] = exposures["value"].to_numpy()[known]
    value[value == 0] = np.nan
    for i, measure_id in enumerate(panel.measures):
        exposure = catalogue[measure_id].exposure
        if exposure:
            panel.denominator[i] = value[kinds.index(exposure)]


def _mark_states(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> None:
    """From what was loaded to what each cell is: a unit that ever reported a measure is expected to while it is open."""
    state, is_open = panel.state, panel.tree.is_open[None]
    given = state != State.NOT_EXPECTED
    first = np.where(given.any(axis=2), given.argmax(axis=2), state.shape[2])
    panel.expected[:] = given.any(axis=2)
    due = np.arange(state.shape[2]) >= first[..., None]
    state[~given & due & is_open] = State.MISSING
    state[due & ~is_open & ~given] = State.CLOSED
    reported = state == State.REPORTED
    zero = reported & (panel.numerator == 0)
    state[zero] = State.ZERO_IN_EXTRACT
    for decision in decisions:
        if decision["kind"] == "zero_return":
            where = _scope(panel, decision)
            state[where & zero] = State.ZERO_CONFIRMED
    divides = np.array([catalogue[m].has_denominator for m in panel.measures])[:, None, None]
    state[divides & reported & np.isnan(panel.denominator)] = State.NO_EXPOSURE


def _scope(panel: Panel, decision: dict[str, object]) -> Bools:
    """Where a decision applies: its measure and unit ('' for every one) and its months, both ends included."""
    measure = np.array([decision["measure_id"] in ("", m) for m in panel.measures])
    unit = np.array([decision["unit_code"] in ("", u.code) for u in panel.tree.units])
    first, last = _month(decision["first_month"], panel.months[0]), _month(decision["last_month"], panel.months[-1])
    month = (panel.months >= first) & (panel.months <= last)
    return np.asarray(measure[:, None, None] & unit[:, None] & month)


def _month(day: object, default: np.datetime64) -> np.datetime64:
    return np.datetime64(day, "M") if isinstance(day, date) else default


def _usable(panel: Panel) -> Bools:
    return np.isin(panel.state, (State.REPORTED, State.ZERO_IN_EXTRACT, State.ZERO_CONFIRMED))


def _doubt(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> None:
    """Please check: far below what the unit records. Of a proportion the denominator is judged, of a count the count."""
    usable = _usable(panel)
    count = np.where(usable, panel.numerator, np.nan)
    exposure = np.where(usable, panel.denominator, np.nan)
    proportions = np.array([catalogue[m].is_proportion for m in panel.measures])
    divides = np.array([catalogue[m].has_denominator for m in panel.measures])
    for which, judged, per in (
        (divides & ~proportions, count, exposure),
        (~divides, count, None),
        (proportions, exposure, None),
    ):
        if which.any():
            panel.doubtful[which] = doubtful_months(judged[which], None if per is None else per[which])
    confirmed = np.zeros(panel.doubtful.shape, bool)
    for decision in decisions:
        if decision["kind"] == "confirmation":
            confirmed |= _scope(panel, decision)
    panel.doubtful[confirmed] = False
    for m, u in zip(*np.nonzero(_runs_of(confirmed & usable, RESETS_AFTER).any(axis=2)), strict=True):
        # The level is a new one from here on: what came before says no longer what to expect.
        t = int(_runs_of(confirmed[m, u] & usable[m, u], RESETS_AFTER).argmax())
        judged, per = (exposure, None) if proportions[m] else (count, exposure if divides[m] else None)
        again = doubtful_months(judged[m, u, t:], None if per is None else per[m, u, t:])
        panel.doubtful[m, u, t:] = again & ~confirmed[m, u, t:]


def _runs_of(flags: Bools, n: int) -> Bools:
    """Where a run of `n` flags begins, along the last axis."""
    begins = np.zeros(flags.shape, bool)
    span = flags.shape[-1] - n + 1
    if span > 0:
        begins[..., :span] = np.all([flags[..., i : i + span] for i in range(n)], axis=0)
    return begins


def _roll_up(panel: Panel, catalogue: dict[str, Measure]) -> None:
    """Ratio of sums at every level above the leaves, for the measures that add; a level's own report goes first."""
    tree = panel.tree
    additive = np.array([catalogue[m].additive for m in panel.measures])
    divides = np.array([catalogue[m].has_denominator for m in panel.measures])
    leaves = tree.leaves & np.array([u.level not in NATIONAL for u in tree.units])
    if not leaves.any():
        return
    usable = _usable(panel) & ~panel.doubtful
    for level in ("division", "service", "trust"):
        parents = np.array([i for i, u in enumerate(tree.units) if u.level == level and not leaves[i]], dtype=int)
        if not parents.size:
            continue
        slot = np.full(len(tree.units) + 1, -1)
        slot[parents] = np.arange(len(parents))
        parent = slot[tree.ancestors(level)][leaves]
        for with_denominator in (True, False):
            which = np.flatnonzero(additive & (divides == with_denominator))
            for m in which:
                expected = panel.expected[m][leaves]
                if expected.any():
                    _roll_up_measure(panel, int(m), leaves, parents, np.where(expected[:, None], parent, -1), usable)


def _roll_up_measure(panel: Panel, m: int, leaves: Bools, parents: Ints, parent: Ints, usable: Bools) -> None:
    due = np.isin(panel.state[m][leaves], (State.NOT_EXPECTED, State.CLOSED), invert=True)
    parent = np.where(due, parent, -1)
    reported = _usable(panel)[m][leaves]
    numerator = np.where(reported, panel.numerator[m][leaves], np.nan)
    has_denominator = bool(np.isfinite(panel.denominator[m][leaves]).any())
    denominator = panel.denominator[m][leaves] if has_denominator else None
    rolled = roll_up(numerator, denominator, parent, len(parents), usable=usable[m][leaves])
    any_child = np.zeros((len(parents), parent.shape[1]), bool)
    for slot in range(len(parents)):
        any_child[slot] = (parent == slot).any(axis=0)
    for slot, unit in enumerate(parents):
        own = panel.state[m, unit] != State.NOT_EXPECTED
        if own.any() and not np.all(panel.state[m, unit][own] == State.MISSING):
            continue
        reported_here = any_child[slot] & np.isfinite(rolled.numerator[slot])
        panel.numerator[m, unit] = rolled.numerator[slot]
        if rolled.denominator is not None:
            panel.denominator[m, unit] = rolled.denominator[slot]
        panel.complete[m, unit] = rolled.complete[slot] | ~any_child[slot]
        panel.share[m, unit] = rolled.share[slot]
        state = np.where(reported_here, State.REPORTED, np.where(any_child[slot], State.MISSING, State.NOT_EXPECTED))
        state[reported_here & (rolled.numerator[slot] == 0)] = State.ZERO_IN_EXTRACT
        panel.state[m, unit] = state
        panel.expected[m, unit] = any_child[slot].any()


def _inherit(panel: Panel) -> None:
    """A merged unit's chart begins with the sum of those it came from, in a phase of its own; roll-ups never count it."""
    for unit, sources in panel.tree.inherits.items():
        before = ~panel.tree.is_open[unit] & panel.tree.is_open[list(sources)].all(axis=0)
        given = np.isfinite(panel.numerator[:, list(sources)]).all(axis=1) & before & panel.expected[:, unit, None]
        numerator = panel.numerator[:, list(sources)].sum(axis=1)
        denominator = panel.denominator[:, list(sources)].sum(axis=1)
        panel.numerator[:, unit] = np.where(given, numerator, panel.numerator[:, unit])
        panel.denominator[:, unit] = np.where(given, denominator, panel.denominator[:, unit])
        panel.state[:, unit] = np.where(given, State.REPORTED, panel.state[:, unit])
        panel.doubtful[:, unit] |= given & panel.doubtful[:, list(sources)].any(axis=1)


def _mark_phases(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> None:
    """A phase begins at a recorded rebase or break, a changed definition, a move, a merger or a change of ward type."""
    begins = np.zeros(panel.phase.shape, bool)
    for m, measure_id in enumerate(panel.measures):
        for day in catalogue[measure_id].breaks:
            begins[m] |= panel.months == np.datetime64(day, "M")
    for decision in decisions:
        if decision["kind"] in ("phase", "break"):
            first = panel.months == _month(decision["first_month"], panel.months[0])
            begins |= _scope(panel, decision | {"first_month": None, "last_month": None}) & first
        if decision["kind"] == "exclusion":
            panel.excluded[_scope(panel, decision)] = True
    additive = np.array([catalogue[m].additive for m in panel.measures])
    begins |= additive[:, None, None] & _tree_breaks(panel.tree)
    np.cumsum(begins, axis=2, out=panel.phase)


def _tree_breaks(tree: Tree) -> Bools:
    """(units, months): the unit itself moved or merged, or something below it came from or went to another parent."""
    breaks = tree.moved.copy()
    for unit, t in zip(*np.nonzero(tree.moved), strict=True):
        old, new = tree.parent[unit, t - 1], tree.parent[unit, t]
        if old != new:
            breaks[[i for i in (old, new) if i >= 0 and tree.units[i].level != "trust"], t] = True
    for unit in tree.inherits:
        breaks[unit, tree.is_open[unit].argmax()] = True
    return breaks


def as_seen(panel: Panel, exact: Bools, suppressed: Bools) -> Panel:
    """The panel as a reader may have it, by series: exact, suppressed (small counts gone, others rounded), or empty."""
    hide = ~exact[..., None]
    rounded = suppressed[..., None] & (_usable(panel) | (panel.state == State.NO_EXPOSURE))
    small = rounded & (panel.numerator < SMALL)
    state = np.where(small, State.SUPPRESSED, panel.state).astype(np.int8)
    state[~exact & ~suppressed] = State.NOT_EXPECTED
    counts = np.where(rounded & ~small, np.round(panel.numerator / ROUNDED_TO) * ROUNDED_TO, np.nan)
    return replace(
        panel,
        numerator=np.where(hide, counts, panel.numerator),
        denominator=np.where(hide, np.nan, panel.denominator),
        share=np.where(hide, np.nan, panel.share),
        state=state,
        doubtful=panel.doubtful & ~hide,
        expected=panel.expected & (exact | suppressed),
        exact=panel.exact & exact,
    )
