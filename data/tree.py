"""The dated tree of units on an axis of months: who was open, who belonged to whom, and where a break must be drawn."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

NATIONAL = ("provider", "country")
# From the top down; a unit of a national file stands beside the trust.
LEVELS = ("trust", "provider", "country", "division", "service", "ward", "team")


@dataclass(frozen=True)
class Unit:
    """A unit as it was last: its name, level and parent, and its whole life."""

    code: str
    name: str
    level: str
    parent: str
    peer_group: str
    beds: int | None
    opened: date
    closed: date | None
    follows: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Tree:
    """`units` in the order of levels and then names. Arrays are (units, months); parents are positions, -1 for none.

    `is_open`: the unit was open on some day of the month. `moved`: a new parent or another ward type begins here.
    `inherits`: for a unit that follows others alone, their positions; its history before it opened is theirs.
    """

    units: tuple[Unit, ...]
    months: NDArray[np.datetime64]
    is_open: NDArray[np.bool_]
    parent: NDArray[np.int64]
    moved: NDArray[np.bool_]
    inherits: dict[int, tuple[int, ...]] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)  # the parent of today, by the unit's code

    def renamed(self, names: dict[str, str]) -> "Tree":
        """The same tree, in which some units are called otherwise, by their codes."""
        if not names:
            return self
        return replace(self, units=tuple(replace(u, name=names.get(u.code, u.name)) for u in self.units))

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each unit stands, by its code."""
        return {unit.code: i for i, unit in enumerate(self.units)}

    @cached_property
    def paths(self) -> dict[str, tuple[str, ...]]:
        """Each unit's code -> its own and the codes of those above it, as they are today: whose it is."""
        return {unit.code: path_in(unit.code, self.above) for unit in self.units}

    def ancestors(self, level: str) -> NDArray[np.int64]:
        """For each unit and month the position of the unit at `level` that it belonged to, itself included; -1: none."""
        at_level = np.array([unit.level == level for unit in self.units])
        here = np.where(self.is_open, np.arange(len(self.units))[:, None], -1)
        months = np.arange(len(self.months))
        for _ in LEVELS:
            arrived = (here < 0) | at_level[here]
            above = np.where(here >= 0, self.parent[here, months], -1)
            here = np.where(arrived, here, above)
        return np.where((here >= 0) & at_level[here], here, -1)

    def below(self, code: str) -> tuple[str, ...]:
        """The codes of the units that ever belonged under this one, itself included."""
        found = {self.position[code]}
        while True:
            more = {int(i) for i in np.flatnonzero(np.isin(self.parent, list(found)).any(axis=1))} - found
            if not more:
                return tuple(unit.code for i, unit in enumerate(self.units) if i in found)
            found |= more

    def at(self, code: str, month: np.datetime64) -> tuple[str, ...]:
        """The codes of a unit and of those above it in a month; empty where the unit or the month is not known."""
        here = self.position.get(code, -1)
        t = int((month - self.months[0]).astype(int)) if len(self.months) else -1
        if not 0 <= t < len(self.months):
            return ()
        found = []
        while here >= 0:
            found.append(self.units[here].code)
            here = int(self.parent[here, t])
        return tuple(found)


def path_in(code: str, above: dict[str, str]) -> tuple[str, ...]:
    """A unit's code and those above it; `above`: the parent of each."""
    found = [code]
    while (parent := above.get(found[-1], "")) in above and parent not in found:
        found.append(parent)
    return tuple(found)


def build_tree(table: pa.Table, months: NDArray[np.datetime64]) -> Tree:
    """The tree from the rows of `sql/queries/units.sql`."""
    spells: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        spells.setdefault(row["code"], []).append(row)
    units = sorted((_last(rows) for rows in spells.values()), key=lambda u: (LEVELS.index(u.level), u.name, u.code))
    position = {unit.code: i for i, unit in enumerate(units)}
    shape = (len(units), len(months))
    is_open, parent = np.zeros(shape, bool), np.full(shape, -1)
    group = np.full(shape, "", dtype=object)
    for unit in units:
        i = position[unit.code]
        for row in spells[unit.code]:
            first = np.datetime64(row["valid_from"], "M")
            alive = months >= first
            if row["valid_to"] is not None:
                alive &= months <= np.datetime64(row["valid_to"], "M")
            is_open[i, alive] = True
            parent[i, alive] = position.get(str(row["parent"]), -1)
            group[i, alive] = row["peer_group"]
    before = is_open[:, :-1] & is_open[:, 1:]
    moved = np.zeros(shape, bool)
    moved[:, 1:] = before & ((parent[:, 1:] != parent[:, :-1]) | (group[:, 1:] != group[:, :-1]))
    above = {code: _parent_of_today(rows) for code, rows in spells.items()}
    return Tree(tuple(units), months, is_open, parent, moved, _inheritance(units, position), above)


def _parent_of_today(rows: list[dict[str, Any]]) -> str:
    """The newest that has begun, or the first of one that is still to open: a move that is planned changes nothing yet."""
    ordered = sorted(rows, key=lambda row: str(row["valid_from"]))
    begun = [row for row in ordered if row["valid_from"] <= datetime.now(UTC).date()]
    return str((begun[-1] if begun else ordered[0])["parent"])


def _last(rows: list[dict[str, Any]]) -> Unit:
    rows = sorted(rows, key=lambda row: str(row["valid_from"]))
    last = rows[-1]
    return Unit(
        str(last["code"]),
        str(last["name"]),
        str(last["level"]),
        str(last["parent"]),
        str(last["peer_group"]),
        last["beds"],
        rows[0]["valid_from"],
        last["valid_to"],
        tuple(str(rows[0]["follows"]).split()),
    )


def _inheritance(units: list[Unit], position: dict[str, int]) -> dict[int, tuple[int, ...]]:
    """A merged unit carries on the history of those it came from; a split has no single heir, so nobody inherits."""
    heirs: dict[str, int] = {}
    for unit in units:
        for code in unit.follows:
            heirs[code] = heirs.get(code, 0) + 1
    return {
        position[unit.code]: tuple(position[code] for code in unit.follows)
        for unit in units
        if unit.follows and all(heirs[code] == 1 and code in position for code in unit.follows)
    }
