"""Funnel: which units differ from the rest by more than chance, and by more than units differ anyway.

References
----------
Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202; Spiegelhalter et al., JRSS A 175 (2012)
1-47. For over-dispersion see `dispersion`, for exact limits `tails`.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .arguments import known, refuse
from .dispersion import ALMOST_ONE, MOST_CORRELATION, Units, spread
from .points import Floats, Ints, Strings
from .tails import count_tails, drawn_limits, highest_count, share_tails

TOO_FEW = "Too few units to see how much they differ anyway: what stands out may be usual for such units."
KINDS = ("rate", "proportion", "ratio")
METHODS = ("exact", "transformed")
OVERDISPERSION = ("none", "winsorise", "truncate")
MOST_CASES = 1e7  # of one unit: the tails of a beta-binomial are sums over all of them
LEVELS = (0.05, 0.002)  # two-sided: the 95 % and the 99.8 % limits
Z = (1.959964, 3.090232)  # of the same for "transformed", with FunnelPlotR's digits


@dataclass(frozen=True)
class Funnel:
    """A funnel's lines and verdicts.

    Attributes
    ----------
    centre
        (...): all events over all exposure; 1 for a ratio. NaN without any.
    lower_95, upper_95, lower_998, upper_998
        (..., n_units), in units of numerator / denominator, or of observed / expected. NaN for a unit that did not
        report, and for all where no unit had an event, or every one did: such a centre has no limits.
    phi
        (...): how many times more the units vary than chance explains, without the extremes; NaN if not asked for, or
        below 2 units.
    tau_squared
        (...): variance of the units' own true levels; 0 = none found. Exact: relative to the centre for a rate or a
        ratio (its root is a coefficient of variation), of the shares themselves for a proportion. Transformed: on the
        scale of the logarithm, or of the arcsine.
    outlier
        (..., n_units), whole numbers: 0 inside, ±1 beyond 95 %, ±2 beyond 99.8 %, minus below. 0 if not reported.
    p_value
        (..., n_units): twice the smaller exact tail, at most 1.
    reason
        (...): what keeps the verdicts from being what they should: too few units to see how much they differ anyway;
        else ''.
    """

    centre: Floats
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats
    phi: Floats
    tau_squared: Floats
    outlier: Ints
    p_value: Floats
    reason: Strings


def funnel(
    numerator: ArrayLike,
    denominator: ArrayLike | None = None,
    *,
    kind: str = "rate",
    expected: ArrayLike | None = None,
    method: str = "exact",
    overdispersion: str = "winsorise",
    trim: float = 0.1,
) -> Funnel:
    """Compare units with each other.

    Parameters
    ----------
    numerator
        (..., n_units): events. NaN = not reported.
    denominator
        Exposure, or for a proportion how many there were; broadcast. NaN or 0 = not reported. None for a ratio.
    kind
        rate (Poisson), proportion (binomial), or ratio (Poisson, against `expected`).
    expected
        Expected events, for a ratio only; broadcast. NaN or 0 = not reported.
    method
        exact: limits of the Poisson or binomial distribution itself. transformed: as FunnelPlotR 0.6 draws them, for
        comparison (arcsine for proportions; χ² without and logarithm with over-dispersion for the rest).
    overdispersion
        winsorise: z scores beyond the `trim` and 1 - `trim` quantiles count as lying there; truncate: they are left
        out; none: chance is all there is.
    trim
        Share of the units at each end, above 0 and below 0.5.

    Raises
    ------
    ValueError
        For an option that is not built; shapes that do not broadcast; figures below 0 or infinite; of a proportion, a
        numerator above its denominator, or a denominator that is not whole or above 10 million; with the first index.

    Notes
    -----
    `outlier` follows from the exact tail (P ≤ α/2 on its side) under either method, never from a drawn limit. An exact
    limit is drawn between the last whole number inside and the first outside, so that the two agree; it is 0 where
    P(0) > α/2: a unit without events is not thereby better than the rest.

    Over-dispersion makes the distribution a negative binomial or beta-binomial one. Exact: z is Pearson's, φ is divided
    by what Winsorising (or truncating) leaves of normal z scores, and τ² is the variance at which the φ of z scores
    that allow for it is (N - 1) / N. Uncorrected, as it is usually done and as "transformed" does it, φ is 0.68 where
    there is only chance, and 10 to 13 % of units lie beyond the 95 % limits where true rates vary by 20 to 50 %; this
    way at most 5.4 % and 0.5 % beyond the two limits. Discrete counts lie outside less often. Below 11 units (where
    `trim` does not reach one at each end) only chance is allowed for: else one unit at three times the level of four
    others, with 20 events each, is found in 1 % of cases; so it is found in all. The price: where the true rates of 10
    units with 100 events each vary by 10, 20 or 30 %, 13, 34 or 50 % of them lie beyond 95 %. `reason` says so.
    """
    for what, name, built in (
        ("kind", kind, KINDS),
        ("method", method, METHODS),
        ("overdispersion", overdispersion, OVERDISPERSION),
    ):
        known(what, name, built)
    if not 0 < trim < 0.5:
        raise ValueError(f"trim must lie between 0 and 0.5, not {trim:g}")
    units, shape = _units(numerator, _exposure(kind, denominator, expected), kind)
    exact = method == "exact"
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN is a figure here: not reported
        phi, tau_squared = spread(units, overdispersion, trim, exact=exact)
        lines, low_tail, high_tail = _exact(units, _between(units, tau_squared, exact=exact), draw=exact)
        if not exact:
            lines = _transformed(units, tau_squared)
    drawable = units.known & (units.mean > 0) & ~(units.proportion & (units.mean == units.size))
    lines = np.where(drawable, lines, np.nan)
    p_value = np.minimum(1.0, 2 * np.minimum(low_tail, high_tail))
    side = np.where(low_tail < high_tail, -1, 1)
    outlier = side * sum((p_value <= level).astype(np.int64) for level in LEVELS)
    lower_95, upper_95, lower_998, upper_998 = lines.reshape(4, *shape)
    few = (units.known.sum(axis=1) - 1) * trim < ALMOST_ONE
    reason = np.where(few & exact & (overdispersion != "none"), TOO_FEW, "")
    return Funnel(
        units.centre.reshape(shape[:-1]),
        lower_95,
        upper_95,
        lower_998,
        upper_998,
        phi.reshape(shape[:-1]),
        tau_squared.reshape(shape[:-1]),
        outlier.reshape(shape),
        p_value.reshape(shape),
        reason.reshape(shape[:-1]),
    )


def _exposure(kind: str, denominator: ArrayLike | None, expected: ArrayLike | None) -> ArrayLike:
    given, other = (expected, denominator) if kind == "ratio" else (denominator, expected)
    if given is None or other is not None:
        wanted, not_wanted = ("expected", "denominator") if kind == "ratio" else ("denominator", "expected")
        raise ValueError(f"a funnel of kind {kind} takes {wanted}, and no {not_wanted}")
    return given


def _units(numerator: ArrayLike, exposure: ArrayLike, kind: str) -> tuple[Units, tuple[int, ...]]:
    y, size = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(exposure, np.float64))
    if y.ndim == 0:
        raise ValueError("numerator needs an axis of units")
    bottom = "expected" if kind == "ratio" else "denominator"
    for values, name in ((y, "numerator"), (size, bottom)):
        refuse(values, values < 0, f"{name} is negative")
        refuse(values, np.isinf(values), f"{name} is infinite")
    if kind == "proportion":
        refuse(y, (y > size) & (size > 0), "numerator is above the denominator")
        refuse(size, (size != np.floor(size)) & ~np.isnan(size), "denominator is not whole")
        refuse(size, size > MOST_CASES, "denominator is too large for a proportion's exact tails")
    shape, known = y.shape, ~np.isnan(y) & (size > 0)
    rows = prod(shape[:-1]), shape[-1]
    y, size = np.where(known, y, 0.0).reshape(rows), np.where(known, size, 0.0).reshape(rows)
    with np.errstate(invalid="ignore"):
        centre = y.sum(axis=1) / size.sum(axis=1)
    if kind == "ratio":
        centre = np.where(size.sum(axis=1) > 0, 1.0, np.nan)
    mean = np.nan_to_num(centre)[:, None] * size
    return Units(y, size, known.reshape(rows), centre, mean, kind == "proportion"), shape


def _transformed(units: Units, tau_squared: Floats) -> Floats:
    """As FunnelPlotR: lower and upper at 95 %, lower and upper at 99.8 %."""
    from scipy.special import gammaincinv

    centre, tau2, lines = units.centre[:, None], tau_squared[:, None], []
    for level, z in zip(LEVELS, Z, strict=True):
        for sign in (-1, 1):
            if units.proportion:
                angle = np.arcsin(np.sqrt(centre)) + sign * z * np.sqrt(0.25 / units.size + tau2)
                lines.append(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)
            else:
                wide = centre * np.exp(sign * z * np.sqrt(1 / units.mean + tau2))
                tail = level / 2 if sign < 0 else 1 - level / 2
                plain = centre * gammaincinv(units.mean + (sign > 0), tail) / units.mean
                lines.append(np.where(tau2 > 0, wide, plain))
    return np.stack(lines)


def _between(units: Units, tau_squared: Floats, *, exact: bool) -> Floats:
    """τ² as the distributions take it: relative variance of a rate, or correlation of two patients of one unit."""
    if not units.proportion:
        return tau_squared
    share = (
        tau_squared / (units.centre * (1 - units.centre)) if exact else 4 * tau_squared
    )  # d asin√p = dp / 2√(p(1-p))
    return np.where(tau_squared > 0, np.minimum(share, MOST_CORRELATION), 0.0)


def _exact(units: Units, between: Floats, *, draw: bool) -> tuple[Floats, Floats, Floats]:
    """Limits as `LEVELS` has them, lower and upper in turn; and both tails of what was seen, itself included."""
    shape = units.y.shape
    lines, tails = np.full((4, units.y.size), np.nan), np.full((2, units.y.size), np.nan)
    known = np.flatnonzero(units.known)
    y, size, mean = (x.ravel()[known] for x in (units.y, units.size, units.mean))
    spreads = np.broadcast_to(between[:, None], shape).ravel()[known]
    groups = share_tails(size, mean / size, spreads) if units.proportion else count_tails(mean, spreads)
    top = size if units.proportion else highest_count(mean, spreads)
    for group, at_most, at_least in groups:
        place = known[group]
        tails[0, place], tails[1, place] = at_most(np.floor(y[group])), at_least(np.ceil(y[group]))
        for i, level in enumerate(LEVELS if draw else ()):
            lower, upper = drawn_limits(at_most, at_least, level / 2, top[group])
            upper = np.minimum(upper, size[group]) if units.proportion else upper
            lines[2 * i, place], lines[2 * i + 1, place] = lower / size[group], upper / size[group]
    return lines.reshape(4, *shape), tails[0].reshape(shape), tails[1].reshape(shape)
