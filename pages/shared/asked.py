"""The figures of this reader with what became of them, and the months in question, for both pages of the month's end."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import streamlit as st

from data.access import Audience, Reader
from data.freshness import Figure, Freshness, freshness
from data.panel import Panel
from data.store import Store
from data.tree import Unit
from pages.shared import context, words

RECENT_MONTHS, MORE_MONTHS = 13, 24  # a year and the same month of the year before; two years by a switch
USUAL_OF = 12


@dataclass(frozen=True)
class Question:
    """A run of months in question on one unit: what was recorded, and what would be usual; NaN where it cannot be said."""

    measure_id: str
    unit: Unit
    months: tuple[np.datetime64, ...]
    recorded: float
    usual: float
    said: str


def current() -> Freshness | None:
    """What has come and what is overdue for this reader today; None for the public and while nothing is published."""
    store, who = context.store(), context.reader()
    if store is None or who.audience is Audience.PUBLIC:
        return None
    found = _current(store.key, who.key, context.today().date(), store, who)
    return found if found.reporters.any() else None


def required() -> tuple[Freshness, Store]:
    """The same with its store; where there is none the page says why, and ends."""
    fresh, store = current(), context.store()
    if store is None or fresh is None:
        hidden = context.reader().audience is Audience.PUBLIC
        st.info(words.NO_DATA if store is None else words.HIDDEN_HERE if hidden else words.NO_REPORTERS)
        st.stop()
    return fresh, store


@st.cache_resource(max_entries=8, show_spinner=False)
def _current(store_key: str, who_key: str, today: date, _store: Store, _who: Reader) -> Freshness:  # noqa: ARG001
    return freshness(_store, _who, today)


def recent(fresh: Freshness, n: int = RECENT_MONTHS) -> slice:
    """The newest months of the axis."""
    return slice(max(0, len(fresh.months) - n), len(fresh.months))


def overdue(fresh: Freshness) -> dict[tuple[str, str], list[np.datetime64]]:
    """(measure, unit) -> the months of the last thirteen that are overdue, in the order of measures and units."""
    span = recent(fresh)
    found: dict[tuple[str, str], list[np.datetime64]] = {}
    for m, u, t in np.argwhere(fresh.overdue[..., span]):
        found.setdefault((fresh.measures[m], fresh.units[u].code), []).append(fresh.months[span][t])
    return found


def overdue_month(fresh: Freshness) -> tuple[int, np.datetime64] | None:
    """How many figures are overdue for the newest month that lacks any, and which month that is."""
    span = recent(fresh)
    by_month = fresh.overdue[..., span].sum(axis=(0, 1))
    lacking = np.flatnonzero(by_month)
    return (int(by_month[lacking[-1]]), fresh.months[span][lacking[-1]]) if lacking.size else None


def in_question(fresh: Freshness, store: Store) -> list[Question]:
    """The months of the last thirteen that somebody has to check, run by run, by unit and measure."""
    span, who = recent(fresh), context.reader()
    returns = store.decisions(who, "zero_return")
    said = {
        (d.unit_code, np.datetime64(d.first_month, "M")): d.reason if d.detail.get("answer") == "missing" else ""
        for d in returns
        if d.first_month
    }
    doubtful = fresh.state[..., span] == Figure.PLEASE_CHECK
    found = []
    for m, u in np.argwhere(doubtful.any(axis=2)):
        for run in np.split(
            np.flatnonzero(doubtful[m, u]), np.flatnonzero(np.diff(np.flatnonzero(doubtful[m, u])) > 1) + 1
        ):
            run = _whole(fresh.panel.doubtful[m, u], run + span.start)
            months = tuple(fresh.months[run])
            proportion = store.catalogue[fresh.measures[m]].is_proportion
            recorded, usual = (np.nan, np.nan) if proportion else _beside(fresh.panel, m, u, run)
            why = next((text for month in months if (text := said.get((fresh.units[u].code, month), ""))), "")
            found.append(Question(fresh.measures[m], fresh.units[u], months, recorded, usual, why))
    return sorted(found, key=lambda q: (q.unit.name, q.measure_id, q.months))


def _whole(doubtful: np.ndarray, run: np.ndarray) -> np.ndarray:
    """A run with those of its months that came before the thirteen looked at."""
    first = int(run[0])
    while first > 0 and doubtful[first - 1]:
        first -= 1
    return np.arange(first, int(run[-1]) + 1)


def _beside(panel: Panel, m: int, u: int, run: np.ndarray) -> tuple[float, float]:
    """What the months of a run hold together, and what as many of the twelve before them did on average."""
    before = slice(max(0, int(run[0]) - USUAL_OF), int(run[0]))
    fair = np.isfinite(panel.numerator[m, u, before]) & ~panel.doubtful[m, u, before]
    usual = float(panel.numerator[m, u, before][fair].mean() * len(run)) if fair.any() else np.nan
    return float(panel.numerator[m, u, run].sum()), usual
