"""The counts behind a figure: which they are, their sum, and what they are called in a sentence."""

from datetime import date

from data.disclosure import Atom
from pages.shared import words
from pages.shared.public.counts import Counts
from pages.shared.public.shape import MeasureFigures


def atoms_of(figures: MeasureFigures, trust: str, unit: str, first: str, last: str) -> tuple[Atom, ...]:
    """The counts that a cell of these months is the sum of."""
    if figures.kind == "death":
        keys = [(unit, f"{first}/{last}")]
    elif unit == trust:
        keys = [(part, month) for month in _months(first, last) for part in figures.parts[month]]
    else:
        keys = [(unit, month) for month in _months(first, last)]
    return tuple(Atom(figures.measure_id, code, month, figures.since[code][month]) for code, month in keys)


def count_of(counts: Counts, atoms: tuple[Atom, ...]) -> int:
    """What they add up to."""
    return sum(counts.value[atom.unit, atom.period] for atom in atoms)


def in_words(counts: Counts, unit: str, first: str, last: str) -> str:
    """`falls in Local division, April 2026`."""
    name = next(each.name for each in counts.units if each.code == unit)
    begins, ends = (words.month_name(date.fromisoformat(f"{month}-01"), short=False) for month in (first, last))
    return f"{counts.measure.plural} in {name}, {begins if first == last else f'{begins} to {ends}'}"


def _months(first: str, last: str) -> list[str]:
    """`2026-04` … `2026-08`."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(begin, end + 1)]
