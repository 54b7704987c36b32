"""Moving ranges: how much each point differs from the one before it, and their mean."""

from dataclasses import dataclass

import numpy as np

from .points import Bools, Floats, Points, count

D2 = 1.128  # mean range of two standard normal values
SCREEN_FACTOR = 3.267  # D4 for a range of two: larger ranges are themselves out of the ordinary


@dataclass(frozen=True)
class Options:
    """How moving ranges are taken. `screen`: without the largest; `bridge`: across points that set no limits.

    `floor_sigma_z`: primed charts are never narrower than the unprimed.
    """

    screen: bool = False
    bridge: bool = False
    floor_sigma_z: bool = True


def mean_range(points: Points, values: Floats, options: Options, weight: Floats | None = None) -> Floats:
    """The mean absolute difference of neighbouring baseline points, one a segment; NaN where there is no pair.

    `weight`: what each point adds to the variance of a difference; a range is then divided by the root of the two.
    """
    ranges, paired = _ranges(points, values, weight, options.bridge)
    n = count(paired, points.starts)
    mean = np.add.reduceat(ranges, points.starts) / n
    if not options.screen:
        return np.asarray(mean)
    kept = paired & (ranges < points.spread(SCREEN_FACTOR * mean))
    # Where every range, or every one that is not 0, would go, none goes: else the limits collapse onto the centre.
    left = count(kept & (ranges > 0), points.starts) > 0
    screened = np.add.reduceat(np.where(kept, ranges, 0.0), points.starts) / count(kept, points.starts)
    return np.where(left, screened, mean)


def moving_range(value: Floats, used: Bools, first: Bools, *, bridge: bool) -> Floats:
    """The ranges as a series of their own, flat: NaN at the first point of a segment, and where one side is not used.

    `bridge`: from one used point of the segment to the next, over what is between them.
    """
    ranges = np.full(len(value), np.nan)
    index = np.flatnonzero(used)
    if not bridge:
        ranges[1:] = np.where(used[1:] & used[:-1] & ~first[1:], np.abs(np.diff(value)), np.nan)
    elif index.size:
        segment = np.cumsum(first)[index]
        ranges[index[1:]] = np.where(segment[1:] == segment[:-1], np.abs(np.diff(value[index])), np.nan)
    return ranges


def _ranges(points: Points, values: Floats, weight: Floats | None, bridge: bool) -> tuple[Floats, Bools]:
    """The range from each baseline point back to the one before it, 0 where there is none; and where there is one."""
    base, size = points.base, len(values)
    ranges, paired = np.zeros(size), np.zeros(size, dtype=bool)
    if bridge and not points.all_base:
        index = np.flatnonzero(base)
        segment = np.searchsorted(points.starts, index, side="right")
        paired[index[1:]] = segment[1:] == segment[:-1]
        ranges[index[1:]] = _differences(values[index], None if weight is None else weight[index])
        return np.where(paired, ranges, 0.0), paired
    ranges[1:] = _differences(values, weight)
    if points.all_base:
        np.logical_not(points.first, out=paired)
        ranges[points.starts] = 0.0
        return ranges, paired
    np.logical_and(base[1:], base[:-1], out=paired[1:])
    paired &= ~points.first
    return np.where(paired, ranges, 0.0), paired


def _differences(values: Floats, weight: Floats | None) -> Floats:
    size = np.abs(np.diff(values))
    return size if weight is None else size / np.sqrt(weight[1:] + weight[:-1])
