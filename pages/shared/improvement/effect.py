"""Did a change idea change the level or the trend of one unit? An interrupted time series, and what it cannot rule out.

No Streamlit here.
"""

from dataclasses import dataclass

import numpy as np

from metrics import InterruptedSeries, interrupted_series, rate_ratio
from metrics.measure import Direction
from pages.shared.analysis import Bools, Floats, Reading
from pages.shared.improvement.series import comparable, exposure_of, family_of, is_modelled, place_of
from pages.shared.wording import improvement as said

LEAST_EITHER_SIDE = 12  # months: a year, so that every season stands on both sides (methods.md, section 5)
MOST_WASHOUT = 6
RUN_MONTHS, LEAST_EARLIER = 6, 6  # before the start, and before those: the fewest whose level is known
BAD_RUN = 1.1  # so many times the level before them, or more: what moves back by itself is then worth a warning


@dataclass(frozen=True)
class Run:
    """The level of the last months before the start beside the one before them, in the unit shown."""

    last: float
    earlier: float
    is_bad: bool


@dataclass(frozen=True)
class Measured:
    """One idea on one unit. Arrays are (months,); `found` is None where `reason` says why.

    `start`: the position of the first month with the idea. `used`: what the lines rest on, without the washout. `left_out`:
    the controls asked for that have too few months.
    """

    reading: Reading
    start: int
    washout: int
    used: Bools
    controls: tuple[Reading, ...]
    left_out: tuple[Reading, ...]
    found: InterruptedSeries | None
    reason: str
    run: Run | None

    @property
    def counted_from(self) -> int:
        """The first month after the washout."""
        return self.start + self.washout

    @property
    def fitted(self) -> Floats:
        """(months,): the line before and the line after, in the unit shown; NaN in the washout and without figures."""
        found, years = self.found, np.arange(len(self.used)) / 12
        if found is None:
            return np.full(len(years), np.nan)
        after, passed = np.arange(len(years)) >= self.counted_from, years - self.counted_from / 12
        jump, turn = (
            float(own.ratio) * float(np.nan_to_num(other.ratio, nan=1.0))
            for own, other in ((found.level, found.control_level), (found.slope, found.control_slope))
        )
        line = float(found.intercept.ratio) * float(found.trend.ratio) ** years
        line = np.where(after, line * jump * turn**passed, line)
        line[self.start : self.counted_from] = np.nan
        share = line / (1 + line) if self.reading.measure.is_proportion else line
        return self._within(share)

    @property
    def expected(self) -> tuple[Floats, Floats, Floats]:
        """(months,) each: what the old trend would have come to, with its interval, in the unit shown; NaN before."""
        nothing = np.full(len(self.used), np.nan)
        if self.found is None:
            return nothing, nothing, nothing
        f = self.found
        return self._within(f.counterfactual), self._within(f.counterfactual_low), self._within(f.counterfactual_high)

    def _within(self, line: Floats) -> Floats:
        """In the unit shown; no line goes on beyond a break."""
        same = self.reading.stretch == self.reading.stretch[self.start]
        return np.where(same, line * self.reading.measure.multiplier, np.nan)


def measured(reading: Reading, month: np.datetime64, washout: int = 0, controls: tuple[Reading, ...] = ()) -> Measured:
    """Lines before and after `month`; `controls`: like units without the idea, added up."""
    start, usable = place_of(reading, month), comparable(reading, month)
    used = usable & ~_between(len(usable), start, start + washout)
    before, after = int(used[: max(start, 0)].sum()), int(used[max(start, 0) :].sum())
    run, reason = _run(reading, usable, start), _reason(reading, before, after)
    enough = [has_enough(each, month, washout) for each in controls]
    kept, left_out = (tuple(e for e, has in zip(controls, enough, strict=True) if has is way) for way in (True, False))
    if not reason and controls and not kept:
        reason = said.NO_CONTROL_HAS_ENOUGH
    found = None if reason else _fit(reading, used, start, washout, pooled(kept, month))
    if found is not None and str(found.reason):
        found, reason = None, str(found.reason)
    return Measured(reading, start, washout, used, kept, left_out, found, reason, run)


def _between(n: int, first: int, end: int) -> Bools:
    places = np.arange(n)
    return (places >= first) & (places < end)


def _reason(reading: Reading, before: int, after: int) -> str:
    if not is_modelled(reading.measure):
        return said.NOT_MODELLED
    if not reading.exact:
        return said.NOT_EXACT
    if before < LEAST_EITHER_SIDE or after < LEAST_EITHER_SIDE:
        return said.too_few_months(before, after, LEAST_EITHER_SIDE)
    return ""


def has_enough(reading: Reading, month: np.datetime64, washout: int = 0) -> bool:
    """A year of months on either side that can be used."""
    start, usable = max(place_of(reading, month), 0), comparable(reading, month)
    return bool(min(usable[:start].sum(), usable[start + washout :].sum()) >= LEAST_EITHER_SIDE)


def pooled(readings: tuple[Reading, ...], month: np.datetime64) -> tuple[Floats, Floats] | None:
    """Counts and exposures of several units added up, month by month; NaN where one of them cannot be used."""
    if not readings:
        return None
    usable = np.all([comparable(each, month) for each in readings], axis=0)
    counts, sizes = (sum(part) for part in zip(*((r.numerator, exposure_of(r)) for r in readings), strict=True))
    return np.where(usable, counts, np.nan), np.where(usable, sizes, np.nan)


def _fit(
    reading: Reading, used: Bools, start: int, washout: int, control: tuple[Floats, Floats] | None
) -> InterruptedSeries:
    years = np.arange(len(used)) / 12
    count, size = control or (None, None)
    return interrupted_series(
        np.where(used, reading.numerator, np.nan),
        exposure_of(reading),
        start=years[start],
        time=years,
        washout=washout,
        control_count=count,
        control_exposure=size,
        family=family_of(reading.measure),
        min_points=LEAST_EITHER_SIDE,
    )


def _run(reading: Reading, usable: Bools, start: int) -> Run | None:
    """Whether the last months before the start were worse than those before them; None where there are too few."""
    places = np.arange(len(usable))
    last = usable & _between(len(usable), start - RUN_MONTHS, start)
    earlier = usable & (places < start - RUN_MONTHS)
    if not reading.exact or not is_modelled(reading.measure) or not last.any() or earlier.sum() < LEAST_EARLIER:
        return None
    count, size = np.round(reading.numerator), exposure_of(reading)
    ratio = float(rate_ratio(*(part[where].sum() for where in (last, earlier) for part in (count, size))).ratio)
    levels = [float(count[where].sum() / size[where].sum() * reading.measure.multiplier) for where in (last, earlier)]
    return Run(*levels, is_bad=_is_bad(reading.measure.direction, ratio))


def _is_bad(direction: Direction, ratio: float) -> bool:
    if direction is Direction.LOWER:
        return ratio >= BAD_RUN
    return direction is Direction.HIGHER and ratio <= 1 / BAD_RUN
