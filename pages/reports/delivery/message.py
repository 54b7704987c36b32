"""One message to one person: plain text with nothing that is fetched from anywhere, and perhaps a file."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlencode

from pages.reports.delivery.settings import MailSettings
from pages.reports.delivery.smtp import one_line

# The types that IANA lists; a text says in which letters it is.
TYPES = {
    ".pdf": ("application", "pdf", {}),
    ".pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation", {}),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", {}),
    ".html": ("text", "html", {"charset": "utf-8"}),
    ".csv": ("text", "csv", {"charset": "utf-8"}),
}


def compose(
    settings: MailSettings,
    to: str,
    subject: str,
    lines: Iterable[str],
    about: Iterable[str],
    attached: tuple[str, bytes] | None = None,
) -> EmailMessage:
    """The message. `about`: the keys of what it tells; `attached`: a file's name, whose ending says its type, and its bytes.

    A name of a trust or a unit may stand in the subject: whatever in it ends a line, or is not seen, is a blank here.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(settings.sender_name), addr_spec=settings.sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = _message_id(settings, to, about)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note answers it
    message["X-Auto-Response-Suppress"] = "All"  # Exchange's own word for that
    # Quoted-printable: letters beyond ASCII pass every server, also one that takes seven bits only.
    message.set_content("\n".join(map(_printable, lines)) + "\n", charset="utf-8", cte="quoted-printable")
    if attached is not None:
        name, content = attached
        main, sub, parameters = TYPES[Path(name).suffix.lower()]
        message.add_attachment(content, main, sub, filename=one_line(name), params=parameters)
    return message


def link(settings: MailSettings, page: str, **values: str) -> str:
    """The whole address of a page of the dashboard."""
    return f"{settings.dashboard_address}/{page}" + (f"?{urlencode(values)}" if values else "")


def _printable(line: str) -> str:
    """A line of the text as it is, without what would end it or is not seen."""
    return "".join(letter if letter.isprintable() else " " for letter in line)


def _message_id(settings: MailSettings, to: str, about: Iterable[str]) -> str:
    """The same for the same news to the same person: should it be sent twice, mail programs can tell."""
    told = "\n".join([to.casefold(), *sorted(about)])
    digest = hashlib.sha256(told.encode()).hexdigest()[:40]
    return f"<{digest}@{settings.sender.rpartition('@')[2]}>"
