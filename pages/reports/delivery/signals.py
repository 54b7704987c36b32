"""What of a person's signals they have not been told of: a new one, that one was answered, that one has ended.

A signal is a measure on a unit, a direction and the month in which it could first be seen. What was told is kept as keys of
these, without a figure (data/delivery.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from data.access import Reader
from data.store import Decision, Store
from metrics.measure import Kind
from pages.shared.analysis import Analysis, Reading
from pages.shared.evidence import is_new, seen_since
from pages.shared.responses import answer_to
from pages.shared.standing import column

OWN_LEVELS = (
    "trust",
    "division",
    "service",
    "ward",
    "team",
)  # the figures of other providers are nobody's here to answer
DIRECTIONS = {"Worse": "worse", "Better": "better", "Changed": "changed"}
QUIET = "No clear change"


class Event(StrEnum):
    NEW = "new"
    ANSWERED = "answered"
    ENDED = "ended"


@dataclass(frozen=True, order=True)
class Key:
    """One signal: `month` as 2026-10."""

    month: str
    direction: str
    measure_id: str
    unit_code: str

    def told(self, event: Event) -> str:
        """What is kept of having told it; the code of a unit, which a trust chooses, comes last."""
        return ":".join((event, self.month, self.direction, self.measure_id, self.unit_code))


@dataclass(frozen=True)
class News:
    """One thing to tell: `keys` are what is kept once it was told; `answer` is None where nobody has answered."""

    event: Event
    reading: Reading
    answer: Decision | None
    keys: tuple[str, ...]


def news(analysis: Analysis, store: Store, who: Reader, past: frozenset[str]) -> list[News]:
    """What has changed on the reader's units since they were told of `past`; by unit and measure, never ranked."""
    going_on = _open(past)
    mine = sorted(_answered_for(analysis, store, who), key=lambda r: (r.unit.name, r.measure.name, r.unit.code))
    found = (
        _of_one(each, going_on.get((each.measure.id, each.unit.code), []), past, answer_to(each, store, who))
        for each in mine
    )
    return [each for each in found if each is not None]


def _answered_for(analysis: Analysis, store: Store, who: Reader) -> Iterable[Reading]:
    """Charts of the units that the reader speaks for; deaths are no signals, and what is masked has no chart."""
    paths = store.tree(who).paths
    for reading in analysis.readings.values():
        is_own = reading.unit.level in OWN_LEVELS and who.speaks_for(paths.get(reading.unit.code, ()))
        if is_own and reading.exact and reading.chart is not None and reading.measure.kind is not Kind.DEATH:
            yield reading


def _open(past: frozenset[str]) -> dict[tuple[str, str], list[Key]]:
    """The signals that were told and whose end was not, the oldest first, by measure and unit."""
    found: dict[tuple[str, str], list[Key]] = {}
    for told in sorted(past):
        event, _, rest = told.partition(":")
        if event == Event.NEW:
            key = Key(*rest.split(":", 3))
            if key.told(Event.ENDED) not in past:
                found.setdefault((key.measure_id, key.unit_code), []).append(key)
    return found


def _of_one(reading: Reading, going_on: list[Key], past: frozenset[str], answer: Decision | None) -> News | None:
    """What is to be told of one chart. Where nothing can be said for now, a signal has not ended: it is waited for."""
    now = _signal(reading)
    if now is not None and is_new(reading) and now.told(Event.NEW) not in past:
        noted = [now.told(Event.NEW), *([now.told(Event.ANSWERED)] if answer else [])]
        replaced = [key.told(Event.ENDED) for key in going_on]  # what is told now takes its place
        return News(Event.NEW, reading, answer, (*noted, *replaced))
    direction = DIRECTIONS.get(column(reading))
    over = [key for key in going_on if key.direction != direction]
    if over and (direction is not None or column(reading) == QUIET):
        return News(Event.ENDED, reading, None, tuple(key.told(Event.ENDED) for key in over))
    newest = going_on[-1] if going_on and not over else None
    if newest is not None and answer is not None and newest.told(Event.ANSWERED) not in past:
        return News(Event.ANSWERED, reading, answer, (newest.told(Event.ANSWERED),))
    return None


def _signal(reading: Reading) -> Key | None:
    """The signal that a chart shows now; None without one, and for a gap that is still open, which has no month."""
    month, direction = seen_since(reading), DIRECTIONS.get(column(reading))
    if month is None or direction is None:
        return None
    return Key(str(month), direction, reading.measure.id, reading.unit.code)
