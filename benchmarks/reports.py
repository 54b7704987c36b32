"""Packs: how long their forms take, in how much memory, beside the pictures of a browser; and a batch of a thousand wards.

`python -m benchmarks.reports [--smoke]`. A pack of sixty opened charts is made as PDF, slides and a workbook in a process of its
own; the same number of plotly pictures goes through kaleido in the same run. Absolute seconds are of this machine.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._trust import made_trust
from data.config import Home
from data.synthetic import make_sample
from pages.charts.figure import chart_figure
from pages.reports.pack.file import maker
from pages.reports.pack.made import assemble
from pages.reports.pack.model import Page
from pages.reports.pack.request import Request, answer, answer_wards
from pages.shared.drawn import MARK_LABELS

CHARTS, WARDS, SMOKE_CHARTS, SMOKE_WARDS = 60, 1_000, 3, 20
AIMS = {".pdf": 2.0, ".pptx": 3.0, ".xlsx": 2.0}  # seconds
MEMORY, FASTER, A_SECOND = 512, 10, 10
MONTH = date(2026, 10, 1)
MEGABYTE = 1024  # of ru_maxrss, which is in kilobytes


def packed(home: Home, charts: int) -> tuple[Any, Any]:
    """The board's pack with one opened chart on each of so many pages, and the figures of those charts alone."""
    pack, made = assemble(answer(home, Request("board", np.datetime64(MONTH, "M"))))
    texts = [page for page in pack.pages if not page.pictures]
    pages = [
        Page(f"chart {i}", "Goals", picture.heading, "chart", picture.told, picture.signs, (picture,))
        for i, picture in enumerate(islice(cycle(pack.pictures), charts))
    ]
    return replace(pack, pages=(*texts, *pages)), made


def forms(home: Home, charts: int, told: Any) -> None:
    """In a process of its own: seconds of processor time of each form, and the most memory that all three took."""
    pack, made = packed(home, charts)
    found: dict[str, float] = {}
    for ending in AIMS:
        maker(ending)(*packed(home, 1))  # what is imported once is no part of a pack
        began = time.process_time()
        maker(ending)(pack, made)
        found[ending] = time.process_time() - began
    told.put((found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE))


def apart(work: Callable[..., None], *words: Any) -> Any:
    """What a new process puts into its queue."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=work, args=(*words, told))
    process.start()
    found = told.get(timeout=1_800)
    process.join()
    return found


def pictures_seconds(home: Home, charts: int, folder: Path) -> float:
    """Wall seconds of the same charts as plotly pictures through kaleido, which drives a browser."""
    import kaleido

    pack, _ = packed(home, charts)
    figures = [chart_figure(picture.drawing, MARK_LABELS) for picture in pack.pictures]
    began = time.perf_counter()
    kaleido.write_fig_sync(figures, path=str(folder))
    seconds = time.perf_counter() - began
    made = len([*folder.glob("*.png")])
    if made != charts:
        raise RuntimeError(f"kaleido made {made} of {charts} pictures")
    return seconds


def wards(folder: Path, n: int, told: Any) -> None:
    """In a process of its own: reports a second (wall), and memory after a tenth of them and after all."""
    home = Home(folder / "thousand", is_sample=True)
    made_trust(home, months=60, wards=n)
    answered = answer_wards(home, Request("ward", np.datetime64(MONTH, "M")))
    make, tenth, made = maker(".pdf"), 0.0, 1
    make(*assemble(next(answered)))  # with it every reading is computed
    began = time.perf_counter()
    for each in answered:
        make(*assemble(each))
        made += 1
        if made == n // 10:
            tenth = _resident()
    told.put((made / (time.perf_counter() - began), tenth, _resident()))


def _resident() -> float:
    """Megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="three charts and twenty wards")
    smoke = parser.parse_args().smoke
    charts, n = (SMOKE_CHARTS, SMOKE_WARDS) if smoke else (CHARTS, WARDS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        home = Home(folder / "sample", is_sample=True)
        if smoke:
            made_trust(home, months=24)
        else:
            make_sample(home, until=MONTH, say=lambda _: None)
        seconds, memory = apart(forms, home, charts)
        for ending, aim in AIMS.items():
            _say(f"{charts} charts as {ending}: {seconds[ending]:.2f} s", seconds[ending] <= aim, f"{aim:g} s")
        _say(f"all three: {memory:.0f} MiB", memory <= MEMORY, f"{MEMORY} MiB")
        (folder / "pictures").mkdir()
        browser = pictures_seconds(home, charts, folder / "pictures")
        ratio = browser / seconds[".pdf"]
        _say(f"kaleido: {browser:.1f} s, {ratio:.1f} times the PDF", ratio >= FASTER, f"{FASTER} times")
        rate, tenth, whole = apart(wards, folder, n)
        _say(f"{n:,} wards: {rate:.1f} a second", rate >= A_SECOND, f"{A_SECOND} a second")
        _say(f"memory after a tenth {tenth:.0f} MiB, after all {whole:.0f} MiB", whole <= tenth * 1.1, "flat")


def _say(text: str, reached: bool, aim: str) -> None:
    print(f"{text} (aim: {aim}){'' if reached else '  MISSED'}", flush=True)


if __name__ == "__main__":
    main()
