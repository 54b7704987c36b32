"""What the set-up says while pip works."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.progress import Screen, Watch, count_installed, count_requirements, run_pip

PIP_SAYS = [
    "Looking in indexes: somewhere",
    "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
    "Collecting pandas-stubs==3.1.0 (from -r requirements.txt (line 4))",
    "  Downloading pandas_stubs-3.1.0-py3-none-any.whl (10.9 MB)",
    "Processing ./wheels/python_calamine-0.9.1-cp311-abi3-linux.whl (from -r requirements.txt (line 9))",
    "Requirement already satisfied: six==1.17.0 in ./lib (from -r requirements.txt (line 12)) (1.17.0)",
    "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken",
    "Installing collected packages: six, python-calamine, pandas-stubs",
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_watch_counts_from_pips_own_lines() -> None:
    watch = Watch(total=4)
    said = []
    for line in PIP_SAYS:
        watch.read(line + "\n")
        said.append(watch.now(0))
    assert said == [
        "Asking the package index",
        "Asking the package index",
        "Fetching 1 of 3: pandas-stubs",
        "Fetching 1 of 3: pandas-stubs (10.9 MB)",
        "Fetching 2 of 3: python_calamine",
        "Fetching 3 of 3: six",
        "The package index does not answer; trying again",
        "Installing 1 of 3: six",
    ]
    assert watch.now(1) == "Installing 2 of 3: python-calamine"
    assert watch.now(3) == "Installing 3 of 3: pandas-stubs"  # all done, and pip not yet ended


def test_count_requirements_counts_pins_not_hashes(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# six==1\nsix==1.17.0 \\\n    --hash=sha256:00==\nnumpy==2 ; python_version < '3.12'\n")
    assert count_requirements(file) == 2


def test_count_installed_ignores_what_was_there_before(tmp_path: Path) -> None:
    for name, age in (("old-1", 100), ("new-1", 0), ("begun-1", None)):
        info = tmp_path / "lib/python3.11/site-packages" / f"{name}.dist-info"
        info.mkdir(parents=True)
        if age is not None:
            (info / "RECORD").touch()
            os.utime(info / "RECORD", (1000 - age, 1000 - age))
    assert count_installed(tmp_path, since=950) == 1


def test_screen_rewrites_one_line_on_a_terminal() -> None:
    stream = Terminal()
    screen = Screen(stream, clock=lambda: 0.0)
    screen.update("Fetching 1 of 2: a")
    screen.update("Fetching 2 of 2: b")
    screen.say("Done.")
    blank = "\r" + " " * 18 + "\r"
    assert stream.getvalue() == f"Fetching 1 of 2: a{blank}Fetching 2 of 2: b{blank}Done.\n"


def test_screen_prints_plain_lines_apart_and_shows_that_it_lives() -> None:
    moments = [
        (0.5, "a"),
        (1.0, "b"),
        (2.0, "c"),
        (3.9, "d"),
        (4.0, "e"),
        (5.0, "f"),
        (6.0, "f"),
        (15.9, "f"),
        (16, "f"),
    ]
    times = iter([0.0])  # the start; `say` asks the time once more than `update`
    stream = io.StringIO()
    screen = Screen(stream, clock=lambda: next(times))
    for moment, text in moments:
        times = iter([moment, moment])
        screen.update(text)
    assert stream.getvalue() == "c\ne\nf (1 s)\nf (11 s)\n"


def test_run_pip_gives_code_and_output() -> None:
    stream = io.StringIO()
    words = [
        sys.executable,
        "-c",
        "import sys; print('Collecting six==1 (from x)'); print('late', file=sys.stderr); exit(3)",
    ]
    watch = Watch(1)
    code, output = run_pip(words, os.environ, watch, Screen(stream), lambda: 0)
    assert (code, watch.seen) == (3, {"six"})
    assert "late" in output


def test_run_pip_speaks_in_a_silence() -> None:
    class Always(Screen):
        said = 0

        def update(self, text: str) -> None:
            self.said += 1

    screen = Always(io.StringIO())
    run_pip([sys.executable, "-c", "import time; time.sleep(1.7)"], os.environ, Watch(1), screen, lambda: 0)
    assert screen.said >= 2


def test_run_pip_stops_pip_on_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []
    real = subprocess.Popen

    def remember(*args: object, **kwargs: object) -> subprocess.Popen[str]:
        started.append(real(*args, **kwargs))  # type: ignore[call-overload]
        return started[0]

    def interrupt() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", remember)
    words = [sys.executable, "-uc", "import time; print('Installing collected packages: six'); time.sleep(60)"]
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_pip(words, os.environ, Watch(1), Screen(io.StringIO()), interrupt)
    assert started[0].poll() is not None
    assert time.monotonic() - before < 30
