"""The auditor against brute force: what it calls possible is, what it calls safe is, and it gives up when it cannot tell."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from data.access.suppression import Masking
from data.disclosure import (
    Atom,
    NotSafe,
    Secret,
    Shown,
    Statement,
    audit,
    changed,
    counts_shown_as,
    counts_where,
    not_exact,
    small,
    small_rest,
    system,
)
from data.disclosure.intervals import is_forest, propagate
from data.disclosure.system import System

MOST = 5


def atom(unit: str, month: int = 1, since: int = 1) -> Atom:
    return Atom("falls", unit, f"2026-{month:02d}", since)


A, B, C, D, E, F = (atom(unit) for unit in "ABCDEF")
SIX = (A, B, C, D, E, F)


def worlds(statements: Iterable[Statement], atoms: tuple[Atom, ...] = SIX, most: int = MOST) -> np.ndarray:
    """Every world of small counts in which the statements hold, by trying all of them."""
    every = np.array(list(product(range(most + 1), repeat=len(atoms))))
    keep = np.ones(len(every), bool)
    for said in statements:
        sums = sum(sign * every[:, atoms.index(one)] for one, sign in said.terms.items())
        keep &= (sums >= (-np.inf if said.low is None else said.low)) & (
            sums <= (np.inf if said.high is None else said.high)
        )
    return every[keep]


def random_statements(rng: np.random.Generator, atoms: tuple[Atom, ...] = SIX, most: int = MOST) -> list[Statement]:
    """Sums and differences of some counts, each told with some slack around one world."""
    truth = dict(zip(atoms, rng.integers(0, most + 1, len(atoms)).tolist(), strict=True))
    found = []
    for _ in range(rng.integers(1, 5)):
        chosen = [atoms[i] for i in rng.permutation(len(atoms))[: rng.integers(1, 5)]]
        n_minus = int(rng.integers(0, len(chosen)))
        plus, minus = tuple(chosen[n_minus:]), tuple(chosen[:n_minus])
        value = sum(truth[a] for a in plus) - sum(truth[a] for a in minus)
        low = None if rng.random() < 0.2 else value - int(rng.integers(0, 3))
        high = None if rng.random() < 0.2 else value + int(rng.integers(0, 3))
        found.append(Statement(plus, low, high, minus))
    return found


def test_what_is_possible_is_what_brute_force_finds() -> None:
    rng = np.random.default_rng(1)
    asked = solved = 0
    for _ in range(25):
        statements = random_statements(rng)
        every = worlds(statements)
        asked_of = System.of(SIX, statements, [], dict.fromkeys(SIX, MOST))
        for i, j in ((0, 0), (1, 1), (2, 3), (4, 5)):
            sums = every[:, i] if i == j else every[:, i] + every[:, j]
            for value in range(MOST + 1):
                atoms = (SIX[i],) if i == j else (SIX[i], SIX[j])
                assert asked_of.possible(atoms, (value, value)) == bool((sums == value).any()), (
                    statements,
                    i,
                    j,
                    value,
                )
                asked += 1
        solved += len(asked_of.worlds)
    assert asked == 600 and solved > 40  # bounds alone would not have told


def test_bounds_hold_every_world_and_are_exact_on_a_forest() -> None:
    rng = np.random.default_rng(2)
    forests = 0
    for _ in range(60):
        statements = random_statements(rng)
        every = worlds(statements)
        rows = System.of(SIX, statements, [], {}).rows
        found = propagate(rows, np.zeros(len(SIX)), np.full(len(SIX), float(MOST)))
        assert found is not None
        lower, upper, settled = found
        assert settled and (every.min(axis=0) >= lower).all() and (every.max(axis=0) <= upper).all()
        if is_forest(rows, len(SIX)):
            forests += 1
            assert (every.min(axis=0) == lower).all() and (every.max(axis=0) == upper).all()
    assert forests > 10


def test_bounds_without_an_upper_end_and_of_nothing_possible() -> None:
    rows = System.of(SIX, [Statement((A, B), 3, None), Statement((C,), None, 4, (D,))], [], {}).rows
    lower, upper, _ = propagate(rows, np.zeros(6), np.full(6, np.inf))
    assert lower.tolist() == [0.0] * 6 and np.isinf(upper).all()
    lower, upper, _ = propagate(rows, np.array([0, 0, 9, 0, 0, 0.0]), np.array([np.inf, 1, *[np.inf] * 4]))
    assert lower.tolist() == [2, 0, 9, 5, 0, 0]
    none = System.of(SIX, [Statement((A,), 3, 4), Statement((A,), 5, 9)], [], {})
    assert propagate(none.rows, np.zeros(6), np.full(6, np.inf)) is None
    assert not none.possible((B,), (0, 9))


def test_bounds_that_creep_are_cut_short_and_call_nothing_exact() -> None:
    """a = b + 1 and b = a + 0: no world, and every round moves the ends by one."""
    rows = System.of((A, B), [Statement((A,), 1, 1, (B,)), Statement((B,), 0, 0, (A,))], [], {}).rows
    assert propagate(rows, np.zeros(2), np.full(2, np.inf))[2] is False
    assert not is_forest(rows, 2)
    assert not System.of((A, B), [Statement((A,), 1, 1, (B,)), Statement((B,), 0, 0, (A,))], [], {}).possible(
        (A,), (0, 1)
    )


def test_a_chain_is_a_forest_and_a_ring_is_none() -> None:
    chain = [Statement((A, B), 1, 1), Statement((B, C), 1, 1), Statement((C, D), 1, 1)]
    assert is_forest(System.of(SIX, chain, [], {}).rows, 6)
    assert not is_forest(System.of(SIX, [*chain, Statement((D, A), 1, 1)], [], {}).rows, 6)


def grid(rng: np.random.Generator) -> tuple[list[Shown], list[Statement], list[Secret], tuple[Atom, ...], np.ndarray]:
    """Two parts of three months: each month of the whole and each part's total, rounded to 3, small below 3."""
    atoms = tuple(atom(unit, month) for unit in "AB" for month in (1, 2, 3))
    truth = rng.integers(0, 6, 6)
    count = dict(zip(atoms, truth.tolist(), strict=True))
    sums = [(f"month {m}", (atoms[m], atoms[m + 3])) for m in range(3)]
    sums += [("part A", atoms[:3]), ("part B", atoms[3:]), ("whole", atoms)]
    shown, secrets = [], [small(f"one {a}", (a,), 3, MOST) for a in atoms if count[a] < 3]
    for name, of in sums:
        total = sum(count[a] for a in of)
        low, high = (0, 2) if total < 3 else (total - total % 3, total - total % 3 + int(rng.integers(0, 2)))
        high = max(high, total)
        shown.append(Shown(name, 10, (Statement(of, low, high),), None if total < 3 else not_exact(name, of, total)))
        if total < 3:
            secrets.append(small(name, of, 3))
    return shown, [], secrets, atoms, truth


def test_what_is_left_keeps_every_secret_and_the_truth_possible() -> None:
    rng = np.random.default_rng(3)
    withheld_somewhere = 0
    for _ in range(30):
        shown, known, secrets, atoms, truth = grid(rng)
        ends = dict.fromkeys(atoms, MOST)
        withheld = audit(shown, known, secrets, ends)
        withheld_somewhere += bool(withheld)
        left = worlds([said for one in shown if one.name not in withheld for said in one.tells], atoms)
        assert (left == truth).all(axis=1).any()
        hidden = [one.if_withheld for one in shown if one.name in withheld and one.if_withheld]
        for secret in (*secrets, *hidden):
            sums = left[:, [atoms.index(a) for a in secret.atoms]].sum(axis=1)
            for ways in secret.ways:
                assert any(((sums >= low) & (sums <= (np.inf if high is None else high))).any() for low, high in ways)
        assert audit(shown, known, secrets, ends) == withheld, "the same again"
    assert 5 < withheld_somewhere < 30


def test_a_total_that_pins_its_parts_is_withheld_and_a_lower_one_is_not() -> None:
    """Twelve months of at most 4: a total of 48 at least makes each of them 4."""
    months = tuple(atom("A", month) for month in range(1, 13))
    each = [Shown(f"month {a.period}", 60, (Statement((a,), 0, 4),)) for a in months]
    secrets = [small(a.period, (a,), 5) for a in months]
    for least, withheld in ((48, ("total",)), (46, ("total",)), (45, ()), (38, ())):
        assert audit([*each, Shown("total", 10, (Statement(months, least, least + 4),))], [], secrets) == withheld


def test_the_least_costly_is_withheld_and_only_in_its_own_part() -> None:
    other = Shown("another measure", 1, (Statement((C, D), 3, 3),))
    shown = [
        Shown("whole", 10, (Statement((A, B), 9, 9),)),
        Shown("part", 40, (Statement((B,), 7, 7),), not_exact("part", (B,), 7)),
        other,
    ]
    assert audit(shown, [], [small("A", (A,), 5)]) == ("whole",)
    dear = [Shown("whole", 50, shown[0].tells), shown[1], other]
    assert audit(dear, [], [small("A", (A,), 5)]) == ("part",)


def test_what_is_withheld_for_another_must_not_be_found_exactly() -> None:
    """What tells C goes, and B with it; B is 7 of 9 all the same, so the whole goes as well."""
    shown = [
        Shown("whole", 50, (Statement((A, B), 9, 9),)),
        Shown("B and C", 40, (Statement((B,), 7, 7), Statement((C,), 2, 2)), not_exact("B", (B,), 7)),
    ]
    known, secret = [Statement((A,), 2, 2)], small("C", (C,), 5)
    assert audit([replace(shown[1], if_withheld=None), shown[0]], known, [secret]) == ("B and C",)
    assert audit(shown, known, [secret]) == ("whole", "B and C")


def test_what_was_published_before_cannot_be_taken_back() -> None:
    before = [Statement((A, B), 7, 7), Statement((B,), 5, 7)]
    with pytest.raises(NotSafe) as refused:
        audit(
            [Shown("B", 40, (Statement((B,), 5, 7),))], before, [small("falls in Local division, April 2026", (A,), 5)]
        )
    assert str(refused.value) == (
        "The number of falls in Local division, April 2026 could be worked out from what was published before or is told beside "
        "it, whatever else is withheld, so nothing is published. Take the measure out of what the public sees (public = false "
        "in its file), and ask again."
    )


def test_a_solver_that_finds_nothing_makes_nothing_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = [Statement((A, B), 5, 7), Statement((B, C), 5, 12), Statement((C, A), 5, 7)]
    secrets = [small("A", (A,), 5)]
    assert audit([], ring, secrets) == ()
    monkeypatch.setattr(system, "milp", lambda *_, **__: SimpleNamespace(x=None))
    with pytest.raises(NotSafe):
        audit([], ring, secrets)
    shown = [Shown(f"sum {i}", 10, (said,)) for i, said in enumerate(ring)]
    assert audit(shown, [], secrets) == ("sum 0", "sum 1", "sum 2"), "all goes where nothing can be chosen"


@pytest.mark.parametrize("wrong", [1.0, 0.0, 9.0, -2.0])
def test_a_solver_is_not_believed(wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that breaks a statement, or is below nothing, is none."""
    ring = [Statement((A, B), 5, 7), Statement((B, C), 5, 12), Statement((C, A), 5, 7)]
    asked = System.of(SIX, ring, [], {})
    assert asked.possible((A,), (2, 2))
    fresh = System.of(SIX, ring, [], {})
    monkeypatch.setattr(system, "milp", lambda *_, **__: SimpleNamespace(x=np.full(6, wrong)))
    assert not fresh.possible((A,), (2, 2)) and not fresh.worlds


def test_a_small_count_keeps_one_to_four_and_a_known_whole_ends_it() -> None:
    assert small("", (A,), 5).ways == (((0, 1),), ((4, None),))
    assert small("", (A,), 8).ways == (((0, 1),), ((7, None),))
    assert small("", (A,), 5, most=3).ways == (((0, 1),), ((3, None),))
    assert small("", (A,), 5, most=0).ways == ()
    assert small_rest("", (A,), 5, of=20).ways == (((19, None),), ((0, 16),))
    assert small_rest("", (A,), 5, of=3).ways == (((2, None),), ((0, 0),))
    assert small_rest("", (A,), 5, of=0).ways == ()
    assert not_exact("", (A,), 7).ways == (((0, 6), (8, None)),)
    assert not_exact("", (A,), 0).ways == (((1, None),),)


@pytest.mark.parametrize(("direction", "allowed"), [(1, [(3, 3), (3, 4), (4, 4)]), (-1, [(3, 3), (4, 3), (4, 4)])])
def test_a_revision_tells_its_direction_and_no_more(direction: int, allowed: list[tuple[int, int]]) -> None:
    old, new = atom("A", since=1), atom("A", since=2)
    found = System.of((old, new), [changed(old, new, direction)], [], {})
    for was in (3, 4):
        for now in (3, 4):
            fixed = System.of((old, new), [changed(old, new, direction), Statement((old,), was, was)], [], {})
            assert fixed.possible((new,), (now, now)) == ((was, now) in allowed)
    assert found.possible((new,), (0, 0)) and found.possible((old,), (90, None))


@pytest.mark.parametrize("masking", [Masking(5, 5), Masking(7, 5), Masking(8, 10), Masking(5, 20), Masking(20, 6)])
def test_what_is_shown_holds_the_counts_that_are_shown_so(masking: Masking) -> None:
    for count in range(200):
        shown = masking.count(count)
        same = [n for n in range(400) if masking.count(n) == shown]
        assert counts_shown_as(masking, shown) == (same[0], same[-1])
    assert counts_shown_as(masking, masking.count(12_345))[1] >= 12_345


def test_a_number_that_is_never_shown_is_refused() -> None:
    with pytest.raises(ValueError, match="No count is shown as '7'"):
        counts_shown_as(Masking(), "7")


@pytest.mark.parametrize("size", [9, 10, 11, 57, 200, 1000])
def test_the_counts_behind_a_share(size: int) -> None:
    masking = Masking()
    shares = [masking.share(n, size) for n in range(size + 1)]
    for count, shown in enumerate(shares):
        if shown is not None:
            same = [n for n, other in enumerate(shares) if other == shown]
            assert counts_where(lambda n: masking.share(n, size), count, size) == (same[0], same[-1])
