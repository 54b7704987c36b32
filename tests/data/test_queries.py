"""Sweeps over SQL: every query has its Store method and runs, nothing is formatted into SQL, connections are locked down."""

import ast
import inspect
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from data import store as store_module
from data.database import SQL, attach, reader, workspace
from data.store import Store

ROOT = SQL.parent
NAMES_OF_OUR_OWN = (ROOT / "data" / "database.py", ROOT / "data" / "ingest" / "table.py")
QUERIES = sorted((SQL / "queries").glob("*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_every_query_is_asked_by_the_store(path: Path) -> None:
    assert f'"{path.stem}"' in inspect.getsource(store_module)


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_every_query_says_its_grain_and_columns(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- ") and "Grain:" in text and "Columns:" in text


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_every_query_runs_on_the_sample_and_gives_the_columns_it_names(path: Path, sample_store: Store) -> None:
    text = path.read_text(encoding="utf-8")
    version = sample_store.published.version
    values = {
        "known_at": version,
        "measure_id": "falls_harm",
        "unit_codes": ["W16"],
    }
    used = {name: value for name, value in values.items() if f"${name}" in text}
    with reader(sample_store.published.figures) as con:
        columns = con.sql(text, params=used or None).columns
    head = " ".join(
        line.removeprefix("-- ").removeprefix("--").strip() for line in text.splitlines() if line.startswith("--")
    )
    named = re.sub(r"\([^)]*\)", "", head.split("Columns:", 1)[1].split(".")[0]).replace(",", " ").split()
    assert [name for name in columns if name not in named] == []


def test_every_method_of_the_store_takes_the_reader_first() -> None:
    public = [f for n, f in inspect.getmembers(Store, inspect.isfunction) if not n.startswith("_") and n != "health"]
    assert len(public) >= 7
    for function in public:
        assert list(inspect.signature(function).parameters)[1] == "who", function.__name__


def sql_calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    return [c for c in calls if c.func.attr in ("execute", "executemany", "sql", "query") and c.args]  # type: ignore[union-attr]


@pytest.mark.parametrize("path", sorted((ROOT / "data").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_sql_is_built_from_strings(path: Path) -> None:
    """Only names that cannot be bound: `data.database` quotes a path and asserts an alias for ATTACH and DETACH, and the
    child that reads a file numbers its columns itself (c1, c2 …)."""
    for call in sql_calls(path):
        built = isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        assert not built or path in NAMES_OF_OUR_OWN, ast.unparse(call)


def test_a_workspace_reaches_its_own_folders_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("a\n1\n")
    con = workspace(inside)
    attach(con, inside / "own.duckdb", "own")
    for statement in (
        f"select * from read_csv('{outside}/secret.csv')",
        f"attach '{outside}/other.duckdb' as other",
        f"copy (select 1) to '{outside}/out.csv'",
        "install httpfs",
        "set enable_external_access = true",
        "select * from read_text('/etc/hostname')",
    ):
        with pytest.raises(duckdb.Error):
            con.execute(statement)
    con.close()


def test_a_path_with_quotes_is_attached_and_nothing_else_runs(tmp_path: Path) -> None:
    folder = tmp_path / "it's'; drop table x; --"
    folder.mkdir()
    con = workspace(folder)
    attach(con, folder / "own.duckdb", "own")
    assert (folder / "own.duckdb").exists()
    con.close()


def test_a_reader_cannot_write(sample_store: Store) -> None:
    with reader(sample_store.published.figures) as con, pytest.raises(duckdb.Error):
        con.execute("delete from cell")


def test_the_same_figures_for_any_number_of_threads(sample_store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "figures.duckdb"  # the file itself may be kept open, with the number of threads that is usual
    shutil.copyfile(sample_store.published.figures, copy)
    sums = set()
    for threads in ("1", "2", "4"):
        with duckdb.connect(str(copy), read_only=True, config={"threads": threads}) as con:
            sums.add(con.execute("select sum(numerator), sum(denominator) from cell").fetchall()[0])
    assert len(sums) == 1
