"""Whether a new baseline is justified, and how the chart reads with it and without. No Streamlit but its cache."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from data.access import Reader
from data.store import Store
from metrics import Proposals, propose_phases
from metrics.lasting import LEAST_AFTER, LEAST_BEFORE
from metrics.measure import Direction
from metrics.proposals import KINDS
from pages.shared.analysis import Bools, Reading, first_of_phase, read_one
from pages.shared.improvement.ideas import Idea
from pages.shared.improvement.series import place_of
from pages.shared.wording import improvement as said

WINDOW = 6  # months either side of the change that was found, in which its cause may have begun


@dataclass(frozen=True)
class Evidence:
    """What the figures say of a new baseline: the month of the change and a sentence, or why none is justified."""

    month: np.datetime64 | None
    sentence: str

    @property
    def is_justified(self) -> bool:
        return self.month is not None


def evidence(reading: Reading) -> Evidence:
    """By `metrics.propose_phases`, and never on a deterioration."""
    if not reading.exact or reading.chart is None or reading.kind not in KINDS:
        return Evidence(None, said.NO_SUCH_LIMITS)
    found = _proposal(reading)
    if not bool(found.proposed):
        return Evidence(None, said.not_proposed(str(found.reason)))
    if reading.measure.direction is Direction.NEUTRAL:
        return Evidence(None, said.NEITHER_WAY)
    if (float(found.after) < float(found.before)) != (reading.measure.direction is Direction.LOWER):
        return Evidence(None, said.NEVER_WORSE)
    return Evidence(reading.months[int(found.start)], str(found.sentence))


def _proposal(reading: Reading) -> Proposals:
    good = reading.good & ~reading.excluded
    return propose_phases(
        reading.numerator,
        reading.denominator if reading.measure.has_denominator else None,
        kind=reading.kind,
        phase=reading.phase,
        baseline=first_of_phase(good[None], reading.phase[None])[0],
        excluded=reading.excluded,
        unsettled=reading.unsettled,
        doubtful=reading.doubtful | ~reading.complete,
        multiplier=reading.measure.multiplier,
        dates=reading.months,
    )


def months_offered(reading: Reading, month: np.datetime64) -> list[np.datetime64]:
    """Near the change that was found; each with enough months before it, and enough after for limits that are no trial."""
    usable = reading.good & ~reading.excluded & (reading.phase == reading.phase[-1])
    t = place_of(reading, month)
    near = range(max(t - WINDOW, 0), min(t + WINDOW + 1, len(usable)))
    return [reading.months[i] for i in near if _has_enough(usable, i)]


def _has_enough(usable: Bools, t: int) -> bool:
    return bool(usable[:t].sum() >= LEAST_BEFORE and usable[t:].sum() >= LEAST_AFTER)


def usual_month(offered: list[np.datetime64], found: np.datetime64, reading: Reading, ideas: list[Idea]) -> int:
    """The place of the month in which an idea for this chart began, as its cause; else of the change that was found."""
    mine = [i.begins for i in ideas if (i.measure_id, i.unit_code) == (reading.measure.id, reading.unit.code)]
    begun = [month for month in mine if month in offered]
    return offered.index(begun[0] if begun else found)


def with_and_without(
    store: Store, who: Reader, measure_id: str, unit_code: str, month: np.datetime64
) -> tuple[Reading | None, Reading | None]:
    """The reading as if no phase began in this month, and as if one did."""
    return tuple(
        _read(store.key, who.key, measure_id, unit_code, str(month), does, store, who) for does in (False, True)
    )  # type: ignore[return-value]


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(
    store_key: str,  # noqa: ARG001 (the first two are the key)
    who_key: str,  # noqa: ARG001
    measure_id: str,
    unit_code: str,
    month: str,
    does: bool,
    _store: Store,
    _who: Reader,
) -> Reading | None:
    return read_one(_store, _who, measure_id, unit_code, begins={np.datetime64(month, "M"): does})
