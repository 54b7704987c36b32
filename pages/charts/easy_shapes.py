"""What the pictures of the Easy read page are made of: a few shapes, in five tones.

The tones are not the colours of states (pages/charts/states.py): no picture says that something is better or worse.
"""

from dataclasses import dataclass

_HEART = "M0 9C-7 3-12-1-12-7a6.4 6.4 0 0 1 12-3 6.4 6.4 0 0 1 12 3C12-1 7 3 0 9z"


@dataclass(frozen=True)
class Tones:
    """The tile behind a picture, its dark lines, a middle tone, a warm one and a bright one."""

    tile: str
    line: str
    soft: str
    warm: str
    light: str


LIGHT = Tones("#E6F0F1", "#1F4E5F", "#7DB1B5", "#F0B268", "#FFFFFF")
DARK = Tones("#20323A", "#D3E6E9", "#5F9CA1", "#E0A35B", "#2F4A54")
# For a document whose style sheet says what these are, by day and by night.
STYLED = Tones("var(--tile)", "var(--line)", "var(--soft)", "var(--warm)", "var(--light)")


def person(x: float, bottom: float, colour: str, times: float = 1) -> str:
    """A head over shoulders that end at `bottom`."""
    body = "M-17 0v-15a17 17 0 0 1 34 0v15z"
    return (
        f"<g transform='translate({x} {bottom}) scale({times})' fill='{colour}'>"
        f"<circle cx='0' cy='-46' r='11'/><path d='{body}'/></g>"
    )


def heart(x: float, y: float, colour: str, times: float) -> str:
    return f"<path transform='translate({x} {y}) scale({times})' d='{_HEART}' fill='{colour}'/>"


def bubble(x: float, y: float, fill: str, edge: str, tail: str, width: float = 40, height: float = 26) -> str:
    box = f"<rect x='{x}' y='{y}' width='{width}' height='{height}' rx='9' fill='{fill}' stroke='{edge}' stroke-width='3'/>"
    return f"<path d='{tail}' fill='{edge}'/>{box}"


def rect(x: float, y: float, width: float, height: float, colour: str, round_by: float) -> str:
    return f"<rect x='{x}' y='{y}' width='{width}' height='{height}' rx='{round_by}' fill='{colour}'/>"


def stroke(path: str, colour: str, width: float) -> str:
    return (
        f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='{width}' stroke-linecap='round'"
        " stroke-linejoin='round'/>"
    )
