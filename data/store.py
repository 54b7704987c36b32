"""What readers ask of the published figures: one method a question, each with its query of the same name.

Every method takes the reader first: who may see a figure is decided here, so that no page can forget it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.access import Audience, NotForThisReader, Policy, Reach, Reader, Seen, Thing, how_seen, load_policy
from data.access.authorise import COMMON_LEVELS
from data.branding import Branding, load_branding
from data.catalogue import load_catalogue
from data.config import Home
from data.database import ask, keep_open, let_go, reader
from data.panel import USABLE, Panel, as_seen, build_panel, positions
from data.publish import Published, read_pointer, verify_published
from data.record import StoreError
from data.tree import Tree, Unit
from metrics.measure import Measure, Sensitivity


@dataclass(frozen=True)
class Version:
    """What is published: its number, when it was built and last loaded (UTC), how many loads it holds."""

    version: int
    built_at: datetime
    code_version: str
    last_loaded_at: datetime | None
    loads: int


@dataclass(frozen=True)
class Decision:
    """A decision in force; `detail` is what its kind states (data/decisions.py)."""

    decision_id: int
    kind: str
    measure_id: str
    unit_code: str
    first_month: date | None
    last_month: date | None
    detail: dict[str, Any]
    reason: str
    decided_by: str
    decided_at: datetime
    approved_by: str | None
    approved_at: datetime | None


class Store:
    """The published figures of one home at one version. Cheap to make; its answers are cached by version."""

    def __init__(
        self, home: Home, published: Published, catalogue: dict[str, Measure], policy: Policy, branding: Branding
    ) -> None:
        self.home = home
        self.published = published
        self.catalogue = catalogue
        self.policy = policy
        self.branding = branding

    @classmethod
    def open(cls, home: Home, version: int | None = None) -> "Store | None":
        """The current version or a kept one; None where it is not there.

        Raises StoreError, CatalogueError, PolicyError, BrandingError.
        """
        published = read_pointer(home, version)
        if published is None:
            return None
        if not published.is_of_this_layout:
            remedy = "run 'python -m data publish'" if version is None else "that version of it can open them"
            raise StoreError(f"The published figures were made by an older version of the dashboard; {remedy}.")
        hashes = tuple(sorted(published.hashes.values()))
        if hashes not in _VERIFIED:
            verify_published(published)
            _VERIFIED.add(hashes)
        return cls(home, published, load_catalogue(home.measures), load_policy(home), load_branding(home))

    @cached_property
    def key(self) -> str:
        """Names this version of this home and its very content: part of the key of everything cached."""
        hashes = ":".join(self.published.hashes[part][:16] for part in ("figures", "deaths"))
        dress = hashlib.sha256(repr(self.branding).encode()).hexdigest()[:16]
        return f"{self.home.root}@{self.published.version}:{hashes}:{self.catalogue_hash}:{self.policy.hash}:{dress}"

    @cached_property
    def catalogue_hash(self) -> str:
        return hashlib.sha256(repr(list(self.catalogue.values())).encode()).hexdigest()[:16]

    @cached_property
    def _version(self) -> Version:
        return Version(**_ask(self.published.figures, "version").to_pylist()[0])

    def version(self, who: Reader) -> Version:  # noqa: ARG002 (every reader may know it: it holds no figure)
        """What is published."""
        return self._version

    def panel(self, who: Reader, known_at: int | None = None) -> Panel:
        """Every monthly figure that this reader may see, as known at a position of the record (now, without one)."""
        panel = self._panel(known_at)
        exact, suppressed = self._seen(who, panel)
        return as_seen(panel, exact, suppressed, self.policy.masking)

    def tree(self, who: Reader) -> Tree:  # noqa: ARG002 (every reader may know the names of the units)
        """The dated tree of units, as every reader may see it."""
        return self._panel(None).tree

    @property
    def unit_names(self) -> tuple[Unit, ...]:
        """Every unit with its name and level: no figure is in it."""
        return self._panel(None).tree.units

    def events(self, who: Reader, measure_id: str, known_at: int | None = None) -> pa.Table:
        """unit_code, day, severity, status of the events that count, oldest first, for each unit that they count on.

        An event stands once for its own unit and once for each unit above it at the time, where this reader sees exact
        figures: days are exact. Raises NotForThisReader for the dates of deaths, which are for the named audience, and
        where nothing is left.
        """
        measure, panel = self.catalogue[measure_id], self._panel(known_at)
        tree, is_death = panel.tree, measure.sensitivity is Sensitivity.DEATH
        codes = {
            unit.code
            for unit in tree.units
            if self._how(who, tree, unit.code, measure, few_below=self._few_below(measure_id, unit.code, known_at))
            is Seen.EXACT
        }
        if not codes or (is_death and who.audience is not Audience.NAMED):
            raise NotForThisReader(f"The dates of {measure.plural} are not shown to this reader.")
        path = self.published.deaths if is_death else self.published.figures
        rows = _ask(path, "events", measure_id=measure_id, known_at=self._position(known_at)).to_pylist()
        spread = [
            row | {"unit_code": code}
            for row in rows
            for code in tree.at(row["unit_code"], np.datetime64(row["day"], "M"))
            if code in codes
        ]
        schema = pa.schema(
            [("unit_code", pa.string()), ("day", pa.date32()), ("severity", pa.string()), ("status", pa.string())]
        )
        return pa.Table.from_pylist(spread, schema=schema)

    def periods(self, who: Reader, known_at: int | None = None) -> pd.DataFrame:
        """measure_id, unit_code, period_start, months, breakdown, numerator, denominator, state of what is not monthly.

        Figures by group and of other frequencies than monthly, where the reader sees them exactly; others are left out.
        """
        tree = self._panel(known_at).tree
        frame = _periods(self, self.key, self._position(known_at))
        # Groups of people in long-term segregation and the like are few, wherever they are counted: unless a measure is
        # there to compare groups.
        few = {
            m
            for m, measure in self.catalogue.items()
            if measure.sensitivity is Sensitivity.SENSITIVE and not measure.breakdown
        }
        keep = [
            m in self.catalogue
            and u in tree.position
            and (not breakdown or m not in few or who.audience is Audience.NAMED)
            and self._how(who, tree, u, self.catalogue[m], few_below=self._few_below(m, u, known_at)) is Seen.EXACT
            for m, u, breakdown in zip(frame["measure_id"], frame["unit_code"], frame["breakdown"], strict=True)
        ]
        return frame[np.array(keep, dtype=bool)].reset_index(drop=True)

    def decisions(self, who: Reader, kind: str, known_at: int | None = None) -> list[Decision]:
        """The decisions of one kind in force, about everybody's units and this reader's.

        The public sees goals, and which version was signed off.
        """
        if who.audience is Audience.PUBLIC and kind not in ("goal", "edition"):
            return []
        return [d for d in self._decisions(known_at) if d.kind == kind and self._concerns(who, d)]

    def proposals(self, who: Reader, kind: str) -> list[Decision]:
        """The decisions of one kind that wait for somebody else's approval."""
        if who.audience is Audience.PUBLIC:
            return []
        return [
            d
            for d in _as_decisions(_of_figures(self, self.key, "proposals"))
            if d.kind == kind and self._concerns(who, d)
        ]

    def decision_log(self, who: Reader) -> list[tuple[Decision, str]]:
        """Every decision that concerns this reader with its state (in force, waiting, withdrawn), the newest first."""
        _refuse_outsiders(who, "What was decided")
        rows = _of_figures(self, self.key, "decision_log").to_pylist()
        found = [(row.pop("state"), Decision(**(row | {"detail": json.loads(row["detail"])}))) for row in rows]
        return [(decision, state) for state, decision in found if self._concerns(who, decision)]

    def arrivals(self, who: Reader, known_at: int | None = None) -> pa.Table:
        """When the figure of each month first came (sql/queries/arrivals.sql), where the reader sees one at all."""
        table, exact, suppressed = self._rows(who, "arrivals", known_at)
        return table.filter(pa.array(exact | suppressed))

    def exposure_arrivals(self, who: Reader, known_at: int | None = None) -> pa.Table:
        """When bed days and the like first came (sql/queries/exposure_arrivals.sql)."""
        _refuse_outsiders(who, "When figures came")
        return _answer(self, self.key, "exposure_arrivals", self._position(known_at))

    def revisions(self, who: Reader, known_at: int | None = None) -> pa.Table:
        """What later loads changed (sql/queries/revisions.sql), where the reader sees the figures exactly."""
        table, exact, _ = self._rows(who, "revisions", known_at)
        return table.filter(pa.array(exact))

    def spoken(self, who: Reader, known_at: int | None = None) -> pa.Table:
        """How many loads spoke of each month of a measure (sql/queries/spoken.sql)."""
        _refuse_outsiders(who, "How often figures were sent")
        return _answer(self, self.key, "spoken", self._position(known_at))

    def loads(self, who: Reader, known_at: int | None = None) -> pd.DataFrame:
        """The history of loads, newest first (the columns of sql/queries/loads.sql), for who speaks for the whole trust."""
        _refuse_outsiders(who, "The history of loads")
        if who.reach is not Reach.TRUST:
            raise NotForThisReader("The history of loads is not shown to who speaks for some units.")
        table = _of_figures(self, self.key, "loads", known_at=self._position(known_at))
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def public_table(self, who: Reader) -> pd.DataFrame:  # noqa: ARG002 (it is for everybody)
        """The fixed table for the public: measure_id, year (that it begins), shown. Trust-wide, whole settled years only.

        No measure in it is part of another, each cell is masked by itself and nothing adds up: no total, rate or limit
        is shown from which a masked count could be worked out. A year begins with the month that
        the branding states.
        """
        panel = self._panel(None)
        top = next((i for i, u in enumerate(panel.tree.units) if u.level == "trust"), None)
        rows: list[tuple[str, int, str]] = []
        if top is not None:
            for m, measure_id in enumerate(panel.measures):
                measure = self.catalogue[measure_id]
                if measure.public and panel.expected[m, top]:
                    rows += _whole_years(panel, m, top, measure, self)
        return pd.DataFrame(rows, columns=["measure_id", "year", "shown"])

    def _position(self, known_at: int | None) -> int:
        return self.published.version if known_at is None else known_at

    def _panel(self, known_at: int | None) -> Panel:
        return _true_panel(self, self.key, self._position(known_at))

    def _decisions(self, known_at: int | None) -> list[Decision]:
        return _decisions(self, self.key, self._position(known_at))

    def _rows(self, who: Reader, query: str, known_at: int | None) -> tuple[pa.Table, np.ndarray, np.ndarray]:
        """The answer to a query by measure and unit, and which of its rows the reader sees exactly, and suppressed."""
        panel = self._panel(known_at)
        table = _answer(self, self.key, query, self._position(known_at))
        exact, suppressed = self._seen(who, panel)
        m = positions(table["measure_id"], panel.measures)
        u = positions(table["unit_code"], tuple(unit.code for unit in panel.tree.units))
        known = (m >= 0) & (u >= 0)
        if not exact.size:
            return table, known & False, known & False
        return table, known & exact[m, u], known & suppressed[m, u]

    def _both(self, query: str, known_at: int | None) -> pa.Table:
        values = {"known_at": self._position(known_at)}
        parts = [_ask(path, query, **values) for path in (self.published.figures, self.published.deaths)]
        return pa.concat_tables(parts)

    def _seen(self, who: Reader, panel: Panel) -> tuple[np.ndarray, np.ndarray]:
        """(measures, units): seen exactly, and seen suppressed."""
        how: dict[tuple[str, Sensitivity, bool], Seen] = {}
        found = np.empty((len(panel.measures), len(panel.tree.units)), dtype=object)
        for m, measure_id in enumerate(panel.measures):
            for u, unit in enumerate(panel.tree.units):
                key = unit.code, self.catalogue[measure_id].sensitivity, bool(panel.few_below[m, u])
                if key not in how:
                    how[key] = self._how(who, panel.tree, unit.code, self.catalogue[measure_id], few_below=key[2])
                found[m, u] = how[key]
        return found == Seen.EXACT, found == Seen.SUPPRESSED

    def _how(self, who: Reader, tree: Tree, unit_code: str, measure: Measure, *, few_below: bool = False) -> Seen:
        unit = tree.units[tree.position[unit_code]]
        thing = Thing(
            path=tree.paths[unit_code], level=unit.level, sensitivity=measure.sensitivity, few_below=few_below
        )
        return how_seen(who, thing, self.policy)

    def _few_below(self, measure_id: str, unit_code: str, known_at: int | None) -> bool:
        panel = self._panel(known_at)
        if measure_id not in panel.measures:
            return False
        return bool(panel.few_below[panel.measure_position(measure_id), panel.tree.position[unit_code]])

    def _concerns(self, who: Reader, decision: Decision) -> bool:
        """Whether a decision is about the whole trust, a unit of which everybody sees the figures, or one of the reader's."""
        if who.reach is Reach.NOTHING:
            return False
        tree = self._panel(None).tree
        if decision.unit_code not in tree.position:
            return not decision.unit_code or who.reach is Reach.TRUST
        level = tree.units[tree.position[decision.unit_code]].level
        measure = self.catalogue.get(decision.measure_id)
        if measure is not None and self._how(who, tree, decision.unit_code, measure) is Seen.HIDDEN:
            return False
        return level in COMMON_LEVELS or who.speaks_for(tree.paths[decision.unit_code])


def _refuse_outsiders(who: Reader, what: str) -> None:
    if who.audience is Audience.PUBLIC or who.reach is Reach.NOTHING:
        raise NotForThisReader(f"{what} is not shown to this reader.")


_VERIFIED: set[tuple[str, ...]] = set()  # files that this process has checked, by their hashes


def _ask(path: Path, query: str, **values: Any) -> pa.Table:
    try:
        keep_open(path)
        with reader(path) as con:
            return ask(con, f"queries/{query}", **values)
    except duckdb.Error as error:
        let_go(path)  # the next question reads what then stands on the disk
        if isinstance(error, duckdb.IOException):
            raise StoreError(
                "These figures have been replaced by newer ones since the page was opened; open it again."
            ) from error
        raise


def _as_decisions(table: pa.Table) -> list[Decision]:
    return [Decision(**(row | {"detail": json.loads(row["detail"])})) for row in table.to_pylist()]


@lru_cache(maxsize=8)
def _decisions(store: Store, key: str, known_at: int) -> list[Decision]:  # noqa: ARG001 (the key says which content)
    """Every decision in force; nobody may change the list."""
    return _as_decisions(_ask(store.published.figures, "decisions", known_at=known_at))


@lru_cache(maxsize=32)
def _of_figures(store: Store, key: str, query: str, **values: int) -> pa.Table:  # noqa: ARG001 (the key says which content)
    """The answer of the file of figures alone; nobody may change the table."""
    return _ask(store.published.figures, query, **values)


@lru_cache(maxsize=32)
def _answer(store: Store, key: str, query: str, known_at: int) -> pa.Table:  # noqa: ARG001 (the key says which content)
    """The answer of both files to a query of the history; nobody may change the table."""
    return store._both(query, known_at).combine_chunks()


@lru_cache(maxsize=8)
def _periods(store: Store, key: str, known_at: int) -> pd.DataFrame:  # noqa: ARG001 (the key says which content)
    """All figures that are not monthly; nobody may change the frame."""
    frame: pd.DataFrame = store._both("periods", known_at).to_pandas()
    return frame


_PANELS: dict[tuple[str, int], Panel] = {}
_KEPT_PANELS = 4


def _true_panel(store: Store, key: str, known_at: int) -> Panel:
    """The panel of a version, built once in the life of a process; the oldest is dropped."""
    found = _PANELS.get((key, known_at))
    if found is None:
        values = {"known_at": known_at}
        found = build_panel(
            store.catalogue,
            _ask(store.published.figures, "units", **values),
            store._both("cells", known_at),
            _ask(store.published.figures, "exposures", **values),
            store._both("event_months", known_at),
            _ask(store.published.figures, "decisions", **values).to_pylist(),
            store._both("gaps", known_at),
        )
        found = replace(found, tree=found.tree.renamed(store.branding.divisions))
        while len(_PANELS) >= _KEPT_PANELS:
            _PANELS.pop(next(iter(_PANELS)), None)
        _PANELS[key, known_at] = found
    return found


def forget(store: Store) -> None:
    """Keep nothing of a store that is there for a moment only, such as a copy in which a load is tried."""
    for key in [key for key in list(_PANELS) if key[0] == store.key]:
        _PANELS.pop(key, None)
    let_go(store.published.figures, store.published.deaths)


def financial_years(months: NDArray[np.datetime64], begins: int) -> NDArray[np.int64]:
    """The calendar year in which each month's financial year begins; `begins`: with which month."""
    return np.asarray((months.astype("datetime64[M]").astype(np.int64) - (begins - 1)) // 12 + 1970)


def _whole_years(panel: Panel, m: int, unit: int, measure: Measure, store: Store) -> Iterable[tuple[str, int, str]]:
    """(measure_id, year, shown) for each year of which all twelve months are in, settled and complete."""
    masking, year = store.policy.masking, financial_years(panel.months, store.branding.financial_year_begins)
    good = (
        np.isin(panel.state[m, unit], USABLE)
        & ~panel.unsettled[m, unit]
        & ~panel.doubtful[m, unit]
        & panel.complete[m, unit]
    )
    for each in np.unique(year):
        where = year == each
        if where.sum() == 12 and good[where].all():
            numerator = float(panel.numerator[m, unit][where].sum())
            if measure.is_proportion:
                share = masking.share(numerator, float(panel.denominator[m, unit][where].sum()))
                yield measure.id, int(each), share or "hidden"
            else:
                yield measure.id, int(each), masking.count(numerator)
