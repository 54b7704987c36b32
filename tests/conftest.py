"""What the tests share: one sample trust made once, and homes that hold a small tree of units."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from data.access import Audience, Reader, Role
from data.catalogue import shipped_catalogue
from data.config import Home
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
def sample(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample trust, sixty months up to October 2026. Nobody may write to it."""
    home = Home(tmp_path_factory.mktemp("home") / "sample", is_sample=True)
    make_sample(home, until=UNTIL, say=lambda _: None)
    return home


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


Load = Callable[..., Receipt]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as a file into a home: `load(home, text, name="…", partial=…, covers=…)`."""

    def _load(
        home: Home, content: str | bytes, name: str = "extract.csv", *, partial: bool = False, **words: object
    ) -> Receipt:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        words.setdefault("today", TODAY)
        with intake(home, shipped_catalogue(), path, **words) as extract:  # type: ignore[arg-type]
            return extract.accept("tester", partial=partial)

    return _load


@pytest.fixture
def home(tmp_path: Path, load: Load) -> Home:
    """A home that knows a trust, two divisions and three wards, one of which has closed."""
    made = Home(tmp_path / "store")
    load(made, UNITS, "units.csv")
    return made


@pytest.fixture(scope="session")
def extracts() -> Path:
    """The folder of real extracts that ZERO_HARM_EXTRACTS names."""
    folder = os.environ.get("ZERO_HARM_EXTRACTS")
    if not folder:
        pytest.skip("ZERO_HARM_EXTRACTS names no folder of real extracts")
    path = Path(folder)
    assert path.is_dir(), f"ZERO_HARM_EXTRACTS names {folder}, which is no folder"
    return path
