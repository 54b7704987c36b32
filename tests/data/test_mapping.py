"""A source's columns and words are mapped once and remembered; every line is taken, told or set aside."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data.catalogue import shipped_catalogue
from data.database import run, workspace
from data.ingest.feeds import FEEDS, recognise
from data.ingest.mapping import (
    Mapping,
    Unmapped,
    apply_mapping,
    columns_to_ask_for,
    from_detail,
    leads_to,
    problem_of_header,
    ready_mappings,
    recognise_source,
    to_detail,
)
from data.ingest.persons import PersonalData, personal_headers
from metrics.measure import EXPOSURES

DATIX_HEADER = ["Ref", "Incident date", "Location (exact)", "Category", "Severity", "Approval status"]
LFPSE_HEADER = [
    "Reference",
    "Revision",
    "T005 - Event Date",
    "L004 - Location Within Service",
    "A001 - Involved Agents",
    "OT001 - Physical harm",
    "OT002 - Psychological harm",
]
AMAT_HEADER = ["Date", "Ward", "Audit", "Compliant", "Total"]
Row = Sequence[str | None]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = workspace()
    run(connection, "schema/workspace")
    yield connection
    connection.close()


def raw(con: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """The rows as the reader leaves them: the header was line 1."""
    lines = pa.array(range(2, len(rows) + 2), pa.int64())
    columns = {f"c{i + 1}": pa.array([row[i] for row in rows], pa.string()) for i in range(len(rows[0]))}
    con.register("rows_view", pa.table({"line": lines} | columns))
    con.execute("create table raw as select * from rows_view")
    con.unregister("rows_view")


def all_of(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    return con.execute(f"select * from {table} order by all").fetchall()


def mapped_to(mapping: Mapping, **values: dict[str, tuple[str, ...]]) -> Mapping:
    """The mapping once a trust has said what more of its words are."""
    return replace(mapping, values={role: words | values.get(role, {}) for role, words in mapping.values.items()})


DATIX = mapped_to(
    ready_mappings()["datix"],
    unit={"maple ward": ("W01",), "oak ward": ("W02",), "car park": ()},
    measure={"estates": ()},
)
LFPSE = mapped_to(ready_mappings()["lfpse"], unit={"ward": ("W01",), "12": ("W02",)})
AMAT = mapped_to(
    ready_mappings()["amat"],
    unit={"maple ward": ("W01",), "oak ward": ("W02",)},
    measure={"hand hygiene": ("audit_compliance",), "care plans": ("audit_compliance",), "fire doors": ()},
)

# Datix ------------------------------------------------------------------------------------------------------------


def test_a_datix_listing_becomes_events(con: duckdb.DuckDBPyConnection) -> None:
    raw(
        con,
        [
            ("W10001", "17/04/2026 14:05", "Maple Ward", "Slip/Trip/Fall", "Moderate", "Finally approved"),
            (
                "W10002",
                "2026-04-18",
                "  MAPLE\u00a0 ward ",
                "Medication",
                "Low",
                "Being reviewed",
            ),  # a cell of a workbook
            ("W10003", "3/5/2026", "Oak Ward", "Estates", "None", "Being reviewed"),  # nothing that is followed
            ("W10004", "04/05/2026", "Oak Ward", "Falls", "None", "Rejected"),
            ("W10005", "05/05/2026", "Car park", "Falls", "None", "Being reviewed"),
            ("W10006", "06/05/2026", "Rowan Ward", "Falls", None, "Being reviewed"),  # a ward that is not mapped
            ("W10007", "17/13/2026", "Oak Ward", "Falls", "None", None),  # no day: for the checks to tell
        ],
    )
    mapped = apply_mapping(con, DATIX, DATIX_HEADER)

    assert con.table("incoming").columns == ["line", "day", "unit", "measure", "event_reference", "severity", "status"]
    assert all_of(con, "incoming") == [
        (2, "2026-04-17", "W01", "falls_all", "W10001", "moderate", "confirmed"),
        (2, "2026-04-17", "W01", "falls_harm", "W10001", "moderate", "confirmed"),
        (3, "2026-04-18", "W01", "med_errors", "W10002", "low", "suspected"),
        (3, "2026-04-18", "W01", "med_harm", "W10002", "low", "suspected"),
        (8, "17/13/2026", "W02", "falls_all", "W10007", "none", ""),
        (8, "17/13/2026", "W02", "falls_harm", "W10007", "none", ""),
    ]
    assert all_of(con, "set_aside") == [
        (4, "category Estates: not followed here"),
        (5, "status Rejected: not counted"),
        (6, "location Car park: not counted here"),
    ]
    assert all_of(con, "problem") == [
        (7, "Location (exact)", "Rowan Ward", "this location is not mapped to a unit (1 line)")
    ]
    assert mapped.feed == "events" and mapped.lines == 3
    assert mapped.unmapped == (Unmapped("unit", "Rowan Ward", 1),)


def test_what_is_mapped_goes_on_into_the_events_feed(con: duckdb.DuckDBPyConnection) -> None:
    raw(con, [("W1", "17/04/2026", "Oak Ward", "Falls", "None", None)])
    apply_mapping(con, DATIX, DATIX_HEADER)
    run(con, "staging/events")
    staged = con.execute(
        "select measure_text, day_text, severity_text, status_text from event_cell order by 1"
    ).fetchall()
    assert staged == [
        ("falls_all", "2026-04-17", "none", "confirmed"),
        ("falls_harm", "2026-04-17", "none", "confirmed"),
    ]


def test_a_listing_may_say_itself_what_it_covers(con: duckdb.DuckDBPyConnection) -> None:
    covering = replace(DATIX, columns=DATIX.columns | {"covers_from": "From", "covers_to": "To"})
    raw(con, [("W1", "17-Apr-2026", "Oak Ward", "Falls", "None", None, "01/04/2026", "30.04.2026 23:59")])
    apply_mapping(con, covering, [*DATIX_HEADER, "From", "To"])
    days = con.execute("select distinct day, covers_from, covers_to from incoming").fetchall()
    assert days == [("2026-04-17", "2026-04-01", "2026-04-30")]


def test_unmapped_words_are_counted_largest_first_and_not_where_the_line_would_not_count(
    con: duckdb.DuckDBPyConnection,
) -> None:
    row = ("W1", "17/04/2026", "Rowan", "Falls", "None", None)
    other = ("W2", "17/04/2026", "Rowan", "Collision", "None", None)
    set_aside = ("W3", "17/04/2026", "Nowhere", "Estates", "Horrid", "Odd")
    blank = ("W4", "17/04/2026", None, "Falls", "None", None)
    raw(con, [row, other, other, set_aside, blank])
    mapped = apply_mapping(con, DATIX, DATIX_HEADER)
    assert mapped.unmapped == (
        Unmapped("unit", "Rowan", 3),
        Unmapped("measure", "Collision", 2),
        Unmapped("unit", "", 1),
    )
    assert "nothing stands here: this location is not mapped to a unit (1 line)" in [
        one[3] for one in all_of(con, "problem")
    ]


def test_what_is_held_up_is_told_with_what_is_known_of_it(con: duckdb.DuckDBPyConnection) -> None:
    raw(
        con,
        [
            ("W1", "17/04/2026", "Oak Ward", "Falls", "Odd", None),
            ("W2", "17/04/2026", "Rowan", "Collision", "Odd", None),
        ],
    )
    apply_mapping(con, DATIX, DATIX_HEADER)
    assert all_of(con, "unmapped_line") == [
        (2, "W02", ["falls_all", "falls_harm"], "severity", "Odd"),
        (3, None, [], "measure", "Collision"),
        (3, None, [], "severity", "Odd"),
        (3, None, [], "unit", "Rowan"),
    ]


def test_leads_to_names_every_measure_of_a_mapping() -> None:
    second = replace(
        DATIX,
        columns=DATIX.columns | {"measure_2": "Sub category"},
        values=DATIX.values | {"measure_2": {"prone": ("restraint_prone",)}},
    )
    assert leads_to(second) == (
        "falls_all", "falls_harm", "med_errors", "med_harm", "restraint_prone", "self_harm", "self_harm_harm",
    )  # fmt: skip


def test_an_unmapped_word_that_names_a_person_is_not_shown(con: duckdb.DuckDBPyConnection) -> None:
    raw(con, [("W1", "17/04/2026", "Home of Mr Smith", "Falls", "None", None)])
    mapped = apply_mapping(con, DATIX, DATIX_HEADER)
    assert mapped.unmapped == (Unmapped("unit", None, 1),)
    assert all_of(con, "problem") == [(2, "Location (exact)", None, "this location is not mapped to a unit (1 line)")]
    assert "Smith" not in str(all_of(con, "set_aside"))


def test_two_columns_are_read_as_one(con: duckdb.DuckDBPyConnection) -> None:
    joined = mapped_to(
        replace(DATIX, columns=DATIX.columns | {"measure": "Category + Sub category"}),
        measure={"falls / from bed": ("falls_all",), "estates": ()},
    )
    raw(
        con,
        [("W1", "17/04/2026", "Oak ward", "Falls", "None", None, "From bed"), ("W2", "", "", "Estates", "", "", " ")],
    )
    apply_mapping(con, joined, [*DATIX_HEADER, "Sub category"])
    assert [(row[0], row[3]) for row in all_of(con, "incoming")] == [(2, "falls_all")]
    assert all_of(con, "set_aside") == [(3, "category Estates: not followed here")]


def test_whatever_else_may_be_mapped_but_a_blank_is_not_it(con: duckdb.DuckDBPyConnection) -> None:
    rest = mapped_to(DATIX, measure={"*": ()})
    raw(con, [("W1", "17/04/2026", "Oak ward", word, "None", None) for word in ("Falls", "Collision", None)])
    mapped = apply_mapping(con, rest, DATIX_HEADER)
    assert mapped.lines == 1
    assert all_of(con, "set_aside") == [(3, "category Collision: not followed here")]
    assert mapped.unmapped == (Unmapped("measure", "", 1),)


# LFPSE ------------------------------------------------------------------------------------------------------------


def test_an_lfpse_export_counts_an_incident_once_at_its_highest_revision_and_worst_harm(
    con: duckdb.DuckDBPyConnection,
) -> None:
    raw(
        con,
        [
            ("A", "1", "2026-04-17", "Ward", "4", "1", None),  # an earlier revision said fatal
            ("A", "2", "2026-04-18", "Ward", "3 {~@~} 4", "5", "4"),  # one patient: no harm
            ("A", "2", "2026-04-18", "Ward", "3 {~@~} 4", "4", "2"),  # another: low, and moderate psychological harm
            ("B", "10", "2026-04-19T08:30:00", "12", "4", "5", "1"),  # severe by its psychological harm
            ("B", "9", "2026-04-19", "12", "4", "1", "1"),  # 9 is before 10
            ("C", "1", "2026-04-20", "Ward", "3 {~@~} 10", "1", "1"),  # no medication
            ("D", "1", "2026-04-20", "Ward", "4 {~@~} 99", "5", "4"),  # a choice that is not known
            ("E", "1", "2026-04-20", "Ward", "4", "7", "4"),  # one patient's harm is not known,
            ("E", "1", "2026-04-20", "Ward", "4", "5", "4"),  # so neither is the incident's
            ("#10", "x", "2026-04-20", "Ward", "4", "5", "4"),  # which revision is this, beside the next line's?
            ("#10", "3", "2026-04-20", "Ward", "4", "5", "4"),
            ("G", "1", "2026-04-20", "Ward", None, "5", "4"),
        ],
    )
    mapped = apply_mapping(con, LFPSE, LFPSE_HEADER)

    assert all_of(con, "incoming") == [
        (3, "2026-04-18", "W01", "med_errors", "A", "2", "moderate"),
        (3, "2026-04-18", "W01", "med_harm", "A", "2", "moderate"),
        (5, "2026-04-19", "W02", "med_errors", "B", "10", "severe"),
        (5, "2026-04-19", "W02", "med_harm", "B", "10", "severe"),
    ]
    assert all_of(con, "set_aside") == [
        (2, "an earlier revision of an incident"),
        (4, "another patient of an incident that is counted once"),
        (6, "an earlier revision of an incident"),
        (7, "category 3 {~@~} 10: not followed here"),
        (13, "category: not followed here"),
    ]
    assert [(line, reason) for line, _, _, reason in all_of(con, "problem")] == [
        (8, "this category is not mapped to a measure (1 line)"),
        (9, "this severity is not mapped to none, low, moderate, severe or fatal (1 line)"),
        (10, "another line of this incident cannot be used"),
        (11, "not a whole number: write digits only"),
        (12, "another line of this incident cannot be used"),
    ]
    assert set(mapped.unmapped) == {Unmapped("measure", "99", 1), Unmapped("severity", "7", 1)}


@pytest.mark.parametrize("physical", ["1", "2", "3", "4", "5", None])
@pytest.mark.parametrize("psychological", ["1", "2", "3", "4", None])
def test_lfpse_harm_is_the_worse_of_the_two(
    con: duckdb.DuckDBPyConnection, physical: str | None, psychological: str | None
) -> None:
    ranks = ["", "none", "low", "moderate", "severe", "fatal"]
    worse = max(6 - int(physical) if physical else 0, 5 - int(psychological) if psychological else 0)
    raw(con, [("A", "1", "2026-04-18", "Ward", "4", physical, psychological)])
    apply_mapping(con, LFPSE, LFPSE_HEADER)
    assert {row[6] for row in all_of(con, "incoming")} == {ranks[worse]}


# AMaT -------------------------------------------------------------------------------------------------------------


def test_an_amat_file_is_added_up_by_ward_and_month(con: duckdb.DuckDBPyConnection) -> None:
    raw(
        con,
        [
            ("03/04/2026", "Maple Ward", "Hand hygiene", "9", "10"),
            ("17/04/2026", "Maple Ward", "Care plans", "11", "20"),
            ("17/04/2026", "Oak Ward", "Care plans", "5", "5"),
            ("02/05/2026", "Maple Ward", "Care plans", "*", "20"),  # alone in its month: as it stands
            ("17/05/2026", "Oak Ward", "Care plans", "*", "20"),  # cannot be added to the next
            ("18/05/2026", "Oak Ward", "Hand hygiene", "9", "10"),
            ("18/05/2026", "Oak Ward", "Fire doors", "9", "10"),
            ("18/05/2026", "Oak Ward", "Ligatures", "9", "10"),
        ],
    )
    mapped = apply_mapping(con, AMAT, AMAT_HEADER)
    assert con.table("incoming").columns == ["line", "month", "unit", "measure", "numerator", "denominator"]
    assert all_of(con, "incoming") == [
        (2, "2026-04-01", "W01", "audit_compliance", "20", "30"),
        (4, "2026-04-01", "W02", "audit_compliance", "5", "5"),
        (5, "2026-05-01", "W01", "audit_compliance", "*", "20"),
    ]
    assert all_of(con, "set_aside") == [
        (3, "added to the first line of the same unit, month and measure"),
        (8, "category Fire doors: not followed here"),
    ]
    assert [one[0] for one in all_of(con, "problem")] == [6, 7, 9]
    assert mapped.unmapped == (Unmapped("measure", "Ligatures", 1),)


def test_a_file_of_exposure_is_mapped_too(con: duckdb.DuckDBPyConnection) -> None:
    beds = from_detail(
        {
            "source": "beds",
            "feed": "exposure",
            "columns": {"month": "Month", "unit": "Ward", "kind": "What", "value": "Days"},
            "values": {"unit": {"Maple": ["W01"]}, "kind": {"OBD": ["occupied_bed_days"], "Leave days": []}},
        }
    )
    raw(
        con, [("2026-04", "maple", "OBD", "512"), ("2026-04", "maple", "Leave days", "5"), ("2026-04", "?", "obd", "1")]
    )
    apply_mapping(con, beds, ["Month", "Ward", "What", "Days"])
    assert all_of(con, "incoming") == [(2, "2026-04", "W01", "occupied_bed_days", "512")]
    assert all_of(con, "set_aside") == [(3, "kind Leave days: not counted here")]
    assert [one[0] for one in all_of(con, "problem")] == [4]


# Every line -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("mapping", "header"),
    [(DATIX, DATIX_HEADER), (LFPSE, LFPSE_HEADER), (AMAT, AMAT_HEADER)],
    ids=["datix", "lfpse", "amat"],
)
def test_every_line_ends_in_one_place(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, header: list[str], seed: int
) -> None:
    rng = Random(seed)
    words = {
        joined: [*mapping.values.get(role, {}), *mapping.values.get(role, {})] * 5 + ["something else", "", None, "*"]
        for role, joined in mapping.columns.items()
    }
    words[mapping.columns.get("event_reference", "-")] = [f"R{i}" for i in range(150)] + [None, ""]
    words[mapping.columns.get("revision", "-")] = ["1", "2", "3", None] * 6 + ["x"]
    for role in ("day", "month"):
        days = [
            f"{day:02}/{month:02}/{year}" for day in (3, 17) for month in range(1, 13) for year in range(2018, 2027)
        ]
        words[mapping.columns.get(role, "-")] = [*days, "2026-04-17", "17/04/2026 14:05", "04-2026", "", None]
    words[mapping.columns.get("numerator", "-")] = ["0", "3", "9.5"] * 5 + ["*", None]
    words[mapping.columns.get("denominator", "-")] = ["10", "20"] * 5 + ["many", None]
    rows = [tuple(rng.choice(words[cell]) for cell in header) for _ in range(300)]
    raw(con, rows)
    mapped = apply_mapping(con, mapping, header)

    places = {
        table: {line for (line,) in con.execute(f"select distinct line from {table}").fetchall()}
        for table in ("incoming", "problem", "set_aside")
    }
    assert Counter(line for lines in places.values() for line in lines) == Counter(range(2, 302))
    assert con.execute("select count(*) from set_aside").fetchall() == [(len(places["set_aside"]),)]
    assert mapped.lines == len(places["incoming"]) > 0
    assert list(mapped.unmapped) == sorted(mapped.unmapped, key=lambda one: -one.lines)
    if "event_reference" in mapping.columns and mapping.combine:
        once = (
            "select count(*) from (select 1 from incoming where event_reference <> '' group by event_reference, measure"
            " having count(*) > 1)"
        )
        assert con.execute(once).fetchall() == [(0,)]


# Recognised, kept, refused ----------------------------------------------------------------------------------------


def test_recognise_source_knows_a_header_in_any_order_and_spelling() -> None:
    ready = ready_mappings()
    assert recognise_source(["approval STATUS ", *DATIX_HEADER[:-1], "Handler"], ready.values()) == ready["datix"]
    assert recognise_source(LFPSE_HEADER, ready.values()) == ready["lfpse"]
    assert recognise_source(AMAT_HEADER, ready.values()) == ready["amat"]
    assert recognise_source(["month", "unit", "measure", "numerator"], ready.values()) is None
    assert recognise(DATIX_HEADER) is None  # no feed takes it first


def test_recognise_source_prefers_the_mapping_with_more_columns() -> None:
    fewer = replace(DATIX, source="own", columns={k: v for k, v in DATIX.columns.items() if k != "severity"}, values={})
    assert recognise_source(DATIX_HEADER, [fewer, DATIX]) == DATIX


def test_problem_of_header_names_the_nearest_column() -> None:
    assert problem_of_header(DATIX, DATIX_HEADER) is None
    header = ["Ref", "Incident dates", *DATIX_HEADER[2:]]
    assert problem_of_header(DATIX, header) == (
        "the column 'Incident date' of datix (day) is missing; the nearest is 'Incident dates': "
        "export it under this name, or change the mapping"
    )
    assert "stands twice" in str(problem_of_header(DATIX, [*DATIX_HEADER, "ref"]))


def test_other_columns_are_dropped_only_where_the_mapping_says_so(con: duckdb.DuckDBPyConnection) -> None:
    header = [*DATIX_HEADER, "Handler", "Description"]
    raw(con, [("W1", "17/04/2026", "Oak Ward", "Falls", "None", None, "somebody", "a long story")])
    with pytest.raises(ValueError, match=r"^Datix needs no column 'Handler' and 1 more: export the file without it"):
        apply_mapping(con, DATIX, header)
    apply_mapping(con, replace(DATIX, drop_other_columns=True), header)
    assert "story" not in str(all_of(con, "incoming"))


@pytest.mark.parametrize("mapping", [*ready_mappings().values(), DATIX, LFPSE, AMAT])
def test_a_mapping_is_remembered_as_it_is(mapping: Mapping) -> None:
    assert from_detail(json.loads(json.dumps(to_detail(mapping)))) == mapping


@pytest.mark.parametrize("source", ready_mappings())
def test_ready_mappings_speak_of_measures_that_there_are_and_ask_for_no_person(source: str) -> None:
    mapping = ready_mappings()[source]
    asked = columns_to_ask_for(source)
    assert mapping.source == source
    assert [header for header, _ in asked] == [column for column, why in asked if why.endswith(".")]
    assert {part for header in mapping.columns.values() for part in header.split(" + ")} == {
        header for header, _ in asked
    }
    assert personal_headers([header for header, _ in asked]) == ()
    for role, words in mapping.values.items():
        ours = {one for many in words.values() for one in many}
        allowed = {
            "measure": set(shipped_catalogue()),
            "severity": {"none", "low", "moderate", "severe", "fatal"},
            "severity_2": {"none", "low", "moderate", "severe"},
            "status": {"suspected", "confirmed", "other_conclusion"},
            "kind": set(EXPOSURES),
            "unit": set(),
        }[role]
        assert ours <= allowed
    assert "report" not in mapping.columns.get("day", "")


def test_columns_to_ask_for_an_unknown_source() -> None:
    with pytest.raises(
        ValueError, match=r"There is no source 'ulysses'; the sources are amat, datix, lfpse, lfpse_raw\."
    ):
        columns_to_ask_for("ulysses")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": ""}, "A mapping must state its source."),
        ({"colums": {}}, "A mapping does not state 'colums' (did you mean 'columns'?)."),
        ({"columns": ["Ref"]}, "The columns of a mapping must be an object."),
        ({"feed": "units"}, "A mapping makes events, monthly, exposure, and not 'units'."),
        ({"columns": DATIX.columns | {"handler": "Handler"}}, "'handler' is no column of the events feed"),
        ({"columns": DATIX.columns | {"day": " "}}, "The column 'day' must name the header"),
        ({"columns": DATIX.columns | {"unit": "A + B + C"}}, "joins more than two columns"),
        ({"columns": {"unit": "Ward"}, "values": {}}, "must say which column holds the day"),
        ({"values": {"unit": "W01"}}, "The values of 'unit' must be an object"),
        ({"values": {"unit": {"Maple": "W01"}}}, "'Maple' of 'unit' must be mapped to a list of words"),
        ({"values": {"unit": {"Maple": ["W01", "W02"]}}}, "only a measure may be several"),
        ({"values": {"unit": {"Maple": ["W01"], "MAPLE ": ["W02"]}}}, "'MAPLE ' of 'unit' is mapped twice"),
        ({"values": {"day": {"today": ["2026-04-17"]}}}, "Values are given for 'day'"),
        ({"date_style": "mdy"}, "The date_style of a mapping is iso, dmy, not 'mdy'."),
        ({"drop_other_columns": "yes"}, "must be true or false"),
        ({"combine": "lfpse"}, "say which column holds the revision"),
        ({"combine": "sum"}, "Lines of the events feed are not combined by 'sum'."),
    ],
)
def test_a_nonsense_mapping_is_refused_with_a_sentence(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as refused:
        from_detail(to_detail(DATIX) | change)
    assert says in str(refused.value)


def test_a_mapping_is_an_object_and_names_nobody() -> None:
    with pytest.raises(ValueError, match="A mapping is an object"):
        from_detail([])  # type: ignore[arg-type]
    with pytest.raises(
        PersonalData, match=r"^A word of 'unit' seems to hold a name: .*Do not name patients or staff\."
    ):
        from_detail(to_detail(DATIX) | {"values": {"unit": {"home of Mr Smith": ["W01"]}}})


def test_every_target_is_a_column_of_its_feed() -> None:
    assert set(FEEDS["events"].required) <= set(DATIX.columns)
    assert set(FEEDS["monthly"].required) <= set(AMAT.columns)
