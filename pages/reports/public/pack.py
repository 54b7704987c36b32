"""The public's pack: audited figures as pages, remembered before anybody is given them. No exact count comes this far."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from data.publications import remember
from data.record import StoreError
from metrics.measure import Measure
from pages.charts.drawing import Drawing
from pages.reports.forms.looks import AS_SHOWN
from pages.reports.pack import wording as said
from pages.reports.pack.first import key_signs
from pages.reports.pack.model import Cell, Page, Picture, Series, Sign, Table
from pages.reports.pack.request import PUBLIC, Answered
from pages.reports.pack.series import COLUMNS
from pages.reports.public import wording as of_public
from pages.reports.public.figures import public_figures
from pages.shared import words
from pages.shared.public.shape import NONE, MeasureFigures, PublicFigures, as_json
from pages.shared.public.shape import Cell as Told

BOARD_PACK = "board"


def public_pages(asked: Answered) -> tuple[tuple[Page, ...], tuple[Series, ...]]:
    """The pages and the figures in them. Raises NotSafe, StoreError, NotForThisReader."""
    if asked.edition is None:
        raise StoreError(of_public.SIGNED_ONLY)
    found = public_figures(asked.store, asked.edition)
    if asked.request.again is None:
        _remember(asked, found)
    catalogue = asked.store.catalogue
    pages = [_page(each, catalogue[each.measure_id], found) for each in found.measures if each.measure_id in catalogue]
    last = Page("methods", said.PARTS["figures"], said.METHODS, "text", (*of_public.how(found), *said.METHODS_TEXT))
    series = (s for each in found.measures for s in _series(each, catalogue[each.measure_id], found))
    return (_cover(asked, found), *pages, last), tuple(series)


def _remember(asked: Answered, found: PublicFigures) -> None:
    """What is given away is recorded first: every later audit sets it beside what is shown then."""
    detail = {
        "pack": BOARD_PACK,
        "audience": PUBLIC,
        "edition": found.edition,
        "version": found.version,
        "month": found.up_to,
        "after": found.after,
    }
    remember(asked.store.home, as_json(found), detail, asked.request.by)


def _cover(asked: Answered, found: PublicFigures) -> Page:
    told = (
        asked.trust,
        said.up_to(asked.month),
        said.edition_line(asked.edition, public=True),
        said.AUDIENCES[PUBLIC],
        *of_public.how(found),
        said.SAMPLE if asked.store.home.is_sample else "",
    )
    return Page("cover", "", said.TITLE, "cover", tuple(filter(None, told)), key_signs())


def _page(figures: MeasureFigures, measure: Measure, found: PublicFigures) -> Page:
    """One measure: its months as a picture where they may be shown, its lines and state in words, its years as a table."""
    name = words.GOAL_NAMES[measure.goal]
    chart = figures.chart
    signs = (Sign("variation", chart.state, chart.label),) if chart else ()
    drawn = tuple(_pictures(figures, measure, found))
    return Page(
        f"measure {figures.measure_id}",
        said.PARTS["goals"],
        name if name == measure.name else f"{name}: {measure.name}",
        "chart" if drawn else "text",
        tuple(of_public.told(figures, measure)),
        signs,
        drawn,
        tables=tuple(_tables(figures, found)),
        small=(words.GOAL_NOTES[measure.goal],) if measure.goal in words.GOAL_NOTES else (),
    )


def _pictures(figures: MeasureFigures, measure: Measure, found: PublicFigures) -> Iterator[Picture]:
    """The months that may be shown; nothing where no two of them can."""
    shown = [value_of(cell) for cell in figures.months]
    if sum(value is not None for value in shown) < 2:
        return
    (trust,) = (
        s for s in _series(figures, measure, found) if s.unit_code == found.trust and not s.per.endswith("year")
    )
    drawing = _drawing(figures, measure, trust)
    signs = (Sign("variation", figures.chart.state, figures.chart.label),) if figures.chart else ()
    yield Picture(trust.name, drawing, signs, (), trust)


def value_of(cell: Told) -> float | None:
    """The number of a text as everybody reads it: a rounded count, a whole percentage; None for a class or a dash."""
    text = cell.shown.removesuffix(" %").replace(",", "")
    return float(text) if text.isdigit() else None


def _drawing(figures: MeasureFigures, measure: Measure, trust: Series) -> Drawing:
    """Rounded figures as marks of one kind: no flag, and lines only where they are in the unit of the marks."""
    value = np.array([np.nan if v is None else v for v in trust.columns["value"]])
    lines = (np.array([np.nan if v is None else v for v in trust.columns[k]]) for k in ("centre", "lower", "upper"))
    return Drawing(
        trust.name,
        of_public.alt(figures, measure, trust.unit),
        trust.per,
        np.array([cell.first for cell in figures.months], dtype="datetime64[M]"),
        value,
        *lines,
        np.full(len(value), AS_SHOWN),  # and not "no clear change": nothing is told of a single rounded month
        (),
        np.nan,
        np.nan,
        np.nan,
        "",
    )


def _series(figures: MeasureFigures, measure: Measure, found: PublicFigures) -> Iterator[Series]:
    """The trust's months, and the years of each unit, as they are shown."""
    names = dict(found.units)
    per = "%" if figures.kind == "share" else of_public.ROUNDED.format(rounding=found.rounding)
    if figures.months:
        made = _made(figures, measure, figures.months, (found.trust, names[found.trust]), per)
        yield replace(made, columns=made.columns | _lines(figures, len(figures.months)))
    for code, name in names.items():
        years = [cell for cell in (*figures.years, *figures.to_date) if cell.unit == code]
        if years:
            yield _made(figures, measure, tuple(years), (code, name), of_public.A_YEAR.format(per=per))


def _made(
    figures: MeasureFigures, measure: Measure, cells: tuple[Told, ...], unit: tuple[str, str], per: str
) -> Series:
    dates = (cell.first if cell.first == cell.last else f"{cell.first}/{cell.last}" for cell in cells)
    told = {
        "date": tuple(dates),
        "shown": tuple(cell.shown for cell in cells),
        "value": tuple(map(value_of, cells)),
        "remark": tuple(cell.why or None for cell in cells),
    }
    nothing = (None,) * len(cells)
    columns = {name: told.get(name, nothing) for name in COLUMNS}
    return Series(figures.measure_id, measure.name, *unit, per, columns)


def _lines(figures: MeasureFigures, n: int) -> dict[str, tuple[float | None, ...]]:
    """The lines of a share, in whole per cent as its months are; those of a rate are told in words."""
    chart = figures.chart
    if chart is None or figures.kind != "share":
        return {}
    named = {"centre": chart.mean, "lower": chart.lower, "upper": chart.upper}
    return {name: (None if text == NONE else float(text.replace(",", "")),) * n for name, text in named.items()}


def _tables(figures: MeasureFigures, found: PublicFigures) -> Iterator[Table]:
    """Counts of years and of the year so far, then their rates: a row a unit, a column a period."""
    for caption, cells in (
        (of_public.YEARS_TO_DATE if figures.to_date else of_public.YEARS, (*figures.years, *figures.to_date)),
        (of_public.RATES.format(per=figures.per), figures.rates),
    ):
        if cells:
            yield _table(caption, cells, found)


def _table(caption: str, cells: tuple[Told, ...], found: PublicFigures) -> Table:
    periods = sorted({cell.period for cell in cells})
    known = {(cell.unit, cell.period): cell.shown for cell in cells}
    here = [(code, name) for code, name in found.units if any(cell.unit == code for cell in cells)]
    rows = ((Cell(name), *(Cell(known.get((code, p), NONE)) for p in periods)) for code, name in here)
    return Table(caption, ("", *map(of_public.period, periods)), tuple(rows))
