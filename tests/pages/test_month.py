"""Month end: the ward's return, who signs off, who confirms, and which version goes to the meeting."""

from datetime import date

import numpy as np
import pytest

from data.access import Audience, Reader, Role
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.editions import editions
from data.grants import read_grants
from data.panel import Panel
from data.store import Store
from data.synthetic.make import SIGNED_OFF
from pages.shared import words
from tests.pages.conftest import Open
from tests.pages.shown import said, table_of

WHO = Reader(Role.QI_LEAD, Audience.WORKING)
OCTOBER = np.datetime64("2026-10")


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def doubtful(panel: Panel, measure: str, unit: str) -> bool:
    return bool(panel.doubtful[panel.measure_position(measure), panel.tree.position[unit], -1])


def press(at, key: str):
    at.button(key=key).click().run()
    assert not at.exception, at.exception
    return at


# The ward's return


def test_a_ward_manager_is_asked_whether_what_we_hold_is_right(
    shown: Home, sample_store: Store, open_page: Open
) -> None:
    panel = sample_store.panel(WHO)
    u = panel.tree.position["W10"]
    falls, restraints = (int(panel.numerator[panel.measure_position(m), u, -1]) for m in ("falls_all", "restraint_all"))
    at = open_page("month", role="ward_manager", mine="W10")
    expected = words.return_sentence(OCTOBER, "Hazel ward", falls, restraints)
    assert f"{expected} Is that right?" in said(at)
    assert f"{falls} fall" in expected and f"{restraints} restraint" in expected
    labels = [button.label for button in at.main.button]
    assert labels[:2] == ["Yes", "No, something is missing"]
    assert "Nothing happened, confirmed" not in labels, "something is held"
    assert words.DO_NOT_NAME in at.text_input(key="return note").label


@pytest.mark.parametrize("role", ["board_member", "qi_lead"])
def test_nobody_else_answers_for_a_ward(role: str, shown: Home, open_page: Open) -> None:
    at = open_page("month", role=role)
    assert "Is that right?" not in said(at)
    assert not [button for button in at.button if str(button.key).startswith("return")]


def test_nothing_happened_is_offered_where_nothing_is_held(shown: Home, sample_store: Store, open_page: Open) -> None:
    panel = sample_store.panel(WHO)
    harm = [m for m in panel.measures if sample_store.catalogue[m].kind == "harm"]
    rows = [panel.measure_position(m) for m in harm]
    held = np.nansum(panel.numerator[rows][:, :, -6:], axis=0)
    known = np.isfinite(panel.numerator[rows][:, :, -6:]).any(axis=0)
    wards = np.array([u.level == "ward" and u.closed is None for u in panel.tree.units])
    found = np.argwhere((held == 0) & known & wards[:, None])
    assert len(found), "the sample has a ward without any harm in one of six months"
    u, t = found[-1]
    at = open_page("month", role="ward_manager", mine=panel.tree.units[u].code, month=str(panel.months[-6:][t]))
    assert at.button(key="return nothing").label == "Nothing happened, confirmed"


def test_missing_puts_the_month_in_question_and_right_ends_it(sample_copy: Home, open_page: Open) -> None:
    assert not doubtful(opened(sample_copy).panel(WHO), "self_harm", "W10")
    at = open_page("month", role="ward_manager", mine="W10")
    at.text_input(key="return note").set_value("A week of forms is not entered.")
    press(at, "return missing")
    assert at.success[0].value == "Thank you. Your answer is recorded."
    store = opened(sample_copy)
    newest = store.decisions(WHO, "zero_return")[-1]
    assert (newest.unit_code, newest.measure_id, newest.detail) == ("W10", "", {"answer": "missing"})
    assert newest.decided_by == "Ward manager of Hazel ward (sample)"
    assert (newest.first_month, newest.last_month) == (OCTOBER.astype("datetime64[D]").item(),) * 2
    assert doubtful(store.panel(WHO), "self_harm", "W10")
    assert "The ward says that something is missing: A week of forms" in said(open_page("quality"))
    again = open_page("month", role="ward_manager", mine="W10")
    assert "Answered: “No, something is missing”" in said(again)
    press(again, "return right")
    assert not doubtful(opened(sample_copy).panel(WHO), "self_harm", "W10")


def test_a_text_that_names_somebody_is_refused_in_one_sentence(sample_copy: Home, open_page: Open) -> None:
    version = opened(sample_copy).published.version
    at = open_page("month", role="ward_manager", mine="W10")
    at.text_input(key="return note").set_value("NHS number 943 476 5919 is not entered.")
    press(at, "return missing")
    assert len(at.error) == 1
    assert "943" not in at.error[0].value
    assert opened(sample_copy).published.version == version


# Measures


def test_the_table_says_what_came_and_who_signed_it_off(shown: Home, sample_store: Store, open_page: Open) -> None:
    at = open_page("month", month="2026-09")
    head, *rows = table_of(at, "Measure by measure")
    assert head == ["Measure", "Due on", "Loaded, of units expected", "Checked", "Signed off"]
    by = {row[0]: row for row in rows}
    names = {sample_store.catalogue[m].name for m in SIGNED_OFF}
    assert {name for name, row in by.items() if row[4] != "–"} == names
    assert by["Falls"][4].startswith("Sam Okoro (QI lead), 9 Oct 2026")
    assert by["Clinical audit standards met"][2] == "60 of 61"
    assert by["Staff sickness"][1] == "30 Oct 2026"


def test_a_qi_lead_signs_measures_off(sample_copy: Home, open_page: Open) -> None:
    at = open_page("month", role="qi_lead")
    at.multiselect(key="sign off measures").set_value(["falls_all", "self_harm"])
    press(at, "sign off now")
    assert at.success[0].value == "2 measures signed off."
    found = opened(sample_copy).decisions(WHO, "sign_off")[-2:]
    assert [(d.measure_id, d.decided_by) for d in found] == [
        ("falls_all", "QI lead (sample)"),
        ("self_harm", "QI lead (sample)"),
    ]
    by = {row[0]: row for row in table_of(at, "Measure by measure")}
    assert by["Falls"][4].startswith("QI lead (sample)")
    assert not open_page("month").multiselect, "a board member signs no measure off"


# Months in question


def test_a_confirmation_is_proposed_by_one_and_approved_by_another(sample_copy: Home, open_page: Open) -> None:
    at = open_page("month", role="qi_lead")
    which = at.selectbox(key="confirmation of")
    index = next(i for i, label in enumerate(which.options) if label.startswith("Falls, Coral ward"))
    which.set_value(index)
    at.text_input(key="confirmation reason").set_value("The ward's own list agrees.")
    press(at, "propose confirmation")
    (proposal,) = opened(sample_copy).proposals(WHO, "confirmation")
    assert words.PROPOSER_WAITS in said(at)
    assert f"confirm {proposal.decision_id}" not in [b.key for b in at.button], "who proposed it has no button"
    assert doubtful(opened(sample_copy).panel(WHO), "falls_all", "W50")
    division = opened(sample_copy).tree(WHO).paths["W50"][1]
    elsewhere = "LOCAL" if division != "LOCAL" else "SECURE"
    for role, mine in (("board_member", ""), ("ward_manager", "W50"), ("division_lead", elsewhere)):
        other = open_page("month", role=role, mine=mine)
        assert f"confirm {proposal.decision_id}" not in [b.key for b in other.button], (role, mine)
    lead = open_page("month", role="division_lead", mine=division)
    press(lead, f"confirm {proposal.decision_id}")
    assert "states its reason" in lead.error[0].value
    lead.text_input(key=f"agree {proposal.decision_id}").set_value("Seen the list.")
    press(lead, f"confirm {proposal.decision_id}")
    store = opened(sample_copy)
    assert not doubtful(store.panel(WHO), "falls_all", "W50")
    assert doubtful(store.panel(WHO), "falls_harm", "W50")
    assert store.proposals(WHO, "confirmation") == []


# Deputies


def test_a_deputy_may_answer_until_a_day(sample_copy: Home, open_page: Open) -> None:
    at = open_page("month", role="ward_manager", mine="W10")
    at.selectbox(key="deputy ward").set_value("W10")
    at.text_input(key="deputy person").set_value("deputy.w10@trust.example")
    press(at, "deputy now")
    (grant,) = read_grants(sample_copy)
    assert (grant.units, grant.role, grant.granted_by) == (("W10",), Role.DEPUTY, "Ward manager of Hazel ward (sample)")
    assert table_of(at, "Who may answer for a ward")[1] == [
        "deputy.w10@trust.example",
        "Hazel ward",
        words.day_name(grant.ends_on),
    ]


# Editions


def test_editions_are_listed_with_their_state_and_what_changed(
    shown: Home, sample_store: Store, open_page: Open
) -> None:
    text = said(open_page("month"))
    assert [e.is_signed_off for e in editions(sample_store, WHO)] == [False, True]
    for edition in editions(sample_store, WHO):
        assert edition.name in text
        assert words.edition_state(edition) in text
        assert edition.known_gaps in text
    assert "Figures changed since: " in text
    assert "Figures changed since: 0" not in text, "the newest month brought later entries of the months before"


def test_an_edition_is_opened_again_beside_today(shown: Home, sample_store: Store, open_page: Open) -> None:
    edition = editions(sample_store, WHO)[-1]
    at = open_page("month")
    at.toggle(key=f"open {edition.decision_id}").set_value(True).run()
    assert not at.exception, at.exception
    rows = {row[0]: row for row in table_of(at, "The whole trust in September 2026")}
    assert rows["Self-harm"][1] != rows["Self-harm"][2]
    then = sample_store.panel(WHO, edition.version)
    m, u = then.measure_position("self_harm"), then.tree.position["TRUST"]
    t = int((np.datetime64("2026-09") - then.months[0]).astype(int))
    expected = (
        float(then.numerator[m, u, t] / then.denominator[m, u, t]) * sample_store.catalogue["self_harm"].multiplier
    )
    assert rows["Self-harm"][1] == words.number(expected)


def test_a_version_is_named_by_one_and_signed_off_by_another(sample_copy: Home, open_page: Open) -> None:
    at = open_page("month", role="qi_lead")
    assert at.text_area(key="edition gaps").value == (
        "Not received: Clinical audit standards met, Heron ward, Sep 2026 and Oct 2026."
    )
    assert words.DO_NOT_NAME in at.text_area(key="edition gaps").label
    press(at, "name edition")
    assert "has a name" in at.error[0].value
    at.text_input(key="edition name").set_value("Board, November")
    version = opened(sample_copy).published.version
    press(at, "name edition")
    edition = next(e for e in editions(opened(sample_copy), WHO) if e.name == "Board, November")
    assert (edition.version, edition.named_by, edition.is_signed_off) == (version, "QI lead (sample)", False)
    assert f"sign {edition.decision_id}" not in [b.key for b in at.button]
    board = open_page("month")
    board.text_input(key=f"sign edition {edition.decision_id}").set_value("Read beside the gaps.")
    press(board, f"sign {edition.decision_id}")
    assert next(e for e in editions(opened(sample_copy), WHO) if e.name == "Board, November").is_signed_off
    manager = open_page("month", role="ward_manager", mine="W10")
    assert not [b for b in manager.button if str(b.key).startswith("sign")]


# Goals, new baselines and the like


def test_a_goal_waits_for_the_executive_who_owns_it(sample_copy: Home, open_page: Open) -> None:
    detail = {"type": "percent_below", "percent": 40, "date": "2029-04-01", "owner": "Director of nursing"}
    detail |= {"trajectory": "linear", "baseline_from": "2024-04-01", "baseline_to": "2026-03-01"}
    goal = Proposal("goal", "Agreed in outline.", "self_harm", "TRUST", date(2026, 4, 1), detail=detail)
    (number,) = decide_now(sample_copy, [goal], Reader(Role.QI_LEAD, name="Sam Okoro"))
    key = f"approve {number} now"
    for role in ("board_member", "qi_lead", "analyst", "division_lead"):
        assert key not in [b.key for b in open_page("month", role=role).button], role
    at = open_page("month", role="executive_owner")
    text = said(at)
    assert "A goal: Self-harm, Sample Trust" in text and "40 % below the baseline, by 1 Apr 2029" in text
    at.text_input(key=f"approve {number}").set_value("Agreed by the board.")
    press(at, key)
    (found,) = [d for d in opened(sample_copy).decisions(WHO, "goal") if d.decision_id == number]
    assert found.approved_by == "Executive owner of a goal (sample)"
