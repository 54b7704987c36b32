"""The set-up itself: a real environment, filled by the real pip from a folder of wheels, so without a network."""

import hashlib
import io
import shutil
import socket
import subprocess
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from server import environment
from server.environment import UNFINISHED, Environment
from server.problems import Problem
from server.progress import Screen

Setup = tuple[Environment, Path]


@pytest.fixture(autouse=True)
def no_pip_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "ZERO_HARM_WHEELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


def make_wheel(folder: Path, name: str) -> str:
    """The smallest wheel that pip takes; its pinned line for requirements.txt."""
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "answer = 42\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]))
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def project_at(root: Path) -> Setup:
    """A project whose requirements.txt names one package, and the folder with its wheel."""
    wheels = root / "some wheels"
    wheels.mkdir(parents=True)
    env = Environment(root)
    env.requirements.write_text(make_wheel(wheels, "zhone"))
    return env, wheels


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """A project that was set up once; each test leaves it set up."""
    env, wheels = project_at(tmp_path_factory.mktemp("a project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZERO_HARM_WHEELS", str(wheels))
        environment.ensure(env, Screen(io.StringIO()))
    yield env, wheels


def ensure(env: Environment) -> str:
    """Set up, and give what was said."""
    said = io.StringIO()
    environment.ensure(env, Screen(said))
    return said.getvalue()


def answer(env: Environment) -> str:
    return subprocess.run(
        [env.python, "-c", "import zhone; print(zhone.answer)"], capture_output=True, text=True
    ).stdout


def test_ensure_does_nothing_the_second_time(made: Setup) -> None:
    env, _ = made
    before = env.stamp.stat().st_mtime_ns
    assert ensure(env) == ""
    assert env.stamp.stat().st_mtime_ns == before
    assert answer(env) == "42\n"


@pytest.mark.parametrize("damage", ["interrupted", "no interpreter"])
def test_ensure_makes_a_damaged_environment_anew(made: Setup, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    env, wheels = made
    monkeypatch.setenv("ZERO_HARM_WHEELS", str(wheels))
    rubbish = env.venv / "half a package"
    rubbish.touch()
    if damage == "interrupted":
        env.stamp.write_text(UNFINISHED)
    else:
        env.python.unlink()
    assert "making it anew" in ensure(env)
    assert not rubbish.exists()
    assert answer(env) == "42\n"
    assert ensure(env) == ""


def test_ensure_installs_in_place_when_requirements_change(made: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    env, wheels = made
    monkeypatch.setenv("ZERO_HARM_WHEELS", str(wheels))
    kept = env.venv / "kept"
    kept.touch()
    env.requirements.write_text(env.requirements.read_text() + make_wheel(wheels, "zhtwo"))
    said = ensure(env)
    assert "Installing the packages" in said
    assert "anew" not in said
    assert kept.exists()
    assert subprocess.run([env.python, "-c", "import zhone, zhtwo"]).returncode == 0


def test_ensure_installs_where_another_tool_made_the_environment(made: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    env, wheels = made
    monkeypatch.setenv("ZERO_HARM_WHEELS", str(wheels))
    env.stamp.unlink()
    assert "anew" not in ensure(env)
    assert ensure(env) == ""


def failing(env: Environment, requirement: str) -> str:
    """The sentence when requirements.txt also names this; the project is as before afterwards."""
    before, stamp = env.requirements.read_text(), env.stamp.read_text()
    env.requirements.write_text(before + requirement)
    try:
        with pytest.raises(Problem) as caught:
            ensure(env)
        assert env.stamp.read_text() == UNFINISHED
    finally:
        env.requirements.write_text(before)
        env.stamp.write_text(stamp)
    return str(caught.value)


def test_ensure_tells_which_wheel_is_missing(made: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    env, wheels = made
    monkeypatch.setenv("ZERO_HARM_WHEELS", str(wheels))
    assert "has no zhthree for this machine" in failing(env, f"zhthree==1.0 --hash=sha256:{'0' * 64}\n")
    assert "zhthree" in env.log.read_text()


def test_ensure_tells_a_wrong_hash(made: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    env, wheels = made
    monkeypatch.setenv("ZERO_HARM_WHEELS", str(wheels))
    make_wheel(wheels, "zhfour")
    assert "not the one that requirements.txt names" in failing(env, f"zhfour==1.0 --hash=sha256:{'0' * 64}\n")


def test_ensure_tells_that_the_index_cannot_be_reached(made: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    env, _ = made
    with socket.socket() as closed:  # bound and not listening: connections to it are refused
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{closed.getsockname()[1]}/simple")
        monkeypatch.setenv("PIP_RETRIES", "0")
        sentence = failing(env, f"zhfive==1.0 --hash=sha256:{'0' * 64}\n")
    assert "cannot be fetched: check the network" in sentence
    assert "ZERO_HARM_WHEELS" in sentence


def test_download_fills_the_folder(made: Setup, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env, wheels = made
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", wheels.as_uri())
    pins = len(env.requirements.read_text().splitlines())
    assert environment.download(env, tmp_path / "for another machine", Screen(io.StringIO())) == pins
    assert {path.name for path in (tmp_path / "for another machine").iterdir()} <= {p.name for p in wheels.iterdir()}


def test_a_wheels_folder_without_wheels_is_told(made: Setup, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env, _ = made
    monkeypatch.setenv("ZERO_HARM_WHEELS", str(tmp_path))
    assert "has no wheels" in failing(env, "# changed\n")


def test_requirements_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"requirements\.txt is missing"):
        ensure(Environment(tmp_path))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_venv_module_missing_is_told(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env, _ = project_at(tmp_path)
    real = environment.importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else real(name))
    with pytest.raises(Problem, match="apt install python3-venv"):
        ensure(env)
    assert not env.venv.exists()


def test_too_little_space_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env, _ = project_at(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_100_000_000))
    with pytest.raises(Problem, match=r"1\.2 GB free"):
        ensure(env)
    assert not env.venv.exists()


def test_read_only_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env, _ = project_at(tmp_path)

    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(Problem, match="no permission to write"):
        ensure(env)


def test_disk_full_while_the_environment_is_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env, _ = project_at(tmp_path)

    def fail(self: object, folder: Path) -> None:
        raise subprocess.CalledProcessError(1, ["ensurepip"], output=b"OSError: [Errno 28] No space left on device")

    monkeypatch.setattr(venv.EnvBuilder, "create", fail)
    with pytest.raises(Problem, match="The disk is full"):
        ensure(env)
    assert env.stamp.read_text() == UNFINISHED  # the next run begins again
