"""What was published: recorded once, kept as a file, found wrong when it is, and never taken back."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from data.access import NotForThisReader, Reader, Role, operator
from data.backup import back_up, restore
from data.catalogue import load_catalogue, shipped_catalogue
from data.config import Home
from data.deciding import decide_now, withdraw_now
from data.decisions import Proposal
from data.ingest.intake import intake
from data.publications import Publication, content_of, publications, remember
from data.publish import ensure_published, read_pointer, record_version
from data.purge import ask_for_purge
from data.record import StoreError, writing
from data.status import status
from data.store import Store
from data.verify import problems, verify
from tests.conftest import TODAY, UNITS

ADA = operator("Ada Example")
DETAIL = {
    "pack": "board",
    "audience": "public",
    "edition": "Board, November",
    "version": 1,
    "month": "2026-09",
    "after": 0,
}
FIGURES = b'{"shown":"<5"}'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("publications") / "store")
    units = home.root.with_name("units.csv")
    units.write_text(UNITS, encoding="utf-8")
    with intake(home, shipped_catalogue(), units, today=TODAY) as extract:
        extract.accept("tester")
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    """A copy of it to write to."""
    shutil.copytree(made.root, tmp_path / "copy")
    return Home(tmp_path / "copy")


def wrong_with(home: Home) -> list[str]:
    return problems(verify(home, load_catalogue(home.measures)))


def remembered(home: Home, figures: bytes = FIGURES, by: Reader = ADA, **detail: Any) -> int:
    return remember(home, figures, DETAIL | detail, by)


def test_nothing_was_published_yet(home: Home) -> None:
    assert publications(home) == ()
    assert wrong_with(home) == []


def test_a_publication_is_a_file_and_a_decision_and_no_new_version(home: Home) -> None:
    before = read_pointer(home)
    number = remembered(home)
    (one,) = publications(home)
    assert one == Publication(number, "board", "public", "Board, November", 1, "2026-09", 0, one.sha256)
    assert len(one.sha256) == 64
    assert content_of(home, one) == (home.publications / f"{one.sha256}.json").read_bytes() == FIGURES
    assert home.publications.stat().st_mode & 0o77 == 0, "for the account of the service alone"
    assert read_pointer(home) == before
    with writing(home) as writer:
        assert record_version(writer.con) == before.version
        row = writer.con.execute("select kind, decided_by from record.decision where decision_id = $n", {"n": number})
        assert row.fetchall() == [("publication", "Ada Example")]
    assert wrong_with(home) == []
    assert ensure_published(home, load_catalogue(home.measures)) == before.version


def test_no_reader_of_figures_is_told_of_it(home: Home) -> None:
    remembered(home)
    withdrawn = Proposal("annotation", "Known.", detail={"text": "A new incident system."}, unit_code="W01")
    decide_now(home, [withdrawn], ADA)
    store = Store.open(home)
    assert [d.kind for d, _ in store.decision_log(Reader(Role.QI_LEAD))] == ["annotation"]
    assert store.decisions(Reader(Role.QI_LEAD), "publication") == []


def test_the_same_pack_again_records_nothing_new(home: Home) -> None:
    number = remembered(home)
    assert remembered(home) == number
    assert remembered(home, after=number) == number, "made again later, it is still the same"
    assert len(publications(home)) == 1
    assert remembered(home, b"other", after=number) > number


def test_another_pack_meanwhile_makes_this_one_be_made_again(home: Home) -> None:
    first = remembered(home)
    with pytest.raises(StoreError, match=r"^Another pack was published meanwhile; make this one again"):
        remembered(home, b"made beside the first", after=0)
    assert len(publications(home)) == 1 and len([*home.publications.glob("*")]) == 1
    assert remembered(home, b"made after the first", after=first) > first
    assert [each.after for each in publications(home)] == [0, first]


def test_the_file_is_there_before_the_decision(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def struck(*_: object, **__: object) -> int:
        assert [path.read_bytes() for path in home.publications.glob("*.json")] == [FIGURES]
        raise StoreError("struck")

    monkeypatch.setattr("data.publications.decide", struck)
    with pytest.raises(StoreError, match="struck"):
        remembered(home)
    monkeypatch.undo()
    assert publications(home) == () and wrong_with(home) == [], "a file that nobody was given"
    assert remembered(home)


@pytest.mark.parametrize("how", ["missing", "altered"])
def test_a_file_that_is_not_what_it_was_is_found(home: Home, how: str) -> None:
    number = remembered(home)
    (one,) = publications(home)
    path = home.publications / f"{one.sha256}.json"
    path.unlink() if how == "missing" else path.write_bytes(FIGURES + b" ")
    sentence = (
        f"The figures of the pack for 2026-09 (decision {number}) in {path.name} are missing or altered, and nothing can be "
        "published without them; put the file back from a backup."
    )
    with pytest.raises(StoreError) as refused:
        content_of(home, one)
    assert str(refused.value) == sentence
    assert wrong_with(home) == [sentence]


@pytest.mark.parametrize("text", [None, "", "[]", '{"layout": 2, "publications": []}', '{"layout": 1}'])
def test_a_list_that_cannot_be_read_means_that_nothing_is_published(home: Home, text: str | None) -> None:
    remembered(home)
    home.published_packs.unlink() if text is None else home.published_packs.write_text(text, encoding="utf-8")
    sentence = (
        "publications.json, the list of what was published, cannot be read, so nothing more is; run "
        "'python -m data publish'."
    )
    with pytest.raises(StoreError) as refused:
        publications(home)
    assert str(refused.value) == sentence and wrong_with(home) == [sentence]
    ensure_published(home, load_catalogue(home.measures))
    assert len(publications(home)) == 1, "it is written again from the record"


def test_a_list_that_leaves_one_out_is_found(home: Home) -> None:
    remembered(home)
    home.published_packs.write_text('{"layout": 1, "publications": []}', encoding="utf-8")
    assert wrong_with(home) == [
        "The list of what was published is not that of the record; run 'python -m data publish'."
    ]


def test_it_comes_back_from_a_backup(home: Home, tmp_path: Path) -> None:
    remembered(home)
    backup = back_up(home, tmp_path / "backups", "Ada")
    again = Home(tmp_path / "restored")
    restore(backup, again, "Ada")
    assert publications(again) == publications(home)
    assert content_of(again, publications(again)[0]) == FIGURES
    (backup / "publications" / f"{publications(home)[0].sha256}.json").unlink()
    with pytest.raises(StoreError, match="is not whole"):
        restore(backup, Home(tmp_path / "third"), "Ada")


def test_what_was_seen_cannot_be_taken_back(home: Home) -> None:
    number = remembered(home)
    with pytest.raises(StoreError, match=r"^What was published has been seen and cannot be taken back[.]$"):
        withdraw_now(home, number, ADA, "A mistake.")
    with writing(home) as writer, pytest.raises(StoreError, match=f"There is no decision {number}"):
        ask_for_purge(writer, "decision", number, "Ada", "A mistake.")
    assert len(publications(home)) == 1


def test_a_publication_is_recorded_by_its_pack_alone(home: Home) -> None:
    with pytest.raises(
        StoreError, match=r"^A publication is recorded when its pack is made: python -m pages.reports board"
    ):
        decide_now(home, [Proposal("publication", "Mine.", detail=DETAIL | {"sha256": "0" * 64})], ADA)
    assert publications(home) == ()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.QI_LEAD}))
def test_who_may_not_publish(home: Home, role: Role) -> None:
    with pytest.raises(NotForThisReader):
        remembered(home, by=Reader(role))
    assert publications(home) == ()


def test_a_qi_lead_publishes_and_not_through_the_publics_eyes(home: Home) -> None:
    with pytest.raises(NotForThisReader):
        remembered(home, by=Reader(Role.QI_LEAD).through_the_publics_eyes())
    assert remembered(home, by=Reader(Role.QI_LEAD))


def test_a_hash_is_no_number_of_a_person(home: Home) -> None:
    """Ten digits in a row would be refused anywhere else."""
    detail = DETAIL | {"sha256": "9434765919" + "a" * 54}
    assert Proposal("publication", "Made for the public.", detail=detail).detail["sha256"].startswith("9434765919")
    with pytest.raises(ValueError, match="edition"):
        Proposal("publication", "Made for the public.", detail=detail | {"edition": "9434765919"})


def test_the_detail_says_all_of_it() -> None:
    for key in (*DETAIL, "sha256"):
        detail = {name: value for name, value in (DETAIL | {"sha256": "0"}).items() if name != key}
        with pytest.raises(ValueError, match=f"must state its {key}"):
            Proposal("publication", "Made for the public.", detail=detail)


def test_the_list_is_canonical(home: Home) -> None:
    remembered(home)
    told = json.loads(home.published_packs.read_text(encoding="utf-8"))
    assert set(told) == {"layout", "publications"} and set(told["publications"][0]) == {
        *DETAIL,
        "sha256",
        "decision_id",
    }
    assert status(home)
