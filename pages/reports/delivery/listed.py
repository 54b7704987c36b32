"""Who is to have a pack, and whether they may: a list says the one, their roles the other."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from data.access import Reach, Reader
from data.addresses import unit_of
from data.config import Home
from data.delivery import Recipients
from data.grants import read_grants, roles_of
from data.sessions import Identity
from data.store import Store

PUBLIC, BOARD = "public", "board"


def each_once(lists: Iterable[Recipients]) -> Iterator[tuple[str, Recipients]]:
    """Each address with the oldest list that it is on."""
    seen: set[str] = set()
    for listed in lists:
        for address in listed.people:
            if address.casefold() not in seen:
                seen.add(address.casefold())
                yield address, listed


def may_have(home: Home, store: Store, address: str, audience: str) -> bool:
    """Whether a pack may go to an address: a public one to any, others where a role of theirs reaches all that is in it."""
    return audience == PUBLIC or any(_covers(store, who, audience) for who in _readers(home, address))


def _readers(home: Home, address: str) -> Iterable[Reader]:
    """Whoever signs in under this address, in each of their own roles; what a group may is not known of an address."""
    now = datetime.now(UTC)
    return roles_of(read_grants(home), Identity(address, address, (), now), now.date()).values()


def _covers(store: Store, who: Reader, audience: str) -> bool:
    if audience == BOARD:
        return who.reach is Reach.TRUST
    code = unit_of(audience)
    return bool(code) and who.speaks_for(store.tree(who).paths.get(code or "", (code or "",)))
