"""What the numbers can tell of deaths, by their own rules: counts of years, never a chart. No Streamlit here."""

from dataclasses import dataclass

import numpy as np

from metrics import compare_years
from pages.shared.analysis import Analysis

YEAR = 12
DEATHS = "suicide_in_care"


@dataclass(frozen=True)
class Deaths:
    """The settled deaths of 12 months and of the 12 before, at least; `verdict` is None where a month is not complete."""

    now: int
    before: int
    month: np.datetime64
    verdict: str | None
    waiting_for: tuple[str, ...]


def top_unit(analysis: Analysis) -> str | None:
    """The trust's own code; None where the store holds national files only."""
    return next((u.code for u in analysis.panel.tree.units if u.level == "trust"), None)


def death_verdict(analysis: Analysis, measure_id: str = DEATHS) -> Deaths | None:
    """What the numbers can tell of deaths: this year against all whole years before it, by an exact test.

    None where there are not two settled years, or where the reader does not see them exactly.
    """
    unit = top_unit(analysis)
    reading = analysis.get(measure_id, unit) if unit else None
    if reading is None or not reading.exact or reading.latest is None or reading.latest + 1 < 2 * YEAR:
        return None
    settled = slice(reading.latest + 1)
    incomplete = (~reading.complete | reading.doubtful)[settled]
    found = compare_years(reading.numerator[settled], incomplete)
    verdict = None if found.verdict == "incomplete" else str(found.verdict)
    month = reading.months[reading.latest]
    now, before = (
        int(np.nansum(reading.numerator[settled][span])) for span in (slice(-YEAR, None), slice(-2 * YEAR, -YEAR))
    )
    return Deaths(now, before, month, verdict, reading.waiting_for)
