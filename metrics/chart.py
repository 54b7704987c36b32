"""Control charts of many series at once: lines, rules, and the verdict on each series."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .block import RUNS_FIELDS, chart_block
from .inputs import check_data, check_options, rule_set
from .limits import GAPS, Options
from .points import Bools, Floats, Ints, Strings
from .rules import RuleSet
from .runs import Runs
from .store import Store, blocks
from .verdict import Call

MIN_POINTS = 13  # Making Data Count: fewer points give trial limits


@dataclass(frozen=True)
class ControlChart:
    """Lines, signals and verdicts. The arrays of points are None where `control_chart` was asked to leave them out.

    Attributes
    ----------
    value, centre, lower, upper, inner_lower, inner_upper, computed_lower, computed_upper, sigma
        (..., n_points), in the units shown; NaN where there is none. `lower` and `upper` are as drawn: cut at 0
        and at 100 %. Rules and assurance use `computed_*`. `sigma` of a t chart is on its scale y ** (1/3.6).
    usable
        (..., n_points): reported and not excluded, which is what the rules see.
    state
        (..., n_points) of common_cause, improvement_*, concern_*, neither_* (high or low), early_warning, none.
    signals
        Rule key -> flags (..., n_points): every rule's, whatever the others found. `signals_high`, `signals_low`:
        the same by direction.
    improvement
        (..., n_points): where a signal in the better direction rests on settled, undoubted months alone.
    variation, assurance, reason
        (...), strings; `reason` says why there is no verdict or no improvement, else ''.
    mixed, trial, n_used
        (...): concern and improvement both there; trial limits; how many points set the last phase's limits.
    open_gap_signal, open_gap_limit
        (...): the gap that is still open is longer than the upper limit; and that limit (NaN unless a t chart).
    runs
        Anhøj's figures of the last phase, (...); None under other rule sets.
    """

    kind: str
    rules: str
    direction: str
    value: Floats | None
    centre: Floats | None
    lower: Floats | None
    upper: Floats | None
    inner_lower: Floats | None
    inner_upper: Floats | None
    computed_lower: Floats | None
    computed_upper: Floats | None
    sigma: Floats | None
    usable: Bools | None
    state: Strings | None
    signals: dict[str, Bools] | None
    signals_high: dict[str, Bools] | None
    signals_low: dict[str, Bools] | None
    improvement: Bools | None
    variation: Strings
    assurance: Strings
    mixed: Bools
    trial: Bools
    n_used: Ints
    reason: Strings
    open_gap_signal: Bools
    open_gap_limit: Floats
    runs: Runs | None


LINES = (
    "value",
    "centre",
    "lower",
    "upper",
    "inner_lower",
    "inner_upper",
    "computed_lower",
    "computed_upper",
    "sigma",
    "usable",
    "state",
    "improvement",
)
FIGURES = ("variation", "assurance", "mixed", "trial", "n_used", "reason", "open_gap_signal", "open_gap_limit")


def control_chart(
    kind: str,
    numerator: ArrayLike,
    denominator: ArrayLike | None = None,
    *,
    spread: ArrayLike | None = None,
    multiplier: float = 1.0,
    phase: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    excluded: ArrayLike | None = None,
    unsettled: ArrayLike | None = None,
    doubtful: ArrayLike | None = None,
    rules: str | RuleSet | None = None,
    direction: str = "lower",
    target: ArrayLike | None = None,
    screen: bool = False,
    gaps: str = "break",
    min_points: int = MIN_POINTS,
    floor_sigma_z: bool = True,
    open_gap: ArrayLike | None = None,
    points: bool = True,
) -> ControlChart:
    """Draw the lines of a chart for every series, run the rules, and say what they mean.

    Parameters
    ----------
    kind
        run, xmr, c, u, p, u_prime, p_prime or t.
    numerator
        (..., n_points), oldest first: counts, or any figures for run and xmr, or days between events for t.
        NaN = not reported (for t: no more events).
    denominator
        Exposure or sample size, broadcast to the numerator; NaN or 0 = not reported. c and t take none.
    spread
        For xbar and s, which are not built.
    multiplier
        Values shown are numerator / denominator * multiplier.
    phase
        Any labels, (..., n_points) or (n_points,): a phase begins where the label changes.
    baseline
        Which points set the limits; a phase with none of them uses all of its own. None: all points do.
    excluded
        Points drawn, and otherwise treated as missing.
    unsettled
        Points that may still grow: no part in limits or improvement, but they can signal concern.
    doubtful
        Points in question or incomplete: the same.
    rules
        mdc, mdc6, nhsr, anhoej, or a `RuleSet`. None: anhoej for a run chart, mdc for the rest.
    direction
        Which way is better for what is counted: lower, higher or neutral. On a t chart, where longer gaps are fewer
        events, "lower" makes high values better.
    target
        In the units shown: one for all, one a series (..., 1), or one a point, of which the last is judged.
        NaN = none.
    screen
        Leave out moving ranges of 3.267 times their mean or more, once.
    gaps
        "break": no moving range across a point that sets no limits; "bridge": from one such point to the next.
    min_points
        With fewer in the last phase its limits are trial limits: no improvement, no assurance.
    floor_sigma_z
        Primed charts: never narrower than the unprimed.
    open_gap
        Days since the last event, one a series, for t.
    points
        False: only the figures of a series, not those of its points.

    Returns
    -------
    ControlChart
        Lines that are level may be read-only views.

    Raises
    ------
    ValueError
        For a kind, rule set or option that is not built; shapes that do not broadcast; infinite values; counts
        below 0 or, for a proportion, above the denominator, with the first index.

    Notes
    -----
    Differs from the Making Data Count workbooks in that holes are skipped and not refused, lines may be frozen point
    by point, improvement is refused on months that are missing or in question, and trial limits can only warn.
    An improvement needs the latest month to be reported and undoubted. Its signal must hold twice: among all points,
    and among settled, undoubted points alone; so leaving out a bad month by doubting it cannot make one.

    References
    ----------
    See `limits`, `rules` and `runs`; NHS England, Making Data Count, "Strengthening your decisions" (2019).
    """
    check_options(kind, direction, gaps, screen, spread, open_gap)
    masks = {"baseline": baseline, "excluded": excluded, "unsettled": unsettled, "doubtful": doubtful}
    data = check_data(kind, numerator, denominator, phase, masks, target, open_gap)
    options = Options(screen=screen, bridge=gaps == "bridge", floor_sigma_z=floor_sigma_z)
    better = {"lower": "low", "higher": "high", "neutral": "neutral"}[direction]
    if kind in GAPS:
        better = {"low": "high", "high": "low"}.get(better, better)
    call = Call(kind, rule_set(rules, kind), options, better, float(multiplier), min_points, points)
    store = Store(data.shape)
    with np.errstate(invalid="ignore", divide="ignore"):  # NaN is a figure here: not reported, or no limit
        for begin, block in blocks(data):
            chart_block(call, block, store, begin)
    return _assemble(call, direction, store)


def _assemble(call: Call, direction: str, store: Store) -> ControlChart:
    keys = tuple(call.rule_set.rules) if call.points else ()
    arrays: dict[str, Any] = {name: store.points(name) if call.points else None for name in LINES}
    arrays |= {name: store.figures(name) for name in FIGURES}
    for field, ending in (("signals", ""), ("signals_high", " high"), ("signals_low", " low")):
        arrays[field] = {key: store.points(f"{key}{ending}") for key in keys} if call.points else None
    runs = Runs(**{name: store.figures(f"runs {name}") for name in RUNS_FIELDS}) if call.rule_set.figures else None
    return ControlChart(kind=call.kind, rules=call.rule_set.name, direction=direction, runs=runs, **arrays)
