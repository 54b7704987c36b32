"""The sample trust's extracts, month after month as a trust would send them, through the same intake as real ones."""

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from filelock import FileLock

from data.audit import now
from data.catalogue import load_catalogue
from data.config import Home
from data.decisions import Proposal, approve, decide
from data.ingest.feeds import FEEDS
from data.ingest.intake import intake
from data.publish import publish, read_pointer
from data.record import Writing, writing
from data.synthetic.figures import (
    AGE_BANDS,
    CLUSTERED,
    ETHNIC_GROUPS,
    RATES,
    SEXES,
    Figures,
    Groups,
    draw_figures,
    is_open,
)
from data.synthetic.ideas import ideas, proposal_of
from data.synthetic.trust import BY_CODE, DIVISIONS, TRUST, WARDS, Ward
from data.synthetic.truths import (
    ENTERED,
    MERGED,
    MOVED,
    N_MONTHS,
    NEWEST,
    NO_BED_DAYS,
    RECLASSIFIED,
    REDEFINED,
)
from metrics.measure import Measure

SEED = 20261001
BY_MONTH_LOADS = 4  # the newest months come one load at a time, the others in one load
RESTATED = 3  # a monthly load holds the newest months again, with what was entered since
LOADER, EXECUTIVE, ANALYST = "Sam Okoro (QI lead)", "Executive director of nursing", "Priya Shah (analyst)"
BOARD, MANAGER = "Board member (sample)", "Ward manager of {} (sample)"  # as the pages name who acts on the sample
# (ward, measure) that never came for the newest two months, and that came a month late for the one before the newest.
NEVER_SENT, SENT_LATE = ("W30", "audit_compliance"), ("W33", "sickness")
SIGNED_OFF = ("restraint_all", "falls_all", "self_harm", "assault_staff", "physical_health_6", "care_plan_on_time")
DATED = ("falls_harm", "med_harm", "self_harm_harm", "restraint_prone", "restraint_mechanical")
DEATHS = ("suicide_in_care", "suicide_inpatient", "suicide_post_discharge_90d")
Say = Callable[[str], None]
Rows = Iterable[tuple[object, ...]]


def ensure_sample(home: Home, say: Say = print) -> None:
    """Make the sample trust if this home has none; two that ask at once get one."""
    if _is_made(home):
        return
    home.root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(home.root.with_name(f"{home.root.name}.lock")):
        if _is_made(home):
            return
        if home.pointer.exists():  # by an older version: nothing in it is worth keeping
            shutil.rmtree(home.root)
        make_sample(home, say=say)


def _is_made(home: Home) -> bool:
    published = read_pointer(home)
    return published is not None and published.is_of_this_layout


def make_sample(home: Home, *, until: date | None = None, seed: int = SEED, say: Say = print) -> None:
    """Sixty months up to `until` (the last whole month, without one) into an empty home."""
    if home.has_record and home.pointer.exists():
        raise FileExistsError(f"{home.root} holds a store already; remove the folder to make the sample anew.")
    if home.record.exists():  # an earlier attempt was cut short
        home.record.unlink()
    until = until or (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    say(f"Making the sample trust: {len(WARDS)} wards and teams, {N_MONTHS} months up to {until:%B %Y} …")
    first = _months_before(until, NEWEST)
    figures = draw_figures(seed, first)
    catalogue = load_catalogue()
    with tempfile.TemporaryDirectory(prefix="zero-harm-sample-") as folder:
        sender = _Sender(home, catalogue, Path(folder), figures, seed)
        sender.units()
        newest = NEWEST - BY_MONTH_LOADS
        sender.everything(0, newest)
        for t in range(newest + 1, N_MONTHS):
            say(f"Loading {figures.month(t):%B %Y} …")
            if t == NEWEST:  # what the board met on before the newest month came
                _decisions(home, figures)
                met_on = _publish(home, catalogue)
                _name_editions(home, figures, met_on)
            sender.everything(t - RESTATED + 1, t)
    _month_end(home, figures)
    version = _publish(home, catalogue)
    say(f"The sample trust is ready (version {version}).")


def _publish(home: Home, catalogue: dict[str, Measure]) -> int:
    with writing(home) as writer:
        return publish(writer, catalogue)


def _loaded_at(day: date) -> datetime:
    """Loads come on this day, or now where that is yet to come: else a history of five years would have come in a minute."""
    return min(datetime.combine(day, time(9, 30)), now())


class _Sender:
    """Writes extracts of what had been entered by the end of a month, and loads them."""

    def __init__(self, home: Home, catalogue: dict[str, Measure], folder: Path, figures: Figures, seed: int) -> None:
        self.home, self.catalogue, self.folder, self.figures = home, catalogue, folder, figures
        self.late = np.random.default_rng([seed, 99]).random((N_MONTHS, 512))

    def send(self, feed: str, name: str, rows: Rows, t: int) -> None:
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(FEEDS[feed].columns)
            writer.writerows(rows)
        day = self.figures.month(t) + timedelta(days=36)
        with intake(self.home, self.catalogue, path, feed=FEEDS[feed], issue=day.isoformat(), today=day) as extract:
            extract.accept(LOADER, publish_now=False, at=_loaded_at(day))

    def units(self) -> None:
        self.send("units", "units.csv", _unit_rows(self.figures), NEWEST)

    def everything(self, first: int, last: int) -> None:
        """The extracts made at the end of month `last`, about the months from `first` on."""
        stamp = f"{self.figures.month(last):%Y-%m}"
        self.send("exposure", f"exposure_{stamp}.csv", self._exposure(first, last), last)
        self.send("monthly", f"incidents_and_care_{stamp}.csv", self._monthly(first, last), last)
        self.send("events", f"serious_harm_{stamp}.csv", self._events(DATED, first, last), last)
        self.send("events", f"deaths_{stamp}.csv", self._events(DEATHS, max(0, first - 12), last), last)

    def _exposure(self, first: int, last: int) -> Iterator[tuple[object, ...]]:
        for kind, source in (("occupied_bed_days", self.figures.bed_days), ("doses", self.figures.doses)):
            for unit, values in source.items():
                for t in range(first, last + 1):
                    if is_open(unit, t) and not (unit in NO_BED_DAYS.units and t == NO_BED_DAYS.first):
                        yield self._month(t), unit, kind, int(values[t])
        # People are not additive, so the levels that count them state their own bed days.
        for level in (TRUST, "LOCAL", "SECURE", "SLD"):
            for t in range(first, last + 1):
                units = [u for u in self.figures.bed_days if is_open(u, t) and level in (TRUST, _division(u, t))]
                yield self._month(t), level, "occupied_bed_days", int(sum(self.figures.bed_days[u][t] for u in units))

    def _monthly(self, first: int, last: int) -> Iterator[tuple[object, ...]]:
        for measure, by_unit in self.figures.counts.items():
            if measure in DATED:
                continue
            sizes = self.figures.sizes.get(measure, {})
            divided = self.catalogue[measure].exposure is None and bool(self.catalogue[measure].denominator)
            is_incident = self.catalogue[measure].kind == "harm" and measure != "lts_people"
            for i, (unit, counts) in enumerate(by_unit.items()):
                for t in range(first, last + 1):
                    if (unit in DIVISIONS or unit == TRUST or is_open(unit, t)) and not _is_withheld(
                        (unit, measure), t, last
                    ):
                        count = self._entered(counts[t], last - t, t, i) if is_incident else counts[t]
                        size = int(sizes[unit][t]) if divided else ""
                        yield self._month(t), unit, measure, int(count), size, "", "", ""
        yield from self._by_group(first, last)
        yield from self._seldom(first, last)

    def _entered(self, count: float, age: int, t: int, i: int) -> float:
        """What of a month's count had been entered when it was `age` months old."""
        if age >= len(ENTERED):
            return count
        return float(np.floor(count * ENTERED[age] + self.late[t, i % 512]))

    def _by_group(self, first: int, last: int) -> Iterator[tuple[object, ...]]:
        """Interventions and bed days of the trust by ethnic group, and those same interventions by sex and by age."""
        rng = np.random.default_rng([SEED, 7])
        whole = np.sum(list(self.figures.counts["restraint_all"].values()), axis=0)
        base = sum(part * ratio for part, ratio in ETHNIC_GROUPS.values())
        counts = {group: rng.poisson(whole * part * ratio / base) for group, (part, ratio) in ETHNIC_GROUPS.items()}
        yield from self._groups("ethnicity", ETHNIC_GROUPS, counts, first, last)
        total = np.sum(list(counts.values()), axis=0)
        for number, (name, groups) in enumerate((("sex", SEXES), ("age_band", AGE_BANDS)), start=11):
            shared = _shared(np.random.default_rng([SEED, number]), total, groups)
            yield from self._groups(name, groups, shared, first, last)

    def _groups(
        self, name: str, groups: Groups, counts: dict[str, np.ndarray], first: int, last: int
    ) -> Iterator[tuple[object, ...]]:
        bed_days = np.sum(list(self.figures.bed_days.values()), axis=0)
        for group, (part, _) in groups.items():
            for t in range(first, last + 1):
                size = int(bed_days[t] * part)
                yield self._month(t), TRUST, "equity_restraint", int(counts[group][t]), size, "", f"{name}:{group}", ""

    def _seldom(self, first: int, last: int) -> Iterator[tuple[object, ...]]:
        """A survey once a year, and waits by three months that end in March, June, September and December."""
        rng = np.random.default_rng([SEED, 8])
        survey, waits = rng.binomial(2600, 0.59, N_MONTHS), rng.binomial(900, [[0.22], [0.19]], (2, N_MONTHS))
        for t in range(first, last + 1):
            month = self.figures.month(t)
            if month.month == 1 and t + 11 <= last:
                yield month.isoformat(), TRUST, "just_culture", int(survey[t]), 2600, "", "", ""
            if month.month in (1, 4, 7, 10) and t + 2 <= last:
                for which, measure in enumerate(("four_week_wait_adult", "four_week_wait_cyp")):
                    yield month.isoformat(), TRUST, measure, int(waits[which, t]), 900, "", "", ""

    def _events(self, measures: tuple[str, ...], first: int, last: int) -> Iterator[tuple[object, ...]]:
        begin, end = self.figures.month(first), _last_day(self.figures.month(last))
        for i, (measure, unit, day, reference, severity) in enumerate(self.figures.events):
            t = _months_between(self.figures.first_month, day)
            if measure not in measures or not first <= t <= last or not is_open(unit, t):
                continue
            recent = last - t < len(ENTERED) and measure not in DEATHS
            if recent and self.late[t, i % 512] > ENTERED[last - t]:
                continue  # not entered yet
            concluded = reference == "reclassified" and last >= RECLASSIFIED.last
            status = "other_conclusion" if concluded else "suspected" if severity == "fatal" else "confirmed"
            yield day.isoformat(), unit, measure, reference, 2 if concluded else 1, severity, status, "", ""
        for measure in measures:
            for ward in WARDS:
                if _is_covered(measure, ward):
                    yield "", ward.code, measure, "", "", "", "", begin.isoformat(), end.isoformat()

    def _month(self, t: int) -> str:
        return self.figures.month(t).isoformat()


def _shared(rng: np.random.Generator, total: np.ndarray, groups: Groups) -> dict[str, np.ndarray]:
    """Each month's total, shared among groups; the shares vary from month to month, as those of few people do."""
    weights = np.array([part * ratio for part, ratio in groups.values()])
    shares = rng.dirichlet(CLUSTERED * weights / weights.sum(), len(total))
    return dict(zip(groups, rng.multinomial(total, shares).T, strict=True))


def _is_withheld(which: tuple[str, str], t: int, last: int) -> bool:
    """Whether a ward had not sent this figure of month `t` when the extract of month `last` was made."""
    return (which == NEVER_SENT and t >= NEWEST - 1) or (which == SENT_LATE and t == last == NEWEST - 1)


def _is_covered(measure: str, ward: Ward) -> bool:
    """Which units an extract of dated events speaks for: those on which such a thing can happen at all."""
    if measure in DEATHS:
        return measure == "suicide_in_care" or not ward.is_team
    return ward.kind in RATES[measure]


def _division(unit: str, t: int) -> str:
    ward = next(w for w in WARDS if w.code == unit)
    return "COMM" if unit in MOVED.units and t >= MOVED.first else ward.division


def _unit_rows(figures: Figures) -> Iterator[tuple[object, ...]]:
    """Columns of the units feed: code, name, level, parent, valid_from, peer_group, beds, valid_to, follows."""
    opened, moved, merged = figures.month(0), figures.month(MOVED.first), figures.month(MERGED.first)
    yield TRUST, "Sample Trust", "trust", "", opened, "", "", "", ""
    for code, name in DIVISIONS.items():
        yield code, name, "division", TRUST, opened, "", "", "", ""
    for ward in WARDS:
        level = "team" if ward.is_team else "ward"
        beds = ward.beds or ""
        if ward.code in MOVED.units:
            yield ward.code, ward.name, level, ward.division, opened, ward.kind, beds, moved - timedelta(days=1), ""
            yield ward.code, ward.name, level, "COMM", moved, ward.kind, beds, "", ""
        elif ward.code in MERGED.units[:2]:
            yield ward.code, ward.name, level, ward.division, opened, ward.kind, beds, merged - timedelta(days=1), ""
        elif ward.code == MERGED.units[2]:
            yield ward.code, ward.name, level, ward.division, merged, ward.kind, beds, "", " ".join(MERGED.units[:2])
        else:
            yield ward.code, ward.name, level, ward.division, opened, ward.kind, beds, "", ""


def _decisions(home: Home, figures: Figures) -> None:
    """Goals, the break, the programme and some zero returns: what a trust would have recorded on the way."""
    year = figures.month(NEWEST).year
    due = date(year + 2, 4, 1)
    baseline = {"baseline_from": figures.month(0).isoformat(), "baseline_to": figures.month(23).isoformat()}
    goals: list[tuple[str, dict[str, object]]] = [
        ("suicide_in_care", {"type": "zero"}),
        ("restraint_all", {"type": "zero", "trajectory": "linear", **baseline}),
        ("falls_harm", {"type": "zero", "trajectory": "linear", **baseline}),
        ("falls_all", {"type": "percent_below", "percent": 30, "trajectory": "linear", **baseline}),
        ("med_harm", {"type": "zero", "trajectory": "linear", **baseline}),
        ("self_harm", {"type": "percent_below", "percent": 50, "trajectory": "linear", **baseline}),
        ("assault_patient", {"type": "percent_below", "percent": 30, "trajectory": "linear", **baseline}),
        ("assault_staff", {"type": "percent_below", "percent": 30, "trajectory": "linear", **baseline}),
        ("lts_people", {"type": "zero", "trajectory": "linear", **baseline}),
        ("depression_recovery", {"type": "threshold", "target": 53, "trajectory": "linear", **baseline}),
        ("physical_health_6", {"type": "threshold", "target": 90, "trajectory": "linear", **baseline}),
        ("care_plan_on_time", {"type": "threshold", "target": 98, "trajectory": "linear", **baseline}),
        ("followup_72h", {"type": "threshold", "target": 95, "trajectory": "linear", **baseline}),
    ]
    at = datetime(figures.month(24).year, figures.month(24).month, 12, 10, 0)
    with writing(home) as writer:
        for measure, detail in goals:
            detail = {"date": due.isoformat(), "owner": EXECUTIVE, **detail}
            goal = Proposal(
                "goal", "Perfect Care: agreed by the board.", measure, TRUST, figures.month(24), None, detail
            )
            approve(writer, decide(writer, goal, LOADER, at=at), EXECUTIVE, "Agreed at the board meeting.", at=at)
        redefined = Proposal(
            "break",
            "The new incident system counts more kinds of incident.",
            "med_errors",
            "",
            figures.month(REDEFINED.first),
        )
        approve(writer, decide(writer, redefined, LOADER, at=at), ANALYST, "Checked against both systems.", at=at)
        _ideas(writer, figures)
        for unit in ("W23", "W37", "W49"):
            for t in range(NEWEST - 5, NEWEST - 1):
                month, said = figures.month(t), {"answer": "right"}
                proposal = Proposal("zero_return", "These figures are right.", "", unit, month, month, said)
                decide(writer, proposal, MANAGER.format(BY_CODE[unit].name), at=_after(month))
        usual = Proposal("expectation", "Agreed with the divisions.", detail={"due_day": 20, "owner": LOADER})
        decide(writer, usual, ANALYST, at=at)
        staff = {"due_day": 30, "owner": "Workforce team"}
        decide(writer, Proposal("expectation", "Payroll closes later.", "sickness", detail=staff), ANALYST, at=at)


def _ideas(writer: Writing, figures: Figures) -> None:
    """What was tried, and later what came of it, carrying on the first row of the same idea."""
    first: dict[tuple[str, str], int] = {}
    for row in ideas():
        follows = first[row.unit, row.measure] if row.carries_on else None
        at = datetime.combine(figures.month(row.month) + timedelta(days=11), time(10, 0))
        number = decide(writer, proposal_of(row, figures, follows), LOADER, at=at)
        first.setdefault((row.unit, row.measure), number)


def _name_editions(home: Home, figures: Figures, version: int) -> None:
    """The version before the newest month: named for the board and signed off, named for a committee and not yet."""
    month = figures.month(NEWEST - 1)
    at, up_to = _after(month), _last_day(month).isoformat()
    gaps = "No audit compliance from one ward of the Secure division."
    for name, days, signed in (("Board meeting", 60, True), ("Quality committee", 75, False)):
        detail: dict[str, object] = {
            "name": f"{name}, {month + timedelta(days=days):%B %Y}",
            "version": version,
            "data_up_to": up_to,
        }
        detail |= {"meeting_on": (month + timedelta(days=days)).isoformat(), "known_gaps": gaps}
        with writing(home) as writer:
            named = decide(writer, Proposal("edition", "Named for the meeting.", detail=detail), LOADER, at=at)
            if signed:
                approve(writer, named, BOARD, "Read beside the list of what is lacking.", at=at)


def _month_end(home: Home, figures: Figures) -> None:
    """What people said of the newest months: measures signed off, and a ward that misses something."""
    before, newest = figures.month(NEWEST - 1), figures.month(NEWEST)
    with writing(home) as writer:
        for measure in SIGNED_OFF:
            reason = "Completeness and revisions looked at."
            decide(writer, Proposal("sign_off", reason, measure, "", before, before), LOADER, at=_after(before))
        said: dict[str, object] = {"answer": "missing"}
        lacks = Proposal("zero_return", "The paper forms of one week are not entered.", "", "W50", newest, newest, said)
        decide(writer, lacks, MANAGER.format(BY_CODE["W50"].name), at=_after(newest))


def _after(month: date) -> datetime:
    """When people look at a month: shortly after its extracts have come, or now."""
    return min(datetime.combine(month + timedelta(days=38), time(10, 0)), now())


def _months_before(month: date, n: int) -> date:
    year, index = divmod(month.year * 12 + month.month - 1 - n, 12)
    return date(year, index + 1, 1)


def _months_between(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def _last_day(month: date) -> date:
    return _months_before(month, -1) - timedelta(days=1)
