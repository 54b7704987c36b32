"""What must stay open: every small count of a version, and what was ever hidden."""

from collections.abc import Iterator

from data.access.suppression import Masking
from data.disclosure import Atom, Secret, not_exact, small, small_rest
from pages.shared.public.counts import Counts
from pages.shared.public.shape import HIDDEN, MeasureFigures
from pages.shared.public.sums import atoms_of, count_of, in_words


def secrets_of(
    figures: MeasureFigures, counts: Counts, masking: Masking, before: Masking, version: int
) -> Iterator[Secret]:
    """Every small count of the version, shown or not: of a month and part, of the trust's month, and of each period shown.

    Small is what is small now; of counts that were published before (`before`), what was small then: a higher threshold cannot
    take back what was told.
    """
    trust = counts.trust.code

    def threshold(atoms: tuple[Atom, ...]) -> Masking:
        return masking if all(atom.since == version for atom in atoms) else before

    for (unit, month), count in counts.value.items():
        atom = Atom(figures.measure_id, unit, month, figures.since[unit][month])
        first, _, last = month.partition("/")
        yield from _secret(counts, (atom,), unit, (first, last or first), count, threshold((atom,)))
    periods = [(trust, (month, month)) for month in counts.parts if len(counts.parts[month]) > 1]
    periods += [(cell.unit, cell.period) for cell in (*figures.years, *figures.to_date)]
    for unit, period in periods if figures.kind != "death" else ():
        atoms = atoms_of(figures, trust, unit, *period)
        yield from _secret(counts, atoms, unit, period, count_of(counts, atoms), threshold(atoms))


def hidden_of(figures: MeasureFigures, counts: Counts, masking: Masking) -> Iterator[Secret]:
    """What each hidden cell of a publication keeps: a small count its range, another that it is not found exactly.

    `counts`: of the version that was shown, `masking`: as it was then.
    """
    for cell in (*figures.months, *figures.years, *figures.to_date):
        if cell.is_small or cell.shown == HIDDEN:
            atoms = atoms_of(figures, counts.trust.code, cell.unit, *cell.period)
            count = count_of(counts, atoms)
            kept = tuple(_secret(counts, atoms, cell.unit, cell.period, count, masking))
            yield from kept or (not_exact(in_words(counts, cell.unit, *cell.period), atoms, count),)


def most_of(figures: MeasureFigures, counts: Counts) -> dict[Atom, int]:
    """Of shares the denominators, which the reader is taken to know."""
    if not counts.measure.is_proportion:
        return {}
    codes = [unit.code for unit in counts.units]
    sizes = {
        (unit, month): counts.denominator[codes.index(unit), counts.at(month)]
        for unit, month in counts.value
        if unit != counts.trust.code or counts.parts.get(month) == (unit,)
    }
    return {
        Atom(figures.measure_id, unit, month, figures.since[unit][month]): int(size)
        for (unit, month), size in sizes.items()
        if size >= 0 and month in figures.since.get(unit, {})
    }


def _secret(
    counts: Counts, atoms: tuple[Atom, ...], unit: str, period: tuple[str, str], count: int, masking: Masking
) -> Iterator[Secret]:
    is_rest = len(atoms) == 1 and unit == counts.trust.code and len(counts.parts.get(period[0], ())) > 1
    size = _size(counts, unit, period) if counts.measure.is_proportion and not is_rest else None
    if masking.is_small(count) and (size is None or count <= size - count):
        yield small(in_words(counts, unit, *period), atoms, masking.threshold, size)
    elif size is not None and masking.is_small(size - count):
        yield small_rest(in_words(counts, unit, *period), atoms, masking.threshold, size)


def _size(counts: Counts, unit: str, period: tuple[str, str]) -> int | None:
    """The denominator of a unit's period; None where it is not known."""
    codes = [each.code for each in counts.units]
    size = counts.denominator[codes.index(unit), counts.between(*period)].sum()
    return int(size) if size >= 0 else None
