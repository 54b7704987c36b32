"""A funnel as a plotly figure: each unit by its size, and the limits within which units like it would usually lie."""

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from pages.charts.drawing import Floats, span
from pages.charts.frame import axis_of, frame, marker
from pages.charts.states import LIGHT, Palette

MOST_NAMED = 8  # more names than these would lie over each other
LONGEST = 26  # letters of a name on the picture; the table has it whole
SIDE = 0.08  # of the breadth, left free on either side


@dataclass(frozen=True)
class FunnelDrawing:
    """A funnel ready to draw. Arrays are (units,), in the units shown; limits are NaN where there are none.

    `hover`: what is said of each unit. `outside`: of the wider limits. `goal` and `standard`: NaN without one.
    """

    title: str
    alt: str
    unit: str
    size_name: str
    names: tuple[str, ...]
    hover: tuple[str, ...]
    size: Floats
    value: Floats
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats
    centre: float
    outside: NDArray[np.bool_]
    goal: float = np.nan
    goal_label: str = ""
    standard: float = np.nan
    standard_label: str = ""


def funnel_figure(chart: FunnelDrawing, labels: dict[str, str], palette: Palette = LIGHT) -> go.Figure:
    """The funnel; `labels` are the words for what lies inside and outside, by the name of the mark."""
    left, right = _breadth(chart.size)
    traces = _limits(chart, palette)
    if np.isfinite(chart.centre):
        traces.append(_line([left, right], [chart.centre] * 2, "Average of these", palette.quiet, "solid"))
    for level, label, colour, dash in _wanted(chart, palette):
        traces.append(_line([left, right], [level] * 2, label, colour, dash))
    for mark, where in (("common", ~chart.outside), ("neither", chart.outside)):
        if where.any():
            traces.append(_points(chart, where, mark, labels[mark], palette))
    return go.Figure({"data": traces, "layout": _layout(chart, palette, left, right)}, skip_invalid=False)


def _breadth(size: Floats) -> tuple[float, float]:
    least, most = float(size.min()), float(size.max())
    margin = (most - least or most) * SIDE
    return max(least - margin, 0.0), most + margin


def _limits(chart: FunnelDrawing, palette: Palette) -> list[dict[str, Any]]:
    """Joined from unit to unit by size: what is drawn at each is the exact limit for it."""
    order = np.argsort(chart.size, kind="stable")
    traces = []
    for name, dash, pair in (
        ("99.8 % limits", "dash", (chart.lower_998, chart.upper_998)),
        ("95 % limits", "dot", (chart.lower_95, chart.upper_95)),
    ):
        for i, line in enumerate(pair):
            if np.isfinite(line).any():
                trace = _line(chart.size[order].tolist(), line[order].tolist(), name, palette.line, dash)
                traces.append(trace | {"legendgroup": name, "showlegend": i == 0, "hoverinfo": "skip"})
    return traces


def _wanted(chart: FunnelDrawing, palette: Palette) -> list[tuple[float, str, str, str]]:
    """Our own goal and what somebody outside asks for, as level, label, colour and dash."""
    both = [
        (chart.goal, chart.goal_label, palette.target, "dashdot"),
        (chart.standard, chart.standard_label, palette.ink, "longdash"),
    ]
    return [each for each in both if np.isfinite(each[0])]


def _points(chart: FunnelDrawing, where: NDArray[np.bool_], mark: str, label: str, palette: Palette) -> dict[str, Any]:
    at, (left, right) = np.flatnonzero(where), _breadth(chart.size)
    named = mark == "neither" and len(at) <= MOST_NAMED
    return {
        "type": "scatter",
        "mode": "markers+text" if named else "markers",
        "x": chart.size[at].tolist(),
        "y": chart.value[at].tolist(),
        "name": label,
        "text": [_short(chart.names[i]) for i in at],
        "textposition": ["top right" if chart.size[i] < np.mean([left, right]) else "top left" for i in at],
        "textfont": {"size": 12, "color": palette.ink},
        "customdata": [escape(chart.hover[i], quote=False) for i in at],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": marker(mark, palette, 10),
        "cliponaxis": False,
    }


def _short(name: str) -> str:
    """Plotly reads a text as HTML."""
    return escape(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…", quote=False)


def _line(x: list[float], y: list[float], name: str, colour: str, dash: str) -> dict[str, Any]:
    line = {"color": colour, "width": 1.4, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": escape(name, quote=False), "line": line}


def _layout(chart: FunnelDrawing, palette: Palette, left: float, right: float) -> dict[str, Any]:
    parts = (chart.value, chart.lower_998, chart.upper_998, np.array([chart.centre, chart.goal, chart.standard]))
    axis, quiet = axis_of(palette), {"size": 12, "color": palette.quiet}
    whole = frame(palette)
    notes = [
        {"x": place, "xref": "paper", "y": level, "text": escape(label, quote=False), "showarrow": False,
         "xanchor": side, "yanchor": "bottom", "font": {"size": 12, "color": colour}}
        for (level, label, colour, _), (place, side) in zip(_wanted(chart, palette), _places(chart), strict=True)
    ]  # fmt: skip
    return whole | {
        "xaxis": axis
        | {
            "showgrid": False,
            "title": {"text": chart.size_name, "font": quiet},
            "range": [left, right],
            "rangemode": "tozero",
        },
        "yaxis": axis | {"title": {"text": chart.unit, "font": quiet}, "range": list(span(np.concatenate(parts)))},
        "legend": whole["legend"] | {"y": -0.22},
        "margin": whole["margin"] | {"b": 96},
        "annotations": notes,
    }


def _places(chart: FunnelDrawing) -> list[tuple[float, str]]:
    """Where the labels of the lines stand: at opposite ends, so that two lines that are near do not hide them."""
    places = [(chart.goal, (1.0, "right")), (chart.standard, (0.0, "left"))]
    return [place for level, place in places if np.isfinite(level)]
