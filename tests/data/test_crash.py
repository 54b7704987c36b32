"""A load that is killed, starved of disk, or met by a failing disk: old or new, never half; nothing acknowledged is lost.

At random moments, and with strace at every single call that writes, flushes, renames or removes a file of the store. By
default a seeded part of both; with ZERO_HARM_SLOW=1 all of them, and the outcome is written to docs/measurements.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.catalogue import shipped_catalogue
from data.config import PROJECT, Home
from data.publish import ensure_published
from data.record import writing
from data.store import Store
from data.verify import problems, verify
from tests.conftest import UNITS, Load

SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
RANDOM_KILLS = 200 if SLOW else 4
EVERY = 1 if SLOW else 20  # of the calls, each so many-th
CALLS = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,fallocate"
WAYS = {
    "killed": "signal=KILL",
    "disk full": "error=ENOSPC",
    "disk failing": "error=EIO",
    "full from then on": "error=ENOSPC",
}
PATIENCE = 120
MEASURED = PROJECT / "docs" / "measurements" / "crashes.md"
HEAD = "month,unit,measure,numerator\n"
CATALOGUE = shipped_catalogue()


def figures(add: int) -> str:
    cells = [(f"{2024 + i // 12}-{i % 12 + 1:02}", unit, i + add) for i in range(24) for unit in ("W01", "W02")]
    return HEAD + "".join(f"{month},{unit},falls_all,{n}\n" for month, unit, n in cells)


@pytest.fixture
def base(tmp_path: Path, load: Load) -> Home:
    """A store with one version; the load under test changes each of its 48 cells and adds nothing."""
    home = Home(tmp_path / "base")
    load(home, UNITS, "units.csv")
    load(home, figures(0), "first.csv")
    (tmp_path / "second.csv").write_text(figures(1))
    return home


@dataclass(frozen=True)
class Outcome:
    """What a killed or starved load left behind."""

    new: bool
    acknowledged: bool
    said: str


def compiled_once(folder: Path) -> dict[str, str]:
    """An environment in which the workers share what Python compiles, also where it is told to write nothing."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def run_worker(home: Home, *prefix: str, kill_after: float | None = None) -> str:
    """What the worker said; killed so many seconds after it began to load."""
    path = home.root.parent / "second.csv"
    worker = subprocess.Popen(
        [*prefix, sys.executable, "-m", "tests.data.crash_worker", str(home.root), str(path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=compiled_once(home.root.parent),
    )
    assert worker.stdin is not None and worker.stdout is not None
    assert worker.stdout.readline() == "READY\n"
    worker.stdin.write("go\n")
    worker.stdin.flush()
    if kill_after is not None:
        time.sleep(kill_after)
        worker.kill()
    said, _ = worker.communicate(timeout=PATIENCE)
    return said


def outcome(home: Home, said: str) -> Outcome:
    """What holds now; asserts that it is whole, that readers can read, and that the next load works."""
    shown = Store.open(home)  # what readers see, before anything is mended
    assert shown is not None
    table = shown._both("cells", shown.published.version).to_pylist()
    seen = {int(row["numerator"]) - month_index(row["month"]) for row in table}
    assert len(table) == 48 and seen in ({0}, {1}), "readers see a mixture"
    with writing(home) as writer:
        loads = writer.con.execute(
            "select load_id, rows_stored from record.load where feed = 'monthly' order by load_id"
        ).fetchall()
        rows = Counter(row[0] for row in writer.con.execute("select load_id from record.observation").fetchall())
    assert all(rows[load_id] == stored for load_id, stored in loads), "a load is half there"
    assert set(rows) == {load_id for load_id, _ in loads}, "rows of no load"
    new = len(loads) == 2
    acknowledged = said.startswith("ACK")
    assert not acknowledged or (new and seen == {1}), "an acknowledged load is lost"
    ensure_published(home, CATALOGUE)
    assert problems(verify(home, CATALOGUE)) == []
    again = run_in_place(home)
    assert again is (not new), "the next load of the same file does not end where it should"
    return Outcome(new, acknowledged, said)


def month_index(month) -> int:  # type: ignore[no-untyped-def]
    return (month.year - 2024) * 12 + month.month - 1


def run_in_place(home: Home) -> bool:
    """Load the file once more, here; whether it changed anything. Afterwards the figures are the new ones."""
    from data.ingest.intake import intake

    with intake(home, CATALOGUE, home.root.parent / "second.csv") as extract:
        receipt = extract.accept("again")
    store = Store.open(home)
    assert store is not None
    table = store._both("cells", store.published.version).to_pylist()
    assert {int(row["numerator"]) - month_index(row["month"]) for row in table} == {1}
    return receipt.load_id is not None


def fresh(base: Home, name: str) -> Home:
    home = Home(base.root.with_name(name))
    shutil.rmtree(home.root, ignore_errors=True)
    shutil.copytree(base.root, home.root)
    return home


def test_killed_at_random_moments_the_store_is_old_or_new(base: Home) -> None:
    began = time.perf_counter()
    worker_seconds = []
    for _ in range(2):
        home = fresh(base, "measured")
        said = run_worker(home)
        worker_seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert said.startswith("ACK")
    window = min(worker_seconds)
    rng = random.Random(20261122)
    found = []
    for _ in range(RANDOM_KILLS):
        home = fresh(base, "killed")
        found.append(outcome(home, run_worker(home, kill_after=rng.uniform(0.05, window))))
    tell("killed at random moments", found)


def strace() -> str:
    path = shutil.which("strace")
    wanted = os.environ.get("ZERO_HARM_REQUIRE_STRACE") == "1"
    allowed = (
        path
        and subprocess.run([path, "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0
    )
    if not (path and allowed):
        assert not wanted, "ZERO_HARM_REQUIRE_STRACE is 1 and strace cannot be used"
        pytest.skip("strace is not there, or not allowed to trace")
    return path


def watched(home: Home) -> list[str]:
    """The files of the store that a load writes, and its folders."""
    names = ("record.duckdb", "record.duckdb.wal", "audit.head", "audit.head.tmp", "record.lock", "published")
    made = [
        f"published/{part}-{version}.building{end}"
        for part in ("figures", "deaths")
        for version in range(3, 9)
        for end in ("", ".wal")
    ]
    heads = [f"published/{name}" for name in ("current.json", "current.json.tmp")]
    return [word for name in (*names, *made, *heads) for word in ("-P", str(home.root / name))] + ["-P", str(home.root)]


def traced(tool: str, home: Home, *inject: str) -> list[str]:
    log = home.root.parent / "strace.txt"
    # Tracing by seccomp is ten times faster, and delivers no signal.
    fast = [] if any("signal=" in word for word in inject) else ["--seccomp-bpf"]
    return [tool, "-f", *fast, "-qq", "-o", str(log), *watched(home), "-e", f"trace={CALLS}", *inject]


def calls_of_a_load(tool: str, base: Home) -> int:
    """How many such calls the busiest thread makes: the reach of `when=`, which counts by thread."""
    home = fresh(base, "counted")
    assert run_worker(home, *traced(tool, home)).startswith("ACK")
    text = (home.root.parent / "strace.txt").read_text(errors="replace")
    by_thread = Counter(re.findall(r"^(\d+) +\w+\(", text, flags=re.MULTILINE))
    return max(by_thread.values())


@pytest.mark.parametrize("way", WAYS)
def test_at_every_call_that_writes_the_store_is_old_or_new(base: Home, way: str) -> None:
    tool = strace()
    last = calls_of_a_load(tool, base)
    assert last > 50
    first = random.Random(way).randint(1, EVERY)
    found = []
    for n in range(first, last + 1, EVERY):
        home = fresh(base, "struck")
        when = f"{n}+" if way == "full from then on" else str(n)
        inject = f"inject={CALLS}:{WAYS[way]}:when={when}"
        said = run_worker(home, *traced(tool, home, "-e", inject))
        found.append(outcome(home, said))
    assert not all(each.acknowledged for each in found), "nothing was struck"
    tell(f"{way}, at {len(found)} of {last} calls", found)


def tell(what: str, found: list[Outcome]) -> None:
    new, told = sum(each.new for each in found), sum(each.acknowledged for each in found)
    line = f"| {what} | {len(found)} | {len(found)} | {len(found) - new} | {new} | {told} | 0 | 0 |"
    print(line)
    if SLOW:
        head = (
            "# Loads that were struck\n\nWritten by `ZERO_HARM_SLOW=1 python -m pytest tests/data/test_crash.py`: a load of 48"
            " corrected cells and its publishing, struck; afterwards the store was opened, proved (`verify`), and the same file"
            " loaded again.\n\n| struck | times | opened | old | new | acknowledged | acknowledged and lost | half |\n"
            "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        )
        text = MEASURED.read_text(encoding="utf-8") if MEASURED.exists() else head
        kept = [each for each in text.splitlines() if not each.startswith(f"| {what.split(', at')[0]}")]
        MEASURED.write_text("\n".join([*kept, line]) + "\n", encoding="utf-8")


# A disk that is really full ----------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Six megabytes, where this account may mount them."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        assert os.environ.get("ZERO_HARM_REQUIRE_MOUNT") != "1", "a disk of six megabytes cannot be mounted here"
        pytest.skip("no disk of six megabytes can be mounted by this account")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_full_disk_reading_goes_on_and_the_next_load_works_once_there_is_room(
    small_disk: Path, tmp_path: Path, load: Load
) -> None:
    from data.record import StoreError

    home = Home(small_disk / "home")
    load(home, UNITS, "units.csv")
    load(home, figures(0), "first.csv")
    filler = small_disk / "filler"
    room = shutil.disk_usage(small_disk).free
    filler.write_bytes(b"\0" * max(0, room - 300_000))
    with pytest.raises(StoreError, match="disk is full"):
        for add in range(1, 9):
            load(home, figures(add), "more.csv")
    store = Store.open(home)
    assert store is not None
    before = {
        int(row["numerator"]) - month_index(row["month"])
        for row in store._both("cells", store.published.version).to_pylist()
    }
    assert len(before) == 1
    filler.unlink()
    assert load(home, figures(77), "after.csv").load_id is not None
    store = Store.open(home)
    assert store is not None
    table = store._both("cells", store.published.version).to_pylist()
    assert {int(row["numerator"]) - month_index(row["month"]) for row in table} == {77}
    assert problems(verify(home, CATALOGUE)) == []
