"""Hostile files are refused in one sentence, within seconds and a gigabyte, and touch nothing outside their folder."""

import io
import re
import resource
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.ingest.reading import UnreadableFile, read, unpack
from tests.data.made_files import MAIN, PROLOGUE, cells_xml, csv_text, merged, ods, ole, xls, xlsx, xlsx_parts, zipped

MOST_SECONDS = 10
MOST_CHILD_MB = 1024
MOST_GROWTH_MB = 100
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)


def part(text: str | bytes, name: str = SHEET, *, packed: bool = True) -> bytes:
    """A workbook in which one part is another text."""
    return zipped({**xlsx_parts({"Data": [["a", "b"], [1, 2]]}), name: text}, packed=packed)


def sheet(inside: str) -> str:
    return f'{PROLOGUE}<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'


def bomb_by_ratio() -> bytes:
    return part(sheet('<row r="2"><c r="A2"><v>1</v></c></row>' * 3_000_000))


def bomb_of_cells() -> bytes:
    """25 million cells that name no place, so that no reference gives them away."""
    row = "<row>" + "<c><v>1</v></c>" * 500 + "</row>"
    return part(sheet(row * 50_000))


def bomb_undeclared() -> bytes:
    """A part that unpacks to more than its listing says."""
    made = bytearray(part(sheet(cells_xml([[1] * 5] * 100_000))))
    at = made.find(SHEET.encode(), made.find(b"PK\x01\x02")) - 46
    made[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(made)


def nested() -> bytes:
    inner = zipped({"a.csv": b"0" * (100 << 20)})
    for _ in range(3):
        inner = zipped({"a.zip": inner})
    return inner


def many_parts() -> bytes:
    return zipped({**xlsx_parts({"Data": [["a"], [1]]}), **{f"xl/media/{i}.xml": "x" for i in range(5000)}})


def cut() -> bytes:
    return xlsx()[:-60]


def bad_directory() -> bytes:
    made = bytearray(xlsx())
    at = made.find(b"PK\x01\x02")
    made[at + 10 : at + 46] = b"\xff" * 36
    return bytes(made)


def bad_inside() -> bytes:
    made = bytearray(xlsx())
    made[100:400] = bytes(300)
    return bytes(made)


def named_in_zip(name: str) -> bytes:
    return zipped({name: csv_text(), "b.csv": csv_text()})


def parquet_bomb() -> bytes:
    out = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000_000, pa.int32()), pa.array(["x" * 10_000]))
    pq.write_table(pa.table({"month": column, "unit": column}), out, compression="zstd")
    return out.getvalue()


def parquet_broken(at: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"month": ["2026-04"] * 1000, "unit": [str(i) for i in range(1000)]}), out)
    made = bytearray(out.getvalue())
    made[at : at + 40] = b"\xff" * 40
    return bytes(made)


def parquet_nested() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"month": [["2026-04"]], "unit": ["W01"]}), out)
    return out.getvalue()


def encrypted_zip() -> bytes:
    made = bytearray(zipped({"a.csv": csv_text()}))
    made[6] |= 1
    made[made.find(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def gzipped() -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(csv_text().encode()) + packer.flush()


def twins() -> bytes:
    """Two parts of one name: one to be checked, the other to be read."""
    out = io.BytesIO()
    with pytest.warns(UserWarning), zipfile.ZipFile(out, "w") as archive:
        for name, text in [*xlsx_parts({"Data": [["a"], [1]]}).items(), (SHEET, sheet(""))]:
            archive.writestr(name, text)
    return out.getvalue()


def far_ods() -> bytes:
    far = 'office:value-type="float" office:value="1" table:number-columns-repeated="16384"'
    return ods([["month"], [(far, "")]])


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb by ratio": ("a.xlsx", bomb_by_ratio),
    "zip bomb in zips in zips": ("a.zip", nested),
    "a ZIP named as a CSV": ("a.csv", nested),
    "25 million cells": ("a.xlsx", bomb_of_cells),
    "larger than listed": ("a.xlsx", bomb_undeclared),
    "a cell at XFD1048576": ("a.xlsx", lambda: part(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))),
    "a cell at ZZZZZZZ1": ("a.xlsx", lambda: part(sheet("<row r='1'><c r='ZZZZZZZ1'><v>1</v></c></row>"))),
    "a row of twenty digits": ("a.xlsx", lambda: part(sheet(f'<row r="{"9" * 20}"><c><v>1</v></c></row>'))),
    "an ODS row of 16384 x 1": ("a.ods", far_ods),
    "billion laughs in a sheet": ("a.xlsx", lambda: part(f"{LAUGHS}]>{sheet('&j;')}")),
    "billion laughs in the texts": ("a.xlsx", lambda: part(f"{LAUGHS}]><sst>&j;</sst>", "xl/sharedStrings.xml")),
    "an external entity": (
        "a.xlsx",
        lambda: part(
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>',
            "xl/sharedStrings.xml",
        ),
    ),
    "an external DTD": ("a.xlsx", lambda: part('<!DOCTYPE worksheet SYSTEM "http://127.0.0.1/x.dtd"><worksheet/>')),
    "a document type in UTF-16": ("a.xlsx", lambda: part(f"{LAUGHS}]><worksheet/>".encode("utf-16"))),
    "a part named ../../x": ("a.xlsx", lambda: part("x", "../../x")),
    "a part named /etc/x": ("a.xlsx", lambda: part("x", "/etc/x")),
    "two parts of one name": ("a.xlsx", twins),
    "macros hidden in .xlsx": ("a.xlsx", lambda: part(b"\0", "xl/vbaProject.bin")),
    "an encrypted workbook": ("a.xlsx", lambda: ole({"EncryptedPackage": bytes(4096)})),
    "an encrypted old workbook": ("a.xls", lambda: ole({"EncryptedPackage": bytes(4096)})),
    "a Word document named .xls": ("a.xls", lambda: ole({"WordDocument": bytes(4096)})),
    "an .xls cut short": ("a.xls", lambda: xls()[:2000]),
    "one line of 50 MB": ("a.csv", lambda: b"x" * (50 << 20)),
    "a quote that never closes": ("a.csv", lambda: b'month,unit\n2026-04,"' + b"W01,x\n" * 5_000_000),
    "a NUL": ("a.csv", lambda: csv_text().encode() * 200 + b"2026-04,W\x0001,falls_all,3\n"),
    "NULs only": ("a.csv", lambda: bytes(10_000)),
    "UTF-16 of odd length": ("a.csv", lambda: csv_text().encode("utf-16")[:-1]),
    "UTF-16 with half a pair": ("a.csv", lambda: csv_text().encode("utf-16") + b"\x00\xd8a\x00"),
    "201 MB of text": ("a.csv", lambda: b"a,b\n" + b"1,2\n" * ((201 << 20) // 4)),
    "a program": ("a.csv", lambda: b"MZ\x90\x00\x03\x00" + bytes(500)),
    "a program as workbook": ("a.xlsx", lambda: b"MZ\x90\x00\x03\x00" + bytes(500)),
    "a PDF": ("a.csv", lambda: b"%PDF-1.7\n" + b"x" * 500),
    "a picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500)),
    "a web page named .xls": ("a.xls", lambda: b"<html><table><tr><td>Ward</td></tr></table></html>"),
    "a web page named .csv": ("a.csv", lambda: b"\n<!DOCTYPE html><html></html>"),
    "a gzip": ("a.csv", gzipped),
    "a ZIP cut short": ("a.xlsx", cut),
    "a damaged directory": ("a.xlsx", bad_directory),
    "a damaged part": ("a.xlsx", bad_inside),
    "5000 parts": ("a.xlsx", many_parts),
    "an encrypted ZIP": ("a.zip", encrypted_zip),
    "deep XML": ("a.xlsx", lambda: part(sheet('<row r="1"><c r="A1"><f>1</f></c></row>' + "<a>" * 1_000_000))),
    "deep XML, not packed": (
        "a.xlsx",
        lambda: part(sheet('<row r="1"><c r="A1"><f>1</f></c></row>' + "<a>" * 1_000_000), packed=False),
    ),
    "merged cells, not packed": (
        "a.xlsx",
        lambda: part(
            f'<worksheet xmlns="{MAIN}"><sheetData/>{merged(*["A1:B2"] * 1_000_000)}</worksheet>', packed=False
        ),
    ),
    "deep XML in an ODS": ("a.ods", lambda: ods([["a"], [("", "<text:p>" * 100_000)]])),
    "a million merged cells": ("a.xlsx", lambda: xlsx([["a", "b"], [1, 2]], tail=merged(*["A1:B2"] * 1_000_000))),
    "merged cells without end": ("a.xlsx", lambda: xlsx([["a"] * 900] * 900, tail=merged(*["A1:XFD900"] * 5000))),
    "a Parquet bomb": ("a.parquet", parquet_bomb),
    "a Parquet damaged inside": ("a.parquet", lambda: parquet_broken(4)),
    "a Parquet damaged at its end": ("a.parquet", lambda: parquet_broken(-60)),
    "a Parquet of lists": ("a.parquet", parquet_nested),
    "a ZIP member named ../a.csv": ("a.zip", lambda: named_in_zip("../a.csv")),
    "a ZIP member named CON.csv": ("a.zip", lambda: named_in_zip("CON.csv")),
    "a ZIP member with U+202E": ("a.zip", lambda: named_in_zip("fslx\u202evsc.csv")),
    "a ZIP member of 300 characters": ("a.zip", lambda: named_in_zip("x" * 300 + ".csv")),
    "a ZIP member named <img>": ("a.zip", lambda: named_in_zip("<img src=x onerror=alert(1)>.csv")),
    "named ../a.csv": ("../a.csv", lambda: csv_text().encode()),
    "named with a NUL": ("a\0.csv", lambda: csv_text().encode()),
    "named CON": ("CON.csv", lambda: csv_text().encode()),
    "named with U+202E": ("a\u202evsc.csv", lambda: csv_text().encode()),
    "named with 300 characters": ("a" * 300 + ".csv", lambda: csv_text().encode()),
    "named <img>": ("<img src=x>.csv", lambda: csv_text().encode()),
}


class Watch(threading.Thread):
    """The largest memory of any reading child (kB), asked of Linux while it runs: what a process says of its dead
    children counts the memory of the parent in."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.over = 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.005):
            for listed in Path("/proc/self/task").glob("*/children"):
                for child in _text(listed).split():
                    if "data.ingest.child" in _text(Path("/proc") / child / "cmdline"):
                        found = re.search(r"VmHWM:\s*(\d+)", _text(Path("/proc") / child / "status"))
                        self.peak = max(self.peak, int(found[1]) if found else 0)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""


def own_peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("what", FILES)
def test_a_hostile_file_is_refused(tmp_path: Path, what: str) -> None:
    shown, make = FILES[what]
    source, folder = tmp_path / "source", tmp_path / "in" / "scratch"
    source.mkdir()
    folder.mkdir(parents=True)
    path = source / "file"
    path.write_bytes(make())
    before = own_peak()
    watch = Watch()
    watch.start()
    start = time.perf_counter()
    with pytest.raises(UnreadableFile) as told:
        for name, one in unpack(path, shown=shown, folder=folder) if shown.endswith(".zip") else [(shown, path)]:
            read(one, shown=name, folder=folder)
    seconds = time.perf_counter() - start
    watch.over.set()
    watch.join()
    grown = (own_peak() - before) >> 10
    said = str(told.value)
    print(f"\n{what:32} {seconds:5.2f} s  child {watch.peak >> 10:4} MB  own growth {grown:3} MB  {said[:110]}")
    assert said.endswith(".") and "\n" not in said and "Traceback" not in said and "<img" not in said
    assert seconds < MOST_SECONDS
    assert watch.peak <= MOST_CHILD_MB << 10
    assert grown < MOST_GROWTH_MB
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "in", "scratch", "source"]
