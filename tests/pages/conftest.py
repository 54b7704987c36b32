"""A page of the dashboard as AppTest runs it: on the sample, or on a home without figures."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from data import store
from data.access import Reader
from data.config import PROJECT, Home
from data.store import Store
from pages.shared import context
from pages.shared.analysis import Analysis, analyse
from tests.conftest import TODAY

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True, scope="session")
def scanned_once() -> Iterator[None]:
    """Each AppTest is a Streamlit of its own, and each would read the metadata of all installed packages for components."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands still, and a test that writes leaves nothing in the caches."""
    monkeypatch.setattr(context, "today", lambda: NOW)
    monkeypatch.delenv("ZERO_HARM_ALLOW_UNSIGNED", raising=False)
    monkeypatch.setitem(
        sys.modules, "server.serve", ModuleType("server.serve")
    )  # as in our server, not `streamlit run`
    yield
    for key in list(st.session_state):  # of code that ran without a page
        del st.session_state[key]
    if len(store._PANELS) > 1:  # more than the sample that nobody writes to
        st.cache_resource.clear()
        st.cache_data.clear()
        store._PANELS.clear()


@pytest.fixture
def shown(sample: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The dashboard shows the sample of the session, which is only read."""
    monkeypatch.setenv("ZERO_HARM_HOME", str(sample.root.parent))
    monkeypatch.setenv("ZERO_HARM_SHOW", "sample")
    return sample


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The dashboard shows a sample home into which nothing has been loaded."""
    monkeypatch.setenv("ZERO_HARM_HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("ZERO_HARM_SHOW", "sample")
    return Home(tmp_path / "empty" / "sample", is_sample=True)


@pytest.fixture
def open_page() -> Open:
    """Open a page by its address: `open_page("ward", unit="W10", role="qi_lead")`; it fails on an exception."""

    def _open(page: str, *, role: str = "board_member", audience: str = "working", **address: str) -> AppTest:
        at = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=60)
        at.query_params["as"], at.query_params["audience"] = role, audience
        at.query_params["figures"] = address.pop("figures", "latest")  # a board member opens on the signed-off ones
        for name, value in address.items():
            at.query_params[name] = value
        if (
            page != "goals"
        ):  # the others have the name of their file in the address, so that no first run has to tell it
            at.switch_page(f"pages/{page}.py")
        at.run()
        assert not at.exception, at.exception
        return at

    return _open


@pytest.fixture(scope="session")
def analysis(sample_store: Store, everyone: Reader) -> Analysis:
    return analyse(sample_store, everyone)
