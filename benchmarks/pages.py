"""The pages in Chromium, as ratios to an empty Streamlit page in the same run: load, rerun, ten times the history, twenty readers.

`python -m benchmarks.pages [--smoke]`. Visits to ours and to the empty page alternate, so that both have the same neighbours
on a shared machine; times are by the page's own clock, medians. Nothing here is a test: a busy machine proves nothing.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks._browser import chromium, load_ms, rerun_ms, served, served_empty
from benchmarks._clients import twenty
from benchmarks._trust import made_trust
from data.config import Home
from data.synthetic import make_sample

UNTIL = date(2026, 10, 1)


@dataclass(frozen=True)
class Aim:
    """A page by its address, what is chosen anew on it, and the most that it may take of an empty page's time."""

    name: str
    address: str
    box: str
    option: int
    load: float
    rerun: float


# On the sample trust, except the division, which is the benchmark's own: 60 wards, 12 measures.
GOALS = Aim("Goals", "?as=qi_lead&figures=latest", "State", 3, 1.5, 2.0)
DIVISION = Aim("Division, 60 wards × 12 measures", "division?unit=TRUST&as=qi_lead", "Unit", 1, 2.0, 2.0)
WARD = Aim("Ward with its charts", "ward?unit=W10&as=qi_lead", "Ward", 2, 1.7, 1.7)
MEASURE = Aim("Measure with plotly", "measure?unit=W10&measure=self_harm&as=qi_lead", "Measure", 2, 2.5, 2.5)
SMOKE_RUNS, RUNS = 1, 9


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true", help="one visit to one page, two readers")
    smoke = parser.parse_args().smoke
    runs = SMOKE_RUNS if smoke else RUNS
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        sample, short = Path(folder) / "sample trust", Path(folder) / "sixty months"
        make_sample(Home(sample / "sample", is_sample=True), until=UNTIL, say=lambda _: None)
        made_trust(Home(short / "sample", is_sample=True), months=12 if smoke else 60)
        with served_empty(Path(folder)) as empty:
            with served(sample) as (ours, pid):
                for aim in (GOALS,) if smoke else (GOALS, WARD, MEASURE):
                    against_empty(browser, aim, ours, empty, runs)
                twenty(ours, pid, readers=2 if smoke else 20, seconds=6 if smoke else 60)
            with served(short) as (ours, _):
                against_empty(browser, DIVISION, ours, empty, runs)
        if not smoke:
            long = Path(folder) / "six hundred months"
            made_trust(Home(long / "sample", is_sample=True), months=600)
            with served(short) as (of_60, _), served(long) as (of_600, _):
                with_history(browser, of_60, of_600, runs)


def against_empty(browser: Browser, aim: Aim, ours: str, empty: str, runs: int) -> None:
    """Load and rerun of a page, each as a ratio to the empty page's."""
    with _visits(browser) as visit:
        visit(f"{ours}/{aim.address}")  # warm: what is computed once has been
        visit(empty)
        loads = [(visit(f"{ours}/{aim.address}"), visit(empty)) for _ in range(runs)]
        reruns = [(visit(f"{ours}/{aim.address}", aim.box, aim.option), visit(empty, "Choose", 1)) for _ in range(runs)]
    _say(f"{aim.name}: load", loads, aim.load)
    _say(f"{aim.name}: rerun", reruns, aim.rerun)


def with_history(browser: Browser, of_60: str, of_600: str, runs: int) -> None:
    """The same pages with ten times the history."""
    pages = {
        "Goals": "?as=qi_lead",
        "Division": DIVISION.address,
        "Ward": "ward?unit=W01&as=qi_lead",
        "Measure": "measure?unit=W01&measure=falls_all&as=qi_lead",
    }
    for name, address in pages.items():
        with _visits(browser) as visit:
            for base in (of_60, of_600):
                visit(f"{base}/{address}")
            found = [(visit(f"{of_600}/{address}"), visit(f"{of_60}/{address}")) for _ in range(runs)]
        _say(f"{name}, 600 months against 60: load", found, 1.2)


@contextmanager
def _visits(browser: Browser) -> Iterator:  # type: ignore[type-arg]
    """Visit an address, and choose something where that is asked; milliseconds. One browser context: its cache is warm."""
    context = browser.new_context(viewport={"width": 1400, "height": 1200})

    def visit(address: str, box: str = "", option: int = 0) -> float:
        page = context.new_page()
        try:
            load = load_ms(page, address)
            return rerun_ms(page, box, option) if box else load
        finally:
            page.close()

    yield visit
    context.close()


def _say(name: str, pairs: list[tuple[float, float]], aim: float) -> None:
    ours, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    verdict = "" if ratio <= aim else "  MISSED"
    print(
        f"{name}: {ours:.0f} ms against {other:.0f} ms, ratio {ratio:.2f} (aim: at most {aim:g}){verdict}", flush=True
    )


if __name__ == "__main__":
    main()
