"""The one question of every door: may this reader do this to that? Deny by default.

Asked before a value is handed to the browser, and again, under the writer's lock, when something is written. `Thing` says
what an action is about; what is left out does not apply, and a unit that is left out is the whole trust.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from data.access.names import same_person
from data.access.policy import Policy
from data.access.roles import EVERY_KIND, GRANTABLE, Audience, Reach, Reader, Role
from data.access.suppression import Seen, narrower
from metrics.measure import Sensitivity


class NotForThisReader(PermissionError):
    """The reader's role, audience or scope does not include what was asked for."""


class Action(StrEnum):
    OPEN = "open"  # a page
    SEE = "see"  # the figures of a unit
    DOWNLOAD = "download"
    LOAD = "load"
    LOAD_DEATHS = "load deaths"
    PROPOSE = "propose"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    GRANT = "grant"


@dataclass(frozen=True)
class Thing:
    """What an action is about.

    `path`: the codes of a unit and of those above it. `few_below`: its figures are those of one or two wards. `kind`: of a
    decision; `by`: who proposed it, `approved`: somebody else has approved it. `role`, `person`, `ends`: of a grant.
    """

    page: str = ""
    path: tuple[str, ...] = ()
    level: str = ""
    few_below: bool = False
    measure_id: str = ""
    sensitivity: Sensitivity | None = None
    kind: str = ""
    by: str = ""
    approved: bool = False
    role: Role | None = None
    person: str = ""
    ends: bool = True


# Levels of which every signed-in reader sees the figures: the trust and its divisions are everybody's.
COMMON_LEVELS = ("trust", "provider", "country", "division")


def authorise(who: Reader, action: Action, thing: Thing, policy: Policy | None = None) -> None:
    """Raises NotForThisReader, with one sentence, where `may` says no."""
    if action is Action.APPROVE and same_person(thing.by, who.signature):
        raise NotForThisReader(
            f"{who.signature} proposed this {thing.kind.replace('_', ' ')} and cannot approve it; ask somebody else."
        )
    if not may(who, action, thing, policy):
        what = " ".join(filter(None, [action, thing.kind.replace("_", " "), thing.page]))
        raise NotForThisReader(f"Your role ({who.role.replace('_', ' ')}) does not include this: {what}.")


def may(who: Reader, action: Action, thing: Thing, policy: Policy | None = None) -> bool:
    """Whether this reader may do this to that. To see takes a policy."""
    if action is Action.SEE:
        return policy is not None and how_seen(who, thing, policy) is not Seen.HIDDEN
    if action is Action.OPEN:
        return thing.page in who.rule.pages and (who.audience is not Audience.PUBLIC or thing.page in _PUBLIC_PAGES)
    if who.audience is Audience.PUBLIC:  # who looks through the public's eyes does nothing meanwhile
        return False
    return _DOING[action](who, thing)


_PUBLIC_PAGES = frozenset({"", "methods", "easy", "accessibility"})


def how_seen(who: Reader, thing: Thing, policy: Policy) -> Seen:
    """How this reader sees figures of a unit: exactly, suppressed, or not at all."""
    if who.reach is Reach.NOTHING or thing.sensitivity is None:
        return Seen.HIDDEN
    if thing.level not in COMMON_LEVELS and not who.speaks_for(thing.path):
        return Seen.HIDDEN
    found = policy.seen(who.audience, thing.level, thing.sensitivity)
    if thing.few_below and thing.sensitivity is Sensitivity.SENSITIVE:
        # Whoever knows one of two wards knows the other: what stands above them is shown as they are.
        return narrower(found, policy.seen(who.audience, "ward", thing.sensitivity))
    return found


def _may_propose(who: Reader, thing: Thing) -> bool:
    return _holds(who.rule.proposes, thing.kind) and who.speaks_for(thing.path)


def _may_approve(who: Reader, thing: Thing) -> bool:
    """Never what one has proposed; a goal only by the executive who owns it."""
    if not _holds(who.rule.approves, thing.kind) or same_person(thing.by, who.signature):
        return False
    return _owns(who, thing) and who.speaks_for(thing.path)


def _owns(who: Reader, thing: Thing) -> bool:
    """An executive decides about the goals of their own measures alone."""
    return who.role is not Role.EXECUTIVE_OWNER or thing.kind != "goal" or thing.measure_id in who.measures


def _may_withdraw(who: Reader, thing: Thing) -> bool:
    """What one has proposed, as long as nobody has approved it; else whoever may approve the like, or grant it."""
    if thing.kind == "grant":
        return _may_grant(who, thing)
    own = _holds(who.rule.proposes, thing.kind) and same_person(thing.by, who.signature) and not thing.approved
    may_undo = own or _holds(who.rule.approves, thing.kind)
    return may_undo and _owns(who, thing) and who.speaks_for(thing.path)


def _may_grant(who: Reader, thing: Thing) -> bool:
    """Nobody grants to themselves or to a group that they are in. A ward manager's deputies are for the own wards."""
    to_oneself = same_person(thing.person, who.signature) or thing.person in {f"group:{name}" for name in who.groups}
    if thing.role not in who.rule.grants or thing.role not in GRANTABLE or to_oneself:
        return False
    if who.rule.reach is Reach.UNITS:  # a manager lends the own ward to one account, until a day
        return who.speaks_for(thing.path) and not thing.person.startswith("group:") and thing.ends
    return True


_DOING: dict[Action, Callable[[Reader, Thing], bool]] = {
    Action.DOWNLOAD: lambda who, _: who.rule.downloads,
    Action.LOAD: lambda who, _: who.rule.loads and who.reach is Reach.TRUST,
    Action.LOAD_DEATHS: lambda who, _: who.rule.loads_deaths and who.reach is Reach.TRUST,
    Action.PROPOSE: _may_propose,
    Action.APPROVE: _may_approve,
    Action.WITHDRAW: _may_withdraw,
    Action.GRANT: _may_grant,
}


def _holds(kinds: frozenset[str], kind: str) -> bool:
    return kind in kinds or EVERY_KIND in kinds


def operator(name: str) -> Reader:
    """Who works on the command line: the operating system has let them in, and the record notes the name they give."""
    return Reader(Role.OPERATOR, Audience.NAMED, name=name)
