"""What a command has to say: to a person in lines, to a scheduler by its exit code, to a program as JSON."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

WIDTH = 24
DONE, REFUSED, WRONG_WORDS, BUSY = 0, 1, 2, 3
EXIT_CODES = (
    "Exit codes: 0 done, also when nothing changed; 1 refused or not possible: a person must look; 2 a word of the command is"
    " wrong; 3 another load is running: try again."
)


@dataclass
class Outcome:
    """`told` is the same as JSON; `lines` go to standard output and `errors` to standard error."""

    code: int = DONE
    told: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def print(self, *, as_json: bool) -> int:
        """Say it; gives the exit code."""
        if as_json:
            told = self.told | ({"errors": self.errors} if self.errors else {})
            print(json.dumps(told, indent=2, ensure_ascii=False, default=_plain))
        else:
            for line in self.lines:
                print(line)
            for line in self.errors:
                print(line, file=sys.stderr)
        return self.code


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value.__dict__


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """A bar on standard error while a person watches; nothing where a scheduler does. Call it with the step that begins."""
    begun = 0

    def begin(step: str) -> None:
        nonlocal begun
        begun = min(begun + 1, steps)
        if sys.stderr.isatty():
            done = WIDTH * (begun - 1) // max(steps, 1)
            sys.stderr.write(f"\r\033[K{'█' * done}{'░' * (WIDTH - done)} {step}")
            sys.stderr.flush()

    try:
        yield begin
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
