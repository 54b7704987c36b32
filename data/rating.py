"""How good a month is: signed off, timely, complete, checked; what was revised after it came; and how long it takes to settle."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.freshness import Figure, Freshness
from data.panel import positions
from data.store import Decision
from metrics.rollup import COMPLETE

LEAST_MONTHS = 6  # of history that more than one load speaks of; fewer cannot tell how long figures go on changing
LEAST_LOADS = 2
SETTLED_SHARE = 0.95  # of the figures change no more; the rest are corrections, not late entries
LONGEST_MONTHS = 12


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Rating:
    """The four marks of one measure in one month, with the numbers that are their reasons.

    `expected` units were to report; `came` have, `in_time` of them by the due day `due_on` (the last of them). `share` of
    the expected events is in; NaN where figures are not added up. `asked`: months of units that are still in question.
    """

    measure_id: str
    month: np.datetime64
    expected: int
    came: int
    in_time: int
    due_on: date | None
    share: float
    asked: int
    sign_off: Decision | None
    signed_off: Verdict
    timely: Verdict
    complete: Verdict
    checked: Verdict


def rate_month(
    fresh: Freshness, month: np.datetime64, sign_offs: list[Decision], *, scoped: bool = False
) -> list[Rating]:
    """A rating for each measure that somebody was to report in a month; `scoped`: of the reader's own units alone."""
    t = fresh.month_position(month)
    state, expected = fresh.state[..., t], fresh.expected[..., t]
    came = expected & ~np.isin(state, (Figure.MISSING, Figure.NOT_DUE))
    ended = np.datetime64(fresh.today, "D") > np.where(expected, fresh.due_on[..., t], np.datetime64("0001-01-01"))
    late = (came & fresh.late[..., t]) | (state == Figure.MISSING)
    # What the first load of a measure brings of earlier months is neither in time nor late.
    before = came & ~fresh.late[..., t] & (fresh.arrived_on[..., t] > fresh.due_on[..., t])
    signed = {d.measure_id: d for d in sign_offs if _is_of(d, month)}
    found = []
    for m, measure_id in enumerate(fresh.measures):
        n, here = int(expected[m].sum()), int(came[m].sum())
        if not n:
            continue
        waits = bool((expected[m] & ~came[m] & ~ended[m]).any())
        share, complete = _complete(fresh, m, t, here / n, scoped=scoped)
        asked = int((state[m] == Figure.PLEASE_CHECK).sum())
        sign_off = signed.get(measure_id) or signed.get("")
        found.append(
            Rating(
                measure_id,
                month,
                n,
                here,
                int((came[m] & ~late[m]).sum()),
                fresh.due_on[m, expected[m], t].max().item(),
                share,
                asked,
                sign_off,
                Verdict.YES if sign_off else Verdict.NO,
                Verdict.NOT_APPLICABLE if before[m].any() else _verdict(not late[m].any(), waits and not late[m].any()),
                _verdict(complete, waits and not complete),
                _verdict(asked == 0, here == 0),
            )
        )
    return found


def _verdict(yes: bool, cannot_be_said: bool) -> Verdict:
    return Verdict.NOT_APPLICABLE if cannot_be_said else Verdict.YES if yes else Verdict.NO


def _is_of(decision: Decision, month: np.datetime64) -> bool:
    first = np.datetime64(decision.first_month, "M") if decision.first_month else month
    last = np.datetime64(decision.last_month, "M") if decision.last_month else first
    return bool(first <= month <= last) and not decision.unit_code


def _complete(fresh: Freshness, m: int, t: int, reported: float, *, scoped: bool) -> tuple[float, bool]:
    """The share that is in, and whether it is enough: of expected events as the panel says, else of units."""
    panel = fresh.panel
    top = next((u for u, unit in enumerate(fresh.units) if unit.level == "trust"), None)
    inside = t < len(panel.months)
    if scoped or top is None or not inside or not np.isfinite(panel.share[m, top, t]):
        return reported, reported >= COMPLETE
    return float(panel.share[m, top, t]), bool(panel.complete[m, top, t])


def revised(fresh: Freshness, revisions: pa.Table) -> pd.DataFrame:
    """measure_id, month, figures (that changed after they came), change (of their sum), last_changed (UTC)."""
    m, u, t, keep = _later(fresh, revisions)
    frame = pd.DataFrame(
        {
            "measure_id": np.array(fresh.measures, dtype=object)[m[keep]],
            "month": fresh.months[t[keep]].astype("datetime64[s]"),
            "unit": u[keep],
            "change": revisions["change"].to_numpy()[keep] if keep.size else np.array([]),
            "changed_at": np.asarray(revisions["changed_at"], dtype="datetime64[s]")[keep],
        }
    )
    by = frame.groupby(["measure_id", "month"], sort=True)
    told = by.agg(figures=("unit", "nunique"), change=("change", "sum"), last_changed=("changed_at", "max"))
    return told.reset_index()


def _later(fresh: Freshness, table: pa.Table) -> tuple[NDArray[np.int64], ...]:
    """Positions (measure, unit, month) of each row, and which rows changed a figure that had come already."""
    if not (table.num_rows and fresh.position.size):
        nothing = np.zeros(table.num_rows, np.int64)
        return nothing, nothing, nothing, nothing.astype(bool)
    m = positions(table["measure_id"], fresh.measures)
    u = positions(table["unit_code"], tuple(unit.code for unit in fresh.units))
    t = (np.asarray(table["month"], dtype="datetime64[M]") - fresh.months[0]).astype(int)
    inside = (m >= 0) & (u >= 0) & (t >= 0) & (t < len(fresh.months))
    came = np.where(inside, fresh.position[m, u, np.clip(t, 0, len(fresh.months) - 1)], 0)
    return m, u, t, inside & (came > 0) & (table["position"].to_numpy() > came)


def settling(fresh: Freshness, revisions: pa.Table, spoken: pa.Table) -> dict[str, int | None]:
    """measure_id -> after how many months 95 % of its figures change no more; None: not enough history to tell.

    A month is looked at only as long as loads of the measure still came, so that a young month does not look settled.
    """
    m, u, t, keep = _later(fresh, revisions)
    index = fresh.months.astype(int)
    at = np.asarray(revisions["changed_at"], dtype="datetime64[M]")
    keep = keep & ~np.isnat(at)
    last = np.full(fresh.position.shape, -1)  # whole months between a month's end and the last change of its figure
    np.maximum.at(last, (m[keep], u[keep], t[keep]), at[keep].astype(int) - index[t[keep]] - 1)
    watched = _watched(fresh, spoken)
    came = fresh.position > 0
    found: dict[str, int | None] = {}
    for i, measure_id in enumerate(fresh.measures):
        found[measure_id] = None
        for months in range(LONGEST_MONTHS + 1):
            seen = watched[i] > months
            if seen.sum() < LEAST_MONTHS:
                break
            if (last[i][:, seen] > months).sum() <= (1 - SETTLED_SHARE) * came[i][:, seen].sum():
                found[measure_id] = months
                break
    return found


def _watched(fresh: Freshness, spoken: pa.Table) -> NDArray[np.int64]:
    """(measures, months): for how many months after its end loads were still coming; -1 where fewer than two speak of it."""
    watched = np.full((len(fresh.measures), len(fresh.months)), -1)
    if spoken.num_rows:
        m = positions(spoken["measure_id"], fresh.measures)
        t = (np.asarray(spoken["month"], dtype="datetime64[M]") - fresh.months[0]).astype(int)
        keep = (m >= 0) & (t >= 0) & (t < len(fresh.months)) & (spoken["loads"].to_numpy() >= LEAST_LOADS)
        at = np.asarray(spoken["last_at"], dtype="datetime64[M]").astype(int)
        watched[m[keep], t[keep]] = at[keep] - fresh.months[t[keep]].astype(int) - 1
    return watched
