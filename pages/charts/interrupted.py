"""An interrupted time series as a plotly figure: the months, the line before and after, and what was to be expected."""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from pages.charts.drawing import Floats, span
from pages.charts.frame import axis_of, frame, marker
from pages.charts.states import LIGHT, Palette

Trace = dict[str, Any]
WHEN = "%{x|%b %Y}"
NAMES = ("Month", "Month left out", "Line through the months", "Expected from the trend before", "Its 95 % interval")


@dataclass(frozen=True)
class InterruptedDrawing:
    """A series with a change in it, ready to draw. Arrays are (months,), oldest first, in the unit shown; NaN for nothing.

    `used`: what the lines rest on. `fitted`: the line before and the line after. `expected` with `low` and `high`: had the
    old trend gone on. `start`: the position of the first month with the change.
    """

    title: str
    alt: str
    unit: str
    months: NDArray[np.datetime64]
    value: Floats
    used: NDArray[np.bool_]
    fitted: Floats
    expected: Floats
    low: Floats
    high: Floats
    start: int
    start_label: str

    @property
    def dates(self) -> list[date]:
        days: list[date] = self.months.astype("datetime64[D]").astype(object).tolist()
        return days


def interrupted_figure(chart: InterruptedDrawing, palette: Palette = LIGHT) -> go.Figure:
    """Every line differs in its dash and every mark in its shape; no colour says that anything is better."""
    month, left_out, line, expected, interval = NAMES
    dashed = {"color": palette.target, "width": 2.2, "dash": "dash"}
    hover = f"{WHEN}: %{{y:.3~g}} expected<extra></extra>"
    traces = [
        *_band(chart, interval, palette),
        _marks(chart, chart.used, month, marker("common", palette, 7)),
        _marks(chart, ~chart.used, left_out, marker("unsettled", palette, 7)),
        _lines(chart, line, {"color": palette.ink, "width": 2}),
        _trace(chart, chart.expected, expected, "lines", line=dashed, hovertemplate=hover),
    ]
    drawn = [trace | _place(trace) for trace in traces if any(y is not None for y in trace["y"])]
    return go.Figure({"data": drawn, "layout": _layout(chart, palette)}, skip_invalid=False)


def _place(trace: Trace) -> dict[str, int]:
    """Its place in the legend, which is not the order in which they lie over each other."""
    return {"legendrank": NAMES.index(trace["name"]) + 1} if trace["name"] in NAMES else {}


def _band(chart: InterruptedDrawing, name: str, palette: Palette) -> list[Trace]:
    """The interval as an area between two lines that are not drawn."""
    bare = {"line": {"width": 0}, "hoverinfo": "skip"}
    lower = _trace(chart, chart.low, "", "lines", **bare) | {"showlegend": False}
    return [lower, _trace(chart, chart.high, name, "lines", **bare, fill="tonexty", fillcolor=palette.grid)]


def _marks(chart: InterruptedDrawing, where: NDArray[np.bool_], name: str, shape: dict[str, Any]) -> Trace:
    hover = f"{WHEN}: %{{y:.3~g}}<extra>{name}</extra>"
    values = np.where(where, chart.value, np.nan)
    return _trace(chart, values, name, "markers", marker=shape, cliponaxis=False, hovertemplate=hover)


def _lines(chart: InterruptedDrawing, name: str, style: dict[str, Any]) -> Trace:
    """The line before and the line after in one trace, with a break where the change begins."""
    dates, values = list(chart.dates), _plain(chart.fitted)
    dates.insert(chart.start, dates[chart.start])
    values.insert(chart.start, None)
    return {"type": "scatter", "x": dates, "y": values, "name": name, "mode": "lines", "line": style,
            "connectgaps": False, "hoverinfo": "skip"}  # fmt: skip


def _trace(chart: InterruptedDrawing, values: Floats, name: str, mode: str, **more: Any) -> Trace:
    trace = {"type": "scatter", "x": chart.dates, "y": _plain(values), "name": name, "mode": mode, "connectgaps": False}
    return trace | more


def _plain(values: Floats) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def _layout(chart: InterruptedDrawing, palette: Palette) -> dict[str, Any]:
    axis, whole = axis_of(palette), frame(palette)
    title = {"text": escape(chart.unit), "font": {"size": 12, "color": palette.quiet}}
    parts = (chart.value, chart.fitted, chart.expected, chart.low, np.where(_is_near(chart), chart.high, np.nan))
    return whole | {
        "xaxis": axis | {"showgrid": False, "tickformat": "%b %Y"},
        "yaxis": axis | {"title": title, "range": list(span(np.concatenate(parts)))},
        "shapes": [_begins(chart, palette)],
        "annotations": _labels(chart, palette),
        "legend": whole["legend"] | {"y": -0.16, "traceorder": "normal"},
        "margin": whole["margin"] | {"b": 72},
    }


def _is_near(chart: InterruptedDrawing) -> NDArray[np.bool_]:
    """Where the interval may stretch the picture: not where it would press the figures themselves flat."""
    most = np.nanmax(np.concatenate([chart.value, chart.expected, [0.0]]))
    return np.nan_to_num(chart.high, nan=np.inf) <= 2 * most


def _begins(chart: InterruptedDrawing, palette: Palette) -> dict[str, Any]:
    """A line where the change begins."""
    day, style = chart.dates[chart.start], {"color": palette.ink, "width": 1.2, "dash": "dot"}
    return {"type": "line", "x0": day, "x1": day, "yref": "paper", "y0": 0, "y1": 1, "line": style}


def _labels(chart: InterruptedDrawing, palette: Palette) -> list[dict[str, Any]]:
    return [
        {"x": chart.dates[chart.start], "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "left",
         "text": escape(chart.start_label), "showarrow": False, "font": {"size": 12, "color": palette.ink}}
    ]  # fmt: skip
