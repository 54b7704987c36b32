"""What the public's pack says, beside the sentences of words.py and of the board's pack."""

from collections.abc import Iterator

import numpy as np

from metrics.measure import Measure
from pages.shared import words
from pages.shared.public.shape import HIDDEN, NONE, MeasureFigures, PublicFigures

SIGNED_ONLY = (
    "The public is shown signed-off figures only; name an edition on the page This month and let somebody sign it off."
)
YEARS, YEARS_TO_DATE = "Whole financial years", "Whole financial years, and the year so far"
RATES = "The same as a rate, {per}"
ROUNDED = "count, to the nearest {rounding}"
A_YEAR = "{per}, a year"
DEATHS = (
    "Each of them is a person, and each death is looked at. They are told for the whole trust and whole years only."
)
NO_MONTHS = "Its months are not shown, to protect people, or are not complete."


def how(found: PublicFigures) -> Iterator[str]:
    """How small numbers are shown, and what is not."""
    yield (
        f"Counts below {found.threshold} are shown as <{found.threshold}, nought among them, and others to the nearest "
        f"{found.rounding}; rates and shares as whole numbers."
    )
    yield (
        f"“{HIDDEN}” means that a figure is not shown, so that nobody can work out a small number from it. A dash means that "
        "there is none yet, or that it is not complete."
    )


def told(figures: MeasureFigures, measure: Measure) -> Iterator[str]:
    """What the months say in words: the state, and the lines; of deaths their own sentence."""
    yield measure.easy_read
    if figures.kind == "death":
        yield DEATHS
    elif figures.chart is not None:
        chart = figures.chart
        since = f" since {chart.since}" if chart.since else ""
        yield f"{chart.label}{since}."
        unit = "%" if figures.kind == "share" else figures.per or "a month"
        if chart.mean != NONE:
            span = (
                f", and usually from {chart.lower} to {chart.upper}" if NONE not in (chart.lower, chart.upper) else ""
            )
            yield f"On average it is about {chart.mean} {unit}{span}."
    elif not figures.months:
        yield NO_MONTHS
    else:
        yield "Nothing is said of a change: some of its months are small, are not shown, or are not complete."


def alt(figures: MeasureFigures, measure: Measure, unit: str) -> str:
    """The sentence for whoever does not see the picture."""
    known = [cell for cell in figures.months if cell.shown not in (NONE, HIDDEN)]
    label = f": {figures.chart.label}." if figures.chart else ", months as they may be shown."
    newest = f" {words.month_name(np.datetime64(known[-1].first))}: {known[-1].shown}." if known else ""
    return f"{measure.name}, {unit}{label}{newest}"


def period(between: tuple[str, str]) -> str:
    """`Apr 2025 to Mar 2026`."""
    first, last = (words.month_name(np.datetime64(month)) for month in between)
    return f"{first} to {last}"
