"""Versions named for a meeting: signed off by somebody else, and the same number for number after a later correction."""

from datetime import date

import numpy as np
import pytest

from data.access import Audience, NotForThisReader, Reader, Role, operator
from data.config import Home
from data.deciding import approve_now, decide_now, withdraw_now
from data.decisions import Proposal
from data.editions import changed_since, editions, name_edition, open_edition
from data.freshness import freshness
from data.ingest.persons import PersonalData
from data.publish import KEPT_VERSIONS
from data.record import StoreError
from data.store import Store
from tests.conftest import Load

HEAD = "month,unit,measure,numerator\n"
TODAY = date(2026, 6, 1)


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def named(home: Home, name: str = "Board, June") -> int:
    """The version of now, named by Sam; gives the number of the decision."""
    proposal = name_edition(name, date(2026, 6, 15), opened(home).published.version, date(2026, 4, 30))
    return decide_now(home, [proposal], operator("Sam"))[0]


def count(store: Store, who: Reader, month: str = "2026-04") -> float:
    panel = store.panel(who)
    t = int((np.datetime64(month, "M") - panel.months[0]).astype(int))
    return float(panel.numerator[panel.measure_position("mha_people"), panel.tree.position["W01"], t])


def test_an_edition_opened_again_shows_the_same_figures_after_a_later_correction(
    home: Home, load: Load, everyone: Reader
) -> None:
    load(home, HEAD + "2026-03,W01,mha_people,3\n2026-04,W01,mha_people,3\n")
    named(home)
    for figure in range(4, 4 + KEPT_VERSIONS + 2):  # more versions than are kept of the others
        load(home, HEAD + f"2026-04,W01,mha_people,{figure}\n2026-05,W01,mha_people,1\n")
    store = opened(home)
    (edition,) = editions(store, everyone)
    then = open_edition(home, edition)
    assert count(then, everyone) == 3
    assert count(store, everyone) == 3 + KEPT_VERSIONS + 2
    assert then.published.version == edition.version < store.published.version
    assert then.key != store.key
    fresh = freshness(store, everyone, TODAY)
    assert changed_since(edition, store, everyone, fresh) == 1  # April; May came later and is not of the edition
    other_ward = Reader(Role.WARD_MANAGER, Audience.WORKING, ("W02",))
    assert changed_since(edition, store, other_ward, freshness(store, other_ward, TODAY)) == 0


def test_what_came_after_an_edition_for_its_own_months_is_a_change(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-03,W01,mha_people,3\n2026-04,W01,mha_people,3\n")
    named(home)
    store = opened(home)
    (edition,) = editions(store, everyone)
    assert changed_since(edition, store, everyone, freshness(store, everyone, TODAY)) == 0
    load(home, HEAD + "2026-04,W02,mha_people,2\n2026-03,W01,mha_people,5\n")
    store = opened(home)
    assert changed_since(edition, store, everyone, freshness(store, everyone, TODAY)) == 2


def test_nobody_signs_off_what_they_loaded_or_named(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,mha_people,3\n")  # by "tester"
    number = named(home)
    with pytest.raises(StoreError, match="loaded figures of this edition and cannot sign it off"):
        approve_now(home, number, operator("Tester"), "Looks right.")
    with pytest.raises(NotForThisReader, match="proposed this edition and cannot approve it"):
        approve_now(home, number, operator("sam"), "Looks right.")
    (edition,) = editions(opened(home), everyone)
    assert not edition.is_signed_off and edition.named_by == "Sam"
    approve_now(home, number, operator("Alex"), "Read beside the gaps.")
    (edition,) = editions(opened(home), everyone)
    assert edition.is_signed_off and edition.signed_off_by == "Alex"


def test_a_withdrawn_edition_is_not_listed(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,mha_people,3\n")
    first, second = named(home), named(home, "Committee")
    approve_now(home, first, operator("Alex"), "Read.")
    assert [e.decision_id for e in editions(opened(home), everyone)] == [second, first]
    withdraw_now(home, first, operator("Alex"), "Named too early.")
    withdraw_now(home, second, operator("Sam"), "Named too early.")
    assert editions(opened(home), everyone) == []


def test_the_public_is_told_of_no_edition_and_no_proposal(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,mha_people,3\n")
    named(home)
    public = Reader(Role.BOARD_MEMBER, Audience.PUBLIC)
    assert editions(opened(home), public) == []
    assert opened(home).proposals(public, "edition") == []
    assert len(opened(home).proposals(everyone, "edition")) == 1


def test_a_version_that_is_gone_cannot_be_named(home: Home, load: Load) -> None:
    load(home, HEAD + "2026-04,W01,mha_people,1\n")
    gone = opened(home).published.version
    for figure in range(2, 2 + KEPT_VERSIONS):
        load(home, HEAD + f"2026-04,W01,mha_people,{figure}\n")
    with pytest.raises(StoreError, match="Newer figures have replaced this version"):
        decide_now(home, [name_edition("Board", date(2026, 6, 15), gone, date(2026, 4, 30))], operator("Sam"))
    assert Store.open(home, gone) is None


def test_an_edition_names_no_person_and_has_a_name() -> None:
    with pytest.raises(ValueError, match="has a name"):
        name_edition(" ", date(2026, 6, 15), 3, date(2026, 4, 30))
    with pytest.raises(PersonalData):
        name_edition("Board", date(2026, 6, 15), 3, date(2026, 4, 30), "NHS number 943 476 5919 is missing")


def test_several_decisions_are_published_once(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,mha_people,3\n")
    month = date(2026, 4, 1)
    made = [Proposal("sign_off", "Looked at.", m, "", month, month) for m in ("mha_people", "falls_all")]
    numbers = decide_now(home, made, operator("Sam"))
    store = opened(home)
    assert store.published.version == numbers[-1]
    assert [d.measure_id for d in store.decisions(everyone, "sign_off")] == ["mha_people", "falls_all"]
    assert decide_now(home, [], operator("Sam")) == []
