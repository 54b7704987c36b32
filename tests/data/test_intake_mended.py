"""What a review of the intake found, mended: each test is a slip that once got through."""

import random
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.access import Reader
from data.catalogue import CatalogueError, read_measure, shipped_catalogue
from data.config import Home
from data.database import reader
from data.ingest.intake import Problem, Refused, intake
from data.ingest.reading import UnreadableFile
from data.publish import read_pointer
from data.record import StoreError, writing
from tests.conftest import TODAY, UNITS, Load
from tests.data.test_bad_input import problems_of
from tests.data.test_record import count

MONTHLY = "month,unit,measure,numerator\n"
FULL = "month,unit,measure,numerator,denominator,state,breakdown,severity\n"
EXPOSURE = "month,unit,kind,value\n"
EVENTS = "day,unit,measure,event_reference,revision,severity,status,covers_from,covers_to\n"
APRIL = "2026-04-01,2026-04-30\n"
MHSDS = (
    "REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,PRIMARY_LEVEL_DESCRIPTION,"
    "SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE\n"
)


def reasons(found: list[Problem]) -> list[str]:
    return [f"{p.line} {p.column}: {p.reason}" for p in found]


def said(found: list[Problem], line: int, column: str, words: str) -> bool:
    return any(p.line == line and p.column == column and words in p.reason for p in found)


def fall(
    day: str, unit: str, reference: str, cover: str = APRIL, measure: str = "falls_harm", revision: int = 1
) -> str:
    return f"{day},{unit},{measure},{reference},{revision},severe,confirmed,{cover}"


def record(home: Home, query: str) -> list[tuple[object, ...]]:
    with writing(home) as writer:
        return writer.con.execute(query).fetchall()


def published(home: Home, query: str, part: str = "figures") -> list[tuple[object, ...]]:
    pointer = read_pointer(home)
    assert pointer is not None
    with reader(getattr(pointer, part)) as con:
        return con.execute(query).fetchall()


# Deaths and events ----------------------------------------------------------------------------------------------------


def test_a_death_vanishes_by_measure_and_reference(home: Home, load: Load) -> None:
    """The same reference under another measure is another death."""
    both = fall("2026-04-05", "W01", "D1", measure="suicide_in_care") + fall(
        "2026-04-05", "W01", "D1", measure="suicide_inpatient"
    )
    load(home, EVENTS + both)
    with pytest.raises(Refused) as refused:
        load(
            home,
            EVENTS + fall("2026-04-05", "W01", "D1", measure="suicide_inpatient") + f",W01,suicide_in_care,,,,,{APRIL}",
        )
    (problem,) = refused.value.problems
    assert "a death (suicide_in_care) of 2026-04 stands in an earlier extract" in problem.reason
    assert "W01" not in str(problem) and "2026-04-05" not in str(problem)


def test_deaths_do_not_come_by_the_monthly_feed(home: Home, tmp_path: Path, load: Load) -> None:
    found = problems_of(home, MONTHLY + "2026-04,W01,suicide_in_care,0\n", tmp_path)
    assert said(found, 2, "measure", "deaths are counted by dated events: use the events feed")
    assert load(home, MONTHLY + "2026-04,W01,falls_harm,1\n").rows_stored == 1  # other dated harm may


def test_an_event_that_moves_to_another_ward_stands_there_alone(home: Home, load: Load, everyone: Reader) -> None:
    load(home, EVENTS + fall("2026-04-05", "W01", "A1"))
    moved = load(home, EVENTS + fall("2026-04-05", "W02", "A1", revision=2))
    assert moved.changes.counts == {"changed": 1, "new": 1}  # the event, and the days of W02
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 0
    assert count(home, everyone, "falls_harm", "W02", "2026-04") == 1
    # What W01 says later does not bring it back, nor is it missed there.
    again = load(home, EVENTS + f",W01,falls_harm,,,,,{APRIL}", "w01.csv")
    assert "gone" not in again.changes.counts


def test_an_event_that_moves_over_the_edge_of_a_cover_counts_once(home: Home, load: Load, everyone: Reader) -> None:
    load(home, EVENTS + fall("2026-04-30", "W01", "A1"))
    load(home, EVENTS + fall("2026-05-01", "W01", "A1", "2026-05-01,2026-05-31\n"))
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 0
    assert count(home, everyone, "falls_harm", "W01", "2026-05") == 1


def test_a_moved_death_is_not_missed_where_it_was(home: Home, load: Load, everyone: Reader) -> None:
    load(home, EVENTS + fall("2026-04-05", "W01", "D1", measure="suicide_in_care"))
    both = fall("2026-04-05", "W02", "D1", measure="suicide_in_care", revision=2) + f",W01,suicide_in_care,,,,,{APRIL}"
    load(home, EVENTS + both)
    assert count(home, everyone, "suicide_in_care", "TRUST", "2026-04") == 1


def test_an_older_issue_never_moves_an_event_back(home: Home, load: Load, everyone: Reader) -> None:
    load(home, EVENTS + fall("2026-04-05", "W02", "A1"), issue="2026-06-01")
    late = load(home, EVENTS + fall("2026-04-05", "W01", "A1"), issue="2026-05-01")
    assert late.changes.counts["older"] == 1
    assert count(home, everyone, "falls_harm", "W02", "2026-04") == 1
    assert published(home, "select unit_code, known_until from event") == [("W02", None)]


Stated = tuple[int, list[tuple[str, int, int]], dict[str, tuple[str, int]]]


def standing(loads: list[Stated]) -> set[tuple[str, int]]:
    """Slow and plain: of the loads that hold an event, the highest issue says where; a higher one that covers it ends it."""
    last: dict[str, tuple[tuple[int, int], str, int]] = {}
    for n, (issue, _, events) in enumerate(loads):
        for reference, (unit, day) in events.items():
            if reference not in last or (issue, n) > last[reference][0]:
                last[reference] = ((issue, n), unit, day)
    return {
        (unit, day)
        for rank, unit, day in last.values()
        if not any(
            (issue, n) > rank and any(u == unit and first <= day <= end for u, first, end in cover)
            for n, (issue, cover, _) in enumerate(loads)
        )
    }


@pytest.mark.parametrize("seed", range(3))
def test_what_stands_is_what_a_plain_reading_of_the_loads_gives(home: Home, load: Load, seed: int) -> None:
    rng = random.Random(seed)
    loads: list[Stated] = []
    for _ in range(5):
        cover = [
            (unit, rng.randint(1, 9), rng.randint(9, 28)) for unit in rng.sample(("W01", "W02"), rng.randint(1, 2))
        ]
        events = {}
        for reference in "abcdef":
            unit, first, end = rng.choice(cover)
            if rng.random() < 0.6:
                events[reference] = (unit, rng.randint(first, end))
        issue = rng.randint(1, 5)
        text = "".join(f",{unit},falls_harm,,,,,2026-04-{a:02d},2026-04-{b:02d}\n" for unit, a, b in cover)
        text += "".join(fall(f"2026-04-{day:02d}", unit, ref, ",\n") for ref, (unit, day) in events.items())
        if load(home, EVENTS + text, issue=f"2026-06-0{issue}").load_id:
            loads.append((issue, cover, events))
        found = published(home, "select unit_code, day(day) from event where known_until is null")
        assert set(found) == standing(loads)


# Units ----------------------------------------------------------------------------------------------------------------

W02 = "W02,Oak ward,ward,LOCAL,2024-01-01,acute,16,,\n"


@pytest.mark.parametrize(
    ("content", "month"),
    [
        (MONTHLY + "2026-03,W02,falls_all,3\n2026-04,W02,falls_all,3\n", "2026-03"),
        (EXPOSURE + "2026-04,W02,occupied_bed_days,300\n", "2026-04"),
        (EVENTS + fall("2026-04-05", "W02", "A1"), "2026-04"),
        (EVENTS + f",W02,falls_harm,,,,,{APRIL}", "2026-04"),
    ],
)
@pytest.mark.parametrize("tree", ["", W02.replace("2024-01-01", "2026-05-01"), W02.replace("16,,", "16,2026-02-28,")])
def test_a_unit_keeps_its_history(home: Home, load: Load, content: str, month: str, tree: str) -> None:
    load(home, content)
    with pytest.raises(Refused) as refused:
        load(home, UNITS.replace(W02, tree), "units.csv", partial=True)
    (problem,) = refused.value.problems
    assert problem.line == 0 and problem.value == "W02"
    assert f"the record speaks of this unit in {month}" in problem.reason
    assert "close it with valid_to instead" in problem.reason
    assert "--accept-partial" not in str(refused.value)


def test_a_unit_may_close_after_its_last_month(home: Home, load: Load) -> None:
    load(home, MONTHLY + "2026-04,W02,falls_all,3\n")
    load(home, EVENTS + f",W02,falls_harm,,,,,{APRIL}")
    closed = load(home, UNITS.replace(W02, W02.replace("16,,", "16,2026-04-20,")), "units.csv")
    assert closed.changes.counts == {"changed": 1, "unchanged": 5}


def test_parents_that_go_round_are_refused(home: Home, tmp_path: Path, load: Load) -> None:
    circle = UNITS.replace("LOCAL,Local division,division,TRUST", "LOCAL,Local division,division,W01")
    found = problems_of(home, circle, tmp_path)
    assert said(found, 3, "parent", "go round in a circle") and said(found, 5, "parent", "go round in a circle")
    # One after the other is no circle: the wards swap places on a day.
    swap = UNITS.replace(
        W02,
        "W02,Oak ward,ward,W01,2024-01-01,acute,16,2025-12-31,\nW02,Oak ward,ward,LOCAL,2026-01-01,acute,16,,\n",
    ).replace(
        "W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,,\n",
        "W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,2025-12-31,\nW01,Maple ward,ward,W02,2026-01-01,acute,18,,\n",
    )
    assert load(home, swap, "units.csv").rows_stored == 8


def test_providers_do_not_come_by_the_units_feed(home: Home, tmp_path: Path, load: Load) -> None:
    text = UNITS + "RXX,Another trust,provider,,2024-01-01,,,,\n"
    assert said(problems_of(home, text, tmp_path), 8, "level", "come with the national files only")
    assert load(home, text.replace("Oak", "Acorn"), partial=True).rows_rejected == 1


# Half an events file --------------------------------------------------------------------------------------------------


def test_a_rejected_event_makes_no_false_fall(home: Home, load: Load, everyone: Reader) -> None:
    load(home, EVENTS + fall("2026-04-05", "W01", "A1") + fall("2026-04-06", "W01", "A2"))
    bad = fall("2026-04-05", "W01", "A1").replace("severe", "dire")
    text = (
        EVENTS + bad + fall("2026-04-06", "W01", "A2") + fall("2026-04-07", "W02", "B1") + f",*,falls_harm,,,,,{APRIL}"
    )
    receipt = load(home, text, partial=True)
    assert (receipt.rows_stored, receipt.rows_rejected) == (2, 2)
    assert receipt.rejects is not None
    assert "another line of this unit and measure cannot be used" in receipt.rejects.read_text(encoding="utf-8")
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 2
    assert count(home, everyone, "falls_harm", "W02", "2026-04") == 1
    spoken = record(home, f"select distinct unit_code from record.coverage where load_id = {receipt.load_id}")
    assert spoken == [("W02",)]


def test_a_rejected_event_that_moved_leaves_its_old_ward_alone(home: Home, load: Load, everyone: Reader) -> None:
    load(home, EVENTS + fall("2026-04-05", "W01", "A1"))
    moved = fall("2026-04-05", "W02", "A1").replace("severe", "dire")
    text = EVENTS + moved + f",W01,falls_harm,,,,,{APRIL}" + fall("2026-04-08", "W01", "C1", measure="med_harm")
    load(home, text, partial=True)
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 1


@pytest.mark.parametrize(
    "bad",
    [
        fall("2026-04-05", "W9", "A9"),
        fall("2026-04-05", "W01", "A9", measure="fals_harm"),
        fall("2026-04-05", "", "A9"),
        "2026-04-05,W01,falls_harm\n",
        ",W01,,,,,,,\n",
    ],
)
def test_an_event_of_nobody_knows_which_unit_takes_the_whole_file(home: Home, load: Load, bad: str) -> None:
    before = record(home, "select count(*) from record.load")
    with pytest.raises(Refused) as refused:
        load(home, EVENTS + bad + fall("2026-04-06", "W02", "A2"), partial=True)
    assert said(list(refused.value.problems), 0, "unit", "line 2 could belong to any unit or measure")
    assert record(home, "select count(*) from record.load") == before


# Severity -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("2026-04,W01,falls_all,3,,,,dire\n", "severity", "a severity is none, low"),
        ("2026-04,W01,falls_all,3,,,colour:red,\n", "breakdown", "a breakdown is ethnicity, sex or age_band"),
        ("2026-04,W01,falls_all,3,,,sex:,\n", "breakdown", "a breakdown is ethnicity, sex or age_band"),
    ],
)
def test_unknown_severities_and_breakdowns_are_refused(
    home: Home, tmp_path: Path, row: str, column: str, says: str
) -> None:
    assert said(problems_of(home, FULL + row, tmp_path), 2, column, says)


def test_known_severities_and_breakdowns_are_stored(home: Home, load: Load) -> None:
    rows = ["2026-04,W01,falls_all,3,,,sex:female,", "2026-04,W01,falls_all,3,,,,Fatal", "2026-04,W01,falls_all,3,,,,"]
    assert load(home, FULL + "\n".join(rows)).rows_stored == 3


def test_an_event_counts_when_it_is_as_severe_as_the_measure_asks_for(home: Home, load: Load) -> None:
    graded = zip("abcdef", ("none", "low", "moderate", "severe", "fatal", ""), strict=True)
    rows = [f"2026-04-05,W01,falls_harm,{ref},1,{severity},confirmed,{APRIL}" for ref, severity in graded]
    rows.append(f"2026-04-05,W01,falls_harm,g,1,severe,other_conclusion,{APRIL}")
    rows.append(f"2026-04-05,W01,restraint_prone,h,1,none,confirmed,{APRIL}")  # a measure without a rule
    load(home, EVENTS + "".join(rows))
    found = published(
        home, "select severity, counted from event where measure_id = 'falls_harm' and status = 'confirmed'"
    )
    assert dict(found) == {"none": False, "low": False, "moderate": True, "severe": True, "fatal": True, "": True}
    others = published(
        home, "select counted from event where measure_id = 'restraint_prone' or status <> 'confirmed' order by all"
    )
    assert others == [(False,), (True,)]


def test_a_severity_rule_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    text = Path("data/measures/falls_harm.toml").read_text(encoding="utf-8")
    (tmp_path / "falls_harm.toml").write_text(text.replace("moderate or worse", "quite bad"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"severity is 'quite bad'; allowed are .*moderate or worse"):
        read_measure(tmp_path / "falls_harm.toml")


# What fails after the commit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [duckdb.IOException("No space left on device"), OSError(28, "No space left on device")]
)
def test_a_publish_that_fails_says_that_the_load_is_stored(
    home: Home, load: Load, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: object) -> int:
        raise error

    monkeypatch.setattr("data.ingest.intake.publish", full)
    with pytest.raises(StoreError) as told:
        load(home, MONTHLY + "2026-04,W01,falls_all,3\n")
    assert "extract.csv is stored as load " in str(told.value)
    assert "not yet published (the disk is full): free space and run 'python -m data publish'" in str(told.value)
    assert record(home, "select count(*) from record.observation") == [(1,)]


def test_an_error_after_a_commit_never_says_that_nothing_was_changed(home: Home) -> None:
    for committed, says in ((True, "is stored, but not yet published"), (False, "nothing was changed")):
        with pytest.raises(StoreError, match=says), writing(home) as writer:
            writer.committed = committed
            raise duckdb.IOException("No space left on device")


def test_rejects_that_cannot_be_written_stop_the_load(home: Home, load: Load) -> None:
    home.rejects.parent.mkdir(parents=True, exist_ok=True)
    home.rejects.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"cannot be written .*nothing was changed"):
        load(home, MONTHLY + "2026-04,W01,falls_all,3\n2026-04,W02,falls_all,x\n", partial=True)
    assert record(home, "select count(*) from record.observation") == [(0,)]


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            MONTHLY + f'2026-04,W01,falls_all,3\n"{"x" * 140_000}",W01,falls_all,3\n',
            "line 3: a field longer than 131,072",
        ),
        (
            MONTHLY + '2026-04,W01,falls_all,3\n2026-05,"W01,falls_all,3\n2026-06,W01,falls_all,3\n',
            "line 3: .*never closes",
        ),
        ("x" * 140_000 + "\n1\n", "line 1: longer than 131,072"),
        ((MONTHLY + "2026-04,W01,falls_all,3\n").replace("\n", "\r"), "old Mac line ends; save it as CSV UTF-8"),
    ],
)
def test_a_csv_that_cannot_be_read_gets_one_sentence(home: Home, load: Load, content: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says) as told:
        load(home, content)
    assert "\n" not in str(told.value) and str(told.value).endswith(".")


@pytest.mark.parametrize("blank", ["\n", "\n\n", "\r\n", "   \n"])
def test_blank_lines_do_not_shift_the_numbers(home: Home, tmp_path: Path, blank: str) -> None:
    text = MONTHLY + "2026-04,W01,falls_all,3\n" + blank + "2026-05,W01,falls_all,x\n"
    path = tmp_path / "blank.csv"
    path.write_bytes(text.encode())
    with intake(home, shipped_catalogue(), path, today=TODAY) as extract:
        assert [p.line for p in extract.problems] == [3 + blank.count("\n")]


@pytest.mark.parametrize("odd", ["\u2028", "\u0085", "\f", "\v"])
def test_the_line_breaks_of_unicode_end_no_line(home: Home, tmp_path: Path, odd: str) -> None:
    text = MONTHLY + f'"2026-04","W{odd}1","falls_all","3"\n2026-05,W01,falls_all,x\n'
    found = problems_of(home, text, tmp_path)
    assert [p.line for p in found] == [2, 3]
    assert found[0].column == "unit"


def test_a_ragged_line_is_counted_and_not_repeated(home: Home, load: Load) -> None:
    text = MONTHLY + "2026-04,W01,falls_all,3\n2026-05,W01,falls_all,2,Jane Doe fell\n"
    receipt = load(home, text, partial=True)
    assert receipt.rejects is not None
    written = receipt.rejects.read_text(encoding="utf-8")
    assert "Jane" not in written and "another number of columns (5) than the header (4)" in written


# Figures --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("2026-04,W01,audit_compliance,1.1234567,,,,\n", "numerator", "more than six decimals"),
        ("2026-04,W01,care_plan_on_time,1,2.1234567,,,\n", "denominator", "more than six decimals"),
        ("2026-04,W01,falls_all,3.5,,,,\n", "numerator", "write a whole number"),
        ("2026-04,W01,falls_all,3,,suppressed,,\n", "numerator", "the state is suppressed, and yet there is a figure"),
        ("2026-04,W01,care_plan_on_time,,18,missing,,\n", "denominator", "without a reported numerator"),
        ("2026-04,W01,care_plan_on_time,*,18,,,\n", "denominator", "without a reported numerator"),
        ("2026-04,  ,falls_all,3,,,,\n", "unit", "the unit is missing"),
        ("2026-11,W01,falls_all,3,,,,\n", "month", "this month has not ended yet"),
        ("2026-12,W01,falls_all,3,,,,\n", "month", "this month is in the future"),
        ("2026-09,W01,four_week_wait_adult,1,2,,,\n", "month", "this period of 3 months has not ended yet"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(home: Home, tmp_path: Path, row: str, column: str, says: str) -> None:
    found = problems_of(home, FULL + row, tmp_path)
    assert said(found, 2, column, says), reasons(found)


def test_figures_at_the_edge_of_what_can_be_are_stored(home: Home, load: Load) -> None:
    rows = [
        "2026-04,W01,care_plan_on_time,*,*,,,",
        "2026-05,W01,care_plan_on_time,1,2.000000,,,",
        "2026-04,W01,falls_all,3.0,,,,",
        "2026-05,W01,falls_all,*,,suppressed,,",
        "2026-04,W01,lts_days,3.5,,,,",
        "2026-08,W01,four_week_wait_adult,1,2,,,",
    ]
    assert load(home, FULL + "\n".join(rows)).rows_stored == 6
    last = MONTHLY + "2026-06,W02,falls_all,1\n"
    assert load(home, last, today=date(2026, 6, 30)).rows_stored == 1  # a month ends on its last day


def test_exposure_is_held_to_the_same_rules(home: Home, tmp_path: Path) -> None:
    rows = "2026-04,W01,occupied_bed_days,1.1234567\n2026-11,W01,occupied_bed_days,300\n"
    found = problems_of(home, EXPOSURE + rows, tmp_path)
    assert said(found, 2, "value", "more than six decimals") and said(found, 3, "month", "has not ended yet")


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (f"2026-04-05,W01,falls_harm,A1,1.5,severe,confirmed,{APRIL}", "revision", "write digits only"),
        (f"2026-04-05,W01,falls_harm,A1,-1,severe,confirmed,{APRIL}", "revision", "write digits only"),
        (f"2026-04-05,W01,falls_harm,   ,1,severe,confirmed,{APRIL}", "event_reference", "is missing"),
        (f"2026-04-05,W01,falls_harm,\u00a0,1,severe,confirmed,{APRIL}", "event_reference", "is missing"),
        (",W01,falls_harm,,,,,,\n", "day", "this one holds neither"),
    ],
)
def test_an_event_that_cannot_be_is_refused(home: Home, tmp_path: Path, row: str, column: str, says: str) -> None:
    found = problems_of(home, EVENTS + row, tmp_path)
    assert said(found, 2, column, says), reasons(found)


def test_nothing_is_issued_or_covered_after_today(home: Home, tmp_path: Path, load: Load) -> None:
    with pytest.raises(UnreadableFile, match="is a day after today"):
        load(home, MONTHLY + "2026-04,W01,falls_all,3\n", issue="2026-11-23")
    load(home, MONTHLY + "2026-04,W01,falls_all,3\n", issue="2026-11-22")
    text = EVENTS + "2026-04-05,W01,falls_harm,A1,1,severe,confirmed,,\n"
    found = problems_of(home, text, tmp_path, covers=(date(2026, 4, 1), date(2026, 12, 31)))
    assert said(found, 0, "covers_to", "cannot cover days in the future")


# Totals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", ["LOCAL", "TRUST"])
def test_a_total_beside_its_parts_is_refused(home: Home, tmp_path: Path, load: Load, total: str) -> None:
    text = MONTHLY + f"2026-04,{total},falls_all,5\n"
    words = "wards below this unit report it: leave the row out, totals are computed"
    assert said(problems_of(home, text + "2026-04,W01,falls_all,3\n", tmp_path), 2, "unit", words)
    load(home, MONTHLY + "2026-04,W01,falls_all,3\n", "ward.csv")
    assert said(problems_of(home, text, tmp_path), 2, "unit", words)


def test_a_level_reports_for_itself_where_nobody_below_does(home: Home, load: Load) -> None:
    load(home, MONTHLY + "2026-04,W01,falls_all,3\n2026-05,W02,falls_all,\n", "wards.csv")
    rows = [
        "2026-05,LOCAL,falls_all,5",  # another month: the ward only says that it has no figure
        "2026-04,SECURE,falls_all,5",  # another division
        "2026-04,TRUST,restraint_people,5",  # people are not additive
        "2026-04,W01,restraint_people,5",
    ]
    assert load(home, MONTHLY + "\n".join(rows)).rows_stored == 4


# National files -------------------------------------------------------------------------------------------------------


def national(
    code: str, value: str, start: str = "01/07/2024", end: str = "30/09/2024", place: str = "Provider,RXX"
) -> str:
    return f"{start},{end},Performance,{place},A TRUST,NONE,NONE,{code},name,{value}\n"


def codes(measure: str) -> tuple[str, str]:
    return shipped_catalogue()[measure].national_numerator, shipped_catalogue()[measure].national_denominator


def test_every_line_of_a_national_file_is_counted_once(tmp_path: Path, load: Load) -> None:
    top, bottom = codes("four_week_wait_adult")
    home = Home(tmp_path / "store")
    text = (
        MHSDS
        + national(top, "5")
        + national(bottom, "10")
        + national("XYZ", "1", end="15/09/2024")  # unwanted, and of a bad period
        + national(bottom, "10", place="Provider,RYY")  # nobody's denominator
    )
    receipt = load(home, text)
    assert (receipt.rows_read, receipt.rows_stored, receipt.rows_rejected, receipt.rows_set_aside) == (4, 2, 0, 2)


def test_the_other_half_of_a_rejected_line_is_reported_with_it(tmp_path: Path, load: Load) -> None:
    top, bottom = codes("four_week_wait_adult")
    home = Home(tmp_path / "store")
    good = national(top, "5", place="Provider,RYY") + national(bottom, "10", place="Provider,RYY")
    receipt = load(home, MHSDS + good + national(top, "many") + national(bottom, "10"), partial=True)
    assert (receipt.rows_read, receipt.rows_stored, receipt.rows_rejected) == (4, 2, 2)
    assert receipt.rejects is not None and "its other half, line 4" in receipt.rejects.read_text(encoding="utf-8")


# Coverage -------------------------------------------------------------------------------------------------------------

COVERAGE = "select kind, measure_id, unit_code, first_day, last_day from record.coverage order by all"


def test_every_load_states_what_it_covers(home: Home, load: Load) -> None:
    load(home, MONTHLY + "2026-04,W01,falls_all,3\n2026-02,W01,falls_all,3\n")
    load(home, EXPOSURE + "2026-04,W01,occupied_bed_days,300\n")
    load(home, FULL + "2026-04,W02,four_week_wait_adult,1,2,,,\n", covers=(date(2026, 1, 1), date(2026, 6, 30)))
    assert record(home, COVERAGE) == [
        ("cells", "falls_all", "W01", date(2026, 2, 1), date(2026, 4, 30)),
        ("cells", "four_week_wait_adult", "W02", date(2026, 1, 1), date(2026, 6, 30)),
        ("cells", "occupied_bed_days", "W01", date(2026, 4, 1), date(2026, 4, 30)),
    ]


def test_cells_end_no_event(home: Home, load: Load) -> None:
    """Of dated harm a monthly figure speaks of its cell: only an events extract is complete for its days."""
    load(home, EVENTS + fall("2026-04-05", "W01", "A1"))
    load(home, MONTHLY + "2026-04,W01,falls_harm,1\n")
    assert published(home, "select known_until from event") == [(None,)]
    assert published(home, "select count(*) from coverage") == [(1,)]
