"""Who has which role: granted and withdrawn in the record, and published alone in a small file that every process asks.

A grant is for an account, or for a group that a sign-in provider names (`group:NAME`). The file is written in the same step
as the record, so a withdrawal holds at once, for every process that reads the folder.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.access import Action, NotForThisReader, Reader, Role, Thing, authorise
from data.access.roles import RULES
from data.audit import now
from data.config import Home
from data.database import rows
from data.files import write_atomically
from data.record import StoreError, Writing
from data.sessions import Identity
from data.tree import path_in

LAYOUT = 1
GROUP = "group:"
_UNREADABLE = "{name} cannot be read, so nobody is let in; run 'python -m data publish'."


@dataclass(frozen=True)
class Grant:
    """One role of one account or group: for which units or measures, until when (both ends included), and who said so."""

    decision_id: int
    person: str
    role: Role
    units: tuple[str, ...]
    measures: tuple[str, ...]
    ends_on: date | None
    reason: str
    granted_by: str
    granted_at: str

    def holds(self, identity: Identity, today: date) -> bool:
        """Whether it gives its role to whoever signed in."""
        if self.ends_on is not None and today > self.ends_on:
            return False
        if self.person.startswith(GROUP):
            return self.person.removeprefix(GROUP) in identity.groups
        # As the provider writes it, but for case: letters that only look alike may be somebody else's there.
        return _as_written(self.person) == _as_written(identity.account)


def _as_written(account: str) -> str:
    return account.strip().casefold()


def read_grants(home: Home) -> tuple[Grant, ...]:
    """The grants in force, as published; none where none were ever made. Raises StoreError where they cannot be read."""
    try:
        stat = home.grants.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreError(_UNREADABLE.format(name=home.grants.name)) from error
    return _parse(home.grants, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=8)
def _parse(path: Path, *_: int) -> tuple[Grant, ...]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["layout"] != LAYOUT:
            raise StoreError(
                f"{path.name} was written by another version of the dashboard; run 'python -m data publish'."
            )
        return tuple(_grant(**each) for each in told["grants"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(_UNREADABLE.format(name=path.name)) from error


def _grant(*, detail: dict[str, Any], **row: Any) -> Grant:
    ends = detail.get("ends_on")
    return Grant(
        row["decision_id"],
        detail["person"],
        Role(detail["role"]),
        tuple(detail.get("units", ())),
        tuple(detail.get("measures", ())),
        date.fromisoformat(ends) if ends else None,
        row["reason"],
        row["decided_by"],
        row["decided_at"],
    )


def roles_of(grants: tuple[Grant, ...], identity: Identity, today: date) -> dict[Role, Reader]:
    """The roles that somebody may act in, each as the reader they are then; in the order of `Role`."""
    held: dict[Role, list[Grant]] = {}
    for grant in grants:
        if grant.holds(identity, today):
            held.setdefault(grant.role, []).append(grant)
    return {role: _reader(role, held[role], identity) for role in Role if role in held}


def _reader(role: Role, grants: list[Grant], identity: Identity) -> Reader:
    """One role of several grants: their units together; the whole trust where one of them names none and the role may."""
    whole = any(not grant.units for grant in grants)
    return Reader(
        role,
        RULES[role].audience,
        () if whole else tuple(sorted({code for grant in grants for code in grant.units})),
        tuple(sorted({code for grant in grants for code in grant.measures})),
        identity.account,
        identity.name,
        tuple(grant.decision_id for grant in grants),
        identity.groups,
    )


def publish_grants(writer: Writing) -> None:
    """Write the file from the record."""
    writer.home.published.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"layout": LAYOUT, "grants": _told(writer)}, indent=1, ensure_ascii=False)
    write_atomically(writer.home.grants, text.encode())


def authorise_grant(writer: Writing, by: Reader, detail: dict[str, Any], *, taking: bool = False) -> None:
    """The role of a grant, for each of its units. Raises NotForThisReader."""
    paths = unit_paths(writer)
    person, role, ends = detail["person"], Role(detail["role"]), taking or bool(detail.get("ends_on"))
    for path in [paths.get(code, (code,)) for code in detail.get("units", ())] or [()]:
        authorise(by, Action.GRANT, Thing(path=path, kind="grant", role=role, person=person, ends=ends))


def refuse_withdrawn(writer: Writing, by: Reader) -> None:
    """Raises NotForThisReader where whoever signed in has less than when the page was opened: the record says so, not the page."""
    if not by.account:
        return
    today = now().date()
    held = {grant.decision_id for grant in _in_force(writer) if grant.ends_on is None or today <= grant.ends_on}
    if not by.grants or not set(by.grants) <= held:
        raise NotForThisReader("Your access has ended or changed meanwhile; open the page again. Nothing was written.")


def _in_force(writer: Writing) -> list[Grant]:
    return [_grant(**each) for each in _told(writer)]


def _told(writer: Writing) -> list[dict[str, Any]]:
    return [
        {"decision_id": number, "detail": json.loads(detail), "reason": reason, "decided_by": by, "decided_at": at}
        for number, detail, reason, by, at in rows(writer.con, "staging/grants")
    ]


def unit_paths(writer: Writing) -> dict[str, tuple[str, ...]]:
    """Each unit's code -> itself and those above it, as they are today."""
    parent = dict(rows(writer.con, "staging/parents"))
    return {code: path_in(code, parent) for code in parent}
