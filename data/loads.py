"""Loads that should not have been: withdrawn with a reason, restored with another, never removed."""

import duckdb

from data.config import Home
from data.database import rows
from data.decisions import Proposal, decide, say_of
from data.ingest.mapping import Mapping, to_detail
from data.publish import publish
from data.record import StoreError, Writing, writing
from metrics.measure import Kind, Measure


def withdraw_load(writer: Writing, catalogue: dict[str, Measure], load_id: int, who: str, reason: str) -> int:
    """Take a load out of force: what it replaced holds again. Raises StoreError where something would be hidden by that."""
    if not _is_in_force(writer.con, load_id):
        raise StoreError(f"Load {load_id} is withdrawn already; restore it with --undo.")
    deaths = [measure.id for measure in catalogue.values() if measure.kind is Kind.DEATH]
    for sentence, found in (
        (
            "it holds deaths ({}) that no other load holds; load a correction first",
            rows(writer.con, "staging/orphaned_deaths", load_id=load_id, deaths=deaths),
        ),
        (
            "figures of other loads are on units ({}) that no other units file knows; load one first",
            rows(writer.con, "staging/orphaned_units", load_id=load_id),
        ),
    ):
        if found:
            raise StoreError(
                f"Load {load_id} cannot be withdrawn: {sentence.format(', '.join(str(row[0]) for row in found[:5]))}."
            )
    return say_of(writer, "load_withdrawal", load_id, who, reason)


def restore_load(writer: Writing, load_id: int, who: str, reason: str) -> int:
    """Put a withdrawn load in force again."""
    if _is_in_force(writer.con, load_id):
        raise StoreError(f"Load {load_id} is in force; there is nothing to undo.")
    return say_of(writer, "load_restoration", load_id, who, reason)


def _is_in_force(con: duckdb.DuckDBPyConnection, load_id: int) -> bool:
    if not con.execute("select count(*) from record.load where load_id = $id", {"id": load_id}).fetchall()[0][0]:
        raise StoreError(f"There is no load {load_id}; 'python -m data history' lists them.")
    return bool(con.execute("select count(*) from active_load where load_id = $id", {"id": load_id}).fetchall()[0][0])


# In one step, for the Upload page --------------------------------------------------------------------------------------


def withdraw_now(home: Home, catalogue: dict[str, Measure], load_id: int, who: str, reason: str) -> int:
    """Withdraw a load and publish what holds again; gives the version that readers see."""
    with writing(home) as writer:
        withdraw_load(writer, catalogue, load_id, who, reason)
        return publish(writer, catalogue)


def restore_now(home: Home, catalogue: dict[str, Measure], load_id: int, who: str, reason: str) -> int:
    """Put a withdrawn load in force again and publish it; gives the version that readers see."""
    with writing(home) as writer:
        restore_load(writer, load_id, who, reason)
        return publish(writer, catalogue)


def remember_mapping(home: Home, catalogue: dict[str, Measure], mapping: Mapping, who: str, reason: str) -> int:
    """Record what the columns and words of a source are here; gives the decision. Raises ValueError, StoreError."""
    proposal = Proposal("mapping", reason, detail=to_detail(mapping))
    with writing(home) as writer:
        decision = decide(writer, proposal, who)
        publish(writer, catalogue)
    return decision


def rejected_rows(home: Home, load_id: int) -> bytes | None:
    """The lines of a load that were not stored, as the CSV file that was kept of them; None where there is none."""
    with writing(home) as writer:
        found = writer.con.execute(
            "select bytes_sha256 from record.load where load_id = $id", {"id": load_id}
        ).fetchall()
    path = home.rejects / f"{found[0][0][:16]}.csv" if found else None
    return path.read_bytes() if path is not None and path.is_file() else None
