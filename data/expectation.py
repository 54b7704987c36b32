"""By when a unit is expected to report a measure, and after how many months it settles: the most specific decision wins."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# Days after the month's end. The national monthly returns close on about the 20th working day; the dashboard asks a
# little earlier, so that what is missing can still be found before them.
DUE_DAYS = 20


@dataclass(frozen=True)
class Expectation:
    """One `expectation` decision: '' is every measure, every unit; months None are without an end."""

    decision_id: int
    measure_id: str
    unit_code: str
    first_month: date | None
    last_month: date | None
    due_day: int
    settles_after_months: int | None
    owner: str

    @property
    def specific(self) -> int:
        """Measure and unit before measure before unit before all."""
        return 2 * bool(self.measure_id) + bool(self.unit_code)


def expectations(decisions: Iterable[Mapping[str, Any]]) -> list[Expectation]:
    """Those in force, from the rows of `sql/queries/decisions.sql`; whoever applies them in this order ends at the right one."""
    found = []
    for row in decisions:
        if row["kind"] == "expectation":
            detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
            about = (row["measure_id"], row["unit_code"], row["first_month"], row["last_month"])
            told = (detail["due_day"], detail.get("settles_after_months"), detail.get("owner", ""))
            found.append(Expectation(row["decision_id"], *about, *told))
    return sorted(found, key=lambda e: (e.specific, e.decision_id))


def due_days(
    found: list[Expectation], measures: tuple[str, ...], units: tuple[str, ...], months: NDArray[np.datetime64]
) -> Ints:
    """(measures, units, months): days after the month's end by which a figure is due."""
    days = np.full((len(measures), len(units), len(months)), DUE_DAYS)
    for each in found:
        days[_where(each, measures, units, months)] = each.due_day
    return days


def settling_months(
    found: list[Expectation],
    catalogued: Ints,
    measures: tuple[str, ...],
    units: tuple[str, ...],
    months: NDArray[np.datetime64],
) -> Ints:
    """(measures, units, months): after how many months a figure settles; `catalogued` (measures,) where nobody says otherwise."""
    settles = np.broadcast_to(catalogued[:, None, None], (len(measures), len(units), len(months))).copy()
    for each in found:
        if each.settles_after_months is not None:
            settles[_where(each, measures, units, months)] = each.settles_after_months
    return settles


def _where(
    each: Expectation, measures: tuple[str, ...], units: tuple[str, ...], months: NDArray[np.datetime64]
) -> tuple[NDArray[np.int64], ...]:
    m = np.flatnonzero([each.measure_id in ("", code) for code in measures])
    u = np.flatnonzero([each.unit_code in ("", code) for code in units])
    first = np.datetime64(each.first_month, "M") if each.first_month else np.datetime64("0001-01")
    last = np.datetime64(each.last_month, "M") if each.last_month else np.datetime64("9999-12")
    t = np.flatnonzero((months >= first) & (months <= last))
    return np.ix_(m, u, t)
