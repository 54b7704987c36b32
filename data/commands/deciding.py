"""`decide`, `approve`, `withdraw`, `purge` and `history`: what people decide, and what was decided and loaded."""

import argparse
import json
from datetime import date
from typing import Any

from data import deciding, loads
from data.access import operator
from data.catalogue import load_catalogue
from data.commands.outcome import REFUSED, Outcome
from data.config import Home
from data.deciding import approve_now, decide_now
from data.decisions import DETAILS, NEEDS_APPROVAL, PURGED_THINGS, Proposal
from data.purge import ask_for_purge, confirm_purge
from data.record import writing


def add(commands: Any) -> None:
    """The words of these commands."""
    propose = commands.add_parser("decide", help="record a decision: a goal, a break, a rebase, a confirmation, …")
    propose.add_argument("kind", choices=[kind for kind in DETAILS if kind not in ("purge", "publication")])
    propose.add_argument("--measure", default="", help="its id; every measure without it")
    propose.add_argument("--unit", default="", help="its code; every unit without it")
    propose.add_argument("--first", type=_month, metavar="YYYY-MM")
    propose.add_argument("--last", type=_month, metavar="YYYY-MM")
    propose.add_argument("--detail", type=_detail, default={}, help="JSON, for a goal its type, date, owner …")
    propose.set_defaults(run=propose_decision)
    agree = commands.add_parser("approve", help="approve a decision that somebody else proposed")
    agree.add_argument("decision", type=int)
    agree.set_defaults(run=approve_decision)
    away = commands.add_parser("withdraw", help="take a load, or a decision, out of force; --undo puts a load back")
    away.add_argument("number", type=int, metavar="NUMBER", help="of the load, as `history` lists it")
    away.add_argument("--decision", action="store_true", help="the number is that of a decision")
    away.add_argument("--undo", action="store_true", help="put a withdrawn load in force again")
    away.set_defaults(run=withdraw_one)
    out = commands.add_parser("purge", help="remove what should never have been stored: one asks, another confirms")
    what = out.add_mutually_exclusive_group(required=True)
    for thing in PURGED_THINGS:
        what.add_argument(f"--{thing}", type=int, metavar="NUMBER")
    what.add_argument(
        "--confirm", type=int, metavar="REQUEST", help="the second person's word for what the first asked"
    )
    out.set_defaults(run=purge)
    for command in (propose, agree, away, out):
        command.add_argument("--by", required=True, help="who, for the record")
        command.add_argument("--reason", required=True)
    tell = commands.add_parser("history", help="list the loads and the decisions, newest first")
    tell.set_defaults(run=history)
    for command in (propose, agree, away, out, tell):
        command.add_argument("--sample", action="store_true")
        command.add_argument("--json", action="store_true")


def _detail(text: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        found = {}
    if not isinstance(found, dict) or not found:  # without repeating it: it may name somebody
        raise argparse.ArgumentTypeError('write it as JSON: {"name": value, …}')
    return found


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def propose_decision(home: Home, words: argparse.Namespace) -> Outcome:
    """Record what somebody decides."""
    catalogue = load_catalogue(home.measures)
    if words.measure and words.measure not in catalogue:
        return Outcome(REFUSED, errors=[f"No measure has the id '{words.measure}'."])
    try:
        proposal = Proposal(words.kind, words.reason, words.measure, words.unit, words.first, words.last, words.detail)
    except (ValueError, TypeError) as error:
        return Outcome(REFUSED, errors=[str(error)])
    (number,) = decide_now(home, [proposal], operator(words.by))
    waits = " It is in force once somebody else approves it." if words.kind in NEEDS_APPROVAL else ""
    return Outcome(told={"decision": number}, lines=[f"Recorded as decision {number}.{waits}"])


def approve_decision(home: Home, words: argparse.Namespace) -> Outcome:
    """Put a decision in force that somebody else proposed."""
    approve_now(home, words.decision, operator(words.by), words.reason)
    return Outcome(told={"decision": words.decision}, lines=[f"Decision {words.decision} is in force."])


def withdraw_one(home: Home, words: argparse.Namespace) -> Outcome:
    """A load or a decision out of force, or a load back."""
    catalogue, about = load_catalogue(home.measures), (words.number, operator(words.by), words.reason)
    if words.decision:
        deciding.withdraw_now(home, *about)
        return Outcome(told={"number": words.number}, lines=[f"Decision {words.number} is withdrawn."])
    if words.undo:
        version = loads.restore_now(home, catalogue, *about)
        said = f"Load {words.number} is in force again."
    else:
        version = loads.withdraw_now(home, catalogue, *about)
        said = f"Load {words.number} is withdrawn; what it replaced holds again."
    return Outcome(told={"number": words.number, "version": version}, lines=[f"{said} Readers see version {version}."])


def purge(home: Home, words: argparse.Namespace) -> Outcome:
    """The first of two people asks, the second confirms, and then it is done."""
    if words.confirm is None:
        what = next(thing for thing in PURGED_THINGS if getattr(words, thing) is not None)
        number = getattr(words, what)
        with writing(home) as writer:
            request = ask_for_purge(writer, what, number, words.by, words.reason)
        how = f"python -m data purge --confirm {request} --by NAME --reason WHY"
        return Outcome(
            told={"request": request}, lines=[f"Asked as {request}. Nothing is removed until somebody else says: {how}"]
        )
    done = confirm_purge(home, load_catalogue(home.measures), words.confirm, words.by, words.reason)
    lines = [
        f"The {done.what} {done.id} is purged from the record, {len(done.backups)} backups and every published version."
    ]
    lines.append(
        f"Readers see version {done.version}. Restart the dashboard: it may still hold the old figures in memory."
    )
    return Outcome(
        REFUSED if done.unreached else 0,
        {
            "purged": done.what,
            "id": done.id,
            "version": done.version,
            "backups": done.backups,
            "unreached": done.unreached,
        },
        lines,
        [f"Not reached: {each}." for each in done.unreached],
    )


def history(home: Home, _: argparse.Namespace) -> Outcome:
    """The loads and the decisions as they stand in the record."""
    if not home.has_record:
        return Outcome(told={"loads": [], "decisions": []}, lines=["There is no record yet."])
    with writing(home) as writer:
        loads = _dicts(
            writer.con,
            "select l.load_id, feed, source, file_name, status, loaded_by, loaded_at, first_day, last_day, rows_read, rows_stored,"
            " rows_rejected, rows_set_aside, note, a.load_id is not null as in_force from record.load l"
            " left join (select load_id from active_load) a using (load_id) order by load_id desc",
        )
        decisions = _dicts(writer.con, "select * from record.decision order by decision_id desc")
    lines = [
        f"{load['load_id']:>6}  {load['loaded_at']:%Y-%m-%d %H:%M}  {load['feed']:<9} {load['rows_stored']:>9,} rows  "
        f"{load['file_name']}  ({load['loaded_by']}{'' if load['in_force'] else ', withdrawn'})"
        for load in loads
    ]
    lines += [
        f"{each['decision_id']:>6}  {each['decided_at']:%Y-%m-%d %H:%M}  {each['kind']:<17} {each['measure_id']}"
        f" {each['unit_code']}{' of ' + str(each['concerns']) if each['concerns'] else ''}  {each['reason']} ({each['decided_by']})"
        for each in decisions
    ]
    return Outcome(told={"loads": loads, "decisions": decisions}, lines=lines)


def _dicts(con: Any, query: str) -> list[dict[str, Any]]:
    found = con.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
