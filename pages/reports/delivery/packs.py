"""`python -m pages.reports send`: a pack that was made, to everybody on the lists of its audience who may have it, once."""

import argparse
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from data.access import operator
from data.addresses import unit_of
from data.audit import Trail
from data.commands.outcome import Outcome
from data.config import Home
from data.delivery import Recipients, note_told, recipients, sending, told
from data.record import StoreError
from data.store import Store
from pages.reports.delivery.listed import each_once, may_have
from pages.reports.delivery.message import TYPES, compose, link
from pages.reports.delivery.outcome import EXIT_CODES, ended, not_while_busy
from pages.reports.delivery.settings import MailSettings, read_settings
from pages.reports.delivery.smtp import Delivery, Fate, deliver
from pages.reports.opened import opened
from pages.reports.pack.file import check
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.request import audience_name
from pages.shared import words
from pages.shared.wording import delivery as said


@dataclass(frozen=True)
class Parcel:
    """A pack on its way: the file's name and bytes, what it says of itself, and who sends it."""

    home: Home
    store: Store
    settings: MailSettings
    name: str
    content: bytes
    pack: Provenance
    by: str

    @property
    def audience(self) -> str:
        return self.pack.audience_name

    @property
    def key(self) -> str:
        """Under which its sending is noted: another file is another parcel, and the same one is sent to nobody twice."""
        return f"pack:{self.audience}:{hashlib.sha256(self.content).hexdigest()}"


def add(commands: Any) -> None:
    """The words of this command."""
    made = commands.add_parser(
        "send", help="a pack by e-mail, to those on the lists of its audience", epilog=EXIT_CODES
    )
    made.add_argument("file", type=_file, metavar="PACKFILE", help=f"a pack: {', '.join(TYPES)}")
    made.add_argument(
        "--to", required=True, metavar="AUDIENCE", help="whose lists: board, public, division:NAME or ward:NAME"
    )
    made.add_argument(
        "--template", type=Path, metavar="FILE", help="the PowerPoint template that it was made with, if any"
    )
    made.add_argument("--dry-run", action="store_true", help="say what would be sent to whom, and send nothing")
    made.add_argument("--sample", action="store_true", help="of the sample trust")
    made.add_argument("--by", default="command line", help="who sends it, for the record")
    made.set_defaults(run=lambda home, asked: not_while_busy(lambda: send(home, asked)))


def send(home: Home, asked: argparse.Namespace) -> Outcome:
    """Send a pack to whoever has not had it. Raises StoreError, MailError."""
    parcel = _parcel(home, asked)
    with sending(home):
        lists = [each for each in recipients(home) if each.pack == parcel.audience]
        if not lists:
            return ended([], [], nothing=said.nobody_listed(parcel.audience))
        had = told(home)
        waiting = dict(each for each in each_once(lists) if parcel.key not in had.get(each[0].casefold(), ()))
        may = {to: may_have(home, parcel.store, to, parcel.audience) for to in waiting}
        refused = [Delivery(to, Fate.REFUSED, said.not_covered(parcel.audience)) for to in waiting if not may[to]]
        covered = {to: listed for to, listed in waiting.items() if may[to]}
        done = _would(parcel, covered) if asked.dry_run else _deliver(parcel, covered)
        lines = [_line(parcel, each, dry=asked.dry_run) for each in done if each.fate is Fate.SENT]
    return ended([*done, *refused], lines, nothing=said.NOTHING_LEFT)


def _parcel(home: Home, asked: argparse.Namespace) -> Parcel:
    """Raises StoreError where the file is not what the store makes, or was made for others; MailError."""
    settings, store = read_settings(home), opened(home)
    words.CLOCK.set(store.branding.time_zone)
    audience, pack = audience_name(asked.to, store), vouched(home, asked.file, asked.template)
    if pack.audience_name != audience:
        raise StoreError(said.other_audience(asked.file.name, pack.audience_name, audience))
    return Parcel(home, store, settings, asked.file.name, asked.file.read_bytes(), pack, asked.by)


def vouched(home: Home, file: Path, template: Path | None) -> Provenance:
    """What a pack says of itself, where the store makes the very same again: anybody can write a mark. Raises StoreError."""
    found = check(home, file, template)
    if not found.same_bytes:
        raise StoreError(said.not_the_store_s(file.name))
    return found.made


def _would(parcel: Parcel, covered: dict[str, Recipients]) -> list[Delivery]:
    """A rehearsal: every message is made, and none leaves."""
    make = _maker(parcel, covered)
    return [Delivery(str(make(to)["To"]), Fate.SENT) for to in covered]


def _deliver(parcel: Parcel, covered: dict[str, Recipients]) -> list[Delivery]:
    """Each that was sent is noted before the next one leaves."""
    done = []
    for each in deliver(parcel.settings, list(covered), _maker(parcel, covered)) if covered else ():
        if each.fate is Fate.SENT:
            note_told(parcel.home, each.address, [parcel.key], operator(parcel.by))
        done.append(each)
    n = sum(each.fate is Fate.SENT for each in done)
    if n:
        Trail(parcel.home.trails).note(parcel.by, "sent", {"file": parcel.name, "to": parcel.audience, "people": n})
    return done


def _maker(parcel: Parcel, covered: dict[str, Recipients]) -> Callable[[str], EmailMessage]:
    """Makes the message to one address."""
    name = said.pack_name(parcel.audience, _unit_name(parcel))
    subject = said.pack_subject(parcel.store.branding.name, name, parcel.pack.month)

    def make(to: str) -> EmailMessage:
        listed = covered[to]
        attached = (parcel.name, parcel.content) if listed.sends == "file" else None
        what = _first(parcel, name) if attached else said.linked(name, parcel.pack.month)
        page = [] if attached else [_page(parcel)]
        lines = [what, *page, "", *said.closing(said.why_a_list(listed), is_sample=parcel.home.is_sample)]
        return compose(parcel.settings, to, subject, lines, [parcel.key], attached)

    return make


def _first(parcel: Parcel, name: str) -> str:
    return said.attached(name, parcel.pack.month, parcel.name, parcel.pack.version)


def _unit_name(parcel: Parcel) -> str:
    code = unit_of(parcel.audience) or ""
    return next((unit.name for unit in parcel.store.unit_names if unit.code == code), code)


def _page(parcel: Parcel) -> str:
    """The page of the dashboard that shows what the pack is about, of the same signed-off figures where there are such."""
    kind, _, code = parcel.audience.partition(":")
    values = {"unit": code} if code else {}
    if parcel.pack.edition:
        values["figures"] = str(parcel.pack.version)
    return link(parcel.settings, kind if code else "", **values)


def _line(parcel: Parcel, each: Delivery, *, dry: bool) -> str:
    return said.would_send(parcel.name, each.address) if dry else said.sent(parcel.name, each.address)


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in TYPES:
        raise argparse.ArgumentTypeError(f"a pack ends in {', '.join(TYPES)}")
    return path
