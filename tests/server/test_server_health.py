"""/healthz: each fault is made for real, and is found; whoever is not on this machine learns one word."""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from starlette.applications import Starlette

from data import audit
from data.backup import back_up, restore
from data.catalogue import shipped_catalogue
from data.config import CODE_VERSION, PROJECT, Home
from data.files import sha256_of
from data.ingest.intake import intake
from data.publish import read_pointer
from data.record import locked
from server import condition, health, stored
from server.health import healthz
from tests.conftest import UNITS, Load

HEAD = "month,unit,measure,numerator\n"
LOCAL = {"host": "127.0.0.1:8501"}
NOBODY = object()


def call(
    home: Home, headers: dict[str, str] | None = None, client: object = ("127.0.0.1", 50000), app: Any = None
) -> tuple[int, dict[str, Any]]:
    """One request straight into the app: its status and what it says."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in (LOCAL if headers is None else headers).items()]
    scope = {"type": "http", "method": "GET", "path": "/healthz", "query_string": b"", "headers": raw, "scheme": "http"}
    app = app or Starlette(routes=[healthz(home)])
    asyncio.run(app(scope | {"client": None if client is NOBODY else client}, receive, send))
    assert dict(sent[0]["headers"])[b"cache-control"] == b"no-store"
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store with figures of last month and a backup of just now, to be copied."""
    folder = tmp_path_factory.mktemp("kept")
    home, today = Home(folder / "store"), datetime.now(UTC).date()
    month = today.replace(day=1) - timedelta(days=1)
    for name, text in (("units.csv", UNITS), ("falls.csv", HEAD + f"{month:%Y-%m},W01,falls_all,2\n")):
        (folder / name).write_text(text)
        with intake(home, shipped_catalogue(), folder / name, today=today) as extract:
            extract.accept("tester")
    back_up(home, folder / "backups", "tester")
    return home


@pytest.fixture
def well(kept: Home, tmp_path: Path) -> Home:
    """A store of its own in which all is well."""
    home = Home(shutil.copytree(kept.root, tmp_path / "store"))
    assert attention(home) == []
    return home


def attention(home: Home) -> list[str]:
    return health.health(home).attention


@contextmanager
def somebody_writes(home: Home) -> Iterator[None]:
    """Another thread holds the writer's lock."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(home):
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()


# Who is told what -------------------------------------------------------------------------------------------------------


def test_on_this_machine_it_says_how_the_store_is(well: Home) -> None:
    code, body = call(well)
    published = read_pointer(well)
    assert code == 200 and published is not None
    last_month = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    assert body.pop("free_bytes") > 0
    for name in ("last_load", "last_backup"):
        assert datetime.now(UTC) - datetime.fromisoformat(body.pop(name)) < timedelta(minutes=2)
        assert body.pop(f"{name}_days") == 0
    assert body == {
        "status": "ok",
        "version": CODE_VERSION,
        "published": published.version,
        "newest_month": f"{last_month:%Y-%m}",
        "audit_head_holds": True,
        "leftovers": [],
        "attention": [],
    }


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        (LOCAL, ("192.0.2.7", 1)),
        (LOCAL, ("::ffff:192.0.2.7", 1)),
        (LOCAL, ("testclient", 1)),
        (LOCAL, NOBODY),
        (LOCAL | {"x-forwarded-for": "127.0.0.1"}, ("127.0.0.1", 1)),
        (LOCAL | {"X-Forwarded-Proto": "https"}, ("127.0.0.1", 1)),
        (LOCAL | {"forwarded": "for=127.0.0.1"}, ("127.0.0.1", 1)),
        (LOCAL | {"x-real-ip": "127.0.0.1"}, ("127.0.0.1", 1)),
        (LOCAL | {"via": "1.1 proxy"}, ("127.0.0.1", 1)),
        ({"host": "dash.trust.example"}, ("127.0.0.1", 1)),
        ({"host": "127.0.0.1.evil.example"}, ("127.0.0.1", 1)),
        ({}, ("127.0.0.1", 1)),
    ],
)
def test_others_learn_one_word(headers: dict[str, str], client: object, home: Home) -> None:
    headers = {name.lower(): value for name, value in headers.items()}
    assert call(home, headers, client) == (200, {"status": "attention"})


@pytest.mark.parametrize(
    ("host", "client"), [("localhost", "127.0.0.1"), ("[::1]:8501", "::1"), ("127.0.0.2", "127.8.8.8")]
)
def test_every_name_of_this_machine_is_known(host: str, client: str, home: Home) -> None:
    assert "published" in call(home, {"host": host}, (client, 1))[1]


def test_it_needs_little_processor_time_after_the_first_time(sample: Home) -> None:
    app = Starlette(routes=[healthz(sample)])
    code, first = call(sample, app=app)
    again = call(sample, app=app)[1]
    del first["free_bytes"], again["free_bytes"]  # the disk is others' too
    assert (code, first) == (200, again)
    times = []
    for _ in range(15):
        begun = time.process_time()  # of processor time: what else runs on the machine is not ours to answer for
        assert call(sample, app=app)[1]["status"] == "ok"
        times.append(time.process_time() - begun)
    print(f"median {1000 * statistics.median(times):.1f} ms, longest {1000 * max(times):.1f} ms")
    assert statistics.median(times) < 0.05


def test_it_never_waits_for_a_load(well: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    acquire = FileLock.acquire

    def note(self: FileLock, timeout: float, **more: Any) -> Any:
        waited.append(timeout)
        return acquire(self, timeout, **more)

    with somebody_writes(well):
        monkeypatch.setattr(FileLock, "acquire", note)
        assert call(well)[1]["audit_head_holds"] is True  # as it was
        stored._RECORDED.clear()  # and as after a restart
        code, body = call(well)
    assert waited and set(waited) == {0}
    assert (code, body["status"], body["audit_head_holds"]) == (200, "ok", None)


def test_a_new_load_is_told_at_once(well: Home, load: Load) -> None:
    before = call(well)[1]["published"]
    load(well, HEAD + "2024-03,W01,falls_all,2\n", "older.csv")
    code, body = call(well)
    assert (code, body["status"]) == (200, "ok")
    assert body["published"] > before


def test_an_empty_home_has_no_figures_yet(tmp_path: Path) -> None:
    assert call(Home(tmp_path / "none"))[1]["attention"] == [health.NO_FIGURES]
    assert not (tmp_path / "none").exists()
    assert call(Home(tmp_path))[1]["status"] == "attention"


def test_the_sample_is_never_late_and_needs_no_backup(home: Home, load: Load) -> None:
    load(home, HEAD + "2024-03,W01,falls_all,2\n")
    assert attention(Home(home.root, is_sample=True)) == []
    assert attention(home) == [health.OVERDUE, health.NO_BACKUP]


# The faults of promise 38, each for real -----------------------------------------------------------------------------------


def test_published_figures_that_do_not_open(well: Home) -> None:
    pointer = json.loads(well.pointer.read_text())
    path = well.published / pointer["files"]["figures"]["name"]
    path.write_bytes(b"no database at all" * 1000)
    pointer["files"]["figures"]["sha256"] = sha256_of(path)  # as if it had been published so
    well.pointer.write_text(json.dumps(pointer))
    assert call(well)[0] == 503
    assert call(well, {})[1] == {"status": "unavailable"}


@pytest.mark.parametrize("damage", ["pointer is no JSON", "pointer is gone", "a measure is no TOML"])
def test_a_store_that_does_not_open(well: Home, damage: str) -> None:
    if damage == "pointer is no JSON":
        well.pointer.write_text("{ no pointer")
    elif damage == "pointer is gone":
        well.pointer.unlink()
    else:
        well.measures.mkdir()
        (well.measures / "own.toml").write_text("[")
    code, body = call(well)
    assert (code, body["status"], body["attention"][0]) == (503, "unavailable", health.DOES_NOT_OPEN)


def test_a_record_that_does_not_open_is_told_and_reading_goes_on(well: Home) -> None:
    content = bytearray(well.record.read_bytes())
    content[:8192] = b"\xff" * 8192
    well.record.write_bytes(content)
    code, body = call(well)
    assert (code, body["status"], body["attention"]) == (200, "attention", [health.RECORD])


@pytest.mark.parametrize("part", ["figures", "deaths"])
def test_a_published_file_that_is_not_what_the_pointer_says(well: Home, part: str) -> None:
    published = read_pointer(well)
    assert published is not None
    path: Path = getattr(published, part)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, body = call(well)
    assert (code, body["status"]) == (503, "unavailable")
    path.unlink()
    assert call(well)[0] == 503


def test_bytes_that_rot_without_a_date_are_found_within_a_minute(well: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    published = read_pointer(well)
    assert published is not None
    before = published.figures.stat()
    content = bytearray(published.figures.read_bytes())
    content[len(content) // 2] ^= 1
    with published.figures.open("r+b") as file:
        file.write(content)
    os.utime(published.figures, ns=(before.st_atime_ns, before.st_mtime_ns))
    later = time.monotonic() + stored.HASHED_AGAIN_AFTER
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert stored.HASHED_AGAIN_AFTER <= 60
    assert call(well)[0] == 503


CRASH = """
import os, sys
from pathlib import Path
from data.config import Home
from data.record import writing
with writing(Home(Path(sys.argv[1]))) as writer:
    writer.con.execute("create table record.left_over as select 1 as one")
    os._exit(9)
"""


def test_a_log_that_a_crash_left_beside_the_record(well: Home, load: Load) -> None:
    subprocess.run([sys.executable, "-c", CRASH, str(well.root)], cwd=PROJECT, check=False)
    log = well.root / "record.duckdb.wal"
    assert log.exists()
    code, body = call(well)
    assert (code, body["leftovers"], body["attention"]) == (200, [log.name], [health.LEFTOVERS])
    assert log.exists()  # looking changes nothing
    with somebody_writes(well):
        assert call(well)[1]["leftovers"] == []  # it is that writer's own
    load(well, HEAD + "2024-03,W01,falls_all,2\n", "older.csv")
    assert attention(well) == []


def test_a_file_half_written_is_left_over_once_it_is_old(well: Home) -> None:
    half = well.published / "figures-9.building"
    half.touch()
    assert attention(well) == []
    os.utime(half, (time.time() - 60,) * 2)
    assert call(well)[1]["leftovers"] == [half.name]


def test_no_backup_and_one_that_is_too_old(well: Home) -> None:
    for hours, expected in ((47, []), (49, [health.OLD_BACKUP])):
        made = condition.now() - timedelta(hours=hours)
        well.last_backup.write_text(json.dumps({"made_at": made.isoformat()}))
        assert attention(well) == expected
    assert call(well)[1]["last_backup_days"] == 2
    for content in ("", "[]", '{"made_at": 3}', '{"made_at": "yesterday"}'):
        well.last_backup.write_text(content)
        assert attention(well) == [health.NO_BACKUP]
    well.last_backup.unlink()
    assert attention(well) == [health.NO_BACKUP]


def test_a_backup_notes_its_time_and_nothing_else_and_is_no_part_of_one(well: Home, tmp_path: Path) -> None:
    assert set(json.loads(well.last_backup.read_text())) == {"made_at", "code_version"}
    made = back_up(well, tmp_path / "backups", "tester")  # the second one: there is a note to copy
    assert not list(made.rglob("last_backup*"))
    restored = Home(tmp_path / "restored")
    restore(made, restored, "tester")
    assert not restored.last_backup.exists()
    assert attention(restored) == [health.NO_BACKUP]


def test_a_disk_that_is_nearly_full(well: Home, tmp_path: Path) -> None:
    """The next load needs more than is free: the record is made as large as that, with a hole in it."""
    assert not condition.is_nearly_full(well)
    with well.record.open("r+b") as file:
        file.truncate(shutil.disk_usage(well.root).free // condition.TIMES_THE_RECORD + 100_000_000)
    assert health.DISK in attention(well)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Forty megabytes, where this account may mount them."""
    folder = tmp_path / "small"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=40m", "none", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted by this account")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_with_little_room(well: Home, small_disk: Path) -> None:
    shutil.copytree(well.root, small_disk / "store")
    code, body = call(Home(small_disk / "store"))
    assert (code, body["attention"]) == (200, [health.DISK])
    assert body["free_bytes"] < 40 * 1024**2


def test_figures_that_are_overdue(home: Home, load: Load, tmp_path: Path) -> None:
    load(home, HEAD + "2024-03,W01,falls_all,2\n", "old.csv")
    back_up(home, tmp_path / "backups", "tester")
    assert attention(home) == [health.OVERDUE]
    found = stored.shown(home)
    assert found is not None and found.newest_month == date(2024, 3, 1)
    assert found.next_due_on == date(2024, 5, 20)  # twenty days after April
    assert not condition.is_overdue(found, date(2024, 5, 20))
    assert condition.is_overdue(found, date(2024, 5, 21))


# More that goes wrong ---------------------------------------------------------------------------------------------------------


def test_an_audit_that_does_not_end_as_its_head_says(well: Home) -> None:
    digest, lines = well.audit_head.read_text().split()
    well.audit_head.write_text(f"{digest} {int(lines) + 1}\n")
    code, body = call(well)
    assert (code, body["audit_head_holds"], body["attention"]) == (200, False, [health.HEAD])


def test_a_load_that_was_never_published(well: Home, load: Load) -> None:
    pointer = well.pointer.read_bytes()
    load(well, HEAD + "2024-03,W01,falls_all,2\n", "more.csv")
    well.pointer.write_bytes(pointer)  # as after a crash between the two
    assert attention(well) == [health.BEHIND]


def test_a_clock_that_is_behind_the_newest_load(well: Home, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = audit.now() + timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr("data.audit.now", lambda: ahead)
        patch.setattr("data.ingest.intake.now", lambda: ahead)
        load(well, HEAD + "2024-03,W01,falls_all,2\n", "more.csv")
    assert attention(well) == [health.CLOCK]


def test_the_log_tells_once_and_the_answer_never_why(well: Home, caplog: pytest.LogCaptureFixture) -> None:
    pointer = well.pointer.read_bytes()
    app = Starlette(routes=[healthz(well)])
    well.pointer.write_text("{ no pointer")
    for _ in range(3):
        _, body = call(well, app=app)
        assert "pointer" not in json.dumps(body) and str(well.root) not in json.dumps(body)
    assert caplog.messages == ["The published figures do not open"]
    well.pointer.write_bytes(pointer)
    assert call(well, app=app)[1]["status"] == "ok"
    well.pointer.write_text("{ no pointer")
    call(well, app=app)
    assert len(caplog.messages) == 2
