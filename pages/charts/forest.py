"""A forest plot as SVG: how many times one rate is another, group by group, each with its interval, on a scale of ratios."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import numpy as np

from pages.charts.states import LIGHT, Palette
from pages.charts.svg import FONT

WIDTH, ROW, TOP, BOTTOM, SIDE = 460, 46, 14, 42, 16
LEAST, MOST = 1 / 16, 16  # nothing is drawn beyond; an arrow says that it goes on
TICKS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16)
LEAST_BREADTH = (0.5, 2.0)


@dataclass(frozen=True)
class Row:
    """A group: its name, and its ratio with the interval; NaN for the group that the others are compared with.

    `differs`: the interval leaves out 1.
    """

    name: str
    ratio: float
    low: float
    high: float
    differs: bool


@dataclass(frozen=True)
class Forest:
    """A forest plot ready to draw; `lower` and `higher` are the words at the two ends of its axis."""

    title: str
    alt: str
    rows: tuple[Row, ...]
    lower: str
    higher: str


def forest_svg(plot: Forest, palette: Palette = LIGHT) -> str:
    """The plot as an SVG document with its title and description."""
    height = TOP + ROW * len(plot.rows) + BOTTOM
    low, high = _breadth(plot.rows)

    def x(ratio: float) -> float:
        share = np.log(np.clip(ratio, low, high) / low) / np.log(high / low)
        return float(SIDE + (WIDTH - 2 * SIDE) * share)

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}' role='img'>",
        f"<title>{escape(plot.title)}</title><desc>{escape(plot.alt)}</desc>",
        *_axis(plot, x, low, high, height, palette),
    ]
    for i, row in enumerate(plot.rows):
        parts += _row(row, TOP + ROW * i, x, low, high, palette)
    return "".join(parts) + "</svg>"


def _breadth(rows: tuple[Row, ...]) -> tuple[float, float]:
    """The ends of the axis: ticks that hold every interval, as far as anything is drawn."""
    every = np.array([v for row in rows for v in (row.ratio, row.low, row.high)] + list(LEAST_BREADTH))
    inside = np.clip(every[~np.isnan(every)], LEAST, MOST)
    low = max(tick for tick in TICKS if tick <= inside.min() * (1 + 1e-9))
    high = min(tick for tick in TICKS if tick >= inside.max() * (1 - 1e-9))
    return low, high


def _axis(
    plot: Forest, x: Callable[[float], float], low: float, high: float, height: int, palette: Palette
) -> list[str]:
    bottom, parts = height - BOTTOM, []
    for tick in (tick for tick in TICKS if low <= tick <= high):
        colour, width = (palette.quiet, 1.4) if tick == 1 else (palette.grid, 1)
        parts.append(
            f"<line x1='{x(tick):.1f}' x2='{x(tick):.1f}' y1='{TOP}' y2='{bottom}' stroke='{colour}' stroke-width='{width}'/>"
        )
        parts.append(_text(x(tick), bottom + 14, _fraction(tick), palette.quiet, "middle"))
    parts.append(_text(SIDE, bottom + 33, f"← {plot.lower}", palette.quiet, "start"))
    parts.append(_text(WIDTH - SIDE, bottom + 33, f"{plot.higher} →", palette.quiet, "end"))
    return parts


def _row(row: Row, top: float, x: Callable[[float], float], low: float, high: float, palette: Palette) -> list[str]:
    """The name above, the interval with its mark below: long names and narrow screens both have room."""
    y, parts = top + 31, [_text(SIDE, top + 15, row.name, palette.ink, "start", 13)]
    colour = palette.of("neither" if row.differs else "common")
    if not np.isnan(row.low):
        left, right = x(row.low), x(row.high)
        parts.append(f"<line x1='{left:.1f}' x2='{right:.1f}' y1='{y}' y2='{y}' stroke='{colour}' stroke-width='2.4'/>")
        parts += [_end(left, y, -1, colour, goes_on=row.low < low), _end(right, y, 1, colour, goes_on=row.high > high)]
    if np.isfinite(row.ratio):
        parts.append(_mark(x(row.ratio), y, colour, differs=row.differs))
    return parts


def _end(x: float, y: float, side: int, colour: str, *, goes_on: bool) -> str:
    """A stop at the end of an interval, or an arrow where it goes on beyond the picture."""
    path = f"M{x - side * 6:.1f} {y - 5}l{side * 6} 5l{-side * 6} 5" if goes_on else f"M{x:.1f} {y - 5}v10"
    return f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='1.6'/>"


def _mark(x: float, y: float, colour: str, *, differs: bool) -> str:
    """The shapes of states.SYMBOLS: a triangle where the figures tell a difference, else a disc."""
    if differs:
        return f"<path d='M{x:.1f} {y - 7:.1f}l7 12h-14z' fill='{colour}'/>"
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{colour}'/>"


def _fraction(tick: float) -> str:
    """`¼`, `½`, `1`, `2`: ratios as they are spoken."""
    return {1 / 16: "1⁄16", 1 / 8: "⅛", 1 / 4: "¼", 1 / 2: "½"}.get(tick, f"{tick:g}")


def _text(x: float, y: float, text: str, colour: str, anchor: str, size: float = 12) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' {FONT} font-size='{size}' fill='{colour}' text-anchor='{anchor}'>"
        f"{escape(text)}</text>"
    )
