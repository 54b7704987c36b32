"""What people have answered to signals, and which signals nobody has answered yet. No Streamlit here."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from data.access import Reader
from data.expectation import DUE_DAYS
from data.store import Decision, Store
from pages.shared.analysis import Analysis, Reading
from pages.shared.evidence import seen_since
from pages.shared.standing import column

ANSWER_DAYS = 30  # after which an unanswered signal shows one level up


@dataclass(frozen=True)
class Unanswered:
    """A concern that nobody has answered, and since which day it could be seen here."""

    reading: Reading
    seen_on: date


def answers(store: Store, who: Reader, unit_code: str, measure_id: str) -> list[Decision]:
    """The responses to one measure on one unit, the newest first."""
    found = (d for d in store.decisions(who, "response") if (d.unit_code, d.measure_id) == (unit_code, measure_id))
    return sorted(found, key=lambda d: d.decision_id, reverse=True)


def passed_up(store: Store, who: Reader, units: set[str], to: str) -> list[Decision]:
    """What the units below have passed up to a division or a committee, the newest first."""
    found = (d for d in store.decisions(who, "response") if d.unit_code in units and d.detail.get("passed_up_to") == to)
    return sorted(found, key=lambda d: d.decision_id, reverse=True)


def unanswered(analysis: Analysis, store: Store, who: Reader, units: set[str], today: date) -> list[Unanswered]:
    """The concerns of these units that could be seen for more than 30 days and have no response since; by unit and measure."""
    worse = [r for r in analysis.readings.values() if r.unit.code in units and column(r) == "Worse"]
    seen = _seen_on(worse, store, who)
    found = []
    for reading, day in zip(worse, seen, strict=True):
        if day is None or day + timedelta(days=ANSWER_DAYS) >= today:
            continue
        if _since(day, reading, store, who) is None:
            found.append(Unanswered(reading, day))
    return sorted(found, key=lambda each: (each.reading.unit.name, each.reading.measure.name))


def answer_to(reading: Reading, store: Store, who: Reader) -> Decision | None:
    """The newest answer that was given since the signal could be seen here; None without one, or without a signal."""
    (day,) = _seen_on([reading], store, who)
    return None if day is None else _since(day, reading, store, who)


def _since(day: date, reading: Reading, store: Store, who: Reader) -> Decision | None:
    found = answers(store, who, reading.unit.code, reading.measure.id)
    return next((d for d in found if d.decided_at.date() >= day), None)


def _seen_on(readings: list[Reading], store: Store, who: Reader) -> list[date | None]:
    """When the figure came that made each signal visible; None where no signal has a month."""
    came = _arrivals(store, who, f"{store.key} {who.key}")
    found = []
    for reading in readings:
        month = seen_since(reading)
        known = came.get((reading.measure.id, reading.unit.code, month)) if month is not None else None
        found.append(known or (None if month is None else _due(month)))
    return found


def _due(month: np.datetime64) -> date:
    """When a figure should have come, for what is added up and came on no day of its own."""
    end: date = (month + 1).astype("datetime64[D]").item()
    return end + timedelta(days=DUE_DAYS)


@lru_cache(maxsize=8)
def _arrivals(store: Store, who: Reader, key: str) -> dict[tuple[str, str, np.datetime64], date]:  # noqa: ARG001
    """When the figure of each month came: (measure, unit, month) -> day. The key says which content for whom."""
    table = store.arrivals(who)
    months = np.asarray(table["month"], dtype="datetime64[M]")
    days = np.asarray(table["arrived_at"], dtype="datetime64[D]").astype(object)
    keys = zip(table["measure_id"].to_pylist(), table["unit_code"].to_pylist(), months, strict=True)
    return dict(zip(keys, days, strict=True))
