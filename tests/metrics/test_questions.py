import numpy as np
import pytest

from metrics import doubtful_months, questions

STEADY = np.tile([5.0, 6, 4, 5, 7, 3], 5)
FAR, SILENT, BOTH = (
    "Far below what is usual here.",
    "Nothing at all, where chance would leave nothing less than once in 1,000 times.",
    "Harm and no-harm reports have both fallen: fewer reports, rather than less harm?",
)


@pytest.mark.parametrize(("months", "reason"), [(1, ""), (2, SILENT), (3, FAR), (6, FAR)])
def test_silence_at_five_a_month_is_asked_about_from_the_second_month(months, reason):
    y = np.append(STEADY, np.zeros(months))
    found = questions(y)
    assert found.reason[-1] == reason
    assert found.asked.sum() == (months if reason else 0)
    assert not found.asked[:30].any()


def test_what_is_doubtful_is_asked_about_and_the_first_reason_stands():
    y = np.append(STEADY + 20, [2.0, 1, 0, 0, 2])
    found = questions(y, np.full(35, 1000.0))
    doubted = doubtful_months(y, np.full(35, 1000.0))
    assert doubted.any()
    assert set(found.reason[doubted].tolist()) == {FAR}


def test_rare_harm_leaves_no_chance_to_hear_silence():
    y = np.append(np.tile([1.0, 0, 0, 1, 0, 2], 5), np.zeros(5))
    assert not questions(y).asked.any()


@pytest.mark.parametrize(
    ("harm", "no_harm", "asked"), [(2, 10, True), (3, 10, False), (2, 40, False), (4, 10, False), (np.nan, 10, False)]
)
def test_harm_and_no_harm_must_fall_together(harm, no_harm, asked):
    y = np.append(np.tile([6.0, 8, 7], 8), [harm] * 3)
    other = np.append(np.tile([40.0, 35, 45], 8), [no_harm] * 3)
    found = questions(y, no_harm=other)
    assert (set(found.reason[-3:].tolist()) == {BOTH}) == asked
    assert not found.asked[:20].any()


def test_shapes_missing_months_and_too_few_of_them():
    y = np.full((2, 3, 30), 8.0)
    y[1, 2, -3:] = 0
    y[0, 0, 5] = np.nan
    found = questions(y, no_harm=np.full(30, 9.0))
    assert found.asked.shape == found.reason.shape == (2, 3, 30)
    assert np.argwhere(found.asked).tolist() == [[1, 2, 27], [1, 2, 28], [1, 2, 29]]
    assert not questions(np.full(5, np.nan)).asked.any()
    assert questions(np.zeros(0), no_harm=np.zeros(0)).asked.shape == (0,)
    assert not questions(np.array([9.0, 0.0])).asked.any()


def test_silence_that_ended_is_left_to_the_first_rule():
    y = np.append(STEADY, [0.0, 0, 4, 5])
    assert not questions(y).asked.any()
    assert questions(y[:32]).asked.sum() == 2


def test_doubtful_months_do_not_say_what_is_usual():
    y = np.concatenate([np.full(30, 20.0), np.ones(12), np.zeros(3)])
    found = questions(y)
    assert doubtful_months(y)[30:42].all()
    assert found.asked[30:].all()


@pytest.mark.parametrize("mean", [1.0, 3.0, 7.0, 20.0])
def test_a_steady_ward_is_seldom_asked_about(mean):
    y = np.random.default_rng(int(mean)).poisson(mean, (5000, 48))
    found = questions(y)
    assert found.asked.mean() < 0.001
    assert (found.reason[:, -1] == SILENT).mean() < 0.006  # the newest month alone
