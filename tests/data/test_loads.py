"""Loads withdrawn and restored: at every position the figures are those of a slow, plain reading of the record."""

import random
from pathlib import Path

import pytest

from data.access import Reader
from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.intake import intake
from data.loads import restore_load, withdraw_load
from data.publish import publish
from data.record import StoreError, writing
from data.store import Store
from tests.conftest import TODAY, UNITS, Load
from tests.data.test_record import EVENTS, HEAD, count, opened

CATALOGUE = shipped_catalogue()
COVER = "2026-04-01,2026-04-30\n"


def withdraw(home: Home, load_id: int | None) -> int:
    assert load_id is not None
    with writing(home) as writer:
        position = withdraw_load(writer, CATALOGUE, load_id, "Sam", "The wrong file.")
        publish(writer, CATALOGUE)
    return position


def restore(home: Home, load_id: int | None) -> int:
    assert load_id is not None
    with writing(home) as writer:
        position = restore_load(writer, CATALOGUE, load_id, "Sam", "It was right after all.")
        publish(writer, CATALOGUE)
    return position


def test_a_withdrawn_load_gives_way_to_what_it_replaced_and_comes_back(
    home: Home, load: Load, everyone: Reader
) -> None:
    first = load(home, HEAD + "2026-04,W01,falls_all,3\n2026-05,W01,falls_all,4\n")
    second = load(home, HEAD + "2026-04,W01,falls_all,7\n2026-06,W01,falls_all,1\n")
    away = withdraw(home, second.load_id)
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 3
    panel = opened(home).panel(everyone)
    assert panel.months[-1].astype(str) == "2026-05"  # June came in that load alone
    assert count(home, everyone, "falls_all", "W01", "2026-04", second.load_id) == 7
    back = restore(home, second.load_id)
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 7
    assert count(home, everyone, "falls_all", "W01", "2026-04", away) == 3
    withdraw(home, first.load_id)
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 7
    assert count(home, everyone, "falls_all", "W01", "2026-05", back) == 4
    history = opened(home).loads(everyone)
    assert history.set_index("load_id").loc[first.load_id, "withdrawn_by"] == "Sam"


def test_the_same_file_can_be_loaded_again_once_its_load_is_withdrawn(home: Home, load: Load, everyone: Reader) -> None:
    text = HEAD + "2026-04,W01,falls_all,3\n"
    withdraw(home, load(home, text).load_id)
    assert load(home, text).load_id is not None
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 3


def test_withdrawn_events_leave_and_the_earlier_extract_speaks_again(home: Home, load: Load, everyone: Reader) -> None:
    two = f"2026-04-05,W01,falls_harm,A1,1,severe,confirmed,{COVER}2026-04-09,W01,falls_harm,A2,1,severe,confirmed,{COVER}"
    load(home, EVENTS + two)
    second = load(home, EVENTS + f"2026-04-05,W02,falls_harm,A1,2,severe,confirmed,{COVER},W01,falls_harm,,,,,{COVER}")
    assert (
        count(home, everyone, "falls_harm", "W01", "2026-04"),
        count(home, everyone, "falls_harm", "W02", "2026-04"),
    ) == (0, 1)
    withdraw(home, second.load_id)
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 2
    restore(home, second.load_id)
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 0


def test_withdrawing_twice_restoring_what_holds_and_a_number_that_is_not_there(home: Home, load: Load) -> None:
    load_id = load(home, HEAD + "2026-04,W01,falls_all,3\n").load_id
    with pytest.raises(StoreError, match="is in force"):
        restore(home, load_id)
    withdraw(home, load_id)
    with pytest.raises(StoreError, match="withdrawn already"):
        withdraw(home, load_id)
    with pytest.raises(StoreError, match="There is no load 999"):
        withdraw(home, 999)
    with writing(home) as writer, pytest.raises(StoreError, match="states its reason"):
        restore_load(writer, CATALOGUE, load_id or 0, "Sam", " ")


def test_a_death_does_not_leave_the_count_by_a_withdrawal(home: Home, load: Load) -> None:
    death = load(home, EVENTS + f"2026-04-05,W01,suicide_in_care,D1,1,fatal,suspected,{COVER}")
    with pytest.raises(StoreError, match=r"deaths \(suicide_in_care of 2026-04\) would leave the count"):
        withdraw(home, death.load_id)
    load(home, EVENTS + f"2026-04-05,W01,suicide_in_care,D1,2,fatal,confirmed,{COVER}")
    withdraw(home, death.load_id)


def test_a_tree_that_figures_stand_on_cannot_be_withdrawn(home: Home, load: Load) -> None:
    second = load(home, UNITS + "W04,Ash ward,ward,LOCAL,2024-01-01,acute,9,,\n")
    figures = load(home, HEAD + "2026-04,W04,falls_all,3\n")
    with pytest.raises(StoreError, match=r"on units \(W04\)"):
        withdraw(home, second.load_id)
    withdraw(home, figures.load_id)
    withdraw(home, second.load_id)


def test_a_ward_can_be_closed_before_a_month_that_was_loaded_by_mistake(home: Home, load: Load) -> None:
    from data.ingest.intake import Refused

    wrong = load(home, HEAD + "2026-04,W02,falls_all,3\n")
    closed = UNITS.replace("acute,16,,", "acute,16,2026-03-31,")
    with pytest.raises(Refused):
        load(home, closed)
    withdraw(home, wrong.load_id)
    assert load(home, closed).load_id is not None


# A year of loads, corrections and withdrawals against a plain reading ---------------------------------------------------


def plain(steps: list[tuple[int, str, object]], at: int) -> dict[tuple[str, str], float]:
    """What holds at a position: of the loads that are in force then, for each cell, the highest (issue, load)."""
    loads: dict[int, tuple[int, dict[tuple[str, str], float]]] = {}
    away: set[int] = set()
    for position, what, content in steps:
        if position > at:
            break
        if what == "load":
            loads[position] = content  # type: ignore[assignment]
        elif what == "withdraw":
            away.add(content)  # type: ignore[arg-type]
        else:
            away.discard(content)  # type: ignore[arg-type]
    held: dict[tuple[str, str], tuple[tuple[int, int], float]] = {}
    for load_id, (issue, cells) in loads.items():
        for cell, value in cells.items():
            if load_id not in away and (cell not in held or held[cell][0] < (issue, load_id)):
                held[cell] = (issue, load_id), value
    return {cell: value for cell, (_, value) in held.items()}


@pytest.mark.parametrize("seed", range(4))
def test_every_position_of_a_random_history_is_as_a_plain_reading_says(
    tmp_path: Path, load: Load, everyone: Reader, seed: int
) -> None:
    rng = random.Random(seed)
    home = Home(tmp_path / "random")
    load(home, UNITS, "units.csv")
    steps: list[tuple[int, str, object]] = []
    path = tmp_path / "random.csv"
    for _ in range(14):
        known = [position for position, what, _ in steps if what == "load"]
        away = {
            c
            for c in known
            if sum(w == "withdraw" and x == c for _, w, x in steps)
            > sum(w == "restore" and x == c for _, w, x in steps)
        }
        with_what = rng.random()
        if known and with_what < 0.3 and set(known) - away:
            target = rng.choice(sorted(set(known) - away))
            with writing(home) as writer:
                steps.append((withdraw_load(writer, CATALOGUE, target, "Sam", "Wrong."), "withdraw", target))
        elif away and with_what < 0.5:
            target = rng.choice(sorted(away))
            with writing(home) as writer:
                steps.append((restore_load(writer, CATALOGUE, target, "Sam", "Right."), "restore", target))
        else:
            cells = {
                (rng.choice(("W01", "W02")), rng.choice(("2026-03", "2026-04", "2026-05"))): float(rng.randint(1, 99))
                for _ in range(4)
            }
            issue = rng.randint(1, 28)
            path.write_text(
                HEAD + "".join(f"{month},{unit},falls_all,{value:.0f}\n" for (unit, month), value in cells.items())
            )
            with intake(home, CATALOGUE, path, issue=f"2026-06-{issue:02}", today=TODAY) as extract:
                receipt = extract.accept("Sam", publish_now=False)
            if receipt.load_id is not None:
                steps.append((receipt.load_id, "load", (issue, cells)))
    with writing(home) as writer:
        publish(writer, CATALOGUE)
    store = Store.open(home)
    assert store is not None
    for position, _, _ in steps:
        expected = plain(steps, position)
        table = store._both("cells", position).to_pylist()  # the query itself: a panel is its arrays
        found = {(row["unit_code"], row["month"].strftime("%Y-%m")): row["numerator"] for row in table}
        assert found == expected, position
