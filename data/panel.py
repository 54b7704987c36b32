"""Every monthly figure of one version as arrays: measure × unit × month, rolled up, with its states and its doubts.

The panel is the truth; `Store` lets a reader see of it what the reader may (data/access.py). `metrics` works on it
without a loop over series.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.access.suppression import USUAL, Masking
from data.expectation import expectations, settling_months
from data.tree import NATIONAL, Tree, build_tree
from metrics import doubtful_months, questions, roll_up
from metrics.measure import Kind, Measure, Sensitivity

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


DUE_SHARE = 0.25
LEAST_PEERS = 3
LEAST_BELOW = 3  # wards, so that none of them can work out what another has recorded
MOST_LEVELS = 6
CHANGED_SHARE = 0.05
RESETS_AFTER = 3  # confirmed months running, after which the expected level is a new one (methods, section 6)

USABLE = (State.REPORTED, State.ZERO_IN_EXTRACT, State.ZERO_CONFIRMED)  # a figure is there, and a rate where one is due

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
    95 % of the events expected; share: that share. phase: counts up at every break and rebase; stretch: at breaks alone, so
    that within one what is counted is the same. `excluded`: left out by a decision. expected (measures, units): figures are
    to come from here; exact (measures, units): they are the true ones, and may be charted. unsettled: may still grow.
    last_due (units,): the position of the newest month that is due, which the trust and each national file have of their
    own. few_below (measures, units): a sensitive figure that is the sum of one or two wards.
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
    stretch: Ints
    excluded: Bools
    expected: Bools
    exact: Bools
    unsettled: Bools
    last_due: Ints
    few_below: Bools
    masking: Masking = USUAL  # how small counts are shown where `exact` is False

    @property
    def months(self) -> NDArray[np.datetime64]:
        return self.tree.months

    @property
    def is_empty(self) -> bool:
        return not self.expected.any()

    @property
    def newest(self) -> np.datetime64:
        """The newest month that is due: the trust's own, or that of the national files where there is no trust."""
        own = np.array([unit.level not in NATIONAL for unit in self.tree.units])
        last = int((self.last_due[own] if own.any() else self.last_due).max())
        return np.datetime64(self.months[last], "M")

    def measure_position(self, measure_id: str) -> int:
        return self.measures.index(measure_id)


def build_panel(
    catalogue: dict[str, Measure],
    units: pa.Table,
    cells: pa.Table,
    exposures: pa.Table,
    event_months: pa.Table,
    decisions: list[dict[str, object]],
    gaps: pa.Table | None = None,
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
        np.zeros(shape, np.int64),
        np.zeros(shape, bool),
        np.zeros(shape[:2], bool),
        np.ones(shape[:2], bool),
        np.zeros(shape, bool),
        np.zeros(shape[1], np.int64),
        np.zeros(shape[:2], bool),
    )
    if not all(shape):
        return panel
    _place_cells(panel, cells, event_months)
    _divide_by_exposure(panel, catalogue, exposures)
    _mark_due(panel, catalogue, decisions)
    _mark_states(panel, catalogue, decisions)
    _mark_gaps(panel, gaps)
    _mark_few_below(panel, catalogue)
    _doubt(panel, catalogue, decisions, np.ones(shape[:2], bool))
    rolled = _roll_up(panel, catalogue)
    _doubt(panel, catalogue, decisions, rolled)
    _inherit(panel, catalogue)
    _mark_phases(panel, catalogue, decisions)
    return panel


def _axis(*tables: pa.Table) -> NDArray[np.datetime64]:
    found = [np.asarray(table["month"], dtype="datetime64[M]") for table in tables if table.num_rows]
    if not found:
        return np.array([], dtype="datetime64[M]")
    every = np.concatenate(found)
    return np.arange(every.min(), every.max() + 1)


def _place(panel: Panel, table: pa.Table) -> tuple[Ints, Ints, Ints, Bools]:
    """Positions (measure, unit, month) of each row of a table, and which rows are known to the catalogue."""
    measure = positions(table["measure_id"], panel.measures)
    unit = positions(table["unit_code"], tuple(u.code for u in panel.tree.units))
    month = (np.asarray(table["month"], dtype="datetime64[M]") - panel.months[0]).astype(int)
    return measure, unit, month, (measure >= 0) & (unit >= 0)


def positions(column: pa.ChunkedArray, names: tuple[str, ...]) -> Ints:
    """Where each value of a column stands among `names`; -1 where it does not."""
    encoded = column.combine_chunks().dictionary_encode()
    position = {name: i for i, name in enumerate(names)}
    lookup = np.array([position.get(name, -1) for name in encoded.dictionary.to_pylist()] or [-1], dtype=np.int64)
    return np.asarray(lookup[np.asarray(encoded.indices)])


def _place_cells(panel: Panel, cells: pa.Table, event_months: pa.Table) -> None:
    if cells.num_rows:
        m, u, t, known = _place(panel, cells)
        where = m[known], u[known], t[known]
        names = positions(cells["state"], tuple(STATE_NAMES))
        codes = np.array(list(STATE_NAMES.values()), np.int8)[names]
        panel.state[where] = codes[known]
        panel.numerator[where] = cells["numerator"].to_numpy()[known]
        panel.denominator[where] = cells["denominator"].to_numpy()[known]
    if event_months.num_rows:
        m, u, t, known = _place(panel, event_months)
        where = m[known], u[known], t[known]
        panel.state[where] = State.REPORTED
        panel.numerator[where] = event_months["events"].to_numpy()[known]


def _mark_gaps(panel: Panel, gaps: pa.Table | None) -> None:
    """Months in which lines of a listing counted nowhere: they may be short, so they are in question."""
    if gaps is not None and gaps.num_rows:
        m, u, t, known = _place(panel, gaps)
        known &= (t >= 0) & (t < len(panel.months))
        panel.doubtful[m[known], u[known], t[known]] = True


def _mark_few_below(panel: Panel, catalogue: dict[str, Measure]) -> None:
    """Where a sensitive figure above the wards is that of one or two of them in any month, or would give such a one away.

    Asked before the wards are added up. Where what is masked under a unit is one or two wards, they are what is left of it
    when all that is shown is taken away: then the part with the fewest wards is masked as well.
    """
    reported = np.isin(panel.state, (*USABLE, State.SUPPRESSED, State.NO_EXPOSURE))
    above = {level: panel.tree.ancestors(level) for level in ("service", "division", "trust")}
    for m in (i for i, name in enumerate(panel.measures) if catalogue[name].sensitivity is Sensitivity.SENSITIVE):
        for level in ("service", "division", "trust"):
            n = _reporting_below(above[level], reported[m])
            panel.few_below[m] |= ((n > 0) & (n < LEAST_BELOW)).any(axis=1)
        for level, parts in (("division", "service"), ("trust", "division")):
            _mask_a_second(panel, m, above[level], above[parts], reported[m])


def _reporting_below(above: Ints, reported: Bools) -> Ints:
    """(units, months): how many units report below each one; `above`: where each belongs at that level."""
    n = np.zeros(reported.shape, np.int64)
    u, t = np.nonzero((above >= 0) & (above != np.arange(len(above))[:, None]) & reported)
    np.add.at(n, (above[u, t], t), 1)
    return n


def _mask_a_second(panel: Panel, m: int, above: Ints, part: Ints, reported: Bools) -> None:
    """Under each unit, one part more than is masked, where the masked ones and what stands alone are one or two wards."""
    here = np.arange(len(above))[:, None]
    n = _reporting_below(part, reported)
    for whole in np.unique(above[(above >= 0) & (above != here)]):
        inside = (above == whole) & reported & (above != here)
        shown = inside & (part >= 0) & (part != here) & ~panel.few_below[m][np.maximum(part, 0)]
        left = (inside & ~shown).sum(axis=0)
        parts = np.unique(part[shown])
        if ((left > 0) & (left < LEAST_BELOW)).any() and parts.size:
            least = parts[np.argmin(n[parts].max(axis=1))]
            below = {panel.tree.position[code] for code in panel.tree.below(panel.tree.units[least].code)}
            panel.few_below[m, list(below)] = True


def _divide_by_exposure(panel: Panel, catalogue: dict[str, Measure], exposures: pa.Table) -> None:
    if not exposures.num_rows:
        return
    kinds = tuple(sorted({m.exposure for m in catalogue.values() if m.exposure}))
    kind = positions(exposures["kind"], kinds)
    unit = positions(exposures["unit_code"], tuple(u.code for u in panel.tree.units))
    month = (np.asarray(exposures["month"], dtype="datetime64[M]") - panel.months[0]).astype(int)
    known = (kind >= 0) & (unit >= 0)
    value = np.full((len(kinds), *panel.numerator.shape[1:]), np.nan)
    value[kind[known], unit[known], month[known]] = exposures["value"].to_numpy()[known]
    for i, measure_id in enumerate(panel.measures):
        exposure = catalogue[measure_id].exposure
        if exposure:
            panel.denominator[i] = value[kinds.index(exposure)]


def _mark_due(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> None:
    """Which month is the newest that is due, and which of those up to it may still grow.

    A month is due once a quarter as many figures have come in for it as for the fullest of the twelve before: a single
    early row, or another national file, makes nothing late.
    """
    figures = np.isin(panel.state, (State.REPORTED, State.SUPPRESSED))
    national = np.array([unit.level in NATIONAL for unit in panel.tree.units])
    settles = _settles(panel, catalogue, decisions)
    t = np.arange(len(panel.months))
    for group in (national, ~national):
        came = figures[:, group].sum(axis=(0, 1))
        usual = np.array([came[max(0, i - 11) : i + 1].max() for i in t])
        due = np.flatnonzero((came > 0) & (came >= DUE_SHARE * usual))
        last = int(due[-1]) if due.size else len(t) - 1
        panel.last_due[group] = last
        early = group[:, None] & (t > last)
        panel.state[:, early] = State.NOT_DUE
        panel.numerator[:, early] = np.nan
        panel.unsettled[:, group] = t > last - settles[:, group]


def _settles(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> Ints:
    """(measures, units, months): after how many months a figure settles; a unit waits for the slowest of those below it."""
    catalogued = np.array([catalogue[m].settles_after_months for m in panel.measures])
    codes = tuple(u.code for u in panel.tree.units)
    found = expectations(decisions)
    settles = settling_months(found, catalogued, panel.measures, codes, panel.months)
    if any(each.unit_code and each.settles_after_months is not None for each in found):
        for u in range(len(codes))[::-1]:  # from the wards up: levels stand in order
            below = np.flatnonzero((panel.tree.parent == u).any(axis=1))
            if below.size:
                settles[:, u] = np.maximum(settles[:, u], settles[:, below].max(axis=1))
    return settles


def _mark_states(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> None:
    """From what was loaded to what each cell is: a unit that ever reported a measure is expected to while it is open.

    So is one that never did, when it has the exposure and all of its peers report: it would else be out of sight.
    """
    state, is_open = panel.state, panel.tree.is_open[None]
    t = np.arange(state.shape[2])
    given = (state != State.NOT_EXPECTED) & (state != State.NOT_DUE)
    first = np.where(given.any(axis=2), given.argmax(axis=2), state.shape[2])
    panel.expected[:] = given.any(axis=2)
    for m, u in _unheard(panel, catalogue):
        panel.expected[m, u] = True
        first[m, u] = int(np.isfinite(panel.denominator[m, u]).argmax())
    due = (t >= first[..., None]) & (t <= panel.last_due[:, None])
    unsaid = (state == State.NOT_EXPECTED) & due
    state[unsaid & is_open] = State.MISSING
    state[unsaid & ~is_open] = State.CLOSED
    reported = state == State.REPORTED
    zero = reported & (panel.numerator == 0)
    state[zero] = State.ZERO_IN_EXTRACT
    state[zero & _returned(panel, catalogue, decisions)[0]] = State.ZERO_CONFIRMED
    divides = np.array([catalogue[m].has_denominator for m in panel.measures])[:, None, None]
    state[divides & reported & ~(panel.denominator > 0)] = State.NO_EXPOSURE


def _returned(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> tuple[Bools, Bools]:
    """What the wards say of their months: (what was reported is right, something is missing). The last word holds.

    Only of harm can a ward say that something is missing; a confirmation by two people ends the question as well.
    """
    right, missing = np.zeros(panel.state.shape, bool), np.zeros(panel.state.shape, bool)
    harm = np.array([catalogue[m].kind is Kind.HARM for m in panel.measures])[:, None, None]
    said = [d for d in decisions if d["kind"] in ("zero_return", "confirmation")]
    for decision in sorted(said, key=_in_force_since):
        where = _scope(panel, decision)
        if decision["kind"] == "confirmation":
            missing[where] = False
            continue
        lacks = _detail(decision).get("answer") == "missing"
        right[where] = not lacks
        missing[where & harm] = lacks
    return right, missing


def _in_force_since(decision: dict[str, object]) -> tuple[str, str]:
    """Orders decisions by when they came into force; those of one second by their number."""
    at = decision.get("approved_at") or decision.get("decided_at")
    return str(at or ""), f"{decision.get('decision_id', 0):>20}"


def _detail(decision: dict[str, object]) -> dict[str, object]:
    detail = decision.get("detail") or {}
    found: dict[str, object] = json.loads(detail) if isinstance(detail, str) else dict(detail)  # type: ignore[call-overload]
    return found


def _unheard(panel: Panel, catalogue: dict[str, Measure]) -> list[tuple[int, int]]:
    """(measure, unit) that has never reported, while it has exposure and at least three peers, who all have."""
    groups: dict[str, list[int]] = {}
    for u, unit in enumerate(panel.tree.units):
        if unit.peer_group:
            groups.setdefault(unit.peer_group, []).append(u)
    found = []
    for m, measure_id in enumerate(panel.measures):
        if catalogue[measure_id].exposure is None:
            continue
        exposed = np.isfinite(panel.denominator[m]).any(axis=1)
        for members in groups.values():
            silent = [u for u in members if exposed[u] and not panel.expected[m, u]]
            heard = [u for u in members if panel.expected[m, u]]
            if len(silent) == 1 and len(heard) >= LEAST_PEERS:
                found.append((m, silent[0]))
    return found


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
    return np.isin(panel.state, USABLE)


def _doubt(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]], where: Bools) -> None:
    """Please check: far below what the unit records, or nothing for longer than chance explains; (measures, units) in
    `where`.

    Of a count the count is judged, of a proportion the denominator; and its numerator too, where fewer is better.
    """
    usable = _usable(panel)
    count = np.where(usable, panel.numerator, np.nan)
    exposure = np.where(usable, panel.denominator, np.nan)
    confirmed = np.zeros(panel.doubtful.shape, bool)
    for decision in decisions:
        if decision["kind"] == "confirmation":
            confirmed |= _scope(panel, decision)
    resets = _runs_of(confirmed & usable, RESETS_AFTER)
    for m, measure_id in enumerate(panel.measures):
        units = np.flatnonzero(where[m] & panel.expected[m])
        if not units.size:
            continue
        measure = catalogue[measure_id]
        for judged, per in _judged(measure, count[m, units], exposure[m, units]):
            found = _asked(measure, judged, per)
            for i in np.flatnonzero(resets[m, units].any(axis=1)):
                # The level is a new one from here on: what came before says no longer what to expect.
                t = int(resets[m, units[i]].argmax())
                found[i, t:] = _asked(measure, judged[i, t:], None if per is None else per[i, t:])
            panel.doubtful[m, units] |= found
    panel.doubtful[confirmed & where[..., None]] = False
    panel.doubtful[_returned(panel, catalogue, decisions)[1] & usable & where[..., None]] = True


def _asked(measure: Measure, judged: Floats, per: Floats | None) -> Bools:
    """Months to check. A team without a death for a year is not asked whether it stopped reporting deaths."""
    return doubtful_months(judged, per) if measure.kind is Kind.DEATH else questions(judged, per).asked


def _judged(measure: Measure, count: Floats, exposure: Floats) -> list[tuple[Floats, Floats | None]]:
    """What is looked at for silence, and what it is divided by."""
    if measure.is_proportion:
        also: list[tuple[Floats, Floats | None]] = [(count, exposure)] if measure.direction == "lower" else []
        return [(exposure, None), *also]
    return [(count, exposure if measure.has_denominator else None)]


def _runs_of(flags: Bools, n: int) -> Bools:
    """Where a run of `n` flags begins, along the last axis."""
    begins = np.zeros(flags.shape, bool)
    span = flags.shape[-1] - n + 1
    if span > 0:
        begins[..., :span] = np.all([flags[..., i : i + span] for i in range(n)], axis=0)
    return begins


def _roll_up(panel: Panel, catalogue: dict[str, Measure]) -> Bools:
    """Ratio of sums at every level above the wards, for the measures that add; a month of a level's own goes first.

    Gives (measures, units): where figures were rolled up.
    """
    tree = panel.tree
    rolled = np.zeros(panel.expected.shape, bool)
    usable = _usable(panel) & ~panel.doubtful
    for level in ("service", "division", "trust"):
        parents = np.array([i for i, u in enumerate(tree.units) if u.level == level], dtype=int)
        if not parents.size:
            continue
        slot = np.full(len(tree.units) + 1, -1)
        slot[parents] = np.arange(len(parents))
        for m, measure_id in enumerate(panel.measures):
            if catalogue[measure_id].additive and panel.expected[m].any():
                reporters = panel.expected[m] & ~rolled[m]
                parent = slot[_above(tree, level, reporters)]
                rolled[m, parents] |= _roll_up_measure(panel, m, parents, parent, usable[m])
    return rolled


def _above(tree: Tree, level: str, reporters: Bools) -> Ints:
    """(units, months): the unit at `level` to which a unit's own figures add, or -1.

    Who reports and has a reporting unit between itself and that level is in that unit's figures already.
    """
    months = np.arange(len(tree.months))
    target = tree.ancestors(level)
    here = np.where(tree.is_open, tree.parent, -1)
    counted = reporters[:, None] & (target >= 0) & (target != np.arange(len(tree.units))[:, None])
    for _ in range(MOST_LEVELS):
        between = (here >= 0) & (here != target)
        counted &= ~(between & reporters[here])
        here = np.where(between, tree.parent[here, months], -1)
    return np.where(counted, target, -1)


def _roll_up_measure(panel: Panel, m: int, parents: Ints, parent: Ints, usable: Bools) -> Bools:
    """Which of the parents got figures."""
    due = np.isin(panel.state[m], (State.NOT_EXPECTED, State.CLOSED, State.NOT_DUE), invert=True)
    parent = np.where(due, parent, -1)
    children = np.flatnonzero((parent >= 0).any(axis=1))
    got = np.zeros(len(parents), bool)
    if not children.size:
        return got
    parent = parent[children]
    numerator = np.where(_usable(panel)[m][children], panel.numerator[m][children], np.nan)
    divides = bool(np.isfinite(panel.denominator[m][children]).any())
    denominator = panel.denominator[m][children] if divides else None
    rolled = roll_up(numerator, denominator, parent, len(parents), usable=usable[children])
    for slot, unit in enumerate(parents):
        own = ~np.isin(panel.state[m, unit], (State.NOT_EXPECTED, State.MISSING, State.NOT_DUE, State.CLOSED))
        take = (parent == slot).any(axis=0) & ~own
        if not take.any():
            continue
        reported = take & np.isfinite(rolled.numerator[slot])
        panel.numerator[m, unit, take] = rolled.numerator[slot, take]
        if rolled.denominator is not None:
            panel.denominator[m, unit, take] = rolled.denominator[slot, take]
        panel.complete[m, unit, take] = rolled.complete[slot, take]
        panel.share[m, unit, take] = rolled.share[slot, take]
        panel.state[m, unit, take] = State.MISSING
        panel.state[m, unit, reported] = State.REPORTED
        panel.state[m, unit, reported & (rolled.numerator[slot] == 0)] = State.ZERO_IN_EXTRACT
        panel.expected[m, unit] = True
        got[slot] = True
    return got


def _inherit(panel: Panel, catalogue: dict[str, Measure]) -> None:
    """A merged unit's chart begins with the sum of those it came from, in a phase of its own; roll-ups never count it.

    People of two wards do not add up to people of one, so what is not additive begins anew.
    """
    additive = np.array([catalogue[m].additive for m in panel.measures])[:, None]
    for unit, sources in panel.tree.inherits.items():
        before = ~panel.tree.is_open[unit] & panel.tree.is_open[list(sources)].all(axis=0)
        given = (
            np.isfinite(panel.numerator[:, list(sources)]).all(axis=1)
            & before
            & panel.expected[:, unit, None]
            & additive
        )
        numerator = panel.numerator[:, list(sources)].sum(axis=1)
        denominator = panel.denominator[:, list(sources)].sum(axis=1)
        panel.numerator[:, unit] = np.where(given, numerator, panel.numerator[:, unit])
        panel.denominator[:, unit] = np.where(given, denominator, panel.denominator[:, unit])
        panel.state[:, unit] = np.where(given, State.REPORTED, panel.state[:, unit])
        panel.doubtful[:, unit] |= given & panel.doubtful[:, list(sources)].any(axis=1)


def _mark_phases(panel: Panel, catalogue: dict[str, Measure], decisions: list[dict[str, object]]) -> None:
    """A phase begins at a recorded rebase or break, a changed definition, a move, a merger or a change of ward type."""
    begins, rebased = np.zeros(panel.phase.shape, bool), np.zeros(panel.phase.shape, bool)
    for m, measure_id in enumerate(panel.measures):
        for day in catalogue[measure_id].breaks:
            begins[m] |= panel.months == np.datetime64(day, "M")
    for decision in decisions:
        if decision["kind"] in ("phase", "break"):
            first = panel.months == _month(decision["first_month"], panel.months[0])
            where = _scope(panel, decision | {"first_month": None, "last_month": None}) & first
            (rebased if decision["kind"] == "phase" else begins)[where] = True
        if decision["kind"] == "exclusion":
            panel.excluded[_scope(panel, decision)] = True
    begins |= _tree_breaks(panel.tree)
    _break_at_openings(panel, begins)
    np.cumsum(begins, axis=2, out=panel.stretch)
    np.cumsum(begins | rebased, axis=2, out=panel.phase)


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


def _break_at_openings(panel: Panel, begins: Bools) -> None:
    """A unit that opens or closes changes what its parents are, where it carries more than 5 % of their events.

    One that carries another on, or is carried on, under the same parent changes nothing above it.
    """
    tree = panel.tree
    carried = {u for heir, sources in tree.inherits.items() for u in (heir, *sources)}
    counts = np.where(_usable(panel), panel.numerator, np.nan)
    for u, unit in enumerate(tree.units):
        if u in carried or unit.level in NATIONAL or tree.is_open[u].all() or not tree.is_open[u].any():
            continue
        alive = np.flatnonzero(tree.is_open[u])
        for t in {int(alive[0]), int(alive[-1]) + 1} & set(range(1, len(tree.months))):
            above = tree.parent[u, min(max(t, alive[0]), alive[-1])]
            while above >= 0:
                around = slice(max(0, t - 12), t + 12)
                own, whole = (np.nan_to_num(counts[:, x, around]).sum(axis=1) for x in (u, above))
                begins[own > CHANGED_SHARE * whole, above, t] = True
                above = tree.parent[above, min(t, len(tree.months) - 1)]


def as_seen(panel: Panel, exact: Bools, suppressed: Bools, masking: Masking) -> Panel:
    """The panel as a reader may have it, by series: exact, suppressed (small counts gone, others rounded), or empty."""
    hide = ~exact[..., None]
    masked = suppressed[..., None] & (_usable(panel) | (panel.state == State.NO_EXPOSURE))
    small = masked & masking.is_small(panel.numerator)
    state = np.where(small, State.SUPPRESSED, panel.state).astype(np.int8)
    state[~exact & ~suppressed] = State.NOT_EXPECTED
    counts = np.where(masked & ~small, masking.rounded(panel.numerator), np.nan)
    # What share of the events expected is in would tell of a unit that lacks how many it usually has.
    told = np.logical_not((panel.expected & ~exact).any(axis=1))[:, None, None]
    return replace(
        panel,
        numerator=np.where(hide, counts, panel.numerator),
        denominator=np.where(hide, np.nan, panel.denominator),
        share=np.where(hide | ~told, np.nan, panel.share),
        state=state,
        doubtful=panel.doubtful & ~hide,
        complete=panel.complete | hide,
        phase=np.where(hide, 0, panel.phase),
        stretch=np.where(hide, 0, panel.stretch),
        expected=panel.expected & (exact | suppressed),
        exact=panel.exact & exact,
        masking=masking,
    )
