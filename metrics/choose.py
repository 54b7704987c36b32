"""Which chart a series can bear: its measure's own, or another where the counts are too small for it."""

import numpy as np
from numpy.typing import ArrayLike

from .inputs import check_counts
from .limits import NEED_DENOMINATOR, PROPORTIONS
from .points import Bools, Floats, Strings

LEAST_MEAN = 2.0  # events a month; below it even a stable chart flags too often
MOST_ZEROS = 0.5  # share of months without any
FOR_ANY_COUNT = ("t", "none")

REASONS = np.array(
    [
        "",
        f"Fewer than {LEAST_MEAN:g} a month in the baseline.",
        "None in more than half of the months of the baseline.",
        "No month of the baseline was reported.",
    ]
)


def choose_chart(
    kind: str,
    numerator: ArrayLike,
    denominator: ArrayLike | None = None,
    *,
    baseline: ArrayLike | None = None,
    dated_events: bool = False,
) -> tuple[Strings, Strings]:
    """Choose the chart of each series, from the baseline of its first phase.

    Parameters
    ----------
    kind
        The catalogue's choice for the measure: a kind of `control_chart`, or "none".
    numerator, denominator
        (..., n_points) counts; NaN = not reported. For a proportion, the rarer of numerator and the rest is judged.
    baseline
        Boolean, broadcast to the numerator. None: all points.
    dated_events
        Whether the events' dates are known.

    Returns
    -------
    charts, reasons
        (...), strings: `kind`; or, where counts are too small for it, "t" when dates are known and else "none", which
        stands for the panel without limits. The reason is '' where the kind stays.

    Raises
    ------
    ValueError
        For an unknown kind, a proportion without denominator, or counts below 0.

    Notes
    -----
    Decide once, keep the answer, and change it only at a rebase: a ward that reaches zero must not lose its chart.
    A series without any month in the baseline keeps its kind.
    """
    counts, sizes = check_counts(kind, FOR_ANY_COUNT, numerator, denominator, need=kind in NEED_DENOMINATOR)
    reported = np.isfinite(counts) & (np.isfinite(sizes) & (sizes > 0))
    if baseline is not None:
        reported &= np.broadcast_to(np.asarray(baseline, dtype=bool), counts.shape)
    months = reported.sum(axis=-1)
    rare = _rarer(counts, sizes, reported) if kind in PROPORTIONS else np.where(reported, counts, 0.0)
    mean = rare.sum(axis=-1) / np.maximum(months, 1)
    zeros = (reported & (rare == 0)).sum(axis=-1)
    code = np.where(mean < LEAST_MEAN, 1, np.where(zeros > MOST_ZEROS * months, 2, 0))
    code = np.where(months == 0, 3, code) if kind not in FOR_ANY_COUNT else np.zeros_like(months)
    other = "t" if dated_events else "none"
    return np.where((code == 1) | (code == 2), other, kind), np.asarray(REASONS[code])


def _rarer(counts: Floats, sizes: Floats, reported: Bools) -> Floats:
    """The numerators, or the rest, whichever are fewer in all."""
    top, rest = np.where(reported, counts, 0.0), np.where(reported, sizes - counts, 0.0)
    return np.where((rest.sum(axis=-1) < top.sum(axis=-1))[..., None], rest, top)
