"""Verify, backup, restore, purge and export: what holds is said to hold, what was touched is found, nothing is half done."""

import json
import os
import random
import shutil
import threading
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.csv
import pytest

from data.access import Reader
from data.audit import Head, Trail, read_heads
from data.backup import back_up, check_backup, restore
from data.catalogue import shipped_catalogue
from data.config import Home
from data.database import let_go
from data.decisions import Proposal, approve, decide
from data.export import export, long_table
from data.loads import withdraw_load
from data.publish import publish, read_pointer
from data.purge import ask_for_purge, confirm_purge
from data.record import StoreError, writing
from data.store import Store
from data.verify import problems, verify
from tests.conftest import Load
from tests.data.test_record import EVENTS, HEAD, count, opened

CATALOGUE = shipped_catalogue()
SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
N_FLIPS = 500 if SLOW else 60
N_RESTORES = 30 if SLOW else 5
COVER = "2026-04-01,2026-04-30\n"


@pytest.fixture
def full(home: Home, load: Load) -> Home:
    """A store with figures, a correction, a withdrawn load, an event, a goal and a trail of looks."""
    load(
        home,
        "month,unit,kind,value\n2026-04,W01,occupied_bed_days,512\n2026-04,W02,occupied_bed_days,400\n",
        "bed_days.csv",
    )
    load(home, HEAD + "2026-03,W01,falls_all,2\n2026-04,W01,falls_all,3\n2026-04,W02,falls_all,0\n", "falls.csv")
    wrong = load(home, HEAD + "2026-04,W01,falls_all,33\n", "wrong.csv")
    load(home, EVENTS + f"2026-04-05,W01,falls_harm,A1,1,severe,confirmed,{COVER}", "events.csv")
    Trail(home.trails).note("Priya Shah", "export", {"rows": 3})
    with writing(home) as writer:
        withdraw_load(writer, CATALOGUE, wrong.load_id or 0, "Sam", "The wrong file.")
        goal = {"type": "zero", "date": "2028-04-01", "owner": "Nursing"}
        number = decide(writer, Proposal("goal", "Agreed.", "falls_all", "TRUST", detail=goal), "Sam")
        approve(writer, number, "Alex", "Agreed by the board.")
        publish(writer, CATALOGUE)
    return home


def wrong_in(home: Home, head: Head | None = None) -> list[str]:
    return problems(verify(home, CATALOGUE, head=head))


def test_a_store_that_was_only_used_holds(full: Home) -> None:
    findings = verify(full, CATALOGUE)
    assert problems(findings) == []
    assert [finding.count for finding in findings[1:4]] == [5, 3, 1]
    assert not any(finding.notes for finding in findings)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update observation set numerator = 1 where numerator = 3", "rows of load"),
        ("delete from observation where numerator = 2", "rows of load"),
        ("update exposure set value = 5120 where value = 512", "rows of load"),
        ("update event set day = date '2026-04-06'", "rows of load"),
        ("update coverage set last_day = date '2026-05-30' where kind = 'events'", "rows of load"),
        ("update unit set name = 'Other' where code = 'W01'", "rows of load"),
        ("update load set issue = issue + 1 where feed = 'monthly'", "said about load"),
        ("update load set loaded_by = 'nobody' where feed = 'units'", "said about load"),
        ("delete from load where file_name = 'wrong.csv'", "in the audit and not in the record"),
        ("update decision set detail = '{}' where kind = 'goal'", "is not what was recorded"),
        ("update decision set decided_by = 'Sam' where kind = 'approval'", "is not what was recorded"),
        ("delete from decision where kind = 'load_withdrawal'", "in the audit and not in the record"),
        (
            "insert into decision select 999, * exclude decision_id from decision where kind = 'goal'",
            "not in the audit",
        ),
        ("update trail set lines = 2", "is not what the audit says"),
        ("delete from trail", "is not what the audit says"),
        ("update audit set who = 'nobody' where what = 'goal'", "was changed"),
    ],
)
def test_what_somebody_changes_in_the_file_is_found(full: Home, statement: str, says: str) -> None:
    with duckdb.connect(str(full.record)) as con:
        con.execute(statement)
    assert any(says in sentence for sentence in wrong_in(full)), wrong_in(full)


def test_a_chain_that_was_written_anew_with_its_head_is_found_by_a_head_that_was_printed(full: Home) -> None:
    printed = read_heads(full)[-1]
    other = Home(full.root.with_name("other"))
    with writing(other):
        pass
    full.record.write_bytes(other.record.read_bytes())
    full.audit_head.unlink()
    assert any("head that was given" in sentence for sentence in wrong_in(full, printed))


def test_a_published_file_that_says_something_else_than_the_record_is_found(full: Home) -> None:
    published = read_pointer(full)
    assert published is not None
    with duckdb.connect(str(published.figures)) as con:
        con.execute("update cell set numerator = 1 where numerator = 3")
    assert any("missing or damaged" in sentence for sentence in wrong_in(full))
    from data.files import sha256_of

    pointer = json.loads(full.pointer.read_text())
    pointer["files"]["figures"]["sha256"] = sha256_of(published.figures)
    full.pointer.write_text(json.dumps(pointer))
    assert any("differ from the record in 'cell'" in sentence for sentence in wrong_in(full))


def test_a_clock_that_was_wrong_is_told_and_breaks_nothing(
    full: Home, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    import data.audit as module

    for days in (-1, 365):
        shifted = module.now().replace(microsecond=0) + (date(2026, 1, 2) - date(2026, 1, 1)) * days
        with monkeypatch.context() as patch:
            patch.setattr(module, "now", lambda at=shifted: at)
            load(full, HEAD + f"2026-05,W01,falls_all,{abs(days)}\n", f"clock {days}.csv")
    findings = verify(full, CATALOGUE)
    assert problems(findings) == []
    assert any("dated in the future" in note for note in findings[0].notes)
    assert any("dated before the line they follow" in note for note in findings[0].notes)


# Damage -----------------------------------------------------------------------------------------------------------------


def shown(home: Home, who: Reader) -> list[tuple[object, ...]]:
    store = Store.open(home)
    assert store is not None
    table = long_table(store, who)
    return [tuple(row.values()) for row in table.to_pylist()]


def test_a_flipped_byte_is_noticed_or_changes_no_figure(full: Home, everyone: Reader, tmp_path: Path) -> None:
    """In the record, the published files and a backup: nobody is ever shown a wrong number."""
    backup = back_up(full, tmp_path / "backups", "tester")
    right = shown(full, everyone)
    published = read_pointer(full)
    assert published is not None
    targets = [
        full.record,
        published.figures,
        published.deaths,
        full.pointer,
        backup / "record.duckdb",
        backup / "audit.head",
    ]
    rng = random.Random(20261122)
    told = dict.fromkeys(("noticed", "harmless"), 0)
    struck = Home(tmp_path / "struck")
    for i in range(N_FLIPS):
        shutil.copytree(full.root, struck.root)
        path = targets[i % len(targets)]
        if full.root in path.parents:
            path = struck.root / path.relative_to(full.root)
        content = path.read_bytes()
        flipped = bytearray(content)
        flipped[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        told[noticed(struck, everyone, backup, path, right)] += 1
        path.write_bytes(content)
        shutil.rmtree(struck.root)
    print(f"{N_FLIPS} flips: {told}")
    assert told["noticed"] > N_FLIPS / 3


def noticed(home: Home, who: Reader, backup: Path, path: Path, right: list[tuple[object, ...]]) -> str:
    """Whether a process that starts now is told, or shows the right figures all the same."""
    from data.database import _KEPT_OPEN
    from data.store import _PANELS, _VERIFIED

    _VERIFIED.clear()
    _PANELS.clear()
    let_go(*_KEPT_OPEN)
    try:
        if backup in path.parents:
            check_backup(backup)
            return "harmless"
        assert shown(home, who) == right, f"a wrong number is shown after a flip in {path.name}"
        if path == home.record:
            with writing(home) as writer:
                publish(writer, CATALOGUE)
            _PANELS.clear()
            assert shown(home, who) == right, "a damaged record was published"
        return "harmless"
    except (StoreError, duckdb.Error, KeyError, ValueError, TypeError, OSError):
        return "noticed"


# Backup and restore -----------------------------------------------------------------------------------------------------


def test_backups_made_while_loads_run_restore_to_what_was_acknowledged(
    home: Home, load: Load, tmp_path: Path, everyone: Reader
) -> None:
    acknowledged: list[int] = []
    stop = threading.Event()

    def keep_loading() -> None:
        figure = 0
        while not stop.is_set():
            figure += 1
            load(home, HEAD + f"2026-04,W01,falls_all,{figure}\n", "more.csv")
            acknowledged.append(figure)

    loader = threading.Thread(target=keep_loading)
    loader.start()
    try:
        for n in range(N_RESTORES):
            while not acknowledged:
                stop.wait(0.05)
            before = acknowledged[-1]
            backup = back_up(home, tmp_path / "backups", "tester")
            after = acknowledged[-1] + 1
            there = Home(tmp_path / f"restored {n}")
            restore(backup, there, "tester")
            assert before <= count(there, everyone, "falls_all", "W01", "2026-04") <= after
            shutil.rmtree(there.root)
    finally:
        stop.set()
        loader.join()


def test_a_restored_store_is_the_same_number_for_number(full: Home, everyone: Reader, tmp_path: Path) -> None:
    backup = back_up(full, tmp_path / "backups", "tester")
    there = Home(tmp_path / "empty host" / "home")
    restore(backup, there, "tester")
    assert shown(there, everyone) == shown(full, everyone)
    assert wrong_in(there) == [] and wrong_in(full) == []
    assert there.reference_key.read_bytes() == full.reference_key.read_bytes()
    assert there.reference_key.stat().st_mode & 0o077 == 0


def test_a_backup_that_is_not_whole_is_not_restored(full: Home, tmp_path: Path) -> None:
    backup = back_up(full, tmp_path / "backups", "tester")
    for damage in ("cut", "gone", "manifest"):
        copy = tmp_path / damage
        shutil.copytree(backup, copy)
        if damage == "cut":
            (copy / "record.duckdb").write_bytes((copy / "record.duckdb").read_bytes()[:-4096])
        elif damage == "gone":
            (copy / "audit.head").unlink()
        else:
            (copy / "manifest.json").write_text("{}")
        with pytest.raises(StoreError, match=r"damaged|not whole|no backup"):
            restore(copy, Home(tmp_path / f"from {damage}"), "tester")
        assert not (tmp_path / f"from {damage}").exists()


def test_nothing_is_restored_over_a_store_and_no_backup_stands_inside_it(full: Home, tmp_path: Path) -> None:
    backup = back_up(full, tmp_path / "backups", "tester")
    with pytest.raises(StoreError, match="is not empty"):
        restore(backup, full, "tester")
    with pytest.raises(StoreError, match="lost with it"):
        back_up(full, full.root / "backups", "tester")
    with pytest.raises(StoreError, match="holds no record"):
        back_up(Home(tmp_path / "none"), tmp_path / "backups", "tester")


# Purge ------------------------------------------------------------------------------------------------------------------


def everywhere(*folders: Path) -> bytes:
    return b"".join(path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_purged_load_is_gone_from_everywhere_and_the_chain_still_holds(
    full: Home, load: Load, tmp_path: Path, everyone: Reader
) -> None:
    mark = "zyxwvutsrq"
    bad = load(
        full, HEAD + "2026-05,W01,falls_all,7654321\n2026-05,W99,falls_all,1\n", f"{mark}.csv", partial=True, note=mark
    )
    back_up(full, tmp_path / "backups", "tester")
    assert mark.encode() in everywhere(full.root, tmp_path / "backups")
    with writing(full) as writer:
        request = ask_for_purge(writer, "load", bad.load_id or 0, "Sam", "It should never have been stored.")
    with pytest.raises(StoreError, match="cannot approve it"):
        confirm_purge(full, CATALOGUE, request, "sam ", "Yes.")
    done = confirm_purge(full, CATALOGUE, request, "Alex", "Agreed.")
    assert len(done.backups) == 1 and not done.unreached
    assert mark.encode() not in everywhere(full.root, tmp_path / "backups")
    assert wrong_in(full) == []
    months = [str(month) for month in opened(full).panel(everyone).months]
    assert "2026-05" not in months
    restored = Home(tmp_path / "restored")
    restore(done.backups[0], restored, "tester")
    assert wrong_in(restored) == []
    assert not list(full.rejects.glob("*"))


def test_a_purged_decision_keeps_its_number_and_says_nothing_more(full: Home, tmp_path: Path) -> None:
    with writing(full) as writer:
        number = decide(writer, Proposal("annotation", "abcdefghij", detail={"text": "klmnopqrst"}), "Sam")
        request = ask_for_purge(writer, "decision", number, "Sam", "It named somebody.")
    confirm_purge(full, CATALOGUE, request, "Alex", "Agreed.")
    found = everywhere(full.root)
    assert b"abcdefghij" not in found and b"klmnopqrst" not in found
    assert wrong_in(full) == []
    with writing(full) as writer, pytest.raises(StoreError, match="There is no load 9999"):
        ask_for_purge(writer, "load", 9999, "Sam", "It should never have been stored.")


def test_a_backup_that_cannot_be_reached_is_named(full: Home, tmp_path: Path) -> None:
    back_up(full, tmp_path / "away", "tester")
    shutil.rmtree(tmp_path / "away")
    with writing(full) as writer:
        request = ask_for_purge(writer, "load", 5, "Sam", "It should never have been stored.")
    done = confirm_purge(full, CATALOGUE, request, "Alex", "Agreed.")
    assert "away" in done.unreached[0] and "by hand" in done.unreached[0]


# Export -----------------------------------------------------------------------------------------------------------------


def test_the_long_table_holds_what_the_panel_holds(full: Home, everyone: Reader, tmp_path: Path) -> None:
    store = opened(full)
    table = long_table(store, everyone)
    rows = {(row["measure"], row["unit"], row["month"]): row for row in table.to_pylist()}
    april = rows["falls_all", "W01", date(2026, 4, 1)]
    assert (april["numerator"], april["denominator"], april["state"]) == (3, 512, "reported")
    assert rows["falls_all", "W02", date(2026, 4, 1)]["state"] == "zero_in_extract"
    path = export(table, tmp_path / "figures.csv")
    assert pyarrow.csv.read_csv(path).num_rows == table.num_rows
    assert export(table, tmp_path / "figures.parquet").exists()
    with pytest.raises(StoreError, match="ending says the format"):
        export(table, tmp_path / "figures.doc")
