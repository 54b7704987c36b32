"""A trust's own store with figures that are found again wherever they come to stand: each is its own, and large."""

from dataclasses import dataclass
from pathlib import Path

from data.access import operator
from data.catalogue import shipped_catalogue
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.ingest.intake import intake
from tests.conftest import TODAY, approve_policy

UNITS = """code,name,level,parent,valid_from,peer_group,beds,valid_to,follows
TRUST,Own trust,trust,,2024-01-01,,,,
LOCAL,Local division,division,TRUST,2024-01-01,,,,
SECURE,Secure division,division,TRUST,2024-01-01,,,,
W01,Maple ward,ward,LOCAL,2024-01-01,acute,18,,
W02,Oak ward,ward,LOCAL,2024-01-01,acute,16,,
W03,Elm ward,ward,SECURE,2024-01-01,secure,12,,
W04,Ivy ward,ward,LOCAL,2024-01-01,acute,12,,
W05,Yew ward,ward,SECURE,2024-01-01,secure,12,,
"""
WARDS = {"W01": "LOCAL", "W02": "LOCAL", "W04": "LOCAL", "W03": "SECURE", "W05": "SECURE"}
MONTHS = [f"{2024 + t // 12}-{t % 12 + 1:02d}" for t in range(33)]  # up to September 2026
MONTH = "2026-06"  # in which the canaries stand
# Numbers so long that nothing else is one of them, wherever they stand; none of them is a multiple of five.
STANDARD = {"W01": 7919317, "W02": 6841433, "W03": 5927659, "W04": 2459713, "W05": 1733467}  # falls_all in MONTH
SENSITIVE = {"W01": 3163871, "W02": 3343927, "W03": 3527183, "W04": 4271693, "W05": 4639429}  # lts_days in MONTH
DEATHS = {"W01": 3, "W02": 2, "W03": 4}
DAYS_OF_DEATHS = {"W01": "2025-03-17", "W02": "2025-07-23", "W03": "2025-10-19"}
PEOPLE = {
    "board": {"role": "board_member"},
    "owner": {"role": "executive_owner", "measures": ["falls_all"]},
    "division": {"role": "division_lead", "units": ["LOCAL"]},
    "manager": {"role": "ward_manager", "units": ["W01"]},
    "deputy": {"role": "deputy", "units": ["W01"]},
    "nurse": {"role": "staff", "units": ["W01"]},
    "quality": {"role": "qi_lead"},
    "safety": {"role": "patient_safety_lead"},
    "analyst": {"role": "analyst"},
    "admin": {"role": "administrator"},
}


@dataclass(frozen=True)
class Person:
    account: str
    role: str


def account(name: str) -> str:
    return f"{name}@trust.example"


def make_trust(root: Path, scratch: Path) -> Home:
    """The store, with its policy approved and everybody's role."""
    home = Home(root)
    days = "".join(f"{month},{ward},occupied_bed_days,480\n" for month in MONTHS for ward in WARDS)
    falls = "".join(
        f"{month},{ward},falls_all,{STANDARD[ward] if month == MONTH else 12 + t % 7}\n"
        for t, month in enumerate(MONTHS)
        for ward in WARDS
    )
    segregation = "".join(
        f"{month},{ward},lts_days,{SENSITIVE[ward] if month == MONTH else 31}\n" for month in MONTHS for ward in WARDS
    )
    deaths = "".join(
        f"{DAYS_OF_DEATHS[ward][:8]}{int(DAYS_OF_DEATHS[ward][8:]) + n:02d},{ward},suicide_in_care,R{ward}{n},fatal,"
        "suspected\n"
        for ward, count in DEATHS.items()
        for n in range(count)
    )
    _load(home, scratch, "units.csv", UNITS)
    _load(home, scratch, "days.csv", "month,unit,kind,value\n" + days)
    _load(home, scratch, "falls.csv", "month,unit,measure,numerator\n" + falls + segregation)
    head = "day,unit,measure,event_reference,severity,status\n"
    _load(home, scratch, "deaths.csv", head + deaths, first="2024-01-01", last="2026-09-30")
    approve_policy(home)
    grants = [
        Proposal("grant", "Of the tests.", detail={"person": account(name), **detail})
        for name, detail in PEOPLE.items()
    ]
    decide_now(home, grants, operator("set-up"))
    return home


def _load(home: Home, scratch: Path, name: str, text: str, first: str = "", last: str = "") -> None:
    from datetime import date

    path = scratch / name
    path.write_text(text, encoding="utf-8")
    covers = (date.fromisoformat(first), date.fromisoformat(last)) if first else None
    with intake(home, shipped_catalogue(), path, covers=covers, today=TODAY) as extract:
        assert not extract.problems, extract.problems[:3]
        extract.accept("set-up")
