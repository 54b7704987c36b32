"""Which measure on which unit, by which rules, on which chart, as known when: all of it stands in the address."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from data.access import NotForThisReader, Reader
from data.store import Store
from data.tree import Unit
from metrics import RULE_SETS
from metrics.measure import Kind, Measure
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading, read_one
from pages.shared.outlook import Outlook, outlook
from pages.shared.wording import measure as said

LEVELS = ("trust", "provider", "country", "division", "service", "ward", "team")  # in this order, then by name
RATES, SHARES, COUNTS, FIGURES = ("u_prime", "u", "xmr"), ("p_prime", "p", "xmr"), ("c", "xmr"), ("xmr",)
FEW = ("t", "none")  # what too few events can bear: by month, any chart of them would signal by chance alone


@dataclass(frozen=True)
class Way:
    """How the reader wants to look; None: as usual."""

    kind: str | None = None
    rules: str | None = None
    known_at: int | None = None
    known_on: date | None = None

    @property
    def is_usual(self) -> bool:
        return self == Way()


def ask_reading(analysis: Analysis) -> Reading | None:
    """The measure and the unit chosen; None where this reader is shown none."""
    units = {code: unit for unit in _in_order(analysis) if analysis.of_unit(code := unit.code)}
    if not units:
        return None
    left, right = st.columns(2)
    names = {code: unit.name + (" (closed)" if unit.closed else "") for code, unit in units.items()}
    unit = context.choice("Unit", names, "unit", place=left)
    readings = {r.measure.id: r for r in sorted(analysis.of_unit(unit), key=lambda r: r.measure.name)}
    wanted = st.query_params.get("measure")
    if wanted and wanted not in readings:
        st.info(said.NOT_HERE)
    first = next((r.measure.id for r in readings.values() if r.measure.headline and r.chart is not None), None)
    named = {m: r.measure.name for m, r in readings.items()}
    return readings[context.choice("Measure", named, "measure", default=first, place=right)]


def _in_order(analysis: Analysis) -> list[Unit]:
    found = [unit for unit in analysis.panel.tree.units if unit.level in LEVELS]
    return sorted(found, key=lambda unit: (LEVELS.index(unit.level), unit.name))


def ask_way(usual: Reading, store: Store) -> Way:
    """The three switches; none for deaths, and none of the date for whoever does not see the loads."""
    if usual.measure.kind is Kind.DEATH or not usual.exact:
        return Way()
    kinds, positions = chart_kinds(usual), _positions(store)
    dates = _dates(list(positions))
    chosen = any(st.query_params.get(key) for key in ("rules", "chart", "known"))
    with st.expander(said.ANOTHER_WAY, expanded=chosen):
        columns = st.columns(3)
        kind = context.choice("Chart", kinds, "chart", default="", place=columns[0])
        rules = context.choice("Rules", _rule_names(usual, kind), "rules", default="", place=columns[1])
        known = context.choice("As known on", dates, "known", default="", place=columns[2]) if len(dates) > 1 else ""
    day = date.fromisoformat(known) if known else None
    return Way(kind or None, rules or None, positions.get(known), day)


def chart_kinds(usual: Reading) -> dict[str, str]:
    """The charts that make sense of such figures; first, under '', the one that the counts can bear."""
    found = {"": said.usual(said.CHARTS[usual.kind])}
    if usual.kind in FEW:
        return found
    others = (*_monthly(usual.measure), "run", *(("t",) if usual.measure.dated_events else ()))
    return found | {kind: said.CHARTS[kind] for kind in others if kind != usual.kind}


def _monthly(measure: Measure) -> tuple[str, ...]:
    if measure.chart in ("run", "xmr"):
        return FIGURES
    if measure.is_proportion:
        return SHARES
    return RATES if measure.has_denominator else COUNTS


def _rule_names(usual: Reading, kind: str) -> dict[str, str]:
    """The rule sets of a chart with limits; a run chart has one of its own, and figures alone have none."""
    drawn = kind or usual.kind
    if drawn in ("run", "none"):
        return {"": said.usual(said.RULES["anhoej"] if drawn == "run" else "none")}
    usually = "mdc"
    others = {name: said.RULES[name] for name in RULE_SETS if name not in (usually, "anhoej")}
    return {"": said.usual(said.RULES[usually]), **others}


def _dates(days: list[str]) -> dict[str, str]:
    """Now, under '', and the earlier days on which something was loaded; what the newest loads brought is known now."""
    return {"": "Now"} | {day: words.day_name(date.fromisoformat(day)) for day in days[1:]}


def _positions(store: Store) -> dict[str, int]:
    """What was known when each day's loads were in and none of the next, the newest day first; none for who may not see loads."""
    try:
        loads = store.loads(context.reader())
    except NotForThisReader:
        return {}
    days = pd.to_datetime(loads["loaded_at"]).dt.date.astype(str)
    last = loads["load_id"].groupby(days).max().sort_values(ascending=False)
    ids = np.append(np.sort(loads["load_id"]), store.published.version + 1)
    until = ids[np.searchsorted(ids, last, side="right")] - 1
    return dict(zip(last.index.tolist(), until.tolist(), strict=True))


def read_way(usual: Reading, way: Way, store: Store) -> Reading | None:
    """The reading as the reader wants it; None where there were no figures then."""
    if way.is_usual:
        return usual
    who = context.reader()
    return _read(store.key, who.key, usual.measure.id, usual.unit.code, way.known_at, way.kind, way.rules, store, who)


def run_chart(usual: Reading, way: Way, store: Store) -> Reading | None:
    """The same months as a run chart; None where they are one already, or can bear none."""
    if usual.kind in FEW or "run" in (usual.kind, way.kind):
        return None
    return read_way(usual, Way("run", None, way.known_at, way.known_on), store)


def outlook_of(reading: Reading, way: Way, store: Store) -> Outlook:
    names = (reading.measure.id, reading.unit.code, way.known_at, way.kind, way.rules)
    return _outlook(store.key, context.reader().key, *names, reading)


@st.cache_resource(max_entries=64, show_spinner="Computing the chart …")
def _read(  # the first two are the key
    store_key: str,  # noqa: ARG001
    who_key: str,  # noqa: ARG001
    measure_id: str,
    unit_code: str,
    known_at: int | None,
    kind: str | None,
    rules: str | None,
    _store: Store,
    _who: Reader,
) -> Reading | None:
    return read_one(_store, _who, measure_id, unit_code, known_at=known_at, kind=kind, rules=rules)


@st.cache_resource(max_entries=256, show_spinner=False)
def _outlook(
    store_key: str,  # noqa: ARG001
    who_key: str,  # noqa: ARG001
    measure_id: str,  # noqa: ARG001
    unit_code: str,  # noqa: ARG001
    known_at: int | None,  # noqa: ARG001
    kind: str | None,  # noqa: ARG001
    rules: str | None,  # noqa: ARG001
    _reading: Reading,
) -> Outlook:
    return outlook(_reading)
