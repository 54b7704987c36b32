"""`python -m pages.reports`: pages as files. `--help` says every command, `COMMAND --help` its words."""

import argparse
import sys

from data.commands.outcome import Outcome
from data.config import own_home, sample_home
from data.record import StoreError
from pages.reports import board, easy, verify, wards
from pages.reports.delivery import digest, packs, recipients

DONE, REFUSED = 0, 2
EXIT_CODES = (
    "Exit codes: 0 done; 2 refused, or a word of the command is wrong: no file was made; 4 a pack is not what the store makes; "
    "5 that cannot be told. What sends says more: COMMAND --help."
)


def main(words: list[str] | None = None) -> int:
    asked = parser().parse_args(words)
    try:
        said = asked.run(sample_home() if asked.sample else own_home(), asked)
    except (ValueError, StoreError, OSError) as error:  # each says what, where and what to do
        print(error, file=sys.stderr)
        return REFUSED
    return (said if isinstance(said, Outcome) else Outcome(DONE, lines=[said])).print(as_json=False)


def parser() -> argparse.ArgumentParser:
    """Every command and its words."""
    made = argparse.ArgumentParser(
        prog="python -m pages.reports", description="Pages of the Zero Harm dashboard as files.", epilog=EXIT_CODES
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for module in (board, wards, verify, easy, packs, recipients, digest):
        module.add(commands)
    return made


if __name__ == "__main__":
    sys.exit(main())
