"""Where a pack came from: enough to make it again, carried inside the file itself in every form."""

import base64
import json
import re
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np

from data.record import StoreError

_MARK = re.compile(rb"zero-harm-pack:([A-Za-z0-9_-]+={0,2}):")
# Where the mark stands in files that are archives: a cell of the last sheet, the notes of the last slide.
_IN_ZIP = {".xlsx": "xl/sharedStrings", ".pptx": "ppt/notesSlides/notesSlide"}
LARGEST = 200_000_000  # bytes of a file that is looked at


@dataclass(frozen=True)
class Provenance:
    """What was asked for, of which figures, by which code; `content` is the hash of what the pack says.

    `known_at`: the position of the record that it is as known at, which is `version` unless somebody asked for an earlier
    one. `edition`: the number of the decision that named the version, 0 for figures that are not signed off. `branding`:
    the hash of the names and colours of the trust. `forms`: that of the code that gave the pack its form.
    """

    audience: str
    month: str
    built_on: str
    version: int
    known_at: int
    edition: int
    orientation: str
    code_version: str
    catalogue: str
    policy: str
    branding: str
    forms: str
    content: str

    @property
    def audience_name(self) -> str:
        """`public`, `board`, `division:CODE` or `ward:CODE`."""
        return self.audience

    @property
    def as_month(self) -> np.datetime64:
        return np.datetime64(self.month, "M")

    @property
    def mark(self) -> str:
        """The line that a file carries: a keyword of a PDF, a cell of a workbook, a note of slides, a meta element of HTML."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return f"zero-harm-pack:{base64.urlsafe_b64encode(text.encode()).decode()}:"


def read(path: Path) -> Provenance:
    """What a file says of itself. Raises StoreError where it is no pack of ours, or cannot be read."""
    try:
        found = _MARK.search(_bytes(path))
        if found is not None:
            return _checked(Provenance(**json.loads(base64.urlsafe_b64decode(found.group(1)))))
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, RuntimeError) as error:  # the last: it has a password
        raise StoreError(f"{path.name} cannot be read as a pack ({error}).") from error
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path.name} was made by another version of the dashboard, or was altered.") from error
    raise StoreError(
        f"{path.name} does not say where it came from: it is no pack of this dashboard, or was saved anew."
    )


def _checked(found: Provenance) -> Provenance:
    """What a file says may be anything. Raises ValueError, TypeError."""
    wrong = [f.name for f in fields(found) if not isinstance(getattr(found, f.name), f.type)]  # type: ignore[arg-type]
    if wrong or np.isnat(found.as_month):
        raise TypeError
    date.fromisoformat(found.built_on)
    return found


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise OSError("it is too large")
    inner = _IN_ZIP.get(path.suffix.lower())
    if inner is None:
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if part.filename.startswith(inner)]
        if sum(part.file_size for part in parts) > LARGEST:
            raise OSError("it is too large")
        return b"".join(map(archive.read, parts))
