"""What a source calls newer: an extract date, a version, or both, as one number that orders loads."""

import re
from datetime import date

import duckdb

from data.database import rows
from data.ingest.answers import UnreadableFile
from data.ingest.feeds import Feed

ISSUE = re.compile(r"(?:(\d{4}-\d{2}-\d{2}))?(?:v(\d{1,2}))?")
VERSION_IN_NAME = re.compile(r"_v(\d{1,2})(?=[._]|$)", re.IGNORECASE)

Issue = tuple[date | None, int]


def parse_issue(text: str, today: date) -> Issue:
    """(extract date or None, version). Raises UnreadableFile."""
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


def issue_number(parsed: Issue | None, con: duckdb.DuckDBPyConnection, feed: Feed, name: str, today: date) -> int:
    """yyyymmdd * 100 + version. A national file is dated by its period and numbered by its name (`_v2`)."""
    day, version = parsed or (None, 1)
    if feed.name == "mhsds" and day is None:
        day = con.execute("select max(period_end) from national_line").fetchall()[0][0]
        in_name = VERSION_IN_NAME.search(name)
        version = version if parsed else int(in_name[1]) if in_name else 1
    if day is None and parsed is not None:
        day = rows(con, "staging/stretch")[0][1]
    day = day or today  # without a declaration the newest word wins
    return (day.year * 10_000 + day.month * 100 + day.day) * 100 + version
