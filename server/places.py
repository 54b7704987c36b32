"""Where in the code something is, and what an error is, told without anything that was in memory when it happened."""

import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from data.config import PROJECT

MOST_ERRORS, MOST_PLACES = 10, 40
ELSEWHERE = "elsewhere"

_SOURCE = re.compile(r"[\w./-]{1,150}\.pyx?")
_FROZEN = re.compile(r"<frozen [\w.]{1,80}>")
_NAME = re.compile(r"[\w.<>]{1,120}")
# Packages first: they stand inside the project where `.venv` does, and inside Python where there is no `.venv`.
_ROOTS = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")] + [PROJECT]


@cache
def _source(path: str) -> str:
    """A source file as seen from the project, its package or Python; '' for what is none of them."""
    if _FROZEN.fullmatch(path):
        return path
    for root in _ROOTS:
        if Path(path).absolute().is_relative_to(root):
            shown = Path(path).absolute().relative_to(root).as_posix()
            return shown if _SOURCE.fullmatch(shown) else ""
    return ""


def place(path: str, line: int | None) -> str:
    """file:line of the code, or 'elsewhere' for code that is in no file of ours or of a package."""
    shown = _source(path)
    return f"{shown}:{line}" if shown else ELSEWHERE


def type_name(kind: Any) -> str:
    """The name of a type that stands in a module; for one that was made while running, that of what it was made from."""
    for each in getattr(kind, "__mro__", ()):
        found: Any = sys.modules.get(each.__module__)
        for part in each.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is each:
            return each.__qualname__ if each.__module__ == "builtins" else f"{each.__module__}.{each.__qualname__}"
    return ""


def errors(error: BaseException) -> list[dict[str, Any]]:
    """An error and what it came from: the type of each and the places in the code, outermost first; never what it says."""
    return [{"type": type_name(type(each)), "at": _places(each.__traceback__)} for each in _chain(error)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it came from, and what it is a group of; each once."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_ERRORS:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting.append(each.__cause__ if each.__suppress_context__ else each.__context__)
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def _places(trace: TracebackType | None) -> list[str]:
    found = []
    for frame, line in traceback.walk_tb(trace):
        at, name = place(frame.f_code.co_filename, line), frame.f_code.co_qualname
        found.append(f"{at} {name}" if at != ELSEWHERE and _NAME.fullmatch(name) else at)
    if len(found) <= MOST_PLACES:
        return found
    first = MOST_PLACES // 4
    return [*found[:first], f"{len(found) - MOST_PLACES} more", *found[first - MOST_PLACES :]]
