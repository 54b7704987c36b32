"""Made-up columns for the tests of data/ingest/persons.py: what honest extracts hold, and people to plant in them."""

from datetime import date, timedelta
from random import Random

import duckdb
import pyarrow as pa

from data.ingest.persons import Role, is_nhs_number

UNITS = (
    "Rose ward",
    "Florence Nightingale Unit",
    "St Mary's",
    "St. John's Ward",
    "Maple Ward",
    "Tom Harrison House",
    "Clock View",
    "Broadoak",
    "Grace Ward",
    "Heather Close Clinic",
    "Scott Clinic",
    "Elizabeth Fry Ward",
    "Dr Gray's Hospital",
    "Ward 12 (older adults)",
    "E1 2nd floor",
    "Liverpool Crisis Team - 24/7",
    "Lewis Suite 2",
    "CMHT North (Aintree / Walton)",
    "Hope Centre, Room 2.14",
)
LABELS = (
    "Fall from bed",
    "Slip, trip",
    "Slip/Trip/Fall",
    "Medication, administration",
    "Self-harm / Ligature",
    "Violence & aggression (patient to staff)",
    "Abuse etc of patient by patient",
    "Infrastructure - staffing, facilities, environment",
    "No harm: impact prevented",
    "Being reviewed",
    "Finally approved",
    "Low harm (minimal injury)",
    "1. None",
    "Moderate",
    "Check 5 of 6",
)
CODES = ("W01", "W02", "A12", "RW401", "RW4X2", "falls_all", "med_errors", "7A", "WARD_07", "TRUST", "*", "L1", "MHS76")
FORENAMES = (
    "John",
    "Aisha",
    "Mohammed",
    "Siobhan",
    "Ngozi",
    "Piotr",
    "Priya",
    "Wei",
    "Rhys",
    "Emma",
    "Abdul",
    "Katarzyna",
)
SURNAMES = (
    "Smith",
    "O'Connor",
    "Patel",
    "Adeyemi",
    "Nowak",
    "Hussain",
    "Jones",
    "Li",
    "Brown-Taylor",
    "MacDonald",
    "Khan",
)
AREAS = ("L", "CH", "WA", "M", "SW", "E", "B", "LS", "NE", "PR")


def table(con: duckdb.DuckDBPyConnection, columns: dict[str, list[str | None]]) -> None:
    """The columns as the table `extract`, numbered as a file's lines are: its header is line 1."""
    size = len(next(iter(columns.values())))
    view = pa.table(
        {"line": pa.array(range(2, size + 2), pa.int64())} | {k: pa.array(v, pa.string()) for k, v in columns.items()}
    )
    con.register("extract", view)


def day(rng: Random, since: date = date(2018, 1, 1), days: int = 3000) -> date:
    return since + timedelta(days=rng.randrange(days))


def clean_date(rng: Random, style: int) -> str:
    when = day(rng)
    return (
        when.isoformat(),
        when.strftime("%Y-%m"),
        when.strftime("%d/%m/%Y"),
        f"{when.day}/{when.month}/{when.year} {rng.randrange(24)}:{rng.randrange(60):02}",
        f"{when.isoformat()}T{rng.randrange(24):02}:{rng.randrange(60):02}:00",
    )[style]


def clean_references(rng: Random, size: int) -> list[str | None]:
    """One system's references: numbered, dated, prefixed or random, of ten digits or of others."""
    start = rng.randrange(1, 80_000)
    forms = (
        lambda i: f"INC-{20417 + start + i * rng.randrange(1, 3)}",
        lambda i: f"W{1234567 + start + i}",
        lambda i: str(4_000_100_000 + 31 * start + i),  # in a row, in the range of NHS numbers
        lambda i: str(rng.randrange(10**9, 10**10)),  # ten digits at random
        lambda i: f"{day(rng, date(2025, 1, 1), 600):%y%m%d}{rng.randrange(10_000):04}",
        lambda i: f"WEB{6_000_000_000 + start * 7 + i * 3}",
        lambda i: f"{20000 + start + i}/{rng.randrange(1, 9)}",
        lambda i: f"2026/{start + i:06}",
    )
    form = rng.choice(forms)
    return [form(i) for i in range(size)]


def clean_columns(rng: Random) -> tuple[dict[str, list[str | None]], dict[str, Role]]:
    """A clean file of 40 to 400 lines: its columns, and the role of each."""
    size = rng.randrange(40, 400)
    style = rng.randrange(5)
    codes = rng.sample(CODES, 6)
    columns: dict[str, list[str | None]] = {
        "day": [clean_date(rng, style) for _ in range(size)],
        "unit": [rng.choice(codes) for _ in range(size)],
        "place": [rng.choice(UNITS) for _ in range(size)],
        "category": [rng.choice(LABELS) for _ in range(size)],
        "other": [rng.choice((*LABELS, *UNITS)) for _ in range(size)],
        "value": [rng.choice(("", "*", f"{rng.random() * 100:.2f}", clean_figure(rng))) for _ in range(size)],
        "reference": clean_references(rng, size),
    }
    roles: dict[str, Role] = {
        "day": "date",
        "unit": "code",
        "place": "label",
        "category": "label",
        "other": "free",
        "value": "figure",
        "reference": "reference",
    }
    return columns, roles


def clean_figure(rng: Random) -> str:
    """A count or days, of any number of digits up to twelve but ten."""
    digits = rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 11, 12))
    return str(rng.randrange(10 ** (digits - 1), 10**digits))


def nhs_number(rng: Random) -> str:
    while True:
        digits = str(rng.choice((4, 6, 7)) * 10**9 + rng.randrange(10**9))
        if is_nhs_number(digits):
            return digits


def spaced(rng: Random, digits: str) -> str:
    """An NHS number as people write it."""
    a, b, c = digits[:3], digits[3:6], digits[6:]
    return rng.choice(
        (
            digits,
            f"{a} {b} {c}",
            f"{a}-{b}-{c}",
            f"{a}.{b}.{c}",
            f"{a}\u00a0{b}\u00a0{c}",
            f" {a}  {b} {c} ",
            f"{digits}.0",
            f"{digits[0]}.{digits[1:]}E9",
            f"{digits[:5]} {digits[5:]}",
            f"{a}\u2013{b}\u2013{c}",
        )
    )


def birthday(rng: Random) -> str:
    when = day(rng, date(1930, 1, 1), 28_000)
    return rng.choice(
        (when.isoformat(), when.strftime("%d/%m/%Y"), when.strftime("%d-%b-%Y"), when.strftime("%d.%m.%Y"))
    )


def postcode(rng: Random) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    code = f"{rng.choice(AREAS)}{rng.randrange(1, 30)} {rng.randrange(10)}{rng.choice(letters)}{rng.choice(letters)}"
    return rng.choice((code, code, code.replace(" ", ""), code.lower()))


def person(rng: Random, style: int) -> str:
    first, last = rng.choice(FORENAMES), rng.choice(SURNAMES)
    title = rng.choice(("Mr", "Mrs", "Ms", "Dr"))
    return (f"{first} {last}", f"{last}, {first}", f"{title} {last}", f"{last.upper()}, {first.upper()}", first)[style]
