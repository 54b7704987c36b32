"""The catalogue: what is shipped, what a trust may add, and what a bad file is told."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from data.catalogue import SHIPPED, CatalogueError, load_catalogue, read_measure, shipped_catalogue
from metrics.measure import Dimension, Direction, Goal, Kind, Measure, Sensitivity

EXPECTED_IDS = """
    suicide_in_care suicide_inpatient suicide_post_discharge_90d followup_72h
    restraint_all restraint_people restraint_physical restraint_prone restraint_mechanical rapid_tranq seclusion
    equity_restraint mha_people lts_people lts_days assault_patient assault_staff falls_all falls_harm
    med_errors med_harm med_reconciliation_24h self_harm self_harm_harm depression_recovery beddays_per_recovery
    physical_health_6 check_blood_pressure check_glucose check_bmi check_lipids check_smoking check_alcohol
    ld_annual_health_check addiction_completed just_culture investigations suspensions appraisals sickness
    care_plan_on_time appointment_info med_dispensed careplan_sent_24h audit_compliance fft_positive
    four_week_wait_adult four_week_wait_cyp long_waits_adult
"""
EXPECTED = set(EXPECTED_IDS.split())
DATED = {
    "suicide_in_care",
    "suicide_inpatient",
    "suicide_post_discharge_90d",
    "falls_harm",
    "self_harm_harm",
    "med_harm",
    "restraint_prone",
    "restraint_mechanical",
}
# What the pages never say (the words of the project, 'Never'). An id may hold such a word, a text may not.
BANNED = (
    r"commit(s|ted|ting)?\b",
    r"success(ful|fully)?\b",
    r"fail(s|ed|ing|ure|ures)?\b",
    r"completed suicides?\b",
    r"clean(er|est)?\b",
    r"streaks?\b",
    r"astronomical\b",
    r"hit[ -](or|and)[ -]miss\b",
    r"special[ -]causes?\b",
    r"silent\b",
    r"leagues?\b",
    r"worst\b",
    r"best\b",
    r"celebrat",
    r"offend(er|ers|ing)\b",
    r"aggressi",
    r"assault",
    r"rare events?\b",
    r"under-?reporting\b",
)
NOT_SHOWN = ("id", "goal", "chart")
MACHINE_PATH = re.compile(r"(^|[\s\"'(])(/[a-z]+/|[A-Z]:\\|~/)|file:")

# The smallest file that loads: the bad files below each change one thing in it.
GOOD = {
    "id": '"near_misses"',
    "name": '"Near misses"',
    "plural": '"near misses"',
    "why": '"They show where the next harm may come from."',
    "easy_read": '"We want to hear when something nearly went wrong."',
    "goal": '"just_culture"',
    "dimension": '"safe"',
    "kind": '"culture"',
    "direction": '"neutral"',
    "chart": '"u_prime"',
    "numerator": '"Near misses reported"',
    "denominator": '"Occupied bed days"',
    "unit": '"per 1,000 occupied bed days"',
    "source": '"Local incident system"',
    "owner": '"Executive director of nursing"',
    "multiplier": "1000",
    "exposure": '"occupied_bed_days"',
}


def write(folder: Path, changes: Mapping[str, str | None] | None = None, stem: str = "near_misses") -> Path:
    """GOOD with some keys set, or left out where the change is None, as a file."""
    folder.mkdir(exist_ok=True)
    keys = GOOD | {"id": f'"{stem}"'} | dict(changes or {})
    path = folder / f"{stem}.toml"
    path.write_text("".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None), encoding="utf-8")
    return path


def texts(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every text of a measure file that a page can show, with its key."""
    for key, value in table.items():
        if key in NOT_SHOWN:
            continue
        if isinstance(value, dict):
            yield from texts(value)
        elif isinstance(value, str):
            yield key, value


def wholes_of(measure: Measure, catalogue: Mapping[str, Measure]) -> set[str]:
    """Every measure that this one is part of, directly or through a chain."""
    found: set[str] = set()
    waiting = list(measure.part_of)
    while waiting:
        whole = waiting.pop()
        if whole not in found:
            found.add(whole)
            waiting.extend(catalogue[whole].part_of)
    return found


# What is shipped


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
class TestEveryShippedFile:
    def test_loads(self, path: Path) -> None:
        assert read_measure(path).id == path.stem

    def test_states_its_keys_in_the_order_of_measure(self, path: Path) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert list(table) == [f.name for f in fields(Measure) if f.name in table]

    def test_says_nothing_that_we_never_say(self, path: Path) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found = [
            f"{key}: '{match[0]}'"
            for key, text in texts(table)
            for word in BANNED
            if (match := re.search(rf"\b{word}", text, re.IGNORECASE))
        ]
        assert found == []

    def test_has_words_to_show(self, path: Path) -> None:
        measure = read_measure(path)
        for key in ("name", "plural", "why", "easy_read", "numerator", "unit", "source", "owner"):
            assert getattr(measure, key).strip(), key
        assert len(measure.name) <= 45
        assert measure.plural[0].islower()
        assert not re.search(r"\b(fewer|more|higher|lower|recorded)\b", measure.plural)  # the sentence says these

    def test_easy_read_is_one_sentence_of_at_most_15_words(self, path: Path) -> None:
        easy_read = read_measure(path).easy_read
        assert len(easy_read.split()) <= 15
        assert easy_read.endswith(".")
        assert easy_read.count(".") == 1

    def test_holds_no_path_of_a_machine(self, path: Path) -> None:
        assert not MACHINE_PATH.search(path.read_text(encoding="utf-8"))


def test_the_expected_measures_are_shipped():
    assert set(shipped_catalogue()) >= EXPECTED


def test_no_dimension_of_quality_is_empty():
    assert {m.dimension for m in shipped_catalogue().values()} == set(Dimension)


def test_every_goal_has_a_headline():
    assert {m.goal for m in shipped_catalogue().values() if m.headline} == set(Goal)


def test_order_is_that_of_the_goals_with_headlines_first():
    measures = list(shipped_catalogue().values())
    goals = list(Goal)
    assert measures == sorted(measures, key=lambda m: (goals.index(m.goal), not m.headline, m.name))


def test_dated_events_are_those_of_serious_harm():
    assert {m.id for m in shipped_catalogue().values() if m.dated_events} == DATED


def test_shares_are_percentages_and_rates_of_bed_days_are_per_1000():
    for measure in shipped_catalogue().values():
        assert (measure.unit == "%") == (measure.multiplier == 100), measure.id
        assert not measure.is_proportion or measure.unit == "%", measure.id
        if measure.exposure == "occupied_bed_days":
            assert (measure.multiplier, measure.unit) == (1000, "per 1,000 occupied bed days"), measure.id


def test_what_counts_people_by_the_month_is_not_added_up():
    not_additive = {m.id for m in shipped_catalogue().values() if not m.additive}
    assert {"restraint_people", "mha_people"} <= not_additive
    assert "lts_people" not in not_additive


def test_what_is_not_monthly_has_no_control_chart():
    assert all(m.chart == "none" for m in shipped_catalogue().values() if m.months > 1)


def test_medication_reports_are_neutral():
    assert shipped_catalogue()["med_errors"].direction is Direction.NEUTRAL


def test_deaths_are_exactly_the_measures_of_suicide():
    deaths = {m.id for m in shipped_catalogue().values() if m.kind is Kind.DEATH}
    assert deaths == {m for m in EXPECTED if m.startswith("suicide_")}


def test_the_72_hour_standard_is_in_the_unit_shown():
    standard = shipped_catalogue()["followup_72h"].standard
    assert standard is not None
    assert (standard.value, standard.label) == (80.0, "National ambition")


# Disclosure: from two public figures nobody may subtract a third


def test_no_public_measure_is_part_of_another():
    catalogue = shipped_catalogue()
    public = {m.id for m in catalogue.values() if m.public}
    assert public
    assert {(part, whole) for part in public for whole in wholes_of(catalogue[part], catalogue) & public} == set()


def test_no_sensitive_measure_is_public():
    assert [m.id for m in shipped_catalogue().values() if m.public and m.sensitivity is Sensitivity.SENSITIVE] == []


def test_no_measure_is_part_of_itself():
    catalogue = shipped_catalogue()
    assert [m.id for m in catalogue.values() if m.id in wholes_of(m, catalogue)] == []


def test_a_part_of_a_part_is_found():
    catalogue = shipped_catalogue()
    assert wholes_of(catalogue["restraint_prone"], catalogue) == {"restraint_physical", "restraint_all"}


def test_no_measure_balances_itself():
    assert [m.id for m in shipped_catalogue().values() if m.id in m.balancing] == []


# The trust's own folder


def test_own_folder_adds_a_measure(tmp_path):
    write(tmp_path)
    catalogue = load_catalogue(own=tmp_path)
    assert set(catalogue) == set(shipped_catalogue()) | {"near_misses"}


def test_own_folder_replaces_a_shipped_measure_of_the_same_name(tmp_path):
    write(tmp_path, {"name": '"Falls, as we count them"', "goal": '"falls"'}, stem="falls_all")
    catalogue = load_catalogue(own=tmp_path)
    assert catalogue["falls_all"].name == "Falls, as we count them"
    assert set(catalogue) == set(shipped_catalogue())
    assert shipped_catalogue()["falls_all"].name == "Falls"


def test_own_measure_may_name_a_shipped_one(tmp_path):
    write(tmp_path, {"balancing": '["med_harm"]'})
    assert load_catalogue(own=tmp_path)["near_misses"].balancing == ("med_harm",)


def test_own_folder_that_does_not_exist_changes_nothing(tmp_path):
    assert load_catalogue(own=tmp_path / "measures") == shipped_catalogue()


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = write(tmp_path)  # some Windows editors write one
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_measure(path).id == "near_misses"


def test_a_whole_number_will_do_where_a_number_is_asked_for(tmp_path):
    measure = read_measure(write(tmp_path, {"standard": '{ value = 5, label = "Ours", source = "The board" }'}))
    assert measure.multiplier == 1000.0
    assert measure.standard is not None
    assert isinstance(measure.standard.value, float)


# Bad files: the message names the file, the key, and what is allowed

BAD_FILES = {
    # what is wrong: (the changes to GOOD, what the message must say beside the name of the file)
    "unknown key": ({"balancng": "[]"}, ["'balancng'", "balancing"]),
    "unknown key like no other": ({"zzz": "1"}, ["'zzz' is not a key"]),
    "missing key": ({"owner": None}, ["'owner'", "missing"]),
    "missing denominator": ({"denominator": None}, ["'denominator'", "missing"]),
    "goal not known": ({"goal": '"zero_falls"'}, ["goal", "'zero_falls'", *Goal]),
    "dimension not known": ({"dimension": '"person_centred"'}, ["dimension", *Dimension]),
    "kind not known": ({"kind": '"outcome"'}, ["kind", *Kind]),
    "direction not known": ({"direction": '"down"'}, ["direction", *Direction]),
    "sensitivity not known": ({"sensitivity": '"secret"'}, ["sensitivity", *Sensitivity]),
    "chart not known": ({"chart": '"i"'}, ["chart", "xmr", "u_prime", "none"]),
    "exposure not known": ({"exposure": '"beds"'}, ["exposure", "occupied_bed_days", "doses"]),
    "months not a period": ({"months": "6"}, ["months", "1, 3, 12"]),
    "months true": ({"months": "true"}, ["months", "a whole number"]),
    "breakdown not known": ({"breakdown": '["sex", "religion"]'}, ["breakdown", "ethnicity", "sex", "age_band"]),
    "breakdown not a list": ({"breakdown": '"sex"'}, ["breakdown", "'sex'", "a list of some of ethnicity"]),
    "id not the stem": ({"id": '"near_miss"'}, ["id", "'near_misses'", "'near_miss'"]),
    "id a number": ({"id": "7"}, ["id", "'near_misses'"]),
    "u without exposure": (
        {"chart": '"u"', "exposure": None, "denominator": '""'},
        ["chart", "'u'", "exposure", "occupied_bed_days"],
    ),
    "u_prime without exposure": ({"exposure": None, "denominator": '""'}, ["chart", "'u_prime'", "exposure"]),
    "p without denominator": (
        {"chart": '"p"', "exposure": None, "denominator": '""'},
        ["chart", "'p'", "denominator"],
    ),
    "c with exposure": ({"chart": '"c"', "denominator": '""'}, ["chart", "'c'", "exposure"]),
    "c with denominator": ({"chart": '"c"', "exposure": None}, ["chart", "'c'", "denominator"]),
    "t without dates": ({"chart": '"t"', "exposure": None, "denominator": '""'}, ["chart", "'t'", "dated_events"]),
    "death that is not sensitive as one": ({"kind": '"death"'}, ["kind", "sensitivity", "'death'"]),
    "sensitivity of a death without one": ({"sensitivity": '"death"'}, ["kind", "sensitivity", "'death'"]),
    "text where number belongs": ({"multiplier": '"1000"'}, ["multiplier", "a number", "'1000'"]),
    "number where text belongs": ({"name": "5"}, ["name", "a text", "5"]),
    "text where true or false belongs": ({"public": '"yes"'}, ["public", "true or false"]),
    "fraction where whole number belongs": ({"settles_after_months": "1.5"}, ["settles_after_months", "whole number"]),
    "multiplier zero": ({"multiplier": "0"}, ["multiplier", "above 0"]),
    "settles before it happens": ({"settles_after_months": "-1"}, ["settles_after_months", "0 or more"]),
    "balancing not a list": ({"balancing": '"med_harm"'}, ["balancing", "list of measure ids"]),
    "part_of with a number": ({"part_of": "[1]"}, ["part_of", "list of measure ids"]),
    "breaks with texts": ({"breaks": '["2024-04-01"]'}, ["breaks", "list of dates"]),
    "standard without source": (
        {"standard": '{ value = 1, label = "Ours" }'},
        ["standard", "value", "label", "source"],
    ),
    "standard with a text for its value": (
        {"standard": '{ value = "80 %", label = "Ours", source = "The board" }'},
        ["standard.value", "a number", "'80 %'"],
    ),
    "standard with a number for its label": (
        {"standard": '{ value = 80, label = 80, source = "The board" }'},
        ["standard.label", "a text"],
    ),
}


@pytest.mark.parametrize(("changes", "said"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_told_what_is_wrong(tmp_path, changes, said):
    path = write(tmp_path, changes)
    with pytest.raises(CatalogueError) as error:
        read_measure(path)
    for words in ["near_misses.toml", *said]:
        assert words in str(error.value)


def test_the_file_that_the_bad_ones_change_is_good(tmp_path):
    assert read_measure(write(tmp_path)).id == "near_misses"


@pytest.mark.parametrize("content", [b"name: Falls\n", b"id = \n", b'id = "a"\nid = "b"\n', b'name = "caf\xe9"\n'])
def test_what_is_not_toml_is_called_so(tmp_path, content):
    path = tmp_path / "near_misses.toml"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"^near_misses\.toml: not a TOML file"):
        read_measure(path)


@pytest.mark.parametrize("key", ["balancing", "part_of"])
def test_a_measure_that_does_not_exist_is_named_with_its_nearest(tmp_path, key):
    write(tmp_path, {key: '["med_harms"]'})
    with pytest.raises(CatalogueError) as error:
        load_catalogue(own=tmp_path)
    for words in ("near_misses.toml", key, "'med_harms'", "med_harm"):
        assert words in str(error.value)


def test_one_bad_own_file_stops_the_catalogue(tmp_path):
    write(tmp_path, {"goal": '"zero_falls"'})
    with pytest.raises(CatalogueError, match=r"near_misses\.toml"):
        load_catalogue(own=tmp_path)
