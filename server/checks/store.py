"""The store: the record, what readers see, the audit and the trails, backups, how new the figures are, the clock."""

from data.audit import read_trail, trail_files
from data.config import Home
from data.publish import read_pointer
from data.record import SCHEMA_VERSION, Busy, StoreError
from server import condition, stored
from server.checks.finding import Finding, bad, look, ok

LOCK_SECONDS = 5
BUSY = look("A load is running; this was not looked at.", "Wait until it has ended and ask again.")
PUBLISH = "Run `python -m data publish`: it builds what readers see from the record."
RESTORE = "Restore the last backup into an empty folder with `python -m data restore`, and switch over."
NO_RECORD = ok("There is no record yet.")


def record(home: Home) -> Finding:
    """The record opens, and is of this version's layout."""
    if not home.has_record:
        return look("There is no record yet.", "Load a first file: the README says how.")
    try:
        found = stored.recorded(home, wait=LOCK_SECONDS)
    except Busy:
        return BUSY
    except StoreError as error:
        return bad(str(error), RESTORE)
    if found.layout > SCHEMA_VERSION:
        return bad(
            f"The record has layout {found.layout}, and this version knows {SCHEMA_VERSION}.",
            "Install the newer version of the dashboard again.",
        )
    if found.layout < SCHEMA_VERSION:
        return look(
            f"The record has layout {found.layout}, and this version writes {SCHEMA_VERSION}.",
            "Make a backup, then run `python -m data migrate`.",
        )
    return ok(f"The record opens (layout {found.layout}, version {found.version}).")


def published(home: Home) -> Finding:
    """The files that readers see are what the pointer says, and of the record's version."""
    try:
        pointer = read_pointer(home)
    except StoreError as error:
        return bad(str(error), PUBLISH)
    if pointer is None:
        return bad("Nothing is published from the record.", PUBLISH) if home.has_record else ok("Nothing is published.")
    try:
        stored.shown(home)
    except Exception as error:  # whatever keeps it from opening
        return bad(str(error) or type(error).__name__, PUBLISH)
    try:
        newest = stored.recorded(home).version if home.has_record else pointer.version
    except StoreError:  # busy, or it does not open: the check of the record says so
        newest = pointer.version
    if newest > pointer.version:
        return bad(f"Readers see version {pointer.version}, and the record is at {newest}.", PUBLISH)
    return ok(f"Readers see version {pointer.version}; its files are what they were.")


def audit_head(home: Home) -> Finding:
    """The audit ends as the head that is kept beside the record says."""
    if not home.has_record:
        return NO_RECORD
    try:
        found = stored.recorded(home)
    except Busy:
        return BUSY
    except StoreError:
        return bad("The audit cannot be read: the record does not open.", RESTORE)
    if found.layout != SCHEMA_VERSION:
        return look(
            "The audit is of another version's layout; it was not looked at.", "See what is said of the record."
        )
    if not found.head_holds:
        return bad(
            f"The audit does not end as {home.audit_head.name} says: its end was cut off, or written anew.",
            "Run `python -m data verify`, keep what it says, and find out who wrote to the folder.",
        )
    return ok("The audit ends as its head says; `python -m data verify` proves all of it.")


def trails(home: Home) -> Finding:
    """Every trail of looks can be read."""
    files = trail_files(home)
    for path in files:
        try:
            read_trail(path)
        except (OSError, ValueError) as error:
            said = str(error) if type(error) is ValueError else f"{path.name} cannot be read."
            return bad(f"A trail of who looked is damaged: {said}", "Keep the file, and run `python -m data verify`.")
    return ok(f"{len(files)} trails of who looked can be read.")


def leftovers(home: Home) -> Finding:
    """No crash has left anything behind."""
    left = condition.leftovers(home) if home.root.is_dir() else []
    if left:
        return look(
            f"A crash has left {', '.join(left[:3])} behind.",
            "Run `python -m data verify`: it takes in what was committed, and says whether all holds.",
        )
    return ok("No crash has left anything behind.")


def backup(home: Home) -> Finding:
    """There is a backup of the last two days."""
    if home.is_sample or not home.has_record:
        return ok("There is nothing to back up.")
    made = condition.last_backup(home)
    do = 'Run `python -m data backup FOLDER --by NAME` every night, with a folder on another disk ("Backups" in the README).'
    if made is None:
        return bad("No backup of this store is known.", do)
    if condition.backup_is_due(made):
        return bad(f"The last backup is of {made:%d %B %Y, %H:%M} UTC.", do)
    return ok(f"The last backup is of {made:%d %B %Y, %H:%M} UTC.")


def freshness(home: Home) -> Finding:
    """The newest month is the one that should be there."""
    found = _shown(home)
    if found is None or found.newest_month is None:
        return ok("There are no figures yet.")
    newest = f"The newest month is {found.newest_month:%B %Y}"
    if not home.is_sample and condition.is_overdue(found, condition.now().date()):
        return look(f"{newest}; the next was due on {found.next_due_on:%d %B %Y}.", "Load it, or ask who sends it.")
    return ok(f"{newest}.")


def clock(home: Home) -> Finding:
    """It is not before the newest load."""
    found = _shown(home)
    time = f"{condition.now():%d %B %Y, %H:%M} UTC"
    if found is not None and condition.clock_is_behind(found):
        return bad(
            f"This machine says it is {time}, and the newest load is from {found.last_loaded_at:%d %B %Y, %H:%M}.",
            "Set the clock, and let it be kept by a time server: sessions and delays are counted by it.",
        )
    return ok(f"The clock says {time}.")


def _shown(home: Home) -> stored.Shown | None:
    try:
        return stored.shown(home)
    except Exception:  # the check of what is published says so
        return None
