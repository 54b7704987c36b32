"""What kind of file it is, by its first bytes and a ZIP's listing; its name must agree, and be a name."""

import re
import unicodedata
import zipfile
from pathlib import PurePath

from data.ingest.answers import UnreadableFile

HEAD_BYTES = 4096
LONGEST_NAME = 200
KINDS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods", ".parquet": "parquet", ".pq": "parquet"}
OLE = b"\xd0\xcf\x11\xe0"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
WHAT = {
    "xlsx": "a workbook or ZIP file",
    "ods": "an OpenDocument workbook (.ods)",
    "zip": "a workbook or ZIP file",
    "xls": "an old or encrypted Excel file",
    "parquet": "a Parquet file",
    "csv": "plain text",
}
# What is often sent under a wrong name: said by name, so that the right file is looked for.
STRANGERS = (
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document (RTF)"),
)
MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|table|\?xml|svg|script)\b", re.I | re.S)
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)
NOT_IN_NAMES = set('<>"|?*\\/')


def kind_of(path: PurePath, shown: str) -> tuple[str, bytes]:
    """csv, xlsx, xls, ods, parquet or zip, and the first bytes. Raises UnreadableFile where name and bytes disagree."""
    with open(path, "rb") as file:  # noqa: PTH123 the path may be of any kind
        head = file.read(HEAD_BYTES)
    if not head:
        raise UnreadableFile(f"{shown} is empty; export it again.")
    kind, what = _found(path, shown, head)
    suffix = PurePath(shown).suffix.lower()
    named = KINDS.get(suffix, "csv")
    if kind == "zip" and named in ("xlsx", "ods"):
        raise UnreadableFile(f"{shown}: a ZIP file, not a workbook; unpack it and load the files in it.")
    if named != kind or what != WHAT.get(kind):
        raise UnreadableFile(
            f"{shown} is named {suffix or 'without ending'} but is {what}; export it again or rename it."
        )
    return kind, head


def _found(path: PurePath, shown: str, head: bytes) -> tuple[str, str]:
    for begins, what in STRANGERS:
        if head.startswith(begins) and (begins != b"MZ" or b"\x00" in head):
            return "stranger", what
    if head[:4] == b"PAR1":
        return "parquet", WHAT["parquet"]
    if head[:4] == OLE:
        return "xls", WHAT["xls"]
    if head[:4] in ZIP:
        kind = zip_kind(path, shown)
        return kind, WHAT[kind]
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "stranger", "a web page or XML"
    if b"\x00" in head and not utf16_of(head):
        return "stranger", "no text at all"
    return "csv", WHAT["csv"]


def zip_kind(path: PurePath, shown: str) -> str:
    """xlsx, ods or zip, by the listing of a ZIP file."""
    try:
        with zipfile.ZipFile(str(path)) as archive:
            names = archive.NameToInfo
            if "xl/workbook.bin" in names:
                raise UnreadableFile(f"{shown} is a binary workbook (.xlsb); save it as .xlsx.")
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "content.xml" in names and "mimetype" in names and names["mimetype"].file_size < HEAD_BYTES:
                return "ods" if archive.read("mimetype").strip() == ODS else "zip"
    except UnreadableFile:
        raise
    except Exception as error:  # zipfile raises a dozen kinds on a damaged file
        if PurePath(shown).suffix.lower() in (".xlsx", ".xlsm", ".ods"):
            raise UnreadableFile(f"{shown}: not a workbook, or one that is damaged; export it again.") from error
        raise UnreadableFile(f"{shown} is a workbook or ZIP file that is damaged; export it again.") from error
    return "zip"


def utf16_of(head: bytes) -> str | None:
    """utf-16-le or utf-16-be where the first bytes leave no doubt: a byte order mark, or every other byte NUL."""
    if head[:2] == b"\xff\xfe":
        return "utf-16-le"
    if head[:2] == b"\xfe\xff":
        return "utf-16-be"
    even, odd = head[0::2], head[1::2]
    if len(head) >= 8 and b"\x00" not in even and odd.count(0) > 0.8 * len(odd):
        return "utf-16-le"
    if len(head) >= 8 and b"\x00" not in odd and even.count(0) > 0.8 * len(even):
        return "utf-16-be"
    return None


def check_name(shown: str) -> None:
    """Raises UnreadableFile for a name that no file should carry into a record, a page or another system."""
    why = None
    if len(shown) > LONGEST_NAME:
        why = f"it is longer than {LONGEST_NAME} characters"
    elif any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in shown):
        why = "it holds characters that cannot be seen"
    elif NOT_IN_NAMES & set(shown) or shown.strip(" .") == "":
        why = 'it holds one of < > " | ? * \\ / or nothing at all'
    elif DEVICES.fullmatch(shown):
        why = "it is the name of a device"
    if why:
        printable = "".join(c if c.isalnum() or c in " ._-" else "_" for c in shown[:60])
        raise UnreadableFile(f"The file name '{printable}' cannot be used: {why}; rename the file.")
