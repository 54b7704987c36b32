"""Rows on their way into `raw`: only the columns that are kept, in a file of our own that DuckDB reads in one go."""

import csv
import secrets
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import duckdb

from data.ingest.answers import UnreadableFile
from data.ingest.table import LONGEST_LINE, load_own

LONGEST_ROW = LONGEST_LINE // 4  # characters; UTF-8 takes up to four bytes for one


class Rows:
    """A scratch file of rows; `load` makes them the table `raw`."""

    def __init__(self, folder: Path, shown: str) -> None:
        self.path = folder / f"rows-{secrets.token_hex(4)}.csv"
        self.shown = shown
        self._file = self.path.open("w", encoding="utf-8", newline="", buffering=1 << 20)
        self._write = csv.writer(self._file, lineterminator="\n").writerow

    def __enter__(self) -> "Rows":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def add(self, line: int, mark: int, cells: Sequence[str | None]) -> None:
        """One row; None and '' are NULL."""
        if self._write((line, mark, *cells)) > LONGEST_ROW:
            raise UnreadableFile(f"{self.shown}, line {line}: longer than {LONGEST_ROW:,} characters; shorten it.")

    def load(self, con: duckdb.DuckDBPyConnection, width: int) -> int:
        """Everything that was added as `raw`; how many rows."""
        self._file.close()
        return load_own(con, self.path, width)
