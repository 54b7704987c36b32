"""What people say of a chart's month, in their own words: beside what the figures say, and never instead of it. No Streamlit."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.access import Audience, Reader
from data.store import Decision, Store
from pages.shared import words


@dataclass(frozen=True)
class Comment:
    """Somebody's words, whose they are, and on which day, by the trust's clock, they were written."""

    text: str
    by: str
    on: date


def comments(
    store: Store, who: Reader, measure_id: str, unit_code: str, month: np.datetime64, known_at: int | None = None
) -> tuple[Comment, ...]:
    """The words on one month of a chart, oldest first; none for the public, because nobody has audited them."""
    found = commented(store, who, measure_id, unit_code, known_at)
    return tuple(comment(each) for each in found if month_of(each) == month.astype("datetime64[M]"))


def commented(
    store: Store, who: Reader, measure_id: str, unit_code: str, known_at: int | None = None
) -> list[Decision]:
    """Every commentary in force on a chart, oldest first; what was withdrawn is gone."""
    if who.audience is Audience.PUBLIC:
        return []
    found = store.decisions(who, "commentary", known_at)
    mine = [each for each in found if (each.measure_id, each.unit_code) == (measure_id, unit_code)]
    return sorted(mine, key=lambda each: each.decision_id)


def comment(decision: Decision) -> Comment:
    return Comment(str(decision.detail["text"]), decision.decided_by, words.day_of(decision.decided_at))


def month_of(decision: Decision) -> np.datetime64:
    return np.datetime64(decision.first_month, "M")
