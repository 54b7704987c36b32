"""`python -m pages.reports board`: the pack of a month for one audience, as one file or several."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data.access import operator
from data.audit import note_in_trail
from data.config import Home
from data.files import write_atomically
from data.record import StoreError
from pages.reports.pack.file import ENDINGS, maker
from pages.reports.pack.made import make as pack_of
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.request import BOARD, LANDSCAPE, PORTRAIT, Request
from pages.shared import words


def add(commands: Any) -> None:
    """The words of this command."""
    made = commands.add_parser("board", help="the pack of a month for the board, the public, a division or a ward")
    made.add_argument("month", type=a_month, metavar="MONTH", help="the newest month of its figures, such as 2026-10")
    made.add_argument(
        "--for",
        dest="audience",
        default=BOARD,
        metavar="WHOM",
        help="board (as it is), public, division:NAME or ward:NAME",
    )
    made.add_argument(
        "-o",
        "--output",
        type=a_file,
        action="append",
        required=True,
        metavar="FILE",
        help=f"its ending says the form: {', '.join(ENDINGS)}; may be given again",
    )
    made.add_argument("--portrait", action="store_true", help="a PDF on upright paper")
    made.add_argument(
        "--known-at", type=int, metavar="N", help="as known at a position of the record: a version or a load"
    )
    made.add_argument("--template", type=Path, metavar="FILE", help="the trust's own PowerPoint template, for .pptx")
    made.add_argument("--sample", action="store_true", help="of the sample trust")
    made.add_argument("--by", default="command line", help="who takes it out, for the trail")
    made.set_defaults(run=make)


def make(home: Home, asked: argparse.Namespace) -> str:
    """Write the files; gives the sentence that says so. Nothing is written where one of them cannot be made."""
    for path in asked.output:
        if not path.parent.is_dir():
            raise StoreError(f"There is no folder {path.parent}; nothing was made.")
    request = Request(
        asked.audience, asked.month, PORTRAIT if asked.portrait else LANDSCAPE, asked.known_at, by=operator(asked.by)
    )
    pack, made = pack_of(home, request, template=asked.template)
    files = {path: maker(path.suffix.lower(), asked.template)(pack, made) for path in asked.output}
    for path, data in files.items():
        write_atomically(path, data)
        note_taken(home, asked.by, path.suffix.lower(), made)
    return told(list(files), made)


def note_taken(home: Home, who: str, ending: str, made: Provenance) -> None:
    """A line of the trail: who took which pack out."""
    detail = {"file": f"pack{ending}", "for": made.audience, "month": made.month, "version": made.version}
    note_in_trail(home, who, "export", detail)


def told(files: Sequence[Path], made: Provenance) -> str:
    month = words.month_name(made.as_month, short=False)
    names = words.and_so_on([str(path) for path in files], 9)
    return f"{names}: the pack of {month} for {made.audience} (version {made.version}, content {made.content[:12]})."


def a_month(text: str) -> np.datetime64:
    """2026-10."""
    try:
        if len(text) != len("2026-10"):
            raise ValueError
        return np.datetime64(text, "M")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a month is written as 2026-10, not '{text}'") from error


def a_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(f"the file ends in {', '.join(ENDINGS)}")
    return path
