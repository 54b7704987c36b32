"""Centre lines and control limits: one function a chart, all with the same arguments and the same result.

Every function gets the points of a block and the options, and returns figures either one a segment (the line is
level within a phase) or one a point (it follows the denominator). Nothing is cut here: rules use the uncut lines.

References
----------
Wheeler, Understanding Variation (2000), for the XmR charts; Montgomery, Introduction to Statistical Quality Control,
7th ed. (2012), chapters 6 and 7, for c, u, p, xbar and s; Laney, Quality Engineering 14 (2002) 531-537, for u' and p';
Taylor, "Normalized Individuals (IN) Chart" (2017), as qicharts2 0.8 has it, for i'; Benneyan, Health Care Management
Science 4 (2001) 305-318, for g; Nelson, Journal of Quality Technology 26 (1994) 239-240, for the power of the t chart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from . import subgroups
from .points import Floats, Points
from .ranges import D2, Options, mean_range

LIMIT_FACTOR = 2.66  # 3 / d2 for a moving range of two points, as the Making Data Count tools print it
RANGE_FACTOR = 3.267  # D4: the upper limit of a moving range of two
T_POWER = 3.6  # makes exponential gaps nearly normal (Nelson 1994)
SIGMAS = 3.0
# Two figures that differ by less are one: the mean of eighteen times 0.1 is not 0.1.
TOLERANCE = 32 * float(np.finfo(np.float64).eps)
INNER = 2 / 3  # the warning line stands two-thirds of the way to the limit


@dataclass(frozen=True)
class Limits:
    """Uncut lines in the units shown: figures one a segment or one a point.

    Attributes
    ----------
    middle
        What the limits stand about.
    below, above
        How far the limits are from it.
    centre
        The line that is drawn, and that has two sides: the middle, or the median of a g or run chart.
    power
        Lines are made on the scale value ** (1 / power). A line below 0 on it comes back as minus its size's power,
        so that it stays below every value.
    """

    middle: Floats
    below: Floats
    above: Floats
    centre: Floats
    power: float = 1.0

    def upper(self, share: float = 1.0) -> Floats:
        """The line so much of the way from the middle to the upper limit."""
        return self._back(self.middle + self.above * share)

    def lower(self, share: float = 1.0) -> Floats:
        return self._back(self.middle - self.below * share)

    def _back(self, line: Floats) -> Floats:
        return line if self.power == 1 else back(line, self.power)


def back(line: Floats, power: float) -> Floats:
    """From the scale value ** (1 / power) to the units shown."""
    return np.asarray(np.sign(line) * np.abs(line) ** power)


LimitsOf = Callable[[Points, Options], Limits]


def run(points: Points, _: Options) -> Limits:
    """The median, and no limits."""
    centre = points.median(points.value)
    none = np.full(len(centre), np.nan)
    return Limits(centre, none, none, centre)


def xmr(points: Points, options: Options) -> Limits:
    """The mean ± 2.66 mean moving ranges."""
    return _about(points.mean(points.value), LIMIT_FACTOR * mean_range(points, points.value, options))


def mr(points: Points, _: Options) -> Limits:
    """Moving ranges themselves: their mean, 0 and 3.267 of them."""
    mean = points.mean(points.value)
    return Limits(mean, mean, mean * (RANGE_FACTOR - 1), mean)


def t(points: Points, options: Options) -> Limits:
    """An XmR of gaps on the scale y ** (1/3.6), where they are nearly normal."""
    scaled = points.value ** (1 / T_POWER)
    middle, half = points.mean(scaled), LIMIT_FACTOR * mean_range(points, scaled, options)
    return Limits(middle, half, half, back(middle, T_POWER), T_POWER)


def g(points: Points, _: Options) -> Limits:
    """Opportunities between events: limits about the mean of a geometric distribution; the line is the median.

    Half of such gaps are below 0.69 of their mean, so runs about the mean would mean nothing.
    """
    mean = points.mean(points.value)
    half = SIGMAS * np.sqrt(mean) * np.sqrt(mean + points.multiplier)  # shown in other units, 1 is the multiplier
    return Limits(mean, half, half, points.median(points.value))


def c(points: Points, _: Options) -> Limits:
    """The mean count ± 3 of its square roots."""
    mean = points.mean(points.numerator)
    return _about(mean * points.multiplier, SIGMAS * np.sqrt(mean) * points.multiplier)


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


def i_prime(points: Points, options: Options) -> Limits:
    """Individual figures of different weight: ranges are freed of the exposures, limits given them back."""
    share = points.numerator / points.exposure
    mean = sqrt(pi / 2) * mean_range(points, share, options, weight=1 / points.exposure)
    return _by_exposure(points, _pooled(points), mean)


def xbar(points: Points, _: Options) -> Limits:
    """The weighted mean of subgroup means ± A3 standard deviations."""
    mean = points.total(points.value * points.exposure) / points.total(points.exposure)
    half = points.spread(subgroups.deviation(points) * points.multiplier) * subgroups.a3(points.exposure)
    middle = points.spread(mean)
    return Limits(middle, half, half, mean)


def s(points: Points, _: Options) -> Limits:
    """The standard deviation within subgroups, times B3 and B4."""
    centre = subgroups.deviation(points) * points.multiplier
    middle, width = points.spread(centre), subgroups.b_width(points.exposure)
    return Limits(middle, middle * np.minimum(width, 1.0), middle * width, centre)


CHARTS: dict[str, LimitsOf] = {
    "run": run,
    "xmr": xmr,
    "mr": mr,
    "c": c,
    "u": u,
    "p": p,
    "u_prime": u_prime,
    "p_prime": p_prime,
    "i_prime": i_prime,
    "g": g,
    "t": t,
    "xbar": xbar,
    "s": s,
}
PROPORTIONS = frozenset({"p", "p_prime"})
COUNTS = frozenset({"c", "u", "p", "u_prime", "p_prime", "g", "t"})  # nothing below 0 can be one
SUBGROUPS = frozenset({"xbar", "s"})  # the points are means and standard deviations of samples
NEED_DENOMINATOR = frozenset({"u", "p", "u_prime", "p_prime", "i_prime"}) | SUBGROUPS
NO_DENOMINATOR = frozenset({"c", "g", "t"})
RANGES = frozenset({"xmr", "t", "u_prime", "p_prime", "i_prime"})  # made of moving ranges: `screen` means something
GAPS = frozenset({"g", "t"})  # the points are gaps between events: longer is fewer
SIGNED = frozenset({"run", "xmr", "xbar", "i_prime"})  # the lower limit is cut at 0 only where no value is below it


def _pooled(points: Points) -> Floats:
    return points.total(points.numerator) / points.total(points.exposure)


def _by_exposure(points: Points, centre: Floats, spread: Floats) -> Limits:
    """Limits at 3 · spread / √exposure, where `spread` is the standard deviation of one unit of exposure."""
    half = points.spread(spread * (SIGMAS * points.multiplier)) / np.sqrt(points.exposure)
    centre = centre * points.multiplier
    return Limits(points.spread(centre), half, half, centre)


def _laney(points: Points, options: Options, centre: Floats, spread: Floats) -> Limits:
    share = points.numerator / points.exposure
    z = (share - points.spread(centre)) / points.spread(spread) * np.sqrt(points.exposure)
    sigma_z = mean_range(points, z, options) / D2
    if options.floor_sigma_z:  # rounded figures and counts of people vary less than chance: no narrower limits for that
        sigma_z = np.fmax(sigma_z, 1.0)
    return _by_exposure(points, centre, spread * sigma_z)


def _about(centre: Floats, half: Floats) -> Limits:
    return Limits(centre, half, half, centre)
