"""Which months of a reading may be compared before and after a change. No Streamlit here."""

import numpy as np

from data.access import Reader
from data.store import Store
from metrics.measure import Kind, Measure
from pages.shared.analysis import Bools, Floats, Reading, read_one

MODELLED = ("u", "u_prime", "c", "p", "p_prime")  # counts and shares; days, stays and survey answers have no model


def is_modelled(measure: Measure) -> bool:
    """Whether before and after can be compared at all. Deaths never are: they are too few, and each is looked into."""
    return measure.kind is not Kind.DEATH and measure.chart in MODELLED


def family_of(measure: Measure) -> str:
    return "quasi_binomial" if measure.is_proportion else "quasi_poisson"


def place_of(reading: Reading, month: np.datetime64) -> int:
    """The position of a month among those of a reading; below 0 or beyond the last where it is not among them."""
    return int((month - reading.months[0]).astype(int))


def comparable(reading: Reading, month: np.datetime64) -> Bools:
    """(months,): complete, settled, not in question, not left out, and counted in the same way as in `month`."""
    t = min(max(place_of(reading, month), 0), len(reading.months) - 1)
    return reading.good & ~reading.excluded & (reading.stretch == reading.stretch[t])


def exposure_of(reading: Reading) -> Floats:
    """(months,): what a count is divided by; 1 where it is counted by the month."""
    return reading.denominator if reading.measure.has_denominator else np.ones(len(reading.months))


def unrebased(store: Store, who: Reader, reading: Reading) -> Reading:
    """The reading as it would be had nobody set a new baseline: an accepted change for the better is still one."""
    begins, breaks = (np.diff(x) != 0 for x in (reading.phase, reading.stretch))
    months = reading.months[1:][begins & ~breaks]
    if not months.size:
        return reading
    without = {np.datetime64(month, "M"): False for month in months}
    return read_one(store, who, reading.measure.id, reading.unit.code, begins=without) or reading
