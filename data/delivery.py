"""Who gets which pack, and who was told of what by e-mail: read from the record, which alone holds it, and added to it.

Addresses are people's, so none of this is in a published file.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from filelock import FileLock, Timeout

from data.access import Action, Reader, Thing, authorise
from data.config import Home
from data.database import rows
from data.decisions import Proposal, decide
from data.record import Busy, writing

# How long to wait for the record once a message has left: what is not noted is sent again.
PATIENCE = 600
TOLD_REASON = "Sent by e-mail."


@dataclass(frozen=True)
class Recipients:
    """One list in force: these people get this pack, as a file or as a link to its page."""

    decision_id: int
    people: tuple[str, ...]
    pack: str
    sends: str
    reason: str
    decided_by: str
    decided_at: datetime


def recipients(home: Home) -> tuple[Recipients, ...]:
    """The lists in force, oldest first. Raises StoreError."""
    if not home.has_record:
        return ()
    with writing(home) as writer:
        found = rows(writer.con, "staging/recipients")
    return tuple(_list(number, json.loads(detail), *rest) for number, detail, *rest in found)


def _list(number: int, detail: dict[str, object], reason: str, by: str, at: datetime) -> Recipients:
    people = detail["people"]
    assert isinstance(people, list)
    return Recipients(number, tuple(people), str(detail["pack"]), str(detail["sends"]), reason, by, at)


def told(home: Home) -> dict[str, frozenset[str]]:
    """What each address was told of, by its key; addresses in lower case. Raises StoreError."""
    found: dict[str, set[str]] = {}
    if home.has_record:
        with writing(home) as writer:
            for person, key in rows(writer.con, "staging/told"):
                found.setdefault(person.casefold(), set()).add(key)
    return {person: frozenset(keys) for person, keys in found.items()}


def note_told(home: Home, person: str, keys: Collection[str], by: Reader) -> int:
    """Note, as soon as a message has left, of what somebody was told; gives the number. Raises NotForThisReader, StoreError."""
    authorise(by, Action.PROPOSE, Thing(kind="told"))
    proposal = Proposal("told", TOLD_REASON, detail={"person": person, "keys": sorted(keys)})
    with writing(home, wait=PATIENCE) as writer:
        return decide(writer, proposal, by.signature)


@contextmanager
def sending(home: Home) -> Iterator[None]:
    """One process at a time sends, so that nobody is told twice. Raises Busy."""
    lock = FileLock(home.mail_lock)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Busy("Another sending is under way; wait until it has ended and try again.") from error
    try:
        yield
    finally:
        lock.release()
