"""A message as it stands on the wire: plain text in plain letters, nothing that is fetched, and no name that writes a header."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from data.config import PROJECT
from pages.reports.delivery.message import TYPES, compose, link
from pages.reports.delivery.smtp import Fate, deliver
from tests.reports.mail_server import Box, Issuer, own_issuer, serving, settings

__all__ = ["own_issuer"]
TO = "ann@trust.example"
HERE = settings(1, None)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"]
NASTY = "Maple ward\r\nBcc: everybody@other.example\nX-More: 1\r\n\r\n<script>\x00\x1b[31m\u2028\u202e\u0085end"


def made(subject: str = "News", lines: list[str] | None = None, **words: object) -> EmailMessage:
    return compose(HERE, TO, subject, lines or ["Hello."], ["key"], **words)  # type: ignore[arg-type]


def over_the_wire(message: EmailMessage) -> EmailMessage:
    found = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage) and not found.defects
    return found


def test_headers() -> None:
    found = over_the_wire(made("Two new signals"))
    assert list(found)[: len(HEADERS)] == HEADERS
    assert (found["From"], found["To"], found["Subject"]) == (
        "Zero Harm <zero-harm@trust.example>",
        TO,
        "Two new signals",
    )
    assert found["Auto-Submitted"] == "auto-generated" and found["X-Auto-Response-Suppress"] == "All"
    assert parsedate_to_datetime(found["Date"]).tzinfo is not None
    assert found.get_content_type() == "text/plain" and found.get_content_charset() == "utf-8"


def test_a_message_is_in_seven_bits_and_in_short_lines_whatever_it_says() -> None:
    wire = made("Für Élan – ok", ["Café ward – 3 signals", "x" * 5000, "日本" * 500]).as_bytes()
    assert wire.isascii() and max(map(len, wire.split(b"\r\n"))) <= 998
    assert re.search(rb"(?<!\r)\n", wire) is None


def test_letters_beyond_ascii_arrive(own_issuer: Issuer) -> None:
    lines = ["Rückblick auf Café ward – ‘besser’", "", "ünit ✓", ".", "..", "From here on"]
    with serving(Box(), tls=own_issuer.context()) as box:
        sender = settings(box.port, own_issuer.file, sender_name="Zéro Harm, Trust “A”")
        message = compose(sender, TO, "Élan – Östermalm ✓" + "ü" * 200, lines, ["key"], ("Rückblick.csv", b"a\r\n"))
        assert [each.fate for each in deliver(sender, [TO], lambda _: message)] == [Fate.SENT]
        (taken,) = box.taken
    assert taken.text == "\n".join(lines) + "\n"
    assert taken.message["Subject"] == "Élan – Östermalm ✓" + "ü" * 200
    assert taken.message["From"].addresses[0].display_name == "Zéro Harm, Trust “A”"
    (file,) = taken.message.iter_attachments()
    assert file.get_filename() == "Rückblick.csv"


def test_a_name_writes_no_header_and_no_line(own_issuer: Issuer) -> None:
    with serving(Box(), tls=own_issuer.context()) as box:
        sender = settings(box.port, own_issuer.file, sender_name=NASTY)
        message = compose(sender, TO, NASTY, [NASTY], ["key"], (f"{NASTY}.pdf", b"%PDF"))
        assert [each.fate for each in deliver(sender, [TO], lambda _: message)] == [Fate.SENT]
        (taken,) = box.taken
    one = "Maple ward Bcc: everybody@other.example X-More: 1 <script> [31m end"
    assert taken.to == [TO]
    assert list(taken.message)[:7] == HEADERS and "Bcc" not in taken.message and "X-More" not in taken.message
    assert taken.message["Subject"] == one
    assert taken.text.count("\n") == 1 and " ".join(taken.text.split()) == one
    (file,) = taken.message.iter_attachments()
    assert file.get_filename() == f"{one}.pdf"


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y", "a b@c.example"])
def test_an_address_that_is_none_makes_no_message(to: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 (the library's own errors; addresses are checked long before)
        compose(HERE, to, "News", ["Hello."], ["key"])


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("pack.pdf", "application/pdf"),
        ("pack.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("pack.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pack.html", "text/html"),
        ("pack.csv", "text/csv"),
    ],
)
def test_a_file_arrives_as_the_same_bytes_under_its_type(name: str, mime: str, own_issuer: Issuer) -> None:
    content = bytes(range(256)) * 300 + b"\r\n.\r\n..\r\n\n\r\xef\xbb\xbf"
    with serving(Box(), tls=own_issuer.context()) as box:
        sender = settings(box.port, own_issuer.file)
        message = compose(sender, TO, "Pack", ["Here."], ["key"], (name, content))
        assert [each.fate for each in deliver(sender, [TO], lambda _: message)] == [Fate.SENT]
        (taken,) = box.taken
    (file,) = taken.message.iter_attachments()
    assert (file.get_content_type(), file.get_filename(), file.get_content_disposition()) == (mime, name, "attachment")
    assert file.get_payload(decode=True) == content
    assert file.get_content_charset() == ("utf-8" if mime.startswith("text") else None)


def test_every_form_of_a_pack_has_a_type() -> None:
    assert set(TYPES) == {".pdf", ".pptx", ".xlsx", ".html", ".csv"}


def test_the_same_news_to_the_same_person_is_the_same_message_and_any_other_is_not() -> None:
    def number(to: str, *about: str) -> str:
        return str(compose(HERE, to, "News", ["Hello."], about)["Message-ID"])

    first = number(TO, "a", "b")
    assert re.fullmatch(r"<[0-9a-f]{40}@trust\.example>", first)
    assert first == number("ANN@trust.example", "b", "a")
    assert len({first, number("ben@trust.example", "a", "b"), number(TO, "a"), number(TO, "ab")}) == 4


def test_links() -> None:
    assert link(HERE, "") == "https://dash.trust.example/"
    assert link(HERE, "ward", unit="W 1&x=/é") == "https://dash.trust.example/ward?unit=W+1%26x%3D%2F%C3%A9"


def test_nothing_of_a_message_is_html_or_fetched() -> None:
    assert "<" not in made(lines=["Hello."]).get_content()
    source = (PROJECT / "pages/reports/delivery/message.py").read_text(encoding="utf-8")
    assert "add_alternative" not in source and "add_related" not in source
