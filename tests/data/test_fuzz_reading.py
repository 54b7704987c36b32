"""Damaged files of every format: each is read or refused, never another error and never without end.

One process reads many, which a real child never does: what ends it would have ended one child, and counts as handled.
100 files of each format, 10,000 with ZERO_HARM_SLOW=1; ZERO_HARM_SEED says which.
"""

import io
import json
import os
import random
import selectors
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.made_files import TABLE, csv_text, merged, ods, xls, xlsx, zipped

FILES = 10_000 if os.environ.get("ZERO_HARM_SLOW") == "1" else 100
SEED = int(os.environ.get("ZERO_HARM_SEED", "20261122"))
MOST_SECONDS = 10
ROOT = Path(__file__).resolve().parents[2]

# `perform` is all that a child does. It is called many times over.
WORKER = """
import json, resource, shutil, sys
from pathlib import Path
from data.ingest.child import perform
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
for line in sys.stdin:
    job = json.loads(line)
    try:
        said = perform(job)
        kind = "read" if "answer" in said else "refused" if "refused" in said else f"system {said}"
        if kind == "refused" and (not said["refused"].endswith(".") or "\\n" in said["refused"]):
            kind = f"badly worded: {said['refused']!r}"
    except BaseException as error:
        kind = f"{type(error).__module__}.{type(error).__name__}: {str(error)[:200]!r}"
    for one in Path(job["folder"]).iterdir():
        one.unlink()
    print(json.dumps(kind), flush=True)
"""


def parquet() -> bytes:
    out = io.BytesIO()
    columns = {name: [str(row[i]) for row in TABLE[1:]] for i, name in enumerate(TABLE[0])}
    pq.write_table(pa.table({**columns, "rate": [0.5] * 6}), out)
    return out.getvalue()


# Workbooks are packed without compression, or nearly every damage would end at a checksum.
SEEDS = {
    "utf-8.csv": (csv_text() + '2026-07,"W,01",falls_all,é\n').encode(),
    "utf-16.csv": csv_text().encode("utf-16"),
    "book.xlsx": xlsx([*TABLE, ["Total", ("", "<f>SUM(1)</f>"), ('t="e"', "<v>#N/A</v>")]], tail=merged("A2:A3")),
    "book.xls": xls(),
    "book.ods": ods([*TABLE, [("table:number-rows-spanned='2'", "<text:p>x</text:p>"), 1]]),
    "table.parquet": parquet(),
    "several.zip": zipped({"a.csv": csv_text(), "b.csv": csv_text()}),
}
TOKENS = [
    b"\x00",
    b"\xff\xff\xff\xff",
    b'"',
    b"\n",
    b"\r",
    b",",
    b"<",
    b"&",
    b"PK\x03\x04",
    b"\x7f\xff",
    b"9999999",
    b"-1",
]


def damaged(content: bytes, dice: random.Random) -> bytes:
    """A file with one to eight damages: bytes changed, cut out, put in, doubled, or its end cut off."""
    made = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(made) + 1)
        length = min(dice.choice([1, 1, 2, 4, 16, 200]), len(made) - at)
        match dice.randrange(6):
            case 0:
                made[at : at + length] = dice.randbytes(length)
            case 1 if at < len(made):
                made[at] ^= 1 << dice.randrange(8)
            case 2:
                del made[at : at + length]
            case 3:
                made[at:at] = dice.choice(TOKENS)
            case 4:
                made[at:at] = made[at : at + length]
            case _ if dice.random() < 0.2:
                del made[at:]
    return bytes(made)


def repacked(content: bytes, dice: random.Random) -> bytes:
    """A ZIP whose parts are damaged and whose checksums are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice([name for name in parts if name.endswith((".xml", ".csv"))])
    return zipped({**parts, name: damaged(parts[name], dice)}, packed=dice.random() < 0.5)


@contextmanager
def worker() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin and process.stdout
        process.stdin.close()
        process.stdout.close()


def ask(process: "subprocess.Popen[str]", job: dict[str, object]) -> str:
    """What the worker says of a job; 'ended' where the reader took it down."""
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(job) + "\n")
    process.stdin.flush()
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        assert waiting.select(MOST_SECONDS), "a reading that does not end"
    line = process.stdout.readline()
    return json.loads(line) if line else "ended"


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    memory = Path("/dev/shm")
    folder = (memory if memory.is_dir() else tmp_path) / f"zero-harm-fuzz-{os.getpid()}-{name}"
    folder.mkdir()
    path = tmp_path / "damaged"
    counts: dict[str, int] = {}
    done = 0
    choice = {"encoding": None, "separator": None, "sheet": None, "header_row": None, "keep": None}
    try:
        while done < FILES:
            with worker() as process:
                said = ""
                while done < FILES and said != "ended":
                    dice = random.Random(f"{SEED} {name} {done}")
                    is_zip = SEEDS[name][:2] == b"PK"
                    content = (repacked if is_zip and dice.random() < 0.7 else damaged)(SEEDS[name], dice)
                    path.write_bytes(content)
                    job = {"task": "unpack" if name.endswith(".zip") else "read", "path": str(path), "shown": name}
                    said = ask(
                        process, job | {"folder": str(folder), "file": str(folder / f"{done}.duckdb"), "choice": choice}
                    )
                    assert said in ("read", "refused", "ended"), f"file {done} of {name}: {said}"
                    counts[said] = counts.get(said, 0) + 1
                    done += 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{name:14} {counts}")
    assert counts.get("refused") and sum(counts.values()) == FILES
    assert counts.get("ended", 0) < FILES / 10
