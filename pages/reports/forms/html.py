"""A pack as one HTML file: no request to anywhere, no script; every chart with its figures below it."""

import base64
import hashlib
from html import escape

from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.svg import as_image, chart_svg
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Listing, Pack, Page, Picture, Series, Sign, Table
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.series import COLUMNS
from pages.shared import words

ICONS = {"variation": variation_icon, "milestone": milestone_icon}
STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem;background:#FFF;color:#1F2A33;
  font:1rem/1.5 "Open Sans",system-ui,-apple-system,"Segoe UI",Arial,sans-serif}
h1{font-size:2.2rem;line-height:1.2;margin:1rem 0;overflow-wrap:anywhere}h2{font-size:1.5rem;line-height:1.25;margin:.2rem 0 .8rem}
h3{font-size:1.02rem;margin:.2rem 0}p{margin:.35rem 0;max-width:60rem}
section{border-top:1px solid #C9D6D9;padding:1.4rem 0;break-inside:auto}
.part,.quiet{color:#55616B;font-size:.88rem;margin:0}.lead{font-weight:600}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1.4rem 2rem;align-items:start}
.many{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:1.4rem 1.6rem}
.sign{display:inline-flex;gap:.5rem;align-items:center;font-weight:600;margin:.3rem 1.2rem .3rem 0}.sign img{flex:none}
td .sign{font-weight:400;margin:0}
ul.heard{list-style:none;padding:0;margin:.3rem 0}.heard li{display:flex;gap:.6rem;margin:.5rem 0}.heard img{flex:none}
.alert{border-left:4px solid #E46C0A;padding-left:1rem}.fine{border-left:4px solid #0072C6;padding-left:1rem}
.plain{border-left:4px solid #C9D6D9;padding-left:1rem}blockquote{margin:.8rem 0;border-left:4px solid #C9D6D9;padding-left:1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;margin:.6rem 0}caption{text-align:left;font-weight:600}
th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #DDE4E6}
thead th{border-bottom:2px solid #1F2A33}
summary{cursor:pointer;font-size:.9rem;color:#425563}figure{margin:0}:focus-visible{outline:3px solid #FFB81C;outline-offset:2px}
@media print{@page{size:A4;margin:12mm}body{padding:0;font-size:9pt}section{break-before:page;border:0}details{display:none}}
"""  # fmt: skip


def html(pack: Pack, made: Provenance) -> bytes:
    """The whole document. Every text is escaped; the policy in it lets nothing run, and nothing be fetched."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sections = "".join(_page(page) for page in pack.pages)
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="keywords" content="{escape(made.mark, quote=True)}">\n'
        f"<title>{escape(pack.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{sections}"
        f"<section><h2>{escape(said.SOURCE)}</h2>{_table(pack.made_of)}{_small((said.SOURCE_NOTE,))}</section>\n</main>\n"
        f'<footer><p class="quiet">{escape(pack.help_line)}</p></footer>\n</body>\n</html>\n'
    ).encode()


def _page(page: Page) -> str:
    level = "h1" if page.kind in ("cover", "signals") else "h2"
    head = f'<p class="part">{escape(page.part)}</p>' if page.part else ""
    told = "".join(f'<p class="{"" if i else "lead"}">{escape(text)}</p>' for i, text in enumerate(page.told))
    if page.kind == "cover":
        signs = f"<h2>{escape(said.KEY)}</h2><div>{''.join(f'<div>{_sign(s)}</div>' for s in page.signs)}</div>"
    else:
        signs = "" if page.kind == "signals" else _signs(page.signs)
    people = "".join(
        f'<blockquote>{escape(c.text)}<p class="quiet">{escape(c.by)}, {words.day_name(c.on)}</p></blockquote>'
        for c in page.comments
    )
    if page.kind == "chart":
        body = f'{signs}<div class="two"><div>{_picture(page.pictures[0])}</div><div>{told}{people}</div></div>'
    else:
        pictures = "".join(f"<div>{_picture(p)}</div>" for p in page.pictures)
        heard = "".join(map(_listing, page.listings))
        body = f'{told}{signs}{people}<div class="two">{heard}</div><div class="many">{pictures}</div>'
    return (
        f"<section>{head}<{level}>{escape(page.title)}</{level}>{body}{''.join(map(_table, page.tables))}"
        f"{_small(page.small)}</section>\n"
    )


def _small(texts: tuple[str, ...]) -> str:
    return "".join(f'<p class="quiet">{escape(text)}</p>' for text in texts)


def _signs(signs: tuple[Sign, ...]) -> str:
    return f"<p>{''.join(map(_sign, signs))}</p>" if signs else ""


def _sign(sign: Sign) -> str:
    return f'<span class="sign">{_icon(sign, "")}{escape(sign.label)}</span>'


def _icon(sign: Sign, alt: str) -> str:
    return as_image(ICONS[sign.kind](sign.state), alt, width="22px")


def _picture(picture: Picture) -> str:
    svg = as_image(chart_svg(picture.drawing, width=420, height=190), picture.drawing.alt)
    told = "".join(f"<p>{escape(text)}</p>" for text in picture.told)
    head = f'<h3>{escape(picture.heading)}</h3><p class="quiet">{escape(picture.drawing.unit)}</p>'
    key = f'<p class="quiet">{escape(said.line_key(picture.drawing))}</p>'
    return (
        f"<figure><figcaption>{head}</figcaption>{svg}{key}</figure>"
        f"{_signs(picture.signs)}{told}{_figures(picture.series)}"
    )


def _figures(series: Series) -> str:
    """The figures of a chart, folded; columns in which nothing stands are left out."""
    shown = [name for name in COLUMNS if any(value is not None for value in series.columns[name])]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in shown)
    rows = zip(*(series.columns[name] for name in shown), strict=True)
    body = "".join(f"<tr>{''.join(f'<td>{escape(_text(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<details><summary>{escape(said.FIGURES)}</summary><div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(series.name, quote=True)}"><table><caption>{escape(series.name)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _text(value: object) -> str:
    return "" if value is None else words.number(value) if isinstance(value, float) else str(value)


def _listing(listing: Listing) -> str:
    items = "".join(
        f"<li>{_icon(i.sign, i.sign.label)}<span><b>{escape(i.about)}</b>{' (new this month)' if i.is_new else ''}<br>"
        f"{escape(i.why)}</span></li>"
        for i in listing.items
    )
    return f'<div class="{listing.tone}"><h3>{escape(listing.title)}</h3><ul class="heard">{items}</ul></div>'


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.head)
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.head) else ""
    rows = "".join(
        f'<tr><th scope="row">{_cell(row[0])}</th>{"".join(f"<td>{_cell(c)}</td>" for c in row[1:])}</tr>'
        for row in table.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.caption, quote=True)}">'
        f"<table><caption>{escape(table.caption)}</caption>{head}<tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell) -> str:
    if cell.sign is None:
        return escape(cell.text)
    return _sign(cell.sign) if cell.text else _icon(cell.sign, cell.sign.label)
