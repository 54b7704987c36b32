"""An opened chart as a picture of its own, to be taken along: with its title, what its lines and marks mean, and its source."""

from collections.abc import Iterable
from html import escape
from textwrap import wrap

import numpy as np

from pages.charts.drawing import Drawing
from pages.charts.states import LIGHT, Palette
from pages.charts.svg import DASHES, body, marks_svg, opening

WIDTH, HEIGHT = 1000, 620
EDGE, LINE = 32, 20
INNER = (640, 270)  # the chart is drawn at this size, and as much larger as the picture is wide
LETTERS_A_LINE = 132


def poster_svg(chart: Drawing, labels: dict[str, str], notes: Iterable[str], palette: Palette = LIGHT) -> str:
    """The chart as an SVG document; `labels` are the words of its marks, `notes` the lines of small print below it."""
    scale = (WIDTH - 2 * EDGE) / INNER[0]
    foot = [line for note in notes for line in wrap(note, LETTERS_A_LINE)]
    bottom = 88 + round(INNER[1] * scale)
    legend, y = _legend(chart, labels, palette, bottom + 22)
    height = max(HEIGHT, y + LINE * (len(foot) + 1))
    parts = [
        opening(WIDTH, height),
        f"<title>{escape(chart.title)}</title><desc>{escape(chart.alt)}</desc>",
        f"<rect width='{WIDTH}' height='{height}' fill='{palette.page}'/>",
        _words(EDGE, 42, chart.title, palette.ink, 22),
        _words(EDGE, 68, chart.unit, palette.quiet, 14),
        f"<g transform='translate({EDGE} 80) scale({scale:.4f})'>{''.join(body(chart, palette, *INNER, chart.scale()))}</g>",
        *legend,
        *(_words(EDGE, y + LINE * (i + 1), line, palette.quiet, 13) for i, line in enumerate(foot)),
    ]
    return "".join(parts) + "</svg>"


def _legend(chart: Drawing, labels: dict[str, str], palette: Palette, y: int) -> tuple[list[str], int]:
    """What is drawn, with its words, from left to right and on as many rows as it takes; and where they end."""
    parts, x = [], EDGE
    for sample, text in [*_lines(chart, palette), *_marks(chart, labels, palette)]:
        width = 46 + round(7.4 * len(text))
        if x + width > WIDTH - EDGE:
            x, y = EDGE, y + LINE + 4
        parts += [f"<g transform='translate({x} {y})'>{sample}</g>", _words(x + 32, y, text, palette.ink, 13)]
        x += width
    return parts, y + LINE


def _lines(chart: Drawing, palette: Palette) -> list[tuple[str, str]]:
    named = (
        (chart.centre, palette.quiet, "", chart.centre_name),
        (chart.upper, palette.line, DASHES["limit"], "Usual range"),
        (chart.path, palette.target, DASHES["path"], "Trajectory"),
        (np.array([chart.goal]), palette.target, DASHES["goal"], chart.goal_label),
        (np.array([chart.standard]), palette.quiet, DASHES["standard"], chart.standard_label),
    )
    return [
        (f"<line x1='0' x2='24' y1='-5' y2='-5' stroke='{colour}' stroke-width='1.6' stroke-dasharray='{dash}'/>", text)
        for line, colour, dash, text in named
        if np.isfinite(line).any()
    ]


def _marks(chart: Drawing, labels: dict[str, str], palette: Palette) -> list[tuple[str, str]]:
    drawn = chart.mark[np.isfinite(chart.value)].tolist()
    return [
        (f"<g transform='scale(1.5)'>{marks_svg([(8, -3)], m, palette)}</g>", labels.get(m, m))
        for m in dict.fromkeys(drawn)
    ]


def _words(x: float, y: float, text: str, colour: str, size: int) -> str:
    return f"<text x='{x}' y='{y}' font-size='{size}' fill='{colour}'>{escape(text)}</text>"
