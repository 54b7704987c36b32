"""`grant`, `grants`, `sign-out` and `policy`: who may look, and what they may see."""

import argparse
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from data.access import Audience, Policy, load_policy, operator
from data.access.policy import DEPTHS, TIERS, as_text, masked
from data.access.roles import GRANTABLE
from data.audit import note_in_trail
from data.commands.outcome import Outcome
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.files import write_atomically
from data.grants import Grant, read_grants
from data.sessions import end_everywhere
from metrics.measure import Sensitivity


def add(commands: Any) -> None:
    """The words of these commands."""
    give = commands.add_parser("grant", help="give somebody a role, in force at once")
    give.add_argument("person", help="the account that signs in, or group:NAME for a group of the provider")
    give.add_argument("role", choices=sorted(GRANTABLE))
    give.add_argument("--unit", action="append", default=[], metavar="CODE", help="again for each unit")
    give.add_argument(
        "--measure", action="append", default=[], metavar="ID", help="of an executive owner; again for each"
    )
    give.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last day on which it holds")
    give.add_argument("--reason", required=True)
    give.set_defaults(run=give_role)
    listed = commands.add_parser("grants", help="list the roles in force")
    listed.set_defaults(run=list_grants)
    out = commands.add_parser("sign-out", help="end every session of an account")
    out.add_argument("person")
    out.set_defaults(run=sign_out)
    rule = commands.add_parser("policy", help="say who sees what of small numbers; --approve puts a name to it")
    rule.add_argument("--approve", action="store_true", help="approve it as it stands, with --by")
    rule.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the approval (today)")
    rule.add_argument("--threshold", type=int, help="counts below it are one class (5; 8 hides 0 to 7)")
    rule.add_argument("--rounding", type=int, help="of the other counts (5)")
    rule.set_defaults(run=tell_policy)
    rule.add_argument("--publishes", choices=DEPTHS, help="how far down audited figures go in a pack for the public")
    for command in (give, out):
        command.add_argument("--by", required=True, help="who, for the record")
    rule.add_argument("--by", default="", help="who approves it, such as 'Name, Caldicott guardian'")
    for command in (give, listed, out, rule):
        command.add_argument("--sample", action="store_true")
        command.add_argument("--json", action="store_true")


def give_role(home: Home, words: argparse.Namespace) -> Outcome:
    """A grant in the record, and in the file that every process asks."""
    detail: dict[str, Any] = {"person": words.person.strip(), "role": words.role}
    detail |= {"units": words.unit} if words.unit else {}
    detail |= {"measures": words.measure} if words.measure else {}
    detail |= {"ends_on": words.until.isoformat()} if words.until else {}
    (number,) = decide_now(home, [Proposal("grant", words.reason, detail=detail)], operator(words.by))
    return Outcome(told={"decision": number}, lines=[f"Recorded as decision {number}; in force at once."])


def list_grants(home: Home, _: argparse.Namespace) -> Outcome:
    """The grants, oldest first."""
    grants = read_grants(home)
    lines = [_line(grant) for grant in grants] or ["Nobody has a role yet."]
    return Outcome(told={"grants": [vars(grant) for grant in grants]}, lines=lines)


def _line(grant: Grant) -> str:
    about = " ".join((*grant.units, *grant.measures))
    until = f" until {grant.ends_on}" if grant.ends_on else ""
    return f"{grant.decision_id:>6}  {grant.person}  {grant.role} {about}{until}  ({grant.granted_by}: {grant.reason})"


def sign_out(home: Home, words: argparse.Namespace) -> Outcome:
    """Whoever has this account must sign in again, wherever they are."""
    end_everywhere(home, words.person, datetime.now(UTC))
    note_in_trail(home, words.by, "sign_out", {"account": words.person})
    return Outcome(told={"account": words.person}, lines=[f"Every session of {words.person} is over."])


def tell_policy(home: Home, words: argparse.Namespace) -> Outcome:
    """The table, and whether somebody has put a name to it; or the approval itself."""
    policy = masked(load_policy(home), words.threshold, words.rounding)
    policy = replace(policy, publishes=words.publishes or policy.publishes)
    if words.approve:
        on = words.on or datetime.now(UTC).date()
        text = as_text(policy, words.by.strip(), on)
        home.root.mkdir(parents=True, exist_ok=True)
        write_atomically(home.policy, text.encode())
        note_in_trail(home, words.by, "policy", {"hash": policy.hash, "on": on.isoformat()})
        policy = load_policy(home)
    return Outcome(told=_told(policy), lines=_lines(policy))


def _told(policy: Policy) -> dict[str, Any]:
    masking = policy.masking
    told = {"approved": policy.is_approved, "approved_by": policy.approved_by, "approved_on": policy.approved_on}
    told |= {"threshold": masking.threshold, "rounding": masking.rounding, "hash": policy.hash}
    told |= {"publishes": policy.publishes}
    return told | {"table": [[str(each) for each in row] for row in policy.table]}


def _lines(policy: Policy) -> list[str]:
    masking = policy.masking
    lines = [
        f"Counts below {masking.threshold} are one class (<{masking.threshold}); others to the nearest {masking.rounding}."
    ]
    for audience in Audience:
        for tier in TIERS:
            seen = ", ".join(f"{s} {policy.seen(audience, tier, s)}" for s in Sensitivity)
            lines.append(f"{audience:>8} {tier:<9} {seen}")
    lines.append(f"A pack for the public holds audited figures down to: {policy.publishes}.")
    if policy.is_approved:
        return [*lines, f"Approved by {policy.approved_by} on {policy.approved_on}."]
    changed = f"It was changed after {policy.approved_by} approved it. " if policy.approved_by else ""
    how = "python -m data policy --approve --by 'NAME, Caldicott guardian'"
    return [*lines, f"{changed}Nobody has approved it as it stands, so no figures of your own are shown: {how}"]
