"""What somebody asks a pack for, and the figures that answer it: whose eyes, which month, which version."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from data.access import Reader, Role, operator
from data.config import Home
from data.editions import Edition, open_edition, signed_editions
from data.record import StoreError
from data.store import Store
from data.tree import Unit
from pages.reports.opened import opened
from pages.reports.pack.provenance import Provenance
from pages.shared import words
from pages.shared.analysis import Analysis, Reading, analyse

BOARD, PUBLIC, DIVISION, WARD = "board", "public", "division", "ward"
LEVELS = {DIVISION: ("division", "service"), WARD: ("ward", "team")}
ROLES = {DIVISION: Role.DIVISION_LEAD, WARD: Role.WARD_MANAGER}
LANDSCAPE, PORTRAIT = "landscape", "portrait"


@dataclass(frozen=True)
class Request:
    """`audience`: board, public, division:UNIT or ward:UNIT, by code or by name. `known_at`: a position of the record.

    `again`: what a pack said of itself, to make that very one again. `by`: who asks; what is made for the public is recorded
    in their name.
    """

    audience: str
    month: np.datetime64
    orientation: str = LANDSCAPE
    known_at: int | None = None
    again: Provenance | None = None
    by: Reader = field(default_factory=lambda: operator("command line"))


@dataclass(frozen=True)
class Answered:
    """The figures of a request. `audience` names its unit by code; `unit` is what the pack is about.

    `version` and `built_on` are those that the pack stands for: the figures may be read from a later version, as known then.
    """

    request: Request
    audience: str
    store: Store
    who: Reader
    version: int
    built_on: date
    known_at: int
    edition: Edition | None
    analysis: Analysis
    unit: Unit

    @property
    def month(self) -> np.datetime64:
        return self.request.month

    @property
    def trust(self) -> str:
        """The name of the trust, whatever the pack is about."""
        top = (u.name for u in self.store.unit_names if u.level == "trust")
        return next(top, self.store.branding.name)

    @property
    def as_known_at(self) -> int | None:
        """For the questions to the store: None for its own version."""
        return None if self.known_at == self.store.published.version else self.known_at


def answer(home: Home, request: Request) -> Answered:
    """Open the figures and compute every reading. Raises StoreError where there are none of that month, or no such unit."""
    current = opened(home)
    words.CLOCK.set(current.branding.time_zone)
    kind, unit = _audience(request.audience, current)
    who = Reader(ROLES[kind], units=(unit.code,)) if kind in ROLES else Reader(Role.BOARD_MEMBER)
    edition, store, known_at = _again(current, who, request.again) if request.again else _first(current, who, request)
    analysis = analyse(store, who, None if known_at == store.published.version else known_at)
    _refuse_other_month(analysis, request.month)
    version, built_on = store.published.version, store.version(who).built_at.date()
    if request.again:
        version, built_on = request.again.version, date.fromisoformat(request.again.built_on)
    return Answered(request, _name(kind, unit), store, who, version, built_on, known_at, edition, analysis, unit)


def answer_wards(home: Home, request: Request) -> Iterator[Answered]:
    """The same for every open ward and team with figures, by name; all readings are computed once.

    What a ward manager sees of their own ward is what anybody who works here sees of it, so one analysis serves them all.
    """
    whole = answer(home, replace(request, audience=BOARD))
    by_unit: dict[str, dict[tuple[str, str], Reading]] = {}
    for key, reading in whole.analysis.readings.items():
        by_unit.setdefault(reading.unit.code, {})[key] = reading
    whole = replace(
        whole, analysis=replace(whole.analysis, readings={})
    )  # a ward's readings go when its report is made
    wards = [u for u in whole.store.unit_names if u.level in LEVELS[WARD] and u.closed is None and u.code in by_unit]
    for unit in sorted(wards, key=lambda u: u.name):
        yield replace(
            whole,
            audience=_name(WARD, unit),
            who=Reader(ROLES[WARD], units=(unit.code,)),
            analysis=replace(whole.analysis, readings=by_unit.pop(unit.code)),
            unit=unit,
        )


def _first(current: Store, who: Reader, request: Request) -> tuple[Edition | None, Store, int]:
    """The edition of the month where there is one, else the figures as they were before anything of a later month came."""
    edition = _edition(current, who, request)
    if edition is not None:
        return edition, open_edition(current.home, edition), edition.version
    return None, current, _position(current, who, request)


def _again(current: Store, who: Reader, made: Provenance) -> tuple[Edition | None, Store, int]:
    """The very figures of a pack: its version where that is kept, else the current one as known then."""
    edition = next((e for e in signed_editions(current, who) if e.decision_id == made.edition), None)
    if made.edition and edition is None:
        raise StoreError("The edition of this pack is not signed off here any more, or its figures are gone.")
    if made.version > current.published.version:
        raise StoreError(f"This pack is of version {made.version}, and the store ends at {current.published.version}.")
    return edition, Store.open(current.home, made.version) or current, made.known_at


def audience_name(asked: str, store: Store) -> str:
    """An audience as a pack carries it: its unit by code, whichever way it was asked for. Raises StoreError."""
    return _name(*_audience(asked, store))


def _name(kind: str, unit: Unit) -> str:
    return f"{kind}:{unit.code}" if kind in ROLES else kind


def _audience(asked: str, store: Store) -> tuple[str, Unit]:
    """The kind of pack and its unit."""
    kind, _, name = asked.partition(":")
    units = store.unit_names
    if kind in (BOARD, PUBLIC) and not name:
        top = next((u for u in units if u.level == "trust"), None)
        if top is None:
            raise StoreError("The store holds no trust of its own yet; load the units feed first.")
        return kind, top
    if kind not in LEVELS or not name:
        raise StoreError(f"A pack is for public, board, division:NAME or ward:NAME, not '{asked}'.")
    wanted = name.casefold()
    here = [u for u in units if u.level in LEVELS[kind]]
    found = [u for u in here if wanted in (u.code.casefold(), u.name.casefold(), _short(u, kind))]
    if len(found) != 1:
        known = words.and_so_on(sorted(f"{u.code} ({u.name})" for u in here), 12)
        raise StoreError(f"There is no {kind} '{name}'; there are {known}." if not found else _twice(kind, name, found))
    return kind, found[0]


def _short(unit: Unit, kind: str) -> str:
    return unit.name.casefold().removesuffix(f" {kind}")


def _twice(kind: str, name: str, found: list[Unit]) -> str:
    return f"More than one {kind} is called '{name}'; name one by its code: {', '.join(u.code for u in found)}."


def _edition(store: Store, who: Reader, request: Request) -> Edition | None:
    """The newest signed-off edition of the month; the public is shown nothing else."""
    if request.known_at is not None:
        return next((e for e in signed_editions(store, who) if e.version == request.known_at), None)
    mine = [e for e in signed_editions(store, who) if np.datetime64(e.data_up_to, "M") == request.month]
    if not mine and request.audience == PUBLIC:
        known = sorted({e.data_up_to for e in signed_editions(store, who)})
        months = words.and_so_on([words.month_name(day, short=False) for day in known[-3:]]) or "none"
        raise StoreError(
            f"No figures up to {words.month_name(request.month, short=False)} are signed off, and the public is shown no "
            f"others (signed off: {months}); name an edition on the page This month and let somebody sign it off."
        )
    return max(mine, key=lambda e: (e.version, e.decision_id), default=None)


def _position(store: Store, who: Reader, request: Request) -> int:
    """The position asked for; else the newest at which nothing of a later month had come."""
    if request.known_at is not None:
        if not 0 < request.known_at <= store.published.version:
            raise StoreError(f"The record ends at position {store.published.version}; --known-at names none after it.")
        return request.known_at
    table = store.arrivals(who)
    months = np.asarray(table["month"], dtype="datetime64[M]")
    later = table["position"].to_numpy()[months > request.month]
    return int(later.min()) - 1 if later.size else store.published.version


def _refuse_other_month(analysis: Analysis, month: np.datetime64) -> None:
    if analysis.panel.is_empty:
        raise StoreError(
            f"The figures of {words.month_name(month, short=False)} came together with those of later months, or there are none "
            "for this audience; name a later month, or a version with --known-at."
        )
    newest = analysis.panel.newest
    if newest != month:
        raise StoreError(
            f"The figures asked for end at {words.month_name(newest, short=False)}, not at "
            f"{words.month_name(month, short=False)}; name that month, or another version with --known-at."
        )
