"""Whether the store is what it says it is: the audit's chain, the rows it vouches for, and the files that readers see."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import duckdb

from data.audit import Head, Line, check_chain, check_trail, now, read_heads, read_lines, row_hash, trail_files
from data.config import Home
from data.database import attach, detach, rows
from data.publications import problems_of_publications
from data.publish import PARTS, Published, build, damaged, editions, read_pointer, record_version
from data.record import StoreError, Writing, writing
from metrics.measure import Measure

AHEAD = timedelta(minutes=5)  # how far a clock may be before ours
TABLES = ("cell", "exposure", "event", "coverage", "gap", "unit", "decision", "load", "spell")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `wrong` is empty where it holds; `notes` are worth knowing and break nothing."""

    what: str
    count: int
    wrong: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def verify(home: Home, catalogue: dict[str, Measure], *, head: Head | None = None) -> list[Finding]:
    """Everything that can be proved of a store. `head`: the end of the audit as somebody kept it elsewhere.

    Raises StoreError where the record does not open at all.
    """
    try:
        with writing(home) as writer:
            lines = read_lines(writer.con)
            return [
                _audit(home, lines, head),
                _loads(writer.con, lines),
                _decisions(writer.con, lines),
                _trails(home, writer.con, lines),
                _published(writer, catalogue, lines),
                Finding("publications", *problems_of_publications(writer)),
            ]
    except duckdb.Error as error:
        raise StoreError(
            f"The record cannot be read ({str(error).splitlines()[0]}); restore the last backup with 'python -m data restore'."
        ) from error


def _audit(home: Home, lines: list[Line], head: Head | None) -> Finding:
    heads = read_heads(home)
    wrong = check_chain(lines, heads)
    if lines and not heads:
        wrong.append(f"{home.audit_head.name}, the head that is kept outside the record, is gone.")
    if head is not None:  # what was printed once is a line of the chain for ever
        known = {Head(line.hash, number) for number, line in enumerate(lines, start=1)}
        if head not in known:
            wrong.append(f"The audit does not hold the head that was given: line {head.lines} with {head.hash[:12]}….")
    ahead = [line.sequence for line in lines if line.happened_at > now() + AHEAD]
    back = [b.sequence for a, b in itertools.pairwise(lines) if b.happened_at < a.happened_at]
    notes = []
    if ahead:
        notes.append(
            f"{len(ahead)} lines of the audit are dated in the future, from line {ahead[0]}: a clock was wrong."
        )
    if back:
        notes.append(f"{len(back)} lines of the audit are dated before the line they follow, from line {back[0]}.")
    return Finding("audit lines", len(lines), tuple(wrong), tuple(notes))


def _vouched(lines: list[Line]) -> Iterator[tuple[Line, dict[str, Any]]]:
    for line in lines:
        try:
            yield line, json.loads(line.detail)
        except ValueError:
            continue  # the chain says that it was changed


def _purged(lines: list[Line], what: str) -> set[int]:
    return {d["id"] for line, d in _vouched(lines) if line.what == "purge" and d.get("purged") == what}


def _loads(con: duckdb.DuckDBPyConnection, lines: list[Line]) -> Finding:
    told = {d["load"]: d for line, d in _vouched(lines) if line.what == "load" and "load" in d}
    purged = _purged(lines, "load")
    content = {load_id: str(digest) for load_id, digest in rows(con, "staging/record_hash")}
    wrong, older = [], 0
    found = con.execute("select * from record.load order by load_id").fetchall()
    names = [column[0] for column in con.description or []]
    for row in found:
        load = dict(zip(names, row, strict=True))
        load_id = load["load_id"]
        if load_id in purged:
            if load_id in content:
                wrong.append(f"Load {load_id} was purged, and rows of it are in the record.")
            continue
        if not _same_content(load["content_hash"], content.get(load_id, "0:0:0")):
            wrong.append(f"The rows of load {load_id} ({load['file_name']}) are not those that were loaded.")
        if load_id not in told:
            older += 1
        elif told[load_id]["row"] != row_hash(row):
            wrong.append(f"What is said about load {load_id} is not what was recorded when it was loaded.")
    kept = {row[0] for row in found}
    wrong += [f"Load {load_id} is in the audit and not in the record." for load_id in sorted(set(told) - kept)]
    wrong += [
        f"Rows of a load {load_id} are in the record, and no such load." for load_id in sorted(set(content) - kept)
    ]
    before = f"{older} loads were made before their own line was vouched for; their rows are checked."
    return Finding("loads", len(found), tuple(wrong), (before,) if older else ())


def _same_content(stored: str, found: str) -> bool:
    """Loads of before layout 3 have the first part alone."""
    return stored == found if ":" in stored else stored == found.split(":")[0]


def _decisions(con: duckdb.DuckDBPyConnection, lines: list[Line]) -> Finding:
    told = {d["decision"]: d for _, d in _vouched(lines) if "decision" in d}
    purged = _purged(lines, "decision")
    found = con.execute("select * from record.decision order by decision_id").fetchall()
    wrong, older = [], 0
    for row in found:
        if row[0] in purged:
            if (row[1], row[7]) != ("purged", "{}"):
                wrong.append(f"Decision {row[0]} was purged, and says something.")
            continue
        if row[0] not in told:
            wrong.append(f"Decision {row[0]} is in the record and not in the audit.")
        elif "row" not in told[row[0]]:
            older += 1
        elif told[row[0]]["row"] != row_hash(row):
            wrong.append(f"Decision {row[0]} is not what was recorded.")
    gone = sorted(set(told) - {row[0] for row in found})
    wrong += [f"Decision {decision_id} is in the audit and not in the record." for decision_id in gone]
    before = f"{older} decisions were recorded before their rows were vouched for."
    return Finding("decisions", len(found), tuple(wrong), (before,) if older else ())


def _trails(home: Home, con: duckdb.DuckDBPyConnection, lines: list[Line]) -> Finding:
    anchors: dict[str, list[tuple[int, str]]] = {}
    positions: dict[int, list[tuple[str, int, str]]] = {}
    for position, name, count, digest in con.execute("select * from record.trail order by all").fetchall():
        anchors.setdefault(name, []).append((count, digest))
        positions.setdefault(position, []).append((name, count, digest))
    told = {d["trails_at"]: d["trails"] for _, d in _vouched(lines) if "trails_at" in d}
    wrong = []
    for position in sorted(set(told) | set(positions)):
        held = row_hash(value for each in sorted(positions.get(position, [])) for value in (position, *each))
        if told.get(position) != held:
            wrong.append(f"What the record anchored of the trails at {position} is not what the audit says.")
    paths = {path.name: path for path in trail_files(home)}
    for name in sorted(set(paths) | set(anchors)):
        wrong += check_trail(paths.get(name, home.trails / name), anchors.get(name, []))
    return Finding("trails of looks", len(paths), tuple(wrong))


def _published(writer: Writing, catalogue: dict[str, Measure], lines: list[Line]) -> Finding:
    """The files that readers see, byte by byte and against the record they were made from."""
    home = writer.home
    current = read_pointer(home)
    if current is None:
        return Finding("published versions", 0, (), ("Nothing is published.",))
    wrong, notes = _editions(home, lines), []
    kept = [read_pointer(home, version) for version in sorted(editions(writer.con))]
    for published in (current, *(each for each in kept if each is not None)):
        wrong += [
            f"The published file {path.name} is missing or damaged; run 'python -m data publish'."
            for path in damaged(published)
        ]
    if current.version != record_version(writer.con):
        notes.append("The record is newer than what readers see; run 'python -m data publish'.")
    elif not wrong:
        wrong += _as_record(writer, catalogue, current)
    return Finding("published versions", 1 + len(kept), tuple(wrong), tuple(notes))


def _editions(home: Home, lines: list[Line]) -> list[str]:
    """What was signed off and is no longer what it was; a purge since then is why an edition may be gone."""
    lost = {version for line, d in _vouched(lines) if line.what == "purge" for version in d.get("editions", [])}
    signed = {d["edition"]: d["files"] for line, d in _vouched(lines) if line.what == "approval" and "edition" in d}
    wrong = []
    for version, files in sorted(signed.items()):
        pointer = read_pointer(home, version)
        if pointer is None and version not in lost:
            wrong.append(f"The signed-off edition of version {version} is gone.")
        elif pointer is not None and pointer.hashes != files:
            wrong.append(f"The edition of version {version} is not what was signed off.")
    return wrong


def _as_record(writer: Writing, catalogue: dict[str, Measure], current: Published) -> list[str]:
    """What differs between the published files and those that the record would make now."""
    built = build(writer.con, writer.folder, catalogue, current.version)
    wrong = []
    for part, path in zip(PARTS, (current.figures, current.deaths), strict=True):
        tables = []
        for alias, file in (("shown", path), ("made", built[part])):
            attach(writer.con, file, alias, read_only=True)
            tables.append({table: _hash_of(writer.con, alias, table) for table in TABLES})
            detach(writer.con, alias)
        wrong += [
            f"The published {part} differ from the record in '{table}'; run 'python -m data publish'."
            for table in TABLES
            if tables[0][table] != tables[1][table]
        ]
    return wrong


def _hash_of(con: duckdb.DuckDBPyConnection, alias: str, table: str) -> tuple[Any, ...]:
    """Rows and a number for them that does not depend on their order."""
    relation = con.table(f"{alias}.{table}")
    every = ", ".join(f'"{column}"' for column in relation.columns)
    found: tuple[Any, ...] = relation.aggregate(f"count(*), bit_xor(md5_number(row({every})::varchar))").fetchall()[0]
    return found


def problems(findings: list[Finding]) -> list[str]:
    """Every sentence that says something is wrong."""
    return [sentence for finding in findings for sentence in finding.wrong]
