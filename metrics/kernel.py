"""The commonest charts, one series after another, compiled by numba: the same results as `block`, sooner.

Only `accelerator` imports this module. What it computes is said, and tested, in `limits`, `rules` and `bits`: here the
same sums are taken in the same order, so that no bit differs.
"""

from math import sqrt
from typing import Any

import numpy as np
from numba import njit

from .limits import INNER, LIMIT_FACTOR, SIGMAS, TOLERANCE
from .ranges import D2
from .states import ABSENT, CONCERN, EARLY, EARLY_POINTS, HIGH, IMPROVEMENT, LOW, REFUSED, TRIAL

# Marks of a point, made by `accelerator`.
BEGINS, EXCLUDED, QUESTIONED, BASELINE = 1, 2, 4, 8
# Where a point stands.
ABOVE, BELOW, BEYOND_HIGH, BEYOND_LOW, OUTSIDE_HIGH, OUTSIDE_LOW = 1, 2, 4, 8, 16, 32
XMR, C, U, P, U_PRIME, P_PRIME = range(6)
ASTRONOMICAL, SHIFT, TREND, TWO_OF_THREE = range(4)
GOOD_LOW, GOOD_HIGH, NEUTRAL = range(3)
PAIRWISE = 128  # numpy adds longer rows up in halves

compiled: Any = njit(cache=True, nogil=True, error_model="numpy")


@compiled
def pairwise(x, begin, end):
    """The sum of x[begin:end] as numpy takes it."""
    n = end - begin
    if n < 8:
        total = -0.0
        for i in range(begin, end):
            total += x[i]
        return total
    if n > PAIRWISE:
        half = n // 2
        half -= half % 8
        return pairwise(x, begin, begin + half) + pairwise(x, begin + half, end)
    r0, r1, r2, r3 = x[begin], x[begin + 1], x[begin + 2], x[begin + 3]
    r4, r5, r6, r7 = x[begin + 4], x[begin + 5], x[begin + 6], x[begin + 7]
    whole = begin + n - n % 8
    for i in range(begin + 8, whole, 8):
        r0 += x[i]
        r1 += x[i + 1]
        r2 += x[i + 2]
        r3 += x[i + 3]
        r4 += x[i + 4]
        r5 += x[i + 5]
        r6 += x[i + 6]
        r7 += x[i + 7]
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    for i in range(whole, end):
        total += x[i]
    return total


@compiled
def total_of(x, use, begin, end, scratch):
    """The sum of the points that are used, as `np.add.reduceat` takes it of zeros and them."""
    for i in range(begin, end):
        scratch[i] = x[i] if use[i] else 0.0
    return scratch[begin] + pairwise(scratch, begin + 1, end) if end - begin > 1 else scratch[begin]


@compiled
def mean_range(x, use, begin, end, scratch):
    n = 0
    scratch[begin] = 0.0
    for i in range(begin + 1, end):
        scratch[i] = 0.0
        if use[i] and use[i - 1]:
            scratch[i] = abs(x[i] - x[i - 1])
            n += 1
    total = scratch[begin] + pairwise(scratch, begin + 1, end) if end - begin > 1 else 0.0
    return total / n


@compiled
def lines_of(kind, top, bottom, value, base, n_base, begin, end, multiplier, floor, scratch, z):
    """Centre, and half the width: of the whole segment, or (third) of one unit of exposure."""
    if kind == XMR:
        return total_of(value, base, begin, end, scratch) / n_base, LIMIT_FACTOR * mean_range(
            value, base, begin, end, scratch
        )
    total = total_of(top, base, begin, end, scratch)
    if kind == C:
        mean = total / n_base
        return mean * multiplier, SIGMAS * sqrt(mean) * multiplier
    centre = total / total_of(bottom, base, begin, end, scratch)
    spread = sqrt(centre * (1 - centre)) if kind in (P, P_PRIME) else sqrt(centre)
    if kind in (U_PRIME, P_PRIME):
        for i in range(begin, end):
            z[i] = (top[i] / bottom[i] - centre) / spread * sqrt(bottom[i])
        sigma_z = mean_range(z, base, begin, end, scratch) / D2
        if floor and not sigma_z >= 1.0:
            sigma_z = 1.0
        spread = spread * sigma_z
    return centre * multiplier, spread * (SIGMAS * multiplier)


# Chance decides which side a point is on, and a processor that guesses wrong waits: so no branch depends on it below.


@compiled
def side_of(value, centre, half, tolerance):
    return (
        (value > centre + tolerance) * ABOVE
        | (value < centre - tolerance) * BELOW
        | (value > (centre + half * INNER) + tolerance) * BEYOND_HIGH
        | (value < (centre - half * INNER) - tolerance) * BEYOND_LOW
        | (value > (centre + half) + tolerance) * OUTSIDE_HIGH
        | (value < (centre - half) - tolerance) * OUTSIDE_LOW
    )


@compiled
def mark_run(flags, seen, k, length, wanted, bit):
    """A run reaches k: mark its last `length` points where it has just become long enough, else the newest."""
    for j in range(k - length + 1 if wanted else k, k + 1):
        flags[seen[j]] |= bit


@compiled
def run_rules(value, sides, seen, n, rules, lengths, flags):
    """Flags of all rules for the n points `seen` of one segment: two bits a rule, high and low."""
    for r in range(len(rules)):
        rule, length, high, low = rules[r], lengths[r], 1 << (2 * r), 2 << (2 * r)
        if rule == ASTRONOMICAL:
            for k in range(n):
                side = sides[seen[k]]
                flags[seen[k]] |= (side & OUTSIDE_HIGH != 0) * high | (side & OUTSIDE_LOW != 0) * low
        elif rule == TWO_OF_THREE:
            two_of_three(sides, seen, n, flags, ABOVE, BEYOND_HIGH, high)
            two_of_three(sides, seen, n, flags, BELOW, BEYOND_LOW, low)
        elif rule == SHIFT:
            up, down = 0, 0
            for k in range(n):
                side = sides[seen[k]]
                up, down = (up + 1) * (side & ABOVE != 0), (down + 1) * (side & BELOW != 0)
                if up >= length:
                    mark_run(flags, seen, k, length, up == length, high)
                if down >= length:
                    mark_run(flags, seen, k, length, down == length, low)
        else:
            up, down, before = 0, 0, np.nan  # steps
            for k in range(n):
                y = value[seen[k]]
                up, down = (up + 1) * (y > before), (down + 1) * (y < before)
                before = y
                if up >= length - 1:
                    mark_run(flags, seen, k, length, up == length - 1, high)
                if down >= length - 1:
                    mark_run(flags, seen, k, length, down == length - 1, low)


@compiled
def two_of_three(sides, seen, n, flags, side, far, bit):
    for k in range(2, n):
        a, b, c = sides[seen[k - 2]], sides[seen[k - 1]], sides[seen[k]]
        beyond = (a & far != 0) + (b & far != 0) + (c & far != 0)
        if (beyond >= 2) & (a & b & c & side != 0):
            for j in range(k - 2, k + 1):
                flags[seen[j]] |= (sides[seen[j]] & far != 0) * bit


@compiled
def bits_of(flags, earned, n_rules, better):
    """Improvement, concern and refusal (or high and low) from the flags of one point."""
    bits = 0
    if better == NEUTRAL:
        for r in range(n_rules):
            if flags & (1 << (2 * r)):
                return HIGH
            if flags & (2 << (2 * r)):
                return LOW
        return 0
    highs, lows = 0x55, 0xAA
    good, bad = (highs, lows) if better == GOOD_HIGH else (lows, highs)
    if flags & bad:
        bits |= CONCERN
    if earned & good:
        bits |= IMPROVEMENT
    elif flags & good:
        bits |= REFUSED
    return bits


@compiled
def warn_early(value, sides, seen, n, begin, end, n_base, old, better, bits):
    """On trial limits: far outside them on the bad side, or two months beyond the old centre."""
    outside = OUTSIDE_LOW if better == GOOD_HIGH else OUTSIDE_HIGH
    if n_base >= EARLY_POINTS:
        for i in range(begin, end):
            if sides[i] & outside:
                bits[i] |= EARLY
    if old != old:
        return
    margin = TOLERANCE * abs(old)
    sign, line = (-1.0, margin - old) if better == GOOD_HIGH else (1.0, old + margin)
    before = n > 0 and sign * value[seen[0]] > line
    for k in range(1, n):
        worse = sign * value[seen[k]] > line
        both = (worse & before) * EARLY
        bits[seen[k]] |= both
        bits[seen[k - 1]] |= both
        before = worse


@compiled
def chart_rows(
    kind,
    top,
    bottom,
    divided,
    bottom_step,
    marks,
    mark_step,
    multiplier,
    floor,
    min_points,
    has_baseline,
    rules,
    lengths,
    better,
    segment_of,
    keep,
    per_point,
    per_segment,
    lines,
    figures,
    numbers,
):
    """Chart every row of `top`.

    Parameters
    ----------
    bottom, marks
        (n, n_points), or one row for all: then the step is 0.
    segment_of
        Number of the first segment of each row.
    per_point
        value (float), bits and flags (bytes), each (n, n_points): filled where `keep`.
    per_segment
        centre, length.
    lines
        middle and half width: one a segment, or one a point where the exposure sets the width.
    figures, numbers
        now, judged, reported (bytes) and n_used; lower and upper at the last settled point.
    """  # fmt: skip
    n_points = top.shape[1]
    value_out, bits_out, flags_out = per_point
    centre_out, length_out = per_segment
    middle_out, half_out = lines
    now_out, judged_out, reported_out, n_used_out = figures
    lower_out, upper_out = numbers
    by_point = kind != XMR and kind != C
    value, scratch, z = np.empty(n_points), np.empty(n_points), np.empty(n_points)
    usable, settled, base = np.empty(n_points, np.bool_), np.empty(n_points, np.bool_), np.empty(n_points, np.bool_)
    sides, flags, earned, bits = (
        np.empty(n_points, np.uint8), np.empty(n_points, np.uint8), np.empty(n_points, np.uint8),
        np.empty(n_points, np.uint8),
    )  # fmt: skip
    seen = np.empty(n_points, np.int64)
    for s in range(top.shape[0]):
        row, under, mark = top[s], bottom[s * bottom_step], marks[s * mark_step]
        segment = segment_of[s]
        doubts = False
        for i in range(n_points):
            y = row[i]
            if divided:
                y = y / under[i]
            if multiplier != 1.0:
                y = y * multiplier
            value[i] = y
            usable[i] = (y == y) & (mark[i] & EXCLUDED == 0)
            settled[i] = usable[i] & (mark[i] & QUESTIONED == 0)
            doubts |= usable[i] != settled[i]
            flags[i] = earned[i] = bits[i] = 0
        begin, old, n_base = 0, np.nan, 0
        centre = half = np.nan
        while begin < n_points:
            end = begin + 1
            while end < n_points and not mark[end] & BEGINS:
                end += 1
            n_base = 0
            for i in range(begin, end):
                base[i] = settled[i] and (not has_baseline or mark[i] & BASELINE != 0)
                n_base += base[i]
            if n_base == 0 and has_baseline:
                for i in range(begin, end):
                    base[i] = settled[i]
                    n_base += base[i]
            old = centre
            centre, half = lines_of(kind, row, under, value, base, n_base, begin, end, multiplier, floor, scratch, z)
            tolerance = TOLERANCE * abs(centre)
            n = 0
            for i in range(begin, end):
                width = half / sqrt(under[i]) if by_point else half
                sides[i] = side_of(value[i], centre, width, tolerance)
                if by_point and keep:
                    middle_out[s * n_points + i], half_out[s * n_points + i] = centre, width
                if usable[i]:
                    seen[n] = i
                    n += 1
            run_rules(value, sides, seen, n, rules, lengths, flags)
            trial = n_base < min_points
            if doubts:
                n_settled = 0
                for i in range(begin, end):
                    if settled[i]:
                        seen[n_settled] = i
                        n_settled += 1
                run_rules(value, sides, seen, n_settled, rules, lengths, earned)
                n = 0
                for i in range(begin, end):
                    if usable[i]:
                        seen[n] = i
                        n += 1
            for i in range(begin, end):
                bits[i] = bits_of(flags[i], flags[i] & earned[i] if doubts else flags[i], len(rules), better)
                if trial:
                    bits[i] |= TRIAL
                if not usable[i]:
                    bits[i] |= ABSENT
            if trial and better != NEUTRAL:
                warn_early(value, sides, seen, n, begin, end, n_base, old, better, bits)
            if keep:
                centre_out[segment], length_out[segment] = centre, end - begin
                if not by_point:
                    middle_out[segment], half_out[segment] = centre, half
            segment += 1
            last_begin = begin
            begin = end
        last = n_points - 1
        while last >= last_begin and not settled[last]:
            last -= 1
        judged = last >= last_begin
        now = bits[last] if judged else np.uint8(0)
        for i in range(last + 1, n_points):
            if usable[i]:
                now |= bits[i] & (CONCERN | EARLY)
        width = half / sqrt(under[max(last, 0)]) if by_point else half
        now_out[s], judged_out[s], n_used_out[s] = now, judged, n_base
        reported_out[s] = value[n_points - 1] == value[n_points - 1]
        lower_out[s], upper_out[s] = centre - width, centre + width
        if keep:
            value_out[s], bits_out[s], flags_out[s] = value, bits, flags
