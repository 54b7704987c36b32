"""What a check comes to."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How it is: as it should be, worth a look, or wrong."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do about it: '' where nothing is to be done."""

    mark: Mark
    what: str
    do: str = ""


def ok(what: str) -> Finding:
    return Finding(Mark.OK, what)


def look(what: str, do: str) -> Finding:
    return Finding(Mark.LOOK, what, do)


def bad(what: str, do: str) -> Finding:
    return Finding(Mark.BAD, what, do)
