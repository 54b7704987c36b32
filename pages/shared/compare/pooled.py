"""The last year of each unit added up, and the funnel of what came out."""

from dataclasses import dataclass

import numpy as np

from metrics import Funnel, funnel
from metrics.measure import Measure
from pages.shared.analysis import Bools, Reading
from pages.shared.compare.offered import FUNNELS, LEAST_UNITS, Peers
from pages.shared.wording import compare as said

LEAST_MONTHS = 9  # of the last twelve settled ones, as for the level now (methods.md, section 4)


@dataclass(frozen=True)
class Pooled:
    """The months of one unit that can be added up. `reason`: why it is not compared, '' where it is."""

    reading: Reading
    numerator: float
    denominator: float
    n: int
    reason: str


@dataclass(frozen=True)
class Comparison:
    """The units that are compared, by name, their funnel, and those that are left out."""

    measure: Measure
    peers: Peers
    units: tuple[Pooled, ...]
    left_out: tuple[Pooled, ...]
    funnel: Funnel | None  # None: too few units

    @property
    def outside(self) -> Bools:
        """(units,): beyond the wider limits."""
        return self._beyond(2)

    @property
    def between(self) -> Bools:
        """(units,): beyond the narrower limits, within the wider."""
        return self._beyond(1) & ~self._beyond(2)

    def _beyond(self, least: int) -> Bools:
        assert self.funnel is not None
        return np.asarray(np.abs(self.funnel.outlier) >= least)


def compare(measure: Measure, peers: Peers) -> Comparison:
    """Each unit's year, and the funnel of those that have enough of it."""
    every = [pooled(reading) for reading in peers.readings]
    units = tuple(each for each in every if not each.reason)
    rest = tuple(each for each in every if each.reason)
    return Comparison(measure, peers, units, rest, _funnel(measure, units))


def pooled(reading: Reading) -> Pooled:
    """The settled, complete, unquestioned months of the last twelve, since the last break or new baseline."""
    in_phase = reading.phase == reading.phase[reading.latest or 0]
    usable = reading.last_year & ~reading.excluded
    here = usable & in_phase
    n = int(here.sum())
    numerator, denominator = (float(x[here].sum()) for x in (reading.numerator, reading.denominator))
    since = int(usable.sum()) >= LEAST_MONTHS  # there would be enough but for the break
    return Pooled(reading, numerator, denominator, n, said.too_few_months(n, since) if n < LEAST_MONTHS else "")


def _funnel(measure: Measure, units: tuple[Pooled, ...]) -> Funnel | None:
    if len(units) < LEAST_UNITS:
        return None
    numerator = np.array([unit.numerator for unit in units])
    denominator = np.array([unit.denominator for unit in units])
    kind = FUNNELS[measure.chart]
    if kind == "proportion":  # of whole cases; days lost to sickness come in parts
        numerator, denominator = np.round(numerator), np.round(denominator)
    return funnel(numerator, denominator, kind=kind)
