"""The real server with a store of the benchmark's own, and Debian's Chromium to look at its pages."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PATIENCE, TRIES = 60_000, 12  # ms; how often a box is opened
# Everything of Streamlit's own that an empty page has too: it is served as ours is, from the same process.
EMPTY = """import streamlit as st
st.set_page_config(layout="wide")
st.title("Empty")
st.selectbox("Choose", ["a", "b"], key="choose")
"""


@contextmanager
def served(home: Path) -> Iterator[tuple[str, int]]:
    """The address of `dashboard.py --serve` showing the sample in a folder, and its process."""
    command = [sys.executable, "dashboard.py", "--serve", "--sample", "--port", "0"]
    with _started(command, {"ZERO_HARM_HOME": str(home)}) as address:
        yield address


@contextmanager
def served_empty(folder: Path) -> Iterator[str]:
    """The address of an empty Streamlit page."""
    script = folder / "empty.py"
    script.write_text(EMPTY, encoding="utf-8")
    options = (
        "--server.headless=true",
        "--server.port=0",
        "--server.address=127.0.0.1",
        "--browser.gatherUsageStats=false",
    )
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    with _started(command, {}) as (address, _):
        yield address


@contextmanager
def _started(command: list[str], also: dict[str, str]) -> Iterator[tuple[str, int]]:
    environment = {**os.environ, **also, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield found.group(), server.pid
                return
        raise RuntimeError(f"the server did not start: {' '.join(command)}")
    finally:
        server.terminate()
        server.wait(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("There is no Chromium on this machine; apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


# The page's own clock: from the beginning of the visit, or of the rerun, until nothing has changed for a while.
QUIET_MS = 400
WATCH = """([quiet, begun]) => new Promise(done => {
    let last = performance.now();
    const seen = new MutationObserver(() => { last = performance.now(); });
    seen.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
    const look = () => {
        const app = document.querySelector('[data-testid=stApp]');
        const running = document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
        const stands = app && app.dataset.testScriptState === 'notRunning' && !running && document.querySelector('h1');
        if (stands && performance.now() - last > quiet) {
            seen.disconnect();
            done(last - begun);
        } else setTimeout(look, 50);
    };
    look();
})"""


def load_ms(page: Page, address: str) -> float:
    """From the request until the page stands still, by the page's own clock."""
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector("h1", timeout=PATIENCE)
    return float(page.evaluate(WATCH, [QUIET_MS, 0]))


def rerun_ms(page: Page, box: str, option: int) -> float:
    """From choosing an option of a selectbox until the page stands still again."""
    for _ in range(TRIES):  # a page that is still settling shuts the list again
        page.get_by_role("combobox", name=box).first.click()
        try:
            page.get_by_role("option").nth(option).wait_for(timeout=PATIENCE / TRIES)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
    begun = page.evaluate("performance.now()")
    page.get_by_role("option").nth(option).click()
    return float(page.evaluate(WATCH, [QUIET_MS, begun]))
