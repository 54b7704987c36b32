"""`python -m pages.reports verify`: is a pack what the store would make again?

Only its bytes can vouch for a file: what it says of itself, anybody can write into it.
"""

import argparse
from pathlib import Path
from typing import Any

from data.commands.outcome import Outcome
from data.config import Home
from data.record import StoreError
from pages.reports.pack.file import Checked, check
from pages.shared import words

SAME, DIFFERS, UNTOLD = 0, 4, 5


def add(commands: Any) -> None:
    """The words of this command."""
    made = commands.add_parser(
        "verify", help="whether a pack is what the store would make again (4: it is not, 5: it cannot be told)"
    )
    made.add_argument("file", type=Path, metavar="FILE", help="a pack, as it was made")
    made.add_argument(
        "--template", type=Path, metavar="FILE", help="the PowerPoint template that it was made with, if any"
    )
    made.add_argument("--sample", action="store_true", help="of the sample trust")
    made.set_defaults(run=verify)


def verify(home: Home, asked: argparse.Namespace) -> Outcome:
    """The sentence that says so. Raises StoreError where it cannot be told."""
    if not asked.file.is_file():
        raise StoreError(f"There is no file {asked.file}.")
    found = check(home, asked.file, asked.template)
    return Outcome(_code(found), lines=[verdict(asked.file, found)])


def _code(found: Checked) -> int:
    if found.same_bytes:
        return SAME
    return UNTOLD if found.same_content and found.reasons else DIFFERS


def verdict(path: Path, found: Checked) -> str:
    made = found.made
    month = words.month_name(made.as_month, short=False)
    what = f"{path.name}: the pack of {month} for {made.audience}, version {made.version}"
    changed = f" What has changed since it was made: {'; '.join(found.reasons)}." if found.reasons else ""
    if found.same_bytes:
        return f"{what}. It is what the store makes, to the last byte."
    if not found.same_content:
        return f"{what}. The store would make another one today: the content is not the same.{changed}"
    if found.reasons:
        return (
            f"{what}. The store still makes the content that it names, but whether the file was altered cannot be told: "
            f"it cannot be compared byte for byte.{changed}"
        )
    return f"{what}. The file was altered after it was made: its content should be that of the store, and its bytes are not."
