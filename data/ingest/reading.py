"""A file read apart: a child process turns it into a table of texts, each row with its line; nothing is guessed.

Nothing in this process looks at a byte of the file. What the child says back is the header, a preview, line numbers, and a
DuckDB file; one that dies leaves a sentence.
"""

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data.config import PROJECT
from data.ingest.answers import ENCODINGS, SEPARATORS, Choice, Reading, Sheet, UnreadableFile, reading_of
from data.ingest.feeds import FEEDS, Feed, closest_feed, column_name, header_problem, recognise
from data.ingest.formats import ZIP

MOST_SECONDS = 120


def read(path: Path, *, shown: str, folder: Path, choice: Choice = Choice(), may_be_empty: bool = False) -> Reading:  # noqa: B008 it is frozen
    """The file as a table in a DuckDB file in `folder`; messages call it `shown`. Raises UnreadableFile.

    One without rows is refused, unless it may be empty: whoever looks at the header first says more about it.
    """
    _check_there(path, shown)
    with _own_folder(folder, "reading") as own:
        file = own / "raw.duckdb"
        answer = _ask_child("read", path, shown, own, choice=asdict(choice), file=str(file.resolve()))
        reading = reading_of(answer, file)
        if not may_be_empty:
            check_rows(reading, shown)
    return reading


def unpack(path: Path, *, shown: str, folder: Path) -> list[tuple[str, Path]]:
    """The files of a ZIP as (shown name, path in `folder`); any other file, and a workbook, as itself."""
    _check_there(path, shown)
    with path.open("rb") as file:
        if file.read(4) not in ZIP:
            return [(shown, path)]
    with _own_folder(folder, "unpacked") as own:
        taken = [(name, Path(part)) for name, part in _ask_child("unpack", path, shown, own)]
    return [(name, path if part == path.resolve() else part) for name, part in taken]


@contextmanager
def _own_folder(folder: Path, name: str) -> Iterator[Path]:
    """A folder for one child, gone with all that is in it when the file is refused."""
    own = folder / f"{name}-{secrets.token_hex(6)}"
    own.mkdir()
    try:
        yield own
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        raise


def check_rows(reading: Reading, shown: str) -> None:
    """Raises UnreadableFile for a table without rows."""
    if reading.rows > len(reading.left_out):
        return
    names = [column_name(cell) for cell in reading.sheet.header if cell]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:  # the first thing to put right
        line = max(1, reading.sheet.header_row)
        raise UnreadableFile(f"{shown}, line {line}: the column '{twice}' stands twice; keep one of them.")
    what = "is UTF-16 text with" if reading.encoding == "utf-16" else "has"
    raise UnreadableFile(f"{shown} {what} a header and no rows; export it again.")


def _check_there(path: Path, shown: str) -> None:
    try:
        with path.open("rb"):
            size = path.stat().st_size
    except OSError as error:
        raise UnreadableFile(f"{shown} cannot be opened: {error.strerror}.") from error
    if not size:
        raise UnreadableFile(f"{shown} is empty; export it again.")


def _ask_child(task: str, path: Path, shown: str, folder: Path, **words: object) -> Any:
    """What the child answers. Raises UnreadableFile for the file's faults and OSError for the disk's."""
    job = {"task": task, "path": str(path.resolve()), "shown": shown, "folder": str(folder.resolve()), **words}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "data.ingest.child"],
            input=json.dumps(job).encode(),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote a cell
            timeout=MOST_SECONDS,
            check=False,
        )
        said: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(
            f"{shown} took longer than {MOST_SECONDS} seconds to read; save it as CSV UTF-8, or send less at once."
        ) from error
    if "answer" in said:
        return said["answer"]
    if "system" in said:
        raise OSError(*said["system"])
    raise UnreadableFile(
        said.get(
            "refused", f"{shown} cannot be read: its reader stopped; open it, save it again, or save it as CSV UTF-8."
        )
    )


# For the feeds --------------------------------------------------------------------------------------------------------


def choose_feed(reading: Reading, feed: Feed | None, shown: str) -> Feed:
    """The feed that was said, or the one that the header is of. Raises UnreadableFile where it does not fit."""
    header = list(reading.sheet.header)
    if not header and not (feed and feed.headerless):  # a table without a header, by its first line
        header = [cell or "" for cell in next((row for row in reading.sheet.preview if any(row)), ())]
    found = feed or recognise(header)
    if found is not None and found.headerless:
        return found
    if found is None or not reading.sheet.header:
        found = feed or closest_feed(header)
    named = [cell for cell in header if cell.strip()]  # figures under no name are told with their line
    problem = header_problem(found, named)
    if problem is None and feed is None and recognise(named) is None:
        problem = header_problem(found, header)
    if problem:
        raise UnreadableFile(f"{shown}, line {max(1, reading.sheet.header_row)}: {problem}.")
    return found


def feed_named(name: str) -> Feed:
    """The feed of this name. Raises UnreadableFile naming those there are."""
    if name not in FEEDS:
        raise UnreadableFile(f"There is no feed '{name}'; the feeds are {', '.join(FEEDS)}.")
    return FEEDS[name]


__all__ = [
    "ENCODINGS",
    "SEPARATORS",
    "Choice",
    "Reading",
    "Sheet",
    "UnreadableFile",
    "feed_named",
    "read",
    "unpack",
]
