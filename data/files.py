"""Files that are whole or not there: written beside, flushed to the disk, then put in place."""

import hashlib
import os
import time
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, then replace; on Windows a reader may hold the file, so that is retried."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace(temporary, path)


def replace(source: Path, target: Path, tries: int = 20) -> None:
    """`os.replace`, tried again while a reader holds the target (Windows), and made durable where folders can be synced."""
    for attempt in range(tries):
        try:
            source.replace(target)
            break
        except PermissionError:
            if attempt == tries - 1:
                raise
            time.sleep(0.1)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make what was named, renamed or removed in a folder outlast a power cut, where the system lets folders be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Flush a file that somebody else has written to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
