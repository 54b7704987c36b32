"""One record of the log as one JSON line that no figure, name, cell value or session id can reach.

What a line may say is decided by where it comes from, not by what it looks like. A message is written where it stands, word
for word, in the code of the function that logs it, and never with values put in: a text that was put together is left out,
whoever put it together. Of an error its type and the places in the code are written, never what it says. Fields are those of
FIELDS, each with a check of its own; what fails it is shown as '?'.
"""

import json
import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from data.config import PROJECT
from data.errors import ALPHABET, LENGTH
from server.places import errors, place, type_name

LONGEST = 300
REFUSED = "?"

_REFERENCE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_VERSION = re.compile(r"\d{1,6}(\.\d{1,4}){0,3}")
_PAGES = tuple(path.stem for path in (PROJECT / "pages").glob("*.py"))


class JsonLines(logging.Formatter):
    """The formatter of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON, without its end."""
        line = {"time": _time(record.created), "level": logging.getLevelName(record.levelno)}
        try:
            line |= _told(record)
        except Exception:  # a line must be written, and no error of ours may write what is in the record
            line["event"] = "A record could not be written"
        return json.dumps(line)


def _told(record: logging.LogRecord) -> dict[str, Any]:
    told: dict[str, Any] = {
        "logger": _logger(record.name),
        "event": _literal(record),
        "where": place(record.pathname, record.lineno),
    }
    given = vars(record)
    told |= {name: check(given[name]) for name, check in FIELDS.items() if given.get(name) not in (None, "")}
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        told["errors"] = errors(record.exc_info[1])
    return {name: value for name, value in told.items() if value != ""}


def _time(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _literal(record: logging.LogRecord) -> str:
    """The message as it stands in the code of the function that logs it; '' where it was put together."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if (frame.f_code.co_filename, frame.f_code.co_name) == (record.pathname, record.funcName):
            is_literal = type(record.msg) is str and record.msg in frame.f_code.co_consts
            return record.msg[:LONGEST] if is_literal else ""
    return ""


def _logger(name: str) -> str:
    """The name as far as it is a module's: a logger may be named after anything."""
    parts = name.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return name if name == "root" else next((each for each in names if each in sys.modules), "other")


def _word(value: Any) -> str:
    """A word of ours: a member of an Enum. A text may be anything, a name too."""
    return str(value.value) if isinstance(value, Enum) else REFUSED


def _number(least: float, most: float) -> Callable[[Any], float | str]:
    def check(value: Any) -> float | str:
        fits = type(value) in (int, float) and least <= value <= most
        return round(value, 3) if fits else REFUSED

    return check


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    return lambda value: str(value) if type(value) in (int, str) and pattern.fullmatch(str(value)) else REFUSED


# What a record may carry besides its message (`extra=`).
FIELDS: dict[str, Callable[[Any], float | str]] = {
    "reference": _matching(_REFERENCE),
    "page": lambda value: value if value in _PAGES else REFUSED,
    "role": _word,
    "action": _word,
    "status": _number(100, 599),
    "seconds": _number(0, 86_400),
    "version": _matching(_VERSION),
    "exception_type": lambda value: type_name(value) or REFUSED,
    "at": lambda value: place(*value),
}
