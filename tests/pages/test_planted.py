"""What is planted in the sample trust is found on the pages by those who would look for it, and nothing planted reads calm."""

import re

import pytest

from data.access import Reader
from data.config import Home
from data.store import Store
from data.synthetic.trust import BY_CODE, WARDS
from data.synthetic.truths import (
    BASICS,
    CLUSTER,
    LATE,
    MERGED,
    MOVED,
    NO_BED_DAYS,
    PROGRAMME,
    RECLASSIFIED,
    REDEFINED,
    SILENT,
    TRUTHS,
    WORSE,
)
from pages.shared import words
from pages.shared.analysis import Analysis
from pages.shared.standing import is_loud
from pages.shared.wording import ward as wording
from tests.pages.conftest import Open
from tests.pages.shown import figures_of, html_of, said

CALM = "W27"  # nothing is planted on it, and chance has raised no signal there


def test_every_truth_is_looked_for_here() -> None:
    here = {PROGRAMME, WORSE, SILENT, NO_BED_DAYS, LATE, MOVED, MERGED, REDEFINED, RECLASSIFIED, CLUSTER, BASICS}
    assert here == set(TRUTHS)


def test_the_programme_is_seen_on_a_pilot_ward_and_across_them(shown: Home, open_page: Open) -> None:
    assert "Better: fewer recorded" in said(open_page("measure", unit="W02", measure="restraint_all"))
    worked = said(open_page("improvement", role="qi_lead", show="worked"))
    assert "Restraint programme" in worked


def test_what_got_worse_is_a_concern_of_its_ward_and_new_on_no_other(shown: Home, open_page: Open) -> None:
    at = open_page("ward", unit=WORSE.units[0])
    (about,) = [p.words for p in html_of(at) if "zh-card-text" in p.source and p.words.startswith("Self-harm ")]
    assert re.search(r"\d+ months in a row above average", about)


def test_the_silent_ward_is_asked_about_and_never_better(shown: Home, open_page: Open) -> None:
    text = said(open_page("measure", unit=SILENT.units[0], measure=SILENT.measures[0]))
    assert words.PLEASE_CHECK in text
    assert "Better" not in text


def test_a_month_without_bed_days_has_a_count_and_no_rate(shown: Home, analysis: Analysis, open_page: Open) -> None:
    at = open_page("measure", unit=NO_BED_DAYS.units[0], measure="assault_staff")
    month = words.month_name(analysis.panel.months[NO_BED_DAYS.first])
    (row,) = [row for row in figures_of(at) if row["Month"] == month]
    assert any("no rate" in cell for cell in row.values())


def test_the_newest_months_are_called_early(shown: Home, open_page: Open) -> None:
    rows = figures_of(open_page("measure", unit="TRUST", measure="self_harm"))
    early = ["Early figure" in row["Remark"] for row in rows]
    assert early[:2] == [True, True] and not any(early[3:])


def test_wards_that_moved_and_merged_say_so(shown: Home, open_page: Open) -> None:
    heir = said(open_page("ward", unit=MERGED.units[2]))
    for source in MERGED.units[:2]:
        assert BY_CODE[source].name in heir
    assert "carries on from" in heir
    assert "Community division" in said(open_page("ward", unit=MOVED.units[0]))


def test_the_changed_definition_is_a_break_on_the_chart(shown: Home, analysis: Analysis, open_page: Open) -> None:
    reading = analysis.get(REDEFINED.measures[0], "TRUST")
    assert reading.phase[REDEFINED.first] == reading.phase[REDEFINED.first - 1] + 1
    assert "The new incident system counts more kinds of incident." in said(
        open_page("measure", unit="TRUST", measure=REDEFINED.measures[0])
    )


def test_a_death_that_was_reclassified_is_counted_no_longer(
    shown: Home, sample_store: Store, everyone: Reader, open_page: Open
) -> None:
    """The load of the last month but one brought the inquest's conclusion; what was known before it stays to be seen."""
    loads = sample_store.loads(everyone)
    brought = sorted(loads[loads["file_name"].str.startswith("deaths_")]["load_id"])[-2]
    counts = []
    for known_at in (int(brought) - 1, None):
        panel = sample_store.panel(everyone, known_at)
        at = panel.measure_position("suicide_in_care"), panel.tree.position["TRUST"], RECLASSIFIED.first
        counts.append(panel.numerator[at])
    assert counts[0] == counts[1] + 1
    rows = figures_of(open_page("measure", unit="TRUST", measure="suicide_in_care"))
    month = words.month_name(panel.months[RECLASSIFIED.first])
    assert [row["Count"] for row in rows if row["Month"] == month] == [f"{counts[1]:.0f}"]


def test_the_cluster_of_falls_is_a_concern_of_its_ward(shown: Home, open_page: Open) -> None:
    at = open_page("ward", unit=CLUSTER.units[0])
    assert "Worse: closer together" in said(at)


@pytest.mark.parametrize("measure", BASICS.measures)
def test_the_basics_get_better_for_the_whole_trust(measure: str, shown: Home, open_page: Open) -> None:
    assert "Better: higher" in said(open_page("measure", unit="TRUST", measure=measure))


def test_a_ward_with_nothing_planted_reads_calm(shown: Home, analysis: Analysis, open_page: Open) -> None:
    planted = {unit for truth in TRUTHS for unit in truth.units}
    assert CALM not in planted
    text = said(open_page("ward", unit=CALM))
    assert "that can be judged here has moved more than chance would explain" in text
    assert "Worse" not in text
    assert wording.WHAT_TO_ASK not in text


def test_most_wards_with_nothing_planted_raise_no_concern(analysis: Analysis) -> None:
    """Among some 50 wards of 20 charts chance alone raises some: more than 2 a ward would be too many."""
    planted = {unit for truth in TRUTHS for unit in truth.units}
    free = [ward.code for ward in WARDS if ward.code not in planted]
    worse = [
        sum(is_loud(r) and words.variation_state(r).startswith("concern") for r in analysis.of_unit(code))
        for code in free
    ]
    assert len(free) > 40
    assert sum(n == 0 for n in worse) > len(free) / 2
    assert sum(worse) / len(free) < 1
