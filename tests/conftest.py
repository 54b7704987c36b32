"""What the tests share: one sample trust made once, and homes that hold a small tree of units."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.access import Audience, Reader, Role, shipped_policy
from data.access.policy import as_text
from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest import child, reading
from data.ingest.answers import Choice, UnreadableFile
from data.ingest.intake import Receipt, intake
from data.store import Store
from data.synthetic import make_sample

UNTIL = date(2026, 10, 1)
TODAY = date(2026, 11, 22)

UNITS = """code,name,level,parent,valid_from,peer_group,beds,valid_to,follows
TRUST,Our trust,trust,,2024-01-01,,,,
LOCAL,Local division,division,TRUST,2024-01-01,,,,
SECURE,Secure division,division,TRUST,2024-01-01,,,,
W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,,
W02,Oak ward,ward,LOCAL,2024-01-01,acute,16,,
W03,Elm ward,ward,SECURE,2024-01-01,secure,12,2025-06-30,
"""


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The sample trust, sixty months up to October 2026. Nobody may write to it, and at the end it is asked whether anybody did."""
    home = Home(tmp_path_factory.mktemp("home") / "sample", is_sample=True)
    make_sample(home, until=UNTIL, say=lambda _: None)
    made = _files(home)
    yield home
    assert _files(home) == made, "a test has written to the sample of all; sample_copy is there for that"


def _files(home: Home) -> dict[Path, tuple[int, int]]:
    """Each file of a home with its size and when it was written; the lock is opened by readers too."""
    found = {path: path.stat() for path in home.root.rglob("*") if path.is_file() and path != home.lock}
    return {path: (each.st_size, each.st_mtime_ns) for path, each in found.items()}


@pytest.fixture
def sample_copy(sample: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the sample trust to write to, in the place where the dashboard looks for it."""
    shutil.copytree(sample.root, tmp_path / "home" / "sample")
    monkeypatch.setenv("ZERO_HARM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZERO_HARM_SHOW", "sample")
    return Home(tmp_path / "home" / "sample", is_sample=True)


@pytest.fixture(scope="session")
def everyone() -> Reader:
    """Who works here and may see the whole trust."""
    return Reader(Role.QI_LEAD, Audience.WORKING)


@pytest.fixture(scope="session")
def sample_store(sample: Home) -> Store:
    store = Store.open(sample)
    assert store is not None
    return store


IN_A_CHILD = ("test_reading", "test_hostile_files", "test_fuzz_reading", "test_crash")


@pytest.fixture(autouse=True, scope="session")
def read_here() -> Iterator[None]:
    """Read files in this process: a thousand small ones would each wait for a child to start, which costs half a second.

    What the child is asked and answers goes through JSON all the same; `in_a_child` gives the tests of the child itself back.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_ask_child", _ask_here)
        yield


@pytest.fixture(autouse=True)
def in_a_child(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child process itself, for the tests that are about it."""
    if request.module.__name__.rpartition(".")[2] in IN_A_CHILD:
        monkeypatch.setattr(reading, "_ask_child", ASK_CHILD)


ASK_CHILD = reading._ask_child


def _ask_here(task: str, path: Path, shown: str, folder: Path, **words: object) -> Any:
    job = {"task": task, "path": str(path.resolve()), "shown": shown, "folder": str(folder.resolve()), **words}
    said = json.loads(json.dumps(child.perform(json.loads(json.dumps(job)))))
    if "refused" in said:
        raise UnreadableFile(said["refused"])
    if "system" in said:
        raise OSError(*said["system"])
    return said["answer"]


Load = Callable[..., Receipt]


def approve_policy(home: Home) -> None:
    """The shipped policy with somebody's name to it, without which no real figures are shown."""
    home.policy.write_text(as_text(shipped_policy(), "Dr Example, Caldicott guardian", TODAY), encoding="utf-8")


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as a file into a home: `load(home, text, name="…", partial=…, covers=…)`."""

    def _load(
        home: Home, content: str | bytes, name: str = "extract.csv", *, partial: bool = False, **words: object
    ) -> Receipt:
        return _loaded(tmp_path / name, home, content, partial=partial, **words)

    return _load


def _loaded(path: Path, home: Home, content: str | bytes, *, partial: bool = False, **words: object) -> Receipt:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    words.setdefault("today", TODAY)
    encoding = words.pop("encoding", None)
    if encoding:
        words["choice"] = Choice(encoding=str(encoding))
    with intake(home, shipped_catalogue(), path, **words) as extract:  # type: ignore[arg-type]
        return extract.accept("tester", partial=partial)


@pytest.fixture(scope="session")
def small_trust(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a home that has loaded its units and nothing else: to be copied, and never written to."""
    folder = tmp_path_factory.mktemp("small trust")
    made = Home(folder / "store")
    _loaded(folder / "units.csv", made, UNITS)
    before = _files(made)
    yield folder
    assert _files(made) == before


@pytest.fixture
def home(tmp_path: Path, small_trust: Path) -> Home:
    """A home that knows a trust, two divisions and three wards, one of which has closed."""
    shutil.copytree(small_trust, tmp_path, dirs_exist_ok=True)
    return Home(tmp_path / "store")


@pytest.fixture(scope="session")
def extracts() -> Path:
    """The folder of real extracts that ZERO_HARM_EXTRACTS names."""
    folder = os.environ.get("ZERO_HARM_EXTRACTS")
    if not folder:
        pytest.skip("ZERO_HARM_EXTRACTS names no folder of real extracts")
    path = Path(folder)
    assert path.is_dir(), f"ZERO_HARM_EXTRACTS names {folder}, which is no folder"
    return path
