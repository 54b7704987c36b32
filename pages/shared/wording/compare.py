"""What the Compare page says."""

from collections.abc import Iterable

import numpy as np

from data.tree import Unit
from metrics.measure import Measure
from pages.shared import words
from pages.shared.analysis import GoalLine

LEAD = (
    "Like with like: units of one kind, over the last 12 settled months. Units differ for many reasons. A difference is a "
    "question to ask, not a finding, and nobody is ranked."
)
VIEWS = {"funnel": "A funnel of the last year", "charts": "Their charts on one scale"}
UNITS = {
    "ward": ("ward", "wards"),
    "team": ("team", "teams"),
    "division": ("division", "divisions"),
    "service": ("service", "services"),
    "provider": ("trust", "trusts"),
}
OUTSIDE = "Different from similar {units}. Ask about the people, building, staffing and recording."
MARKS = {"common": "Within the limits", "neither": "Outside the limits: different"}
INSIDE = "Within the limits."
BETWEEN = "Between the two limits."
DIVISIONS = (
    "Divisions care for different people, so differences between them are to be expected. Wards of one type are the fairer "
    "comparison."
)
NATIONAL = (
    "From the national file, in which counts are rounded to the nearest 5 and small ones are withheld. Trusts differ in what "
    "services they run and in how they record."
)
PEOPLE = "A person counts once in each month in which it happened, and again in another month or on another unit."
NO_GROUP = (
    "No units of one kind are shown to you with figures that can be compared. A QI lead loads the tree of units with the type "
    "of each ward, and their figures, on the Upload page."
)
OWN_ALONE = (
    "Of the wards like {ward} you see your own alone, so it cannot be compared with them here. Your division lead and the QI "
    "leads see all of them."
)
NOTHING_HAPPENED = "Nothing was recorded on any of them, or everything was: there are no limits to draw."
NOT_COMPARED = "What is not compared, and why"

NOT_DEATHS = "Deaths are never compared between units: they are too few, and each is looked into."
NOT_COUNTS = "Counts with nothing to divide by: a larger unit has more of them."
NOT_EVENTS = (
    "Days, stays and survey answers: their spread between units is not that of events, so a funnel would mislead."
)
NOT_STOCKS = "The same people are counted month after month, so the months cannot be added up."
NOT_HERE = "Counted for the trust alone, or not shown to you unit by unit."


def too_few_months(n: int, since_break: bool) -> str:
    """Why a unit is left out."""
    if since_break:
        return f"Only {words.count_of(n, 'settled month')} since a break or a new baseline; nine are needed."
    return f"{n} of the last 12 settled months can be used; nine are needed."


def group_name(level: str, kind: str) -> str:
    """`acute wards`."""
    singular, plural = UNITS[level]
    where = f"{plural} in the national file" if level == "provider" else plural
    return where if kind.lower() in ("", singular, plural) else f"{kind} {where}"


def group_option(level: str, kind: str, n: int) -> str:
    """`Acute wards (12)`."""
    name = group_name(level, kind)
    return f"{name[0].upper()}{name[1:]} ({n})"


def heading(measure: Measure, level: str, kind: str) -> str:
    return f"{measure.name}: {group_name(level, kind)}"


def period(last: np.datetime64) -> str:
    """Which year is meant: a national file ends when it ends."""
    return f"The 12 months to {words.month_name(last, short=False)}. Newer ones may still change."


def many(level: str, n: int) -> str:
    return words.count_of(n, *UNITS[level])


def outside(level: str) -> str:
    """What is said outside a funnel's limits: in these words and no others."""
    return OUTSIDE.format(units=UNITS[level][1])


def summary(level: str, n: int, names: Iterable[str]) -> str:
    """The whole funnel in a sentence."""
    found = list(names)
    if not found:
        return f"None of {many(level, n)} lies outside the limits. That does not mean the level is good enough."
    lie = "lies" if len(found) == 1 else "lie"
    return f"{len(found)} of {many(level, n)} {lie} outside the limits: {', '.join(found)}."


def alternative(measure: Measure, level: str, kind: str, told: str) -> str:
    """One sentence for those who do not see the picture."""
    return f"Funnel of {heading(measure, level, kind)}, over the last 12 settled months. {told}"


def by_chance(level: str, n: int, outside: int, between: int) -> str:
    """How many would lie outside by chance alone, beside how many do."""
    return (
        f"Of {many(level, n)} chance alone would put {about(0.002 * n)} outside the 99.8 % limits, where {_lie(outside)}, and "
        f"{about(0.048 * n)} between those and the 95 % limits, where {_lie(between)}."
    )


def about(expected: float) -> str:
    """`about 0.6`: expected numbers are rarely whole."""
    return "fewer than 0.1" if expected < 0.095 else f"about {expected:.1f}"


def _lie(n: int) -> str:
    return f"{n or 'none'} {'lies' if n <= 1 else 'lie'}"


def spread(level: str, tau_squared: float, centre: float, measure: Measure) -> str:
    """What the limits allow for beside chance."""
    units = UNITS[level][1]
    if not tau_squared > 0:
        return (
            f"No more difference than chance explains was found among these {units}: the limits allow for chance alone."
        )
    if measure.is_proportion:
        width = f"{words.number(tau_squared**0.5 * 100)} percentage points either side"
    else:
        width = f"{words.number(tau_squared**0.5 * 100)} % either side"
    middle = words.figure(centre * measure.multiplier, measure)
    return (
        f"These {units} differ by more than chance anyway, typically by {width} of their average of {middle}. The limits allow "
        "for that, so only what is unlike even so lies outside them."
    )


def chance_only(reason: str) -> str:
    """The package's own reason, where the limits could not allow for more than chance."""
    return f"The limits allow for chance alone. {reason}" if reason else ""


def hover(name: str, value: str, low: str, high: str, count: str, size: str, months: int) -> str:
    return f"{name}: {value}. {count} in {size}, {months} months. Limits: {low} to {high}."


def goal_label(goal: GoalLine, measure: Measure) -> str:
    wanted = "none at all" if goal.is_zero else words.figure(goal.final, measure)
    return f"Our goal by {words.month_name(goal.due)}: {wanted}"


def standard_label(label: str, value: float, measure: Measure) -> str:
    return f"{label}: {words.figure(value, measure)}"


def no_one_goal(percent: str) -> str:
    """Where each unit goes down from its own level, one line would be nobody's goal."""
    return f"Our goal is {percent} % below each one's own baseline, so no one line shows it."


def charts_by_chance(n: int, expected: float, found: int) -> str:
    """Signals that chance alone would give among so many charts, beside those there are."""
    return (
        f"Of {words.count_of(n, 'chart')} like {'this' if n == 1 else 'these'}, chance alone would give {about(expected)} with a "
        f"signal in the latest month; {found or 'none'} {'has' if found <= 1 else 'have'} one."
    )


def not_on_the_scale(names: list[str]) -> str:
    return f"Too few events for a chart by month, so not on this scale: {', '.join(names)}."


def too_few_units(level: str, n: int) -> str:
    return f"Only {many(level, n)} {'has' if n == 1 else 'have'} enough months to compare; three are needed."


def unit_place(unit: Unit) -> str:
    """The page on which a unit's own chart stands."""
    return "ward" if unit.level in ("ward", "team") else "division"
