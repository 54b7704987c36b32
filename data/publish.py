"""From the record to what readers see: one immutable pair of files per version, then an atomic swap of a pointer.

Deaths go into a file of their own. Publishing always rebuilds, because a late decision can change any month. The files of
versions that were named for a meeting (editions) are kept for ever, of the rest the last three.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data.audit import now
from data.catalogue import SEVERITY_RULES
from data.config import CODE_VERSION, Home
from data.database import attach, detach, rows, run
from data.decisions import NEEDS_APPROVAL
from data.files import replace, sha256_of, sync_file, write_atomically
from data.grants import publish_grants
from data.publications import publish_publications
from data.record import StoreError, Writing, writing
from metrics.measure import Kind, Measure

KEPT_VERSIONS = 3
PARTS = ("figures", "deaths")
MARTS = ("cell", "exposure", "event", "unit", "history")
POINTER_LAYOUT = 2


@dataclass(frozen=True)
class Published:
    """The version that readers see: its number and its two files with their hashes."""

    version: int
    built_at: str
    figures: Path
    deaths: Path
    hashes: dict[str, str]
    layout: int = POINTER_LAYOUT

    @property
    def is_of_this_layout(self) -> bool:
        """Whether this code's queries fit the files; older ones are published again from the record."""
        return self.layout == POINTER_LAYOUT


def publish(writer: Writing, catalogue: dict[str, Measure]) -> int:
    """Build the files of the record's newest position and make them current; gives the version."""
    home = writer.home
    writer.committed = True  # the record holds everything already: from here on an error says so
    home.published.mkdir(parents=True, exist_ok=True)
    version, built_at = record_version(writer.con), now()
    files = {}
    for part, temporary in build(writer.con, home.published, catalogue, version).items():
        digest = sha256_of(temporary)
        # The content is in the name: a file that a reader may hold is never written again.
        target = home.published / f"{part}-{version}-{digest[:12]}.duckdb"
        if part == "deaths":  # for the account that the service runs under, and nobody else
            temporary.chmod(0o600)
        sync_file(temporary)
        replace(temporary, target)
        files[part] = {"name": target.name, "sha256": digest}
    pointer = {"layout": POINTER_LAYOUT, "version": version, "built_at": built_at.isoformat(), "files": files}
    text = json.dumps(pointer, indent=1).encode()
    write_atomically(home.published / f"version-{version}.json", text)
    write_atomically(home.pointer, text)
    publish_grants(writer)
    publish_publications(writer)
    _forget_old(home, editions(writer.con), version, {file["name"] for file in files.values()})
    return version


def build(con: duckdb.DuckDBPyConnection, folder: Path, catalogue: dict[str, Measure], version: int) -> dict[str, Path]:
    """The two files of the attached record, in `folder`: part -> path. Nothing else is changed."""
    deaths = [m.id for m in catalogue.values() if m.kind is Kind.DEATH]
    least = [(m.id, SEVERITY_RULES[m.severity]) for m in catalogue.values() if m.severity]
    told = {
        "death_measure": pa.table({"measure_id": pa.array(deaths, pa.string())}),
        "measure_severity": pa.table(
            {"measure_id": [m for m, _ in least], "least": [n for _, n in least]},
            schema=pa.schema([("measure_id", pa.string()), ("least", pa.int32())]),
        ),
        "approved_kind": pa.table({"kind": pa.array(NEEDS_APPROVAL, pa.string())}),
    }
    for name, table in told.items():
        con.register(name, table)
    built = {}
    for part in PARTS:
        con.execute(
            "create or replace temp table building as select $version as version, $built as built_at, $code as code_version,"
            " $deaths as deaths",
            {"version": version, "built": now(), "code": CODE_VERSION, "deaths": part == "deaths"},
        )
        path = folder / f"{part}-{version}.building"
        path.unlink(missing_ok=True)
        attach(con, path, "published")
        try:
            for mart in MARTS:
                run(con, f"marts/{mart}")
            con.execute("checkpoint published")
        finally:
            detach(con, "published")
        built[part] = path
    for name in told:
        con.unregister(name)
    return built


def ensure_published(home: Home, catalogue: dict[str, Measure]) -> int:
    """Publish if a load was committed and its files never swapped in (a crash between the two); gives the version."""
    with writing(home) as writer:
        current = read_pointer(home)
        if current is None or not current.is_of_this_layout or current.version != record_version(writer.con):
            return publish(writer, catalogue)
        publish_grants(writer)  # a withdrawal that a crash cut off
        publish_publications(writer)
        return current.version


def record_version(con: duckdb.DuckDBPyConnection) -> int:
    """The last position of the attached record that a reader could see: its newest load or decision."""
    version: int = rows(con, "staging/record_version")[0][0]
    return version


def editions(con: duckdb.DuckDBPyConnection) -> set[int]:
    """The versions that were named for a meeting: their files are kept for ever."""
    found = con.execute("select detail from record.decision where kind = 'edition'").fetchall()
    return {int(json.loads(detail)["version"]) for (detail,) in found}


def read_pointer(home: Home, version: int | None = None) -> Published | None:
    """What is published now, or as one kept version; None where there is none. Raises StoreError when it is newer than this."""
    path = home.pointer if version is None else home.published / f"version-{version}.json"
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise StoreError(f"{path.name} cannot be read; run 'python -m data publish' to build it again.") from error
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
        pointer["layout"],
    )


def damaged(published: Published) -> list[Path]:
    """The published files that are not what the pointer says they are."""
    files = {"figures": published.figures, "deaths": published.deaths}
    return [path for part, path in files.items() if not path.exists() or sha256_of(path) != published.hashes[part]]


def verify_published(published: Published) -> None:
    """Raises StoreError when a published file is not what the pointer says it is."""
    for path in damaged(published):
        raise StoreError(
            f"The published file {path.name} is missing or damaged; run 'python -m data publish' to build it again."
        )


def _forget_old(home: Home, kept_for_ever: set[int], current: int, names: set[str]) -> None:
    """Keep the last three versions and the editions; a reader on Windows may still hold an older file, which goes next time."""
    versions = sorted({_version_of(path) for path in home.published.glob("figures-*.duckdb")}, reverse=True)
    kept = kept_for_ever | set(versions[:KEPT_VERSIONS])
    for path in (*home.published.glob("*-*.duckdb"), *home.published.glob("version-*.json")):
        version = _version_of(path)
        rebuilt = version == current and path.suffix == ".duckdb" and path.name not in names
        if version not in kept or rebuilt:
            with suppress(PermissionError):
                path.unlink(missing_ok=True)


def _version_of(path: Path) -> int:
    return int(path.stem.split("-")[1])
