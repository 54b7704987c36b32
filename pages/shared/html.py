"""HTML that Streamlit's own elements cannot make: cards, grids of icons, links in tables. Every text is escaped here."""

from collections.abc import Iterable
from html import escape

from pages.charts.drawing import Drawing, drawing
from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.states import Palette
from pages.charts.svg import as_image, chart_svg
from pages.shared import words
from pages.shared.analysis import Reading

STYLE = """
<style>
[data-testid=stMainBlockContainer] {padding-left: clamp(1rem, 4vw, 3.5rem); padding-right: clamp(1rem, 4vw, 3.5rem)}
[data-testid=stHtml] a {color: inherit; text-decoration-color: rgba(127,127,127,.6); text-underline-offset: 3px}
[data-testid=stHtml] a:hover {text-decoration-color: currentColor}
.zh-plain {font-weight: 400}
.zh-muted {opacity: .78; font-size: .92rem}
.zh-cards {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 18px; margin: 8px 0 20px}
.zh-card {border: 1px solid rgba(127,127,127,.28); border-radius: 12px; padding: 18px 20px 14px}
.zh-card h3 {margin: 0 0 2px; padding: 0; font-size: 1.12rem; line-height: 1.3}
.zh-card p {margin: 6px 0; font-size: .95rem; line-height: 1.45}
.zh-card.zh-alert {border-left: 5px solid #E46C0A}
.zh-state {display: flex; align-items: center; gap: 9px; font-weight: 600; margin: 8px 0}
.zh-state img, .zh-cell img {width: 24px !important; height: 24px !important; flex: none}
.zh-cell .zh-state {margin: 0; font-weight: 500}
.zh-glance td:nth-child(n+6), .zh-glance th:nth-child(n+6) {text-align: center}
.zh-glance td:nth-child(2), .zh-glance th:first-child {min-width: 8.5rem}
.zh-list h3 {margin: 10px 0 0; padding: 0; font-size: 1.05rem}
.zh-list ul {margin: 4px 0 14px}
.zh-row {display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 8px 0 2px; font-size: .88rem}
.zh-row span {display: inline-flex; gap: 6px; align-items: center}
.zh-row img {width: 18px !important; height: 18px}
.zh-scroll {overflow-x: auto; margin: 8px 0 20px}
.zh-table {border-collapse: collapse; font-size: .9rem; width: 100%}
.zh-table caption {text-align: left; padding: 4px 0 8px; font-weight: 600}
.zh-table th, .zh-table td {padding: 7px 10px; text-align: left; vertical-align: top;
  border-bottom: 1px solid rgba(127,127,127,.22)}
.zh-table th[scope=col] {font-weight: 600; vertical-align: bottom}
.zh-table.zh-icons {width: auto}
.zh-table.zh-icons td {text-align: center; padding: 4px 3px}
.zh-table.zh-icons td a {display: inline-block; line-height: 0; padding: 2px}
.zh-table.zh-icons th[scope=col] {padding: 6px 3px}
.zh-table.zh-icons th[scope=col]:not(:first-child) span {writing-mode: vertical-rl; transform: rotate(180deg); max-height: 15rem;
  font-size: .8rem; font-weight: 500; line-height: 1.15}
.zh-table.zh-icons th[scope=row] {white-space: nowrap; position: sticky; left: 0; background: var(--zh-page)}
.zh-table.zh-icons th:first-child {text-align: left}
.zh-figure {margin: 0}
.zh-figure figcaption {font-size: .86rem; margin: 0 0 4px; line-height: 1.35}
.zh-lead {font-size: 1.08rem; line-height: 1.55; max-width: 62rem}
a:focus-visible {outline: 3px solid #FFB81C; outline-offset: 2px}
@media print {[data-testid=stSidebar], [data-testid=stHeader] {display: none}}
</style>
"""


def paragraph(text: str, css: str = "") -> str:
    return f'<p class="{css}">{escape(text)}</p>' if text else ""


def anchor(address: str, text: str) -> str:
    return f'<a href="{escape(address, quote=True)}">{escape(text)}</a>'


def state_line(reading: Reading, palette: Palette) -> str:
    """The variation: its icon and its words."""
    state, label = words.variation_state(reading), words.variation_label(reading)
    return f'<div class="zh-state">{as_image(variation_icon(state, palette), "", width="24px")}<span>{escape(label)}</span></div>'


def milestone_line(reading: Reading, palette: Palette) -> str:
    state, label = words.milestone_state(reading), words.milestone_label(reading)
    return f'<div class="zh-state">{as_image(milestone_icon(state, palette), "", width="24px")}<span>{escape(label)}</span></div>'


def icon_link(reading: Reading | None, address: str, palette: Palette) -> str:
    """A cell of a grid: the variation icon as a link, its words as the alternative text."""
    if reading is None:
        return '<span aria-label="Not reported here"></span>'
    label = words.chart_sentence(reading)
    icon = as_image(variation_icon(words.variation_state(reading), palette), label, width="24px")
    return f'<a href="{escape(address, quote=True)}" title="{escape(label, quote=True)}">{icon}</a>'


def table(
    caption: str,
    head: Iterable[str],
    rows: Iterable[tuple[str, Iterable[str]]],
    *,
    css: str = "",
    row_head: bool = True,
) -> str:
    """A table from cells that are HTML already; row and column heads are plain text or anchors."""
    top = "".join(f'<th scope="col"><span>{cell}</span></th>' for cell in head)
    first = '<th scope="row">{}</th>' if row_head else "<td>{}</td>"
    body = "".join(
        f"<tr>{first.format(name)}{''.join(f'<td class=zh-cell>{cell}</td>' for cell in cells)}</tr>"
        for name, cells in rows
    )
    return (
        f'<div class="zh-scroll" tabindex="0" role="region" aria-label="{escape(caption, quote=True)}">'
        f'<table class="zh-table {css}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def small_chart(
    reading: Reading, palette: Palette, *, caption: str = "", scale: tuple[float, float] | None = None
) -> str:
    """One small multiple with its caption; the sentence about it is its alternative text."""
    picture = as_image(chart_svg(draw(reading), palette, scale=scale), words.chart_sentence(reading))
    head = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="zh-figure">{head}{picture}</figure>'


def chart_unit(reading: Reading) -> str:
    """What the upright axis counts."""
    return "days since the one before" if reading.kind == "t" and reading.chart is not None else reading.measure.unit


def draw(reading: Reading) -> Drawing:
    """A reading as a drawing: its chart, or its figures alone where they cannot bear one."""
    measure, chart = reading.measure, reading.chart
    common = {
        "title": f"{measure.name}, {reading.unit.name}",
        "alt": words.chart_sentence(reading),
        "target": reading.goal.milestone if reading.goal and reading.kind != "t" else float("nan"),
        "standard": measure.standard.value if measure.standard and reading.kind != "t" else float("nan"),
    }
    if reading.kind == "t" and chart is not None:
        assert chart.value is not None
        no = chart.value != chart.value
        return drawing(
            chart,
            unit=chart_unit(reading),
            dates=reading.points,
            value=chart.value,
            unsettled=no,
            doubtful=no,
            complete=~no,
            open_gap=reading.open_gap,
            **common,
        )
    return drawing(
        chart,
        unit=chart_unit(reading),
        dates=reading.months,
        value=reading.value,
        unsettled=reading.unsettled,
        doubtful=reading.doubtful,
        complete=reading.complete,
        phase=reading.phase,
        **common,
    )
