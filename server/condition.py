"""What state a store is in, beside its figures: what a crash left, room on the disk, backups, delay and the clock."""

import json
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from data.config import Home
from data.record import Busy, locked
from server.stored import Shown

LEAST_FREE = 500_000_000  # bytes; a load needs about as much as the record again, and publishing the same
TIMES_THE_RECORD = 4
BACKUP_AGE = timedelta(days=2)  # of nightly backups one has failed, and the next is late
CLOCK_AHEAD = timedelta(minutes=5)  # as far as two clocks may differ
IN_THE_MAKING = 10  # seconds that a small file may take to be put in place, where no lock is needed for it


def now() -> datetime:
    """The time as the record keeps it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def leftovers(home: Home) -> list[str]:
    """The names of files that only a crash leaves: a log beside the record, or a file half written, while nobody writes."""
    if not _half_done(home):
        return []
    try:
        with locked(home, wait=0):
            return [path.name for path in _half_done(home)]
    except Busy:
        return []


def _half_done(home: Home) -> list[Path]:
    log = home.record.with_name(f"{home.record.name}.wal")
    made = [*home.published.glob("*.building*"), *home.published.glob("*.tmp"), *home.root.glob("*.tmp")]
    return [log] * log.exists() + [path for path in sorted(made) if _age(path) > IN_THE_MAKING]


def _age(path: Path) -> float:
    """Seconds since a file was written; 0 for one that has just been put in place."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def last_backup(home: Home) -> datetime | None:
    """When the last backup was made (UTC); None where there is none, or the note of it cannot be read."""
    try:
        return datetime.fromisoformat(json.loads(home.last_backup.read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def backup_is_due(at: datetime | None) -> bool:
    """There is none, or none of the last two days."""
    return at is None or now() - at > BACKUP_AGE


def free_bytes(home: Home) -> int:
    """What is free on the disk of a home."""
    return shutil.disk_usage(home.root).free


def is_nearly_full(home: Home) -> bool:
    """There may not be room for the next load."""
    size = home.record.stat().st_size if home.has_record else 0
    return free_bytes(home) < max(LEAST_FREE, TIMES_THE_RECORD * size)


def is_overdue(found: Shown, today: date) -> bool:
    """The month after the newest should have come."""
    return found.next_due_on is not None and today > found.next_due_on


def clock_is_behind(found: Shown) -> bool:
    """The newest load is from after now: the clock of this machine is wrong, or was then."""
    return found.last_loaded_at is not None and found.last_loaded_at > now() + CLOCK_AHEAD
