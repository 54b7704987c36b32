"""What the pages say: every sentence and label, once. A trust may change its own copy.

The sentences on deaths and restraint still need reading by people bereaved by suicide and by people who have been
restrained; `DRAFT_NOTE` says so on the pages until they have.
"""

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from data.access import Audience, Role
from data.access.suppression import USUAL, Masking
from data.branding import shipped_branding
from data.editions import Edition
from data.freshness import Figure
from data.panel import State
from data.rating import Rating, Verdict
from metrics import Signal
from metrics.measure import Dimension, Direction, Goal, Kind, Measure
from pages.shared.analysis import FEW_EVENTS, GoalLine, Reading

# Never, on any page, in any table, alternative text or file. Terms of art are for the Methods page only.
BANNED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bcommit(s|ted|ting)? suicide",
        r"\b(successful|failed|completed) suicide",
        r"\bclean (month|run)",
        r"\bstreak",
        r"\bfailing ward",
        r"\bsilent ward",
        r"\bleague",
        r"\bworst\b",
        r"\bbest\b",
        r"\bcelebrat",
        r"\boffender",
        r"\baggressive\b",
        r"\bunder-?reporting alarm",
    )
)
TERMS_OF_ART = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r"\bastronomical", r"\bhit[- ](or|and)[- ]miss", r"\bspecial[- ]cause")
)

TITLE = "Zero Harm"
SAMPLE_BANNER = "Sample trust: none of these figures is real. Play the roles in the sidebar."
READER_ROLES = {
    Role.BOARD_MEMBER: "Board member",
    Role.EXECUTIVE_OWNER: "Executive owner of a goal",
    Role.DIVISION_LEAD: "Division lead",
    Role.WARD_MANAGER: "Ward manager",
    Role.DEPUTY: "Deputy ward manager",
    Role.STAFF: "Member of staff",
    Role.QI_LEAD: "QI lead",
    Role.PATIENT_SAFETY_LEAD: "Patient-safety lead",
    Role.ANALYST: "Analyst",
    Role.ADMINISTRATOR: "Administrator of access",
}
AUDIENCE_NAMES = {Audience.WORKING: "People who work here", Audience.PUBLIC: "The public"}
SIGN_IN_TITLE = "Zero Harm"
SIGN_IN_LEAD = "How far are we from zero harm, and how sure can we be?"
SIGN_IN_BUTTON = "Sign in"
SIGN_IN_NOTE = "You sign in with your work account. A session lasts eight hours at most."
PROXY_NOTE = "Your sign-in did not reach this page: open it through the address that your trust gave you."
NO_ROLE = (
    "You are signed in as {account}, and nobody has given you a role here yet. Ask the administrator of this dashboard, and "
    "open the page again."
)
NOT_FOR_ROLE = "This page is not part of your role ({role}). Nothing of it was opened."
NOT_APPROVED = (
    "No figures are shown yet: nobody has approved who may see what of small numbers. The Caldicott guardian does, on the "
    "command line: python -m data policy --approve --by 'NAME, Caldicott guardian'."
)
DOWNLOAD_TITLE = "Download the figures"
DOWNLOAD_NOTE = (
    "One line for each measure, unit and month, as you see them here: small numbers are withheld where they are withheld on "
    "the pages. Who downloads is noted."
)
ACCESS_LEAD = "Who may open this dashboard, in which role, and since when. A change holds at once, for every open page."
NO_GRANTS = "Nobody has a role yet."
GRANT_PERSON = "Account, as it signs in"
GRANT_NOTE = "For everybody in a group of your sign-in provider write {group} and the name of the group."
NEVER_OWN = "Whoever proposes never approves. Nobody gives a role to themselves. An executive owner approves the goals they own."
SIGN_OUT_NOTE = "Ends every session of your account, in every browser."
BROKEN = (
    "Something went wrong here. Try again; if it stays, tell those who run the dashboard this reference: {reference}."
)
UNSIGNED_BANNER = "Nobody is signed in: this dashboard shows real figures on this computer only."
DRAFT_NOTE = (
    "These words about deaths and restraint are a draft: people bereaved by suicide, and people who have been "
    "restrained, have not read them yet."
)
HELP_LINE = shipped_branding().help_line

GOAL_NAMES = {
    Goal.ZERO_SUICIDE: "Zero suicide",
    Goal.NO_FORCE_FIRST: "No Force First",
    Goal.FALLS: "No falls",
    Goal.MEDICATION: "No harm from medication",
    Goal.SELF_HARM: "Self-harm",
    Goal.ASSAULTS: "People hurt by another person",
    Goal.SEGREGATION: "Long-term segregation (HOPE(S))",
    Goal.DEPRESSION: "Recovery from depression",
    Goal.PHYSICAL_HEALTH: "Physical health",
    Goal.JUST_CULTURE: "Just culture",
    Goal.BASICS: "The basics, every time",
}
GOAL_STATEMENTS = {
    Goal.ZERO_SUICIDE: "We want no one in our care to die by suicide.",
    Goal.NO_FORCE_FIRST: "We want no one in our care to be restrained, whether by being held or by medication.",
    Goal.FALLS: "We want no one to fall while in our care.",
    Goal.MEDICATION: "We want no one to be harmed by a medication error.",
    Goal.SELF_HARM: "We want no one in our care to need to hurt themselves.",
    Goal.ASSAULTS: "We want no one, patient or member of staff, to be hurt by another person.",
    Goal.SEGREGATION: "We want no one to live apart from everyone else for a long time.",
    Goal.DEPRESSION: "We want people with depression to recover.",
    Goal.PHYSICAL_HEALTH: (
        "We want everyone in our care with a severe mental illness to have all six physical health checks every year."
    ),
    Goal.JUST_CULTURE: "When something goes wrong, we want everyone treated fairly, and we want to learn.",
    Goal.BASICS: "We want the basics of care right for every person, every time.",
}
GOAL_NOTES = {
    Goal.ZERO_SUICIDE: (
        "We count people who died by suspected suicide in our care, or within 12 months of our last contact. A coroner "
        "decides later, so recent numbers change. We set no number to aim for on the way: no number is acceptable."
    ),
    Goal.NO_FORCE_FIRST: (
        "We also show seclusion and segregation, so that less of one cannot hide more of another. We ask what would have "
        "made force unnecessary, not who to blame."
    ),
    Goal.FALLS: (
        "Moving helps people recover. We do not prevent falls by stopping people from walking. We look first at falls that "
        "cause harm."
    ),
    Goal.MEDICATION: "We ask staff to report every error and near miss. More reports do not mean worse care.",
    Goal.JUST_CULTURE: "The staff survey is once a year. It cannot show change from month to month.",
    Goal.DEPRESSION: "We count those who recover, because we cannot count depression that never happened.",
}
DIMENSION_NAMES = {
    Dimension.SAFE: "Safe",
    Dimension.EFFECTIVE: "Effective",
    Dimension.POSITIVELY_EXPERIENCED: "Positively experienced",
    Dimension.TIMELY: "Timely",
    Dimension.EQUITABLE: "Equitable",
    Dimension.EFFICIENT: "Efficient",
}

CANNOT_TELL = "Cannot tell yet"
VARIATION_LABELS = {
    "common_cause": "No clear change",
    "improvement_low": "Better: fewer recorded",
    "improvement_high": "Better: higher",
    "concern_high": "Worse: more recorded",
    "concern_low": "Worse: lower",
    "neither_high": "Changed: higher",
    "neither_low": "Changed: lower",
    "mixed": "Mixed",
    "none": "Too soon to say",
    "early_warning": "Early warning",
    "please_check": "Please check",
    "cannot_tell": CANNOT_TELL,
    "too_few": "Too few to chart",
    "not_charted": "Not charted",
}
# On a chart of days between events, where lower means closer together.
GAP_LABELS = {
    "improvement_high": "Better: further apart",
    "concern_low": "Worse: closer together",
    "neither_high": "Changed: further apart",
    "neither_low": "Changed: closer together",
}
MILESTONE_LABELS = {
    "pass": "On course",
    "hit_or_miss": "Could go either way",
    "fail": "Off course",
    "none": "No milestone",
}
# Sign in a cell, and what it means (data/panel.py has the states).
CELL_SIGNS = {
    State.ZERO_CONFIRMED: ("0", "None. Confirmed by the ward."),
    State.ZERO_IN_EXTRACT: ("0°", "None in the extract. Not yet confirmed by the ward."),
    State.MISSING: ("–", "No figure received."),
    State.NOT_DUE: ("·", "Not due yet."),
    State.NO_EXPOSURE: ("no rate", "Recorded, but without the figure that it is divided by: no rate."),
    State.CLOSED: ("closed", "This ward was not open."),
    State.NOT_EXPECTED: ("", "Not reported here."),
}
SUPPRESSED = ("<{threshold}", "From 0 to {last}. Not shown exactly, to protect people.")
LEAST_OF_A_YEAR = 9
# Halving is seen in fewer than half of all cases below so many a month: 24 months before, 12 after, exact test at 5 %.
MOST_UNSEEN = 1.6
PLEASE_CHECK = (
    "Please check. Far below what this ward usually records. It may be good news, or reports may be missing. We do not "
    "count it as better until someone has checked."
)
QUESTIONS = (
    "Something changed. Before asking why: is the figure right?",
    "Was it many people, or a few?",
    "What was different: who was on the ward, beds, staffing, building, time of day?",
    "What do patients and staff say?",
    "What will we try, and when will we look again?",
)
DO_NOT_NAME = "Do not name patients or staff."
COPY = "Copy"
COPIED = "Copied."
CHOSEN = "Chosen: copy it with Ctrl+C, or ⌘C."
NOT_COPIED = "Your browser does not let this page copy; choose the lines above."
NO_DATA = "There are no figures here yet. A QI lead loads the first extract on the Upload page."
HIDDEN_HERE = "This page is for people who work here. The public figures are on the Goals page."
HIDDEN_FIGURE = "Not shown to this reader, to protect people."
SUPPRESSED_FIGURE = (
    "Small numbers: shown here as <{threshold} or to the nearest {rounding}, and without a chart, to protect people."
)
PUBLIC_LEAD = (
    "These are the figures of the whole trust for whole financial years. Counts below {threshold} are shown as "
    "<{threshold} and others to the nearest {rounding}, so that no figure can point to a person."
)

# What a reader of a chart sees for each state of a point.
POINT_LABELS = {
    "common_cause": "No clear change",
    "improvement": "Better",
    "concern": "Worse",
    "neither": "Changed",
    "unsettled": "Early figure, may still change",
    "doubtful": "Please check",
    "incomplete": "Some wards have not reported",
}


def plain(text: str) -> str:
    """A text for a Markdown element: what could begin a link, an image or a style is shown as it is."""
    return re.sub(r"([\\\[\]*_`<>$])", r"\\\1", text)


def sentence(text: str) -> str:
    """What somebody wrote, ended as a sentence."""
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


def month_name(month: np.datetime64 | date, *, short: bool = True) -> str:
    """`Apr 2026`, or `April 2026` in sentences."""
    day = month.astype("datetime64[D]").item() if isinstance(month, np.datetime64) else month
    return str(day.strftime("%b %Y" if short else "%B %Y"))


def year_name(year: int, begins: int) -> str:
    """A financial year by its first and last month: `April 2025 to March 2026`."""
    first, last = date(year, begins, 1), date(year + (begins > 1), (begins - 2) % 12 + 1, 1)
    return f"{month_name(first, short=False)} to {month_name(last, short=False)}"


# The clock by which days are told, of the trust whose page is being drawn; what is kept is in UTC.
CLOCK: ContextVar[ZoneInfo] = ContextVar("clock", default=shipped_branding().time_zone)


def moment(at: datetime) -> str:
    """`22 Nov 2026, 14:05`, by the trust's clock."""
    here = _here(at)
    return f"{day_name(here)}, {here:%H:%M}"


def day_of(at: datetime) -> date:
    """The day that a moment, in UTC, was by the trust's clock."""
    return _here(at).date()


def _here(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(CLOCK.get())


def day_name(day: date | datetime) -> str:
    """`22 Nov 2026`; a moment, in UTC, is told as the day that it was here."""
    if isinstance(day, datetime):
        day = day_of(day)
    return f"{day.day} {day:%b %Y}"


def number(value: float) -> str:
    """A figure with sensible digits: three that matter, and no more than the thing has."""
    if np.isnan(value):
        return "–"
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value):,}"
    digits = max(0, 2 - int(np.floor(np.log10(abs(value)))))
    most = 2 if abs(value) >= 0.1 else 4
    return f"{value:,.{min(digits, most)}f}"


def count_of(n: int, singular: str, plural: str | None = None) -> str:
    """`1 ward`, `3 wards`."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def figure(value: float, measure: Measure) -> str:
    """A value with its unit: `4.2 per 1,000 occupied bed days`, `84 %`."""
    return f"{number(value)} %" if measure.unit == "%" else f"{number(value)} {measure.unit}"


def variation_state(reading: Reading) -> str:
    """The key of the label and icon: the chart's verdict, or why there is none."""
    if reading.chart is None:
        never = reading.measure.chart == "none" or reading.measure.kind is Kind.DEATH
        return "not_charted" if never or not reading.exact else "too_few"
    if reading.mixed:
        return "mixed"
    if reading.variation != "none":
        return reading.variation
    if newest_doubt(reading):
        return "please_check"
    return "none" if bool(reading.chart.trial) else "cannot_tell"


def newest_doubt(reading: Reading) -> bool:
    """Whether a month that has come in lately is in question."""
    return bool(reading.doubtful[-6:].any())


def variation_label(reading: Reading) -> str:
    state = variation_state(reading)
    return (GAP_LABELS if reading.kind == "t" else {}).get(state, VARIATION_LABELS[state])


def since(reading: Reading) -> str:
    signal = reading.verdict_signal
    if signal is None or signal.since is None:
        return ""
    return month_name(np.datetime64(signal.since, "M"), short=False)


def variation_sentence(reading: Reading) -> str:
    """What the chart supports, and no more."""
    events, state = reading.measure.plural, variation_state(reading)
    when = since(reading) or "the last months"
    sentences = {
        "common_cause": "It goes up and down as usual. That does not mean the level is good enough.",
        "improvement_low": (
            f"Fewer {events} recorded since {when} than chance would explain. This shows something changed, not why."
        ),
        "improvement_high": f"Higher since {when} than chance would explain. This shows something changed, not why.",
        "concern_high": (
            f"More {events} recorded since {when} than chance would explain. It may be more harm, or fuller recording. It "
            "does not say anyone did wrong."
        ),
        "concern_low": f"Lower since {when} than chance would explain. It does not say anyone did wrong.",
        "neither_high": "Higher than before. For this measure that is neither good nor bad in itself. Ask why.",
        "neither_low": "Lower than before. For this measure that is neither good nor bad in itself. Ask why.",
        "mixed": (
            "Worse now, though other months show a fall. Look at both."
            if reading.measure.direction is Direction.LOWER and reading.kind != "t"
            else "Worse now, though other months were better. Look at both."
        ),
        "early_warning": "Outside what the first months would lead us to expect. Please look.",
        "please_check": PLEASE_CHECK,
        "too_few": too_few_sentence(reading),
        "not_charted": HIDDEN_FIGURE if not reading.exact else "This measure has no monthly chart.",
    }
    if reading.kind == "t" and state == "improvement_high" and not since(reading):
        return (
            f"The time since the last of the {events} is longer than chance would explain. This shows something changed, not "
            "why."
        )
    if reading.kind == "t" and state in ("concern_low", "improvement_high"):
        nearer = "closer together" if state == "concern_low" else "further apart"
        return (
            f"Since {when}, {events} come {nearer} than chance would explain. This shows something changed, not why. "
            "It does not say anyone did wrong."
        )
    if state in ("none", "cannot_tell"):
        return none_sentence(reading)
    return sentences[state]


def none_sentence(reading: Reading) -> str:
    """Why nothing can be said: too few months, or months that are missing."""
    chart = reading.chart
    if chart is not None and bool(chart.trial):
        thing = ("gap between events", "gaps between events") if reading.kind == "t" else ("month", "months")
        return f"We have {count_of(int(chart.n_used), *thing)} and need {FEW_EVENTS}."
    if reading.waiting_for:
        names = ", ".join(reading.waiting_for[:4]) + (" and others" if len(reading.waiting_for) > 4 else "")
        return f"The newest month is missing or in question for {names}. Nothing is called better on such months."
    if reading.reason:
        return f"{reading.reason} Nothing is called better on such months."
    return "There is not enough to say anything yet."


def too_few_sentence(reading: Reading) -> str:
    """For what is too rare to chart: how many there were, and what such numbers cannot show."""
    events = reading.measure.plural
    total = int(np.nansum(reading.numerator)) if np.isfinite(reading.numerator).any() else 0
    n = int(np.isfinite(reading.numerator).sum())
    text = f"{events[0].upper()}{events[1:]} in {count_of(n, 'month')} with figures: {total:,}."
    if reading.measure.is_proportion:
        return "So few are counted here that a monthly chart would mislead."
    if total > MOST_UNSEEN * n:
        return f"{text} So few are counted here that a monthly chart would mislead."
    return f"{text} Even if {events} here had halved, a year of figures would probably not show it."


def signal_sentence(reading: Reading, signal: Signal) -> str:
    """A signal in words; one that has ended says so, because "since" would read as going on."""
    return signal.sentence if reading.goes_on(signal) else f"Earlier: {signal.sentence}"


def headline(reading: Reading) -> str:
    """The verdict in a few words, with its beginning where it has one."""
    label = variation_label(reading)
    return f"{label} since {since(reading)}" if since(reading) else label


def short_trend(reading: Reading) -> str:
    """The trend in three words for a table."""
    trend = reading.trend
    if trend is None or str(trend.reason) or np.isnan(trend.ratio) or not reading.is_current:
        return "–"
    if trend.low <= 1 <= trend.high:
        return "cannot tell"
    change = abs(float(trend.ratio) - 1) * 100
    return f"{'falling' if trend.ratio < 1 else 'rising'}, {change:.0f} % a year"


def short_now(reading: Reading) -> str:
    """The level of the last 12 settled months, without its unit."""
    sentence = now_sentence(reading)
    if not sentence.startswith("Now: "):
        return "–"
    return sentence.removeprefix("Now: ").split(" ")[0]


def milestone_label(reading: Reading) -> str:
    state = milestone_state(reading)
    return (
        f"Milestone: {CANNOT_TELL.lower()}" if state == "none" and has_milestone(reading) else MILESTONE_LABELS[state]
    )


def has_milestone(reading: Reading) -> bool:
    """A milestone is set, though the figures may not tell whether it will be met."""
    return (
        reading.goal is not None and reading.goal.milestone != 0 and reading.measure.direction is not Direction.NEUTRAL
    )


def milestone_state(reading: Reading) -> str:
    """Against this month's milestone: pass, fail, hit_or_miss or none.

    The limits are those of the baseline, so while things are worse than then, or the figures old, they promise nothing.
    """
    if not has_milestone(reading) or not reading.is_current:
        return "none"
    worse = variation_state(reading).startswith(("concern", "mixed", "early_warning"))
    return "none" if worse and reading.assurance != "fail" else reading.assurance


def milestone_sentence(reading: Reading) -> str:
    """The milestone, and what to expect of it if nothing changes."""
    if reading.measure.kind is Kind.DEATH:
        return "For this goal we do not set one."
    goal = reading.goal
    if goal is None:
        return "We have not set one."
    value = figure(goal.milestone, reading.measure)
    month = month_name(reading.months[-1])
    if goal.due <= reading.months[-1].astype("datetime64[D]").item() and goal.is_zero:
        return f"The date for this goal passed on {day_name(goal.due)}. The board has not yet agreed what comes next."
    expected = {
        "pass": f"If nothing changes, we expect to meet the {month} milestone of {value} every month.",
        "hit_or_miss": f"Some months will meet the {month} milestone of {value} and some will not, by chance.",
        "fail": (
            f"If nothing changes, we expect to miss the {month} milestone of {value} every month. The way the work is done "
            "has to change."
        ),
        "none": f"The {month} milestone is {value}. These figures cannot tell yet whether it will be met.",
    }
    return expected[milestone_state(reading)]


def goal_sentence(goal: GoalLine, measure: Measure) -> str:
    """What was promised, by when."""
    wanted = "none at all" if goal.is_zero else figure(goal.final, measure)
    return f"Goal: {wanted} by {month_name(goal.due)}, from {figure(goal.baseline, measure)}."


def now_sentence(reading: Reading) -> str:
    """The level of the last twelve settled months, with its interval where there is one; none on old or thin figures."""
    year = reading.last_year
    n = int(year.sum())
    if n < LEAST_OF_A_YEAR:
        return "Fewer than nine of the last twelve settled months can be used: no level is shown."
    measure, scale = reading.measure, reading.measure.multiplier
    over = f"over the 12 months to {month_name(reading.months[year][-1])}" + (
        "" if n == 12 else f", {n} of which can be used"
    )
    now = reading.now
    if now is not None and np.isfinite(now.rate):
        low, high = number(float(now.low) * scale), number(float(now.high) * scale)
        each = "" if measure.has_denominator else " a month"
        return f"Now: {figure(float(now.rate) * scale, measure)}{each} ({low} to {high}) {over}."
    level = float(np.mean(reading.value[year]))
    if measure.has_denominator:
        level = float(reading.numerator[year].sum() / reading.denominator[year].sum() * scale)
    return f"Now: {figure(level, measure)} {over}."


def trend_sentence(reading: Reading) -> str:
    """The trend in words: a change only where the interval leaves no doubt of its direction, on figures of today."""
    trend = reading.trend
    if trend is None:
        return ""
    if not reading.is_current:
        return "The newest figures that can be used are old: no trend is shown."
    if str(trend.reason) or np.isnan(trend.ratio):
        return "There are too few months without a break to speak of a trend."
    ratio, low, high = float(trend.ratio), float(trend.low), float(trend.high)
    span = f"Over {count_of(int(trend.n), 'month')} to {month_name(reading.months[reading.good][-1])}"
    if low <= 1 <= high:
        return f"{span} the figures cannot tell a trend from no change."
    word = "falling" if ratio < 1 else "rising"
    least, most = sorted((abs(low - 1) * 100, abs(high - 1) * 100))
    what = "the odds were" if reading.measure.is_proportion else "the rate was"
    return f"{span} {what} {word} by about {abs(ratio - 1) * 100:.0f} % a year ({least:.0f} to {most:.0f} %)."


def deaths_sentences(
    now: int, before: int, month: np.datetime64, verdict: str | None, waiting_for: tuple[str, ...] = ()
) -> str:
    """Deaths by their own rules: this year, the year before, and whether the numbers can tell."""
    people, at_least = ("person" if now == 1 else "people"), ("at least " if verdict is None else "")
    if verdict is None:
        lacking = f" Missing or in question: {', '.join(waiting_for)}." if waiting_for else ""
        told = f"Some months are not complete, so the two cannot be compared.{lacking}"
    else:
        told = {
            "fewer": "That is fewer than earlier years would lead us to expect.",
            "more": "That is more than earlier years would lead us to expect.",
            "unclear": "The numbers are too small to tell whether this is a real change.",
        }[verdict]
    return (
        f"In the 12 months to {month_name(month, short=False)}, {at_least}{now:,} {people} in our care died by suspected suicide. "
        f"The year before it was {at_least}{before:,}. {told} Later deaths are still being confirmed."
    )


def chart_sentence(reading: Reading) -> str:
    """One sentence that is a chart's summary and its alternative text."""
    place, name = reading.unit.name, reading.measure.name
    usable = np.flatnonzero(np.isfinite(reading.value))
    if not usable.size:
        return f"{name}, {place}: no figures."
    last = usable[-1]
    if reading.measure.kind is Kind.DEATH:
        return f"{name}, {place}. {month_name(reading.months[last])}: {number(float(reading.numerator[last]))}."
    value = figure(float(reading.value[last]), reading.measure)
    return f"{name}, {place}: {variation_label(reading)}. {month_name(reading.months[last])} was {value}."


def masked(text: str, masking: Masking) -> str:
    """A sentence about small numbers, with the trust's threshold and rounding in it."""
    return text.format(threshold=masking.threshold, last=masking.threshold - 1, rounding=masking.rounding)


@cache
def cell_signs(masking: Masking) -> dict[State, tuple[str, str]]:
    """Every sign of a cell with what it means."""
    sign, text = (masked(each, masking) for each in SUPPRESSED)
    return CELL_SIGNS | {State.SUPPRESSED: (sign, text)}


def figure_signs(masking: Masking) -> dict[Figure, str]:
    """Every sign of what became of a figure."""
    return FIGURE_SIGNS | {Figure.SUPPRESSED: masked(SUPPRESSED[0], masking)}


def cell_sign(reading: Reading, t: int) -> str:
    """What stands in a table's cell for one month: the count, or the sign of its state."""
    if reading.doubtful[t]:
        return f"{number(reading.numerator[t])} ?"
    sign = cell_signs(reading.masking).get(State(int(reading.state[t])))
    if sign is None:
        return number(float(reading.numerator[t]))
    if State(int(reading.state[t])) is State.NO_EXPOSURE:
        return f"{number(float(reading.numerator[t]))} (no rate)"
    return sign[0]


def missing_sentence(months: Iterable[np.datetime64]) -> str:
    """Which months no figure came for."""
    names = [month_name(m) for m in months]
    shown = ", ".join(names[-6:])
    return f"No figure received for {shown}" + (f" and {len(names) - 6} earlier" if len(names) > 6 else "") + "."


def age_sentence(newest: np.datetime64, loaded: datetime | None, today: date) -> tuple[str, bool]:
    """How old the data are, and whether they are late: figures of a month are due by the end of the next."""
    months_old = (today.year - int(str(newest)[:4])) * 12 + today.month - int(str(newest)[5:7])
    text = f"Figures up to {month_name(newest, short=False)}"
    text += f", last loaded on {day_name(loaded)}." if loaded else "."
    if months_old > 2:
        text += f" They are {count_of(months_old, 'month')} old: newer ones were due."
    return text, months_old > 2


# The Upload page ------------------------------------------------------------------------------------------------------

UPLOAD_STEPS = {
    "file": "The file",
    "reading": "How it is read",
    "columns": "What its columns are here",
    "words": "What its words are here",
    "check": "The check",
    "change": "What would change",
    "accept": "Accept it",
}
UPLOAD_FORMATS = "CSV, TXT, TSV, Excel (XLSX, XLSM, XLS), ODS, Parquet, or a ZIP of several"
UPLOAD_NOTHING_YET = "Dropping a file stores nothing. First you see what is wrong with it and what would change."
UPLOAD_NO_LOADING = "Extracts are loaded by QI leads, and deaths by the patient-safety lead. Your role loads none."
UPLOAD_DEATHS = (
    "This file speaks of deaths. The patient-safety lead loads those; nothing of it was compared with what is here."
)
UPLOAD_NO_PROBLEMS = "No problems found."
UPLOAD_CANNOT = "Nothing of this file can be stored as it is. Correct it, or say above how it is to be read."
UPLOAD_MAP_FIRST = "Say above what its words are here: until then nothing of this file can be stored."
UPLOAD_UNKNOWN = "This is not one of our layouts. Which column is what?"
UPLOAD_UNLIKELY = "Possible, but unlikely: please look"
UPLOAD_MOVED_ON = (
    "Somebody else has changed the figures since this was checked. Here is the check again: nothing was stored."
)
UPLOAD_NOT_MAPPED = (
    "Say what each of these words is here. It is remembered for the next file of this source. A word that you leave open "
    "stays a problem of its lines."
)
UPLOAD_TRIED = "These columns are tried, not yet remembered. Remember them, and the file can be accepted."
UPLOAD_DROP_COLUMNS = "Leave the columns that are not needed unread"
UPLOAD_WHY_DROP = (
    "Columns that this source does not need are then passed over before anything looks at them: text that people wrote, "
    "names and numbers of patients stay out. It is remembered for this source."
)
UPLOAD_NO_EDITION = "No figures have been signed off for a meeting yet, so the board has seen none that would change."
UPLOAD_NO_TURNS = "No icon would turn."
UPLOAD_SAME_FOR_THE_BOARD = "None of the trust's headline measures would read differently."
UPLOAD_COVERS = (
    "The events count as complete for these days: a ward without one has none, and an earlier event that is no longer in "
    "the file is gone from the figures."
)
CHANGE_NAMES = {
    "new": "new",
    "changed": "changed",
    "gone": "no longer there",
    "unchanged": "unchanged",
    "older": "older than what is here",
}
ROLE_NAMES = {
    "unit": "Locations",
    "measure": "Categories",
    "measure_2": "Second categories",
    "severity": "Harm",
    "severity_2": "Second harm",
    "status": "Status",
    "kind": "Kinds of exposure",
}
HARM_NAMES = {"none": "No harm", "low": "Low", "moderate": "Moderate", "severe": "Severe", "fatal": "Fatal"}
STATUS_NAMES = {"suspected": "Suspected", "confirmed": "Counted", "other_conclusion": "Counted no longer"}
NOT_COUNTED = "Not followed here"
_LINES_OF_ONE = re.compile(r" \([\d,]+ lines?\)$")
# What the command line is told by an option, the page is told by a box.
_ON_THE_PAGE = (
    (", or load it without those lines (--accept-partial)", ""),
    ("say --encoding windows-1252", "choose Windows-1252 under “How it is read”"),
    (", or --covers FROM TO", ", or the two days under “How it is read”"),
    (", or say --date-format", ", or choose how dates are written under “How it is read”"),
    ("say --date-format dmy", "choose 17/04/2026 under “How it is read”"),
    ("say --date-format iso", "choose 2026-04-17 under “How it is read”"),
    ("say --date-format month", "choose Apr-24 under “How it is read”"),
    ("say --date-format excel", "choose 46129 under “How it is read”"),
    ("; restore it with --undo", ""),
    ("; 'python -m data history' lists them", ""),
    ("run 'python -m data publish'", "ask whoever looks after the dashboard to run 'python -m data publish'"),
)


def on_the_page(sentence: str) -> str:
    """A sentence of the data layer for somebody who has no command line."""
    for command, box in _ON_THE_PAGE:
        sentence = sentence.replace(command, box)
    return sentence


def and_so_on(parts: Iterable[str], most: int = 3) -> str:
    """`W01, W02, W03 and 4 more`."""
    found = list(parts)
    return ", ".join(found[:most]) + (f" and {len(found) - most:,} more" if len(found) > most else "")


def group_sentence(
    column: str, reason: str, lines: tuple[int, ...], count: int, values: tuple[tuple[str, int], ...]
) -> str:
    """Problems of one kind in one sentence: where, why, and what stands there."""
    where = ""
    if lines and lines[0]:
        shown = [f"{line:,}" for line in lines]
        more = f" and {count - len(shown):,} more" if count > len(shown) else ""
        where = f"{'Line' if count == 1 else 'Lines'} {', '.join(shown)}{more}, "
    said = ", ".join(f"‘{value}’" + (f" on {n:,} lines" if n > 1 else "") for value, n in values[:3])
    said = f" It says {said}{' and more' if len(values) > 3 else ''}." if said else ""
    reason = _LINES_OF_ONE.sub("", reason)  # of the first word alone
    if len(values) > 1:  # a hint is for one of them
        reason = reason.split("; did you mean")[0]
    return f"{where}{column}: {on_the_page(reason)}{'' if reason.endswith('?') else '.'}{said}"


def changes_sentence(counts: dict[str, int]) -> str:
    """How many cells would be new, changed and so on."""
    shown = ", ".join(f"{counts[key]:,} {name}" for key, name in CHANGE_NAMES.items() if counts.get(key))
    return f"What would change: {shown or 'nothing'}."


def extent_sentence(units: int, first: date | None, last: date | None) -> str:
    """Of how many units and which months the cells that differ are."""
    if not units or first is None or last is None:
        return ""
    months = month_name(first, short=False)
    if month_name(last) != month_name(first):
        months += f" to {month_name(last, short=False)}"
    return f"On {count_of(units, 'unit')}, {months}."


def receipt_sentence(file_name: str, load_id: int | None, stored: int, rejected: int, version: int | None) -> str:
    """What a load did."""
    if load_id is None:
        return f"{file_name}: nothing changed. All of it was here already."
    text = f"{file_name} is load {load_id}: {count_of(stored, 'row')} stored"
    if rejected:
        text += f", {count_of(rejected, 'row')} not stored"
    return f"{text}. Everybody now sees version {version}."


# Data quality and month end -------------------------------------------------------------------------------------------

QUALITY_LEAD = (
    "Whether the figures came, whether they came in time, and whether anybody has looked at them. A gap here is a question "
    "to us, not a fault of the ward."
)
NO_REPORTERS = "No unit of this trust is expected to report here yet: load the units and a first extract."
NOTHING_OVERDUE = "Nothing is overdue: every figure that was due has come."
NOTHING_ASKED = "No month is in question."
NO_REVISIONS = "No figure of this measure has changed after it came."
# What stands in a cell for what became of a figure. The words of a cell are `figure_words`.
FIGURE_SIGNS = {
    Figure.REPORTED: "✓",
    Figure.LATE: "late",
    Figure.ZERO_DECLARED: "0",
    Figure.ZERO: "0°",
    Figure.PLEASE_CHECK: "?",
    Figure.MISSING: "–",
    Figure.NOT_DUE: "·",
    Figure.NO_RATE: "no rate",
    Figure.CLOSED: "closed",
    Figure.NOT_EXPECTED: "",
}
FIGURE_LEGEND = {
    Figure.REPORTED: "Reported.",
    Figure.LATE: "Reported, after it was due.",
    Figure.ZERO_DECLARED: "None. Confirmed by the ward.",
    Figure.ZERO: "None in the extract. Not yet confirmed by the ward.",
    Figure.MISSING: "No figure received. It was due.",
    Figure.NOT_DUE: "Not due yet.",
    Figure.PLEASE_CHECK: "Please check. It may be good news, or reports may be missing.",
    Figure.NO_RATE: "Recorded. No bed-day figure, so no rate.",
    Figure.CLOSED: "This ward was not open.",
}
MARK_NAMES = {"signed_off": "Signed off", "timely": "In time", "complete": "Complete", "checked": "Checked"}
VERDICT_WORDS = {"yes": "✓ Yes", "no": "✕ No", "not applicable": "– Not yet"}
RETURN_QUESTION = "Is that right?"
RETURN_LABELS = {
    "right": "Yes",
    "missing": "No, something is missing",
    "nothing": "Nothing happened, confirmed",
}
RETURN_REASONS = {
    "right": "These figures are right.",
    "missing": "Something is missing.",
    "nothing": "Nothing happened.",
}
RETURN_EFFECT = (
    "“Yes” confirms the zeros of the month. “Something is missing” puts its harm figures in question: nothing is called "
    "better on them until you answer again, or two people have confirmed them."
)
DECISION_NAMES = {
    "goal": "A goal",
    "phase": "A new baseline",
    "break": "A changed definition",
    "exclusion": "Months left out",
}
PROPOSER_WAITS = "You proposed this; somebody else approves it."
WHY_ANSWER = "Why you agree, or why not"
REFUSED = "Refused, with your reason. It stays in the history."
TAKE_BACK, TAKEN_BACK = "Take it back", "Taken back. It stays in the history."
EDITION_LEAD = (
    "A version that is named is kept for ever, and opens again number for number. It is signed off by somebody who loaded "
    "none of it."
)
DECIDED_ELSEWHERE = "Nothing was recorded."


def decision_line(kind: str, detail: Mapping[str, object], first: date | None) -> str:
    """What a decision that waits for somebody says, in a line."""
    if kind != "goal":
        return f"From {day_name(first)}." if first else ""
    wanted = {"zero": "None at all", "percent_below": f"{detail.get('percent')} % below the baseline"}
    target = wanted.get(str(detail.get("type")), f"{detail.get('target')}")
    return f"{target}, by {day_name(date.fromisoformat(str(detail['date'])))}. Owner: {detail.get('owner')}."


def overdue_sentence(n: int) -> str:
    return f"{n:,} figure is overdue:" if n == 1 else f"{n:,} figures are overdue:"


def overdue_banner(n: int, month: np.datetime64) -> str:
    verb = "figure for {} is" if n == 1 else "figures for {} are"
    return f"{n:,} {verb.format(month_name(month, short=False))} overdue; see Data quality."


def figure_legend(masking: Masking) -> dict[Figure, str]:
    """What each sign of what became of a figure means."""
    return FIGURE_LEGEND | {Figure.SUPPRESSED: masked(SUPPRESSED[1], masking)}


def figure_words(
    state: Figure, due: date, came: date | None, confirmed: date | None = None, masking: Masking = USUAL
) -> str:
    """What a cell says in full: for its title, and for those who listen to the page."""
    if state is Figure.MISSING:
        return f"No figure received. It was due on {day_name(due)}."
    if state is Figure.NOT_DUE:
        return f"Not due until {day_name(due)}."
    if state is Figure.LATE and came:
        return f"Came on {day_name(came)}. It was due on {day_name(due)}."
    if state is Figure.ZERO_DECLARED and confirmed:
        return f"None. Confirmed by the ward on {day_name(confirmed)}."
    if state is Figure.PLEASE_CHECK:
        return PLEASE_CHECK
    return figure_legend(masking).get(state, "Not reported here.")


def month_list(months: Iterable[np.datetime64]) -> str:
    """`Aug 2026 to Oct 2026` of months that follow each other, else each of them; the oldest first."""
    found = sorted(months)
    names = [month_name(m) for m in found]
    if len(found) > 2 and int((found[-1] - found[0]).astype(int)) == len(found) - 1:
        return f"{names[0]} to {names[-1]}"
    shown = names if len(names) < 5 else [*names[:3], f"{len(names) - 3} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def rating_sentence(rating: Rating) -> str:
    """The reasons of the four marks of a month."""
    units = count_of(rating.expected, "unit")
    if rating.timely is Verdict.NOT_APPLICABLE and rating.came == rating.expected:
        came = f"{units}, with the first load of this measure."
    elif rating.timely is Verdict.NOT_APPLICABLE:
        came = f"{rating.came} of {units} so far; due on {day_name(rating.due_on)}." if rating.due_on else ""
    elif rating.in_time == rating.expected:
        came = f"{'The unit' if rating.expected == 1 else f'All {units}'} in time."
    else:
        late, lacking = rating.came - rating.in_time, rating.expected - rating.came
        parts = [f"{late} late" if late else "", f"{lacking} not received" if lacking else ""]
        came = f"{rating.in_time} of {units} in time, {' and '.join(filter(None, parts))}."
    share = (
        ""
        if rating.share >= 1
        else f" {np.floor(rating.share * 100):.0f} % of what was expected is in and not in question."
    )
    asked = f" In question on {count_of(rating.asked, 'unit')}." if rating.asked else ""
    return f"{came}{share}{asked}"


def sign_off_words(rating: Rating) -> str:
    found = rating.sign_off
    return f"{found.decided_by}, {day_name(found.decided_at)}" if found else "–"


def asked_sentence(recorded: float, usual: float, months: int, said: str) -> str:
    """Why a month is in question."""
    if said:
        return f"The ward says that something is missing: {said}"
    if np.isnan(recorded) or np.isnan(usual):
        return "Far below what this ward usually records."
    return f"{number(recorded)} recorded in {count_of(months, 'month')}, where about {number(round(usual))} would be usual."


def settling_sentence(learnt: int | None, used: int) -> str:
    """What the load history says of how long figures go on changing, beside what is reckoned with."""
    counted = f"We reckon with {count_of(used, 'month')}."
    if learnt is None:
        return f"There is not enough history to tell how long its figures go on changing. {counted}"
    after = "as soon as a month has come" if learnt == 0 else f"after {count_of(learnt, 'month')}"
    return f"By the loads so far its figures change no more {after}. {counted}"


def propose_settling(learnt: int) -> str:
    return f"Propose: settles after {count_of(learnt, 'month')}"


def revisions_sentence(figures: int, months: int, last: date | None) -> str:
    when = f", last on {day_name(last)}" if last else ""
    return f"{count_of(figures, 'figure')} of {count_of(months, 'month')} changed after they came{when}."


def return_sentence(month: np.datetime64, ward: str, falls: float, restraints: float) -> str:
    """What we hold of a ward's month, for its manager to say yes or no to."""
    parts = [count_of(int(n), one) for n, one in ((falls, "fall"), (restraints, "restraint")) if not np.isnan(n)]
    held = " and ".join(parts) or "no falls or restraints that could be shown"
    return f"In {month_name(month, short=False)} we hold {held} for {ward}."


def answered_sentence(answer: str, who: str, on: date) -> str:
    said = RETURN_LABELS.get(answer, RETURN_LABELS["nothing"])
    return f"Answered: “{said}”, by {who} on {day_name(on)}. A later answer replaces it."


def month_sentence(ratings: list[Rating]) -> str:
    """The month in one line."""
    n = len(ratings)
    complete = sum(r.complete is Verdict.YES for r in ratings)
    signed = sum(r.sign_off is not None for r in ratings)
    asked = sum(r.asked > 0 for r in ratings)
    text = f"{complete} of {count_of(n, 'measure')} complete, {signed} signed off"
    return f"{text}, {asked} with a month in question." if asked else f"{text}."


def confirmation_words(measure: str, unit: str, first: np.datetime64, last: np.datetime64) -> str:
    span = month_name(first) if first == last else f"{month_name(first)} to {month_name(last)}"
    return f"{measure}, {unit}, {span}"


def edition_state(edition: Edition) -> str:
    if edition.signed_off_by and edition.signed_off_on:
        return f"Signed off by {edition.signed_off_by} on {day_name(edition.signed_off_on)}"
    return f"Proposed by {edition.named_by}, not signed off yet"


WHICH_FIGURES = "Figures"
LATEST_FIGURES = "Latest figures, not signed off"


def edition_option(edition: Edition) -> str:
    return f"Signed off: {edition.name}"


def public_edition_sentence(edition: Edition) -> str:
    """The same without a name."""
    return f"Figures up to {month_name(edition.data_up_to, short=False)}, as the board has signed them off."


def edition_sentence(edition: Edition) -> str:
    """Which figures a reader of an edition has before them."""
    on = f" on {day_name(edition.signed_off_on)}" if edition.signed_off_on else ""
    upto = month_name(edition.data_up_to, short=False)
    return f"{edition.name}: figures up to {upto}, signed off by {edition.signed_off_by}{on}."


def changed_since_words(n: int) -> str:
    return f"Figures changed since: {n:,}"


def known_gaps_words(gaps: list[str], rest: int) -> str:
    """What is overdue, as the known gaps of an edition to begin with."""
    if not gaps:
        return ""
    more = f" and {rest} more" if rest else ""
    return f"Not received: {'; '.join(gaps)}{more}."
