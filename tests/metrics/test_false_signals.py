import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks import _stable
from benchmarks import false_signals as simulation
from metrics import control_chart
from metrics.false_signals import COLUMNS, expected_false_signals

KINDS = [kind for kinds in _stable.FAMILIES.values() for kind in kinds]


@pytest.mark.parametrize(
    ("kind", "mean", "n_points", "baseline"),
    [
        ("xmr", 20, 36, None),
        ("xmr", 0.3, 60, 24),
        ("c", 1.6, 24, None),
        ("u", 10, 60, 24),
        ("u_prime", 3, 20, None),
        ("p", 0.5, 31, 24),
        ("p_prime", 25, 13, None),
        ("run", 5, 41, None),
    ],
)
def test_the_table_is_what_new_series_show(kind, mean, n_points, baseline):
    assert simulation.far_off(kind, mean, n_points, baseline, 20_000, seed=31) == []


def test_a_wrong_table_would_be_noticed(monkeypatch):
    found = expected_false_signals("xmr", "mdc", 36, 5)
    monkeypatch.setattr(simulation.false_signals, "expected_false_signals", lambda *_: found)
    assert len(simulation.far_off("xmr", 20, 36, None, 20_000, seed=31)) >= len(_stable.SETS)


@pytest.mark.parametrize("baseline", [None, 24])
@pytest.mark.parametrize("rules", _stable.SETS)
def test_all_rules_at_once_say_of_each_set_what_it_says_alone(rules, baseline):
    random = np.random.default_rng(4)
    for family, kind in (("counts", "xmr"), ("shares", "p_prime")):
        top, bottom = _stable.stable(family, 3, (400, 40), random)
        chart = control_chart(
            kind, top, bottom, rules=rules, baseline=None if baseline is None else np.arange(40) < baseline
        )
        icons = np.char.startswith(chart.variation, "improvement") | np.char.startswith(chart.variation, "concern")
        flagged = np.logical_or.reduce(list(chart.signals.values())).any(axis=1)
        together = _stable.signals(kind, top, bottom, baseline)[rules]
        assert together.tolist() == [icons.sum(), flagged.sum()]


def table():
    with simulation.TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_every_cell_once():
    rows = table()
    assert tuple(rows[0]) == COLUMNS
    cells = [tuple(row[name] for name in COLUMNS[:5]) for row in rows]
    assert len(set(cells)) == len(cells)
    wanted = {
        (kind, rules, str(n_points), f"{mean:g}", str(baseline or ""))
        for family, kinds in _stable.FAMILIES.items()
        for mean in {mean for kind in kinds for mean in simulation.means_of(kind)}
        for n_points in range(12, 121)
        for kind, baseline in simulation.wanted(family, mean, n_points)
        for rules in (("anhoej",) if kind == "run" else _stable.SETS)
    }
    assert set(cells) == wanted


def test_the_seed_makes_the_table_again():
    (row,) = simulation.cell("counts", 100, 37, simulation.SEED)
    last, anywhere = (f"{share:.4f}" for share in row[-2:])
    (written,) = (
        r for r in table() if (r["kind"], r["n_points"], r["mean"], r["baseline"]) == ("run", "37", "100", "")
    )
    assert (written["last"], written["anywhere"]) == (last, anywhere)


@pytest.mark.parametrize(("n_points", "mean"), [(30, 15), (48, 7.5), (105, 60), (18, 1.2)])
def test_between_the_points_of_the_table_it_stays_near(n_points, mean):
    assert simulation.far_off("xmr", mean, n_points, None, 20_000, seed=32) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_points", [12, 13, 24, 25, 119, 120])
def test_every_length_and_mean_within_the_table_has_an_answer(kind, n_points):
    rules = "anhoej" if kind == "run" else "mdc"
    for mean in (0.3, 0.31, 8, 99.9, 100):
        for baseline in (None, 24) if n_points >= 24 else (None,):
            found = expected_false_signals(kind, rules, n_points, mean, baseline)
            assert 0 <= found.last <= found.anywhere <= 1
            assert (found.last == 0) == (n_points == 12)  # trial limits have no icon


def test_a_frozen_baseline_costs_false_signals():
    frozen, moving = (expected_false_signals("xmr", "mdc", 60, 20, baseline) for baseline in (24, None))
    assert frozen.last > 1.5 * moving.last
    assert frozen.anywhere > moving.anywhere


def test_it_is_said_in_whole_charts():
    assert expected_false_signals().sentence == (
        "Of 100 charts like this one of a series that does not change, about 2 would show a signal in the latest month, "
        "and about 28 would show one somewhere."
    )
    assert "none would show a signal in the latest month" in expected_false_signals("xmr", "mdc", 12).sentence
    assert "fewer than 1 would" in expected_false_signals("run", "anhoej", 36).sentence
    assert "nearly all would" in expected_false_signals("xmr", "mdc", 120, 0.3).sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind": "t"}, "'t' was not simulated; these were: c, p, p_prime, run, u, u_prime, xmr"),
        ({"rules": "anhoej"}, "these were: mdc, mdc6, nelson, nhsr, western_electric"),
        ({"kind": "run"}, "'mdc' were not simulated for run; these were: anhoej"),
        ({"n_points": 11}, "n_points must be 12 to 120, not 11"),
        ({"n_points": 121}, "n_points must be 12 to 120, not 121"),
        ({"n_points": 23, "baseline": 24}, "n_points must be 24 to 120, not 23"),
        ({"baseline": 36}, "baseline 36 was not simulated; these were: None, 24"),
        ({"mean": 0.29}, "mean must be 0.3 to 100, not 0.29"),
        ({"mean": 101}, "mean must be 0.3 to 100, not 101"),
        ({"mean": float("nan")}, "mean must be 0.3 to 100, not nan"),
        ({"n_points": float("nan")}, "n_points must be"),
    ],
)
def test_what_was_not_simulated_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        expected_false_signals(**arguments)


def test_the_table_lies_beside_the_package():
    assert Path(simulation.TABLE).parent.name == "tables"
    assert simulation.TABLE.stat().st_size < 400_000
