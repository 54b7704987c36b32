"""`python -m metrics chart`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..chart import control_chart
from ..limits import COUNTS, GAPS, NEED_DENOMINATOR, NO_DENOMINATOR, PROPORTIONS, SUBGROUPS
from ..points import Bools, Ints
from ..result import ControlChart
from .columns import check_figures, scattered
from .rows import Rows, rows_by_date
from .tables import Words, Writer, read_table

LINES = ("value", "centre", "lower", "upper", "inner_lower", "inner_upper", "computed_lower", "computed_upper", "state")
SUMMARY = ("variation", "assurance", "mixed", "trial", "n_used", "reason")


def run_chart(options: argparse.Namespace, source: IO[bytes] | Path, sink: Callable[[], Writer]) -> None:
    """Chart every series of a file and write its points, or its verdict."""
    kind = options.kind
    if options.baseline is not None and options.baseline < 1:
        raise ValueError(f"Argument --baseline: {options.baseline} is not at least 1.")
    needed = ["series", "date", "numerator"]
    needed += ["denominator"] * (kind in NEED_DENOMINATOR) + ["spread"] * (kind in SUBGROUPS)
    optional = ["phase"] if kind in NO_DENOMINATOR else ["phase", "denominator"]
    table = read_table(source, words=("series", "date", "phase"), needed=tuple(needed), optional=tuple(optional))
    check_figures(table, counts=kind in COUNTS, proportions=kind in PROPORTIONS, what=f"a {kind} chart")
    rows = rows_by_date(table, fill_months=kind not in GAPS)
    points: dict[str, Any] = {name: rows.laid(column, np.nan) for name, column in table.numbers.items()}
    if "phase" in table.words:
        points["phase"] = _carried(rows.laid(table.words["phase"].code, -2))
    words = {"kind": kind, "rules": options.rules, "direction": options.direction, "screen": options.screen}
    words |= {"multiplier": options.multiplier, "gaps": options.gaps, "min_points": options.min_points}
    words |= {"target": options.target, "points": not options.summary}

    def charted(index: Ints) -> ControlChart:
        arrays = {name: column[index] for name, column in points.items()}
        baseline = None if options.baseline is None else _first_points(arrays, options.baseline)
        return control_chart(**arrays, **words, baseline=baseline)

    _write(rows, charted, sink(), options.summary)


def _write(rows: Rows, charted: Callable[[Ints], ControlChart], writer: Writer, summary: bool) -> None:
    series = rows.series()
    for members, part, blocks in rows.parts():
        begin, size = (members.start, members.stop) if summary else (part.start, part.stop)
        columns: dict[str, NDArray[Any]] = {}
        for numbers, index in blocks:
            chart = charted(index)
            figures = {name: getattr(chart, name) for name in (SUMMARY if summary else LINES)}
            figures |= {} if summary else dict(chart.signals or {})
            place = (numbers if summary else index) - begin
            for name, values in figures.items():
                columns[name] = scattered(columns.get(name), place, values, size - begin)
        if summary:
            writer.write({"series": Words(np.arange(begin, size), rows.names), **columns})
        else:
            writer.write({"series": Words(series[part], rows.names), "date": rows.dates[part], **columns})


def _carried(code: Ints) -> Ints:
    """Phases of points without a row are those of the point before; every series begins with a row."""
    return np.asarray(code[np.maximum.accumulate(np.where(code > -2, np.arange(len(code)), 0))])


def _first_points(arrays: dict[str, Any], n: int) -> Bools:
    """The first n reported points of each phase."""
    reported = np.isfinite(arrays["numerator"])
    if "denominator" in arrays:
        reported &= arrays["denominator"] > 0
    count = np.cumsum(reported, axis=1)
    begins = np.zeros(reported.shape, dtype=bool)
    if "phase" in arrays:
        begins[:, 1:] = arrays["phase"][:, 1:] != arrays["phase"][:, :-1]
    before = np.maximum.accumulate(np.where(begins, count - reported, 0), axis=1)
    return np.asarray(reported & (count - before <= n))
