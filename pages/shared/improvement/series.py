"""Which months of a reading may be compared before and after a change. No Streamlit here."""

from datetime import date

import numpy as np

from data.access import Reader
from data.store import Decision, Store
from metrics.measure import Kind, Measure
from pages.shared.analysis import Bools, Reading, read_one

MODELLED = ("u", "u_prime", "c", "p", "p_prime")  # counts and shares; days, stays and survey answers have no model


def is_modelled(measure: Measure) -> bool:
    """Whether before and after can be compared at all. Deaths never are: they are too few, and each is looked into."""
    return measure.kind is not Kind.DEATH and measure.chart in MODELLED


def family_of(measure: Measure) -> str:
    return "quasi_binomial" if measure.is_proportion else "quasi_poisson"


def unrebased(store: Store, who: Reader, reading: Reading) -> Reading:
    """The reading as it would be had nobody set a new baseline: what is counted is the same on both sides of one."""
    months = [np.datetime64(d.first_month, "M") for d in rebases(store, who, reading) if d.first_month]
    begins = {month: False for month in months if not _is_break(store, who, reading, month)}
    if not begins:
        return reading
    return read_one(store, who, reading.measure.id, reading.unit.code, begins=begins) or reading


def rebases(store: Store, who: Reader, reading: Reading) -> list[Decision]:
    """The new baselines in force for a reading, oldest first."""
    return [d for d in store.decisions(who, "phase") if _is_about(d, reading)]


def _is_break(store: Store, who: Reader, reading: Reading, month: np.datetime64) -> bool:
    """What is counted changed in the same month: then a phase begins there all the same."""
    recorded = [d.first_month for d in store.decisions(who, "break") if _is_about(d, reading)]
    days: list[date] = [day for day in (*recorded, *reading.measure.breaks) if day]
    return any(np.datetime64(day, "M") == month for day in days)


def _is_about(decision: Decision, reading: Reading) -> bool:
    return decision.measure_id in ("", reading.measure.id) and decision.unit_code in ("", reading.unit.code)


def place_of(reading: Reading, month: np.datetime64) -> int:
    """The position of a month among those of a reading; below 0 or beyond the last where it is not among them."""
    return int((month - reading.months[0]).astype(int))


def comparable(reading: Reading, month: np.datetime64) -> Bools:
    """(months,): complete, settled, not in question, not left out, and counted in the same way as in `month`."""
    t = min(max(place_of(reading, month), 0), len(reading.months) - 1)
    return reading.good & ~reading.excluded & (reading.phase == reading.phase[t])


def exposure_of(reading: Reading) -> np.ndarray:
    """(months,): what a count is divided by; 1 where it is counted by the month."""
    return reading.denominator if reading.measure.has_denominator else np.ones(len(reading.months))
