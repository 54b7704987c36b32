"""Who gets which pack and who was told of what: what may be recorded, by whom, and that no reader of figures sees it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.access import Audience, NotForThisReader, Reader, Role, operator
from data.addresses import LONGEST_ADDRESS, is_address, unit_of
from data.backup import back_up
from data.catalogue import shipped_catalogue
from data.config import Home
from data.database import reader
from data.deciding import decide_now, withdraw_now
from data.decisions import LONGEST_TEXT, NAMING, Proposal
from data.delivery import note_told, recipients, sending, told
from data.publish import publish, read_pointer
from data.record import Busy, StoreError, writing
from data.store import Store
from data.verify import verify
from tests.conftest import approve_policy

IT = operator("IT")
QI = Reader(Role.QI_LEAD, name="Sam Okoro")
ANN, BEN = "ann@trust.example", "Ben.O'Neil+board@mail.trust.example"
LIST: dict[str, Any] = {"people": [ANN, BEN], "pack": "board", "sends": "file"}


def listing(**changes: Any) -> Proposal:
    return Proposal("recipients", "Agreed.", detail=LIST | changes)


@pytest.fixture
def published(home: Home) -> Home:
    approve_policy(home)
    with writing(home) as writer:
        publish(writer, shipped_catalogue())
    return home


# Addresses


@pytest.mark.parametrize(
    "text",
    ["a@b.example", "ann.lee@trust.example", BEN, "x_1-2@a-b.c3.example", "a@b.xn--p1ai", f"{'a' * 64}@b.example",
     "a@" + "b" * 63 + ".example", "a" * (64) + "@" + ".".join(["b" * 59] * 3) + ".example"],
)  # fmt: skip
def test_an_address_is_one(text: str) -> None:
    assert is_address(text) and len(text) <= LONGEST_ADDRESS


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@trust.example", "ann@trust", "ann@@trust.example", "a b@c.example", "ann@trust.example ", " a@b.example",
     "a@b.example\n", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", "Ann <a@b.example>", '"a b"@c.example',
     ".a@b.example", "a.@b.example", "a..b@c.example", "a@-b.example", "a@b-.example", "a@b..example", "a@[127.0.0.1]",
     "a@127.0.0.1", "ånn@trust.example", "a@trúst.example", "a@b.e", f"{'a' * 65}@b.example", "a@" + "b" * 64 + ".example",
     "a@" + ".".join(["b" * 50] * 5) + ".example", "a\x00@b.example", "a@b.example;x", "a(c)@b.example", 7, None, ["a@b.example"]],
)  # fmt: skip
def test_anything_else_is_none(text: object) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("pack", "unit"),
    [("board", ""), ("public", ""), ("division:LOCAL", "LOCAL"), ("ward:W:1", "W:1"), ("board:", None), ("public:X", None),
     ("ward", None), ("ward:", None), ("division: ", None), ("team:W01", None), ("", None), (7, None), (None, None)],
)  # fmt: skip
def test_what_a_pack_is_about(pack: object, unit: str | None) -> None:
    assert unit_of(pack) == unit


# What may be stated


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"people": []}, "A list of recipients names from 1 to 200 mail addresses."),
        ({"people": ANN}, "A list of recipients names from 1 to 200 mail addresses."),
        ({"people": [f"a{i}@b.example" for i in range(201)]}, "A list of recipients names from 1 to 200 mail addresses."),
        ({"people": [ANN, "ann"]}, "'ann' is no mail address such as name@trust.example."),
        ({"people": [ANN, 7]}, "'7' is no mail address such as name@trust.example."),
        ({"people": [ANN, ANN.title()]}, "A list of recipients names each address once."),
        ({"pack": "everybody"}, "A pack is board, public, division:CODE or ward:CODE, not 'everybody'."),
        ({"pack": ["board"]}, "A pack is board, public, division:CODE or ward:CODE, not '['board']'."),
        ({"sends": "fax"}, "A pack is sent as a file or as a link, not as 'fax'."),
    ],
)  # fmt: skip
def test_a_list_that_is_wrong_is_told_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as error:
        listing(**changes)
    assert str(error.value) == sentence


def test_the_longest_list_is_one() -> None:
    assert len(listing(people=[f"a{i}@b.example" for i in range(200)]).detail["people"]) == 200


@pytest.mark.parametrize("key", LIST)
def test_a_list_states_everything(key: str) -> None:
    with pytest.raises(ValueError, match=f"^A decision of kind 'recipients' must state its {key}.$"):
        Proposal("recipients", "Agreed.", detail={k: v for k, v in LIST.items() if k != key})


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ({"person": "ann", "keys": ["k"]}, "'ann' is no mail address such as name@trust.example."),
        ({"person": ANN, "keys": []}, "What somebody was told of is a list of keys, and not an empty one."),
        ({"person": ANN, "keys": "k"}, "What somebody was told of is a list of keys, and not an empty one."),
        ({"person": ANN, "keys": ["k", ""]}, "A key is a text of 1 to 300 characters."),
        ({"person": ANN, "keys": ["k" * 301]}, "A key is a text of 1 to 300 characters."),
        ({"person": ANN, "keys": [7]}, "A key is a text of 1 to 300 characters."),
    ],
)
def test_what_was_told_that_is_wrong_is_told_in_a_sentence(detail: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as error:
        Proposal("told", "Sent.", detail=detail)
    assert str(error.value) == sentence
    assert Proposal("told", "Sent.", detail={"person": ANN, "keys": ["k" * 300]}).kind == "told"


def test_addresses_are_the_purpose_and_the_reason_is_searched_all_the_same() -> None:
    assert listing().detail["people"] == [ANN, BEN]
    with pytest.raises(ValueError, match=r"^The reason seems to hold an e-mail address"):
        Proposal("recipients", f"Asked by {ANN}.", detail=LIST)


# Commentary


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"detail": {"text": "  \n"}}, "Commentary is a text that is not empty."),
        ({"detail": {"text": 7}}, "Commentary is a text that is not empty."),
        ({"detail": {"text": "x " * 301}}, "Commentary has at most 600 characters, not 602."),
        ({"measure_id": ""}, "Commentary is about one measure: name it."),
        ({"unit_code": ""}, "Commentary is about one unit: name it."),
        ({"first_month": None}, "Commentary is about one month: name it."),
        ({"detail": {}}, "A decision of kind 'commentary' must state its text."),
        ({"detail": {"text": "Ask Mary Smith."}}, "The text seems to hold"),
        ({"detail": {"text": "NHS number 943 476 5919"}}, "The text seems to hold"),
    ],
)
def test_commentary_that_is_wrong_is_told_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    usual: dict[str, Any] = {"measure_id": "falls_all", "unit_code": "W01", "first_month": date(2026, 8, 1)}
    usual |= {"detail": {"text": ("x " * 300)[:LONGEST_TEXT]}}
    assert Proposal("commentary", "Words.", **usual).detail["text"].startswith("x")
    with pytest.raises(ValueError) as error:
        Proposal("commentary", "Words.", **usual | changes)
    assert str(error.value).startswith(sentence) and "\n" not in str(error.value)


# In the record


def test_lists_are_kept_in_order_and_a_withdrawn_one_is_gone(published: Home) -> None:
    first, second = decide_now(published, [listing(), listing(pack="ward:W01", sends="link")], QI)
    found = recipients(published)
    assert [(each.decision_id, each.people, each.pack, each.sends) for each in found] == [
        (first, (ANN, BEN), "board", "file"),
        (second, (ANN, BEN), "ward:W01", "link"),
    ]
    assert {(each.decided_by, each.reason) for each in found} == {("Sam Okoro", "Agreed.")}
    withdraw_now(published, first, QI, "She has left.")
    assert [each.decision_id for each in recipients(published)] == [second]


def test_a_home_without_a_record_has_neither(tmp_path: Path) -> None:
    empty = Home(tmp_path / "empty")
    assert recipients(empty) == () and told(empty) == {}
    assert not empty.root.exists()


def test_a_list_for_a_unit_that_is_not_there_is_refused(published: Home) -> None:
    with pytest.raises(StoreError, match=r"^There is no unit 'W99'; nothing was recorded\.$"):
        decide_now(published, [listing(pack="ward:W99")], QI)
    assert recipients(published) == ()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.QI_LEAD, Role.OPERATOR)])
def test_only_qi_leads_and_the_operator_put_people_on_lists(role: Role, published: Home) -> None:
    who = Reader(role, units=("W01",), name="X")
    with pytest.raises(NotForThisReader):
        decide_now(published, [listing()], who)
    assert recipients(published) == ()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_only_the_operator_notes_who_was_told(role: Role, published: Home) -> None:
    with pytest.raises(NotForThisReader):
        note_told(published, ANN, ["k"], Reader(role, name="X"))
    with pytest.raises(NotForThisReader):
        decide_now(
            published, [Proposal("told", "Sent.", detail={"person": ANN, "keys": ["k"]})], Reader(role, name="X")
        )
    assert told(published) == {}


def test_what_was_told_is_a_set_for_each_address_whatever_its_case(published: Home) -> None:
    note_told(published, "Ann@Trust.example", ["b", "a"], IT)
    number = note_told(published, ANN, ["b", "c"], IT)
    assert told(published) == {ANN: frozenset("abc")}
    withdraw_now(published, number, IT, "It bounced.")
    assert told(published) == {ANN: frozenset("ab")}, "what was withdrawn may be told again"


def test_no_reader_of_figures_sees_who_is_told_and_no_version_is_made(published: Home) -> None:
    before = read_pointer(published)
    assert before is not None
    (number,) = decide_now(published, [listing()], QI)
    note_told(published, ANN, ["new:2026-08:worse:falls_all:W01"], IT)
    withdraw_now(published, number, QI, "She has left.")
    assert read_pointer(published) == before
    assert [each.wrong for each in verify(published, shipped_catalogue()) if each.wrong] == []
    with writing(published) as writer:
        publish(writer, shipped_catalogue())
    after = read_pointer(published)
    assert after is not None and after.version == before.version
    for path in (after.figures, after.deaths):
        assert ANN.encode() not in path.read_bytes()
        with reader(path) as con:
            kinds = {kind for (kind,) in con.execute("select kind from decision").fetchall()}
        assert not kinds & set(NAMING)


def test_every_kind_that_names_people_is_left_out_by_both_queries(published: Home) -> None:
    stated = {
        "grant": {"person": ANN, "role": "board_member"},
        "recipients": LIST,
        "told": {"person": ANN, "keys": ["k"]},
    }
    assert set(stated) == set(NAMING)
    before = read_pointer(published)
    decide_now(published, [Proposal(kind, "Agreed.", detail=detail) for kind, detail in stated.items()], IT)
    assert read_pointer(published) == before
    (published_number,) = decide_now(
        published, [Proposal("idea", "Seen.", detail={"text": "Huddles.", "state": "try"})], QI
    )
    after = read_pointer(published)
    assert after is not None and after.version == published_number, "what is no such kind makes a version"


def test_one_sends_at_a_time(published: Home) -> None:
    with sending(published), pytest.raises(Busy, match=r"^Another sending is under way"), sending(published):
        pass
    with sending(published):
        pass


def test_settings_of_the_mail_are_in_a_backup_and_its_lock_is_not(published: Home, tmp_path: Path) -> None:
    published.mail.write_text("port = 587", encoding="utf-8")
    with sending(published):
        made = back_up(published, tmp_path / "backups", "IT")
    names = set(json.loads((made / "manifest.json").read_text(encoding="utf-8"))["files"])
    assert "mail.toml" in names and "mail.lock" not in names


def test_a_public_reader_is_shown_none_of_it(published: Home) -> None:
    decide_now(published, [listing()], QI)
    store = Store.open(published)
    assert store is not None
    for who in (QI, replace(QI, audience=Audience.PUBLIC)):
        assert store.decisions(who, "recipients") == [] and store.decisions(who, "told") == []
    assert "recipients" not in {decision.kind for decision, _ in store.decision_log(QI)}
