"""The audit: each secret in turn, and what must be withheld until none of them can be found out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.disclosure.model import Atom, Range, Secret, Shown, Statement
from data.disclosure.system import System

NO_ENDS: Mapping[Atom, int] = {}


class NotSafe(ValueError):
    """What was to be shown cannot be made safe: one sentence says of what, why, and what to do."""


def audit(
    shown: Sequence[Shown],
    known: Iterable[Statement],
    secrets: Iterable[Secret],
    most: Mapping[Atom, int] = NO_ENDS,
) -> tuple[str, ...]:
    """The names of what must be withheld, so that no secret can be found out; the least costly, in their order.

    `known`: what cannot be taken back, such as earlier publications. `most`: the ends of counts whose denominators the reader
    is taken to know. Raises NotSafe where nothing that could still be withheld helps.
    """
    found: set[str] = set()
    for part_shown, part_known, part_secrets, atoms in _parts(shown, tuple(known), tuple(secrets)):
        system = System.of(atoms, part_known, part_shown, {atom: most[atom] for atom in atoms if atom in most})
        found |= {part_shown[number].name for number in _withheld(system, part_secrets)}
    return tuple(one.name for one in shown if one.name in found)


def _withheld(system: System, secrets: Sequence[Secret]) -> set[int]:
    """What is withheld opens the ranges of all, so a secret that is safe once stays so; what is withheld is a secret too."""
    waiting = list(secrets)
    for secret in waiting:  # it grows meanwhile
        for ways in secret.ways:
            given_up = _to_withhold(system, secret, ways)
            system.withhold(given_up)
            waiting += [s for i in sorted(given_up) if (s := system.shown[i].if_withheld) is not None]
    return system.withheld


def _to_withhold(system: System, secret: Secret, ways: tuple[Range, ...]) -> set[int]:
    """Nothing where one of the ranges is possible already. Raises NotSafe."""
    if any(system.possible(secret.atoms, within) for within in ways):
        return set()
    for whole, within in product((False, True), ways):
        given_up = system.cheapest(secret.atoms, within, whole=whole)
        if given_up and system.possible(secret.atoms, within, given_up):  # tried before it is believed
            return given_up
    everything = set(range(len(system.shown))) - system.withheld
    if everything and any(system.possible(secret.atoms, within, everything) for within in ways):
        return everything
    raise NotSafe(
        f"The number of {secret.name} could be worked out from what was published before or is told beside it, whatever else "
        "is withheld, so nothing is published. Take the measure out of what the public sees (public = false in its file), and "
        "ask again."
    )


def _parts(
    shown: Sequence[Shown], known: Sequence[Statement], secrets: Sequence[Secret]
) -> Iterator[tuple[list[Shown], list[Statement], list[Secret], list[Atom]]]:
    """What hangs together, each by itself: nothing that is said of one part narrows another."""
    of_shown = [_atoms_of(one) for one in shown]
    of_known = [tuple(each.terms) for each in known]
    of_secrets = [each.atoms for each in secrets]
    groups = [*of_shown, *of_known, *of_secrets]
    atoms = sorted({atom for group in groups for atom in group})
    label = _labels(groups, {atom: i for i, atom in enumerate(atoms)})
    ends = np.cumsum([len(of_shown), len(of_known)])
    for part in sorted(set(label[: len(groups)].tolist()) if len(groups) else ()):
        yield (
            [one for one, mine in zip(shown, label[: ends[0]] == part, strict=True) if mine],
            [one for one, mine in zip(known, label[ends[0] : ends[1]] == part, strict=True) if mine],
            [one for one, mine in zip(secrets, label[ends[1] : len(groups)] == part, strict=True) if mine],
            [atom for atom, mine in zip(atoms, label[len(groups) :] == part, strict=True) if mine],
        )


def _atoms_of(one: Shown) -> tuple[Atom, ...]:
    told = [atom for said in one.tells for atom in said.terms]
    return (*told, *(one.if_withheld.atoms if one.if_withheld else ()))


def _labels(groups: Sequence[Sequence[Atom]], position: Mapping[Atom, int]) -> np.ndarray:
    """The part of each group, then of each atom."""
    n = len(groups)
    links = [(g, n + position[atom]) for g, group in enumerate(groups) for atom in group]
    row, column = np.array(links, dtype=np.int64).reshape(-1, 2).T
    size = n + len(position)
    graph = coo_array((np.ones(len(links)), (row, column)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1])
