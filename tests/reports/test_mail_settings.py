"""mail.toml: what it may say, one sentence for whatever it may not, and a password that stands elsewhere."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from data.config import PROJECT, Home
from pages.reports.delivery.settings import KEYS, PASSWORD, MailError, MailSettings, read_settings

GOOD = {
    "host": "smtp.trust.example",
    "port": 587,
    "security": "starttls",
    "from": "Zero Harm <zero-harm@trust.example>",
    "dashboard_address": "https://dash.trust.example/",
}


@pytest.fixture(autouse=True)
def no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)


def write(tmp_path: Path, told: dict[str, Any] | str) -> Home:
    home = Home(tmp_path / "store")
    home.root.mkdir(exist_ok=True)
    text = told if isinstance(told, str) else "".join(f"{key} = {_toml(value)}\n" for key, value in told.items())
    home.mail.write_text(text, encoding="utf-8")
    return home


def _toml(value: object) -> str:
    return f"'{value}'" if isinstance(value, str | Path) else str(value).lower()


def refused(tmp_path: Path, told: dict[str, Any] | str) -> str:
    with pytest.raises(MailError) as error:
        read_settings(write(tmp_path, told))
    return str(error.value)


def secret(tmp_path: Path, text: str = "hunter2\n", mode: int = 0o600) -> Path:
    path = tmp_path / "password"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, GOOD)) == MailSettings(
        "smtp.trust.example",
        587,
        "starttls",
        "zero-harm@trust.example",
        "Zero Harm",
        "https://dash.trust.example",
    )


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    password, issuer = secret(tmp_path), tmp_path / "ca.pem"
    issuer.write_text("-", encoding="utf-8")
    told = GOOD | {"security": "tls", "port": 465, "user": "zh", "ca_file": issuer, "password_file": password}
    found = read_settings(write(tmp_path, told | {"from": "zero-harm@trust.example"}))
    assert (found.security, found.port, found.user, found.ca_file) == ("tls", 465, "zh", issuer)
    assert (found.sender, found.sender_name) == ("zero-harm@trust.example", "")
    assert found.password() == "hunter2"
    assert "hunter2" not in repr(found)


def test_the_shipped_example_is_read_and_names_every_key(tmp_path: Path) -> None:
    text = (PROJECT / "deploy/mail.example.toml").read_text(encoding="utf-8")
    assert read_settings(write(tmp_path, text)).port == 587
    with_those_that_may_be_left_out = re.sub(r"^# (?=\w+ = )", "", text, flags=re.M)
    assert sorted(tomllib.loads(with_those_that_may_be_left_out)) == sorted(KEYS)


def test_without_the_file_it_says_which_one_to_copy(tmp_path: Path) -> None:
    with pytest.raises(MailError, match=r"^There is no mail\.toml in .*: copy deploy/mail\.example\.toml there and"):
        read_settings(Home(tmp_path / "store"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"smtp": "x"}, "'smtp' is not a key of it; the keys are "),
        ({"password": "x"}, "'password' is not a key of it; the keys are "),
        ({"host": 7}, "host is a text in quotes."),
        ({"host": " "}, "host is a text in quotes."),
        ({"host": "smtp.example:25"}, "host is the name of a mail server such as smtp.trust.example, not 'smtp.example:25'."),
        ({"host": "smtp server"}, "host is the name of a mail server such as smtp.trust.example, not 'smtp server'."),
        ({"host": "smtp/x"}, "host is the name of a mail server such as smtp.trust.example, not 'smtp/x'."),
        ({"host": "a@smtp.example"}, "host is the name of a mail server such as smtp.trust.example, not 'a@smtp.example'."),
        ({"host": "smtp.trúst.example"}, "host is the name of a mail server such as smtp.trust.example, not "),
        ({"port": 0}, "port is a number from 1 to 65535, usually 587 or 465, not 0."),
        ({"port": 65536}, "port is a number from 1 to 65535, usually 587 or 465, not 65536."),
        ({"port": "587"}, "port is a number from 1 to 65535, usually 587 or 465, not '587'."),
        ({"port": True}, "port is a number from 1 to 65535, usually 587 or 465, not True."),
        ({"security": "plain"}, "security is starttls or tls, not 'plain': nothing is sent that others can read."),
        ({"security": "none"}, "security is starttls or tls, not 'none': nothing is sent that others can read."),
        ({"from": "Zero Harm"}, "from is an address such as 'Zero Harm <zero-harm@trust.example>', not 'Zero Harm'."),
        ({"from": "a@b.example, c@d.example"}, "from is an address such as "),
        ({"from": "Zero <zero@localhost>"}, "from is an address such as "),
        ({"user": ""}, "user is a text in quotes."),
        ({"ca_file": "ca.pem"}, "ca_file is the whole path of a file that is there, not 'ca.pem'."),
        ({"ca_file": "/no/such/ca.pem"}, "ca_file is the whole path of a file that is there, not '/no/such/ca.pem'."),
        ({"password_file": "/no/such"}, "password_file is the whole path of a file that is there, not '/no/such'."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_in_one_sentence(changes: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    found = refused(tmp_path, GOOD | changes)
    assert found.startswith(f"mail.toml: {sentence}") and "\n" not in found and found.endswith(".")


@pytest.mark.parametrize("key", GOOD)
def test_what_is_missing_is_named(key: str, tmp_path: Path) -> None:
    assert refused(tmp_path, {k: v for k, v in GOOD.items() if k != key}) == f"mail.toml: {key} is missing."


@pytest.mark.parametrize(
    "address",
    ["http://dash.trust.example", "dash.trust.example", "https://", "https://u:p@dash.trust.example", "https://d.example/?a=1",
     "https://d.example/#x", "https://d.example/a b", "https://[::1", "https://d.example:0", "javascript:alert(1)", "https://dásh.example"],
)  # fmt: skip
def test_links_lead_to_a_whole_https_address(address: str, tmp_path: Path) -> None:
    found = refused(tmp_path, GOOD | {"dashboard_address": address})
    assert found == "mail.toml: dashboard_address is where browsers come to, such as https://dash.trust.example."


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "host = ").startswith("mail.toml cannot be read as TOML (")
    home = write(tmp_path, GOOD)
    home.mail.write_bytes(b"\xff\xfe\x00host")
    with pytest.raises(MailError, match=r"^mail\.toml cannot be read as TOML \("):
        read_settings(home)


# The password


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_settings(write(tmp_path, GOOD | {"user": "zh", "password_file": secret(tmp_path)}))
    monkeypatch.setenv(PASSWORD, "other")
    assert found.password() == "other"
    monkeypatch.setenv(PASSWORD, "")
    assert found.password() == "hunter2"


@pytest.mark.parametrize("text", ["", "\n", "two\nlines", "x" * 1001, "tab\there"])
def test_a_password_that_is_none_is_told_and_not_repeated(text: str, tmp_path: Path) -> None:
    found = read_settings(write(tmp_path, GOOD | {"user": "zh", "password_file": secret(tmp_path, text)}))
    with pytest.raises(MailError) as error:
        found.password()
    assert not text.strip() or text not in str(error.value)


def test_the_longest_password_is_one(tmp_path: Path) -> None:
    found = read_settings(write(tmp_path, GOOD | {"user": "zh", "password_file": secret(tmp_path, "x" * 1000)}))
    assert found.password() == "x" * 1000


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
@pytest.mark.parametrize(("mode", "may"), [(0o600, True), (0o640, True), (0o644, False), (0o602, False)])
def test_a_password_that_everybody_can_read_is_refused(mode: int, may: bool, tmp_path: Path) -> None:
    told = GOOD | {"user": "zh", "password_file": secret(tmp_path, mode=mode)}
    if may:
        assert read_settings(write(tmp_path, told)).password() == "hunter2"
    else:
        assert refused(tmp_path, told) == (
            "mail.toml: password_file can be read by everybody on this machine; take that right away (chmod o= FILE)."
        )


def test_a_password_in_the_store_would_be_in_its_backups(tmp_path: Path) -> None:
    inside = tmp_path / "store" / "keys"
    inside.mkdir(parents=True)
    told = GOOD | {"user": "zh", "password_file": secret(inside)}
    sentence = "password_file is in the store, of which backups are copies; keep it elsewhere"
    assert refused(tmp_path, told) == f"mail.toml: {sentence}."


def test_a_password_file_that_is_gone_is_told(tmp_path: Path) -> None:
    path = secret(tmp_path)
    found = read_settings(write(tmp_path, GOOD | {"user": "zh", "password_file": path}))
    path.unlink()
    with pytest.raises(MailError, match=r"^password_file cannot be read \(FileNotFoundError\)\.$"):
        found.password()
