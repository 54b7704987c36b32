"""Columns: what may not stand in one, and how blocks of results become one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..points import Ints
from .tables import Table


def check_figures(table: Table, *, counts: bool, proportions: bool, what: str) -> None:
    """TableError for a figure that cannot be, with its line."""
    numerator = table.numbers["numerator"]
    if counts:
        table.refuse(numerator < 0, "numerator", f"is negative, which {what} cannot show")
    for name in table.numbers.keys() & {"denominator", "spread", "expected"}:
        table.refuse(table.numbers[name] < 0, name, "is negative")
    if proportions:
        size = table.numbers["denominator"]
        table.refuse((numerator > size) & (size > 0), "numerator", "is above its denominator")


def scattered(into: NDArray[Any] | None, place: Ints, values: NDArray[Any], size: int) -> NDArray[Any]:
    """Values in their places in a column, which is made, or made wide enough for its words, when it has to be."""
    if into is None:
        into = np.zeros(size, dtype=values.dtype)
    elif into.dtype < values.dtype:
        into = into.astype(values.dtype)
    into[place] = values
    return into
