"""A rehearsal says what a load would do, and does nothing to the home."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from data.access import Reader, operator
from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.answers import UnreadableFile
from data.ingest.look import look
from data.ingest.mapping import Mapping, Unmapped
from data.ingest.persons import PersonalData
from data.ingest.rehearsal import rehearse
from data.loads import rejected_rows, remember_mapping, restore_now, withdraw_now
from data.publish import read_pointer
from data.record import StoreError
from data.store import Store
from tests.conftest import TODAY, Load
from tests.data.made_files import xlsx_parts, zipped

CATALOGUE = shipped_catalogue()
HEAD = "month,unit,measure,numerator\n"
OLD = HEAD + "2026-03,W01,falls_all,2\n2026-04,W01,falls_all,3\n2026-04,W02,falls_all,1\n"
NEW = HEAD + "2026-04,W01,falls_all,9\n2026-05,W01,falls_all,4\n2026-04,W02,falls_all,1\n2026-05,W02,falls_all,many\n"
DATIX = (
    "Ref,Incident date,Location (exact),Category,Severity,Approval status\n"
    "W1,17/04/2026,Maple ward,Falls,None,Finally approved\n"
    "W2,18/04/2026,The Rowans,Falls,Low,Being reviewed\n"
    "W3,19/04/2026,The Rowans,Falls,Low,Being reviewed\n"
)


def every_file(home: Home) -> dict[str, str]:
    """What stands in a home, but for the lock: path -> hash of its bytes."""
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and path != home.lock
    }


def written(tmp_path: Path, text: str | bytes, name: str = "new.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        NEW,
        OLD,  # nothing would change
        HEAD + "2026-04,W01,falls_all,many\n",  # nothing can be stored
        "day,unit,measure,event_reference,covers_from,covers_to\n2026-04-03,W01,falls_harm,I1,2026-04-01,2026-04-30\n",
    ],
)
def test_nothing_of_the_home_changes(home: Home, load: Load, tmp_path: Path, text: str) -> None:
    load(home, OLD)
    before = every_file(home)
    with rehearse(home, CATALOGUE, written(tmp_path, text), today=TODAY) as tried:
        assert tried.rows > 0
        assert every_file(home) == before
    assert every_file(home) == before


def test_it_says_what_the_load_then_does(home: Home, load: Load, tmp_path: Path, everyone: Reader) -> None:
    load(home, OLD)
    with rehearse(home, CATALOGUE, written(tmp_path, NEW), today=TODAY) as tried:
        assert (tried.feed, tried.rows, tried.rows_stored, tried.rows_rejected) == ("monthly", 4, 3, 1)
        assert tried.changes.counts == {"changed": 1, "new": 1, "unchanged": 1}
        assert [group.reason for group in tried.groups] == ["not a number: write digits only, or *, or leave it blank"]
        assert tried.rejects[1][:4] == ("2026-05", "W02", "falls_all", "many")
        assert not tried.blocked
        assert tried.before is not None and tried.after is not None
        old, would_be = tried.before.panel(everyone), tried.after.panel(everyone)
    receipt = load(home, NEW, partial=True)
    assert receipt.changes == tried.changes
    store = Store.open(home)
    assert store is not None
    is_now = store.panel(everyone)
    assert np.array_equal(would_be.numerator, is_now.numerator, equal_nan=True)
    assert np.array_equal(would_be.state, is_now.state)
    assert not np.array_equal(old.numerator, is_now.numerator[..., : old.numerator.shape[2]], equal_nan=True)


def test_what_is_kept_holds_no_copy(home: Home, load: Load, tmp_path: Path) -> None:
    from data import database
    from data import store as stores

    load(home, OLD)
    with rehearse(home, CATALOGUE, written(tmp_path, NEW), today=TODAY) as tried:
        assert tried.after is not None
        tried.after.panel(Reader("qi_lead", "working"))  # type: ignore[arg-type]
        root = tried.after.home.root
        facts = tried.facts
    assert (facts.before, facts.after, facts.touched) == (None, None, None)
    assert facts.changes == tried.changes
    assert not root.exists()
    assert not [key for key, _ in stores._PANELS if str(root) in key]
    assert not [path for path in database._KEPT_OPEN if root in path.parents]


def test_a_home_without_a_record_stays_without_one(tmp_path: Path) -> None:
    empty = Home(tmp_path / "nothing yet")
    with rehearse(empty, CATALOGUE, written(tmp_path, NEW), today=TODAY) as tried:
        assert tried.before is None and tried.after is None
        assert tried.blocked
    assert not empty.root.exists()


def test_a_mapping_is_tried_and_not_remembered(home: Home, tmp_path: Path) -> None:
    path = written(tmp_path, "Nr,When,Place,What\nU1,17/04/2026,Maple ward,Fall\nU2,18/04/2026,Elsewhere,Fall\n")
    columns = {"day": "When", "unit": "Place", "measure": "What", "event_reference": "Nr"}
    values = {"unit": {"Maple ward": ("W01",)}, "measure": {"fall": ("falls_all",)}}
    mapping = Mapping("ulysses", "events", columns, values, "dmy")
    with pytest.raises(UnreadableFile), rehearse(home, CATALOGUE, path, today=TODAY):
        pass
    with rehearse(home, CATALOGUE, path, mapping=mapping, today=TODAY) as tried:
        assert tried.source == "ulysses"
        assert tried.unmapped == (Unmapped("unit", "Elsewhere", 1),)
        assert tried.first_day is not None and not tried.says_what_it_covers
    with pytest.raises(UnreadableFile), rehearse(home, CATALOGUE, path, source="ulysses", today=TODAY):
        pass
    remember_mapping(home, mapping, operator("Sam"), "Asked the wards.")
    with rehearse(home, CATALOGUE, path, today=TODAY) as tried:
        assert tried.source == "ulysses"


def test_the_words_of_a_source_that_are_not_mapped_are_counted(home: Home, tmp_path: Path) -> None:
    with rehearse(home, CATALOGUE, written(tmp_path, DATIX), today=TODAY) as tried:
        assert tried.source == "datix"
        assert tried.unmapped == (Unmapped("unit", "The Rowans", 2), Unmapped("unit", "Maple ward", 1))
        assert tried.blocked and tried.after is None


@pytest.mark.parametrize("refused", ["month,unit,measure,numerator\n2026-04,W01,falls_all,943 476 5919\n", "a,b\n"])
def test_what_an_intake_refuses_is_refused(home: Home, tmp_path: Path, refused: str) -> None:
    before = every_file(home)
    with pytest.raises((UnreadableFile, PersonalData)), rehearse(home, CATALOGUE, written(tmp_path, refused)):
        pass
    assert every_file(home) == before


# What no layout fits --------------------------------------------------------------------------------------------------


def test_look_gives_the_columns_of_an_unknown_layout(home: Home, tmp_path: Path) -> None:
    rows = [["Incidents of October"], [], ["Nr", "When", "Where", "Nr"], ["U1", "2026-10-01", "Maple ward", "2"]]
    path = written(tmp_path, zipped(xlsx_parts({"Data": rows, "Old": rows}, hidden=("Old",))), "x.xlsx")
    found = look(home, path, shown="x.xlsx")
    assert (found.columns, found.source, found.is_feed) == (("When", "Where"), None, False)
    assert [(sheet.name, sheet.hidden) for sheet in found.sheets] == [("Data", False), ("Old", True)]


def test_look_tells_what_a_known_source_does_not_need_and_reads_no_value(home: Home, tmp_path: Path) -> None:
    lines = DATIX.splitlines()
    text = "\n".join([f"{lines[0]},Description", *(f"{line},Mr John Smith fell" for line in lines[1:])]) + "\n"
    found = look(home, written(tmp_path, text), shown="datix.csv")
    assert found.source is not None
    assert (found.source.source, found.others) == ("datix", ("Description",))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nr,When,Told by\n1,2026-10-01,943 476 5919\n", "an NHS number"),
        ("Nr,When,Told by\n1,2026-10-01,Mr John Smith\n", "a name"),
        ("Nr,When,Patient name\n1,2026-10-01,x\n", "Patient name"),
    ],
)
def test_look_refuses_what_may_name_people_and_repeats_none_of_it(
    home: Home, tmp_path: Path, text: str, kind: str
) -> None:
    with pytest.raises(PersonalData) as refused:
        look(home, written(tmp_path, text), shown="x.csv")
    assert kind in str(refused.value)
    assert "943" not in str(refused.value) and "Smith" not in str(refused.value)


# In one step ----------------------------------------------------------------------------------------------------------


def test_withdrawn_and_restored_in_one_step_and_readers_see_it(home: Home, load: Load, everyone: Reader) -> None:
    load(home, OLD)
    second = load(home, NEW, partial=True)
    assert second.load_id is not None

    def april() -> float:
        store = Store.open(home)
        assert store is not None
        panel = store.panel(everyone)
        at = (
            panel.measure_position("falls_all"),
            panel.tree.position["W01"],
            list(panel.months.astype(str)).index("2026-04"),
        )
        return float(panel.numerator[at])

    assert april() == 9
    version = withdraw_now(home, CATALOGUE, second.load_id, operator("Sam"), "The wrong file.")
    pointer = read_pointer(home)
    assert pointer is not None and pointer.version == version
    assert april() == 3
    restore_now(home, CATALOGUE, second.load_id, operator("Sam"), "It was right.")
    assert april() == 9
    with pytest.raises(StoreError, match="in force"):
        restore_now(home, CATALOGUE, second.load_id, operator("Sam"), "Again.")


def test_the_rejected_rows_of_a_load_are_found_again(home: Home, load: Load) -> None:
    first = load(home, OLD)
    second = load(home, NEW, partial=True)
    assert first.load_id is not None and second.load_id is not None
    assert rejected_rows(home, first.load_id, operator("Sam")) is None
    assert b"2026-05,W02,falls_all,many" in (rejected_rows(home, second.load_id, operator("Sam")) or b"")
    assert rejected_rows(home, 10_000, operator("Sam")) is None
