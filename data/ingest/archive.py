"""A ZIP of several extracts: each taken out under a name of ours, counted while it is written."""

import secrets
import zipfile
from pathlib import Path, PurePosixPath

from data.ingest.answers import OF_THE_SYSTEM, UnreadableFile
from data.ingest.formats import ZIP, check_name, zip_kind
from data.ingest.guard import check_listing

MAX_FILES = 100
MAX_UNPACKED = 600 << 20
CHUNK = 1 << 20


def unpack_zip(path: Path, shown: str, folder: Path) -> list[tuple[str, str]]:
    """(shown name, path) of every file in a ZIP; a workbook is one itself, and stays whole."""
    if zip_kind(path, shown) != "zip":
        return [(shown, str(path))]
    try:
        return _unpack(path, shown, folder)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # zipfile and zlib raise a dozen kinds on a damaged file
        if isinstance(error, OSError) and error.errno in OF_THE_SYSTEM:
            raise  # of the disk, not of the file
        raise UnreadableFile(f"{shown} is a ZIP file that is damaged; pack it again.") from error


def _unpack(path: Path, shown: str, folder: Path) -> list[tuple[str, str]]:
    check_listing(path, shown, unpacked=MAX_UNPACKED)
    taken: list[tuple[str, str]] = []
    seen: set[str] = set()
    total = 0
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir() and not _is_litter(part.filename)]
        if not parts:
            raise UnreadableFile(f"{shown} holds no files; pack it again.")
        if len(parts) > MAX_FILES:
            raise UnreadableFile(f"{shown} holds {len(parts):,} files, the limit is {MAX_FILES}; send fewer at once.")
        for part in parts:
            name = PurePosixPath(part.filename).name
            if part.orig_filename != part.filename:  # zipfile cuts names off at a NUL
                check_name(part.orig_filename)
            check_name(name)
            if name.casefold() in seen:
                raise UnreadableFile(f"{shown} holds two files named '{name}'; rename one of them.")
            seen.add(name.casefold())
            target = folder / f"part-{secrets.token_hex(4)}{PurePosixPath(name).suffix.lower()}"
            with archive.open(part) as source, target.open("xb") as out:
                while chunk := source.read(CHUNK):
                    total += len(chunk)
                    if total > MAX_UNPACKED:
                        raise UnreadableFile(
                            f"{shown} unpacks to more than {MAX_UNPACKED >> 20} MB; send less at once."
                        )
                    out.write(chunk)
            with target.open("rb") as written:
                is_zip = written.read(4) in ZIP
            if is_zip and zip_kind(target, name) == "zip":
                raise UnreadableFile(f"{shown} holds another ZIP file, '{name}'; unpack that one first.")
            taken.append((name, str(target)))
    return taken


def _is_litter(name: str) -> bool:
    """What macOS and Windows add to a ZIP by themselves."""
    path = PurePosixPath(name)
    return path.parts[0] == "__MACOSX" or path.name in (".DS_Store", "Thumbs.db", "desktop.ini")
