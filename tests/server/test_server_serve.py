"""What the server shows, when it refuses, and the real one in a process of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config

from data import synthetic
from data.config import PROJECT, Home
from server import serve
from server.arguments import Options
from server.middleware import HEADERS
from server.signin import SignIn

SERVE = [sys.executable, str(PROJECT / "dashboard.py"), "--serve"]


def environ(home: Path) -> dict[str, str]:
    unset = ("PORT", "ZERO_HARM_ALLOW_UNSIGNED", "ZERO_HARM_SHOW")
    return {name: value for name, value in os.environ.items() if name not in unset} | {"ZERO_HARM_HOME": str(home)}


@pytest.mark.parametrize(
    ("words", "has_record", "shown"),
    [
        ("", False, "sample"),
        ("", True, "own"),
        ("sample", True, "sample"),
        ("own", False, "own"),
    ],
)
def test_choose_home(words: str, has_record: bool, shown: str, tmp_path: Path) -> None:
    own, sample = Home(tmp_path), Home(tmp_path / "sample", is_sample=True)
    if has_record:
        own.record.touch()
    assert serve.choose_home(Options(words), own, sample) == {"own": own, "sample": sample}[shown]


@pytest.mark.parametrize(
    ("allowed", "mode", "may"),
    [
        ("", "", False),
        ("no", "", False),
        ("YES", "", False),
        ("yes", "", True),
        ("", "oidc", True),
        ("", "proxy", True),
    ],
)
def test_real_figures_are_shown_where_people_sign_in_or_somebody_said_that_they_need_not(
    allowed: str, mode: str, may: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZERO_HARM_ALLOW_UNSIGNED", allowed)
    assert serve.may_show(Home(tmp_path), SignIn(mode)) is may
    assert serve.may_show(Home(tmp_path, is_sample=True), SignIn(mode))


def test_another_address_than_the_loopback_needs_sign_in(tmp_path: Path) -> None:
    for words in (["--sample"], ["--own"]):
        env = environ(tmp_path) | {"ZERO_HARM_ADDRESS": "0.0.0.0", "ZERO_HARM_ALLOW_UNSIGNED": "yes"}
        answer = subprocess.run([*SERVE, *words], env=env, capture_output=True, text=True, timeout=120)
        assert answer.returncode == 1
        assert "ZERO_HARM_ADDRESS needs sign-in" in answer.stderr


@pytest.mark.parametrize("words", [[], ["--own"]])
def test_own_data_without_sign_in_are_refused_with_one_sentence(words: list[str], tmp_path: Path) -> None:
    if not words:
        (tmp_path / "record.duckdb").touch()
    answer = subprocess.run([*SERVE, *words], env=environ(tmp_path), capture_output=True, text=True, timeout=120)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Your own data are not shown without sign-in:")
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""


def test_script_is_told_what_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, object] = {}
    monkeypatch.setenv("ZERO_HARM_HOME", str(tmp_path))
    monkeypatch.setenv("ZERO_HARM_SHOW", "own")  # from outside it decides nothing
    monkeypatch.setattr(config, "_main_script_path", None)  # st.App pins it for the process
    monkeypatch.setattr(config, "get_config_options", lambda **given: {})  # nor may our settings stay
    monkeypatch.setattr(serve.logs, "configure", lambda: None)
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(synthetic, "ensure_sample", lambda home, say: say(home.root.name))
    monkeypatch.setattr(st.App, "run", lambda self, config: settings.update(config))
    assert serve.main(["--port", "0"]) == 0
    assert os.environ["ZERO_HARM_SHOW"] == "sample"
    assert settings["server.address"] == "127.0.0.1"


def test_settings_are_known_to_the_installed_streamlit() -> None:
    def flat(table: dict[str, object], above: str = "") -> Iterator[str]:
        for name, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{above}{name}.")
            else:
                yield above + name

    names = list(flat(tomllib.loads((PROJECT / ".streamlit/config.toml").read_text(encoding="utf-8"))))
    assert "server.allowedHosts" in names
    for name in names:
        config.get_option(name)  # raises RuntimeError for a name that does not exist


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real server over an empty home, which makes the sample first; it starts at a port that is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [*SERVE, "--port", str(port)]
        env = environ(tmp_path_factory.mktemp("home")) | {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
        with subprocess.Popen(command, env=env, stdout=-1, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if found := re.match(r"Zero Harm dashboard: (http://127\.0\.0\.1:\d+) \(Ctrl-C stops it\)", line):
                    break
            else:
                pytest.fail("the server ended: " + "".join(said))
            assert f"Port {port} is taken: using {found[1].rsplit(':', 1)[1]}.\n" in said
            yield found[1]
            process.terminate()
            process.communicate(timeout=30)


def fetch(address: str) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read().decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/_stcore/health", 200), ("/_stcore/metrics", 404), ("/_stcore/agent/openapi.json", 404)],
)
def test_server_answers_with_the_headers(url: str, path: str, status: int) -> None:
    code, headers, _ = fetch(url + path)
    assert code == status
    assert {name: headers.get(name) for name in HEADERS} == HEADERS


def test_server_tells_its_health_and_keeps_to_our_settings(url: str) -> None:
    code, _, body = fetch(url + "/healthz")
    assert (code, json.loads(body)["status"]) == (200, "ok")
    assert json.loads(body)["published"] > 0
    assert json.loads(fetch(url + "/_stcore/host-config")[2])["allowedOrigins"] == []


@pytest.mark.parametrize(
    ("host", "origin", "answer"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", "101"),
        ("localhost:{port}", "http://localhost:{port}", "101"),
        ("evil.example:{port}", "http://evil.example:{port}", "403"),  # DNS rebinding
        ("127.0.0.1:{port}", "http://127.0.0.1:9", "403"),
    ],
)
def test_stream_opens_for_our_own_page_only(url: str, host: str, origin: str, answer: str) -> None:
    port = int(url.rsplit(":", 1)[1])
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as stream:
        stream.sendall(request.format(port=port).encode())
        assert stream.recv(100).split(b" ")[1] == answer.encode()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no second loopback address to try")
def test_server_listens_on_the_loopback_only(url: str) -> None:
    """Although the fixture's environment asks for all addresses."""
    port = int(url.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # would be in use if the server listened on all addresses
