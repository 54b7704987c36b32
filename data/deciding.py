"""Decisions of those who sit at a page: recorded, or approved, and published in one go."""

from collections.abc import Iterable

from data.catalogue import load_catalogue
from data.config import Home
from data.decisions import Proposal, approve, decide, withdraw
from data.publish import publish, read_pointer
from data.record import StoreError, writing


def decide_now(home: Home, proposals: Iterable[Proposal], who: str) -> list[int]:
    """Record decisions and publish; gives their numbers. Raises StoreError where a version that is named is gone."""
    catalogue = load_catalogue(home.measures)
    with writing(home) as writer:
        numbers = []
        for proposal in proposals:
            # Looked up under the writer's lock: nobody can publish it away before it is named, and then it is kept.
            if proposal.kind == "edition" and read_pointer(home, proposal.detail["version"]) is None:
                raise StoreError("Newer figures have replaced this version; open the page again and name the new one.")
            numbers.append(decide(writer, proposal, who))
        if numbers:
            publish(writer, catalogue)
    return numbers


def approve_now(home: Home, decision_id: int, who: str, reason: str) -> int:
    """Approve what somebody else proposed, and publish; gives the number. Raises StoreError."""
    catalogue = load_catalogue(home.measures)
    with writing(home) as writer:
        number = approve(writer, decision_id, who, reason)
        publish(writer, catalogue)
    return number


def withdraw_now(home: Home, decision_id: int, who: str, reason: str) -> int:
    """Take a decision out of force, and publish; gives the version that readers see. Raises StoreError."""
    catalogue = load_catalogue(home.measures)
    with writing(home) as writer:
        withdraw(writer, decision_id, who, reason)
        return publish(writer, catalogue)
