"""Who signed in, and for how long that holds: eight hours at most, or until somebody ends it everywhere.

Streamlit's cookie carries what the provider said and lives for a month; what it says is believed only while this module
does. The moments from which earlier sessions are over stand in one small file, asked at every rerun.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from data.access.names import as_compared
from data.config import Home
from data.files import write_atomically

LONGEST = timedelta(hours=8)
SKEW = timedelta(seconds=5)  # between the provider's clock and ours, when a session is ended
AHEAD = timedelta(minutes=2)  # how far the provider's clock may run before ours
LONGEST_ACCOUNT = 200


class NotSignedIn(PermissionError):
    """What the browser brought is no session: one sentence for the person."""


@dataclass(frozen=True)
class Identity:
    """Who signed in, as the provider or the proxy says: `account` for the record, `name` to be called by, since when."""

    account: str
    name: str
    groups: tuple[str, ...]
    began: datetime


def from_claims(claims: Mapping[str, Any], account_claim: str, groups_claim: str, now: datetime) -> Identity:
    """The identity of an id token's claims. Raises NotSignedIn where they name nobody, or are too old to be believed."""
    account = claims.get(account_claim)
    if not isinstance(account, str) or not as_compared(account) or len(account) > LONGEST_ACCOUNT:
        raise NotSignedIn("The sign-in did not say who you are; ask those who run the dashboard.")
    if account_claim == "email" and str(claims.get("email_verified")).lower() in ("false", "0"):
        raise NotSignedIn("Your e-mail address is not verified with the sign-in provider.")
    issued = claims.get("iat")
    try:
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            raise ValueError
        began = datetime.fromtimestamp(issued, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NotSignedIn("The sign-in did not say when it was; sign in again.") from error
    if began > now + AHEAD or now - began > LONGEST:
        raise NotSignedIn("Your session has ended after eight hours; sign in again.")
    return Identity(account.strip(), _name(claims, account), _groups(claims.get(groups_claim)), began)


def _name(claims: Mapping[str, Any], account: str) -> str:
    name = claims.get("name")
    return name.strip()[:LONGEST_ACCOUNT] if isinstance(name, str) and name.strip() else account.strip()


def _groups(said: Any) -> tuple[str, ...]:
    """Groups as a list, or as a proxy writes them: one text with commas."""
    if isinstance(said, str):
        said = said.split(",")
    if not isinstance(said, list | tuple):
        return ()
    return tuple(sorted({each.strip() for each in said if isinstance(each, str) and each.strip()}))


def is_over(home: Home, identity: Identity) -> bool:
    """Somebody has ended this account's sessions after this one began."""
    ended = _ended(home).get(as_compared(identity.account))
    return ended is not None and identity.began <= datetime.fromisoformat(ended) + SKEW


def end_everywhere(home: Home, account: str, now: datetime) -> None:
    """End every session of an account that began before now, in every browser and for every process."""
    home.root.mkdir(parents=True, exist_ok=True)
    with FileLock(home.signed_out.with_suffix(".lock")):
        kept = {key: at for key, at in _ended(home).items() if datetime.fromisoformat(at) + LONGEST + SKEW >= now}
        before = kept.get(as_compared(account), now.isoformat())  # another may have waited less long for the lock
        kept[as_compared(account)] = max(datetime.fromisoformat(before), now).isoformat()
        write_atomically(home.signed_out, json.dumps(kept, indent=1).encode())


def _ended(home: Home) -> dict[str, str]:
    try:
        stat = home.signed_out.stat()
    except FileNotFoundError:
        return {}
    return _read(home.signed_out, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=8)
def _read(path: Path, *_: int) -> dict[str, str]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not all(isinstance(at, str) for at in found.values()):
        raise ValueError(f"{path.name} is not the file that it should be.")
    return found
