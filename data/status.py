"""What the store holds, for a person or a machine."""

from typing import Any

from data.config import Home
from data.publish import read_pointer
from data.record import writing


def status(home: Home) -> dict[str, Any]:
    """Where the store is, its version, how many loads and rows it holds, and the months that it spans."""
    found: dict[str, Any] = {"home": str(home.root), "is_sample": home.is_sample, "has_record": home.has_record}
    if not home.has_record:
        return found
    published = read_pointer(home)
    found |= {"published_version": published.version if published else None}
    with writing(home) as writer:
        for table in ("load", "observation", "exposure", "event", "unit", "decision"):
            found[f"{table}s"] = writer.con.table(f"record.{table}").count("*").fetchall()[0][0]
        newest = writer.con.execute(
            "select min(first_day)::varchar, max(last_day)::varchar, max(loaded_at)::varchar from record.load"
        ).fetchall()[0]
    return found | dict(zip(("first_day", "last_day", "last_loaded_at"), newest, strict=True))
