"""History and audit: who decided what, what became of it, and who looked."""

import json

import pytest

from data.access import Audience, NotForThisReader, Reader, Role
from data.audit import Trail
from data.catalogue import shipped_catalogue
from data.config import Home
from data.decisions import Proposal, decide, withdraw
from data.looks import broken_trails, recent_looks
from data.publish import publish
from data.record import writing
from data.store import Store
from data.synthetic.make import ANALYST, LOADER
from pages.shared.wording import history as wording
from tests.pages.conftest import Open
from tests.pages.shown import said, table_of

KEEPER = Reader(Role.ADMINISTRATOR)


def test_every_decision_stands_there_with_what_became_of_it(sample_copy: Home, open_page: Open) -> None:
    with writing(sample_copy) as writer:
        kept = decide(
            writer, Proposal("annotation", "For the test.", "falls_all", "W10", detail={"text": "New beds"}), LOADER
        )
        gone = decide(
            writer, Proposal("annotation", "A slip.", "falls_all", "W10", detail={"text": "<b>old</b>"}), LOADER
        )
        withdraw(writer, gone, ANALYST, "Wrong ward.")
        waits = decide(writer, Proposal("break", "Counted anew.", "falls_all", "", None), LOADER)
        publish(writer, shipped_catalogue())
    rows = {row[0]: row for row in table_of(open_page("history", role="qi_lead"), "Decisions")[1:]}
    assert rows[str(kept)][2:] == ["Note", "Falls, Hazel ward", "New beds", "For the test.", LOADER, "In force"]
    assert rows[str(gone)][4] == "<b>old</b>", "shown as it was written, and never as a page"
    assert (rows[str(gone)][7], rows[str(waits)][7]) == ("Withdrawn", "Waiting for a second person")
    numbers = [int(row) for row in rows]
    assert numbers == sorted(numbers, reverse=True)


def test_a_choice_of_kind_and_state_stands_in_the_address(shown: Home, sample_store: Store, open_page: Open) -> None:
    board = Reader(Role.BOARD_MEMBER)
    goals = [d for d, state in sample_store.decision_log(board) if d.kind == "goal"]
    rows = table_of(open_page("history", kind="goal"), "Decisions")[1:]
    assert [row[0] for row in rows] == [str(d.decision_id) for d in goals]
    assert {row[2] for row in rows} == {"Goal"}
    assert wording.NOTHING_FITS in [i.value for i in open_page("history", kind="goal", state="withdrawn").info]


def test_the_log_is_of_this_readers_units_only(sample_store: Store) -> None:
    log = sample_store.decision_log(Reader(Role.WARD_MANAGER, units=("W23",)))
    assert {d.unit_code for d, _ in log if d.kind == "zero_return"} == {"W23"}
    for outsider in (Reader(Role.BOARD_MEMBER, Audience.PUBLIC), KEEPER):
        with pytest.raises(NotForThisReader):
            sample_store.decision_log(outsider)


def test_trails_are_for_those_who_keep_access(tmp_path) -> None:
    home = Home(tmp_path)
    trail = Trail(home.trails)
    trail.note("ada@trust.example", "sign_in", {"role": "staff"})
    trail.note("ada@trust.example", "export", {"rows": 12})
    assert [line.what for line in recent_looks(home, KEEPER)] == ["export", "sign_in"]
    assert broken_trails(home, KEEPER) == []
    lines = trail.path.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    first[2] = "bob@trust.example"
    trail.path.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", encoding="utf-8")
    assert len(broken_trails(home, KEEPER)) >= 1, "a changed line breaks its chain"
    for other in (Role.BOARD_MEMBER, Role.QI_LEAD, Role.ANALYST):
        with pytest.raises(NotForThisReader):
            recent_looks(home, Reader(other))
        with pytest.raises(NotForThisReader):
            broken_trails(home, Reader(other))


def test_what_somebody_did_is_told_in_words() -> None:
    assert wording.look("export", '{"rows": 12}') == "Took a file out (rows 12)"
    assert wording.look("sign_out", "{}") == "Signed out"


def test_who_keeps_access_sees_no_decision_and_no_load(shown: Home, open_page: Open) -> None:
    at = open_page("history", role="administrator")
    assert wording.NOTHING_LOOKED in [info.value for info in at.info]
    assert wording.DECIDED not in said(at)
    assert not at.dataframe


def test_loads_are_listed_for_the_whole_trust(shown: Home, sample_store: Store, open_page: Open) -> None:
    board = Reader(Role.BOARD_MEMBER)
    (frame,) = open_page("history").dataframe
    assert len(frame.value) == len(sample_store.loads(board)) > 10
