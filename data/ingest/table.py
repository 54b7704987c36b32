"""The table `raw` of a DuckDB file: made from a CSV in one statement, then cleared of the rows that are no data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.ingest.sheets import AGAIN, EMPTY, FOOTNOTE, NOTE, ROW, TOTALS, WHY

LONGEST_LINE = 8 << 20  # of the rows that we write ourselves; longer ones never get so far
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "512MB",
    "threads": "2",
}


@dataclass(frozen=True)
class Tidied:
    """What is left in `raw` after tidying, and what was taken out."""

    rows: int
    last: int
    left_out: list[tuple[int, str]]
    header: list[str]
    columns: list[int]  # of the columns before tidying, from 0, those that are left


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """A new database file."""
    return duckdb.connect(str(file), config=CONFIG)


def load_csv(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    header: Sequence[str],
    keep: Sequence[int],
    *,
    separator: str,
    skip: int,
    longest: int,
) -> int:
    """The lines of a file after `skip` as `raw` with their marks, by DuckDB's strictest reader; how many there are."""
    names = [f"c{i + 1}" for i in range(len(header))]
    relation = con.read_csv(
        str(path),
        columns=dict.fromkeys(names, "VARCHAR"),
        auto_detect=False,
        header=False,
        skiprows=skip,
        delimiter=separator,
        quotechar='"',
        escapechar='"',
        strict_mode=True,
        null_padding=False,
        max_line_size=longest,
    )
    columns = [duckdb.SQLExpression(f"row_number() over () + {skip}").alias("line")]
    columns += [duckdb.ColumnExpression(names[i]).alias(f"c{n + 1}") for n, i in enumerate(keep)]
    relation.select(*columns, _mark(names, header).alias("mark")).create("raw")
    return _count(con)


def load_own(con: duckdb.DuckDBPyConnection, path: Path, width: int) -> int:
    """Rows that we wrote ourselves (line, mark, cells) as `raw`."""
    names = [f"c{i + 1}" for i in range(width)]
    con.read_csv(
        str(path),
        columns={"line": "BIGINT", "mark": "UTINYINT", **dict.fromkeys(names, "VARCHAR")},
        auto_detect=False,
        header=False,
        delimiter=",",
        quotechar='"',
        escapechar='"',
        strict_mode=True,
        null_padding=False,
        max_line_size=LONGEST_LINE,
    ).select("line", *names, "mark").create("raw")
    return _count(con)


def _mark(names: list[str], header: Sequence[str]) -> duckdb.Expression:
    """`sheets.mark` in SQL: a test holds the two to each other."""
    sql, text = duckdb.SQLExpression, duckdb.ConstantExpression
    # nothing but blanks sorts before '!': most cells are told from that by their first letter alone
    blank = [f"({name} is null or ({name} < '!' and trim({name}) = ''))" for name in names]
    note = sql(f"regexp_matches(c1, '{FOOTNOTE}')") & ~sql(f"regexp_matches(c1, '{TOTALS}')")
    alone = duckdb.CaseExpression(sql(blank[0]), text(EMPTY))
    if len(names) > 1:
        alone = alone.when(note, text(NOTE))
    again = sql("true")
    for name, title in zip(names, header, strict=True):
        again = again & (duckdb.ColumnExpression(name) == text(title) if title else sql(f"{name} is null"))
    whole = duckdb.CaseExpression(sql(" and ".join(blank[1:]) or "true"), alone.otherwise(text(ROW)))
    if any(header):
        whole = whole.when(again, text(AGAIN))
    return whole.otherwise(text(ROW)).cast("UTINYINT")


def tidy(con: duckdb.DuckDBPyConnection, header: Sequence[str]) -> Tidied:
    """Take out empty rows, repeated headers, trailing footnotes, and columns with neither a name nor a figure."""
    last: int = con.execute("select coalesce(max(line), 0) from raw where mark = 0").fetchall()[0][0]
    marked = con.execute(
        "select line, mark from raw where mark in (1, 3) or (mark = 2 and line > $last) order by line", {"last": last}
    ).fetchall()
    if marked:
        con.execute("delete from raw where mark in (1, 3) or (mark = 2 and line > $last)", {"last": last})
    con.execute("alter table raw drop column mark")
    names, columns = list(header), list(range(len(header)))
    for i in reversed(range(len(header))):
        if not header[i].strip() and not con.table("raw").count(f"c{i + 1}").fetchall()[0][0]:
            con.execute(f"alter table raw drop column c{i + 1}")
            del names[i], columns[i]
    for new, old in enumerate(columns):
        if new != old:
            con.execute(f"alter table raw rename column c{old + 1} to c{new + 1}")
    left_out = [(line, WHY[kind]) for line, kind in marked if kind != EMPTY]
    return Tidied(_count(con), last, left_out, names, columns)


def _count(con: duckdb.DuckDBPyConnection) -> int:
    count: int = con.execute("select count(*) from raw").fetchall()[0][0]
    return count
