"""The pieces that every page of a pack is made of: signs, cells, items and pictures of readings."""

from pages.reports.pack import wording as said_of_packs
from pages.reports.pack.model import Cell, Item, Picture, Sign
from pages.reports.pack.series import series
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.drawn import draw, opened
from pages.shared.evidence import is_new
from pages.shared.wording import goals as said


def variation(reading: Reading) -> Sign:
    return Sign("variation", words.variation_state(reading), words.variation_label(reading))


def milestone(reading: Reading) -> Sign:
    return Sign("milestone", words.milestone_state(reading), words.milestone_label(reading))


def level(reading: Reading) -> str:
    """The level of a year; a dash where it may not be computed."""
    return words.short_now(reading) if reading.exact else "–"


def icon_cell(reading: Reading | None) -> Cell:
    """An icon alone; its words are heard, and are written where there are no pictures."""
    return Cell(said_of_packs.ABSENT) if reading is None else Cell(sign=variation(reading))


def item(reading: Reading) -> Item:
    """One line of what changed."""
    return Item(
        variation(reading), f"{reading.measure.name}, {reading.unit.name}", said.in_short(reading), is_new(reading)
    )


def picture(reading: Reading, *told: str, large: bool = False, with_unit: bool = True) -> Picture:
    """A chart of a reading; a large one has its trajectory, goal and standard on it."""
    drawn = opened(reading, []) if large else draw(reading)
    signs = (variation(reading), milestone(reading)) if words.has_milestone(reading) else (variation(reading),)
    head = f"{reading.measure.name}, {reading.unit.name}" if with_unit else reading.measure.name
    return Picture(head, drawn, signs, tuple(filter(None, told)), series(reading))
