"""One file on its way into the record: read, checked, compared, and, when somebody accepts it, appended and published.

The Upload page and `python -m data load` share this path:

    with intake(home, catalogue, path) as extract:
        extract.problems, extract.changes        # what is wrong, and what would change
        receipt = extract.accept(who="…")
"""

import csv
import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path

import duckdb
import pyarrow as pa

from data.audit import now, row_hash
from data.config import Home
from data.database import rows, run
from data.ingest.feeds import Feed
from data.ingest.reading import UnreadableFile, read_file
from data.publish import publish
from data.record import StoreError, Writing, cannot_write, next_position, reference_key, transaction, why, writing
from metrics.measure import EXPOSURES, Kind, Measure

STATUSES = ("provisional", "performance", "final")
ISSUE = re.compile(r"(?:(\d{4}-\d{2}-\d{2}))?(?:v(\d{1,2}))?")
LONGEST_VALUE = 200  # of what a problem repeats from the file
VERSION_IN_NAME = re.compile(r"_v(\d{1,2})(?=[._]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what stands there, why it cannot be used. Line 0 is the whole file."""

    file: str
    line: int
    column: str
    value: str | None
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}, {self.column}" if self.line else f"{self.file}, {self.column}"
        return f"{place}: {self.reason}" + (f" (it says '{self.value}')" if self.value else "") + "."


@dataclass(frozen=True)
class Change:
    """A cell of the record that the file would make or alter. `change`: new, changed, gone or older."""

    what: str
    measure_id: str
    unit_code: str
    month: date | None
    before: str | None
    after: str | None
    change: str


@dataclass(frozen=True)
class Changes:
    """How many cells are new, changed, unchanged, gone or older than what is there, and the first of those that differ."""

    counts: dict[str, int]
    listed: tuple[Change, ...]

    @property
    def differ(self) -> int:
        return sum(count for change, count in self.counts.items() if change in ("new", "changed", "gone"))


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
        wrong = f"{lines} line{'s have' if lines > 1 else ' has'} a problem" if lines else "the file has a problem"
        way_out = (
            ", or load it without those lines (--accept-partial)" if all(problem.line for problem in problems) else ""
        )
        super().__init__(f"{problems[0].file} was not loaded: {wrong}. Correct the file{way_out}.")


@dataclass
class Intake:
    """A checked file, holding the writer's lock until it is accepted or let go."""

    writer: Writing
    feed: Feed
    file_name: str
    bytes_sha256: str
    rows_read: int
    declared_issue: bool
    status: str
    note: str
    source: str
    problems: tuple[Problem, ...]
    set_aside: tuple[tuple[str, int], ...]
    changes: Changes
    catalogue: dict[str, Measure] = field(repr=False)

    @property
    def rows_rejected(self) -> int:
        return len({problem.line for problem in self.problems if problem.line})

    @property
    def rows_set_aside(self) -> int:
        return sum(count for _, count in self.set_aside)

    @property
    def blocks_whole_file(self) -> bool:
        return any(problem.line == 0 for problem in self.problems)

    def accept(self, who: str, *, partial: bool = False, publish_now: bool = True) -> Receipt:
        """Append what can be stored and publish it. Raises Refused, StoreError.

        Many loads in a row may publish once, at the end; until then readers see the version before.
        """
        con = self.writer.con
        stored = con.execute("select count(*) from fed_line").fetchall()[0][0]
        lost = self.rows_read - stored - self.rows_rejected - self.rows_set_aside
        if lost:
            raise StoreError(f"{lost} rows of {self.file_name} were neither stored nor reported; nothing was changed.")
        if self.problems and (not partial or self.blocks_whole_file or stored == 0):
            raise Refused(self.problems)
        rejects = write_rejects(self.writer.home, self.problems, self.bytes_sha256) if self.problems else None
        load_id = None
        if self._is_news(con):
            load_id = self._append(who, stored)
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
            rejects,
            version,
        )

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

    def _append(self, who: str, stored: int) -> int:
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
                    "at": now(),
                    "first": first,
                    "last": last,
                    "read": self.rows_read,
                    "stored": stored,
                    "rejected": self.rows_rejected,
                    "aside": self.rows_set_aside,
                    "note": self.note,
                    "source": self.source,
                },
            )
            run(con, "staging/append")
            doubled = rows(con, "staging/doubled", load_id=load_id)
            if doubled:  # the checks have refused it line by line; this is the last gate, inside the transaction
                raise StoreError(f"{self.file_name} holds {doubled[0][0]} twice; nothing was changed. Please report this.")
            detail |= {"load": load_id, "row": row_hash(load_row(con, load_id))}
        return load_id


@contextmanager
def intake(
    home: Home,
    catalogue: dict[str, Measure],
    path: Path,
    *,
    feed: Feed | None = None,
    encoding: str = "utf-8",
    date_style: str | None = None,
    covers: tuple[date, date] | None = None,
    issue: str | None = None,
    status: str | None = None,
    note: str = "",
    today: date | None = None,
    file_name: str | None = None,
) -> Iterator[Intake]:
    """Read and check `path` against the record. Raises UnreadableFile, StoreError.

    `issue` is what the source calls newer: an extract date, `v2`, or both (`2026-05-07v2`); without one, today.
    `covers` is the first and last day that an events extract is complete for, where its columns do not say so; of cells it is
    recorded in place of their own first and last day. `today` is the last day that a month, an event or an issue may name.
    """
    shown = file_name or path.name
    today = today or datetime.now(UTC).date()
    parsed = _parse_issue(issue, today) if issue else None
    if status is not None and status not in STATUSES:
        raise UnreadableFile(f"The status '{status}' is not known; say one of {', '.join(STATUSES)}.")
    with writing(home) as writer:
        con = writer.con
        run(con, "schema/workspace")
        extract = read_file(con, path, feed=feed, encoding=encoding, folder=writer.folder, shown=shown)
        style = date_style or _date_style(con, extract.feed)
        con.execute(
            "insert into setting values ($style, $today, $first, $last)",
            {
                "style": style,
                "today": today,
                "first": covers[0] if covers else None,
                "last": covers[1] if covers else None,
            },
        )
        for line, columns in extract.ragged:  # without its text, which may be a person's
            reason = f"this line has another number of columns ({columns}) than the header ({extract.width})"
            _add_problem(con, line, "line", None, reason)
        _fill_references(con, catalogue)
        run(con, f"staging/{extract.feed.name}")
        run(con, "staging/references")
        run(con, "staging/check_cells")
        run(con, "staging/check_events")
        run(con, "staging/check_units")
        _hash_references(con, home)
        run(con, "staging/whole_units")
        run(con, "staging/accept")
        # Without a declaration the newest word wins: today.
        number = _issue_number(parsed, con, extract.feed, shown, today)
        con.execute("insert into this_load values (0, $issue)", {"issue": number})
        run(con, "staging/compare")
        problems = _problems(con, shown, catalogue)
        yield Intake(
            writer,
            extract.feed,
            shown,
            hashlib.sha256(path.read_bytes()).hexdigest(),
            extract.rows,
            parsed is not None or extract.feed.name == "mhsds",
            status or _status(con, extract.feed),
            note,
            "",
            problems,
            tuple(con.execute("select what, count(*) from set_aside group by what order by what").fetchall()),
            _changes(con),
            catalogue,
        )


def load_row(con: duckdb.DuckDBPyConnection, load_id: int) -> tuple[object, ...]:
    """A load as it stands in the attached record: what its audit line vouches for."""
    row: tuple[object, ...] = con.execute("select * from record.load where load_id = $id", {"id": load_id}).fetchall()[0]
    return row


def write_rejects(home: Home, problems: tuple[Problem, ...], sha256: str) -> Path:
    """The problems as a CSV file in the store's `rejects` folder: file, line, column, value, reason."""
    path = home.rejects / f"{sha256[:16]}.csv"
    try:
        home.rejects.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "column", "value", "reason"))
            writer.writerows((p.file, p.line, p.column, harmless(p.value), p.reason) for p in problems)
    except OSError as error:
        raise cannot_write(home.rejects, error) from error
    return path


def harmless(text: str | None) -> str:
    """A text as a CSV cell that no spreadsheet runs as a formula."""
    return "" if text is None else f"'{text}" if text[:1] in "=+-@\t\r\0" else text


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


def _date_style(con: duckdb.DuckDBPyConnection, feed: Feed) -> str:
    """The format that the feed declares; of the cuts each file declares its own by its first date."""
    if feed.headerless:
        first = con.execute("select date from incoming order by line limit 1").fetchall()[0][0] or ""
        return "dmy" if "/" in first else "iso"
    return feed.date_style if feed.name != "mhsds" else "iso"  # its staging query has read the national format already


def _parse_issue(text: str, today: date) -> tuple[date | None, int]:
    match = ISSUE.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise UnreadableFile(
            f"The issue '{text}' is not an extract date (2026-05-07), a version (v2) or both (2026-05-07v2)."
        )
    try:
        day = date.fromisoformat(match[1]) if match[1] else None
    except ValueError as error:
        raise UnreadableFile(f"The issue '{text}' names a day that does not exist.") from error
    if day and day > today:
        raise UnreadableFile(f"The issue '{text}' is a day after today ({today}); say the day of the extract.")
    return day, int(match[2] or 1)


def _issue_number(
    parsed: tuple[date | None, int] | None, con: duckdb.DuckDBPyConnection, feed: Feed, name: str, today: date
) -> int:
    """yyyymmdd * 100 + version. A national file is dated by its period and numbered by its name (`_v2`)."""
    day, version = parsed or (None, 1)
    if feed.name == "mhsds" and day is None:
        day = con.execute("select max(period_end) from national_line").fetchall()[0][0]
        in_name = VERSION_IN_NAME.search(name)
        version = version if parsed else int(in_name[1]) if in_name else 1
    if day is None and parsed is not None:
        day = rows(con, "staging/stretch")[0][1]
    day = day or today
    return (day.year * 10_000 + day.month * 100 + day.day) * 100 + version


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


def _add_problem(con: duckdb.DuckDBPyConnection, line: int, column: str, value: str | None, reason: str) -> None:
    con.execute(
        "insert into problem values ($line, $column, $value, $reason)",
        {"line": line, "column": column, "value": value, "reason": reason},
    )


def _problems(con: duckdb.DuckDBPyConnection, name: str, catalogue: dict[str, Measure]) -> tuple[Problem, ...]:
    """All problems by line, each once, with the nearest known name where a name is not known."""
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
    problems = []
    for line, column, value, reason in found:
        if reason in known and value is not None:
            hint = hints.setdefault((reason, value), _nearest(value, known[reason]))
            reason += hint
        problems.append(Problem(name, line, column, value and value[:LONGEST_VALUE], reason))
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


def _changes(con: duckdb.DuckDBPyConnection, limit: int = 500) -> Changes:
    counts = dict(con.execute("select change, count(*) from change_row group by change").fetchall())
    listed = con.execute(
        "select what, measure_id, unit_code, month, before, after, change from change_row where change <> 'unchanged'"
        " order by change, measure_id, unit_code, month limit $limit",
        {"limit": limit},
    ).fetchall()
    return Changes(counts, tuple(Change(*row) for row in listed))


__all__ = ["Change", "Changes", "Intake", "Problem", "Receipt", "Refused", "harmless", "intake"]
