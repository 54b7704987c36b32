"""HTML that Streamlit's own elements cannot make: cards, grids of icons, links in tables. Every text is escaped here."""

from collections.abc import Iterable
from functools import cache
from html import escape

import streamlit as st

from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.states import Palette
from pages.charts.svg import as_address, as_image, chart_svg
from pages.shared import context, words
from pages.shared.analysis import Reading
from pages.shared.drawn import draw

STYLE = """
<style>
[data-testid=stMainBlockContainer] {padding-left: clamp(1rem, 4vw, 3.5rem); padding-right: clamp(1rem, 4vw, 3.5rem)}
[data-testid=stHtml] a {color: inherit; text-decoration-color: rgba(127,127,127,.6); text-underline-offset: 3px}
[data-testid=stHtml] a:hover {text-decoration-color: currentColor}
[data-testid=stCaptionContainer] {opacity: 1 !important}
[data-testid=stCaptionContainer] :is(p, li) {color: var(--zh-quiet)}
[data-testid=stPageLink] :is(a, span, p) {white-space: normal; overflow: visible}
.zh-plain {font-weight: 400}
.zh-muted {opacity: .78; font-size: .92rem}
.zh-cards {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 18px; margin: 8px 0 20px}
.zh-card {border: 1px solid rgba(127,127,127,.28); border-radius: 12px; padding: 18px 20px 14px}
.zh-card h3 {margin: 0 0 2px; padding: 0; font-size: 1.12rem; line-height: 1.3}
.zh-card p {margin: 6px 0; font-size: .95rem; line-height: 1.45}
.zh-card.zh-alert {border-left: 5px solid #E46C0A}
.zh-state {display: flex; align-items: center; gap: 9px; font-weight: 600; margin: 8px 0}
.zi {display: inline-block; width: 24px; height: 24px; flex: none; background: center/contain no-repeat;
  -webkit-print-color-adjust: exact; print-color-adjust: exact}
.zh-row .zi {width: 18px; height: 18px}
.zh-sr {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap}
.zh-icons td {position: relative}
.zh-cell .zh-state {margin: 0; font-weight: 500}
.zh-glance td:nth-child(n+6), .zh-glance th:nth-child(n+6) {text-align: center}
.zh-glance td:nth-child(2), .zh-glance th:first-child {min-width: 8.5rem}
.zh-list h3 {margin: 10px 0 0; padding: 0; font-size: 1.05rem}
.zh-list ul {margin: 4px 0 14px}
.zh-row {display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 8px 0 2px; font-size: .88rem}
.zh-row span {position: relative; display: inline-flex; gap: 6px; align-items: center}
.zh-row img {width: 18px !important; height: 18px}
.zh-scroll {position: relative; overflow-x: auto; margin: 8px 0 20px}
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
.zh-read {max-width: 52rem; line-height: 1.6}
.zh-read h2 {font-size: 1.3rem; margin: 18px 0 4px; padding: 0}
.zh-lead {font-size: 1.08rem; line-height: 1.55; max-width: 62rem}
.zh-people {border: 1px solid rgba(127,127,127,.28); border-radius: 12px; padding: 18px 22px; margin: 4px 0 8px}
.zh-people h2 {margin: 0 0 12px; padding: 0; font-size: 1.3rem; line-height: 1.3}
.zh-people p {margin: 6px 0; max-width: 72rem}
.zh-tiles {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(180px, 100%), 1fr)); gap: 14px 26px}
.zh-tile b {display: block; font-size: 2.1rem; line-height: 1.1; font-weight: 600}
.zh-tile span {font-size: .95rem}
.zh-tile p {margin: 2px 0 0; font-size: .86rem}
.zh-year {border-top: 1px solid rgba(127,127,127,.22); margin-top: 12px; padding-top: 8px}
.zh-year.zh-alert {border-left: 5px solid #E46C0A; padding-left: 14px}
.zh-heard {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr)); gap: 18px; align-items: start}
.zh-heard ul {list-style: none; margin: 6px 0 0; padding: 0}
.zh-heard li {display: flex; gap: 10px; margin: 0 0 10px; line-height: 1.4; font-size: .95rem}
.zh-new {font-size: .78rem; border: 1px solid currentColor; border-radius: 9px; padding: 0 7px; margin-left: 5px;
  white-space: nowrap}
.zh-together {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); gap: 14px 22px;
  margin: 6px 0 20px}
.zh-card-text p {margin: 6px 0; line-height: 1.45}
.zh-answer {border-left: 3px solid rgba(127,127,127,.4); padding-left: 12px; margin: 8px 0}
.zh-answer p {margin: 2px 0; font-size: .92rem}
[class*=st-key-concern-] {border-left: 5px solid #E46C0A !important}
.zh-every td {vertical-align: middle}
.zh-every td:nth-child(n+3), .zh-every th:nth-child(n+3) {text-align: center}
a:focus-visible {outline: 3px solid #FFB81C; outline-offset: 2px}
@media print {
  @page {size: A4; margin: 11mm}
  [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToolbar],
  [class*=st-key-on-screen-only] {display: none !important}
  [data-testid=stMainBlockContainer] {padding: 0 !important; max-width: none !important; zoom: .45}
  .st-key-tour, .st-key-figures, [data-testid=stPageLink], .stPopover {display: none !important}
  .zh-glance br, .zh-year .zh-muted {display: none}
  .zh-people h2, .zh-tile b {font-size: 1.2rem}
  .zh-people p, .zh-heard li {margin: 2px 0}
  [data-testid=stVerticalBlock] {gap: .5rem}
  .zh-table th, .zh-table td {padding: 3px 8px}
  .zh-card, .zh-people, tr, [class*=st-key-concern-] {break-inside: avoid}
  .zh-heard {grid-template-columns: 4fr 3fr 3fr}
  .zh-scroll {overflow: visible}
}
</style>
"""


# A drawing is kept for whoever would get the same (context.drawn_for); arguments that begin with _ are no part of the key.
kept = st.cache_data(max_entries=256, show_spinner=False)


def paragraph(text: str, css: str = "") -> str:
    return f'<p class="{css}">{escape(text)}</p>' if text else ""


def anchor(address: str, text: str) -> str:
    return f'<a href="{escape(address, quote=True)}">{escape(text)}</a>'


def measure_link(reading: Reading, text: str = "") -> str:
    """A link to the chart of a reading, by the name of its measure where nothing else is said."""
    address = context.link("measure", unit=reading.unit.code, measure=reading.measure.id)
    return anchor(address, text or reading.measure.name)


def state_line(reading: Reading) -> str:
    """The variation: its icon and its words."""
    return f'<div class="zh-state">{icon(reading)}<span>{escape(words.variation_label(reading))}</span></div>'


def milestone_line(reading: Reading) -> str:
    state, label = words.milestone_state(reading), words.milestone_label(reading)
    return f'<div class="zh-state"><i class="zi zi-m-{state}"></i><span>{escape(label)}</span></div>'


@cache
def icon_styles(palette: Palette) -> str:
    """A class for each icon: a grid of thousands then sends each picture once."""
    states = {f"v-{state}": variation_icon(state, palette) for state in words.VARIATION_LABELS}
    states |= {f"m-{state}": milestone_icon(state, palette) for state in words.MILESTONE_LABELS}
    rules = [f".zi-{name}{{background-image:url({as_address(svg)})}}" for name, svg in states.items()]
    return f"<style>{''.join(rules)}</style>"


def icon(reading: Reading) -> str:
    """The icon of the variation, without words: they stand beside it, or in `icon_link`."""
    return f'<i class="zi zi-v-{words.variation_state(reading)}"></i>'


def icon_link(reading: Reading | None, address: str) -> str:
    """A cell of a grid: the variation icon as a link, its words for the pointer and for those who listen."""
    if reading is None:
        return '<span class="zh-sr">Not reported here</span>'
    label = words.chart_sentence(reading)
    return (
        f'<a href="{escape(address, quote=True)}" title="{escape(label, quote=True)}">{icon(reading)}'
        f'<span class="zh-sr">{escape(words.variation_label(reading))}</span></a>'
    )


def table(
    caption: str,
    head: Iterable[str],
    rows: Iterable[tuple[str, Iterable[str]]],
    *,
    css: str = "",
    row_head: bool = True,
) -> str:
    """A table from cells that are HTML already; row and column heads are plain text or anchors."""
    top = "".join(f'<th scope="col"><span>{cell}</span></th>' if cell else "<td></td>" for cell in head)
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
