"""One set of states, colours and marker shapes for every picture: SVG, plotly and paper.

Each colour has one meaning, passes 3:1 on its background, and never stands without a shape and a word.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Palette:
    """Colours on a light or a dark page."""

    improvement: str
    concern: str
    common: str
    neither: str
    ink: str
    quiet: str
    line: str
    grid: str
    target: str
    page: str
    panel: str

    def of(self, mark: str) -> str:
        return {
            "improvement": self.improvement,
            "concern": self.concern,
            "early": self.concern,
            "neither": self.neither,
        }.get(mark, self.common)


# Contrast on white, measured: improvement 4.97, concern 3.26, common 4.00, neither 12.4.
LIGHT = Palette(
    improvement="#0072C6",
    concern="#E46C0A",
    common="#7F7F7F",
    neither="#490092",
    ink="#1F2A33",
    quiet="#55616B",
    line="#8A949C",
    grid="#E8EDEE",
    target="#425563",
    page="#FFFFFF",
    panel="#F6F8F9",
)
# On #14191E: improvement 8.4, concern 7.9, common 6.3, neither 7.7.
DARK = Palette(
    improvement="#5BB3F0",
    concern="#FF9A3D",
    common="#9AA4AC",
    neither="#C29BFF",
    ink="#E8EDEE",
    quiet="#A9B4BC",
    line="#6F7A83",
    grid="#2A333B",
    target="#C3CDD4",
    page="#14191E",
    panel="#1B2229",
)

# plotly's symbol of each mark; the SVG renderer draws the same shapes.
SYMBOLS = {
    "common": "circle",
    "improvement": "diamond",
    "concern": "square",
    "neither": "triangle-up",
    "early": "square",
    "unsettled": "circle-open",
    "doubtful": "x-thin-open",
    "incomplete": "circle-open-dot",
    "absent": "circle",
}


def marks(
    state: NDArray[np.str_],
    unsettled: NDArray[np.bool_],
    doubtful: NDArray[np.bool_],
    complete: NDArray[np.bool_],
) -> NDArray[np.str_]:
    """The mark of each point: a signal first, then whatever makes the figure less than final."""
    found = np.full(state.shape, "common", dtype="<U12")
    found[np.char.startswith(state, "improvement")] = "improvement"
    found[np.char.startswith(state, "concern")] = "concern"
    found[np.char.startswith(state, "neither")] = "neither"
    found[state == "early_warning"] = "early"
    plain = np.isin(found, ("common", "improvement", "neither"))
    found[unsettled & plain] = "unsettled"
    found[~complete & plain] = "incomplete"
    found[doubtful & plain] = "doubtful"
    return found
