"""What may be said of harm that is rare, and of signals that chance alone would raise. No Streamlit here."""

import numpy as np

from metrics import FalseSignals, expected_false_signals, rare_event_statement
from metrics.measure import Direction, Kind
from pages.shared.analysis import BASELINE_POINTS, COUNTED_EVENTS, Reading
from pages.shared.wording import outlook as said

RARE_CHARTS = ("t", "none")  # what counts below two a month can bear
LEAST_MEAN, MOST_MEAN = 0.3, 100.0  # events a month that were simulated; above, nothing changes any more


def rare(reading: Reading) -> str:
    """What so few events allow to be said, and what it would take to support a fall; never the time since the last alone."""
    measure = reading.measure
    if measure.kind is not Kind.HARM or measure.direction is not Direction.LOWER:
        return ""
    if measure.chart not in COUNTED_EVENTS or reading.kind not in RARE_CHARTS or not reading.exact:
        return ""
    count = reading.numerator
    here = np.isfinite(count) & ~reading.excluded & (reading.phase == reading.phase[-1])
    here &= ~reading.doubtful | (count > 0)  # what was recorded has happened, whatever is in question
    if not here.any():
        return ""
    last = int(np.flatnonzero(here & (count > 0)).max(initial=-1))
    upto = here if last < 0 else here[: last + 1]
    since = _months_since(reading, last) if last >= 0 else np.nan
    events = float(count[: len(upto)][upto].sum())
    found = rare_event_statement(events, int(upto.sum()), months_since=since)
    unheard = f" {said.NOT_HEARD}" if np.isnan(since) and events < upto.sum() else ""
    return f"{measure.plural[0].upper()}{measure.plural[1:]}: {found.sentence}{unheard}"


def _months_since(reading: Reading, last: int) -> float:
    """Settled months without one since the last; NaN where nobody vouches that one would have been reported."""
    after = slice(last + 1, (reading.latest or 0) + 1)
    known = reading.good[after] & reading.vouched[after] & ~reading.excluded[after]
    return float(known.size) if known.all() else np.nan


def false_signals(reading: Reading) -> str:
    """How often such a chart of a series that does not change would show a signal; '' for charts that were not simulated."""
    found = by_chance(reading)
    return found.sentence if found else ""


def by_chance(reading: Reading) -> FalseSignals | None:
    """How often a chart like this one signals though nothing changes; None for charts that were not simulated."""
    chart = reading.chart
    if chart is None or chart.usable is None or reading.kind in RARE_CHARTS:
        return None
    used = chart.usable & (reading.phase == reading.phase[-1])
    n = int(used.sum())
    frozen = BASELINE_POINTS if int(chart.n_used) == BASELINE_POINTS < n else None
    try:
        return expected_false_signals(reading.kind, chart.rules, n, _mean(reading), frozen)
    except ValueError:  # a kind, rule set, length or mean that was not simulated
        return None


def _mean(reading: Reading) -> float:
    """Events a month that the chart rests on, of a share the rarer; as many as make no difference where none are counted."""
    if reading.measure.chart in ("run", "xmr"):
        return MOST_MEAN
    here = np.isfinite(reading.value)
    count = reading.numerator[here]
    if reading.measure.is_proportion:
        rest = reading.denominator[here] - count
        count = min(count, rest, key=np.sum)
    return min(float(count.mean()), MOST_MEAN)
