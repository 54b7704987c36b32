"""The record of each earlier layout opens, is brought forward, and says what it said; a step that is cut short begins again."""

import gzip
from datetime import date
from pathlib import Path

import duckdb
import pytest

import data.record as module
from data.access import Reader
from data.catalogue import shipped_catalogue
from data.config import Home
from data.database import load_sql
from data.publish import publish
from data.record import SCHEMA_VERSION, StoreError, layout_of, writing
from tests.data.test_record import count, opened

KEPT = Path(__file__).resolve().parent.parent / "reference" / "records"
LAYOUTS = range(2, SCHEMA_VERSION)  # layout 1 was never in anybody's hands


def unpacked(layout: int, folder: Path) -> Home:
    home = Home(folder / f"layout {layout}")
    home.root.mkdir()
    home.record.write_bytes(gzip.decompress((KEPT / f"layout_{layout}.duckdb.gz").read_bytes()))
    return home


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_record_of_each_earlier_layout_says_what_it_said(tmp_path: Path, layout: int, everyone: Reader) -> None:
    home = unpacked(layout, tmp_path)
    with writing(home) as writer:
        assert layout_of(writer.con) == SCHEMA_VERSION
        publish(writer, shipped_catalogue())
    assert [count(home, everyone, "falls_all", "W01", month) for month in ("2026-03", "2026-04")] == [2, 5]
    assert count(home, everyone, "falls_all", "W02", "2026-04") == 0
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 1
    goal = opened(home).decisions(everyone, "goal")[0]
    assert (goal.decided_by, goal.approved_by, goal.detail["type"]) == ("Sam Okoro", "Priya Shah", "zero")
    assert opened(home).loads(everyone)["first_day"].dropna().min() == date(2026, 3, 1)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("after", range(4))
def test_an_upgrade_that_is_cut_short_leaves_the_older_layout_and_begins_again(
    tmp_path: Path, layout: int, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of its statements in turn."""
    home = unpacked(layout, tmp_path)

    def cut(con: duckdb.DuckDBPyConnection, name: str, **values: object) -> None:
        if name not in module.UPGRADES.values():
            original(con, name, **values)
            return
        for statement in con.extract_statements(load_sql(name))[:after]:
            con.execute(statement)
        raise KeyboardInterrupt

    original = module.run
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "run", cut)
        with writing(home):
            pass
    with duckdb.connect(str(home.record), read_only=True) as con:
        assert con.execute("select schema_version from meta").fetchall() == [(layout,)]
    with writing(home) as writer:
        assert layout_of(writer.con) == SCHEMA_VERSION


def test_a_newer_record_is_refused_and_left_as_it_is(home: Home) -> None:
    with writing(home) as writer:
        writer.con.execute("update record.meta set schema_version = 99")
        writer.con.execute("checkpoint record")
    before = home.record.read_bytes()
    with pytest.raises(StoreError, match="made by a newer version"), writing(home):
        pass
    assert home.record.read_bytes() == before
