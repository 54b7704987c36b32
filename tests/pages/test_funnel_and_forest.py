"""The funnel and the forest plot: what is drawn of what, in which shape and colour, and text that cannot become markup."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from pages.charts.forest import Forest, Row, forest_svg
from pages.charts.funnel import FunnelDrawing, funnel_figure
from pages.charts.states import DARK, LIGHT, SYMBOLS, Palette

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {"common": "Inside", "neither": "Outside"}
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])

FUNNEL = FunnelDrawing(
    title="Falls",
    alt="Funnel of falls.",
    unit="per 1,000",
    size_name="Bed days",
    names=("Ash & Co", "Beech", "<b>Cedar</b>"),
    hover=("Ash & Co: 4", "Beech: 9", "<b>Cedar</b>: 5"),
    size=np.array([300.0, 100.0, 200.0]),
    value=np.array([4.0, 9.0, 5.0]),
    lower_95=np.array([3.0, 1.0, 2.0]),
    upper_95=np.array([5.0, 7.0, 6.0]),
    lower_998=np.array([2.5, 0.0, 1.5]),
    upper_998=np.array([5.5, 8.0, 6.5]),
    centre=4.5,
    outside=np.array([False, True, False]),
)


def trace(drawing: FunnelDrawing, name: str, palette: Palette = LIGHT):
    return [t for t in funnel_figure(drawing, LABELS, palette).data if t.name == name]


@PALETTES
def test_outside_is_neither_better_nor_worse(palette: Palette) -> None:
    (outside,) = trace(FUNNEL, "Outside", palette)
    assert (outside.x, outside.y) == ((100.0,), (9.0,))
    assert (outside.marker.symbol, outside.marker.color) == (SYMBOLS["neither"], palette.neither)
    (inside,) = trace(FUNNEL, "Inside", palette)
    assert inside.marker.symbol != outside.marker.symbol
    used = {t.marker.color for t in funnel_figure(FUNNEL, LABELS, palette).data}
    assert not used & {palette.improvement, palette.concern}


def test_limits_are_joined_by_size() -> None:
    lower, upper = trace(FUNNEL, "99.8 % limits")
    assert lower.x == (100.0, 200.0, 300.0)
    assert (lower.y, upper.y) == ((0.0, 1.5, 2.5), (8.0, 6.5, 5.5))
    assert [t.showlegend for t in (lower, upper)] == [True, False]
    assert len(trace(FUNNEL, "95 % limits")) == 2


def test_no_limits_where_there_are_none() -> None:
    nothing = np.full(3, np.nan)
    bare = replace(
        FUNNEL, lower_95=nothing, upper_95=nothing, lower_998=nothing, upper_998=nothing, centre=np.nan,
        value=np.zeros(3), outside=np.zeros(3, bool),
    )  # fmt: skip
    assert [t.name for t in funnel_figure(bare, LABELS).data] == ["Inside"]


def test_goal_and_standard_are_two_labelled_lines_in_sight() -> None:
    both = replace(FUNNEL, goal=0.0, goal_label="Our goal: none", standard=12.0, standard_label="Theirs: 12")
    figure = funnel_figure(both, LABELS)
    dashes = {t.name: t.line.dash for t in figure.data if t.name in ("Our goal: none", "Theirs: 12")}
    assert len(dashes) == 2 and len(set(dashes.values())) == 2
    assert {(a.text, a.y) for a in figure.layout.annotations} == {("Our goal: none", 0.0), ("Theirs: 12", 12.0)}
    assert len({a.xanchor for a in figure.layout.annotations}) == 2
    low, high = figure.layout.yaxis.range
    assert low <= 0 and high >= 12
    assert not funnel_figure(FUNNEL, LABELS).layout.annotations


def test_a_name_is_text_and_not_markup() -> None:
    (inside,) = trace(FUNNEL, "Inside")
    assert list(inside.customdata) == ["Ash &amp; Co: 4", "&lt;b&gt;Cedar&lt;/b&gt;: 5"]
    (outside,) = trace(replace(FUNNEL, outside=np.array([False, False, True])), "Outside")
    assert outside.text == ("&lt;b&gt;Cedar&lt;/b&gt;",)


@pytest.mark.parametrize(("n", "mode"), [(8, "markers+text"), (9, "markers")])
def test_names_stand_on_the_picture_while_they_are_few(n: int, mode: str) -> None:
    ones = np.ones(n)
    many = replace(
        FUNNEL, names=("W",) * n, hover=("W",) * n, size=np.arange(1.0, n + 1), value=ones, lower_95=ones, upper_95=ones,
        lower_998=ones, upper_998=ones, outside=np.ones(n, bool),
    )  # fmt: skip
    (outside,) = trace(many, "Outside")
    assert outside.mode == mode


def test_units_of_one_size_have_breadth() -> None:
    figure = funnel_figure(replace(FUNNEL, size=np.full(3, 100.0)), LABELS)
    low, high = figure.layout.xaxis.range
    assert low < 100 < high


ROWS = (
    Row("Asian & other", 1.1, 0.9, 1.3, False),
    Row("Black", 2.1, 1.6, 2.8, True),
    Row("White", 1.0, np.nan, np.nan, False),
)
FOREST = Forest("Restraint", "Restraint: more often for Black.", ROWS, "less often", "more often")


def drawn(plot: Forest, palette: Palette = LIGHT) -> ElementTree.Element:
    return ElementTree.fromstring(forest_svg(plot, palette))


@PALETTES
def test_forest_has_a_row_a_mark_and_an_interval_for_each_group(palette: Palette) -> None:
    svg = drawn(FOREST, palette)
    assert (svg.findtext(f"{SVG}title"), svg.findtext(f"{SVG}desc")) == (FOREST.title, FOREST.alt)
    texts = [t.text for t in svg.iter(f"{SVG}text")]
    assert [t for t in texts if t in {row.name for row in ROWS}] == [row.name for row in ROWS]
    discs, triangles = (
        list(svg.iter(f"{SVG}circle")),
        [p for p in svg.iter(f"{SVG}path") if p.get("fill") == palette.neither],
    )
    assert (len(discs), len(triangles)) == (2, 1)
    intervals = [line for line in svg.iter(f"{SVG}line") if line.get("stroke-width") == "2.4"]
    assert len(intervals) == 2  # the reference has none
    assert {line.get("stroke") for line in intervals} == {palette.common, palette.neither}
    assert palette.concern not in forest_svg(FOREST, palette) and palette.improvement not in forest_svg(FOREST, palette)


def test_ratios_stand_on_a_scale_of_ratios() -> None:
    """Twice is as far from one as half."""
    svg = drawn(
        Forest("", "", (Row("a", 0.5, 0.5, 0.5, True), Row("b", 1.0, 1, 1, False), Row("c", 2.0, 2, 2, True)), "", "")
    )
    x = [float(line.get("x1", "")) for line in svg.iter(f"{SVG}line") if line.get("stroke-width") == "2.4"]
    assert x[1] - x[0] == pytest.approx(x[2] - x[1], abs=0.11)


@pytest.mark.parametrize(("high", "goes_on"), [(15.9, 0), (16.1, 1), (np.inf, 1)])
def test_an_interval_that_goes_on_beyond_the_picture_ends_in_an_arrow(high: float, goes_on: int) -> None:
    svg = drawn(Forest("", "", (Row("few", 3.0, 0.2, high, False),), "", ""))
    ends = [p.get("d", "") for p in svg.iter(f"{SVG}path") if p.get("fill") == "none"]
    assert len(ends) == 2 and sum("l" in end for end in ends) == goes_on


def test_no_event_at_all_is_drawn_at_the_edge() -> None:
    svg = drawn(Forest("", "", (Row("none", 0.0, 0.0, 1.4, False),), "", ""))
    (disc,) = svg.iter(f"{SVG}circle")
    assert float(disc.get("cx", "")) == pytest.approx(16)
