"""No patient in an aggregate extract: what is planted is found, and honest files pass (reliability.md, promise 19)."""

import os
import time
from collections.abc import Iterator
from random import Random

import duckdb
import pytest

from data.ingest.persons import PersonalData, find_persons, is_nhs_number, kinds_in, personal_headers, refuse_persons
from tests.data.clean_files import (
    birthday,
    clean_columns,
    clean_references,
    nhs_number,
    person,
    postcode,
    spaced,
    table,
)

FILES = 500 if os.environ.get("ZERO_HARM_SLOW") == "1" else 100
EXAMPLE = "9434765919"  # the data dictionary's own


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"threads": "2"})
    yield connection
    connection.close()


# A text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Seen by Mr Smith", ("a name",)),
        ("Dr A. Patel rebased it", ("a name",)),
        ("MRS O'NEIL asked", ("a name",)),
        ("seen 03/02/98", ("a date of birth",)),
        ("as Ngozi Adeyemi asked", ("a name",)),
        ("Patel, Anita", ("a name",)),
        ("born 1 March 2015", ("a date of birth",)),
        ("a man, DOB: 02/01/98", ("a date of birth",)),
        ("on 12 March 1956", ("a date of birth",)),
        ("943 476 5919 fell", ("an NHS number",)),
        ("bed 12 943-476-5919", ("an NHS number",)),
        ("９４３４７６５９１９", ("an NHS number",)),
        ("943\u200b476\u200b5919", ("an NHS number",)),
        ("moved to L12 2AB", ("a postcode",)),
        ("RiO 2041700", ("a hospital number",)),
        ("hospital no. K123456", ("a hospital number",)),
        ("write to a.b@nhs.net", ("an e-mail address",)),
        ("ring 0151 473 0303", ("a telephone number",)),
        ("ring +44 7700 900123", ("a telephone number",)),
        ("Mr Jones, 943 476 5919", ("an NHS number", "a name")),
    ],
)
def test_kinds_in_names_what_a_text_tells(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_in(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The ward moved from Broadoak to Clock View on 17/04/2026.",
        "Florence Nightingale Unit and Tom Harrison House closed to admissions.",
        "Oliver McGowan training began; Safewards since 2024-04-01.",
        "St Mary's counts falls from 2019-04-01 14:05 on.",
        "12 of 18 beds, 3 of them new; 943 476 5918 is no NHS number",
        "Jan Feb Mar 2026: figures late.",
        "Bay B1 3RD Floor",
        "Bands 0-10/11-30/31-60; section 1.2.10 of the standard; an MR chart, Xmr and mr c u",
        "Miss rates fell, MS Teams was down and a dose was missed",
        "Incident INC-2041712 was counted twice",
    ],
)
def test_kinds_in_says_nothing_of_a_clean_text(text: str) -> None:
    assert kinds_in(text) == ()


def test_refuse_persons_says_where_and_never_what() -> None:
    with pytest.raises(PersonalData) as refused:
        refuse_persons(f"Mr Smith, {EXAMPLE}", "the reason")
    assert str(refused.value) == (
        "The reason seems to hold an NHS number and a name: write it without. Do not name patients or staff."
    )
    refuse_persons("The ward moved.", "the reason")


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        (EXAMPLE, True),
        ("9434765918", False),  # the check digit
        ("5990128088", False),  # passes, and 5 is no range that is issued
        ("3200000000", False),  # before Northern Ireland's first
        ("0101010014", False),  # a birthday, and the check digit fails
        ("943476591", False),
    ],
)
def test_is_nhs_number(digits: str, expected: bool) -> None:
    assert is_nhs_number(digits) is expected


def test_is_nhs_number_passes_an_eleventh_of_any_ten_digits() -> None:
    rng = Random(1)
    share = sum(is_nhs_number(str(rng.randrange(6 * 10**9, 8 * 10**9))) for _ in range(20_000)) / 20_000
    assert 0.085 < share < 0.097


# Headers ----------------------------------------------------------------------------------------------------------


PEOPLE = """
NHS Number|NHS no.|nhs_number|NHSNumber|Forename|SURNAME|Patient name|DOB|D.O.B.|Date of Birth|Postcode|Post code|Hospital No
RiO number|PAS ID|MRN|Unit number|Address|Description|Narrative|Comments|Details|Handler|Reporter|Manager|Ward manager
Reported by|Home address|F001 - Describe what happened|F001_Description|OT003_ClinicalOutcome|Name|Description of what happened:
Action taken|E-mail|First name
"""
OTHERS = """
month|unit|measure|numerator|Incident date|Reported date|Location (exact)|Category|Sub category|Severity|Result|Ref|Reference
Approval status|Revision|T005 - Event Date|OT001 - Physical harm|A001 - Involved Agents|Unit name|event_reference|Compliant
Reporter Organisation Code|Ward|Standard|Total|Hospital|L004_LocationWithinService|NHS trust|covers_from
"""


@pytest.mark.parametrize("cell", PEOPLE.strip().replace("\n", "|").split("|"))
def test_personal_headers_knows_people_and_free_text(cell: str) -> None:
    assert personal_headers(["Ward", cell]) == (cell,)


@pytest.mark.parametrize("cell", OTHERS.strip().replace("\n", "|").split("|"))
def test_personal_headers_lets_the_others_pass(cell: str) -> None:
    assert personal_headers([cell]) == ()


# A table: what must stop ------------------------------------------------------------------------------------------


def share_stopped(con: duckdb.DuckDBPyConnection, plant: object, files: int = 100, seed: int = 7) -> float:
    """The share of files in which something is found, each clean but for what `plant(rng, columns, roles)` puts in."""
    stopped = 0
    for number in range(files):
        rng = Random(seed * 100_000 + number)
        columns, roles = clean_columns(rng)
        plant(rng, columns, roles)  # type: ignore[operator]
        table(con, columns)
        stopped += bool(find_persons(con, "extract", roles))
    return stopped / files


def plant_nhs_numbers(rng: Random, columns: dict, roles: dict) -> None:
    """One NHS number somewhere: in a column of its own, or once in another."""
    place = rng.choice(("unit", "value", "day", "place", "other", "reference", "own"))
    if place == "own":
        size = len(columns["day"])
        columns["own"] = [spaced(rng, nhs_number(rng)) if rng.random() < 0.9 else None for _ in range(size)]
        roles["own"] = rng.choice(("code", "reference", "free", "label", "figure"))
    else:
        if place == "reference":  # among ten digits at random it cannot be told: see the module
            columns[place] = [f"INC-{20417 + i}" for i in range(len(columns["day"]))]
        columns[place][rng.randrange(len(columns[place]))] = spaced(rng, nhs_number(rng))


def plant_column(make: object, roles_of_it: tuple[str, ...], header: str = "x"):
    def plant(rng: Random, columns: dict, roles: dict) -> None:
        style = rng.randrange(5)
        size = len(columns["day"])
        columns[header] = [make(rng, style) for _ in range(size)]  # type: ignore[operator]
        roles[header] = rng.choice(roles_of_it)

    return plant


def test_find_persons_finds_500_planted_nhs_numbers(con: duckdb.DuckDBPyConnection) -> None:
    assert share_stopped(con, plant_nhs_numbers, files=FILES) >= 0.99


def test_find_persons_finds_columns_of_birthdays(con: duckdb.DuckDBPyConnection) -> None:
    own = plant_column(lambda rng, style: birthday(rng), ("free", "code", "label"))
    named = plant_column(lambda rng, style: birthday(rng), ("date", "free"), header="Date of birth")
    assert share_stopped(con, own) >= 0.95
    assert share_stopped(con, named) >= 0.95


def test_find_persons_finds_columns_of_postcodes(con: duckdb.DuckDBPyConnection) -> None:
    plant = plant_column(lambda rng, style: postcode(rng), ("free", "code", "label", "reference"))
    assert share_stopped(con, plant) >= 0.95


def test_find_persons_finds_columns_of_names(con: duckdb.DuckDBPyConnection) -> None:
    assert share_stopped(con, plant_column(person, ("free", "code"))) >= 0.95


@pytest.mark.parametrize(
    ("role", "value"),
    [
        ("figure", "9,434,765,919"),
        ("figure", "4000000001.0"),
        ("figure", "4.000000001E+09"),
        ("code", "1234567890"),
        ("date", "943 476 5919"),
        ("date", "2026041714"),
        ("code", "x" * 61),
        ("reference", "one two three four five six seven eight nine"),
        ("label", "L12 2AB"),
        ("reference", "INC 943 476 5919"),
        ("label", "ask a.b@nhs.net"),
    ],
)
def test_find_persons_stops_one_value(con: duckdb.DuckDBPyConnection, role: str, value: str) -> None:
    table(con, {"it": ["W01", None, value]})
    found = find_persons(con, "extract", {"it": role})  # type: ignore[dict-item]
    assert [(one.line, one.column) for one in found] == [(4, "it")]
    assert value not in repr(found)


def test_find_persons_lets_declared_codes_pass(con: duckdb.DuckDBPyConnection) -> None:
    table(con, {"unit": ["L12AB", "W01"]})
    assert find_persons(con, "extract", {"unit": "code"})
    assert find_persons(con, "extract", {"unit": "code"}, known={"L12AB"}) == []


def test_find_persons_takes_any_header(con: duckdb.DuckDBPyConnection) -> None:
    table(con, {'a "quoted"; drop table extract': [EXAMPLE]})
    assert len(find_persons(con, "extract", {'a "quoted"; drop table extract': "free"})) == 1


# A table: what must pass ------------------------------------------------------------------------------------------


def test_find_persons_lets_500_clean_files_pass(con: duckdb.DuckDBPyConnection) -> None:
    assert share_stopped(con, lambda rng, columns, roles: None, files=FILES) <= 0.01


@pytest.mark.parametrize(
    ("numbers", "stops"),
    [
        ([EXAMPLE], True),  # alone
        (["INC-20417", "INC-20418", EXAMPLE], True),  # one among references of another form
        ([str(4_000_100_000 + i) for i in range(200)], False),  # a sequence: one in eleven passes
        ([*(str(4_000_100_000 + i) for i in range(200)), EXAMPLE], True),  # far off the sequence
        ([*(f"{400 + i} 000 {1000 + i}" for i in range(200))], True),  # written 3-3-4: an eleventh passes, and is one
    ],
)
def test_find_persons_tells_references_from_nhs_numbers(
    con: duckdb.DuckDBPyConnection, numbers: list[str | None], stops: bool
) -> None:
    table(con, {"reference": numbers})
    assert bool(find_persons(con, "extract", {"reference": "reference"})) is stops


def test_find_persons_stops_a_column_with_more_nhs_numbers_than_chance(con: duckdb.DuckDBPyConnection) -> None:
    rng = Random(3)
    mixed: list[str | None] = [str(rng.randrange(4 * 10**9, 5 * 10**9)) for _ in range(100)]
    mixed += [nhs_number(rng) for _ in range(60)]
    table(con, {"reference": mixed})
    assert find_persons(con, "extract", {"reference": "reference"})


def test_find_persons_reads_a_million_rows_soon(con: duckdb.DuckDBPyConnection) -> None:
    rng = Random(5)
    columns, roles = clean_columns(rng)
    columns["reference"] = clean_references(rng, len(columns["day"]))
    table(con, columns)
    five = ("day", "unit", "place", "category", "value")
    con.execute("create table many as select e.* from extract e cross join range(1_000_000) r(i) limit 1_000_000")
    before = time.process_time()
    find_persons(con, "many", {name: roles[name] for name in five})
    assert time.process_time() - before < 1.0  # 0.3 s on the machine of these notes; the rest is other people's tests
