"""A real mail server on this machine for the tests: it answers as it is told to, and keeps what it took."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from pages.reports.delivery.settings import MailSettings

HOST = "localhost"
SENDER = "zero-harm@trust.example"
USER, PASSWORD = "zero-harm", "correct horse battery staple"


@dataclass
class Taken:
    """One message that the server took: from whom, to whom, over which TLS, and its very bytes."""

    sender: str
    to: list[str]
    tls: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(found, EmailMessage) and not found.defects
        return found

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Box:
    """What the server does: `rcpt` and `data` answer in its place, `dies_at`: the message in the middle of which it hangs up."""

    taken: list[Taken] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    dies_at: int | None = None
    signed_in: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if len(self.taken) == self.dies_at:
            self.dies_at = None
            server.transport.abort()
            return "250 not heard"
        (to,) = envelope.rcpt_tos
        if to in self.data:
            return self.data[to]
        tls = server.transport.get_extra_info("ssl_object")
        assert isinstance(envelope.content, bytes) and envelope.mail_from is not None
        version = tls.version() if tls else "none"
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, version, envelope.content))
        return "250 OK"

    def authenticate(self, _: Any, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:
        self.signed_in.append(mechanism)
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=known)  # what nobody has handled the server answers with 535


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """The first visit, at the port that the system chose."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(box: Box, *, tls: ssl.SSLContext | None, implicit: bool = False, auth: bool = False) -> Iterator[Box]:
    """The server, until the test is done: STARTTLS where it has a certificate, TLS from the first byte where `implicit`."""
    words: dict[str, Any] = {"require_starttls": tls is not None, "tls_context": tls} if not implicit else {}
    if auth:
        words |= {"authenticator": box.authenticate, "auth_required": True, "auth_require_tls": not implicit}
    controller = _Controller(box, hostname="127.0.0.1", port=0, ssl_context=tls if implicit else None, **words)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@dataclass(frozen=True)
class Issuer:
    """A certificate authority of the tests' own."""

    ca: trustme.CA
    file: Path

    def context(self, name: str = HOST) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(name).configure_cert(made)
        return made


def issuer(folder: Path) -> Issuer:
    folder.mkdir(parents=True, exist_ok=True)
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return Issuer(ca, folder / "ca.pem")


def settings(port: int, ca_file: Path | None, **changes: Any) -> MailSettings:
    given = {"host": HOST, "port": port, "security": "starttls", "sender": SENDER, "sender_name": "Zero Harm"}
    given |= {"dashboard_address": "https://dash.trust.example", "ca_file": ca_file}
    return MailSettings(**given | changes)


@pytest.fixture(scope="session")
def own_issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return issuer(tmp_path_factory.mktemp("ca"))
