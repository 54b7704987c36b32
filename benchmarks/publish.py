"""Publishing a large record, and reading a large workbook.

`python -m benchmarks.publish [--smoke]`. The time a published observation takes at five million is compared with one million in
the same run: it should grow no faster than the record. A fifth of the record corrects an earlier load.
"""

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.reading import read
from data.publish import publish
from data.record import writing
from tests.data.made_files import xlsx

SIZES = (1_000_000, 5_000_000)
WORKBOOK_ROWS = 100_000

FIRST = """
insert into record.observation
select $load, 'm' || i % 40, 'W' || (i // 40) % 500, (date '2000-01-01' + to_months((i // 20000)::integer))::date, 1, '', '',
    (i * 7 % 13)::decimal(18, 6), null, 'reported'
from range($first, $last) as t(i)
"""
LOAD = """
insert into record.load values
    ($load, 'monthly', 'made', $load::varchar, '0', $load, 'final', 'benchmark', now()::timestamp, null, null, $rows, $rows, 0, 0,
    '', '')
"""


def filled(folder: Path, rows: int) -> Home:
    """A record of so many observations in six loads, the last of which corrects a fifth."""
    home = Home(folder / f"home {rows}")
    step = rows // 6
    with writing(home) as writer:
        con = writer.con
        con.execute("begin")
        for n in range(6):
            first = n * step if n < 5 else 0
            con.execute(FIRST, {"load": n + 1, "first": first, "last": first + step})
            con.execute(LOAD, {"load": n + 1, "rows": step})
        con.execute("commit")
        con.execute("checkpoint record")
    return home


def publish_seconds(home: Home) -> tuple[float, float]:
    """Wall and processor seconds of one publishing."""
    with writing(home) as writer:
        wall, own = time.perf_counter(), time.process_time()
        publish(writer, shipped_catalogue())
        return time.perf_counter() - wall, time.process_time() - own


def workbook_seconds(folder: Path, rows: int) -> float:
    """Wall seconds of reading a workbook of so many rows, its process included."""
    path = folder / "large.xlsx"
    header = ["month", "unit", "measure", "numerator", "denominator", "state"]
    body = [
        [date(2026, i % 9 + 1, 1).isoformat(), f"W{i % 97:02}", "falls_all", i % 13, None, None] for i in range(rows)
    ]
    path.write_bytes(xlsx([header, *body]))
    began = time.perf_counter()
    assert read(path, shown=path.name, folder=folder).rows == rows
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a hundredth of the rows")
    scale = 100 if parser.parse_args().smoke else 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        each = []
        for size in SIZES:
            wall, own = publish_seconds(filled(folder, size // scale))
            each.append(own / size)
            print(
                f"publish {size // scale:,} observations: {wall:.1f} s wall, {own:.1f} s processor (aim at 5 million: 15 s wall)"
            )
        print(
            f"an observation at {SIZES[1] // scale:,} costs {each[1] / each[0]:.2f} times what it costs at {SIZES[0] // scale:,}"
        )
        print(
            f"a workbook of {WORKBOOK_ROWS // scale:,} rows: {workbook_seconds(folder, WORKBOOK_ROWS // scale):.1f} s wall"
            " (aim: 3 s)"
        )
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
