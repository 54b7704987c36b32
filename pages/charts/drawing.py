"""What every renderer needs of a chart: its lines and points as plain arrays, with the mark of each point."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metrics import ControlChart
from pages.charts.states import marks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawing:
    """A chart ready to draw. Arrays are (points,), oldest first; NaN where there is none.

    `phase_begins`: positions at which a new phase starts. `target`: this month's milestone, NaN without one; `path`, of an
    opened chart, the milestones of all months, and `goal` where they lead. `open_gap`: days since the last event on a chart
    of days between events, NaN elsewhere. `notes`: a day and the letter under which its text stands below the chart.
    """

    title: str
    alt: str
    unit: str
    dates: NDArray[np.datetime64]
    value: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    mark: NDArray[np.str_]
    phase_begins: tuple[int, ...]
    target: float
    standard: float
    open_gap: float
    rules: str
    notes: tuple[tuple[np.datetime64, str], ...] = ()
    path: Floats = field(default_factory=lambda: np.array([]))
    goal: float = np.nan
    goal_label: str = "Our goal"
    standard_label: str = "External standard"

    @property
    def centre_name(self) -> str:
        return "Median" if self.rules == "anhoej" else "Average"

    @property
    def is_empty(self) -> bool:
        return not np.isfinite(self.value).any()

    def scale(self) -> tuple[float, float]:
        """The lowest and highest value that the picture must hold; from 0 where nothing is below half of the height."""
        parts = [self.value, self.lower, self.upper, self.path]
        parts.append(np.array([self.target, self.standard, self.goal, self.open_gap]))
        return span(np.concatenate(parts))


def span(values: Floats) -> tuple[float, float]:
    """The lowest and highest of an axis that holds all values; from 0 where nothing is below half of the height."""
    every = values[np.isfinite(values)]
    if not every.size:
        return 0.0, 1.0
    low, high = float(every.min()), float(every.max())
    if low < 0 or low > high / 2:
        margin = (high - low or abs(high) or 1.0) * 0.08
        return (max(low - margin, 0.0) if low >= 0 else low - margin), high + margin
    return 0.0, (high or 1.0) * 1.06


def common_scale(charts: Iterable[Drawing]) -> tuple[float, float]:
    """One scale that holds them all, so that small multiples can be compared by eye."""
    found = [chart.scale() for chart in charts if not chart.is_empty]
    return min((low for low, _ in found), default=0.0), max((high for _, high in found), default=1.0)


def drawing(
    chart: ControlChart | None,
    *,
    title: str,
    alt: str,
    unit: str,
    dates: NDArray[np.datetime64],
    value: Floats,
    unsettled: NDArray[np.bool_],
    doubtful: NDArray[np.bool_],
    complete: NDArray[np.bool_],
    phase: NDArray[np.int64] | None = None,
    target: float = np.nan,
    standard: float = np.nan,
    open_gap: float = np.nan,
    notes: tuple[tuple[np.datetime64, str], ...] = (),
) -> Drawing:
    """Gather a chart and what is known about its points; without a chart the figures stand alone."""
    nothing = np.full(len(dates), np.nan)
    if chart is None:
        state, centre, lower, upper = np.full(len(dates), "common_cause"), nothing, nothing, nothing
        rules = ""
    else:
        assert chart.state is not None
        assert chart.centre is not None and chart.lower is not None and chart.upper is not None
        state, centre, lower, upper = chart.state, chart.centre, chart.lower, chart.upper
        rules = chart.rules
    begins: tuple[int, ...] = ()
    if phase is not None and len(phase):
        begins = tuple(int(i) for i in np.flatnonzero(np.diff(phase)) + 1)
    return Drawing(
        title,
        alt,
        unit,
        dates,
        value,
        np.array(centre, dtype=float),
        np.array(lower, dtype=float),
        np.array(upper, dtype=float),
        marks(state, unsettled, doubtful, complete),
        begins,
        target,
        standard,
        open_gap,
        rules,
        notes,
    )
