"""Is a rate or a share going up or down, and can the data tell that from no change?

References
----------
McCullagh & Nelder, Generalized Linear Models, 2nd ed. (1989), 6.2 and 4.5 (quasi-likelihood); Venables & Ripley,
Modern Applied Statistics with S, 4th ed. (2002), 7.4 (negative binomial). The widening for neighbouring months that
resemble each other: see `widening`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from . import lines
from .arguments import counts_of, known, rows_of, share_of
from .points import Floats, Ints, Strings

COUNT_FAMILIES = ("quasi_poisson", "poisson", "negative_binomial")
PROPORTION_FAMILIES = ("quasi_binomial", "binomial")
AUTOCORRELATION = ("adjust", "none")
BLOCK_POINTS = 32_768  # so that a block's arrays stay in the processor's cache
WIDENED = ", widened for neighbouring months that resemble each other"
SEASON = ", with a yearly wave"
NO_EXCESS = ", whose counts vary no more than a Poisson's: fitted as one"


@dataclass(frozen=True)
class Trend:
    """One figure a series, (...); NaN where `reason` is not ''.

    Attributes
    ----------
    log_ratio, standard_error
        Change of the log rate (or log odds) for one unit of time.
    ratio, low, high
        Rate (or odds) ratio for one unit of time, with its 95 % interval.
    p_value
        Two-sided, of no change.
    dispersion
        The variance is so many times that of the family; 1 for poisson, negative_binomial and binomial.
    autocorrelation
        What the widening was made with: 0 to 0.9; 0 with "none".
    theta
        Of a negative binomial, whose variance is μ + μ² / θ; infinite where counts vary no more than a Poisson's, and
        for every other family.
    method, reason, n
        In words; why there is no figure; the months used.
    """

    log_ratio: Floats
    standard_error: Floats
    ratio: Floats
    low: Floats
    high: Floats
    p_value: Floats
    dispersion: Floats
    autocorrelation: Floats
    theta: Floats
    method: Strings
    reason: Strings
    n: Ints


def count_trend(
    count: ArrayLike,
    exposure: ArrayLike | None = None,
    time: ArrayLike | None = None,
    *,
    family: str = "quasi_poisson",
    autocorrelation: str = "adjust",
    season: bool = False,
) -> Trend:
    """The trend of a rate: a log-linear model with the exposure as offset.

    Parameters
    ----------
    count
        (..., n_points), oldest first; NaN = not reported: dropped, while time keeps its gap.
    exposure
        Broadcast to `count`; NaN or 0 = not reported. None: 1.
    time
        Broadcast to `count`, ascending; the unit of the ratio. None: 0, 1, 2, ...
    family
        quasi_poisson, poisson or negative_binomial. The last: θ by maximum likelihood, standard error at fixed θ, as
        MASS::glm.nb; where no finite θ is the most likely, the Poisson that θ = ∞ is, and `method` says so.
    autocorrelation
        adjust: dispersion at least 1, and the standard error times √((1 + r*) / (1 - r*)), where r* is the lag-1
        correlation of the residuals of adjacent months, freed of its bias and cut to 0 ... 0.9; t with
        max(3, (n - 2) (1 - r*) / (1 + r*)) degrees of freedom. none: the plain model.
    season
        Allow for a wave of one year, a sine and a cosine: points must be months, one after the other, the missing
        ones NaN. Refused with a reason below 36 reported months.

    Returns
    -------
    Trend

    Raises
    ------
    ValueError
        For a family or an option that is not built, counts or exposures below 0, shapes that do not broadcast.

    Notes
    -----
    No Newey-West errors: at 24 to 60 months they reject 9 to 16 % of independent series without a trend.
    """
    known("family", family, COUNT_FAMILIES)
    data = counts_of(count, exposure, time)
    return _trend(data, family, autocorrelation, season)


def proportion_trend(
    numerator: ArrayLike,
    denominator: ArrayLike,
    time: ArrayLike | None = None,
    *,
    family: str = "quasi_binomial",
    autocorrelation: str = "adjust",
    season: bool = False,
) -> Trend:
    """The trend of a share: a logistic model. The ratio is an odds ratio.

    Parameters, results and errors are as of `count_trend`; families: quasi_binomial, binomial. A numerator above its
    denominator is an error too.
    """
    known("family", family, PROPORTION_FAMILIES)
    data = counts_of(numerator, denominator, time)
    share_of(data[0], data[1])
    return _trend(data, family, autocorrelation, season)


def _trend(data: tuple[Floats, Floats, Floats], family: str, autocorrelation: str, season: bool) -> Trend:
    known("autocorrelation", autocorrelation, AUTOCORRELATION)
    shape, n_points = data[0].shape[:-1], data[0].shape[-1]
    top, size, times = (rows_of(x) for x in data)
    adjust = autocorrelation == "adjust"
    model = lines.Model(family, adjust=adjust, season=season)
    block = max(1, BLOCK_POINTS // max(n_points, 1))
    cuts = [slice(i, i + block) for i in range(0, max(len(top), 1), block)]
    parts = [lines.trend_block(top[cut], size[cut], times[cut], model) for cut in cuts]
    figures = [np.concatenate(figure).reshape(shape) for figure in zip(*parts, strict=True)]
    found = dict(zip(lines.FIGURES, figures, strict=False))
    method = family.replace("_", "-") + (SEASON if season else "") + (WIDENED if adjust else "")
    flat = (family == "negative_binomial") & np.isinf(found["theta"])
    named = np.where(flat, method + NO_EXCESS, method)
    return Trend(**found, method=named, reason=lines.REASONS[figures[-2]], n=figures[-1])
