"""What a board pack says, beside the sentences of words.py."""

from datetime import date

import numpy as np

from data.access import Policy
from data.editions import Edition
from data.store import Decision
from pages.charts.drawing import Drawing
from pages.reports.pack.model import Table
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.wording import improvement as of_ideas
from pages.shared.wording.measure import RULES

TITLE = "How far are we from zero harm?"
OF_UNIT = "{unit}: how far from zero harm?"
AUDIENCES = {
    "board": "For the board, in private",
    "public": "For everybody",
    "division": "For the division",
    "ward": "For the ward",
}
NOT_SIGNED_OFF = "These figures are not signed off for a meeting; they may still change."
SAMPLE = "Sample trust: none of these figures is real."
ABSENT = "not here"
KEY = "What the signs mean"
KEY_SIGNS = {
    "improvement_low": "Better: a signal that chance alone would rarely give.",
    "concern_high": "Worse: a signal that chance alone would rarely give.",
    "common_cause": "No clear change: it goes up and down as usual. That does not mean the level is good enough.",
    "neither_high": "Changed, where neither way is better.",
    "please_check": "Please check: a figure is in question, and nothing is said until somebody has looked.",
    "cannot_tell": "Cannot tell yet: the newest figures are missing, not complete, or too few.",
}
KEY_MILESTONES = {
    "pass": "On course: if nothing changes, we expect to meet this month's milestone every month.",
    "hit_or_miss": "Could go either way: some months will meet it, by chance.",
    "fail": "Off course: if nothing changes, we expect to miss it every month.",
}

SUMMARY, HARM, GLANCE, GRID = (
    "What to look at first",
    "People who died or were seriously harmed",
    "At a glance",
    "Every measure: where it is, and where it is going",
)
GOALS, OTHERS, QUALITY, METHODS, SOURCE = (
    "Our goals",
    "Every other measure",
    "How good are the figures?",
    "How this was computed",
    "Where this comes from",
)
PARTS = {"first": "In short", "goals": GOALS, "others": OTHERS, "figures": "The figures"}
IDEAS, BY_UNIT = "What is being tried, and what it did", "In each part"
IDEA_HEADS = ("What", "Where", "State", "Since", "The chart since")
TURNED = {
    "better": "Better, by a signal that goes on",
    "worse": "Worse, by a signal that goes on",
    "": "Cannot be told",
}
GLANCE_CAPTION = "Goal by goal"
EACH_PART = "The change in each part"
GLANCE_HEADS = ("Goal", "Now", "Change", "This month's milestone", "Trend")
PART_HEADS = ("Where", "Now", "Change", "Milestone", "Trend")
HARM_HEADS = ("What", "How many", "What is known of it")
QUALITY_HEADS = ("Measure", "How far the figures go", "Missing or in question", "Signed off")
QUALITY_LEAD = (
    "Nought reported is not nought that happened: a month counts as good news only where everybody has reported."
)
ALL_IN = "All of it has been received."
LATELY_ALL_IN = "In the last six months all has been received, and none of it is in question."
METHODS_TEXT = (
    "Charts follow the rules of NHS England's Making Data Count: a point outside the limits; seven in a row on one side of the "
    "middle; seven in a row rising or falling; two of three near a limit. Limits rest on the first 24 complete, settled months, "
    "and stay until two people agree on a new baseline.",
    "Counts over time at risk are drawn with limits that allow for more variation than chance alone (u′); shares with p′, or p; "
    "counts of people with c; other figures as single values (XmR); small counts as days between events (t). Where limits would "
    "mislead, a chart has a middle alone, and Anhøj's rules of the longest run and of crossings. A month that is missing, in "
    "question, not complete or still early is drawn, and earns no good news.",
    "A trend is the yearly change of the rate over the last three years, with its 95 % interval; where the interval holds no "
    "change, the figures cannot tell. The chance of a goal is that of the next 12 months' milestones, if the trend goes on.",
    "Deaths have no chart, colour or milestone. Whole years are compared by an exact test, and each death is looked at.",
    "A goal of zero can never be passed on a chart: we say how far, how sure and how likely.",
)
SOURCE_HEADS = ("What", "Which")
SOURCE_NOTE = (
    "This pack can be made again from the same version, word for word: python -m pages.reports verify FILE compares a file with "
    "the store."
)


def up_to(month: np.datetime64) -> str:
    return f"Figures up to {words.month_name(month, short=False)}"


def edition_line(edition: Edition | None, *, public: bool) -> str:
    """Which figures these are, and who stands for them; nobody is named to the public."""
    if edition is None:
        return NOT_SIGNED_OFF
    return words.public_edition_sentence(edition) if public else words.edition_sentence(edition)


def others_page(n: int, of: int) -> str:
    return OTHERS if of == 1 else f"{OTHERS} ({n} of {of})"


def idea_state(state: str) -> str:
    return of_ideas.STATES[state]


def not_exact(reading: Reading) -> str:
    """Small numbers as they are shown, and no more than the newest."""
    newest = ", ".join(words.cell_sign(reading, t) for t in range(max(0, len(reading.months) - 3), len(reading.months)))
    return f"{words.masked(words.SUPPRESSED_FIGURE, reading.masking)} The last three months: {newest}."


def signed_off(decision: Decision | None) -> str:
    return "–" if decision is None else words.day_name(decision.decided_at)


def lacking(units: tuple[str, ...], gaps: list[np.datetime64], months: list[np.datetime64]) -> str:
    """Who has not sent the newest month, which earlier ones are not complete, and which months are in question."""
    parts = [f"Not received: {words.and_so_on(units, 4)}." if units else ""]
    parts.append(f"Not complete: {words.month_list(gaps)}." if gaps else "")
    parts.append(f"In question: {words.month_list(months)}." if months else "")
    return " ".join(filter(None, parts)) or ALL_IN


def position_line(version: int, known_at: int, built_on: date) -> str:
    told = f"{version}, built on {words.day_name(built_on)}"
    return told if known_at == version else f"{told}, as known at position {known_at}"


CONTENT = "Content (SHA-256)"


def load_numbers(loads: list[int]) -> str:
    """`3 loads: 1, 4 to 6`."""
    runs: list[list[int]] = []
    for n in loads:
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    told = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)
    return f"{words.count_of(len(loads), 'load')}: {told}" if loads else "none"


def rule_sets(found: set[str]) -> str:
    return ", ".join(f"{RULES[name]} ({name})" for name in sorted(found)) or "none: nothing is charted"


def policy_line(policy: Policy) -> str:
    masking = policy.masking
    told = (
        f"counts below {masking.threshold} as one class, others to the nearest {masking.rounding}, where small numbers are "
        "protected"
    )
    by = f"; approved on {words.day_name(policy.approved_on)}" if policy.approved_on and policy.is_approved else ""
    return f"{policy.hash}{by}; {told}"


def more(n: int) -> str:
    """Advise and assure are cut, alerts never are."""
    return f"And {n:,} more to know or to be glad of: the Goals page of the dashboard has them all."


WARD = "{unit}: what changed, and what to ask"


def signals_lead(n: int) -> str:
    return (
        f"{words.count_of(n, 'measure has', 'measures have')} moved more than chance would explain, or must be checked."
    )


def harmed_line(month: np.datetime64, parts: list[str]) -> str:
    return f"Serious harm in {words.month_name(month, short=False)}: {'; '.join(parts)}."


def without_signal(n: int) -> str:
    return f"{words.count_of(n, 'chart')} beside those on the first page."


def not_drawn(names: list[str]) -> str:
    return f"Too few events to chart, or not shown exactly: {', '.join(names)}." if names else ""


def on_the_page(names: list[str]) -> str:
    return f"On the Ward page of the dashboard: {', '.join(names)}." if names else ""


def not_received(names: list[str]) -> str:
    return (
        f"In the last six months figures are missing, not complete or in question: {', '.join(names)}."
        if names
        else LATELY_ALL_IN
    )


def about(by: str, measure: str) -> str:
    return f"{by}, on {measure}"


def in_one_line(made_of: Table) -> str:
    """Where a pack comes from, for one that has no page for it."""
    return " · ".join(f"{row[0].words}: {row[1].words}" for row in made_of.rows)


FIGURES = "The figures of this chart"


def continued(title: str) -> str:
    return f"{title} (continued)"


TAKE = "Take it along: the pack for a meeting"
TAKE_NOTE = (
    "All of these figures as one file, with where they come from: it can be made again, and checked, at any time. Who takes one "
    "is noted. Workbook and CSV are for analysts, who may take figures out."
)
FOR_WHOM, FORM, MAKE, SAVE, MAKING = "For whom", "As", "Make the pack", "Save it", "Making the pack …"
FORMS = {
    ".pdf": "PDF, to read and print",
    ".pptx": "PowerPoint, with charts that can be edited",
    ".xlsx": "Excel, with charts and figures",
    ".html": "One web page",
    ".csv": "CSV, for analysts",
}


def audience_of(audience: str) -> str:
    return AUDIENCES[audience.partition(":")[0]]


def rule(name: str) -> str:
    """A rule as people read it."""
    return {"astronomical": "outside the limits"}.get(name, name.replace("_", " "))


def line_key(drawing: Drawing) -> str:
    """What the lines of a chart are, of those that it has."""
    named = (
        (drawing.centre, f"full line: {drawing.centre_name.lower()}"),
        (drawing.upper, "short dashes: usual range"),
        (drawing.path, "dashes and dots: milestones"),
        (np.array([drawing.goal]), f"long dashes: {drawing.goal_label}"),
        (np.array([drawing.standard]) if drawing.path.size else np.array([]), f"dots: {drawing.standard_label}"),
    )
    found = "; ".join(text for line, text in named if np.isfinite(line).any())
    return f"{found[:1].upper()}{found[1:]}." if found else ""


def all_in(names: list[str]) -> str:
    """Of which measures nothing is lacking."""
    return f"Received in full: {', '.join(names)}."
