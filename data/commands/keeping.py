"""`status`, `verify`, `publish`, `backup`, `restore`, `migrate`, `export` and `sample`: keeping the store in order."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from data.access import Audience, Reader, Role
from data.audit import Head, note_in_trail, read_heads
from data.backup import back_up, restore
from data.catalogue import load_catalogue
from data.commands.outcome import REFUSED, Outcome, progress
from data.config import Home
from data.export import export, long_table
from data.publish import ensure_published, publish
from data.record import SCHEMA_VERSION, layout_of, writing
from data.status import status
from data.store import Store
from data.synthetic import make_sample
from data.verify import problems, verify

NOBODY_YET = "{} holds no record; load an extract first."


def add(commands: Any) -> None:
    """The words of these commands."""
    say = commands.add_parser("status", help="say what the store holds")
    say.set_defaults(run=tell_status)
    prove = commands.add_parser(
        "verify", help="prove the audit's chain, the rows of the record and the published files"
    )
    prove.add_argument(
        "--head", type=_head, metavar="HASH:LINES", help="the end of the audit as you kept it elsewhere, the whole hash"
    )
    prove.set_defaults(run=prove_store)
    again = commands.add_parser("publish", help="build the published files again")
    again.set_defaults(run=publish_again)
    copy = commands.add_parser("backup", help="copy the store, checked, into a new folder under FOLDER")
    copy.add_argument("folder", type=Path)
    copy.add_argument("--by", default="command line")
    copy.set_defaults(run=make_backup)
    back = commands.add_parser("restore", help="put a backup into an empty store")
    back.add_argument("backup", type=Path)
    back.add_argument("--by", default="command line")
    back.set_defaults(run=restore_backup)
    forward = commands.add_parser("migrate", help="bring an older store to this version's layout")
    forward.set_defaults(run=migrate)
    out = commands.add_parser("export", help="write the figures as one long table")
    out.add_argument("file", type=Path, help="its ending says the format: .csv or .parquet")
    out.add_argument("--known-at", type=int, metavar="NUMBER", help="as known after this load or decision")
    out.add_argument("--by", default="command line")
    out.set_defaults(run=export_figures)
    make = commands.add_parser("sample", help="make the sample trust")
    make.add_argument("--until", type=lambda text: date.fromisoformat(f"{text}-01"), metavar="YYYY-MM")
    make.set_defaults(run=make_the_sample, sample=True)
    for command in (say, prove, again, copy, back, forward, out):
        command.add_argument("--sample", action="store_true")
    for command in (say, prove, again, copy, back, forward, out, make):
        command.add_argument("--json", action="store_true")


def _head(text: str) -> tuple[str, int]:
    digest, _, lines = text.partition(":")
    if len(digest) != 64 or not lines.isdigit():
        raise argparse.ArgumentTypeError(
            "a head is its 64 letters, a colon and the number of lines, as verify prints it"
        )
    return digest, int(lines)


def tell_status(home: Home, _: argparse.Namespace) -> Outcome:
    """What the store holds."""
    found = status(home)
    return Outcome(told=found, lines=[f"{key.replace('_', ' ')}: {value}" for key, value in found.items()])


def prove_store(home: Home, words: argparse.Namespace) -> Outcome:
    """Everything that can be proved; wrong is an exit code of 1."""
    if not home.has_record:
        return Outcome(REFUSED, errors=[NOBODY_YET.format(home.root)])
    head = Head(*words.head) if words.head else None
    findings = verify(home, load_catalogue(home.measures), head=head)
    wrong = problems(findings)
    lines = [
        f"{finding.count:,} {finding.what}: {'hold' if not finding.wrong else 'DO NOT HOLD'}." for finding in findings
    ]
    lines += [f"  {note}" for finding in findings for note in finding.notes]
    heads = read_heads(home)
    if heads:
        lines.append(f"The head of the audit is {heads[-1].hash}:{heads[-1].lines} (keep it elsewhere too).")
    told = {
        "holds": not wrong,
        "findings": [vars(finding) for finding in findings],
        "head": f"{heads[-1].hash}:{heads[-1].lines}" if heads else None,
    }
    return Outcome(REFUSED if wrong else 0, told, lines, wrong)


def publish_again(home: Home, _: argparse.Namespace) -> Outcome:
    """The published files, built again from the record."""
    if not home.has_record:
        return Outcome(REFUSED, errors=[NOBODY_YET.format(home.root)])
    with writing(home) as writer:
        version = publish(writer, load_catalogue(home.measures))
    return Outcome(told={"version": version}, lines=[f"Published version {version}."])


def make_backup(home: Home, words: argparse.Namespace) -> Outcome:
    """A checked copy; a load may be running."""
    with progress(2) as begin:
        made = back_up(home, words.folder, words.by, begin)
    return Outcome(
        told={"backup": made}, lines=[f"The backup is {made}. Keep one copy where this computer cannot reach it."]
    )


def restore_backup(home: Home, words: argparse.Namespace) -> Outcome:
    """A backup into an empty store, proved before it is put in place."""
    with progress(2) as begin:
        version = restore(words.backup.resolve(), home, words.by, begin)
    return Outcome(
        told={"home": home.root, "version": version}, lines=[f"{home.root} is restored; readers see version {version}."]
    )


def migrate(home: Home, _: argparse.Namespace) -> Outcome:
    """Opening the record brings it forward, a step at a time; then it is published in this version's layout."""
    if not home.has_record:
        return Outcome(REFUSED, errors=[NOBODY_YET.format(home.root)])
    with writing(home) as writer:
        assert layout_of(writer.con) == SCHEMA_VERSION
    version = ensure_published(home, load_catalogue(home.measures))
    return Outcome(
        told={"layout": SCHEMA_VERSION, "version": version},
        lines=[f"The record has layout {SCHEMA_VERSION}; readers see version {version}."],
    )


def export_figures(home: Home, words: argparse.Namespace) -> Outcome:
    """The long table, as an analyst of this trust sees it; a line of the trail says who took it out."""
    store = Store.open(home)
    if store is None:
        return Outcome(REFUSED, errors=[NOBODY_YET.format(home.root)])
    if words.known_at is not None and not 0 < words.known_at <= store.published.version:
        return Outcome(
            REFUSED, errors=[f"The figures are known at 1 to {store.published.version}, not at {words.known_at}."]
        )
    table = long_table(store, Reader(Role.QI_LEAD, Audience.WORKING), words.known_at)
    note_in_trail(
        home,
        words.by,
        "export",
        {"rows": table.num_rows, "version": store.published.version, "known_at": words.known_at},
    )
    path = export(table, words.file)
    return Outcome(told={"file": path, "rows": table.num_rows}, lines=[f"{table.num_rows:,} rows are in {path}."])


def make_the_sample(home: Home, words: argparse.Namespace) -> Outcome:
    """The sample trust, into its own store."""
    lines: list[str] = []
    make_sample(home, until=words.until, say=lines.append if words.json else print)
    return Outcome(told={"home": home.root})
