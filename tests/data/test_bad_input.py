"""Bad input gets one clear sentence saying what, where and what to do, and loses nothing."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.intake import Problem, Refused, intake
from data.ingest.reading import UnreadableFile
from data.record import StoreError, writing
from data.status import status
from tests.conftest import TODAY, Load

HEAD = "month,unit,measure,numerator\n"


def problems_of(home: Home, content: str, tmp_path: Path, **words: object) -> list[Problem]:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    words.setdefault("today", TODAY)
    with intake(home, shipped_catalogue(), path, **words) as extract:  # type: ignore[arg-type]
        found = list(extract.problems)
        if found:
            with pytest.raises(Refused, match="was not loaded"):
                extract.accept("tester")
    return found


@pytest.mark.parametrize(
    ("rows", "line", "column", "says"),
    [
        ("2026-04,W9,falls_all,3\n", 2, "unit", "no unit has this code"),
        ("2026-04,W01,fals_all,3\n", 2, "measure", "did you mean falls_all"),
        ("2026-04,w01,falls_all,3\n", 2, "unit", "did you mean W01"),
        ("2026-04,W01,falls_all,-3\n", 2, "numerator", "a count cannot be negative"),
        ("2026-04,W01,falls_all,many\n", 2, "numerator", "not a number"),
        ("2026-04,W01,falls_all,1e3\n", 2, "numerator", "not a number"),
        ("2027-01,W01,falls_all,3\n", 2, "month", "this month is in the future"),
        ("2026-04-15,W01,falls_all,3\n", 2, "month", "a month is written as its first day"),
        ("April,W01,falls_all,3\n", 2, "month", "not a month: write 2026-04"),
        (",W01,falls_all,3\n", 2, "month", "the month is missing"),
        ("2026-04,W01,falls_all,1\n01/05/2026,W01,falls_all,3\n", 3, "month", "two date formats"),
        ("2026-04,Total,falls_all,3\n", 2, "unit", "a totals row"),
        ("2026-04,Grand Total,falls_all,3\n", 2, "unit", "a totals row"),
        ("2026-04,W03,falls_all,3\n", 2, "unit", "was not open in 2026-04"),
        ("2026-04,W01,falls_all,3\n2026-04,W01,falls_all,4\n", 2, "unit", "stand on lines 2, 3"),
        ("2026-04,,falls_all,3\n", 2, "unit", "the unit is missing"),
        ("2026-04,W01,,3\n", 2, "measure", "the measure is missing"),
    ],
)
def test_a_bad_row_is_named_with_line_column_and_reason(
    home: Home, tmp_path: Path, rows: str, line: int, column: str, says: str
) -> None:
    found = problems_of(home, HEAD + rows, tmp_path)
    assert any(p.line == line and p.column == column and says in p.reason for p in found), [str(p) for p in found]
    assert status(home)["observations"] == 0


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("2026-04,W01,care_plan_on_time,19,18,,,\n", "the numerator is above the denominator (18)"),
        ("2026-04,W01,care_plan_on_time,17,,,,\n", "needs a denominator on every reported line"),
        ("2026-04,W01,care_plan_on_time,17,-18,,,\n", "a denominator cannot be negative"),
        ("2026-04,W01,falls_all,3,500,,,\n", "divided by occupied_bed_days of the exposure feed"),
        ("2026-04,W01,falls_all,,,reported,,\n", "the state is reported, and there is no figure"),
        ("2026-04,W01,falls_all,3,,missing,,\n", "the state is missing, and yet there is a figure"),
        ("2026-04,W01,falls_all,3,,perhaps,,\n", "a state is reported, suppressed, missing or not_due"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(home: Home, tmp_path: Path, rows: str, says: str) -> None:
    head = "month,unit,measure,numerator,denominator,state,breakdown,severity\n"
    assert any(says in p.reason for p in problems_of(home, head + rows, tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("header.csv", HEAD.encode(), "has a header and no rows"),
        (
            "extract.csv",
            b"month,ward,measure,numerator\n2026-04,W01,falls_all,3\n",
            "the column 'ward' is not one of the monthly feed",
        ),
        ("extract.csv", b"month,unit,measure,numeratr\n2026-04,W01,falls_all,3\n", "did you mean 'numerator'"),
        ("extract.csv", b"month,unit,numerator\n2026-04,W01,3\n", "the column 'measure' is missing"),
        ("extract.csv", b"month,unit,unit,measure,numerator\n", "'unit' stands twice"),
        ("extract.csv", HEAD.encode() + b"2026-04,W\xfc1,falls_all,3\n", "line 2: not UTF-8 text"),
        ("extract.csv", HEAD.encode("utf-16"), "is UTF-16 text"),
        ("extract.csv", HEAD.encode() + b"2026-04,W01,\x00,3\n", "no text at all"),
        ("extract.xlsx", HEAD.encode(), "is named .xlsx but is plain text"),
        ("extract.parquet", HEAD.encode(), "is named .parquet but is plain text"),
        ("extract.csv", b"PK\x03\x04 not really", "is a workbook or ZIP file"),
        ("extract.xlsx", b"PK\x03\x04 not really", "not a workbook"),
        ("extract.xls", b"\xd0\xcf\x11\xe0 old", "old or encrypted Excel"),
        ("extract.parquet", b"PAR1 not really PAR1", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(
    home: Home, load: Load, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(UnreadableFile) as told:
        load(home, content, name)
    assert says in str(told.value)
    assert str(told.value).endswith(".") and "\n" not in str(told.value)
    assert status(home)["loads"] == 1  # the units


def test_a_zip_that_is_no_workbook_and_a_workbook_with_macros_are_refused(
    home: Home, load: Load, tmp_path: Path
) -> None:
    for part, says in (("data.csv", "a ZIP file, not a workbook"), ("xl/vbaProject.bin", "holds macros")):
        path = tmp_path / "made.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, "x")
            if "xl/" in part:
                archive.writestr("xl/workbook.xml", "<workbook/>")
        with pytest.raises(UnreadableFile, match=says):
            load(home, path.read_bytes(), "extract.xlsx")


def test_a_header_in_another_order_or_case_is_accepted(home: Home, load: Load) -> None:
    receipt = load(home, "Numerator;MEASURE; Unit ;Month\n3;falls_all;W01;2026-04\n")
    assert (receipt.feed, receipt.rows_stored) == ("monthly", 1)


def test_ragged_and_quoted_lines_are_named_by_their_true_line(home: Home, tmp_path: Path) -> None:
    text = (
        HEAD
        + '2026-04,W01,falls_all,3\n"2026-04","W02","falls_all","1"\n2026-05,W01,falls_all\n2026-05,W02,falls_all,2,9\n'
    )
    found = problems_of(home, text, tmp_path)
    assert [p.line for p in found] == [4, 5]
    assert all("another number of columns" in p.reason for p in found)


def test_one_bad_row_takes_no_other_down_silently(home: Home, load: Load) -> None:
    text = HEAD + "2026-04,W01,falls_all,3\n2026-04,W02,falls_all,oops\n2026-05,W01,falls_all,2\n"
    with pytest.raises(Refused):
        load(home, text)
    receipt = load(home, text, partial=True)
    assert (receipt.rows_read, receipt.rows_stored, receipt.rows_rejected) == (3, 2, 1)
    assert receipt.rejects is not None
    told = receipt.rejects.read_text(encoding="utf-8").splitlines()
    assert told[0] == "month,unit,measure,numerator,problem"
    assert told[1].startswith('2026-04,W02,falls_all,oops,"line 3, numerator: not a number')


def test_every_row_is_stored_or_reported(home: Home, load: Load) -> None:
    good = [f"2026-0{m},W0{w},falls_all,{m + w}" for m in range(1, 7) for w in (1, 2)]
    bad = ["2026-01,W77,falls_all,1", "2026-02,W01,nothing,1", "x,W01,falls_all,1"]
    receipt = load(home, HEAD + "\n".join(good + bad) + "\n", partial=True)
    assert receipt.rows_read == receipt.rows_stored + receipt.rows_rejected + receipt.rows_set_aside == 15
    assert receipt.rows_rejected == 3


def test_cells_of_the_reject_file_cannot_run_as_formulas(home: Home, load: Load) -> None:
    receipt = load(home, HEAD + "2026-04,W01,falls_all,1\n2026-04,=HYPERLINK(1),falls_all,1\n", partial=True)
    assert receipt.rejects is not None and ",'=HYPERLINK(1)," in receipt.rejects.read_text(encoding="utf-8")


def test_windows_1252_is_read_when_declared_and_never_guessed(home: Home, load: Load) -> None:
    text = "code,name,level,parent,valid_from\nTRUST,Trust,trust,,2024-01-01\nW01,Café ward,ward,TRUST,2024-01-01\n".encode(
        "cp1252"
    )
    with pytest.raises(UnreadableFile, match="--encoding windows-1252"):
        load(home, text)
    load(home, text, encoding="windows-1252")
    with writing(home) as writer:
        names = {row[0] for row in writer.con.execute("select name from record.unit").fetchall()}
    assert "Café ward" in names


def test_a_utf8_file_with_a_byte_order_mark_is_read(home: Home, load: Load) -> None:
    assert load(home, b"\xef\xbb\xbf" + HEAD.encode() + b"2026-04,W01,falls_all,3\n").rows_stored == 1


def test_parquet_and_workbook_give_the_cells_of_the_csv(home: Home, load: Load, tmp_path: Path) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,3\n2026-05,W01,falls_all,0\n")
    table = pa.table(
        {"month": ["2026-04", "2026-05"], "unit": ["W01"] * 2, "measure": ["falls_all"] * 2, "numerator": [3, 0]}
    )
    pq.write_table(table, tmp_path / "made.parquet")
    assert load(home, (tmp_path / "made.parquet").read_bytes(), "extract.parquet").changes.counts == {"unchanged": 2}
    rows = [
        ["month", "unit", "measure", "numerator"],
        ["2026-04", "W01", "falls_all", 3],
        ["2026-05", "W01", "falls_all", 0],
    ]
    assert load(home, workbook(rows), "extract.xlsx").changes.counts == {"unchanged": 2}


def test_figures_under_no_header_are_not_dropped(home: Home, load: Load) -> None:
    rows = [["month", "unit", "measure", "numerator", None], ["2026-04", "W01", "falls_all", 3, 9]]
    with pytest.raises(UnreadableFile, match="line 2: figures stand in a column without a header"):
        load(home, workbook(rows), "extract.xlsx")


def workbook(rows: list[list[object]]) -> bytes:
    """The smallest workbook that Excel would open: one sheet of inline texts and numbers."""
    import io

    def cell(value: object) -> str:
        if value is None:
            return "<c/>"
        if isinstance(value, int):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = "".join(f"<row>{''.join(cell(v) for v in row)}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Data" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def test_a_store_of_a_newer_version_is_left_alone(home: Home, load: Load) -> None:
    with writing(home) as writer:
        writer.con.execute("update record.meta set schema_version = 99")
        writer.con.execute("checkpoint record")
    with pytest.raises(StoreError, match="newer version"):
        load(home, HEAD + "2026-04,W01,falls_all,3\n")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file permissions are tried on POSIX systems")
def test_a_read_only_folder_is_named_and_nothing_changes(home: Home, tmp_path: Path) -> None:
    """As a person without root's rights: root may write where the folder forbids it."""
    source = tmp_path / "monthly.csv"
    source.write_text(HEAD + "2026-04,W01,falls_all,3\n")
    before = home.record.read_bytes()
    for path in (*home.root.rglob("*"), home.root):
        path.chmod(0o555 if path.is_dir() else 0o444)
    # Root may write where a folder forbids it, so root gives that right up: the other rights stay, to read the program.
    code = (
        "import ctypes, os, sys\n"
        "from data.__main__ import main\n"
        "if os.geteuid() == 0:\n"
        "    import duckdb, filelock, pyarrow\n"
        "    for capability in (1, 2, 3):\n"  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
        "        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)\n"
        "    drop = (ctypes.c_uint32 * 6)()\n"
        "    header = (ctypes.c_uint32 * 2)(0x20080522, 0)\n"
        "    ctypes.CDLL(None).capget(header, drop)\n"
        "    drop[0] &= ~0b1110\n"
        "    drop[1] &= ~0b1110\n"
        "    assert ctypes.CDLL(None).capset(header, drop) == 0\n"
        f"sys.exit(main(['load', {str(source)!r}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "ZERO_HARM_HOME": str(home.root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    for path in (home.root, *home.root.rglob("*")):
        path.chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert str(home.root) in done.stderr and "cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert home.record.read_bytes() == before


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="a small disk is mounted by root on Linux only"
)
def test_a_full_disk_is_told_and_nothing_is_lost(home: Home, load: Load, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(small)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        on_small = Home(small / "store")
        shutil.copytree(home.root, on_small.root)
        months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
        wide = "".join(
            f"{m},{u},falls_all,{g},,,ethnicity:group {g},\n"
            for g in range(600)
            for u in ("W01", "W02")
            for m in months
        )
        head = "month,unit,measure,numerator,denominator,state,breakdown,severity\n"
        (small / "filler").write_bytes(b"0" * (shutil.disk_usage(small).free - 300_000))
        with pytest.raises(StoreError, match="cannot be written"):
            load(on_small, head + wide)
        (small / "filler").unlink()
        assert status(on_small)["observations"] == 0
        assert load(on_small, HEAD + "2026-04,W01,falls_all,3\n").rows_stored == 1
    finally:
        subprocess.run(["umount", str(small)], check=False)
