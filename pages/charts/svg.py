"""Small charts as SVG: small multiples on the pages, and the same on paper. A third of a millisecond each."""

import base64
from html import escape

import numpy as np
from numpy.typing import NDArray

from pages.charts.drawing import Drawing
from pages.charts.states import LIGHT, Palette

WIDTH, HEIGHT = 320, 132
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 12, 20
DASHES = {"limit": "4 3", "path": "7 2 1.5 2", "goal": "10 3", "standard": "1.5 2.5"}
FONT = "font-family='system-ui,-apple-system,Segoe UI,Arial,sans-serif'"


def chart_svg(
    chart: Drawing,
    palette: Palette = LIGHT,
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    scale: tuple[float, float] | None = None,
) -> str:
    """The chart as an SVG document with its title and description; `scale`: instead of its own."""
    parts = [
        f"{opening(width, height)}<title>{escape(chart.title)}</title><desc>{escape(chart.alt)}</desc>",
    ]
    if chart.is_empty:
        parts.append(_text(width / 2, height / 2, "No figures", palette.quiet, anchor="middle", size=12))
    else:
        parts += body(chart, palette, width, height, scale or chart.scale())
    return "".join(parts) + "</svg>"


def opening(width: float, height: float) -> str:
    """The start of a document of this size; its texts are in the pages' letters."""
    size = f"viewBox='0 0 {width} {height}' width='{width}' height='{height}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img' {FONT}>"


def as_address(svg: str) -> str:
    """The SVG as the address of a picture."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def as_image(svg: str, alt: str, *, width: str = "100%") -> str:
    """The SVG as an <img> element: Streamlit's `st.html` strips inline SVG, and an image has an alternative text."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(alt, quote=True)}" style="width:{width};height:auto">'


def body(chart: Drawing, palette: Palette, width: int, height: int, scale: tuple[float, float]) -> list[str]:
    """The inside of the picture, for a document of this size."""
    low, high = scale
    x = _positions(chart, width)

    def y(value: float) -> float:
        return TOP + (height - TOP - BOTTOM) * (1 - (value - low) / (high - low or 1.0))

    parts = []
    for tick in _ticks(low, high):
        parts.append(
            f"<line x1='{LEFT}' x2='{width - RIGHT}' y1='{y(tick):.1f}' y2='{y(tick):.1f}' stroke='{palette.grid}'/>"
        )
        parts.append(_text(LEFT - 5, y(tick) + 3.5, f"{tick:g}", palette.quiet, anchor="end"))
    for begin in chart.phase_begins:
        at = (x[begin - 1] + x[begin]) / 2
        parts.append(
            f"<line x1='{at:.1f}' x2='{at:.1f}' y1='{TOP}' y2='{height - BOTTOM}' stroke='{palette.line}' stroke-dasharray='1 3'/>"
        )
    for line, dash, colour in (
        (chart.lower, DASHES["limit"], palette.line),
        (chart.upper, DASHES["limit"], palette.line),
        (chart.centre, "", palette.quiet),
    ):
        parts += _line(x, line, y, colour, dash, chart.phase_begins)
    parts += _goals(chart, palette, x, y, (LEFT, width - RIGHT)) + _notes(chart, palette, x, height)
    parts += _line(x, chart.value, y, palette.common, "", ())
    parts += _marks(chart, palette, x, y)
    first, last = chart.dates[0], chart.dates[-1]
    parts.append(_text(LEFT, height - 5, _month(first), palette.quiet))
    parts.append(_text(width - RIGHT, height - 5, _month(last), palette.quiet, anchor="end"))
    return parts


def _goals(chart: Drawing, palette: Palette, x, y, ends: tuple[int, int]) -> list[str]:  # type: ignore[no-untyped-def]
    """This month's milestone; of an opened chart those of all months, the goal and the standard."""
    if chart.path.size:
        return [
            *_line(x, chart.path, y, palette.target, DASHES["path"], ()),
            *_line(ends, [chart.goal] * 2, y, palette.target, DASHES["goal"], ()),
            *_line(ends, [chart.standard] * 2, y, palette.quiet, DASHES["standard"], ()),
        ]
    return _line(ends, [chart.target] * 2, y, palette.target, DASHES["path"], ())


def _notes(chart: Drawing, palette: Palette, x: NDArray[np.float64], height: int) -> list[str]:
    """A letter above the chart, and a line down from it; its text stands elsewhere."""
    days, parts = chart.dates.astype("datetime64[D]").astype(float), []
    for day, letter in chart.notes:
        at = float(np.interp(day.astype("datetime64[D]").astype(float), days, x))
        parts.append(
            f"<line x1='{at:.1f}' x2='{at:.1f}' y1='{TOP}' y2='{height - BOTTOM}' stroke='{palette.line}' stroke-width='0.5'/>"
        )
        parts.append(_text(at, TOP - 3, letter, palette.ink, anchor="middle"))
    return parts


def _positions(chart: Drawing, width: int) -> NDArray[np.float64]:
    days = chart.dates.astype("datetime64[D]").astype(float)
    span = days[-1] - days[0] or 1.0
    return np.asarray(LEFT + 4 + (width - LEFT - RIGHT - 8) * (days - days[0]) / span)


def _line(x, values, y, colour: str, dash: str, breaks: tuple[int, ...]) -> list[str]:  # type: ignore[no-untyped-def]
    """Lines are drawn apart where a figure is missing and where a phase begins."""
    parts, run = [], []
    style = f"fill='none' stroke='{colour}' stroke-width='1.1'" + (f" stroke-dasharray='{dash}'" if dash else "")
    for i, value in enumerate(values):
        if i in breaks or not np.isfinite(value):
            parts.append(run)
            run = []
        if np.isfinite(value):
            run.append((f"{x[i]:.1f}", f"{y(float(value)):.1f}"))
    parts.append(run)
    return [f"<polyline points='{_corners(part)}' {style}/>" for part in parts if len(part) > 1]


def _corners(run: list[tuple[str, str]]) -> str:
    """A line's points, without those in the middle of a level stretch: most limits are level."""
    inner = [b for a, b, c in zip(run, run[1:], run[2:], strict=False) if not a[1] == b[1] == c[1]]
    return " ".join(f"{x},{y}" for x, y in (run[0], *inner, run[-1]))


def _marks(chart: Drawing, palette: Palette, x, y) -> list[str]:  # type: ignore[no-untyped-def]
    """All figures of a mark as one shape, those without news first: what is no news covers no signal."""
    drawn: dict[str, list[tuple[float, float]]] = {}
    for i in np.flatnonzero(np.isfinite(chart.value)):
        drawn.setdefault(str(chart.mark[i]), []).append((float(x[i]), y(float(chart.value[i]))))
    in_order = sorted(drawn, key=lambda mark: mark in ("improvement", "concern", "early", "neither", "doubtful"))
    return [marks_svg(drawn[mark], mark, palette) for mark in in_order]


def marks_svg(places: list[tuple[float, float]], mark: str, palette: Palette) -> str:
    """One mark at each place, in the same shapes as plotly's symbols (states.SYMBOLS)."""
    colour = palette.of(mark)
    if mark == "doubtful":
        return "".join(_text(x, y + 3.5, "?", palette.ink, anchor="middle", size=10) for x, y in places)
    if mark == "improvement":
        path, style = "".join(f"M{x:.1f} {y - 4:.1f}l4 4-4 4-4-4z" for x, y in places), f"fill='{colour}'"
    elif mark in ("concern", "early"):
        path, style = "".join(f"M{x - 3:.1f} {y - 3:.1f}h6v6h-6z" for x, y in places), f"fill='{colour}'"
    elif mark == "neither":
        path, style = "".join(f"M{x:.1f} {y - 4:.1f}l4 7h-8z" for x, y in places), f"fill='{colour}'"
    elif mark in ("unsettled", "incomplete"):
        ring = "a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0z"
        path = "".join(f"M{x - 2.8:.1f} {y:.1f}{ring}" for x, y in places)
        style = f"fill='{palette.page}' stroke='{colour}' stroke-width='1.3'"
    else:  # a disc is the round end of a line that goes nowhere
        path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
        style = f"stroke='{colour}' stroke-width='4.2' stroke-linecap='round'"
    return f"<path d='{path}' {style}/>"


def _ticks(low: float, high: float) -> list[float]:
    step = 10 ** np.floor(np.log10((high - low) / 2 or 1.0))
    step *= next(s for s in (1, 2, 5, 10) if (high - low) / (step * s) <= 3.5)
    first = np.ceil(low / step) * step
    return [float(round(t, 10)) for t in np.arange(first, high + step * 1e-9, step)]


def _text(x: float, y: float, text: str, colour: str, *, anchor: str = "start", size: float = 9.5) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{colour}' text-anchor='{anchor}'>{escape(text)}</text>"
    )


def _month(day: np.datetime64) -> str:
    return str(day.astype("datetime64[D]").item().strftime("%b %Y"))
