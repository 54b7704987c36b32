"""The words after `python3 dashboard.py`, and which port they lead to."""

import socket

import pytest

from server.arguments import Options, parse
from server.ports import ADDRESS, TRIES, free_port
from server.problems import Problem


@pytest.fixture(autouse=True)
def no_port_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Options("", 8501)),
        (["--sample"], Options("sample", 8501)),
        (["--own", "--port", "9000"], Options("own", 9000)),
        (["--port=0", "--own", "--own"], Options("own", 0)),
        (["--port", "65535"], Options("", 65535)),
    ],
)
def test_parse_understands(words: list[str], expected: Options) -> None:
    assert parse(words) == expected


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["start"], "'start' is not understood"),
        (["--sample=yes"], "'--sample' is not understood"),
        (["--sample", "--own"], "one of --sample and --own"),
        (["--port"], "not 'nothing'"),
        (["--port", "65536"], "not '65536'"),
        (["--port", "-1"], "not '-1'"),
        (["--port", "²"], "not '²'"),
    ],
)
def test_parse_refuses_with_one_sentence_and_exit_2(words: list[str], part: str) -> None:
    with pytest.raises(Problem, match=part) as caught:
        parse(words)
    assert caught.value.code == 2
    assert "\n" not in str(caught.value)


def test_port_from_the_environment_gives_way_to_the_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9100")
    assert parse([]).port == 9100
    assert parse(["--port", "9200"]).port == 9200


def test_free_port_passes_by_a_taken_one() -> None:
    with socket.socket() as taken:
        taken.bind((ADDRESS, 0))
        taken.listen()
        first = taken.getsockname()[1]
        found = free_port(first)
        assert first < found < first + TRIES


def test_free_port_takes_a_free_one_as_asked() -> None:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port = probe.getsockname()[1]
    assert free_port(port) == port


def test_free_port_zero_is_any() -> None:
    assert free_port(0) > 1023


def test_free_port_gives_up_after_twenty(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind((ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr("server.ports.TRIES", 1)
        with pytest.raises(Problem, match=f"Ports {port} to {port} are all taken"):
            free_port(port)
