"""The commonest charts, one series after another, compiled by numba: the same results as `block`, sooner.

Only `accelerator` imports this module. What it computes is said, and tested, in `limits`, `rules` and `bits`: here the
same sums are taken in the same order, so that no bit differs. A flag of a whole series is one machine word, bit k for
its k-th point; a rule is then a few shifts, and no branch depends on chance, which a processor cannot guess.
"""

from math import sqrt
from typing import Any

import numpy as np
from numba import njit

from .limits import INNER, LIMIT_FACTOR, SIGMAS, TOLERANCE
from .ranges import D2
from .states import ABSENT, CONCERN, EARLY, EARLY_POINTS, IMPROVEMENT, REFUSED, TRIAL

MOST_POINTS = 63  # of a series: as many as a signed word has bits
ABOVE, BELOW, BEYOND_HIGH, BEYOND_LOW, OUTSIDE_HIGH, OUTSIDE_LOW, RISING, FALLING, LINKED = range(9)
XMR, C, U, P, U_PRIME, P_PRIME = range(6)
ASTRONOMICAL, SHIFT, TREND, TWO_OF_THREE = range(4)
GOOD_LOW, GOOD_HIGH, NEUTRAL = range(3)

compiled: Any = njit(cache=True, nogil=True, error_model="numpy")


@compiled
def pairwise(x, begin, end):
    """The sum of x[begin:end], at most 128 of them, as numpy takes it."""
    n = end - begin
    if n < 8:
        total = -0.0
        for i in range(begin, end):
            total += x[i]
        return total
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
def total_of(x, base, begin, end, scratch):
    """The sum of the points that are used, as `np.add.reduceat` takes it of zeros and them."""
    for i in range(begin, end):
        scratch[i] = x[i] if base >> i & 1 else 0.0
    return scratch[begin] + pairwise(scratch, begin + 1, end) if end - begin > 1 else scratch[begin]


@compiled
def mean_range(x, base, begin, end, scratch):
    n = 0
    scratch[begin] = 0.0
    pairs = base & base << 1
    for i in range(begin + 1, end):
        pair = pairs >> i & 1
        scratch[i] = abs(x[i] - x[i - 1]) if pair else 0.0
        n += pair
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


@compiled
def stand(value, seen, begin, end, centre, half, by_point, under, k, words):
    """Where the points `seen` of a segment stand, and how they move, from bit k of the words on; the next bit."""
    tolerance = TOLERANCE * abs(centre)
    before = np.nan
    above = below = beyond_high = beyond_low = outside_high = outside_low = rising = falling = linked = 0
    first = True
    for i in range(begin, end):
        used = seen >> i & 1
        width = half / sqrt(under[i]) if by_point else half
        y = value[i]
        above |= (used & (y > centre + tolerance)) << k
        below |= (used & (y < centre - tolerance)) << k
        beyond_high |= (used & (y > (centre + width * INNER) + tolerance)) << k
        beyond_low |= (used & (y < (centre - width * INNER) - tolerance)) << k
        outside_high |= (used & (y > (centre + width) + tolerance)) << k
        outside_low |= (used & (y < (centre - width) - tolerance)) << k
        rising |= (used & (y > before)) << k
        falling |= (used & (y < before)) << k
        linked |= (used & (not first)) << k
        before = y if used else before
        first = first & (used == 0)
        k += used
    words[ABOVE] |= above
    words[BELOW] |= below
    words[BEYOND_HIGH] |= beyond_high
    words[BEYOND_LOW] |= beyond_low
    words[OUTSIDE_HIGH] |= outside_high
    words[OUTSIDE_LOW] |= outside_low
    words[RISING] |= rising
    words[FALLING] |= falling
    words[LINKED] |= linked
    return k


@compiled
def chain(links, length):
    """The points of every chain of `length` points, bit k of `links` saying that k goes on from k - 1."""
    reach, wanted, ends = 1, length - 1, links
    while reach < wanted:
        step = min(reach, wanted - reach)
        ends &= ends << step
        reach += step
    reach, points = 1, ends
    while reach < length:
        step = min(reach, length - reach)
        points |= points >> step
        reach += step
    return points


@compiled
def pair_in_three(side, far, linked):
    """The far points of every three neighbours on one side of which two are far."""
    window = side & side << 1 & side << 2 & linked & linked << 1
    ends = window & ((far & far << 1) | (far & far << 2) | (far << 1 & far << 2))
    return (ends | ends >> 1 | ends >> 2) & far


@compiled
def flags_of(rule, length, words, low):
    """One rule's flags, of the high or the low side."""
    if rule == ASTRONOMICAL:
        return words[OUTSIDE_HIGH + low]
    if rule == TREND:
        return chain(words[RISING + low], length)
    side, linked = words[ABOVE + low], words[LINKED]
    if rule == SHIFT:
        return chain(side & side << 1 & linked, length)
    return pair_in_three(side, words[BEYOND_HIGH + low], linked)


@compiled
def meaning(flags, earned, n_rules, better):
    """Concern, improvement and refusal as words; high, low and none where neither is better (see `states.HIGH`)."""
    highs = lows = earned_highs = earned_lows = 0
    if better == NEUTRAL:  # as the first rule says
        for r in range(n_rules):
            free = ~(highs | lows)
            highs |= flags[2 * r] & free
            lows |= flags[2 * r + 1] & free & ~flags[2 * r]
        return highs, lows, 0
    for r in range(n_rules):
        highs |= flags[2 * r]
        lows |= flags[2 * r + 1]
        earned_highs |= flags[2 * r] & earned[2 * r]
        earned_lows |= flags[2 * r + 1] & earned[2 * r + 1]
    if better == GOOD_HIGH:
        return lows, earned_highs, highs & ~earned_highs
    return highs, earned_lows, lows & ~earned_lows


@compiled
def warn_early(value, usable, begin, end, n_base, centre, half, by_point, under, old, better, bits):
    """On trial limits: far outside them on the bad side, or two months beyond the old centre."""
    sign = -1.0 if better == GOOD_HIGH else 1.0
    if n_base >= EARLY_POINTS:
        tolerance = TOLERANCE * abs(centre)
        for i in range(begin, end):
            width = half / sqrt(under[i]) if by_point else half
            bits[i] |= (sign * value[i] > (sign * centre + width) + tolerance) * EARLY
    if old != old:
        return
    line = sign * old + TOLERANCE * abs(old)
    before, place = False, 0
    for i in range(begin, end):
        if usable >> i & 1:
            worse = sign * value[i] > line
            both = (worse & before) * EARLY
            bits[i] |= both
            bits[place] |= both
            before, place = worse, i


@compiled
def ones(word):
    """How many bits are set."""
    n = 0
    while word:
        word &= word - 1
        n += 1
    return n


@compiled
def spread(word, some, among):
    """Bits of the `some` points in their places among more: bit j belongs to the j-th of some, all of them among."""
    found = j = k = 0
    for i in range(MOST_POINTS):
        found |= (word >> j & some >> i & 1) << k
        j += some >> i & 1
        k += among >> i & 1
    return found


@compiled
def words_of(usable, flags, earned, n_rules, better, bits, flags_out):
    """From words to one byte a point: its rules' flags, and what they mean."""
    concern, improvement, refused = meaning(flags, earned, n_rules, better)
    k = 0
    for i in range(len(bits)):
        used = usable >> i & 1
        bits[i] |= (
            used * ((concern >> k & 1) * CONCERN | (improvement >> k & 1) * IMPROVEMENT | (refused >> k & 1) * REFUSED)
            | (1 - used) * ABSENT
        )
        flag = 0
        for r in range(2 * n_rules):
            flag |= (flags[r] >> k & used) << r
        flags_out[i] = flag
        k += used


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
    half_out,
    figures,
    numbers,
):
    """Chart every row of `top`.

    Parameters
    ----------
    bottom, marks
        (n, n_points) and (n, 4), or one row for all: then the step is 0. Marks are words: where a phase begins, what
        is excluded, what is in question or unsettled, and the baseline.
    segment_of
        Number of the first segment of each row.
    per_point
        value (float), bits and flags (bytes), each (n, n_points): filled where `keep`.
    per_segment
        centre, length.
    half_out
        Half the width: one a segment, or one a point where the exposure sets it.
    figures, numbers
        now, judged, reported (bytes) and n_used; lower and upper at the last settled point.
    """  # fmt: skip
    n_points, n_rules = top.shape[1], len(rules)
    value_out, bits_out, flags_out = per_point
    centre_out, length_out = per_segment
    now_out, judged_out, reported_out, n_used_out = figures
    lower_out, upper_out = numbers
    by_point = kind != XMR and kind != C
    value, scratch, z = np.empty(n_points), np.empty(n_points), np.empty(n_points)
    bits, flagged = np.empty(n_points, np.uint8), np.empty(n_points, np.uint8)
    words, again = np.empty(9, np.int64), np.empty(9, np.int64)
    flags, earned = np.empty(2 * n_rules, np.int64), np.empty(2 * n_rules, np.int64)
    for s in range(top.shape[0]):
        row, under, mark = top[s], bottom[s * bottom_step], marks[s * mark_step]
        begins, excluded, questioned, baseline = mark[0], mark[1], mark[2], mark[3]
        segment = segment_of[s]
        usable = 0
        for i in range(n_points):
            y = row[i]
            if divided:
                y = y / under[i]
            if multiplier != 1.0:
                y = y * multiplier
            value[i] = y
            usable |= (y == y) << i
            bits[i] = 0
        usable &= ~excluded
        settled = usable & ~questioned
        words[:] = 0
        again[:] = 0
        begin = k = l = n_base = last_begin = 0
        centre = half = np.nan
        while begin < n_points:
            end = begin + 1
            while end < n_points and not begins >> end & 1:
                end += 1
            inside = ((1 << end) - 1) & ~((1 << begin) - 1)
            base = settled & inside & (baseline if has_baseline else -1)
            if base == 0:
                base = settled & inside
            n_base = ones(base)
            old = centre
            centre, half = lines_of(kind, row, under, value, base, n_base, begin, end, multiplier, floor, scratch, z)
            k = stand(value, usable, begin, end, centre, half, by_point, under, k, words)
            if settled != usable:
                l = stand(value, settled, begin, end, centre, half, by_point, under, l, again)
            if n_base < min_points:
                for i in range(begin, end):
                    bits[i] |= TRIAL
                if better != NEUTRAL:
                    warn_early(value, usable, begin, end, n_base, centre, half, by_point, under, old, better, bits)
            if keep:
                centre_out[segment], length_out[segment] = centre, end - begin
                if by_point:
                    for i in range(begin, end):
                        half_out[s * n_points + i] = half / sqrt(under[i])
                else:
                    half_out[segment] = half
            segment += 1
            last_begin = begin
            begin = end
        for r in range(n_rules):
            for low in range(2):
                flags[2 * r + low] = flags_of(rules[r], lengths[r], words, low)
                earned[2 * r + low] = flags[2 * r + low]
                if settled != usable:
                    earned[2 * r + low] = spread(flags_of(rules[r], lengths[r], again, low), settled, usable)
        words_of(usable, flags, earned, n_rules, better, bits, flagged)
        last = n_points - 1
        while last >= last_begin and not settled >> last & 1:
            last -= 1
        judged = last >= last_begin
        now = bits[last] if judged else np.uint8(0)
        for i in range(last + 1, n_points):
            if usable >> i & 1:
                now |= bits[i] & (CONCERN | EARLY)
        width = half / sqrt(under[max(last, 0)]) if by_point else half
        now_out[s], judged_out[s], n_used_out[s] = now, judged, n_base
        reported_out[s] = value[n_points - 1] == value[n_points - 1]
        lower_out[s], upper_out[s] = centre - width, centre + width
        if keep:
            value_out[s], bits_out[s], flags_out[s] = value, bits, flagged
