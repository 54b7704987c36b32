"""The exact counts of one measure as the audit needs them: by unit and month, and which of them add up to the trust's."""

from dataclasses import dataclass

import numpy as np

from data.panel import USABLE, Bools, Floats, Panel
from data.store import Store, financial_years
from data.tree import Unit
from metrics.measure import Kind, Measure

LEAST_MONTHS = 12  # of a year


@dataclass(frozen=True)
class Counts:
    """Of the trust, which is the first of `units`, and its divisions. Arrays are (units, months), oldest first.

    `good`: there is a figure that is whole, settled and not in question. `years`: in which financial year a month lies.
    `value`: (unit, month) -> the count behind an atom (for deaths, of a year); `parts`: month -> the units whose counts add up
    to the trust's.
    """

    measure: Measure
    units: tuple[Unit, ...]
    months: tuple[str, ...]
    years: tuple[int, ...]
    begins: int
    numerator: Floats
    denominator: Floats
    good: Bools
    settled: Bools
    doubtful: Bools
    value: dict[tuple[str, str], int]
    parts: dict[str, tuple[str, ...]]

    @property
    def trust(self) -> Unit:
        return self.units[0]

    def at(self, month: str) -> int:
        return self.months.index(month)

    def between(self, first: str, last: str) -> slice:
        return slice(self.at(first), self.at(last) + 1)

    def size(self, unit: str, month: str) -> float:
        """The denominator of a unit's month; NaN where there is none."""
        code = [each.code for each in self.units].index(unit)
        return float(self.denominator[code, self.at(month)])


def counts_of(store: Store, panel: Panel, measure: Measure) -> Counts | None:
    """Of a measure whose exact monthly counts are there for the trust; None of any other."""
    if measure.id not in panel.measures or panel.is_empty:
        return None
    m = panel.measure_position(measure.id)
    mine = panel.expected[m] & panel.exact[m]
    here = [u for u, unit in enumerate(panel.tree.units) if unit.level in ("trust", "division") and mine[u]]
    if not here or panel.tree.units[here[0]].level != "trust":
        return None
    units = tuple(panel.tree.units[u] for u in here)
    numerator, months = panel.numerator[m, here], tuple(str(month) for month in panel.months)
    if (np.nan_to_num(numerator) % 1 != 0).any():  # no count
        return None
    usable, settled = np.isin(panel.state[m, here], USABLE), ~panel.unsettled[m, here]
    good = usable & settled & ~panel.doubtful[m, here] & panel.complete[m, here]
    begins = store.branding.financial_year_begins
    years = financial_years(panel.months, begins)
    found = Counts(
        measure,
        units,
        months,
        tuple(int(year) for year in years),
        begins,
        numerator,
        panel.denominator[m, here],
        good,
        settled,
        panel.doubtful[m, here],
        {},
        {},
    )
    _by_year(found) if measure.kind is Kind.DEATH else _by_part(found)
    return found


def whole_years(counts: Counts, u: int) -> list[tuple[str, str]]:
    """The first and last month of each year of which all twelve months of a unit are good."""
    return [
        (months[0], months[-1])
        for months in _months_of_years(counts)
        if len(months) == LEAST_MONTHS and counts.good[u, counts.between(months[0], months[-1])].all()
    ]


def year_to_date(counts: Counts, u: int) -> tuple[str, str] | None:
    """From the beginning of the year that is under way to the trust's newest settled month, where all of it is good."""
    settled = np.flatnonzero(counts.settled[0])
    if not settled.size:
        return None
    newest = int(settled[-1])
    first = next(m for m, year in zip(counts.months, counts.years, strict=True) if year == counts.years[newest])
    last, n = counts.months[newest], newest - counts.at(first) + 1
    begun = first.endswith(f"-{counts.begins:02d}") and n < LEAST_MONTHS
    return (first, last) if begun and counts.good[u, counts.between(first, last)].all() else None


def _months_of_years(counts: Counts) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for month, year in zip(counts.months, counts.years, strict=True):
        found.setdefault(year, []).append(month)
    return [found[year] for year in sorted(found)]


def _by_year(counts: Counts) -> None:
    """Of deaths the smallest thing shown is the trust's whole year."""
    for first, last in whole_years(counts, 0):
        counts.value[counts.trust.code, f"{first}/{last}"] = int(counts.numerator[0, counts.between(first, last)].sum())


def _by_part(counts: Counts) -> None:
    """The trust's month is the sum of its divisions', and of a rest that is its own; or its own alone, where they do not add."""
    trust, *divisions = counts.units
    for t, month in enumerate(counts.months):
        told = {unit.code: n for unit, n in zip(divisions, counts.numerator[1:, t], strict=True) if np.isfinite(n)}
        counts.value.update({(code, month): int(n) for code, n in told.items()})
        whole = counts.numerator[0, t]
        if np.isnan(whole):
            continue
        rest = whole - sum(told.values())
        adds = counts.measure.additive and told and rest >= 0
        own = (trust.code,) if not adds or rest > 0 else ()
        if own:
            counts.value[trust.code, month] = int(rest if adds else whole)
        counts.parts[month] = (*told, *own) if adds else own
