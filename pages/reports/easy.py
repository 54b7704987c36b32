"""`python -m pages.reports easy`: the Easy read page as one file, from the newest edition that was signed off."""

import argparse
from pathlib import Path
from typing import Any

from data.audit import note_in_trail
from data.config import Home
from data.editions import open_edition
from data.files import write_atomically
from data.record import StoreError
from pages.reports.easy_html import easy_html
from pages.reports.easy_pdf import easy_pdf
from pages.reports.opened import opened
from pages.shared.easy.content import easy_read, newest_checked
from pages.shared.wording import easy as said

MAKERS = {".html": easy_html, ".pdf": easy_pdf}


def add(commands: Any) -> None:
    """The words of this command."""
    made = commands.add_parser("easy", help="the Easy read page as one file, for the public, from a signed-off edition")
    made.add_argument(
        "-o", "--output", type=_file, required=True, metavar="FILE", help="its ending says which: .html or .pdf"
    )
    made.add_argument("--sample", action="store_true", help="of the sample trust")
    made.add_argument("--by", default="command line", help="who takes it out, for the trail")
    made.set_defaults(run=make)


def make(home: Home, asked: argparse.Namespace) -> str:
    """Write the file; gives the sentence that says so. Raises StoreError where nothing is signed off."""
    edition = newest_checked(opened(home))
    if edition is None:
        raise StoreError(said.NOT_MADE)
    easy = easy_read(open_edition(home, edition), edition)
    target: Path = asked.output
    write_atomically(target, MAKERS[target.suffix.lower()](easy))
    note_in_trail(home, asked.by, "export", {"file": f"easy{target.suffix.lower()}", "version": easy.version})
    return f"{target} holds the Easy read page of '{edition.name}' (version {easy.version})."


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in MAKERS:
        raise argparse.ArgumentTypeError(f"the file ends in {' or '.join(MAKERS)}")
    return path
