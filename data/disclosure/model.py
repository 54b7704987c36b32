"""What the auditor reasons about: unknown counts, what is said of sums of them, and what must not be found out."""

from collections.abc import Mapping
from dataclasses import dataclass

Range = tuple[int, int | None]  # both ends included; None: no upper end


@dataclass(frozen=True, order=True)
class Atom:
    """The exact count of a measure on the smallest unit of which anything is shown, in a month ("2026-04").

    `since`: the version with which it was first published as it is: a count that was revised since is another unknown.
    """

    measure: str
    unit: str
    period: str
    since: int


@dataclass(frozen=True)
class Statement:
    """`low` <= the sum of `plus` less that of `minus` <= `high`; None: no such end."""

    plus: tuple[Atom, ...]
    low: int | None
    high: int | None = None
    minus: tuple[Atom, ...] = ()

    @property
    def terms(self) -> Mapping[Atom, int]:
        return dict.fromkeys(self.plus, 1) | dict.fromkeys(self.minus, -1)


@dataclass(frozen=True)
class Secret:
    """A sum that must stay open: of each group of `ways` at least one range must be possible for it. `name`: in words."""

    name: str
    atoms: tuple[Atom, ...]
    ways: tuple[tuple[Range, ...], ...]


@dataclass(frozen=True)
class Shown:
    """One thing that is shown and can be withheld: what it tells, what its loss costs a reader, what is secret then."""

    name: str
    cost: int
    tells: tuple[Statement, ...]
    if_withheld: Secret | None = None


def small(name: str, atoms: tuple[Atom, ...], threshold: int, most: int | None = None) -> Secret:
    """A count below the threshold: its range must hold all of 1 … threshold - 1.

    `most`: what it can be at most for whoever knows the denominator; what he knew before is not given away here.
    """
    last = threshold - 1 if most is None else min(threshold - 1, most)
    ways = (((0, 1),), ((last, None),)) if last > 0 else ()
    return Secret(name, atoms, ways)


def small_rest(name: str, atoms: tuple[Atom, ...], threshold: int, of: int) -> Secret:
    """A count of which so few of a known whole are missing that *they* are below the threshold."""
    last = min(threshold - 1, of)
    return Secret(name, atoms, (((of - 1, None),), ((0, of - last),)) if last > 0 else ())


def not_exact(name: str, atoms: tuple[Atom, ...], count: int) -> Secret:
    """A count that is withheld for another's sake: it must not be found exactly."""
    lower: tuple[Range, ...] = ((0, count - 1),) if count > 0 else ()
    return Secret(name, atoms, ((*lower, (count + 1, None)),))


def changed(old: Atom, new: Atom, direction: int) -> Statement:
    """The reader is taken to know that a count was revised, and which way; never by how much. Late reports add."""
    return Statement((new,), 0, minus=(old,)) if direction > 0 else Statement((old,), 0, minus=(new,))
