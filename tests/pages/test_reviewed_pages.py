"""What a reviewer found by computing, once each: so that it stays mended."""

from dataclasses import replace

import numpy as np
import pytest

from data.access import Reader, Role
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.store import Store
from pages.shared import words
from pages.shared.analysis import Analysis
from pages.shared.deaths import death_verdict
from pages.shared.evidence import is_new, seen_since
from pages.shared.harmed import harmed
from pages.shared.responses import unanswered
from pages.shared.standing import heard
from pages.shared.wording import goals as wording
from pages.shared.wording import ward as of_ward
from tests.conftest import TODAY
from tests.pages.conftest import Open
from tests.pages.shown import said, table_of

QI = Reader(Role.QI_LEAD, name="Sam Okoro (QI lead)")


def test_nothing_is_new_and_has_waited_thirty_days(analysis: Analysis, sample_store: Store) -> None:
    units = {unit.code for unit in analysis.panel.tree.units}
    waiting = unanswered(analysis, sample_store, QI, units, TODAY)
    assert len(waiting) > 10
    assert [each.reading.measure.id for each in waiting if is_new(each.reading)] == []
    assert any(is_new(reading) for reading in analysis.readings.values())


def test_a_concern_that_stood_in_the_edition_is_not_new(analysis: Analysis) -> None:
    reading = analysis.get("self_harm", "W43")
    assert seen_since(reading) == np.datetime64("2026-08")
    assert not is_new(reading)


def test_an_early_warning_has_a_month_and_waits_for_an_answer(analysis: Analysis) -> None:
    (reading,) = [r for r in analysis.readings.values() if r.variation == "early_warning"]
    assert seen_since(reading) is not None


def test_a_total_that_lacks_wards_says_at_least_and_whom_it_lacks(analysis: Analysis, sample_store: Store) -> None:
    rows = {
        (row.measure.id, row.unit.code): row
        for unit in analysis.panel.tree.units
        if unit.level in ("trust", "division")
        for row in harmed(analysis, sample_store, QI, unit)
    }
    lacking = [row for row in rows.values() if not row.complete and not np.isnan(row.n)]
    assert lacking
    for row in lacking:
        assert wording.harmed_number(row) == f"at least {row.n:,.0f}"
        assert wording.harmed_note(row).startswith("Not ")
        assert "None in the extract" not in wording.harmed_note(row)
    whole = next(row for row in rows.values() if row.complete and row.n > 0)
    assert wording.harmed_number(whole) == f"{whole.n:,.0f}"


def test_learning_is_told_of_the_wards_that_the_reader_speaks_for(analysis: Analysis, sample_store: Store) -> None:
    trust = analysis.panel.tree.units[analysis.panel.tree.position["TRUST"]]
    row = next(row for row in harmed(analysis, sample_store, QI, trust) if row.measure.id == "self_harm_harm")
    assert sum(row.learning.values()) == row.n
    assert wording.learning_sentence(row.learning, row.n).startswith("Learning: ")
    assert wording.learning_sentence({"not_started": 1}, row.n) == "Learning on your wards: 1 not started."


def test_deaths_that_are_not_seen_exactly_have_no_sentence(analysis: Analysis) -> None:
    assert death_verdict(analysis) is not None
    key = ("suicide_in_care", "TRUST")
    masked = replace(analysis, readings=analysis.readings | {key: replace(analysis.readings[key], exact=False)})
    assert death_verdict(masked) is None


def test_what_is_off_course_is_never_assured(analysis: Analysis) -> None:
    readings = [r for r in analysis.readings.values() if r.unit.level in ("trust", "division")]
    found = heard(readings)
    assert not [r for r in found.assure if words.milestone_state(r) == "fail"]
    better = [r for r in readings if words.milestone_state(r) == "fail" and r.variation.startswith("improvement")]
    assert better, "the sample has some"
    (one,) = heard(better[:1]).advise
    assert "Better" in wording.in_short(one) and "Off course" in wording.in_short(one)


def test_all_alerts_are_told_and_seven_others_at_most(analysis: Analysis) -> None:
    found = heard(analysis.readings.values())
    worse = [
        r for r in analysis.readings.values() if words.variation_state(r).startswith(("concern", "mixed", "early"))
    ]
    assert {id(r) for r in worse} <= {id(r) for r in found.alert}
    assert len(found.advise) + len(found.assure) == 7
    assert len(found.assure) == 3
    assert found.rest > 0


def test_the_history_is_of_now_for_who_reads_an_edition(sample_copy: Home, open_page: Open) -> None:
    open_page("history", figures="")  # what it shows is kept
    note = Proposal("annotation", "Written after it was drawn.", "falls_all", "W10", detail={"text": "New lights"})
    (number,) = decide_now(sample_copy, [note], QI)
    rows = table_of(open_page("history", figures=""), "Decisions")[1:]
    assert rows[0][0] == str(number)


def test_an_answer_counts_at_once_for_who_reads_an_edition(sample_copy: Home, open_page: Open) -> None:
    before = said(open_page("division", figures="", unit="LOCAL"))
    assert of_ward.NO_ANSWER_TITLE in before
    detail = {"found": "Two people, evenings.", "will_do": "Open the garden.", "passed_up_to": "division"}
    decide_now(sample_copy, [Proposal("response", "An answer.", "self_harm", "W10", detail=detail)], QI)
    at = open_page("division", figures="", unit="LOCAL")
    assert "Open the garden." in said(at)
    rows = [row for row in table_of(at, "6 concerns")[1:] if row[:2] == ["Hazel ward", "Self-harm"]]
    assert rows == []


def test_no_answer_is_written_while_an_edition_is_read(shown: Home, open_page: Open) -> None:
    latest = open_page("ward", role="ward_manager", mine="W10")
    assert [box for box in latest.text_area if str(box.key).startswith("found ")]
    edition = open_page("goals", figures="").main.selectbox(key="figures").value
    then = open_page("ward", role="ward_manager", mine="W10", figures=edition)
    assert not [box for box in then.text_area if str(box.key).startswith("found ")]


@pytest.mark.parametrize(
    ("role", "figures", "carried"),
    [("board_member", "latest", True), ("board_member", "", False), ("qi_lead", "latest", False)],
)
def test_a_link_leads_to_the_same_figures(role: str, figures: str, carried: bool, shown: Home, open_page: Open) -> None:
    at = open_page("goals", role=role, figures=figures)
    sources = "".join(element.proto.body for element in at.main if element.type == "html")
    assert ("figures=latest" in sources) == carried
    assert "measure?unit=TRUST" in sources
