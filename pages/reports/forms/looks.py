"""The colours and shapes of states for office programs: each state is a series of its own, so that every program shows them."""

from dataclasses import dataclass

import numpy as np

from pages.charts.drawing import Drawing
from pages.charts.states import LIGHT
from pages.reports.pack.model import Picture, Sign
from pages.shared.drawn import MARK_LABELS


@dataclass(frozen=True)
class Look:
    """A marker: its shape as office programs call it, its colour, and whether it is hollow."""

    shape: str
    colour: str
    hollow: bool = False


AS_SHOWN = "as shown"  # of a figure for the public: nothing is told of it but itself
LOOKS = {
    AS_SHOWN: Look("circle", LIGHT.common),
    "common": Look("circle", LIGHT.common),
    "improvement": Look("diamond", LIGHT.improvement),
    "concern": Look("square", LIGHT.concern),
    "neither": Look("triangle", LIGHT.neither),
    "early": Look("square", LIGHT.concern),
    "unsettled": Look("circle", LIGHT.common, hollow=True),
    "doubtful": Look("x", LIGHT.ink),
    "incomplete": Look("circle", LIGHT.common, hollow=True),
}
# The same shapes as letters, for a cell that holds no picture.
GLYPHS = {
    "improvement": "◆",
    "concern": "■",
    "neither": "▲",
    "common": "●",
    "pass": "☑",
    "fail": "☒",
    "hit_or_miss": "☰",
}
_MARKS = {"mixed": "concern", "early_warning": "concern", "common_cause": "common"}
# Column of the figures -> its words, colour and stroke.
LINES = {
    "centre": ("Average", LIGHT.quiet, "solid"),
    "upper": ("Upper limit", LIGHT.line, "dash"),
    "lower": ("Lower limit", LIGHT.line, "dash"),
    "milestone": ("Milestones", LIGHT.target, "long_dash_dot"),
}


def mark_of(sign: Sign) -> str:
    """improvement, concern, neither, common, or the state of a milestone; '' where nothing can be said."""
    if sign.kind == "milestone":
        return sign.state
    return _MARKS.get(sign.state) or next((m for m in GLYPHS if sign.state.startswith(m)), "")


def as_text(sign: Sign) -> str:
    """An icon in words, with its shape before them."""
    return f"{GLYPHS.get(mark_of(sign), '…')} {sign.label}"


def by_mark(drawing: Drawing) -> dict[str, list[float | None]]:
    """The values of each mark that occurs, in its words, with gaps where the points have another."""
    found: dict[str, list[float | None]] = {}
    for mark in LOOKS:
        here = (drawing.mark == mark) & np.isfinite(drawing.value)
        if here.any():
            found[mark] = [float(v) if at else None for v, at in zip(drawing.value, here, strict=True)]
    return found


def lines_of(picture: Picture) -> dict[str, tuple[str, str, str]]:
    """The lines that a picture has figures for."""
    columns = picture.series.columns
    found = {name: each for name, each in LINES.items() if any(v is not None for v in columns[name])}
    if "centre" in found:
        found["centre"] = (picture.drawing.centre_name, *found["centre"][1:])
    return found


def label_of(mark: str) -> str:
    return MARK_LABELS.get(mark, mark.capitalize())
