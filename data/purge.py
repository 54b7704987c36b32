"""What should never have been stored is taken out: from record, published versions, rejects and backups.

One person asks and another confirms, with a reason. A tombstone stays: the load or decision keeps its number, its audit
line keeps its place and its hash, and a new line of the chain says which were purged. DuckDB keeps deleted rows in its
file, so the record is written anew without them.
"""

import json
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
from data.loads import nothing_hidden
from data.publish import editions, publish
from data.record import StoreError, Writing, transaction, writing
from metrics.measure import Measure

KEPT = ("load", "decision", "trails", "trails_at")  # of the detail of a purged line
_REMOVE_A_LOAD = (
    "delete from record.observation where load_id = $id",
    "delete from record.exposure where load_id = $id",
    "delete from record.event where load_id = $id",
    "delete from record.coverage where load_id = $id",
    "delete from record.unit where load_id = $id",
    "update record.load set file_name = '(purged)', note = '(purged)' where load_id = $id",
)
_REMOVE_A_DECISION = (
    "update record.decision set reason = '(purged)', detail = '{}', kind = 'purged', measure_id = '', unit_code = ''"
    " where decision_id = $id",
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
    """The second person confirms, and it is done. Raises StoreError when it is the same person, or nothing was asked.

    One that was cut short is taken up again by confirming it again.
    """
    with writing(home) as writer:
        row = row_of(writer, request)
        if row[1] != "purge":
            raise StoreError(f"Decision {request} does not ask for a purge.")
        asked = json.loads(row[7])
        what, number = str(asked["what"]), int(asked["id"])
        people = f"{row[9]} and {who}"
        if not _is_begun(writer.con, request):
            _require(writer.con, what, number)
            if what == "load":
                _refuse_hiding(writer, catalogue, number)
            approve(writer, request, who, reason)
        backups = _known_backups(writer.con)
        hashes = _hashes_of(writer.con, what, number)
        _remove(writer, what, number, people, request)
    try:
        _write_anew(home)
        with writing(home) as writer:
            _forget_versions(home, number)
            _forget_rejects(home, hashes)
            version = publish(writer, catalogue)
        reached, unreached = [], []
        for folder, made in backups:
            try:
                done, there = _purge_backups(Path(folder), what, number, people, request)
                reached += done
                if there < made:
                    unreached.append(
                        f"{made - there} backups that were made in {folder} are no longer there: purge or destroy them"
                    )
            except (OSError, StoreError) as error:
                unreached.append(f"{folder}: {error}")
        with writing(home) as writer, transaction(writer, people, "purge_done", {"asked": request}):
            pass
    except OSError as error:
        raise StoreError(
            f"The purge is not finished ({error.strerror}): free space, then say --confirm {request} again."
        ) from error
    return Purged(what, number, version, tuple(reached), tuple(unreached))


def _is_begun(con: duckdb.DuckDBPyConnection, request: int) -> bool:
    """Whether it was confirmed and not finished. Raises StoreError where it was finished."""
    found = con.execute(
        "select what, count(*) from record.audit where what in ('purge', 'purge_done')"
        " and (detail->>'asked')::bigint = $id group by what",
        {"id": request},
    ).fetchall()
    told = dict(found)
    if told.get("purge_done"):
        raise StoreError(f"The purge {request} is done already.")
    return bool(told.get("purge"))


def _refuse_hiding(writer: Writing, catalogue: dict[str, Measure], load_id: int) -> None:
    """A purge hides no death and no unit that others stand on: what a withdrawal would refuse, it refuses."""
    con = writer.con
    check = nothing_hidden(writer, catalogue, f"Load {load_id} cannot be purged")
    con.execute("begin")
    try:
        for statement in _REMOVE_A_LOAD[:-1]:
            con.execute(statement, {"id": load_id})
        check()
    finally:
        con.execute("rollback")


def _require(con: duckdb.DuckDBPyConnection, what: str, number: int) -> None:
    counts = {
        "load": "select count(*) from record.load where load_id = $id",
        "decision": "select count(*) from record.decision where decision_id = $id and kind not in ('purge', 'publication')",
    }
    if not con.execute(counts[what], {"id": number}).fetchall()[0][0]:
        raise StoreError(f"There is no {what} {number}; 'python -m data history' lists what there is.")


def _known_backups(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """The folders into which backups were made, as the audit has them, and how many in each."""
    return con.execute(
        "select detail->>'folder' as folder, count(*) from record.audit where what = 'backup' group by folder order by folder"
    ).fetchall()


def _hashes_of(con: duckdb.DuckDBPyConnection, what: str, number: int) -> list[str]:
    if what != "load":
        return []
    found = con.execute("select bytes_sha256 from record.load where load_id = $id", {"id": number}).fetchall()
    return [digest for (digest,) in found]


def _remove(writer: Writing, what: str, number: int, who: str, request: int) -> None:
    """Take it out of the attached record in one transaction, which says so."""
    con = writer.con
    key = "load" if what == "load" else "decision"
    hashes = _hashes_of(con, what, number)
    about = [line for line in read_lines(con) if _is_about(_detail(line.detail), key, number, hashes)]
    tombstone = {
        "purged": what,
        "id": number,
        "asked": request,
        "lines": [{"sequence": line.sequence, "hash": line.hash} for line in about],
        "editions": [version for version in sorted(editions(con)) if version >= number],
    }
    with transaction(writer, who, "purge", tombstone):
        for statement in _REMOVE_A_LOAD if what == "load" else _REMOVE_A_DECISION:
            con.execute(statement, {"id": number})
        # What was said of it may name it again; the trails that a line anchors stay anchored.
        con.execute("update record.decision set reason = '(purged)' where concerns = $id", {"id": number})
        for line in about:
            kept = {name: value for name, value in _detail(line.detail).items() if name in KEPT}
            con.execute(
                "update record.audit set detail = $detail where sequence = $sequence",
                {"detail": json.dumps(kept | {"purged": True}, sort_keys=True), "sequence": line.sequence},
            )


def _is_about(detail: dict[str, Any], key: str, number: int, hashes: list[str]) -> bool:
    """The line of a load or decision, of what was said of it, and of the same bytes that changed nothing or were refused."""
    return detail.get(key) == number or detail.get("sha256") in hashes


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


def _forget_versions(home: Home, number: int) -> None:
    """Every published version that may hold it: those from its own number on. Earlier editions never did, and stay."""
    home.pointer.unlink(missing_ok=True)
    for path in home.published.glob("*-*.*"):
        if int(path.stem.split("-")[1]) >= number:
            path.unlink()


def _forget_rejects(home: Home, hashes: list[str]) -> None:
    for digest in hashes:
        for path in home.rejects.glob(f"{digest[:16]}*"):
            path.unlink()


def _purge_backups(folder: Path, what: str, number: int, who: str, request: int) -> tuple[list[Path], int]:
    """The same in each backup of a folder that holds it, and how many backups stand there; lists of files are written anew."""
    if not folder.is_dir():
        raise StoreError("the folder cannot be reached; purge it by hand, or destroy it")
    done, there = [], sorted(folder.glob(f"*/{MANIFEST}"))
    for manifest in there:
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
        _forget_versions(copy, number)  # what readers saw is made again when it is restored
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
    return done, len(there)
