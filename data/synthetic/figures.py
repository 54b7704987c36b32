"""The sample trust's figures: rates by ward type, shares, dated events. Everything is drawn from one seed.

Rates are of the order that published figures have; none of them is anybody's real figure.
"""

import calendar
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from data.synthetic.trust import BY_CODE, TRUST, WARDS, Ward
from data.synthetic.truths import BASICS, CLUSTER, MERGED, N_MONTHS, RECLASSIFIED, SILENT, effect

# Events per 1,000 occupied bed days by ward type; what is not named has none.
_ACUTE, _PICU, _OLD, _REHAB = "acute", "intensive care", "older adult", "rehabilitation"
_MEDIUM, _LOW, _HIGH = "medium secure", "low secure", "high secure"
_FLD, _ATU, _CREHAB = "forensic learning disability", "assessment and treatment", "community rehabilitation"

RATES: dict[str, dict[str, float]] = {
    "restraint_physical": {_ACUTE: 9, _PICU: 22, _OLD: 4, _REHAB: 1.2, _MEDIUM: 9, _LOW: 4, _HIGH: 7, _FLD: 12, _ATU: 25},
    "rapid_tranq": {_ACUTE: 5, _PICU: 14, _OLD: 1.5, _MEDIUM: 4.5, _LOW: 1.5, _HIGH: 3, _FLD: 3, _ATU: 6},
    "seclusion": {_ACUTE: 2.5, _PICU: 12, _MEDIUM: 5.5, _LOW: 2, _HIGH: 7, _FLD: 5, _ATU: 7},
    "restraint_mechanical": {_MEDIUM: 0.15, _HIGH: 0.8},
    "restraint_prone": {_ACUTE: 0.5, _PICU: 2.2, _MEDIUM: 0.5, _LOW: 0.2, _HIGH: 0.7, _FLD: 0.5, _ATU: 1.5},
    "assault_patient": {_ACUTE: 4.5, _PICU: 9, _OLD: 5, _REHAB: 1, _MEDIUM: 3.5, _LOW: 2, _HIGH: 3, _FLD: 7, _ATU: 12},
    "assault_staff": {_ACUTE: 7, _PICU: 18, _OLD: 6, _REHAB: 1.2, _MEDIUM: 6, _LOW: 3, _HIGH: 7, _FLD: 14, _ATU: 28},
    "falls_all": {_ACUTE: 2.2, _PICU: 1.5, _OLD: 11, _REHAB: 2, _MEDIUM: 1, _LOW: 1.2, _FLD: 2, _ATU: 3, _CREHAB: 6},
    "falls_harm": {_ACUTE: 0.08, _OLD: 0.75, _REHAB: 0.1, _CREHAB: 0.3},
    "med_errors": {
        _ACUTE: 3.4, _PICU: 3.5, _OLD: 3.8, _REHAB: 2.6, _MEDIUM: 3, _LOW: 2.6, _HIGH: 2.8, _FLD: 3, _ATU: 3.5, _CREHAB: 3.2,
    },
    "med_harm": {_ACUTE: 0.2, _PICU: 0.25, _OLD: 0.5, _MEDIUM: 0.12, _LOW: 0.12, _FLD: 0.2, _CREHAB: 0.3},
    "self_harm": {_ACUTE: 9, _PICU: 14, _OLD: 1, _REHAB: 2.5, _MEDIUM: 9, _LOW: 5, _HIGH: 6, _FLD: 7, _ATU: 11},
    "self_harm_harm": {_ACUTE: 0.35, _PICU: 0.4, _MEDIUM: 0.3, _LOW: 0.2, _HIGH: 0.3, _FLD: 0.3},
    "lts_days": {_MEDIUM: 25, _HIGH: 60, _FLD: 30, _ATU: 40},
}  # fmt: skip

# Deaths in a month on one unit.
DEATHS = {
    "suicide_in_care": {"team": 0.24, _ACUTE: 0.012},
    "suicide_inpatient": {_ACUTE: 0.012, _PICU: 0.008},
    "suicide_post_discharge_90d": {_ACUTE: 0.025},
}

# (share, how many are asked about in a month): on wards, and on teams where named.
_Share = tuple[float, float]
SHARES: dict[str, dict[str, _Share]] = {
    "followup_72h": {_ACUTE: (0.84, 28), _PICU: (0.86, 8), _OLD: (0.87, 10)},
    "med_reconciliation_24h": {_ACUTE: (0.78, 30), _PICU: (0.8, 12), _OLD: (0.82, 12)},
    "careplan_sent_24h": {_ACUTE: (0.72, 28), _OLD: (0.76, 10), _REHAB: (0.8, 6)},
    "care_plan_on_time": {"*": (0.88, 26), "team": (0.81, 150)},
    "appointment_info": {"team": (0.86, 420)},
    "med_dispensed": {"*": (0.968, 1900)},
    "audit_compliance": {"*": (0.9, 30), "team": (0.87, 30)},
    "fft_positive": {"*": (0.74, 14), "team": (0.86, 60)},
    "depression_recovery": {"team": (0.47, 95)},
    "physical_health_6": {"team": (0.58, 210)},
    "check_blood_pressure": {"team": (0.78, 210)},
    "check_glucose": {"team": (0.7, 210)},
    "check_bmi": {"team": (0.76, 210)},
    "check_lipids": {"team": (0.69, 210)},
    "check_smoking": {"team": (0.83, 210)},
    "check_alcohol": {"team": (0.81, 210)},
    "ld_annual_health_check": {_FLD: (0.72, 12), _ATU: (0.68, 8), "team": (0.7, 40)},
    "addiction_completed": {"team": (0.52, 34)},
    "appraisals": {"*": (0.85, 26), "team": (0.87, 22)},
    "sickness": {"*": (0.066, 720), "team": (0.058, 600)},
}

RESTRAINT_PARTS = ("restraint_physical", "rapid_tranq", "seclusion", "restraint_mechanical")
ETHNIC_GROUPS = {"Asian": (0.08, 1.1), "Black": (0.11, 2.1), "Mixed": (0.05, 1.5), "Other": (0.03, 1.2),
                 "White": (0.66, 1.0), "Not stated": (0.07, 1.1)}  # fmt: skip

# The same for sex and age band: (share of the bed days, rate over the usual one).
SEXES = {"Female": (0.43, 1.25), "Male": (0.568, 0.8), "Not known": (0.002, 1.0)}
AGE_BANDS = {"18 to 24": (0.12, 1.9), "25 to 44": (0.36, 1.15), "45 to 64": (0.31, 0.8), "65 and over": (0.205, 0.55),
             "Not known": (0.005, 1.0)}  # fmt: skip
CLUSTERED = 400  # the shares of a month vary as those of so many people do, because a few are restrained often

Groups = dict[str, tuple[float, float]]


@dataclass
class Figures:
    """What the trust really had: counts[measure][unit] and denominators by month, and dated events."""

    first_month: date
    bed_days: dict[str, np.ndarray] = field(default_factory=dict)
    doses: dict[str, np.ndarray] = field(default_factory=dict)
    counts: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    sizes: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    events: list[tuple[str, str, date, str, str]] = field(
        default_factory=list
    )  # measure, unit, day, reference, severity

    def month(self, t: int) -> date:
        year, month = divmod(self.first_month.year * 12 + self.first_month.month - 1 + t, 12)
        return date(year, month + 1, 1)


def draw_figures(seed: int, first_month: date) -> Figures:
    """Every figure of the sample trust, in full: what is late or missing is decided when the extracts are written."""
    figures = Figures(first_month)
    _draw_bed_days(figures, seed)
    for measure, rates in RATES.items():
        rng = _rng(seed, measure)
        for ward in WARDS:
            if not ward.is_team and rates.get(ward.kind):
                _draw_counts(figures, rng, measure, ward, rates[ward.kind])
    _draw_harm_days(figures, seed)
    _draw_restraint(figures, seed)
    _draw_deaths(figures, seed)
    for measure, shares in SHARES.items():
        _draw_shares(figures, _rng(seed, measure), measure, shares)
    _draw_rest(figures, seed)
    return figures


def is_open(unit: str, t: int) -> bool:
    """Whether a unit is open in a month: two wards merge into a third."""
    old, heir = MERGED.units[:2], MERGED.units[2]
    if unit in old:
        return t < MERGED.first
    return t >= MERGED.first if unit == heir else True


def _rng(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _draw_bed_days(figures: Figures, seed: int) -> None:
    rng = _rng(seed, "bed_days")
    for ward in WARDS:
        if ward.is_team:
            continue
        usual = rng.uniform(0.86, 0.97)
        days = np.array(
            [calendar.monthrange(figures.month(t).year, figures.month(t).month)[1] for t in range(N_MONTHS)]
        )
        occupancy = np.clip(usual + rng.normal(0, 0.02, N_MONTHS), 0.6, 1.0)
        figures.bed_days[ward.code] = np.floor(ward.beds * days * occupancy)
        figures.doses[ward.code] = np.floor(figures.bed_days[ward.code] * rng.uniform(6.5, 9.5))


def _draw_counts(figures: Figures, rng: np.random.Generator, measure: str, ward: Ward, rate: float) -> None:
    """Counts of one ward: its own level, and a little more spread than Poisson, as real wards have."""
    level = rate * np.exp(rng.normal(0, 0.15))
    if measure == SILENT.measures[0] and ward.code in SILENT.units:
        level = 5_000 / figures.bed_days[ward.code].mean()  # five a month
    expected = level * figures.bed_days[ward.code] / 1000
    expected = expected * [effect(measure, ward.code, t) for t in range(N_MONTHS)]
    spread = 40.0
    if measure == "lts_days":
        counts = np.round(expected * rng.gamma(25, 1 / 25, N_MONTHS))
    else:
        counts = rng.poisson(expected * rng.gamma(spread, 1 / spread, N_MONTHS))
    if measure == SILENT.measures[0] and ward.code in SILENT.units:
        counts[SILENT.first :] = 0
    figures.counts.setdefault(measure, {})[ward.code] = counts.astype(float)


def _draw_harm_days(figures: Figures, seed: int) -> None:
    """The serious ones get a day each, and the whole is never less than its part."""
    wholes = {"falls_harm": "falls_all", "med_harm": "med_errors", "self_harm_harm": "self_harm",
              "restraint_prone": "restraint_physical", "restraint_mechanical": ""}  # fmt: skip
    for measure, whole in wholes.items():
        rng = _rng(seed, measure + " days")
        for unit, counts in figures.counts[measure].items():
            if measure in CLUSTER.measures and unit in CLUSTER.units:
                counts[CLUSTER.first] = 0
                counts[CLUSTER.first - 1] = 0
            if whole and unit in figures.counts.get(whole, {}) and unit not in SILENT.units:
                figures.counts[whole][unit] = np.maximum(figures.counts[whole][unit], counts)
            for t in range(N_MONTHS):
                for _ in range(int(counts[t])):
                    _add_event(
                        figures, rng, measure, unit, t, rng.choice(["moderate", "moderate", "moderate", "severe"])
                    )
    rng = _rng(seed, "cluster")
    for i in range(int(CLUSTER.size)):
        day = figures.month(CLUSTER.first) + timedelta(days=4 + 3 * i)
        unit, measure = CLUSTER.units[0], CLUSTER.measures[0]
        figures.events.append((measure, unit, day, f"{measure}-{unit}-cluster-{i}", "moderate"))
    figures.counts["falls_all"][CLUSTER.units[0]][CLUSTER.first] += CLUSTER.size


def _add_event(figures: Figures, rng: np.random.Generator, measure: str, unit: str, t: int, severity: str) -> None:
    month = figures.month(t)
    day = month + timedelta(days=int(rng.integers(calendar.monthrange(month.year, month.month)[1])))
    figures.events.append((measure, unit, day, f"{measure}-{unit}-{len(figures.events)}", severity))


def _draw_restraint(figures: Figures, seed: int) -> None:
    """Every kind together, and the people: fewer than the interventions, for some people are restrained more than once."""
    rng = _rng(seed, "restraint_people")
    whole: dict[str, np.ndarray] = {}
    people: dict[str, np.ndarray] = {}
    for unit in figures.counts["restraint_physical"]:
        whole[unit] = _sum(figures.counts[part].get(unit, np.zeros(N_MONTHS)) for part in RESTRAINT_PARTS)
        repeats = rng.binomial(np.maximum(whole[unit] - 1, 0).astype(int), 0.55)
        people[unit] = whole[unit] - repeats
    figures.counts["restraint_all"] = whole
    figures.counts["restraint_people"] = people | {
        TRUST: np.round(_sum(people.values()) * 0.93),
        **{d: np.round(_sum_of(people, d) * 0.96) for d in ("LOCAL", "SECURE", "SLD")},
    }
    detained = {u: np.round(b / 30 * 0.8) for u, b in figures.bed_days.items()}
    figures.counts["mha_people"] = {TRUST: np.round(_sum(detained.values()) * rng.normal(1.0, 0.02, N_MONTHS))}


def _sum_of(counts: dict[str, np.ndarray], division: str) -> np.ndarray:
    return _sum(c for unit, c in counts.items() if BY_CODE[unit].division == division)


def _sum(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.asarray(np.sum(list(parts), axis=0))


def _draw_deaths(figures: Figures, seed: int) -> None:
    for measure, rates in DEATHS.items():
        rng = _rng(seed, measure)
        for ward in WARDS:
            for t in range(N_MONTHS):
                if is_open(ward.code, t):
                    for _ in range(rng.poisson(rates.get(ward.kind, 0.0))):
                        _add_event(figures, rng, measure, ward.code, t, "fatal")
    # The death about which an inquest will reach another conclusion.
    day = figures.month(RECLASSIFIED.first) + timedelta(days=11)
    figures.events.append((RECLASSIFIED.measures[0], RECLASSIFIED.units[0], day, "reclassified", "fatal"))


def _draw_shares(figures: Figures, rng: np.random.Generator, measure: str, shares: dict[str, _Share]) -> None:
    trend = np.arange(N_MONTHS) * (BASICS.size if measure in BASICS.measures else 0.0)
    for ward in WARDS:
        found = shares.get(ward.kind) or (None if ward.is_team else shares.get("*"))
        if found is None:
            continue
        share, size = found
        odds = np.log(share / (1 - share)) + rng.normal(0, 0.12) + trend - trend.mean()
        sizes = np.maximum(rng.poisson(size, N_MONTHS), 1)
        figures.sizes.setdefault(measure, {})[ward.code] = sizes.astype(float)
        figures.counts.setdefault(measure, {})[ward.code] = rng.binomial(sizes, 1 / (1 + np.exp(-odds))).astype(float)


def _draw_rest(figures: Figures, seed: int) -> None:
    """What only the whole trust or a division reports: staff, segregation, waits, days per recovery, survey, equity."""
    draw: Callable[[str], np.random.Generator] = lambda name: _rng(seed, name)  # noqa: E731
    figures.counts["investigations"] = {TRUST: draw("investigations").poisson(4.2, N_MONTHS).astype(float)}
    figures.counts["suspensions"] = {TRUST: draw("suspensions").poisson(1.1, N_MONTHS).astype(float)}
    rng = draw("lts_people")
    for unit, level in (("W39", 2), ("W40", 3), ("W41", 1), ("W45", 1), ("W47", 2)):
        steps = np.clip(level + rng.choice([-1, 0, 0, 0, 1], N_MONTHS), 0, 2 * level)
        figures.counts.setdefault("lts_people", {})[unit] = steps.astype(float)
    rng = draw("beddays_per_recovery")
    recovered = rng.poisson(34, N_MONTHS).astype(float)
    figures.sizes["beddays_per_recovery"] = {TRUST: recovered}
    figures.counts["beddays_per_recovery"] = {TRUST: np.round(recovered * rng.normal(41, 2.5, N_MONTHS))}
    rng = draw("long_waits_adult")
    waiting = rng.poisson(5200, N_MONTHS).astype(float)
    figures.sizes["long_waits_adult"] = {TRUST: waiting}
    figures.counts["long_waits_adult"] = {TRUST: rng.binomial(waiting.astype(int), 0.036).astype(float)}
