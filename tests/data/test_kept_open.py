"""Published files stay open between questions: few of them, none that is gone, and each question on a connection of its own."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data import database
from data.access import Reader
from data.config import Home
from data.database import MOST_KEPT_OPEN, keep_open, let_go, let_go_of_deleted, reader
from data.record import StoreError
from data.store import Store, _ask
from server.stored import shown


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins and ends with no file open, on any system."""
    monkeypatch.setattr(database, "MAY_KEEP_OPEN", True)
    let_go(*database._KEPT_OPEN)
    yield
    let_go(*database._KEPT_OPEN)


@pytest.fixture
def figures(sample_store: Store, tmp_path: Path) -> list[Path]:
    """More copies of a published file than are kept open."""
    copies = [tmp_path / f"figures-{i}.duckdb" for i in range(MOST_KEPT_OPEN + 2)]
    for copy in copies:
        shutil.copyfile(sample_store.published.figures, copy)
    return copies


def descriptors(path: Path) -> int:
    """How many times this process holds a file open (Linux)."""
    held = 0
    for each in Path("/proc/self/fd").iterdir():
        try:
            held += str(each.readlink()).removesuffix(" (deleted)") == str(path)
        except FileNotFoundError:  # of the listing itself
            continue
    return held


on_linux = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
where_open_files_go = pytest.mark.skipif(os.name == "nt", reason="an open file cannot be deleted on Windows")


def test_a_question_keeps_its_file_open(sample_store: Store, everyone: Reader) -> None:
    sample_store.events(everyone, "falls_harm")
    assert sample_store.published.figures in database._KEPT_OPEN


@on_linux
def test_a_kept_file_is_not_opened_again(figures: list[Path]) -> None:
    keep_open(figures[0])
    assert descriptors(figures[0]) == 1
    with reader(figures[0]) as con:
        assert len(con.execute("select version from version").fetchall()) == 1
        assert descriptors(figures[0]) == 1
    let_go(figures[0])
    assert descriptors(figures[0]) == 0


def test_those_asked_last_are_kept(figures: list[Path]) -> None:
    for path in figures[:MOST_KEPT_OPEN]:
        keep_open(path)
    keep_open(figures[0])
    for path in figures[MOST_KEPT_OPEN:]:
        keep_open(path)
    assert list(database._KEPT_OPEN) == [*figures[3:MOST_KEPT_OPEN], figures[0], *figures[MOST_KEPT_OPEN:]]


@where_open_files_go
def test_what_is_deleted_is_let_go_with_the_next_question(figures: list[Path]) -> None:
    for path in figures[:3]:
        keep_open(path)
    figures[0].unlink()
    keep_open(figures[2])
    assert list(database._KEPT_OPEN) == figures[1:3]
    figures[1].unlink()
    let_go_of_deleted()
    assert list(database._KEPT_OPEN) == [figures[2]]


@where_open_files_go
def test_looking_after_the_server_lets_go_of_what_is_deleted(sample: Home, figures: list[Path]) -> None:
    keep_open(figures[0])
    figures[0].unlink()
    assert shown(sample) is not None
    assert not database._KEPT_OPEN


@where_open_files_go
def test_a_deleted_file_answers_nothing_more(figures: list[Path]) -> None:
    assert _ask(figures[0], "version").num_rows == 1
    figures[0].unlink()
    with pytest.raises(StoreError, match="replaced by newer ones"):
        _ask(figures[0], "version")


@where_open_files_go
def test_a_file_that_was_damaged_and_put_right_is_read_again(figures: list[Path], sample_store: Store) -> None:
    path, position = figures[0], sample_store.published.version
    true = path.read_bytes()
    keep_open(path)
    path.write_bytes(
        true[:4096] + bytes(len(true) - 4096)
    )  # while it is open: its blocks are read when they are asked for
    with pytest.raises((StoreError, duckdb.Error)):
        _ask(path, "cells", known_at=position)
    mended = path.with_suffix(".mended")
    mended.write_bytes(true)
    mended.replace(path)
    assert _ask(path, "cells", known_at=position) == _ask(figures[1], "cells", known_at=position)


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
    expected = sample_store.events(everyone, "falls_harm").to_pylist()
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
