"""Published files stay open between questions: few of them, none that is gone, and each question on a connection of its own."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data import database
from data.access import Reader
from data.database import MOST_KEPT_OPEN, keep_open, let_go, reader
from data.store import Store


@pytest.fixture
def figures(sample_store: Store, tmp_path: Path) -> Iterator[list[Path]]:
    """More copies of a published file than are kept open."""
    let_go()
    copies = [tmp_path / f"figures-{i}.duckdb" for i in range(MOST_KEPT_OPEN + 2)]
    for copy in copies:
        shutil.copyfile(sample_store.published.figures, copy)
    yield copies
    let_go()


def test_the_newest_few_are_kept(figures: list[Path]) -> None:
    for path in figures:
        keep_open(path)
        keep_open(path)
    assert list(database._KEPT_OPEN) == figures[-MOST_KEPT_OPEN:]


def test_what_is_deleted_is_let_go_when_the_next_one_comes(figures: list[Path]) -> None:
    first, second, third = figures[:3]
    keep_open(first)
    keep_open(second)
    first.unlink()
    keep_open(third)
    assert list(database._KEPT_OPEN) == [second, third]


def test_nothing_is_kept_where_an_open_file_cannot_be_deleted(
    figures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MAY_KEEP_OPEN", False)
    keep_open(figures[0])
    assert not database._KEPT_OPEN


def test_a_question_outlives_the_file_that_is_let_go_meanwhile(figures: list[Path]) -> None:
    path = figures[0]
    keep_open(path)
    with reader(path) as con:
        rows = con.execute("select version from version")
        let_go(path)
        assert len(rows.fetchall()) == 1
    assert path not in database._KEPT_OPEN


def test_a_kept_file_is_as_closed_as_any_other(figures: list[Path]) -> None:
    keep_open(figures[0])
    with reader(figures[0]) as con, pytest.raises(duckdb.Error, match="read-only"):
        con.execute("create table mine (n integer)")
    with reader(figures[0]) as con, pytest.raises(duckdb.PermissionException):
        con.execute("select * from read_text($path)", {"path": str(figures[1])})


def test_many_readers_at_once_get_the_same_answers(sample_store: Store, everyone: Reader) -> None:
    let_go()
    expected = Store.events(sample_store, everyone, "falls_harm").to_pylist()
    found: list[list[object]] = []

    def ask() -> None:
        for _ in range(5):
            found.append(sample_store.events(everyone, "falls_harm").to_pylist())
            let_go(sample_store.published.figures)

    readers = [threading.Thread(target=ask) for _ in range(8)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert len(found) == 40
    assert all(each == expected for each in found)
