"""What a measure is: the thing counted, what it is counted against, and which way is better.

A `Measure` is a description, never a figure. The catalogue (`data/catalogue.py`) reads them from
`data/measures/*.toml`.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    HARM = "harm"
    DEATH = "death"
    PROCESS = "process"
    EXPERIENCE = "experience"
    CULTURE = "culture"


class Direction(StrEnum):
    """Which way is better for what is counted."""

    LOWER = "lower"
    HIGHER = "higher"
    NEUTRAL = "neutral"


class Sensitivity(StrEnum):
    """How closely a figure could point to a person: decides who sees it exactly (`data/access.py`)."""

    STANDARD = "standard"
    SENSITIVE = "sensitive"
    DEATH = "death"


class Goal(StrEnum):
    """The Perfect Care goals, in the order in which the board reads them."""

    ZERO_SUICIDE = "zero_suicide"
    NO_FORCE_FIRST = "no_force_first"
    FALLS = "falls"
    MEDICATION = "medication"
    SELF_HARM = "self_harm"
    ASSAULTS = "assaults"
    SEGREGATION = "segregation"
    DEPRESSION = "depression"
    PHYSICAL_HEALTH = "physical_health"
    JUST_CULTURE = "just_culture"
    BASICS = "basics"


class Dimension(StrEnum):
    """The six dimensions of quality (Institute of Medicine, 2001; "positively experienced" is its person-centred)."""

    SAFE = "safe"
    EFFECTIVE = "effective"
    POSITIVELY_EXPERIENCED = "positively_experienced"
    TIMELY = "timely"
    EQUITABLE = "equitable"
    EFFICIENT = "efficient"


# "none": a figure without a chart, such as a yearly survey or a comparison between groups.
CHARTS = ("run", "xmr", "c", "u", "u_prime", "p", "p_prime", "t", "none")
PROPORTIONS = ("p", "p_prime")
EXPOSURES = ("occupied_bed_days", "admissions", "discharges", "caseload", "contacts", "doses")


@dataclass(frozen=True)
class Standard:
    """A level that somebody outside asks for: not the trust's own goal."""

    value: float
    label: str
    source: str


@dataclass(frozen=True)
class Measure:
    """One thing that is counted every month.

    `exposure` names the kind of the exposure feed that divides the numerator; without one the denominator comes with
    the extract (`denominator` says what it is) or, when that is empty too, the count stands alone. `multiplier` turns
    numerator/denominator into the unit shown. `months` is the length of a reporting period. `settles_after_months`
    says how many of the newest months may still grow. `breakdown`: by what groups of people it is there to be compared.
    `people`: the measure that counts the people to whom
    the same things happened.
    """

    id: str
    name: str
    plural: str
    why: str
    easy_read: str
    goal: Goal
    dimension: Dimension
    kind: Kind
    direction: Direction
    chart: str
    numerator: str
    denominator: str
    unit: str
    source: str
    owner: str
    multiplier: float = 1.0
    exposure: str | None = None
    additive: bool = True
    months: int = 1
    settles_after_months: int = 2
    severity: str = ""
    sensitivity: Sensitivity = Sensitivity.STANDARD
    dated_events: bool = False
    public: bool = False
    headline: bool = False
    part_of: tuple[str, ...] = ()
    balancing: tuple[str, ...] = ()
    national_numerator: str = ""
    national_denominator: str = ""
    breakdown: tuple[str, ...] = ()
    people: str = ""
    breaks: tuple[date, ...] = ()
    standard: Standard | None = field(default=None)

    @property
    def is_proportion(self) -> bool:
        return self.chart in PROPORTIONS

    @property
    def has_denominator(self) -> bool:
        """Whether a figure is a rate or a share, and not a bare count."""
        return self.exposure is not None or bool(self.denominator)
