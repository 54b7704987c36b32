"""`python -m pages.reports recipients`: who gets which pack, added, listed and taken off."""

import argparse
from typing import Any

from data.access import operator
from data.addresses import SENDS
from data.commands.outcome import Outcome
from data.config import Home
from data.deciding import decide_now, withdraw_now
from data.decisions import Proposal
from data.delivery import recipients
from data.record import StoreError
from pages.reports.delivery.listed import may_have
from pages.reports.delivery.outcome import DONE, EXIT_CODES, not_while_busy
from pages.reports.opened import opened
from pages.reports.pack.request import audience_name
from pages.shared import words
from pages.shared.wording import delivery as said


def add(commands: Any) -> None:
    """The words of this command, and of its three parts."""
    made = commands.add_parser("recipients", help="who gets which pack by e-mail", epilog=EXIT_CODES)
    parts = made.add_subparsers(required=True, metavar="WHAT")
    new = parts.add_parser("add", help="a list of people for one pack", epilog=EXIT_CODES)
    new.add_argument("people", nargs="+", metavar="ADDRESS")
    new.add_argument(
        "--pack", required=True, metavar="AUDIENCE", help="board, public, division:NAME or ward:NAME, by name or code"
    )
    new.add_argument("--sends", choices=SENDS, default="file", help="the pack itself, or a link to its page (file)")
    new.set_defaults(run=_run(add_list))
    listed = parts.add_parser("list", help="the lists in force", epilog=EXIT_CODES)
    listed.set_defaults(run=_run(tell_lists))
    away = parts.add_parser("withdraw", help="take a list out of force", epilog=EXIT_CODES)
    away.add_argument("number", type=int, metavar="NUMBER", help="as `list` has it")
    away.set_defaults(run=_run(withdraw_list))
    for part in (new, away):
        part.add_argument("--by", required=True, help="who, for the record")
        part.add_argument("--reason", required=True)
    for part in (new, listed, away):
        part.add_argument("--sample", action="store_true", help="of the sample trust")


def _run(command: Any) -> Any:
    return lambda home, asked: not_while_busy(lambda: command(home, asked))


def add_list(home: Home, asked: argparse.Namespace) -> Outcome:
    """Record a list. An address that may not have the pack yet is told now, and refused when it is sent."""
    store = opened(home)
    audience = audience_name(asked.pack, store)
    detail = {"people": asked.people, "pack": audience, "sends": asked.sends}
    (number,) = decide_now(home, [Proposal("recipients", asked.reason, detail=detail)], operator(asked.by))
    waiting = [said.not_yet(to, audience) for to in asked.people if not may_have(home, store, to, audience)]
    return Outcome(DONE, lines=[said.list_recorded(number), *waiting])


def tell_lists(home: Home, _: argparse.Namespace) -> Outcome:
    """Every list in force, the oldest first."""
    lines = [
        f"{each.decision_id:>6}  {each.pack}  {each.sends}  {' '.join(each.people)}"
        f"  ({each.decided_by}, {words.day_name(each.decided_at)}: {each.reason})"
        for each in recipients(home)
    ]
    return Outcome(DONE, lines=lines or [said.NO_LISTS])


def withdraw_list(home: Home, asked: argparse.Namespace) -> Outcome:
    """Take a list out of force. Raises StoreError where the number is that of something else."""
    if asked.number not in {each.decision_id for each in recipients(home)}:
        raise StoreError(said.no_such_list(asked.number))
    withdraw_now(home, asked.number, operator(asked.by), asked.reason)
    return Outcome(DONE, lines=[said.list_withdrawn(asked.number)])
