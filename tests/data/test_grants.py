"""Who has which role: who gave it, when and why, in force at once everywhere, and asked again when something is written."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.access import Audience, NotForThisReader, Reader, Role, operator
from data.audit import now
from data.backup import back_up, restore
from data.catalogue import shipped_catalogue
from data.config import PROJECT, Home
from data.database import reader
from data.deciding import approve_now, decide_now, withdraw_now
from data.decisions import Proposal, decide, withdraw
from data.grants import Grant, publish_grants, read_grants, refuse_withdrawn, roles_of, unit_paths
from data.ingest.intake import intake
from data.publish import ensure_published, publish, read_pointer
from data.record import StoreError, writing
from data.sessions import Identity
from data.tree import path_in
from tests.conftest import TODAY, UNITS, Load

ROOT = operator("Ada Example")
BEGAN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
YESTERDAY, TOMORROW = (datetime.now(UTC).date() + timedelta(days) for days in (-1, 1))
BEN = Identity("ben@trust.example", "Ben", ("wards",), BEGAN)
WARDS = {"W01": ("W01", "LOCAL", "TRUST"), "W02": ("W02", "LOCAL", "TRUST"), "W03": ("W03", "SECURE", "TRUST")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that knows a trust, two divisions and three wards. Nobody may write to it."""
    home = Home(tmp_path_factory.mktemp("grants") / "store")
    units = home.root.with_name("units.csv")
    units.write_text(UNITS, encoding="utf-8")
    with intake(home, shipped_catalogue(), units, today=TODAY) as extract:
        extract.accept("tester")
    return home


@pytest.fixture
def store(made: Home, tmp_path: Path) -> Home:
    """A copy of it to write to."""
    shutil.copytree(made.root, tmp_path / "copy")
    return Home(tmp_path / "copy")


def give(home: Home, person: str, role: str, by: Reader = ROOT, reason: str = "Began in post", **detail: Any) -> int:
    """Grant a role; gives the number."""
    (number,) = decide_now(home, [Proposal("grant", reason, detail={"person": person, "role": role, **detail})], by)
    return number


def idea(unit: str = "W01") -> Proposal:
    return Proposal("idea", "Seen elsewhere", unit_code=unit, detail={"text": "Huddle at noon", "state": "try"})


def who(home: Home, account: str = "ben@trust.example", *groups: str) -> dict[Role, Reader]:
    """The roles of whoever has signed in, as a page finds them out."""
    return roles_of(read_grants(home), Identity(account, "Ben", groups, BEGAN), now().date())


def written(home: Home) -> tuple[int, bytes]:
    """What the record and the file of grants hold: the same before and after where nothing was written."""
    with writing(home) as writer:
        rows = writer.con.execute("select count(*) from record.decision").fetchall()[0][0]
    return rows, home.grants.read_bytes() if home.grants.exists() else b""


def plant(home: Home, content: str | bytes) -> Home:
    """A file of grants as somebody, or a torn write, left it."""
    home.published.mkdir(parents=True, exist_ok=True)
    home.grants.write_bytes(content if isinstance(content, bytes) else content.encode())
    return home


def grant(person: str = "ben@trust.example", role: Role = Role.STAFF, number: int = 1, **words: Any) -> Grant:
    usual = {"units": ("W01",), "measures": (), "ends_on": None, "reason": "", "granted_by": "", "granted_at": ""}
    return Grant(number, person, role, **usual | words)


# Whose it is, and until when


@pytest.mark.parametrize(
    ("person", "holds"),
    [
        ("ben@trust.example", True),
        ("BEN@Trust.Example", True),
        (" ben@trust.example ", True),
        ("ｂｅｎ@trust.example", False),  # letters that only look alike may be somebody else's
        ("ben\u200b@trust.example", False),
        ("ben@trust.exampl", False),
        ("", False),
        ("group:wards", True),
        ("group:Wards", False),
        ("group:ward", False),
        ("group:", False),
        ("group:ben@trust.example", False),
        ("wards", False),
        ("Group:wards", False),
        ("mygroup:wards", False),
    ],
)
def test_a_grant_is_an_accounts_or_a_groups(person: str, holds: bool) -> None:
    assert grant(person).holds(BEN, TODAY) is holds


def test_an_account_that_looks_like_a_group_is_in_none() -> None:
    stranger = Identity("group:wards", "Eve", (), BEGAN)
    assert not grant("group:wards").holds(stranger, TODAY)


@pytest.mark.parametrize(("day", "holds"), [(21, True), (22, True), (23, False)])
@pytest.mark.parametrize("person", ["ben@trust.example", "group:wards"])
def test_a_grant_holds_up_to_its_last_day(person: str, day: int, holds: bool) -> None:
    assert grant(person, ends_on=date(2026, 11, 22)).holds(BEN, date(2026, 11, day)) is holds


def test_roles_come_in_the_order_of_the_table_each_with_its_audience() -> None:
    roles = [Role.ANALYST, Role.PATIENT_SAFETY_LEAD, Role.STAFF, Role.WARD_MANAGER]
    found = roles_of(tuple(grant(role=role, number=n) for n, role in enumerate(roles)), BEN, TODAY)
    assert [*found] == [Role.WARD_MANAGER, Role.STAFF, Role.PATIENT_SAFETY_LEAD, Role.ANALYST]
    assert found[Role.STAFF] == Reader(
        Role.STAFF, Audience.WORKING, ("W01",), (), "ben@trust.example", "Ben", grants=(2,), groups=BEN.groups
    )
    assert found[Role.PATIENT_SAFETY_LEAD].audience is Audience.NAMED


def test_two_grants_of_a_role_join_their_units_and_measures() -> None:
    grants = (
        grant(role=Role.QI_LEAD, number=4, units=("W02", "W01", "W05", "W04"), measures=("d", "b", "e")),
        grant("group:wards", Role.QI_LEAD, 7, units=("W03", "W01"), measures=("f", "c", "a", "d")),
        grant("eve@trust.example", Role.QI_LEAD, 8, units=("TRUST",)),
        grant(role=Role.QI_LEAD, number=9, units=("LOCAL",), ends_on=YESTERDAY),
    )
    (found,) = roles_of(grants, BEN, now().date()).values()
    assert found.units == ("W01", "W02", "W03", "W04", "W05")
    assert found.measures == ("a", "b", "c", "d", "e", "f")
    assert found.grants == (4, 7)


def test_a_role_that_one_grant_gives_for_no_unit_is_for_the_whole_trust() -> None:
    grants = (grant(role=Role.QI_LEAD, units=("W01",)), grant(role=Role.QI_LEAD, number=2, units=()))
    (found,) = roles_of(grants, BEN, TODAY).values()
    assert found.units == () and found.speaks_for(("W03",))
    (lead,) = roles_of((grant(role=Role.DIVISION_LEAD, units=()),), BEN, TODAY).values()
    assert not lead.speaks_for(("W03",))  # whose role speaks for units speaks for none of them


def test_a_grant_cannot_be_changed_in_passing() -> None:
    with pytest.raises(AttributeError):
        grant().role = Role.ANALYST  # type: ignore[misc]


def test_whoever_has_no_grant_has_no_role() -> None:
    assert roles_of((), BEN, TODAY) == {}
    assert roles_of((grant("eve@trust.example"),), BEN, TODAY) == {}


# The file


def test_nobody_has_a_role_where_none_was_given(made: Home, tmp_path: Path) -> None:
    assert read_grants(Home(tmp_path / "nowhere")) == ()
    assert read_grants(made) == ()


FILE = {
    "layout": 1,
    "grants": [
        {
            "decision_id": 3,
            "detail": {"person": "ben@trust.example", "role": "staff", "units": ["W01"], "ends_on": "2026-11-22"},
            "reason": "Began in post",
            "decided_by": "Ada Example",
            "decided_at": "2026-11-01 09:00:00",
        }
    ],
}


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    home = plant(Home(tmp_path), json.dumps(FILE))
    assert read_grants(home) == (
        Grant(
            3,
            "ben@trust.example",
            Role.STAFF,
            ("W01",),
            (),
            date(2026, 11, 22),
            "Began in post",
            "Ada Example",
            "2026-11-01 09:00:00",
        ),
    )


def changed(**words: Any) -> str:
    """The file with another first grant."""
    return json.dumps(FILE | {"grants": [FILE["grants"][0] | words]})  # type: ignore[index]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        json.dumps(FILE)[:-9],  # cut short
        "[]",
        "null",
        '"grants"',
        b"\xff\xfe\x00",
        '{"grants": []}',
        '{"layout": 1}',
        '{"layout": 1, "grants": [7]}',
        '{"layout": 1, "grants": [{}]}',
        '{"layout": 1, "grants": null}',
        changed(detail={"role": "staff"}),
        changed(detail={"person": "ben@trust.example"}),
        changed(detail={"person": "ben@trust.example", "role": "owner"}),
        changed(detail={"person": "ben@trust.example", "role": "staff", "units": 7}),
        changed(detail={"person": "ben@trust.example", "role": "staff", "ends_on": "soon"}),
        changed(detail={"person": "ben@trust.example", "role": "staff", "ends_on": 20261122}),
    ],
)
def test_a_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(StoreError) as refused:
        read_grants(plant(Home(tmp_path), content))
    assert str(refused.value) == "grants.json cannot be read, so nobody is let in; run 'python -m data publish'."


@pytest.mark.parametrize("layout", [0, 2, "1", None])
def test_a_file_of_another_layout_lets_nobody_in(tmp_path: Path, layout: object) -> None:
    home = plant(Home(tmp_path), json.dumps(FILE | {"layout": layout}))
    with pytest.raises(StoreError, match=r"^grants.json was written by another version of the dashboard; run 'python"):
        read_grants(home)


def test_a_folder_in_place_of_the_file_lets_nobody_in(tmp_path: Path) -> None:
    Home(tmp_path).grants.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be read"):
        read_grants(Home(tmp_path))


@pytest.mark.parametrize("content", [changed(detail="ben"), changed(detail=["ben"]), changed(detail=None)])
def test_a_grant_of_another_form_lets_nobody_in(tmp_path: Path, content: str) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        read_grants(plant(Home(tmp_path), content))


def test_a_file_in_place_of_the_folder_lets_nobody_in(tmp_path: Path) -> None:
    Home(tmp_path).published.write_text("")
    with pytest.raises(StoreError, match="cannot be read"):
        read_grants(Home(tmp_path))


# Given, changed, withdrawn


def test_a_grant_says_who_gave_it_when_and_why(store: Home) -> None:
    before = now()
    number = give(
        store,
        "Zoë@trust.example",
        "executive_owner",
        reason="Owns falls",
        measures=["falls_harm"],
        ends_on="2030-01-31",
    )
    (found,) = read_grants(store)
    assert found.decision_id == number
    assert (found.person, found.role, found.units) == ("Zoë@trust.example", Role.EXECUTIVE_OWNER, ())
    assert (found.measures, found.ends_on) == (("falls_harm",), date(2030, 1, 31))
    assert (found.reason, found.granted_by) == ("Owns falls", "Ada Example")
    assert before <= datetime.fromisoformat(found.granted_at) <= now()
    told = json.loads(store.grants.read_text(encoding="utf-8"))
    assert told["layout"] == 1 and [*told["grants"][0]] == [*FILE["grants"][0]]  # type: ignore[index]
    text = store.grants.read_text(encoding="utf-8")  # for a person to read too
    assert "Zoë" in text and text.startswith('{\n "layout": 1,\n "grants": [\n  {\n   "decision_id"')


def test_a_change_is_a_withdrawal_and_a_new_grant(store: Home) -> None:
    first = give(store, "ben@trust.example", "staff", units=["W01"])
    assert who(store)[Role.STAFF].units == ("W01",)
    second = give(store, "ben@trust.example", "staff", units=["W02"], reason="Moved")
    withdraw_now(store, first, ROOT, "Moved")
    assert who(store)[Role.STAFF].units == ("W02",)
    withdraw_now(store, second, ROOT, "Left")
    assert who(store) == {} == dict.fromkeys(read_grants(store))
    with writing(store) as writer:
        said = writer.con.execute(
            "select kind, reason, decided_by from record.decision order by decision_id"
        ).fetchall()
    assert said == [
        ("grant", "Began in post", "Ada Example"),
        ("grant", "Moved", "Ada Example"),
        ("withdrawal", "Moved", "Ada Example"),
        ("withdrawal", "Left", "Ada Example"),
    ]


ASKING = """
import sys
from datetime import date, datetime, UTC
from pathlib import Path
from data.config import Home
from data.grants import read_grants, roles_of
from data.sessions import Identity
ben = Identity("ben@trust.example", "Ben", ("wards",), datetime.now(UTC))
for _ in sys.stdin:
    print(*roles_of(read_grants(Home(Path(sys.argv[1]))), ben, date.today()), flush=True)
"""


def test_grants_hold_at_once_for_another_process(store: Home) -> None:
    words = [sys.executable, "-c", ASKING, str(store.root)]
    with subprocess.Popen(
        words, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as other:

        def roles() -> str:
            assert other.stdin and other.stdout
            other.stdin.write("?\n")
            return other.stdout.readline().strip()

        assert roles() == ""
        number = give(store, "BEN@trust.example", "analyst")
        assert roles() == "analyst"
        give(store, "group:wards", "staff", units=["W01"])
        assert roles() == "staff analyst"
        withdraw_now(store, number, ROOT, "Left")
        assert roles() == "staff"


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        ({"role": "staff", "units": ["W99"]}, "There is no unit 'W99'; nothing was granted."),
        ({"role": "staff", "units": ["W01", "w02"]}, "There is no unit 'w02'; nothing was granted."),
        (
            {"role": "executive_owner", "measures": ["falls_harm", "joy"]},
            "There is no measure 'joy'; nothing was granted.",
        ),
    ],
)
def test_an_unknown_unit_or_measure_is_refused_and_nothing_is_written(store: Home, detail: Any, says: str) -> None:
    before = written(store)
    with pytest.raises(StoreError) as refused:
        give(store, "ben@trust.example", **detail)
    assert str(refused.value) == says
    assert written(store) == before


def test_of_several_grants_one_that_is_wrong_undoes_all(store: Home) -> None:
    before = written(store)
    details = [{"person": "ben@trust.example", "role": "staff", "units": [unit]} for unit in ("W01", "W99")]
    with pytest.raises(StoreError, match="W99"):
        decide_now(store, [Proposal("grant", "Began", detail=detail) for detail in details], ROOT)
    assert written(store) == before


def test_grants_do_not_republish_figures_and_stand_in_none_of_their_files(store: Home) -> None:
    decide_now(store, [idea()], ROOT)
    before = read_pointer(store)
    number = give(store, "quokka@trust.example", "staff", units=["W01"], reason="Wombat")
    assert read_pointer(store) == before
    withdraw_now(store, number, ROOT, "Numbat")
    assert read_pointer(store) == before
    assert ensure_published(store, shipped_catalogue()) == before.version  # type: ignore[union-attr]
    give(store, "quokka@trust.example", "staff", units=["W01"], reason="Wombat")
    decide_now(store, [idea()], ROOT)
    after = read_pointer(store)
    assert before and after and after.version > before.version
    for path in (after.figures, after.deaths):
        with reader(path) as con:
            tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
            text = str([con.table(name).fetchall() for name in tables])
        assert len(tables) >= 5
        assert not any(word in text.lower() for word in ("quokka", "wombat", "numbat", "grant"))


def test_a_grant_beside_another_decision_holds_too(store: Home) -> None:
    detail = {"person": "ben@trust.example", "role": "staff", "units": ["W01"]}
    decide_now(store, [idea(), Proposal("grant", "Began", detail=detail)], ROOT)
    assert [*who(store)] == [Role.STAFF]
    assert decide_now(store, [], ROOT) == []


# Who may give and take


def signed_in(home: Home, account: str, role: str, **detail: Any) -> Reader:
    """Somebody who has been given a role, and has opened a page in it."""
    give(home, account, role, **detail)
    return who(home, account)[Role(role)]


def test_a_ward_manager_names_deputies_for_own_wards_only(store: Home) -> None:
    manager = signed_in(store, "mia@trust.example", "ward_manager", units=["W01", "W02"])
    number = give(store, "ben@trust.example", "deputy", by=manager, units=["W01", "W02"], ends_on=str(TOMORROW))
    assert who(store)[Role.DEPUTY].units == ("W01", "W02")
    before = written(store)
    for units in (["W03"], ["W01", "W03"], ["LOCAL"], ["TRUST"]):
        with pytest.raises(NotForThisReader):
            give(store, "ben@trust.example", "deputy", by=manager, units=units, ends_on=str(TOMORROW))
    with pytest.raises(NotForThisReader):  # for good
        give(store, "ben@trust.example", "deputy", by=manager, units=["W01"])
    with pytest.raises(NotForThisReader):
        give(store, "group:wards", "deputy", by=manager, units=["W01"], ends_on=str(TOMORROW))
    for role in ("staff", "ward_manager"):
        with pytest.raises(NotForThisReader):
            give(store, "ben@trust.example", role, by=manager, units=["W01"], ends_on=str(TOMORROW))
    with pytest.raises(NotForThisReader):
        give(store, "MIA@trust.example", "deputy", by=manager, units=["W01"], ends_on=str(TOMORROW))
    assert written(store) == before
    withdraw_now(store, number, manager, "Left")
    assert who(store) == {}


def test_a_ward_manager_takes_back_a_deputy_who_was_named_for_good(store: Home) -> None:
    number = give(store, "ben@trust.example", "deputy", units=["W01"])
    manager = signed_in(store, "mia@trust.example", "ward_manager", units=["W01"])
    withdraw_now(store, number, manager, "Left")
    assert who(store) == {}


def test_a_grant_is_not_withdrawn_by_somebody_who_may_not(store: Home) -> None:
    number = give(store, "ben@trust.example", "deputy", units=["W01"])
    others = [
        signed_in(store, "mia@trust.example", "ward_manager", units=["W02"]),
        signed_in(store, "ann@trust.example", "analyst"),
        signed_in(store, "ben@trust.example", "administrator"),
        operator("BEN@trust.example"),
    ]
    before = written(store)
    for other in others:
        with pytest.raises(NotForThisReader):
            withdraw_now(store, number, other, "No reason")
    assert written(store) == before
    assert Role.DEPUTY in who(store)


def test_an_administrator_gives_and_takes_and_not_for_themselves(store: Home) -> None:
    admin = signed_in(store, "ada@trust.example", "administrator")
    number = give(store, "ben@trust.example", "analyst", by=admin)
    assert read_grants(store)[-1].granted_by == "ada@trust.example"
    withdraw_now(store, number, admin, "Left")
    with pytest.raises(NotForThisReader):
        give(store, " Ada@trust.example", "analyst", by=admin)


def test_nobody_gives_to_a_group_that_they_are_in(store: Home) -> None:
    give(store, "ada@trust.example", "administrator")
    admin = who(store, "ada@trust.example", "admins")[Role.ADMINISTRATOR]
    with pytest.raises(NotForThisReader):
        give(store, "group:admins", "analyst", by=admin)


def test_a_grant_needs_nobodys_approval(store: Home) -> None:
    number = give(store, "ben@trust.example", "analyst")
    with pytest.raises(StoreError, match="needs no approval"):
        approve_now(store, number, operator("Cai"), "Agreed")


def test_a_grant_for_a_unit_that_is_gone_can_be_withdrawn(store: Home, load: Load) -> None:
    number = give(store, "ben@trust.example", "ward_manager", units=["W03"])
    gone = UNITS.replace("W03,Elm ward,ward,SECURE,2024-01-01,secure,12,2025-06-30,\n", "")
    load(store, gone, "units.csv")
    withdraw_now(store, number, ROOT, "Ward has closed")
    assert who(store) == {}


# Asked again when something is written


@pytest.mark.parametrize("what", ["decide", "approve", "withdraw"])
def test_whose_grant_was_withdrawn_after_the_page_was_opened_writes_nothing(store: Home, what: str) -> None:
    (goal,) = decide_now(store, [Proposal("exclusion", "A fire", "falls_harm", "W01", date(2026, 4, 1))], ROOT)
    number = give(store, "ben@trust.example", "ward_manager", units=["W01"])
    lead = give(store, "ben@trust.example", "division_lead", units=["LOCAL"])
    manager, division_lead = who(store)[Role.WARD_MANAGER], who(store)[Role.DIVISION_LEAD]
    for each in (number, lead):
        withdraw_now(store, each, ROOT, "Left")
    before, pointer = written(store), read_pointer(store)
    with pytest.raises(NotForThisReader, match="Your access has ended or changed meanwhile"):
        if what == "decide":
            decide_now(store, [idea()], manager)
        elif what == "approve":
            approve_now(store, goal, division_lead, "Agreed")
        else:
            withdraw_now(store, goal, division_lead, "No")
    assert written(store) == before
    assert read_pointer(store) == pointer


@pytest.mark.parametrize(("ends_on", "writes"), [(YESTERDAY, False), (now().date(), True), (TOMORROW, True)])
def test_whose_grant_has_ended_writes_nothing(store: Home, ends_on: date, writes: bool) -> None:
    give(store, "ben@trust.example", "staff", units=["W01"], ends_on=ends_on.isoformat())
    (opened,) = roles_of(read_grants(store), BEN, YESTERDAY).values()
    before = written(store)
    if writes:
        (number,) = decide_now(store, [idea()], opened)
        assert written(store)[0] == before[0] + 1 and number
        return
    with pytest.raises(NotForThisReader):
        decide_now(store, [idea()], opened)
    assert written(store) == before


def test_another_role_of_the_same_account_does_not_stand_in_for_one_that_was_withdrawn(store: Home) -> None:
    number = give(store, "ben@trust.example", "staff", units=["W01"])
    opened = who(store)[Role.STAFF]
    give(store, "ben@trust.example", "board_member")
    withdraw_now(store, number, ROOT, "Left")
    give(store, "eve@trust.example", "staff", units=["W01"])
    with pytest.raises(NotForThisReader):
        decide_now(store, [idea()], opened)


def test_whoever_keeps_one_grant_of_two_writes_nothing_with_the_other(store: Home) -> None:
    give(store, "ben@trust.example", "staff", units=["W01"])
    number = give(store, "ben@trust.example", "staff", units=["W02"])
    opened = who(store)[Role.STAFF]
    withdraw_now(store, number, ROOT, "Moved")
    with pytest.raises(NotForThisReader):
        decide_now(store, [idea("W02")], opened)


def test_whoever_still_has_their_grant_writes(store: Home) -> None:
    give(store, "ben@trust.example", "staff", units=["W01"])
    opened = who(store)[Role.STAFF]
    decide_now(store, [idea()], opened)
    with pytest.raises(NotForThisReader):
        decide_now(store, [idea("W02")], opened)
    with writing(store) as writer:
        refuse_withdrawn(writer, opened)
        refuse_withdrawn(writer, Reader(Role.STAFF, units=("W01",), name="Nobody signs in here"))
        with pytest.raises(NotForThisReader):
            refuse_withdrawn(writer, Reader(Role.STAFF, units=("W01",), account="ben@trust.example"))


# The file follows the record


def test_publishing_writes_the_file_again(store: Home) -> None:
    number = give(store, "ben@trust.example", "staff", units=["W01"])
    whole = store.grants.read_bytes()
    for wrong in (None, "{", json.dumps(FILE | {"layout": 2}), json.dumps(FILE)):
        store.grants.unlink() if wrong is None else plant(store, wrong)
        with writing(store) as writer:
            publish(writer, shipped_catalogue())
        assert store.grants.read_bytes() == whole
    shutil.rmtree(store.published)
    with writing(store) as writer:
        publish_grants(writer)
    assert store.grants.read_bytes() == whole
    assert [each.decision_id for each in read_grants(store)] == [number]


def test_a_restored_backup_has_the_grants_of_its_day(store: Home, tmp_path: Path) -> None:
    give(store, "ben@trust.example", "staff", units=["W01"])
    backup = back_up(store, tmp_path / "backups", "Ada Example")
    give(store, "eve@trust.example", "analyst")
    again = Home(tmp_path / "again")
    restore(backup, again, "Ada Example")
    assert [each.person for each in read_grants(again)] == ["ben@trust.example"]
    withdraw_now(again, read_grants(again)[0].decision_id, ROOT, "Left")
    ensure_published(again, shipped_catalogue())
    assert read_grants(again) == ()


def test_a_withdrawal_cut_short_after_the_record_is_published_when_the_server_starts(store: Home) -> None:
    number = give(store, "ben@trust.example", "staff", units=["W01"])
    ensure_published(store, shipped_catalogue())
    with writing(store) as writer:  # and the power fails before the file is written
        withdraw(writer, number, "Ada Example", "Left")
    ensure_published(store, shipped_catalogue())
    assert read_grants(store) == ()


# Units and those above them


def test_paths_of_units(store: Home) -> None:
    with writing(store) as writer:
        assert unit_paths(writer) == WARDS | {
            "LOCAL": ("LOCAL", "TRUST"),
            "SECURE": ("SECURE", "TRUST"),
            "TRUST": ("TRUST",),
        }


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ({"W01": "LOCAL"}, ("W01",)),  # nobody knows what is above
        ({"W01": "W01"}, ("W01",)),
        ({"W01": "LOCAL", "LOCAL": "W01"}, ("W01", "LOCAL")),
        ({"W01": "A", "A": "B", "B": "A"}, ("W01", "A", "B")),
    ],
)
def test_a_path_ends_where_it_would_come_back(parent: dict[str, str], expected: tuple[str, ...]) -> None:
    assert path_in("W01", parent) == expected


def test_a_decision_that_was_never_published_is_in_the_file_of_the_next_one(store: Home) -> None:
    detail = {"person": "eve@trust.example", "role": "analyst"}
    with writing(store) as writer:
        decide(writer, Proposal("grant", "Began", detail=detail), "Ada Example")
    assert read_grants(store) == ()
    give(store, "ben@trust.example", "staff", units=["W01"])
    assert [each.person for each in read_grants(store)] == ["eve@trust.example", "ben@trust.example"]
