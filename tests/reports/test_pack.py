"""The content of a pack: what its readers rely on, whoever they are, and that it can be made again."""

import json
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from data.access import Reader, Role, operator
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.record import StoreError
from metrics.measure import Kind
from pages.reports.pack import wording as said
from pages.reports.pack.file import check, file_of
from pages.reports.pack.made import assemble, code_of_forms, make, places
from pages.reports.pack.model import Pack, canonical, content_hash
from pages.reports.pack.provenance import read
from pages.reports.pack.request import Request, answer, answer_wards
from pages.shared import words
from pages.shared.analysis import analyse
from pages.shared.deaths import death_verdict
from pages.shared.goals.glance import headlines
from pages.shared.standing import heard
from tests.reports.conftest import NEWEST, SIGNED, Made

AUDIENCES = ("board", "division:LOCAL", "ward:W10")
Packed = Callable[..., Made]


def texts(pack: Pack) -> Iterator[str]:
    """Every text of a pack, wherever it stands: also what only a machine or a screen reader meets."""

    def walk(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for each in value.values():
                yield from walk(each)
        elif isinstance(value, list):
            for each in value:
                yield from walk(each)

    return walk(json.loads(canonical(pack)))


# What was asked for


@pytest.mark.parametrize(
    ("audience", "month", "reason"),
    [
        ("everybody", NEWEST, "A pack is for public, board, division:NAME or ward:NAME, not 'everybody'."),
        ("division:", NEWEST, "A pack is for public"),
        ("board:LOCAL", NEWEST, "A pack is for public"),
        ("division:W10", NEWEST, "There is no division 'W10'; there are"),
        ("ward:Nowhere", NEWEST, "There is no ward 'Nowhere'; there are"),
        ("board", "2027-01", "end at October 2026, not at January 2027"),
        ("public", NEWEST, "No figures up to October 2026 are signed off"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(sample: Home, audience: str, month: str, reason: str) -> None:
    with pytest.raises(StoreError, match=re.escape(reason)):
        answer(sample, Request(audience, np.datetime64(month, "M")))


@pytest.mark.parametrize("name", ["LOCAL", "local", "Local", "Local division"])
def test_a_division_is_found_by_code_and_by_name(sample: Home, name: str) -> None:
    asked = answer(sample, Request(f"division:{name}", np.datetime64(NEWEST, "M")))
    assert (asked.audience, asked.unit.name) == ("division:LOCAL", "Local division")


def test_a_signed_off_month_is_the_edition_and_an_earlier_one_is_as_it_was_known_then(packed: Packed) -> None:
    edition, newest, earlier = packed("board", SIGNED)[0], packed("board")[0], packed("board", "2026-07")[0]
    assert edition.edition is not None and edition.known_at == edition.version == edition.edition.version
    assert newest.edition is None and newest.known_at == newest.version
    assert earlier.edition is None and earlier.known_at < edition.known_at, "before anything of August had come"
    assert [str(each.analysis.panel.newest) for each in (edition, newest, earlier)] == [SIGNED, NEWEST, "2026-07"]


def test_figures_that_are_not_signed_off_say_so_on_the_cover(packed: Packed) -> None:
    assert said.NOT_SIGNED_OFF in packed("board")[1].pages[0].told
    assert said.NOT_SIGNED_OFF not in packed("board", SIGNED)[1].pages[0].told


# What it says


def test_the_board_finds_every_part_of_its_pack(packed: Packed) -> None:
    asked, pack, made = packed("board")
    keys = [page.key for page in pack.pages]
    assert keys[:5] == ["cover", "summary", "harm", "glance", "grid"]
    goals = [f"measure {r.measure.id}" for _, r in headlines(asked.analysis, asked.store)]
    assert [key for key in keys if key.startswith("measure")] == goals and len(goals) == 11
    assert keys[-2:] == ["quality", "methods"]
    stated = {row[0].text: row[1].text for row in pack.made_of.rows}
    assert stated["Figures"].startswith(f"{asked.version}, built on") and stated[said.CONTENT] == made.content
    assert stated["Loads"].startswith("21 loads: ") and "mdc" in stated["Rule set"]


def test_no_alert_is_cut(packed: Packed) -> None:
    asked, pack, _ = packed("board")
    levels = ("trust", "division")
    readings = [r for r in asked.analysis.readings.values() if r.unit.level in levels and r.measure.kind != "death"]
    summary = pack.pages[1]
    listed = {item.about for item in summary.listings[0].items}
    assert summary.listings[0].title == "Alert"
    assert listed == {f"{r.measure.name}, {r.unit.name}" for r in heard(readings).alert} and len(listed) > 3


def test_numbers_and_verdicts_are_those_of_the_dashboard(packed: Packed) -> None:
    """The Goals page of a board member computes the same readings from the same version by itself."""
    asked, pack, _ = packed("board", SIGNED)
    analysis = analyse(asked.store, Reader(Role.BOARD_MEMBER))
    pages = {page.key: page for page in pack.pages}
    for _, reading in headlines(analysis, asked.store):
        page = pages[f"measure {reading.measure.id}"]
        assert words.now_sentence(reading) in page.told and words.milestone_sentence(reading) in page.told
        assert page.signs[0].label == words.variation_label(reading)
        values = np.array([np.nan if v is None else v for v in page.pictures[0].series.columns["value"]])
        assert np.array_equal(values, reading.value, equal_nan=True)


def test_deaths_have_their_own_page_and_nothing_else(packed: Packed) -> None:
    asked, pack, _ = packed("board")
    year = death_verdict(asked.analysis)
    assert year is not None
    page = next(page for page in pack.pages if page.key == "harm")
    assert page.told[0].startswith("In the 12 months to ") and f"{year.now:,} people in our care died" in page.told[0]
    deaths = {m.id for m in asked.store.catalogue.values() if m.kind is Kind.DEATH}
    assert not [p for p in pack.pictures if p.series.measure_id in deaths], "no chart of deaths"
    for series in (s for s in pack.series if s.measure_id in deaths):
        assert series.unit_code == "TRUST", "deaths are told for the whole trust only"
        for name in ("centre", "lower", "upper", "milestone", "state", "signals"):
            assert not any(series.columns[name]), name


def test_what_is_tried_and_what_it_did_stands_beside_its_goal(packed: Packed) -> None:
    page = next(page for page in packed("board")[1].pages if page.key == "measure restraint_all")
    tried = next(table for table in page.tables if table.caption == said.IDEAS)
    assert tried.head == said.IDEA_HEADS and len(tried.rows) == 6
    assert {row[0].text for row in tried.rows} == {"Restraint programme"}
    assert {row[4].text for row in tried.rows} <= set(said.TURNED.values())


def test_people_s_words_stand_beside_the_sentences(sample_copy: Home) -> None:
    month = np.datetime64(NEWEST, "M").astype("datetime64[D]").item()
    mine = Proposal(
        "commentary", "For the board.", "restraint_all", "TRUST", month, month, {"text": "A new ward <b> opened."}
    )
    decide_now(sample_copy, [mine], operator("Mo (director)"))
    pack, _ = make(sample_copy, Request("board", np.datetime64(NEWEST, "M")))
    page = next(page for page in pack.pages if page.key == "measure restraint_all")
    assert [(c.text, c.by) for c in page.comments] == [("A new ward <b> opened.", "Mo (director)")]
    assert len(page.told) >= 4, "and the generated sentences are still there"


def test_people_s_words_on_any_chart_say_what_they_are_about(sample_copy: Home) -> None:
    """Also where the chart is one of many, and on a ward where it is quiet."""
    month = np.datetime64(NEWEST, "M").astype("datetime64[D]").item()
    said_of = (("rapid_tranq", "TRUST"), ("restraint_all", "W10"))
    notes = [Proposal("commentary", "Why.", m, u, month, month, {"text": f"Of {u}."}) for m, u in said_of]
    decide_now(sample_copy, notes, operator("Mo (director)"))
    for (measure, unit), audience in zip(said_of, ("board", "ward:W10"), strict=True):
        asked = answer(sample_copy, Request(audience, np.datetime64(NEWEST, "M")))
        found = [c for page in assemble(asked)[0].pages for c in page.comments]
        name = asked.store.catalogue[measure].name
        assert [(c.text, c.by) for c in found] == [(f"Of {unit}.", f"Mo (director), on {name}")]


def test_all_of_it_is_said_to_have_come_only_where_it_has(packed: Packed) -> None:
    asked, pack, _ = packed("board")
    (page,) = (page for page in pack.pages if page.key == "quality")
    rows = {row[0].text: row[2].text for row in page.tables[0].rows}
    readings = [r for r in asked.analysis.of_unit("TRUST") if r.measure.kind is not Kind.DEATH]
    fine = page.told[1].removeprefix(said.all_in([]).removesuffix(".")).removesuffix(".").split(", ")
    for reading in readings:
        name, whole = reading.measure.name, bool(reading.complete.all() and not reading.doubtful.any())
        assert (name not in rows or rows[name] == said.ALL_IN) == whole, reading.measure.id
        assert (name in fine) == (name not in rows), "each stands in the table or in the sentence"
    assert "Not complete: " in " ".join(rows.values())


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_banned_word_is_in_a_pack(packed: Packed, audience: str) -> None:
    patterns = (*words.BANNED, *words.TERMS_OF_ART)
    assert not [(p.pattern, text) for text in texts(packed(audience)[1]) for p in patterns if p.search(text)]


# Who sees what


def test_a_division_has_its_own_wards_and_nobody_else_s(packed: Packed) -> None:
    asked, pack, _ = packed("division:LOCAL")
    below = set(asked.analysis.panel.tree.below("LOCAL"))
    assert {s.unit_code for s in pack.series} <= below
    assert {code for code, _ in places(asked)} <= below and len(places(asked)) > 10
    foreign = {u.name for u in asked.store.unit_names if u.level == "ward" and u.code not in below}
    assert not [text for text in texts(pack) for name in foreign if name in text]


def test_a_ward_has_its_own_figures_alone(packed: Packed) -> None:
    _, pack, _ = packed("ward:W10")
    assert {s.unit_code for s in pack.series} == {"W10"} and len(pack.pages) == 2


def test_suppressed_figures_are_shown_as_a_class_and_never_drawn(packed: Packed) -> None:
    asked, pack, _ = packed("division:SECURE")
    hidden = {k for k, r in asked.analysis.readings.items() if not r.exact and r.measure.kind is not Kind.DEATH}
    mine = [s for s in pack.series if (s.measure_id, s.unit_code) in hidden]
    assert mine, "segregation on wards is suppressed"
    for series in mine:
        assert not any(v is not None for name in ("numerator", "value", "centre") for v in series.columns[name])
        assert all(
            re.fullmatch(r"<5|[0-9,]*[05]|–|·|closed|no rate|", text.split(" ")[0]) for text in series.columns["shown"]
        )
    assert not [p for p in pack.pictures if (p.series.measure_id, p.series.unit_code) in hidden]


def test_what_a_manager_gets_in_a_batch_is_what_they_get_alone(sample: Home, packed: Packed) -> None:
    every = {each.unit.code: each for each in answer_wards(sample, Request("ward", np.datetime64(NEWEST, "M")))}
    assert len(every) > 50
    for code in ("W10", "W15", "W30"):
        assert assemble(every[code])[1].content == packed(f"ward:{code}")[2].content


# Again


def test_the_same_question_has_the_same_answer_to_the_last_byte(sample: Home, packed: Packed) -> None:
    _, pack, made = packed("board")
    again, mark = make(sample, Request("board", np.datetime64(NEWEST, "M")))
    assert canonical(again) == canonical(pack) and mark == made and len(made.content) == 64


def test_any_change_of_content_changes_the_hash(packed: Packed) -> None:
    from dataclasses import replace

    pack = packed("ward:W10")[1]
    one = pack.series[0]
    columns = one.columns | {"value": (999.0, *one.columns["value"][1:])}
    other = replace(pack, series=(replace(one, columns=columns), *pack.series[1:]))
    assert content_hash(other) != content_hash(pack)


@pytest.mark.parametrize("ending", [".pdf", ".pptx", ".xlsx", ".html", ".csv"])
def test_a_file_is_checked_against_the_store(sample: Home, tmp_path, ending: str) -> None:  # type: ignore[no-untyped-def]
    request = Request("ward:W10", np.datetime64(SIGNED, "M"), "portrait")
    data, made = file_of(sample, request, ending)
    path = tmp_path / f"pack{ending}"
    path.write_bytes(data)
    assert read(path) == made and made.audience == made.audience_name == "ward:W10"
    found = check(sample, path)
    assert found.same_bytes and found.same_content and found.reasons == ()


def test_an_altered_file_is_found(sample: Home, tmp_path) -> None:  # type: ignore[no-untyped-def]
    data, _ = file_of(sample, Request("ward:W10", np.datetime64(NEWEST, "M")), ".html")
    path = tmp_path / "pack.html"
    path.write_bytes(data.replace(b"Hazel", b"Gazel", 1))
    found = check(sample, path)
    assert not found.same_bytes and found.same_content, "the mark says one thing, the file another"


def test_a_pack_is_what_it_was_after_later_figures_came(sample_copy: Home, tmp_path) -> None:  # type: ignore[no-untyped-def]
    request = Request("ward:W10", np.datetime64(NEWEST, "M"))
    data, made = file_of(sample_copy, request, ".pdf")
    path = tmp_path / "pack.pdf"
    path.write_bytes(data)
    month = np.datetime64(NEWEST, "M").astype("datetime64[D]").item()
    note = Proposal("annotation", "A note.", "falls_all", "W10", month, month, {"text": "New floor."})
    decide_now(sample_copy, [note], operator("Sam"))
    found = check(sample_copy, path)
    assert found.same_bytes, "the version that it was made of is still kept, or known"
    now = make(sample_copy, request)[1]
    assert now.version > made.version


def test_another_branding_is_named_as_what_has_changed(sample_copy: Home, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "pack.html"
    path.write_bytes(file_of(sample_copy, Request("ward:W10", np.datetime64(NEWEST, "M")), ".html")[0])
    sample_copy.branding.write_text('accent = "#AA0000"\n', encoding="utf-8")
    found = check(sample_copy, path)
    assert (found.same_content, found.reasons) == (False, ("the branding of the trust",))


def test_another_template_is_another_form(tmp_path) -> None:  # type: ignore[no-untyped-def]
    template = tmp_path / "own.pptx"
    template.write_bytes(b"x")
    assert code_of_forms(template) != code_of_forms()


def test_a_file_that_is_no_pack_says_so(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for name, data in (("a.pdf", b"%PDF-1.7 nothing"), ("a.xlsx", b"no archive"), ("a.html", b"zero-harm-pack:AAAA:")):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(StoreError, match=name):
            read(path)


def test_a_month_that_came_with_later_ones_says_so(sample: Home) -> None:
    with pytest.raises(StoreError, match="came together with those of later months"):
        answer(sample, Request("board", np.datetime64("2023-05", "M")))
