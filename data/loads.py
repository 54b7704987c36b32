"""Loads that should not have been: withdrawn with a reason, restored with another, never removed."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from data.access import Action, NotForThisReader, Reader, Role, Thing, authorise
from data.config import Home
from data.database import rows_within
from data.deciding import decide_now
from data.decisions import Proposal, say_of
from data.grants import refuse_withdrawn
from data.ingest.intake import Intake, Receipt
from data.ingest.mapping import Mapping, to_detail
from data.ingest.problems import DEATHS_AMONG
from data.publish import publish
from data.record import StoreError, Writing, writing
from metrics.measure import Kind, Measure

NOTHING = Thing()


def withdraw_load(writer: Writing, catalogue: dict[str, Measure], load_id: int, who: str, reason: str) -> int:
    """Take a load out of force: what it replaced holds again. Raises StoreError where something would be hidden by that."""
    if not _is_in_force(writer.con, load_id):
        raise StoreError(f"Load {load_id} is withdrawn already; restore it with --undo.")
    check = nothing_hidden(writer, catalogue, f"Load {load_id} cannot be withdrawn")
    return say_of(writer, "load_withdrawal", load_id, who, reason, check=check)


def restore_load(writer: Writing, catalogue: dict[str, Measure], load_id: int, who: str, reason: str) -> int:
    """Put a withdrawn load in force again. Raises StoreError where something would be hidden by that."""
    if _is_in_force(writer.con, load_id):
        raise StoreError(f"Load {load_id} is in force; there is nothing to undo.")
    check = nothing_hidden(writer, catalogue, f"Load {load_id} cannot be restored")
    return say_of(writer, "load_restoration", load_id, who, reason, check=check)


def nothing_hidden(writer: Writing, catalogue: dict[str, Measure], what: str) -> Callable[[], None]:
    """A check for after a change: no death has left the count, and every figure stands on a unit that is known.

    It remembers the deaths that stand now. It raises StoreError, beginning with `what`.
    """
    deaths = [measure.id for measure in catalogue.values() if measure.kind is Kind.DEATH]
    before = set(rows_within(writer.con, "staging/standing_deaths", deaths=deaths))
    orphans = set(rows_within(writer.con, "staging/orphaned_units"))

    def check() -> None:
        gone = before - set(rows_within(writer.con, "staging/standing_deaths", deaths=deaths))
        if gone:
            named = ", ".join(sorted({f"{measure} of {month}" for measure, _, month in gone})[:5])
            raise StoreError(f"{what}: deaths ({named}) would leave the count; load a correction first.")
        hidden = sorted(str(code) for (code,) in set(rows_within(writer.con, "staging/orphaned_units")) - orphans)
        if hidden:
            raise StoreError(
                f"{what}: there are figures on units ({', '.join(hidden[:5])}) that no units file would know; load one first."
            )

    return check


def _is_in_force(con: duckdb.DuckDBPyConnection, load_id: int) -> bool:
    found = con.execute("select file_name from record.load where load_id = $id", {"id": load_id}).fetchall()
    if not found:
        raise StoreError(f"There is no load {load_id}; 'python -m data history' lists them.")
    if found[0][0] == "(purged)":
        raise StoreError(f"Load {load_id} was purged: there is nothing left of it.")
    return bool(con.execute("select count(*) from active_load where load_id = $id", {"id": load_id}).fetchall()[0][0])


# In one step, for the Upload page and the command line -------------------------------------------------------------------


def accept_now(extract: Intake, by: Reader, *, partial: bool) -> Receipt:
    """Store what was checked, and publish. Raises NotForThisReader, and what `Intake.accept` raises."""
    refuse_withdrawn(extract.writer, by)
    authorise(by, Action.LOAD_DEATHS if extract.has_deaths else Action.LOAD, NOTHING)
    if extract.changed_levels and by.role is not Role.OPERATOR:
        raise NotForThisReader(
            f"The level of a unit ({', '.join(extract.changed_levels[:3])}) decides who sees its figures: this file is loaded on "
            "the command line, by those who run the dashboard. Nothing was stored."
        )
    return extract.accept(by.signature, partial=partial)


def withdraw_now(home: Home, catalogue: dict[str, Measure], load_id: int, by: Reader, reason: str) -> int:
    """Withdraw a load and publish what holds again; gives the version that readers see. Raises NotForThisReader, StoreError."""
    with writing(home) as writer:
        _authorise(writer, catalogue, load_id, by)
        withdraw_load(writer, catalogue, load_id, by.signature, reason)
        return publish(writer, catalogue)


def restore_now(home: Home, catalogue: dict[str, Measure], load_id: int, by: Reader, reason: str) -> int:
    """Put a withdrawn load in force again and publish; gives the version. Raises NotForThisReader, StoreError."""
    with writing(home) as writer:
        _authorise(writer, catalogue, load_id, by)
        restore_load(writer, catalogue, load_id, by.signature, reason)
        return publish(writer, catalogue)


def _authorise(writer: Writing, catalogue: dict[str, Measure], load_id: int, by: Reader) -> None:
    """Who loads may take a load back; where it speaks of deaths, who loads deaths."""
    refuse_withdrawn(writer, by)
    deaths = [measure.id for measure in catalogue.values() if measure.kind is Kind.DEATH]
    spoken = rows_within(writer.con, "staging/speaks_of_deaths", load_id=load_id, deaths=deaths)[0][0]
    authorise(by, Action.LOAD_DEATHS if spoken else Action.LOAD, NOTHING)


def remember_mapping(home: Home, mapping: Mapping, by: Reader, reason: str) -> int:
    """Record what the columns and words of a source are here; gives the decision. Raises ValueError, StoreError."""
    (decision,) = decide_now(home, [Proposal("mapping", reason, detail=to_detail(mapping))], by)
    return decision


def rejected_rows(home: Home, load_id: int, by: Reader) -> bytes | None:
    """The lines of a load that were not stored, as the CSV file that was kept of them; None where there is none."""
    authorise(by, Action.LOAD, NOTHING)
    with writing(home) as writer:
        found = writer.con.execute(
            "select bytes_sha256 from record.load where load_id = $id", {"id": load_id}
        ).fetchall()
    name = f"{home.rejects}/{found[0][0][:16]}" if found else ""
    if Path(f"{name}{DEATHS_AMONG}.csv").is_file():
        authorise(by, Action.LOAD_DEATHS, NOTHING)
        name += DEATHS_AMONG
    path = Path(f"{name}.csv")
    return path.read_bytes() if found and path.is_file() else None
