"""What changes when the same measure is looked at in another way: the verdict, and figures that later loads corrected."""

import numpy as np

from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.measure.asking import Way
from pages.shared.wording import measure as said

MOST_TOLD = 3  # months whose figures have changed


def changes(usual: Reading, other: Reading | None, way: Way) -> list[str]:
    """A sentence each; none where the reader looks at it as usual."""
    if way.is_usual:
        return []
    if other is None:
        return [said.nothing_then(way.known_on)] if way.known_on else []
    found = [said.with_these(_ways(other, way), words.headline(usual), words.headline(other))]
    return found + (_corrected(usual, other, way) if way.known_on else [])


def _ways(other: Reading, way: Way) -> list[str]:
    """Each switch that differs, in words."""
    return [
        *([f"rule set {said.RULES[way.rules]}"] if way.rules else []),
        *([said.a_chart(other.kind)] if way.kind else []),
        *([said.known_on(way.known_on)] if way.known_on else []),
    ]


def _corrected(usual: Reading, other: Reading, way: Way) -> list[str]:
    """Which figures were others then, and which months were not there yet."""
    assert way.known_on is not None
    place = {month: t for t, month in enumerate(other.months.tolist())}
    changed, later = [], []
    for t in range(len(usual.months))[::-1]:
        then = place.get(usual.months[t].item())
        if then is None or np.isnan(other.numerator[then]):
            later += [usual.months[t]] if np.isfinite(usual.numerator[t]) else []
        elif _differs(usual, t, other, then):
            changed.append((usual.months[t], _shown(other, then), _shown(usual, t)))
    told = said.was_then(way.known_on, changed[:MOST_TOLD], len(changed[MOST_TOLD:]))
    return [text for text in (told, said.not_yet(way.known_on, later)) if text]


def _differs(usual: Reading, t: int, other: Reading, then: int) -> bool:
    return not np.array_equal(_figures(usual, t), _figures(other, then), equal_nan=True)


def _figures(reading: Reading, t: int) -> list[float]:
    return [float(reading.numerator[t]), float(reading.denominator[t])]


def _shown(reading: Reading, t: int) -> str:
    """The count, and of how many where it is divided: a rate may change by either."""
    count = words.number(float(reading.numerator[t]))
    if not reading.measure.has_denominator:
        return count
    return f"{count} of {words.number(float(reading.denominator[t]))}"
