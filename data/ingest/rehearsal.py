"""A load tried on a copy: what it would be, and the figures as they would stand, while nothing of the home changes.

The Upload page and `python -m data check` look before they load:

    with rehearse(home, catalogue, path, issue="2026-05-07") as tried:
        tried.problems, tried.changes          # as an intake has them
        tried.before, tried.after              # the figures now, and as they would be
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.config import Home
from data.decisions import Proposal, decide
from data.ingest.answers import Sheet
from data.ingest.changes import Changes
from data.ingest.intake import Intake, Warned, intake
from data.ingest.mapping import Mapping, Unmapped, to_detail
from data.ingest.problems import Group, Problem
from data.record import locked, writing
from data.store import Store, forget
from metrics.measure import Measure

WHO = "rehearsal"


@dataclass(frozen=True)
class Rehearsal:
    """What an intake found, and the figures before and after it.

    `first_day` and `last_day` are those of the events of an events feed; `says_what_it_covers`: its own columns do.
    `touched`: what (cell, event or exposure), measure_id (of an exposure its kind), unit_code and month of whatever is new,
    changed or gone. `before` is None where nothing is published, `after` where nothing would change. Both are of use inside
    the rehearsal alone: outside of it take `facts`.
    """

    file_name: str
    sha256: str
    feed: str
    source: str
    mapping: Mapping | None
    sheets: tuple[Sheet, ...]
    sheet: Sheet
    encoding: str
    rows: int
    rows_stored: int
    rows_rejected: int
    problems: tuple[Problem, ...]
    groups: tuple[Group, ...]
    warnings: tuple[Warned, ...]
    set_aside: tuple[tuple[str, int], ...]
    changes: Changes
    rejects: tuple[tuple[str, ...], ...]
    blocked: bool
    unmapped: tuple[Unmapped, ...]
    first_day: date | None
    last_day: date | None
    says_what_it_covers: bool
    has_deaths: bool
    touched: pa.Table | None = field(repr=False)
    before: Store | None = None
    after: Store | None = None

    @property
    def facts(self) -> "Rehearsal":
        """What may be kept once the copy is gone."""
        return replace(self, touched=None, before=None, after=None)


@contextmanager
def rehearse(
    home: Home, catalogue: dict[str, Measure], path: Path, *, mapping: Mapping | None = None, **words: Any
) -> Iterator[Rehearsal]:
    """Check `path` and load it, as far as it can be, into a copy of the home. Raises what `intake` does.

    `words` are those of `intake`. `mapping` is tried without being remembered: it goes before what the record knows of its
    source.
    """
    with tempfile.TemporaryDirectory(prefix="zero-harm-rehearsal-") as folder:
        copy = Home(Path(folder) / "home", is_sample=home.is_sample)
        before = _copy(home, copy)
        if mapping is not None:
            with writing(copy) as writer:
                reason = "Tried, not yet remembered."
                decide(writer, Proposal("mapping", reason, detail=to_detail(mapping)), WHO)
            words["source"] = mapping.source
        with intake(copy, catalogue, path, **words) as extract:
            tried = _facts(extract)
            if not tried.blocked:
                extract.accept(WHO, partial=True)
        after = Store.open(copy)
        try:
            yield replace(tried, before=before, after=after)
        finally:
            if after is not None:
                forget(after)


def _copy(home: Home, copy: Home) -> Store | None:
    """The record with its secret, the trust's policy and its own measures, as they stand between two writes; the figures of now."""
    copy.root.mkdir(parents=True)
    if not home.has_record:
        return None
    with locked(home):
        log = home.record.with_name(f"{home.record.name}.wal")  # there after a crash only
        for path in (home.record, log, home.reference_key, home.policy):
            if path.exists():
                shutil.copy2(path, copy.root / path.name)
        if home.measures.is_dir():
            shutil.copytree(home.measures, copy.measures)
        return Store.open(home)


def _facts(extract: Intake) -> Rehearsal:
    con, reading, layout = extract.writer.con, extract.reading, extract.layout
    first = last = None
    covers = False
    if layout.feed.name == "events":
        first, last = con.execute("select min(day), max(day) from typed_event").fetchall()[0]
        covers = bool(con.execute("select count(*) from typed_coverage where line > 0").fetchall()[0][0])
    stored = extract.rows_stored
    return Rehearsal(
        extract.file_name,
        extract.bytes_sha256,
        layout.feed.name,
        layout.source,
        layout.mapping,
        reading.sheets,
        reading.sheet,
        reading.encoding,
        extract.rows_read,
        stored,
        extract.rows_rejected,
        extract.problems,
        extract.groups,
        extract.warnings,
        extract.set_aside,
        extract.changes,
        tuple(tuple(row) for row in extract.rejects()) if extract.rows_rejected else (),
        extract.blocks_whole_file or stored == 0,
        layout.mapped.unmapped if layout.mapped else (),
        first,
        last,
        covers,
        extract.has_deaths,
        con.sql(
            "select distinct what, measure_id, unit_code, month from change_row"
            " where change in ('new', 'changed', 'gone') and what in ('cell', 'event', 'exposure') and breakdown = ''"
        ).to_arrow_table(),
    )
