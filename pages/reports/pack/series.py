"""The figures of a reading as columns, point by point: what a workbook and the analyst's table hold of it."""

from math import isfinite
from typing import Any

import numpy as np

from metrics.measure import Kind
from pages.reports.pack import wording as said
from pages.reports.pack.model import Series
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.drawn import MARK_LABELS, chart_unit, draw

# Every form has the same columns, so that an analyst can put the packs of all months below each other.
COLUMNS = (
    "date",
    "shown",
    "numerator",
    "denominator",
    "value",
    "centre",
    "lower",
    "upper",
    "milestone",
    "state",
    "signals",
    "remark",
)


def series(reading: Reading) -> Series:
    """One row a point of the chart: months, or the days of events on a chart of days between them."""
    measure, unit = reading.measure, reading.unit
    by_day = reading.kind == "t" and reading.chart is not None
    columns = _of_days(reading) if by_day else _of_months(reading)
    nothing = (None,) * len(columns["date"])
    return Series(
        measure.id,
        measure.name,
        unit.code,
        unit.name,
        chart_unit(reading),
        {name: columns.get(name, nothing) for name in COLUMNS},
    )


def _of_months(reading: Reading) -> dict[str, tuple[Any, ...]]:
    n = len(reading.months)
    found: dict[str, tuple[Any, ...]] = {
        "date": tuple(str(month) for month in reading.months),
        "shown": tuple(words.cell_sign(reading, t) for t in range(n)),
        "remark": tuple(_remark(reading, t) for t in range(n)),
    }
    if not reading.exact:
        return found
    found["numerator"] = numbers(np.where(np.isfinite(reading.value), reading.numerator, np.nan))
    if reading.measure.has_denominator:
        found["denominator"] = numbers(reading.denominator)
    found["value"] = numbers(reading.value)
    if reading.measure.kind is not Kind.DEATH and reading.chart is not None:
        found |= _lines(reading) | {"milestone": _milestones(reading)}
    return found


def _of_days(reading: Reading) -> dict[str, tuple[Any, ...]]:
    chart = reading.chart
    assert chart is not None and chart.value is not None
    found: dict[str, tuple[Any, ...]] = {
        "date": tuple(str(day) for day in reading.points.astype("datetime64[D]")),
        "shown": tuple(words.number(float(x)) for x in chart.value),
        "value": numbers(chart.value),
    }
    return found | _lines(reading)


def _lines(reading: Reading) -> dict[str, tuple[Any, ...]]:
    drawn = draw(reading)
    known = np.isfinite(drawn.value).tolist()
    return {
        "centre": numbers(drawn.centre),
        "lower": numbers(drawn.lower),
        "upper": numbers(drawn.upper),
        "state": tuple(
            MARK_LABELS.get(mark, mark) if is_known else None
            for mark, is_known in zip(drawn.mark.tolist(), known, strict=True)
        ),
        "signals": _signals(reading),
    }


def _signals(reading: Reading) -> tuple[str | None, ...]:
    """The rules that flag each point, by name."""
    assert reading.chart is not None
    chart = reading.chart
    named: list[list[str]] = [[] for _ in reading.points]
    for flags in (chart.signals_high, chart.signals_low, chart.signals):
        for rule, flagged in (flags or {}).items():
            for t in np.flatnonzero(flagged):
                if said.rule(rule) not in named[t]:
                    named[t].append(said.rule(rule))
    return tuple("; ".join(rules) or None for rules in named)


def _milestones(reading: Reading) -> tuple[float | None, ...]:
    goal = reading.goal
    if goal is None:
        return (None,) * len(reading.months)
    path = goal.path(reading.months)
    return numbers(np.where(reading.months >= goal.begins, path, np.nan))


def _remark(reading: Reading, t: int) -> str | None:
    told = [
        "in question" if reading.doubtful[t] else "",
        "early figure" if reading.unsettled[t] else "",
        "not complete" if not reading.complete[t] else "",
        "left out" if reading.excluded[t] else "",
    ]
    return "; ".join(filter(None, told)) or None


def numbers(values: Any) -> tuple[float | None, ...]:
    """Numbers as Python has them; None where there is none."""
    return tuple(x if isfinite(x) else None for x in np.asarray(values, dtype=float).tolist())
