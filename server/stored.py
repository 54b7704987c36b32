"""What readers see, and what the record says: looked at without keeping a load waiting, and again only after a change."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from data.audit import last_head, read_heads
from data.config import Home
from data.database import attach, let_go_of_deleted, reader, workspace
from data.expectation import DUE_DAYS, expectations
from data.ingest.feeds import FEEDS
from data.publish import Published, damaged, record_version
from data.record import StoreError, layout_of, locked
from data.store import Store

HASHED_AGAIN_AFTER = 30  # seconds: bytes that rot change no date of the file


@dataclass(frozen=True)
class Shown:
    """What readers see: its version, when the newest load came (UTC), its newest month, the day the next one is due."""

    version: int
    last_loaded_at: datetime | None
    newest_month: date | None
    next_due_on: date | None


@dataclass(frozen=True)
class Recorded:
    """What the record says: its layout, the version that readers should see, and whether the audit ends as it should."""

    layout: int
    version: int
    head_holds: bool


# What readers see -------------------------------------------------------------------------------------------------------

_SHOWN: dict[Path, tuple[str, Shown]] = {}
_HASHED: dict[Path, tuple[object, float]] = {}


def shown(home: Home) -> Shown | None:
    """What is published; None where nothing is. Raises StoreError, CatalogueError and the like where it does not open."""
    let_go_of_deleted()
    store = Store.open(home)
    if store is None:
        return None
    if wrong := damaged_files(store.published):
        raise StoreError(f"The published file {wrong[0].name} is not what it was; run 'python -m data publish'.")
    key, found = _SHOWN.get(home.root, ("", None))
    if found is None or key != store.key:
        found = _read(store)
        _SHOWN[home.root] = store.key, found
    return found


def damaged_files(published: Published) -> list[Path]:
    """The published files that are not what the pointer says, hashed when they were touched and every half minute."""
    files = (published.figures, published.deaths)
    try:
        seen = [(path, path.stat().st_mtime_ns, path.stat().st_size, path.stat().st_ino) for path in files]
    except OSError:
        return damaged(published)
    before, at = _HASHED.get(published.figures, (None, 0.0))
    if before == (seen, published.hashes) and time.monotonic() - at < HASHED_AGAIN_AFTER:
        return []
    wrong = damaged(published)
    if not wrong:
        _HASHED.clear()  # an older version is never asked about again
        _HASHED[published.figures] = ((seen, published.hashes), time.monotonic())
    return wrong


def _read(store: Store) -> Shown:
    with reader(store.published.figures) as con:
        version, loaded_at = con.execute("select version, last_loaded_at from version").fetchall()[0]
        days = con.execute("select feed, max(last_day) from load where withdrawn_at is null group by feed").fetchall()
        found = con.execute(
            "select decision_id, kind, measure_id, unit_code, first_month, last_month, detail from decision"
            " where kind = 'expectation' and known_from is not null and known_until is null"
        )
        names = [column[0] for column in found.description or []]
        decided = expectations(dict(zip(names, row, strict=True)) for row in found.fetchall())
    own = [day for feed, day in days if day and not (feed in FEEDS and FEEDS[feed].national)]
    newest = max(own).replace(day=1) if own else None
    due_days = max((e.due_day for e in decided if not e.specific), default=DUE_DAYS)
    return Shown(version, loaded_at, newest, _next_due(newest, due_days) if newest else None)


def _next_due(newest: date, due_days: int) -> date:
    """The last day on which the month after the newest is in time."""
    end = (np.datetime64(newest, "M") + 2).astype("datetime64[D]") - 1
    due: date = end.astype(date) + timedelta(days=due_days)
    return due


# The record -------------------------------------------------------------------------------------------------------------

_RECORDED: dict[Path, tuple[object, Recorded]] = {}


def recorded(home: Home, wait: float = 0) -> Recorded:
    """What the record says, looked at again once it has changed. Raises Busy while somebody writes, else StoreError.

    DuckDB lets nobody write to a file that another process reads: the writer's lock is held for the moment, if it is free.
    """
    key = _signature(home)
    before, found = _RECORDED.get(home.root, (None, None))
    if found is not None and before == key:
        return found
    with locked(home, wait=wait):
        key = _signature(home)
        con = workspace(home.root)
        try:
            attach(con, home.record, "record", read_only=True)
            found = Recorded(layout_of(con), record_version(con), last_head(con) in read_heads(home))
        except Exception as error:  # whatever DuckDB says of a file that it cannot read
            raise StoreError(
                "The record does not open; restore the last backup with 'python -m data restore'."
            ) from error
        finally:
            con.close()
    _RECORDED[home.root] = key, found
    return found


def last_recorded(home: Home) -> Recorded | None:
    """What the record said when it was looked at last."""
    return _RECORDED[home.root][1] if home.root in _RECORDED else None


def _signature(home: Home) -> tuple[tuple[int, int, int], ...]:
    stats = [path.stat() for path in (home.record, home.audit_head) if path.exists()]
    return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in stats)
