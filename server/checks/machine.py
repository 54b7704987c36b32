"""The machine: Python and its packages, the folder and who may read it, the disk."""

import os
import platform
import stat
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from streamlit import config

from data.config import PROJECT, Home
from server import condition
from server.checks.finding import Finding, bad, look, ok
from server.environment import Environment

OTHERS, GROUP = stat.S_IRWXO, stat.S_IRWXG


def python(_: Home) -> Finding:
    """The dashboard's own Python runs this."""
    found = f"Python {platform.python_version()}"
    if Path(sys.prefix).resolve() != Environment(PROJECT).venv.resolve():
        return look(f"{found} in {sys.prefix}, not the dashboard's own.", "Start it with `python3 dashboard.py`.")
    return ok(f"{found} in .venv.")


def packages(_: Home) -> Finding:
    """Every package is the version that requirements.txt names for this machine."""
    pinned = _pinned(PROJECT / "requirements.txt")
    wrong = [f"{name} {_installed(name) or 'missing'}" for name, wanted in pinned.items() if _installed(name) != wanted]
    if not wrong:
        return ok(f"{len(pinned)} packages are as requirements.txt pins them.")
    named = ", ".join(wrong[:5]) + (" and others" if len(wrong) > 5 else "")
    return bad(
        f"{len(wrong)} of {len(pinned)} packages are not as requirements.txt pins them: {named}.",
        "Remove the folder .venv and start `python3 dashboard.py`: it is made anew.",
    )


def _pinned(requirements: Path) -> dict[str, str]:
    text = requirements.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(" --hash")[0].strip() for line in text.splitlines()]
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {r.name: str(r.specifier).removeprefix("==") for r in wanted if r.marker is None or r.marker.evaluate()}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def folder(home: Home) -> Finding:
    """The folder is there and can be written."""
    if not home.root.is_dir():
        return look(f"The folder {home.root} is not there yet.", "Nothing: the first load makes it.")
    try:
        with tempfile.TemporaryFile(dir=home.root):
            return ok(f"The folder {home.root} can be written.")
    except OSError as error:
        return bad(
            f"The folder {home.root} cannot be written ({error.strerror}).",
            "Permit the account that runs the dashboard to write there, or name another folder in ZERO_HARM_HOME.",
        )


def modes(home: Home) -> Finding:
    """Nobody else on this machine reads the store or the secrets of the sign-in."""
    if os.name != "posix":
        return look(
            "Who may read the folder is not looked at on this system.",
            f"See that only the account that runs the dashboard may open {home.root}.",
        )
    secrets = [Path(path) for path in config.get_option("secrets.files")]  # its group may be that of the service
    files = [home.record, home.reference_key, *home.published.glob("deaths-*.duckdb")]
    kept = [] if home.is_sample else [home.root, *([] if _is_closed(home.root) else files)]
    to_all = [path for path in (*kept, *secrets) if path.exists() and path.stat().st_mode & OTHERS]
    to_group = [path for path in kept if path.exists() and path.stat().st_mode & GROUP]
    if to_all:
        return bad(f"Anybody with an account on this machine may open {_names(to_all)}.", _close(to_all[0]))
    if to_group:
        return look(f"The group of {_names(to_group)} may open it.", f"Where that is not meant: {_close(to_group[0])}")
    return ok("Nobody else on this machine may read what is kept.")


def _is_closed(folder: Path) -> bool:
    """Nobody else gets as far as the files in it."""
    return folder.is_dir() and not folder.stat().st_mode & (OTHERS | GROUP)


def _close(path: Path) -> str:
    return f"Run `chmod -R go-rwx {path}`."


def _names(paths: list[Path]) -> str:
    return f"{paths[0]}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")


def disk(home: Home) -> Finding:
    """There is room for the next loads."""
    at = next(path for path in (home.root, *home.root.parents) if path.is_dir())
    free = f"{condition.free_bytes(Home(at)) / 1e9:.1f} GB are free in {at}"
    if condition.is_nearly_full(Home(at) if at != home.root else home):
        return bad(f"The disk is nearly full: {free}.", "Make room: a load that finds none is refused.")
    return ok(f"{free}.")
