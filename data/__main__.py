"""`python -m data`: load extracts, print templates, make the sample trust, say what the store holds.

Exit codes for a scheduler: 0 done (also when nothing changed), 1 refused or not possible, 2 a word is wrong.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from data.catalogue import CatalogueError, load_catalogue
from data.config import Home, own_home, sample_home
from data.decisions import DETAILS, NEEDS_APPROVAL, Proposal, approve, decide
from data.ingest.feeds import FEEDS, template
from data.ingest.intake import Intake, Receipt, Refused, intake
from data.ingest.reading import ENCODINGS, UnreadableFile, feed_named
from data.publish import ensure_published, publish, read_pointer
from data.record import StoreError, writing
from data.status import status
from data.synthetic import make_sample

SHOWN_PROBLEMS = 20


def main(words: list[str] | None = None) -> int:
    arguments = _parser().parse_args(words)
    home = sample_home() if getattr(arguments, "sample", False) else own_home()
    try:
        code: int = arguments.run(home, arguments)
        return code
    except (UnreadableFile, StoreError, CatalogueError, FileExistsError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="The store of the Zero Harm dashboard.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    load = commands.add_parser("load", help="check extracts, store and publish them")
    load.add_argument("files", nargs="+", type=Path, metavar="FILE")
    load.add_argument("--feed", choices=FEEDS, help="the layout of the files; known by their header without it")
    load.add_argument("--covers", nargs=2, type=date.fromisoformat, metavar=("FROM", "TO"),
                      help="the first and last day that an events extract is complete for")  # fmt: skip
    load.add_argument("--issue", help="the extract's date, its version, or both: 2026-05-07, v2, 2026-05-07v2")
    load.add_argument("--encoding", choices=ENCODINGS, default="utf-8")
    load.add_argument("--date-format", choices=("iso", "dmy"), help="iso: 2026-04-17; dmy: 17/04/2026")
    load.add_argument("--status", choices=("provisional", "performance", "final"))
    load.add_argument(
        "--accept-partial", action="store_true", help="store the good rows and write the others to a file"
    )
    load.add_argument("--check", action="store_true", help="say what is wrong and what would change; store nothing")
    load.add_argument("--by", default="command line", help="who loads, for the record")
    load.add_argument("--note", default="")
    load.add_argument("--sample", action="store_true", help="into the sample trust's store")
    load.set_defaults(run=_load)

    show = commands.add_parser("template", help="print the template of a feed as CSV")
    show.add_argument("feed", choices=FEEDS)
    show.set_defaults(run=_template)

    make = commands.add_parser("sample", help="make the sample trust")
    make.add_argument("--until", type=lambda text: date.fromisoformat(f"{text}-01"), metavar="YYYY-MM")
    make.set_defaults(run=_sample)

    say = commands.add_parser("status", help="say what the store holds")
    say.add_argument("--json", action="store_true")
    say.add_argument("--sample", action="store_true")
    say.set_defaults(run=_status)

    propose = commands.add_parser("decide", help="record a decision: a goal, a break, a rebase, a confirmation, …")
    propose.add_argument("kind", choices=DETAILS)
    propose.add_argument("--measure", default="", help="its id; every measure without it")
    propose.add_argument("--unit", default="", help="its code; every unit without it")
    propose.add_argument("--first", type=_month, metavar="YYYY-MM")
    propose.add_argument("--last", type=_month, metavar="YYYY-MM")
    propose.add_argument("--detail", type=json.loads, default={}, help="JSON, for a goal its type, date, owner …")
    propose.set_defaults(run=_decide)
    agree = commands.add_parser("approve", help="approve a decision that somebody else proposed")
    agree.add_argument("decision", type=int)
    agree.set_defaults(run=_approve)
    for command in (propose, agree):
        command.add_argument("--by", required=True, help="who, for the record")
        command.add_argument("--reason", required=True)
        command.add_argument("--sample", action="store_true")

    again = commands.add_parser("publish", help="build the published files again")
    again.add_argument("--sample", action="store_true")
    again.set_defaults(run=_publish)
    return parser


def _load(home: Home, arguments: argparse.Namespace) -> int:
    catalogue = load_catalogue(home.measures)
    feed = feed_named(arguments.feed) if arguments.feed else None
    failed = 0
    for path in arguments.files:
        try:
            with intake(
                home,
                catalogue,
                path,
                feed=feed,
                encoding=arguments.encoding,
                date_style=arguments.date_format,
                covers=tuple(arguments.covers) if arguments.covers else None,
                issue=arguments.issue,
                status=arguments.status,
                note=arguments.note,
            ) as extract:
                _say_checked(extract)
                if not arguments.check:
                    receipt = extract.accept(arguments.by, partial=arguments.accept_partial, publish_now=False)
                    _say_receipt(receipt)
                failed += bool(arguments.check and extract.problems)
        except (Refused, UnreadableFile) as error:
            print(error, file=sys.stderr)
            failed += 1
    if not arguments.check and home.has_record:
        version = ensure_published(home, catalogue)
        print(f"Readers see version {version}.")
    return 1 if failed else 0


def _say_checked(extract: Intake) -> None:
    rows = f"{extract.rows_read:,} row{'' if extract.rows_read == 1 else 's'}"
    print(f"{extract.file_name}: {rows} of the {extract.feed.name} feed.")
    for problem in extract.problems[:SHOWN_PROBLEMS]:
        print(f"  {problem}")
    if len(extract.problems) > SHOWN_PROBLEMS:
        print(f"  … and {len(extract.problems) - SHOWN_PROBLEMS:,} more.")
    for what, count in extract.set_aside[:SHOWN_PROBLEMS]:
        print(f"  set aside, {count:,} rows: {what}")
    counts = ", ".join(f"{count:,} {change}" for change, count in sorted(extract.changes.counts.items()))
    print(f"  Cells: {counts or 'none'}.")


def _say_receipt(receipt: Receipt) -> None:
    if receipt.load_id is None:
        print("  Nothing changed: the record holds all of this already.")
    else:
        print(f"  Stored as load {receipt.load_id}: {receipt.rows_stored:,} rows.")
    if receipt.rejects:
        print(f"  {receipt.rows_rejected:,} rows were not stored; they stand in {receipt.rejects}.")


def _template(_: Home, arguments: argparse.Namespace) -> int:
    print(template(FEEDS[arguments.feed]), end="")
    return 0


def _sample(_: Home, arguments: argparse.Namespace) -> int:
    make_sample(sample_home(), until=arguments.until)
    return 0


def _status(home: Home, arguments: argparse.Namespace) -> int:
    found = status(home)
    if arguments.json:
        print(json.dumps(found, indent=2))
        return 0
    for key, value in found.items():
        print(f"{key.replace('_', ' ')}: {value}")
    return 0


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _decide(home: Home, words: argparse.Namespace) -> int:
    catalogue = load_catalogue(home.measures)
    if words.measure and words.measure not in catalogue:
        print(f"No measure has the id '{words.measure}'.", file=sys.stderr)
        return 1
    try:
        proposal = Proposal(
            words.kind, words.reason, words.measure, words.unit, words.first, words.last, dict(words.detail)
        )
    except (ValueError, TypeError) as error:
        print(error, file=sys.stderr)
        return 1
    with writing(home) as writer:
        number = decide(writer, proposal, words.by)
        publish(writer, catalogue)
    waits = " It is in force once somebody else approves it." if words.kind in NEEDS_APPROVAL else ""
    print(f"Recorded as decision {number}.{waits}")
    return 0


def _approve(home: Home, words: argparse.Namespace) -> int:
    with writing(home) as writer:
        approve(writer, words.decision, words.by, words.reason)
        publish(writer, load_catalogue(home.measures))
    print(f"Decision {words.decision} is in force.")
    return 0


def _publish(home: Home, _: argparse.Namespace) -> int:
    if not home.has_record:
        print(f"{home.root} holds no record; load an extract first.", file=sys.stderr)
        return 1
    with writing(home) as writer:
        version = publish(writer, load_catalogue(home.measures))
    assert read_pointer(home) is not None
    print(f"Published version {version}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
