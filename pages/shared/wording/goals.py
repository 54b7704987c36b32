"""What the Goals page says, beside the sentences of words.py."""

from collections.abc import Mapping

import numpy as np

from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.harmed import Harmed

HARMED_NOTE = (
    "Each of them is a person, and each is looked at, whatever the charts say. The newest month is an early figure. Deaths "
    "are told for the whole trust only."
)
CHANGED_TITLE = "What to look at first"
ALERT, ADVISE, ASSURE = "Alert", "Advise", "Assure"
NEW = "new this month"
NO_TRUST = "The store holds no trust of its own yet: load the units feed on the Upload page."
NOTHING_FITS = "No measure fits all of these. Widen one of the choices above."
SORTS = {"goal": "goals", "look": "what needs a look", "name": "names"}
LEARNING = {"not_started": "not started", "under_way": "under way", "shared": "shared"}
PRINT_HINT = "Printing this page gives a one-page summary for a committee."


def harmed_title(unit: str, month: np.datetime64) -> str:
    return f"People who died or were seriously harmed, {unit}, {words.month_name(month, short=False)}"


def harmed_number(row: Harmed) -> str:
    if not row.exact:
        return "hidden"
    return words.number(row.n) if row.complete or np.isnan(row.n) else f"at least {words.number(row.n)}"


def harmed_note(row: Harmed) -> str:
    """What a nought or a dash means: nothing recorded is not yet nothing happened."""
    if not row.exact:
        return words.HIDDEN_FIGURE
    lacking = f"Not received, or in question: {words.and_so_on(row.waiting_for)}." if row.waiting_for else ""
    if not row.complete and not lacking:
        lacking = "Not all of it has been received."
    if row.n > 0:
        return " ".join(filter(None, [lacking, learning_sentence(row.learning, row.n)]))
    if not row.complete:
        return lacking
    return words.CELL_SIGNS[row.state][1] if row.state in words.CELL_SIGNS else ""


def learning_sentence(states: Mapping[str, int], n: float) -> str:
    """How far the learning is: `Learning: 2 shared, 1 not started.`; of the reader's own wards, where they are not all."""
    parts = [f"{states[state]:,} {name}" for state, name in LEARNING.items() if states.get(state)]
    whose = "Learning" if sum(states.values()) == n else "Learning on your wards"
    return f"{whose}: {', '.join(reversed(parts))}." if parts else ""


def standing_sentence(counts: Mapping[str, int]) -> str:
    """How many of the goals stand where."""
    parts = [f"{n} {name.lower()}" for name, n in counts.items() if n]
    return f"Of {words.count_of(sum(counts.values()), 'measure')} of our goals: {', '.join(parts)}."


def in_short(reading: Reading) -> str:
    """Why a measure is on the list, in a few words."""
    if words.milestone_state(reading) == "fail" and reading.variation in ("common_cause", "none"):
        return off_course(reading)
    if reading.variation == "none":
        return words.none_sentence(reading)
    if reading.variation == "common_cause":
        return words.milestone_sentence(reading)
    told = f"{words.headline(reading)}."
    return f"{told} {off_course(reading)}" if words.milestone_state(reading) == "fail" else told


def off_course(reading: Reading) -> str:
    assert reading.goal is not None
    value = words.figure(reading.goal.milestone, reading.measure)
    return f"{words.MILESTONE_LABELS['fail']}: the {words.month_name(reading.months[-1])} milestone is {value}."


def nothing_changed(counts: Mapping[str, int]) -> str:
    judged, n = counts["No clear change"], sum(counts.values())
    if not judged:
        return f"None of {words.count_of(n, 'chart')} can be judged yet: too few months or events, or figures missing."
    return (
        f"Of {words.count_of(n, 'chart')} {judged:,} can be judged, and none of those has moved more than chance would explain. "
        "That does not mean the level is good enough."
    )


def more_below(n: int) -> str:
    return f"And {n:,} more to know or to be glad of, in the table of every measure below."


def completeness(reading: Reading) -> str:
    """Up to when the figures go, and whether the newest settled month is whole."""
    at = reading.latest
    if at is None:
        return ""
    month = words.month_name(reading.months[at])
    if not bool(reading.complete[at]):
        return f"Data up to {words.month_name(reading.months[-1])}; {month} is not complete."
    if bool(reading.doubtful[at]):
        return f"Data up to {words.month_name(reading.months[-1])}; {month} is in question."
    return f"Data up to {words.month_name(reading.months[-1])}; complete up to {month}, settled months only."


def table_caption(n: int) -> str:
    return f"{words.count_of(n, 'measure')}, for the whole trust and each division"
