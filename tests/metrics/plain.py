"""Slow, plain versions of what `metrics` computes cleverly: one series, one point at a time."""

import math


def xmr_mdc(values, phases, base, usable):
    """Centre, lower and upper of every point, and the mdc flags {rule: (high set, low set)}, for one series."""
    lines, flags = {}, {rule: (set(), set()) for rule in ("astronomical", "shift", "trend", "two_of_three")}
    for begin, end in _phases(phases):
        inside = range(begin, end)
        own = [i for i in inside if base[i] and usable[i]] or [i for i in inside if usable[i]]
        centre, half = _limits(values, own)
        for i in inside:
            lines[i] = (centre, centre - half, centre + half)
        _flag(values, [i for i in inside if usable[i]], centre, half, flags)
    return lines, flags


def _phases(phases):
    starts = [i for i in range(len(phases)) if i == 0 or phases[i] != phases[i - 1]]
    return zip(starts, [*starts[1:], len(phases)], strict=True)


def _limits(values, own):
    if not own:
        return math.nan, math.nan
    centre = math.fsum(values[i] for i in own) / len(own)
    ranges = [abs(values[i] - values[i - 1]) for i in own if i - 1 in own]
    return centre, 2.66 * math.fsum(ranges) / len(ranges) if ranges else math.nan


def _flag(values, seen, centre, half, flags):
    y = [values[i] for i in seen]
    for side, sign in ((0, 1), (1, -1)):
        away = [sign * (v - centre) for v in y]
        for k in range(len(y)):
            if away[k] > half:
                flags["astronomical"][side].add(seen[k])
            week = range(k, k + 7)
            if k + 7 <= len(y):
                if all(away[j] > 0 for j in week):
                    flags["shift"][side].update(seen[j] for j in week)
                if all(sign * (y[j + 1] - y[j]) > 0 for j in range(k, k + 6)):
                    flags["trend"][side].update(seen[j] for j in week)
            three = range(k, k + 3)
            if k + 3 <= len(y) and all(away[j] > 0 for j in three):
                far = [j for j in three if away[j] > half * 2 / 3]
                if len(far) >= 2:
                    flags["two_of_three"][side].update(seen[j] for j in far)


def doubtful(y, e):
    """Doubtful months of one series, straight from the definition; None = not reported."""
    from scipy.stats import poisson

    seen = [i for i in range(len(y)) if y[i] is not None and e[i] is not None]
    doubted: set[int] = set()
    while True:
        found = set()
        for first in range(len(seen)):
            for length in range(1, 13):
                if first + length > len(seen):
                    break
                around = [
                    *range(max(first - 12, 0), first),
                    *range(first + length, min(first + length + 12, len(seen))),
                ]
                trusted = [seen[k] for k in around if seen[k] not in doubted]
                if len(trusted) < 6:
                    continue
                rate = sum(y[i] for i in trusted) / sum(e[i] for i in trusted)
                run = seen[first : first + length]
                expected = [rate * e[i] for i in run]
                total = sum(y[i] for i in run)
                if (
                    all(y[i] < 0.6 * x for i, x in zip(run, expected, strict=True))
                    and total < 0.5 * sum(expected)
                    and poisson.cdf(total, 0.6 * sum(expected)) < 0.001
                ):
                    found.update(run)
        if found <= doubted:
            return doubted
        doubted |= found
