"""How fast `metrics` is, for each second of one processor: charts, trends, growth with the number of series, memory.

Run from the root of the project: `python -m benchmarks.metrics [--smoke]`. The best of several runs counts: the rest is
the noise of a shared machine. `benchmarks.peers` has what a user would pick instead.
"""

import argparse
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from metrics import accelerate, control_chart, count_trend
from metrics.result import ControlChart

MONTHS, TREND_MONTHS = 36, 60
SINGLE = 200  # one chart is too quick to time alone
READ = ("value", "centre", "lower", "upper", "inner_lower", "inner_upper", "state", "signals", "improvement")
IMPORTS = "import time, numpy; begin = time.process_time(); import metrics; print(time.process_time() - begin)"


def seconds(run: Callable[[], object], repeats: int) -> float:
    """The least processor time of a run."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return best


def read(chart: ControlChart) -> ControlChart:
    """Ask for every array of points, which are made only then."""
    for name in READ:
        getattr(chart, name)
    return chart


def given(n_series: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts with 3 % of months missing, exposures, and a second phase from month 25 on."""
    rng = np.random.default_rng(0)
    y = rng.poisson(20, (n_series, MONTHS)).astype(float)
    holes = np.where(rng.random(y.shape) < 0.03, np.nan, y)
    return holes, rng.uniform(800, 1200, y.shape), np.arange(MONTHS) >= 24


def charts(n_series: int, repeats: int) -> None:
    y, exposure, phase = given(n_series)
    kinds = {"xmr": (y, None), "u": (y, exposure)}
    whole = np.nan_to_num(y)
    for engine in ("numpy", "numba"):
        accelerate(engine == "numba")
        control_chart("xmr", y[:2])  # compiles
        cases: dict[str, Callable[[], object]] = {}
        for kind, (top, size) in kinds.items():
            cases[kind] = lambda kind=kind, top=top, size=size: control_chart(kind, top, size, phase=phase)
            cases[f"{kind}, icons only"] = lambda kind=kind, top=top, size=size: control_chart(
                kind, top, size, phase=phase, points=False
            )
        cases["xmr, every array read"] = lambda: read(control_chart("xmr", y, phase=phase))
        cases["xmr, one phase and no month missing"] = lambda: control_chart("xmr", whole)
        for name, run in cases.items():
            print(f"{n_series / seconds(run, repeats):12,.0f} charts a CPU-second, {engine}: {name}")
        for name, row, size in (("xmr", y[0], None), ("u", y[0], exposure[0])):
            spent = seconds(
                lambda row=row, name=name, size=size: [control_chart(name, row, size) for _ in range(SINGLE)], repeats
            )
            print(f"{spent / SINGLE * 1e6:12,.0f} microseconds, {engine}: one {name} chart of {MONTHS} months")
    accelerate(False)


def trends(n_series: int, repeats: int) -> None:
    rng = np.random.default_rng(1)
    counts, bed_days = rng.poisson(8, (n_series, TREND_MONTHS)), rng.uniform(800, 1200, TREND_MONTHS)
    spent = seconds(lambda: count_trend(counts, bed_days, np.arange(TREND_MONTHS) / 12), repeats)
    print(f"{n_series / spent:12,.0f} quasi-Poisson trends of {TREND_MONTHS} months a CPU-second")


def growth(sizes: tuple[int, ...]) -> None:
    """Time for each series as their number grows, and memory at the largest: linear is a ratio of 1."""
    for engine in ("numpy", "numba"):
        accelerate(engine == "numba")
        first = None
        for n in sizes:
            y, _, phase = given(n)
            each = seconds(lambda y=y, phase=phase: control_chart("xmr", y, phase=phase), 5 if n < 100_000 else 2) / n
            first = first or each
            print(f"{each / first:12.2f} times the time for each series, {engine}: {n:,} series")
        tracemalloc.start()
        chart = control_chart("xmr", y, phase=phase)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        ratio = (y.nbytes + peak) / (y.nbytes + kept)
        print(
            f"{ratio:12.2f} times input plus output at the peak, {engine}: {chart.variation.size:,} series (aim: at most 3)"
        )
    accelerate(False)


def loading() -> None:
    times = [
        float(subprocess.run([sys.executable, "-c", IMPORTS], check=True, capture_output=True, text=True).stdout)
        for _ in range(5)
    ]
    print(f"{min(times) * 1000:12.0f} ms of processor time to import metrics, over numpy (aim: at most 150)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small, to see that it runs")
    smoke = parser.parse_args().smoke
    charts(2_000 if smoke else 100_000, 2 if smoke else 7)
    trends(2_000 if smoke else 20_000, 2 if smoke else 5)
    growth((1_000, 4_000) if smoke else (1_000, 10_000, 100_000, 1_000_000))
    loading()


if __name__ == "__main__":
    main()
