"""The settled years of a rare count, by their own rules: this year, the year before, and whether the numbers can tell.

Made for deaths: no milestone, no trend, no chance of a goal, and no word of improvement.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats, Ints, Strings
from .ratio import rate_ratio
from .sentences import said

YEAR = 12  # months
SMALL_P = 0.05
SENTENCES = {
    "fewer": "That is fewer than earlier years would lead us to expect.",
    "more": "That is more than earlier years would lead us to expect.",
    "unclear": "The numbers are too small to tell whether this is a real change.",
    "incomplete": "Some months are not complete, so the two cannot be compared.",
    "too_short": "There are not two settled years to compare.",
}


@dataclass(frozen=True)
class Years:
    """One figure a series, (...).

    Attributes
    ----------
    now, before
        The count of the newest 12 settled months, and of the 12 before; NaN where there are not so many, or one of them
        was not reported.
    earlier, earlier_years
        The count of all earlier years that are complete, and how many they are.
    p_value
        Of the exact conditional test of this year against those; NaN where they cannot be compared.
    verdict
        fewer, more, unclear, incomplete or too_short.
    sentence
        The same in words.
    """

    now: Floats
    before: Floats
    earlier: Floats
    earlier_years: Ints
    p_value: Floats
    verdict: Strings
    sentence: Strings


def compare_years(count: ArrayLike, incomplete: ArrayLike | None = None) -> Years:
    """Compare the newest settled year with the years before it.

    Parameters
    ----------
    count
        (..., n_points) a month, oldest first, ending with the last settled month; NaN = not reported.
    incomplete
        Months whose count is not all that happened; they are counted, and keep their year from being compared.

    Raises
    ------
    ValueError
        For counts below 0 or not whole.

    Notes
    -----
    Years are of 12 months counted back from the end; months before the first whole one are left out. Two-sided 5 %
    exact conditional test of two Poisson rates: this year against all complete earlier years together, because one
    year's few deaths are too weak a witness.
    """
    y = np.asarray(count, dtype=np.float64)
    if y.ndim == 0:
        raise ValueError("count needs an axis of points")
    years = y.shape[-1] // YEAR
    shape, n = y.shape[:-1], prod(y.shape[:-1])
    if years < 2:
        none = np.full(shape, np.nan)
        verdict = np.full(shape, "too_short")
        return Years(
            none, none, none, np.zeros(shape, dtype=np.int64), none, verdict, said(SENTENCES.__getitem__, verdict)
        )
    months = y[..., y.shape[-1] - years * YEAR :]
    bad = bad_months = np.isnan(months)
    if incomplete is not None:
        bad = bad | np.broadcast_to(np.asarray(incomplete, dtype=bool), y.shape)[..., -years * YEAR :]
    totals = np.asarray(np.nan_to_num(months).reshape(n, years, YEAR).sum(axis=2))
    whole = np.asarray(~bad.reshape(n, years, YEAR).any(axis=2))
    earlier, n_earlier = (totals * whole)[:, :-1].sum(axis=1), whole[:, :-1].sum(axis=1)
    missing = np.asarray(bad_months.reshape(n, years, YEAR).any(axis=2))
    now, before = (np.where(missing[:, i], np.nan, totals[:, i]) for i in (-1, -2))
    comparable = whole[:, -1] & whole[:, -2]
    p_value = rate_ratio(totals[:, -1], 1.0, earlier, np.maximum(n_earlier, 1.0)).p_value
    p_value = np.where(comparable, p_value, np.nan)
    p_value = np.where(comparable & (now + earlier == 0), 1.0, p_value)
    fewer = now < earlier / np.maximum(n_earlier, 1)
    verdict = np.where(p_value < SMALL_P, np.where(fewer, "fewer", "more"), "unclear")
    verdict = np.where(comparable, verdict, "incomplete").reshape(shape)
    figures = {"now": now, "before": before, "earlier": earlier, "p_value": p_value}
    return Years(
        **{name: figure.reshape(shape) for name, figure in figures.items()},
        earlier_years=n_earlier.reshape(shape),
        verdict=verdict,
        sentence=said(SENTENCES.__getitem__, verdict),
    )
