"""`python -m metrics funnel`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..funnel import funnel
from .columns import check_figures, scattered
from .rows import grouped_units
from .tables import Words, Writer, read_table

FUNNEL_LINES = ("lower_95", "upper_95", "lower_998", "upper_998", "outlier", "p_value")


def run_funnel(options: argparse.Namespace, source: IO[bytes] | Path, sink: Callable[[], Writer]) -> None:
    """Compare the units of every group of a file and write one row for each unit."""
    bottom = "expected" if options.kind == "ratio" else "denominator"
    table = read_table(source, words=("unit", "group"), needed=("unit", "numerator", bottom), optional=("group",))
    share = options.kind == "proportion"
    check_figures(table, counts=True, proportions=share, what="a funnel")
    if share:
        size = table.numbers[bottom]
        table.refuse((size != np.floor(size)) & ~np.isnan(size), bottom, "is not whole")
    rows = grouped_units(table)
    points = {name: rows.laid(column, np.nan) for name, column in table.numbers.items()}
    unit, group = Words(rows.laid(table.words["unit"].code, 0), table.words["unit"].words), rows.series()
    words: dict[str, Any] = {name: getattr(options, name) for name in ("kind", "method", "overdispersion", "trim")}
    writer = sink()
    for _, part, blocks in rows.parts():
        columns: dict[str, NDArray[Any]] = {}
        for _, index in blocks:
            top, size = points["numerator"][index], points[bottom][index]
            exposure, expected = (None, size) if options.kind == "ratio" else (size, None)
            found = funnel(top, exposure, expected=expected, **words)
            figures = {"value": np.divide(top, size, out=np.full_like(top, np.nan), where=size > 0)}
            figures |= {
                name: np.broadcast_to(getattr(found, name)[:, None], index.shape)
                for name in ("centre", "phi", "tau_squared")
            }
            figures |= {name: getattr(found, name) for name in FUNNEL_LINES}
            for name, values in figures.items():
                columns[name] = scattered(columns.get(name), index - part.start, values, part.stop - part.start)
        head = {"group": Words(group[part], rows.names)} if "group" in table.words else {}
        writer.write({**head, "unit": Words(unit.code[part], unit.words), **columns})
