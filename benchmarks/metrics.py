"""How fast `metrics` is: control charts and trends for each second of one processor.

Run from the root of the project: `python -m benchmarks.metrics`. The best of several runs counts: the rest is noise.
"""

import time
from collections.abc import Callable

import numpy as np

from metrics import control_chart, count_trend

REPEATS = 7
SERIES, MONTHS = 10_000, 36
TRENDS, TREND_MONTHS = 20_000, 60
SINGLE = 200  # one chart is too quick to time alone


def seconds(run: Callable[[], object]) -> float:
    """The least processor time of a run."""
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return best


def main() -> None:
    rng = np.random.default_rng(0)
    y = rng.poisson(20, (SERIES, MONTHS)).astype(float)
    holes = np.where(rng.random(y.shape) < 0.03, np.nan, y)
    exposure = rng.uniform(800, 1200, y.shape)
    two_phases, unsettled = np.arange(MONTHS) >= 24, np.arange(MONTHS) >= MONTHS - 2
    charts: dict[str, Callable[[], object]] = {
        "xmr": lambda: control_chart("xmr", y),
        "xmr, 3 % missing, two phases": lambda: control_chart("xmr", holes, phase=two_phases),
        "the same, verdicts only": lambda: control_chart("xmr", holes, phase=two_phases, points=False),
        "u_prime, 3 % missing, two unsettled": lambda: control_chart("u_prime", holes, exposure, unsettled=unsettled),
        "run": lambda: control_chart("run", y),
    }
    for name, run in charts.items():
        print(f"{SERIES / seconds(run):12,.0f} charts of {MONTHS} months a CPU-second: {name}")
    one = seconds(lambda: [control_chart("xmr", y[0]) for _ in range(SINGLE)]) / SINGLE
    print(f"{one * 1e6:12,.0f} microseconds: one xmr chart of {MONTHS} months")
    counts, bed_days = rng.poisson(8, (TRENDS, TREND_MONTHS)), rng.uniform(800, 1200, TREND_MONTHS)
    spent = seconds(lambda: count_trend(counts, bed_days, np.arange(TREND_MONTHS) / 12))
    print(
        f"{spent:12.3f} seconds: {TRENDS:,} quasi-Poisson trends of {TREND_MONTHS} months ({TRENDS / spent:,.0f} a second)"
    )


if __name__ == "__main__":
    main()
