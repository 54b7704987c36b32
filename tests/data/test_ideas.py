"""Change ideas and new baselines in the record: what they may state, and what a cycle may follow."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from data.access import Audience, Reader, Role
from data.catalogue import shipped_catalogue
from data.config import Home
from data.decisions import (
    IDEA_SOURCES,
    IDEA_STATES,
    LONGEST_LINE,
    LONGEST_TEXT,
    REBASE_CONDITIONS,
    Proposal,
    approve,
    decide,
    withdraw,
)
from data.ingest.persons import PersonalData
from data.publish import publish
from data.record import StoreError, writing
from data.store import Store
from tests.conftest import Load

WHO = Reader(Role.QI_LEAD, Audience.WORKING)
LEAST: dict[str, Any] = {"text": "Huddle at noon.", "state": "try"}


def idea(measure: str = "falls_all", unit: str = "W01", **detail: Any) -> Proposal:
    return Proposal("idea", "Seen elsewhere.", measure, unit, date(2026, 4, 1), None, LEAST | detail)


@pytest.mark.parametrize("state", IDEA_STATES)
def test_an_idea_has_one_of_four_states_and_says_what_was_learnt_once_it_was_tried(state: str) -> None:
    assert idea(state=state, learnt="It took too long.").detail["state"] == state
    if state == "try":
        assert idea(state=state).detail == LEAST
        return
    for nothing in ({}, {"learnt": ""}, {"learnt": "  "}):
        with pytest.raises(ValueError, match="Say what was learnt"):
            idea(state=state, **nothing)


@pytest.mark.parametrize("source", IDEA_SOURCES)
def test_an_idea_comes_from_staff_from_people_served_or_from_carers(source: str) -> None:
    assert idea(from_whom=source).detail["from_whom"] == source


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        ({"state": "done"}, "The state of an idea is try, adopt, adapt, abandon"),
        ({"from_whom": "the board"}, "An idea comes from staff, person_served, carer"),
        ({"text": "   "}, "says what is tried"),
        ({"text": 7}, "The text of an idea is a text"),
        ({"cost": 900}, "The cost of an idea is a text"),
        ({"follows": 0}, "by the number"),
        ({"follows": True}, "by the number"),
        ({"follows": "3"}, "by the number"),
        ({"priority": "high"}, "does not state 'priority'"),
    ],
)
def test_what_an_idea_states_is_checked(detail: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        idea(**detail)


@pytest.mark.parametrize(
    ("key", "longest"),
    [("text", LONGEST_TEXT), ("predicted", LONGEST_TEXT), ("learnt", LONGEST_TEXT), ("title", LONGEST_LINE),
     ("where", LONGEST_LINE), ("cost", LONGEST_LINE), ("owner", LONGEST_LINE)],
)  # fmt: skip
def test_texts_of_an_idea_have_an_end(key: str, longest: int) -> None:
    assert len(idea(**{key: "a " * (longest // 2)}).detail[key]) == longest
    with pytest.raises(ValueError, match=f"at most {longest} characters, not {longest + 1}"):
        idea(**{key: "a" * (longest + 1)})


@pytest.mark.parametrize("key", ["text", "title", "where", "cost", "owner", "predicted", "learnt"])
def test_no_text_of_an_idea_names_a_person(key: str) -> None:
    with pytest.raises(PersonalData):
        idea(**{key: "Asked by 943 476 5919."})


def test_a_cycle_follows_an_idea_about_the_same_measure_on_the_same_unit(home: Home) -> None:
    with writing(home) as writer:
        first = decide(writer, idea(), "Sam")
        note = decide(writer, Proposal("annotation", "Seen.", "falls_all", "W01", detail={"text": "Beds."}), "Sam")
        assert decide(writer, idea(follows=first, state="adopt", learnt="It is quick."), "Sam") > first
        for wrong, message in (
            (idea(unit="W02", follows=first), "is no idea about this measure on this unit"),
            (idea(measure="self_harm", follows=first), "is no idea about this measure on this unit"),
            (idea(follows=note), "is no idea about this measure on this unit"),
            (idea(follows=999), "There is no decision 999"),
        ):
            with pytest.raises(StoreError, match=message):
                decide(writer, wrong, "Sam")
        withdraw(writer, first, "Sam", "Written twice.")
        with pytest.raises(StoreError, match="was taken back; record it as a new one"):
            decide(writer, idea(follows=first), "Sam")


# New baselines


@pytest.mark.parametrize(
    "detail", [{}, {"conditions": list(REBASE_CONDITIONS)}, {"conditions": list(REBASE_CONDITIONS)[::-1]}]
)
def test_a_new_baseline_states_all_conditions_or_leaves_them_out(detail: dict[str, Any]) -> None:
    assert Proposal("phase", "The huddles.", "falls_all", "W01", date(2026, 4, 1), detail=detail).detail == detail


@pytest.mark.parametrize(
    "conditions", [[], list(REBASE_CONDITIONS)[:3], [*REBASE_CONDITIONS, "sustained"], "sustained", [1, 2, 3, 4], None]
)
def test_some_of_the_conditions_are_not_enough(conditions: Any) -> None:
    with pytest.raises(ValueError, match="when all of this holds: sustained, cause_known"):
        Proposal("phase", "Why.", detail={"conditions": conditions})


def test_a_new_baseline_begins_a_phase_and_a_break_also_a_stretch(home: Home, load: Load) -> None:
    months = [f"{2024 + t // 12}-{t % 12 + 1:02d}" for t in range(30)]
    load(home, "month,unit,measure,numerator\n" + "".join(f"{m},W01,falls_all,4\n" for m in months), "falls.csv")
    with writing(home) as writer:
        for kind, month in (("phase", date(2025, 1, 1)), ("break", date(2025, 7, 1)), ("phase", date(2025, 7, 1))):
            number = decide(writer, Proposal(kind, "Known.", "falls_all", "W01", month), "Sam")
            approve(writer, number, "Priya", "Seen.")
        publish(writer, shipped_catalogue())
    store = Store.open(home)
    assert store is not None
    panel = store.panel(WHO)
    m, u = panel.measure_position("falls_all"), panel.tree.position["W01"]
    begins = {
        name: panel.months[1:][np.diff(getattr(panel, name)[m, u]) > 0].astype(str).tolist()
        for name in ("phase", "stretch")
    }
    assert begins == {"phase": ["2025-01", "2025-07"], "stretch": ["2025-07"]}
    assert not panel.stretch[m, panel.tree.position["W02"]].any()
