"""`python3 dashboard.py doctor`: each fault is made for real, and gets its mark and what to do."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from data.access import Role, shipped_policy
from data.access.policy import as_text
from data.audit import Trail
from data.backup import back_up
from data.config import PROJECT, Home
from data.publish import read_pointer
from data.record import SCHEMA_VERSION, locked
from server import bootstrap, condition, doctor, environment
from server.checks import access, machine, store
from server.checks.finding import Finding, Mark, bad, ok
from tests.conftest import Load

HEAD = "month,unit,measure,numerator\n"
SECRET = "0c1f7b62d9e84a35b1d2f06e7a9c3b58"
GOOD = {
    "redirect_uri": "https://dash.trust.nhs.uk/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "dashboard",
    "client_secret": "0123456789",
    "server_metadata_url": "https://sso.trust.nhs.uk/.well-known/openid-configuration",
}
Secrets = Callable[[str], Path]


@pytest.fixture(autouse=True)
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    """Streamlit's secrets stand in a file of the test, which is there once the test writes it. No settings of this machine."""
    path, real = tmp_path / "secrets.toml", config.get_option
    told = {"secrets.files": [str(path)], "server.fileWatcherType": "none"}
    monkeypatch.setattr(config, "get_option", lambda name: told[name] if name in told else real(name))
    monkeypatch.setattr(doctor, "_find_secrets", lambda: None)  # it changes its process: test_the_real_command has it
    for name in ("PROXY_USER_HEADER", "PROXY_SECRET", "PUBLIC_ADDRESS", "ALLOW_UNSIGNED", "SECRETS"):
        monkeypatch.delenv(f"ZERO_HARM_{name}", raising=False)
    secrets_singleton._reset()

    def write(text: str) -> Path:
        path.write_text(text)
        path.chmod(0o600)
        secrets_singleton._reset()
        return path

    yield write
    secrets_singleton._reset()


def auth(**words: str) -> str:
    return "[auth]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in (GOOD | words).items())


def is_(mark: Mark, part: str, found: Finding) -> bool:
    """The mark and a part of what was found; what is not well says what to do."""
    assert (found.mark is Mark.OK) == (not found.do), found
    assert (found.mark, part in found.what) == (mark, True), found
    return True


# The machine ------------------------------------------------------------------------------------------------------------


def test_python_is_the_dashboards_own(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(PROJECT / ".venv"))
    assert is_(Mark.OK, "in .venv", machine.python(home))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert is_(Mark.LOOK, "not the dashboard's own", machine.python(home))


def test_packages_are_as_pinned(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_(Mark.OK, "packages are as requirements.txt pins them", machine.packages(home))
    lines = [
        "# numpy==0",
        "duckdb==0.1 \\\n    --hash=sha256:00",
        "not-a-package==1",
        "colorama==0 ; sys_platform == 'none'",
        f"pytest=={pytest.__version__} ; python_version > '3'",
    ]
    (tmp_path / "requirements.txt").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(machine, "PROJECT", tmp_path)
    found = machine.packages(home)
    assert is_(Mark.BAD, f"2 of 3 packages are not as requirements.txt pins them: duckdb {duckdb.__version__}", found)
    assert "not-a-package missing" in found.what


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that even root cannot write to")
def test_a_folder_that_cannot_be_written(home: Home, tmp_path: Path) -> None:
    assert is_(Mark.OK, "can be written", machine.folder(home))
    assert is_(Mark.LOOK, "not there yet", machine.folder(Home(tmp_path / "none")))
    assert is_(Mark.BAD, "cannot be written", machine.folder(Home(Path("/proc"))))


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_modes_of_what_is_kept(home: Home, load: Load, secrets: Secrets) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,2\n")
    published = read_pointer(home)
    assert published is not None
    kept = [home.root, home.record, published.deaths]
    home.root.chmod(0o700)
    home.record.chmod(0o644)  # nobody gets to it
    assert is_(Mark.OK, "Nobody else", machine.modes(home))
    for path in kept:
        path.chmod(0o700)
    for path in kept:
        home.root.chmod(0o710)  # so that what is inside matters
        path.chmod(0o704)
        assert is_(Mark.BAD, f"Anybody with an account on this machine may open {path}", machine.modes(home)), path
        assert is_(Mark.OK, "Nobody", machine.modes(Home(home.root, is_sample=True)))
        path.chmod(0o740)
        assert is_(Mark.LOOK, "may open it", machine.modes(home))
        path.chmod(0o700)
    home.root.chmod(0o700)
    secrets(auth()).chmod(0o644)
    assert is_(Mark.BAD, "secrets.toml", machine.modes(home))
    secrets(auth()).chmod(0o640)
    assert is_(Mark.OK, "Nobody", machine.modes(home))


def test_a_disk_that_is_nearly_full(home: Home, tmp_path: Path) -> None:
    assert is_(Mark.OK, "GB are free", machine.disk(home))
    assert is_(Mark.OK, "GB are free", machine.disk(Home(tmp_path / "not" / "there")))
    with home.record.open("r+b") as file:
        file.truncate(shutil.disk_usage(home.root).free // condition.TIMES_THE_RECORD + 100_000_000)
    assert is_(Mark.BAD, "nearly full", machine.disk(home))


# The store -----------------------------------------------------------------------------------------------------------------


def test_a_record_that_opens_and_one_that_does_not(home: Home, tmp_path: Path) -> None:
    assert is_(Mark.OK, f"layout {SCHEMA_VERSION}", store.record(home))
    assert is_(Mark.LOOK, "no record yet", store.record(Home(tmp_path)))
    home.record.write_bytes(b"no database at all" * 1000)
    assert is_(Mark.BAD, "does not open", store.record(home))
    assert is_(Mark.BAD, "does not open", store.audit_head(home))


@pytest.mark.parametrize(("by", "mark", "part"), [(1, Mark.BAD, "has layout"), (-1, Mark.LOOK, "has layout")])
def test_a_record_of_another_layout(home: Home, by: int, mark: Mark, part: str) -> None:
    with duckdb.connect(str(home.record)) as con:
        con.execute("update meta set schema_version = schema_version + ?", [by])
    assert is_(mark, part, store.record(home))
    assert is_(Mark.LOOK, "another version's layout", store.audit_head(home))


def test_while_a_load_runs_it_says_so_in_seconds(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.3)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(home):
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(30)
        assert store.record(home) == store.audit_head(home) == store.BUSY
        assert is_(Mark.OK, "Readers see", store.published(home))
    finally:
        done.set()
        thread.join()
    assert is_(Mark.OK, "opens", store.record(home))


def test_published_files_that_are_not_what_they_were(home: Home, load: Load, tmp_path: Path) -> None:
    assert is_(Mark.OK, "Nothing is published", store.published(Home(tmp_path)))
    before = home.pointer.read_bytes()
    load(home, HEAD + "2026-04,W01,falls_all,2\n")
    pointer = home.pointer.read_bytes()
    published = read_pointer(home)
    assert published is not None
    assert is_(Mark.OK, f"Readers see version {published.version}", store.published(home))
    home.pointer.write_bytes(before)
    assert is_(Mark.BAD, f"and the record is at {published.version}", store.published(home))
    home.pointer.write_text("{")
    assert is_(Mark.BAD, "cannot be read", store.published(home))
    home.pointer.unlink()
    assert is_(Mark.BAD, "Nothing is published from the record", store.published(home))
    home.pointer.write_bytes(pointer)
    content = bytearray(published.deaths.read_bytes())
    content[len(content) // 2] ^= 1
    published.deaths.write_bytes(content)
    assert is_(Mark.BAD, published.deaths.name, store.published(home))


def test_an_audit_that_does_not_end_as_its_head_says(home: Home, tmp_path: Path) -> None:
    assert is_(Mark.OK, "The audit ends", store.audit_head(home))
    assert is_(Mark.OK, "no record", store.audit_head(Home(tmp_path)))
    with duckdb.connect(str(home.record)) as con:
        con.execute("delete from audit where sequence = (select max(sequence) from audit)")
    assert is_(Mark.BAD, "does not end as audit.head says", store.audit_head(home))


@pytest.mark.parametrize("content", [b"no line\n", b"\xff\xfe\n", b"[1]\n"])
def test_a_trail_that_cannot_be_read(home: Home, content: bytes) -> None:
    Trail(home.trails).note("Priya Shah", "export", {"rows": 3})
    assert is_(Mark.OK, "1 trails", store.trails(home))
    (home.trails / "20260101T000000-1-a.jsonl").write_bytes(content)
    assert is_(Mark.BAD, "20260101T000000-1-a.jsonl", store.trails(home))


def test_what_a_crash_left(home: Home, tmp_path: Path) -> None:
    assert is_(Mark.OK, "No crash", store.leftovers(home))
    assert is_(Mark.OK, "No crash", store.leftovers(Home(tmp_path / "none")))
    (home.root / "record.duckdb.wal").touch()
    assert is_(Mark.LOOK, "record.duckdb.wal", store.leftovers(home))


def test_a_backup_that_is_missing_or_old(home: Home, tmp_path: Path) -> None:
    assert is_(Mark.BAD, "No backup", store.backup(home))
    assert is_(Mark.OK, "nothing to back up", store.backup(Home(home.root, is_sample=True)))
    assert is_(Mark.OK, "nothing to back up", store.backup(Home(tmp_path)))
    back_up(home, tmp_path / "backups", "tester")
    assert is_(Mark.OK, f"{datetime.now(UTC):%B %Y}", store.backup(home))
    home.last_backup.write_text('{"made_at": "2026-01-02T03:04:05"}')
    assert is_(Mark.BAD, "02 January 2026, 03:04 UTC", store.backup(home))


def test_figures_that_are_overdue(home: Home, load: Load) -> None:
    assert is_(Mark.OK, "no figures yet", store.freshness(home))
    load(home, HEAD + "2024-03,W01,falls_all,2\n")
    assert is_(Mark.LOOK, "March 2024; the next was due on 20 May 2024", store.freshness(home))
    assert is_(Mark.OK, "March 2024", store.freshness(Home(home.root, is_sample=True)))
    month = date.today().replace(day=1) - timedelta(days=1)
    load(home, HEAD + f"{month:%Y-%m},W01,falls_all,2\n", today=date.today())
    assert is_(Mark.OK, f"{month:%B %Y}", store.freshness(home))


def test_a_clock_that_is_behind(home: Home, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_(Mark.OK, f"{datetime.now(UTC):%d %B %Y}", store.clock(home))
    early = condition.now() - timedelta(days=400)
    monkeypatch.setattr(condition, "now", lambda: early)
    assert is_(Mark.BAD, f"This machine says it is {early:%d %B %Y}", store.clock(home))


# Who may look -----------------------------------------------------------------------------------------------------------------


def test_a_policy_that_nobody_approved(home: Home, tmp_path: Path) -> None:
    approved = as_text(shipped_policy(), "Alex Green, Caldicott guardian", date(2026, 11, 22))
    assert is_(Mark.BAD, "Nobody has approved", access.policy(home))
    assert is_(Mark.LOOK, "Nobody has approved", access.policy(Home(tmp_path)))  # no real figures yet
    assert is_(Mark.OK, "invented", access.policy(Home(home.root, is_sample=True)))
    home.policy.write_text(approved)
    assert is_(Mark.OK, "approved by Alex Green, Caldicott guardian on 22 November 2026", access.policy(home))
    home.policy.write_text(approved.replace("threshold = 5", "threshold = 7"))
    assert is_(Mark.BAD, "changed after it was approved", access.policy(home))
    home.policy.write_text("threshold = five")
    assert is_(Mark.BAD, "no TOML", access.policy(home))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ({"redirect_uri": "https://dash.trust.nhs.uk/"}, "must end in /oauth2callback"),
        ({"redirect_uri": "http://dash.trust.nhs.uk/oauth2callback"}, "must begin with https"),
        ({"cookie_secret": SECRET[:31]}, "cookie_secret"),
        ({"cookie_secret": ""}, "cookie_secret"),
        ({"cookie_secret": "a" * 40}, "cookie_secret is no secret that was drawn at random"),
        ({"cookie_secret": "AN EXAMPLE of a cookie key, long enough"}, "cookie_secret is no secret"),
        ({"client_secret": ""}, "client_secret"),
        ({"server_metadata_url": "http://sso.trust.nhs.uk/x"}, "server_metadata_url is not https"),
    ],
)
def test_a_provider_that_is_set_up_wrongly(home: Home, secrets: Secrets, words: dict[str, str], part: str) -> None:
    secrets(auth(**words))
    found = access.sign_in(home)
    assert is_(Mark.BAD, part, found)
    assert not words.get("cookie_secret") or words["cookie_secret"] not in found.what + found.do


@pytest.mark.parametrize(
    ("words", "through"),
    [
        ({}, "sso.trust.nhs.uk"),
        ({"redirect_uri": "http://localhost:8501/oauth2callback", "server_metadata_url": "http://[::1]:9/x"}, "::1"),
    ],
)
def test_a_provider_that_is_set_up_soundly(home: Home, secrets: Secrets, words: dict[str, str], through: str) -> None:
    secrets(auth(**words))
    assert is_(Mark.OK, f"People sign in through {through}.", access.sign_in(home))


def test_secrets_that_cannot_be_read(home: Home, secrets: Secrets) -> None:
    secrets("[auth")
    assert is_(Mark.BAD, "cannot be read", access.sign_in(home))


def test_secrets_that_are_named_and_not_there(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZERO_HARM_SECRETS", "secrets.toml")
    assert is_(Mark.BAD, "which is not there", access.sign_in(home))


def test_a_proxy_that_signs_in(home: Home, secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZERO_HARM_PROXY_USER_HEADER", "X-User")
    monkeypatch.setenv("ZERO_HARM_PUBLIC_ADDRESS", "https://dash.trust.nhs.uk")
    assert is_(Mark.BAD, "ZERO_HARM_PROXY_SECRET", access.sign_in(home))
    monkeypatch.setenv("ZERO_HARM_PROXY_SECRET", SECRET[:31])
    assert is_(Mark.BAD, "ZERO_HARM_PROXY_SECRET", access.sign_in(home))
    monkeypatch.setenv("ZERO_HARM_PROXY_SECRET", "changeme" * 5)
    assert is_(Mark.BAD, "ZERO_HARM_PROXY_SECRET is no secret", access.sign_in(home))
    monkeypatch.setenv("ZERO_HARM_PROXY_SECRET", SECRET)
    assert is_(Mark.OK, "by a proxy", access.sign_in(home))
    secrets(auth())
    assert is_(Mark.BAD, "people sign in one way", access.sign_in(home))


def test_no_sign_in_at_all(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_(Mark.BAD, "No sign-in", access.sign_in(home))
    assert is_(Mark.LOOK, "No sign-in", access.sign_in(Home(tmp_path)))
    assert is_(Mark.OK, "no sign-in", access.sign_in(Home(home.root, is_sample=True)))
    monkeypatch.setenv("ZERO_HARM_ALLOW_UNSIGNED", "yes")
    assert is_(Mark.LOOK, "without sign-in", access.sign_in(home))


def grant(role: Role, **detail: Any) -> dict[str, Any]:
    row = {"decision_id": 7, "reason": "Yes.", "decided_by": "Sam", "decided_at": "2026-11-22T10:00:00"}
    return row | {"detail": {"person": "priya@trust.nhs.uk", "role": role, **detail}}


def test_nobody_is_an_administrator(home: Home, tmp_path: Path) -> None:
    def publish(*grants: dict[str, Any]) -> None:
        home.grants.write_text(json.dumps({"layout": 1, "grants": grants}))
        os.utime(home.grants, ns=(0, len(home.grants.read_bytes())))

    home.grants.unlink(missing_ok=True)
    assert is_(Mark.BAD, "Nobody is an administrator", access.administrator(home))
    assert is_(Mark.LOOK, "Nobody is an administrator", access.administrator(Home(tmp_path)))
    assert is_(Mark.OK, "sample", access.administrator(Home(home.root, is_sample=True)))
    publish(grant(Role.ANALYST))
    assert is_(Mark.BAD, "Nobody is an administrator", access.administrator(home))
    publish(grant(Role.ADMINISTRATOR, ends_on="2026-01-31"))
    assert is_(Mark.BAD, "Nobody is an administrator", access.administrator(home))
    publish(grant(Role.ADMINISTRATOR), grant(Role.ANALYST))
    found = access.administrator(home)
    assert is_(Mark.OK, "1 administrators and 1 other grants", found)
    assert "priya" not in found.what
    home.grants.write_text("{")
    assert is_(Mark.BAD, "cannot be read", access.administrator(home))


# The command ---------------------------------------------------------------------------------------------------------------


def test_every_check_is_in_the_list() -> None:
    found = {
        (module.__name__, name)
        for module in (machine, store, access)
        for name, each in vars(module).items()
        if not name.startswith("_") and getattr(each, "__annotations__", {}).get("return") is Finding
        if each.__module__ == module.__name__
    }
    assert found == {(check.__module__, check.__name__) for check in doctor.CHECKS}


def test_a_check_that_cannot_be_done_hides_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(home: Home) -> Finding:
        raise ZeroDivisionError("at all")

    monkeypatch.setattr(doctor, "CHECKS", (broken, store.record))
    monkeypatch.setattr(doctor, "own_home", lambda: home)
    assert doctor.main([]) == 1
    said = capsys.readouterr().out
    assert "'broken' could not be done (ZeroDivisionError: at all)" in said
    assert "The record opens" in said
    assert said.endswith("1 bad, 0 to look at, 1 well.\n")


def test_it_says_what_to_do_and_ends_with_1_only_when_something_is_bad(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "own_home", lambda: home)
    monkeypatch.setattr(doctor, "CHECKS", (lambda _: ok("Well."), lambda _: Finding(Mark.LOOK, "Hm.", "Look.")))
    assert doctor.main([]) == 0
    monkeypatch.setattr(doctor, "CHECKS", (lambda _: bad("Wrong — “so”.", "Mend it."),))
    assert doctor.main([]) == 1
    assert "  bad   Wrong — “so”.\n        -> Mend it.\n" in capsys.readouterr().out
    assert doctor.main(["--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["well"], told["home"]) == (False, str(home.root))
    assert told["findings"] == [{"check": "<lambda>", "mark": "bad", "what": "Wrong — “so”.", "do": "Mend it."}]


def test_the_real_command_finds_the_sample_well(sample_copy: Home, tmp_path: Path, secrets: Secrets) -> None:
    command = [sys.executable, str(PROJECT / "dashboard.py"), "--doctor", "--sample", "--json"]
    environ = os.environ | {"ZERO_HARM_SECRETS": str(secrets(auth()))}
    answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environ, timeout=120)
    told = json.loads(answer.stdout)
    assert [each for each in told["findings"] if each["mark"] == "bad"] == []
    assert "People sign in through sso.trust.nhs.uk." in [each["what"] for each in told["findings"]]
    assert (answer.returncode, answer.stderr, len(told["findings"])) == (0, "", len(doctor.CHECKS))
    sample_copy.record.write_bytes(b"no database at all" * 1000)
    assert subprocess.run(command, capture_output=True, cwd=tmp_path, env=environ, timeout=120).returncode == 1


def test_the_word_sets_up_and_hands_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "ensure", lambda env, screen: screen.say("Set up."))
    monkeypatch.setattr(bootstrap, "hand_over", lambda command: commands.append(command) or 7)
    assert bootstrap.main(["doctor", "--sample", "--json"]) == 7
    python = environment.Environment(tmp_path).python
    assert commands == [[str(python), str(tmp_path / "dashboard.py"), "--doctor", "--sample", "--json"]]
    assert bootstrap.main(["doctor", "--own"]) == 2
    assert len(commands) == 1


def test_the_set_up_does_not_speak_into_the_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "ensure", lambda env, screen: screen.say("Set up."))
    monkeypatch.setattr(bootstrap, "hand_over", lambda command: 0)
    bootstrap.main(["doctor", "--json"])
    assert capsys.readouterr() == ("", "Set up.\n")


@pytest.mark.parametrize("words", [["doctor", "--port", "1"], ["doctor", "me"]])
def test_words_that_it_does_not_know_are_told_in_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(words) == doctor.main(words[1:]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    first, second = said.err.splitlines()
    assert first == second and "is not understood" in first


def test_help_names_it() -> None:
    assert "dashboard.py doctor" in bootstrap.HELP
    assert all(word in bootstrap.HELP for word in bootstrap.DOCTOR_WORDS)
