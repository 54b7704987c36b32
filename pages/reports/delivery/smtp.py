"""Messages to the trust's mail server: over TLS that is checked, one message to one person, and what became of each.

A server that answers with 4xx, or does not answer, is asked again later; 5xx, and a server that cannot prove who it is, needs
a person.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

from pages.reports.delivery.settings import STARTTLS, MailError, MailSettings

SECONDS = 30  # for each step: RFC 5321 allows minutes, and a scheduler tries again anyway
LONGEST_REASON = 200
# Of a handshake: the line was cut, which says nothing of who is there.
_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Fate(StrEnum):
    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Delivery:
    """What became of the message to one address; `why` is '' where it was sent."""

    address: str
    fate: Fate
    why: str = ""


def deliver(
    settings: MailSettings, addresses: Sequence[str], make: Callable[[str], EmailMessage]
) -> Iterator[Delivery]:
    """Make and send the message to each address, and say what became of it before the next one. Raises MailError.

    Whoever asks can note what was sent at once: what goes wrong there is theirs, and ends the sending.
    """
    done = 0
    try:
        with _connected(settings) as server:
            for address in addresses:
                found = _send(server, settings, address, make(address))
                done += 1
                yield found
    except (smtplib.SMTPException, OSError) as error:  # an error of TLS is an OSError
        fate, why = _judged(error)
        yield from (Delivery(address, fate, why) for address in addresses[done:])


@contextmanager
def _connected(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """A session that nobody can listen to; it is closed whatever happens in it."""
    password = settings.password() if settings.user else ""  # before anything is said to anybody
    server = _opened(settings, _trusted(settings))
    try:
        if settings.user:
            server.login(settings.user, password)
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):  # what was taken is taken, whether we part in friendship or not
            server.quit()
        server.close()


def _trusted(settings: MailSettings) -> ssl.SSLContext:
    """Who is believed: certificate and host name are always checked."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise MailError("ca_file holds no certificate that can be read; it is a file in PEM.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _opened(settings: MailSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    where = (settings.host, settings.port)
    if settings.security != STARTTLS:
        return smtplib.SMTP_SSL(*where, timeout=SECONDS, context=context)
    server = smtplib.SMTP(*where, timeout=SECONDS)
    try:
        server.starttls(context=context)  # says EHLO first, and raises where TLS is not offered
    except BaseException:
        server.close()
        raise
    return server


def _send(server: smtplib.SMTP, settings: MailSettings, address: str, message: EmailMessage) -> Delivery:
    """One message to one person. Raises where the session is over, so that the others are tried later."""
    try:
        server.sendmail(settings.sender, [address], message.as_bytes())  # `send_message` would write ">From" for "From"
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        if _codes(error) & {421}:  # the server is closing: what follows would not be heard
            raise
        return Delivery(address, *_judged(error))
    return Delivery(address, Fate.SENT)


def _judged(error: Exception) -> tuple[Fate, str]:
    """Whether it may do later, and why it did not now."""
    if isinstance(error, ssl.SSLError) and not isinstance(error, _CUT):
        return Fate.REFUSED, f"the mail server could not prove who it is over TLS 1.2 or newer ({_reason(error)})"
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:  # no way to sign in
        return Fate.REFUSED, f"the mail server does not offer what mail.toml asks for ({_reason(error)})"
    codes = _codes(error)
    if codes:
        return (Fate.REFUSED if max(codes) >= 500 else Fate.LATER), f"the mail server said {_answer(error)}"
    return Fate.LATER, f"the mail server did not answer, or hung up ({_reason(error)})"


def _codes(error: Exception) -> set[int]:
    """What the server answered with; none where it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return {code for code, _ in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, smtplib.SMTPResponseException) else set()


def _answer(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    assert isinstance(error, smtplib.SMTPResponseException)
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _short(error.verify_message)
    return _short(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _text(told: bytes | str) -> str:
    return _short(told.decode("utf-8", "replace") if isinstance(told, bytes) else told)


def _short(text: str) -> str:
    return one_line(text)[:LONGEST_REASON]


def one_line(text: str) -> str:
    """A text of somebody else's as part of a line of ours: nothing in it that ends a line or is not seen."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())
