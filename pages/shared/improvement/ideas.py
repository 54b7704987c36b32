"""Change ideas with their cycles: rows of the record that carry each other on, of which the newest counts. No Streamlit here."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.access import Reader
from data.store import Decision, Store

LONGEST_TITLE = 60  # letters of an idea that has no title of its own


@dataclass(frozen=True)
class Idea:
    """One idea for one measure on one unit; `rows`: its cycles, oldest first. `number` names it in an address."""

    number: int
    rows: tuple[Decision, ...]

    @property
    def newest(self) -> Decision:
        return self.rows[-1]

    @property
    def state(self) -> str:
        return str(self.newest.detail["state"])

    @property
    def measure_id(self) -> str:
        return self.newest.measure_id

    @property
    def unit_code(self) -> str:
        return self.newest.unit_code

    @property
    def title(self) -> str:
        return self.said("title") or _shortened(str(self.newest.detail["text"]))

    @property
    def name(self) -> str:
        """What the same idea has in common on several wards."""
        return " ".join(self.title.split()).casefold()

    @property
    def begins(self) -> np.datetime64 | None:
        """The month of its first cycle; None where nobody gave one."""
        first = self.rows[0].first_month
        return np.datetime64(first, "M") if first else None

    @property
    def latest(self) -> np.datetime64:
        """The month of its newest cycle, or in which that was written: what lists are ordered by."""
        return np.datetime64(self.newest.first_month or self.newest.decided_at.date(), "M")

    def said(self, key: str) -> str:
        """What was said last of one thing, such as the owner; '' where it never was."""
        return next((str(row.detail[key]) for row in reversed(self.rows) if row.detail.get(key)), "")


def _shortened(text: str) -> str:
    first = text.split(". ")[0].split(": ")[0].rstrip(".")
    return first if len(first) <= LONGEST_TITLE else f"{first[: LONGEST_TITLE - 1].rstrip()}…"


def ideas_of(store: Store, who: Reader, known_at: int | None = None) -> list[Idea]:
    """Every idea that this reader is shown, the newest first."""
    found = chained(store.decisions(who, "idea", known_at))
    return sorted(found, key=lambda idea: (-idea.latest.astype(int), idea.number))


def chained(rows: Iterable[Decision]) -> list[Idea]:
    """The rows by the idea that they carry on."""
    rows = sorted(rows, key=lambda row: row.decision_id)
    root: dict[int, int] = {}
    for row in rows:  # what a row follows was recorded before it
        follows = int(row.detail.get("follows", row.decision_id))
        root[row.decision_id] = root.get(follows, follows)
    chains: dict[int, list[Decision]] = {}
    for row in rows:
        chains.setdefault(root[row.decision_id], []).append(row)
    return [Idea(number, tuple(chain)) for number, chain in chains.items()]
