"""How a trust dresses the dashboard: its name, colour, logo, what divisions are called, its clock and its year. One TOML file.

Nothing in it changes a figure.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.config import Home

SHIPPED = Path(__file__).with_name("branding.toml")
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: text on white
LOGOS = {".svg": "image/svg+xml", ".png": "image/png"}
LARGEST_LOGO = 200_000  # bytes
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class BrandingError(ValueError):
    """A branding file that cannot be used: the message names the key and what it should be."""


@dataclass(frozen=True)
class Branding:
    """`logo` is None where there is none; `divisions`: code -> the name shown."""

    name: str
    accent: str
    logo: Path | None
    time_zone: ZoneInfo
    financial_year_begins: int
    help_line: str
    divisions: dict[str, str] = field(default_factory=dict)


def load_branding(home: Home | None = None) -> Branding:
    """The shipped branding with what the trust's own file states otherwise. Raises BrandingError."""
    own = home.branding if home is not None else None
    if own is None or not own.exists():
        return shipped_branding()
    return _read(own, own.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def shipped_branding() -> Branding:
    return _made(_table(SHIPPED), SHIPPED)


@lru_cache(maxsize=4)
def _read(path: Path, written_at: int) -> Branding:  # noqa: ARG001 (a file that was written anew is read anew)
    return _made(_table(SHIPPED) | _table(path), path)


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BrandingError(f"{path.name} cannot be read as TOML ({error}).") from error
    known = {f.name for f in fields(Branding)}
    for key in table:
        if key not in known:
            raise BrandingError(f"{path.name}: '{key}' is not a key of it; the keys are {', '.join(sorted(known))}.")
    return table


def _made(table: dict[str, Any], path: Path) -> Branding:
    problem = next(_problems(table), None)
    if problem:
        raise BrandingError(f"{path.name}: {problem}.")
    logo = _logo(path.parent / table["logo"], path) if table["logo"] else None
    return Branding(**table | {"logo": logo, "time_zone": _zone(table["time_zone"], path)})


def _problems(table: dict[str, Any]) -> Iterator[str]:
    for key in ("name", "accent", "logo", "time_zone", "help_line"):
        if not isinstance(table[key], str) or (key != "logo" and not table[key].strip()):
            yield f"{key} is a text, not {table[key]!r}"
    if not _COLOUR.fullmatch(str(table["accent"])):
        yield f"accent is a colour such as #005EB8, not '{table['accent']}'"
    elif contrast_on_white(table["accent"]) < LEAST_CONTRAST:
        yield f"accent {table['accent']} is too pale: text in it needs {LEAST_CONTRAST:g}:1 on white"
    month = table["financial_year_begins"]
    if type(month) is not int or not 1 <= month <= 12:
        yield f"financial_year_begins is a month from 1 to 12, not {month!r}"
    names = table["divisions"]
    if not isinstance(names, dict) or not all(isinstance(name, str) and name.strip() for name in names.values()):
        yield 'divisions are names by their codes, such as LOCAL = "Local services"'


def _zone(name: str, path: Path) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BrandingError(f"{path.name}: time_zone is one such as Europe/London, not '{name}'.") from error


def _logo(logo: Path, path: Path) -> Path:
    """The trust's own picture: a file beside the branding, and nothing elsewhere."""
    if logo.resolve().parent != path.resolve().parent or logo.suffix.lower() not in LOGOS:
        raise BrandingError(f"{path.name}: logo is an SVG or PNG file in the same folder, not '{logo.name}'.")
    if not logo.is_file() or logo.stat().st_size > LARGEST_LOGO:
        raise BrandingError(f"{path.name}: logo '{logo.name}' is not there, or is over {LARGEST_LOGO // 1000} kB.")
    return logo


def contrast_on_white(colour: str) -> float:
    """The contrast of a colour on white (WCAG 2.2, relative luminance)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
