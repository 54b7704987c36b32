"""Mail addresses, and what the decisions that name them must state: who gets which pack, and who was told of what."""

import re
from typing import Any

SENDS = ("file", "link")
WHOLE = ("board", "public")
OF_A_UNIT = ("division", "ward")
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets, its brackets included
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
MOST_PEOPLE = 200
LONGEST_KEY = 300
# The forms that people have, and no more: no quoted parts, comments, domains in brackets or letters beyond ASCII.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def is_address(text: object) -> bool:
    """Whether it is one mail address and nothing else, as a mail server will take it."""
    if not isinstance(text, str) or len(text) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        return False
    return len(text.partition("@")[0]) <= LONGEST_LOCAL_PART


def check_recipients(detail: dict[str, Any]) -> None:
    """Raises ValueError where a list of recipients names no people, no pack of ours, or no way of sending it."""
    people = detail["people"]
    if not isinstance(people, list) or not people or len(people) > MOST_PEOPLE:
        raise ValueError(f"A list of recipients names from 1 to {MOST_PEOPLE} mail addresses.")
    for each in people:
        _check_address(each)
    if len({each.casefold() for each in people}) < len(people):
        raise ValueError("A list of recipients names each address once.")
    if unit_of(detail["pack"]) is None:
        raise ValueError(f"A pack is board, public, division:CODE or ward:CODE, not '{detail['pack']}'.")
    if detail["sends"] not in SENDS:
        raise ValueError(f"A pack is sent as a {' or as a '.join(SENDS)}, not as '{detail['sends']}'.")


def check_told(detail: dict[str, Any]) -> None:
    """Raises ValueError where it is not said who was told, or of what."""
    _check_address(detail["person"])
    keys = detail["keys"]
    if not isinstance(keys, list) or not keys:
        raise ValueError("What somebody was told of is a list of keys, and not an empty one.")
    if not all(isinstance(key, str) and 0 < len(key) <= LONGEST_KEY for key in keys):
        raise ValueError(f"A key is a text of 1 to {LONGEST_KEY} characters.")


def unit_of(pack: object) -> str | None:
    """The code of the unit that a pack is about, '' for the whole trust; None where it names no pack."""
    kind, colon, code = pack.partition(":") if isinstance(pack, str) else ("", "", "")
    if kind in WHOLE and not colon:
        return ""
    return code if kind in OF_A_UNIT and code.strip() else None


def _check_address(text: object) -> None:
    if not is_address(text):
        raise ValueError(f"'{text}' is no mail address such as name@trust.example.")
