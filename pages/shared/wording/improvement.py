"""What the Improvement page says."""

from collections.abc import Iterable
from datetime import date, datetime

import numpy as np

from data.store import Decision
from data.tree import Unit
from metrics import Effect
from metrics.measure import Measure
from pages.shared import words

LEAD = (
    "What people try, what became of it, and what the figures can and cannot tell. Everybody who works here can record an "
    "idea: their own, or one of the people we serve and their carers."
)
NOT_SIGNED_OFF = "This page always shows the latest figures. They are not signed off for a meeting."
PARTS = {"ideas": "Change ideas", "across": "One idea across wards", "baseline": "New baselines"}
ONE_IDEA = "Idea"
EVERY_UNIT, EVERY_MEASURE, EVERY_STATE, ALL = "Every unit", "Every measure", "Every state", "All of them, as a list"
STATES = {"try": "Being tried", "adopt": "Adopted", "adapt": "Adapted", "abandon": "Given up"}
SOURCES = {"staff": "A member of staff", "person_served": "A person we serve", "carer": "A carer or relative"}

# The list
IDEA_GONE = "The idea of the link is not here any more, or is not shown to you. Here are the others."
NO_IDEAS = "No change idea is recorded yet."
NONE_FITS = "No change idea fits these choices. Choose “Every unit”, “Every measure” or “Every state” to see others."
RECORD_FIRST = "Record the first one below: it then stands on the charts that it should move."
ASK_A_RECORDER = "Ward managers, staff and QI leads record them here."

# The forms
NEW = "Record a change idea"
TITLE, TEXT = "The idea in a few words", "What is done"
TITLE_HINT = "The same words on every ward that tries it: then this page can add them up."
WHY, WHERE, WHEN = "Why", "Where: which rooms, shifts, people", "From when on"
PREDICTED = "What do you expect to happen, by when?"
COST, OWNER, SOURCE = "What it costs", "Owner, by role", "Whose idea it is"
ON, STATE, CHARTS = "On which unit", "State", "The charts that it should move"
LEARNT = "What was learnt"
NEXT_FORM, NEXT_TEXT, NEXT_WHEN = (
    "Record what came of it, or the next cycle",
    "What is done from now on",
    "From when on",
)
NEXT_REASON = "What came of the cycle before."
SEND, RECORDED, CARRIED_ON = "Record it", "Recorded. It stands on its charts now.", "Recorded."
SAY_ALL = "Say what is done, why, and on which chart it should show. Nothing was recorded."
SAY_A_TITLE = "Give the idea a few words by which it is known. Nothing was recorded."
SAY_LEARNT = "Say what was learnt: it is what a cycle is for. Nothing was recorded."
ABOUT_DEATHS = (
    "Deaths are too few to show what an idea did. Choose a measure of the care that comes before, such as follow-up within "
    "72 hours."
)
WHY_BACK = "Why"

# One idea
CYCLES, CHART, EFFECT = "Its cycles", "The chart that it should move", "Before and after"
NO_CHART = "This idea is about no chart that is shown to you, so nothing can be said of what it did."
NO_MONTH = "This idea has no month of its own, so there is no before and after."

# Before and after
WASHOUT, BESIDE = "Months left out at the start", "Less what changed on"
NO_CONTROL = "Nothing: this unit alone"
NO_PEERS = "No other unit of its type without this idea is shown to you: it cannot be set beside one."
NOT_MODELLED = "This measure is not a count or a share of a month: a line before and after would mislead."
NOT_EXACT = "Its figures are not shown exactly here, to protect people: nothing is computed with them."
NO_CONTROL_HAS_ENOUGH = "The units chosen beside it have not twelve months before and after that can be used."
NOT_WHY = "This shows whether something changed, not why. Something else may have changed at the same time."
START = "The idea begins"
HOW_FITTED = (
    "A line through the months before, and one through the months after; the dashed line is the old one carried on. Only "
    "complete, settled months that are not in question, and none across a break; hollow ones are left out. The interval is "
    "that of the line: single months scatter more widely."
)
FIGURES = "The figures as a table"
NO_BAD_RUN = (
    "The 6 months before the start were less than a tenth worse than those before them: nothing says that it was begun after a "
    "bad run."
)
RUN_UNKNOWN = "There are too few months before the start to tell whether it was begun after a bad run."

# Across wards
ACROSS_LEAD = (
    "An idea by the same name for the same measure is one idea here. Wards stand by name, and nobody is ranked."
)
ACROSS_NONE = "No idea has a month and a measure yet, so there is nothing to compare."
ACROSS_HEADS = (
    "Idea",
    "Measure",
    "Tried on",
    "Now",
    "Better since, and still",
    "Worse since, and still",
    "Cannot be told",
    "Added up",
)
ACROSS_NOTES = (
    "Better or worse: by a signal of the chart that began with the idea or later and goes on. A chart that has none cannot tell; "
    "nor does one whose newest month is missing or in question. By chance alone, of charts on which nothing has changed about 3 in "
    "100 read as better after two years, and as many as worse (measured on the sample trust).",
    "Added up: the counts of all its wards with twelve months on either side, month by month from the start on each, as one "
    "interrupted time series. Shown is the step at the start beyond the trend before, with its 95 % interval.",
    "It cannot tell a slow change from none, nor the idea from whatever else began at the same time, nor what is due to wards "
    "having been chosen after bad months. Where wards differ, it speaks of all of them together, and of none alone.",
)

# New baselines
BASELINE_LEAD = (
    "The limits of a chart rest on its first 24 months, and stay. After a change for the better that has lasted, they may "
    "begin anew. That is decided by two people, and can be undone."
)
CHOOSE_ONE = "Choose one unit and one measure above to see whether a new baseline is justified there."
NOT_REPORTED = "This measure is not reported for this unit. Choose another measure above."
NO_SUCH_LIMITS = "Its chart has no limits that could begin anew: the counts are too small, or are not shown exactly."
NEVER_WORSE = (
    "It has got worse. Limits never begin anew on a deterioration: the chart would call it usual. Ask what happened, and "
    "what would help."
)
NEITHER_WAY = "For this measure neither way is better, so no change is one in the desired direction."
AS_IS, AS_NEW = "Without it", "With a new baseline from {month}"
PROPOSE = "Propose a new baseline"
FROM_WHEN = "The new limits begin with"
CONDITIONS = {
    "sustained": "The change has lasted.",
    "cause_known": "We know what caused it.",
    "desired_direction": "It is in the direction that we want. Never on a deterioration.",
    "expected_to_persist": "We expect it to stay.",
}
CAUSE = "What caused it, and how you know"
TICK_ALL = "All four must hold. Nothing was recorded."
PROPOSED = "Proposed. A division lead or an analyst approves or refuses it."
WAITING, IN_FORCE = "Waiting for a second person", "New baselines in force"
NONE_IN_FORCE = "None yet. Where one is approved, it stands here, and can be undone."
UNDO, UNDONE, WHY_UNDO = "Undo it", "Undone. The old limits are back.", "Why"


def kept_for(states: Iterable[str]) -> str:
    """`5 adopted, 1 being tried`: how an idea stands on its wards."""
    found = list(states)
    counts = ((found.count(state), name.lower()) for state, name in STATES.items())
    return ", ".join(f"{n} {name}" for n, name in counts if n)


def list_caption(n: int) -> str:
    return f"{words.count_of(n, 'change idea')}, the newest first"


def began(month: np.datetime64 | None) -> str:
    return words.month_name(month) if month is not None else "–"


def since(month: np.datetime64 | None) -> str:
    return f"Since {words.month_name(month, short=False)}." if month is not None else ""


def facts(source: str, owner: str, where: str, cost: str) -> list[tuple[str, str]]:
    """What is known of an idea, as terms and what they are."""
    return [(SOURCE, SOURCES.get(source, "")), (OWNER, owner), (WHERE, where), (COST, cost)]


def cycle_head(n: int, row: Decision) -> str:
    """`Cycle 2, Mar 2026: adopted`."""
    month = f", {words.month_name(row.first_month)}" if row.first_month else ""
    return f"Cycle {n}{month}: {STATES[str(row.detail['state'])].lower()}"


def recorded_by(who: str, at: datetime | date) -> str:
    return f"Recorded by {who}, {words.day_name(at)}"


# Before and after ------------------------------------------------------------------------------------------------------


def too_few_months(before: int, after: int, least: int) -> str:
    """Why nothing is computed yet, and how many months there are."""
    return (
        f"There are {words.count_of(before, 'month')} before the start and {after} since that can be compared; {least} on "
        "either side are needed, so that every season stands on both."
    )


def peers_option(n: int, unit: Unit) -> str:
    """`All 4 other acute wards without this idea, added up`."""
    kind = unit.level if unit.peer_group == unit.level else f"{unit.peer_group} {unit.level}"
    return f"All {words.count_of(n, f'other {kind}')} without this idea, added up"


def change(ratio: float) -> str:
    """A ratio in words: `38 % lower`, `2.4 times as high`."""
    if ratio >= 20:
        return "more than 20 times as high"
    if ratio >= 2:
        return f"{ratio:.1f} times as high"
    percent = round(abs(ratio - 1) * 100)
    return "the same" if percent == 0 else f"{percent} % {'lower' if ratio < 1 else 'higher'}"


def tells(effect: Effect) -> bool:
    """Whether the interval leaves out no change."""
    return bool(effect.low > 1 or effect.high < 1)


def what_of(measure: Measure) -> str:
    if measure.is_proportion:
        return "the odds were"
    return "the rate was" if measure.has_denominator else "the count was"


def interval_of(effect: Effect) -> str:
    return f"{change(float(effect.low))} to {change(float(effect.high))}"


def compared(ratio: float, what: str) -> str:
    """`38 % lower than the trend before`, `2.4 times as high as the trend before`."""
    found = change(ratio)
    return f"{found} {'than' if found.endswith(('lower', 'higher')) else 'as'} {what}"


def level_sentence(effect: Effect, measure: Measure, month: np.datetime64) -> str:
    """The step: what there was from the first month that counts on, beside what the old trend led to expect."""
    if not tells(effect):
        return f"Whether there was a step cannot be told: anything from {interval_of(effect)} fits the figures."
    found = compared(float(effect.ratio), "the trend before led to expect")
    when = words.month_name(month, short=False)
    return f"In {when} {what_of(measure)} about {found} (95 % interval: {interval_of(effect)})."


def slope_sentence(effect: Effect) -> str:
    """The turn: how the trend since differs from the one before, by the year."""
    if not tells(effect):
        return (
            f"Whether the trend turned cannot be told: with each year anything from {interval_of(effect)}, beside the old "
            "trend, fits the figures."
        )
    found = compared(float(effect.ratio), "by the old trend")
    return f"With each year since it came out {found} (95 % interval: {interval_of(effect)})."


def effect_label(level: Effect, slope: Effect) -> str:
    """The finding in a few words: nothing is claimed where both intervals hold no change."""
    if tells(level):
        return f"A step: {compared(float(level.ratio), 'the trend before')}"
    return "A turn of the trend" if tells(slope) else "Cannot tell a change from none"


def beside_sentence(names: list[str], left_out: list[str]) -> str:
    """Which units the change was taken off of, and which of those asked for have too few months."""
    if not names:
        return ""
    rest = f" Left out, with too few months on one side: {', '.join(left_out)}." if left_out else ""
    return f"Less what changed on {', '.join(names)} over the same months.{rest}"


def bad_run(last: str, earlier: str, warning: str) -> str:
    """The warning, with what it rests on: by a rule that is stated."""
    return (
        f"Begun after a bad run: in the 6 months before the start the level was {last}, and {earlier} in the months before "
        f"those. We warn where it was a tenth worse or more. {warning}"
    )


def alternative(measure: str, unit: str, label: str, month: np.datetime64) -> str:
    return f"{measure}, {unit}, before and after {words.month_name(month, short=False)}. {label}."


def months_used(before: int, after: int) -> str:
    return f"Rests on {words.count_of(before, 'month')} before and {after} after."


# Across wards ----------------------------------------------------------------------------------------------------------


def nobody_has_enough(least: int) -> str:
    return f"No ward has {least} months on either side yet."


def added_up(level: Effect, n: int) -> str:
    """The pooled step in a cell."""
    on = words.count_of(n, "ward")
    if not tells(level):
        return f"Cannot tell a step from none ({interval_of(level)}), {on}"
    return f"{change(float(level.ratio)).capitalize()} ({interval_of(level)}), {on}"


def across_caption(n: int) -> str:
    return f"{words.count_of(n, 'idea')}, by name"


# New baselines ---------------------------------------------------------------------------------------------------------


def not_proposed(reason: str) -> str:
    return f"No new baseline is justified: {reason[0].lower()}{reason[1:]}"


def phase_line(measure: str, unit: str, month: date | None) -> str:
    from_when = f", from {words.month_name(month, short=False)}" if month else ""
    return f"{measure}, {unit}{from_when}"


def approved_line(each: Decision) -> str:
    """Who proposed and who approved."""
    line = f"Proposed by {each.decided_by}, {words.day_name(each.decided_at)}"
    if each.approved_by and each.approved_at:
        line += f"; approved by {each.approved_by}, {words.day_name(each.approved_at)}"
    return f"{line}."
