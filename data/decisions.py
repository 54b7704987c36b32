"""Decisions in the record: proposed by one person, approved by another, withdrawn by a later row, never edited."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from data.access.names import same_person as same_person
from data.access.roles import GRANTABLE, RULES, Reach, Role
from data.addresses import check_recipients, check_told
from data.audit import now, row_hash
from data.database import rows
from data.ingest.mapping import from_detail
from data.ingest.persons import refuse_persons
from data.record import StoreError, Writing, next_position, transaction

# What each kind states in its detail: required keys, then optional ones.
DETAILS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "goal": (
        ("type", "date", "owner"),
        ("percent", "target", "baseline_from", "baseline_to", "trajectory", "floor", "steps"),
    ),
    "phase": ((), ("conditions",)),
    "break": ((), ()),
    "exclusion": ((), ()),
    "confirmation": ((), ()),
    "zero_return": ((), ("answer",)),
    "sign_off": ((), ()),
    "annotation": (("text",), ()),
    "idea": (("text", "state"), ("predicted", "follows", "title", "where", "cost", "owner", "from_whom", "learnt")),
    "response": (("found", "will_do"), ("look_again_on", "passed_up_to")),
    "learning": (("state",), ()),
    "commentary": (("text",), ()),
    "mapping": (
        ("source", "feed", "columns", "values"),
        ("date_style", "drop_other_columns", "combine", "month_of_day"),
    ),
    "expectation": (("due_day",), ("settles_after_months", "owner")),
    "edition": (("name", "meeting_on", "version", "data_up_to"), ("known_gaps",)),
    "grant": (("person", "role"), ("units", "measures", "ends_on")),
    "purge": (("what", "id"), ()),
    "recipients": (("people", "pack", "sends"), ()),
    "told": (("person", "keys"), ()),
    "publication": (("pack", "audience", "edition", "version", "month", "after", "sha256"), ()),
}
# These name accounts or addresses of people who work here: that is their purpose. No figure depends on them, so they are
# in no published file, and make no new version of the figures (sql/marts/history.sql, sql/staging/record_version.sql).
NAMING = ("grant", "recipients", "told")
NEEDS_APPROVAL = ("goal", "phase", "break", "exclusion", "confirmation", "edition", "purge")
ABOUT = ("approval", "withdrawal", "load_withdrawal", "load_restoration")  # what is said of another row of the record
IDEA_STATES = ("try", "adopt", "adapt", "abandon")
IDEA_SOURCES = ("staff", "person_served", "carer")
LONGEST_TEXT, LONGEST_LINE = 600, 120  # characters of what somebody writes about an idea or a chart
# What whoever proposes a new baseline vouches for (NHS England, Making Data Count: when limits may be recalculated).
REBASE_CONDITIONS = ("sustained", "cause_known", "desired_direction", "expected_to_persist")
# Of somebody's death or serious harm: has the work of learning from it begun, and have others been told?
LEARNING_STATES = ("not_started", "under_way", "shared")
PASSED_UP_TO = ("", "division", "committee")
# What a ward says of its month: that the figures are right, that something is missing, that nothing happened.
RETURN_ANSWERS = ("right", "missing", "nothing")
PURGED_THINGS = ("load", "decision")
LONGEST_ACCOUNT = 200
LATEST_DUE_DAY = 90  # days after the month's end; later than that nobody is waiting
_DAYS = ("date", "baseline_from", "baseline_to", "look_again_on", "meeting_on", "data_up_to", "ends_on")


@dataclass(frozen=True)
class Proposal:
    """What somebody decides: about a measure ('' for every one) on a unit ('' for every one), from month to month."""

    kind: str
    reason: str
    measure_id: str = ""
    unit_code: str = ""
    first_month: date | None = None
    last_month: date | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.detail, dict):
            raise ValueError('What a decision states is written as {"name": value, …}.')
        if self.kind not in DETAILS:
            raise ValueError(f"There is no decision of kind '{self.kind}'; the kinds are {', '.join(DETAILS)}.")
        required, optional = DETAILS[self.kind]
        for key in required:
            if key not in self.detail:
                raise ValueError(f"A decision of kind '{self.kind}' must state its {key}.")
        for key in self.detail:
            if key not in required + optional:
                raise ValueError(f"A decision of kind '{self.kind}' does not state '{key}'.")
        if not self.reason.strip():
            raise ValueError("A decision states its reason.")
        if self.first_month and self.last_month and self.last_month < self.first_month:
            raise ValueError("The last month of a decision is not before its first.")
        for key in _DAYS:
            if self.detail.get(key):
                _day(key, self.detail[key])
        if self.kind in _CHECKS:
            _CHECKS[self.kind](self.detail)
        if self.kind == "commentary":
            _refuse_at_large(self)
        refuse_persons(self.reason, "The reason")
        refuse_persons(f"{self.measure_id} {self.unit_code}", "The measure or the unit")
        if self.kind not in NAMING:
            for key, value in self.detail.items():
                if key not in ("values", "sha256"):  # the labels of a source are checked when they are read
                    refuse_persons(_words(value), f"The {key.replace('_', ' ')}")


def _day(key: str, value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(
            f"The {key.replace('_', ' ')} of a decision is a day such as 2028-04-01, not '{value}'."
        ) from error


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _check_goal(detail: dict[str, Any]) -> None:
    wanted = {"zero": (), "percent_below": ("percent",), "threshold": ("target",)}
    if not isinstance(detail["type"], str) or detail["type"] not in wanted:
        raise ValueError(f"A goal is of type {', '.join(wanted)}.")
    for key in ("percent", "target"):
        if key in detail and (isinstance(detail[key], bool) or not isinstance(detail[key], int | float)):
            raise ValueError(f"The {key} of a goal is a number, not '{detail[key]}'.")
    # Without a baseline there is no way from here to the goal; deaths alone have neither.
    for key in (*wanted[detail["type"]], *(("baseline_from", "baseline_to") if "trajectory" in detail else ())):
        if key not in detail:
            raise ValueError(f"A goal of type '{detail['type']}' must state its {key}.")


def _check_phase(detail: dict[str, Any]) -> None:
    """All conditions or none: who proposes by a page ticks every one of them."""
    found = detail.get("conditions", list(REBASE_CONDITIONS))
    if not isinstance(found, list) or sorted(map(str, found)) != sorted(REBASE_CONDITIONS):
        raise ValueError("A new baseline is proposed when all of this holds: " + ", ".join(REBASE_CONDITIONS) + ".")


def _check_idea(detail: dict[str, Any]) -> None:
    if detail["state"] not in IDEA_STATES:
        raise ValueError(f"The state of an idea is {', '.join(IDEA_STATES)}.")
    if detail.get("from_whom", "staff") not in IDEA_SOURCES:
        raise ValueError(f"An idea comes from {', '.join(IDEA_SOURCES)}.")
    follows = detail.get("follows", 1)
    if isinstance(follows, bool) or not isinstance(follows, int) or follows < 1:
        raise ValueError("An idea follows another by the number of that decision.")
    for key, longest in _IDEA_TEXTS.items():
        text = detail.get(key, "")
        if not isinstance(text, str):
            raise ValueError(f"The {key} of an idea is a text.")
        if len(text) > longest:
            raise ValueError(f"The {key} of an idea has at most {longest} characters, not {len(text)}.")
    if not detail["text"].strip():
        raise ValueError("An idea says what is tried.")
    if detail["state"] != "try" and not detail.get("learnt", "").strip():
        raise ValueError(f"Say what was learnt: an idea in the state '{detail['state']}' has been tried.")


_IDEA_TEXTS = dict.fromkeys(("text", "predicted", "learnt"), LONGEST_TEXT) | dict.fromkeys(
    ("title", "where", "cost", "owner"), LONGEST_LINE
)


def _check_learning(detail: dict[str, Any]) -> None:
    if detail["state"] not in LEARNING_STATES:
        raise ValueError(f"The state of a learning response is {', '.join(LEARNING_STATES)}.")


def _check_response(detail: dict[str, Any]) -> None:
    if detail.get("passed_up_to", "") not in PASSED_UP_TO:
        raise ValueError(f"A response is passed up to {', '.join(PASSED_UP_TO[1:])}, or to nobody.")


def _check_return(detail: dict[str, Any]) -> None:
    if detail.get("answer", "nothing") not in RETURN_ANSWERS:
        raise ValueError(f"The answer of a return is {', '.join(RETURN_ANSWERS)}.")


def _check_expectation(detail: dict[str, Any]) -> None:
    day = detail["due_day"]
    if not isinstance(day, int) or isinstance(day, bool) or not 1 <= day <= LATEST_DUE_DAY:
        raise ValueError(f"An expectation is due 1 to {LATEST_DUE_DAY} days after the month has ended, not '{day}'.")
    months = detail.get("settles_after_months", 0)
    if not isinstance(months, int) or not 0 <= months <= 12:
        raise ValueError(f"A measure settles after 0 to 12 months, not '{months}'.")


def _check_edition(detail: dict[str, Any]) -> None:
    if not isinstance(detail["version"], int) or isinstance(detail["version"], bool):
        raise ValueError("An edition names a version of the figures by its number.")


def _check_purge(detail: dict[str, Any]) -> None:
    if detail["what"] not in PURGED_THINGS or not isinstance(detail["id"], int):
        raise ValueError(f"What is purged is a {' or a '.join(PURGED_THINGS)}, by its number.")


def _check_grant(detail: dict[str, Any]) -> None:
    if detail["role"] not in GRANTABLE:
        raise ValueError(f"There is no role '{detail['role']}'; the roles are {', '.join(sorted(GRANTABLE))}.")
    role, person = Role(detail["role"]), detail["person"]
    if not isinstance(person, str) or not person.strip() or len(person) > LONGEST_ACCOUNT:
        raise ValueError("A grant names one account, such as a work e-mail address, or group:NAME.")
    for key in ("units", "measures"):
        if not isinstance(detail.get(key, []), list) or not all(isinstance(one, str) for one in detail.get(key, [])):
            raise ValueError(f"The {key} of a grant are a list of codes.")
    if RULES[role].reach is Reach.UNITS and not detail.get("units"):
        raise ValueError(f"Say for which units: a {role.replace('_', ' ')} speaks for some.")
    if role is Role.EXECUTIVE_OWNER and not detail.get("measures"):
        raise ValueError("Say of which measures: an executive owner owns the goals of some.")


def _check_commentary(detail: dict[str, Any]) -> None:
    text = detail["text"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError("Commentary is a text that is not empty.")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"Commentary has at most {LONGEST_TEXT} characters, not {len(text)}.")


def _refuse_at_large(proposal: Proposal) -> None:
    """Words stand beside one chart and one month: said of everything, they would stand beside what nobody had in mind."""
    named = {"measure": proposal.measure_id, "unit": proposal.unit_code, "month": proposal.first_month}
    for what, value in named.items():
        if not value:
            raise ValueError(f"Commentary is about one {what}: name it.")


def _check_mapping(detail: dict[str, Any]) -> None:
    from_detail(detail)


_CHECKS = {
    "commentary": _check_commentary,
    "grant": _check_grant,
    "mapping": _check_mapping,
    "goal": _check_goal,
    "phase": _check_phase,
    "idea": _check_idea,
    "learning": _check_learning,
    "response": _check_response,
    "zero_return": _check_return,
    "expectation": _check_expectation,
    "edition": _check_edition,
    "purge": _check_purge,
    "recipients": check_recipients,
    "told": check_told,
}


def decide(writer: Writing, decision: Proposal, who: str, *, at: datetime | None = None) -> int:
    """Record a decision; gives its position. It is in force at once unless its kind needs somebody's approval."""
    if decision.kind == "edition":
        _files_of(writer, int(decision.detail["version"]))
    if decision.kind == "idea" and "follows" in decision.detail:
        _refuse_another_idea(writer, decision)
    values = {
        "measure": decision.measure_id,
        "unit": decision.unit_code,
        "first": decision.first_month,
        "last": decision.last_month,
        "concerns": None,
        "detail": json.dumps(decision.detail, sort_keys=True, ensure_ascii=False, default=str),
    }
    return _insert(writer, decision.kind, who, decision.reason, at, values)


def approve(writer: Writing, decision_id: int, who: str, reason: str, *, at: datetime | None = None) -> int:
    """Approve a decision that somebody else proposed. Raises StoreError when it was the same person."""
    kind, proposer = _proposal(writer, decision_id)
    if same_person(proposer, who):
        raise StoreError(f"{who} proposed this {kind} and cannot approve it; ask somebody else.")
    if kind not in NEEDS_APPROVAL:
        raise StoreError(f"A decision of kind '{kind}' needs no approval.")
    if _said_of(writer, decision_id, "approval"):
        raise StoreError(f"Decision {decision_id} is approved already.")
    if _said_of(writer, decision_id, "withdrawal"):
        raise StoreError(f"Decision {decision_id} was withdrawn; propose it anew.")
    vouched = None
    if kind == "edition":
        version = int(json.loads(row_of(writer, decision_id)[7])["version"])
        _refuse_own_figures(writer, version, who)
        vouched = {"edition": version, "files": _files_of(writer, version)}
    return say_of(writer, "approval", decision_id, who, reason, at, vouched=vouched)


def withdraw(writer: Writing, decision_id: int, who: str, reason: str, *, at: datetime | None = None) -> int:
    """Withdraw a decision: it stays in the record and is in force no longer."""
    if _proposal(writer, decision_id)[0] == "publication":
        raise StoreError("What was published has been seen and cannot be taken back.")
    if _said_of(writer, decision_id, "withdrawal"):
        raise StoreError(f"Decision {decision_id} is withdrawn already.")
    return say_of(writer, "withdrawal", decision_id, who, reason, at)


def say_of(
    writer: Writing,
    kind: str,
    about: int,
    who: str,
    reason: str,
    at: datetime | None = None,
    *,
    check: Callable[[], None] | None = None,
    vouched: dict[str, Any] | None = None,
) -> int:
    """Record what is said of another row: its approval, withdrawal or restoration. A reason is always given.

    `check` is asked inside the transaction, when it is in force: what it raises undoes it. `vouched` goes into the audit.
    """
    name = kind.replace("_", " ")
    if not reason.strip():
        raise StoreError(f"{'An' if name[0] in 'aeiou' else 'A'} {name} states its reason.")
    refuse_persons(reason, "The reason")
    nothing = {"measure": "", "unit": "", "first": None, "last": None, "detail": "{}"}
    return _insert(writer, kind, who, reason, at, nothing | {"concerns": about}, check, vouched)


def row_of(writer: Writing, decision_id: int) -> tuple[Any, ...]:
    """A decision as it stands in the record. Raises StoreError when there is none."""
    found = writer.con.execute("select * from record.decision where decision_id = $id", {"id": decision_id}).fetchall()
    if not found:
        raise StoreError(f"There is no decision {decision_id}.")
    row: tuple[Any, ...] = found[0]
    return row


def _proposal(writer: Writing, decision_id: int) -> tuple[str, str]:
    row = row_of(writer, decision_id)
    kind, proposer = row[1], row[9]
    if kind in ABOUT:
        raise StoreError(f"There is no decision {decision_id}: it is the {kind.replace('_', ' ')} of {row[6]}.")
    return kind, proposer


def is_approved(writer: Writing, decision_id: int) -> bool:
    """Somebody else has approved it."""
    return _said_of(writer, decision_id, "approval")


def _said_of(writer: Writing, decision_id: int, kind: str) -> bool:
    return bool(
        writer.con.execute(
            "select count(*) from record.decision where concerns = $id and kind = $kind",
            {"id": decision_id, "kind": kind},
        ).fetchall()[0][0]
    )


def _files_of(writer: Writing, version: int) -> dict[str, str]:
    """The hashes of a version's files, as its pointer has them: what is signed off. Raises StoreError where it is not kept."""
    try:
        pointer = json.loads((writer.home.published / f"version-{version}.json").read_text(encoding="utf-8"))
        return {part: file["sha256"] for part, file in pointer["files"].items()}
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"Version {version} is not kept; name one that readers see now.") from error


def _refuse_another_idea(writer: Writing, decision: Proposal) -> None:
    """A cycle follows an idea about the same measure on the same unit. Raises StoreError for anything else."""
    number = decision.detail["follows"]
    row = row_of(writer, number)
    if row[1] != "idea" or (row[2], row[3]) != (decision.measure_id, decision.unit_code):
        raise StoreError(f"Decision {number} is no idea about this measure on this unit; nothing can follow it here.")
    if _said_of(writer, number, "withdrawal"):
        raise StoreError(f"Idea {number} was taken back; record it as a new one.")


def _refuse_own_figures(writer: Writing, version: int, who: str) -> None:
    """An edition is signed off by somebody who changed none of its figures since the edition before it."""
    hands = [name for (name,) in rows(writer.con, "staging/hands_on_edition", version=version)]
    if any(same_person(name, who) for name in hands):
        raise StoreError(f"{who} loaded figures of this edition and cannot sign it off; ask somebody else.")


def _insert(
    writer: Writing,
    kind: str,
    who: str,
    reason: str,
    at: datetime | None,
    values: dict[str, Any],
    check: Callable[[], None] | None = None,
    also: dict[str, Any] | None = None,
) -> int:
    position = next_position(writer.con)
    vouched: dict[str, Any] = {"decision": position} | (also or {})
    with transaction(writer, who, kind, vouched):
        writer.con.execute(
            "insert into record.decision values ($id, $kind, $measure, $unit, $first, $last, $concerns, $detail, $reason,"
            " $who, $at)",
            {"id": position, "kind": kind, "reason": reason, "who": who, "at": at or now()} | values,
        )
        if check is not None:
            check()
        vouched["row"] = row_hash(row_of(writer, position))
    return position
