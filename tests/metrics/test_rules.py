from itertools import pairwise

import numpy as np
import pytest

from metrics import control_chart
from metrics.rules import (
    RULE_SETS,
    Line,
    anhoej_runs,
    astronomical,
    evaluate,
    shift,
    trend,
    trend_one_way,
    two_of_three,
)
from metrics.rules import two_of_three_within as older_two_of_three

LEVEL = {"#": 3.5, "^": 2.5, "+": 0.5, "0": 0.0, "-": -0.5, "v": -2.5, "u": -3.5}


def line(picture: str) -> Line:
    """Points in standard deviations from the centre: # outside, ^ near the edge, + above, 0 on it, - v u below.

    A bar stands where one phase ends and the next begins.
    """
    value = np.array([LEVEL[mark] for mark in picture.replace("|", "")])
    linked = np.array([before != "|" and after != "|" for before, after in pairwise(picture)], dtype=bool)
    joints = [i for i, mark in enumerate(picture) if mark == "|"]
    linked = np.delete(linked, joints) if joints else linked
    return Line(value, linked, value > 0, value < 0, value > 2, value < -2, value > 3, value < -3)


def drawn(flags: np.ndarray) -> str:
    return "".join("X" if flag else "." for flag in flags)


@pytest.mark.parametrize(
    ("picture", "high"),
    [
        ("++++++-", "......."),  # six are not yet a shift
        ("+++++++-", "XXXXXXX."),  # the seventh makes it one, and marks all seven
        ("++++++++-", "XXXXXXXX."),  # the eighth belongs to it
        ("++++0++++", "........."),  # a point on the centre line breaks the run
        ("++++|++++", "........"),  # so does a new phase
        ("+++++++|+++++++", "X" * 14),
        ("-------", "......."),  # below is the other direction
        ("+", "."),
        ("++++++", "......"),
    ],
)
def test_shift_needs_seven_on_one_side(picture, high):
    assert drawn(shift(line(picture), length=7)[0]) == high


def test_shift_says_the_side():
    high, low = shift(line("-------"), length=7)
    assert drawn(low) == "XXXXXXX"
    assert not high.any()


def test_shift_of_six_needs_six():
    assert drawn(shift(line("+++++-"), length=6)[0]) == "......"
    assert drawn(shift(line("++++++-"), length=6)[0]) == "XXXXXX."


def walk(steps: str) -> Line:
    """Points from steps: / up, \\ down, = level, and | a new phase."""
    value, linked = [0.0], []
    for step in steps:
        value.append(value[-1] + {"/": 1, "\\": -1, "=": 0, "|": 1}[step])
        linked.append(step != "|")
    y = np.array(value)
    off = np.zeros(len(y), dtype=bool)
    return Line(y, np.array(linked, dtype=bool), off, off, off, off, off, off)


@pytest.mark.parametrize(
    ("steps", "rising", "falling"),
    [
        ("/////", "......", "......"),  # five steps are six points
        ("//////", "XXXXXXX", "......."),  # six are seven
        ("///////", "XXXXXXXX", "........"),
        ("///=///", "........", "........"),  # a tie breaks it
        ("///|///", "........", "........"),
        ("\\\\\\\\\\\\", ".......", "XXXXXXX"),
        ("//////\\\\\\\\\\\\", "XXXXXXX......", "......XXXXXXX"),  # the top belongs to both
    ],
)
def test_trend_needs_seven_points(steps, rising, falling):
    assert tuple(map(drawn, trend(walk(steps), length=7))) == (rising, falling)


def test_trend_one_way_gives_a_turning_point_to_what_begins_there():
    rising, falling = trend_one_way(walk("//////\\\\\\\\\\\\"), length=7)
    assert (drawn(rising), drawn(falling)) == ("XXXXXX.......", "......XXXXXXX")
    rising, falling = trend_one_way(walk("\\\\\\\\\\\\//////"), length=7)
    assert (drawn(rising), drawn(falling)) == ("......XXXXXXX", "XXXXXX.......")


@pytest.mark.parametrize(
    ("picture", "high", "older"),
    [
        ("^^+", "XX.", "XX."),
        ("^+^", "X.X", "X.X"),  # only the far points are marked
        ("+^^", ".XX", ".XX"),
        ("^++", "...", "..."),
        ("^^-", "...", "..."),  # all three must be on one side
        ("^0^", "...", "..."),  # and none on the line
        ("^#+", "XX.", "..."),  # a point outside counts, since November 2023
        ("##+", "XX.", "..."),
        ("^|^+", "...", "..."),
        ("^^", "..", ".."),  # three are needed
        ("", "", ""),
    ],
)
def test_two_of_three_near_the_edge(picture, high, older):
    assert drawn(two_of_three(line(picture))[0]) == high
    assert drawn(older_two_of_three(line(picture))[0]) == older


def test_two_of_three_below():
    assert drawn(two_of_three(line("v-u"))[1]) == "X.X"


def test_astronomical_is_strictly_outside():
    high, low = astronomical(line("#^+0-vu"))
    assert (drawn(high), drawn(low)) == ("X......", "......X")


@pytest.mark.parametrize(
    ("picture", "high", "low"),
    [
        ("+-" * 6, "............", "............"),
        ("++++++++++-+-+-+", "XXXXXXXXXX......", "................"),  # ten of sixteen in a row: 7 are the most
        ("+++++++0-+-+-+-+", "................", "................"),  # seven of fifteen: as chance has it
        ("++++++------", "XXXXXX......", "......XXXXXX"),  # one crossing of eleven: both longest runs
        ("", "", ""),
        ("000", "...", "..."),
    ],
)
def test_anhoej_marks_the_runs_that_signal(picture, high, low):
    assert tuple(map(drawn, anhoej_runs(line(picture)))) == (high, low)


def test_nhsr_keeps_only_the_first_rule_of_a_point():
    rules = RULE_SETS["nhsr"]
    flags = dict(zip(rules.rules, evaluate(line("++++++#"), rules)[::2], strict=True))
    assert drawn(flags["astronomical"]) == "......X"
    assert drawn(flags["shift"]) == "XXXXXX."
    flags = dict(zip(RULE_SETS["mdc"].rules, evaluate(line("++++++#"), RULE_SETS["mdc"])[::2], strict=True))
    assert drawn(flags["shift"]) == "XXXXXXX"


@pytest.mark.parametrize("hole", [0, 3, 6])
def test_holes_neither_end_a_run_nor_count_in_it(hole):
    y = np.array([10.0, 9, 11, 10] * 6 + [12.0] * 7)
    frozen = np.arange(31) < 24
    with_hole = np.insert(y, 24 + hole, np.nan)
    chart = control_chart("xmr", with_hole, baseline=np.insert(frozen, 24 + hole, False))
    assert drawn(chart.signals["shift"][24:]) == "XXXXXXX"[:hole] + "." + "XXXXXXX"[hole:]
    six = control_chart("xmr", with_hole[:-1], baseline=np.insert(frozen, 24 + hole, False)[:-1])
    assert not six.signals["shift"].any()
