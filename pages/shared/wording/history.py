"""What the History page says."""

import json
from collections.abc import Mapping

LEAD = (
    "What was loaded, what was decided, by whom, when and why. Nothing here is ever rewritten: a later line takes an earlier "
    "one back, and both stay."
)
DECIDED, LOADED, LOOKED = "What was decided", "What was loaded", "Who signed in, looked and took out"
NOTHING_DECIDED = "Nothing has been decided yet."
NOTHING_FITS = "No decision fits both choices."
NOTHING_LOOKED = (
    "Nobody has signed in or taken anything out yet. On the sample, where nothing is real, nothing is noted."
)
NO_LOADS = "The loads are shown to those who answer for the whole trust."
CHAIN = (
    "Every load and decision is a line of a chain in the record: whoever changes, removes or inserts one breaks it. "
    "'python -m data verify' checks it, and the copy of its end that is kept elsewhere."
)
# Each kind of decision as people call it.
KINDS = {
    "goal": "Goal",
    "phase": "New baseline",
    "break": "Changed definition",
    "exclusion": "Months left out",
    "confirmation": "Months confirmed",
    "zero_return": "Answer of a ward",
    "sign_off": "Measure signed off",
    "annotation": "Note",
    "idea": "Change idea",
    "response": "Answer to a signal",
    "learning": "Learning from harm",
    "commentary": "Commentary",
    "mapping": "Words of a source",
    "expectation": "What is due when",
    "edition": "Edition",
}
STATES = {"in force": "In force", "waiting": "Waiting for a second person", "withdrawn": "Withdrawn"}
SHOWN = ("title", "text", "found", "will_do", "state", "name", "type", "date", "answer", "due_day", "source", "owner")
LOOKS = {
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "refusal": "Was refused",
    "export": "Took a file out",
    "sent": "Sent by e-mail",
    "look": "Looked",
}


def in_short(detail: Mapping[str, object]) -> str:
    """What a decision states, in a line."""
    parts = [str(detail[key]).replace("_", " ") for key in SHOWN if detail.get(key) not in (None, "")]
    return " · ".join(parts)


def look(what: str, detail: str) -> str:
    """What somebody did, with what it was about."""
    about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in json.loads(detail).items())
    return f"{LOOKS.get(what, what.replace('_', ' '))}{f' ({about})' if about else ''}"
