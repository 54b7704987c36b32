import numpy as np
import pytest

from metrics import roll_up

MONTHS = 12
ONE = np.zeros((6, MONTHS), dtype=int)  # six children of one parent


def six_wards(silent):
    """Five wards at 5 per 1,000 and one at 60, all of 1,000 bed days; the last month of `silent` is missing."""
    n = np.full((6, MONTHS), 1000.0)
    y = np.repeat([[5.0]] * 5 + [[60.0]], MONTHS, axis=1)
    y[silent, -1] = np.nan
    return y, n


def test_leaving_out_the_ward_with_most_events_is_not_complete_and_not_an_improvement():
    found = roll_up(*six_wards(5), ONE, 1)
    assert found.share[0, -1] == pytest.approx(25 / 85)
    assert not found.complete[0, -1]
    assert found.complete[0, :-1].all()
    assert found.numerator[0, -1] / found.denominator[0, -1] == 0.005  # which looks half of what it was


def test_leaving_out_a_ward_with_few_events_is_nearly_complete():
    found = roll_up(*six_wards(0), ONE, 1)
    assert found.share[0, -1] == pytest.approx(80 / 85)
    assert not found.complete[0, -1]


@pytest.mark.parametrize(("wards", "complete"), [(19, False), (20, True), (21, True)])
def test_ninety_five_per_cent_is_complete(wards, complete):
    y = np.full((wards, 4), 5.0)
    y[0, -1] = np.nan
    assert roll_up(y, None, np.zeros((wards, 4), dtype=int), 1).complete[0, -1] == complete


def test_an_exposure_without_its_count_is_not_counted_nor_a_count_without_its_exposure():
    y, n = six_wards(5)
    n[0, 0] = np.nan
    found = roll_up(y, n, ONE, 1)
    assert found.denominator[0, -1] == 5000
    assert (found.numerator[0, 0], found.denominator[0, 0]) == (80, 5000)


def test_doubtful_children_are_added_but_do_not_count_as_reporting():
    y, n = six_wards(slice(0, 0))
    usable = np.ones(y.shape, dtype=bool)
    usable[5, -1] = False
    found = roll_up(y, n, ONE, 1, usable=usable)
    assert found.numerator[0, -1] == 85
    assert found.share[0, -1] == pytest.approx(25 / 85)


def test_a_child_that_is_not_open_is_not_expected():
    y, n = six_wards(5)
    parent = ONE.copy()
    parent[5, -1] = -1
    assert roll_up(y, n, parent, 1).complete[0, -1]
    closed = roll_up(y, n, np.full_like(ONE, -1), 1)
    assert np.isnan(closed.share).all()
    assert np.isnan(closed.numerator).all()
    assert not closed.complete.any()


def test_a_child_that_moves_takes_its_events_along():
    y, n = six_wards(slice(0, 0))
    parent = ONE.copy()
    parent[5, 6:] = 1
    found = roll_up(y, n, parent, 2)
    assert found.numerator[:, 0].tolist()[0] == 85
    assert np.isnan(found.numerator[1, 0])
    assert found.numerator[:, -1].tolist() == [25, 60]


def test_a_child_that_never_reported_is_expected_at_its_parents_rate():
    y, n = np.full((4, MONTHS), 5.0), np.full((4, MONTHS), 1000.0)
    y[3] = np.nan
    n[3] = 500
    found = roll_up(y, n, ONE[:4], 1)
    assert np.allclose(found.share, 15 / 17.5)
    n[3] = np.nan  # not even its size is known: as large as the others
    assert np.allclose(roll_up(y, n, ONE[:4], 1).share, 0.75)


def test_where_nothing_is_expected_children_are_counted():
    y = np.zeros((4, 3))
    y[0, -1] = np.nan
    found = roll_up(y, None, ONE[:4, :3], 1)
    assert found.share[0].tolist() == [1, 1, 0.75]
    assert found.numerator[0].tolist() == [0, 0, 0]


def test_nobody_reported():
    found = roll_up(np.full((2, 3), np.nan), None, np.zeros((2, 3), dtype=int), 1)
    assert found.share.tolist() == [[0, 0, 0]]
    assert np.isnan(found.numerator).all()
    assert found.denominator is None


def test_agrees_with_a_plain_version():
    rng = np.random.default_rng(2)
    y, n = rng.poisson(4, (3, 7, 9)).astype(float), rng.uniform(500, 900, (3, 7, 9))
    y[rng.random(y.shape) < 0.2] = np.nan
    n[rng.random(y.shape) < 0.1] = np.nan
    usable, parent = rng.random(y.shape) < 0.9, rng.integers(-1, 3, (7, 9))
    found = roll_up(y, n, parent, 3, usable=usable)
    for k in range(3):
        reported = ~np.isnan(y[k]) & ~np.isnan(n[k]) & (parent >= 0)
        trusted = reported & usable[k]
        expected = np.zeros((7, 9))
        for c in range(7):
            rate = y[k, c][trusted[c]].sum() / n[k, c][trusted[c]].sum()
            expected[c] = rate * np.where(np.isnan(n[k, c]), n[k, c][trusted[c]].mean(), n[k, c])
        for q in range(3):
            for t in range(9):
                here = parent[:, t] == q
                told = here & reported[:, t]
                if told.any():
                    assert found.numerator[k, q, t] == y[k, told, t].sum()
                    assert found.denominator[k, q, t] == pytest.approx(n[k, told, t].sum())
                else:
                    assert np.isnan(found.numerator[k, q, t])
                if here.any():
                    share = expected[here & trusted[:, t], t].sum() / expected[here, t].sum()
                    assert found.share[k, q, t] == pytest.approx(share)


@pytest.mark.parametrize(
    ("parent", "words"),
    [(np.zeros((2, 4), dtype=int), "shape"), (np.full((2, 3), 1), "0"), (np.zeros((2, 3)), "whole")],
)
def test_wrong_parents_are_refused(parent, words):
    with pytest.raises(ValueError, match=words):
        roll_up(np.ones((2, 3)), None, parent, 1)
