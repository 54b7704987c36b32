"""Random trusts as panels made by the production code, without a database: counts by division and month, and a store of them."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from data.access import Policy, Reader, operator, shipped_policy
from data.branding import shipped_branding
from data.catalogue import shipped_catalogue
from data.config import Home
from data.editions import Edition
from data.panel import Panel, build_panel
from data.publications import publish_publications, remember
from data.publish import Published
from data.record import writing
from data.store import Decision, Store
from metrics.measure import Measure
from pages.shared.public.shape import PublicFigures, as_json

COUNTED, SHARED = "falls_all", "care_plan_on_time"
LEVELS = (0.15, 0.5, 1.0, 2.0, 4.0, 9.0, 40.0)


@dataclass(frozen=True)
class Trust:
    """Counts and denominators by division and month, exact; NaN where a division has not reported."""

    measure: Measure
    months: tuple[str, ...]
    count: np.ndarray
    size: np.ndarray

    @property
    def divisions(self) -> tuple[str, ...]:
        return tuple(f"D{i}" for i in range(len(self.count)))

    def panel(self) -> Panel:
        days = [date.fromisoformat(f"{month}-01") for month in self.months]
        units = [("TRUST", "Our trust", "trust", "")]
        units += [(code, f"Division {code}", "division", "TRUST") for code in self.divisions]
        told = [
            (code, day, self.count[d, t], self.size[d, t])
            for d, code in enumerate(self.divisions)
            for t, day in enumerate(days)
            if np.isfinite(self.count[d, t])
        ]
        shares = self.measure.is_proportion
        return build_panel(
            {self.measure.id: self.measure},
            pa.Table.from_pylist(
                [
                    {"code": code, "name": name, "level": level, "parent": parent, "valid_from": days[0], "valid_to": None,
                     "peer_group": "", "beds": None, "follows": ""}
                    for code, name, level, parent in units
                ]
            ),
            pa.Table.from_pylist(
                [
                    {"measure_id": self.measure.id, "unit_code": code, "month": day, "state": "reported",
                     "numerator": float(n), "denominator": float(size) if shares else None}
                    for code, day, n, size in told
                ],
                schema=pa.schema([("measure_id", pa.string()), ("unit_code", pa.string()), ("month", pa.date32()),
                                  ("state", pa.string()), ("numerator", pa.float64()), ("denominator", pa.float64())]),
            ),
            pa.Table.from_pylist(
                [] if shares else [
                    {"kind": "occupied_bed_days", "unit_code": code, "month": day, "value": float(size)}
                    for code, day, _, size in told
                ],
                schema=pa.schema([("kind", pa.string()), ("unit_code", pa.string()), ("month", pa.date32()),
                                  ("value", pa.float64())]),
            ),
            pa.table({"measure_id": [], "unit_code": [], "month": [], "events": []}),
            [],
        )  # fmt: skip


class Made(Store):
    """A store of such panels, the newest version as its own."""

    def __init__(self, home: Home, trusts: dict[int, Trust], policy: Policy | None = None) -> None:
        version = max(trusts)
        measure = trusts[version].measure
        files = Published(version, "", Path("figures"), Path("deaths"), {"figures": "", "deaths": ""})
        super().__init__(home, files, {measure.id: measure}, policy or shipped_policy(), shipped_branding())
        self.panels = {number: trust.panel() for number, trust in trusts.items()}

    def panel(self, who: Reader, known_at: int | None = None) -> Panel:
        return self.panels[known_at or self.published.version]

    def decisions(self, who: Reader, kind: str, known_at: int | None = None) -> list[Decision]:
        return []

    def periods(self, who: Reader, known_at: int | None = None) -> pd.DataFrame:
        raise AssertionError("all measures here are monthly")

    @property
    def unit_names(self) -> tuple:
        return self.panel(None).tree.units

    @property
    def edition(self) -> Edition:
        on = date(2026, 11, 22)
        return Edition(1, "Board", self.published.version, on, on, "", "Sam", "Alex", on)


def random_trust(rng: np.random.Generator, kind: str = COUNTED) -> Trust:
    """One to four divisions of very different sizes, over sixteen to forty months."""
    n, n_months = int(rng.integers(1, 5)), int(rng.integers(16, 41))
    last = np.datetime64("2026-10", "M") - int(rng.integers(0, 12))
    months = tuple(str(month) for month in np.arange(last - n_months + 1, last + 1))
    beds = rng.choice([40, 150, 600, 5000], (n, 1))
    size = np.maximum(1, np.rint(beds * rng.uniform(0.9, 1.1, (n, n_months))))
    level = rng.choice(LEVELS, (n, 1))
    if kind == SHARED:
        size = np.maximum(0, rng.poisson(rng.choice([3, 12, 40, 300], (n, 1)), (n, n_months))).astype(float)
        count = rng.binomial(size.astype(int), rng.choice([0.05, 0.5, 0.85, 0.98], (n, 1))).astype(float)
        size = np.maximum(size, 1)
    else:
        count = rng.poisson(level, (n, n_months)).astype(float)
    if rng.random() < 0.3:  # a month that never came
        count[rng.integers(0, n), rng.integers(0, n_months)] = np.nan
    measure = replace(shipped_catalogue()[kind], public=True)
    return Trust(measure, months, count, size)


def revised(rng: np.random.Generator, trust: Trust) -> Trust:
    """The same trust a month later: a month more, late reports in the newest months, now and then one taken back."""
    month = str(np.datetime64(trust.months[-1], "M") + 1)
    more = rng.permuted(trust.count[:, -6:], axis=1)[:, :1]
    more = np.where(np.isfinite(more), more, 1.0)
    count, size = np.hstack([trust.count, more]), np.hstack([trust.size, trust.size[:, -1:]])
    if trust.measure.is_proportion:
        count[:, -1] = np.minimum(count[:, -1], size[:, -1])
    late = rng.random(count.shape) < np.where(np.arange(count.shape[1]) > count.shape[1] - 6, 0.3, 0.02)
    steps = np.where(rng.random(count.shape) < 0.75, rng.integers(1, 4, count.shape), -rng.integers(1, 3, count.shape))
    count = np.where(late, np.maximum(count + steps, 0), count)
    if trust.measure.is_proportion:
        count = np.minimum(count, size)
    return replace(trust, months=(*trust.months, month), count=count, size=size)


def made_trust(count: np.ndarray, beds: float = 4000, last: str = "2026-06", kind: str = COUNTED) -> Trust:
    """Divisions with these counts, by month up to the newest."""
    count = np.asarray(count, dtype=float)
    months = tuple(
        str(m) for m in np.arange(np.datetime64(last, "M") - count.shape[1] + 1, np.datetime64(last, "M") + 1)
    )
    measure = replace(shipped_catalogue()[kind], public=True)
    return Trust(measure, months, count, np.full(count.shape, float(beds)))


def publish(home: Home, figures: PublicFigures) -> int:
    detail = {"pack": "board", "audience": "public", "edition": figures.edition, "version": figures.version}
    return remember(home, as_json(figures), detail | {"month": figures.up_to, "after": figures.after}, operator("Ada"))


def fresh(folder: Path) -> Home:
    made = Home(folder)
    with writing(made) as writer:
        publish_publications(writer)
    return made
