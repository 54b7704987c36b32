"""What the record promises of loads: no doubles, no losses, the same end whatever the order, and sixty faults that are told."""

import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.access import Reader
from data.catalogue import shipped_catalogue
from data.config import PROJECT, Home
from data.ingest.answers import UnreadableFile
from data.ingest.intake import Refused, intake
from data.ingest.persons import PersonalData
from data.publish import publish
from data.record import writing
from data.status import status
from data.store import Store
from tests.conftest import TODAY, UNITS, Load
from tests.data.made_files import xlsx
from tests.data.test_record import EVENTS, HEAD, count

CATALOGUE = shipped_catalogue()
SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
N_RACES = 100 if SLOW else 2
N_ORDERS = 200 if SLOW else 2
FULL = "month,unit,measure,numerator,denominator,state,breakdown,severity\n"
EXPOSURE = "month,unit,kind,value\n"


# Races ------------------------------------------------------------------------------------------------------------------


def race(home: Home, paths: list[Path], *, processes: bool) -> None:
    """Load the files at once, by threads or by processes of their own."""
    if processes:
        words = [sys.executable, "-m", "tests.data.crash_worker", str(home.root)]
        workers = [
            subprocess.Popen([*words, str(path)], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for path in paths
        ]
        for worker in workers:
            assert worker.stdout is not None and worker.stdout.readline() == "READY\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            said, _ = worker.communicate(timeout=120)
            assert said.startswith("ACK"), said
        return
    failures: list[Exception] = []

    def one(path: Path) -> None:
        try:
            with intake(home, CATALOGUE, path, today=TODAY) as extract:
                extract.accept("racer")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


@pytest.mark.parametrize("processes", [False, True], ids=["threads", "processes"])
def test_two_loads_at_once_of_the_same_month_and_of_different_months(
    tmp_path: Path, load: Load, everyone: Reader, processes: bool
) -> None:
    home = Home(tmp_path / "raced")
    load(home, UNITS, "units.csv")
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    rounds = N_RACES // 4 if processes else N_RACES
    for n in range(1, rounds + 1):
        for same in (True, False):
            other = "2026-04" if same else "2026-05"
            a.write_text(HEAD + f"2026-04,W01,falls_all,{n}\n")
            b.write_text(HEAD + f"{other},W01,falls_all,{n + 1000 if not same else n}\n")
            before = status(home)["loads"]
            race(home, [a, b], processes=processes)
            with writing(home) as writer:
                doubled = writer.con.execute(
                    "select count(*) from (select load_id, measure_id, unit_code, period_start from record.observation"
                    " group by all having count(*) > 1)"
                ).fetchall()
                publish(writer, CATALOGUE)
            assert doubled == [(0,)]
            assert count(home, everyone, "falls_all", "W01", "2026-04") == n
            if not same:
                assert count(home, everyone, "falls_all", "W01", "2026-05") == n + 1000
            assert (
                status(home)["loads"] - before == 1
            )  # of the same bytes one changes nothing; of different months April is known


# The same again ---------------------------------------------------------------------------------------------------------


def test_the_same_rows_three_times_and_in_every_format_change_nothing(home: Home, load: Load, tmp_path: Path) -> None:
    rows = [
        (f"{2025 + i // 12}-{i % 12 + 1:02}", unit, "falls_all", str(i)) for i in range(15) for unit in ("W01", "W02")
    ]
    text = HEAD + "".join(",".join(row) + "\n" for row in rows)
    header = HEAD.strip().split(",")
    assert load(home, text, "first.csv").load_id is not None
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(header)})
    numbers = table.set_column(3, "numerator", pa.array([int(row[3]) for row in rows]))
    pq.write_table(numbers, tmp_path / "same.parquet")
    sheet = [header, *([*row[:3], int(row[3])] for row in rows)]
    again = {
        "first.csv": text.encode(),
        "second.csv": text.encode(),
        "semicolons.csv": text.replace(",", ";").encode("utf-8-sig"),
        "tabs.csv": text.replace(",", "\t").encode("utf-16"),
        "same.xlsx": xlsx(sheet),
        "same.parquet": (tmp_path / "same.parquet").read_bytes(),
    }
    for name, content in again.items():
        receipt = load(home, content, name)
        assert receipt.load_id is None, name
        assert receipt.changes.counts == {"unchanged": len(rows)}, name


# Orders -----------------------------------------------------------------------------------------------------------------

ISSUES = [(month, issue) for month in range(1, 9) for issue in (1, 2)]


@settings(max_examples=N_ORDERS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(order=st.permutations(ISSUES))
def test_a_year_of_loads_and_corrections_ends_the_same_in_every_order(
    order: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory, sample_end: dict[str, object]
) -> None:
    """Each file restates the month before; the declared issues say which is newer."""
    folder = tmp_path_factory.mktemp("order")
    home = Home(folder / "store")
    path = folder / "units.csv"
    path.write_text(UNITS)
    with intake(home, CATALOGUE, path, today=TODAY) as extract:
        extract.accept("tester", publish_now=False)
    path = folder / "figures.csv"
    for month, issue in order:
        lines = [
            f"2026-{m:02},{unit},falls_all,{m * 100 + month * 10 + issue}\n"
            for m in {max(1, month - 1), month}
            for unit in ("W01", "W02")
        ]
        path.write_text(HEAD + "".join(lines))
        with intake(home, CATALOGUE, path, issue=f"2026-{month + 1:02}-01v{issue}", today=TODAY) as extract:
            extract.accept("tester", publish_now=False)
    with writing(home) as writer:
        publish(writer, CATALOGUE)
    store = Store.open(home)
    assert store is not None
    table = store._both("cells", store.published.version).to_pylist()
    end = {(row["unit_code"], row["month"]): row["numerator"] for row in table}
    expected = {
        (unit, date(2026, m, 1)): float(m * 100 + min(8, m + 1) * 10 + 2)
        for m in range(1, 9)
        for unit in ("W01", "W02")
    }
    assert end == expected
    sample_end.setdefault("end", end)
    assert sample_end["end"] == end


@pytest.fixture(scope="module")
def sample_end() -> dict[str, object]:
    return {}


# Sixty faults ----------------------------------------------------------------------------------------------------------

GOOD = "2026-04,W01,falls_all,3\n"


def monthly(line: str, head: str = HEAD) -> str:
    return head + GOOD + line + "\n"


def event(line: str) -> str:
    return EVENTS + "2026-04-05,W01,falls_harm,A1,1,moderate,confirmed,2026-04-01,2026-04-30\n" + line + "\n"


def sheets(rows: list[list[object]]) -> Callable[[], bytes]:
    return lambda: xlsx(rows)


TOP = ["month", "unit", "measure", "numerator"]
FAULTS: dict[str, tuple[str, str | Callable[[], bytes]]] = {
    "unknown unit": ("a.csv", monthly("2026-04,W9,falls_all,1")),
    "unit in small letters": ("a.csv", monthly("2026-04,w02,falls_all,1")),
    "unit by its name": ("a.csv", monthly("2026-04,Oak ward,falls_all,1")),
    "no unit": ("a.csv", monthly("2026-04,,falls_all,1")),
    "totals row": ("a.csv", monthly("2026-04,Grand Total,falls_all,4")),
    "a Cyrillic letter": ("a.csv", monthly("2026-04,W\u041e1,falls_all,1")),
    "a zero-width blank": ("a.csv", monthly("2026-04,W02\u200b,falls_all,1")),
    "closed unit": ("a.csv", monthly("2026-04,W03,falls_all,1")),
    "before it opened": ("a.csv", monthly("2023-04,W01,falls_all,1")),
    "trust beside its wards": ("a.csv", monthly("2026-04,TRUST,falls_all,3")),
    "unknown measure": ("a.csv", monthly("2026-04,W02,falls,1")),
    "no measure": ("a.csv", monthly("2026-04,W02,,1")),
    "deaths as counts": ("a.csv", monthly("2026-04,W02,suicide_in_care,1")),
    "no month": ("a.csv", monthly(",W02,falls_all,1")),
    "future month": ("a.csv", monthly("2027-01,W02,falls_all,1")),
    "unfinished month": ("a.csv", monthly("2026-11,W02,falls_all,1")),
    "a day in the middle": ("a.csv", monthly("2026-04-17,W02,falls_all,1")),
    "mixed dates": ("a.csv", monthly("01/04/2026,W02,falls_all,1")),
    "a swapped date": ("a.csv", HEAD + "04/13/2026,W01,falls_all,1\n"),
    "thirteenth month": ("a.csv", monthly("2026-13,W02,falls_all,1")),
    "a month by its name": ("a.csv", monthly("Apr-26,W02,falls_all,1")),
    "an Excel serial": ("a.csv", monthly("46113,W02,falls_all,1")),
    "negative": ("a.csv", monthly("2026-04,W02,falls_all,-1")),
    "in brackets": ("a.csv", monthly("2026-04,W02,falls_all,(3)")),
    "a fraction of a fall": ("a.csv", monthly("2026-04,W02,falls_all,2.5")),
    "a percentage": ("a.csv", monthly("2026-04,W02,falls_all,12%")),
    "a word": ("a.csv", monthly("2026-04,W02,falls_all,three")),
    "a dash": ("a.csv", monthly("2026-04,W02,falls_all,-")),
    "nil": ("a.csv", monthly("2026-04,W02,falls_all,nil")),
    "scientific": ("a.csv", monthly("2026-04,W02,falls_all,1E5")),
    "decimal comma": ("a.csv", (HEAD + GOOD + '2026-04,W02,falls_all,"2,5"\n')),
    "a spreadsheet error": ("a.csv", monthly("2026-04,W02,falls_all,#REF!")),
    "seven decimals": ("a.csv", monthly("2026-04,W02,falls_all,1.1234567")),
    "the same twice": ("a.csv", monthly("2026-04,W01,falls_all,3")),
    "twice and different": ("a.csv", monthly("2026-04-01,W01,falls_all,4")),
    "a column too many": ("a.csv", monthly("2026-04,W02,falls_all,1,9")),
    "a column too few": ("a.csv", monthly("2026-04,W02,falls_all")),
    "numerator above denominator": ("a.csv", FULL + "2026-04,W01,care_plan_on_time,19,18,,,\n"),
    "no denominator": ("a.csv", FULL + "2026-04,W01,care_plan_on_time,17,,,,\n"),
    "denominator of a count": ("a.csv", FULL + "2026-04,W01,falls_all,3,500,,,\n"),
    "a state that is none": ("a.csv", FULL + "2026-04,W01,falls_all,3,,perhaps,,\n"),
    "missing with a figure": ("a.csv", FULL + "2026-04,W01,falls_all,3,,missing,,\n"),
    "a breakdown that is none": ("a.csv", FULL + "2026-04,W01,falls_all,3,,,colour:blue,\n"),
    "a severity that is none": ("a.csv", FULL + "2026-04,W01,falls_all,3,,,,awful\n"),
    "kind of exposure": ("a.csv", EXPOSURE + "2026-04,W01,bed_days,512\n"),
    "negative bed days": ("a.csv", EXPOSURE + "2026-04,W01,occupied_bed_days,-5\n"),
    "bed days above beds": ("a.csv", EXPOSURE + "2026-04,W01,occupied_bed_days,9000\n"),
    "day in the future": ("a.csv", event("2026-12-05,W01,falls_harm,A2,1,low,confirmed,2026-04-01,2026-04-30")),
    "day outside the coverage": ("a.csv", event("2026-03-05,W01,falls_harm,A2,1,low,confirmed,2026-04-01,2026-04-30")),
    "no reference": ("a.csv", event("2026-04-06,W01,falls_harm,,1,low,confirmed,2026-04-01,2026-04-30")),
    "the same event twice": ("a.csv", event("2026-04-06,W01,falls_harm,A1,1,moderate,confirmed,2026-04-01,2026-04-30")),
    "a status that is none": ("a.csv", event("2026-04-06,W01,falls_harm,A2,1,low,maybe,2026-04-01,2026-04-30")),
    "unknown column": ("a.csv", "month,unit,measure,numerator,colour\n" + GOOD.strip() + ",red\n"),
    "missing column": ("a.csv", "month,unit,numerator\n2026-04,W01,3\n"),
    "column twice": ("a.csv", "month,unit,unit,measure,numerator\n2026-04,W01,W01,falls_all,3\n"),
    "header only": ("a.csv", HEAD),
    "a name": ("a.csv", monthly("2026-04,Mr John Smith,falls_all,1")),
    "an NHS number": ("a.csv", monthly("2026-04,943 476 5919,falls_all,1")),
    "formula without a value": ("a.xlsx", sheets([TOP, ["2026-04", "W01", "falls_all", ("", "<f>1+2</f>")]])),
    "figures under no name": ("a.xlsx", sheets([TOP, ["2026-04", "W01", "falls_all", 3, 9]])),
    "empty sheet first": ("a.xlsx", sheets([["", ""]])),
    "text in the figures": ("a.xlsx", sheets([TOP, ["2026-04", "W01", "falls_all", "see note"]])),
    "a unit gone from the tree": ("a.csv", UNITS.replace("W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,,\n", "")),
}  # fmt: skip
NOWHERE = {"header only", "empty sheet first", "a unit gone from the tree"}  # what is not there has no line


def test_there_are_sixty_faults_and_95_in_100_stand_on_a_line() -> None:
    assert len(FAULTS) >= 60
    assert 1 - len(NOWHERE) / len(FAULTS) >= 0.95


@pytest.fixture(scope="module")
def faultless(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One store for all of them: none of them changes it."""
    folder = tmp_path_factory.mktemp("faults")
    made = Home(folder / "store")
    for name, text in (("units.csv", UNITS), ("before.csv", HEAD + "2026-03,W01,falls_all,2\n")):
        (folder / name).write_text(text)
        with intake(made, CATALOGUE, folder / name, today=TODAY) as extract:
            extract.accept("tester")
    return made


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_extract_is_refused_or_flagged_and_no_row_is_lost(faultless: Home, fault: str, tmp_path: Path) -> None:
    home = faultless
    name, made = FAULTS[fault]
    content = made if isinstance(made, str) else made()
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    before = status(home)["observations"]
    try:
        with intake(home, CATALOGUE, path, today=TODAY) as extract:
            sentences = [str(problem) for problem in extract.problems] + [str(warning) for warning in extract.warnings]
            assert sentences, "neither refused nor flagged"
            assert extract.rows_read == extract.rows_stored + extract.rows_rejected + extract.rows_set_aside
            if extract.problems:
                with pytest.raises(Refused):
                    extract.accept("tester")
            placed = [bool(re.search(r"line \d+.*, \w+", sentence)) for sentence in sentences]
    except (UnreadableFile, PersonalData) as error:
        sentences, placed = [str(error)], [bool(re.search(r"line \d+", str(error)))]
    assert status(home)["observations"] == before, "a refused file has left rows"
    assert any(placed) or fault in NOWHERE, sentences


def test_random_files_are_stored_or_reported_line_by_line(home: Home, load: Load, tmp_path: Path) -> None:
    """Rows in = rows stored + rows reported, whatever is in them."""
    rng = random.Random(7)
    bits = [
        ["2026-04", "2026-03-01", "Apr-26", "", "2027-01"],
        ["W01", "W02", "w01", "Total", ""],
        ["falls_all", "self_harm", "falls", ""],
        ["3", "*", "", "-1", "n/a", "1,234", "x"],
    ]
    path = tmp_path / "random.csv"
    for _ in range(25 if SLOW else 3):
        lines = [",".join('"' + rng.choice(bit) + '"' for bit in bits) for _ in range(rng.randint(1, 40))]
        path.write_text(HEAD + "\n".join(lines) + "\n")
        with intake(home, CATALOGUE, path, today=TODAY) as extract:
            filled = sum(any(part.strip('"') for part in line.split(",")) for line in lines)
            assert extract.rows_read == filled
            assert extract.rows_read == extract.rows_stored + extract.rows_rejected + extract.rows_set_aside
