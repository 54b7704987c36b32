import numpy as np
import pytest

from metrics import milestone

START, END = np.datetime64("2026-01"), np.datetime64("2027-01")


@pytest.mark.parametrize(
    ("now", "value"),
    [
        ("2025-12", 12.0),
        ("2026-01", 12),
        ("2026-02", 11),
        ("2026-07", 6),
        ("2026-12", 1),
        ("2027-01", 0),
        ("2028-01", 0),
    ],
)
def test_a_line_from_baseline_to_goal(now, value):
    assert milestone(12, 0, START, END, np.datetime64(now)) == pytest.approx(value)


def test_days_are_taken_to_the_month_and_months_may_be_numbers():
    assert milestone(12, 0, START, END, np.datetime64("2026-07-31")) == 6
    assert milestone(12, 0, 0, 12, 6) == 6
    assert milestone([12, 24], 0, 0, 12, [[0], [6]]).tolist() == [[12, 24], [6, 12]]
    assert np.isnan(milestone(12, 0, START, END, np.datetime64("NaT")))


@pytest.mark.parametrize(("now", "value"), [(0, 12.0), (3, 12), (4, 9), (5, 9), (8, 5), (11, 5), (12, 2), (99, 2)])
def test_steps_hold_until_the_next(now, value):
    assert milestone(12, 2, 0, 12, now, trajectory="steps", steps=[(4, 9.0), (8, 5.0)]) == value


def test_steps_may_be_dated():
    steps = [(np.datetime64("2026-07"), 5.0)]
    assert milestone(12, 2, START, END, np.datetime64("2026-08"), trajectory="steps", steps=steps) == 5


def test_log_linear_falls_by_the_same_share_and_to_its_floor():
    months = np.arange(13)
    path = milestone(16, 0, 0, 12, months, trajectory="log_linear", floor=1)
    assert np.allclose(path[1:-1] / path[:-2], 16 ** (-1 / 12))
    assert path[6] == pytest.approx(4)
    assert path[-1] == 0
    assert milestone(16, 4, 0, 12, 6, trajectory="log_linear") == pytest.approx(8)
    assert milestone(16, 4, 0, 12, 6, trajectory="log_linear", floor=1) == pytest.approx(8)  # the goal is higher
    assert milestone(4, 16, 0, 12, 6, trajectory="log_linear") == pytest.approx(8)  # more may be better


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"trajectory": "curve"}, "linear, steps, log_linear"),
        ({"end": 0}, "after start"),
        ({"trajectory": "steps"}, "needs steps"),
        ({"trajectory": "steps", "steps": [(5, 1.0), (4, 2.0)]}, "order"),
        ({"trajectory": "log_linear"}, "floor above 0"),
        ({"trajectory": "log_linear", "floor": 0.0}, "floor above 0"),
    ],
)
def test_what_is_no_path_is_refused(options, words):
    arguments = {"baseline": 12, "goal": 0, "start": 0, "end": 12, "now": 6} | options
    with pytest.raises(ValueError, match=words):
        milestone(**arguments)
