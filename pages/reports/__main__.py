"""`python -m pages.reports`: pages as files. `--help` says every command, `COMMAND --help` its words."""

import argparse
import sys

from data.config import own_home, sample_home
from data.record import StoreError
from pages.reports import easy

DONE, REFUSED = 0, 2
EXIT_CODES = "Exit codes: 0 done; 2 refused, or a word of the command is wrong: no file was made."


def main(words: list[str] | None = None) -> int:
    asked = parser().parse_args(words)
    try:
        print(asked.run(sample_home() if asked.sample else own_home(), asked))
    except (ValueError, StoreError, OSError) as error:  # each says what, where and what to do
        print(error, file=sys.stderr)
        return REFUSED
    return DONE


def parser() -> argparse.ArgumentParser:
    """Every command and its words."""
    made = argparse.ArgumentParser(
        prog="python -m pages.reports", description="Pages of the Zero Harm dashboard as files.", epilog=EXIT_CODES
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for module in (easy,):
        module.add(commands)
    return made


if __name__ == "__main__":
    sys.exit(main())
