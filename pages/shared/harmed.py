"""People who died or were seriously harmed in the newest month, and what is being learnt: never a signal, always told.

No Streamlit here: the reports call the same.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from data.access import Reader
from data.panel import State
from data.store import Store
from data.tree import Unit
from metrics.measure import Kind, Measure
from pages.shared.analysis import Analysis, Reading

NOT_STARTED = "not_started"
RECENT = 3  # months in which the learning from harm can be said on the pages


@dataclass(frozen=True)
class Harmed:
    """Of one kind of harm in one month on one unit: how many (NaN where it was not reported), and how far the learning is.

    `complete`: everybody who was expected to has reported it, `waiting_for` names who has not. `learning`: state -> how many
    of them, by the units that reported them and that the reader speaks for. `exact` is False where the reader may not know.
    """

    measure: Measure
    unit: Unit
    month: np.datetime64
    n: float
    state: State
    complete: bool
    waiting_for: tuple[str, ...]
    exact: bool
    learning: dict[str, int]


@dataclass(frozen=True)
class Learning:
    """The state of learning from what one unit reported of one kind in one month."""

    measure: Measure
    unit: Unit
    month: np.datetime64
    n: int
    state: str


def is_serious(measure: Measure) -> bool:
    """A death that is a goal of its own, or harm that was graded moderate or worse."""
    return (measure.headline and measure.kind is Kind.DEATH) or (measure.kind is Kind.HARM and bool(measure.severity))


def harmed(analysis: Analysis, store: Store, who: Reader, unit: Unit, known_at: int | None = None) -> list[Harmed]:
    """Every kind of death and serious harm on a unit in its newest month, in the order of the catalogue."""
    said = _said(store, who, known_at)
    found = []
    for measure in store.catalogue.values():
        reading = analysis.get(measure.id, unit.code)
        if reading is None or not is_serious(measure):
            continue
        month, n = reading.months[-1], float(reading.numerator[-1])
        states = Counter[str]()
        for each in _cells(analysis, reading, month):
            states[said.get((measure.id, each.unit.code, month), NOT_STARTED)] += int(_at(each, month))
        state = State(int(reading.state[-1]))
        found.append(
            Harmed(
                measure,
                unit,
                month,
                n,
                state,
                bool(reading.complete[-1] and not reading.doubtful[-1]),
                reading.waiting_for,
                reading.exact,
                dict(states),
            )
        )
    return found


def learning(analysis: Analysis, store: Store, who: Reader, unit: Unit) -> list[Learning]:
    """What can be said of learning on a unit: each kind of serious harm of its newest months, the newest first."""
    said, found = _said(store, who), []
    for reading in analysis.of_unit(unit.code):
        if not is_serious(reading.measure) or not reading.exact:
            continue
        for month in reading.months[-RECENT:]:
            n = _at(reading, month)
            if n > 0:
                state = said.get((reading.measure.id, unit.code, month), NOT_STARTED)
                found.append(Learning(reading.measure, unit, month, int(n), state))
    return sorted(found, key=lambda each: (each.month, each.measure.name), reverse=True)


def _cells(analysis: Analysis, reading: Reading, month: np.datetime64) -> list[Reading]:
    """The readings by which the learning is recorded: the wards below for harm, the unit itself for deaths."""
    tree = analysis.panel.tree
    if reading.measure.kind is Kind.DEATH or reading.unit.level in ("ward", "team"):
        return [reading] if reading.exact and _at(reading, month) > 0 else []
    below = set(tree.below(reading.unit.code))
    wards = [u.code for u in tree.units if u.code in below and u.level in ("ward", "team")]
    found = (analysis.get(reading.measure.id, code) for code in wards)
    return [r for r in found if r is not None and r.exact and _at(r, month) > 0]


def _at(reading: Reading, month: np.datetime64) -> float:
    at = np.flatnonzero(reading.months == month)
    return float(np.nan_to_num(reading.numerator[at[0]])) if at.size else 0.0


def _said(store: Store, who: Reader, known_at: int | None = None) -> dict[tuple[str, str, np.datetime64], str]:
    """The newest word on each: (measure, unit, month) -> state."""
    decisions = sorted(store.decisions(who, "learning", known_at), key=lambda d: d.decision_id)
    return {
        (d.measure_id, d.unit_code, np.datetime64(d.first_month, "M")): str(d.detail["state"])
        for d in decisions
        if d.first_month
    }
