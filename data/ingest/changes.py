"""What a file would change in the record, cell by cell."""

from dataclasses import dataclass
from datetime import date

import duckdb

LISTED = 500


@dataclass(frozen=True)
class Change:
    """A cell of the record that the file would make or alter. `change`: new, changed, gone or older."""

    what: str
    measure_id: str
    unit_code: str
    month: date | None
    before: str | None
    after: str | None
    change: str


@dataclass(frozen=True)
class Changes:
    """How many cells are new, changed, unchanged, gone or older than what is there, and the first of those that differ.

    `units`, `first_month` and `last_month`: how many units, and from when to when, the cells that differ are of.
    """

    counts: dict[str, int]
    listed: tuple[Change, ...]
    units: int = 0
    first_month: date | None = None
    last_month: date | None = None

    @property
    def differ(self) -> int:
        return sum(count for change, count in self.counts.items() if change in ("new", "changed", "gone"))


def changes_of(con: duckdb.DuckDBPyConnection, limit: int = LISTED) -> Changes:
    """The changes that `sql/staging/compare.sql` has found."""
    counts = dict(con.execute("select change, count(*) from change_row group by change").fetchall())
    listed = con.execute(
        "select what, measure_id, unit_code, month, before, after, change from change_row where change <> 'unchanged'"
        " order by change, measure_id, unit_code, month limit $limit",
        {"limit": limit},
    ).fetchall()
    extent = con.execute(
        "select count(distinct unit_code), min(month), max(month) from change_row where change in ('new', 'changed', 'gone')"
    ).fetchall()[0]
    return Changes(counts, tuple(Change(*row) for row in listed), *extent)
