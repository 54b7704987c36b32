"""Times the peers' XmR charts, by the interpreter that has them: `benchmarks.peers` runs this file, and reads its JSON.

It imports nothing of ours. An adapter draws the nearest a peer has to our chart (limits, and its rules) of one series,
and returns its first centre line, lower and upper limit.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np

Limits = tuple[float, float, float]


def clinical_qikit() -> Callable[[Any], Limits]:
    from qikit import qic

    def draw(y: Any) -> Limits:
        data = qic(y=y, chart="i", method="weco").data
        return data["cl"].iloc[0], data["lcl"].iloc[0], data["ucl"].iloc[0]

    return draw


def abspc() -> Callable[[Any], Limits]:
    import pandas as pd
    from abspc import calculate_control_limits, detect_special_causes

    def draw(y: Any) -> Limits:
        data = detect_special_causes(calculate_control_limits(pd.DataFrame({"value": y}), "XmR"))
        return data["mean"].iloc[0], data["lcl"].iloc[0], data["ucl"].iloc[0]

    return draw


def shewhart() -> Callable[[Any], Limits]:
    from shewhart import imr

    def draw(y: Any) -> Limits:
        stats = imr(y, rules="nelson").stats
        return stats["i_center"], stats["i_lcl"], stats["i_ucl"]

    return draw


def pycontrolcharts() -> Callable[[Any], Limits]:
    from pycontrolcharts import calc_xmr

    def draw(y: Any) -> Limits:
        data = calc_xmr(y.tolist())
        return data["center_line"].iloc[0], data["lcl"].iloc[0], data["ucl"].iloc[0]

    return draw


PEERS = {
    "clinical-qikit": clinical_qikit,
    "abspc": abspc,
    "shewhart": shewhart,
    "pycontrolcharts": pycontrolcharts,
}


def seconds(draw: Callable[[Any], Limits], series: Any, repeats: int) -> float:
    """The least processor time of a run over all series."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        for y in series:
            draw(y)
        best = min(best, time.process_time() - begin)
    return best


def measured(name: str, series: Any, repeats: int) -> dict[str, Any]:
    try:
        draw = PEERS[name]()
    except ImportError as error:
        return {"absent": f"{type(error).__name__}: {error}"}
    limits = [float(x) for x in draw(series[0])]
    return {"version": metadata.version(name), "limits": limits, "seconds": seconds(draw, series, repeats)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the peers', of the libraries that they use
    task = json.load(sys.stdin)
    series = np.array(task["series"])
    json.dump({name: measured(name, series, task["repeats"]) for name in PEERS}, sys.stdout)
