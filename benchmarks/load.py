"""A monthly CSV of a million rows: checked, stored and published, against DuckDB reading the same file as text.

`python -m benchmarks.load [--smoke]`. Both are timed in this run, in processor seconds, so that the ratio holds on a
shared machine. The aim is at most 6 times.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.intake import intake

MEASURES = (
    "falls_all",
    "self_harm",
    "assault_patient",
    "assault_staff",
    "seclusion",
    "rapid_tranq",
    "med_errors",
    "restraint_all",
)
MONTHS = 125


def cpu(work: Callable[[], None]) -> tuple[float, float]:
    """Processor and wall seconds of one run, the processes that it started included."""
    wall, own = time.perf_counter(), _processor()
    work()
    return _processor() - own, time.perf_counter() - wall


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def write_files(folder: Path, rows: int) -> tuple[Path, Path]:
    """The units file and a monthly file of about so many rows."""
    wards = rows // (len(MEASURES) * MONTHS)
    units, monthly = folder / "units.csv", folder / "monthly.csv"
    lines = ["code,name,level,parent,valid_from", "TRUST,Trust,trust,,2010-01-01"]
    lines += [f"W{i:04d},Ward {i},ward,TRUST,2010-01-01" for i in range(wards)]
    units.write_text("\n".join(lines) + "\n")
    months = [f"{2015 + i // 12}-{i % 12 + 1:02d}" for i in range(MONTHS)]
    with monthly.open("w") as file:
        file.write("month,unit,measure,numerator\n")
        for m, month in enumerate(months):
            for ward in range(wards):
                file.writelines(f"{month},W{ward:04d},{measure},{(m * 7 + ward) % 13}\n" for measure in MEASURES)
    return units, monthly


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true", help="a hundredth of the rows")
    rows = 10_000 if parser.parse_args().smoke else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        units, monthly = write_files(Path(folder), rows)
        catalogue = shipped_catalogue()
        with intake(home, catalogue, units, today=date(2026, 11, 22)) as extract:
            extract.accept("benchmark")

        def as_text() -> None:
            with duckdb.connect(str(Path(folder) / "text.duckdb"), config={"threads": "2"}) as con:
                con.execute(
                    "create or replace table t as select * from read_csv($file, all_varchar = true)",
                    {"file": str(monthly)},
                )
                con.execute("checkpoint")

        def load() -> None:
            with intake(home, catalogue, monthly, today=date(2026, 11, 22)) as extract:
                receipt = extract.accept("benchmark")
            assert receipt.rows_stored == receipt.rows_read, receipt

        reference = [cpu(as_text) for _ in range(3)]
        loaded = cpu(load)
    best_cpu, best_wall = (min(times) for times in zip(*reference, strict=True))
    print(f"{rows:,} rows; DuckDB as text into a file: {best_cpu:.2f} s processor, {best_wall:.2f} s wall")
    print(f"check, store, publish: {loaded[0]:.2f} s processor, {loaded[1]:.2f} s wall")
    print(
        f"ratio: {loaded[0] / best_cpu:.1f} of processor time, {loaded[1] / best_wall:.1f} of wall time (aim: at most 6)"
    )
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
