"""What a review of access found, each as a test."""

from datetime import date
from pathlib import Path

import pytest

from data.access import Audience, NotForThisReader, Reader, Role, operator
from data.access.policy import as_text, load_policy, masked, shipped_policy
from data.catalogue import shipped_catalogue
from data.config import Home
from data.deciding import approve_now, decide_now, withdraw_now
from data.decisions import Proposal
from data.grants import unit_paths
from data.ingest.intake import intake
from data.ingest.rehearsal import rehearse
from data.loads import accept_now, restore_now
from data.loads import withdraw_now as withdraw_load_now
from data.record import StoreError, writing
from data.store import Store
from tests.conftest import TODAY, UNITS, Load

CATALOGUE = shipped_catalogue()
QI = Reader(Role.QI_LEAD, name="Sam")
BOARD = Reader(Role.BOARD_MEMBER, name="Bo")
MANAGER = Reader(Role.WARD_MANAGER, units=("W01",), name="Max")
SAFETY = Reader(Role.PATIENT_SAFETY_LEAD, Audience.NAMED, name="Pat")
DEATHS = "day,unit,measure,event_reference,severity,status\n2026-03-04,W01,suicide_in_care,R1,fatal,suspected\n"
WHOLE_YEAR = (date(2026, 1, 1), date(2026, 3, 31))


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def test_a_rehearsal_keeps_to_the_policy_of_the_trust(home: Home, load: Load, tmp_path: Path) -> None:
    load(home, "month,unit,measure,numerator\n2026-03,W01,falls_all,3\n")
    home.policy.write_text(as_text(masked(shipped_policy(), 8, None), "Dr Example", TODAY), encoding="utf-8")
    path = tmp_path / "more.csv"
    path.write_text("month,unit,measure,numerator\n2026-04,W01,falls_all,3\n", encoding="utf-8")
    with rehearse(home, CATALOGUE, path, today=TODAY) as tried:
        assert tried.after is not None
        assert tried.after.policy.hash == load_policy(home).hash != shipped_policy().hash


@pytest.mark.parametrize("act", [withdraw_load_now, restore_now])
def test_only_who_loads_deaths_takes_such_a_load_back(act, home: Home, load: Load) -> None:  # type: ignore[no-untyped-def]
    number = load(home, DEATHS, covers=WHOLE_YEAR).load_id
    for who in (QI, BOARD):
        with pytest.raises(NotForThisReader):
            act(home, CATALOGUE, number, who, "Another conclusion.")
    with pytest.raises(StoreError):  # she may, and no death leaves the count so; nor is there anything to undo
        act(home, CATALOGUE, number, SAFETY, "Another conclusion.")


def test_what_an_extract_claims_to_be_complete_for_speaks_of_deaths_too(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    head = "day,unit,measure,event_reference,severity,status,covers_from,covers_to\n"
    path.write_text(f"{head},W01,suicide_in_care,,,,2026-01-01,2026-03-31\n", encoding="utf-8")
    with intake(home, CATALOGUE, path, today=TODAY) as extract:
        assert extract.has_deaths
        with pytest.raises(NotForThisReader):
            accept_now(extract, QI, partial=False)


def test_a_unit_gets_another_level_on_the_command_line_only(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS.replace("W01,Maple ward,ward,LOCAL", "W01,Maple ward,division,TRUST"), encoding="utf-8")
    with intake(home, CATALOGUE, path, today=TODAY) as extract:
        assert extract.changed_levels == ["W01"]
        with pytest.raises(NotForThisReader, match="decides who sees its figures"):
            accept_now(extract, QI, partial=False)
    with intake(home, CATALOGUE, path, today=TODAY) as extract:
        assert accept_now(extract, operator("Sam"), partial=False).load_id


def test_a_decision_about_deaths_on_a_ward_is_for_the_patient_safety_lead(home: Home, load: Load) -> None:
    load(home, DEATHS, covers=WHOLE_YEAR)
    month = date(2026, 3, 1)
    asked = Proposal("confirmation", "Counted twice.", "suicide_in_care", "W01", month, month)
    told = Proposal("annotation", "Looked at.", "suicide_in_care", "W01", detail={"text": "A review."})
    decide_now(home, [asked, told], operator("Sam"))
    store = opened(home)
    for who in (QI, BOARD, MANAGER):
        assert store.proposals(who, "confirmation") == [] and store.decisions(who, "annotation") == []
    assert len(store.proposals(SAFETY, "confirmation")) == len(store.decisions(SAFETY, "annotation")) == 1


def test_one_person_does_not_undo_what_two_have_decided(home: Home, load: Load) -> None:
    load(home, "month,unit,measure,numerator\n2026-03,W01,falls_all,3\n")
    (number,) = decide_now(home, [Proposal("break", "Counted anew.", "falls_all", "W01", date(2026, 3, 1))], QI)
    approve_now(home, number, Reader(Role.ANALYST, name="Ann"), "Seen.")
    with pytest.raises(NotForThisReader):
        withdraw_now(home, number, QI, "Not so.")
    withdraw_now(home, number, Reader(Role.DIVISION_LEAD, units=("LOCAL",), name="Dee"), "Not so.")


def test_a_move_that_is_planned_changes_nobodys_ward_yet(home: Home, load: Load) -> None:
    moved = UNITS.replace(
        "W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,,\n",
        "W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,2031-03-31,\nW01,Maple ward,ward,SECURE,2031-04-01,acute,18,,\n",
    )
    load(home, moved, "units.csv", issue="2026-05-02")
    load(home, "month,unit,measure,numerator\n2026-03,W01,falls_all,3\n")
    assert opened(home).tree(QI).paths["W01"] == ("W01", "LOCAL", "TRUST")
    with writing(home) as writer:
        assert unit_paths(writer)["W01"] == ("W01", "LOCAL", "TRUST")


def test_a_purge_is_not_approved_but_confirmed(home: Home) -> None:
    (number,) = decide_now(
        home, [Proposal("purge", "It named one.", detail={"what": "load", "id": 1})], operator("Sam")
    )
    with pytest.raises(StoreError, match="purge --confirm"):
        approve_now(home, number, operator("Alex"), "Yes.")


def test_a_role_that_loads_and_is_held_to_some_units_loads_nothing(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "falls.csv"
    path.write_text("month,unit,measure,numerator\n2026-04,W01,falls_all,3\n", encoding="utf-8")
    with intake(home, CATALOGUE, path, today=TODAY) as extract, pytest.raises(NotForThisReader):
        accept_now(extract, Reader(Role.QI_LEAD, units=("W01",), name="Sam"), partial=False)
