import numpy as np
import pytest

from metrics import choose_chart


def chosen(kind, y, n=None, **options):
    charts, reasons = choose_chart(kind, y, n, **options)
    return charts.tolist(), reasons.tolist()


@pytest.mark.parametrize(("total", "chart"), [(47, "none"), (48, "u_prime"), (49, "u_prime")])
def test_at_least_two_a_month(total, chart):
    y = np.full(24, 2.0)
    y[0] += total - 48
    charts, reasons = chosen("u_prime", y, np.full(24, 900.0))
    assert charts == chart
    assert (reasons == "") == (chart == "u_prime")


@pytest.mark.parametrize(("zeros", "chart"), [(11, "c"), (12, "c"), (13, "t")])
def test_not_more_than_half_of_the_months_zero(zeros, chart):
    y = np.array([0.0] * zeros + [9.0] * (24 - zeros))
    assert chosen("c", y, dated_events=True)[0] == chart


def test_of_a_proportion_the_rarer_part_counts():
    n = np.full(24, 40.0)
    assert chosen("p", n - 1, n)[0] == "none"
    assert chosen("p", n - 3, n)[0] == "p"
    assert chosen("p", np.full(24, 1.0), n)[0] == "none"


def test_only_the_baseline_decides_so_that_reaching_zero_keeps_the_chart():
    y = np.array([9.0] * 12 + [0.0] * 24)
    assert chosen("c", y, baseline=np.arange(36) < 12)[0] == "c"
    assert chosen("c", y)[0] == "none"


def test_months_that_were_not_reported_do_not_count():
    y = np.array([3.0, np.nan] * 12)
    assert chosen("c", y) == ("c", "")
    assert chosen("c", [np.nan] * 4) == ("c", "No month of the baseline was reported.")
    assert chosen("t", [np.nan] * 4) == ("t", "")


def test_every_series_has_its_own():
    assert chosen("c", [[5.0] * 12, [0.5] * 12])[0] == ["c", "none"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("pie", [1.0]), "not built"), (("p", [1.0]), "denominator"), (("c", [-1.0]), "negative"), (("c", 1.0), "axis")],
)
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        choose_chart(*arguments)
