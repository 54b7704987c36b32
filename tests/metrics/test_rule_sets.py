"""Western Electric's and Nelson's rules, and a set of one's own."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from metrics import RULE_SETS, RuleSet, control_chart, explain
from metrics.rules import Line, alternating, astronomical, hugging, mixture, shift, some_beyond

LEVEL = {"#": 3.5, "^": 2.5, "*": 1.5, "+": 0.5, "0": 0.0, "-": -0.5, "o": -1.5, "v": -2.5, "u": -3.5}


def line(picture: str) -> Line:
    """As in `test_rules`, with * and o between one and two thirds of the way to the limits."""
    value = np.array([LEVEL[mark] for mark in picture.replace("|", "")])
    linked = np.array([before != "|" and after != "|" for before, after in pairwise(picture)], dtype=bool)
    joints = [i for i, mark in enumerate(picture) if mark == "|"]
    linked = np.delete(linked, joints) if joints else linked
    sides = (side for level in (0, 2, 3, 1) for side in (value > level, value < -level))
    return Line(value, linked, *sides, limited=np.ones(len(value), dtype=bool))


def drawn(flags) -> str:
    return "".join("X" if flag else "." for flag in flags)


@pytest.mark.parametrize(
    ("picture", "high"),
    [
        ("^-^", "X.X"),  # the third may stand on the far side
        ("^--^", "...."),
        ("#^", ".."),  # two points are not yet three
        ("+#^", ".XX"),
        ("^|-^", "..."),  # not over a new phase
        ("vv+", "..."),  # the low side is the other flag
    ],
)
def test_two_of_three_wherever_the_third_is(picture, high):
    assert drawn(some_beyond(line(picture), some=2, of=3, thirds=2)[0]) == high


@pytest.mark.parametrize(
    ("picture", "high"),
    [
        ("****-", "XXXX."),
        ("**-**", "XX.XX"),
        ("***--", "....."),  # three of five are not four
        ("****", "...."),  # four points are not yet five
        ("*^#*v", "XXXX."),
        ("**|***", "....."),
    ],
)
def test_four_of_five_beyond_a_third(picture, high):
    assert drawn(some_beyond(line(picture), some=4, of=5, thirds=1)[0]) == high


@pytest.mark.parametrize(
    ("picture", "flags"),
    [
        ("+-+-+-+-+-+-+-", "X" * 14),
        ("+-+-+-+-+-+-+", "." * 13),  # thirteen are not fourteen
        ("-+-+-+-+-+-+-+-", "X" * 15),
        ("+-+-+-+0-+-+-+-", "." * 15),  # two falls in a row
        ("+-+-+-+|-+-+-+-", "." * 14),
        ("00+-+-+-+-+-+-+-+", "." + "X" * 16),
    ],
)
def test_alternating(picture, flags):
    assert drawn(alternating(line(picture), length=14)[0]) == flags


@pytest.mark.parametrize(
    ("picture", "flags"),
    [
        ("+-0" * 5, "X" * 15),
        ("+-0" * 5 + "*", "X" * 15 + "."),
        ("+-0" * 4 + "+-", "." * 14),
        ("+-0" * 2 + "*" + "+-0" * 3, "." * 16),
        ("+-0+-0+|-0+-0+-0", "." * 15),
    ],
)
def test_hugging(picture, flags):
    assert drawn(hugging(line(picture), length=15)[0]) == flags


@pytest.mark.parametrize(
    ("picture", "flags"),
    [
        ("*o*o^v^v", "X" * 8),
        ("*o*o^v^", "." * 7),
        ("********", "." * 8),  # all on one side is another rule's
        ("********o", ".XXXXXXXX"),
        ("*o*+o^v^v", "." * 9),
        ("*o*o|^v^v", "." * 8),
    ],
)
def test_mixture(picture, flags):
    assert drawn(mixture(line(picture), length=8)[0]) == flags


@pytest.mark.parametrize("kind", ["run", "xmr", "c"])
def test_without_limits_that_are_apart_nothing_hugs_the_centre(kind):
    level = np.full(30, 0.0 if kind == "c" else 5.0)
    assert not control_chart(kind, level, rules="nelson").signals["hugging"].any()


def test_rules_without_direction_are_kept_and_judge_nothing():
    y = np.tile([9.0, 11], 12)
    made = control_chart("xmr", y, rules="nelson")
    assert made.signals["alternating"].all()
    assert "alternating" not in made.signals_high
    assert "alternating" not in made.signals_low
    assert made.variation == "common_cause"
    said = [signal for signal in explain(made) if signal.rule == "alternating"]
    assert [(signal.direction, signal.meaning) for signal in said] == [("none", "neither")]
    assert said[0].sentence == "24 months in a row go up and down by turns, since month 1."


@pytest.mark.parametrize("name", ["western_electric", "nelson", "outside"])
def test_each_set_runs_with_every_key(name):
    y = np.random.default_rng(0).poisson(20, (50, 40)).astype(float)
    made = control_chart("xmr", y, rules=name)
    assert list(made.signals) == list(RULE_SETS[name].rules)
    assert all(flags.shape == y.shape for flags in made.signals.values())


def test_a_stable_chart_flags_more_often_under_more_rules():
    y = np.random.default_rng(1).normal(50, 5, (4000, 24))
    share = {name: np.mean(control_chart("xmr", y, rules=name).variation != "common_cause") for name in RULE_SETS}
    assert share["outside"] < share["mdc"] < share["western_electric"]


def test_a_set_of_ones_own():
    def doubled(line):
        twice = np.zeros_like(line.above)
        twice[1:] = (line.value[1:] > 2 * line.value[:-1]) & line.linked
        return twice, np.zeros_like(twice)

    ours = RuleSet("ours", {"astronomical": astronomical, "shift": partial(shift, length=4), "doubled": doubled})
    y = np.array([10.0, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8, 10, 21, 9, 8, 8, 8])
    made = control_chart("xmr", y, rules=ours)
    assert made.rules == "ours"
    assert np.flatnonzero(made.signals["doubled"]).tolist() == [13]
    assert np.flatnonzero(made.signals["shift"]).tolist() == [14, 15, 16, 17]
    said = {signal.rule: signal for signal in explain(made)}
    assert said["doubled"].sentence == "1 month is flagged by the rule 'doubled', in month 14."
    assert said["doubled"].direction == "high"


def test_a_set_may_have_more_rules_than_a_byte_has_bits():
    many = RuleSet("many", {f"shift_{n}": partial(shift, length=n) for n in range(2, 12)})
    y = np.repeat([0.0, 5.0], 8)
    made = control_chart("xmr", y, rules=many)
    for n in range(2, 12):
        assert made.signals_high[f"shift_{n}"].sum() == (8 if n <= 8 else 0)
        assert made.signals_low[f"shift_{n}"].sum() == (8 if n <= 8 else 0)
