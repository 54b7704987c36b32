"""What can be compared: measures that are rates or shares, on open units of one kind that this reader sees exactly."""

from dataclasses import dataclass

import numpy as np

from data.access import Reader
from data.tree import Unit
from metrics.measure import Kind, Measure
from pages.shared.analysis import Analysis, Reading
from pages.shared.wording import compare as said

# The funnel of each chart: counts over an exposure, or parts of a whole. Others are days, stocks, or bare counts.
FUNNELS = {"u": "rate", "u_prime": "rate", "p": "proportion", "p_prime": "proportion"}
BY_TYPE = ("ward", "team")  # comparable with others of one type only
LEVELS = ("division", "service", *BY_TYPE, "provider")
LEAST_UNITS = 3  # of two, neither shows which one is unlike


@dataclass(frozen=True)
class Peers:
    """Units of one level, and of one type where they have types, by name."""

    level: str
    kind: str
    readings: tuple[Reading, ...]

    @property
    def key(self) -> str:
        """Names them in an address."""
        return f"{self.level}:{self.kind}" if self.kind else self.level

    @property
    def until(self) -> np.datetime64:
        """The newest settled month of any of them."""
        return np.max([reading.months[reading.latest or 0] for reading in self.readings])


def peers_of(analysis: Analysis, measure: Measure) -> list[Peers]:
    """The groups among which this measure can be compared for this reader, the largest first."""
    found: dict[tuple[str, str], list[Reading]] = {}
    for unit in analysis.panel.tree.units:
        reading = analysis.get(measure.id, unit.code)
        if reading is not None and reading.exact and _is_compared(unit):
            found.setdefault((unit.level, unit.peer_group), []).append(reading)
    groups = [Peers(level, kind, tuple(sorted(each, key=_by_name))) for (level, kind), each in found.items()]
    return sorted(groups, key=lambda group: (-len(group.readings), group.key))


def _by_name(reading: Reading) -> tuple[str, str]:
    return reading.unit.name, reading.unit.code


def _is_compared(unit: Unit) -> bool:
    """Open, of a level that has its like, and of a named type where like means that."""
    return unit.closed is None and unit.level in LEVELS and bool(unit.peer_group or unit.level not in BY_TYPE)


def usual_peers(groups: list[Peers], who: Reader) -> Peers:
    """Those of the reader's own ward, where enough of them are shown to this reader; else the largest group."""
    return next((g for g in _of_own_ward(groups, who) if len(g.readings) >= LEAST_UNITS), groups[0])


def alone(groups: list[Peers], who: Reader) -> Reading | None:
    """The reader's own ward, where none of its like is shown to this reader."""
    return next((g.readings[0] for g in _of_own_ward(groups, who) if len(g.readings) == 1), None)


def _of_own_ward(groups: list[Peers], who: Reader) -> list[Peers]:
    wards = [group for group in groups if group.level in BY_TYPE]
    return [group for group in wards if any(reading.unit.code in who.units for reading in group.readings)]


def offered(analysis: Analysis) -> dict[str, Measure]:
    """The measures that can be compared here, in the order of the catalogue."""
    measures = {reading.measure.id: reading.measure for reading in analysis.readings.values()}
    return {m: measure for m, measure in measures.items() if not why_not(measure) and peers_of(analysis, measure)}


def usual_measure(measures: dict[str, Measure]) -> str:
    """The first headline among the harms; else the first of all."""
    return next(
        (m for m, measure in measures.items() if measure.headline and measure.kind is Kind.HARM), next(iter(measures))
    )


def why_not(measure: Measure) -> str:
    """Why a measure is not compared between units; '' where it can be."""
    if measure.kind is Kind.DEATH:
        return said.NOT_DEATHS
    if not measure.has_denominator:
        return said.NOT_COUNTS
    if measure.chart not in FUNNELS:
        return said.NOT_EVENTS
    return said.NOT_STOCKS if measure.is_proportion and not measure.additive else ""


def left_out(analysis: Analysis) -> dict[str, list[str]]:
    """Each reason with the names of the measures of this reader that it keeps from being compared."""
    found: dict[str, list[str]] = {}
    for measure in {reading.measure.id: reading.measure for reading in analysis.readings.values()}.values():
        if reason := why_not(measure) or ("" if peers_of(analysis, measure) else said.NOT_HERE):
            found.setdefault(reason, []).append(measure.name)
    return found
