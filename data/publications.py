"""What was published: each pack's figures as a file, and a decision that says so. It cannot be taken back.

What everybody has seen once can be set beside what they are shown next, so every later audit reads it (methods.md,
section 8). The list is published alone in a small file, as grants are; the files stand in a folder of their own.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from data.access import Action, Reader, Thing, authorise
from data.config import Home
from data.database import rows
from data.decisions import Proposal, decide
from data.files import write_atomically
from data.grants import refuse_withdrawn
from data.record import StoreError, Writing, writing

KIND = "publication"
LAYOUT = 1
REASON = "Made for the public."


@dataclass(frozen=True)
class Publication:
    """One pack that was published: which, for whom, of which edition and version, up to when, and the hash of its figures."""

    decision_id: int
    pack: str
    audience: str
    edition: str
    version: int
    month: str
    after: int
    sha256: str


def publications(home: Home) -> tuple[Publication, ...]:
    """Everything that was published, oldest first. Raises StoreError where the list cannot be read."""
    try:
        told = json.loads(home.published_packs.read_text(encoding="utf-8"))
        if told["layout"] != LAYOUT:
            raise ValueError("another layout")
        return tuple(Publication(**each) for each in told["publications"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{home.published_packs.name}, the list of what was published, cannot be read, so nothing more is; run "
            "'python -m data publish'."
        ) from error


def content_of(home: Home, publication: Publication) -> bytes:
    """The figures of a publication, as they were. Raises StoreError where the file is missing or altered."""
    path = home.publications / f"{publication.sha256}.json"
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != publication.sha256:
        raise StoreError(
            f"The figures of the pack for {publication.month} (decision {publication.decision_id}) in {path.name} are missing "
            "or altered, and nothing can be published without them; put the file back from a backup."
        )
    return content


def remember(home: Home, figures_json: bytes, detail: dict[str, Any], who: Reader) -> int:
    """Record a publication before anybody is given it; gives its number, the same again for the same figures.

    `detail`: pack, audience, edition, version, month, and `after`, the newest publication that its audit knew of (0: none).
    Raises StoreError where another was published meanwhile, and NotForThisReader.
    """
    digest = hashlib.sha256(figures_json).hexdigest()
    with writing(home) as writer:
        refuse_withdrawn(writer, who)
        authorise(who, Action.PROPOSE, Thing(kind=KIND))
        known = _told(writer)
        mine = [one for one in known if _same(one, detail | {"sha256": digest})]
        if mine:
            return int(mine[0]["decision_id"])
        if detail["after"] != max((one["decision_id"] for one in known), default=0):
            raise StoreError(
                "Another pack was published meanwhile; make this one again, so that it is set beside that one."
            )
        home.publications.mkdir(mode=0o700, exist_ok=True)
        write_atomically(home.publications / f"{digest}.json", figures_json)
        number = decide(writer, Proposal(KIND, REASON, detail=detail | {"sha256": digest}), who.signature)
        publish_publications(writer)
    return number


def publish_publications(writer: Writing) -> None:
    """Write the list from the record."""
    writer.home.published.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"layout": LAYOUT, "publications": _told(writer)}, indent=1, ensure_ascii=False)
    write_atomically(writer.home.published_packs, text.encode())


def _same(one: dict[str, Any], detail: dict[str, Any]) -> bool:
    """What comes after may differ: the same figures are the same publication."""
    return all(one[key] == value for key, value in detail.items() if key != "after")


def _told(writer: Writing) -> list[dict[str, Any]]:
    return [{"decision_id": number} | json.loads(detail) for number, detail in rows(writer.con, "staging/publications")]


def problems_of_publications(writer: Writing) -> tuple[int, tuple[str, ...]]:
    """How many there are in the record, and what is wrong with their files or their list."""
    found = [Publication(**each) for each in _told(writer)]
    wrong = []
    for one in found:
        try:
            content_of(writer.home, one)
        except StoreError as error:
            wrong.append(str(error))
    try:
        if found and publications(writer.home) != tuple(found):
            wrong.append("The list of what was published is not that of the record; run 'python -m data publish'.")
    except StoreError as error:
        wrong.append(str(error))
    return len(found), tuple(wrong)
