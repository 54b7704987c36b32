"""A trust of three wards with as many falls and deaths as a test wants, and an edition of it that the board has signed off."""

from collections.abc import Iterable, Mapping
from datetime import date

from data.access import operator
from data.catalogue import shipped_catalogue
from data.config import Home
from data.deciding import approve_now, decide_now
from data.editions import Edition, name_edition, signed_editions
from data.ingest.intake import intake
from data.store import Store
from pages.shared.easy.content import PUBLIC
from tests.conftest import TODAY, UNITS, approve_policy

FIRST, LAST = "2024-04-01", "2026-08-31"
MONTHS = [f"{2024 + t // 12}-{t % 12 + 1:02d}" for t in range(3, 32)]
WARDS = {"W01": MONTHS, "W02": MONTHS, "W03": MONTHS[:15]}  # the third closes
OPEN = [(month, ward) for ward, months in WARDS.items() for month in months]
EVENTS = "day,unit,measure,event_reference,revision,severity,status,covers_from,covers_to\n"


def make(home: Home, falls: Mapping[str, int], deaths: Iterable[str] | None = ()) -> Home:
    """Such a trust, with nothing signed off yet; without `deaths` nobody has spoken of any."""
    _load(home, UNITS, "units.csv")
    days = "".join(f"{month},{ward},occupied_bed_days,480\n" for month, ward in OPEN)
    _load(home, f"month,unit,kind,value\n{days}", "days.csv")
    approve_policy(home)
    return fill(home, falls, deaths)


def fill(home: Home, falls: Mapping[str, int], deaths: Iterable[str] | None = ()) -> Home:
    """Falls by month, all on the first ward, and deaths by day, instead of what was there."""
    fell = "".join(f"{m},{w},falls_all,{falls.get(m, 0) if w == 'W01' else 0}\n" for m, w in OPEN)
    _load(home, f"month,unit,measure,numerator\n{fell}", "falls.csv")
    if deaths is not None:
        died = [f"{day},W01,suicide_in_care,D{i},1,fatal,suspected,{FIRST},{LAST}\n" for i, day in enumerate(deaths)]
        _load(home, f"{EVENTS}{''.join(died)},*,suicide_in_care,,,,,{FIRST},{LAST}\n", "deaths.csv")
    return home


def _load(home: Home, content: str, name: str) -> None:
    path = home.root.with_name(name)
    path.write_text(content, encoding="utf-8")
    with intake(home, shipped_catalogue(), path, today=TODAY) as extract:
        extract.accept("tester")


def sign_off(home: Home, on: date = date(2026, 9, 30)) -> Edition:
    """The version of now, named by one and signed off by another."""
    proposal = name_edition("Board", on, opened(home).published.version, date(2026, 8, 31))
    (number,) = decide_now(home, [proposal], operator("Sam"))
    approve_now(home, number, operator("Alex"), "Read.")
    return next(each for each in signed_editions(opened(home), PUBLIC) if each.decision_id == number)


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store
