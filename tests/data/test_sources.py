"""Listings of other systems, from the file to the figures: mapped once, remembered, every line accounted for."""

import json
from datetime import date
from pathlib import Path

import pytest

from data.access import Reader
from data.config import Home
from data.decisions import Proposal, decide, withdraw
from data.ingest.answers import UnreadableFile
from data.ingest.intake import Refused
from data.ingest.mapping import ready_mappings, to_detail
from data.ingest.persons import PersonalData
from data.record import writing
from tests.conftest import Load
from tests.data.test_record import count, opened, place

APRIL = (date(2026, 4, 1), date(2026, 4, 30))
DATIX = "Ref,Incident date,Reported date,Location (exact),Category,Severity,Approval status\n"
ROWS = (
    "D1,03/04/2026,05/05/2026,Maple,Slip/Trip/Fall,Moderate,Finally approved\n"
    "D2,09/04/2026 14:05,10/04/2026,Maple,Slip/Trip/Fall,None,Being reviewed\n"
    "D3,09/04/2026,10/04/2026,Oak,Self-harm,Low,Finally approved\n"
    "D4,11/04/2026,11/04/2026,Maple,Slip/Trip/Fall,Low,Rejected\n"
)


def remember(home: Home, **changed: object) -> int:
    """The trust's own words for Datix, as a decision in the record."""
    detail = to_detail(ready_mappings()["datix"]) | {"drop_other_columns": True}
    detail["values"] = detail["values"] | {"unit": {"Maple": ["W01"], "Oak": ["W02"]}} | changed
    with writing(home) as writer:
        return decide(writer, Proposal("mapping", "As Datix names things here.", detail=detail), "Sam")


def test_a_datix_listing_counts_by_the_day_of_the_event_and_covers_who_had_none(
    home: Home, load: Load, everyone: Reader
) -> None:
    remember(home)
    receipt = load(home, DATIX + ROWS, "datix.csv", covers=APRIL)
    assert (receipt.rows_read, receipt.rows_stored, receipt.rows_set_aside) == (4, 3, 1)
    assert [count(home, everyone, m, "W01", "2026-04") for m in ("falls_all", "falls_harm", "self_harm")] == [2, 1, 0]
    assert [count(home, everyone, m, "W02", "2026-04") for m in ("falls_all", "falls_harm", "self_harm")] == [0, 0, 1]
    assert count(home, everyone, "med_errors", "W02", "2026-04") == 0  # the mapping leads there, and there was none


def test_words_that_are_not_mapped_are_counted_and_block_only_their_lines(
    home: Home, load: Load, everyone: Reader
) -> None:
    remember(home)
    text = DATIX + ROWS + "D5,12/04/2026,12/04/2026,Garden,Slip/Trip/Fall,Low,Finally approved\n" * 1
    with pytest.raises(Refused) as refused:
        load(home, text, "datix.csv", covers=APRIL)
    assert [p.value for p in refused.value.problems] == ["Garden"]
    receipt = load(home, text, "datix.csv", covers=APRIL, partial=True)
    assert (receipt.rows_stored, receipt.rows_rejected, receipt.rows_set_aside) == (3, 1, 1)
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 2
    # Whose the line is nobody knows: it may be missing anywhere, so nothing of that month is called better.
    panel = opened(home).panel(everyone)
    for unit in ("W01", "W02"):
        assert panel.doubtful[place(panel, "falls_all", unit, "2026-04")]
        assert not panel.doubtful[place(panel, "self_harm", unit, "2026-04")]  # the category was known
    remember(home, unit={"Maple": ["W01"], "Oak": ["W02"], "Garden": ["W02"]})
    assert load(home, text, "datix.csv", covers=APRIL).changes.counts["new"] == 2  # in falls_all and falls_harm
    assert count(home, everyone, "falls_all", "W02", "2026-04") == 1
    panel = opened(home).panel(everyone)
    assert not panel.doubtful[place(panel, "falls_all", "W01", "2026-04")]


def test_columns_that_may_name_people_are_dropped_only_where_the_trust_allows_it(
    home: Home, load: Load, tmp_path: Path
) -> None:
    text = "Description," + DATIX + "".join(f"Mrs Adams fell,{row}\n" for row in ROWS.splitlines())
    remember(home)
    assert load(home, text, "datix.csv", covers=APRIL).rows_stored == 3
    for path in home.root.rglob("*"):
        assert not path.is_file() or b"Adams" not in path.read_bytes(), path
    detail = to_detail(ready_mappings()["datix"])
    with writing(home) as writer:
        decide(writer, Proposal("mapping", "Drop nothing.", detail=detail), "Sam")
    with pytest.raises(UnreadableFile, match="needs no column 'Description'"):
        load(home, text, "datix.csv", covers=APRIL)


def test_a_withdrawn_mapping_is_no_longer_known(home: Home, load: Load) -> None:
    number = remember(home)
    with writing(home) as writer:
        withdraw(writer, number, "Sam", "Wrong words.")
    with pytest.raises((Refused, UnreadableFile)):
        load(home, DATIX + ROWS, "datix.csv", covers=APRIL)


def test_a_mapping_that_makes_no_sense_is_not_recorded() -> None:
    with pytest.raises(ValueError, match="must state its columns"):
        Proposal("mapping", "x", detail={"source": "datix", "feed": "dreams", "columns": {}, "values": {}})


def test_nothing_that_names_a_patient_gets_in_or_is_repeated(home: Home, load: Load, tmp_path: Path) -> None:
    for value in ("943 476 5919", "9434765919"):
        with pytest.raises(PersonalData) as refused:
            load(home, f"month,unit,measure,numerator\n2026-04,{value},falls_all,3\n")
        assert value not in str(refused.value) and "line 2" in str(refused.value)
    with pytest.raises(PersonalData):
        load(home, "month,unit,measure,numerator\n2026-04,W01,falls_all,3\n", note="Fell: Mr Adams, 943 476 5919")
    assert json.dumps([str(path) for path in home.rejects.glob("*")]) == "[]"
