"""Goals and measures: a goal is proposed, seen for what it means, agreed by its executive, and taken back."""

import numpy as np
import pytest

from data.access import Reader, Role
from data.config import Home
from data.store import Store
from pages.shared import words
from pages.shared.analysis import Analysis, goal_line
from pages.shared.wording import targets as wording
from tests.pages.conftest import Open
from tests.pages.shown import said, table_of

QI = Reader(Role.QI_LEAD)


def test_goals_in_force_say_what_was_promised_and_who_agreed(shown: Home, sample_store: Store, open_page: Open) -> None:
    rows = table_of(open_page("targets"), wording.IN_FORCE)[1:]
    goals = sample_store.decisions(QI, "goal")
    assert len(rows) == len(goals) > 10
    (deaths,) = [row for row in rows if row[0] == "Deaths by suspected suicide"]
    assert deaths[1:5] == ["Sample Trust", "None at all by Apr 2028", "–", wording.NO_MILESTONE]
    (falls,) = [row for row in rows if row[0] == "Falls"]
    assert falls[2] == "30 % below the baseline by Apr 2028"


def test_what_a_goal_would_mean_is_computed_from_the_figures(shown: Home, analysis: Analysis, open_page: Open) -> None:
    at = open_page("targets", role="qi_lead", measure="restraint_physical", unit="LOCAL")
    at.selectbox(key="goal type").select("percent_below").run()
    at.number_input(key="goal percent").set_value(40).run()
    reading = analysis.get("restraint_physical", "LOCAL")
    baseline_months = slice(len(reading.months) - 24, len(reading.months) - 12)
    good = reading.good[baseline_months]
    events = reading.numerator[baseline_months][good].sum()
    bed_days = reading.denominator[baseline_months][good].sum()
    baseline = events / bed_days * 1000
    (told,) = [info.value for info in at.main.info if info.value.startswith("From ")]
    assert f"From {words.figure(baseline, reading.measure)}" in told
    assert f"to {words.figure(baseline * 0.6, reading.measure)} by Apr 2028" in told
    assert "Nov 2026" in told


def test_a_proposed_goal_holds_once_its_executive_has_agreed(sample_copy: Home, open_page: Open) -> None:
    at = open_page("targets", role="qi_lead", measure="seclusion", unit="TRUST")
    at.selectbox(key="goal type").select("zero").run()
    at.text_input(key="why goal").input("Nobody is to be shut away.").run()
    at.button(key="propose goal").click().run()
    assert wording.SENT in [s.value for s in at.success], said(at)
    assert words.PROPOSER_WAITS in said(at)
    store = Store.open(sample_copy)
    (waiting,) = store.proposals(QI, "goal")
    assert (waiting.measure_id, waiting.unit_code, waiting.detail["type"]) == ("seclusion", "TRUST", "zero")

    owner = open_page("targets", role="executive_owner")
    owner.text_input(key=f"approve {waiting.decision_id}").input("Agreed.").run()
    owner.button(key=f"approve {waiting.decision_id} now").click().run()
    held = {d.measure_id for d in Store.open(sample_copy).decisions(QI, "goal")}
    assert "seclusion" in held

    owner.selectbox(key="goal to take back").select(waiting.decision_id).run()
    owner.text_input(key="why take back goal").input("Set too early.").run()
    owner.button(key="take back goal").click().run()
    assert wording.TAKEN_BACK in [s.value for s in owner.success]
    assert "seclusion" not in {d.measure_id for d in Store.open(sample_copy).decisions(QI, "goal")}


def test_for_deaths_nothing_but_none_at_all_can_be_set(shown: Home, open_page: Open) -> None:
    at = open_page("targets", role="qi_lead", measure="suicide_in_care", unit="TRUST")
    assert at.selectbox(key="goal type").options == [wording.TYPES["zero"]]
    assert wording.DEATHS in said(at)
    assert "goal way" not in [box.key for box in at.selectbox]


def test_a_measure_where_more_is_better_has_a_level_to_reach(shown: Home, open_page: Open) -> None:
    at = open_page("targets", role="qi_lead", measure="care_plan_on_time", unit="TRUST")
    assert at.selectbox(key="goal type").options == [wording.TYPES["threshold"]]


def test_steps_and_shares_lead_along_their_own_way(analysis: Analysis) -> None:
    reading = analysis.get("falls_all", "SECURE")
    line = reading.goal
    assert line is not None
    same = goal_line(reading, line.decision)
    assert (same.baseline, same.milestone, same.final) == pytest.approx((line.baseline, line.milestone, line.final))
    ahead = reading.months[-1] + np.arange(1, 13)
    assert (np.diff(line.path(ahead)) <= 0).all()


@pytest.mark.parametrize("role", ["board_member", "ward_manager", "division_lead", "analyst"])
def test_others_read_and_propose_nothing(role: str, shown: Home, open_page: Open) -> None:
    at = open_page("targets", role=role)
    assert wording.PROPOSE not in said(at)
    assert not [box for box in at.button if box.key in ("propose goal", "take back goal", "record expectation")]


def test_what_is_due_when_is_changed_here(sample_copy: Home, open_page: Open) -> None:
    at = open_page("targets", role="qi_lead")
    at.selectbox(key="expected measure").select("falls_all")
    at.number_input(key="expected day").set_value(12)
    at.text_input(key="why expected").input("The divisions asked.")
    at.button(key="record expectation").click().run()
    assert wording.RECORDED in [s.value for s in at.success], said(at)
    rows = table_of(at, wording.EXPECTED)[1:]
    assert ["Falls, every unit", wording.due(12), "", "The divisions asked."] in rows


def test_the_catalogue_is_read_goal_by_goal(shown: Home, sample_store: Store, open_page: Open) -> None:
    rows = table_of(open_page("targets", goal="falls"), words.GOAL_STATEMENTS["falls"])[1:]
    expected = [m.name for m in sample_store.catalogue.values() if m.goal == "falls"]
    assert [row[0] for row in rows] == expected
    assert len(expected) >= 2
