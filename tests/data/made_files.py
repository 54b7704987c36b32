"""Files of every format made by hand, for the tests of reading: no writer of workbooks is a dependency."""

import io
import struct
import zipfile
from collections.abc import Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>'
Rows = Sequence[Sequence[object]]
TABLE: Rows = [
    ["month", "unit", "measure", "numerator"],
    *[[f"2026-{m:02d}", "W01", "falls_all", m] for m in range(1, 7)],
]


def zipped(parts: dict[str, str | bytes], *, packed: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def letters(column: int) -> str:
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def cells_xml(rows: Rows) -> str:
    """Rows of texts, numbers, and raw XML of a cell's inside, given as (attributes, inside)."""

    def cell(place: str, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, tuple):
            return f'<c r="{place}" {value[0]}>{value[1]}</c>'
        if isinstance(value, int | float):
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'

    return "".join(
        f'<row r="{i}">' + "".join(cell(f"{letters(j)}{i}", value) for j, value in enumerate(row)) + "</row>"
        for i, row in enumerate(rows, start=1)
    )


def xlsx_parts(
    sheets: dict[str, Rows], *, tail: str = "", properties: str = "", hidden: Sequence[str] = ()
) -> dict[str, str | bytes]:
    """A workbook's parts. Styles: 0 none, 1 a date, 2 a date and time, 3 per cent. `tail` follows the cells of the first."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"{" state=" + chr(34) + "hidden" + chr(34) if name in hidden else ""}/>'
        for i, name in enumerate(sheets, start=1)
    )
    related = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{related}'
        f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
        '<xf numFmtId="10"/></cellXfs></styleSheet>',
    }
    for i, rows in enumerate(sheets.values(), start=1):
        end = tail if i == 1 else ""
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{cells_xml(rows)}</sheetData>{end}</worksheet>'
        )
    return {name: PROLOGUE + text for name, text in parts.items()}


def xlsx(rows: Rows = TABLE, **words: object) -> bytes:
    """A workbook of one sheet, 'Data'."""
    return zipped(xlsx_parts({"Data": rows}, **words))  # type: ignore[arg-type]


def merged(*ranges: str) -> str:
    return f"<mergeCells>{''.join(f'<mergeCell ref={chr(34)}{one}{chr(34)}/>' for one in ranges)}</mergeCells>"


def ods(rows: Rows = TABLE) -> bytes:
    """An OpenDocument workbook; a tuple is (attributes, inside) of a cell."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, tuple):
            return f"<table:table-cell {value[0]}>{value[1]}</table:table-cell>"
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'{PROLOGUE}<office:document-content {spaces} xmlns:calcext="urn:calcext"><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = f'{PROLOGUE}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def xls(rows: Rows = TABLE) -> bytes:
    """A BIFF8 workbook of one sheet, 'Data', in the smallest OLE container that holds it."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def cell(i: int, j: int, value: object) -> bytes:
        if value is None:
            return b""
        if isinstance(value, tuple):  # the code of an error
            return record(0x0205, struct.pack("<HHHBB", i, j, 0, value[0], 1))
        if isinstance(value, int | float):
            return record(0x0203, struct.pack("<HHHd", i, j, 0, value))
        text = str(value)
        return record(0x0204, struct.pack("<HHHHB", i, j, 0, len(text), 1) + text.encode("utf-16-le"))

    def begins(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))

    body = b"".join(cell(i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row))
    sheet = begins(0x10) + record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0)) + body + record(0x0A)
    name = struct.pack("<BB", 4, 0) + b"Data"
    length = len(begins(5)) + len(record(0x85, struct.pack("<IH", 0, 0) + name)) + len(record(0x0A))
    stream = begins(5) + record(0x85, struct.pack("<IH", length, 0) + name) + record(0x0A) + sheet
    stream += bytes(max(4096, -(-len(stream) // 512) * 512) - len(stream))
    return ole({"Workbook": stream})


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE container: streams of whole sectors, at least 4096 bytes each."""
    fat = [0xFFFFFFFD, 0xFFFFFFFE]  # sector 0 is the table of sectors, sector 1 the directory
    entries, data = [], b""

    def entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
        coded = name.encode("utf-16-le")
        head = coded.ljust(64, b"\0") + struct.pack("<HBB", len(coded) + 2, kind, 1)
        return head + struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<IQ", start, size)

    for i, (name, stream) in enumerate(streams.items(), start=1):
        start, sectors = len(fat), len(stream) // 512
        fat += [*range(start + 1, start + sectors), 0xFFFFFFFE]
        entries.append(entry(name, 2, 0xFFFFFFFF, i + 1 if i < len(streams) else 0xFFFFFFFF, start, len(stream)))
        data += stream
    directory = (entry("Root Entry", 5, 1, 0xFFFFFFFF, 0xFFFFFFFE, 0) + b"".join(entries)).ljust(512, b"\0")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    return head.ljust(512, b"\xff") + table + directory + data


def csv_text(rows: Rows = TABLE, separator: str = ",") -> str:
    return "".join(separator.join("" if value is None else str(value) for value in row) + "\n" for row in rows)
