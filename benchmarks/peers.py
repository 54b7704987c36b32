"""Our XmR chart with its rules beside those of four Python packages: charts for each second of one processor.

The peers need an environment of their own, outside this project, so that nothing here depends on them:

    python -m venv ~/peers && ~/peers/bin/python -m pip install -r benchmarks/peers.txt
    python -m benchmarks.peers --python ~/peers/bin/python

Both are timed in the same run, on series of the same seed, the best of several runs: ours in this process and in one
call, as it is made to be called; each peer in a child process of that interpreter, one series after another, since that
is what they offer. Ours is timed one series at a time too. What each peer computes of a chart is its own affair (rule
sets differ: Western Electric, Nelson, Making Data Count); its limits are compared with ours. Two differ by a constant:
3 / d2 with d2 = 1.128 is 2.6596, with d2 = 2 / √π it is 2.6587, and ours is the printed 2.66.

Without `--python`, and for a peer that is not installed there, one line says so; that is no failure. A child process
that breaks is one.
"""

import argparse
import json
import subprocess
import sys
from math import pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.metrics import seconds
from metrics import control_chart

CHILD = Path(__file__).with_name("_peers_child.py")
PEERS = [line.split("==")[0] for line in Path(__file__).with_name("peers.txt").read_text().split()]
MONTHS = 36
OURS, THEIRS = 10_000, 300  # series
CONSTANTS = {"2.66": 2.66, "3 / 1.128": 3 / 1.128, "3 √π / 2": 1.5 * sqrt(pi)}
SAME = 1e-9


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", help="an interpreter that has the packages of benchmarks/peers.txt")
    parser.add_argument("--smoke", action="store_true", help="few series, once")
    options = parser.parse_args()
    repeats = 1 if options.smoke else 5
    y = np.random.default_rng(0).poisson(20, (100 if options.smoke else OURS, MONTHS)).astype(float)
    few = y[: 10 if options.smoke else THEIRS]
    batch = len(y) / seconds(lambda: draw(y), repeats)
    one = len(few) / seconds(lambda: [draw(row) for row in few], repeats)
    print(f"{batch:12,.0f} charts of {MONTHS} months a CPU-second: ours, {len(y):,} in one call")
    print(f"{one:12,.0f} charts of {MONTHS} months a CPU-second: ours, one a call")
    if options.python is None:
        for name in PEERS:
            print(f"{name}: not measured, as no --python was given")
        return
    task = json.dumps({"series": few.tolist(), "repeats": repeats})
    child = subprocess.run([options.python, str(CHILD)], input=task, capture_output=True, text=True, check=False)
    if child.returncode:
        sys.exit(f"the peers' process failed:\n{child.stderr}")
    found = json.loads(child.stdout)
    for name in PEERS:
        print(said(name, found[name], batch, one, len(few), few[0]))


def draw(y: np.ndarray) -> None:
    """Our chart with all that a peer gives: its lines and flags are arrays that are made when they are asked for."""
    made = control_chart("xmr", y)
    for wanted in (made.centre, made.computed_lower, made.computed_upper, made.inner_lower, made.inner_upper):
        assert wanted is not None
    assert made.signals is not None
    assert made.state is not None


def said(name: str, found: dict[str, Any], batch: float, one: float, n: int, y: np.ndarray) -> str:
    """A peer's line: its speed, how many times ours is faster, and whether the limits agree."""
    if "absent" in found:
        return f"{name}: not measured, as it is not installed there ({found['absent']})"
    speed = n / found["seconds"]
    ratios = f"ours is {batch / speed:,.0f} times as fast in one call, {one / speed:,.1f} times one a call"
    return (
        f"{speed:12,.0f} charts of {MONTHS} months a CPU-second: {name} {found['version']}; {ratios}\n"
        f"{'':14}{compared(found['limits'], y)}"
    )


def compared(limits: list[float], y: np.ndarray) -> str:
    """Where a peer's centre and limits are ours, where not, and which constant explains it."""
    made = control_chart("xmr", y)
    assert made.centre is not None
    assert made.computed_lower is not None
    assert made.computed_upper is not None
    ours = [float(line[0]) for line in (made.centre, made.computed_lower, made.computed_upper)]
    words = [
        f"{what} {'agrees' if abs(a - b) <= SAME * abs(b) else f'differs by {a - b:+.3g}'}"
        for what, a, b in zip(("centre", "lower limit", "upper limit"), limits, ours, strict=True)
    ]
    factor = (limits[2] - limits[0]) / float(np.abs(np.diff(y)).mean())
    named = [name for name, value in CONSTANTS.items() if abs(factor / value - 1) <= SAME]
    return f"{', '.join(words)}: its constant is {named[0] if named else f'{factor:.6g}, which is none we know'}"


if __name__ == "__main__":
    main()
