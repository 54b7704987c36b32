"""What the messages that leave say, and what the commands that send them say."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from data.delivery import Recipients
from data.store import Decision
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.standing import column

NOTHING_LEFT = "Nothing to send: everybody on the list has had this file."
NOBODY_TO_TELL = (
    "Nobody is told of signals yet: no ward manager, division lead or QI lead has a role here (python -m data grant)."
)
NOTHING_NEW = "Nothing to send: nobody has anything new to be told."
DRY_RUN = "This was a rehearsal: nothing was sent."
NO_LISTS = "Nobody is on a list yet."
SAMPLE = "This is the sample trust: none of its figures is real."
HEADS = {
    "new": "NEW SINCE WE LAST WROTE",
    "answered": "ANSWERED",
    "ended": "NO LONGER SO",
}
COUNTED = {"new": ("new signal", "new signals"), "answered": ("answered", "answered"), "ended": ("ended", "ended")}
NOT_ANSWERED = "Nobody has answered yet."


# A pack


def pack_name(audience: str, unit: str) -> str:
    """What a pack is called: of the trust it names its readers, of a division or a ward the unit."""
    return {"board": "Board pack", "public": "Public pack"}.get(audience, f"Pack of {unit}")


def pack_subject(title: str, name: str, month: str) -> str:
    return f"{title}: {name}, {_month(month)}"


def attached(name: str, month: str, file: str, version: int) -> str:
    return f"{name}, {_month(month)}: {file} is attached (version {version} of the figures)."


def linked(name: str, month: str) -> str:
    return f"{name}, {_month(month)}, on the dashboard:"


def why_a_list(listed: Recipients) -> str:
    """Who put somebody on a list, so that they know whom to ask."""
    who, when = listed.decided_by, words.day_name(listed.decided_at)
    return (
        f"You get this because {who} put your address on list {listed.decision_id} on {when}. Ask them to take it off."
    )


def closing(why: str, *, is_sample: bool) -> list[str]:
    """The end of every message."""
    return ["--", *([SAMPLE] if is_sample else []), why, "No reply to this address is read by the dashboard."]


def _month(month: str) -> str:
    return words.month_name(np.datetime64(month, "M"), short=False)


# The digest


def digest_subject(title: str, events: Iterable[str]) -> str:
    """How much of what, and no unit or measure: a locked screen shows it."""
    counts = Counter(events)
    parts = [f"{counts[event]} {names[counts[event] > 1]}" for event, names in COUNTED.items() if counts[event]]
    return f"{title}: {', '.join(parts)}"


def item(event: str, reading: Reading, answer: Decision | None) -> list[str]:
    """One signal in lines: where it is and what it is, why, whose it is and whether somebody has answered."""
    heading = f"{reading.measure.name}, {reading.unit.name}"
    if event == "ended":
        return [heading, f"It stands at ‘{words.variation_label(reading)}’ now. {words.variation_sentence(reading)}"]
    whose = " ".join(filter(None, [_owner(reading), _answered(reading, answer)]))
    return [heading, _why(reading), *([whose] if whose else [])]


def _why(reading: Reading) -> str:
    signal = reading.verdict_signal
    parts = [f"{words.variation_label(reading)}.", signal.sentence if signal else "", words.variation_sentence(reading)]
    return " ".join(filter(None, parts))


def _owner(reading: Reading) -> str:
    """Of the goal, where there is one; else of the measure."""
    promised = reading.goal.decision.detail.get("owner") if reading.goal else None
    owner = promised or reading.measure.owner
    return f"Owner: {owner}." if owner else ""


def _answered(reading: Reading, answer: Decision | None) -> str:
    """Who has answered; that nobody has, where somebody should."""
    if answer is None:
        return NOT_ANSWERED if column(reading) == "Worse" else ""
    return f"Answered by {answer.decided_by} on {words.day_name(answer.decided_at)}."


def why_a_role(roles: list[str]) -> str:
    named = " and ".join(role.lower() if role != "QI lead" else role for role in roles)
    return f"You get this as {named}. It comes when something has changed, and else not at all."


# What the commands say


def nobody_listed(audience: str) -> str:
    return f"Nothing to send: nobody is on a list for {audience} (python -m pages.reports recipients add)."


def other_audience(file: str, of: str, audience: str) -> str:
    return f"{file} was made for {of}, not for {audience}: nothing was sent."


def not_covered(audience: str) -> str:
    return f"no role of this address reaches all that a pack for {audience} holds (python -m data grant)"


def not_yet(address: str, audience: str) -> str:
    return f"{address} gets none until they hold a role that reaches all that a pack for {audience} holds."


def would_send(file: str, address: str) -> str:
    return f"{file} would be sent to {address}."


def sent(file: str, address: str) -> str:
    return f"{file} was sent to {address}."


def told(address: str) -> str:
    return f"{address} was told."


def no_address(account: str) -> str:
    return f"{account} answers for units and is not told: the account is no mail address."


def list_recorded(number: int) -> str:
    return f"Recorded as list {number}."


def list_withdrawn(number: int) -> str:
    return f"List {number} is withdrawn."


def no_such_list(number: int) -> str:
    return f"There is no list {number} in force; `python -m pages.reports recipients list` has them."


def not_the_store_s(file: str) -> str:
    return f"{file} is not what the store makes today, to the last byte; make the pack again and send that. Nothing was sent."
