"""The child process that reads one file: `python -m data.ingest.child` with a job as JSON on standard input.

It answers as JSON on standard output and leaves the table in a DuckDB file. A hostile file may end it, and nothing else:
where the system has resource limits, its memory, processor time and files are limited too.
"""

import errno
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from data.ingest.answers import Choice, UnreadableFile, choice_of
from data.ingest.formats import check_name, kind_of

MAX_MEMORY = 1 << 30  # of address space
MAX_ADDRESSES = (
    2 << 30
)  # for Parquet: pyarrow beside DuckDB reserves more than it uses; its data stay within MAX_MEMORY
MAX_SECONDS = 90
MAX_WRITTEN = 1 << 30
LIMITS_MB = {"csv": 200, "parquet": 200, "xlsx": 50, "xls": 50, "ods": 50, "zip": 200}


def perform(job: dict[str, Any]) -> dict[str, Any]:
    """The answer to a job, or the sentence that refuses it. Raises only what a damaged file cannot cause."""
    path, shown, folder = Path(job["path"]), job["shown"], Path(job["folder"])
    try:
        if job["task"] == "unpack":
            from data.ingest.archive import unpack_zip

            check_name(shown)
            _check_size(path, shown, "zip")
            return {"answer": unpack_zip(path, shown, folder)}
        return {"answer": _read(path, shown, choice_of(job["choice"]), folder, Path(job["file"]))}
    except UnreadableFile as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": f"{shown} needs more memory than a file may take; send less at once."}
    except RecursionError:
        return {"refused": f"{shown} is nested deeper than any file here; export it again."}
    except OSError as error:
        if error.errno == errno.EFBIG:
            return {"refused": f"{shown} unpacks to more than {MAX_WRITTEN >> 20} MB; send less at once."}
        return {"system": [error.errno, error.strerror or str(error)]}
    except Exception as error:
        found = _of_duckdb(error, shown)
        if found is None:
            raise
        return found
    except BaseException as error:  # a panic of a reader that is written in Rust
        if type(error).__name__ != "PanicException":
            raise
        return {"refused": f"{shown} cannot be read; open it and save it again, or save it as CSV UTF-8."}


def _read(path: Path, shown: str, choice: Choice, folder: Path, file: Path) -> dict[str, Any]:
    check_name(shown)
    kind, head = kind_of(path, shown)
    _check_size(path, shown, kind)
    if kind == "csv":
        from data.ingest.text import read_text

        return read_text(path, shown, head, choice, folder, file)
    if kind == "parquet":
        _room_for_arrow()
        from data.ingest.columns import read_parquet

        return read_parquet(path, shown, choice, file)
    from data.ingest.workbook import read_workbook

    return read_workbook(path, shown, kind, choice, folder, file)


def _check_size(path: Path, shown: str, kind: str) -> None:
    size, limit = path.stat().st_size, LIMITS_MB[kind] << 20
    if size > limit:
        raise UnreadableFile(f"{shown} is {size >> 20:,} MB, the limit is {limit >> 20} MB; send less at once.")


def _of_duckdb(error: Exception, shown: str) -> dict[str, Any] | None:
    if "duckdb" not in type(error).__module__:
        return None
    duckdb = importlib.import_module("duckdb")
    if isinstance(error, duckdb.OutOfMemoryException):
        return {"refused": f"{shown} needs more memory than a file may take; send less at once."}
    if isinstance(error, duckdb.IOException):
        return {"system": [errno.ENOSPC if "space" in str(error) else errno.EIO, str(error).splitlines()[0][:200]]}
    return {"refused": f"{shown} cannot be read; export it again as CSV UTF-8."}


def limit() -> None:
    """Hold this process to its limits, where the system has them (POSIX)."""
    try:
        import resource
    except ImportError:
        return
    for what, soft, hard in (
        (resource.RLIMIT_AS, MAX_MEMORY, MAX_ADDRESSES),
        (resource.RLIMIT_DATA, MAX_MEMORY, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_SECONDS, MAX_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN, MAX_WRITTEN),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        now = resource.getrlimit(what)[1]
        hard = hard if now == resource.RLIM_INFINITY else min(hard, now)
        resource.setrlimit(what, (min(soft, hard), hard))


def _room_for_arrow() -> None:
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the other pools reserve a gigabyte of addresses at once
    try:
        import resource
    except ImportError:
        return
    now, hard = resource.getrlimit(resource.RLIMIT_AS)
    if now == MAX_MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def main() -> int:
    limit()
    json.dump(perform(json.load(sys.stdin)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
