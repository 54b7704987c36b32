"""What the Equity page says, with what the Use of Force Act asks to be recorded in our own words."""

from collections.abc import Iterable

import numpy as np

from pages.shared import words

LEAD = "Is force used equally? Each group's rate in the last 12 settled months, beside that of the largest group."
DIMENSIONS = {"ethnicity": "Ethnic group", "sex": "Sex", "age_band": "Age"}
UNKNOWN = ("not stated", "not known", "unknown", "not recorded", "missing", "undefined", "refused", "prefer not to say")
NO_GROUPS = (
    "There are no figures by group here yet. They come with the monthly feed: its column 'breakdown' says ethnicity:, sex: or "
    "age_band: and the group, its denominator the bed days of that group. A QI lead loads them on the Upload page."
)
ONE_GROUP = "Fewer than two groups have enough months to compare. What came, and what did not, stands below."
REFERENCE = "reference group"
SPREAD = "Spread of the months: 1 where they vary as independent incidents would, 2 where the variance is twice that."
LOWER, HIGHER = "less often", "more often"
FEW = 5  # events in a year, below which a group says next to nothing (methods.md, section 8)
HOW = (
    "Incidents cluster: one person may be restrained many times. The intervals are therefore widened by how unevenly the "
    "months came; the table also has those for independent incidents. Somebody restrained as often in every month moves a "
    "group's rate without widening it, so ask how many people there are behind the figures."
)
NOT_ADJUSTED = (
    "Nothing is adjusted for ward, diagnosis or length of stay. People of one group may be more often on wards where more "
    "force is used, and why that is belongs to the question. A difference does not say who did wrong, and its absence does "
    "not say that all is fair."
)
QUESTIONS = (
    "How many people are behind these figures, and on which wards?",
    "At which moments is force used: on arrival, at medication, at night?",
    "What do people of that group, and those who speak for them, say?",
    "Whose group is not recorded, and why?",
    "What will we try, and when will we look again?",
)
NOT_RECORDED_BY = "{n} of {total} months can be used; nine are needed."
NO_BED_DAYS = "No bed days of this group came with the figures."
LEFT_OUT = "Groups that are not compared"

ACT_TITLE = "What the law asks to be recorded of each use of force"
ACT = (
    "Mental Health Units (Use of Force) Act 2018, section 6(5). It is recorded of every use of force that is not negligible, "
    "and kept for three years, in the trust's own records. This dashboard holds counts, and no person."
)
ACT_LINK = "https://www.legislation.gov.uk/ukpga/2018/27/section/6"
ACT_LINK_TEXT = "The section on legislation.gov.uk"
HELD, PARTLY, NOT_HELD = "● Held", "◐ In part", "○ Not held"
NO_PERSON = "Names and identifiers never come into this dashboard."
IN_RECORDS = "In the trust's own records."
# Letter, what is asked (our own words), and what this dashboard has to do with it where that is no matter of what is loaded.
ASKED = (
    ("a", "Why force was used", IN_RECORDS),
    ("b", "Where, on what day and for how long", ""),
    ("c", "What type or types of force", ""),
    ("d", "Whether the person's care plan provided for that type", IN_RECORDS),
    ("e", "The person's name", NO_PERSON),
    ("f", "How the force was used, described", IN_RECORDS),
    ("g", "The person's consistent identifier", NO_PERSON),
    ("h", "Name and job title of each member of staff who used it", NO_PERSON),
    ("i", "Why anybody who is not staff of the unit took part", IN_RECORDS),
    ("j", "The person's mental disorder, if known", IN_RECORDS),
    ("k", "The person's relevant characteristics, if known", ""),
    ("l", "Whether the person has a learning disability or is autistic", IN_RECORDS),
    ("m", "What came of it, described", IN_RECORDS),
    (
        "n",
        "Whether the person died or was seriously injured by it",
        "Harm is counted here by itself, without its cause.",
    ),
    ("o", "What was done to avoid force", IN_RECORDS),
    ("p", "Whether those whom the care plan names were told", IN_RECORDS),
)


def is_unknown(group: str) -> bool:
    """Of whom it is not known to which group they belong."""
    return group.strip().lower() in UNKNOWN


def span(month: np.datetime64, n: int, measure: str, unit: str) -> str:
    used = "" if n == 12 else f", {n} of which can be used"
    return f"{measure}, {unit}: the 12 months to {words.month_name(month, short=False)}{used}."


def ratio(value: float, low: float, high: float, most: int = 3) -> tuple[str, str]:
    """`2.1` and `1.6 to 2.8`, with as many digits, up to the most, as it takes for no limit to read 1."""
    for digits in range(1, most + 1):
        shown = [f"{x:.{digits}f}" for x in (value, low, high)]
        if not any(float(text) == 1 for text in shown[1:]):
            break
    if np.isinf(high):
        return shown[0], f"{shown[1]} or more"
    return shown[0], f"{shown[1]} to {shown[2]}"


def finding(group: str, reference: str, value: float, low: float, high: float, events: float) -> str:
    """What the figures can tell of one group, and no more."""
    times, interval = ratio(value, low, high)
    few = f" Fewer than {FEW} were recorded in the year" if events < FEW else ""
    if low <= 1 <= high:
        few = f"{few}, so hardly anything can be told." if few else ""
        return f"{group}: the figures cannot tell a difference from {reference} ({interval} times the rate).{few}"
    return f"{group}: {times} times the rate of {reference} ({interval}).{few}{'.' if few else ''}"


def in_short(groups: int, higher: Iterable[str], lower: Iterable[str], reference: str) -> str:
    """The picture in one sentence, which is also its alternative text."""
    more, less = list(higher), list(lower)
    parts = [f"more often for {_and(more)}"] if more else []
    parts += [f"less often for {_and(less)}"] if less else []
    if not parts:
        return f"Of {words.count_of(groups, 'group')}, none can be told from {reference} by these figures."
    return f"Recorded {', '.join(parts)} than for {reference}, by more than chance and clustering explain."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def by_chance(comparisons: int, found: int) -> str:
    """How many comparisons would look different though nothing differs."""
    return (
        f"Of {words.count_of(comparisons, 'comparison')}, chance alone would make about {0.05 * comparisons:.2f} look different; "
        f"{found or 'none'} {'does' if found <= 1 else 'do'}."
    )


def nothing_to_compare_with(reference: str) -> str:
    return f"None were recorded for {reference}, so there is no rate to compare with. Choose another group above."


def unknown_share(dimension: str, events: float, size: float) -> str:
    """How many are of people whose group is not known: a large share can turn any comparison."""
    return (
        f"Not known or not stated, {DIMENSIONS[dimension].lower()}: {_share(events)} of the incidents and {_share(size)} of the "
        "bed days. The larger that is, the less the others can tell."
    )


def _share(part: float) -> str:
    return f"{100 * part:.0f} %" if part >= 0.01 or part == 0 else "less than 1 %"


def no_unknown(dimension: str) -> str:
    return (
        f"No group for people whose {DIMENSIONS[dimension].lower()} is not known came with these figures. Ask whether they are "
        "left out, or counted with others."
    )


def denominators(denominator: str) -> str:
    return f"Divided by: {denominator[0].lower()}{denominator[1:]}."


def place_held(kinds: int) -> tuple[str, str]:
    """Of where, when and how long."""
    return (
        (PARTLY, "By ward and month, rare types by day. Not for how long.") if kinds else (NOT_HELD, "Not loaded yet.")
    )


def types_held(names: list[str]) -> tuple[str, str]:
    if not names:
        return NOT_HELD, "Not loaded yet."
    return HELD, f"Counted by type: {', '.join(name[0].lower() + name[1:] for name in names)}."


def characteristics_held(dimensions: list[str]) -> tuple[str, str]:
    if not dimensions:
        return NOT_HELD, "Not loaded yet."
    named = _and([DIMENSIONS[each].lower() for each in dimensions])
    return PARTLY, f"{named[0].upper()}{named[1:]}, as totals of many people. No other characteristic."
