"""The Easy read page as one HTML file: no request to anywhere, no script, by day and by night, on paper too."""

import base64
import hashlib
from html import escape

from pages.charts.easy_pictures import picture_svg
from pages.charts.easy_shapes import DARK, LIGHT, STYLED, Tones
from pages.shared.easy.content import Block, EasyRead
from pages.shared.wording import easy as said

TONES = ("tile", "line", "soft", "warm", "light")


def _variables(tones: Tones, ink: str, page: str, edge: str) -> str:
    named = "".join(f"--{name}:{getattr(tones, name)};" for name in TONES)
    return f"{named}--ink:{ink};--page:{page};--edge:{edge}"


STYLE = f"""
:root{{color-scheme:light dark;{_variables(LIGHT, "#1F2A33", "#FFFFFF", "#C9D6D9")}}}
@media (prefers-color-scheme:dark){{:root{{{_variables(DARK, "#E8EDEE", "#14191E", "#35454D")}}}}}
""" + """
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
  font:1.375rem/1.55 "Open Sans",system-ui,-apple-system,"Segoe UI",Arial,sans-serif}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
header p{margin:0}
h1{font-size:2.4rem;line-height:1.2;margin:.2rem 0 1.6rem;overflow-wrap:anywhere}
h2{font-size:1.375rem;line-height:1.45;font-weight:400;margin:0}
p{margin:.3rem 0;overflow-wrap:anywhere}
section{display:grid;grid-template-columns:124px 1fr;gap:.6rem 1.8rem;align-items:center;padding:1.3rem 1.5rem;margin:0 0 1.5rem;
  border:1px solid var(--edge);border-radius:18px;break-inside:avoid}
section>div{min-width:0}
header section,footer section{border-color:transparent;background:var(--tile)}
svg{width:124px;height:124px}
.told{margin-top:.8rem;padding-left:.9rem;border-left:5px solid var(--soft);font-weight:600}
.told span{display:block}
footer{padding-bottom:2.5rem}
@media (max-width:34rem){section{grid-template-columns:1fr}svg{width:104px;height:104px}}
@media print{
  @page{size:A4;margin:16mm}
  :root{color-scheme:light;""" + _variables(LIGHT, "#000000", "#FFFFFF", "#C9D6D9") + """}
  body{font-size:16pt}h2{font-size:16pt}h1{font-size:28pt}header{padding-top:0}
  section{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""  # fmt: skip


def easy_html(easy: EasyRead) -> bytes:
    """The whole document. Every text is escaped; the policy in it lets nothing run, and nothing be fetched."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    trust = f"<p>{escape(easy.trust)}</p>" if easy.trust else ""
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(easy.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header>{trust}<h1>{escape(said.TITLE)}</h1>\n{_section(easy.warning)}</header>\n"
        f"<main>\n{_sections(easy.goals)}</main>\n<footer>\n{_sections(easy.end)}</footer>\n</body>\n</html>\n"
    ).encode()


def _sections(blocks: tuple[Block, ...]) -> str:
    return "".join(map(_section, blocks))


def _section(block: Block) -> str:
    first, *rest = block.says
    lines = "".join(f"<p>{escape(line)}</p>" for line in rest)
    told = "".join(f"<span>{escape(line)}</span> " for line in block.told)
    told = f'<p class="told">{told}</p>' if told else ""
    return f"<section>{picture_svg(block.picture, STYLED)}<div><h2>{escape(first)}</h2>{lines}{told}</div></section>\n"
