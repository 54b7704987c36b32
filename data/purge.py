"""What should never have been stored is taken out: from record, published versions, rejects and backups.

One person asks and another confirms, with a reason. A tombstone stays: the load or decision keeps its number, its audit
line keeps its place and its hash, and a new line of the chain says which were purged. DuckDB keeps deleted rows in its
file, so the record is written anew without them.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.audit import read_lines
from data.backup import MANIFEST, check_backup
from data.config import Home
from data.database import attach, detach
from data.decisions import Proposal, approve, decide, row_of
from data.files import replace, sha256_of, sync_file, write_atomically
from data.publish import publish
from data.record import StoreError, Writing, transaction, writing
from metrics.measure import Measure

_REMOVE_A_LOAD = (
    "delete from record.observation where load_id = $id",
    "delete from record.exposure where load_id = $id",
    "delete from record.event where load_id = $id",
    "delete from record.coverage where load_id = $id",
    "delete from record.unit where load_id = $id",
    "update record.load set file_name = '(purged)', note = '(purged)' where load_id = $id",
)
_REMOVE_A_DECISION = (
    "update record.decision set reason = '(purged)', detail = '{}', kind = 'purged' where decision_id = $id",
)


@dataclass(frozen=True)
class Purged:
    """What was purged, the backups it was taken out of, and those that could not be reached."""

    what: str
    id: int
    version: int
    backups: tuple[Path, ...]
    unreached: tuple[str, ...]


def ask_for_purge(writer: Writing, what: str, number: int, who: str, reason: str) -> int:
    """The first of two people asks; gives the number by which the other confirms. Nothing is removed yet."""
    proposal = Proposal("purge", reason, detail={"what": what, "id": number})
    _require(writer.con, what, number)
    return decide(writer, proposal, who)


def confirm_purge(home: Home, catalogue: dict[str, Measure], request: int, who: str, reason: str) -> Purged:
    """The second person confirms, and it is done. Raises StoreError when it is the same person, or nothing was asked."""
    with writing(home) as writer:
        row = row_of(writer, request)
        if row[1] != "purge":
            raise StoreError(f"Decision {request} does not ask for a purge.")
        asked = json.loads(row[7])
        what, number = str(asked["what"]), int(asked["id"])
        _require(writer.con, what, number)
        approve(writer, request, who, reason)
        backups = _known_backups(writer.con)
        hashes = _hashes_of(writer.con, what, number)
        _remove(writer, what, number, f"{row[9]} and {who}", request)
    _write_anew(home)
    with writing(home) as writer:
        shutil.rmtree(home.published, ignore_errors=True)  # every version that held it
        _forget_rejects(home, hashes)
        version = publish(writer, catalogue)
    reached, unreached = [], []
    for folder in backups:
        try:
            reached += _purge_backups(Path(folder), what, number, f"{row[9]} and {who}", request)
        except (OSError, StoreError) as error:
            unreached.append(f"{folder}: {error}")
    return Purged(what, number, version, tuple(reached), tuple(unreached))


def _require(con: duckdb.DuckDBPyConnection, what: str, number: int) -> None:
    counts = {
        "load": "select count(*) from record.load where load_id = $id",
        "decision": "select count(*) from record.decision where decision_id = $id and kind <> 'purge'",
    }
    if not con.execute(counts[what], {"id": number}).fetchall()[0][0]:
        raise StoreError(f"There is no {what} {number}; 'python -m data history' lists what there is.")


def _known_backups(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The folders into which backups were made, as the audit has them."""
    found = con.execute("select distinct detail->>'folder' from record.audit where what = 'backup'").fetchall()
    return sorted(folder for (folder,) in found if folder)


def _hashes_of(con: duckdb.DuckDBPyConnection, what: str, number: int) -> list[str]:
    if what != "load":
        return []
    found = con.execute("select bytes_sha256 from record.load where load_id = $id", {"id": number}).fetchall()
    return [digest for (digest,) in found]


def _remove(writer: Writing, what: str, number: int, who: str, request: int) -> None:
    """Take it out of the attached record in one transaction, which says so."""
    con = writer.con
    key = "load" if what == "load" else "decision"
    about = [line for line in read_lines(con) if _detail(line.detail).get(key) == number]
    tombstone = {
        "purged": what,
        "id": number,
        "asked": request,
        "lines": [{"sequence": line.sequence, "hash": line.hash} for line in about],
    }
    with transaction(writer, who, "purge", tombstone):
        for statement in _REMOVE_A_LOAD if what == "load" else _REMOVE_A_DECISION:
            con.execute(statement, {"id": number})
        for line in about:
            con.execute(
                "update record.audit set detail = $detail where sequence = $sequence",
                {"detail": json.dumps({key: number, "purged": True}), "sequence": line.sequence},
            )


def _detail(text: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(text)
        return found
    except ValueError:
        return {}


def _write_anew(home: Home) -> None:
    """The record without the free blocks in which deleted rows still stand, put in place in one step."""
    fresh = home.root / "record.building"
    fresh.unlink(missing_ok=True)
    with writing(home) as writer:
        attach(writer.con, fresh, "fresh")
        writer.con.execute("copy from database record to fresh")
        writer.con.execute("checkpoint fresh")
        detach(writer.con, "fresh")
        detach(writer.con, "record")
        sync_file(fresh)
        replace(fresh, home.record)


def _forget_rejects(home: Home, hashes: list[str]) -> None:
    for digest in hashes:
        for path in home.rejects.glob(f"{digest[:16]}*"):
            path.unlink()


def _purge_backups(folder: Path, what: str, number: int, who: str, request: int) -> list[Path]:
    """The same in each backup of a folder that holds it; its list of files is written anew."""
    if not folder.is_dir():
        raise StoreError("the folder cannot be reached; purge it by hand, or destroy it")
    done = []
    for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
        backup = manifest.parent
        check_backup(backup)
        copy = Home(backup)
        with writing(copy) as writer:
            try:
                _require(writer.con, what, number)
            except StoreError:
                continue  # it was made before
            hashes = _hashes_of(writer.con, what, number)
            _remove(writer, what, number, who, request)
        _write_anew(copy)
        shutil.rmtree(copy.published, ignore_errors=True)  # made again from the record when it is restored
        _forget_rejects(copy, hashes)
        copy.lock.unlink(missing_ok=True)
        told = json.loads(manifest.read_text(encoding="utf-8"))
        told["files"] = {
            path.relative_to(backup).as_posix(): sha256_of(path)
            for path in sorted(backup.rglob("*"))
            if path.is_file() and path != manifest
        }
        write_atomically(manifest, json.dumps(told, indent=1).encode())
        done.append(backup)
    return done
