"""The dashboard's own Python in `.venv`: made, filled from requirements.txt, and known to be complete by a stamp.

The stamp says for which requirements.txt and which Python `.venv` was filled. It says UNFINISHED while that goes on, so
that an interrupted set-up is made anew by the next run. Standard library only.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

from server import problems
from server.problems import Problem
from server.progress import Screen, Watch, count_installed, count_requirements, run_pip

UNFINISHED = "unfinished"
# Fails where pip is missing, or where `.venv` was made by a Python that is too old.
_PROBE = "import pip, sys; assert sys.version_info >= (3, 11); print(sys.version)"
_PIP_OPTIONS = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
_PINNED = ["--require-hashes", "--only-binary", ":all:"]


@dataclass(frozen=True)
class Environment:
    """Where the parts are, for the copy of the project at `root`."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        return self.venv / "zero-harm.stamp"

    @property
    def log(self) -> Path:
        """What pip said when it failed last."""
        return self.venv / "pip.log"

    @property
    def requirements(self) -> Path:
        return self.root / "requirements.txt"


def python_version(env: Environment) -> str:
    """The version of `.venv`'s Python; '' when it is missing, broken, too old or without pip."""
    try:
        answer = subprocess.run([env.python, "-I", "-c", _PROBE], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(answer.stdout.split())


def wanted_stamp(env: Environment) -> str:
    """What the stamp says when `.venv` fits: the hash of requirements.txt, and the Python that is in there now."""
    return f"{hashlib.sha256(env.requirements.read_bytes()).hexdigest()} {python_version(env)}"


def read_stamp(env: Environment) -> str:
    """What the stamp says; '' without one (another tool made this `.venv`, or nobody did)."""
    try:
        return env.stamp.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def ensure(env: Environment, screen: Screen) -> None:
    """Make `.venv` complete. With a stamp that fits this costs one start of Python."""
    if not env.requirements.is_file():
        raise Problem(f"requirements.txt is missing in {env.root}: get the whole project, not only some of its files.")
    stamp = read_stamp(env)
    if stamp and stamp == wanted_stamp(env):
        return
    started = time.monotonic()
    try:
        ensure_pip(env, screen)
        _install(env, screen)
    except OSError as error:
        raise problems.of_os_error(error, env.root) from error
    screen.say(f"Set up in {time.monotonic() - started:.0f} s.")


def ensure_pip(env: Environment, screen: Screen) -> None:
    """Make `.venv` with nothing but pip in it, unless there is a sound one."""
    if read_stamp(env) == UNFINISHED or not python_version(env):
        _make(env, screen)


def _make(env: Environment, screen: Screen) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Problem(problems.NO_VENV)
    if env.venv.is_dir():
        screen.say("The environment in .venv is not complete: making it anew.")
        shutil.rmtree(env.venv)
    if shutil.disk_usage(env.root).free < problems.NEEDED_BYTES:
        raise problems.disk_full(env.root)
    screen.say(f"Making an environment in .venv with Python {sys.version.split()[0]} (once).")
    env.venv.mkdir()
    env.stamp.write_text(UNFINISHED, encoding="utf-8")
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(env.venv)
    except subprocess.CalledProcessError as error:
        output = error.output or b""
        raise problems.of_pip(
            output if isinstance(output, str) else output.decode(errors="replace"), env.root
        ) from error
    env.stamp.unlink()


def _install(env: Environment, screen: Screen) -> None:
    wheels = os.environ.get("ZERO_HARM_WHEELS", "")
    screen.say(f"Installing the packages of requirements.txt{f' from {wheels}' if wheels else ''} (once).")
    env.stamp.write_text(UNFINISHED, encoding="utf-8")
    # Modules are compiled when first imported: compiling all of them here would take half the time and 190 MB.
    _pip(env, screen, _source(wheels), ["install", "--no-compile", *_PINNED, "-r", str(env.requirements)])
    env.stamp.write_text(wanted_stamp(env), encoding="utf-8")


def download(env: Environment, folder: Path, screen: Screen) -> int:
    """Fetch every wheel for this kind of machine into `folder`; how many it holds then."""
    try:
        ensure_pip(env, screen)
        folder.mkdir(parents=True, exist_ok=True)
        screen.say(f"Downloading the packages of requirements.txt into {folder}.")
        _pip(env, screen, _source(""), ["download", *_PINNED, "-r", str(env.requirements), "-d", str(folder)])
    except OSError as error:
        raise problems.of_os_error(error, folder) from error
    return len(list(folder.glob("*.whl")))


def _source(wheels: str) -> list[str]:
    """Pip's words for where packages come from. From a folder, it may not look at anything else, settings included."""
    if not wheels:
        return []
    folder = Path(wheels).expanduser().resolve()
    if not any(folder.glob("*.whl")):
        raise Problem(
            f"ZERO_HARM_WHEELS names {wheels}, which has no wheels: make them with `python3 dashboard.py wheels`."
        )
    return ["--isolated", "--no-index", "--find-links", str(folder)]


def _pip(env: Environment, screen: Screen, source: list[str], words: list[str]) -> None:
    started = time.time() - 1
    command = [str(env.python), "-I", "-u", "-m", "pip", words[0], *source, *_PIP_OPTIONS, *words[1:]]
    code, output = run_pip(
        command,
        os.environ | {"PIP_USER": "0"},  # a person's `user = true` would be refused in an environment
        Watch(count_requirements(env.requirements)),
        screen,
        lambda: count_installed(env.venv, started),
    )
    if code:
        with contextlib.suppress(OSError):  # the disk may be what failed
            env.log.write_text(output, encoding="utf-8")
        raise problems.of_pip(output, env.root, os.environ.get("ZERO_HARM_WHEELS", "") if source else "")
