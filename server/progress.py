"""Runs pip and says in words where it is. Standard library only."""

import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

QUIET_SECONDS = 2.0  # between two plain lines
ALIVE_SECONDS = 10.0  # after so long a plain line says the same again

_REQUIREMENT = re.compile(r"^[A-Za-z0-9][\w.-]*==", re.M)
_FETCH = re.compile(
    r"^(?:Collecting |Requirement already satisfied: |Processing .*?)([A-Za-z0-9][\w.]*(?:-[A-Za-z]\w*)*)(?:==|-\d)"
)
_SIZE = re.compile(r"^\s+Downloading .*(\([\d.]+ [kMG]B\))")
_INSTALL = re.compile(r"^Installing collected packages: (.+)")
_RETRY = re.compile(r"^WARNING: Retrying")


class Screen:
    """One line that is rewritten on a terminal; elsewhere plain lines, a few seconds apart."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
        self._clock = clock
        self._width = 0
        self._text = self._shown = ""
        self._since = self._printed = clock()

    def say(self, text: str) -> None:
        """A line that stays."""
        self._clear()
        print(text, file=self._stream, flush=True)
        self._printed = self._clock()

    def update(self, text: str) -> None:
        """Where it is now. Call it often: it decides itself when to print."""
        now = self._clock()
        if text != self._text:
            self._text, self._since = text, now
        due = now - self._printed >= (ALIVE_SECONDS if text == self._shown else QUIET_SECONDS)
        waiting = f" ({now - self._since:.0f} s)" if now - self._since >= 1 else ""
        if self._live:
            self._clear()
            self._width = len(text + waiting)
            print(text + waiting, end="", file=self._stream, flush=True)
        elif due:
            self._shown = text
            self.say(text + waiting)

    def _clear(self) -> None:
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=self._stream)
            self._width = 0


@dataclass
class Watch:
    """Reads pip's lines: how many packages there are, which one it is at, in which order they are installed."""

    total: int
    seen: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)
    text: str = "Asking the package index"

    def read(self, line: str) -> None:
        """Take in one line of pip's output."""
        if line.startswith("Ignoring "):
            self.total -= 1
        elif found := _FETCH.match(line):
            self.seen.add(found[1].lower().replace("_", "-"))
            self.text = f"Fetching {len(self.seen)} of {max(self.total, len(self.seen))}: {found[1]}"
        elif found := _SIZE.match(line):
            self.text = f"{self.text.split(' (')[0]} {found[1]}"
        elif found := _INSTALL.match(line):
            self.order = found[1].strip().split(", ")
        elif _RETRY.match(line):
            self.text = "The package index does not answer; trying again"

    def now(self, installed: int) -> str:
        """Where pip is, given how many packages are installed already."""
        if not self.order:
            return self.text
        at = min(installed, len(self.order) - 1)
        return f"Installing {at + 1} of {len(self.order)}: {self.order[at]}"


def count_requirements(requirements: Path) -> int:
    """How many packages a requirements.txt names, for all machines together."""
    return len(_REQUIREMENT.findall(requirements.read_text(encoding="utf-8")))


def count_installed(venv: Path, since: float) -> int:
    """How many packages pip has finished since then (seconds since 1970): it writes RECORD last."""
    records = [
        *venv.glob("lib/python*/site-packages/*.dist-info/RECORD"),
        *venv.glob("Lib/site-packages/*.dist-info/RECORD"),
    ]
    return len({record.parent.name for record in records if record.stat().st_mtime >= since})


def run_pip(
    command: Sequence[str], env: Mapping[str, str], watch: Watch, screen: Screen, installed: Callable[[], int]
) -> tuple[int, str]:
    """Run pip to its end; its exit code and what it printed."""
    output = []
    with subprocess.Popen(
        command,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in _lines(process):
                output.append(line)
                watch.read(line)
                screen.update(watch.now(installed() if watch.order else 0))
        except BaseException:  # Ctrl-C above all: pip must not go on alone
            process.kill()
            raise
    return process.returncode, "".join(output)


def _lines(process: subprocess.Popen[str], every: float = 0.5) -> Iterator[str]:
    """The process's lines, and '' after each half second of silence."""
    assert process.stdout is not None
    lines: queue.Queue[str | None] = queue.Queue()
    stream = process.stdout

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=every)
        except queue.Empty:
            yield ""
            continue
        if line is None:
            return
        yield line
