"""The one chart that a person has opened, as a plotly figure: same states, same colours, same shapes as the small ones."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.charts.drawing import Drawing
from pages.charts.states import LIGHT, SYMBOLS, Palette

HEIGHT = 420


def chart_figure(chart: Drawing, labels: dict[str, str], palette: Palette = LIGHT) -> go.Figure:
    """The chart with its lines, marks, phases, milestone and notes; `labels` are the words for each mark."""
    dates = chart.dates.astype("datetime64[D]").astype(object)
    traces: list[dict[str, Any]] = []
    for name, line, dash in (
        ("Upper limit", chart.upper, "dash"),
        ("Lower limit", chart.lower, "dash"),
        ("Average", chart.centre, "solid"),
    ):
        if np.isfinite(line).any():
            xs, ys = _broken(dates, line, chart.phase_begins)
            traces.append(_trace(xs, ys, name, "lines", line={"color": palette.line, "width": 1.3, "dash": dash}))
    if np.isfinite(chart.target):
        ends, level = [dates[0], dates[-1]], [chart.target] * 2
        traces.append(
            _trace(
                ends, level, "Milestone now", "lines", line={"color": palette.target, "width": 1.5, "dash": "dashdot"}
            )
        )
    if np.isfinite(chart.standard):
        ends, level = [dates[0], dates[-1]], [chart.standard] * 2
        traces.append(
            _trace(
                ends, level, "External standard", "lines", line={"color": palette.quiet, "width": 1.2, "dash": "dot"}
            )
        )
    traces.append(
        _trace(
            list(dates),
            _plain(chart.value),
            "Figures",
            "lines",
            line={"color": palette.common, "width": 1.2},
            hoverinfo="skip",
        )
    )
    for mark in dict.fromkeys(chart.mark.tolist()):
        where = (chart.mark == mark) & np.isfinite(chart.value)
        if where.any():
            traces.append(
                _trace(
                    list(dates[where]),
                    _plain(chart.value[where]),
                    labels.get(mark, mark),
                    "markers",
                    marker=marker(mark, palette),
                    cliponaxis=False,
                    hovertemplate="%{x|%b %Y}: %{y:.3~g}<extra>" + labels.get(mark, mark) + "</extra>",
                )
            )
    if np.isfinite(chart.open_gap):
        until = chart.dates[-1] + np.timedelta64(int(chart.open_gap), "D")
        traces.append(
            _trace(
                [until.astype(object)],
                [chart.open_gap],
                "Since the last one",
                "markers",
                marker=marker("unsettled", palette, 11),
            )
        )
    return go.Figure({"data": traces, "layout": _layout(chart, palette, dates)}, skip_invalid=False)


def _layout(chart: Drawing, palette: Palette, dates: np.ndarray) -> dict[str, Any]:
    low, high = chart.scale()
    axis = axis_of(palette)
    breaks = [
        {"type": "line", "x0": dates[b], "x1": dates[b], "yref": "paper", "y0": 0, "y1": 1,
         "line": {"color": palette.line, "width": 1, "dash": "dot"}}
        for b in chart.phase_begins
    ]  # fmt: skip
    notes = [
        {"x": day.astype("datetime64[D]").astype(object), "y": 1, "yref": "paper", "text": text, "showarrow": False,
         "xanchor": "left", "yanchor": "bottom", "font": {"size": 11, "color": palette.quiet}}
        for day, text in chart.notes
    ]  # fmt: skip
    return frame(palette) | {
        "xaxis": axis | {"showgrid": False, "tickformat": "%b %Y"},
        "yaxis": axis
        | {"title": {"text": chart.unit, "font": {"size": 12, "color": palette.quiet}}, "range": [low, high]},
        "shapes": breaks,
        "annotations": notes,
    }


def frame(palette: Palette) -> dict[str, Any]:
    """What every opened picture has: its height, margins, font and legend; no ground of its own."""
    return {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 16, "t": 40, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": palette.ink, "size": 13, "family": "system-ui, Segoe UI, Arial, sans-serif"},
        "hovermode": "closest",
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.12, "font": {"size": 12}, "itemclick": False, "itemdoubleclick": False},
    }


def axis_of(palette: Palette) -> dict[str, Any]:
    """An axis, quiet."""
    return {
        "gridcolor": palette.grid,
        "linecolor": palette.grid,
        "zeroline": False,
        "tickfont": {"color": palette.quiet},
    }


def _trace(x: Any, y: Any, name: str, mode: str, **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "x": x, "y": y, "name": name, "mode": mode, "connectgaps": False} | more


def marker(mark: str, palette: Palette, size: int = 9) -> dict[str, Any]:
    """A mark's shape and colour."""
    colour = palette.ink if mark == "doubtful" else palette.of(mark)
    return {"symbol": SYMBOLS[mark], "color": colour, "size": size, "line": {"color": colour, "width": 1.6}}


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def _broken(dates: np.ndarray, values: np.ndarray, begins: tuple[int, ...]) -> tuple[list[Any], list[float | None]]:
    """The line in pieces: nothing joins the limits of two phases."""
    xs, ys = list(dates), _plain(values)
    for begin in reversed(begins):
        xs.insert(begin, dates[begin])
        ys.insert(begin, None)
    return xs, ys
