"""Who is on a list, who may have a pack, and that everybody gets it once: `recipients` and `send`, to a real server."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data.audit import now, read_trail, trail_files
from data.delivery import note_told, sending, told
from data.publish import read_pointer
from data.record import StoreError
from pages.reports.__main__ import main
from pages.reports.delivery import packs
from pages.reports.delivery.outcome import DONE, LATER, NOTHING, REFUSED
from pages.reports.pack.provenance import read
from tests.reports.mail_server import Box, Issuer, own_issuer, serving
from tests.reports.mailing import ANN, BEN, CAT, IT, WHY, Post, grant, listed, pack, post, trust, write_settings

VOUCHED = packs.vouched  # before a fixture puts something simpler in its place
__all__ = ["own_issuer", "post", "trust"]


# Sending


def test_a_pack_arrives_as_its_very_bytes_and_is_noted(post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "board_member")
    number = listed(post, "board", ANN)
    version, file = read_pointer(post.home), pack(tmp_path / "board.html", "board")
    assert post.run("send", str(file), "--to", "board", "--by", "nightly job") == (
        DONE,
        [f"board.html was sent to {ANN}."],
        [],
    )
    (taken,) = post.box.taken
    assert taken.to == [ANN] and taken.tls.startswith("TLSv1.")
    assert taken.message["Subject"] == "Zero Harm: Board pack, August 2026"
    first, _, end, why, last, *rest = taken.text.split("\n")
    assert first == "Board pack, August 2026: board.html is attached (version 7 of the figures)."
    assert end == "--" and last == "No reply to this address is read by the dashboard." and rest == [""]
    assert re.fullmatch(
        rf"You get this because Sam Okoro put your address on list {number} on \d+ \w+ \d{{4}}\. Ask them to take it off\.",
        why,
    )
    (attached,) = taken.message.iter_attachments()
    assert attached.get_payload(decode=True) == file.read_bytes() and attached.get_filename() == "board.html"
    (key,) = told(post.home)[ANN]
    assert re.fullmatch(r"pack:board:[0-9a-f]{64}", key)
    noted = [line for path in trail_files(post.home) for line in read_trail(path) if line.what == "sent"]
    assert [(n.who, json.loads(n.detail)) for n in noted] == [
        ("nightly job", {"file": "board.html", "people": 1, "to": "board"})
    ]
    assert read_pointer(post.home) == version


def test_a_link_leads_to_the_page_and_no_file_goes_along(post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "qi_lead")
    pages = {
        "board": "/?figures=7",
        "division:LOCAL": "/division?unit=LOCAL&figures=7",
        "ward:W01": "/ward?unit=W01&figures=7",
    }
    for audience, page in pages.items():
        listed(post, audience, ANN, sends="link")
        file = pack(tmp_path / "pack.html", audience, edition=5)
        assert post.run("send", str(file), "--to", audience)[0] == DONE
        taken = post.box.taken[-1]
        assert f"https://dash.trust.example{page}" in taken.text.split("\n") and not list(
            taken.message.iter_attachments()
        )
    file = pack(tmp_path / "other.html", "ward:W01", edition=0)
    assert post.run("send", str(file), "--to", "ward:Maple")[0] == DONE
    assert "https://dash.trust.example/ward?unit=W01" in post.box.taken[-1].text.split("\n")
    assert post.box.taken[-1].message["Subject"] == "Zero Harm: Pack of Maple ward, August 2026"


def test_nobody_is_sent_the_same_file_twice(post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "board_member")
    number = listed(post, "board", ANN)
    file = pack(tmp_path / "board.html", "board")
    assert post.run("send", str(file), "--to", "board")[0] == DONE
    had = ["Nothing to send: everybody on the list has had this file."]
    assert post.run("send", str(file), "--to", "board") == (NOTHING, had, [])
    renamed = file.rename(tmp_path / "renamed.html")
    listed(post, "board", ANN.upper(), sends="link")
    assert post.run("recipients", "withdraw", str(number), *WHY)[0] == DONE
    assert post.run("send", str(renamed), "--to", "board") == (NOTHING, had, []), "nor under another name or spelling"
    assert post.run("send", str(pack(tmp_path / "next.html", "board", "2026-09")), "--to", "board")[0] == DONE
    assert [each.casefold() for each in post.to()] == [ANN, ANN]


def test_a_retry_sends_what_is_left(post: Post, tmp_path: Path) -> None:
    for person in (ANN, BEN, CAT):
        grant(post.home, person, "board_member")
    listed(post, "board", ANN, BEN)
    listed(post, "board", BEN, CAT)
    file = pack(tmp_path / "board.html", "board")
    post.box.dies_at = 1
    code, out, err = post.run("send", str(file), "--to", "board")
    assert (code, out) == (LATER, [f"board.html was sent to {ANN}."])
    assert [line[: len(f"Not sent to {BEN}: ")] for line in err] == [f"Not sent to {BEN}: ", f"Not sent to {CAT}: "]
    assert all(line.endswith(" It is tried again when the command is.") for line in err)
    again = [f"board.html was sent to {BEN}.", f"board.html was sent to {CAT}."]
    assert post.run("send", str(file), "--to", "board") == (DONE, again, [])
    assert post.to() == [ANN, BEN, CAT]


def test_one_of_three_is_refused(post: Post, tmp_path: Path) -> None:
    for person in (ANN, BEN, CAT):
        grant(post.home, person, "board_member")
    listed(post, "board", ANN, BEN, CAT)
    post.box.rcpt[BEN] = "550 5.1.1 No such user"
    file = pack(tmp_path / "board.html", "board")
    code, out, err = post.run("send", str(file), "--to", "board")
    assert (code, len(out)) == (REFUSED, 2)
    assert err == [f"Not sent to {BEN}: the mail server said 550 5.1.1 No such user."]
    post.box.rcpt[CAT] = "450 Later"
    assert post.run("send", str(file), "--to", "board")[0] == REFUSED, "the others have had it"
    assert post.to() == [ANN, CAT]


def test_what_may_do_later_comes_before_what_never_will(post: Post, tmp_path: Path) -> None:
    for person in (ANN, BEN):
        grant(post.home, person, "board_member")
    listed(post, "board", ANN, BEN)
    post.box.rcpt |= {ANN: "550 No such user", BEN: "450 Greylisted"}
    assert post.run("send", str(pack(tmp_path / "board.html", "board")), "--to", "board")[0] == LATER


def test_nobody_there_is_for_later_and_a_server_that_cannot_prove_itself_is_for_a_person(
    post: Post, own_issuer: Issuer, tmp_path: Path
) -> None:
    grant(post.home, ANN, "board_member")
    listed(post, "board", ANN)
    file = pack(tmp_path / "board.html", "board")
    write_settings(post.home, 1, own_issuer)
    assert post.run("send", str(file), "--to", "board")[0] == LATER
    with serving(Box(), tls=own_issuer.context("other.example")) as other:
        write_settings(post.home, other.port, own_issuer)
        assert post.run("send", str(file), "--to", "board")[0] == REFUSED
        assert other.taken == []
    assert told(post.home) == {}


def test_a_rehearsal_sends_and_notes_nothing(post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "board_member")
    listed(post, "board", ANN, BEN)
    file = pack(tmp_path / "board.html", "board")
    code, out, err = post.run("send", str(file), "--to", "board", "--dry-run")
    assert (code, out) == (REFUSED, [f"board.html would be sent to {ANN}."])
    assert err == [
        f"Not sent to {BEN}: no role of this address reaches all that a pack for board holds (python -m data grant)."
    ]
    assert post.box.taken == [] and told(post.home) == {}


# Who may have what


def test_a_role_that_is_over_reaches_nothing_and_a_group_is_no_address(post: Post, tmp_path: Path) -> None:
    yesterday, today = (now().date() - timedelta(days) for days in (1, 0))
    grant(post.home, ANN, "board_member", ends_on=yesterday.isoformat())
    grant(post.home, BEN, "board_member", ends_on=today.isoformat())
    grant(post.home, "group:board", "board_member")
    listed(post, "board", ANN, BEN, CAT)
    code, out, err = post.run("send", str(pack(tmp_path / "board.html", "board")), "--to", "board")
    assert (code, out, len(err)) == (REFUSED, [f"board.html was sent to {BEN}."], 2)
    assert post.to() == [BEN]


def test_a_public_pack_may_go_to_anybody_on_its_list(post: Post, tmp_path: Path) -> None:
    listed(post, "public", "news@paper.example")
    assert post.run("send", str(pack(tmp_path / "p.html", "public")), "--to", "public")[0] == DONE
    assert post.to() == ["news@paper.example"]
    assert post.box.taken[0].message["Subject"] == "Zero Harm: Public pack, August 2026"


@pytest.mark.parametrize("made_for", ["board", "public", "division:LOCAL", "ward:W02"])
def test_a_file_that_was_made_for_others_is_not_sent(made_for: str, post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "board_member")
    listed(post, "ward:W01", ANN)
    file = pack(tmp_path / "pack.html", made_for)
    sentence = f"pack.html was made for {made_for}, not for ward:W01: nothing was sent."
    assert post.run("send", str(file), "--to", "ward:W01") == (REFUSED, [], [sentence])
    assert post.box.taken == []


def test_a_file_that_does_not_say_where_it_is_from_is_not_sent(post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "board_member")
    listed(post, "board", ANN)
    for name in ("plain.html", "plain.pdf", "plain.xlsx", "plain.csv", "gone.pdf"):
        path = tmp_path / name
        if not name.startswith("gone"):
            path.write_bytes(b"nothing of ours")
        code, out, (line,) = post.run("send", str(path), "--to", "board")
        assert (code, out) == (REFUSED, []) and line.startswith(name), line
    assert post.box.taken == []


def test_nobody_on_the_list(post: Post, tmp_path: Path) -> None:
    file = pack(tmp_path / "board.html", "board")
    nobody = "Nothing to send: nobody is on a list for board (python -m pages.reports recipients add)."
    assert post.run("send", str(file), "--to", "board") == (NOTHING, [nobody], [])


def test_a_withdrawn_list_is_nobodys(post: Post, tmp_path: Path) -> None:
    grant(post.home, ANN, "board_member")
    number = listed(post, "board", ANN)
    assert post.run("recipients", "withdraw", str(number), *WHY)[0] == DONE
    assert post.run("send", str(pack(tmp_path / "board.html", "board")), "--to", "board")[0] == NOTHING


def test_without_settings_or_an_approved_policy_nothing_leaves(post: Post, tmp_path: Path) -> None:
    file = pack(tmp_path / "board.html", "board")
    post.home.mail.unlink()
    code, _, (line,) = post.run("send", str(file), "--to", "board")
    assert code == REFUSED and line.startswith("There is no mail.toml in ")
    post.home.mail.write_text("host = 1", encoding="utf-8")
    assert post.run("send", str(file), "--to", "board")[2] == ["mail.toml: port is missing."]


def test_figures_that_nobody_has_approved_are_not_sent(post: Post, tmp_path: Path) -> None:
    post.home.policy.unlink()
    code, _, (line,) = post.run("send", str(pack(tmp_path / "board.html", "board")), "--to", "board")
    assert code == REFUSED and "nobody has approved who may see what" in line


def test_two_do_not_send_at_once(post: Post, tmp_path: Path) -> None:
    listed(post, "public", ANN)
    with sending(post.home):
        busy = ["Another sending is under way; wait until it has ended and try again."]
        assert post.run("send", str(pack(tmp_path / "p.html", "public")), "--to", "public") == (LATER, [], busy)
    assert post.run("send", str(tmp_path / "p.html"), "--to", "public")[0] == DONE


def test_what_cannot_be_noted_stops_the_sending(post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise StoreError("The disk is full.")

    listed(post, "public", ANN, BEN)
    monkeypatch.setattr(packs, "note_told", full)
    assert post.run("send", str(pack(tmp_path / "p.html", "public")), "--to", "public") == (
        REFUSED,
        [],
        ["The disk is full."],
    )
    assert post.to() == [ANN], "one was sent, and no other while nothing can be noted"


@pytest.mark.parametrize(
    ("title", "subject"),
    [("Trust\nBcc: x@y.example", "Trust Bcc: x@y.example"), ("Élan NHS – “A”", "Élan NHS – “A”")],
)
def test_a_name_of_the_trust_writes_no_header(title: str, subject: str, post: Post, tmp_path: Path) -> None:
    post.home.branding.write_text(f"name = {json.dumps(title)}", encoding="utf-8")
    listed(post, "public", ANN)
    assert post.run("send", str(pack(tmp_path / "p.html", "public")), "--to", "public")[0] == DONE
    (taken,) = post.box.taken
    assert taken.message["Subject"] == f"{subject}: Public pack, August 2026"
    assert taken.to == [ANN] and "Bcc" not in taken.message


@pytest.mark.parametrize("name", ["pack", "pack.docx", "pack.zip", "pack.pdf.exe"])
def test_only_packs_are_sent(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["send", name, "--to", "board"])
    assert stopped.value.code == REFUSED and "a pack ends in .pdf, .pptx, .xlsx, .html, .csv" in capsys.readouterr().err


def test_exit_codes_are_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["send"], ["digest"], ["recipients"], ["recipients", "add"], ["recipients", "list"]):
        with pytest.raises(SystemExit):
            main([*words, "--help"])
        text = " ".join(capsys.readouterr().out.split())
        assert "Exit codes: 0 done; 2 refused for good" in text and "75 not now" in text
    assert (DONE, REFUSED, NOTHING, LATER) == (0, 2, 3, 75)


def test_what_was_told_is_kept_by_address_whatever_its_case(post: Post) -> None:
    note_told(post.home, "Ann@Trust.example", ["b", "a"], IT)
    note_told(post.home, ANN, ["b", "c"], IT)
    assert told(post.home) == {ANN: frozenset("abc")}


# The very pack


def test_only_what_the_store_makes_is_sent(post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can write a mark into a file: a board's pack that calls itself the public's goes nowhere."""
    monkeypatch.setattr(packs, "vouched", VOUCHED)
    grant(post.home, ANN, "board_member")
    listed(post, "board", ANN)
    listed(post, "public", BEN)
    file = tmp_path / "board.html"
    assert post.run("board", "2026-08", "-o", str(file))[0] == DONE
    made = read(file)
    forged = tmp_path / "public.html"
    forged.write_bytes(file.read_bytes().replace(made.mark.encode(), replace(made, audience="public").mark.encode()))
    code, _, errors = post.run("send", str(forged), "--to", "public")
    assert code == REFUSED and errors
    changed = tmp_path / "changed.html"
    changed.write_bytes(file.read_bytes() + b" ")
    assert post.run("send", str(changed), "--to", "board") == (
        REFUSED,
        [],
        [
            "changed.html is not what the store makes today, to the last byte; make the pack again and send that. Nothing was "
            "sent."
        ],
    )
    assert post.to() == []
    assert post.run("send", str(file), "--to", "board")[0] == DONE
    assert post.to() == [ANN]
