"""What is shown of one version as texts, and its canonical JSON: what a pack is remade from, and later audits read.

No exact count is in it. `low` and `high` beside a text are what it tells a reader who knows the denominator; `since` are the
versions with which counts were first published as they are, so that it can be said which were revised, and not by how much.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

HIDDEN, NONE = "hidden", "–"
LAYOUT = 1

Kind = Literal["count", "share", "death"]


@dataclass(frozen=True)
class Cell:
    """One figure of a unit from month to month ("2026-04", both included). `why`: there is none, or it is not shown."""

    unit: str
    first: str
    last: str
    shown: str
    why: str = ""
    low: int | None = None
    high: int | None = None

    @property
    def period(self) -> tuple[str, str]:
        return self.first, self.last

    @property
    def is_small(self) -> bool:
        """Shown as `<5`, or hidden because a part of it is small, which its reader is not told."""
        return self.low is not None and (self.shown.startswith("<") or self.shown == HIDDEN)


@dataclass(frozen=True)
class Chart:
    """The lines of the trust's monthly chart at its newest settled month, and its state in words. `months`: all it has."""

    mean: str
    lower: str
    upper: str
    state: str
    label: str
    since: str
    months: tuple[str, ...]


@dataclass(frozen=True)
class Revision:
    """A count that is not what it was when it was last published: since which version it was, and which way it went."""

    unit: str
    month: str
    was_since: int
    direction: int


@dataclass(frozen=True)
class MeasureFigures:
    """One measure. `months` are the trust's; the others have a cell for each unit that is shown.

    `per`: what a rate is told in. `parts`: month -> the units whose counts add up to the trust's; `since`: unit -> month (for
    deaths, year) -> version.
    """

    measure_id: str
    kind: Kind
    per: str
    months: tuple[Cell, ...]
    years: tuple[Cell, ...]
    to_date: tuple[Cell, ...]
    rates: tuple[Cell, ...]
    chart: Chart | None
    parts: dict[str, tuple[str, ...]]
    since: dict[str, dict[str, int]]
    revised: tuple[Revision, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.months, *self.years, *self.to_date, *self.rates)


@dataclass(frozen=True)
class PublicFigures:
    """All that the public is shown of a version. `units`: code and name, the trust first. `withheld`: for another's sake, which
    nobody is shown, because it says which of the hidden figures are small.

    `after`: the number of the newest publication that the audit knew of. `level`: how far down figures are shown.
    """

    version: int
    edition: str
    up_to: str
    policy: str
    level: str
    threshold: int
    rounding: int
    year_begins: int
    after: int
    units: tuple[tuple[str, str], ...]
    measures: tuple[MeasureFigures, ...]
    withheld: tuple[str, ...]

    @property
    def trust(self) -> str:
        """The code of the trust; '' where there is none."""
        return self.units[0][0] if self.units else ""

    def get(self, measure_id: str) -> MeasureFigures | None:
        return next((each for each in self.measures if each.measure_id == measure_id), None)


def as_json(figures: PublicFigures) -> bytes:
    """The canonical form: the same figures are the same bytes."""
    told = {"layout": LAYOUT} | asdict(figures)
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> PublicFigures:
    """What was shown once. Raises ValueError where this is no such content, or of a newer layout."""
    try:
        told = json.loads(content)
        if told.pop("layout") != LAYOUT:
            raise ValueError("it was written by another version of the dashboard")
        measures = tuple(_measure(each) for each in told.pop("measures"))
        units = tuple((code, name) for code, name in told.pop("units"))
        return PublicFigures(**told | {"withheld": tuple(told["withheld"]), "units": units, "measures": measures})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"These are no figures that were published ({error}).") from error


def _measure(told: dict[str, Any]) -> MeasureFigures:
    chart, lists = told["chart"], ("months", "years", "to_date", "rates")
    return MeasureFigures(
        **told
        | {name: tuple(Cell(**each) for each in told[name]) for name in lists}
        | {"chart": Chart(**chart | {"months": tuple(chart["months"])}) if chart else None}
        | {"parts": {month: tuple(units) for month, units in told["parts"].items()}}
        | {"revised": tuple(Revision(**each) for each in told["revised"])}
    )
