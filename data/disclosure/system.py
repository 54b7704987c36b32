"""All that is said of counts that hang together, as one system: is there a world in which a sum lies in a range?

Yes is said only of a world that is there: its whole numbers are put into every statement, so no solver is believed. No is
said where bounds show it, and also where the solver gives up: what cannot be shown to be possible counts as impossible.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack

from data.disclosure.intervals import Floats, Rows, is_forest, propagate
from data.disclosure.model import Atom, Range, Shown, Statement

SECONDS = 10.0  # for one question to the solver
REACH = 1000.0  # by how much a statement that is withheld may be broken in the world that is looked for
ALWAYS = -1  # whose statement it is: nobody's that could still be withheld

Ints = NDArray[np.int64]


@dataclass
class System:
    """Statements of counts that hang together. `owner` (n_rows,): the position in `shown`, or ALWAYS."""

    atoms: dict[Atom, int]
    shown: Sequence[Shown]
    rows: Rows
    owner: Ints
    upper: Floats
    withheld: set[int] = field(default_factory=set)
    worlds: list[Ints] = field(default_factory=list)
    _bounds: tuple[Floats, Floats] | None = None

    @classmethod
    def of(
        cls, atoms: Iterable[Atom], known: Iterable[Statement], shown: Sequence[Shown], most: dict[Atom, int]
    ) -> "System":
        """`known`: what cannot be withheld; `most`: what some counts are at most."""
        column = {atom: i for i, atom in enumerate(atoms)}
        told = [(ALWAYS, each) for each in known] + [(i, each) for i, one in enumerate(shown) for each in one.tells]
        entries = [(r, column[atom], sign) for r, (_, said) in enumerate(told) for atom, sign in said.terms.items()]
        row, where, sign = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        low = np.array([-np.inf if said.low is None else said.low for _, said in told])
        high = np.array([np.inf if said.high is None else said.high for _, said in told])
        upper = np.array([most.get(atom, np.inf) for atom in column], dtype=float)
        owner = np.array([number for number, _ in told], dtype=np.int64)
        return cls(column, shown, Rows(row, where, sign.astype(float), low, high), owner, upper)

    def possible(self, atoms: Sequence[Atom], within: Range, without: Collection[int] = ()) -> bool:
        """Whether the sum of some counts may lie in a range, for all that is shown now; `without`: and this withheld too."""
        columns, (low, high) = self._columns(atoms), (within[0], np.inf if within[1] is None else within[1])
        if any(low <= world[columns].sum() <= high for world in self.worlds):
            return True
        bounds = self._propagated() if not without else (np.zeros(len(self.atoms)), self.upper)
        if bounds is None:
            return False
        rows = self.rows.kept(self._active(without)).with_sum(columns, low, high)
        narrowed = propagate(rows, *bounds)
        if narrowed is None:
            return False
        lower, upper, settled = narrowed
        if settled and is_forest(rows, len(self.atoms)):
            return True
        world = _world(rows, lower, upper)
        if world is not None and not without:
            self.worlds.append(world)
        return world is not None

    def cheapest(self, atoms: Sequence[Atom], within: Range, *, whole: bool) -> set[int]:
        """The cheapest of what is shown to withhold so that a sum may lie in a range; nothing where nothing helps.

        A proposal, to be tried: without `whole` the counts need not be whole, which is found sooner and is nearly always right.
        """
        rows = self.rows.kept(self._active()).with_sum(
            self._columns(atoms), within[0], np.inf if within[1] is None else within[1]
        )
        owner = np.append(self.owner[self._active()], ALWAYS)
        return _cheapest(rows, owner, np.array([one.cost for one in self.shown], dtype=float), self.upper, whole)

    def withhold(self, numbers: Iterable[int]) -> None:
        """Take back some of what is shown; the worlds that were possible still are."""
        self.withheld |= set(numbers)
        self._bounds = None

    def _columns(self, atoms: Sequence[Atom]) -> Ints:
        return np.array([self.atoms[atom] for atom in atoms], dtype=np.int64)

    def _active(self, without: Collection[int] = ()) -> NDArray[np.bool_]:
        return ~np.isin(self.owner, [*self.withheld, *without])

    def _propagated(self) -> tuple[Floats, Floats] | None:
        """The bounds of every count, kept until something is withheld."""
        if self._bounds is None:
            found = propagate(self.rows.kept(self._active()), np.zeros(len(self.atoms)), self.upper)
            self._bounds = found[:2] if found is not None else None
        return self._bounds


def _matrix(rows: Rows, n_columns: int) -> csr_array:
    return csr_array(coo_array((rows.sign, (rows.row, rows.column)), shape=(len(rows.low), n_columns)))


def _world(rows: Rows, lower: Floats, upper: Floats) -> Ints | None:
    """Whole numbers that satisfy every row, or None."""
    matrix = _matrix(rows, len(lower))
    found = milp(
        np.zeros(len(lower)),
        integrality=np.ones(len(lower)),
        bounds=Bounds(lower, upper),
        constraints=LinearConstraint(matrix, rows.low, rows.high),
        options={"time_limit": SECONDS},
    )
    if found.x is None:
        return None
    world = np.rint(found.x).astype(np.int64)
    sums = matrix.astype(np.int64) @ world
    holds = (sums >= rows.low).all() and (sums <= rows.high).all() and (world >= lower).all() and (world <= upper).all()
    return world if holds else None


def _cheapest(rows: Rows, owner: Ints, cost: Floats, upper: Floats, whole: bool) -> set[int]:
    """Beside the counts one unknown of 0 or 1 for each thing shown: 1 withholds it, and its rows may then be broken."""
    matrix, n = _matrix(rows, len(upper)), len(upper)
    owned = np.flatnonzero(owner >= 0)
    switch = csr_array(coo_array((np.full(len(owned), REACH), (owned, owner[owned])), shape=(len(owner), len(cost))))
    found = milp(
        np.concatenate([np.zeros(n), cost]),
        integrality=np.concatenate([np.full(n, float(whole)), np.ones(len(cost))]),
        bounds=Bounds(np.zeros(n + len(cost)), np.concatenate([upper, np.ones(len(cost))])),
        constraints=[
            LinearConstraint(hstack([matrix, -switch]), -np.inf, rows.high),
            LinearConstraint(hstack([matrix, switch]), rows.low, np.inf),
        ],
        options={"time_limit": SECONDS},
    )
    return set() if found.x is None else set(np.flatnonzero(found.x[n:] > 0.5).tolist())
