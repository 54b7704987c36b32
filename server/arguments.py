"""The words after `python3 dashboard.py`: read before the set-up, and again by the server. Standard library only."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from server.problems import Problem

FIRST_PORT = 8501


@dataclass(frozen=True)
class Options:
    """What to show ('sample', 'own', or '' for whatever there is) and the first port to try."""

    show: str = ""
    port: int = FIRST_PORT


def parse(words: Sequence[str]) -> Options:
    """The options of a start. Anything else is refused with one sentence and exit code 2."""
    show = ""
    port = os.environ.get("PORT", "")
    rest = list(words)
    while rest:
        word, _, value = rest.pop(0).partition("=")
        if word in {"--sample", "--own"} and not value:
            if show not in {"", word[2:]}:
                raise Problem("Choose one of --sample and --own.", 2)
            show = word[2:]
        elif word == "--port":
            port = value or (rest.pop(0) if rest else "nothing")
        else:
            raise Problem(f"'{word}' is not understood: `python3 dashboard.py --help` lists what is.", 2)
    return Options(show, _port(port) if port else FIRST_PORT)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise Problem(f"A port is a number from 0 (any free one) to 65535, not '{text}'.", 2)
    return int(text)
