"""`python -m data`: load extracts, decide, keep the store in order. `--help` says every command, `COMMAND --help` its words."""

import argparse
import sys

from data.access import NotForThisReader
from data.catalogue import CatalogueError
from data.commands import access, deciding, keeping, loading
from data.commands.outcome import BUSY, EXIT_CODES, REFUSED, Outcome
from data.config import own_home, sample_home
from data.record import Busy, StoreError

# Each says what, where and what to do.
SENTENCES = (ValueError, StoreError, CatalogueError, NotForThisReader, FileExistsError)


def main(words: list[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    home = sample_home() if getattr(arguments, "sample", False) else own_home()
    try:
        outcome: Outcome = arguments.run(home, arguments)
    except Busy as error:
        outcome = Outcome(BUSY, errors=[str(error)])
    except (
        ValueError,
        StoreError,
        CatalogueError,
        NotForThisReader,
        FileExistsError,
    ) as error:  # each says what, where and what to do
        outcome = Outcome(REFUSED, errors=[str(error)])
    except KeyboardInterrupt:
        return 130
    return outcome.print(as_json=arguments.json)


def parser() -> argparse.ArgumentParser:
    """Every command and its words."""
    made = argparse.ArgumentParser(
        prog="python -m data", description="The store of the Zero Harm dashboard.", epilog=EXIT_CODES
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for module in (loading, deciding, keeping, access):
        module.add(commands)
    return made


if __name__ == "__main__":
    sys.exit(main())
