"""Every format is read to the same rows of texts, with their lines; what is proposed can be said otherwise."""

import datetime as dt
import io
import resource
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.ingest.reading import Choice, Reading, UnreadableFile, read, unpack
from data.ingest.sheets import mark, propose
from data.ingest.table import load_csv
from tests.data.made_files import TABLE, csv_text, merged, ods, xls, xlsx, xlsx_parts, zipped

HEADER = ("month", "unit", "measure", "numerator")
EXPECTED = [(m + 1, f"2026-{m:02d}", "W01", "falls_all", str(m)) for m in range(1, 7)]


def reading(folder: Path, name: str, content: bytes | str, choice: Choice | None = None) -> Reading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return read(path, shown=name, folder=scratch, choice=choice or Choice())


def raw(found: Reading) -> list[tuple[object, ...]]:
    with duckdb.connect(str(found.file), read_only=True) as con:
        return con.execute("select * from raw order by line").fetchall()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


COLUMNS = pa.table({name: [row[i] for row in TABLE[1:]] for i, name in enumerate(HEADER)})


@pytest.mark.parametrize(
    ("name", "content", "kind", "first"),
    [
        ("a.csv", csv_text().encode(), "csv", 2),
        ("a.txt", csv_text(separator=";").encode(), "csv", 2),
        ("a.tsv", csv_text(separator="\t").encode(), "csv", 2),
        ("a.csv", csv_text().replace("\n", "\r\n").encode("utf-8-sig"), "csv", 2),
        ("a.csv", csv_text(separator="\t").encode("utf-16"), "csv", 2),
        ("a.csv", b"\xfe\xff" + csv_text().encode("utf-16-be"), "csv", 2),
        ("a.csv", csv_text().encode("utf-16-le"), "csv", 2),
        ("a.csv", csv_text().encode("utf-16-be"), "csv", 2),
        ("a.xlsx", xlsx(), "xlsx", 2),
        ("a.xlsm", xlsx(), "xlsx", 2),
        ("a.xls", xls(), "xls", 2),
        ("a.ods", ods(), "ods", 2),
        ("a.parquet", parquet(COLUMNS), "parquet", 1),
    ],
)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str, content: bytes, kind: str, first: int) -> None:
    found = reading(tmp_path, name, content)
    assert (found.kind, found.sheet.header, found.rows, found.left_out) == (kind, HEADER, 6, ())
    assert raw(found) == [(line - 2 + first, *cells) for line, *cells in EXPECTED]


def test_windows_1252_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    text = "ward,name\nW01,Café – west\n"
    with pytest.raises(UnreadableFile, match="line 2: not UTF-8 text"):
        reading(tmp_path, "a.csv", text.encode("cp1252"))
    assert raw(reading(tmp_path, "a.csv", text.encode("cp1252"), Choice("windows-1252")))[0][2] == "Café – west"
    with pytest.raises(UnreadableFile, match="the file is UTF-8"):
        reading(tmp_path, "a.csv", text, Choice("windows-1252"))


def test_text_that_was_encoded_twice_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    text = "ward,name\nW01,Café\n".encode().decode("cp1252")
    with pytest.raises(UnreadableFile, match="line 2: letters that were encoded twice"):
        reading(tmp_path, "a.csv", text)
    assert raw(reading(tmp_path, "a.csv", text, Choice("utf-8")))[0][2] == "CafÃ©"


def test_lines_above_the_header_are_no_rows(tmp_path: Path) -> None:
    above = "Falls by ward\nReport run on 22/11/2026, by RiO\n\n"
    found = reading(tmp_path, "a.csv", above + csv_text())
    assert found.sheet.header_row == 4 and found.rows == 6
    assert raw(found)[0] == (5, *EXPECTED[0][1:])
    found = reading(tmp_path, "a.xlsx", xlsx([["Falls by ward"], [], ["Report run on 22/11/2026"], [], *TABLE]))
    assert found.sheet.header_row == 5 and raw(found)[0] == (6, *EXPECTED[0][1:])
    assert found.sheet.preview[0][0] == "Falls by ward"


def test_a_header_of_a_local_layout_is_proposed(tmp_path: Path) -> None:
    text = "Datix extract\nRun,today\nIncident date,Ward,Severity\n01/10/2026,Maple,Low\n02/10/2026,Oak,None\n"
    found = reading(tmp_path, "a.csv", text)
    assert (found.sheet.header_row, found.sheet.header) == (3, ("Incident date", "Ward", "Severity"))


def test_a_table_without_a_header_is_recognised(tmp_path: Path) -> None:
    found = reading(tmp_path, "a.csv", "01/04/2026,A TRUST,MHS76,60\n01/05/2026,A TRUST,MHS76,61\n")
    assert (found.sheet.header_row, found.sheet.header, found.rows) == (0, (), 2)
    assert raw(found)[0] == (1, "01/04/2026", "A TRUST", "MHS76", "60")


def test_two_merged_header_rows_are_joined_and_merged_cells_filled(tmp_path: Path) -> None:
    rows = [
        ["Falls"],
        ["Ward", "2025", None, "2026", None],
        [None, "Falls", "Bed days", "Falls", "Bed days"],
        ["Maple", 1, 300, 2, 310],
        [None, 3, 290, 4, 280],
    ]
    found = reading(tmp_path, "a.xlsx", xlsx(rows, tail=merged("A1:E1", "B2:C2", "D2:E2", "A4:A5")))
    assert found.sheet.header == ("Ward", "2025 Falls", "2025 Bed days", "2026 Falls", "2026 Bed days")
    assert found.sheet.header_row == 3
    assert raw(found) == [(4, "Maple", "1", "300", "2", "310"), (5, "Maple", "3", "290", "4", "280")]


def test_merged_cells_of_an_ods_are_filled(tmp_path: Path) -> None:
    down = ('office:value-type="string" table:number-rows-spanned="2"', "<text:p>Maple</text:p>")
    found = reading(tmp_path, "a.ods", ods([["Ward", "Falls"], [down, 1], [None, 2]]))
    assert raw(found) == [(2, "Maple", "1"), (3, "Maple", "2")]


def test_hidden_sheets_are_listed_and_chosen_by_name_only(tmp_path: Path) -> None:
    parts = zipped(xlsx_parts({"Old": TABLE[:3], "Notes": [["Read me"]], "Data": TABLE}, hidden=["Old"]))
    found = reading(tmp_path, "a.xlsx", parts)
    assert [(s.name, s.hidden) for s in found.sheets] == [("Old", True), ("Notes", False), ("Data", False)]
    assert (found.sheet.name, found.rows) == ("Data", 6)
    assert reading(tmp_path, "a.xlsx", parts, Choice(sheet="Old")).rows == 2
    with pytest.raises(UnreadableFile, match="no sheet 'New'; its sheets are 'Old', 'Notes', 'Data'"):
        reading(tmp_path, "a.xlsx", parts, Choice(sheet="New"))


def test_cells_of_a_workbook_say_what_they_mean(tmp_path: Path) -> None:
    row = [
        ('s="1"', "<v>46296</v>"),
        ('s="2"', "<v>46296.5</v>"),
        46296,
        ('s="3"', "<v>0.12</v>"),
        ('t="b"', "<v>1</v>"),
        ('t="e"', "<v>#N/A</v>"),
        "007",
        "1,234",
        "12%",
        "&lt;5",
        "*",
        2.5,
    ]
    header = [f"Column {letter}" for letter in "abcdefghijkl"]
    found = reading(tmp_path, "a.xlsx", xlsx([header, row]))
    says = (
        "2026-10-01",
        "2026-10-01T12:00:00",
        "46296",
        "0.12",
        "true",
        "#N/A",
        "007",
        "1,234",
        "12%",
        "<5",
        "*",
        "2.5",
    )
    assert raw(found) == [(2, *says)]
    found = reading(tmp_path, "a.xlsx", xlsx([header, row], properties='<workbookPr date1904="1"/>'))
    assert raw(found)[0][1] == "2030-10-02"


def test_a_formula_without_its_answer_is_named(tmp_path: Path) -> None:
    lost, text = ("", "<f>SUM(B2:B2)</f>"), ('t="str"', '<f>IF(1,"","")</f><v></v>')
    rows = [["Ward", "Falls", "Note"], ["Maple", 2, text], ["Total", lost, "x"], [None, lost, None]]
    found = reading(tmp_path, "a.xlsx", xlsx(rows))
    assert found.blanks == ((3, 2), (4, 2)) and found.rows == 3
    assert raw(found)[1:] == [(3, "Total", None, "x"), (4, None, None, None)]
    asked = ('table:formula="of:=SUM([.B2])"', "")
    error = ('table:formula="of:=NA()" office:value-type="string" office:string-value=""', "<text:p>#N/A</text:p>")
    found = reading(tmp_path, "a.ods", ods([["Ward", "Falls"], ["Maple", asked], ["Oak", error]]))
    assert found.blanks == ((2, 2),)
    assert raw(found) == [(2, "Maple", None), (3, "Oak", "#N/A")]


def test_an_error_in_an_old_workbook_is_no_blank(tmp_path: Path) -> None:
    found = reading(tmp_path, "a.xls", xls([["Ward", "Falls", "Note"], ["Maple", (42,), "x"], ["Oak", 1, "y"]]))
    assert raw(found) == [(2, "Maple", "#N/A", "x"), (3, "Oak", "1", "y")]


@pytest.mark.parametrize("kind", ["csv", "quoted.csv", "xlsx"])
def test_rows_that_are_no_data_are_reported_and_totals_stay(tmp_path: Path, kind: str) -> None:
    rows = [
        ["Ward", "Falls"],
        ["Maple", "2"],
        [None, None],
        ["Ward", "Falls"],
        ["Oak", "3"],
        ["Total", "5"],
        ["Source: RiO", None],
    ]
    made = xlsx(rows) if kind == "xlsx" else csv_text(rows).replace("Oak", '"Oak"' if "quoted" in kind else "Oak")
    found = reading(tmp_path, f"a.{kind}", made)
    assert found.left_out == ((4, "the header again"), (7, "a footnote under the table"))
    assert raw(found) == [(2, "Maple", "2"), (5, "Oak", "3"), (6, "Total", "5")]
    assert found.rows == 5


def test_a_short_footnote_is_no_ragged_line_and_a_short_line_is(tmp_path: Path) -> None:
    found = reading(tmp_path, "a.csv", csv_text() + "2026-07,W01\nSource: RiO\n")
    assert (found.ragged, found.rows) == (((8, 2),), 8)
    assert found.left_out == ((9, "a footnote under the table"),)
    assert reading(tmp_path, "a.csv", csv_text() + "2026-0").ragged == ((8, 1),)


@pytest.mark.parametrize("kind", ["csv", "utf-16", "xlsx", "parquet"])
def test_a_dropped_column_is_in_no_file_and_no_answer(tmp_path: Path, kind: str) -> None:
    secret = "Jane-Doe-fell-4417"
    rows = [[*row, "Name" if i == 0 else secret] for i, row in enumerate(TABLE)]
    text = csv_text(rows)
    content = {
        "csv": text.encode(),
        "utf-16": text.encode("utf-16"),
        "xlsx": xlsx(rows),
        "parquet": parquet(COLUMNS.append_column("Name", pa.array([secret] * 6))),
    }[kind]
    name = "a.csv" if kind == "utf-16" else f"a.{kind}"
    found = reading(tmp_path, name, content, Choice(keep=("Month", "unit", "measure", "numerator")))
    assert (found.dropped, found.sheet.header) == (("Name",), HEADER)
    assert [row[1:] for row in raw(found)] == [row[1:] for row in EXPECTED]
    assert secret not in repr(found)
    for file in (tmp_path / "scratch").rglob("*"):
        assert file.is_dir() or not any(secret.encode(code) in file.read_bytes() for code in ("utf-8", "utf-16-le"))


def test_header_separator_and_sheet_are_as_said(tmp_path: Path) -> None:
    text = "a;b,c\n1;2,3\n4;5,6\n"
    assert reading(tmp_path, "a.csv", text, Choice(separator=";")).sheet.header == ("a", "b,c")
    found = reading(tmp_path, "a.csv", text, Choice(separator=",", header_row=2))
    assert (found.sheet.header, found.rows) == (("1;2", "3"), 1)
    found = reading(tmp_path, "a.csv", text, Choice(separator=",", header_row=0))
    assert (found.sheet.header, found.rows) == ((), 3)
    with pytest.raises(UnreadableFile, match="no header in line 9"):
        reading(tmp_path, "a.csv", text, Choice(header_row=9))


def test_quoted_line_breaks_and_blank_lines_keep_the_lines_true(tmp_path: Path) -> None:
    text = 'ward,note\nW01,"two\nlines"\n\nW02,x\n'
    assert raw(reading(tmp_path, "a.csv", text)) == [(2, "W01", "two\nlines"), (5, "W02", "x")]
    assert raw(reading(tmp_path, "a.csv", 'ward,note\n"W01","a ""b"""\n"W02",""\n')) == [
        (2, "W01", 'a "b"'),
        (3, "W02", None),
    ]


def test_columns_without_name_and_figure_are_dropped_and_others_kept(tmp_path: Path) -> None:
    found = reading(tmp_path, "a.csv", "ward,,falls,\nW01,,3,\nW02,,4,9\n")
    assert found.sheet.header == ("ward", "falls", "")
    assert raw(found) == [(2, "W01", "3", None), (3, "W02", "4", "9")]


def test_parquet_values_are_the_texts_of_other_files(tmp_path: Path) -> None:
    table = pa.table(
        {
            "day": [dt.date(2026, 10, 1), None],
            "at": [dt.datetime(2026, 10, 1, 9, 30), dt.datetime(2026, 10, 1)],
            "rate": [2.0, 0.12],
            "flag": [True, False],
            "code": pa.array(["007", ""]).dictionary_encode(),
        }
    )
    assert raw(reading(tmp_path, "a.parquet", parquet(table))) == [
        (1, "2026-10-01", "2026-10-01T09:30:00", "2", "true", "007"),
        (2, None, "2026-10-01", "0.12", "false", None),
    ]


def test_a_zip_of_several_extracts_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    path.write_bytes(zipped({"out/falls.csv": csv_text(), "out/book.xlsx": xlsx(), "__MACOSX/._falls.csv": "x"}))
    found = unpack(path, shown="both.zip", folder=tmp_path)
    assert [name for name, _ in found] == ["falls.csv", "book.xlsx"]
    for name, part in found:
        assert read(part, shown=name, folder=tmp_path).rows == 6
    for name in ("a.csv", "a.xlsx"):
        (tmp_path / name).write_bytes(xlsx() if "xlsx" in name else csv_text().encode())
        assert unpack(tmp_path / name, shown=name, folder=tmp_path) == [(name, tmp_path / name)]


MARKED = ["a,b", "Ward,Falls", ",", "  ,", "Source: x,", "Total,", "x,", ",y", "* low,", "Ward,x", "a\u00e9: b,"]


def test_sql_and_python_mark_rows_alike(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text("\n".join(MARKED) + "\n", encoding="utf-8")
    with duckdb.connect() as con:
        load_csv(con, path, ["Ward", "Falls"], [0, 1], separator=",", skip=0, longest=1 << 17)
        in_sql = [kind for (kind,) in con.execute("select mark from raw order by line").fetchall()]
    assert in_sql == [mark([cell or None for cell in line.split(",")], ["Ward", "Falls"]) for line in MARKED]
    assert in_sql == [0, 3, 1, 1, 2, 0, 0, 0, 2, 0, 2]


def test_no_header_is_proposed_for_nothing() -> None:
    assert propose([]) == propose([[], [None, None]]) == 0
    assert propose([["only"]]) == 1


def test_a_large_workbook_and_a_large_csv_are_read_in_time(tmp_path: Path) -> None:
    rows = [[*TABLE[0], "denominator", "state"]]
    rows += [["2026-04", f"W{i % 500}", "falls_all", i % 20, i % 999, "reported"] for i in range(100_000)]
    start = time.perf_counter()
    content = xlsx(rows)
    made = time.perf_counter() - start
    start = time.perf_counter()
    assert reading(tmp_path, "large.xlsx", content).rows == 100_000
    print(f"\n100,000 x 6 XLSX: {time.perf_counter() - start:.2f} s (made in {made:.1f} s)")
    assert time.perf_counter() - start < 15  # 3 on a machine of its own
    path = tmp_path / "large.csv"
    path.write_text(
        "month,unit,measure,numerator\n" + "".join(f"2026-04,W{i % 500},falls_all,{i % 97}\n" for i in range(10**6))
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert read(path, shown=path.name, folder=tmp_path).rows == 10**6
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cpu = time.process_time()
    with duckdb.connect(str(tmp_path / "plain.duckdb"), config={"threads": 2}) as con:
        con.execute("create table raw as select * from read_csv($path, all_varchar = true)", {"path": str(path)})
    plain = time.process_time() - cpu
    print(f"1,000,000 x 4 CSV: {own:.2f} s of processor with the child's start, DuckDB alone {plain:.2f} s")
    assert own < 10 * plain
