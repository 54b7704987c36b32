"""One file on its way into the record: read, checked, compared, and, when somebody accepts it, appended and published.

The Upload page and `python -m data load` share this path:

    with intake(home, catalogue, path) as extract:
        extract.problems, extract.warnings, extract.changes   # what is wrong, unlikely, and what would change
        receipt = extract.accept(who="…")
"""

import hashlib
import hmac
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from data.audit import now, row_hash
from data.config import Home
from data.database import rows, rows_within, run, run_where
from data.files import sha256_of
from data.ingest.answers import Choice, Reading, UnreadableFile
from data.ingest.changes import Changes, changes_of
from data.ingest.feeds import Feed
from data.ingest.issue import issue_number, parse_issue
from data.ingest.layout import Layout, find_layout, stage
from data.ingest.persons import PersonalData, kinds_in, refuse_persons
from data.ingest.problems import DEATHS_AMONG, LONGEST_VALUE, Group, Problem, grouped, rejects, write_rejects
from data.ingest.reading import check_rows, read
from data.publish import publish
from data.record import StoreError, Writing, next_position, reference_key, transaction, why, writing
from metrics.measure import EXPOSURES, Kind, Measure

STATUSES = ("provisional", "performance", "final")


@dataclass(frozen=True)
class Warned:
    """Something that is possible and unlikely: it stops nothing, and somebody should look. `month` '' for all of them."""

    what: str
    unit_code: str
    month: str
    reason: str

    def __str__(self) -> str:
        return f"{', '.join(part for part in (self.what, self.unit_code, self.month) if part)}: {self.reason}"


@dataclass(frozen=True)
class Receipt:
    """What a load did. `load_id` is None when it changed nothing; then nothing was recorded but a line of the audit."""

    load_id: int | None
    file_name: str
    feed: str
    rows_read: int
    rows_stored: int
    rows_rejected: int
    rows_set_aside: int
    changes: Changes
    rejects: Path | None = None
    version: int | None = None


class Refused(ValueError):
    """The file has rows that cannot be used and the loader did not say to go on without them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = len({problem.line for problem in problems if problem.line})
        wrong = f"{lines:,} line{'s have' if lines > 1 else ' has'} a problem" if lines else "the file has a problem"
        way_out = (
            ", or load it without those lines (--accept-partial)" if all(problem.line for problem in problems) else ""
        )
        super().__init__(f"{problems[0].file} was not loaded: {wrong}. Correct the file{way_out}.")


@dataclass
class Intake:
    """A checked file, holding the writer's lock until it is accepted or let go."""

    writer: Writing
    reading: Reading
    layout: Layout
    file_name: str
    bytes_sha256: str
    declared_issue: bool
    status: str
    note: str
    problems: tuple[Problem, ...]
    warnings: tuple[Warned, ...]
    set_aside: tuple[tuple[str, int], ...]
    changes: Changes
    catalogue: dict[str, Measure] = field(repr=False)

    @property
    def feed(self) -> Feed:
        return self.layout.feed

    @property
    def rows_read(self) -> int:
        return self.reading.rows

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The problems, those of one kind together."""
        return grouped(self.problems)

    @property
    def rows_rejected(self) -> int:
        return len({problem.line for problem in self.problems if problem.line})

    @property
    def rows_set_aside(self) -> int:
        return sum(count for _, count in self.set_aside)

    @property
    def blocks_whole_file(self) -> bool:
        return any(problem.line == 0 for problem in self.problems)

    @property
    def rows_stored(self) -> int:
        """How many lines would be stored."""
        stored: int = self.writer.con.execute("select count(*) from fed_line").fetchall()[0][0]
        return stored

    @cached_property
    def has_deaths(self) -> bool:
        """Some line speaks of deaths: only the patient-safety lead loads those, and sees what was rejected of them."""
        deaths = [measure.id for measure in self.catalogue.values() if measure.kind is Kind.DEATH]
        return bool(rows(self.writer.con, "staging/has_deaths", deaths=deaths)[0][0])

    @cached_property
    def changed_levels(self) -> list[str]:
        """Units that the file gives another level than they have: that changes who sees their figures."""
        return [str(code) for (code,) in rows(self.writer.con, "staging/changed_levels")]

    def rejects(self) -> list[list[str]]:
        """The lines that cannot be taken as the file had them, each with what is wrong; first their header."""
        return rejects(self.writer.con, self.problems)

    def accept(
        self, who: str, *, partial: bool = False, publish_now: bool = True, at: datetime | None = None
    ) -> Receipt:
        """Append what can be stored and publish it. Raises Refused, StoreError.

        Many loads in a row may publish once, at the end; until then readers see the version before. `at` is when it was
        loaded (UTC), for a history that is made up or moved here from elsewhere; now without it.
        """
        con, stored = self.writer.con, self.rows_stored
        lost = self.rows_read - stored - self.rows_rejected - self.rows_set_aside
        if lost:
            raise StoreError(f"{lost} rows of {self.file_name} were neither stored nor reported; nothing was changed.")
        if self.problems and (not partial or self.blocks_whole_file or stored == 0):
            raise Refused(self.problems)
        kept = self._keep_rejects() if self.problems else None
        load_id = None
        if self._is_news(con):
            load_id = self._append(who, stored, at or now())
        else:
            with transaction(self.writer, who, "no_change", {"file": self.file_name, "sha256": self.bytes_sha256}):
                pass
        version = self._publish(load_id) if load_id is not None and publish_now else None
        return Receipt(
            load_id,
            self.file_name,
            self.feed.name,
            self.rows_read,
            stored,
            self.rows_rejected,
            self.rows_set_aside,
            self.changes,
            kept,
            version,
        )

    def _keep_rejects(self) -> Path:
        name = self.bytes_sha256[:16] + (DEATHS_AMONG if self.has_deaths else "")
        return write_rejects(self.writer.home, self.writer.con, self.problems, f"{name}.csv")

    def _publish(self, load_id: int) -> int:
        try:
            return publish(self.writer, self.catalogue)
        except (duckdb.Error, OSError, StoreError) as error:
            raise StoreError(
                f"{self.file_name} is stored as load {load_id} but not yet published ({why(error)}): free space and run "
                "'python -m data publish'."
            ) from error

    def _is_news(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Whether the load would change a figure, or speaks with a higher issue than the one that is there."""
        counts = self.changes.counts
        if any(counts.get(change) for change in ("new", "changed", "gone", "older")):
            # What is older than the record changes no figure, but is history: it is stored once.
            return self.changes.differ > 0 or not self._same_bytes_known(con)
        newer = con.execute("select count(*) from change_row where issue < (select issue from this_load)").fetchall()[
            0
        ][0]
        return self.declared_issue and bool(newer)

    def _same_bytes_known(self, con: duckdb.DuckDBPyConnection) -> bool:
        known = con.execute(
            "select count(*) from active_load where bytes_sha256 = $sha", {"sha": self.bytes_sha256}
        ).fetchall()
        return bool(known[0][0])

    def _append(self, who: str, stored: int, at: datetime) -> int:
        con = self.writer.con
        content = rows(con, "staging/content_hash")[0][0]
        detail = {
            "file": self.file_name,
            "feed": self.feed.name,
            "sha256": self.bytes_sha256,
            "content": content,
            "rows": stored,
            "changed": self.changes.differ,
        }
        # DuckDB writes to one database a transaction: the workspace is made ready before the record's begins.
        load_id = next_position(con)
        con.execute("update this_load set load_id = $id", {"id": load_id})
        first, last, issue = (
            *rows(con, "staging/stretch")[0],
            con.execute("select issue from this_load").fetchall()[0][0],
        )
        with transaction(self.writer, who, "load", detail):
            con.execute(
                "insert into record.load values ($id, $feed, $file, $sha, $content, $issue, $status, $who, $at, $first, $last,"
                " $read, $stored, $rejected, $aside, $note, $source)",
                {
                    "id": load_id,
                    "feed": self.feed.name,
                    "file": self.file_name,
                    "sha": self.bytes_sha256,
                    "content": content,
                    "issue": issue,
                    "status": self.status,
                    "who": who,
                    "at": at,
                    "first": first,
                    "last": last,
                    "read": self.rows_read,
                    "stored": stored,
                    "rejected": self.rows_rejected,
                    "aside": self.rows_set_aside,
                    "note": self.note,
                    "source": self.layout.source,
                },
            )
            run(con, "staging/append")
            doubled = rows_within(con, "staging/doubled", load_id=load_id)
            if doubled:  # the checks have refused it line by line; this is the last gate, inside the transaction
                raise StoreError(
                    f"{self.file_name} holds {doubled[0][0]} twice; nothing was changed. Please report this."
                )
            detail |= {"load": load_id, "row": row_hash(load_row(con, load_id))}
        return load_id


@contextmanager
def intake(
    home: Home,
    catalogue: dict[str, Measure],
    path: Path,
    *,
    feed: Feed | None = None,
    source: str | None = None,
    choice: Choice = Choice(),  # noqa: B008 (it is frozen)
    date_style: str | None = None,
    covers: tuple[date, date] | None = None,
    issue: str | None = None,
    status: str | None = None,
    note: str = "",
    today: date | None = None,
    file_name: str | None = None,
) -> Iterator[Intake]:
    """Read and check `path` against the record. Raises UnreadableFile, PersonalData, StoreError.

    `source` is whose columns and words are to be read as its mapping says; a feed's own layout, and a source whose columns
    are known, are recognised. `issue` is what the source calls newer: an extract date, `v2`, or both (`2026-05-07v2`);
    without one, today. `covers` is the first and last day that an events extract is complete for, where its columns do not
    say so; of cells it is recorded in place of their own first and last day. `today` is the last day that a month, an event
    or an issue may name.
    """
    shown = shown_name(file_name or path.name)
    today = today or datetime.now(UTC).date()
    parsed = parse_issue(issue, today) if issue else None
    if status is not None and status not in STATUSES:
        raise UnreadableFile(f"The status '{status}' is not known; say one of {', '.join(STATUSES)}.")
    refuse_persons(note, "The note")
    if covers and covers[1] < covers[0]:
        raise UnreadableFile("What the extract covers ends before it begins; say its first day and then its last.")
    with tempfile.TemporaryDirectory(prefix="zero-harm-read-") as scratch:
        # The file is read before the lock is taken: nobody waits for a file that is slow or hostile.
        reading = read(path, shown=shown, folder=Path(scratch), choice=choice, may_be_empty=True)
        digest = sha256_of(path)
        with writing(home, reach=(Path(scratch),)) as writer:
            con = writer.con
            run(con, "schema/workspace")
            _fill_references(con, catalogue)
            run(con, "staging/known_units")
            layout, reading = find_layout(con, path, reading, shown, Path(scratch), choice, feed=feed, source=source)
            check_rows(reading, shown)
            layout = stage(con, reading, layout, shown, catalogue)
            con.execute(
                "insert into setting values ($style, $today, $first, $last, $commas)",
                {
                    "commas": reading.separator == ";",
                    "style": date_style or _date_style(con, layout),
                    "today": today,
                    "first": covers[0] if covers else None,
                    "last": covers[1] if covers else None,
                },
            )
            run(con, f"staging/{layout.feed.name}")
            run(con, "staging/references")
            run_where(con, "staging/check_cells", "cell", "exposure_cell")
            run_where(con, "staging/check_events", "event_cell")
            run_where(con, "staging/check_units", "unit_cell")
            _hash_references(con, home)
            run_where(con, "staging/whole_units", "event_cell")
            run(con, "staging/accept")
            number = issue_number(parsed, con, layout.feed, shown, today)
            con.execute("insert into this_load values (0, $issue)", {"issue": number})
            run(con, "staging/compare")
            run_where(con, "staging/compare_events", "accepted_coverage")
            run_where(con, "staging/compare_units", "accepted_unit")
            run_where(con, "staging/warn", "cell", "exposure_cell")
            yield Intake(
                writer,
                reading,
                layout,
                shown,
                digest,
                parsed is not None or layout.feed.name == "mhsds",
                status or _status(con, layout.feed),
                note,
                _problems(con, shown, reading.sheet.name, catalogue),
                tuple(Warned(*row) for row in con.execute("select * from warning order by all").fetchall()),
                tuple(rows(con, "staging/set_aside")),
                changes_of(con),
                catalogue,
            )


def shown_name(name: str) -> str:
    """The name of a file as it may be kept and shown: without what steers a terminal, and not where it names a person."""
    clean = "".join(letter for letter in name if letter.isprintable())[:LONGEST_VALUE] or "the file"
    spoken = re.sub(r"[_.\-]+", " ", Path(clean).stem).title()
    return "a file whose name is not kept, since it may name a person" if kinds_in(clean) or kinds_in(spoken) else clean


def known_bytes(home: Home) -> set[str]:
    """The hashes of all files ever taken: loaded (withdrawn since or not), found to change nothing, or unpacked."""
    if not home.has_record:
        return set()
    with writing(home) as writer:
        return {digest for (digest,) in rows(writer.con, "staging/known_bytes")}


def note_unpacked(home: Home, who: str, file_name: str, path: Path) -> None:
    """A line of the audit for a ZIP whose files were all taken: a folder that is loaded again passes it over."""
    detail = {"file": shown_name(file_name), "sha256": sha256_of(path)}
    with writing(home) as writer, transaction(writer, who, "unpacked", detail):
        pass


def note_refusal(home: Home, who: str, file_name: str, path: Path, error: Exception) -> None:
    """A line of the audit for a file that was refused: which and of what sort, never what it said."""
    if not home.has_record:
        return  # a store is not made by what it refuses
    detail: dict[str, object] = {"file": shown_name(file_name), "because": type(error).__name__}
    if path.is_file():
        detail["sha256"] = sha256_of(path)
    if isinstance(error, Refused):
        detail["problems"] = len(error.problems)
    with writing(home) as writer, transaction(writer, who, "refusal", detail):
        pass


def load_row(con: duckdb.DuckDBPyConnection, load_id: int) -> tuple[object, ...]:
    """A load as it stands in the attached record: what its audit line vouches for."""
    row: tuple[object, ...] = con.execute("select * from record.load where load_id = $id", {"id": load_id}).fetchall()[
        0
    ]
    return row


def _fill_references(con: duckdb.DuckDBPyConnection, catalogue: dict[str, Measure]) -> None:
    """What the catalogue says of each measure, for the checks to join."""
    measures = [
        {
            "measure_id": m.id,
            "exposure": m.exposure,
            "has_denominator": m.has_denominator,
            "denominator_in_extract": m.exposure is None and bool(m.denominator),
            "is_proportion": m.is_proportion,
            "is_death": m.kind is Kind.DEATH,
            "is_whole": m.kind in (Kind.HARM, Kind.DEATH) and m.chart != "xmr",
            "additive": m.additive,
            "months": m.months,
            "dated_events": m.dated_events,
            "national_numerator": m.national_numerator or None,
            "national_denominator": m.national_denominator or None,
        }
        for m in catalogue.values()
    ]
    for name, table in (
        ("measure_ref", pa.Table.from_pylist(measures)),
        ("exposure_kind", pa.table({"kind": list(EXPOSURES)})),
    ):
        _insert(con, name, table)


def _insert(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Arrow rows into a table of the workspace, columns by name."""
    con.register("arrow_view", table)
    con.table("arrow_view").select(*con.table(name).columns).insert_into(name)
    con.unregister("arrow_view")


def _date_style(con: duckdb.DuckDBPyConnection, layout: Layout) -> str:
    """The format that the feed declares; of the cuts each file declares its own by its first date."""
    if layout.mapping is not None:
        return "iso"  # the mapping has read the source's own format
    if layout.feed.headerless:
        first = con.execute("select date from incoming order by line limit 1").fetchall()[0][0] or ""
        return "dmy" if "/" in first else "iso"
    return layout.feed.date_style if layout.feed.name != "mhsds" else "iso"  # its staging query has read it already


def _status(con: duckdb.DuckDBPyConnection, feed: Feed) -> str:
    if feed.name != "mhsds":
        return "provisional"
    found = {row[0].strip().lower() for row in con.execute("select distinct status from incoming").fetchall() if row[0]}
    return found.pop() if len(found) == 1 and found <= set(STATUSES) else "provisional"


def _hash_references(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """The source's references leave the file as keyed hashes: the record can match an event and not name it."""
    found = con.execute("select distinct reference_text from typed_event where reference_text is not null").fetchall()
    if not found:
        return
    key = reference_key(home)
    texts = [text for (text,) in found]
    hashes = [hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] for text in texts]
    _insert(con, "reference_hash", pa.table({"reference_text": texts, "event_ref": hashes}))


def _problems(
    con: duckdb.DuckDBPyConnection, name: str, sheet: str, catalogue: dict[str, Measure]
) -> tuple[Problem, ...]:
    """All problems by line, each once, with the nearest known name where a name is not known.

    A value that looks like a person's is not repeated.
    """
    found = con.execute(
        "select distinct line, column_name, value, reason from problem order by line, column_name, reason"
    ).fetchall()
    named = con.execute("select distinct code, name from unit_ref order by code").fetchall() if found else []
    known: dict[str, dict[str, str]] = {
        "no unit has this code": dict(named),
        "no measure has this id": {m.id: m.name for m in catalogue.values()},
        "no such kind of exposure": dict.fromkeys(EXPOSURES, ""),
    }
    hints: dict[tuple[str, str], str] = {}
    sayable: dict[str, str | None] = {}
    problems = []
    for line, column, value, reason in found:
        if value is not None and value not in sayable:
            sayable[value] = None if kinds_in(value) else value[:LONGEST_VALUE]
        if reason in known and value is not None:
            hint = hints.setdefault((reason, value), _nearest(value, known[reason]))
            reason += hint
        problems.append(Problem(name, sheet, line, column, sayable.get(value) if value else None, reason))
    return tuple(problems)


def _nearest(value: str, known: dict[str, str]) -> str:
    """What may have been meant: a code that differs in case only, the code of what was named, or codes like it."""
    if not known:
        return "; no units are known yet: load the units feed first"
    folded = {code.casefold(): code for code in known}
    if value.casefold() in folded:
        return f"; did you mean {folded[value.casefold()]}?"
    called = [code for code, name in known.items() if name.casefold() == value.casefold()]
    if called:
        return f"; this is the name of {' and '.join(called[:3])}: write the code"
    near = [folded[code] for code in get_close_matches(value.casefold(), list(folded), n=3, cutoff=0.5)]
    return f"; did you mean {' or '.join(near)}?" if near else ""


__all__ = ["Intake", "PersonalData", "Problem", "Receipt", "Refused", "Warned", "intake", "known_bytes", "note_refusal"]
