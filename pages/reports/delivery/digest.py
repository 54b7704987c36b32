"""`python -m pages.reports digest`: what changed on their units, to those who answer for them; quiet while nothing has."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

from data.access import Reader, operator
from data.audit import Trail
from data.commands.outcome import Outcome
from data.config import Home
from data.delivery import note_told, sending, told
from data.store import Store
from pages.reports.delivery.message import compose, link
from pages.reports.delivery.outcome import EXIT_CODES, ended, not_while_busy
from pages.reports.delivery.people import Person, people, without_address, without_name
from pages.reports.delivery.settings import MailSettings, read_settings
from pages.reports.delivery.signals import Event, News, news
from pages.reports.delivery.smtp import Delivery, Fate, deliver
from pages.reports.opened import opened
from pages.shared import words
from pages.shared.analysis import Analysis, Reading, analyse
from pages.shared.standing import column
from pages.shared.wording import delivery as said


@dataclass(frozen=True)
class Letter:
    """What one person is told, in lines, and the keys by which it is kept that they were."""

    subject: str
    lines: tuple[str, ...]
    keys: tuple[str, ...]


def add(commands: Any) -> None:
    """The words of this command."""
    made = commands.add_parser(
        "digest",
        help="new signals by e-mail, to ward managers, division leads and QI leads, once each",
        epilog=EXIT_CODES,
    )
    made.add_argument("--dry-run", action="store_true", help="say what would be sent to whom, and send nothing")
    made.add_argument("--sample", action="store_true", help="of the sample trust")
    made.add_argument("--by", default="command line", help="who sends it, for the record")
    made.set_defaults(run=lambda home, asked: not_while_busy(lambda: digest(home, asked)))


def digest(home: Home, asked: argparse.Namespace) -> Outcome:
    """Tell everybody what they have not been told. Raises StoreError, MailError."""
    settings, store, now = read_settings(home), opened(home), datetime.now(UTC)
    words.CLOCK.set(store.branding.time_zone)
    with sending(home):
        letters = _letters(home, store, settings, now)
        notes = [said.no_address(who) for who in without_address(home, now.date())]
        nothing = said.NOTHING_NEW if notes or any(people(home, now)) else said.NOBODY_TO_TELL
        if asked.dry_run:
            rehearsed = [Delivery(to, Fate.SENT) for to in letters]
            return ended(rehearsed, [*notes, *_rehearsed(letters)], nothing=nothing)
        done = _deliver(home, settings, letters, asked.by)
    sent = [said.told(each.address) for each in done if each.fate is Fate.SENT]
    return ended(done, [*notes, *sent], nothing=nothing)


def _letters(home: Home, store: Store, settings: MailSettings, now: datetime) -> dict[str, Letter]:
    """A letter to each person to whom there is something to tell, by address."""
    had, found = told(home), {}
    for person in people(home, now):
        letter = _letter(person, store, settings, had.get(person.address.casefold(), frozenset()))
        if letter is not None:
            found[person.address] = letter
    return found


def _letter(person: Person, store: Store, settings: MailSettings, past: frozenset[str]) -> Letter | None:
    """What is new to a person in any of their roles, each chart once; only words are kept of it."""
    found: dict[tuple[str, str], tuple[News, Reader]] = {}
    for who in map(without_name, person.readers):
        for each in news(_analysis(store, who), store, who, past):
            found.setdefault((each.reading.measure.id, each.reading.unit.code), (each, who))
    if not found:
        return None
    ordered = sorted(found.values(), key=lambda pair: _worse_first(pair[0].reading))
    told_of = [each for each, _ in ordered]
    lines = []
    for event in Event:
        items = [_item(each, settings, person, who) for each, who in ordered if each.event is event]
        lines += [said.HEADS[event], "", *(line for item in items for line in (*item, ""))] if items else []
    why = said.why_a_role([words.READER_ROLES[who.role] for who in person.readers])
    lines += said.closing(why, is_sample=store.home.is_sample)
    subject = said.digest_subject(store.branding.name, [each.event for each in told_of])
    return Letter(subject, tuple(lines), tuple(key for each in told_of for key in each.keys))


def _worse_first(reading: Reading) -> tuple[bool, str, str]:
    """As on the pages: what is worse comes first, and then units by name; nobody is ranked."""
    return column(reading) != "Worse", reading.unit.name, reading.measure.name


@lru_cache(maxsize=2)
def _analysis(store: Store, who: Reader) -> Analysis:
    """Those who see the same come one after the other often enough; the others' figures need not stay."""
    return analyse(store, who)


def _item(each: News, settings: MailSettings, person: Person, who: Reader) -> list[str]:
    """One signal: what it is, why, whose it is and whether it was answered, and where its chart is."""
    values = {"unit": each.reading.unit.code, "measure": each.reading.measure.id}
    if who.role is not person.usual:
        values["as"] = str(who.role)
    return [*said.item(each.event, each.reading, each.answer), link(settings, "measure", **values)]


def _maker(settings: MailSettings, letters: dict[str, Letter]) -> Callable[[str], EmailMessage]:
    def make(to: str) -> EmailMessage:
        return compose(settings, to, letters[to].subject, letters[to].lines, letters[to].keys)

    return make


def _deliver(home: Home, settings: MailSettings, letters: dict[str, Letter], by: str) -> list[Delivery]:
    """What was told is noted before the next one leaves."""
    done = []
    for each in deliver(settings, list(letters), _maker(settings, letters)) if letters else ():
        if each.fate is Fate.SENT:
            note_told(home, each.address, letters[each.address].keys, operator(by))
        done.append(each)
    n = sum(each.fate is Fate.SENT for each in done)
    if n:
        Trail(home.trails).note(by, "sent", {"file": "digest", "people": n})
    return done


def _rehearsed(letters: dict[str, Letter]) -> Iterable[str]:
    """What would leave, as it would be read."""
    for to, letter in letters.items():
        yield from (f"To: {to}", f"Subject: {letter.subject}", "", *letter.lines, "")
    if letters:
        yield said.DRY_RUN
