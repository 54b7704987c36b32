"""Centre lines and control limits: one function a chart, all with the same arguments and the same result.

Every function gets the points of a block and the options, and returns figures either one a segment (the line is
level within a phase) or one a point (it follows the denominator). Nothing is cut here: rules use the uncut lines.

References
----------
Wheeler, Understanding Variation (2000), for the XmR chart; Montgomery, Introduction to Statistical Quality Control,
7th ed. (2012), chapters 6 and 7, for c, u and p; Laney, Quality Engineering 14 (2002) 531-537, for u' and p';
Nelson, Journal of Quality Technology 26 (1994) 239-240, for the power 1/3.6 of the t chart.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .points import Bools, Floats, Points, count

LIMIT_FACTOR = 2.66  # 3 / d2 for a moving range of two points, as the Making Data Count tools print it
D2 = 1.128  # mean range of two standard normal values
SCREEN_FACTOR = 3.267  # D4 for a range of two: larger ranges are themselves out of the ordinary
T_POWER = 3.6  # makes exponential gaps nearly normal (Nelson 1994)
SIGMAS = 3.0
# Two figures that differ by less are one: the mean of eighteen times 0.1 is not 0.1.
TOLERANCE = 32 * float(np.finfo(np.float64).eps)
INNER = 2 / 3  # the warning line stands two-thirds of the way to the limit


@dataclass(frozen=True)
class Options:
    screen: bool = False
    bridge: bool = False
    floor_sigma_z: bool = True


@dataclass(frozen=True)
class Limits:
    """Uncut lines in the units shown: figures one a segment or one a point. `sigma` is a third of the half-width."""

    centre: Floats
    lower: Floats
    upper: Floats
    inner_lower: Floats
    inner_upper: Floats
    sigma: Floats


LimitsOf = Callable[[Points, Options], Limits]


def run(points: Points, _: Options) -> Limits:
    """The median, and no limits."""
    rows = np.sort(points.rows(points.value), axis=1)  # NaN goes last
    n, every = points.n_base, np.arange(len(rows))
    centre = (rows[every, np.maximum(n - 1, 0) // 2] + rows[every, np.minimum(n // 2, rows.shape[1] - 1)]) / 2
    none = np.full(len(centre), np.nan)
    return Limits(centre, none, none, none, none, none)


def xmr(points: Points, options: Options) -> Limits:
    """The mean ± 2.66 mean moving ranges."""
    return _symmetric(points.mean(points.value), LIMIT_FACTOR * mean_range(points, points.value, options))


def t(points: Points, options: Options) -> Limits:
    """An XmR of gaps on the scale y ** (1/3.6), where they are nearly normal, and back; `sigma` stays on that scale.

    A line below 0 on that scale goes back as minus its size's power, so that it stays below every gap.
    """
    scaled = points.value ** (1 / T_POWER)
    lines = _symmetric(points.mean(scaled), LIMIT_FACTOR * mean_range(points, scaled, options))
    return Limits(
        _back(lines.centre),
        _back(lines.lower),
        _back(lines.upper),
        _back(lines.inner_lower),
        _back(lines.inner_upper),
        lines.sigma,
    )


def c(points: Points, _: Options) -> Limits:
    """The mean count ± 3 of its square roots."""
    mean = points.mean(points.numerator)
    return _symmetric(mean * points.multiplier, SIGMAS * np.sqrt(mean) * points.multiplier)


def u(points: Points, _: Options) -> Limits:
    """The pooled rate ± 3 √(rate / exposure)."""
    rate = _pooled(points)
    return _by_exposure(points, rate, np.sqrt(rate))


def p(points: Points, _: Options) -> Limits:
    """The pooled proportion ± 3 √(p (1 - p) / n)."""
    share = _pooled(points)
    return _by_exposure(points, share, np.sqrt(share * (1 - share)))


def u_prime(points: Points, options: Options) -> Limits:
    """As `u`, widened by how much more neighbouring months differ than chance would have it (Laney)."""
    rate = _pooled(points)
    return _laney(points, options, rate, np.sqrt(rate))


def p_prime(points: Points, options: Options) -> Limits:
    """As `p`, widened in the same way."""
    share = _pooled(points)
    return _laney(points, options, share, np.sqrt(share * (1 - share)))


CHARTS: dict[str, LimitsOf] = {
    "run": run,
    "xmr": xmr,
    "c": c,
    "u": u,
    "p": p,
    "u_prime": u_prime,
    "p_prime": p_prime,
    "t": t,
}
PROPORTIONS = frozenset({"p", "p_prime"})
COUNTS = frozenset({"c", "u", "p", "u_prime", "p_prime", "t"})  # nothing below 0 can be one
NEED_DENOMINATOR = frozenset({"u", "p", "u_prime", "p_prime"})
NO_DENOMINATOR = frozenset({"c", "t"})
RANGES = frozenset({"xmr", "t", "u_prime", "p_prime"})  # made of moving ranges: `screen` means something
GAPS = frozenset({"t"})  # the points are times between events: longer is fewer


def mean_range(points: Points, values: Floats, options: Options) -> Floats:
    """The mean absolute difference of neighbouring baseline points, one a segment; NaN where there is no pair."""
    ranges, paired = _ranges(points, values, options.bridge)
    n = count(paired, points.starts)
    mean = np.add.reduceat(ranges, points.starts) / n
    if not options.screen:
        return np.asarray(mean)
    kept = paired & (ranges < points.spread(SCREEN_FACTOR * mean))
    # Where every range, or every one that is not 0, would go, none goes: else the limits collapse onto the centre.
    left = count(kept & (ranges > 0), points.starts) > 0
    screened = np.add.reduceat(np.where(kept, ranges, 0.0), points.starts) / count(kept, points.starts)
    return np.where(left, screened, mean)


def _ranges(points: Points, values: Floats, bridge: bool) -> tuple[Floats, Bools]:
    """The range from each baseline point back to the one before it, 0 where there is none; and where there is one."""
    base, size = points.base, len(values)
    ranges, paired = np.zeros(size), np.zeros(size, dtype=bool)
    if bridge and not points.all_base:
        index = np.flatnonzero(base)
        segment = np.searchsorted(points.starts, index, side="right")
        paired[index[1:]] = segment[1:] == segment[:-1]
        ranges[index[1:]] = np.abs(np.diff(values[index]))
        return np.where(paired, ranges, 0.0), paired
    np.subtract(values[1:], values[:-1], out=ranges[1:])
    np.abs(ranges, out=ranges)
    if points.all_base:
        np.logical_not(points.first, out=paired)
        ranges[points.starts] = 0.0
        return ranges, paired
    np.logical_and(base[1:], base[:-1], out=paired[1:])
    paired &= ~points.first
    return np.where(paired, ranges, 0.0), paired


def _pooled(points: Points) -> Floats:
    return points.total(points.numerator) / points.total(points.exposure)


def _by_exposure(points: Points, centre: Floats, spread: Floats) -> Limits:
    """Limits at 3 · spread / √exposure, where `spread` is the standard deviation of one unit of exposure."""
    half = points.spread(spread * (SIGMAS * points.multiplier)) / np.sqrt(points.exposure)
    return _symmetric(centre * points.multiplier, half, points)


def _laney(points: Points, options: Options, centre: Floats, spread: Floats) -> Limits:
    share = points.numerator / points.exposure
    z = (share - points.spread(centre)) / points.spread(spread) * np.sqrt(points.exposure)
    sigma_z = mean_range(points, z, options) / D2
    if options.floor_sigma_z:  # rounded figures and counts of people vary less than chance: no narrower limits for that
        sigma_z = np.fmax(sigma_z, 1.0)
    return _by_exposure(points, centre, spread * sigma_z)


def _symmetric(centre: Floats, half: Floats, points: Points | None = None) -> Limits:
    """Lines either side of the centre; the centre stays one a segment, the rest are as `half`."""
    middle = centre if points is None else points.spread(centre)
    inner = half * INNER
    return Limits(centre, middle - half, middle + half, middle - inner, middle + inner, half / SIGMAS)


def _back(line: Floats) -> Floats:
    return np.sign(line) * np.abs(line) ** T_POWER
