"""`python3 dashboard.py` on a bare Python: what it may import, what it says, what it hands over to."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.config import PROJECT
from server import bootstrap, environment

DASHBOARD = PROJECT / "dashboard.py"
BEFORE_PACKAGES = [
    DASHBOARD,
    *(
        PROJECT / "server" / f"{name}.py"
        for name in ("__init__", "arguments", "bootstrap", "environment", "ports", "problems", "progress")
    ),
]
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DASHBOARD), *words]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environ, timeout=120)


def test_import_needs_the_standard_library_only() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import server.bootstrap; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, PROJECT], capture_output=True, text=True, check=True
    )
    names = {name.split(".")[0] for name in answer.stdout.split()}
    assert "server" in names
    assert names - sys.stdlib_module_names - {"__main__"} == {"server"}


@pytest.mark.parametrize("path", BEFORE_PACKAGES, ids=lambda path: path.name)
def test_sources_parse_as_old_python_and_import_nothing_that_windows_lacks(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in names} & POSIX_ONLY


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 18), (3, 10, 99)])
def test_old_python_is_told_before_anything_is_imported(version: tuple[int, ...]) -> None:
    code = "import runpy, sys; sys.version_info = tuple(map(int, sys.argv[2:])); runpy.run_path(sys.argv[1], run_name='__main__')"
    words = [sys.executable, "-I", "-S", "-c", code, str(DASHBOARD), *map(str, version)]
    answer = subprocess.run(words, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Python 3.11 or newer is needed and this is {version[0]}.{version[1]}:")
    assert answer.stderr.count("\n") == 1


def test_dashboard_stays_free_of_what_old_pythons_cannot_read() -> None:
    nodes = list(ast.walk(ast.parse(DASHBOARD.read_text(encoding="utf-8"))))
    assert not [node for node in nodes if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)]
    assert all(node.returns is None for node in nodes if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("ours", "shown"), [(False, "sample"), (True, "own")])
def test_plain_streamlit_run_shows_the_sample_only(ours: bool, shown: str) -> None:
    code = """
import os, runpy, sys, types
def module(name, **content):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(content)
module("streamlit.runtime", exists=lambda: True)
app = types.SimpleNamespace(run=lambda make_sample: print(os.environ["ZERO_HARM_SHOW"]))
module("pages.shared", app=app)
if sys.argv[2] == "True":
    module("server.serve")
runpy.run_path(sys.argv[1], run_name="__main__")
"""
    command = [sys.executable, "-c", code, str(DASHBOARD), str(ours)]
    environ = os.environ | {"ZERO_HARM_SHOW": "own"}
    assert subprocess.run(command, capture_output=True, text=True, env=environ, cwd=PROJECT).stdout == f"{shown}\n"


def test_streamlits_own_test_runner_gets_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    app = SimpleNamespace(run=lambda make_sample: st.title("Pages"))
    monkeypatch.setitem(sys.modules, "pages.shared", SimpleNamespace(app=app))
    assert AppTest.from_file(str(DASHBOARD)).run(timeout=30).title[0].value == "Pages"


def test_help_names_every_word_and_setting() -> None:
    answer = run("--help")
    assert answer.returncode == 0
    words = ["--sample", "--own", "--port", " test ", " wheels ", "--help"]
    settings = ["ZERO_HARM_WHEELS", "ZERO_HARM_HOME", "ZERO_HARM_ALLOW_UNSIGNED", "PIP_CERT", "PORT"]
    assert [word for word in words + settings if word not in answer.stdout] == []


@pytest.mark.parametrize(
    "words", [["tests"], ["--port", "x"], ["wheels", "--fast"], ["wheels", "a", "b"], ["--sample", "--own"]]
)
def test_unknown_words_give_one_sentence_and_exit_2(words: list[str]) -> None:
    answer = run(*words)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What would be executed, for a project that is set up already."""
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "ensure", lambda env, screen: None)  # tested for real in test_server_environment
    monkeypatch.setattr(bootstrap, "hand_over", lambda command: commands.append(command) or 7)
    monkeypatch.chdir(tmp_path.parent)
    return commands


def test_start_hands_its_words_to_the_server(handed_over: list[list[str]], tmp_path: Path) -> None:
    assert bootstrap.main(["--own", "--port", "9000"]) == 7
    python = environment.Environment(tmp_path).python
    assert handed_over == [[str(python), str(tmp_path / "dashboard.py"), "--serve", "--own", "--port", "9000"]]
    assert Path.cwd() == tmp_path.parent  # a relative ZERO_HARM_HOME keeps its meaning


def test_test_hands_its_words_to_pytest(handed_over: list[list[str]], tmp_path: Path) -> None:
    assert bootstrap.main(["test", "-k", "name"]) == 7
    assert handed_over == [[str(environment.Environment(tmp_path).python), "-m", "pytest", "-k", "name"]]
    assert Path.cwd() == tmp_path


def test_ctrl_c_in_the_set_up_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(env: object, screen: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "ensure", interrupt)
    assert bootstrap.main([]) == 130
    assert "Start it again to finish" in capsys.readouterr().err


@pytest.mark.parametrize("way", ["hand_over", "run_to_end"])
def test_exit_code_is_passed_on(way: str) -> None:
    code = f"import sys; from server.bootstrap import {way}; sys.exit({way}([sys.executable, '-c', 'raise SystemExit(7)']))"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 7


@pytest.mark.skipif(os.name == "nt", reason="a process group cannot be sent Ctrl-C there")
def test_run_to_end_leaves_ctrl_c_to_the_server() -> None:
    server = (
        "import signal, sys, time; signal.signal(2, lambda *_: sys.exit(5)); print('up', flush=True); time.sleep(60)"
    )
    code = (
        f"import sys; from server.bootstrap import run_to_end; sys.exit(run_to_end([sys.executable, '-c', {server!r}]))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=-1, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 5
