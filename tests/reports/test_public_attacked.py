"""Public packs against somebody who wants to know what is hidden in them (attacker.py): he finds nothing.

By default a twentieth of what is asked for; ZERO_HARM_SLOW=1 tries 1,000 trusts and 200 pairs of packs.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from data.config import PROJECT, Home
from data.disclosure import NotSafe
from pages.reports.public import figures as making
from pages.reports.public.figures import public_figures
from pages.shared.easy import safe
from pages.shared.public.shape import PublicFigures
from tests.reports.attacker import Attacker
from tests.reports.random_trust import COUNTED, SHARED, Made, Trust, fresh, made_trust, publish, random_trust, revised

SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
TRUSTS, PAIRS = (1000, 200) if SLOW else (50, 10)
TOLD_APART = 4  # of the months of a division that are not shown at all, so many are attacked in each trust
Key = tuple[str, str, int]
WRITTEN = PROJECT / "docs" / "measurements" / "disclosure.md"
HEAD = """# Disclosure: what somebody outside finds of what is hidden

Written by `ZERO_HARM_SLOW=1 python -m pytest tests/reports/test_public_attacked.py`; a twentieth of it runs with the other
tests. He holds the packs and every denominator, is told which counts were revised and which way, and asks an integer program
of his own for the range of every hidden figure and of some counts that are not shown at all. *Narrow*: the range of a small
count lacks one of 1, 2, 3, 4. *Withheld*: figures that are hidden for another's sake. *Not made*: the second pack was
refused, because with all of it withheld the first one, and what the reader is granted beside it (in one of the two the exact
denominators of shares, in the other which way a count was revised), still narrow a count.

| tried | hidden figures asked for | of them small | found exactly | narrow | withheld | packs not made |
| --- | --- | --- | --- | --- | --- | --- |
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which nothing was published yet."""
    return fresh(tmp_path_factory.mktemp("public") / "store")


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, Counter]]:
    """What was found, by what was tried; the slow run writes it down."""
    found: dict[str, Counter] = {}
    yield found
    if SLOW:
        lines = [
            f"| {what} | {n['asked']:,} | {n['small']:,} | {n['exactly']:,} | {n['narrow']:,} | {n['withheld']:,} "
            f"| {n['not made']} |"
            for what, n in found.items()
        ]
        WRITTEN.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def months_of(trust: Trust, first: str, last: str) -> list[int]:
    return list(range(trust.months.index(first), trust.months.index(last) + 1))


class Known:
    """What the attacker knows about one version of a trust: names for its unknown counts, and every denominator."""

    def __init__(self, trust: Trust, names: dict[tuple[int, int], Key]) -> None:
        self.trust, self.names = trust, names

    def unknowns(self, unit: str, first: str, last: str) -> list[Key]:
        rows = range(len(self.trust.count)) if unit == "TRUST" else [self.trust.divisions.index(unit)]
        here = [(d, t) for t in months_of(self.trust, first, last) for d in rows]
        return [self.names[each] for each in here if each in self.names]

    def sum(self, unit: str, first: str, last: str, of: np.ndarray) -> int:
        rows = slice(None) if unit == "TRUST" else [self.trust.divisions.index(unit)]
        reported = np.where(np.isfinite(self.trust.count), of, 0)
        return int(reported[rows][:, months_of(self.trust, first, last)].sum())


def first_names(trust: Trust, version: int = 1) -> dict[tuple[int, int], Key]:
    return {
        (d, t): (trust.divisions[d], trust.months[t], version)
        for d, t in zip(*np.nonzero(np.isfinite(trust.count)), strict=True)
    }


def read(attacker: Attacker, known: Known, figures: PublicFigures) -> None:
    """Everything on the pages of a pack."""
    (measure,) = figures.measures
    for cell in (*measure.months, *measure.years, *measure.to_date):
        unknowns = known.unknowns(cell.unit, cell.first, cell.last)
        if measure.kind == "share":
            attacker.reads_share(unknowns, cell.shown, known.sum(cell.unit, cell.first, cell.last, known.trust.size))
        else:
            attacker.reads_count(unknowns, cell.shown)
    for cell in measure.rates:
        size = known.sum(cell.unit, cell.first, cell.last, known.trust.size)
        attacker.reads_rate(known.unknowns(cell.unit, cell.first, cell.last), cell.shown, 1000, size)
    for month in measure.chart.months if measure.chart else ():
        exact = known.sum("TRUST", month, month, known.trust.count)
        attacker.reads(known.unknowns("TRUST", month, month), exact, exact)
    if known.trust.measure.is_proportion:
        for (d, t), name in known.names.items():
            attacker.reads([name], 0, known.trust.size[d, t])


def hidden(known: Known, figures: PublicFigures) -> dict[tuple[Key, ...], tuple[int, int | None]]:
    """The unknowns behind each figure that is hidden, with its true count and, of shares, its denominator."""
    (measure,) = figures.measures
    found = {}
    for cell in (*measure.months, *measure.years, *measure.to_date):
        if cell.shown.startswith("<") or cell.shown == "hidden":
            size = known.sum(cell.unit, cell.first, cell.last, known.trust.size) if measure.kind == "share" else None
            count = known.sum(cell.unit, cell.first, cell.last, known.trust.count)
            found[tuple(known.unknowns(cell.unit, cell.first, cell.last))] = (count, size)
    return found


def unshown(known: Known, rng: np.random.Generator) -> dict[tuple[Key, ...], tuple[int, int | None]]:
    """Some small counts of a division's month, which stand nowhere at all."""
    trust, share = known.trust, known.trust.measure.is_proportion
    small = [(place, name) for place, name in known.names.items() if trust.count[place] < 5]
    chosen = [small[i] for i in rng.permutation(len(small))[:TOLD_APART]]
    return {(name,): (int(trust.count[p]), int(trust.size[p]) if share else None) for p, name in chosen}


def attack(attacker: Attacker, wanted: dict[tuple[Key, ...], tuple[int, int | None]]) -> Counter:
    """How many were found exactly, and how many have a range without one of 1 … 4."""
    found: Counter = Counter()
    for unknowns, (count, size) in wanted.items():
        low, high = attacker.could_be(unknowns)
        assert low <= count <= high, "what he reads is true"
        found["asked"] += 1
        if size is not None and size - count < min(count, 5):  # of shares the smaller part is the secret
            low, high, count = size - high, size - low, size - count
        known_before = size is not None and size < 1
        found["exactly"] += low == high and not known_before
        if count < 5:
            found["small"] += 1
            found["narrow"] += low > 1 or high < min(4, 4 if size is None else size)
    return found


def one_trust(home: Home, seed: int) -> Counter:
    rng = np.random.default_rng([7, seed])
    trust = random_trust(rng, SHARED if seed % 4 == 3 else COUNTED)
    made = Made(home, {1: trust})
    figures = public_figures(made, made.edition)
    known, attacker = Known(trust, first_names(trust)), Attacker()
    read(attacker, known, figures)
    found = attack(attacker, hidden(known, figures) | unshown(known, rng))
    return found + Counter({"withheld": len(figures.withheld), "charts": figures.measures[0].chart is not None})


def test_no_hidden_count_of_a_random_trust_is_found(home: Home, measured: dict[str, Counter]) -> None:
    total: Counter = Counter()
    for seed in range(TRUSTS):
        found = one_trust(home, seed)
        assert (found["exactly"], found["narrow"]) == (0, 0), (seed, found)
        total += found
    assert total["small"] > 8 * TRUSTS and total["withheld"] > TRUSTS / 10 and total["charts"] > TRUSTS / 20, total
    measured["1,000 random trusts"] = total


def test_without_the_audit_the_same_trusts_give_counts_away(
    home: Home, monkeypatch: pytest.MonkeyPatch, measured: dict[str, Counter]
) -> None:
    for module in (making, safe):
        monkeypatch.setattr(module, "audit", lambda *_: ())
    total: Counter = Counter()
    for seed in range(200 if SLOW else 25):
        total += one_trust(home, seed)
    assert total["narrow"] > 3 and total["withheld"] == 0, total
    measured["200 of them without the audit"] = total


def test_the_naive_rule_gives_all_away(measured: dict[str, Counter]) -> None:
    """Small cells masked, and rates with one decimal beside exact bed days: the attacker finds what is hidden."""
    total: Counter = Counter()
    for seed in range(12):
        trust = random_trust(np.random.default_rng([11, seed]))
        known, attacker = Known(trust, first_names(trust)), Attacker()
        for (d, t), name in known.names.items():
            count, size = int(trust.count[d, t]), trust.size[d, t]
            attacker.reads_count([name], f"<{5}" if count < 5 else str(attacker._rounded(count)))
            attacker.reads_rate([name], f"{1000 * count / size:.1f}", 1000, size, digits=1)
        small = {
            (name,): (int(trust.count[p]), None) for p, name in list(known.names.items())[:20] if trust.count[p] < 5
        }
        total += attack(attacker, small)
    assert total["small"] > 100 and total["exactly"] == total["small"], total
    measured["The naive rule: small cells masked, rates with one decimal beside exact bed days"] = total


def next_names(one: Trust, two: Trust, names: dict[tuple[int, int], Key]) -> dict[tuple[int, int], Key]:
    """A count that is what it was keeps its name."""
    again = first_names(two, 2)
    same = {p: name for p, name in names.items() if p in again and one.count[p] == two.count[p]}
    return again | same


def one_pair(folder: Path, seed: int) -> Counter:
    """Two packs, a month and some revisions apart; whoever holds both attacks all that is hidden in either."""
    rng = np.random.default_rng([13, seed])
    one = random_trust(rng, SHARED if seed % 4 == 3 else COUNTED)
    two = revised(rng, one)
    home = fresh(folder)
    first = Made(home, {1: one})
    publish(home, figures := public_figures(first, first.edition))
    second = Made(home, {1: one, 2: two})
    try:
        later = public_figures(second, second.edition)
    except NotSafe:
        return Counter({"not made": 1})
    before, attacker = Known(one, first_names(one)), Attacker()
    after = Known(two, next_names(one, two, before.names))
    for known, pack in ((before, figures), (after, later)):
        read(attacker, known, pack)
    changed = [p for p, name in before.names.items() if after.names[p] != name]
    for p in changed:
        lower, higher = (before, after) if two.count[p] > one.count[p] else (after, before)
        attacker.reads([higher.names[p]], 0, np.inf, [lower.names[p]])
    wanted = hidden(before, figures) | hidden(after, later) | unshown(after, rng)
    down = sum(two.count[p] < one.count[p] for p in changed)
    extra = {"revised up": len(changed) - down, "revised down": down, "withheld": len(later.withheld)}
    return attack(attacker, wanted) + Counter(extra)


def test_no_hidden_count_is_found_by_whoever_holds_two_packs(tmp_path: Path, measured: dict[str, Counter]) -> None:
    total: Counter = Counter()
    for seed in range(PAIRS):
        found = one_pair(tmp_path / str(seed), seed)
        assert (found["exactly"], found["narrow"]) == (0, 0), (seed, found)
        total += found
    assert total["small"] > 8 * PAIRS and total["revised up"] > PAIRS and total["revised down"] > PAIRS / 5, total
    assert total["withheld"] and total["not made"] <= PAIRS / 20, total
    measured["200 pairs of packs, a month and revisions apart"] = total


def test_a_year_of_months_of_at_most_four_gives_none_of_them_away(home: Home) -> None:
    """47 or 48 in twelve months of at most 4 is shown as 50: 4 in each. The table of years stands, so months are hidden."""
    trust = made_trust(np.array([[4] * 33 + [3, 4, 4]]))
    known, attacker, made = Known(trust, first_names(trust)), Attacker(), Made(home, {1: trust})
    read(attacker, known, figures := public_figures(made, made.edition))
    (measure,) = figures.measures
    assert {cell.shown for cell in measure.years} == {"50"}
    assert "hidden" in {cell.shown for cell in measure.months}
    found = attack(attacker, hidden(known, figures))
    assert found["small"] > 20 and (found["exactly"], found["narrow"]) == (0, 0)
