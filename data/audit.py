"""The audit: a hash-chained line for each thing that was done, inside the record, and trails beside it for looks.

A line carries the hash of the one before it, so that an edit, a deletion, an insertion and another order show. The last
hash and the number of lines are kept outside the database too, so that a cut tail shows; whoever prints that head or
sends it away can also tell when the whole chain was written anew (`python -m data verify --head`).

Sign-ins, exports and looks at exact figures of small wards go to a *trail*: a file of its own for each process, chained
and flushed to the disk in the same way, so that a reader never waits for a load. The next load anchors its head.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from data.config import Home
from data.database import rows
from data.files import write_atomically

FIRST_HASH = "0" * 64
PURGED = "purge"


@dataclass(frozen=True)
class Line:
    """One line of the chain, as it is stored."""

    sequence: int
    happened_at: datetime
    who: str
    what: str
    detail: str
    previous_hash: str
    hash: str

    @property
    def recomputed(self) -> str:
        """What the hash must be."""
        return line_hash(self.previous_hash, self.sequence, self.happened_at, self.who, self.what, self.detail)


@dataclass(frozen=True)
class Head:
    """The end of a chain: its last hash and how many lines there are."""

    hash: str
    lines: int

    def __str__(self) -> str:
        return f"{self.hash} {self.lines}"


def line_hash(previous: str, sequence: int, at: datetime, who: str, what: str, detail: str) -> str:
    """What chains one line to the one before it."""
    line = json.dumps([previous, sequence, at.isoformat(), who, what, detail], ensure_ascii=False)
    return hashlib.sha256(line.encode()).hexdigest()


def row_hash(row: Iterable[Any]) -> str:
    """The hash of a row of the record, by which its audit line vouches for it."""
    return hashlib.sha256(json.dumps([str(value) for value in row], ensure_ascii=False).encode()).hexdigest()


def last_head(con: duckdb.DuckDBPyConnection) -> Head:
    """The end of the chain of the attached record, as it is committed."""
    digest, lines = rows(con, "staging/audit_head")[0]
    return Head(digest or FIRST_HASH, lines)


def append_line(con: duckdb.DuckDBPyConnection, last: Head, who: str, what: str, detail: dict[str, Any]) -> Head:
    """Add a line to the chain of the attached record, inside the caller's transaction; gives the new head."""
    sequence = con.execute("select nextval('record.position')").fetchall()[0][0]
    at = now()
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False)
    digest = line_hash(last.hash, sequence, at, who, what, text)
    con.execute(
        "insert into record.audit values ($sequence, $at, $who, $what, $detail, $previous, $hash)",
        {
            "sequence": sequence,
            "at": at,
            "who": who,
            "what": what,
            "detail": text,
            "previous": last.hash,
            "hash": digest,
        },
    )
    return Head(digest, last.lines + 1)


def read_lines(con: duckdb.DuckDBPyConnection) -> list[Line]:
    """The whole chain of the attached record, in its order."""
    found = con.execute(
        "select sequence, happened_at, who, what, detail, previous_hash, hash from record.audit order by sequence"
    ).fetchall()
    return [Line(*row) for row in found]


def check_chain(lines: list[Line], heads: list[Head]) -> list[str]:
    """What is wrong with a chain, a sentence each; none where it holds. `heads`: the ends that were kept elsewhere.

    A line that was purged keeps its place and its hash: a later line, itself in the chain, says which and why.
    """
    tombstones = {
        (entry["sequence"], entry["hash"])
        for line in lines
        if line.what == PURGED and line.recomputed == line.hash
        for entry in json.loads(line.detail).get("lines", [])
    }
    wrong = []
    previous, last = FIRST_HASH, 0
    for line in lines:
        if line.sequence <= last:
            wrong.append(f"Line {line.sequence} of the audit does not come after line {last}.")
        if line.previous_hash != previous:
            wrong.append(
                f"Line {line.sequence} of the audit does not follow the line before it: one is missing or new."
            )
        if line.recomputed != line.hash and (line.sequence, line.hash) not in tombstones:
            wrong.append(f"Line {line.sequence} of the audit was changed.")
        previous, last = line.hash, line.sequence
    if heads and Head(previous, len(lines)) not in heads:
        wrong.append(
            f"The audit has {len(lines)} lines and ends with {previous[:12]}…, and the head that is kept outside the record "
            f"says {heads[0].lines} and {heads[0].hash[:12]}…: its end was cut off or added to, or all of it written anew."
        )
    return wrong


def read_heads(home: Home) -> list[Head]:
    """The ends that the chain may have, as kept beside the record: the last one and, if a write was under way, its own.

    None before the first line; one that no chain has where the file cannot be read.
    """
    try:
        kept = home.audit_head.read_text(encoding="utf-8").splitlines()
        return [Head(digest, int(lines)) for digest, lines in (each.split() for each in kept)]
    except FileNotFoundError:
        return []
    except ValueError:
        return [Head("that cannot be read", 0)]


def write_heads(home: Home, *heads: Head) -> None:
    """Keep the end of the chain outside the database: the last one and, before a commit, the one it is about to have."""
    write_atomically(home.audit_head, "".join(f"{head}\n" for head in heads).encode())


def now() -> datetime:
    """The time as the record keeps it: UTC, whole seconds, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


# Trails ---------------------------------------------------------------------------------------------------------------


class Trail:
    """One process's chained file of looks. Each line is on the disk before `note` comes back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = Head(FIRST_HASH, 0)

    @cached_property
    def path(self) -> Path:
        """A name that no other process has."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{now():%Y%m%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"

    def note(self, who: str, what: str, detail: dict[str, Any]) -> None:
        """Add a line: who looked at what, took what out, or signed in. Never a figure, never a person's data."""
        at, text = now(), json.dumps(detail, sort_keys=True, ensure_ascii=False)
        sequence = self.head.lines + 1
        digest = line_hash(self.head.hash, sequence, at, who, what, text)
        line = [sequence, at.isoformat(), who, what, text, self.head.hash, digest]
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.head = Head(digest, sequence)


def note_in_trail(home: Home, who: str, what: str, detail: dict[str, Any]) -> None:
    """The one line of a command, in a trail of its own; none where the sample's figures are taken out: nothing is real there.

    Mail that leaves is noted all the same (pages/reports/delivery): it is real, whatever it is about.
    """
    if not home.is_sample:
        Trail(home.trails).note(who, what, detail)


def read_trail(path: Path) -> list[Line]:
    """The lines of a trail. Raises ValueError where a line cannot be read; a last one that was cut short is left out."""
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    lines = []
    for number, each in enumerate(whole.splitlines(), start=1):
        try:
            sequence, at, *rest = json.loads(each)
            lines.append(Line(sequence, datetime.fromisoformat(at), *rest))
        except (ValueError, TypeError) as error:
            raise ValueError(f"Line {number} of {path.name} cannot be read.") from error
    return lines


def trail_files(home: Home) -> list[Path]:
    """The trails of a home, oldest first."""
    return sorted(home.trails.glob("*.jsonl"))


def anchor_trails(con: duckdb.DuckDBPyConnection, home: Home) -> list[tuple[str, int, str]]:
    """The trails that grew since they were last anchored: (file, lines, hash of the last line)."""
    known = dict(con.execute("select name, max(lines) from record.trail group by name").fetchall())
    grown = []
    for path in trail_files(home):
        try:
            lines = read_trail(path)
        except ValueError:
            continue  # `verify` says what is wrong with it; a load is not kept waiting for that
        if lines and len(lines) > known.get(path.name, 0):
            grown.append((path.name, len(lines), lines[-1].hash))
    return grown


def check_trail(path: Path, anchors: list[tuple[int, str]]) -> list[str]:
    """What is wrong with one trail: its chain, and each (lines, hash) of it that the record has anchored."""
    if not path.exists():
        return [f"The trail {path.name} is anchored in the record and is gone."]
    try:
        lines = read_trail(path)
    except ValueError as error:
        return [str(error)]
    wrong = [sentence.replace("the audit", path.name) for sentence in check_chain(lines, [])]
    for count, digest in anchors:
        if len(lines) < count or lines[count - 1].hash != digest:
            wrong.append(f"The trail {path.name} does not hold what the record anchored at line {count}.")
    return wrong
