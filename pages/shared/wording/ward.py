"""What the Ward and Division pages say, beside the sentences of words.py."""

from datetime import date, datetime

from data.store import Decision
from pages.shared import words
from pages.shared.analysis import Reading

FOUND = "What we found"
WILL_DO = "What we will do"
LOOK_AGAIN = "Look again on"
PASS_UP_TITLE = "Pass it up"
PASS_UP = {"": "No: we see to it here", "division": "To the division", "committee": "To the committee"}
PASSED = {"division": "Passed up to the division.", "committee": "Passed up to the committee."}
NEW = "new this month"
ANSWER, ANSWER_AGAIN, SEND_ANSWER = "Answer", "Answer again", "Record the answer"
ANSWERED = "Recorded. Your division lead sees it too."
ANSWER_BOTH = "Say what you found and what you will do; 'nothing yet' is an answer. Nothing was recorded."
ANSWER_REASON = "An answer to what the chart shows."
NOT_ANSWERED = "Nobody has answered yet."
FIND_TITLE = "Find these in Datix"
FIND_NOTE = "No text of an incident is kept here. Copy this into the search of the incident system."
WHAT_TO_ASK = "What to ask"
TOGETHER_TITLE = "Read together"
TOGETHER_NOTE = "Less of one can hide more of another: these are read side by side, on scales of their own."
LEARNING_TITLE = "Serious harm: what is being learnt"
LEARNING_STATES = {"not_started": "Not started", "under_way": "Under way", "shared": "Shared with others"}
LEARNING_DONE = "Recorded."
NEW_TITLE = "New since last month"
NOTHING_NEW = "No measure here reads differently than a month ago."
NO_ANSWER_TITLE = "Waiting for an answer for more than 30 days"
PASSED_TITLE = "Passed up"
ALL_IN = "Every figure that was expected has come in, and none is in question."
PRINT_HINT = "Printing this page gives what changed and why; what is folded stays folded."


def people_beside(incidents: Reading, people: Reading) -> str:
    """How many incidents, and to how many people they happened: `Sep 2026: 30 restrictive interventions, 6 people.`"""
    n, m = float(incidents.numerator[-1]), float(people.numerator[-1])
    if n != n or m != m:  # one of them has not come
        return ""
    month = words.month_name(incidents.months[-1])
    persons = words.count_of(int(m), "person", "people")
    return f"{month}: {words.number(n)} {incidents.measure.plural}, {persons}."


def look_again(day: date) -> str:
    return f"{LOOK_AGAIN} {words.day_name(day)}."


def seen_by(who: str, at: datetime) -> str:
    return f"Seen by {who}, {words.day_name(at)}"


def waiting_since(day: date) -> str:
    return f"to be seen since {words.day_name(day)}"


def passed_line(each: Decision, measure: str, unit: str) -> str:
    said = f"{each.detail['found']} {each.detail['will_do']}"
    return f"{measure}, {unit}: {said} ({each.decided_by}, {words.day_name(each.decided_at)})"


def nothing_loud(judged: int, n: int) -> str:
    """That nothing has moved, of what can be judged."""
    if not judged:
        return f"None of the {words.count_of(n, 'measure')} here can be judged yet: too few events or months, or figures missing."
    return (
        f"None of the {words.count_of(judged, 'measure')} that can be judged here has moved more than chance would explain, of "
        f"{n}. That does not mean the level is good enough."
    )


def without_change(n: int) -> str:
    return f"{words.count_of(n, 'measure')} without a clear change"


def too_few(n: int) -> str:
    return f"{words.count_of(n, 'measure')} with too few events to chart, or not shown exactly"


def new_caption(n: int, wards: int) -> str:
    """How many read differently, and that some of it is chance."""
    where = words.count_of(wards, "ward or team", "wards and teams")
    return f"{words.count_of(n, 'chart')} on {where}; among so many some change by chance alone"


def unanswered_caption(n: int) -> str:
    return f"{words.count_of(n, 'concern')} without an answer, by the latest figures"


def copy_search(reading: Reading) -> str:
    """The name of the button: it begins with the word that stands on it."""
    return f"{words.COPY} the search for {reading.measure.name}"
