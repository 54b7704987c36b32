"""What the page Goals and measures says."""

from collections.abc import Iterable

import numpy as np

from data.store import Decision
from metrics.measure import Direction, Measure
from pages.shared import words
from pages.shared.analysis import GoalLine

LEAD = (
    "What this trust has promised itself, by when, and who answers for it. Goals that stretch, beside minimum standards and "
    "not instead of them."
)
IN_FORCE, PROPOSE, EXPECTED, CATALOGUE = "Goals in force", "Propose a goal", "What is due when", "Every measure"
NO_GOALS = "No goal has been agreed yet. A QI lead proposes one; the executive who owns it agrees."
NO_MILESTONE = "none is set"
TYPES = {
    "zero": "None at all",
    "percent_below": "So much below a baseline",
    "threshold": "A level to reach",
}
WAYS = {"linear": "In a straight line", "log_linear": "The same share less every year", "steps": "In steps"}
FLOOR = "Down to this level on the way (a share less every year never reaches nought)"
STEPS = "From which day on which level holds. The last level holds until the goal's date."
DEATHS = "For deaths no milestone, no way and no percentage is set: no number is acceptable."
NO_BASELINE = (
    "These months give no baseline here: none of them is complete and settled, or the definition has changed since. Choose "
    "other months."
)
NOT_MEASURED_THERE = "This measure is not reported there. Choose another place or another measure."
SEND, SENT = "Propose", "Proposed. The executive who owns the goal agrees on the page This month, or here."
TAKE_BACK, TAKEN_BACK = "Take a goal back", "Taken back. It stays in the history."
EVERYWHERE, BY_DEFAULT = "Every measure, every unit", "as the dashboard comes"
CHANGE_EXPECTED, RECORDED = "Change what is due when", "Recorded. It holds from now on."
CATALOGUE_NOTE = (
    "A trust adds or changes a measure with a file in its own folder of measures; the README says how. What is counted otherwise "
    "from a day on is a break, and no comparison is made across it."
)
BETTER = {Direction.LOWER: "Lower", Direction.HIGHER: "Higher", Direction.NEUTRAL: "Neither"}


def wanted(goal: Decision, measure: Measure) -> str:
    """What is promised by when."""
    detail = goal.detail
    promised = {
        "zero": "None at all",
        "percent_below": f"{detail.get('percent')} % below the baseline",
        "threshold": words.figure(float(detail.get("target", 0)), measure),
    }[str(detail["type"])]
    return f"{promised} by {words.month_name(np.datetime64(detail['date'], 'M'))}"


def agreed(goal: Decision) -> str:
    if not goal.approved_by or not goal.approved_at:
        return "–"
    return f"{goal.approved_by}, {words.day_name(goal.approved_at)}"


def meaning(line: GoalLine, months: Iterable[np.datetime64], path: Iterable[float], measure: Measure) -> str:
    """What the goal would ask: where it begins, and the milestones on the way."""
    asked = "; ".join(
        f"{words.month_name(m)}: {words.figure(float(x), measure)}" for m, x in zip(months, path, strict=True)
    )
    final = "none at all" if line.is_zero else words.figure(line.final, measure)
    return (
        f"From {words.figure(line.baseline, measure)} to {final} by {words.month_name(line.due)}. Milestones: {asked}."
    )


def due(days: int) -> str:
    return f"{words.count_of(days, 'day')} after the month has ended."


def settles(months: int) -> str:
    return f"Settled after {words.count_of(months, 'month')}."


def about(measure: str, unit: str) -> str:
    return f"{measure}, {unit}"
