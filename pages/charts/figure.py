"""The one chart that a person has opened, as a plotly figure: same states, same colours, same shapes as the small ones."""

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.charts.drawing import Drawing
from pages.charts.frame import axis_of, frame, marker
from pages.charts.states import LIGHT, Palette

OPEN_GAP_SIZE = 11

Trace = dict[str, Any]


def chart_figure(chart: Drawing, labels: dict[str, str], palette: Palette = LIGHT) -> go.Figure:
    """The chart with its lines, marks, phases, milestones, goal and notes; `labels` are the words for each mark."""
    dates = chart.dates.astype("datetime64[D]").astype(object)
    traces = [
        *_limits(chart, palette, dates),
        *_milestones(chart, palette, dates),
        *_levels(chart, palette, dates),
        *_points(chart, labels, palette, dates),
        *_open_gap(chart, palette),
    ]
    return go.Figure({"data": traces, "layout": _layout(chart, palette, dates)}, skip_invalid=False)


def _limits(chart: Drawing, palette: Palette, dates: np.ndarray) -> list[Trace]:
    """The limits, as one entry of the legend, and the line in the middle."""
    found = []
    for name, line, dash, told in (
        ("Usual range", chart.upper, "dash", True),
        ("Usual range", chart.lower, "dash", False),
        (chart.centre_name, chart.centre, "solid", True),
    ):
        if np.isfinite(line).any():
            xs, ys = _broken(dates, line, chart.phase_begins)
            style = {"color": palette.line, "width": 1.3, "dash": dash}
            found.append(_trace(xs, ys, name, "lines", line=style, legendgroup=name, showlegend=told))
    return found


def _milestones(chart: Drawing, palette: Palette, dates: np.ndarray) -> list[Trace]:
    """The way from the baseline to the goal with this month's milestone on it; where only that is known, a level line."""
    style = {"color": palette.target, "width": 1.5, "dash": "dashdot"}
    if not np.isfinite(chart.path).any():
        return _level(dates, chart.target, "Milestone now", style)
    ring = {"symbol": "cross", "color": palette.target, "size": 11}
    return [
        _trace(list(dates), _plain(chart.path), "Trajectory", "lines", line=style),
        _trace([dates[-1]], [chart.target], "Milestone now", "markers", marker=ring, cliponaxis=False),
    ]


def _levels(chart: Drawing, palette: Palette, dates: np.ndarray) -> list[Trace]:
    """Our goal, and what somebody outside asks for: each with its own name in the legend, not to be mixed up."""
    goal = {"color": palette.target, "width": 1.4, "dash": "longdash"}
    standard = {"color": palette.quiet, "width": 1.2, "dash": "dot"}
    ours = _level(dates, chart.goal, escape(chart.goal_label), goal)
    return ours + _level(dates, chart.standard, escape(chart.standard_label), standard)


def _level(dates: np.ndarray, value: float, name: str, style: dict[str, Any]) -> list[Trace]:
    if not np.isfinite(value):
        return []
    return [_trace([dates[0], dates[-1]], [value] * 2, name, "lines", line=style)]


def _points(chart: Drawing, labels: dict[str, str], palette: Palette, dates: np.ndarray) -> list[Trace]:
    """The figures, joined where no month is missing between them, and a trace for each mark."""
    joined = {"color": palette.common, "width": 1.2}
    found = [
        _trace(list(dates), _plain(chart.value), "Figures", "lines", line=joined, hoverinfo="skip", showlegend=False)
    ]
    when = "%b %Y" if np.unique(chart.dates.astype("datetime64[M]")).size == chart.dates.size else "%-d %b %Y"
    for mark in dict.fromkeys(chart.mark.tolist()):
        where = (chart.mark == mark) & np.isfinite(chart.value)
        if where.any():
            name = labels.get(mark, mark)
            found.append(
                _trace(
                    list(dates[where]),
                    _plain(chart.value[where]),
                    name,
                    "markers",
                    marker=marker(mark, palette),
                    cliponaxis=False,
                    hovertemplate=f"%{{x|{when}}}: %{{y:.3~g}}<extra>{name}</extra>",
                )
            )
    return found


def _open_gap(chart: Drawing, palette: Palette) -> list[Trace]:
    """The time since the last event, hollow: it is not over."""
    if not np.isfinite(chart.open_gap):
        return []
    until = chart.dates[-1] + np.timedelta64(int(chart.open_gap), "D")
    ring = marker("unsettled", palette, OPEN_GAP_SIZE)
    return [_trace([until.astype(object)], [chart.open_gap], "Since the last one", "markers", marker=ring)]


def _layout(chart: Drawing, palette: Palette, dates: np.ndarray) -> dict[str, Any]:
    low, high = chart.scale()
    axis = axis_of(palette)
    title = {"text": escape(chart.unit), "font": {"size": 12, "color": palette.quiet}}
    notes = [(day.astype("datetime64[D]").astype(object), text) for day, text in chart.notes]
    upright = [*((dates[b], "dot") for b in chart.phase_begins), *((day, "solid") for day, _ in notes)]
    return frame(palette) | {
        "xaxis": axis | {"showgrid": False, "tickformat": "%b %Y"},
        "yaxis": axis | {"title": title, "range": [low, high]},
        "shapes": [_upright(day, dash, palette) for day, dash in upright],
        "annotations": [_note(day, text, palette) for day, text in notes],
    }


def _upright(day: Any, dash: str, palette: Palette) -> dict[str, Any]:
    line = {"color": palette.line, "width": 1 if dash == "dot" else 0.6, "dash": dash}
    return {"type": "line", "x0": day, "x1": day, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}


def _note(day: Any, text: str, palette: Palette) -> dict[str, Any]:
    """A letter above the chart; its text stands below it."""
    return {"x": day, "y": 1, "yref": "paper", "text": f"<b>{text}</b>", "showarrow": False, "xanchor": "center",
            "yanchor": "bottom", "font": {"size": 12, "color": palette.ink}, "bordercolor": palette.line, "borderpad": 3,
            "bgcolor": palette.page}  # fmt: skip


def _trace(x: Any, y: Any, name: str, mode: str, **more: Any) -> Trace:
    return {"type": "scatter", "x": x, "y": y, "name": name, "mode": mode, "connectgaps": False} | more


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def _broken(dates: np.ndarray, values: np.ndarray, begins: tuple[int, ...]) -> tuple[list[Any], list[float | None]]:
    """The line in pieces: nothing joins the limits of two phases."""
    xs, ys = list(dates), _plain(values)
    for begin in reversed(begins):
        xs.insert(begin, dates[begin])
        ys.insert(begin, None)
    return xs, ys
