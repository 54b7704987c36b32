"""The Improvement page: ideas with their cycles, what the figures tell of them, and new baselines by two people."""

import base64
import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.access import Audience, Reader, Role
from data.config import Home
from data.deciding import approve_now, decide_now
from data.decisions import REBASE_CONDITIONS, Proposal
from data.store import Decision, Store
from data.synthetic import truths
from data.synthetic.truths import PROGRAMME, WORSE
from metrics import interrupted_series, propose_phases, rate_ratio
from metrics.measure import Direction
from pages.charts.interrupted import NAMES, interrupted_figure
from pages.shared import words
from pages.shared.analysis import Analysis, Reading, analyse, goal_line, read_one
from pages.shared.improvement import across, before_after, effect, ideas, rebasing
from pages.shared.improvement.controls import peers
from pages.shared.improvement.series import unrebased
from pages.shared.measure import remarks
from pages.shared.wording import improvement as said_here
from tests.pages.conftest import Open
from tests.pages.shown import everything_of, html_of, links_of, said, table_of

WHO = Reader(Role.QI_LEAD, Audience.WORKING, name="Sam Okoro")
ANALYST = Reader(Role.ANALYST, Audience.WORKING, name="Priya Shah")
BEGAN = np.datetime64("2024-05")  # month 30 of the sample
PILOTS = ["Alder", "Ash", "Aspen", "Beech", "Birch", "Cedar", "Curlew", "Dipper"]


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def found(analysis: Analysis, measure: str, unit: str) -> Reading:
    reading = analysis.get(measure, unit)
    assert reading is not None
    return reading


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception, at.exception
    return at


def idea_on(store: Store, unit: str) -> ideas.Idea:
    return next(idea for idea in ideas.ideas_of(store, WHO) if idea.unit_code == unit)


def notes(at: AppTest) -> list[str]:
    return [info.value for info in at.main.info if info.value != words.SAMPLE_BANNER]


def traces(at: AppTest) -> dict[str, Any]:
    (drawn,) = [element for element in at.main if element.type == "plotly_chart"]
    spec = json.loads(drawn.proto.spec)
    return {trace["name"]: trace for trace in spec["data"]} | {"alt": drawn.proto.alt}


def numbers(values: Any) -> np.ndarray:
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    return np.array([np.nan if v is None else v for v in values], float)


def first_day(reading: Reading, t: int) -> date:
    day: date = reading.months[t].astype("datetime64[D]").item()
    return day


def by_hand(reading: Reading, start: int = 30, **options: Any) -> Any:
    """The interrupted series of a reading without a break in it, from its own figures."""
    good = np.isfinite(reading.value) & ~reading.unsettled & ~reading.doubtful & reading.complete
    years = np.arange(60) / 12
    count = np.where(good, reading.numerator, np.nan)
    return interrupted_series(count, reading.denominator, start=years[start], time=years, **options)


# Ideas are chains


def row(number: int, state: str = "try", **detail: Any) -> Decision:
    detail = {"text": f"Text {number}.", "state": state} | detail
    at = np.datetime64("2026-01-01").astype("datetime64[s]").item()
    return Decision(number, "idea", "falls_all", "W01", date(2026, 1, 1), None, detail, "Why.", "Sam", at, None, None)


@pytest.mark.parametrize(
    ("follows", "expected"),
    [
        ({}, {1: [1], 2: [2], 3: [3]}),
        ({2: 1}, {1: [1, 2], 3: [3]}),
        ({2: 1, 3: 1}, {1: [1, 2, 3]}),  # two people at once: the later one counts
        ({2: 1, 3: 2}, {1: [1, 2, 3]}),
        ({2: 9, 3: 2}, {9: [2, 3], 1: [1]}),  # the first row was taken back
    ],
)
def test_rows_that_carry_each_other_on_are_one_idea(follows: dict[int, int], expected: dict[int, list[int]]) -> None:
    rows = [row(n, **({"follows": follows[n]} if n in follows else {})) for n in (3, 1, 2)]
    assert {i.number: [r.decision_id for r in i.rows] for i in ideas.chained(rows)} == expected


def test_the_newest_row_counts_and_what_it_leaves_out_was_said_before() -> None:
    (idea,) = ideas.chained([row(1, owner="Matron", title="Huddles"), row(2, "adopt", follows=1, learnt="Quick.")])
    assert (idea.state, idea.title, idea.said("owner"), idea.said("learnt")) == ("adopt", "Huddles", "Matron", "Quick.")
    assert idea.said("cost") == ""


@pytest.mark.parametrize(
    ("text", "title"),
    [("Huddle at noon. And at six.", "Huddle at noon"), ("Rooms: three of them.", "Rooms"), ("a" * 80, "a" * 59 + "…")],
)
def test_an_idea_without_a_title_is_known_by_its_beginning(text: str, title: str) -> None:
    assert ideas.chained([row(1, text=text)])[0].title == title


# The list


def test_the_list_has_every_idea_the_newest_first(shown: Home, sample_store: Store, open_page: Open) -> None:
    at = open_page("improvement")
    head, *rows = table_of(at, "11 change ideas")
    assert head == ["Idea", "Unit", "Measure", "State", "Since", "Newest cycle", "Whose idea"]
    assert rows[0] == [
        "Quiet room open at night",
        "Hornbeam ward",
        "Self-harm",
        "Being tried",
        "May 2026",
        "May 2026",
        "A person we serve",
    ]
    assert [r[5] for r in rows] == ["May 2026", "Oct 2025", "Sep 2025", *["Aug 2025"] * 4, *["May 2024"] * 4]
    assert rows[1][:5] == ["Alarms on chairs", "Pine ward", "Falls", "Given up", "Jan 2025"]
    assert sorted(r[1].removesuffix(" ward") for r in rows if r[0] == "Restraint programme") == PILOTS
    assert links_of(at)[0][0] == f"improvement?idea={idea_on(sample_store, 'W11').number}"


@pytest.mark.parametrize(
    ("chosen", "n"),
    [({"unit": "W01"}, 1), ({"measure": "falls_all"}, 2), ({"stage": "adopt"}, 3), ({"stage": "abandon"}, 1),
     ({"unit": "W02", "measure": "restraint_all", "stage": "adopt"}, 1)],
)  # fmt: skip
def test_the_list_is_filtered_by_what_stands_in_the_address(
    chosen: dict[str, str], n: int, shown: Home, open_page: Open
) -> None:
    assert len(table_of(open_page("improvement", **chosen), words.count_of(n, "change idea"))) == n + 1


def test_a_filter_that_nothing_fits_says_how_to_see_others(shown: Home, open_page: Open) -> None:
    assert notes(open_page("improvement", unit="W01", stage="abandon")) == [said_here.NONE_FITS]


def test_staff_see_the_ideas_of_their_own_ward_and_are_told_what_to_do_where_there_are_none(
    shown: Home, open_page: Open
) -> None:
    assert len(table_of(open_page("improvement", role="staff", mine="W01"), "1 change idea")) == 2
    none = open_page("improvement", role="staff", mine="W10")
    assert notes(none) == [f"{said_here.NO_IDEAS} {said_here.RECORD_FIRST}"]
    assert none.expander[0].proto.expanded, "the form is open where there is nothing else"


@pytest.mark.parametrize(
    ("role", "writes"), [("board_member", False), ("analyst", False), ("staff", True), ("qi_lead", True)]
)
def test_who_may_record_has_the_form(role: str, writes: bool, shown: Home, open_page: Open) -> None:
    at = open_page("improvement", role=role, mine="W01")
    assert (said_here.NEW in [e.label for e in at.main.expander]) == writes
    assert (words.DO_NOT_NAME in said(at)) == writes


def test_who_opens_on_signed_off_figures_is_told_that_these_are_not(shown: Home, open_page: Open) -> None:
    assert said_here.NOT_SIGNED_OFF in [c.value for c in open_page("improvement", figures="").caption]
    assert said_here.NOT_SIGNED_OFF not in [
        c.value for c in open_page("improvement", role="qi_lead", figures="").caption
    ]


def test_a_link_to_an_idea_that_is_gone_opens_the_list(shown: Home, open_page: Open) -> None:
    at = open_page("improvement", idea="7")
    assert notes(at) == [said_here.IDEA_GONE]
    assert len(table_of(at, "11 change ideas")) == 12


# Writing


def filled(at: AppTest, **texts: str) -> AppTest:
    """The form of the list, with everything that it needs."""
    said_of_it = {
        "title": "Quiet hour",
        "text": "No rounds between two and three.",
        "why": "People asked for it.",
    } | texts
    for name, text in said_of_it.items():
        place = at.text_area if name == "text" else at.text_input
        place(key=f"new idea 0 {name}").set_value(text)
    return at


def test_a_member_of_staff_records_an_idea_of_a_person_served_and_it_stands_on_its_chart(
    sample_copy: Home, open_page: Open
) -> None:
    at = filled(
        open_page("improvement", role="staff", mine="W10", measure="self_harm"),
        cost="Nothing",
        predicted="A third less",
    )
    assert at.multiselect[0].value == ["self_harm"], "the measure that is looked at"
    at.selectbox(key="new idea 0 source").set_value("person_served")
    at.selectbox(key="new idea 0 month").set_value("2026-09")
    press(at, "new idea 0 send")
    assert at.success[0].value == said_here.RECORDED
    idea = idea_on(opened(sample_copy), "W10")
    assert idea.newest.detail == {
        "title": "Quiet hour", "text": "No rounds between two and three.", "state": "try", "from_whom": "person_served",
        "cost": "Nothing", "predicted": "A third less",
    }  # fmt: skip
    assert (idea.measure_id, str(idea.begins), idea.newest.reason) == ("self_harm", "2026-09", "People asked for it.")
    assert idea.newest.decided_by == "Member of staff of Hazel ward (sample)"
    assert at.text_input(key="new idea 1 title").value == "", "the form is empty again"
    chart = everything_of(open_page("measure", unit="W10", measure="self_harm"))
    told = "Sep 2026. Change idea, being tried: Quiet hour. No rounds between two and three. Expected: A third less."
    assert chart.count(told) == 1


def test_an_idea_may_stand_on_several_charts_each_with_cycles_of_its_own(sample_copy: Home, open_page: Open) -> None:
    at = filled(open_page("improvement", role="ward_manager", mine="W10"))
    at.multiselect[0].set_value(["self_harm", "assault_staff"])
    press(at, "new idea 0 send")
    mine = [i for i in ideas.ideas_of(opened(sample_copy), WHO) if i.unit_code == "W10"]
    assert sorted(i.measure_id for i in mine) == ["assault_staff", "self_harm"]
    assert len({i.number for i in mine}) == 2


LACKING: list[tuple[dict[str, str], list[str], str]] = [
    ({"title": " "}, ["self_harm"], said_here.SAY_A_TITLE),
    ({"text": ""}, ["self_harm"], said_here.SAY_ALL),
    ({"why": ""}, ["self_harm"], said_here.SAY_ALL),
    ({}, [], said_here.SAY_ALL),
    ({"text": "Asked by 943 476 5919."}, ["self_harm"], "NHS number"),
]


def test_a_form_that_lacks_something_or_names_somebody_records_nothing(sample_copy: Home, open_page: Open) -> None:
    version = opened(sample_copy).published.version
    at = open_page("improvement", role="staff", mine="W10")
    for texts, charts, message in LACKING:
        filled(at, **texts).multiselect[0].set_value(charts)
        press(at, "new idea 0 send")
        assert message in at.error[0].value and "943" not in at.error[0].value
        typed = at.text_input(key="new idea 0 why").value
        assert typed == texts.get("why", "People asked for it."), "nothing typed is lost"
    assert opened(sample_copy).published.version == version


def test_deaths_are_no_chart_that_an_idea_could_move(shown: Home, open_page: Open) -> None:
    at = open_page("improvement", role="qi_lead", unit="TRUST")
    assert not [name for name in at.multiselect[0].options if "uicide" in name]
    assert said_here.ABOUT_DEATHS in said(at)


def test_a_cycle_that_ends_carries_its_idea_on_and_the_chart_tells_it_once(sample_copy: Home, open_page: Open) -> None:
    idea = idea_on(opened(sample_copy), "W01")
    key = f"cycle after {idea.number}"
    at = open_page("improvement", role="ward_manager", mine="W01", idea=str(idea.number))
    at.selectbox(key=f"{key} state").set_value("adopt")
    press(at, f"{key} send")
    assert at.error[0].value == words.plain(said_here.SAY_LEARNT)
    at.text_area(key=f"{key} learnt").set_value("It is quick.")
    at.selectbox(key=f"{key} month").set_value("2026-10")
    press(at, f"{key} send")
    now = idea_on(opened(sample_copy), "W01")
    assert (now.number, now.state, len(now.rows)) == (idea.number, "adopt", 2)
    assert (now.newest.detail["follows"], now.newest.detail["learnt"]) == (idea.number, "It is quick.")
    assert now.begins == BEGAN, "it began with its first cycle"
    cycles = everything_of(at)
    assert cycles.index("Cycle 2, Oct 2026: adopted") < cycles.index("Cycle 1, May 2024: being tried")
    chart = everything_of(open_page("measure", unit="W01", measure="restraint_all"))
    assert chart.count("Change idea,") == 1 and "May 2024. Change idea, adopted: Restraint programme." in chart
    assert ["Restraint programme", "Alder ward", "Restrictive interventions", "Adopted"] in [
        r[:4] for r in table_of(open_page("improvement"), "11 change ideas")
    ]


def test_a_mistake_is_taken_back_by_whoever_made_it_and_the_cycle_before_counts_again(
    sample_copy: Home, open_page: Open
) -> None:
    idea = idea_on(opened(sample_copy), "W02")
    by_page = Reader(Role.WARD_MANAGER, units=("W02",), name="Ward manager of Ash ward (sample)")
    detail = {"text": "Stopped.", "state": "abandon", "learnt": "Wrong ward.", "follows": idea.number}
    (number,) = decide_now(
        sample_copy, [Proposal("idea", "A slip.", idea.measure_id, "W02", date(2026, 9, 1), None, detail)], by_page
    )
    assert not [
        b for b in open_page("improvement", role="qi_lead", idea=str(idea.number)).button if "take back" in str(b.key)
    ]
    at = open_page("improvement", role="ward_manager", mine="W02", idea=str(idea.number))
    assert "Given up" in everything_of(at)
    at.text_input(key=f"why take back {number}").set_value("Written on the wrong ward.")
    press(at, f"take back {number} now")
    assert at.success[0].value == words.TAKEN_BACK
    assert idea_on(opened(sample_copy), "W02").state == "adopt"


def test_what_people_write_is_text_everywhere(sample_copy: Home, open_page: Open) -> None:
    nasty = "<img src=x onerror=alert(1)> [a](http://x) *b*"
    names = ("title", "text", "where", "cost", "owner", "predicted")
    detail = dict.fromkeys(names, nasty) | {"state": "try"}
    (number,) = decide_now(
        sample_copy, [Proposal("idea", nasty, "self_harm", "W10", date(2024, 9, 1), None, detail)], WHO
    )
    for at in (
        open_page("improvement", role="qi_lead"),
        open_page("improvement", role="qi_lead", idea=str(number)),
        open_page("improvement", role="qi_lead", part="across"),
    ):
        assert nasty in everything_of(at)
        assert not [part for part in html_of(at) if "<img src=x" in part.source]
        assert not [m.value for m in at.main.markdown if "](http://x)" in m.value.replace("\\", "")]


# Before and after


def test_before_and_after_of_an_idea_is_the_interrupted_series_of_its_chart(
    shown: Home, sample_store: Store, analysis: Analysis, open_page: Open
) -> None:
    reading, idea = found(analysis, "restraint_all", "W02"), idea_on(sample_store, "W02")
    ours = by_hand(reading)
    at = open_page("improvement", role="qi_lead", idea=str(idea.number))
    text, drawn = everything_of(at), traces(at)
    low, high = (round((1 - float(x)) * 100) for x in (ours.level.low, ours.level.high))
    percent = round((1 - float(ours.level.ratio)) * 100)
    assert high > 0, "the interval leaves out no change"
    assert f"A step: {percent} % lower than the trend before" in text
    told = f"In May 2024 the rate was about {percent} % lower than the trend before led to expect"
    assert f"{told} (95 % interval: {low} % lower to {high} % lower)." in text
    assert ours.slope.low < 1 < ours.slope.high
    assert "Whether the trend turned cannot be told" in text and said_here.NOT_WHY in text
    np.testing.assert_allclose(numbers(drawn[NAMES[3]]["y"]), ours.counterfactual * 1000)
    np.testing.assert_allclose(numbers(drawn[NAMES[4]]["y"]), ours.counterfactual_high * 1000)
    assert f"Rests on {int(ours.n_before)} months before and {int(ours.n_after)} after." in said(at)
    assert (
        drawn["alt"]
        == f"Restrictive interventions, Ash ward, before and after May 2024. A step: {percent} % lower than the trend before."
    )
    rows = table_of(at, "Restrictive interventions, Ash ward, per 1,000")
    assert rows[1][0] == "Oct 2026" and rows[1][4] == "No", "the newest month is not settled"
    assert rows[-30][2:4] == ["–", "–"], "nothing is expected before the start"
    assert rows[30][2] == words.number(float(ours.counterfactual[30] * 1000))


def test_lines_are_those_of_the_model_on_either_side(analysis: Analysis) -> None:
    reading = found(analysis, "restraint_all", "W02")
    ours = effect.measured(reading, BEGAN, 3)
    theirs = by_hand(reading, washout=3)
    time = np.arange(60) / 12
    before = np.exp(theirs.intercept.estimate + theirs.trend.estimate * time)
    after = before * np.exp(theirs.level.estimate + theirs.slope.estimate * (time - 33 / 12))
    expected = np.where(time < 30 / 12, before, after) * 1000
    expected[30:33] = np.nan
    np.testing.assert_allclose(ours.fitted, expected)
    assert not ours.used[30:33].any() and ours.counted_from == 33
    np.testing.assert_allclose(ours.expected[0], theirs.counterfactual * 1000)


def test_lines_of_a_share_stay_between_none_and_all(analysis: Analysis) -> None:
    reading = found(analysis, "care_plan_on_time", "W10")
    ours = effect.measured(reading, BEGAN)
    assert ours.found is not None and ours.found.method.startswith("quasi-binomial")
    assert (ours.fitted > 50).all() and (ours.fitted < 100).all()
    assert ours.fitted[29] == pytest.approx(np.nanmean(reading.value[:30]), abs=6)
    level = replace(ours.found.level, low=np.array(0.5), high=np.array(0.9))
    assert "the odds were" in said_here.level_sentence(level, reading.measure, BEGAN)


def test_a_control_takes_off_what_changed_there_too(
    shown: Home, sample_store: Store, analysis: Analysis, open_page: Open
) -> None:
    idea, every = idea_on(sample_store, "W02"), ideas.ideas_of(sample_store, WHO)
    reading = found(analysis, "restraint_all", "W02")
    like = peers(analysis, reading, idea, every)
    assert [r.unit.name for r in like] == [
        "Cherry ward",
        "Cypress ward",
        "Elm ward",
        "Hazel ward",
        "Hornbeam ward",
        "Juniper ward",
    ]
    good = np.all([np.isfinite(r.value) & ~r.unsettled & ~r.doubtful & r.complete for r in like], axis=0)
    count = np.where(good, sum(r.numerator for r in like), np.nan)
    ours = by_hand(reading, control_count=count, control_exposure=sum(r.denominator for r in like), washout=2)
    at = open_page("improvement", role="qi_lead", idea=str(idea.number), controls="all", washout="2")
    assert at.selectbox(key="controls").options[:2] == [
        "Nothing: this unit alone", "All 6 other acute wards without this idea, added up",
    ]  # fmt: skip
    np.testing.assert_allclose(numbers(traces(at)[NAMES[3]]["y"]), ours.counterfactual * 1000)
    assert "Less what changed on Cherry ward, Cypress ward, Elm ward" in everything_of(at)
    one = open_page("improvement", role="qi_lead", idea=str(idea.number), controls="W09")
    elm = np.where(np.isfinite(like[2].value) & ~like[2].unsettled & ~like[2].doubtful, like[2].numerator, np.nan)
    theirs = by_hand(reading, control_count=elm, control_exposure=like[2].denominator)
    np.testing.assert_allclose(numbers(traces(one)[NAMES[3]]["y"]), theirs.counterfactual * 1000)


def test_controls_without_enough_months_are_named_or_refused(analysis: Analysis) -> None:
    reading, short = found(analysis, "falls_all", "W18"), found(analysis, "falls_all", "W63")
    like, month = found(analysis, "falls_all", "W16"), np.datetime64("2025-01")
    assert short.stretch[-1] != short.stretch[0], "it opened when two others merged"
    both = effect.measured(reading, month, 0, (like, short))
    assert ([r.unit.code for r in both.controls], [r.unit.code for r in both.left_out]) == (["W16"], ["W63"])
    assert "Left out, with too few months on one side: Holly ward." in said_here.beside_sentence(
        ["Oak ward"], ["Holly ward"]
    )
    assert effect.measured(reading, month, 0, (short,)).reason == said_here.NO_CONTROL_HAS_ENOUGH


def test_a_ward_manager_sees_no_other_ward_to_set_beside(shown: Home, sample_store: Store, open_page: Open) -> None:
    at = open_page("improvement", role="ward_manager", mine="W02", idea=str(idea_on(sample_store, "W02").number))
    assert at.selectbox(key="controls").options == ["Nothing: this unit alone"]
    assert said_here.NO_PEERS in [c.value for c in at.caption]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [(12, 46, ""), (11, 47, "There are 11 months before the start and 47 since"), (46, 12, ""),
     (47, 11, "There are 47 months before the start and 11 since"), (0, 58, "There are 0 months before"),
     (1, 57, "There are 1 month before")],
)  # fmt: skip
def test_a_year_is_needed_on_either_side(before: int, after: int, reason: str, analysis: Analysis) -> None:
    reading = found(analysis, "restraint_all", "W02")
    ours = effect.measured(reading, reading.months[before])
    assert (ours.found is None) == bool(reason) and ours.reason.startswith(reason)
    assert (ours.used[:before].sum(), ours.used[before:].sum()) == (before, after)


@pytest.mark.parametrize("month", ["2015-01", "2030-01"])
def test_a_start_outside_the_figures_is_refused_with_the_months_there_are(month: str, analysis: Analysis) -> None:
    ours = effect.measured(found(analysis, "restraint_all", "W02"), np.datetime64(month))
    assert ours.found is None and "that can be compared" in ours.reason


def test_months_across_a_break_in_question_or_left_out_are_not_used(analysis: Analysis) -> None:
    reading = found(analysis, "med_errors", "TRUST")
    month = np.datetime64("2025-08")  # a year after what is counted has changed
    ours = effect.measured(reading, month)
    assert not ours.used[:33].any() and ours.used[33:45].all()
    assert np.isnan(ours.fitted[:33]).all() and np.isfinite(ours.fitted[33:]).all()
    some = np.arange(60) == 40
    for name in ("doubtful", "excluded", "unsettled"):
        assert not effect.measured(replace(reading, **{name: getattr(reading, name) | some}), month).used[40], name


def test_a_new_baseline_is_no_break(sample_copy: Home, analysis: Analysis) -> None:
    """The months before it are counted in the same way: before and after, the milestone and the verdict across wards stay."""
    (number,) = decide_now(
        sample_copy, [Proposal("phase", "The programme.", "restraint_all", "W02", date(2024, 5, 1))], WHO
    )
    approve_now(sample_copy, number, ANALYST, "Seen.")
    store = opened(sample_copy)
    before, now = found(analysis, "restraint_all", "W02"), found(analyse(store, WHO), "restraint_all", "W02")
    assert (now.phase[30], before.phase[30]) == (1, 0)
    assert now.variation == "common_cause" and before.variation == "improvement_low"
    assert now.goal is not None and before.goal is not None and now.goal.milestone == before.goal.milestone
    level = [effect.measured(r, BEGAN).found.level.ratio for r in (before, now)]  # type: ignore[union-attr]
    assert level[0] == level[1]
    assert across.turned(now, BEGAN) == "" and across.turned(unrebased(store, WHO, now), BEGAN) == "better"
    assert unrebased(store, WHO, before) is before


@pytest.mark.parametrize("measure", ["suicide_in_care", "lts_people"])
def test_deaths_and_what_is_no_count_have_no_before_and_after(measure: str, analysis: Analysis) -> None:
    ours = effect.measured(found(analysis, measure, "TRUST"), BEGAN)
    assert (ours.found, ours.reason, ours.run) == (None, said_here.NOT_MODELLED, None)


def test_nothing_is_computed_with_figures_that_are_not_shown_exactly(analysis: Analysis) -> None:
    reading = replace(found(analysis, "restraint_all", "W02"), exact=False)
    ours = effect.measured(reading, BEGAN)
    assert (ours.found, ours.reason, ours.run) == (None, said_here.NOT_EXACT, None)


def test_a_break_is_one_whatever_is_asked_for_and_no_goal_reaches_across_it(
    sample_store: Store, analysis: Analysis
) -> None:
    reading, month = found(analysis, "med_errors", "TRUST"), np.datetime64("2024-08")
    without = read_one(sample_store, WHO, "med_errors", "TRUST", begins={month: False})
    assert without is not None and without.phase.tolist() == reading.phase.tolist() and reading.phase[33] == 1
    pilot = found(analysis, "restraint_all", "W02")
    assert pilot.goal is not None
    broken = replace(pilot, stretch=(np.arange(60) >= 30).astype(int))
    rebased = replace(pilot, phase=(np.arange(60) >= 30).astype(int))
    assert goal_line(broken, pilot.goal.decision) is None
    assert goal_line(rebased, pilot.goal.decision) == pilot.goal


def test_an_idea_without_before_and_after_says_why(sample_copy: Home, open_page: Open) -> None:
    detail = {"text": "Huddle.", "state": "try"}
    about = [("falls_all", "W10", None), ("", "W10", date(2024, 5, 1)), ("suicide_in_care", "TRUST", date(2024, 5, 1)),
             ("falls_all", "W10", date(2026, 3, 1))]  # fmt: skip
    made = [Proposal("idea", "Why.", measure, unit, month, None, detail) for measure, unit, month in about]
    told = [said_here.NO_MONTH, said_here.NO_CHART, said_here.NOT_MODELLED, said_here.too_few_months(52, 6, 12)]
    for number, reason in zip(decide_now(sample_copy, made, WHO), told, strict=True):
        at = open_page("improvement", role="qi_lead", idea=str(number))
        assert notes(at) == [reason]
        assert not [element for element in at.main if element.type == "plotly_chart"]


# After a bad run


def with_run(reading: Reading, times: float) -> Reading:
    """The reading with so many times the earlier level in the six months before May 2024; counts are whole."""
    days = np.full(60, 1000.0)
    count = np.where((np.arange(60) >= 24) & (np.arange(60) < 30), 100 * times, 100.0)
    return replace(reading, numerator=count, denominator=days)


@pytest.mark.parametrize(
    ("direction", "times", "is_bad"),
    [("lower", 1.11, True), ("lower", 1.09, False), ("lower", 0.5, False), ("higher", 0.9, True), ("higher", 0.92, False),
     ("higher", 1.5, False), ("neutral", 3.0, False), ("neutral", 0.3, False)],
)  # fmt: skip
def test_a_tenth_worse_before_the_start_is_a_bad_run(
    direction: str, times: float, is_bad: bool, analysis: Analysis
) -> None:
    reading = with_run(found(analysis, "restraint_all", "W02"), times)
    reading = replace(reading, measure=replace(reading.measure, direction=Direction(direction)))
    run = effect.measured(reading, BEGAN).run
    assert run is not None and run.is_bad is is_bad
    assert (run.last, run.earlier) == (pytest.approx(100 * times), pytest.approx(100))


def test_an_idea_that_began_after_a_bad_run_carries_the_warning(
    sample_copy: Home, analysis: Analysis, open_page: Open
) -> None:
    reading = found(analysis, "restraint_all", "W05")
    n, days = reading.numerator, reading.denominator

    def ratio(t: int) -> float:
        return float(rate_ratio(n[t - 6 : t].sum(), days[t - 6 : t].sum(), n[: t - 6].sum(), days[: t - 6].sum()).ratio)

    t = next(t for t in range(14, 46) if ratio(t) >= 1.15)
    calm = next(t for t in range(14, 46) if ratio(t) < 1.05)
    detail = {"text": "Huddle.", "state": "try"}
    made = [Proposal("idea", "Why.", "restraint_all", "W05", first_day(reading, at), None, detail) for at in (t, calm)]
    after_bad, after_calm = decide_now(sample_copy, made, WHO)
    (warning,) = open_page("improvement", role="qi_lead", idea=str(after_bad)).warning
    last, earlier = n[t - 6 : t].sum() / days[t - 6 : t].sum(), n[: t - 6].sum() / days[: t - 6].sum()
    assert (
        f"the level was {words.number(float(last * 1000))}, and {words.number(float(earlier * 1000))} in the months"
        in warning.value
    )
    assert "moves back towards its usual level by itself" in warning.value
    other = open_page("improvement", role="qi_lead", idea=str(after_calm))
    assert not other.warning and said_here.NO_BAD_RUN in everything_of(other)


# Across wards


def test_the_programme_is_found_across_its_wards_with_its_true_size_inside_the_interval(
    shown: Home, sample_store: Store, analysis: Analysis, open_page: Open
) -> None:
    every = across.across(analysis, sample_store, WHO, ideas.ideas_of(sample_store, WHO))
    (programme,) = [tried for tried in every if tried.title == "Restraint programme"]
    pilots = [found(analysis, "restraint_all", unit) for unit in PROGRAMME.units]
    together = replace(
        pilots[0],
        numerator=sum(r.numerator for r in pilots),
        denominator=sum(r.denominator for r in pilots),
        complete=np.all([r.complete for r in pilots], axis=0),
        unsettled=np.any([r.unsettled for r in pilots], axis=0),
    )
    ours = by_hand(together)
    assert programme.pooled is not None
    np.testing.assert_allclose(
        [programme.pooled.level.ratio, programme.pooled.level.high], [ours.level.ratio, ours.level.high]
    )
    assert programme.pooled.level.low < PROGRAMME.size < programme.pooled.level.high < 1
    assert sorted((*programme.better, *programme.worse, *programme.unclear)) == [f"{name} ward" for name in PILOTS]
    assert len(programme.better) >= 3 and not programme.worse  # on the others the signals have ended
    row = next(
        r
        for r in table_of(open_page("improvement", part="across"), "4 ideas, by name")
        if r[0] == "Restraint programme"
    )
    percent = [round((1 - float(x)) * 100) for x in (ours.level.ratio, ours.level.low, ours.level.high)]
    assert row[1:4] == ["Restrictive interventions", "8", "4 being tried, 3 adopted, 1 adapted"]
    assert row[4].startswith(str(len(programme.better))) and row[5] == "0"
    assert row[7] == "{} % lower ({} % lower to {} % lower), 8 wards".format(*percent)


def test_ideas_that_changed_nothing_are_said_to_be_nothing(shown: Home, open_page: Open) -> None:
    at = open_page("improvement", part="across")
    head, *rows = table_of(at, "4 ideas, by name")
    assert tuple(head) == said_here.ACROSS_HEADS
    by = {r[0]: r for r in rows}
    assert list(by) == [
        "Alarms on chairs",
        "Own shoes and a bed at the right height",
        "Quiet room open at night",
        "Restraint programme",
    ]
    assert by["Alarms on chairs"][4:7] == ["0", "0", "1Pine ward"]
    assert by["Alarms on chairs"][7].startswith("Cannot tell a step from none (")
    assert by["Quiet room open at night"][7] == "No ward has 12 months on either side yet."
    for note in said_here.ACROSS_NOTES:
        assert note in everything_of(at)


def test_the_same_title_on_one_measure_is_one_idea_from_its_first_month_on_each_ward(
    sample_store: Store, analysis: Analysis
) -> None:
    def idea(
        n: int, unit: str, title: str, measure: str = "falls_all", month: date | None = date(2024, 5, 1)
    ) -> ideas.Idea:
        return ideas.Idea(n, (replace(row(n, title=title), unit_code=unit, measure_id=measure, first_month=month),))

    made = [idea(5, "W16", "huddles "), idea(1, "W16", "Huddles", month=date(2024, 1, 1)), idea(2, "W17", "HUDDLES"),
            idea(3, "W17", "Huddles", "self_harm"), idea(4, "W18", "Huddles", month=None),
            idea(6, "W18", "Huddles", "no such measure")]  # fmt: skip
    found_here = across.across(analysis, sample_store, WHO, made)
    assert [(t.title, t.measure.id, [i.number for i in t.ideas]) for t in found_here] == [
        ("Huddles", "falls_all", [1, 2]), ("Huddles", "self_harm", [3]),
    ]  # fmt: skip


def test_wards_that_began_at_different_times_are_added_up_from_their_own_start(
    sample_store: Store, analysis: Analysis
) -> None:
    starts = {"W16": 20, "W17": 30}
    readings = {unit: found(analysis, "falls_all", unit) for unit in starts}
    made = [
        ideas.Idea(n, (replace(row(n, title="Huddles"), unit_code=u, first_month=first_day(readings[u], t)),))
        for n, (u, t) in enumerate(starts.items(), start=1)
    ]
    (tried,) = across.across(analysis, sample_store, WHO, made)
    parts = [(readings[u], slice(t - 20, t + 30)) for u, t in starts.items()]
    good = np.all([(np.isfinite(r.value) & ~r.unsettled & ~r.doubtful & r.complete)[s] for r, s in parts], axis=0)
    years = np.arange(50) / 12
    count, days = (sum(getattr(r, name)[s] for r, s in parts) for name in ("numerator", "denominator"))
    ours = interrupted_series(np.where(good, count, np.nan), days, start=years[20], time=years)
    assert tried.pooled is not None and tried.added_up == 2
    assert float(tried.pooled.level.ratio) == pytest.approx(float(ours.level.ratio))


def test_a_chart_turns_by_its_newest_signal_since_the_start_and_by_none_before(analysis: Analysis) -> None:
    worse, better = found(analysis, "self_harm", WORSE.units[0]), found(analysis, "restraint_all", "W02")
    assert across.turned(worse, worse.months[WORSE.first - 6]) == "worse"
    assert across.turned(better, BEGAN) == "better"
    (since,) = {np.datetime64(s.since, "M") for s in better.signals if s.meaning == "improvement"}
    assert [across.turned(better, since + after) for after in (0, 1)] == ["better", ""], (
        "a signal that began before is none"
    )
    assert across.turned(replace(better, chart=replace(better.chart, variation=np.array("none"))), BEGAN) == ""
    assert across.turned(replace(better, chart=None), BEGAN) == across.turned(None, BEGAN) == ""


def test_how_often_chance_alone_turns_a_chart_is_as_the_page_says(analysis: Analysis) -> None:
    """About 3 in 100 better, and as many worse: of charts on which nothing is planted, from month 30 on."""
    planted = {(m, u) for t in truths.TRUTHS for m in t.measures for u in t.units}
    measures = {m for t in truths.TRUTHS if not t.units for m in t.measures}
    calm = [r for (m, u), r in analysis.readings.items() if r.unit.level in ("ward", "team") and (m, u) not in planted
            and m not in measures and r.chart is not None and not r.chart.trial]  # fmt: skip
    turns = [across.turned(r, BEGAN) for r in calm]
    assert len(turns) > 500
    assert turns.count("better") / len(turns) == pytest.approx(0.03, abs=0.015)
    assert turns.count("worse") / len(turns) == pytest.approx(0.03, abs=0.015)


# New baselines


def test_a_new_baseline_stands_beside_the_chart_without_it(shown: Home, analysis: Analysis, open_page: Open) -> None:
    reading = found(analysis, "restraint_all", "W02")
    good = np.isfinite(reading.value) & ~reading.unsettled & ~reading.doubtful & reading.complete
    by_metrics = propose_phases(
        reading.numerator, reading.denominator, kind="u_prime", baseline=good & (np.cumsum(good) <= 24), phase=reading.phase,
        unsettled=reading.unsettled, doubtful=reading.doubtful | ~reading.complete, multiplier=1000, dates=reading.months,
    )  # fmt: skip
    at = open_page("improvement", role="qi_lead", part="baseline", unit="W02", measure="restraint_all")
    assert str(by_metrics.sentence) in everything_of(at)
    assert at.selectbox(key="from").value == "2024-05", (
        "the month in which the idea began, near the change that was found"
    )
    (both,) = [part for part in html_of(at) if "zhi-two" in part.source]
    assert "Better: fewer recorded" in both.words.split("With a new baseline from May 2024")[0]
    assert "No clear change" in both.words.split("With a new baseline from May 2024")[1]
    assert [image["alt"].split(":")[1].split(".")[0].strip() for image in both.images] == ["Better", "No clear change"]


def ticked(at: AppTest, unit: str, conditions: tuple[str, ...], cause: str) -> AppTest:
    key = f"rebase {unit} restraint_all"
    for name in conditions:
        at.checkbox(key=f"{key} {name}").check()
    at.text_input(key=f"{key} cause").set_value(cause)
    return press(at, f"{key} send")


def test_a_new_baseline_is_proposed_approved_and_undone_by_different_people(sample_copy: Home, open_page: Open) -> None:
    where = {"part": "baseline", "unit": "W02", "measure": "restraint_all"}
    at = open_page("improvement", role="qi_lead", **where)
    ticked(at, "W02", REBASE_CONDITIONS[:3], "The programme.")
    assert at.error[0].value == said_here.TICK_ALL
    ticked(at, "W02", REBASE_CONDITIONS, "")
    assert "states its reason" in at.error[0].value
    assert not opened(sample_copy).proposals(WHO, "phase")
    ticked(at, "W02", REBASE_CONDITIONS, "The programme.")
    (proposal,) = opened(sample_copy).proposals(WHO, "phase")
    assert (proposal.measure_id, proposal.unit_code, proposal.first_month) == ("restraint_all", "W02", date(2024, 5, 1))
    assert (proposal.reason, proposal.detail) == ("The programme.", {"conditions": list(REBASE_CONDITIONS)})
    number = proposal.decision_id
    assert words.PROPOSER_WAITS in said(at) and f"approve {number} now" not in [b.key for b in at.button]
    analyst = open_page("improvement", role="analyst", part="baseline")
    assert "With a new baseline from May 2024" in everything_of(analyst), "whoever decides sees what it changes"
    assert f"refuse {number} now" in [b.key for b in analyst.button]
    analyst.text_input(key=f"approve {number}").set_value("The step has lasted two years.")
    press(analyst, f"approve {number} now")
    reading = found(analyse(opened(sample_copy), WHO), "restraint_all", "W02")
    assert reading.phase[30] == 1 and reading.variation == "common_cause"
    qi = open_page("improvement", role="qi_lead", **where)
    assert "approved by Analyst (sample)" in everything_of(qi)
    assert f"undo {number} now" not in [b.key for b in qi.button], "who may not approve may not undo"
    lead = open_page("improvement", role="division_lead", mine="LOCAL", **where)
    press(lead, f"undo {number} now")
    assert "states its reason" in lead.error[0].value
    lead.text_input(key=f"why undo {number}").set_value("The ward changed its beds.")
    press(lead, f"undo {number} now")
    assert lead.success[0].value == said_here.UNDONE
    assert not found(analyse(opened(sample_copy), WHO), "restraint_all", "W02").phase.any()


def test_a_proposal_is_refused_by_who_may_approve_it_or_taken_back_by_whoever_made_it(
    sample_copy: Home, open_page: Open
) -> None:
    own = Proposal("phase", "The huddles.", "restraint_all", "W01", date(2024, 5, 1))
    (mine,) = decide_now(sample_copy, [own], Reader(Role.QI_LEAD, name="QI lead (sample)"))
    (number,) = decide_now(sample_copy, [replace(own, unit_code="W02")], WHO)
    at = open_page("month", role="qi_lead")
    assert not [b.key for b in at.button if str(b.key).startswith(("approve", "refuse"))]
    at.text_input(key=f"why take back {mine}").set_value("Too early.")
    press(at, f"take back {mine} now")
    assert at.success[0].value == words.TAKEN_BACK
    at = open_page("month", role="analyst")
    press(at, f"refuse {number} now")
    assert "states its reason" in at.error[0].value
    at.text_input(key=f"approve {number}").set_value("The cause is not known.")
    press(at, f"refuse {number} now")
    assert at.success[0].value == words.REFUSED
    store = opened(sample_copy)
    assert not store.proposals(WHO, "phase") and not store.decisions(WHO, "phase")


def step(reading: Reading, after: float, direction: str = "lower") -> Reading:
    """The reading with a steady 100 a month and another level from month 30 on."""
    wobble = np.tile([-6.0, 4.0, 0.0, 6.0, -4.0], 12)
    count = np.where(np.arange(60) < 30, 100.0, after) + wobble
    measure = replace(reading.measure, direction=Direction(direction))
    return replace(reading, numerator=count, denominator=np.full(60, 1000.0), measure=measure)


@pytest.mark.parametrize(
    ("after", "direction", "expected"),
    [(60, "lower", ""), (160, "lower", said_here.NEVER_WORSE), (160, "higher", ""), (60, "higher", said_here.NEVER_WORSE),
     (60, "neutral", said_here.NEITHER_WAY), (100, "lower", "No new baseline is justified: no change of level")],
)  # fmt: skip
def test_never_on_a_deterioration(after: float, direction: str, expected: str, analysis: Analysis) -> None:
    evidence = rebasing.evidence(step(found(analysis, "restraint_all", "W02"), after, direction))
    assert evidence.is_justified == (not expected)
    assert evidence.sentence.startswith(expected)
    assert evidence.month == (BEGAN if not expected else None)


def test_a_ward_that_got_worse_has_no_form(shown: Home, open_page: Open) -> None:
    at = open_page("improvement", role="qi_lead", part="baseline", unit=WORSE.units[0], measure="self_harm")
    (told,) = notes(at)
    assert told == said_here.NEVER_WORSE or told.startswith("No new baseline is justified")
    assert not at.checkbox


def test_months_offered_leave_enough_on_either_side_and_lie_near_the_change(analysis: Analysis) -> None:
    reading = found(analysis, "restraint_all", "W02")
    usable = reading.good
    for t in (12, 30, 45):
        offered = rebasing.months_offered(reading, reading.months[t])
        places = [int((m - reading.months[0]).astype(int)) for m in offered]
        assert places == [i for i in range(t - 6, t + 7) if usable[:i].sum() >= 12 and usable[i:].sum() >= 13]
    assert places[-1] == 45, "13 months after, the two that are not settled left out"


@pytest.mark.parametrize(
    ("chosen", "told"),
    [({}, said_here.CHOOSE_ONE), ({"unit": "W02"}, said_here.CHOOSE_ONE),
     ({"unit": "W02", "measure": "depression_recovery"}, said_here.NOT_REPORTED),
     ({"unit": "W16", "measure": "falls_harm"}, said_here.NO_SUCH_LIMITS)],
)  # fmt: skip
def test_without_one_chart_with_limits_the_page_says_what_to_do(
    chosen: dict[str, str], told: str, shown: Home, open_page: Open
) -> None:
    at = open_page("improvement", role="qi_lead", part="baseline", **chosen)
    assert notes(at) == [told]
    assert said_here.NONE_IN_FORCE in everything_of(at)


def test_a_board_member_reads_the_evidence_and_has_no_form(shown: Home, open_page: Open) -> None:
    at = open_page("improvement", part="baseline", unit="W02", measure="restraint_all")
    assert "With a new baseline from" in everything_of(at) and not at.checkbox


# Words and pictures


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(0.62, "38 % lower"), (1.004, "the same"), (1.25, "25 % higher"), (1.99, "99 % higher"), (2.0, "2.0 times as high"),
     (19.9, "19.9 times as high"), (20.0, "more than 20 times as high")],
)  # fmt: skip
def test_ratios_are_told_in_words(ratio: float, expected: str) -> None:
    assert said_here.change(ratio) == expected
    joint = "than" if expected.endswith(("lower", "higher")) else "as"
    assert said_here.compared(ratio, "before") == f"{expected} {joint} before"


@pytest.mark.parametrize(
    ("low", "high", "tells"), [(0.4, 0.99, True), (0.4, 1.0, False), (1.0, 2.0, False), (1.01, 2.0, True)]
)
def test_nothing_is_claimed_where_the_interval_holds_no_change(
    low: float, high: float, tells: bool, analysis: Analysis
) -> None:
    found_here = effect.measured(found(analysis, "restraint_all", "W02"), BEGAN).found
    assert found_here is not None
    level = replace(found_here.level, ratio=np.sqrt(low * high), low=np.array(low), high=np.array(high))
    calm = replace(level, low=np.array(0.5), high=np.array(2.0))
    measure = found(analysis, "restraint_all", "W02").measure
    cannot = [
        "cannot be told" in said_here.level_sentence(level, measure, BEGAN),
        "cannot be told" in said_here.slope_sentence(level),
    ]
    assert cannot == [not tells] * 2
    assert said_here.added_up(level, 3).startswith("Cannot tell") == (not tells)
    assert (said_here.effect_label(level, calm) == said_here.effect_label(calm, calm)) == (not tells)
    assert (said_here.effect_label(calm, level) == "A turn of the trend") == tells


def test_the_picture_tells_lines_and_marks_apart_without_colour(analysis: Analysis) -> None:
    measured = effect.measured(found(analysis, "restraint_all", "W02"), BEGAN, 2)
    figure = interrupted_figure(before_after.drawing(measured, "A step"))
    drawn = {trace.name: trace for trace in figure.data if trace.name}
    assert set(drawn) == set(NAMES)
    assert drawn[NAMES[2]].line.dash is None and drawn[NAMES[3]].line.dash == "dash"
    assert drawn[NAMES[0]].marker.symbol != drawn[NAMES[1]].marker.symbol
    hollow = np.flatnonzero([y is not None for y in drawn[NAMES[1]].y])
    assert hollow.tolist() == [30, 31, 58, 59], "the washout, and what is not settled"
    assert drawn[NAMES[2]].y[30] is None and len(drawn[NAMES[2]].y) == 61, "nothing joins the two lines"
    assert figure.data[0].y[:30] == (None,) * 30 and figure.data[1].fill == "tonexty"
    assert figure.layout.shapes[0].x0 == date(2024, 5, 1)


def test_a_note_of_an_idea_ends_as_people_end_sentences(analysis: Analysis) -> None:
    (idea,) = ideas.chained([row(1, title="Huddles", text="Does it help?", predicted="Less.")])
    assert remarks._idea_text(idea) == "Change idea, being tried: Huddles. Does it help? Expected: Less."
