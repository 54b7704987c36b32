"""Copies of the whole store that are known to be whole: made while readers read, checked before they are trusted."""

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from data.audit import now
from data.catalogue import load_catalogue
from data.config import CODE_VERSION, Home
from data.database import detach
from data.files import sha256_of, sync_file, sync_folder, write_atomically
from data.publish import ensure_published
from data.record import StoreError, stored_only, transaction, writing
from data.verify import problems, verify

MANIFEST = "manifest.json"
LAYOUT = 1
SKIPPED = ("record.lock", "mail.lock", "last_backup.json")  # what is this folder's own, and no backup's
Say = Callable[[str], None]


def back_up(home: Home, folder: Path, who: str, say: Say = lambda _: None) -> Path:
    """A copy of the store in a new folder under `folder`; gives its path. Raises StoreError.

    The lock is held while the record is copied, so a load waits for seconds and readers do not wait at all. The copy is
    made beside, flushed, and named last: a backup that can be seen is whole.
    """
    if not home.has_record:
        raise StoreError(f"{home.root} holds no record; there is nothing to back up.")
    folder = folder.resolve()
    if folder == home.root or home.root in folder.parents:
        raise StoreError("A backup inside the store is lost with it; name a folder elsewhere.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be written ({error.strerror}); no backup was made.") from error
    try:
        with writing(home) as writer:
            with transaction(writer, who, "backup", {"folder": str(folder)}):
                pass
            detach(writer.con, "record")  # checkpointed, and no log beside it
            say("Copying …")
            files = _copy(home, scratch)
        say("Checking …")
        manifest = {"layout": LAYOUT, "made_at": now().isoformat(), "code_version": CODE_VERSION, "files": files}
        write_atomically(scratch / MANIFEST, json.dumps(manifest, indent=1).encode())
        check_backup(scratch)
        target = _free_name(folder)
        scratch.rename(target)
        sync_folder(folder)
        with suppress(OSError):  # the backup is made; without a note of it the next look asks for one
            _note(home, manifest["made_at"])
        return target
    except OSError as error:
        raise StoreError(
            f"The backup could not be made in {folder} ({error.strerror}); the store is unchanged."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _note(home: Home, made_at: object) -> None:
    """Note when the last backup was made, for /healthz and `doctor`; not where, and nothing of what is in it."""
    write_atomically(home.last_backup, json.dumps({"made_at": made_at, "code_version": CODE_VERSION}).encode())


def _copy(home: Home, target: Path) -> dict[str, str]:
    hashes = {}
    for path in sorted(home.root.rglob("*")):
        name = path.relative_to(home.root)
        if (
            not path.is_file()
            or name.name in SKIPPED
            or name.suffix in (".tmp", ".building")
            or name.parts[0] == "sample"
        ):
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)
        shutil.copymode(path, target / name)
        sync_file(target / name)
        hashes[name.as_posix()] = sha256_of(target / name)
    return hashes


def _free_name(folder: Path) -> Path:
    stamp = f"zero-harm-{now():%Y%m%dT%H%M%S}"
    names = [stamp, *(f"{stamp}-{n}" for n in range(2, 100))]
    return next(folder / name for name in names if not (folder / name).exists())


def check_backup(backup: Path) -> dict[str, str]:
    """The files of a backup with their hashes. Raises StoreError where one is missing, damaged or not in the list."""
    try:
        manifest = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        layout = int(manifest["layout"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{backup} is no backup: its {MANIFEST} cannot be read.") from error
    if layout > LAYOUT:
        raise StoreError(f"{backup} was made by a newer version of the dashboard; install that version.")
    for name, digest in files.items():
        path = backup / name
        if not path.is_file():
            raise StoreError(f"{backup} is not whole: {name} is missing; use an older backup.")
        if sha256_of(path) != digest:
            raise StoreError(f"{backup} is damaged: {name} is not what was copied; use an older backup.")
    return files


def restore(backup: Path, home: Home, who: str, say: Say = lambda _: None) -> int:
    """Put a backup into an empty home, prove it and publish it; gives the version. Raises StoreError.

    Nothing is put in place before the copy has been proved: a home that can be seen is whole.
    """
    if home.root.exists() and any(path.name != "record.lock" for path in home.root.iterdir()):
        raise StoreError(f"{home.root} is not empty; restore into an empty folder (ZERO_HARM_HOME) and switch over.")
    files = check_backup(backup)
    try:
        home.root.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home.root.parent))
    except OSError as error:
        raise StoreError(f"{home.root.parent} cannot be written ({error.strerror}); nothing was restored.") from error
    try:
        say("Copying …")
        for name in files:
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(backup / name, scratch / name)
            shutil.copymode(backup / name, scratch / name)
            sync_file(scratch / name)
        made = Home(scratch, home.is_sample)
        catalogue = load_catalogue(made.measures)
        say("Proving …")
        wrong = problems(verify(made, catalogue))
        if wrong:
            raise StoreError(f"{backup} does not hold together: {wrong[0]} Use an older backup.")
        with writing(made) as writer, transaction(writer, who, "restore", {"backup": backup.name}):
            pass
        version = ensure_published(made, catalogue)
        made.lock.unlink(missing_ok=True)
        shutil.rmtree(home.root, ignore_errors=True)
        scratch.rename(home.root)
        sync_folder(home.root.parent)
        return version
    except OSError as error:
        raise stored_only(home.root, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
