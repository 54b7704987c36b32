"""The record: opened for the moments of a write, under a lock, and never edited.

`writing(home)` gives a workspace with the record attached as `record`; what is appended in it is committed as one
transaction, checkpointed, and only then acknowledged. The head of the audit chain is kept beside the file as well.
"""

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from data.config import Home
from data.database import attach, rows, run, workspace

SCHEMA_VERSION = 2
LOCK_SECONDS = 60
FIRST_HASH = "0" * 64


class StoreError(RuntimeError):
    """The store cannot be used as asked: one sentence says why and what to do."""


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
def writing(home: Home) -> Iterator[Writing]:
    """The only way to the record. Raises StoreError when it is busy, newer, or cannot be written."""
    _make_folder(home.root)
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise StoreError("Another load is running; wait until it has ended and try again.") from error
    except OSError as error:
        raise cannot_write(home.root, error) from error
    try:
        with tempfile.TemporaryDirectory(prefix="zero-harm-") as scratch:
            con = workspace(home.root, Path(scratch))
            writer = Writing(home, con, Path(scratch))
            try:
                run(con, "schema/macros")
                open_record(con, home)
                yield writer
            except (duckdb.Error, OSError) as error:
                if writer.committed:
                    raise _stored_only(home.root, error) from error
                if isinstance(error, duckdb.IOException) or "No space left" in str(error) or "Read-only" in str(error):
                    raise cannot_write(home.root, error) from error
                raise
            finally:
                con.close()
    finally:
        lock.release()


def open_record(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Attach the record as `record`, made when it is not there."""
    attach(con, home.record, "record")
    tables = con.execute("select count(*) from duckdb_tables() where database_name = 'record'").fetchall()[0][0]
    if tables == 0:
        con.execute("begin")
        run(con, "schema/record")
        con.execute("commit")
        con.execute("checkpoint record")
    found = con.execute("select schema_version from record.meta").fetchall()[0][0]
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"This store was made by a newer version of the dashboard (layout {found}, this one knows {SCHEMA_VERSION}); "
            "install that version."
        )
    if found < SCHEMA_VERSION:
        con.execute("begin")
        run(con, "schema/upgrade_2")
        con.execute("commit")
        con.execute("checkpoint record")


def next_position(con: duckdb.DuckDBPyConnection) -> int:
    """The next number of the one sequence that orders everything in the record."""
    position: int = con.execute("select nextval('record.position')").fetchall()[0][0]
    return position


def append_audit(con: duckdb.DuckDBPyConnection, who: str, what: str, detail: dict[str, Any]) -> str:
    """Add a line to the audit chain, inside the caller's transaction; gives its hash."""
    last = rows(con, "staging/audit_head")
    previous = last[0][0] if last else FIRST_HASH
    position, at = next_position(con), datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False)
    digest = audit_hash(previous, position, at, who, what, text)
    con.execute(
        "insert into record.audit values ($position, $at, $who, $what, $detail, $previous, $hash)",
        {
            "position": position,
            "at": at,
            "who": who,
            "what": what,
            "detail": text,
            "previous": previous,
            "hash": digest,
        },
    )
    return digest


def audit_hash(previous: str, position: int, at: datetime, who: str, what: str, detail: str) -> str:
    """What chains one line of the audit to the one before it."""
    line = json.dumps([previous, position, at.isoformat(), who, what, detail], ensure_ascii=False)
    return hashlib.sha256(line.encode()).hexdigest()


@contextmanager
def transaction(writer: Writing, who: str, what: str, detail: dict[str, Any]) -> Iterator[None]:
    """All or nothing, with its audit line; on leaving it is on disk and the head of the chain is beside it."""
    con = writer.con
    con.execute("begin")
    try:
        yield
        head = append_audit(con, who, what, detail)
        con.execute("commit")
        writer.committed = True
    except BaseException:
        with suppress(duckdb.TransactionException):  # a commit that failed has ended the transaction itself
            con.execute("rollback")
        raise
    try:
        con.execute("checkpoint record")
        write_atomically(writer.home.audit_head, f"{head}\n".encode())
    except (duckdb.Error, OSError) as error:
        raise _stored_only(writer.home.root, error) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, then replace; on Windows a reader may hold the file, so that is retried."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace(temporary, path)


def replace(source: Path, target: Path, tries: int = 20) -> None:
    """`os.replace`, tried again while a reader holds the target (Windows), and made durable where folders can be synced."""
    import time

    for attempt in range(tries):
        try:
            source.replace(target)
            break
        except PermissionError:
            if attempt == tries - 1:
                raise
            time.sleep(0.1)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


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


def _stored_only(folder: Path, error: Exception) -> StoreError:
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
