"""How much room a text takes on a slide, by its letters: slides do not flow, so what does not fit goes on to the next one."""

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

POINTS = 72  # an inch
LETTER, LINE = 0.53, 1.3  # of the font's size: the mean width of a letter in words, the height of a line
BOLD = 1.1  # times as wide
T = TypeVar("T")


def lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """How many lines a text takes in `width` inches at `size` points; words do not break, which costs a tenth."""
    letters = max(1, int(width * POINTS / (size * LETTER * (BOLD if bold else 1.0)) * 0.9))
    return sum(max(1, ceil(len(part) / letters)) for part in text.split("\n"))


def height(text: str, width: float, size: float, *, bold: bool = False) -> float:
    """The same in inches."""
    return lines(text, width, size, bold=bold) * size * LINE / POINTS


def paged(parts: Sequence[T], heights: Sequence[float], room: float) -> list[list[T]]:
    """The parts on as many slides as it takes, in their order; one that is higher than a slide has one of its own."""
    found: list[list[T]] = [[]]
    left = room
    for part, high in zip(parts, heights, strict=True):
        if high > left and found[-1]:
            found.append([])
            left = room
        found[-1].append(part)
        left -= high
    return found
