"""How measures stand, as lists and counts: what a board hears first. No Streamlit here: the reports call the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from metrics.measure import Kind
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.evidence import is_new, strength

# The columns of every grid of states, in the order of the page: what each holds.
COLUMNS = {
    "Better": ("improvement_low", "improvement_high"),
    "No clear change": ("common_cause",),
    "Worse": ("concern_low", "concern_high", "mixed", "early_warning"),
    "Changed": ("neither_low", "neither_high"),
    "Cannot tell yet": ("none", "cannot_tell", "please_check", "too_few", "not_charted"),
}
MOST_OTHERS = 7  # advise and assure together; alerts are never cut
LEAST_ASSURED = 3  # of the seven, where there are as many


# Signals first: what is worse, what must be checked, what is better, then the quiet.
ORDER = (
    ("concern", "mixed", "early_warning"),
    ("please_check",),
    ("improvement",),
    ("neither",),
    ("common_cause",),
    ("none", "cannot_tell"),
    ("too_few",),
)
LOUD = 4  # how many of these are signals; what follows is quiet


@dataclass(frozen=True)
class Heard:
    """What is told first: `alert` whole, then `advise` and `assure`, and how many of those two are left to the table."""

    alert: tuple[Reading, ...]
    advise: tuple[Reading, ...]
    assure: tuple[Reading, ...]
    rest: int


def column(reading: Reading) -> str:
    """In which column of a grid a reading stands."""
    state = words.variation_state(reading)
    return next(name for name, states in COLUMNS.items() if state in states)


def is_alert(reading: Reading) -> bool:
    """Worse; or off course, and nothing has got better."""
    if column(reading) == "Worse":
        return True
    return words.milestone_state(reading) == "fail" and column(reading) != "Better"


def is_assured(reading: Reading) -> bool:
    """On course, or better and not off course, on figures that are complete and not in question."""
    milestone = words.milestone_state(reading)
    fine = milestone == "pass" or (column(reading) == "Better" and milestone != "fail")
    return fine and bool(reading.complete[reading.latest or 0]) and not words.newest_doubt(reading)


def needs_advice(reading: Reading) -> bool:
    """What a board should know, and nobody can be sure of: changed, not told by the figures, or better and still off course."""
    state = words.variation_state(reading)
    if column(reading) == "Better" and words.milestone_state(reading) == "fail":
        return True
    return state.startswith("neither") or state in ("please_check", "cannot_tell")


def heard(readings: Iterable[Reading]) -> Heard:
    """Sort readings into what a board hears: what is new comes first, then the stronger signal, then the name."""
    groups: dict[str, list[Reading]] = {"alert": [], "advise": [], "assure": []}
    for reading in sorted((r for r in readings if r.measure.kind is not Kind.DEATH), key=_order):
        if is_alert(reading):
            groups["alert"].append(reading)
        elif needs_advice(reading):
            groups["advise"].append(reading)
        elif is_assured(reading):
            groups["assure"].append(reading)
    kept = min(LEAST_ASSURED, len(groups["assure"]))
    advise = groups["advise"][: MOST_OTHERS - kept]
    assure = groups["assure"][: MOST_OTHERS - len(advise)]
    rest = len(groups["advise"]) + len(groups["assure"]) - len(advise) - len(assure)
    return Heard(tuple(groups["alert"]), tuple(advise), tuple(assure), rest)


def rank(reading: Reading) -> tuple[int, bool, float, str]:
    """What is worse first; within it what is new, then what chance explains least, then by name."""
    state = words.variation_state(reading)
    place = next((i for i, starts in enumerate(ORDER) if state.startswith(starts)), len(ORDER))
    return place, not is_new(reading), -strength(reading), reading.measure.name


def is_loud(reading: Reading) -> bool:
    return rank(reading)[0] < LOUD and reading.measure.kind is not Kind.DEATH


def counts(readings: Iterable[Reading]) -> dict[str, int]:
    """How many readings stand in each column."""
    found = dict.fromkeys(COLUMNS, 0)
    for reading in readings:
        found[column(reading)] += 1
    return found


def _order(reading: Reading) -> tuple[bool, float, str, str]:
    return not is_new(reading), -strength(reading), reading.measure.name, reading.unit.name
