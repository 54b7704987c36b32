"""Decisions in the record: proposed by one person, approved by another, withdrawn by a later row, never edited."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from data.record import StoreError, Writing, next_position, transaction

# What each kind states in its detail: required keys, then optional ones.
DETAILS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "goal": (
        ("type", "date", "owner"),
        ("percent", "target", "baseline_from", "baseline_to", "trajectory", "floor", "steps"),
    ),
    "phase": ((), ()),
    "break": ((), ()),
    "exclusion": ((), ()),
    "confirmation": ((), ()),
    "zero_return": ((), ()),
    "annotation": (("text",), ()),
    "idea": (("text", "state"), ("predicted",)),
}
NEEDS_APPROVAL = ("goal", "phase", "break", "exclusion", "confirmation")
IDEA_STATES = ("try", "adopt", "adapt", "abandon")


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
        if self.kind == "goal":
            self._check_goal()
        if self.kind == "idea" and self.detail["state"] not in IDEA_STATES:
            raise ValueError(f"The state of an idea is {', '.join(IDEA_STATES)}.")

    def _check_goal(self) -> None:
        wanted = {"zero": (), "percent_below": ("percent",), "threshold": ("target",)}
        if self.detail["type"] not in wanted:
            raise ValueError(f"A goal is of type {', '.join(wanted)}.")
        # Without a baseline there is no way from here to the goal; deaths alone have neither.
        needed = (
            *wanted[self.detail["type"]],
            *(("baseline_from", "baseline_to") if "trajectory" in self.detail else ()),
        )
        for key in needed:
            if key not in self.detail:
                raise ValueError(f"A goal of type '{self.detail['type']}' must state its {key}.")
        for key in ("date", "baseline_from", "baseline_to"):
            if key in self.detail:
                date.fromisoformat(str(self.detail[key]))


def decide(writer: Writing, decision: Proposal, who: str, *, at: datetime | None = None) -> int:
    """Record a decision; gives its position. It is in force at once unless its kind needs somebody's approval."""
    return _append(writer, decision, who, None, at)


def approve(writer: Writing, decision_id: int, who: str, reason: str, *, at: datetime | None = None) -> int:
    """Approve a decision that somebody else proposed. Raises StoreError when it was the same person."""
    kind, proposer = _proposal(writer, decision_id)
    if proposer == who:
        raise StoreError(f"{who} proposed this {kind} and cannot approve it; ask somebody else.")
    if kind not in NEEDS_APPROVAL:
        raise StoreError(f"A decision of kind '{kind}' needs no approval.")
    return _append_about(writer, "approval", decision_id, who, reason, at)


def withdraw(writer: Writing, decision_id: int, who: str, reason: str, *, at: datetime | None = None) -> int:
    """Withdraw a decision: it stays in the record and is in force no longer."""
    _proposal(writer, decision_id)
    return _append_about(writer, "withdrawal", decision_id, who, reason, at)


def _proposal(writer: Writing, decision_id: int) -> tuple[str, str]:
    found = writer.con.execute(
        "select kind, decided_by from record.decision where decision_id = $id and kind not in ('approval', 'withdrawal')",
        {"id": decision_id},
    ).fetchall()
    if not found:
        raise StoreError(f"There is no decision {decision_id}.")
    kind, proposer = found[0]
    return kind, proposer


def _append(writer: Writing, decision: Proposal, who: str, concerns: int | None, at: datetime | None) -> int:
    return _insert(
        writer,
        decision.kind,
        who,
        decision.reason,
        at,
        {
            "measure": decision.measure_id,
            "unit": decision.unit_code,
            "first": decision.first_month,
            "last": decision.last_month,
            "concerns": concerns,
            "detail": json.dumps(decision.detail, sort_keys=True, ensure_ascii=False, default=str),
        },
    )


def _append_about(writer: Writing, kind: str, about: int, who: str, reason: str, at: datetime | None) -> int:
    if not reason.strip():
        raise StoreError(f"An {kind} states its reason." if kind == "approval" else f"A {kind} states its reason.")
    nothing = {"measure": "", "unit": "", "first": None, "last": None, "detail": "{}"}
    return _insert(writer, kind, who, reason, at, nothing | {"concerns": about})


def _insert(writer: Writing, kind: str, who: str, reason: str, at: datetime | None, values: dict[str, Any]) -> int:
    position = next_position(writer.con)
    when = at or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with transaction(writer, who, kind, {"decision": position, "reason": reason}):
        writer.con.execute(
            "insert into record.decision values ($id, $kind, $measure, $unit, $first, $last, $concerns, $detail, $reason,"
            " $who, $at)",
            {"id": position, "kind": kind, "reason": reason, "who": who, "at": when} | values,
        )
    return position
