"""The record: opened for the moments of a write, under a lock, and never edited.

`writing(home)` gives a workspace with the record attached as `record`; what is appended in it is committed as one
transaction, checkpointed, and only then acknowledged. The head of the audit chain is kept beside the file as well.
"""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from data.audit import anchor_trails, append_line, last_head, row_hash, write_heads
from data.config import Home
from data.database import attach, run, workspace
from data.files import write_atomically

SCHEMA_VERSION = 3
LOCK_SECONDS = 60
UPGRADES = {1: "schema/upgrade_2", 2: "schema/upgrade_3"}  # the layout that is found -> how it becomes the next


class StoreError(RuntimeError):
    """The store cannot be used as asked: one sentence says why and what to do."""


class Busy(StoreError):
    """Somebody else writes; the same again in a minute will do."""


@dataclass
class Writing:
    """A workspace that holds the writer's lock: `con` has `record` attached, `folder` is a scratch folder.

    `committed` says that a transaction was, so that what fails later never claims that nothing was changed.
    """

    home: Home
    con: duckdb.DuckDBPyConnection
    folder: Path
    committed: bool = False


@contextmanager
def locked(home: Home, *, wait: float = LOCK_SECONDS) -> Iterator[None]:
    """The writer's lock of a home: one process at a time. Raises StoreError when it is busy or cannot be written."""
    _make_folder(home.root)
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise Busy("Another load is running; wait until it has ended and try again.") from error
    except OSError as error:
        raise cannot_write(home.root, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(home: Home, *, wait: float = LOCK_SECONDS, reach: tuple[Path, ...] = ()) -> Iterator[Writing]:
    """The only way to the record; it can also read files in the folders of `reach`.

    Raises StoreError when the record is busy, newer, or cannot be written.
    """
    with locked(home, wait=wait), tempfile.TemporaryDirectory(prefix="zero-harm-") as scratch:
        con = workspace(home.root, Path(scratch), *reach)
        writer = Writing(home, con, Path(scratch))
        try:
            run(con, "schema/macros")
            open_record(con, home)
            yield writer
        except (duckdb.Error, OSError) as error:
            if writer.committed:
                raise stored_only(home.root, error) from error
            if isinstance(error, duckdb.IOException) or "No space left" in str(error) or "Read-only" in str(error):
                raise cannot_write(home.root, error) from error
            raise
        finally:
            con.close()


def open_record(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Attach the record as `record`, made when it is not there, brought forward when it is of an older layout."""
    attach(con, home.record, "record")
    tables = con.execute("select count(*) from duckdb_tables() where database_name = 'record'").fetchall()[0][0]
    if tables == 0:
        _change_layout(con, "schema/record")
    found = layout_of(con)
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"This store was made by a newer version of the dashboard (layout {found}, this one knows {SCHEMA_VERSION}); "
            "install that version."
        )
    while found < SCHEMA_VERSION:
        _change_layout(con, UPGRADES[found])
        found = layout_of(con)
    run(con, "schema/spells")


def layout_of(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the attached record's layout."""
    found: int = con.execute("select schema_version from record.meta").fetchall()[0][0]
    return found


def _change_layout(con: duckdb.DuckDBPyConnection, step: str) -> None:
    """One step, whole or not at all: an upgrade that was cut short begins again next time."""
    con.execute("begin")
    run(con, step)
    con.execute("commit")
    con.execute("checkpoint record")


def next_position(con: duckdb.DuckDBPyConnection) -> int:
    """The next number of the one sequence that orders everything in the record."""
    position: int = con.execute("select nextval('record.position')").fetchall()[0][0]
    return position


@contextmanager
def transaction(writer: Writing, who: str, what: str, detail: dict[str, Any]) -> Iterator[None]:
    """All or nothing, with its audit line; on leaving it is on disk and the head of the chain is beside it.

    What `detail` says when the caller is done goes into the line, so that a hash of what was written can be added last.
    """
    if not who.strip():
        raise StoreError("Say who does this: a name that is not empty.")
    con, home = writer.con, writer.home
    before = last_head(con)
    con.execute("begin")
    try:
        yield
        head = append_line(con, before, who, what, detail | _anchored(writer))
        # Both ends are kept until the commit is on disk: a crash in between leaves one or the other.
        write_heads(home, *([before] if before.lines else []), head)
        con.execute("commit")
        writer.committed = True
    except BaseException:
        with suppress(duckdb.TransactionException):  # a commit that failed has ended the transaction itself
            con.execute("rollback")
        raise
    try:
        con.execute("checkpoint record")
        write_heads(home, head)
    except (duckdb.Error, OSError) as error:
        raise stored_only(home.root, error) from error


def _anchored(writer: Writing) -> dict[str, Any]:
    """Anchor the trails that grew; their rows are vouched for by the audit line."""
    grown = anchor_trails(writer.con, writer.home)
    if not grown:
        return {}
    position = next_position(writer.con)
    writer.con.executemany("insert into record.trail values (?, ?, ?, ?)", [(position, *each) for each in grown])
    return {"trails": row_hash(value for each in sorted(grown) for value in (position, *each)), "trails_at": position}


def reference_key(home: Home) -> bytes:
    """The secret with which the source's incident references are hashed; made once, readable by this account only."""
    if not home.reference_key.exists():
        write_atomically(home.reference_key, secrets.token_hex(32).encode())
        home.reference_key.chmod(0o600)
    return home.reference_key.read_bytes()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(folder: Path, error: Exception) -> StoreError:
    """Before anything is committed: why the folder cannot be used, and that nothing was changed."""
    return StoreError(
        f"The folder {folder} cannot be written ({why(error)}); nothing was changed. "
        "Free space or permit writing there, then load again."
    )


def stored_only(folder: Path, error: Exception) -> StoreError:
    """After a commit: it is kept, and readers do not see it yet."""
    return StoreError(
        f"What was sent is stored, but not yet published ({why(error)}): free space in {folder} and run 'python -m data publish'."
    )


def why(error: Exception) -> str:
    """The reason of an error in few words."""
    text = str(error)
    if "No space left" in text:
        return "the disk is full"
    if "Read-only" in text or "Permission denied" in text:
        return "it is read-only"
    return getattr(error, "strerror", None) or text.splitlines()[0]
