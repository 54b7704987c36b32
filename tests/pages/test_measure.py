"""The Measure page: what is chosen stands in the address, every way of looking says what it changes, and files say what is seen."""

import base64
import csv
import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.access import Reader
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.panel import State
from data.store import Store
from data.synthetic.truths import PROGRAMME, REDEFINED, WORSE
from metrics import RULE_SETS, control_chart
from metrics.measure import Kind
from pages.charts.png import png_of
from pages.charts.poster import poster_svg
from pages.shared import drawn, words
from pages.shared.analysis import Analysis, Reading, read_one
from pages.shared.measure import asking, chart, deaths, differing, figures, remarks, taking
from pages.shared.measure.asking import Way
from pages.shared.wording import measure as said_here
from tests.conftest import Load, approve_policy
from tests.pages.conftest import Open
from tests.pages.shown import figures_of, html_of, links_of, opened_of, said

WARD = {"unit": "W10", "measure": "self_harm"}
SWITCHES = ("chart", "rules", "known")


def found(analysis: Analysis, measure: str, unit: str) -> Reading:
    reading = analysis.get(measure, unit)
    assert reading is not None
    return reading


def traces(at: AppTest) -> dict[str, Any]:
    """The opened chart's traces by name; the second of two with one name is left out."""
    (drawn,) = [element for element in at.main if element.type == "plotly_chart"]
    spec = json.loads(drawn.proto.spec)
    return {trace["name"]: trace for trace in reversed(spec["data"])} | {
        "layout": spec["layout"],
        "alt": drawn.proto.alt,
    }


def numbers(values: Any) -> np.ndarray:
    """What plotly got, whichever way it is written."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    return np.array([np.nan if v is None else v for v in values], float)


def options(at: AppTest, key: str) -> list[str]:
    return next(box for box in at.main.selectbox if box.key == key).options


def notes(at: AppTest) -> str:
    return " ".join(info.value for info in at.main.info if info.value != words.SAMPLE_BANNER)


# What is chosen


@pytest.mark.parametrize(
    ("unit", "measure", "heading"),
    [("W10", "self_harm", "Self-harm, Hazel ward"), ("TRUST", "falls_all", "Falls, Sample Trust"),
     ("SLD", "restraint_all", "Restrictive interventions, Specialist Learning Disability division")],
)  # fmt: skip
def test_a_link_opens_what_it_names(unit: str, measure: str, heading: str, shown: Home, open_page: Open) -> None:
    at = open_page("measure", unit=unit, measure=measure)
    assert opened_of(at) == heading
    assert (at.query_params["unit"], at.query_params["measure"]) == (unit, measure)
    assert not notes(at)


def test_units_go_by_level_and_name_and_measures_by_name(shown: Home, analysis: Analysis, open_page: Open) -> None:
    at = open_page("measure", **WARD)
    units = options(at, "unit")
    level_of = {u.name: u.level for u in analysis.panel.tree.units}
    levels = [level_of[name.removesuffix(" (closed)")] for name in units]
    assert units[0] == "Sample Trust"
    assert [levels.index(level) for level in ("trust", "division", "ward", "team")] == sorted(
        levels.index(level) for level in ("trust", "division", "ward", "team")
    )
    wards = [name.removesuffix(" (closed)") for name, level in zip(units, levels, strict=True) if level == "ward"]
    assert len(wards) > 40
    assert wards == sorted(wards)
    measures = sorted(reading.measure.name for reading in analysis.of_unit("W10"))
    assert options(at, "measure") == measures


def test_a_ward_manager_chooses_among_their_own_ward_and_what_is_everybodys(shown: Home, open_page: Open) -> None:
    at = open_page("measure", role="ward_manager", mine="W10", unit="W22", measure="falls_all")
    names = options(at, "unit")
    assert "Hazel ward" in names
    assert not [name for name in names if "ward" in name and name != "Hazel ward"]


def test_a_measure_that_is_not_shown_there_is_said_to_be_so(shown: Home, open_page: Open) -> None:
    at = open_page("measure", unit="W10", measure="depression_recovery")
    assert notes(at) == said_here.NOT_HERE
    assert "Hazel ward" in opened_of(at)


def test_back_and_forth_between_addresses_opens_each(shown: Home, open_page: Open) -> None:
    at = open_page("measure", rules="nelson", **WARD)
    assert at.main.selectbox(key="rules").value == "nelson"
    at.query_params["rules"] = "mdc6"
    at.run()
    assert at.main.selectbox(key="rules").value == "mdc6"
    assert "mdc6" in next(c.value for c in at.caption if "Rules:" in c.value)


# The chart


def test_chart_draws_the_figures_their_milestones_and_our_goal(
    shown: Home, analysis: Analysis, open_page: Open
) -> None:
    reading = found(analysis, "restraint_all", "W01")
    drawn = traces(open_page("measure", unit="W01", measure="restraint_all"))
    np.testing.assert_allclose(numbers(drawn["Figures"]["y"]), reading.value)
    assert drawn["alt"] == words.chart_sentence(reading)
    first, last = np.datetime64("2023-11"), np.datetime64("2028-04")  # the goal's first month, and its date
    before = (reading.months >= np.datetime64("2021-11")) & (reading.months <= np.datetime64("2023-10"))
    base = reading.numerator[before].sum() / reading.denominator[before].sum() * 1000
    share = (reading.months - first).astype(int) / int((last - first).astype(int))
    expected = np.where(share < 0, np.nan, base * (1 - share))
    np.testing.assert_allclose(numbers(drawn["Trajectory"]["y"]), expected, rtol=1e-9)
    np.testing.assert_allclose(numbers(drawn["Milestone now"]["y"]), expected[-1:])
    assert list(numbers(drawn["Our goal: none by Apr 2028"]["y"])) == [0.0, 0.0]


def test_chart_names_the_goal_and_the_standard_apart(shown: Home, open_page: Open) -> None:
    drawn = traces(open_page("measure", unit="TRUST", measure="followup_72h"))
    goal, standard = drawn["Our goal: 95 % by Apr 2028"], drawn["National ambition: 80 %"]
    assert (numbers(goal["y"])[0], numbers(standard["y"])[0]) == (95, 80)
    assert goal["line"]["dash"] != standard["line"]["dash"], "told apart without colour"


def test_missing_months_are_gaps(shown: Home, analysis: Analysis, open_page: Open) -> None:
    reading = found(analysis, "restraint_all", "W14")
    missing = reading.state == State.NO_EXPOSURE
    assert missing.sum() == 1
    drawn = traces(open_page("measure", unit="W14", measure="restraint_all"))
    assert np.isnan(numbers(drawn["Figures"]["y"])[missing]).all()
    assert drawn["Figures"]["connectgaps"] is False


def test_the_open_gap_is_hollow(analysis: Analysis) -> None:
    from pages.charts.figure import chart_figure

    reading = next(r for r in analysis.readings.values() if r.kind == "t" and np.isfinite(r.open_gap))
    gap = chart_figure(drawn.opened(reading, []), drawn.MARK_LABELS).data[-1]
    assert (gap.name, list(gap.y)) == ("Since the last one", [reading.open_gap])
    assert gap.marker.symbol == "circle-open"


@pytest.mark.parametrize(("unit", "measure"), [("W10", "self_harm"), ("W16", "falls_harm"), ("TRUST", "lts_people")])
def test_the_rules_and_what_the_limits_rest_on_stand_under_the_chart(
    unit: str, measure: str, shown: Home, analysis: Analysis, open_page: Open
) -> None:
    reading = found(analysis, measure, unit)
    assert reading.chart is not None
    (caption,) = [c.value for c in open_page("measure", unit=unit, measure=measure).caption if "Rules:" in c.value]
    assert "first 24 complete, settled points" in caption
    assert f"(rule set {reading.chart.rules})" in caption
    assert said_here.CHARTS[reading.kind] in caption


# Notes on the chart


def test_the_programme_is_noted_on_the_chart_of_a_pilot_ward_and_on_no_other(shown: Home, open_page: Open) -> None:
    assert "W01" in PROGRAMME.units
    at = open_page("measure", unit="W01", measure="restraint_all")
    (note,) = traces(at)["layout"]["annotations"]
    assert (note["text"], note["x"][:10]) == ("<b>A</b>", "2024-05-01")
    assert "May 2024. Change idea, being tried: Restraint programme" in said(at)
    assert "Expected: 40 % less restraint within a year." in said(at)
    assert "Change idea" not in said(open_page("measure", unit="W10", measure="restraint_all"))


def test_a_changed_definition_and_a_phase_that_nobody_decided_are_noted(
    shown: Home, sample_store: Store, everyone: Reader, analysis: Analysis
) -> None:
    redefined = remarks.remarks(sample_store, everyone, found(analysis, "med_errors", "W10"))
    assert [(str(r.month), r.text) for r in redefined] == [
        ("2024-08", "Counted in another way: The new incident system counts more kinds of incident.")
    ]
    assert REDEFINED.first == 33  # August 2024
    moved = remarks.remarks(sample_store, everyone, found(analysis, "falls_all", "W24"))
    assert [(str(r.month), r.text) for r in moved] == [("2024-11", said_here.NEW_PHASE)]


def test_notes_of_this_unit_and_of_those_above_it_are_shown_in_order_and_cannot_become_markup(
    sample_copy: Home, everyone: Reader, open_page: Open
) -> None:
    nasty = "<img src=x> [a](http://x) & *b*"
    written = [("LOCAL", "self_harm", date(2025, 3, 1), nasty), ("W10", "self_harm", date(2024, 2, 1), "Own."),
               ("W10", "falls_all", date(2024, 4, 1), "Other measure."), ("W11", "self_harm", date(2024, 4, 1), "Other ward."),
               ("", "", date(2026, 1, 1), "Everywhere."), ("W10", "self_harm", date(2019, 1, 1), "Long ago.")]  # fmt: skip
    decide_now(
        sample_copy,
        [Proposal("annotation", "Seen.", m, u, day, None, {"text": text}) for u, m, day, text in written],
        everyone,
    )
    at = open_page("measure", role="qi_lead", **WARD)
    (block,) = [part for part in html_of(at) if part.words.startswith(said_here.NOTES)]
    assert block.words.replace(said_here.NOTES, "") == (
        f"A Jan 2019. Note: Long ago.B Feb 2024. Note: Own.C Mar 2025. Note: {nasty}D Jan 2026. Note: Everywhere."
    )
    assert "<img" not in block.source
    drawn = [(note["text"], note["x"][:7]) for note in traces(at)["layout"]["annotations"]]
    assert drawn == [("<b>B</b>", "2024-02"), ("<b>C</b>", "2025-03"), ("<b>D</b>", "2026-01")], "of the months drawn"


def test_notes_of_one_month_share_a_mark_and_letters_go_on_after_z() -> None:
    month = np.datetime64("2024-05")
    months = np.arange("2024-01", "2025-01", dtype="datetime64[M]")
    both = [remarks.Remark(month, "one", "A"), remarks.Remark(month, "two", "B"), remarks.Remark(None, "three", "C")]
    assert remarks.marks(both, months) == ((month, "A B"),)
    assert [remarks._letter(i) for i in (0, 25, 26, 52)] == ["A", "Z", "A2", "A3"]


# Looking at it another way


@pytest.mark.parametrize("rules", [name for name in RULE_SETS if name not in ("mdc", "anhoej")])
def test_another_rule_set_says_what_it_changes(rules: str, shown: Home, analysis: Analysis, open_page: Open) -> None:
    usual = found(analysis, "restraint_all", "W01")
    at = open_page("measure", unit="W01", measure="restraint_all", rules=rules)
    good = np.isfinite(usual.value) & ~usual.unsettled & ~usual.doubtful & usual.complete
    by_hand = control_chart(
        "u_prime", usual.numerator, usual.denominator, multiplier=1000, rules=rules, phase=usual.phase,
        baseline=good & (np.cumsum(good) <= 24), unsettled=usual.unsettled, doubtful=usual.doubtful | ~usual.complete,
    )  # fmt: skip
    other = replace(usual, chart=by_hand)
    expected = said_here.with_these(
        [f"rule set {said_here.RULES[rules]}"], words.headline(usual), words.headline(other)
    )
    assert notes(at) == expected
    flagged = np.isin(by_hand.state, ("improvement_low", "concern_high"))
    drawn = traces(at)
    assert sum(len(numbers(drawn[name]["y"])) for name in ("Better", "Worse") if name in drawn) == flagged.sum()


def test_the_note_names_both_verdicts_where_they_differ() -> None:
    assert said_here.with_these(["rule set X"], "No clear change", "Worse: more recorded since May 2026") == (
        "With rule set X the chart would read ‘Worse: more recorded since May 2026’ instead of ‘No clear change’."
    )
    assert said_here.with_these(["a c chart", "b", "c"], "Same", "Same") == (
        "With a c chart, b and c the chart reads the same: ‘Same’."
    )


def test_the_usual_way_has_no_note(shown: Home, analysis: Analysis, open_page: Open) -> None:
    assert not notes(open_page("measure", **WARD))
    reading = found(analysis, "self_harm", "W10")
    assert differing.changes(reading, reading, Way()) == []


@pytest.mark.parametrize(
    ("measure", "unit", "kinds"),
    [
        ("falls_harm", "TRUST", ["", "u", "xmr", "run", "t"]),  # a rate whose events have dates
        ("self_harm", "W10", ["", "u", "xmr", "run"]),
        ("followup_72h", "TRUST", ["", "p", "xmr", "run"]),  # a share
        ("lts_people", "TRUST", ["", "xmr"]),  # how many there are: no events
        ("falls_harm", "W16", [""]),  # few enough for the days between them
        ("med_harm", "W03", [""]),  # too few even for that
    ],
)
def test_only_charts_that_make_sense_are_offered(measure: str, unit: str, kinds: list[str], analysis: Analysis) -> None:
    reading = found(analysis, measure, unit)
    offered = asking.chart_kinds(reading)
    assert list(offered) == kinds
    assert offered[""] == f"Usual: {said_here.CHARTS[reading.kind]}"


def test_every_chart_that_is_offered_can_be_drawn(sample_store: Store, everyone: Reader, analysis: Analysis) -> None:
    for reading in analysis.of_unit("TRUST"):
        for kind in [kind for kind in asking.chart_kinds(reading) if kind]:
            names = (reading.measure.id, "TRUST")
            other = read_one(sample_store, everyone, *names, kind=kind)
            assert other is not None and other.chart is not None, (names, kind)
            assert other.kind == kind
            assert other.chart.rules == ("anhoej" if kind == "run" else "mdc")
            assert not drawn.opened(other, []).is_empty


def test_another_chart_draws_other_limits(shown: Home, analysis: Analysis, open_page: Open) -> None:
    reading = found(analysis, "self_harm", "W10")
    at = open_page("measure", chart="xmr", **WARD)
    good = reading.good & (np.cumsum(reading.good) <= 24)
    value = reading.value[good]
    ranges = np.abs(np.diff(reading.value))[good[1:] & good[:-1]]
    centre = numbers(traces(at)["Average"]["y"])
    assert np.nanmax(np.abs(centre - value.mean())) < 1e-9
    assert numbers(traces(at)["Usual range"]["y"])[-1] == pytest.approx(value.mean() + 2.66 * ranges.mean())
    assert "With an XmR chart the chart " in notes(at)
    assert options(at, "rules")[0] == "Usual: Making Data Count, 7 in a row"
    run = open_page("measure", chart="run", **WARD)
    assert options(run, "rules") == ["Usual: Anhøj"]
    assert "Usual range" not in traces(run)
    assert "Median" in traces(run)


def test_as_known_then_shows_the_figures_of_then_and_names_those_that_changed(
    shown: Home, sample_store: Store, everyone: Reader, analysis: Analysis, open_page: Open
) -> None:
    at = open_page("measure", role="qi_lead", unit="TRUST", measure="falls_all", known="2026-10-07")
    panel, now = sample_store.panel(everyone, 140), found(analysis, "falls_all", "TRUST")
    m, u = panel.measure_position("falls_all"), panel.tree.position["TRUST"]
    then, today = panel.numerator[m, u, 58], now.numerator[58]
    size = words.number(now.denominator[58])
    assert then < today, "the sample's late entries"
    assert f"As known on 7 Oct 2026, Sep 2026 was {then:.0f} of {size}; it is {today:.0f} of {size} today." in notes(at)
    assert "Oct 2026 had not come by 7 Oct 2026." in notes(at)
    assert notes(at).startswith("With the figures as known on 7 Oct 2026 the chart ")
    drawn = numbers(traces(at)["Figures"]["y"])
    assert len(drawn) == 59
    assert drawn[58] == pytest.approx(then / now.denominator[58] * 1000)
    assert "Our goal: 3.98 per" not in said(at)
    assert any(name.startswith("Our goal") for name in traces(at)), "what was decided before the next load is known too"


def test_every_day_with_loads_is_offered_and_leads_to_what_was_known_then(
    shown: Home, sample_store: Store, everyone: Reader, open_page: Open
) -> None:
    at = open_page("measure", role="qi_lead", **WARD)
    assert options(at, "known") == ["Now", "7 Oct 2026", "6 Sep 2026", "6 Aug 2026", "7 Jul 2026"]
    loads = sample_store.loads(everyone)
    at.main.selectbox(key="known").set_value("2026-09-06").run()
    assert at.query_params["known"] == "2026-09-06"
    before = loads["load_id"][loads["loaded_at"].dt.date <= date(2026, 9, 6)].max()
    panel = sample_store.panel(everyone, int(before))
    assert str(panel.newest) == "2026-08"
    assert len(numbers(traces(at)["Figures"]["y"])) == 58


def test_before_the_first_figures_the_chart_is_that_of_today_and_says_so() -> None:
    way = Way(known_at=3, known_on=date(2026, 7, 7))
    assert differing.changes(None, None, way) == [said_here.nothing_then(date(2026, 7, 7))]  # type: ignore[arg-type]


def test_who_may_not_see_the_loads_has_no_switch_of_the_date(shown: Home, open_page: Open) -> None:
    at = open_page("measure", role="ward_manager", mine="W10", known="2026-10-07", **WARD)
    assert [box.key for box in at.main.selectbox if box.key in SWITCHES] == ["chart", "rules"]
    assert not notes(at)


# What it says


def test_planted_worsening_reads_worse_with_its_signals_and_the_questions(shown: Home, open_page: Open) -> None:
    assert WORSE.units == ("W10",)
    text = said(open_page("measure", **WARD))
    assert "Worse: more recorded" in text
    assert "15 months in a row above average" in text
    for question in words.QUESTIONS:
        assert question in text
    calm = said(open_page("measure", unit="TRUST", measure="falls_all"))
    assert words.QUESTIONS[1] not in calm


def test_signals_are_the_newest_first(shown: Home, open_page: Open) -> None:
    (block,) = [part for part in html_of(open_page("measure", **WARD)) if part.words.startswith(said_here.SAYS)]
    assert block.words.index("Jul 2025 to Sep 2026") < block.words.index("October 2025 was 31.9")
    assert "May 2023" not in block.words, "eight are found, and the newest six are told"


def test_run_chart_says_its_two_rules_by_their_figures(shown: Home, analysis: Analysis, open_page: Open) -> None:
    reading = found(analysis, "followup_72h", "TRUST")
    good = np.flatnonzero(reading.good)
    off = reading.value - np.median(reading.value[good[:24]])
    side = np.sign(off[np.isfinite(off) & (np.abs(off) > 1e-9)])
    runs = np.split(side, np.flatnonzero(np.diff(side)) + 1)
    (block,) = [
        part
        for part in html_of(open_page("measure", unit="TRUST", measure="followup_72h"))
        if part.words.startswith(said_here.RUN)
    ]
    assert f"longest run on one side of the median is {max(map(len, runs))};" in block.words
    assert f"is crossed {len(runs) - 1} times" in block.words
    assert block.words.endswith(said_here.RUN_NOTE)
    assert block.images[0]["alt"].endswith("No shift is found.")


def test_no_run_chart_where_most_months_are_zero_or_the_median_is_at_the_edge(
    shown: Home, sample_store: Store, everyone: Reader, open_page: Open
) -> None:
    at = open_page("measure", unit="W16", measure="falls_harm")
    assert said_here.RUN not in said(at)
    reading = read_one(sample_store, everyone, "falls_harm", "W16", kind="run")
    assert reading is not None
    assert chart._median_at_the_edge(reading), "no month can be below a median of none"
    other = read_one(sample_store, everyone, "self_harm", "W10", kind="run")
    assert other is not None
    assert not chart._median_at_the_edge(other)


def test_read_beside_it_leads_to_the_same_page(shown: Home, analysis: Analysis, open_page: Open) -> None:
    links = dict(links_of(open_page("measure", **WARD)))
    reading = found(analysis, "self_harm", "W10")
    beside = [m for m in reading.measure.balancing if analysis.get(m, "W10")]
    assert beside
    assert [f"measure?unit=W10&measure={m}" in links for m in beside] == [True] * len(beside)


# Deaths, and what is not shown exactly


def test_deaths_have_words_and_no_chart(shown: Home, analysis: Analysis, open_page: Open) -> None:
    ids = sorted({m for (m, _), r in analysis.readings.items() if r.measure.kind is Kind.DEATH})
    assert len(ids) == 3
    for measure in ids:
        at = open_page("measure", unit="TRUST", measure=measure, rules="nelson", known="2026-10-07")
        assert not [element for element in at.main if element.type == "plotly_chart"]
        assert not [box for box in at.main.selectbox if box.key in SWITCHES]
        told = said(at).split(said_here.BESIDE)[0]
        reading = found(analysis, measure, "TRUST")
        settled = reading.numerator[~reading.unsettled]
        assert f"{int(settled[-12:].sum())}" in told
        assert said_here.GOING not in told and said_here.LIMITS not in told and "Trajectory" not in told
        assert words.HELP_LINE in said(at)
        for label in (*words.MILESTONE_LABELS.values(), *words.VARIATION_LABELS.values()):
            assert label not in told.split("</style>")[-1], label


def test_deaths_in_our_care_have_the_agreed_sentence(shown: Home, open_page: Open) -> None:
    text = said(open_page("measure", unit="TRUST", measure="suicide_in_care"))
    assert "people in our care died by suspected suicide. The year before it was" in text


def test_years_of_deaths_end_with_the_newest_settled_month_and_say_where_they_are_not_complete(
    analysis: Analysis,
) -> None:
    reading = found(analysis, "suicide_inpatient", "TRUST")
    count = np.where(np.arange(60) % 12 == 0, 3.0, 0.0)
    complete = np.arange(60) != 50
    made = replace(
        reading, numerator=count, unsettled=np.arange(60) >= 57, complete=complete, doubtful=~complete & False
    )
    assert [(str(month), n, whole) for month, n, whole in deaths.years(made)] == [
        (str(reading.months[56]), 3, False),
        (str(reading.months[44]), 3, True),
        (str(reading.months[32]), 3, True),
        (str(reading.months[20]), 3, True),
    ]
    told = said_here.years_sentence(deaths.years(made))
    assert told.startswith("at least 3 in the 12 months to July 2026; 3 in the 12 months to July 2025")


def test_suppressed_figures_have_words_only(shown: Home, analysis: Analysis, open_page: Open) -> None:
    hidden = [
        (m, u)
        for (m, u), r in analysis.readings.items()
        if not r.exact and r.unit.level == "ward" and not r.unit.closed
    ]
    measure, unit = hidden[0]
    at = open_page("measure", role="analyst", unit=unit, measure=measure, rules="nelson")
    assert any(info.value.startswith("Small numbers") for info in at.main.info)
    assert not [element for element in at.main if element.type == "plotly_chart"]
    assert not [box for box in at.main.selectbox if box.key in SWITCHES]
    counts = {row["Count"] for row in figures_of(at)}
    assert counts <= {"<5", "–", "·", "5", "10", "15", "20", "no rate"}
    assert at.main.radio(key="file of the chart").options == [said_here.FILES["figures"]]


# Files


def test_only_who_may_download_is_offered_files(shown: Home, open_page: Open) -> None:
    for role in ("board_member", "qi_lead", "patient_safety_lead"):
        assert not open_page("measure", role=role, **WARD).main.radio, role
    at = open_page("measure", role="analyst", **WARD)
    assert len(at.main.radio(key="file of the chart").options) == 4
    assert not at.get("download_button")
    for picked in said_here.FILES:
        at.main.radio(key="file of the chart").set_value(picked)
        at.button(key="make the file of the chart").click().run()
        assert not at.exception and not at.error
        assert len(at.get("download_button")) == 1, picked


def test_taking_a_file_is_noted(home: Home, load: Load, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    load(home, "month,unit,kind,value\n2025-06,W01,occupied_bed_days,480\n", "days.csv")
    load(home, "month,unit,measure,numerator\n2025-06,W01,falls_all,4\n", "falls.csv")
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root))
    monkeypatch.setenv("ZERO_HARM_SHOW", "own")
    monkeypatch.setenv("ZERO_HARM_ALLOW_UNSIGNED", "yes")
    approve_policy(home)
    at = open_page("measure", role="analyst", unit="W01", measure="falls_all")
    at.main.radio(key="file of the chart").set_value("figures")
    at.button(key="make the file of the chart").click().run()
    assert len(at.get("download_button")) == 1
    trail = "".join(path.read_text(encoding="utf-8") for path in home.trails.rglob("*") if path.is_file())
    (line,) = [line for line in trail.splitlines() if "export" in line]
    assert "falls_all" in line and "W01" in line


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_analysts_file_has_a_row_a_point_with_limits_and_every_rule(analysis: Analysis) -> None:
    reading = found(analysis, "self_harm", "W10")
    assert reading.chart is not None and reading.chart.signals_high is not None
    rows = rows_of(figures.analyst_csv(reading))
    assert [row["date"] for row in rows] == [str(m) for m in reading.points.astype("datetime64[D]")]
    for name, values in (
        ("value", reading.value),
        ("upper", reading.chart.upper),
        ("computed_lower", reading.chart.computed_lower),
    ):
        np.testing.assert_array_equal([float(row[name]) for row in rows], values)
    for rule in RULE_SETS["mdc"].rules:
        assert [row[f"{rule}_high"] == "True" for row in rows] == reading.chart.signals_high[rule].tolist()
    assert [row["unsettled"] == "True" for row in rows] == reading.unsettled.tolist()
    assert [float(row["numerator"]) for row in rows] == reading.numerator.tolist()
    gaps = found(analysis, "falls_harm", "W16")
    dated = rows_of(figures.analyst_csv(gaps))
    assert len(dated) == len(gaps.points)
    assert "numerator" not in dated[0], "the points of days between events are no months"


def test_the_undirected_rules_of_nelson_have_a_column_each(sample_store: Store, everyone: Reader) -> None:
    reading = read_one(sample_store, everyone, "self_harm", "W10", rules="nelson")
    assert reading is not None
    names = rows_of(figures.analyst_csv(reading))[0].keys()
    assert {"alternating", "hugging", "mixture", "shift_high", "shift_low"} <= names
    assert "shift" not in names


def test_no_cell_of_a_file_can_be_run_by_a_spreadsheet(analysis: Analysis) -> None:
    reading = found(analysis, "self_harm", "W10")
    unit = replace(reading.unit, name="=cmd|x", code="@W10")
    evil = replace(reading, unit=unit, measure=replace(reading.measure, name="+Self-harm", unit="-per"))
    people = rows_of(figures.figures_csv(evil))
    assert (people[0]["Unit"], people[0]["Measure"]) == ("'=cmd|x", "'+Self-harm")
    assert "'-per" in people[0]
    assert rows_of(figures.analyst_csv(evil))[0]["unit"] == "'@W10"


def test_the_file_of_figures_is_the_table_of_the_page(shown: Home, analysis: Analysis, open_page: Open) -> None:
    reading = found(analysis, "self_harm", "W10")
    table = figures_of(open_page("measure", **WARD))
    rows = rows_of(figures.figures_csv(reading))
    assert [row["Count"] for row in rows] == [row["Count"] for row in table]
    assert rows[0]["Month"] == "Oct 2026"
    assert rows[0]["Count"] == words.number(reading.numerator[-1])


def test_the_picture_has_its_title_its_words_and_its_source(
    analysis: Analysis, sample_store: Store, everyone: Reader
) -> None:
    reading = found(analysis, "restraint_all", "W01")
    noted = remarks.remarks(sample_store, everyone, reading)
    svg = taking._poster(drawn.opened(reading, noted), reading, noted, 7)
    for text in ("Restrictive interventions, Alder ward", "Our goal: none by Apr 2028", "Trajectory", "Usual range", "version 7.",
                 "A: May 2024. Change idea", "per 1,000 occupied bed days", ">A</text>"):  # fmt: skip
        assert text in svg, text
    assert taking.file_name(
        "png", replace(reading, unit=replace(reading.unit, code="../W 1")), sample_store
    ).startswith("restraint_all--W-1-version-")


def test_png_draws_its_text_without_a_font_of_the_machine(analysis: Analysis) -> None:
    from PIL import Image

    reading = found(analysis, "self_harm", "W10")
    titled = drawn.opened(reading, [])
    untitled = replace(titled, title="")
    one, other = (
        Image.open(io.BytesIO(png_of(poster_svg(each, drawn.MARK_LABELS, [])))) for each in (titled, untitled)
    )
    assert one.size == other.size
    assert one.width == 2000
    head = (0, 40, 1000, 110)
    dark = [sum(1 for p in picture.convert("L").crop(head).tobytes() if p < 100) for picture in (one, other)]
    assert dark[0] > 500
    assert dark[1] == 0
