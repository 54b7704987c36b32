"""From what is shown to what it tells: statements about unknown counts, and what withholding each costs."""

from collections.abc import Iterator

from data.disclosure import Atom, Shown, Statement, changed, not_exact
from pages.shared.public.counts import Counts
from pages.shared.public.shape import Cell, MeasureFigures
from pages.shared.public.sums import atoms_of, count_of, in_words

# What the loss of each costs a reader: totals go first (methods, section 8), then rates, then what stands beside a small
# count, then that it is small; lines and state of a chart are what a pack is read for.
TRUST_TOTAL, TRUST_RATE, RATE, SIBLING, MONTH, SMALL_CELL, CHART = 10, 12, 15, 40, 45, 60, 150


def statements(figures: MeasureFigures, trust: str) -> Iterator[Statement]:
    """What the cells of a publication tell, and which of its counts were revised; its chart's months are told apart."""
    for cell in figures.cells:
        if cell.low is not None or cell.high is not None:
            yield Statement(atoms_of(figures, trust, cell.unit, *cell.period), cell.low, cell.high)
    yield from revisions_of(figures)


def revisions_of(figures: MeasureFigures) -> Iterator[Statement]:
    """Which way each count went that is not what it was when it was last published."""
    for one in figures.revised:
        old, new = (
            Atom(figures.measure_id, one.unit, one.month, since)
            for since in (one.was_since, figures.since[one.unit][one.month])
        )
        yield changed(old, new, one.direction)


def name_of(figures: MeasureFigures, cell: Cell, kind: str) -> str:
    """What a cell is called among what was withheld."""
    return "|".join((figures.measure_id, cell.unit, cell.first, cell.last, kind))


def chart_name(figures: MeasureFigures) -> str:
    return f"{figures.measure_id}|chart"


def table_of(figures: MeasureFigures, trust: str) -> Iterator[Statement]:
    """The trust's whole years, which the public's own table shows: they cannot be withheld here (docs/decisions/0008)."""
    for cell in figures.years:
        if cell.unit == trust:
            yield Statement(atoms_of(figures, trust, trust, *cell.period), cell.low, cell.high)


def shown_of(figures: MeasureFigures, counts: Counts) -> Iterator[Shown]:
    """All that can be withheld of what would be shown of a measure."""
    trust = counts.trust.code
    years = tuple(cell for cell in figures.years if cell.unit != trust)
    for kind, cells in (("count", (*figures.months, *years, *figures.to_date)), ("rate", figures.rates)):
        for cell in cells:
            if cell.low is not None or cell.high is not None:
                atoms = atoms_of(figures, trust, cell.unit, *cell.period)
                cost = _cost(cell, trust, kind)
                secret = None
                if kind == "count" and not cell.is_small:
                    secret = not_exact(in_words(counts, cell.unit, *cell.period), atoms, count_of(counts, atoms))
                yield Shown(name_of(figures, cell, kind), cost, (Statement(atoms, cell.low, cell.high),), secret)
    if figures.chart is not None:
        # Lines and state follow from the months that the chart is made of, so the reader is taken to know those exactly.
        yield Shown(chart_name(figures), CHART, tuple(months_told(figures, counts)))


def months_told(figures: MeasureFigures, counts: Counts) -> Iterator[Statement]:
    """Each month of the chart, exactly. `counts`: of the version that was shown."""
    for month in figures.chart.months if figures.chart else ():
        atoms = atoms_of(figures, counts.trust.code, counts.trust.code, month, month)
        yield Statement(atoms, count_of(counts, atoms), count_of(counts, atoms))


def _cost(cell: Cell, trust: str, kind: str) -> int:
    if cell.is_small:
        return SMALL_CELL
    if kind == "rate":
        return TRUST_RATE if cell.unit == trust else RATE
    if cell.unit != trust:
        return SIBLING
    return MONTH if cell.first == cell.last else TRUST_TOTAL
