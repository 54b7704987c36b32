"""How strong a signal is and when it could first be seen: what orders a list of them. Never shown as a figure.

No Streamlit here: the reports call the same.
"""

import math

import numpy as np

from metrics import Signal
from pages.shared.analysis import Reading

# The point of a signal at which its rule is met: before it, nobody could have seen it. The others are met as they begin.
MET_AT = {"shift": 7, "trend": 7, "two_of_three": 2}
MEANINGS = {
    "concern": "concern",
    "mixed": "concern",
    "early": "concern",
    "improvement": "improvement",
    "neither": "neither",
}
SMALLEST = 1e-300


def speaking(reading: Reading) -> list[Signal]:
    """The signals that the verdict rests on: of its meaning, and reaching the point that it is about."""
    meaning = next((m for start, m in MEANINGS.items() if reading.variation.startswith(start)), None)
    return [s for s in reading.signals if s.meaning == meaning and reading.goes_on(s)]


def seen_since(reading: Reading) -> np.datetime64 | None:
    """The month in which the verdict could first be seen; None without a signal, and for a gap that is still open."""
    if reading.variation == "early_warning":
        return _first_warning(reading)
    found = [_met(s, reading) for s in speaking(reading) if s.points]
    return min(found).astype("datetime64[M]") if found else None


def is_new(reading: Reading) -> bool:
    """The verdict could not have been seen a month ago.

    A concern speaks from months that are still settling too; everything else from the newest settled one.
    """
    first, latest = seen_since(reading), reading.latest
    if first is None or latest is None:
        return False
    soon = reading.variation.startswith(("concern", "early")) or reading.mixed
    return bool(first >= reading.months[-1 if soon else latest])


def _first_warning(reading: Reading) -> np.datetime64 | None:
    """The month of the oldest warning that nothing but warnings has followed."""
    assert reading.chart is not None and reading.chart.state is not None
    warned = np.flatnonzero(reading.chart.state == "early_warning")
    runs = np.split(warned, np.flatnonzero(np.diff(warned) > 1) + 1)
    return reading.points[runs[-1][0]].astype("datetime64[M]") if warned.size else None


def strength(reading: Reading) -> float:
    """How hard the strongest of its signals is to explain by chance, in tens: 3 is a thousandth. 0 without one.

    By the textbook chance of each pattern on a stable chart of independent months; good enough to order a list by.
    """
    return max((_tens(s, reading) for s in speaking(reading)), default=0.0)


def _met(signal: Signal, reading: Reading) -> np.datetime64:
    at = min(MET_AT.get(signal.rule, 1), len(signal.points)) - 1
    return reading.points[signal.points[at]]


def _tens(signal: Signal, reading: Reading) -> float:
    n = len(signal.points)
    if signal.rule == "shift":
        return n * math.log10(2)
    if signal.rule == "trend":
        return math.log10(math.factorial(max(n, 2)) / 2)
    if signal.rule == "astronomical" and n:
        return max(_beyond(reading, point) for point in signal.points)
    return 2.0  # two of three, and a gap that is still open


def _beyond(reading: Reading, point: int) -> float:
    """The chance of so extreme a point, from how many limits' widths it lies away from the middle."""
    chart = reading.chart
    assert chart is not None and chart.value is not None and chart.centre is not None
    assert chart.computed_lower is not None and chart.computed_upper is not None
    away = float(chart.value[point] - chart.centre[point])
    limit = chart.computed_upper[point] if away > 0 else chart.computed_lower[point]
    width = abs(float(limit - chart.centre[point])) / 3
    if not width > 0:
        return -math.log10(SMALLEST)
    return -math.log10(max(math.erfc(abs(away) / width / math.sqrt(2)), SMALLEST))
