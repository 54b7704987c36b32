"""The pictures: SVG and plotly from the same drawing, their marks, their colours, and text that cannot become markup."""

import base64
import html
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from metrics import control_chart
from pages.charts.drawing import Drawing, drawing
from pages.charts.figure import chart_figure
from pages.charts.icons import _GLYPHS, _LETTERS, _MILESTONES, milestone_icon, variation_icon
from pages.charts.png import png_of
from pages.charts.poster import poster_svg
from pages.charts.states import DARK, LIGHT, SYMBOLS, Palette, marks
from pages.charts.svg import DASHES, as_image, chart_svg
from pages.shared import html as pieces
from pages.shared import words
from pages.shared.analysis import Analysis, Reading
from pages.shared.drawn import MARK_LABELS

SVG = "{http://www.w3.org/2000/svg}"
N = 30
MONTHS = np.arange("2024-01", "2026-07", dtype="datetime64[M]")
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
LABELS = {mark: f"label of {mark}" for mark in SYMBOLS}
Draw = Callable[..., Drawing]


@pytest.fixture
def draw() -> Draw:
    """A chart of thirty months: steady, then one far above, the newest unsettled, two missing, a phase from month 20."""

    def _draw(**changes: object) -> Drawing:
        y = 10.0 + np.sin(np.arange(N) * 2.1)
        y[12], y[[5, 6]] = 40.0, np.nan
        phase = (np.arange(N) >= 20).astype(int)
        unsettled = np.arange(N) >= N - 2
        chart = control_chart("xmr", y, baseline=np.ones(N, bool), phase=phase, unsettled=unsettled, direction="lower")
        no = np.zeros(N, bool)
        given = {"title": "Falls", "alt": "Falls, a ward.", "unit": "per 1,000", "dates": MONTHS, "value": y,
                 "unsettled": unsettled, "doubtful": no, "complete": ~no, "phase": phase, "target": 8.0}  # fmt: skip
        return drawing(chart, **(given | changes))

    return _draw


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def points_of(svg: ElementTree.Element) -> int:
    """How many marks are drawn: discs, squares, diamonds, triangles and question marks."""
    texts = [t for t in svg.iter(f"{SVG}text") if t.text == "?"]
    return sum(path.get("d", "").count("M") for path in svg.iter(f"{SVG}path")) + len(texts)


def value_lines(svg: ElementTree.Element, palette: Palette) -> list[int]:
    """The lengths of the lines that join the figures."""
    lines = [
        p for p in svg.iter(f"{SVG}polyline") if p.get("stroke") == palette.common and not p.get("stroke-dasharray")
    ]
    return [len(p.get("points", "").split()) for p in lines]


# Small charts


@PALETTES
def test_svg_has_a_title_a_description_and_a_mark_for_each_figure(draw: Draw, palette: Palette) -> None:
    svg = parsed(chart_svg(draw(), palette))
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Falls"
    assert svg.findtext(f"{SVG}desc") == "Falls, a ward."
    assert points_of(svg) == N - 2


def test_svg_of_every_reading_is_well_formed(analysis: Analysis) -> None:
    drawn = 0
    for reading in analysis.readings.values():
        chart = pieces.draw(reading)
        svg = parsed(chart_svg(chart))
        assert svg.findtext(f"{SVG}desc") == words.chart_sentence(reading)
        expected = int(np.isfinite(chart.value).sum())
        assert points_of(svg) == expected, (reading.measure.id, reading.unit.code)
        drawn += expected > 0
    assert drawn > 1000


def test_svg_stays_within_its_picture(analysis: Analysis) -> None:
    for reading in analysis.of_unit("W10") + analysis.of_unit("TRUST"):
        chart = pieces.draw(reading)
        for element in parsed(chart_svg(chart)).iter(f"{SVG}path"):
            for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", element.get("d", "")):
                assert 0 <= float(x) <= 320 and 0 <= float(y) <= 132


def test_svg_joins_no_figures_over_a_hole(draw: Draw) -> None:
    assert value_lines(parsed(chart_svg(draw())), LIGHT) == [5, N - 7]


def test_svg_joins_no_limits_of_two_phases(draw: Draw) -> None:
    svg = parsed(chart_svg(draw()))
    centre = [p for p in svg.iter(f"{SVG}polyline") if p.get("stroke") == LIGHT.quiet]
    ends = [[point.split(",")[0] for point in p.get("points", "").split()] for p in centre]
    assert [len(xs) for xs in ends] == [2, 2], "level, and so its ends alone"
    assert float(ends[0][1]) < float(ends[1][0]), "and nothing between them"
    dotted = [line for line in svg.iter(f"{SVG}line") if line.get("stroke-dasharray") == "1 3"]
    assert len(dotted) == 1, "one upright line where the phase begins"


def test_svg_without_figures_says_so(draw: Draw) -> None:
    svg = parsed(chart_svg(draw(value=np.full(N, np.nan))))
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["No figures"]
    assert points_of(svg) == 0


def test_svg_of_one_figure_and_of_equal_figures(draw: Draw) -> None:
    one = np.full(N, np.nan)
    one[3] = 0.0
    for value, count in ((one, 1), (np.zeros(N), N), (np.full(N, 7.0), N)):
        assert points_of(parsed(chart_svg(draw(value=value, target=np.nan)))) == count


def test_drawing_without_a_chart_shows_the_figures_alone() -> None:
    no = np.zeros(N, bool)
    alone = drawing(None, title="t", alt="a", unit="u", dates=MONTHS, value=np.arange(N, dtype=float), unsettled=no,
                    doubtful=no, complete=~no)  # fmt: skip
    assert not np.isfinite(np.concatenate([alone.centre, alone.lower, alone.upper])).any()
    assert set(alone.mark) == {"common"}
    assert points_of(parsed(chart_svg(alone))) == N


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [([0.0, 10.0], 0.0, 10.6), ([6.0, 10.0], 5.68, 10.32), ([4.9, 10.0], 0.0, 10.6), ([0.0, 0.0], 0.0, 1.06),
     ([-1.0, 1.0], -1.16, 1.16), ([np.nan, np.nan], 0.0, 1.0)],
)  # fmt: skip
def test_scale_begins_at_zero_unless_all_is_far_above(value: list[float], low: float, high: float, draw: Draw) -> None:
    nothing = np.full(N, np.nan)
    given = np.array([*value, *nothing[2:]])
    chart = replace(draw(), value=given, centre=nothing, lower=nothing, upper=nothing, target=np.nan)
    assert chart.scale() == pytest.approx((low, high))


# Marks


@pytest.mark.parametrize(
    ("state", "unsettled", "doubtful", "complete", "mark"),
    [
        ("common_cause", False, False, True, "common"),
        ("improvement", False, False, True, "improvement"),
        ("concern", False, False, True, "concern"),
        ("neither", False, False, True, "neither"),
        ("early_warning", False, False, True, "early"),
        ("common_cause", True, False, True, "unsettled"),
        ("common_cause", True, False, False, "incomplete"),  # not complete is worse than not settled
        ("common_cause", True, True, False, "doubtful"),  # and in question is the worse of all
        ("improvement", False, True, True, "doubtful"),  # nothing in question is drawn as better
        ("improvement", False, False, False, "incomplete"),
        ("improvement", True, False, True, "unsettled"),
        ("neither", False, True, True, "doubtful"),
        ("concern", True, True, False, "concern"),  # a concern is shown regardless
        ("early_warning", True, True, False, "early"),
    ],
)
def test_marks(state: str, unsettled: bool, doubtful: bool, complete: bool, mark: str) -> None:
    found = marks(np.array([state]), *(np.array([flag]) for flag in (unsettled, doubtful, complete)))
    assert found.tolist() == [mark]


def test_every_mark_has_its_own_shape_or_colour_and_a_word() -> None:
    shapes = {mark: (SYMBOLS[mark], LIGHT.of(mark)) for mark in SYMBOLS if mark not in ("early", "absent")}
    assert len(set(shapes.values())) == len(shapes)
    assert len({SYMBOLS[mark] for mark in shapes}) == len(shapes), "a state is told by its shape without the colour"
    found = marks(np.array(["common_cause", "improvement", "concern", "neither", "early_warning"]), *[np.zeros(5, bool)] * 2,
                  np.ones(5, bool))  # fmt: skip
    for mark in (*found, "unsettled", "doubtful", "incomplete"):
        assert mark in SYMBOLS
        assert MARK_LABELS[mark][0].isupper(), mark


# Colours


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@PALETTES
@pytest.mark.parametrize(
    ("name", "least"),
    [("improvement", 3), ("concern", 3), ("common", 3), ("neither", 3), ("target", 3), ("line", 3), ("ink", 4.5), ("quiet", 4.5)],
)  # fmt: skip
def test_colour_stands_out_from_its_page(name: str, least: float, palette: Palette) -> None:
    assert contrast(getattr(palette, name), palette.page) >= least


# Icons


@PALETTES
def test_every_state_has_an_icon_of_its_own(palette: Palette) -> None:
    states = [s for s in words.VARIATION_LABELS if s not in ("none", "cannot_tell", "too_few", "not_charted")]
    assert set(words.VARIATION_LABELS) <= {*_GLYPHS, *_LETTERS}
    icons = {state: variation_icon(state, palette) for state in states}
    assert len(set(icons.values())) == len(states)
    drawings = {state: re.sub(r"#[0-9A-F]{6}", "", icon) for state, icon in icons.items()}
    assert drawings["improvement_low"] != drawings["concern_low"], "told apart without colour"
    for icon in [*icons.values(), *(milestone_icon(state, palette) for state in words.MILESTONE_LABELS)]:
        assert parsed(icon).tag == f"{SVG}svg"
    assert len({milestone_icon(state, palette) for state in (*_MILESTONES, "none")}) == 4


# The opened chart


def test_figure_has_the_values_of_the_chart_and_joins_no_holes(draw: Draw) -> None:
    chart = draw()
    data = chart_figure(chart, LABELS).data
    assert [t.name for t in data][:5] == ["Usual range", "Usual range", "Average", "Milestone now", "Figures"]
    assert [t.showlegend for t in data][:2] == [True, False], "one entry for both limits"
    traces = {trace.name: trace for trace in data}
    assert all(trace.connectgaps is False for trace in traces.values())
    figures = np.array([np.nan if y is None else y for y in traces["Figures"].y], dtype=float)
    np.testing.assert_array_equal(figures, chart.value)
    assert list(traces["Milestone now"].y) == [8.0, 8.0]
    for mark in set(chart.mark[np.isfinite(chart.value)]):
        where = (chart.mark == mark) & np.isfinite(chart.value)
        np.testing.assert_array_equal(np.array(traces[f"label of {mark}"].y, float), chart.value[where])
        assert traces[f"label of {mark}"].marker.symbol == SYMBOLS[mark]
    shown = sum(len(t.y) for t in traces.values() if t.mode == "markers")
    assert shown == np.isfinite(chart.value).sum()
    assert {"concern", "unsettled", "common"} <= set(chart.mark)


def test_figure_breaks_its_limits_where_a_phase_begins(draw: Draw) -> None:
    figure = chart_figure(draw(), LABELS)
    upper = next(trace for trace in figure.data if trace.name == "Usual range")
    assert len(upper.y) == N + 1
    assert [i for i, y in enumerate(upper.y) if y is None] == [20]
    assert upper.y[19] != upper.y[21]
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == MONTHS[20].astype("datetime64[D]").item()


def test_figure_without_a_milestone_draws_none(draw: Draw) -> None:
    names = [trace.name for trace in chart_figure(draw(target=np.nan), LABELS).data]
    assert "Milestone now" not in names
    assert "External standard" not in names
    assert "External standard" in [trace.name for trace in chart_figure(draw(standard=9.0), LABELS).data]


@PALETTES
def test_figure_takes_its_colours_from_the_palette(draw: Draw, palette: Palette) -> None:
    figure = chart_figure(draw(), LABELS, palette)
    named = {value.upper() for value in vars(palette).values()}
    found = {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}", figure.to_json(validate=False))}
    own = {c for c in found if c in named}
    assert own
    for trace in figure.data:
        colour = trace.marker.color if trace.mode == "markers" else trace.line.color
        assert colour in vars(palette).values()


def test_figure_shows_an_open_gap_after_the_last_event(draw: Draw) -> None:
    gap = chart_figure(draw(open_gap=31.0), LABELS).data[-1]
    assert (gap.name, list(gap.y)) == ("Since the last one", [31.0])


def test_figure_and_small_chart_show_the_same_points(analysis: Analysis) -> None:
    for reading in analysis.of_unit("W10"):
        chart = pieces.draw(reading)
        if chart.is_empty:
            continue
        shown = sum(len(t.y) for t in chart_figure(chart, MARK_LABELS).data if t.mode == "markers")
        assert shown - np.isfinite(chart.open_gap) == points_of(parsed(chart_svg(chart)))


# An opened chart


@pytest.fixture
def opened(draw: Draw) -> Drawing:
    """With milestones from month 6 on, our goal below them, somebody's standard above, and two notes."""
    path = np.where(np.arange(N) >= 6, 12.0 - np.arange(N) / 10, np.nan)
    notes = ((MONTHS[3], "A"), (MONTHS[10], "B C"))
    return replace(draw(target=path[-1], standard=45.0, notes=notes), path=path, goal=1.5, goal_label="Our goal: 1.5",
                   standard_label="Theirs & others': 45")  # fmt: skip


def test_scale_holds_the_milestones_the_goal_and_the_standard(opened: Drawing) -> None:
    low, high = opened.scale()
    assert low <= 1.5 and high >= 45
    assert replace(opened, standard=np.nan, goal=90.0).scale()[1] >= 90
    assert replace(opened, standard=np.nan, path=opened.path * 10).scale()[1] >= 114


def test_figure_draws_the_milestones_from_where_they_begin_and_names_the_lines(opened: Drawing) -> None:
    traces = {trace.name: trace for trace in chart_figure(opened, LABELS).data}
    line = np.array([np.nan if y is None else y for y in traces["Trajectory"].y])
    np.testing.assert_array_equal(line, opened.path)
    assert (list(traces["Milestone now"].y), traces["Milestone now"].mode) == ([opened.target], "markers")
    assert list(traces["Our goal: 1.5"].y) == [1.5, 1.5]
    assert list(traces["Theirs &amp; others&#x27;: 45"].y) == [45, 45], "plotly reads its texts as markup"
    dashes = [traces[name].line.dash for name in ("Trajectory", "Our goal: 1.5", "Theirs &amp; others&#x27;: 45")]
    assert len(set(dashes)) == 3


def test_figure_marks_each_note_with_a_letter_and_a_line(opened: Drawing) -> None:
    layout = chart_figure(opened, LABELS).layout
    assert [(note.text, note.x) for note in layout.annotations] == [
        ("<b>A</b>", MONTHS[3].astype("datetime64[D]").item()),
        ("<b>B C</b>", MONTHS[10].astype("datetime64[D]").item()),
    ]
    upright = [shape.x0 for shape in layout.shapes]
    assert upright == [MONTHS[i].astype("datetime64[D]").item() for i in (20, 3, 10)]


def test_figure_calls_the_middle_of_a_run_chart_the_median(draw: Draw) -> None:
    names = [trace.name for trace in chart_figure(replace(draw(), rules="anhoej"), LABELS).data]
    assert "Median" in names
    assert "Average" not in names


def test_small_chart_of_an_opened_one_has_its_lines_and_notes(opened: Drawing) -> None:
    svg = parsed(chart_svg(opened))
    dashes = [line.get("stroke-dasharray") for line in svg.iter(f"{SVG}polyline")]
    assert [dashes.count(DASHES[name]) for name in ("path", "goal", "standard")] == [1, 1, 1]
    assert [text.text for text in svg.iter(f"{SVG}text") if text.text in ("A", "B C")] == ["A", "B C"]
    plain = parsed(chart_svg(replace(opened, path=np.array([]))))
    dashes = [line.get("stroke-dasharray") for line in plain.iter(f"{SVG}polyline")]
    assert [dashes.count(DASHES[name]) for name in ("path", "goal", "standard")] == [1, 0, 0], "this month's milestone"


@PALETTES
def test_poster_says_what_is_drawn(opened: Drawing, palette: Palette) -> None:
    svg = parsed(poster_svg(opened, LABELS, ["Small print. " * 20], palette))
    texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
    for wanted in (
        "Falls",
        "per 1,000",
        "Average",
        "Usual range",
        "Trajectory",
        "Our goal: 1.5",
        "Theirs & others': 45",
    ):
        assert wanted in texts, wanted
    for mark in set(opened.mark[np.isfinite(opened.value)].tolist()):
        assert LABELS[mark] in texts
    height = float(svg.get("height", "0"))
    places = [(float(t.get("x", "0")), float(t.get("y", "0"))) for t in svg.iter(f"{SVG}text")]
    assert all(0 <= x <= 1000 and 0 <= y < height for x, y in places)
    small = [text for text in texts if text.startswith("Small print")]
    assert len(small) == 2
    assert "<script" not in poster_svg(replace(opened, title=NASTY, goal_label=NASTY), LABELS, [NASTY], palette)


def test_png_is_as_large_as_the_drawing_says_and_draws_other_letters_otherwise(opened: Drawing) -> None:
    svg = poster_svg(opened, LABELS, [])
    width, height = (int(float(parsed(svg).get(side, "0"))) for side in ("width", "height"))
    png = png_of(svg)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (2 * width, 2 * height)
    pictures = {png_of(poster_svg(replace(opened, title=title), LABELS, [])) for title in ("é", "ł", "′", "–", "≤", "")}
    assert len(pictures) == 6, "each of these letters is in the font that comes along"


# Text that cannot become markup

NASTY = "<script>alert('x')</script> \"&\" ward"


@pytest.fixture
def nasty(analysis: Analysis) -> Reading:
    reading = analysis.get("self_harm", "W10")
    assert reading is not None
    measure = replace(reading.measure, name=f"{NASTY} measure", plural=NASTY, unit=f"per {NASTY}")
    return replace(reading, unit=replace(reading.unit, name=NASTY), measure=measure)


def test_image_keeps_quotes_inside_its_alternative_text() -> None:
    image = as_image("<svg/>", "a \"quoted\" & 'single' <b>")
    assert image.count('"') == 6, "the quotes of src, alt and style, and no other"
    found = re.search(r'alt="([^"]*)"', image)
    assert found is not None
    assert html.unescape(found[1]) == "a \"quoted\" & 'single' <b>"
    assert base64.b64decode(image.split("base64,")[1].split('"')[0]) == b"<svg/>"


def test_svg_escapes_its_title_and_description(nasty: Reading) -> None:
    svg = chart_svg(pieces.draw(nasty))
    assert "<script" not in svg
    assert NASTY in (parsed(svg).findtext(f"{SVG}title") or "")


def test_every_piece_of_html_escapes_the_name_of_a_ward(nasty: Reading) -> None:
    made = [
        pieces.paragraph(NASTY),
        pieces.anchor(f"ward?unit={NASTY}", NASTY),
        pieces.state_line(nasty),
        pieces.milestone_line(nasty),
        pieces.icon_link(nasty, f"ward?unit={NASTY}"),
        pieces.icon_link(None, "ward"),
        pieces.small_chart(nasty, LIGHT, caption=pieces.anchor("ward", NASTY)),
        pieces.table(NASTY, ["a"], [("b", ["c"])]),
    ]
    assert sum("&lt;script&gt;" in text for text in made) == 5
    for text in made:
        assert "<script" not in text
        pictures = [base64.b64decode(data).decode() for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", text)]
        assert not [svg for svg in pictures if "<script" in svg]


def test_cards_and_tables_escape_the_name_of_a_ward(nasty: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.shared import cards, context

    monkeypatch.setattr(context, "link", lambda page, **values: f"{page}?{NASTY}")
    for text in (cards._card(nasty, LIGHT), cards._card(nasty, LIGHT, also=True)):
        assert "<script" not in text
        assert "&lt;script&gt;" in text
