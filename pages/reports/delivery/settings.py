"""The trust's mail server and the address of the dashboard: `mail.toml` in the store's folder, and a password kept elsewhere."""

import os
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data.addresses import is_address
from data.config import Home

PASSWORD = "ZERO_HARM_SMTP_PASSWORD"
STARTTLS, TLS = "starttls", "tls"
SECURITIES = (STARTTLS, TLS)
REQUIRED = ("host", "port", "security", "from", "dashboard_address")
KEYS = (*REQUIRED, "user", "ca_file", "password_file")
LONGEST_PASSWORD = 1000


class MailError(ValueError):
    """A mail.toml that cannot be used: the message names the key and what it should be."""


@dataclass(frozen=True)
class MailSettings:
    """`sender` is the address alone and `sender_name` what stands before it; `user` is '' where nobody signs in."""

    host: str
    port: int
    security: str
    sender: str
    sender_name: str
    dashboard_address: str
    user: str = ""
    ca_file: Path | None = None
    password_file: Path | None = None

    def password(self) -> str:
        """The secret of `user`, asked for when it is needed and kept nowhere. Raises MailError."""
        found = os.environ.get(PASSWORD) or (_read_secret(self.password_file) if self.password_file else "")
        if not found:
            raise MailError(f"mail.toml names a user, so set {PASSWORD}, or name a password_file.")
        if len(found) > LONGEST_PASSWORD or not found.isprintable():
            raise MailError("The password of the mail server is one line of printable characters.")
        return found


def read_settings(home: Home) -> MailSettings:
    """What `mail.toml` says. Raises MailError where it is not there, or cannot be used."""
    try:
        told = tomllib.loads(home.mail.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise MailError(
            f"There is no {home.mail.name} in {home.root}: copy deploy/mail.example.toml there and fill it in."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise MailError(f"{home.mail.name} cannot be read as TOML ({error}).") from error
    problem = next(_problems(told, home), None)
    if problem:
        raise MailError(f"{home.mail.name}: {problem}.")
    name, address = _sender(told["from"])
    return MailSettings(
        told["host"],
        told["port"],
        told["security"],
        address,
        name,
        told["dashboard_address"].rstrip("/"),
        told.get("user", ""),
        _path(told, "ca_file"),
        _path(told, "password_file"),
    )


def _problems(told: dict[str, Any], home: Home) -> Iterator[str]:
    """What is wrong with it, the plainest first; a later check may rely on those before it."""
    for key in told:
        if key not in KEYS:
            yield f"'{key}' is not a key of it; the keys are {', '.join(KEYS)}"
    for key in REQUIRED:
        if key not in told:
            yield f"{key} is missing"
    for key in told:
        if key != "port" and not (isinstance(told[key], str) and told[key].strip() and told[key].isprintable()):
            yield f"{key} is a text in quotes"
    if not _is_host(told["host"]):
        yield f"host is the name of a mail server such as smtp.trust.example, not '{told['host']}'"
    if type(told["port"]) is not int or not 1 <= told["port"] <= 65535:
        yield f"port is a number from 1 to 65535, usually 587 or 465, not {told['port']!r}"
    if told["security"] not in SECURITIES:
        yield f"security is {' or '.join(SECURITIES)}, not '{told['security']}': nothing is sent that others can read"
    if not is_address(_sender(told["from"])[1]):
        yield f"from is an address such as 'Zero Harm <zero-harm@trust.example>', not '{told['from']}'"
    if not _is_https(told["dashboard_address"]):
        yield "dashboard_address is where browsers come to, such as https://dash.trust.example"
    yield from _wrong_files(told, home)


def _wrong_files(told: dict[str, Any], home: Home) -> Iterator[str]:
    ca_file, password_file = _path(told, "ca_file"), _path(told, "password_file")
    for key, path in (("ca_file", ca_file), ("password_file", password_file)):
        if path is not None and not (path.is_absolute() and path.is_file()):
            yield f"{key} is the whole path of a file that is there, not '{path}'"
    if password_file is not None and password_file.resolve().is_relative_to(home.root):
        yield "password_file is in the store, of which backups are copies; keep it elsewhere"
    if password_file is not None and os.name == "posix" and password_file.stat().st_mode & stat.S_IRWXO:
        yield "password_file can be read by everybody on this machine; take that right away (chmod o= FILE)"


def _path(told: dict[str, Any], key: str) -> Path | None:
    return Path(told[key]) if key in told else None


def _sender(text: str) -> tuple[str, str]:
    """The name and the address; an address of '' where there is not exactly one."""
    found = getaddresses([text])
    return found[0] if len(found) == 1 else ("", "")


def _is_host(text: str) -> bool:
    return bool(text.isascii() and text.strip() == text and not set(text) & set(" /@[]:"))


def _is_https(address: str) -> bool:
    """An address of our own: without a query, a fragment, or somebody's name and password in it."""
    try:
        found = urlsplit(address)
        port_is_right = found.port != 0
    except ValueError:
        return False
    plain = not (found.query or found.fragment or found.username or found.password or " " in address)
    return found.scheme == "https" and bool(found.hostname) and plain and port_is_right and address.isascii()


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise MailError(f"password_file cannot be read ({type(error).__name__}).") from error
