"""The figures of an opened chart as tables: as people read them, and as an analyst wants them."""

import numpy as np
import pandas as pd

from data.harmless import harmless
from data.panel import State
from pages.shared import words
from pages.shared.analysis import Reading

LINES = ("centre", "lower", "upper", "computed_lower", "computed_upper", "inner_lower", "inner_upper")


def figures_table(reading: Reading) -> pd.DataFrame:
    """Month, count, what it is divided by, the figure, and what is known about it; newest first."""
    rows = []
    for t in range(len(reading.months))[::-1]:
        if State(int(reading.state[t])) in (State.NOT_EXPECTED, State.CLOSED):
            continue
        row = {"Month": words.month_name(reading.months[t]), "Count": words.cell_sign(reading, t)}
        if reading.measure.has_denominator:
            row["Out of"] = words.number(float(reading.denominator[t]))
            row[reading.measure.unit] = words.number(float(reading.value[t]))
        rows.append(row | {"Remark": _remark(reading, t)})
    return pd.DataFrame(rows)


def _remark(reading: Reading, t: int) -> str:
    signs, state = words.cell_signs(reading.masking), State(int(reading.state[t]))
    remarks = [signs[state][1]] if state in signs else []
    remarks += [words.PLEASE_CHECK.split(".")[0] + "."] if reading.doubtful[t] else []
    remarks += ["Early figure, may still change."] if reading.unsettled[t] else []
    remarks += ["Some wards have not reported."] if not reading.complete[t] else []
    return " ".join(remarks)


def figures_csv(reading: Reading) -> bytes:
    """The table for people, with the names of the measure and the unit in it."""
    frame = figures_table(reading)
    frame.insert(0, "Unit", reading.unit.name)
    frame.insert(0, "Measure", reading.measure.name)
    return _csv(frame)


def analyst_csv(reading: Reading) -> bytes:
    """One row a point of the chart: the figures in full, its lines, every rule's flag by direction, and what is known of it."""
    chart = reading.chart
    assert chart is not None and reading.exact
    frame = pd.DataFrame({"measure": reading.measure.id, "unit": reading.unit.code, "date": reading.points.astype(str)})
    frame["value"] = chart.value
    for name in LINES:
        frame[name] = getattr(chart, name)
    frame["state"] = chart.state
    for side, flags in (("high", chart.signals_high), ("low", chart.signals_low), ("", chart.signals)):
        for rule, flagged in (flags or {}).items():
            if side or rule not in (chart.signals_high or {}):
                frame["_".join(filter(None, [rule, side]))] = flagged
    if len(reading.points) == len(reading.months) and reading.kind != "t":
        frame = frame.assign(**_known(reading))
    return _csv(frame)


def _known(reading: Reading) -> dict[str, np.ndarray]:
    """What is known of each month; the points of a chart of days between events are no months."""
    names = ("numerator", "denominator", "phase", "unsettled", "doubtful", "complete", "excluded")
    return {name: getattr(reading, name) for name in names}


def _csv(frame: pd.DataFrame) -> bytes:
    """No cell or heading of it is run by a spreadsheet."""
    safe = frame.map(lambda cell: harmless(cell) if isinstance(cell, str) else cell)
    safe.columns = [harmless(str(name)) for name in safe.columns]
    return bytes(safe.to_csv(index=False).encode("utf-8-sig"))
