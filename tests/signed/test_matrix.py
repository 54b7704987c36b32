"""Role × page × unit: every byte that a browser is sent, in both orders of visiting, with the caches warm."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.signed.bytes import holds_number, holds_text
from tests.signed.page_client import PageClient
from tests.signed.served import Served, cookie_of
from tests.signed.trust import DAYS_OF_DEATHS, PEOPLE, SENSITIVE, STANDARD, WARDS, account

Cell = tuple[str, dict[str, str]]

WHOLE_TRUST = {"board", "owner", "quality", "safety", "analyst"}
OWN_UNITS = {"division": {"W01", "W02", "W04"}, "manager": {"W01"}, "deputy": {"W01"}, "nurse": {"W01"}}
SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"  # else a seeded tenth of the cells for each reader and order
NOBODY = ("admin", "stranger")  # no figure of any unit; a stranger has signed in and has no role
READERS = (*PEOPLE, "stranger")
ABOUT = {"methods", "easy", "accessibility"}
READING = ABOUT | {"", "division", "ward", "measure", "compare", "equity", "improvement"}
WORKING = READING | {"quality", "month", "targets"}
OPENS = {"nurse": READING, "admin": ABOUT | {"access", "history"}, "stranger": set()}
OPENS |= dict.fromkeys(("manager", "division", "deputy"), WORKING)
OPENS |= dict.fromkeys(("board", "owner", "analyst"), WORKING | {"history"})
OPENS |= dict.fromkeys(("quality", "safety"), WORKING | {"history", "upload"})

CELLS: list[Cell] = [
    *[
        ("measure", {"unit": ward, "measure": m})
        for ward in WARDS
        for m in ("falls_all", "lts_days", "suicide_in_care")
    ],
    *[("measure", {"unit": u, "measure": m}) for u in ("TRUST", "LOCAL", "SECURE") for m in ("falls_all", "lts_days")],
    ("measure", {"unit": "LOCAL", "measure": "suicide_in_care"}),
    ("ward", {"unit": "W01"}),
    ("ward", {"unit": "W04"}),
    ("division", {"unit": "LOCAL"}),
    ("", {}),
    ("quality", {"measure": "falls_all"}),
    ("quality", {"measure": "lts_days"}),
    ("month", {"month": "2026-06"}),
    ("upload", {}),
    ("access", {}),
    ("methods", {}),
    ("compare", {"measure": "falls_all"}),
    ("equity", {}),
    ("improvement", {"measure": "falls_all"}),
    ("targets", {}),
    ("history", {}),
    ("easy", {}),
    ("accessibility", {}),
]


def speaks_for(reader: str, ward: str) -> bool:
    return reader in WHOLE_TRUST or ward in OWN_UNITS.get(reader, ())


def sums(figures: dict[str, int]) -> dict[str, int]:
    """The figures above the wards: of each division, and of the trust."""
    found = {"TRUST": sum(figures.values())}
    for ward, division in WARDS.items():
        found[division] = found.get(division, 0) + figures[ward]
    return found


def canaries() -> Iterator[tuple[float, set[str]]]:
    """Each number that stands for a figure, and who may see it: counts, their rates, and the sums above the wards.

    SECURE has two wards: what is sensitive is not shown of it either, for whoever knows one of them would know the other;
    nor of LOCAL, for the trust without it is SECURE.
    """
    everybody = set(READERS) - set(NOBODY)
    for ward in WARDS:
        mine = {reader for reader in READERS if speaks_for(reader, ward)}
        yield STANDARD[ward], mine
        yield STANDARD[ward] / 480 * 1000, mine
        yield SENSITIVE[ward], {"safety"}
        yield 5 * round(SENSITIVE[ward] / 5), mine
    for number in sums(STANDARD).values():
        yield number, everybody
    for code, number in sums(SENSITIVE).items():
        yield number, everybody if code == "TRUST" else {"safety"}


def must_show(reader: str, cell: Cell) -> float | None:
    """The number that a cell is about, where this reader may see it exactly; None where it is about none."""
    page, asked = cell
    unit, measure = asked.get("unit", ""), asked.get("measure", "")
    figures = {"falls_all": STANDARD, "lts_days": SENSITIVE}.get(measure)
    if figures is None or page not in OPENS[reader] or page != "measure":
        return None
    if unit in WARDS:
        exact = speaks_for(reader, unit) and (measure == "falls_all" or reader == "safety")
        return figures[unit] if exact else None
    masked = measure == "lts_days" and unit != "TRUST" and reader != "safety"
    return None if masked else sums(figures)[unit]


@pytest.mark.parametrize("order", ["first", "backwards"])
def test_nobody_is_sent_a_figure_that_is_not_theirs(served: Served, order: str) -> None:
    """Both orders on one server: in the second, whoever comes later finds what others have left in the caches."""
    backwards = -1 if order == "backwards" else 1
    wrong, shown, seen = [], 0, 0
    for reader in READERS[::backwards]:
        cells = CELLS if SLOW else random.Random(reader + order).sample(CELLS, len(CELLS) // 10)
        with PageClient(served.address, cookie_of(served, account(reader))) as client:
            for page, asked in cells[::backwards]:
                data = client.open(page, **asked)
                seen += 1
                for number, may_see in canaries():
                    if reader not in may_see and holds_number(data, number):
                        wrong.append(f"{reader} is sent {number:,.0f} by {page} {asked}")
                number_due = must_show(reader, (page, asked))
                if number_due is not None:
                    shown += 1
                    if not holds_number(data, number_due):
                        wrong.append(f"{reader} is not shown {number_due:,.0f} by {page} {asked}")
                wrong += _words(reader, page, asked, data)
    print(f"{seen} pages, {shown} figures that must be there, {len(wrong)} wrong")
    assert wrong == [], wrong
    assert shown > (20 if SLOW else 2)


def _words(reader: str, page: str, asked: dict[str, str], data: bytes) -> Iterator[str]:
    """Days of deaths, other people's accounts, pages that are not theirs."""
    for day in DAYS_OF_DEATHS.values():
        if reader != "safety" and holds_text(data, day):
            yield f"{reader} is sent the day of a death by {page} {asked}"
    others = [name for name in PEOPLE if name != reader and holds_text(data, account(name))]
    may_know = {"admin": ("access", ""), "manager": ("month",)}  # a manager sees the own deputies
    if others and page != "history" and page not in may_know.get(reader, ()):  # which says who decided what
        yield f"{reader} is sent the accounts of {others} by {page}"
    for address, title in (("upload", "Upload an extract"), ("month", "Versions named for a meeting")):
        if page == address and holds_text(data, title) and address not in OPENS[reader]:
            yield f"{reader} opens {page}"


def test_only_the_patient_safety_lead_is_shown_the_deaths_of_a_ward(served: Served) -> None:
    name = "Deaths by suspected suicide"
    for reader in READERS:
        with PageClient(served.address, cookie_of(served, account(reader))) as client:
            data = client.open("ward", unit="W01")
            assert holds_text(data, name) == (reader == "safety"), reader


def test_the_menu_has_the_pages_of_the_role_alone(served: Served) -> None:
    for reader in READERS:
        with PageClient(served.address, cookie_of(served, account(reader))) as client:
            client.open("methods")
            assert client.menu == OPENS[reader], reader


def test_without_a_session_nothing_is_shown_but_the_door(served: Served) -> None:
    with PageClient(served.address, {}) as client:
        for page, asked in CELLS:
            data = client.open(page, **asked)
            assert holds_text(data, "Sign in")
            assert not holds_text(data, "Maple") and not holds_text(data, "Own trust")
            assert client.menu == set()
