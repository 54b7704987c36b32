"""Which icons would turn if a file were accepted, and which of those the board has seen."""

from dataclasses import dataclass

from data.access import Reader
from data.store import Decision, Store
from metrics.measure import Kind
from pages.shared import words
from pages.shared.analysis import Analysis, Reading, analyse

LEVELS = ("trust", "provider", "country", "division", "service", "ward", "team")  # in this order


@dataclass(frozen=True)
class Said:
    """What the pages say of one measure on one unit: the keys of its icons and their words."""

    variation: str
    label: str
    milestone: str
    milestone_label: str
    is_doubted: bool


@dataclass(frozen=True)
class Turn:
    """One measure on one unit that would be told otherwise; None: it was not, or would not be, reported there."""

    measure: str
    unit: str
    level: str
    before: Said | None
    after: Said | None

    @property
    def varies(self) -> bool:
        """Whether the icon of the variation turns, or its doubt."""
        return _state(self.before)[:3] != _state(self.after)[:3]

    @property
    def meets(self) -> bool:
        """Whether the icon of the milestone turns."""
        return _state(self.before)[3:] != _state(self.after)[3:]


@dataclass(frozen=True)
class Seen:
    """The newest edition that was signed off, and the trust's headline measures that would read differently."""

    edition: Decision
    turns: tuple[Turn, ...]


def turned(before: Analysis | None, after: Analysis) -> tuple[Turn, ...]:
    """Every reading whose icons differ, the trust and its divisions first, then by the name of the unit."""
    old, new = before.readings if before else {}, after.readings
    keys = [key for key in new if _state(_said(old.get(key))) != _state(_said(new[key]))]
    keys += [key for key in old if key not in new]
    turns = [_turn(old.get(key), new.get(key)) for key in keys]
    return tuple(sorted((t for t in turns if t), key=lambda t: (LEVELS.index(t.level), t.unit)))


def seen_by_the_board(store: Store, after: Analysis, who: Reader) -> Seen | None:
    """What the newest signed-off edition says otherwise at the level of the trust; None where there is no edition."""
    editions = [d for d in store.decisions(who, "edition") if isinstance(d.detail.get("version"), int)]
    if not editions:
        return None
    newest = max(editions, key=lambda d: (d.detail["version"], d.decision_id))
    then = analyse(store, who, newest.detail["version"])
    shown = {key for key, r in after.readings.items() if r.unit.level == "trust" and r.measure.headline}
    return Seen(newest, turned(_only(then, shown), _only(after, shown)))


def _only(analysis: Analysis, keys: set[tuple[str, str]]) -> Analysis:
    kept = {key: reading for key, reading in analysis.readings.items() if key in keys}
    return Analysis(analysis.panel, kept, analysis.goals)


def _turn(before: Reading | None, after: Reading | None) -> Turn | None:
    """None where nobody would see a difference: a death has no icon, and what says nothing may come and go."""
    reading = after or before
    assert reading is not None
    turn = Turn(reading.measure.name, reading.unit.name, reading.unit.level, _said(before), _said(after))
    silent = all(said is None or said.variation in ("not_charted", "too_few") for said in (turn.before, turn.after))
    return None if reading.measure.kind is Kind.DEATH or (silent and not turn.meets) else turn


def _said(reading: Reading | None) -> Said | None:
    if reading is None:
        return None
    return Said(
        words.variation_state(reading),
        words.variation_label(reading),
        words.milestone_state(reading),
        words.milestone_label(reading),
        reading.chart is not None and words.newest_doubt(reading),
    )


def _state(said: Said | None) -> tuple[object, ...]:
    if said is None:
        return (None, None, False, None, None)
    return (said.variation, said.label, said.is_doubted, said.milestone, said.milestone_label)
