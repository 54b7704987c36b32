"""What the Upload page keeps between two runs of its script: the file that was dropped, and what was said of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from data.ingest.answers import Choice
from data.ingest.mapping import Mapping

# What another sheet, and another file of a ZIP, is asked anew.
OF_A_SHEET = {"header_row": None}
OF_A_MEMBER = {
    "sheet": None,
    "encoding": None,
    "date_style": None,
    "covers_from": None,
    "covers_to": None,
    **OF_A_SHEET,
}
KEYS = ("upload choices", "upload draft", "upload checked", "upload members")


@dataclass(frozen=True)
class Dropped:
    """A file as it came."""

    name: str
    content: bytes = field(repr=False)
    sha256: str

    @property
    def ending(self) -> str:
        return Path(self.name).suffix.lower()


@dataclass(frozen=True)
class Choices:
    """What the person says about the file; None and '' where the file says it itself."""

    member: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    date_style: str | None = None
    issue: str = ""
    status: str | None = None
    note: str = ""
    covers_from: date | None = None
    covers_to: date | None = None

    @property
    def choice(self) -> Choice:
        return Choice(encoding=self.encoding, sheet=self.sheet, header_row=self.header_row)

    @property
    def covers(self) -> tuple[date, date] | None:
        return (self.covers_from, self.covers_to) if self.covers_from and self.covers_to else None

    def words(self) -> dict[str, Any]:
        """As an intake is told them."""
        return {
            "choice": self.choice,
            "date_style": self.date_style,
            "issue": self.issue or None,
            "covers": self.covers,
            "status": self.status,
            "note": self.note,
        }


def dropped(upload: Any) -> Dropped:
    """The uploaded file; what was said of another one is forgotten."""
    content = upload.getvalue()
    found = Dropped(upload.name, content, hashlib.sha256(content).hexdigest())
    if st.session_state.get("upload of") != found.sha256:
        forget()
        st.session_state["upload of"] = found.sha256
    return found


def forget(*, file: bool = False) -> None:
    """Nothing of the file is kept; with `file` the box for it is empty again too."""
    for key in KEYS:
        st.session_state.pop(key, None)
    st.session_state["upload turn"] = st.session_state.get("upload turn", 0) + 1  # boxes of before answer no more
    if file:
        st.session_state.pop("upload of", None)
        st.session_state["upload round"] = box_round() + 1


def box_round() -> int:
    """Counts the files of this session: a new box forgets the bytes of the one before."""
    return int(st.session_state.get("upload round", 0))


def choices() -> Choices:
    found: Choices = st.session_state.get("upload choices", Choices())
    return found


def choose(**said: Any) -> None:
    st.session_state["upload choices"] = replace(choices(), **said)


def asked(name: str, read: Callable[[Any], Any] = lambda value: value, *, of: str = "", **also: Any) -> dict[str, Any]:
    """Key and callback of a widget whose answer is the choice `name`, kept also while the widget is not drawn.

    `of` is what the answer belongs to, beside the file; `also` are the choices that another answer takes back.
    """
    member = "" if name == "member" else choices().member or ""
    key = f"upload {name} {st.session_state.get('upload turn', 0)} {member} {of}"
    return {"key": key, "on_change": lambda: choose(**{name: read(st.session_state[key])}, **also)}


def draft() -> Mapping | None:
    """A mapping that is tried and not yet remembered."""
    return st.session_state.get("upload draft")
