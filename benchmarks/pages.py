"""The Goals page on the sample trust: how long the server needs for a rerun when everything is warm.

`python -m benchmarks.pages [--smoke]`. An empty page in the same run is the floor, since most of it is the test harness.
"""

import argparse
import os
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from data.config import sample_home
from data.synthetic import make_sample

ROOT = Path(__file__).resolve().parent.parent
AIM_MS = 150


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true", help="three reruns")
    runs = 3 if parser.parse_args().smoke else 20
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ZERO_HARM_HOME": folder, "ZERO_HARM_SHOW": "sample"}
        make_sample(sample_home(), until=date(2026, 10, 1), say=lambda _: None)
        from streamlit.testing.v1 import AppTest

        goals = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
        empty = AppTest.from_string("import streamlit as st\nst.title('Empty')")
        figures = {}
        for name, page in (("empty page", empty), ("Goals", goals)):
            begin = time.perf_counter()
            page.run()
            assert not page.exception, page.exception
            cold = time.perf_counter() - begin
            times = []
            for _ in range(runs):
                wall, own = time.perf_counter(), time.process_time()
                page.run()
                times.append((time.process_time() - own, time.perf_counter() - wall))
            cpu, wall_time = (statistics.median(t) * 1000 for t in zip(*times, strict=True))
            figures[name] = cpu
            print(
                f"{name}: cold {cold * 1000:.0f} ms; warm rerun {cpu:.0f} ms processor, {wall_time:.0f} ms wall (median of {runs})"
            )
    own = figures["Goals"] - figures["empty page"]
    print(f"Goals without the harness: {own:.0f} ms processor (aim: under {AIM_MS} ms)")


if __name__ == "__main__":
    main()
