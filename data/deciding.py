"""Decisions of those who sit at a page or a command line: authorised, recorded or approved, and published in one go."""

import json
from collections.abc import Collection, Iterable

from data.access import Action, Reader, Thing, authorise
from data.addresses import unit_of
from data.catalogue import load_catalogue
from data.config import Home
from data.decisions import NAMING, Proposal, approve, decide, is_approved, row_of, withdraw
from data.grants import authorise_grant, publish_grants, refuse_withdrawn, unit_paths
from data.publish import publish, read_pointer
from data.record import StoreError, Writing, writing
from metrics.measure import Measure

GRANT = "grant"


def decide_now(home: Home, proposals: Iterable[Proposal], by: Reader) -> list[int]:
    """Record decisions and publish; gives their numbers. What names people changes no figure; grants are published alone.

    Raises NotForThisReader, and StoreError where a unit or a version that is named is not there.
    """
    catalogue, listed = load_catalogue(home.measures), list(proposals)
    with writing(home) as writer:
        refuse_withdrawn(writer, by)
        for each in listed:
            if each.kind == GRANT:
                authorise_grant(writer, by, each.detail)
            else:
                path = _path(writer, each.unit_code)
                authorise(by, Action.PROPOSE, Thing(path=path, kind=each.kind, measure_id=each.measure_id))
            _refuse_unknown(writer, catalogue, each)
        numbers = [decide(writer, each, by.signature) for each in listed]
        _publish(writer, catalogue, {each.kind for each in listed})
    return numbers


def approve_now(home: Home, decision_id: int, by: Reader, reason: str) -> int:
    """Approve what somebody else proposed, and publish; gives the number. Raises NotForThisReader, StoreError."""
    catalogue = load_catalogue(home.measures)
    with writing(home) as writer:
        _authorise_about(writer, Action.APPROVE, decision_id, by)
        number = approve(writer, decision_id, by.signature, reason)
        publish(writer, catalogue)
    return number


def withdraw_now(home: Home, decision_id: int, by: Reader, reason: str) -> None:
    """Take a decision out of force, and publish. Raises NotForThisReader, StoreError."""
    catalogue = load_catalogue(home.measures)
    with writing(home) as writer:
        kind = _authorise_about(writer, Action.WITHDRAW, decision_id, by)
        withdraw(writer, decision_id, by.signature, reason)
        _publish(writer, catalogue, {kind})


def _publish(writer: Writing, catalogue: dict[str, Measure], kinds: set[str]) -> None:
    """What readers see of decisions of these kinds; of who gets packs and was told they see nothing."""
    if kinds - set(NAMING):
        publish(writer, catalogue)
    elif GRANT in kinds:
        publish_grants(writer)


def _authorise_about(writer: Writing, action: Action, decision_id: int, by: Reader) -> str:
    """What a decision is about stands in the record; a page is not believed. Gives its kind."""
    refuse_withdrawn(writer, by)
    row = row_of(writer, decision_id)
    kind, measure_id, unit_code, detail, proposer = row[1], row[2], row[3], json.loads(row[7]), row[9]
    if kind == "purge" and action is Action.APPROVE:
        raise StoreError(f"A purge is confirmed and done in one step: python -m data purge --confirm {decision_id}.")
    if kind == GRANT:
        authorise_grant(writer, by, detail, taking=True)
        return GRANT
    path = _path(writer, unit_code)
    approved = is_approved(writer, decision_id)
    authorise(by, action, Thing(path=path, kind=kind, measure_id=measure_id, by=proposer, approved=approved))
    return str(kind)


def _path(writer: Writing, unit_code: str) -> tuple[str, ...]:
    return unit_paths(writer).get(unit_code, (unit_code,)) if unit_code else ()


def _refuse_unknown(writer: Writing, catalogue: dict[str, Measure], proposal: Proposal) -> None:
    """Looked up under the writer's lock: nobody can publish a version away before it is named, and then it is kept."""
    if proposal.kind == "edition" and read_pointer(writer.home, proposal.detail["version"]) is None:
        raise StoreError("Newer figures have replaced this version; open the page again and name the new one.")
    if proposal.kind == "publication":
        raise StoreError("A publication is recorded when its pack is made: python -m pages.reports board.")
    if proposal.kind == "recipients" and (unit := unit_of(proposal.detail["pack"])) and unit not in unit_paths(writer):
        raise StoreError(f"There is no unit '{unit}'; nothing was recorded.")
    if proposal.kind == GRANT:
        known: dict[str, Collection[str]] = {"unit": unit_paths(writer), "measure": catalogue}
        for what, codes in known.items():
            unknown = [code for code in proposal.detail.get(f"{what}s", ()) if code not in codes]
            if unknown:
                raise StoreError(f"There is no {what} '{unknown[0]}'; nothing was granted.")
