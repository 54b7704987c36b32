"""The catalogue: one TOML file a measure, the trust's own files over the shipped ones."""

import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, get_args

from metrics.measure import CHARTS, EXPOSURES, Dimension, Direction, Goal, Kind, Measure, Sensitivity, Standard

SHIPPED = Path(__file__).parent / "measures"
PERIODS = (1, 3, 12)
BREAKDOWNS = ("ethnicity", "sex", "age_band")
# What `severity` may say, and the least rank that then counts (sql/schema/macros.sql).
SEVERITY_RULES = {
    f"{word} or worse": rank for rank, word in enumerate(("none", "low", "moderate", "severe", "fatal"), start=1)
}

_ENUMS: dict[str, type[StrEnum]] = {
    "goal": Goal,
    "dimension": Dimension,
    "kind": Kind,
    "direction": Direction,
    "sensitivity": Sensitivity,
}
_CHOICES: dict[str, tuple[object, ...]] = {
    "chart": CHARTS,
    "exposure": EXPOSURES,
    "months": PERIODS,
}
_REQUIRED = tuple(f.name for f in fields(Measure) if f.default is MISSING and f.default_factory is MISSING)


class CatalogueError(ValueError):
    """A measure file that cannot be used: the message names the file, the key and what is allowed."""


def load_catalogue(own: Path | None = None, shipped: Path = SHIPPED) -> dict[str, Measure]:
    """Every measure by id, in the order of goals and then names; files in `own` replace shipped ones of the same name.

    Raises
    ------
    CatalogueError
        A file is not TOML, a key is missing, unknown or not allowed, or a measure names one that does not exist.
    """
    paths = {path.stem: path for folder in (shipped, own) if folder for path in sorted(folder.glob("*.toml"))}
    measures = {stem: read_measure(path) for stem, path in paths.items()}
    for measure in measures.values():
        for key in ("balancing", "part_of", "people"):
            named = getattr(measure, key)
            for other in (named,) if isinstance(named, str) else named:
                if other and other not in measures:
                    raise CatalogueError(
                        f"{paths[measure.id].name}: {key} names '{other}', which is no measure{_nearest(other, measures)}."
                    )
        for whole in sorted(_wholes(measure, measures)):
            if measure.public and measures[whole].public:
                raise CatalogueError(
                    f"{paths[measure.id].name}: public is true, and so it is for '{whole}', of which it is a part; the public "
                    "table may hold only one of them, because what adds up can be subtracted."
                )
    order = list(Goal)
    return dict(
        sorted(measures.items(), key=lambda item: (order.index(item[1].goal), not item[1].headline, item[1].name))
    )


def _wholes(measure: Measure, measures: dict[str, Measure]) -> set[str]:
    """Every measure of which this one is a part, directly or through another."""
    found: set[str] = set()
    waiting = list(measure.part_of)
    while waiting:
        whole = waiting.pop()
        if whole not in found:
            found.add(whole)
            waiting += measures[whole].part_of if whole in measures else ()
    return found


@cache
def shipped_catalogue() -> dict[str, Measure]:
    return load_catalogue()


def read_measure(path: Path) -> Measure:
    """One measure from its file. Raises CatalogueError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: not a TOML file ({error}).") from error
    known = {f.name: f for f in fields(Measure)}
    for key in table:
        if key not in known:
            raise CatalogueError(f"{path.name}: '{key}' is not a key of a measure{_nearest(key, known)}.")
    for key in _REQUIRED:
        if key not in table:
            raise CatalogueError(f"{path.name}: the key '{key}' is missing; every measure states it.")
    if table["id"] != path.stem:
        raise CatalogueError(f"{path.name}: id must be '{path.stem}', the name of the file, and is '{table['id']}'.")
    measure = Measure(**{key: _value(path, key, known[key].type, value) for key, value in table.items()})
    for problem in _contradictions(measure):
        raise CatalogueError(f"{path.name}: {problem}.")
    return measure


def _value(path: Path, key: str, wanted: Any, value: Any) -> Any:
    if key in _ENUMS:
        if value not in list(_ENUMS[key]):
            raise CatalogueError(f"{path.name}: {key} is '{value}'; allowed are {', '.join(_ENUMS[key])}.")
        return _ENUMS[key](value)
    if key in _CHOICES and value not in _CHOICES[key]:
        allowed = ", ".join(str(c) or "(empty)" for c in _CHOICES[key])
        raise CatalogueError(f"{path.name}: {key} is '{value}'; allowed are {allowed}.")
    if key == "standard":
        return _standard(path, value)
    if key == "breakdown" and (not isinstance(value, list) or not set(map(str, value)) <= set(BREAKDOWNS)):
        raise CatalogueError(f"{path.name}: breakdown is {value!r}; it is a list of some of {', '.join(BREAKDOWNS)}.")
    if key in ("balancing", "part_of", "breaks", "breakdown"):
        inner = date if key == "breaks" else str
        if not isinstance(value, list) or not all(type(item) is inner for item in value):
            raise CatalogueError(f"{path.name}: {key} must be a list of {'dates' if inner is date else 'measure ids'}.")
        return tuple(value)
    if wanted is float and type(value) is int:
        value = float(value)
    allowed_types = get_args(wanted) or (wanted,)
    if type(value) not in allowed_types:
        name = next(t for t in allowed_types if t is not type(None)).__name__
        words = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false"}
        raise CatalogueError(f"{path.name}: {key} must be {words.get(name, name)}, and is {value!r}.")
    return value


def _standard(path: Path, value: Any) -> Standard:
    names = [f.name for f in fields(Standard)]
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise CatalogueError(f"{path.name}: standard must state {', '.join(names)} and nothing else.")
    return Standard(**{f.name: _value(path, f"standard.{f.name}", f.type, value[f.name]) for f in fields(Standard)})


def _contradictions(measure: Measure) -> Iterator[str]:
    if measure.chart in ("u", "u_prime") and not measure.exposure and not measure.denominator:
        yield f"chart is '{measure.chart}', which divides by an exposure; name one of {', '.join(EXPOSURES)}"
    if measure.is_proportion and measure.exposure is None and not measure.denominator:
        yield f"chart is '{measure.chart}', which needs a denominator"
    if measure.chart in ("c", "t") and measure.has_denominator:
        yield f"chart is '{measure.chart}', which takes neither exposure nor denominator"
    if measure.chart == "t" and not measure.dated_events:
        yield "chart is 't', which needs dated_events = true"
    if (measure.kind is Kind.DEATH) != (measure.sensitivity is Sensitivity.DEATH):
        yield "kind and sensitivity must both be 'death', or neither"
    if measure.severity and measure.severity not in SEVERITY_RULES:
        yield f"severity is '{measure.severity}'; allowed are (empty), {', '.join(SEVERITY_RULES)}"
    if measure.multiplier <= 0:
        yield f"multiplier is {measure.multiplier:g}; it must be above 0"
    if measure.settles_after_months < 0:
        yield f"settles_after_months is {measure.settles_after_months}; it must be 0 or more"


def _nearest(word: str, known: Any) -> str:
    near = get_close_matches(word, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else ""
