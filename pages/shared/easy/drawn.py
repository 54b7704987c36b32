"""The Easy read page as HTML for Streamlit, and its two files for whoever may open it."""

from html import escape

import streamlit as st

from data.access import Action, Thing, authorise, may
from data.editions import Edition
from data.store import Store
from pages.charts.easy_pictures import picture_svg
from pages.charts.easy_shapes import DARK, LIGHT, Tones
from pages.charts.states import DARK as DARK_PAGE
from pages.charts.svg import as_image
from pages.reports.easy_html import easy_html
from pages.reports.easy_pdf import easy_pdf
from pages.shared import context
from pages.shared.easy.content import Block, EasyRead, easy_read
from pages.shared.html import kept, paragraph
from pages.shared.trail import note
from pages.shared.wording import easy as said

STYLE = """
<style>
.zh-easy {display: grid; gap: 26px; max-width: 46rem; margin: 10px 0 26px; font-size: 1.35rem; line-height: 1.55}
.zh-easy section {display: grid; grid-template-columns: 124px 1fr; gap: 8px 28px; align-items: center; padding: 20px 24px;
  border: 1px solid rgba(127,127,127,.28); border-radius: 18px; break-inside: avoid}
.zh-easy section.zh-aside {border-color: transparent; background: var(--zh-tile)}
.zh-easy img {width: 124px !important}
.zh-easy h2 {font-size: 1.35rem; line-height: 1.45; font-weight: 400; margin: 0; padding: 0}
.zh-easy p {font-size: 1.35rem; margin: 4px 0; max-width: 30em}
.zh-easy .zh-told {margin-top: 10px; padding-left: 14px; border-left: 5px solid #7DB1B5; font-weight: 600}
.st-key-take-easy {max-width: 46rem}
.st-key-take-easy p {font-size: 1.25rem}
.st-key-take-easy button {padding: .7rem 1.2rem; height: auto}
@media (max-width: 560px) {.zh-easy section {grid-template-columns: 1fr; padding: 18px} .zh-easy img {width: 104px !important}}
@media print {.st-key-take-easy {display: none !important} [data-testid=stMainBlockContainer] {zoom: 1 !important}}
</style>
"""


@st.cache_data(max_entries=4, show_spinner=False)
def kept_easy_read(store_key: str, edition_id: int, _store: Store, _edition: Edition) -> EasyRead:  # noqa: ARG001 (the key)
    return easy_read(_store, _edition)


def show(easy: EasyRead) -> None:
    st.html(STYLE + _drawn(easy, _tones()))


def nothing_yet() -> None:
    """Why there is nothing to see yet, and what can be done about it by whom."""
    may_check = may(context.reader(), Action.OPEN, Thing(page="month"))
    about = Block("draft", said.NOTHING_YET, (*said.NO_FILE, *(said.WHO_CHECKS if may_check else ())))
    help_there = Block("help", (said.HELP,), said.short_lines(context.branding().help_line))
    tones = _tones()
    st.html(STYLE + _together([_section(each, tones, "zh-aside") for each in (about, help_there)], tones))


def not_safe() -> None:
    """Why nothing is shown, where what everybody has seen already would give a person away beside it."""
    about = Block("draft", said.NOT_SAFE)
    help_there = Block("help", (said.HELP,), said.short_lines(context.branding().help_line))
    tones = _tones()
    st.html(STYLE + _together([_section(each, tones, "zh-aside") for each in (about, help_there)], tones))


def offer_files(easy: EasyRead) -> None:
    """The page as files. It is for everybody, so whoever may open it may take it; the trail says who did."""
    authorise(context.reader(), Action.OPEN, Thing(page="easy"))
    html, pdf = _files(easy)
    name = f"easy-read-{easy.up_to:%Y-%m}"
    with st.container(key="take easy"):
        st.subheader(said.TAKE)
        left, right = st.columns(2)
        for place, label, data, ending, kind in (
            (left, said.AS_HTML, html, "html", "text/html"),
            (right, said.AS_PDF, pdf, "pdf", "application/pdf"),
        ):
            place.download_button(
                label,
                data,
                f"{name}.{ending}",
                kind,
                key=f"take {ending}",
                width="stretch",
                on_click=note,
                args=("export", {"file": f"easy.{ending}", "version": easy.version}),
            )


@kept
def _files(easy: EasyRead) -> tuple[bytes, bytes]:
    return easy_html(easy), easy_pdf(easy)


@kept
def _drawn(easy: EasyRead, tones: Tones) -> str:
    parts = [_section(easy.warning, tones, "zh-aside")]
    parts += [_section(each, tones) for each in easy.goals]
    parts += [_section(each, tones, "zh-aside") for each in easy.end]
    return _together(parts, tones)


def _together(sections: list[str], tones: Tones) -> str:
    return f'<div class="zh-easy" style="--zh-tile:{tones.tile}">{"".join(sections)}</div>'


def _tones() -> Tones:
    return DARK if context.palette() is DARK_PAGE else LIGHT


def _section(block: Block, tones: Tones, css: str = "") -> str:
    picture = as_image(picture_svg(block.picture, tones), "")
    first, *rest = block.says
    lines = "".join(paragraph(line) for line in rest)
    told = "<br>".join(escape(line) for line in block.told)
    return (
        f'<section class="{css}">{picture}<div><h2>{escape(first)}</h2>{lines}'
        f"{f'<p class=zh-told>{told}</p>' if told else ''}</div></section>"
    )
