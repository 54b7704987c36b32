"""Messages leave over TLS that is checked, one to each person; every way in which a server can answer, or fall silent."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.reports.delivery import smtp
from pages.reports.delivery.message import compose
from pages.reports.delivery.settings import PASSWORD as VARIABLE
from pages.reports.delivery.settings import MailError, MailSettings
from pages.reports.delivery.smtp import Delivery, Fate, deliver, one_line
from tests.reports.mail_server import PASSWORD, SENDER, USER, Box, Issuer, issuer, own_issuer, serving, settings

__all__ = ["own_issuer"]
ANN, BEN, CAT = "ann@trust.example", "ben@trust.example", "cat@trust.example"


@pytest.fixture
def server(own_issuer: Issuer) -> Iterator[Box]:
    with serving(Box(), tls=own_issuer.context()) as box:
        yield box


def send(to: MailSettings, *addresses: str) -> list[Delivery]:
    return list(deliver(to, addresses, lambda each: compose(to, each, "News", ["Hello."], ["key"])))


def fates(found: list[Delivery]) -> list[Fate]:
    return [each.fate for each in found]


# Over TLS


def test_starttls(server: Box, own_issuer: Issuer) -> None:
    assert send(settings(server.port, own_issuer.file), ANN) == [Delivery(ANN, Fate.SENT)]
    (taken,) = server.taken
    assert (taken.sender, taken.to, taken.text) == (SENDER, [ANN], "Hello.\n")
    assert taken.tls in ("TLSv1.2", "TLSv1.3")


def test_tls_from_the_first_byte(own_issuer: Issuer) -> None:
    with serving(Box(), tls=own_issuer.context(), implicit=True) as box:
        assert fates(send(settings(box.port, own_issuer.file, security="tls"), ANN, BEN)) == [Fate.SENT, Fate.SENT]
        assert [each.to for each in box.taken] == [[ANN], [BEN]], "nobody sees who else got it"
        assert {each.tls for each in box.taken} <= {"TLSv1.2", "TLSv1.3"}


def test_older_tls_and_unchecked_certificates_are_never_spoken(own_issuer: Issuer) -> None:
    context = smtp._trusted(settings(1, own_issuer.file))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_issuer_is_refused(security: str, own_issuer: Issuer, tmp_path: Path) -> None:
    other = issuer(tmp_path / "other")
    with serving(Box(), tls=other.context(), implicit=security == "tls") as box:
        (found,) = send(settings(box.port, own_issuer.file, security=security), ANN)
        assert found.fate is Fate.REFUSED
        assert found.why.startswith("the mail server could not prove who it is over TLS 1.2 or newer (")
        assert "certificate" in found.why and box.taken == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_host_is_refused(security: str, own_issuer: Issuer) -> None:
    with serving(Box(), tls=own_issuer.context("mail.other.example"), implicit=security == "tls") as box:
        (found,) = send(settings(box.port, own_issuer.file, security=security), ANN)
        assert found.fate is Fate.REFUSED and "ostname mismatch" in found.why and box.taken == []


def test_the_issuers_that_the_system_knows_do_not_include_ours(server: Box) -> None:
    (found,) = send(settings(server.port, None), ANN)
    assert found.fate is Fate.REFUSED and server.taken == []


def test_a_server_without_starttls_is_refused(own_issuer: Issuer) -> None:
    with serving(Box(), tls=None) as box:
        found = send(settings(box.port, own_issuer.file), ANN, BEN)
        why = "the mail server does not offer what mail.toml asks for (STARTTLS extension not supported by server.)"
        assert found == [Delivery(ANN, Fate.REFUSED, why), Delivery(BEN, Fate.REFUSED, why)]
        assert box.taken == []


def test_a_server_that_speaks_plainly_where_tls_was_expected_is_refused(own_issuer: Issuer) -> None:
    with serving(Box(), tls=None) as box:
        assert fates(send(settings(box.port, own_issuer.file, security="tls"), ANN)) == [Fate.REFUSED]


def test_an_issuer_file_that_holds_no_certificate_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("nothing", encoding="utf-8")
    with pytest.raises(MailError, match=r"^ca_file holds no certificate that can be read; it is a file in PEM\.$"):
        send(settings(1, path), ANN)


# Signing in


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server does not count TLS from the first byte
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_password_comes_from_the_environment(
    security: str, own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    with serving(Box(), tls=own_issuer.context(), implicit=security == "tls", auth=True) as box:
        assert fates(send(settings(box.port, own_issuer.file, security=security, user=USER), ANN)) == [Fate.SENT]
        assert box.signed_in and len(box.taken) == 1


def test_a_wrong_password_needs_a_person_and_is_not_repeated_in_the_answer(
    own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "not the secret")
    with serving(Box(), tls=own_issuer.context(), auth=True) as box:
        (found,) = send(settings(box.port, own_issuer.file, user=USER), ANN)
        assert (found.fate, found.why.split(" (")[0]) == (
            Fate.REFUSED,
            "the mail server said 535 5.7.8 Authentication credentials invalid",
        )
        assert "not the secret" not in repr(found) and box.taken == []


def test_a_server_that_wants_a_sign_in_refuses_who_names_nobody(own_issuer: Issuer) -> None:
    with serving(Box(), tls=own_issuer.context(), auth=True) as box:
        (found,) = send(settings(box.port, own_issuer.file), ANN)
        assert (found.fate, found.why) == (Fate.REFUSED, "the mail server said 530 5.7.0 Authentication required")


def test_a_user_at_a_server_where_nobody_signs_in_is_refused(
    own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    with serving(Box(), tls=own_issuer.context(), implicit=True) as box:
        (found,) = send(settings(box.port, own_issuer.file, security="tls", user=USER), ANN)
    why = "the mail server does not offer what mail.toml asks for (SMTP AUTH extension not supported by server.)"
    assert found == Delivery(ANN, Fate.REFUSED, why)


def test_a_user_without_a_password_is_told_before_anything_is_said_to_the_server(
    server: Box, own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(MailError, match=f"^mail.toml names a user, so set {VARIABLE}, or name a password_file.$"):
        send(settings(server.port, own_issuer.file, user=USER), ANN)
    assert server.signed_in == [] and server.taken == []


# What it answers


def test_one_of_three_is_refused_and_the_others_have_it(server: Box, own_issuer: Issuer) -> None:
    server.rcpt[BEN] = "550 5.1.1 No such user"
    found = send(settings(server.port, own_issuer.file), ANN, BEN, CAT)
    assert found == [
        Delivery(ANN, Fate.SENT),
        Delivery(BEN, Fate.REFUSED, "the mail server said 550 5.1.1 No such user"),
        Delivery(CAT, Fate.SENT),
    ]
    assert [each.to for each in server.taken] == [[ANN], [CAT]]


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        ("450 4.2.0 Greylisted", Fate.LATER),
        ("499 Not now", Fate.LATER),
        ("500 What?", Fate.REFUSED),
        ("554 5.7.1 Not wanted", Fate.REFUSED),
    ],
)
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_four_hundreds_are_for_later_and_five_hundreds_are_not(
    step: str, answer: str, fate: Fate, server: Box, own_issuer: Issuer
) -> None:
    getattr(server, step)[ANN] = answer
    assert send(settings(server.port, own_issuer.file), ANN, BEN) == [
        Delivery(ANN, fate, f"the mail server said {answer}"),
        Delivery(BEN, Fate.SENT),
    ]


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_server_that_is_closing_is_asked_again_later_for_all_that_is_left(
    step: str, server: Box, own_issuer: Issuer
) -> None:
    getattr(server, step)[BEN] = "421 4.7.0 Too many messages"
    found = send(settings(server.port, own_issuer.file), ANN, BEN, CAT)
    assert fates(found) == [Fate.SENT, Fate.LATER, Fate.LATER]
    assert {each.why for each in found[1:]} == {"the mail server said 421 4.7.0 Too many messages"}


def test_a_server_that_dies_in_the_middle_is_asked_again_later_for_all_that_is_left(
    server: Box, own_issuer: Issuer
) -> None:
    server.dies_at = 1
    found = send(settings(server.port, own_issuer.file), ANN, BEN, CAT)
    assert fates(found) == [Fate.SENT, Fate.LATER, Fate.LATER]
    assert all(each.why.startswith("the mail server did not answer, or hung up (") for each in found[1:])
    assert [each.to for each in server.taken] == [[ANN]]


def test_what_was_sent_is_said_before_the_next_one_leaves(server: Box, own_issuer: Issuer) -> None:
    to = settings(server.port, own_issuer.file)
    each = deliver(to, [ANN, BEN], lambda address: compose(to, address, "News", ["Hello."], ["key"]))
    assert next(each) == Delivery(ANN, Fate.SENT) and len(server.taken) == 1
    each.close()
    assert len(server.taken) == 1, "whoever cannot note it stops the rest"


def test_nobody_there_is_for_later(own_issuer: Issuer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (found,) = send(settings(port, own_issuer.file), ANN)
    assert found == Delivery(ANN, Fate.LATER, "the mail server did not answer, or hung up (Connection refused)")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_says_nothing_is_given_up_on(
    security: str, own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (found,) = send(settings(silent.getsockname()[1], own_issuer.file, security=security), ANN)
    assert found.fate is Fate.LATER and "timed out" in found.why


@pytest.mark.parametrize(
    ("banner", "fate"), [(b"421 Busy\r\n", Fate.LATER), (b"554 Not for you\r\n", Fate.REFUSED), (b"", Fate.LATER)]
)
def test_what_the_server_says_at_the_door(banner: bytes, fate: Fate, own_issuer: Issuer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            with door.accept()[0] as visitor:
                visitor.sendall(banner)

        doorman = threading.Thread(target=answer)
        doorman.start()
        assert fates(send(settings(door.getsockname()[1], own_issuer.file), ANN)) == [fate]
        doorman.join()


def test_a_server_that_answers_with_lines_of_its_own_writes_none_of_ours() -> None:
    nasty = smtplib.SMTPDataError(550, "no\r\nSent to everybody.\x1b[2J\u202e" + "x" * 500)
    fate, why = smtp._judged(nasty)
    assert fate is Fate.REFUSED
    assert why.startswith("the mail server said 550 no Sent to everybody. [2J xxx") and len(why) < 250
    assert one_line(" a\u2028b\tc \n") == "a b c"


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (smtplib.SMTPException("No suitable authentication method found."), Fate.REFUSED),
        (smtplib.SMTPAuthenticationError(454, b"Not now"), Fate.LATER),
        (smtplib.SMTPAuthenticationError(535, b"No"), Fate.REFUSED),
        (smtplib.SMTPServerDisconnected("gone"), Fate.LATER),
        (ssl.SSLEOFError(8, "EOF occurred"), Fate.LATER),
        (ssl.SSLError(1, "tlsv1 alert protocol version"), Fate.REFUSED),
        (socket.gaierror(-3, "Temporary failure in name resolution"), Fate.LATER),
        (TimeoutError("timed out"), Fate.LATER),
    ],
)
def test_what_needs_a_person_and_what_needs_time(error: Exception, fate: Fate) -> None:
    assert smtp._judged(error)[0] is fate
