"""Easy read: the same for everybody, from what the board has signed off, in short sentences that give no small number away."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.access import Audience, Role
from data.access.suppression import Masking
from data.branding import shipped_branding
from data.catalogue import shipped_catalogue
from data.config import Home
from data.editions import open_edition
from data.store import Store, financial_years
from metrics.measure import Goal, Sensitivity
from pages.charts.easy_pictures import PICTURES, picture_svg
from pages.charts.easy_shapes import DARK, STYLED
from pages.shared import words
from pages.shared.analysis import Analysis, Reading
from pages.shared.easy import content
from pages.shared.easy.content import easy_read, newest_checked
from pages.shared.easy.state import State, goal_state, is_small, newest_settled_year, state_of, state_of_survey
from pages.shared.wording import easy as said
from tests.pages.conftest import Open
from tests.pages.small_trust import MONTHS, fill, make, opened, sign_off

APRIL = 4
SPARSE = {"2025-05": 1, "2025-11": 1, "2026-01": 1}
DEATHS = [f"2025-{month:02d}-{day:02d}" for month, day in [(5, 2), (6, 9), (7, 1), (8, 8), (9, 3), (9, 30), (11, 4)]]

# The agreed sentences, word for word (words.md); of deaths the number is rounded, and said to be.
AGREED = """
How safe is our care?
This page talks about suicide, being held and being hurt.
It may upset you.
You can stop at any time.
We want no one to die by suicide.
Suicide means a person ends their own life.
We want no one to be held down or given medicine to control them.
We want no one to fall.
We want no one to be hurt by a mistake with medicine.
When things go wrong, we want to learn.
We want to be fair to everyone.
This is a draft.
People who use our services have not checked it yet.
We are sorry.
Each person mattered.
"""
AGREED_STATES = {
    State.BETTER: "This is getting better.",
    State.WORSE: "This is getting worse. We must find out why.",
    State.NO_CHANGE: "We cannot see a change. This does not mean it is good enough.",
    State.TOO_SOON: "It is too soon to know.",
    State.INCOMPLETE: "We do not have all the numbers.",
    State.SMALL: "The number is small. We keep it private to protect people.",
}


# Each state of one measure


@pytest.fixture(scope="module")
def whole(analysis: Analysis) -> Reading:
    """A measure of the trust with every month in, and hundreds of events a year."""
    found = analysis.get("self_harm", "TRUST")
    assert found is not None and found.chart is not None
    complete, doubtful = np.ones_like(found.complete), np.zeros_like(found.doubtful)
    return replace(found, complete=complete, doubtful=doubtful)


def verdict(reading: Reading, variation: str, *, mixed: bool = False, trial: bool = False) -> Reading:
    chart = replace(reading.chart, variation=variation, mixed=np.bool_(mixed), trial=np.bool_(trial))
    return replace(reading, chart=chart)


@pytest.mark.parametrize(
    ("variation", "state"),
    [("improvement_low", "better"), ("improvement_high", "better"), ("concern_high", "worse"), ("concern_low", "worse"),
     ("early_warning", "worse"), ("common_cause", "no change"), ("neither_high", "too soon"), ("neither_low", "too soon")],
)  # fmt: skip
def test_the_verdict_of_a_whole_series_is_the_state(variation: str, state: str, whole: Reading) -> None:
    assert state_of(verdict(whole, variation), APRIL) == state


def test_better_in_some_months_and_worse_now_is_worse(whole: Reading) -> None:
    assert state_of(verdict(whole, "improvement_low", mixed=True), APRIL) is State.WORSE


def test_too_few_months_are_too_soon_and_months_that_cannot_be_used_are_not_all_the_numbers(whole: Reading) -> None:
    assert state_of(verdict(whole, "none", trial=True), APRIL) is State.TOO_SOON
    assert state_of(verdict(whole, "none"), APRIL) is State.INCOMPLETE
    assert state_of(replace(whole, chart=None), APRIL) is State.TOO_SOON
    assert state_of(None, APRIL) is State.INCOMPLETE


def lacking(reading: Reading) -> Iterator[Reading]:
    """The same with its newest settled month incomplete, a late month in question, or three late months missing."""
    at = reading.latest
    months = np.arange(len(reading.months))
    yield replace(reading, complete=months != at)
    yield replace(reading, doubtful=months == len(months) - 1)
    yield replace(reading, numerator=np.where(months > at - 3, np.nan, reading.numerator))


@pytest.mark.parametrize("variation", ["improvement_low", "common_cause"])
def test_nothing_is_called_better_or_unchanged_on_numbers_that_are_not_all_there(
    variation: str, whole: Reading
) -> None:
    assert [state_of(each, APRIL) for each in lacking(verdict(whole, variation))] == [State.INCOMPLETE] * 3


def test_a_concern_stands_on_what_was_reported(whole: Reading) -> None:
    assert [state_of(each, APRIL) for each in lacking(verdict(whole, "concern_high"))] == [State.WORSE] * 3


# Small numbers


def in_year(reading: Reading, total: float) -> Reading:
    """The same with so many in the newest settled financial year, and hundreds a month before and after it."""
    year = newest_settled_year(reading, APRIL)
    assert year is not None and year.sum() == 12
    numerator = np.where(year, 0.0, 300.0)
    numerator[np.flatnonzero(year)[-1]] = total
    return replace(reading, numerator=numerator)


@pytest.mark.parametrize(
    ("total", "threshold", "state"),
    [(0, 5, "small"), (1, 5, "small"), (4, 5, "small"), (5, 5, "worse"), (5, 8, "small"), (7, 8, "small"), (8, 8, "worse")],
)  # fmt: skip
def test_a_count_below_the_threshold_has_one_state_whatever_its_chart_says(
    total: int, threshold: int, state: str, whole: Reading
) -> None:
    one = replace(in_year(whole, total), masking=Masking(threshold, 5))
    assert state_of(verdict(one, "concern_high"), APRIL) == state
    if state == "small":
        told = {state_of(verdict(one, v), APRIL) for v in ("improvement_low", "common_cause", "none", "concern_low")}
        assert told == {State.SMALL}


def test_the_year_is_a_fixed_one_and_not_the_last_twelve_months(whole: Reading) -> None:
    """Years that overlap would tell, edition by edition, when a count passes the threshold."""
    year = newest_settled_year(whole, APRIL)
    assert str(whole.months[year][0]) == "2025-04" and str(whole.months[year][-1]) == "2026-03"
    after = whole.months > np.datetime64("2026-03")
    one = verdict(replace(whole, numerator=np.where(after, 0.0, whole.numerator)), "common_cause")
    assert state_of(one, APRIL) is State.NO_CHANGE


def test_a_year_that_may_still_grow_is_not_the_one(whole: Reading) -> None:
    march = whole.months >= np.datetime64("2026-03")
    year = newest_settled_year(replace(whole, unsettled=march), APRIL)
    assert str(whole.months[year][0]) == "2024-04"
    assert newest_settled_year(replace(whole, unsettled=np.ones_like(march)), APRIL) is None
    assert state_of(replace(whole, unsettled=np.ones_like(march)), APRIL) is State.TOO_SOON


def test_a_small_count_of_a_year_with_gaps_is_not_all_the_numbers(whole: Reading) -> None:
    one = in_year(whole, 3)
    gap = np.flatnonzero(newest_settled_year(one, APRIL))[0]
    numerator = one.numerator.copy()
    numerator[gap] = np.nan
    assert state_of(verdict(replace(one, numerator=numerator), "concern_high"), APRIL) is State.INCOMPLETE
    nothing = replace(one, numerator=np.full_like(numerator, np.nan))
    assert state_of(nothing, APRIL) is State.INCOMPLETE


def test_what_staff_do_not_see_exactly_the_public_is_not_told(whole: Reading) -> None:
    assert state_of(verdict(replace(whole, exact=False), "concern_high"), APRIL) is State.SMALL


@pytest.mark.parametrize(
    ("numerator", "denominator", "small"),
    [(50, 100, False), (5, 10, False), (4, 100, True), (96, 100, True), (95, 100, False), (4, 4, True), (0, 0, True)],
)
def test_either_part_of_a_share_can_be_small(numerator: int, denominator: int, small: bool, analysis: Analysis) -> None:
    one = analysis.get("care_plan_on_time", "TRUST")
    year = newest_settled_year(one, APRIL)
    top, size = np.zeros(len(one.months)), np.zeros(len(one.months))
    at = np.flatnonzero(year)[0]
    top[at], size[at] = numerator, denominator
    assert is_small(replace(one, numerator=top, denominator=size), year) is small


def test_three_people_in_every_month_are_three_people_and_not_thirty_six(analysis: Analysis) -> None:
    one = analysis.get("lts_people", "TRUST")
    year = newest_settled_year(one, APRIL)
    for people, small in ((3.0, True), (4.0, True), (5.0, False)):
        assert is_small(replace(one, numerator=np.full(len(one.months), people)), year) is small


def test_the_year_is_that_of_the_public_table(sample_store: Store, analysis: Analysis) -> None:
    compared = 0
    shown = sample_store.public_table(content.PUBLIC).set_index(["measure_id", "year"])["shown"]
    for measure in sample_store.catalogue.values():
        one = analysis.get(measure.id, "TRUST")
        year = newest_settled_year(one, APRIL) if one is not None else None
        if year is not None and (measure.id, 2025) in shown:
            assert financial_years(one.months[year], APRIL).tolist() == [2025] * 12
            if measure.sensitivity is not Sensitivity.DEATH:
                assert not is_small(one, year) and shown[measure.id, 2025] not in ("<5", "hidden")
                compared += 1
    assert compared >= 7


@pytest.mark.parametrize(
    ("counts", "state"),
    [([], "incomplete"), ([(1500.0, 2600.0)], "too soon"), ([(1500.0, 2600.0), (3.0, 8.0)], "small"),
     ([(3.0, 8.0), (1500.0, 2600.0)], "too soon"), ([(20.0, 20.0)], "small")],
)  # fmt: skip
def test_a_yearly_survey_shows_no_change(counts: list[tuple[float, float]], state: str) -> None:
    assert state_of_survey(counts, Masking()) == state


# One state for a goal

CATALOGUE = shipped_catalogue()
FALLS, HARM, APART = (CATALOGUE[name] for name in ("falls_all", "falls_harm", "lts_people"))
ORDER = ["worse", "incomplete", "too soon", "no change", "better"]


@pytest.mark.parametrize(("one", "other"), [*permutations(ORDER, 2)])
def test_of_two_measures_the_one_with_less_comfort_speaks(one: str, other: str) -> None:
    told = goal_state([(FALLS, State(one)), (HARM, State(other))])
    assert told == min(one, other, key=ORDER.index)
    assert told == goal_state([(HARM, State(other)), (FALLS, State(one))])


def test_better_needs_every_measure() -> None:
    assert goal_state([(FALLS, State.BETTER), (HARM, State.BETTER)]) is State.BETTER


def test_a_small_number_of_the_public_measure_silences_the_goal_and_one_of_another_is_left_out() -> None:
    assert goal_state([(FALLS, State.SMALL), (HARM, State.WORSE)]) is State.SMALL
    assert goal_state([(FALLS, State.NO_CHANGE), (HARM, State.SMALL)]) is State.NO_CHANGE


def test_what_is_not_for_the_public_speaks_of_no_goal_alone_and_what_is_sensitive_never() -> None:
    assert (FALLS.public, HARM.public, APART.public) == (True, False, False)
    assert APART.sensitivity is Sensitivity.SENSITIVE
    for state in State:
        assert goal_state([(HARM, state)]) is State.SMALL
        assert goal_state([(APART, state)]) is State.SMALL
        assert goal_state([(FALLS, State.BETTER), (APART, state)]) is State.BETTER


# The sentences


def sentences() -> list[str]:
    """Every sentence that the page and its files can show, the trust's own names and dates at their longest."""
    told = [said.TITLE, *said.WARNING, *said.SORRY, said.HELP, *said.DRAFT, *said.NOTHING_YET, *said.NO_FILE]
    told += [*said.WHO_CHECKS, *said.SAMPLE, *said.NOT_SAFE, said.TAKE, said.AS_HTML, said.AS_PDF]
    told += [line for lines in (*said.WANTED.values(), *said.STATES.values()) for line in lines]
    told += [measure.easy_read for measure in CATALOGUE.values()]
    told += said.checked(date(2026, 9, 30), date(2026, 9, 30))
    told += [line for begins in range(1, 13) for line in said.died("1,025", 2025, begins)]
    return [*told, *said.short_lines(shipped_branding().help_line)]


def test_no_sentence_has_more_than_fifteen_words() -> None:
    assert len(sentences()) > 80
    assert [text for text in sentences() if len(text.split()) > said.MOST_WORDS] == []


def test_every_sentence_is_one_sentence() -> None:
    assert [text for text in sentences() if re.search(r"[.!?]\s", text)] == []


def test_the_states_are_told_in_the_agreed_words() -> None:
    assert {state: " ".join(lines) for state, lines in said.STATES.items()} == AGREED_STATES
    assert {*AGREED_STATES} == {*State}


def test_every_goal_has_a_picture_without_words_in_every_tone() -> None:
    assert {str(goal) for goal in Goal} < {*PICTURES}
    for name in PICTURES:
        for tones in (DARK, STYLED):
            svg = picture_svg(name, tones)
            assert "<text" not in svg and "None" not in svg
            used = set(re.findall(r"(?:fill|stroke)='([^']+)'", svg)) - {"none"}
            assert tones.tile in used and len(used) > 1
            assert used <= {tones.tile, tones.line, tones.soft, tones.warm, tones.light}


def test_the_help_line_keeps_its_words_and_its_telephone_number() -> None:
    line = shipped_branding().help_line
    lines = said.short_lines(line)
    assert len(lines) > 1 and " ".join(lines).replace("\N{NO-BREAK SPACE}", " ") == line
    assert any("116\N{NO-BREAK SPACE}123" in each for each in lines)


# The page


def blocks_of(at: AppTest) -> list[str]:
    """The words of the page, without what stands around it."""
    (found,) = html_of_easy(at)
    parts = re.split(r"<section[^>]*>", found)[1:]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(part))).strip() for part in parts]


def html_of_easy(at: AppTest) -> list[str]:
    return [e.proto.body for e in at.main if e.type == "html" and 'class="zh-easy"' in e.proto.body]


def test_the_sample_is_told_in_the_agreed_words_each_idea_with_its_picture(shown: Home, open_page: Open) -> None:
    at = open_page("easy")
    assert [title.value for title in at.title] == [said.TITLE]
    (html,) = html_of_easy(at)
    text = f"{said.TITLE} {' '.join(blocks_of(at))}"
    assert [line for line in AGREED.strip().splitlines() if line not in text] == []
    assert html.count("<section") == html.count("<h2>") == html.count('alt=""') == html.count("<img") == len(Goal) + 5
    first, *_, last = html.split("<section")[1:]
    assert said.WARNING[0] in first and said.DRAFT[0] in last
    assert "Checked by the board on 9 October 2026. The numbers go up to September 2026." in text.replace("  ", " ")
    assert "(sample)" not in text, "nobody is named"
    assert " ".join(said.SAMPLE) in text


def test_deaths_are_the_newest_year_of_the_public_table_and_have_no_state(
    shown: Home, sample_store: Store, open_page: Open
) -> None:
    edition = newest_checked(sample_store)
    table = open_edition(shown, edition).public_table(content.PUBLIC)
    newest = table[table["measure_id"] == "suicide_in_care"].sort_values("year").iloc[-1]
    goal, deaths = blocks_of(open_page("easy"))[1:3]
    year = words.year_name(int(newest["year"]), APRIL)
    assert deaths == (
        f"About {newest['shown']} people died in one year. We are sorry. Each person mattered. The year is {year}."
    )
    assert [text for text in AGREED_STATES.values() if text in goal + deaths] == []


def test_states_on_the_page_are_those_of_the_edition_for_everybody(
    shown: Home, sample_store: Store, open_page: Open
) -> None:
    edition = newest_checked(sample_store)
    easy = easy_read(open_edition(shown, edition), edition)
    wanted = [" ".join((*block.says, *block.told)).replace("\N{NO-BREAK SPACE}", " ") for block in easy.blocks]
    for role, audience, figures in (
        ("board_member", "working", "latest"),
        ("board_member", "working", str(edition.version)),
        ("board_member", "public", "latest"),
        ("staff", "working", "latest"),
        ("administrator", "working", "latest"),
        ("administrator", "public", "latest"),
    ):
        assert blocks_of(open_page("easy", role=role, audience=audience, figures=figures)) == wanted, (role, audience)


def test_a_signal_of_the_sample_is_told(shown: Home, open_page: Open, sample_store: Store) -> None:
    """Each state beside the verdict of the board's own figures of the same edition."""
    edition = newest_checked(sample_store)
    store = open_edition(shown, edition)
    found = {block.picture: block for block in easy_read(store, edition).goals}
    seen = set()
    for goal, name in (
        ("self_harm", "self_harm"),
        ("no_force_first", "restraint_all"),
        ("basics", "care_plan_on_time"),
    ):
        reading = content.read_one(store, content.BOARD, name, "TRUST")
        label = words.variation_state(reading).split("_")[0]
        state = {"concern": State.WORSE, "common": State.NO_CHANGE, "improvement": State.BETTER}[label]
        assert found[goal].told == said.STATES[state], name
        seen.add(state)
    assert len(seen) == 3


@pytest.mark.parametrize("audience", ["working", "public"])
def test_whoever_may_open_it_may_take_it(audience: str, shown: Home, open_page: Open) -> None:
    for role in ("staff", "administrator"):
        at = open_page("easy", role=role, audience=audience)
        assert [button.proto.label for button in at.get("download_button")] == [said.AS_HTML, said.AS_PDF]


def test_text_is_large(shown: Home, open_page: Open) -> None:
    from pages.shared.easy.drawn import STYLE

    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)rem", STYLE)]
    assert len(sizes) >= 4 and min(sizes) * 16 >= 18.67  # 14 point


def test_it_is_in_the_menu_of_the_public(shown: Home, open_page: Open) -> None:
    at = open_page("easy", audience="public")
    assert not [info.value for info in at.main.info if info.value == words.HIDDEN_HERE]


# A trust with small numbers


@dataclass(frozen=True)
class Small:
    """A trust in which few fell and died, as it was signed off; then more was loaded, and signed off later."""

    home: Home
    few: dict[str, str]
    not_yet: dict[str, str]
    many: dict[str, str]
    versions: tuple[int, int]


def told_of(home: Home) -> dict[str, str]:
    """What is told beside each picture, of the newest edition."""
    edition = newest_checked(opened(home))
    easy = easy_read(open_edition(home, edition), edition)
    return {block.picture: " ".join((*block.says, *block.told)) for block in easy.blocks}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    home = make(Home(tmp_path_factory.mktemp("small") / "store"), SPARSE, DEATHS[:3])
    first = sign_off(home)
    few = told_of(home)
    fill(home, dict.fromkeys(MONTHS, 40), [*DEATHS, "2026-04-03", "2026-05-01", "2026-05-02"])
    not_yet = told_of(home)
    second = sign_off(home, date(2026, 10, 31))
    return Small(home, few, not_yet, told_of(home), (first.version, second.version))


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A trust in which nobody fell, nobody has spoken of deaths, and nothing is signed off."""
    return make(Home(tmp_path_factory.mktemp("unsigned") / "store"), {}, None)


def show(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dashboard shows this trust, on this computer."""
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root))
    monkeypatch.setenv("ZERO_HARM_SHOW", "own")
    monkeypatch.setenv("ZERO_HARM_ALLOW_UNSIGNED", "yes")


def test_three_falls_and_three_deaths_are_small_numbers_and_nothing_else(small: Small) -> None:
    assert small.few["candle"] == AGREED_STATES[State.SMALL]
    assert small.few["falls"] == f"We want no one to fall. {AGREED_STATES[State.SMALL]}"
    text = " ".join(text for name, text in small.few.items() if name not in ("help", "checked"))
    assert "died" not in text and "made up" not in small.few["checked"]
    assert not re.search(r"\d", text)


def test_none_looks_the_same_as_three(small: Small, tmp_path: Path) -> None:
    home = make(Home(tmp_path / "store"), {}, [])
    sign_off(home)
    assert told_of(home) == small.few


def test_seven_deaths_are_about_five_and_those_after_the_year_do_not_move_it(small: Small) -> None:
    """Ten have died by May: a year that ends later would tell what lies between the two."""
    assert len(DEATHS) == 7
    assert small.many["candle"] == (
        "About 5 people died in one year. We are sorry. Each person mattered. The year is April 2025 to March 2026."
    )
    assert AGREED_STATES[State.SMALL] not in small.many["falls"]


def test_a_later_load_changes_nothing_until_it_is_signed_off(small: Small) -> None:
    assert small.not_yet == small.few != small.many
    assert small.versions[0] < small.versions[1]


def test_before_anything_is_signed_off_the_page_says_so_and_makes_no_file(
    unsigned: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(unsigned, monkeypatch)
    for role, audience, may_check in (("board_member", "working", True), ("board_member", "public", False)):
        at = open_page("easy", role=role, audience=audience)
        text = " ".join(blocks_of(at))
        for line in (*said.NOTHING_YET, *said.NO_FILE, said.HELP):
            assert line in text
        assert (said.WHO_CHECKS[1] in text) == may_check
        assert not at.get("download_button")
        assert "We want" not in text


def test_deaths_of_which_nobody_has_spoken_are_not_none(unsigned: Home, tmp_path: Path) -> None:
    shutil.copytree(unsigned.root, tmp_path / "store")
    home = Home(tmp_path / "store")
    sign_off(home)
    assert told_of(home)["candle"] == AGREED_STATES[State.INCOMPLETE]


def test_an_empty_home_says_the_same(empty: Home, open_page: Open) -> None:
    at = open_page("easy", audience="public")
    assert said.NOTHING_YET[0] in " ".join(blocks_of(at))
    assert not at.get("download_button")


HOSTILE = "<script>alert(1)</script> *bold* #panic() $x$"


def test_the_trusts_own_words_are_words_and_no_code(
    small: Small, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(small.home, monkeypatch)
    try:
        small.home.branding.write_text(f"help_line = '{HOSTILE}: call'\n", encoding="utf-8")
        (html,) = html_of_easy(open_page("easy"))
    finally:
        small.home.branding.unlink()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; *bold* #panic() $x$:" in html


def test_taking_a_file_is_noted(small: Small, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    show(small.home, monkeypatch)
    noted: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr("pages.shared.easy.drawn.note", lambda what, detail: noted.append((what, detail)))
    at = open_page("easy", role="staff")
    at.get("download_button")[1].click().run()
    assert not at.exception
    assert noted == [("export", {"file": "easy.pdf", "version": small.versions[1]})]


def test_the_page_reads_as_the_board_and_gives_away_no_more() -> None:
    """Whoever opens the page is not asked what they may see: it is computed as the board sees it, and masked last."""
    assert (content.BOARD.role, content.BOARD.audience) == (Role.BOARD_MEMBER, Audience.WORKING)
    assert content.PUBLIC.audience is Audience.PUBLIC


@pytest.mark.parametrize("audience", ["working", "public"])
def test_without_what_was_published_nothing_is_told(
    small: Small, audience: str, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(small.home, monkeypatch)
    kept = small.home.published_packs.rename(small.home.root / "kept.json")
    st.cache_data.clear()
    try:
        at = open_page("easy", role="board_member", audience=audience)
    finally:
        kept.rename(small.home.published_packs)
    text = " ".join(blocks_of(at))
    assert [line for line in (*said.NOT_SAFE, said.HELP) if line not in text] == []
    assert not at.get("download_button") and "We want" not in text


def test_no_rate_and_no_limit_is_on_the_page(shown: Home, open_page: Open) -> None:
    text = " ".join(blocks_of(open_page("easy", audience="public")))
    assert len(text) > 500
    assert not re.search(r"\d\.\d|%|per 1,000", text)
