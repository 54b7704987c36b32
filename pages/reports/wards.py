"""`python -m pages.reports wards`: two pages for every ward at once, each as its manager may see it."""

import argparse
from pathlib import Path
from typing import Any

from data.config import Home
from data.files import write_atomically
from data.record import StoreError
from pages.reports.board import a_month, note_taken
from pages.reports.pack.file import ENDINGS, maker
from pages.reports.pack.made import assemble
from pages.reports.pack.request import WARD, Request, answer_wards
from pages.shared import words


def add(commands: Any) -> None:
    """The words of this command."""
    made = commands.add_parser("wards", help="two pages for every open ward and team, each in a file of its own")
    made.add_argument("month", type=a_month, metavar="MONTH", help="the newest month of the figures, such as 2026-10")
    made.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="made where it is not there")
    made.add_argument("--form", choices=[e.removeprefix(".") for e in ENDINGS], default="pdf", help="pdf, as it is")
    made.add_argument(
        "--known-at", type=int, metavar="N", help="as known at a position of the record: a version or a load"
    )
    made.add_argument("--sample", action="store_true", help="of the sample trust")
    made.add_argument("--by", default="command line", help="who takes them out, for the trail")
    made.set_defaults(run=make)


def make(home: Home, asked: argparse.Namespace) -> str:
    """Write a file for each ward; gives the sentence that says how many."""
    asked.output.mkdir(parents=True, exist_ok=True)
    form, ending, n = maker(f".{asked.form}"), f".{asked.form}", 0
    for each in answer_wards(home, Request(WARD, asked.month, known_at=asked.known_at)):
        pack, made = assemble(each)
        write_atomically(asked.output / f"{each.unit.code}{ending}", form(pack, made))
        note_taken(home, asked.by, ending, made)
        n += 1
    if not n:
        raise StoreError("No ward or team has figures of its own; load a monthly extract by ward first.")
    return f"{asked.output} holds {words.count_of(n, 'pack')} of {words.month_name(asked.month, short=False)}."
