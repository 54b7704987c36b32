"""A pack as plain data. Every form of it is made from this and from nothing else, so all of them say the same.

What is in here may leave the building: texts and figures are as the audience may see them, and nothing behind them is kept.
"""

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from pages.charts.drawing import Drawing


@dataclass(frozen=True)
class Sign:
    """An icon with its words; `kind` is 'variation' or 'milestone', `state` its key in pages/charts/icons.py."""

    kind: str
    state: str
    label: str


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a text, an icon, or both."""

    text: str = ""
    sign: Sign | None = None

    @property
    def words(self) -> str:
        """The cell for whoever cannot see the icon."""
        return self.text or (self.sign.label if self.sign else "")


@dataclass(frozen=True)
class Table:
    """`rows` are as long as `head`; the first cell of each names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Item:
    """One line of a listing: what it is about, and why it is there."""

    sign: Sign
    about: str
    why: str
    is_new: bool


@dataclass(frozen=True)
class Listing:
    """Alert, advise or assure; `tone` is 'alert', 'plain' or 'fine'."""

    title: str
    tone: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Comment:
    """What a person added, with who and when."""

    text: str
    by: str
    on: date


@dataclass(frozen=True)
class Series:
    """The figures behind a picture, a column a tuple, a row a point; None where there is no figure."""

    measure_id: str
    measure: str
    unit_code: str
    unit: str
    per: str
    columns: dict[str, tuple[Any, ...]]

    @property
    def name(self) -> str:
        return f"{self.measure}, {self.unit}"


@dataclass(frozen=True)
class Picture:
    """A chart with what stands beside it."""

    heading: str
    drawing: Drawing
    signs: tuple[Sign, ...]
    told: tuple[str, ...]
    series: Series


@dataclass(frozen=True)
class Page:
    """One page, or slide. `kind`: cover, text, chart (one large picture), charts (small multiples), grid (a table of names).

    `told` begins with the sentence that a speaker says first. `part`: the bookmark under which the page stands.
    """

    key: str
    part: str
    title: str
    kind: str = "text"
    told: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    pictures: tuple[Picture, ...] = ()
    listings: tuple[Listing, ...] = ()
    tables: tuple[Table, ...] = ()
    comments: tuple[Comment, ...] = ()
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pack:
    """All of it. `series` are the figures of every unit in it, in the order of the catalogue; `made_of` stands on the last page."""

    title: str
    subtitle: str
    trust: str
    accent: str
    help_line: str
    is_sample: bool
    pages: tuple[Page, ...]
    series: tuple[Series, ...]
    made_of: Table

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for page in self.pages for picture in page.pictures)


def canonical(pack: Pack) -> bytes:
    """The whole content as one JSON text: the same content is the same bytes, and a missing number is null."""
    text = json.dumps(pack, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def content_hash(pack: Pack) -> str:
    """SHA-256 of the content: what a pack carries, and is checked by."""
    return hashlib.sha256(canonical(pack)).hexdigest()


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _number(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return [x if isfinite(x) else None for x in value.tolist()]
    if isinstance(value, np.ndarray):
        return (value.astype(str) if value.dtype.kind == "M" else value).tolist()
    if isinstance(value, date | np.datetime64):
        return str(value)
    raise TypeError(f"a pack holds no {type(value).__name__}")


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value
