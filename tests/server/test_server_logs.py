"""The log: JSON lines in UTC, and nothing in them of what is logged, raised, warned of or printed with values."""

import ast
import io
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from data.config import PROJECT
from data.errors import ALPHABET, LENGTH, error_reference, log_error
from server.lines import FIELDS, LONGEST, JsonLines

CANARY = "943 476 5919 Priya Shah"
Said = Callable[[], list[dict[str, Any]]]


class Role(StrEnum):
    ANALYST = "analyst"


@pytest.fixture
def said() -> Iterator[Said]:
    """Takes over the root logger for a test; gives the lines that were written since it was asked last."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    before, level = root.handlers[:], root.level
    root.handlers[:], root.level = [handler], logging.DEBUG

    def lines() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        assert text.isascii() and CANARY not in text
        return [json.loads(line) for line in text.splitlines()]

    yield lines
    root.handlers[:], root.level = before, level


OURS = logging.getLogger(__name__)


def test_a_line_says_when_who_where_and_what(said: Said) -> None:
    OURS.warning("The store was opened", extra={"seconds": 0.12345, "status": 200})
    [line] = said()
    at = datetime.fromisoformat(line.pop("time"))
    assert at.tzinfo == UTC and abs(at - datetime.now(UTC)) < timedelta(seconds=10)
    number = int(line.pop("where").removeprefix("tests/server/test_server_logs.py:"))
    assert "The store was opened" in Path(__file__).read_text(encoding="utf-8").splitlines()[number - 1]
    assert line == {
        "level": "WARNING",
        "logger": __name__,
        "event": "The store was opened",
        "seconds": 0.123,
        "status": 200,
    }


def test_time_is_utc_wherever_the_machine_stands(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("the zone cannot be set here")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        OURS.info("Now")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert abs(datetime.fromisoformat(said()[0]["time"]) - datetime.now(UTC)) < timedelta(seconds=10)


def test_a_message_is_written_only_as_it_stands_in_the_code(said: Said) -> None:
    value = CANARY
    OURS.info("Loaded %s", value)
    OURS.info(f"Loaded {value}")
    OURS.info("Loaded {}".format(value))  # noqa: UP032
    OURS.info("Loaded " + value)
    OURS.info(value)
    OURS.info(ValueError(value))
    OURS.info(f"Loaded {value} for %s", value)  # with values still to come, and one in already
    assert [line.get("event") for line in said()] == ["Loaded %s", *[None] * 6]


def test_a_message_that_does_not_fit_its_values_is_written_all_the_same(
    said: Said, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()  # pytest's own handlers put the values in
    monkeypatch.setattr(root, "handlers", [each for each in root.handlers if isinstance(each.formatter, JsonLines)])
    OURS.info("%d figures of %s", CANARY)
    assert said()[0]["event"] == "%d figures of %s"
    assert capsys.readouterr().err == ""


def test_a_line_cannot_be_forged(said: Said) -> None:
    OURS.info("Two\r\n{\"level\": \"CRITICAL\"}\u2028lines %s", "\r\n{}")  # fmt: skip
    lines = said()
    assert [line["level"] for line in lines] == ["INFO"]
    assert lines[0]["event"].startswith("Two\r\n")


def test_a_long_message_is_cut(said: Said) -> None:
    exec(compile(f"OURS.info({'x' * 1000!r})", __file__, "exec"), {"OURS": OURS})
    assert len(said()[0]["event"]) == LONGEST


def test_a_logger_is_named_as_far_as_it_is_a_module(said: Said) -> None:
    for name in (f"session.{CANARY}", f"{__name__}.{CANARY}", "Priya"):
        logging.getLogger(name).info("Here")
    assert [line["logger"] for line in said()] == ["other", __name__, "other"]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("reference", "7KQ2MX4P", ["7KQ2MX4PA", "7kq2mx4p", "W01", 12345678, CANARY]),
        ("page", "ward", ["Priya", "../ward", ["ward"], 7]),
        ("role", Role.ANALYST, ["analyst", CANARY]),
        ("action", Role.ANALYST, ["load"]),
        ("status", 503, [5, 943, "200", True, None.__class__]),
        ("seconds", 1.5, [-1, 1e9, float("nan"), "1"]),
        ("version", "0.1.0", ["0.1.0 of Priya", "9434765919", 9434765919]),
        ("version", 161, [True]),
        ("exception_type", ValueError, [CANARY, type("Priya", (), {})]),
        ("at", (__file__, 3), []),
    ],
)
def test_a_field_is_checked(said: Said, name: str, good: object, bad: list[object]) -> None:
    OURS.info("Good", extra={name: good})
    assert said()[0][name] not in ("?", None)
    for value in bad:
        OURS.info("Bad", extra={name: value})
        [line] = said()
        assert line.get(name) in ("?", "object"), line


def test_other_fields_are_not_written(said: Said) -> None:
    OURS.info("Here", extra={"name_of_patient": CANARY, "value": 3, "unit": "W01"})
    assert set(said()[0]) == {"time", "level", "logger", "event", "where"}


class Unlucky(ValueError):
    """An error of ours."""


def fail(value: str) -> None:
    local = value * 2
    try:
        raise KeyError(local)
    except KeyError as error:
        raise Unlucky(f"Cannot read {value}") from error


def test_an_error_gives_type_and_places_and_never_what_it_says(said: Said) -> None:
    try:
        try:
            fail(CANARY)
        except Unlucky:
            raise type("Priya", (OSError,), {})(CANARY)  # noqa: B904
    except OSError as error:
        error.add_note(CANARY)
        reference = log_error(error, page="ward")
    [line] = said()
    assert (line["reference"], line["page"], line["logger"]) == (reference, "ward", "data.errors")
    assert [each["type"] for each in line["errors"]] == ["OSError", f"{__name__}.Unlucky", "KeyError"]
    assert re.fullmatch(r"tests/server/test_server_logs\.py:\d+ fail", line["errors"][1]["at"][-1])
    assert "Priya" not in json.dumps(line)


def test_errors_of_packages_are_placed_in_their_package(said: Said) -> None:
    import duckdb
    import pandas

    for wrong in (
        lambda: pandas.Timestamp(CANARY),
        lambda: json.loads(CANARY),
        lambda: duckdb.sql(f"select '{CANARY}"),
    ):
        try:
            wrong()
        except Exception as error:
            log_error(error)
    places = [place.split(":")[0] for line in said() for each in line["errors"] for place in each["at"]]
    assert "json/decoder.py" in places
    assert not [place for place in places if place.startswith(("/", ".venv"))]


def test_code_that_is_in_no_file_is_elsewhere(said: Said) -> None:
    code = compile(f"def {'Priya'}(): raise ValueError({CANARY!r})\n{'Priya'}()", f"/tmp/{CANARY}.py", "exec")
    try:
        exec(code)
    except ValueError as error:
        log_error(error)
    assert said()[0]["errors"][0]["at"][1:] == ["elsewhere", "elsewhere"]


def test_groups_cycles_and_deep_errors_end(said: Said) -> None:
    def deeper() -> None:
        deeper()

    first, second = ValueError(CANARY), KeyError(CANARY)
    first.__cause__, second.__cause__ = second, first
    log_error(ExceptionGroup(CANARY, [first, TypeError(CANARY)]))
    try:
        deeper()
    except RecursionError as error:
        log_error(error)
    group, deep = said()
    assert [each["type"] for each in group["errors"]] == ["ExceptionGroup", "ValueError", "TypeError", "KeyError"]
    assert len(deep["errors"][0]["at"]) == 41
    assert re.fullmatch(r"\d+ more", deep["errors"][0]["at"][10])


def test_a_reference_is_short_and_each_is_another() -> None:
    found = {error_reference() for _ in range(1000)}
    assert len(found) == 1000
    assert all(len(each) == LENGTH and set(each) <= set(ALPHABET) for each in found)
    assert not set(ALPHABET) & set("01ILO")
    assert log_error(ValueError(), reference="22222222") == "22222222"


def test_a_record_that_breaks_the_formatter_is_told_without_what_is_in_it(said: Said) -> None:
    class Awkward:
        def __eq__(self, other: object) -> bool:
            raise ValueError(CANARY)

        __hash__ = None  # type: ignore[assignment]

    OURS.info("Here", extra={"page": Awkward()})
    assert said()[0]["event"] == "A record could not be written"


# Everything that this process could write, taken over ------------------------------------------------------------------------

PROCESS = r"""
import asyncio, gc, io, logging, sys, threading, traceback, warnings
from server import logs
import streamlit as st
class Broken(logging.Handler):
    def emit(self, record):
        try: 1 / 0
        except ZeroDivisionError: self.handleError(record)
logging.getLogger("authlib").addHandler(logging.StreamHandler())
logging.getLogger("authlib").propagate = False
logging.getLogger("authlib").addHandler(Broken())
logs.configure()
canary = sys.argv[1]
import uvicorn, httpx
from streamlit.logger import get_logger, update_formatter, set_log_level
get_logger("streamlit.made_later").error("Session %s", canary)
get_logger("streamlit.made_later").error(f"Session {canary}")
set_log_level("info"); update_formatter()
get_logger("streamlit.again").error("Again %s", canary)
uvicorn.Config(None, use_colors=False)
logging.getLogger("uvicorn.error").info("Started at %s", canary)
logging.getLogger("uvicorn.access").info('%s - "%s"', canary, canary)
httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))).get("http://a/?q=" + canary.replace(" ", ""))
logging.getLogger("authlib").warning("Claims %r", {"name": canary})
logging.warning(canary)
warnings.warn(canary)
warnings.warn(canary, DeprecationWarning, stacklevel=1)
def fail(): raise ValueError(canary)
thread = threading.Thread(target=fail, name=canary); thread.start(); thread.join()
class Gone:
    def __del__(self): raise ValueError(canary)
x = Gone(); del x; gc.collect()
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(fail)
    asyncio.create_task(asyncio.sleep(0), name=canary)
    async def task(): raise ValueError(canary)
    t = asyncio.create_task(task(), name=canary)
    await asyncio.sleep(0.05)
    del t; gc.collect()
asyncio.run(main())
try: fail()
except ValueError: traceback.print_exc()
kept = io.StringIO()
try: fail()
except ValueError: traceback.print_exc(file=kept)
assert canary in kept.getvalue()
from streamlit.testing.v1 import AppTest
app = AppTest.from_string(f"raise ValueError({canary!r})").run(timeout=30)
assert len(app.exception) == 1
raise RuntimeError(canary)
"""


def test_nothing_reaches_the_error_stream_but_lines_without_values() -> None:
    answer = subprocess.run(
        [sys.executable, "-Walways", "-c", PROCESS, CANARY], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert answer.returncode == 1
    lines = [json.loads(line) for line in answer.stderr.splitlines()]  # every one is JSON
    assert all(datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0) for line in lines)
    for secret in (CANARY, "Priya", "5919"):
        assert secret not in answer.stderr + answer.stdout
    events = [(line["logger"], line.get("event")) for line in lines]
    for expected in [
        ("streamlit", "Session %s"),
        ("streamlit", "Again %s"),
        ("uvicorn", "Started at %s"),
        ("other", "Claims %r"),
        ("root", None),
        ("server.logs", "A warning of Python"),
        ("server.logs", "A thread was ended by an error"),
        ("server.logs", "An error that nobody could handle"),
        ("server.logs", "An error was printed"),
        ("streamlit.error_util", "Uncaught app execution"),
    ]:
        assert expected in events, expected
    assert events.count(("asyncio", None)) == 2
    assert {line.get("exception_type") for line in lines} >= {"UserWarning", "DeprecationWarning"}
    [ended] = [line for line in lines if line.get("event") == "Ended by an error"]
    assert ended["errors"] == [{"type": "RuntimeError", "at": ["elsewhere"]}]
    assert not [line for line in lines if line["logger"] == "httpx" or line.get("event") == '%s - "%s"']


def test_ctrl_c_and_a_stream_that_is_gone_print_nothing() -> None:
    code = (
        "import io, logging, sys; from server import logs; stream = io.StringIO(); logs.configure(stream); stream.close();"
        "logging.error('Gone %s', sys.argv[1]); logs.configure(); raise KeyboardInterrupt(sys.argv[1])"
    )
    answer = subprocess.run([sys.executable, "-c", code, CANARY], cwd=PROJECT, capture_output=True, text=True)
    [line] = answer.stderr.splitlines()
    assert json.loads(line)["event"] == "Stopped from the keyboard"


def test_importing_takes_nothing_over() -> None:
    """AppTest and the tests run in processes that never call `configure`."""
    code = (
        "import logging, sys, traceback, warnings; before = logging.root.handlers[:], sys.excepthook, traceback.print_exc,"
        "warnings.showwarning; import server.logs; assert before == (logging.root.handlers[:], sys.excepthook,"
        "traceback.print_exc, warnings.showwarning); server.logs.configure(); assert before[0] != logging.root.handlers;"
        "assert all(old is not new for old, new in zip(before[1:], (sys.excepthook, traceback.print_exc,"
        "warnings.showwarning)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0


# Our own code -----------------------------------------------------------------------------------------------------------------

METHODS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
SOURCES = [path for folder in ("data", "pages", "server") for path in sorted((PROJECT / folder).rglob("*.py"))]


def logging_calls(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in METHODS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"_LOG", "_LOGGER", "LOG", "logging", "logger"}
    ]


def test_we_log_constant_sentences_and_known_fields() -> None:
    found = 0
    for path in SOURCES:
        for call in logging_calls(ast.parse(path.read_text(encoding="utf-8"))):
            found += 1
            assert [type(each) for each in call.args] == [ast.Constant], f"{path.name}:{call.lineno}"
            for word in call.keywords:
                if word.arg == "extra":
                    assert isinstance(word.value, ast.Dict), f"{path.name}:{call.lineno}"
                    assert {ast.literal_eval(key) for key in word.value.keys if key} <= set(FIELDS)
    assert found >= 8  # the sweep sees them
