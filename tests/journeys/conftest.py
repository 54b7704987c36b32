"""The real server on a copy of the sample, and a real browser."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from data.config import Home

PATIENCE = 30_000  # ms
# Streamlit looks for its own addresses below the page's before it finds them above.
PROBE = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, closed with its event loop before other tests want one.

    Without one these tests are skipped, unless ZERO_HARM_REQUIRE_BROWSER says that they may not be.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        assert os.environ.get("ZERO_HARM_REQUIRE_BROWSER") != "1", (
            "ZERO_HARM_REQUIRE_BROWSER is 1 and there is no chromium"
        )
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(sample: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the real server answers: `python dashboard.py --serve`, with a copy of the sample trust to write to."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(sample.root, folder / "sample")
    server = subprocess.Popen(
        [sys.executable, "dashboard.py", "--serve", "--sample", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "ZERO_HARM_HOME": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    told = ""
    for line in server.stdout:
        told += line
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            yield found.group()
            break
    else:
        pytest.fail(f"the server did not start: {told}")
    server.terminate()
    server.wait(timeout=20)
    server.stdout.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1400 px; an error in its console, or a request to anybody else, fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 1500}, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    page, wrong = context.new_page(), []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBE.search(message.location.get("url", "")):
            wrong.append(message.text)

    def request(asked: Request) -> None:
        url = urlsplit(asked.url)
        if url.scheme not in ("data", "blob") and url.hostname != "127.0.0.1":
            wrong.append(f"asked {url.hostname}")

    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", request)
    yield page
    context.close()
    assert wrong == []


def settled(page: Page) -> None:
    """The page stands: its script has run and nothing is left of the one before."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE)
