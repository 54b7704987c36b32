"""A pack as a file: its ending says which form. And the way back: is a file what the store would make again?"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from data.config import Home
from data.record import StoreError
from pages.reports.pack.made import make
from pages.reports.pack.model import Pack
from pages.reports.pack.provenance import Provenance, read
from pages.reports.pack.request import Request

ENDINGS = (".pdf", ".pptx", ".xlsx", ".html", ".csv")
MIME = {
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".csv": "text/csv",
}
Maker = Callable[[Pack, Provenance], bytes]


def maker(ending: str, template: Path | None = None) -> Maker:
    """Who makes this form; each brings a library of its own that only it needs."""
    if ending == ".pdf":
        from pages.reports.forms.pdf import pdf as made
    elif ending == ".pptx":
        from pages.reports.forms.pptx import pptx

        return partial(pptx, template=template)
    elif ending == ".xlsx":
        from pages.reports.forms.xlsx import xlsx as made
    elif ending == ".html":
        from pages.reports.forms.html import html as made
    elif ending == ".csv":
        from pages.reports.forms.csv import csv as made
    else:
        raise StoreError(f"A pack ends in {', '.join(ENDINGS)}: the ending says the form.")
    return made


def file_of(home: Home, request: Request, ending: str, template: Path | None = None) -> tuple[bytes, Provenance]:
    """The bytes of a pack. Raises StoreError, and ValueError for a template that cannot be used."""
    form = maker(ending, template)
    pack, made = make(home, request, template=template)
    return form(pack, made), made


@dataclass(frozen=True)
class Checked:
    """What a check found. `same_bytes` implies `same_content`; `reasons` say what else is not as it was."""

    made: Provenance
    same_bytes: bool
    same_content: bool
    reasons: tuple[str, ...]


def check(home: Home, path: Path, template: Path | None = None) -> Checked:
    """Make the pack of a file again, and compare. Raises StoreError where it cannot be made again."""
    made = read(path)
    request = Request(made.audience, made.as_month, made.orientation, again=made)
    data, now = file_of(home, request, path.suffix.lower(), template)
    same = hashlib.sha256(data).digest() == hashlib.sha256(path.read_bytes()).digest()
    return Checked(made, same, now.content == made.content, tuple(_changed(made, now)))


def _changed(made: Provenance, now: Provenance) -> list[str]:
    """What is not as it was when the file was made."""
    named = {
        "code_version": "the code",
        "forms": "the code of the forms, or a library or template that they use",
        "catalogue": "the catalogue of measures",
        "policy": "the policy on small numbers",
        "branding": "the branding of the trust",
    }
    return [text for key, text in named.items() if getattr(made, key) != getattr(now, key)]
