"""The icons of variation and of milestones: a shape and a colour each, always beside their words."""

from functools import cache
from html import escape

from pages.charts.states import LIGHT, Palette
from pages.charts.svg import FONT

SIZE = 24

# Variation state -> (mark whose colour it has, drawing inside the circle).
_ARROW_DOWN = "M12 6v11M7 12.5l5 5 5-5"
_ARROW_UP = "M12 18V7M7 11.5l5-5 5 5"
_WAVE = "M5 12c2-5 4.5-5 7 0s5 5 7 0"
_GLYPHS = {
    "improvement_low": ("improvement", _ARROW_DOWN),
    "improvement_high": ("improvement", _ARROW_UP),
    "concern_low": ("concern", _ARROW_DOWN),
    "concern_high": ("concern", _ARROW_UP),
    "mixed": ("concern", "M8 6v11M4.5 13.5l3.5 3.5 3.5-3.5M16 18V7M12.5 10.5L16 7l3.5 3.5"),
    "early_warning": ("concern", "M12 6v7M12 16.5v1.5"),
    "neither_low": ("neither", _ARROW_DOWN),
    "neither_high": ("neither", _ARROW_UP),
    "common_cause": ("common", _WAVE),
}
_LETTERS = {"please_check": "?", "none": "…", "cannot_tell": "…", "too_few": "·", "not_charted": "·"}
_MILESTONES = {
    "pass": "M6.5 12.5l4 4 7-8",
    "hit_or_miss": "M5 9h14M5 15h14",
    "fail": "M7.5 7.5l9 9M16.5 7.5l-9 9",
}


@cache
def variation_icon(state: str, palette: Palette = LIGHT) -> str:
    """A filled disc with an arrow or a wave; an outline where nothing can be said."""
    if state in _GLYPHS:
        mark, path = _GLYPHS[state]
        colour, ink = palette.of(mark), palette.page
        shape = (
            f"<rect x='2' y='2' width='20' height='20' rx='3' fill='{colour}'/>"
            if mark == "concern"
            else f"<circle cx='12' cy='12' r='10.5' fill='{colour}'/>"
        )
        return _svg(shape + _stroke(path, ink))
    return _svg(_outline(palette) + _letter(_LETTERS.get(state, "·"), palette))


@cache
def milestone_icon(state: str, palette: Palette = LIGHT) -> str:
    """An outlined square: a tick, two lines, a cross; a dot where there is no milestone."""
    frame = f"<rect x='2.5' y='2.5' width='19' height='19' rx='4' fill='none' stroke='{palette.target}' stroke-width='1.5'/>"
    if state in _MILESTONES:
        return _svg(frame + _stroke(_MILESTONES[state], palette.target))
    return _svg(_outline(palette) + _letter("·", palette))


def _svg(body: str) -> str:
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {SIZE} {SIZE}' width='{SIZE}' height='{SIZE}'>{body}</svg>"


def _stroke(path: str, colour: str) -> str:
    return f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='2.2' stroke-linecap='round' stroke-linejoin='round'/>"


def _outline(palette: Palette) -> str:
    return f"<circle cx='12' cy='12' r='10' fill='none' stroke='{palette.line}' stroke-width='1.3' stroke-dasharray='2.5 2'/>"


def _letter(letter: str, palette: Palette) -> str:
    return (
        f"<text x='12' y='16' {FONT} font-size='12' font-weight='600' fill='{palette.quiet}' text-anchor='middle'>"
        f"{escape(letter)}</text>"
    )
