"""What a stern reviewer once broke, so that it stays mended."""

import json
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.__main__ import main
from data.access import Reader
from data.audit import Trail
from data.catalogue import shipped_catalogue
from data.config import Home, own_home
from data.decisions import Proposal, approve, decide, same_person
from data.ingest.intake import Refused, shown_name
from data.ingest.persons import PersonalData
from data.loads import restore_load, withdraw_load
from data.publish import publish
from data.purge import ask_for_purge, confirm_purge
from data.record import StoreError, writing
from data.verify import problems, verify
from tests.conftest import UNITS, Load
from tests.data.test_record import EVENTS, HEAD, count

CATALOGUE = shipped_catalogue()
APRIL = (date(2026, 4, 1), date(2026, 4, 30))
BARE = "day,unit,measure,event_reference,revision,severity,status\n"


def test_rejects_of_an_events_file_speak_for_their_own_units_only(home: Home, load: Load, everyone: Reader) -> None:
    rows = [
        ("2026-04-05", "W01", "A1"),
        ("2026-04-32", "W01", "A2"),
        ("2026-04-07", "W02", "B1"),
        ("2026-04-08", "W02", "B2"),
    ]
    text = BARE + "".join(f"{day},{unit},falls_harm,{ref},1,severe,confirmed\n" for day, unit, ref in rows)
    receipt = load(home, text, covers=APRIL, partial=True)
    assert receipt.rejects is not None
    assert count(home, everyone, "falls_harm", "W02", "2026-04") == 2
    corrected = receipt.rejects.read_text(encoding="utf-8").replace("2026-04-32", "2026-04-30")
    load(home, corrected, "corrected.csv")
    assert [count(home, everyone, "falls_harm", unit, "2026-04") for unit in ("W01", "W02")] == [2, 2]


def test_a_comma_in_a_file_of_semicolons_is_not_guessed(home: Home, load: Load) -> None:
    with pytest.raises(Refused) as refused:
        load(home, HEAD.replace(",", ";") + "2026-04;W01;falls_all;1,234\n")
    assert "a comma here may be a decimal or a thousands sign" in refused.value.problems[0].reason
    assert load(home, HEAD + '2026-04,W01,falls_all,"1,234"\n').load_id is not None


def test_a_restoration_hides_no_death_and_no_unit(home: Home, load: Load, everyone: Reader) -> None:
    none = load(home, EVENTS + ",W01,suicide_in_care,,,,,2026-04-01,2026-04-30\n", issue="2026-05-02")
    small = load(home, UNITS.replace("W02,Oak ward,ward,LOCAL,2024-01-01,acute,16,,\n", ""), "small.csv")
    with writing(home) as writer:
        for load_id in (none.load_id, small.load_id):
            withdraw_load(writer, CATALOGUE, load_id or 0, "Sam", "Wrong.")
    death = "2026-04-05,W01,suicide_in_care,D1,1,fatal,suspected,2026-04-01,2026-04-30\n"
    load(home, EVENTS + death, issue="2026-05-01")
    load(home, HEAD + "2026-04,W02,falls_all,8\n")
    with writing(home) as writer:
        with pytest.raises(StoreError, match="would leave the count"):
            restore_load(writer, CATALOGUE, none.load_id or 0, "Sam", "Right.")
        with pytest.raises(StoreError, match=r"on units \(W02\)"):
            restore_load(writer, CATALOGUE, small.load_id or 0, "Sam", "Right.")
        publish(writer, CATALOGUE)
    assert count(home, everyone, "suicide_in_care", "TRUST", "2026-04") == 1
    assert problems(verify(home, CATALOGUE)) == []


def test_a_folder_brings_back_neither_what_was_withdrawn_nor_what_a_zip_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZERO_HARM_HOME", str(tmp_path / "home"))
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "1.csv").write_text(UNITS)
    (inbox / "2.csv").write_text(HEAD + "2026-04,W01,falls_all,33\n")
    with zipfile.ZipFile(inbox / "3.zip", "w") as archive:
        archive.writestr("may.csv", HEAD + "2026-05,W01,falls_all,9\n")
    (inbox / "4.csv").write_text(HEAD + "2026-05-01,W01,falls_all,9\n")  # the same again, in other bytes
    assert main(["load", str(inbox)]) == 0
    (tmp_path / "correction.csv").write_text(HEAD + "2026-05,W01,falls_all,19\n")
    assert main(["load", str(tmp_path / "correction.csv")]) == 0
    assert main(["withdraw", "3", "--by", "Sam", "--reason", "Wrong."]) == 0
    capsys.readouterr()
    assert main(["load", str(inbox), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == []
    with writing(own_home()) as writer:
        assert writer.con.execute("select count(*) from record.load").fetchall() == [(4,)]


def test_one_person_is_one_however_the_name_is_written(home: Home) -> None:
    assert same_person("Zo\u00eb  Bright", "zoe\u0308 bright\u200b")
    with writing(home) as writer, pytest.raises(StoreError, match="Say who does this"):
        decide(writer, Proposal("break", "The form changed."), " ")


def test_nobody_signs_off_their_own_figures_by_a_later_edition(home: Home, load: Load) -> None:
    version = load(home, HEAD + "2026-04,W01,falls_all,3\n").version or 0
    detail = {"name": "November board", "meeting_on": "2026-11-26", "data_up_to": "2026-10-31"}
    with writing(home) as writer:
        with pytest.raises(StoreError, match="is not kept"):
            decide(writer, Proposal("edition", "For the board.", detail=detail | {"version": 999}), "Ana")
        mine = decide(writer, Proposal("edition", "For the board.", detail=detail | {"version": version}), "Ana")
        with pytest.raises(StoreError, match="loaded figures of this edition"):
            approve(writer, mine, "Tester", "Agreed.")
        approve(writer, mine, "Bea", "Agreed.")
        publish(writer, CATALOGUE)
    assert problems(verify(home, CATALOGUE)) == []
    for path in home.published.glob(f"*-{version}*"):
        path.unlink()
    assert any("edition" in sentence and "gone" in sentence for sentence in problems(verify(home, CATALOGUE)))


def test_rows_added_in_pairs_and_rows_of_a_purged_load_are_found(home: Home, load: Load) -> None:
    load(home, EVENTS + "2026-04-05,W01,falls_harm,A1,1,severe,confirmed,2026-04-01,2026-04-30\n")
    gone = load(home, HEAD + "2026-04,W01,falls_all,3\n").load_id or 0
    Trail(home.trails).note("Priya Shah", "export", {"rows": 3})
    load(home, HEAD + "2026-05,W01,falls_all,3\n")
    with writing(home) as writer:
        request = ask_for_purge(writer, "load", gone, "Sam", "It should not be here.")
    confirm_purge(home, CATALOGUE, request, "Alex", "Agreed.")
    assert problems(verify(home, CATALOGUE)) == []
    with pytest.raises(StoreError, match="is done already"):
        confirm_purge(home, CATALOGUE, request, "Alex", "Agreed.")
    with writing(home) as writer, pytest.raises(StoreError, match="was purged"):
        restore_load(writer, CATALOGUE, gone, "Sam", "Right.")
    before = home.record.read_bytes()
    for statement in (
        "insert into event select * from event, range(2)",
        f"insert into observation select {gone}, * exclude load_id from observation limit 1",
    ):
        with duckdb.connect(str(home.record)) as con:
            con.execute(statement.replace("select * from event, range(2)", "select event.* from event, range(2)"))
        assert problems(verify(home, CATALOGUE)), statement
        home.record.write_bytes(before)


def test_a_first_line_that_names_a_person_is_not_repeated(home: Home, load: Load) -> None:
    text = "Jones Mary,9434765919,SW1A 1AA\nSmith John,9434765870,SW1A 1AB\n"
    with pytest.raises(PersonalData) as refused:
        load(home, text, "people.csv")
    assert not any(part in str(refused.value) for part in ("Jones", "9434765919", "SW1A"))
    assert "Jones" not in shown_name("incident_Mary_Jones_2026.csv") and "jones" not in shown_name("mary.jones.csv")
    assert shown_name("falls_2026-04_v2.csv") == "falls_2026-04_v2.csv"
