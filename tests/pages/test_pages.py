"""Every page for every reader: what each of them relies on, and what must not be shown to them."""

import os
import re

import numpy as np
import pytest

from data.access import Audience, Seen, shipped_policy
from data.access.suppression import USUAL
from data.config import Home
from data.panel import State
from data.store import Store
from data.synthetic.trust import DIVISIONS, WARDS
from data.synthetic.truths import SILENT, WORSE
from metrics.measure import Kind, Sensitivity
from pages.shared import words
from pages.shared.analysis import Analysis
from pages.shared.app import PLACES
from pages.shared.wording.measure import FIGURES_CAPTION
from tests.conftest import TODAY, Load, approve_policy
from tests.pages.conftest import Open
from tests.pages.shown import Html, figures_of, html_of, links_of, opened_of, said, table_of

PAGES = tuple(place.file.removesuffix(".py") for place in PLACES)
ABOUT = {"methods", "easy", "accessibility"}
READING = ABOUT | {"goals", "division", "ward", "measure", "compare", "equity", "improvement"}
WORKING = READING | {"quality", "month", "targets"}
WHOLE = WORKING | {"history"}
OPENS = {
    "board_member": WHOLE,
    "executive_owner": WHOLE,
    "division_lead": WORKING,
    "ward_manager": WORKING,
    "deputy": WORKING,
    "staff": READING,
    "qi_lead": WHOLE | {"upload"},
    "patient_safety_lead": WHOLE | {"upload"},
    "analyst": WHOLE,
    "administrator": ABOUT | {"access", "history"},
}
PUBLIC = ABOUT | {"goals"}
# Pages that say something while nothing is loaded.
WITHOUT_FIGURES = ABOUT | {"upload", "access"}
NO_FIGURES = "administrator"
NO_LOADING = "Extracts are loaded by QI leads"
ICON_WITHOUT_ALT = re.compile(r'<img[^>]*alt=""[^>]*>(?!(<span>)?\w)')
PUBLIC_CELL = re.compile(r"<5|[\d,]*[05]|\d+ %|hidden|not complete")


def plotly_charts(at):
    return [element for element in at.main if element.type == "plotly_chart"]


# Every page, every reader, with figures and without


# Seen through the public's eyes every role is the same but for these, unless all are asked for.
SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
READERS = [(role, "working") for role in OPENS]
READERS += [(role, "public") for role in OPENS if SLOW or role in ("board_member", "ward_manager", NO_FIGURES)]


@pytest.mark.parametrize(("role", "audience"), READERS)
@pytest.mark.parametrize("page", PAGES)
class TestEveryPage:
    def test_on_the_sample(self, page: str, role: str, audience: str, shown: Home, open_page: Open) -> None:
        at = open_page(page, role=role, audience=audience)
        may_open = OPENS[role] & PUBLIC if audience == "public" and role != NO_FIGURES else OPENS[role]
        told = [info.value for info in at.main.info]
        assert len(at.title) == 1
        if page not in may_open and not (
            role == NO_FIGURES and page == "goals"
        ):  # who is led to the page that is theirs
            by_public, elsewhere = words.HIDDEN_HERE, words.NOT_FOR_ROLE.format(role=words.READER_ROLES[role].lower())
            loading = NO_LOADING if page == "upload" else elsewhere
            assert len(told) == 1
            assert told[0].startswith(by_public if audience == "public" and role != NO_FIGURES else loading)
            assert not at.main.button and not at.main.file_uploader and not html_of(at)
            return
        assert told[0] == words.SAMPLE_BANNER
        assert not any(NO_LOADING in text for text in told)
        assert len(at.file_uploader) == (page == "upload")
        assert words.NO_DATA not in told
        newest = "September" if audience == "public" else "October"  # the public sees what was signed off
        assert (f"Figures up to {newest} 2026" in said(at)) == (role != NO_FIGURES)

    def test_on_an_empty_home(self, page: str, role: str, audience: str, empty: Home, open_page: Open) -> None:
        at = open_page(page, role=role, audience=audience)
        told = [info.value for info in at.main.info]
        assert len(at.title) == 1
        public = audience == "public" and role != NO_FIGURES
        may_open = OPENS[role] & PUBLIC if public else OPENS[role]
        assert (words.NO_DATA in told) == (page in may_open - WITHOUT_FIGURES)
        assert "Figures up to" not in said(at)
        assert not plotly_charts(at)
        assert not empty.root.exists(), "looking at a page must not make a store"


def test_the_pages_that_may_be_linked_to_are_exactly_these(shown: Home, open_page: Open) -> None:
    from pages.shared.app import PAGES as FOLDER

    assert sorted(path.stem for path in FOLDER.glob("*.py")) == sorted(PAGES)


@pytest.mark.parametrize(
    ("address", "role", "audience"),
    [
        ({"as": "admin"}, "board_member", "working"),
        ({"audience": "named"}, "board_member", "working"),  # no address makes anybody the patient-safety lead
        ({"audience": "public", "as": "qi_lead"}, "qi_lead", "public"),
    ],
)
def test_who_reads_is_one_of_the_offered_roles(
    address: dict[str, str], role: str, audience: str, shown: Home, open_page: Open
) -> None:
    at = open_page("goals", role=address.get("as", "board_member"), audience=address.get("audience", "working"))
    assert (at.sidebar.selectbox(key="as").value, at.sidebar.selectbox(key="audience").value) == (role, audience)


# The board member


def test_goals_tells_the_deaths_of_the_newest_settled_year_and_of_the_one_before(
    shown: Home, analysis: Analysis, open_page: Open
) -> None:
    reading = analysis.get("suicide_in_care", "TRUST")
    settled = reading.numerator[~reading.unsettled]
    now, before = int(settled[-12:].sum()), int(settled[-24:-12].sum())
    assert 0 < now < 100
    text = said(open_page("goals"))
    assert f" {now} people in our care died by suspected suicide. The year before it was {before}." in text
    assert words.GOAL_NOTES["zero_suicide"] in text
    assert words.HELP_LINE in text
    assert words.DRAFT_NOTE in text


def test_deaths_have_no_chart_no_colour_and_no_milestone(shown: Home, analysis: Analysis, open_page: Open) -> None:
    measures = {m for m, _ in analysis.readings if analysis.readings[m, _].measure.kind is Kind.DEATH}
    assert len(measures) == 3
    for measure in sorted(measures):
        at = open_page("measure", unit="TRUST", measure=measure)
        assert opened_of(at) == f"{analysis.get(measure, 'TRUST').measure.name}, Sample Trust"
        assert not plotly_charts(at)
        text = said(at)
        for label in (*words.MILESTONE_LABELS.values(), "had halved", "Too few to chart"):
            assert label not in text.split("Read beside it")[0]


def test_at_a_glance_has_every_headline_goal(shown: Home, analysis: Analysis, open_page: Open) -> None:
    rows = table_of(open_page("goals"), "The whole trust")
    expected = [
        reading.measure.name
        for reading in analysis.of_unit("TRUST")
        if reading.measure.headline and reading.measure.kind is not Kind.DEATH
    ]
    assert len(expected) > 8
    assert len(rows) == len(expected) + 1
    for row, name in zip(rows[1:], expected, strict=True):
        assert row[0].endswith(name)
        assert all(row[1:5]), f"{name}: a cell of the trust is empty"
        assert row[2] in words.VARIATION_LABELS.values()


def test_grid_has_every_charted_measure_of_the_trust_once(shown: Home, analysis: Analysis, open_page: Open) -> None:
    (grid,) = [part for part in html_of(open_page("goals")) if any("by milestone" in c for c in part.captions)]
    expected = [r.measure for r in analysis.of_unit("TRUST") if r.measure.kind is not Kind.DEATH]
    assert len(expected) > 30
    assert sorted(text for _, text in grid.links) == sorted(m.name for m in expected)
    assert sorted(address for address, _ in grid.links) == sorted(
        f"measure?unit=TRUST&measure={m.id}" for m in expected
    )


def test_changes_name_every_concern_of_the_trust_and_its_divisions(
    shown: Home, analysis: Analysis, open_page: Open
) -> None:
    (found,) = [part for part in html_of(open_page("goals")) if part.words.startswith("Alert")]
    worse = [
        f"{r.measure.name}, {r.unit.name}"
        for r in analysis.readings.values()
        if r.unit.level in ("trust", "division") and words.variation_state(r).startswith(("concern", "early", "mixed"))
    ]
    assert worse
    alerts = found.words.split("Advise")[0].split("Assure")[0]
    assert [text in alerts for text in worse] == [True] * len(worse)


def test_every_link_of_goals_and_division_opens_what_it_names(shown: Home, analysis: Analysis, open_page: Open) -> None:
    pattern = re.compile(r"(measure|ward)\?unit=(\w+)(?:&measure=(\w+))?$")
    for page, unit in (("goals", {}), ("division", {"unit": "SLD"})):
        links = links_of(open_page(page, **unit))
        assert len(links) > 50
        for address, _ in links:
            match = pattern.match(address)
            assert match, address
            assert (match[3] is None) == (match[1] == "ward"), address
            assert match[3] is None or analysis.get(match[3], match[2]) is not None, address


def test_a_link_carries_the_role_that_is_played(shown: Home, open_page: Open) -> None:
    assert all("as=" not in address for address, _ in links_of(open_page("goals")))
    assert all(address.endswith("&as=qi_lead") for address, _ in links_of(open_page("goals", role="qi_lead")))


# The public


def test_public_table_shows_no_small_count(shown: Home, sample_store: Store, open_page: Open) -> None:
    head, *rows = table_of(open_page("goals", audience="public"), "Our figures")
    assert len(rows) >= 8
    assert all(re.fullmatch(r"April \d{4} to March \d{4}", year) for year in head[1:])
    for row in rows:
        for cell in row[1:]:
            assert PUBLIC_CELL.fullmatch(cell), row
            assert cell not in ("0", "00"), row


def test_public_sees_a_small_year_as_below_five(
    home: Home, load: Load, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trust of three wards in which three people fell in a year: on the sample no count is so small."""
    wards = {"W01": 29, "W02": 29, "W03": 15}  # how many months each was open
    months = [f"{2024 + t // 12}-{t % 12 + 1:02d}" for t in range(3, 32)]  # April 2024 to August 2026
    open_months = [(month, ward) for ward, n in wards.items() for month in months[:n]]
    days = "".join(f"{month},{ward},occupied_bed_days,480\n" for month, ward in open_months)
    fell = {("2025-05", "W01"), ("2025-11", "W02"), ("2026-01", "W01")}
    falls = "".join(f"{month},{ward},falls_all,{int((month, ward) in fell)}\n" for month, ward in open_months)
    load(home, "month,unit,kind,value\n" + days, "days.csv")
    load(home, "month,unit,measure,numerator\n" + falls, "falls.csv")
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root))
    monkeypatch.setenv("ZERO_HARM_SHOW", "own")
    approve_policy(home)
    monkeypatch.setenv("ZERO_HARM_ALLOW_UNSIGNED", "yes")
    head, row = table_of(open_page("goals", audience="public"), "Our figures")
    assert head[1:] == ["April 2024 to March 2025", "April 2025 to March 2026"]
    assert row[0].startswith("Falls")
    assert row[1:] == ["<5", "<5"]  # none and three look the same


@pytest.mark.parametrize("role", sorted(OPENS.keys() - {NO_FIGURES}))
@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("goals", {}),
        ("division", {"unit": "LOCAL", "measure": "falls_all"}),
        ("measure", {"unit": "W10", "measure": "self_harm"}),
        ("upload", {}),
        ("methods", {}),
    ],
)
def test_public_sees_no_ward_no_division_no_chart_and_no_loads(
    page: str, address: dict[str, str], role: str, shown: Home, open_page: Open
) -> None:
    at = open_page(page, role=role, audience="public", **address)
    text = said(at)
    assert not [name for name in (*DIVISIONS.values(), *(ward.name for ward in WARDS)) if name in text]
    assert not plotly_charts(at)
    assert "<svg" not in text
    assert "Loads so far" not in text
    assert len(at.file_uploader) == 0
    assert len(at.dataframe) == 0
    assert FIGURES_CAPTION not in text


CANARY = 7919


def test_public_never_sees_the_figure_of_a_ward(sample_copy: Home, load: Load, open_page: Open) -> None:
    load(sample_copy, f"month,unit,measure,numerator\n2025-06-01,W10,falls_all,{CANARY}\n", "canary.csv")
    exact = re.compile(r"7,?919(?!\d)")
    seen_at_work = said(open_page("measure", unit="W10", measure="falls_all"))
    assert exact.search(seen_at_work), "the canary must be visible to those who work here"
    for page in PAGES:
        at = open_page(page, audience="public", unit="W10", measure="falls_all")
        assert not exact.search(said(at)), page


def test_public_sees_no_rate_of_any_ward(shown: Home, analysis: Analysis, open_page: Open) -> None:
    """The rates of a ward have decimals, and no figure of the public has any."""
    text = said(open_page("goals", audience="public")).split("Our figures")[-1]
    rates = {
        words.number(float(value))
        for reading in analysis.readings.values()
        if reading.unit.level == "ward"
        for value in reading.value[np.isfinite(reading.value)]
        if not float(value).is_integer()
    }
    assert len(rates) > 1000
    found = set(re.findall(r"\d[\d,]*\.\d+", text))
    assert not found & rates


# The ward manager


@pytest.mark.parametrize("asked", ["W10", "W22"])
def test_a_ward_manager_opens_one_ward(asked: str, shown: Home, open_page: Open) -> None:
    at = open_page("ward", role="ward_manager", mine="W10", unit=asked)
    assert at.main.selectbox(key="unit").options == ["Hazel ward"]
    shown_wards = {address for address, _ in links_of(at) if address.startswith("measure?")}
    assert shown_wards
    assert all("unit=W10" in address for address in shown_wards)


def test_a_ward_manager_finds_no_chart_of_another_ward_on_the_division_page(shown: Home, open_page: Open) -> None:
    at = open_page("division", role="ward_manager", mine="W10", unit="LOCAL", measure="falls_all")
    wards = {ward.name for ward in WARDS} - {"Hazel ward"}
    pictures = [image["alt"] for part in html_of(at) for image in part.images]
    assert [alt for alt in pictures if any(f", {name}:" in alt for name in wards)] == []


# Small numbers at work


def test_suppressed_figures_of_a_ward_are_opened_without_chart_and_without_counts(
    shown: Home, analysis: Analysis, sample_store: Store, open_page: Open
) -> None:
    hidden = [
        (m, u)
        for (m, u), r in analysis.readings.items()
        if not r.exact and r.unit.level == "ward" and not r.unit.closed
    ]
    assert {sample_store.catalogue[m].sensitivity for m, _ in hidden} == {Sensitivity.SENSITIVE}
    assert shipped_policy().seen(Audience.WORKING, "ward", Sensitivity.SENSITIVE) is Seen.SUPPRESSED
    for measure, unit in hidden[:: max(len(hidden) // 3, 1)]:
        at = open_page("measure", unit=unit, measure=measure)
        assert words.masked(words.SUPPRESSED_FIGURE, USUAL) in [info.value for info in at.main.info]
        assert not plotly_charts(at)
        counts = {row["Count"] for row in figures_of(at)}
        assert counts
        assert all(re.fullmatch(r"<5|[\d,]*[05]|–|·|no rate|.* \?", count) and count != "0" for count in counts), counts


# Addresses


@pytest.mark.parametrize(
    ("unit", "measure", "opens"),
    [
        ("W10", "self_harm", "Self-harm, Hazel ward"),
        ("W16", "falls_harm", "Falls that caused harm, Oak ward"),
        ("TRUST", "falls_all", "Falls, Sample Trust"),
        ("SLD", "restraint_all", "Restrictive interventions, Specialist Learning Disability division"),
    ],
)
def test_an_address_opens_the_chart(
    unit: str, measure: str, opens: str, shown: Home, analysis: Analysis, open_page: Open
) -> None:
    at = open_page("measure", unit=unit, measure=measure)
    assert opened_of(at) == opens
    (chart,) = plotly_charts(at)
    reading = analysis.get(measure, unit)
    assert words.chart_sentence(reading) in chart.proto.alt
    assert (at.query_params["unit"], at.query_params["measure"]) == (unit, measure)


@pytest.mark.parametrize("page", ["ward", "division", "measure"])
@pytest.mark.parametrize("address", [{"unit": "W99"}, {"measure": "no_such"}, {"unit": "<b>", "measure": "'; drop"}])
def test_an_unknown_address_falls_back(page: str, address: dict[str, str], shown: Home, open_page: Open) -> None:
    at = open_page(page, **address)
    assert not at.error
    for key, wrong in address.items():
        if page != "measure" and key == "measure":
            continue  # these two choose a unit alone
        picked = at.main.selectbox(key=key).value
        assert picked != wrong
        assert at.query_params.get(key, picked) == picked, "the address says what is shown"


def test_a_choice_goes_into_the_address(shown: Home, open_page: Open) -> None:
    at = open_page("measure", unit="W10")
    at.main.selectbox(key="measure").select("self_harm").run()
    assert not at.exception
    assert opened_of(at) == "Self-harm, Hazel ward"
    assert at.query_params["measure"] == "self_harm"
    at.main.selectbox(key="unit").select("W22").run()
    assert at.query_params["unit"] == "W22"


# What is planted in the sample


def test_the_ward_that_fell_silent_is_to_be_checked_and_never_better(shown: Home, open_page: Open) -> None:
    (unit,), (measure,) = SILENT.units, SILENT.measures
    ward = said(open_page("ward", unit=unit))
    assert words.PLEASE_CHECK in ward
    opened = open_page("measure", unit=unit, measure=measure)
    about = said(opened)
    assert words.PLEASE_CHECK in about
    assert "Better: fewer" not in about
    label = opened.main.selectbox(key="unit").format_func(unit)
    division = open_page("division", unit="LOCAL")
    address = f'href="measure?unit={unit}&amp;measure={measure}'
    drawn = "".join(part.source for part in html_of(division))
    (cell,) = re.findall(rf'<a {re.escape(address)}[^"]*" title="([^"]*)">', drawn)
    assert cell.startswith(f"Falls, {label}: Please check.")
    to_check = table_of(division, "In the last")
    assert any(row[0] == label and words.PLEASE_CHECK in row[2] for row in to_check)


def test_the_ward_that_got_worse_says_so_first_and_asks_before_it_blames(shown: Home, open_page: Open) -> None:
    at = open_page("ward", unit=WORSE.units[0])
    concerns = [part.words for part in html_of(at) if "zh-card-text" in part.source]
    (about,) = [text for text in concerns if text.startswith("Self-harm ")]
    assert "Worse: more recorded" in about
    assert "It does not say anyone did wrong." in about
    assert all(question in said(at) for question in words.QUESTIONS)


# What comes with every chart


@pytest.mark.parametrize("unit", ["TRUST", "W10", "W16", "W22"])
def test_every_opened_chart_has_its_sentence_and_its_figures(
    unit: str, shown: Home, analysis: Analysis, open_page: Open
) -> None:
    at = open_page("measure", unit=unit)
    opened = 0
    for reading in analysis.of_unit(unit):
        at.main.selectbox(key="measure").select(reading.measure.id).run()
        assert not at.exception, reading.measure.id
        months = int(np.sum(~np.isin(reading.state, (State.NOT_EXPECTED, State.CLOSED))))
        assert len(figures_of(at)) == months > 0
        for chart in plotly_charts(at):
            assert words.chart_sentence(reading) in chart.proto.alt
            opened += 1
    assert opened > 5


@pytest.mark.parametrize(("page", "address"), [("goals", {}), ("division", {}), ("ward", {"unit": "W10"})])
def test_every_picture_has_words(page: str, address: dict[str, str], shown: Home, open_page: Open) -> None:
    parts = html_of(open_page(page, **address))
    assert sum(len(part.images) for part in parts) > 3
    for part in parts:
        assert all("alt" in image for image in part.images)
        assert not ICON_WITHOUT_ALT.search(part.source), "an icon without alternative text stands before its words"
        for figure in re.findall(r"<figure.*?</figure>", part.source):
            assert all(len(image["alt"]) > 20 for image in Html(figure).images)


# Homes do not mix


def test_another_home_in_the_same_process_shows_its_own_figures(
    sample: Home, sample_copy: Home, load: Load, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"unit": "W22", "measure": "falls_all"}
    count = {"copy": "77", "sample": "0 ?"}
    load(sample_copy, "month,unit,measure,numerator\n2026-10-01,W22,falls_all,77\n", "october.csv")
    for name, home in (("copy", sample_copy), ("sample", sample), ("copy", sample_copy)):
        monkeypatch.setenv("ZERO_HARM_HOME", str(home.root.parent))
        assert figures_of(open_page("measure", **where))[0]["Count"] == count[name]


# Age and signs of the figures


def test_old_figures_are_called_old(shown: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from pages.shared import context

    assert not open_page("goals").warning
    monkeypatch.setattr(context, "today", lambda: datetime(TODAY.year + 1, 3, 1, tzinfo=UTC))
    (warning,) = open_page("goals").warning
    assert "They are 5 months old: newer ones were due." in warning.value


def test_without_sign_in_real_figures_are_announced(
    sample_copy: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZERO_HARM_HOME", str(sample_copy.root))
    monkeypatch.setenv("ZERO_HARM_SHOW", "own")
    approve_policy(sample_copy)
    monkeypatch.setenv("ZERO_HARM_ALLOW_UNSIGNED", "yes")
    at = open_page("goals")
    assert [warning.value for warning in at.warning] == [words.UNSIGNED_BANNER]
    assert words.SAMPLE_BANNER not in said(at)
