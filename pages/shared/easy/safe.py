"""What the Easy read page gives away, beside all that was published: a state that says too much is told as small.

Of a state the reader is granted more than he has. Where no month of the chart is small, every month of it, exactly: lines,
signals and states follow from those. Else the very signal: each month of it on its side of the mean, or beyond the limit;
and of no change, that the newest month lies within the limits. Of days between events and of trends nothing is granted: they
do not say how many there were in a month.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from data.disclosure import Shown, Statement, audit
from data.store import Store
from metrics.measure import Kind
from pages.shared.analysis import COUNTED_EVENTS, Reading
from pages.shared.easy.state import State, is_small, newest_settled_year
from pages.shared.public import cells
from pages.shared.public.draft import Draft, drafts
from pages.shared.public.earlier import earlier_figures
from pages.shared.public.sums import atoms_of
from pages.shared.public.told import months_told

SIGNALLED = (State.WORSE, State.BETTER)


def to_protect(store: Store, states: Mapping[str, State]) -> frozenset[str]:
    """The measures of which the state must be told as small. `states`: by measure, as the page would tell them.

    Raises NotSafe where that is not enough, and StoreError where what was published cannot be read.
    """
    return frozenset(_withheld(store, list(drafts(store, earlier_figures(store.home))), states))


def told_elsewhere(store: Store, found: Sequence[Draft], states: Mapping[str, State]) -> list[Statement]:
    """What the page tells of a version, for the audit of a pack: it is there for everybody, so it cannot be withheld."""
    protected = _withheld(store, found, states)
    told = {name: state for name, state in states.items() if name not in protected}
    return [said for draft in found for said in _tells(store, draft, told)]


def _withheld(store: Store, found: Sequence[Draft], states: Mapping[str, State]) -> tuple[str, ...]:
    mine = [draft for draft in found if draft.figures.measure_id in states or draft.counts.measure.kind is Kind.DEATH]
    return audit(
        [Shown(draft.figures.measure_id, 1, said) for draft in mine if (said := tuple(_tells(store, draft, states)))],
        [said for draft in mine for said in draft.known],  # with the whole years, of deaths as well
        [secret for draft in mine for secret in draft.secrets],
        {atom: most for draft in mine for atom, most in draft.most.items()},
    )


def _tells(store: Store, draft: Draft, states: Mapping[str, State]) -> Iterator[Statement]:
    state, reading = states.get(draft.figures.measure_id, State.SMALL), draft.reading
    if state is State.SMALL or reading is None or draft.figures.kind == "death":
        return
    yield from _not_small(store, draft, reading)
    chart = cells.chart_of(draft.counts, reading, store.policy.masking)
    if chart is not None:
        yield from months_told(replace(draft.figures, chart=chart), draft.counts)
    elif reading.chart is not None and reading.kind != "t":
        signal = reading.verdict_signal
        points = signal.points if state in SIGNALLED and signal is not None and signal.rule != "trend" else ()
        for point in points:
            yield from _placed(draft, reading, point)
        if state is State.NO_CHANGE and reading.latest is not None:
            yield from _placed(draft, reading, reading.latest, by_side=False)


def _not_small(store: Store, draft: Draft, reading: Reading) -> Iterator[Statement]:
    """That the newest year is not small is told by every other state."""
    year = newest_settled_year(reading, store.branding.financial_year_begins)
    counted = reading.measure.is_proportion or reading.measure.chart in COUNTED_EVENTS
    if year is not None and counted and not is_small(reading, year) and np.isfinite(reading.numerator[year]).all():
        trust, months = draft.counts.trust.code, [str(month) for month in reading.months[year]]
        least, size = store.policy.masking.threshold, float(np.sum(reading.denominator[year]))
        most = int(size) - least if reading.measure.is_proportion else None
        yield Statement(atoms_of(draft.figures, trust, trust, months[0], months[-1]), least, most)


def _placed(draft: Draft, reading: Reading, point: int, *, by_side: bool = True) -> Iterator[Statement]:
    """Where a month lies on the chart: within the limits or beyond, and on which side of the mean."""
    chart, trust, month = reading.chart, draft.counts.trust.code, str(reading.months[point])
    if chart is None or month not in draft.counts.parts:
        return
    size = reading.denominator[point] if reading.measure.has_denominator else 1.0
    value, scale = reading.value[point], size / reading.measure.multiplier
    low, high = -np.inf, np.inf
    for line, is_told in ((chart.computed_lower, True), (chart.centre, by_side), (chart.computed_upper, True)):
        if line is not None and is_told and np.isfinite(line[point]):
            at = float(line[point]) * scale
            low = max(low, np.floor(at) + 1 if value > line[point] else -np.inf)
            high = min(high, np.ceil(at) - 1 if value < line[point] else np.inf)
    ends = (int(low) if np.isfinite(low) else None, int(high) if np.isfinite(high) else None)
    if ends != (None, None):
        yield Statement(atoms_of(draft.figures, trust, trust, month, month), *ends)
