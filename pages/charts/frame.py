"""What every opened picture has in plotly: its ground, fonts and axes, and the marks with their shapes."""

from typing import Any

from pages.charts.states import SYMBOLS, Palette

HEIGHT = 460


def frame(palette: Palette) -> dict[str, Any]:
    """The height, margins, font and legend of a picture; no ground of its own."""
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


def marker(mark: str, palette: Palette, size: int = 9) -> dict[str, Any]:
    """A mark's shape and colour."""
    colour = palette.ink if mark == "doubtful" else palette.of(mark)
    return {"symbol": SYMBOLS[mark], "color": colour, "size": size, "line": {"color": colour, "width": 1.6}}
