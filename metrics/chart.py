"""Control charts of many series at once: lines, rules, and the verdict on each series."""

import numpy as np
from numpy.typing import ArrayLike

from .accelerator import chart_all, takes
from .block import RUNS_FIELDS, chart_block
from .inputs import Call, Data, check_data, check_numbers, check_options, rule_set
from .limits import GAPS
from .ranges import Options
from .result import ControlChart, drawn
from .rules import RuleSet
from .runs import Runs
from .store import Store, blocks
from .verdict import judge

MIN_POINTS = 13  # Making Data Count: fewer points give trial limits


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
    open_gap_doubtful: ArrayLike | None = None,
    points: bool = True,
) -> ControlChart:
    """Draw the lines of a chart for every series, run the rules, and say what they mean.

    Parameters
    ----------
    kind
        run, xmr, mr, c, u, p, u_prime, p_prime, i_prime, g, t, xbar or s.
    numerator
        (..., n_points), oldest first: counts; any figures for run, xmr, mr and i_prime; means of subgroups for xbar
        and s; days between events for t, and opportunities between them for g. NaN = not reported (for g and t: no
        more events).
    denominator
        Exposure, sample size or size of the subgroup, broadcast to the numerator; NaN or 0 = not reported. c, g and t
        take none.
    spread
        Standard deviations of the subgroups, for xbar and s only; NaN = not known.
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
        mdc, mdc6, nhsr, anhoej, western_electric, nelson, outside, or a `RuleSet`. None: anhoej for a run chart,
        outside for mr and s, whose neighbouring points are not independent or whose limits are skewed; mdc for the
        rest.
    direction
        Which way is better for what is counted: lower, higher or neutral. On a g or t chart, where longer gaps are
        fewer events, "lower" makes high values better.
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
        Days (or opportunities) since the last event, one a series, for t and g: compared with the upper limit, and
        part of nothing else.
    open_gap_doubtful
        Whether reports may have stopped during that gap, one a series: then it is no improvement. A unit that stops
        reporting has a long open gap, so ask whether its other reports still come in.
    points
        False: only the figures of a series, not those of its points.

    Returns
    -------
    ControlChart
        Arrays of its points are made when they are first asked for; lines that are level may be read-only views.

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
    See `limits`, `ranges`, `subgroups`, `rules` and `runs`; NHS England, Making Data Count, "Strengthening your decisions" (2019).
    """
    check_options(kind, direction, gaps, screen, spread, open_gap)
    masks = {"baseline": baseline, "excluded": excluded, "unsettled": unsettled, "doubtful": doubtful}
    check_numbers(multiplier, min_points)
    data = check_data(
        kind, numerator, denominator, spread, phase, masks, target, open_gap, open_gap_doubtful, multiplier
    )
    options = Options(screen=screen, bridge=gaps == "bridge", floor_sigma_z=floor_sigma_z)
    better = {"lower": "low", "higher": "high", "neutral": "neutral"}[direction]
    if kind in GAPS:
        better = {"low": "high", "high": "low"}.get(better, better)
    call = Call(kind, rule_set(rules, kind), options, better, float(multiplier), min_points, points)
    store = Store(data.shape)
    with np.errstate(invalid="ignore", divide="ignore"):  # NaN is a figure here: not reported, or no limit
        if takes(call, data):
            chart_all(call, data, store)
        else:
            for begin, block in blocks(data):
                chart_block(call, block, store, begin)
        return _assemble(call, data, direction, store)


def _assemble(call: Call, data: Data, direction: str, store: Store) -> ControlChart:
    lead = data.shape[:-1]
    figures = {name: array.reshape(lead) for name, array in judge(call, data, store).items()}
    runs = (
        {name: store.figures(f"runs {name}").reshape(lead) for name in RUNS_FIELDS} if call.rule_set.figures else None
    )
    return ControlChart(
        kind=call.kind,
        rules=call.rule_set.name,
        direction=direction,
        runs=Runs(**runs) if runs else None,
        drawn=drawn(call, data.shape, store) if call.points else None,
        **figures,
    )
