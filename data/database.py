"""The one way to a DuckDB connection: locked down, and asked with one helper.

DuckDB 2.0 refuses a second query on an unfinished result, so every query is drained here. Reading and attaching is
allowed in the named folders only; extensions, settings and Python variables are closed (docs/decisions/0003).
"""

import os
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

import duckdb
import pyarrow as pa

SQL = Path(__file__).resolve().parent.parent / "sql"

# Other tools of today still read files of this storage version; DuckDB 2's own default is readable by DuckDB 2 alone.
STORAGE_VERSION = "v1.5.0"

# A store has many small tables: blocks of 16 kB make its files a tenth as large as DuckDB's usual 256 kB, and no slower.
BLOCK_BYTES = 16384

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "memory_limit": "2GB",
    "threads": "2",
    "async_threads": "1",  # of each open file; eight are usual, for stores that are far away
}


def workspace(*folders: Path) -> duckdb.DuckDBPyConnection:
    """An empty in-memory database that can reach files in `folders` and nowhere else."""
    con = duckdb.connect(":memory:", config=_CLOSED)
    con.execute("set allowed_directories = $folders", {"folders": [f"{folder}/" for folder in folders]})
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con


def reader(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to one file, which can reach no other."""
    return duckdb.connect(
        str(path), read_only=True, config=_CLOSED | {"enable_external_access": "false", "lock_configuration": "true"}
    )


MOST_KEPT_OPEN = 8
MAY_KEEP_OPEN = os.name != "nt"  # on Windows an open file can neither be deleted nor purged
_KEPT_OPEN: dict[Path, duckdb.DuckDBPyConnection] = {}  # the file that was asked about last at the end
_KEEPING = RLock()  # the collector may end a rehearsal, which lets its files go, while another file is opened


def keep_open(path: Path) -> None:
    """Let `reader` find a file open that is never written again: to open it takes longer than most answers."""
    with _KEEPING:
        let_go_of_deleted()
        if MAY_KEEP_OPEN:
            kept = _KEPT_OPEN.pop(path, None)
            _KEPT_OPEN[path] = reader(path) if kept is None else kept
            let_go(*[*_KEPT_OPEN][:-MOST_KEPT_OPEN])


def let_go_of_deleted() -> None:
    """Close the files that somebody has deleted: until then they can be read, and their room on the disk is not free."""
    let_go(*[path for path in [*_KEPT_OPEN] if not path.exists()])


def let_go(*paths: Path) -> None:
    """Close those of the files that are kept open."""
    with _KEEPING:
        for kept in [_KEPT_OPEN.pop(path) for path in paths if path in _KEPT_OPEN]:
            kept.close()


def attach(con: duckdb.DuckDBPyConnection, path: Path, alias: str, *, read_only: bool = False) -> None:
    """Attach `path` as `alias`. ATTACH takes no bound values, so this is the one place where a path is quoted."""
    assert alias.isidentifier()
    literal = str(path).replace("'", "''")
    mode = f"storage_version '{STORAGE_VERSION}'" + ("" if path.exists() else f", block_size {BLOCK_BYTES}")
    con.execute(f"attach '{literal}' as {alias} ({'read_only' if read_only else mode})")


def detach(con: duckdb.DuckDBPyConnection, alias: str) -> None:
    """Let go of what was attached as `alias`: an identifier of ours, since DETACH takes no bound values either."""
    assert alias.isidentifier()
    con.execute(f"detach {alias}")


@cache
def load_sql(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def run(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> None:
    """Run the statements of `sql/<name>.sql`; only a file of one statement takes values."""
    con.execute(load_sql(name), values or None)


def run_where(con: duckdb.DuckDBPyConnection, name: str, *tables: str) -> None:
    """Run the statements of a file of checks; where none of `tables` holds a row, only those that make its own tables."""
    if any(con.table(table).limit(1).fetchall() for table in tables):
        run(con, name)
        return
    for statement in con.extract_statements(load_sql(name)):
        if statement.type == duckdb.StatementType.CREATE:
            con.execute(statement)


def ask(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> pa.Table:
    """The answer to `sql/<name>.sql` as an Arrow table."""
    return con.cursor().sql(load_sql(name), params=values or None).to_arrow_table()


def rows(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[tuple[Any, ...]]:
    """The answer to `sql/<name>.sql` as tuples."""
    return con.cursor().execute(load_sql(name), values or None).fetchall()


def rows_within(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[tuple[Any, ...]]:
    """The same inside the transaction that this connection has begun: a cursor would not see what is not committed yet."""
    return con.execute(load_sql(name), values or None).fetchall()
