"""From the record to what readers see: one immutable pair of files per version, then an atomic swap of a pointer.

Deaths go into a file of their own. Publishing always rebuilds, because a late decision can change any month.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.catalogue import SEVERITY_RULES
from data.config import CODE_VERSION, Home
from data.database import attach, run
from data.record import StoreError, Writing, replace, write_atomically, writing
from metrics.measure import Kind, Measure

KEPT_VERSIONS = 3
MARTS = ("cell", "exposure", "event", "unit", "history")
POINTER_LAYOUT = 1


@dataclass(frozen=True)
class Published:
    """The version that readers see: its number and its two files with their hashes."""

    version: int
    built_at: str
    figures: Path
    deaths: Path
    hashes: dict[str, str]


def publish(writer: Writing, catalogue: dict[str, Measure]) -> int:
    """Build the files of the record's newest position and make them current; gives the version."""
    con, home = writer.con, writer.home
    writer.committed = True  # the record holds everything already: from here on an error says so
    home.published.mkdir(parents=True, exist_ok=True)
    version = record_version(writer)
    built_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    con.execute("create or replace temp table death_measure (measure_id varchar)")
    deaths = [(m.id,) for m in catalogue.values() if m.kind is Kind.DEATH]
    if deaths:
        con.executemany("insert into death_measure values (?)", deaths)
    con.execute("create or replace temp table measure_severity (measure_id varchar, least integer)")
    rules = [(m.id, SEVERITY_RULES[m.severity]) for m in catalogue.values() if m.severity]
    if rules:
        con.executemany("insert into measure_severity values (?, ?)", rules)
    files = {}
    for part in ("figures", "deaths"):
        con.execute(
            "create or replace temp table building as select $version as version, $built as built_at, $code as code_version,"
            " $deaths as deaths",
            {"version": version, "built": built_at, "code": CODE_VERSION, "deaths": part == "deaths"},
        )
        temporary = home.published / f"{part}-{version}.building"
        temporary.unlink(missing_ok=True)
        attach(con, temporary, "published")
        for mart in MARTS:
            run(con, f"marts/{mart}")
        con.execute("checkpoint published")
        con.execute("detach published")
        digest = _sha256(temporary)
        # The content is in the name: a file that a reader may hold is never written again.
        target = home.published / f"{part}-{version}-{digest[:12]}.duckdb"
        replace(temporary, target)
        files[part] = {"name": target.name, "sha256": digest}
    pointer = {"layout": POINTER_LAYOUT, "version": version, "built_at": built_at.isoformat(), "files": files}
    write_atomically(home.pointer, json.dumps(pointer, indent=1).encode())
    _forget_old(home, version, {file["name"] for file in files.values()})
    return version


def ensure_published(home: Home, catalogue: dict[str, Measure]) -> int:
    """Publish if a load was committed and its files never swapped in (a crash between the two); gives the version."""
    with writing(home) as writer:
        position = record_version(writer)
        current = read_pointer(home)
        if current is None or current.version != position:
            return publish(writer, catalogue)
        return current.version


def record_version(writer: Writing) -> int:
    """The last position of the record that a reader could see: its newest load or decision."""
    found = writer.con.execute(
        "select greatest((select coalesce(max(load_id), 0) from record.load),"
        " (select coalesce(max(decision_id), 0) from record.decision))"
    ).fetchall()
    version: int = found[0][0]
    return version


def read_pointer(home: Home) -> Published | None:
    """What is published now, or None where nothing is. Raises StoreError when a newer version wrote it."""
    try:
        pointer = json.loads(home.pointer.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if pointer["layout"] > POINTER_LAYOUT:
        raise StoreError(
            f"The published figures were made by a newer version of the dashboard (layout {pointer['layout']}, "
            f"this one knows {POINTER_LAYOUT}); install that version."
        )
    files = pointer["files"]
    return Published(
        pointer["version"],
        pointer["built_at"],
        home.published / files["figures"]["name"],
        home.published / files["deaths"]["name"],
        {part: files[part]["sha256"] for part in files},
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_published(published: Published) -> None:
    """Raises StoreError when a published file is not what the pointer says it is."""
    for part, path in (("figures", published.figures), ("deaths", published.deaths)):
        if not path.exists() or _sha256(path) != published.hashes[part]:
            raise StoreError(
                f"The published file {path.name} is missing or damaged; run 'python -m data publish' to build it again."
            )


def _forget_old(home: Home, current: int, names: set[str]) -> None:
    """Keep the last three versions; a reader on Windows may still hold an older file, which then goes next time."""
    versions = sorted({_version_of(path) for path in home.published.glob("figures-*.duckdb")}, reverse=True)
    for path in home.published.glob("*-*.duckdb"):
        version = _version_of(path)
        if version not in versions[:KEPT_VERSIONS] or (version == current and path.name not in names):
            with suppress(PermissionError):
                path.unlink(missing_ok=True)


def _version_of(path: Path) -> int:
    return int(path.stem.split("-")[1])
