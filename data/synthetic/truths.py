"""What is planted in the sample trust, in one table: the tests ask the system to find each of these and nothing else.

Months are counted from the first (0) to the newest (59).
"""

from dataclasses import dataclass

N_MONTHS = 60
NEWEST = N_MONTHS - 1


@dataclass(frozen=True)
class Truth:
    """One planted truth: what happens, to which measures, on which units, from month to month (both included)."""

    id: str
    what: str
    measures: tuple[str, ...]
    units: tuple[str, ...]
    first: int
    last: int = NEWEST
    size: float = 1.0


PROGRAMME = Truth(
    "programme",
    "A restraint programme lowers every kind of restraint by 40 % on the pilot wards.",
    ("restraint_all", "restraint_physical", "rapid_tranq", "seclusion", "restraint_people"),
    ("W01", "W02", "W03", "W04", "W05", "W06", "W25", "W26"),
    30,
    size=0.6,
)
WORSE = Truth("worse", "Self-harm doubles on one ward.", ("self_harm",), ("W10",), 47, size=2.2)
SILENT = Truth(
    "silent", "A ward that records five falls a month sends none for five months.", ("falls_all",), ("W22",), 55
)
NO_BED_DAYS = Truth("no_bed_days", "One ward's bed-day return is missing for a month.", (), ("W14",), 50, 50)
LATE = Truth("late", "Late entries fill the newest two months only with later loads.", (), (), 58)
MOVED = Truth("moved", "A ward moves from the Local to the Community division.", (), ("W24",), 36)
MERGED = Truth("merged", "Two wards close and one opens in their place.", (), ("W20", "W21", "W63"), 40)
REDEFINED = Truth(
    "redefined",
    "The incident system changes: medication incidents are counted in another way.",
    ("med_errors",),
    (),
    33,
    size=1.6,
)
RECLASSIFIED = Truth(
    "reclassified",
    "An inquest reaches another conclusion about a suspected suicide; the load of the last month brings it.",
    ("suicide_in_care",),
    ("W57",),
    47,
    58,
)
CLUSTER = Truth(
    "cluster", "Six falls that cause harm within three weeks on one ward.", ("falls_harm",), ("W16",), 55, 55, 6
)

BASICS = Truth(
    "basics",
    "The basics get steadily better everywhere: by so much a month on the log-odds scale.",
    ("care_plan_on_time", "physical_health_6", "check_glucose", "appointment_info"),
    (),
    0,
    size=0.01,
)

TRUTHS = (PROGRAMME, WORSE, SILENT, NO_BED_DAYS, LATE, MOVED, MERGED, REDEFINED, RECLASSIFIED, CLUSTER, BASICS)

# How much of the newest month, and of the one before it, has been entered when they are first loaded.
ENTERED = (0.72, 0.9)


def effect(measure_id: str, unit_code: str, month: int) -> float:
    """By what the rate of a measure on a unit is multiplied in a month."""
    factor = 1.0
    for truth in (PROGRAMME, WORSE, REDEFINED):
        if (
            measure_id in truth.measures
            and (unit_code in truth.units or not truth.units)
            and truth.first <= month <= truth.last
        ):
            factor *= truth.size
    return factor
