"""Versions of the figures that were named for a meeting: kept for ever, opened again number for number."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.access import Reader
from data.config import Home
from data.decisions import Proposal
from data.freshness import Freshness
from data.panel import positions
from data.publish import read_pointer
from data.record import StoreError
from data.store import Decision, Store


@dataclass(frozen=True)
class Edition:
    """One version as it was named: for which meeting, with figures up to when, what was known to be lacking."""

    decision_id: int
    name: str
    version: int
    meeting_on: date
    data_up_to: date
    known_gaps: str
    named_by: str
    signed_off_by: str | None
    signed_off_on: date | None

    @property
    def is_signed_off(self) -> bool:
        return self.signed_off_by is not None


def editions(store: Store, who: Reader) -> list[Edition]:
    """Every edition that is proposed or signed off, the newest meeting first."""
    found = [_edition(d) for d in (*store.decisions(who, "edition"), *store.proposals(who, "edition"))]
    return sorted(found, key=lambda e: (e.meeting_on, e.decision_id), reverse=True)


def signed_editions(store: Store, who: Reader) -> list[Edition]:
    """Those that somebody has signed off and whose figures are kept, the newest meeting first."""
    found = (edition for edition in editions(store, who) if edition.is_signed_off)
    return [edition for edition in found if read_pointer(store.home, edition.version) is not None]


def _edition(decision: Decision) -> Edition:
    detail = decision.detail
    return Edition(
        decision.decision_id,
        str(detail["name"]),
        int(detail["version"]),
        date.fromisoformat(str(detail["meeting_on"])),
        date.fromisoformat(str(detail["data_up_to"])),
        str(detail.get("known_gaps", "")),
        decision.decided_by,
        decision.approved_by,
        decision.approved_at.date() if decision.approved_at else None,
    )


def name_edition(
    name: str,
    meeting_on: date,
    version: int,
    data_up_to: date,
    known_gaps: str = "",
    reason: str = "Named for a meeting.",
) -> Proposal:
    """The decision that names a version. Raises ValueError, PersonalData."""
    if not name.strip():
        raise ValueError("An edition has a name, such as 'Board, November'.")
    detail = {
        "name": name.strip(),
        "meeting_on": meeting_on.isoformat(),
        "version": version,
        "data_up_to": data_up_to.isoformat(),
        "known_gaps": known_gaps.strip(),
    }
    return Proposal("edition", reason, detail=detail)


def open_edition(home: Home, edition: Edition) -> Store:
    """The store as it was. Raises StoreError where its files are gone."""
    found = Store.open(home, edition.version)
    if found is None:
        raise StoreError(
            f"Version {edition.version} of the figures is not in {home.published}; restore it from a backup."
        )
    return found


def changed_since(edition: Edition, store: Store, who: Reader, fresh: Freshness) -> int:
    """How many monthly figures of the months of an edition have come, or have changed, after its version."""
    last = np.datetime64(edition.data_up_to, "M")
    inside = fresh.months <= last
    changed = (fresh.position > edition.version) & inside
    table = store.revisions(who)
    if table.num_rows and changed.size:
        m = positions(table["measure_id"], fresh.measures)
        u = positions(table["unit_code"], tuple(unit.code for unit in fresh.units))
        t = (np.asarray(table["month"], dtype="datetime64[M]") - fresh.months[0]).astype(int)
        later = (table["position"].to_numpy() > edition.version) & (t >= 0) & (t < len(fresh.months))
        changed[m[later], u[later], t[later]] |= inside[t[later]]
    return int(changed.sum())
