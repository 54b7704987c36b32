"""A source's own columns and words into a feed's: mapped once, remembered in the record, used at every load.

A mapping never guesses. What is not mapped is a problem of its own line, told with how often it stands there; what is known
and not counted is set aside; the other lines go on.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data.database import run
from data.ingest.feeds import FEEDS, column_name
from data.ingest.persons import kinds_in, refuse_persons

SOURCES = Path(__file__).parent / "sources"
STYLES = ("iso", "dmy")
COMBINE = ("", "lfpse", "sum")
JOINED = " + "  # between the headers of two columns that are read as one: "Category + Sub category"
BETWEEN = " / "  # between their values
CHOICES = " {~@~} "  # between the choices of one LFPSE field
REST = "*"  # in values: whatever else stands there

# The columns of each feed that a mapping may fill; a second measure or severity comes from a second column of the file.
TARGETS: dict[str, tuple[str, ...]] = {
    "events": (*FEEDS["events"].columns, "measure_2", "severity_2"),
    "monthly": FEEDS["monthly"].columns,
    "exposure": FEEDS["exposure"].columns,
}
# The columns whose values are words of the source, and what an unmapped one is told to be.
REASONS = {
    "unit": "this location is not mapped to a unit",
    "measure": "this category is not mapped to a measure",
    "measure_2": "this category is not mapped to a measure",
    "severity": "this severity is not mapped to none, low, moderate, severe or fatal",
    "severity_2": "this severity is not mapped to none, low, moderate, severe or fatal",
    "status": "this status is not mapped to suspected, confirmed or other_conclusion",
    "kind": "this kind is not mapped to a kind of exposure",
}
MANY = ("measure", "measure_2")  # one word of the source may be several of ours
MAY_BE_BLANK = ("measure_2", "severity", "severity_2", "status")
_RAW = (
    "day", "month", "unit", "measure", "measure_2", "kind", "event_reference", "revision", "severity", "severity_2", "status",
    "numerator", "denominator", "state", "breakdown", "value", "covers_from", "covers_to",
)  # fmt: skip


@dataclass(frozen=True)
class Mapping:
    """What the columns and words of one source are here.

    `columns`: the feed's column -> the file's header, two of them joined by ' + '. `values`: the feed's column -> the
    source's word -> ours; () is known and not counted, a column without words is taken as it stands.
    `combine`: 'lfpse' counts an incident once, as its highest revision says and at the worst harm of any patient; 'sum' adds
    up the lines of the same unit, month and measure.
    """

    source: str
    feed: str
    columns: dict[str, str]
    values: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    date_style: str = "iso"
    drop_other_columns: bool = False
    combine: str = ""
    month_of_day: bool = False


@dataclass(frozen=True)
class Unmapped:
    """A word of the source that is not mapped, and on how many lines. `value` is None where it names a person."""

    role: str
    value: str | None
    lines: int


@dataclass(frozen=True)
class Mapped:
    """What a mapping made of a file: the feed to go on with, how many lines did, and the words that it does not know."""

    feed: str
    lines: int
    unmapped: tuple[Unmapped, ...]


# Kept -----------------------------------------------------------------------------------------------------------------


@cache
def ready_mappings() -> dict[str, Mapping]:
    """The mappings that come with the dashboard, by source, from `sources/*.toml`."""
    return {
        path.stem: from_detail({key: value for key, value in _toml(path).items() if key != "ask"})
        for path in sorted(SOURCES.glob("*.toml"))
    }


def columns_to_ask_for(source: str) -> list[tuple[str, str]]:
    """What to ask whoever makes the extract for: each column, and why. Raises ValueError for a source that is not known."""
    if source not in ready_mappings():
        raise ValueError(f"There is no source '{source}'; the sources are {', '.join(ready_mappings())}.")
    return list(_toml(SOURCES / f"{source}.toml")["ask"].items())


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def to_detail(mapping: Mapping) -> dict[str, Any]:
    """The mapping as the detail of a `mapping` decision: JSON, and `from_detail` gives it back."""
    values = {role: {word: list(ours) for word, ours in words.items()} for role, words in mapping.values.items()}
    return asdict(mapping) | {"values": values}


def from_detail(detail: Table[str, Any]) -> Mapping:
    """The mapping that a detail states, its words as they are compared. Raises ValueError with one sentence."""
    if not isinstance(detail, dict):
        raise ValueError("A mapping is an object with source, feed, columns and values.")
    known = {one.name: one for one in fields(Mapping)}
    for key in detail:
        if key not in known:
            raise ValueError(f"A mapping does not state '{key}'{_nearest(str(key), known)}.")
    for key in ("source", "feed", "columns"):
        if not detail.get(key):
            raise ValueError(f"A mapping must state its {key}.")
    for key, kind, words in (
        ("source", str, "a text"),
        ("feed", str, "a text"),
        ("columns", dict, "an object"),
        ("values", dict, "an object"),
        ("date_style", str, "a text"),
        ("combine", str, "a text"),
        ("drop_other_columns", bool, "true or false"),
        ("month_of_day", bool, "true or false"),
    ):
        if key in detail and not isinstance(detail[key], kind):
            raise ValueError(f"The {key} of a mapping must be {words}.")
    mapping = Mapping(**{**detail, "values": _words(detail.get("values", {}))})
    _check(mapping)
    return mapping


def _words(values: dict[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    read: dict[str, dict[str, tuple[str, ...]]] = {}
    for role, words in values.items():
        if not isinstance(words, dict):
            raise ValueError(f"The values of '{role}' must be an object: a word of the source and what it is here.")
        read[role] = {}
        for word, ours in words.items():
            if not isinstance(ours, list | tuple) or not all(isinstance(one, str) and one for one in ours):
                raise ValueError(
                    f"'{word}' of '{role}' must be mapped to a list of words, empty where it is not counted."
                )
            refuse_persons(word, f"A word of '{role}'")
            key = value_key(word)
            if read[role].setdefault(key, tuple(ours)) != tuple(ours):
                raise ValueError(f"'{word}' of '{role}' is mapped twice, to different words; keep one of them.")
    return read


def _check(mapping: Mapping) -> None:
    """Raises ValueError where the parts of a mapping do not fit each other."""
    if mapping.feed not in TARGETS:
        raise ValueError(f"A mapping makes {', '.join(TARGETS)}, and not '{mapping.feed}'.")
    targets = TARGETS[mapping.feed]
    for column, header in mapping.columns.items():
        if column not in targets:
            raise ValueError(
                f"'{column}' is no column of the {mapping.feed} feed{_nearest(column, targets)}; it has {', '.join(targets)}."
            )
        if not isinstance(header, str) or not all(part.strip() for part in header.split(JOINED)):
            raise ValueError(f"The column '{column}' must name the header of the file that it is read from.")
        if header.count(JOINED) > 1:
            raise ValueError(f"The column '{column}' joins more than two columns of the file; name one or two.")
    for column in FEEDS[mapping.feed].required:
        if column not in mapping.columns:
            raise ValueError(f"A mapping to the {mapping.feed} feed must say which column holds the {column}.")
    for second in ("measure_2", "severity_2"):
        if second in mapping.columns and second.removesuffix("_2") not in mapping.columns:
            raise ValueError(f"'{second}' is the second column; name the first, '{second.removesuffix('_2')}', too.")
    for role, words in mapping.values.items():
        if role not in REASONS or role not in mapping.columns:
            raise ValueError(f"Values are given for '{role}', which is no column of words that this mapping reads.")
        for word, ours in words.items():
            if role not in MANY and len(ours) > 1:
                raise ValueError(f"'{word}' of '{role}' is mapped to {len(ours)} words; only a measure may be several.")
    for key, value, allowed in (
        ("date_style", mapping.date_style, STYLES),
        ("combine", mapping.combine, COMBINE),
    ):
        if value not in allowed:
            raise ValueError(
                f"The {key} of a mapping is {', '.join(one or '(empty)' for one in allowed)}, not '{value}'."
            )
    if mapping.combine == "lfpse" and "revision" not in mapping.columns:
        raise ValueError("Incidents are combined by their highest revision; say which column holds the revision.")
    if mapping.combine and (mapping.combine == "lfpse") != (mapping.feed == "events"):
        raise ValueError(f"Lines of the {mapping.feed} feed are not combined by '{mapping.combine}'.")


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" (did you mean '{near[0]}'?)" if near else ""


def value_key(text: str) -> str:
    """A word of the source as words are compared: compatible forms, case and blanks do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def leads_to(mapping: Mapping) -> tuple[str, ...]:
    """Every measure that a word of the source may become: what a listing covers, those without an event too."""
    return tuple(sorted({one for role in MANY for ours in mapping.values.get(role, {}).values() for one in ours}))


# Recognised -----------------------------------------------------------------------------------------------------------


def recognise_source(header: Sequence[str], mappings: Iterable[Mapping]) -> Mapping | None:
    """The mapping whose columns all stand in this header, the one with most of them; None where there is none."""
    names = {column_name(cell) for cell in header}
    fitting = [mapping for mapping in mappings if headers_of(mapping) <= names]
    return max(fitting, key=lambda mapping: len(headers_of(mapping)), default=None)


def problem_of_header(mapping: Mapping, header: Sequence[str]) -> str | None:
    """What keeps a header from this mapping, in one sentence, or None: a column is missing, stands twice or is not needed."""
    names = [column_name(cell) for cell in header]
    for target, joined in mapping.columns.items():
        for part in joined.split(JOINED):
            name = column_name(part)
            if name not in names:
                near = get_close_matches(name, names, n=1)
                hint = (
                    f"the nearest is '{header[names.index(near[0])].strip()}'"
                    if near
                    else f"it has {', '.join(header)}"
                )
                return (
                    f"the column '{part.strip()}' of {mapping.source} ({target.removesuffix('_2')}) is missing; {hint}: "
                    "export it under this name, or change the mapping"
                )
            if names.count(name) > 1:
                return f"the column '{part.strip()}' stands twice; keep one of them"
    others = [cell.strip() for cell, name in zip(header, names, strict=True) if name not in headers_of(mapping)]
    if others and not mapping.drop_other_columns:
        return (
            f"{mapping.source} needs no column '{others[0]}'{f' and {len(others) - 1} more' if others[1:] else ''}: "
            "export the file without it, or let the mapping drop other columns"
        )
    return None


def headers_of(mapping: Mapping) -> set[str]:
    """The columns of the file that a mapping needs, as the feeds spell them."""
    return {column_name(part) for header in mapping.columns.values() for part in header.split(JOINED)}


# Applied --------------------------------------------------------------------------------------------------------------


def apply_mapping(con: duckdb.DuckDBPyConnection, mapping: Mapping, header: Sequence[str]) -> Mapped:
    """Make `incoming` from `raw(line, c1 … cN)` of the workspace; what does not go in goes to `problem` or `set_aside`.

    Every day in `incoming` that could be read is ISO. Raises ValueError where the header does not fit the mapping.
    """
    problem = problem_of_header(mapping, header)
    if problem:
        raise ValueError(f"{problem[0].upper()}{problem[1:]}.")
    run(con, "staging/mapping_setup")
    con.execute(
        "insert into mapping_setting values ($style, $month_of_day, $combine)",
        {"style": mapping.date_style, "month_of_day": mapping.month_of_day, "combine": mapping.combine},
    )
    con.table("raw").select(*_selected(mapping, header)).create("mapped_raw")
    for role, reason in REASONS.items():
        con.execute(
            "insert into mapping_role values ($role, $column, $reason)",
            {"role": role, "column": mapping.columns.get(role, role), "reason": reason},
        )
        _fill_texts(con, mapping, role)
    run(con, "staging/mapping_lines")
    run(con, f"staging/mapping_{'events' if mapping.feed == 'events' else 'cells'}")
    run(con, "staging/mapping_months")
    kept = [name for name in FEEDS[mapping.feed].columns if name in mapping.columns]
    con.table("mapped_incoming").select("line", *kept).order("line").create("incoming")
    unmapped = con.execute(
        "select role, shown, count(*) as lines from unmapped_line join mapping_shown using (role, value)"
        " group by role, value, shown order by lines desc, role, value"
    ).fetchall()
    lines = con.execute("select count(distinct line) from incoming").fetchall()[0][0]
    return Mapped(mapping.feed, lines, tuple(Unmapped(*one) for one in unmapped))


def _selected(mapping: Mapping, header: Sequence[str]) -> list[duckdb.Expression]:
    """Every column that a feed may have, from the columns of `raw`: never from what stands in them."""
    place = {column_name(cell): f"c{number}" for number, cell in enumerate(header, start=1)}
    selected = [duckdb.ColumnExpression("line")]
    for name in _RAW:
        if name not in mapping.columns:
            expression = duckdb.ConstantExpression(None).cast("VARCHAR")
        else:
            parts = [duckdb.ColumnExpression(place[column_name(part)]) for part in mapping.columns[name].split(JOINED)]
            expression = _joined(parts) if parts[1:] else parts[0]
        selected.append(expression.alias(name))
    return selected


def _joined(parts: Sequence[duckdb.Expression]) -> duckdb.Expression:
    """The parts that say something, with ' / ' between them."""
    blank, function = duckdb.ConstantExpression(""), duckdb.FunctionExpression
    said = [function("nullif", function("trim", part), blank) for part in parts]
    return function("concat_ws", duckdb.ConstantExpression(BETWEEN), *said)


def _fill_texts(con: duckdb.DuckDBPyConnection, mapping: Mapping, role: str) -> None:
    """What each distinct text of a column means, in `mapping_text`; how an unmapped one may be shown, in `mapping_shown`."""
    found = con.table("mapped_raw").select(duckdb.ColumnExpression(role)).distinct().fetchall()
    texts = sorted({text or "" for (text,) in found})
    words = mapping.values.get(role)
    table: dict[str, list[Any]] = {"text": texts, "targets": [], "unmapped": [], "shown": []}
    shown: dict[str, str | None] = {}
    for text in texts:
        targets, unmapped = _meaning(text, role, mapping, words)
        shown |= {part: None if kinds_in(part) else part for part in unmapped}
        table["targets"].append(targets)
        table["unmapped"].append(unmapped)
        table["shown"].append("" if kinds_in(text) else " ".join(text.split()))
    _append(
        con,
        "mapping_text",
        {
            "role": pa.array([role] * len(texts)),
            "text": pa.array(texts, pa.string()),
            "targets": pa.array(table["targets"], pa.list_(pa.string())),
            "unmapped": pa.array(table["unmapped"], pa.list_(pa.string())),
            "shown": pa.array(table["shown"], pa.string()),
            "is_coded": pa.array([words is not None] * len(texts)),
        },
    )
    _append(
        con,
        "mapping_shown",
        {
            "role": pa.array([role] * len(shown), pa.string()),
            "value": pa.array(list(shown), pa.string()),
            "shown": pa.array(list(shown.values()), pa.string()),
        },
    )


def _meaning(
    text: str, role: str, mapping: Mapping, words: dict[str, tuple[str, ...]] | None
) -> tuple[list[str], list[str]]:
    """(our words for a text of the source, those parts of it that are not mapped). Choices are mapped each by itself."""
    if words is None:  # the file writes our own words already
        return [text.strip().lower() if role.startswith("severity") else text.strip()], []
    known = {value_key(word): ours for word, ours in words.items()}
    if not text.strip() and role in MAY_BE_BLANK and "" not in known:
        return [""], []
    choices = text.split(CHOICES.strip()) if mapping.combine == "lfpse" and role in MANY else [text]
    targets: list[str] = []
    unmapped: list[str] = []
    for choice in choices:
        # "Whatever else" is a word: a field without one is not mapped by it.
        ours = known.get(value_key(choice), known.get(REST) if choice.strip() else None)
        if ours is None:
            unmapped.append(" ".join(choice.split()))
        else:
            targets += ours
    return list(dict.fromkeys(targets)), list(dict.fromkeys(unmapped))


def _append(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, pa.Array]) -> None:
    con.register("arrow_view", pa.table(columns))
    con.table("arrow_view").insert_into(name)
    con.unregister("arrow_view")
