"""Who is on a list, and whose role reaches all that a pack holds: `recipients`."""

import re

import pytest

from data.catalogue import shipped_catalogue
from data.delivery import recipients
from data.publish import read_pointer
from data.verify import verify
from pages.reports.delivery.listed import may_have
from pages.reports.delivery.outcome import DONE, REFUSED
from pages.reports.opened import opened
from tests.reports.mail_server import own_issuer
from tests.reports.mailing import ANN, BEN, WHY, Post, grant, listed, post, trust

__all__ = ["own_issuer", "post", "trust"]


# Lists


def test_a_list_is_added_listed_and_withdrawn(post: Post) -> None:
    version = read_pointer(post.home)
    assert post.run("recipients", "list") == (DONE, ["Nobody is on a list yet."], [])
    grant(post.home, ANN, "board_member")
    number = listed(post, "board", ANN)
    code, (line,), _ = post.run("recipients", "list")
    assert code == DONE and re.fullmatch(
        rf" *{number}  board  file  {ANN}  \(Sam Okoro, \d+ \w+ \d{{4}}: Agreed\.\)", line
    )
    assert post.run("recipients", "withdraw", str(number), *WHY) == (DONE, [f"List {number} is withdrawn."], [])
    assert recipients(post.home) == ()
    gone = [f"There is no list {number} in force; `python -m pages.reports recipients list` has them."]
    assert post.run("recipients", "withdraw", str(number), *WHY) == (REFUSED, [], gone)
    assert read_pointer(post.home) == version, "no figure depends on it"
    assert [each.wrong for each in verify(post.home, shipped_catalogue()) if each.wrong] == []


def test_a_division_is_named_as_people_call_it(post: Post) -> None:
    listed(post, "division:Local division", ANN)
    listed(post, "ward:maple", BEN, sends="link")
    assert [(each.pack, each.sends) for each in recipients(post.home)] == [
        ("division:LOCAL", "file"),
        ("ward:W01", "link"),
    ]


@pytest.mark.parametrize(
    ("people", "audience", "sentence"),
    [
        ([ANN, "Ann Example"], "board", "'Ann Example' is no mail address such as name@trust.example."),
        ([ANN, "ANN@trust.example"], "board", "A list of recipients names each address once."),
        ([ANN], "division:Nowhere", "There is no division 'Nowhere'; there are LOCAL (Local division), SECURE (Secure division)."),
        ([ANN], "everybody", "A pack is for public, board, division:NAME or ward:NAME, not 'everybody'."),
    ],
)  # fmt: skip
def test_a_list_that_is_wrong_is_refused_in_a_sentence(
    people: list[str], audience: str, sentence: str, post: Post
) -> None:
    assert post.run("recipients", "add", *people, "--pack", audience, *WHY) == (REFUSED, [], [sentence])
    assert recipients(post.home) == ()


def test_a_reason_that_names_a_patient_is_refused_although_addresses_are_its_purpose(post: Post) -> None:
    code, _, (line,) = post.run(
        "recipients", "add", ANN, "--pack", "board", "--by", "Sam", "--reason", "For Mary Smith."
    )
    assert code == REFUSED and line.startswith("The reason seems to hold")


def test_whoever_may_not_have_it_yet_is_named_when_they_are_listed(post: Post) -> None:
    code, out, _ = post.run("recipients", "add", ANN, BEN, "--pack", "ward:W01", *WHY)
    late = "{} gets none until they hold a role that reaches all that a pack for ward:W01 holds."
    assert (code, out[1:]) == (DONE, [late.format(ANN), late.format(BEN)])


# Who may have what

EVERY = ["board", "division:LOCAL", "division:SECURE", "ward:W01", "ward:W03", "public"]
REACHES = {
    **dict.fromkeys(["board_member", "executive_owner", "qi_lead", "patient_safety_lead", "analyst"], " ".join(EVERY)),
    "qi_lead LOCAL": "division:LOCAL ward:W01 public",
    "board_member SECURE": "division:SECURE ward:W03 public",
    "division_lead LOCAL": "division:LOCAL ward:W01 public",
    "ward_manager W01": "ward:W01 public",
    "deputy W03": "ward:W03 public",
    "staff W01": "ward:W01 public",
    "administrator": "public",
    "nobody": "public",
}


def test_a_pack_goes_to_whose_role_reaches_all_of_it(post: Post) -> None:
    people = {who: f"{who.replace(' ', '.')}@trust.example" for who in REACHES}
    for who, person in people.items():
        role, *units = who.split()
        if role != "nobody":
            grant(post.home, person, role, *units, **({"measures": ["falls_all"]} if role == "executive_owner" else {}))
    store = opened(post.home)
    found = {
        who: " ".join(each for each in EVERY if may_have(post.home, store, person.upper(), each))
        for who, person in people.items()
    }
    assert found == REACHES
