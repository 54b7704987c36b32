"""/healthz: for a proxy or a monitor. Anybody may know that the dashboard is well; on this machine it also says how.

It never waits for a load: while somebody writes, what the record said last is told again.
"""

import ipaddress
import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data.config import CODE_VERSION, Home
from data.record import SCHEMA_VERSION, Busy, StoreError
from server import condition, stored

OK, ATTENTION, UNAVAILABLE = "ok", "attention", "unavailable"
# What `attention` may say.
DOES_NOT_OPEN = "the published figures do not open"
NO_FIGURES = "no figures yet"
RECORD = "the record does not open"
HEAD = "the audit does not end as the head beside it says"
BEHIND = "the record is newer than what readers see"
LEFTOVERS = "a crash has left something behind"
NO_BACKUP = "no backup yet"
OLD_BACKUP = "the last backup is more than two days old"
DISK = "the disk is nearly full"
OVERDUE = "the next month's figures are overdue"
CLOCK = "the clock is behind the newest load"

_BY_WAY_OF_OTHERS = ("forwarded", "via", "x-real-ip")
_LOG = logging.getLogger(__name__)


@dataclass
class Health:
    """The answer as it is put together: `status`, what is known, and what to look at."""

    known: dict[str, Any]
    attention: list[str] = field(default_factory=list)
    available: bool = True

    @property
    def status(self) -> str:
        return UNAVAILABLE if not self.available else ATTENTION if self.attention else OK

    def note(self, what: str, found: bool) -> None:
        """Ask for attention where it is found."""
        if found:
            self.attention.append(what)


def healthz(home: Home) -> Route:
    """The route that asks the store of `home`."""
    said = {"status": OK}

    def answer(request: Request) -> JSONResponse:  # not `async`: Starlette asks the store in a thread
        found = health(home, quiet=said["status"] == UNAVAILABLE)
        said["status"] = found.status
        body = {"status": found.status}
        if is_from_here(request):
            body |= {"version": CODE_VERSION, "attention": found.attention} | found.known
        return JSONResponse(body, 200 if found.available else 503, {"cache-control": "no-store"})

    return Route("/healthz", answer)


def is_from_here(request: Request) -> bool:
    """Somebody on this machine asks by itself: no proxy has passed it on, and no page of another name in a browser."""
    names = [name for name in request.headers if name.startswith("x-forwarded") or name in _BY_WAY_OF_OTHERS]
    host = request.client.host if request.client else ""
    return not names and _is_loopback(host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def health(home: Home, *, quiet: bool = False) -> Health:
    """How the store of a home is. Nothing of the sample is ever lost or late."""
    found = Health({"published": None})
    try:
        shown = stored.shown(home)
    except Exception:  # whatever keeps it from opening: the log has it, the answer does not
        if not quiet:
            _LOG.exception("The published figures do not open")
        return Health({"published": None}, [DOES_NOT_OPEN], available=False)
    if shown is not None:
        at, newest = shown.last_loaded_at, shown.newest_month
        found.known = {"published": shown.version} | _moment("last_load", at)
        found.known["newest_month"] = f"{newest:%Y-%m}" if newest else None
        found.note(CLOCK, condition.clock_is_behind(shown))
        found.note(OVERDUE, not home.is_sample and condition.is_overdue(shown, condition.now().date()))
    elif home.has_record:  # it was never published, or the pointer is gone
        found.available = False
        found.attention.append(DOES_NOT_OPEN)
    else:
        found.attention.append(NO_FIGURES)
    if home.root.is_dir():
        _look_at_the_record(home, found)
        _look_around(home, found)
    return found


def _look_at_the_record(home: Home, found: Health) -> None:
    left = condition.leftovers(home)
    found.known["leftovers"] = left
    found.note(LEFTOVERS, bool(left))
    recorded = None
    try:
        recorded = stored.recorded(home) if home.has_record else None
    except Busy:
        recorded = stored.last_recorded(home)
    except StoreError:
        found.attention.append(RECORD)
    found.known["audit_head_holds"] = recorded.head_holds if recorded else None
    if recorded is not None:
        found.note(HEAD, recorded.layout == SCHEMA_VERSION and not recorded.head_holds)
        found.note(BEHIND, recorded.version > (found.known["published"] or 0))


def _look_around(home: Home, found: Health) -> None:
    found.known["free_bytes"] = condition.free_bytes(home)
    found.note(DISK, condition.is_nearly_full(home))
    made = condition.last_backup(home)
    found.known |= _moment("last_backup", made)
    if home.has_record and not home.is_sample:
        found.note(NO_BACKUP if made is None else OLD_BACKUP, condition.backup_is_due(made))


def _moment(name: str, at: datetime | None) -> dict[str, Any]:
    """A moment in UTC, and how many days ago it was."""
    if at is None:
        return {name: None, f"{name}_days": None}
    return {name: f"{at.isoformat(timespec='seconds')}Z", f"{name}_days": (condition.now() - at).days}
