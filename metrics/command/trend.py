"""`python -m metrics trend`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..points import Floats
from ..rank import mann_kendall, theil_sen
from ..trend import count_trend, proportion_trend
from .columns import check_figures, scattered
from .rows import rows_by_date
from .tables import Words, Writer, read_table

TRENDS = ("count", "proportion", "mann_kendall")
TREND_FIGURES = ("log_ratio", "standard_error", "ratio", "low", "high", "p_value", "dispersion", "autocorrelation", "n")


def run_trend(options: argparse.Namespace, source: IO[bytes] | Path, sink: Callable[[], Writer]) -> None:
    """Follow every series of a file over time, in years, and write one row for each."""
    method = options.method
    needed = ("series", "date", "numerator") + ("denominator",) * (method == "proportion")
    table = read_table(source, words=("series", "date"), needed=needed, optional=("denominator",))
    check_figures(table, counts=method != "mann_kendall", proportions=method == "proportion", what="a count")
    rows = rows_by_date(table, fill_months=True)
    points = {name: rows.laid(column, np.nan) for name, column in table.numbers.items()}
    writer = sink()
    for members, _, blocks in rows.parts():
        columns: dict[str, NDArray[Any]] = {}
        for numbers, index in blocks:
            top, years = points["numerator"][index], rows.years[index]
            size = points["denominator"][index] if "denominator" in points else np.ones_like(top)
            for name, values in _trend(method, options.autocorrelation, top, size, years).items():
                columns[name] = scattered(
                    columns.get(name), numbers - members.start, values, members.stop - members.start
                )
        writer.write({"series": Words(np.arange(members.start, members.stop), rows.names), **columns})


def _trend(method: str, autocorrelation: str, top: Floats, size: Floats, years: Floats) -> dict[str, NDArray[Any]]:
    if method == "mann_kendall":
        values = np.divide(top, size, out=np.full_like(top, np.nan), where=size > 0)
        found = mann_kendall(values, autocorrelation="effective_n" if autocorrelation == "adjust" else "none")
        slope = theil_sen(values, years)
        return {**vars(found), "slope_a_year": slope.slope, "low": slope.low, "high": slope.high}
    fitted = (proportion_trend if method == "proportion" else count_trend)(
        top, size, years, autocorrelation=autocorrelation
    )
    return {name: getattr(fitted, name) for name in (*TREND_FIGURES, "reason")}
