"""Figures by group of people: which came, and each group's year beside that of one of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.access import Reader
from data.store import Store
from data.tree import Unit
from metrics import GroupRatios, compare_groups
from metrics.measure import Kind, Measure
from pages.shared.analysis import Analysis, Bools, Floats
from pages.shared.wording import equity as said

LEAST_MONTHS, YEAR = 9, 12


@dataclass(frozen=True)
class Groups:
    """Monthly figures of the groups of one measure, unit and dimension, up to the last settled month.

    `count` and `size` are (groups, months), oldest first; NaN where there is no figure. `left_out`: the groups with too few
    months in the last twelve, each with the reason.
    """

    measure: Measure
    unit: Unit
    dimension: str
    names: tuple[str, ...]
    months: np.ndarray
    count: Floats
    size: Floats
    left_out: tuple[tuple[str, str], ...]

    @property
    def usual_reference(self) -> str:
        """The known group with the most exposure in the year."""
        known = [i for i, name in enumerate(self.names) if not said.is_unknown(name)] or range(len(self.names))
        return self.names[max(known, key=lambda i: float(np.nansum(self.size[i, -YEAR:])))]


@dataclass(frozen=True)
class Compared:
    """The groups beside one of them, and which the figures can tell from it."""

    groups: Groups
    reference: str
    ratios: GroupRatios

    @property
    def higher(self) -> Bools:
        return np.asarray(self.ratios.low > 1)

    @property
    def lower(self) -> Bools:
        return np.asarray(self.ratios.high < 1)


def rows_by_group(store: Store, who: Reader) -> pd.DataFrame:
    """The monthly figures by group that this reader sees exactly, with `dimension` and `group` apart; no deaths."""
    frame = store.periods(who)
    living = [store.catalogue[m].kind is not Kind.DEATH for m in frame["measure_id"]]
    frame = frame[(frame["months"] == 1) & (frame["breakdown"] != "") & np.array(living, dtype=bool)]
    parts = frame["breakdown"].str.split(":", n=1, expand=True).reindex(columns=[0, 1])
    return frame.assign(dimension=parts[0], group=parts[1])


def groups_of(analysis: Analysis, rows: pd.DataFrame, measure: Measure, unit_code: str, dimension: str) -> Groups:
    """The groups by name, those of whom nothing is known last; only those with nine of the last twelve settled months."""
    panel = analysis.panel
    m, u = panel.measure_position(measure.id), panel.tree.position[unit_code]
    rows = rows[
        (rows["measure_id"] == measure.id) & (rows["unit_code"] == unit_code) & (rows["dimension"] == dimension)
    ]
    names = sorted(set(rows["group"]), key=_order)
    last = int(np.flatnonzero(~panel.unsettled[m, u]).max(initial=-1)) + 1
    months = panel.months[:last]
    count, size = _placed(rows, names, months)
    count[:, panel.excluded[m, u, :last]] = np.nan
    there = np.isfinite(count) & np.isfinite(size) & ((size > 0) | (count == 0))
    n = there[:, -YEAR:].sum(axis=1)
    enough = (n >= LEAST_MONTHS) & (np.where(there, size, 0.0)[:, -YEAR:].sum(axis=1) > 0)
    left_out = tuple((name, _why(int(n[i]))) for i, name in enumerate(names) if not enough[i])
    kept = tuple(name for i, name in enumerate(names) if enough[i])
    return Groups(measure, panel.tree.units[u], dimension, kept, months, count[enough], size[enough], left_out)


def _placed(rows: pd.DataFrame, names: list[str], months: np.ndarray) -> tuple[Floats, Floats]:
    """(groups, months): count and exposure, NaN where none was reported."""
    count, size = np.full((2, len(names), len(months)), np.nan)
    rows = rows[rows["state"] == "reported"]
    g = np.array([names.index(group) for group in rows["group"]], dtype=int)
    t = (rows["period_start"].to_numpy().astype("datetime64[M]") - months[0]).astype(int) if len(months) else g
    here = (t >= 0) & (t < len(months))
    count[g[here], t[here]] = rows["numerator"].to_numpy(dtype=float)[here]
    size[g[here], t[here]] = rows["denominator"].to_numpy(dtype=float)[here]
    return count, size


def _order(group: str) -> tuple[bool, bool, str]:
    """By name; 'under 18' before '18 to 24', and those of whom nothing is known last."""
    return said.is_unknown(group), not group.lower().startswith("under"), group.lower()


def _why(n: int) -> str:
    return said.NO_BED_DAYS if n >= LEAST_MONTHS else said.NOT_RECORDED_BY.format(n=n, total=YEAR)


def compared(groups: Groups, reference: str) -> Compared:
    """Every group beside the reference."""
    return Compared(groups, reference, compare_groups(groups.count, groups.size, groups.names.index(reference)))
