"""Values that are no text as the text that a CSV would hold."""

import datetime as dt
from collections.abc import Callable
from typing import Any

HALF_A_SECOND = dt.timedelta(microseconds=500_000)


def number_text(cell: float) -> str:
    """Whole numbers without a decimal point, others to the digits that a sheet keeps."""
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"


def moment_text(cell: dt.datetime) -> str:
    """A day where the time is midnight, else the day and the time to the second (a serial is never exact)."""
    try:
        cell = (cell + HALF_A_SECOND).replace(microsecond=0)
    except OverflowError:
        cell = cell.replace(microsecond=0)
    is_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0) and cell.tzinfo is None
    return cell.date().isoformat() if is_midnight else cell.isoformat()


def span_text(cell: dt.timedelta) -> str:
    """Hours, minutes and seconds."""
    seconds = round(cell.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


TEXT: dict[type, Callable[[Any], str | None]] = {
    str: lambda cell: cell.strip() or None,
    float: number_text,
    int: str,
    bool: lambda cell: "true" if cell else "false",
    dt.datetime: moment_text,
    dt.date: dt.date.isoformat,
    dt.time: lambda cell: cell.replace(microsecond=0).isoformat(),
    dt.timedelta: span_text,
    type(None): lambda _: None,
}
