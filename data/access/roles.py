"""The ten roles and what each may do, as a table: what is not named here is refused.

A person may hold several and acts in one of them at a time. Roles are granted in the record (data/grants.py).
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Audience(StrEnum):
    """Whom a figure is shown to: people who work here (and the board in private), everybody, or the patient-safety lead."""

    WORKING = "working"
    PUBLIC = "public"
    NAMED = "named"


class Role(StrEnum):
    BOARD_MEMBER = "board_member"
    EXECUTIVE_OWNER = "executive_owner"
    DIVISION_LEAD = "division_lead"
    WARD_MANAGER = "ward_manager"
    DEPUTY = "deputy"
    STAFF = "staff"
    QI_LEAD = "qi_lead"
    PATIENT_SAFETY_LEAD = "patient_safety_lead"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"  # the command line: whoever may run it holds the files. Never granted.


class Reach(StrEnum):
    """Which units a role speaks for."""

    TRUST = "the whole trust"
    UNITS = "the units that were granted"
    NOTHING = "no unit"


@dataclass(frozen=True)
class Rule:
    """What a role may do. Kinds are those of decisions (data/decisions.py); pages are named by their addresses."""

    reach: Reach
    pages: frozenset[str]
    audience: Audience = Audience.WORKING
    proposes: frozenset[str] = frozenset()
    approves: frozenset[str] = frozenset()
    loads: bool = False
    loads_deaths: bool = False
    downloads: bool = False
    grants: frozenset[Role] = field(default_factory=frozenset)


EVERY_KIND = "*"
# "" is the Goals page.
_ABOUT = frozenset({"methods", "easy", "accessibility"})
_READING = _ABOUT | {"", "division", "ward", "measure", "compare", "equity", "improvement"}
_WORKING = _READING | {"quality", "month", "targets"}
_WHOLE = _WORKING | {"history"}
_OF_A_UNIT = frozenset({"response", "idea", "annotation", "learning", "commentary"})
_OF_A_WARD = _OF_A_UNIT | {"zero_return"}
_OF_QI = frozenset(
    {"goal", "phase", "break", "exclusion", "confirmation", "sign_off", "annotation", "idea", "response", "learning"}
    | {"commentary", "mapping", "expectation", "edition", "recipients", "publication"}
)
_CHECKED = frozenset({"phase", "break", "exclusion", "confirmation"})
GRANTABLE = frozenset(Role) - {Role.OPERATOR}

RULES: dict[Role, Rule] = {
    Role.BOARD_MEMBER: Rule(Reach.TRUST, _WHOLE, approves=frozenset({"edition"})),
    Role.EXECUTIVE_OWNER: Rule(
        Reach.TRUST, _WHOLE, proposes=frozenset({"commentary", "response"}), approves=frozenset({"goal", "edition"})
    ),
    Role.DIVISION_LEAD: Rule(Reach.UNITS, _WORKING, proposes=_OF_A_UNIT, approves=_CHECKED),
    Role.WARD_MANAGER: Rule(Reach.UNITS, _WORKING, proposes=_OF_A_WARD, grants=frozenset({Role.DEPUTY})),
    Role.DEPUTY: Rule(Reach.UNITS, _WORKING, proposes=_OF_A_WARD),
    Role.STAFF: Rule(Reach.UNITS, _READING, proposes=frozenset({"idea"})),
    Role.QI_LEAD: Rule(Reach.TRUST, _WHOLE | {"upload"}, proposes=_OF_QI, loads=True),
    Role.PATIENT_SAFETY_LEAD: Rule(
        Reach.TRUST, _WHOLE | {"upload"}, Audience.NAMED, proposes=_OF_A_UNIT, loads=True, loads_deaths=True
    ),
    Role.ANALYST: Rule(Reach.TRUST, _WHOLE, approves=_CHECKED | {"edition"}, downloads=True),
    Role.ADMINISTRATOR: Rule(Reach.NOTHING, _ABOUT | {"access", "history"}, grants=GRANTABLE),
    Role.OPERATOR: Rule(
        Reach.TRUST,
        frozenset(),
        proposes=frozenset({EVERY_KIND}),
        approves=frozenset({EVERY_KIND}),
        loads=True,
        loads_deaths=True,
        downloads=True,
        grants=GRANTABLE,
    ),
}


@dataclass(frozen=True)
class Reader:
    """Who asks, in the role that they act in.

    `units`: those that were granted, where the role speaks for units; none of them then means none. `measures`: the goals
    that an executive owns. `account`: who signed in, '' where nobody does; `name`: what to call them. `grants`: the numbers of
    the grants that give the role, looked at again when something is written; `groups`: of the sign-in provider.
    """

    role: Role
    audience: Audience = Audience.WORKING
    units: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    account: str = ""
    name: str = ""
    grants: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule:
        return RULES[self.role]

    @property
    def reach(self) -> Reach:
        """The units of anybody to whom some were granted; else what the role says."""
        return Reach.UNITS if self.units and self.rule.reach is Reach.TRUST else self.rule.reach

    @property
    def key(self) -> str:
        """What a cached answer depends on: never cache without it."""
        codes = sorted(code.replace("\\", "\\\\").replace(",", "\\,") for code in self.units)
        scope = ",".join(codes) if self.reach is Reach.UNITS else "*" if self.reach is Reach.TRUST else "-"
        return f"{self.audience}:{scope}"

    @property
    def signature(self) -> str:
        """Who did it, as the record says."""
        return self.account or self.name or f"{self.role.replace('_', ' ')} (not signed in)"

    def through_the_publics_eyes(self) -> "Reader":
        """The same person, seeing what the public sees, and doing nothing meanwhile."""
        return replace(self, audience=Audience.PUBLIC)

    def speaks_for(self, path: tuple[str, ...]) -> bool:
        """Whether a unit is this reader's; `path` is the unit and those above it, empty for the whole trust."""
        if self.reach is Reach.UNITS:
            return bool(set(path) & set(self.units))
        return self.reach is Reach.TRUST
