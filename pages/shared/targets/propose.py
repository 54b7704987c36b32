"""Propose a goal: what, where, by when, from which baseline and along which way; shown what it would mean before it is sent."""

from datetime import date
from typing import Any

import numpy as np
import streamlit as st

from data.decisions import Proposal
from data.store import Decision, Store
from metrics.measure import Direction, Kind
from pages.shared import context, words
from pages.shared.analysis import Analysis, GoalLine, Reading, goal_line
from pages.shared.deciding import may_propose, reason_field, record
from pages.shared.wording import targets as said

LEVELS = ("trust", "division")


def propose_goal(analysis: Analysis, store: Store) -> None:
    """Nothing for who may not propose goals. Not a form: what it would mean is shown while it is filled in."""
    if not may_propose("goal"):
        return
    st.header(said.PROPOSE)
    units = {u.code: u.name for u in analysis.panel.tree.units if u.level in LEVELS and u.closed is None}
    names = {m.id: m.name for m in store.catalogue.values() if m.direction is not Direction.NEUTRAL and m.months == 1}
    if not units:
        st.info(words.NO_DATA)
        return
    left, right = st.columns(2)
    measure_id = context.choice("Measure", names, "measure", place=left)
    unit = context.choice("Where", units, "unit", place=right)
    reading = analysis.get(measure_id, unit)
    if reading is None:
        st.info(said.NOT_MEASURED_THERE)
        return
    detail = _asked(reading)
    line = _meaning(reading, detail, unit)
    reason = reason_field("Why this goal", "why goal")
    if st.button(said.SEND, type="primary", key="propose goal"):
        first = context.today().date().replace(day=1)
        if "trajectory" in detail and line is None:
            st.error(said.NO_BASELINE)
            return
        record(lambda: [Proposal("goal", reason, measure_id, unit, first, None, detail)], said.SENT)


def _asked(reading: Reading) -> dict[str, Any]:
    """What the goal states, as its kind needs it."""
    is_death = reading.measure.kind is Kind.DEATH
    boxes = st.columns(3)
    kinds = {"zero": said.TYPES["zero"]} if is_death else _types(reading)
    kind = boxes[0].selectbox("Goal", list(kinds), format_func=kinds.__getitem__, key="goal type")
    detail: dict[str, Any] = {"type": kind}
    if kind == "percent_below":
        detail["percent"] = boxes[1].number_input("Per cent below the baseline", 1, 99, 50, key="goal percent")
    elif kind == "threshold":
        detail["target"] = boxes[1].number_input(f"Level ({reading.measure.unit})", 0.0, value=90.0, key="goal target")
    year = context.today().year + 2
    detail["date"] = boxes[2].date_input("By", date(year, 4, 1), format="DD/MM/YYYY", key="goal date").isoformat()
    owners = st.columns(2)
    owner = owners[0].text_input("Executive who owns it", reading.measure.owner, key="goal owner", max_chars=100)
    detail["owner"] = owner.strip()
    return detail if is_death else detail | _way(reading)


def _types(reading: Reading) -> dict[str, str]:
    if reading.measure.direction is Direction.HIGHER:
        return {"threshold": said.TYPES["threshold"]}
    return said.TYPES


def _way(reading: Reading) -> dict[str, Any]:
    """From which months, and along which way, to the goal. Deaths have neither."""
    months = [words.month_name(m) for m in reading.months]
    boxes = st.columns(3)
    first = boxes[0].selectbox("Baseline from", months, max(0, len(months) - 24), key="goal from")
    last = boxes[1].selectbox("Baseline to", months, max(0, len(months) - 13), key="goal to")
    way = boxes[2].selectbox("Way", list(said.WAYS), format_func=said.WAYS.__getitem__, key="goal way")
    days = {name: str(m.astype("datetime64[D]")) for name, m in zip(months, reading.months, strict=True)}
    found: dict[str, Any] = {"baseline_from": days[first], "baseline_to": days[last], "trajectory": way}
    if way == "log_linear":
        found["floor"] = st.number_input(said.FLOOR, 0.001, value=0.1, key="goal floor", format="%.3f")
    if way == "steps":
        found["steps"] = _steps()
    return found


def _steps() -> list[list[Any]]:
    """Two or more levels, each from a month on; empty rows are left out."""
    st.caption(said.STEPS)
    columns = {
        "From": st.column_config.DateColumn(format="DD/MM/YYYY"),
        "Level": st.column_config.NumberColumn(min_value=0.0),
    }
    start = {"From": [context.today().date().replace(day=1), None], "Level": [None, None]}
    frame = st.data_editor(start, num_rows="dynamic", column_config=columns, key="goal steps", width="stretch")
    rows = zip(frame["From"], frame["Level"], strict=True)
    return [[day.isoformat(), float(level)] for day, level in rows if day is not None and level is not None]


def _meaning(reading: Reading, detail: dict[str, Any], unit: str) -> GoalLine | None:
    """What the goal would ask, in words: the baseline, and the milestones of one and two years from now."""
    if "trajectory" not in detail:
        st.caption(said.DEATHS)
        return None
    try:
        line = goal_line(reading, _as_decision(reading, detail, unit))
    except ValueError as error:  # steps that do not follow each other, or a floor above the baseline
        st.warning(words.plain(str(error)))
        return None
    if line is None:
        st.warning(said.NO_BASELINE)
        return None
    ahead = reading.months[-1] + np.array([1, 12, 24])
    st.info(said.meaning(line, ahead, line.path(ahead), reading.measure))
    return line


def _as_decision(reading: Reading, detail: dict[str, Any], unit: str) -> Decision:
    now = context.today()
    first = now.date().replace(day=1)
    return Decision(0, "goal", reading.measure.id, unit, first, None, detail, "", "", now, None, None)
