"""Warnings that need every figure: of the cells that a file changes, those far from what their unit has recorded so far."""

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.access import Audience, Reader, Role
from data.ingest.intake import Warned
from data.ingest.rehearsal import Rehearsal
from data.panel import USABLE, Panel
from metrics import choose_chart, control_chart
from metrics.measure import Kind, Measure

LEAST_BEFORE = 12  # points: fewer say little of what is usual
AT_ONCE = 2_000  # cells, each with the whole history of its unit

# The check itself sees every figure; its sentence says only what those who load may see exactly.
CHECK = Reader(Role.QI_LEAD, Audience.NAMED)
LOADER = Reader(Role.QI_LEAD, Audience.WORKING)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def unlikely(rehearsal: Rehearsal) -> tuple[Warned, ...]:
    """Jumps beyond three sigma of the unit's own history, and months to check that were none before; () without figures."""
    if rehearsal.after is None or rehearsal.touched is None or not rehearsal.touched.num_rows:
        return ()
    after, catalogue = rehearsal.after.panel(CHECK), rehearsal.after.catalogue
    if after.is_empty:
        return ()
    before = rehearsal.before.panel(CHECK) if rehearsal.before else None
    may_say = rehearsal.after.panel(LOADER).exact
    found: list[tuple[int, int, int, str]] = []
    m, u, t = _cells(after, catalogue, rehearsal.touched)
    for i in np.unique(m):
        measure, mine = catalogue[after.measures[i]], m == i
        found += _jumps(after, measure, int(i), u[mine], t[mine], may_say)
        found += _to_check(before, after, int(i), u[mine], t[mine])
    units, months = after.tree.units, after.months
    return tuple(
        Warned(after.measures[i], units[j].code, str(months[k])[:7], reason) for i, j, k, reason in sorted(found)
    )


def _cells(panel: Panel, catalogue: dict[str, Measure], touched: pa.Table) -> tuple[Ints, Ints, Ints]:
    """Positions (measure, unit, month) of what the file changes; an exposure is under every measure that it divides."""
    units, measures = panel.tree.position, {name: i for i, name in enumerate(panel.measures)}
    divided: dict[str, list[int]] = {}
    for name, i in measures.items():
        divided.setdefault(catalogue[name].exposure or "", []).append(i)
    first = panel.months[0].astype("datetime64[M]").item()
    cells: set[tuple[int, int, int]] = set()
    for row in touched.to_pylist():
        unit, month = units.get(row["unit_code"]), _months_between(first, row["month"])
        if unit is None or not 0 <= month < len(panel.months):
            continue
        name = row["measure_id"]
        of = divided.get(name, []) if row["what"] == "exposure" else [measures[name]] if name in measures else []
        cells |= {(i, unit, month) for i in of if panel.expected[i, unit]}
    found = np.array(sorted(cells), dtype=np.int64).reshape(-1, 3)
    return found[:, 0], found[:, 1], found[:, 2]


def _months_between(first: date, month: date) -> int:
    return (month.year - first.year) * 12 + month.month - first.month


def _jumps(
    panel: Panel, measure: Measure, i: int, units: Ints, months: Ints, may_say: NDArray[np.bool_]
) -> list[tuple[int, int, int, str]]:
    """Of one measure the cells outside the limits that the points before them set."""
    if measure.kind is Kind.DEATH or measure.chart == "none":
        return []
    found = []
    for begin in range(0, len(units), AT_ONCE):
        u, t = units[begin : begin + AT_ONCE], months[begin : begin + AT_ONCE]
        usable = np.isin(panel.state[i, u], USABLE) & ~panel.excluded[i, u]
        # Months in question stay: a jump makes the months before it look low, and must not hide itself by that.
        good = usable & panel.complete[i, u]
        at = np.arange(len(panel.months))
        same = panel.phase[i, u] == panel.phase[i, u, t][:, None]
        base = good & same & (at < t[:, None])
        fit = (base.sum(axis=1) >= LEAST_BEFORE) & usable[np.arange(len(u)), t]
        if fit.any():
            u, t, base, usable = u[fit], t[fit], base[fit], usable[fit]
            top = np.where(usable, panel.numerator[i, u], np.nan)
            size = panel.denominator[i, u] if measure.has_denominator else None
            for k, value, low, high in _outside(measure, top, size, base, t):
                found.append(
                    (i, int(u[k]), int(t[k]), _sentence(measure, value, low, high, exact=bool(may_say[i, u[k]])))
                )
    return found


def _outside(
    measure: Measure, top: Floats, size: Floats | None, base: NDArray[np.bool_], t: Ints
) -> list[tuple[int, float, float, float]]:
    """(series, value, lower, upper) where the value at its month `t` lies outside the limits of its baseline."""
    kinds = np.full(len(top), measure.chart, dtype="<U8")
    if measure.chart != "xmr":
        kinds, _ = choose_chart(
            measure.chart,
            top,
            size if measure.chart != "run" else None,
            baseline=base,
            dated_events=measure.dated_events,
        )
    found = []
    for kind in np.unique(kinds[~np.isin(kinds, ("none", "t", "run"))]):  # those have no limits by month
        which = np.flatnonzero(kinds == kind)
        numerator, denominator = top[which], None if size is None else size[which]
        if denominator is not None and kind == "xmr":
            numerator = np.divide(
                numerator, denominator, out=np.full_like(numerator, np.nan), where=np.nan_to_num(denominator) > 0
            )
            denominator = None
        chart = control_chart(
            str(kind),
            numerator,
            denominator,
            multiplier=measure.multiplier,
            baseline=base[which],
            rules="outside",
            direction=str(measure.direction),
            min_points=LEAST_BEFORE,
        )
        assert chart.signals is not None and chart.value is not None
        assert chart.lower is not None and chart.upper is not None
        rows = np.arange(len(which))
        out = np.any([flags[rows, t[which]] for flags in chart.signals.values()], axis=0)
        for k in np.flatnonzero(out):
            place = (k, t[which[k]])
            found.append(
                (int(which[k]), float(chart.value[place]), float(chart.lower[place]), float(chart.upper[place]))
            )
    return found


def _sentence(measure: Measure, value: float, low: float, high: float, *, exact: bool) -> str:
    far = "far above" if value > high else "far below"
    if not exact:
        return f"{far} what this unit has recorded so far"
    unit = f" {measure.unit}" if measure.unit else ""
    return f"{_figure(value)}{unit} is {far} what this unit has recorded so far ({_figure(low)} to {_figure(high)})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def _to_check(before: Panel | None, after: Panel, i: int, units: Ints, months: Ints) -> list[tuple[int, int, int, str]]:
    """Of one measure the cells that would be in question, and were not."""
    now = after.doubtful[i, units, months]
    reason = "far below what this unit usually records: it may be good news, or reports may be missing"
    return [
        (i, int(u), int(t), reason)
        for u, t in zip(units[now], months[now], strict=True)
        if not _was_doubtful(before, after, i, int(u), int(t))
    ]


def _was_doubtful(before: Panel | None, after: Panel, i: int, u: int, t: int) -> bool:
    if before is None or before.is_empty or after.measures[i] not in before.measures:
        return False
    unit = before.tree.position.get(after.tree.units[u].code)
    month = int((after.months[t] - before.months[0]).astype("timedelta64[M]").astype(int))
    if unit is None or not 0 <= month < len(before.months):
        return False
    return bool(before.doubtful[before.measures.index(after.measures[i]), unit, month])
