"""Who is told of signals: those who hold a role that answers for units, at the address that they sign in with."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from data.access import Reader, Role
from data.addresses import is_address
from data.config import Home
from data.grants import GROUP, Grant, read_grants, roles_of
from data.sessions import Identity

ROLES = (Role.WARD_MANAGER, Role.DIVISION_LEAD, Role.QI_LEAD)


@dataclass(frozen=True)
class Person:
    """One address with the roles in which its holder is told; `usual` is the role that the dashboard opens in for them."""

    address: str
    readers: tuple[Reader, ...]
    usual: Role


def people(home: Home, now: datetime) -> Iterator[Person]:
    """Everybody who is told, by address."""
    grants, seen = read_grants(home), set()
    for grant in sorted(_in_force(grants, now.date()), key=lambda each: each.person.casefold()):
        account = grant.person.strip()
        if is_address(account) and account.casefold() not in seen:
            seen.add(account.casefold())
            held = roles_of(grants, Identity(account, account, (), now), now.date())
            yield Person(account, tuple(held[role] for role in ROLES if role in held), next(iter(held)))


def without_address(home: Home, today: date) -> list[str]:
    """The accounts and groups with such a role whose address nobody has said, by name."""
    found = {grant.person for grant in _in_force(read_grants(home), today)}
    return sorted(each for each in found if each.startswith(GROUP) or not is_address(each.strip()))


def without_name(who: Reader) -> Reader:
    """Whoever sees the same: what is computed for one holds for all of them."""
    return replace(who, measures=(), account="", name="", grants=(), groups=())


def _in_force(grants: tuple[Grant, ...], today: date) -> Iterator[Grant]:
    yield from (each for each in grants if each.role in ROLES and (each.ends_on is None or today <= each.ends_on))
