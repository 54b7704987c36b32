"""How often a stable chart shows a signal: simulated, and written down for `metrics.expected_false_signals`.

`python -m benchmarks.false_signals --write` makes metrics/tables/false_signals.csv again, byte for byte (with numpy's
same random streams). `--smoke`, or nothing, recomputes a few of its cells with another seed and fewer series; exit 1
where one is further off than chance explains. `--between` says how far off it is between its points.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._stable import FAMILIES, Counts, signals, stable
from metrics import false_signals

TABLE = Path(false_signals.__file__).with_name("tables") / "false_signals.csv"
SEED, SMOKE_SEED = 20_261_122, 7
BATCH, LEAST, SMOKE_SERIES = 10_000, 20_000, 5_000
ERROR = 0.0015  # a standard error: nineteen cells in twenty are then right to 0.3 percentage points
FAR = 4  # standard errors

BASELINES = (None, 24)
MEANS = (0.3, 0.4, 0.5, 0.62, 0.75, 0.87, 1, 1.5, 1.75, 2, 3, 4, 5, 10, 25, 100)
# Without denominators that vary, shares step with the mean as limits (or medians) pass whole counts.
XMR_MEANS = (0.3, 0.35, 0.4, 0.47, 0.55, 0.65, 0.75, 0.87, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 4.5)
XMR_MEANS += (5, 7, 10, 20, 45, 100)
RUN_MEANS = (0.3, 0.4, 0.55, 0.75, 0.87, 1, 1.5, 1.7, 2, 3, 5, 100)
N_POINTS = {None: (12, 13, 16, 20, 24, 36, 60, 90, 120), 24: (24, 27, 31, 38, 60, 90, 120)}
# Anhøj's limits step with the number of points.
RUN_N_POINTS = {None: tuple(range(12, 121)), 24: (*range(24, 48, 2), *range(48, 121, 6))}
SMOKE_CELLS = (
    ("xmr", 20, 36, None),
    ("xmr", 2, 60, 24),
    ("c", 0.3, 24, None),
    ("u", 5, 13, None),
    ("u_prime", 10, 38, 24),
    ("p", 5, 36, None),
    ("p_prime", 25, 27, 24),
    ("run", 5, 24, None),
)
# Between the table's points, and how many series for each: enough to tell a percentage point.
BETWEEN_MEANS = (0.33, 0.6, 0.8, 1.1, 1.67, 2.35, 3.7, 7.5, 15, 60)
BETWEEN_N_POINTS = (14, 30, 47, 105)
BETWEEN_SERIES = 40_000


def means_of(kind: str) -> tuple[float, ...]:
    return {"xmr": XMR_MEANS, "c": XMR_MEANS, "run": RUN_MEANS}.get(kind, MEANS)


def wanted(family: str, mean: float, n_points: int) -> list[tuple[str, int | None]]:
    """The kinds and baselines that the table has at this mean and length."""
    return [
        (kind, baseline)
        for kind in FAMILIES[family]
        for baseline in BASELINES
        if mean in means_of(kind) and n_points in (RUN_N_POINTS if kind == "run" else N_POINTS)[baseline]
    ]


def cell(family: str, mean: float, n_points: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Rows of the table: as many series as bring every share's standard error down to `ERROR`."""
    random = np.random.default_rng([seed, list(FAMILIES).index(family), round(mean * 100), n_points])
    open_cells = wanted(family, mean, n_points)
    counts: dict[Any, Counts] = {key: {} for key in open_cells}
    series = 0
    while open_cells:
        top, bottom = stable(family, mean, (BATCH, n_points), random)
        series += BATCH
        for key in list(open_cells):
            for name, found in signals(key[0], top, bottom, key[1]).items():
                counts[key][name] = counts[key].get(name, 0) + found
            share = np.array(list(counts[key].values())) / series
            if series >= LEAST and (share * (1 - share)).max() / series <= ERROR**2:
                open_cells.remove(key)
                for name, (last, anywhere) in counts[key].items():
                    yield *key, name, mean, n_points, last / series, anywhere / series


def write() -> None:
    """Make the table again."""
    rows, begin = [], time.process_time()
    for family, kinds in FAMILIES.items():
        for mean in sorted({mean for kind in kinds for mean in means_of(kind)}):
            for n_points in range(12, 121):
                rows += cell(family, mean, n_points, SEED)
            print(f"{time.process_time() - begin:7.0f} s: {family}, mean {mean:g}", flush=True)
    rows.sort(key=lambda row: (row[0], row[2], row[1] or 0, row[3], row[4]))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(false_signals.COLUMNS)
        for kind, baseline, name, mean, n_points, last, anywhere in rows:
            table.writerow([kind, name, n_points, f"{mean:g}", baseline or "", f"{last:.4f}", f"{anywhere:.4f}"])


def far_off(kind: str, mean: float, n_points: int, baseline: int | None, series: int, seed: int) -> list[str]:
    """What differs from the table by more than `FAR` standard errors, in a cell simulated anew."""
    family = next(name for name, kinds in FAMILIES.items() if kind in kinds)
    top, bottom = stable(family, mean, (series, n_points), np.random.default_rng(seed))
    wrong = []
    for name, found in signals(kind, top, bottom, baseline).items():
        told = false_signals.expected_false_signals(kind, name, n_points, mean, baseline)
        for what, share, ours in zip(("last", "anywhere"), (told.last, told.anywhere), found / series, strict=True):
            error = np.sqrt(max(share * (1 - share), 1 / series) / series + ERROR**2)
            if abs(ours - share) > FAR * error:
                wrong.append(f"{kind} {name} mean {mean} n {n_points} {what}: table {share:.4f}, now {ours:.4f}")
    return wrong


def between() -> None:
    """Print, of each kind and baseline, how far the table is off between its points, in percentage points."""
    for kind, family in ((kind, family) for family, kinds in FAMILIES.items() for kind in kinds):
        for baseline in BASELINES:
            off = np.array(
                [
                    _off(family, kind, mean, n_points, baseline)
                    for mean in BETWEEN_MEANS
                    for n_points in BETWEEN_N_POINTS
                    if n_points > (baseline or 0)
                ]
            )  # (cells, sets, last or anywhere)
            for i, what in enumerate(("last", "anywhere")):
                sizes = 100 * np.abs(off[..., i]).ravel()
                middle, most, largest = np.quantile(sizes, [0.5, 0.95, 1])
                print(
                    f"{kind:8} {baseline or 'all':>4} {what:8} half within {middle:.2f}, 95 % {most:.2f}, all {largest:.2f}"
                )


def _off(family: str, kind: str, mean: float, n_points: int, baseline: int | None) -> list[Any]:
    """What new series show, less what the table says: of each rule set, last and anywhere."""
    random = np.random.default_rng([SMOKE_SEED, round(100 * mean), n_points])
    found = signals(kind, *stable(family, mean, (BETWEEN_SERIES, n_points), random), baseline)
    told = {name: false_signals.expected_false_signals(kind, name, n_points, mean, baseline) for name in found}
    return [found[name] / BETWEEN_SERIES - (told[name].last, told[name].anywhere) for name in found]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="make the table again")
    parser.add_argument("--smoke", action="store_true", help="recompute a few cells (as without an option)")
    parser.add_argument("--between", action="store_true", help="how far off the table is between its points")
    options = parser.parse_args()
    if options.write or options.between:
        write() if options.write else between()
        return
    wrong = [line for cell in SMOKE_CELLS for line in far_off(*cell, SMOKE_SERIES, SMOKE_SEED)]
    print("\n".join(wrong) or f"{len(SMOKE_CELLS)} cells of {TABLE.name} agree with {SMOKE_SERIES:,} new series each")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
