"""What people noted on a chart: annotations, change ideas, breaks and new baselines, each with the letter that marks it."""

from dataclasses import dataclass
from html import escape

import numpy as np

from data.access import Reader
from data.store import Decision, Store
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.improvement.ideas import Idea, chained
from pages.shared.wording import measure as said

KINDS = tuple(said.REMARKS)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Remark:
    """One note: the month it belongs to (None: of no month), and its text."""

    month: np.datetime64 | None
    text: str
    letter: str = ""


def remarks(store: Store, who: Reader, reading: Reading, known_at: int | None = None) -> list[Remark]:
    """Those about this measure on this unit or one above it, oldest first; phases that nobody decided have a note too."""
    above = store.tree(who).paths.get(reading.unit.code, (reading.unit.code,))
    decisions = [d for kind in KINDS for d in store.decisions(who, kind, known_at)]
    mine = [d for d in decisions if d.measure_id in ("", reading.measure.id) and d.unit_code in ("", *above)]
    found = [Remark(_month(d), _text(d)) for d in mine if d.kind != "idea"]
    found += [Remark(idea.begins, _idea_text(idea)) for idea in chained(d for d in mine if d.kind == "idea")]
    decided = {_month(d) for d in mine if d.kind in ("break", "phase")}
    begins = reading.months[np.flatnonzero(np.diff(reading.phase)) + 1]
    found += [Remark(month, said.NEW_PHASE) for month in begins if month not in decided]
    found.sort(key=lambda r: (r.month is None, r.month or reading.months[0]))
    return [Remark(r.month, r.text, _letter(i)) for i, r in enumerate(found)]


def _month(decision: Decision) -> np.datetime64 | None:
    return np.datetime64(decision.first_month, "M") if decision.first_month else None


def _text(decision: Decision) -> str:
    """What it is, and what was written."""
    return f"{said.REMARKS[decision.kind]}: {decision.detail.get('text') or decision.reason}"


def _idea_text(idea: Idea) -> str:
    """An idea once, however many cycles it has had: how it stands now, what is done, what was expected."""
    text, expected = str(idea.newest.detail["text"]), idea.said("predicted")
    parts = [idea.title if idea.title not in text else "", text, f"Expected: {expected}" if expected else ""]
    told = " ".join(words.sentence(part) for part in parts if part)
    return f"{said.REMARKS['idea']}, {said.IDEA_STATES[idea.state]}: {told}"


def _letter(i: int) -> str:
    """A, B … Z, then A2."""
    again, at = divmod(i, len(LETTERS))
    return LETTERS[at] + (str(again + 1) if again else "")


def marks(found: list[Remark], months: np.ndarray) -> tuple[tuple[np.datetime64, str], ...]:
    """The letters by the month that they stand at, of the months that are drawn."""
    at: dict[np.datetime64, list[str]] = {}
    for remark in found:
        if remark.month is not None and months[0] <= remark.month <= months[-1]:
            at.setdefault(remark.month, []).append(remark.letter)
    return tuple((month, " ".join(letters)) for month, letters in at.items())


def remarks_html(found: list[Remark]) -> str:
    """The texts below the chart."""
    items = "".join(f"<li><b>{escape(r.letter)}</b> {escape(dated(r))}</li>" for r in found)
    return f'<h3>{said.NOTES}</h3><ul class="zhm-notes">{items}</ul>' if items else ""


def dated(remark: Remark) -> str:
    """Its text with the month before it."""
    return f"{words.month_name(remark.month)}. {remark.text}" if remark.month is not None else remark.text
