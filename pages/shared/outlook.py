"""What a reading lets us say of level, direction and what comes: each a sentence, or '' where nothing may be said.

No Streamlit here: the Measure, Goals and Ward pages and the reports call the same. Deaths have none of it (methods.md,
section 4), and figures that are not shown exactly are not computed with.
"""

from dataclasses import dataclass, replace

import numpy as np

from metrics import (
    ChanceOfGoal,
    chance_of_goal,
    detectable_change,
    distance_to_goal,
    mann_kendall,
    pace_to_halve,
    theil_sen,
)
from metrics.chance import TOO_MANY_FOR_NONE
from metrics.measure import Direction, Kind
from pages.shared import words
from pages.shared.analysis import COUNTED_EVENTS, LEAST_TREND_MONTHS, TREND_MONTHS, Bools, Floats, Reading
from pages.shared.rarely import false_signals, rare
from pages.shared.wording import outlook as said

YEAR = 12
POWER_MONTHS = 24  # before: from fewer than twelve nothing is said
HALVED = 0.5
SIGNIFICANT = 0.05  # of the second trend test; never shown


@dataclass(frozen=True)
class Outlook:
    """Sentences; '' where nothing may be said.

    `milestone`: what is asked of the next 12 months; `ahead`: the chance of it, `likely` in one word ('' where there is
    none). `pace`: of zero itself. `unseen`: what too few events could not have shown.
    """

    distance: str = ""
    milestone: str = ""
    ahead: str = ""
    likely: str = ""
    pace: str = ""
    second_test: str = ""
    unseen: str = ""
    rare: str = ""
    false_signals: str = ""


def outlook(reading: Reading) -> Outlook:
    """Everything that may be said of a reading."""
    if not reading.exact or reading.measure.kind is Kind.DEATH:
        return Outlook()
    found = Outlook(
        distance=distance(reading),
        pace=pace(reading),
        second_test=second_test(reading),
        unseen=unseen(reading),
        rare=rare(reading),
        false_signals=false_signals(reading),
    )
    milestone, ahead, likely = chance(reading)
    return replace(found, milestone=milestone, ahead=ahead, likely=likely)


def distance(reading: Reading) -> str:
    """How far the level of the last 12 settled months is from this month's milestone."""
    level, goal, measure = reading.now, reading.goal, reading.measure
    if level is None or goal is None or measure.direction is Direction.NEUTRAL:
        return ""
    if int(reading.last_year.sum()) < words.LEAST_OF_A_YEAR:
        return ""
    scale, better = measure.multiplier, str(measure.direction)
    found = distance_to_goal(level, goal.milestone, multiplier=scale, direction=better)
    return said.distance(str(found.state), float(found.distance), goal.milestone, measure)


def chance(reading: Reading) -> tuple[str, str, str]:
    """What the trajectory asks of the next 12 months, how likely that is in a sentence, and in one word."""
    goal = reading.goal
    if goal is None or not _is_counted(reading) or reading.measure.direction is Direction.NEUTRAL:
        return "", "", ""
    if not reading.is_current:
        return "", said.OLD, ""
    coming = reading.months[-1] + np.arange(1, YEAR + 1)
    path = goal.path(coming)
    if goal.is_zero and not path.any():  # of zero itself `pace` speaks
        return "", "", ""
    average = float(path.mean())
    found = _chance_of(reading, average)
    asked = said.milestones_ahead(average, float(path[-1]), coming[-1], reading.measure)
    sentence = str(found.sentence)
    if reading.measure.is_proportion and not str(found.reason):  # the rarer side may fall while the share rises
        sentence = said.chance_of_share(str(found.word), str(found.trend_word), _fitted_direction(reading))
    return asked, sentence, str(found.word)


def pace(reading: Reading) -> str:
    """Of a goal of zero: the chance of none where fewer than 3 a year are expected, else when the level would halve."""
    goal = reading.goal
    if goal is None or not goal.is_zero or not _is_counted(reading) or not reading.is_current:
        return ""
    none = _chance_of(reading, 0.0)
    if str(none.reason) != TOO_MANY_FOR_NONE:
        return str(none.sentence)
    count, exposure = settled(reading)
    upto = slice((reading.latest or 0) + 1)
    divided = None if exposure is None else exposure[upto]
    found = pace_to_halve(count[upto], divided, last=reading.months[upto][-1])
    return said.NO_PACE if str(found.reason) else str(found.sentence)


def second_test(reading: Reading) -> str:
    """Whether a trend test that knows only the order of the months agrees with the model's."""
    kept = newest_settled(reading, TREND_MONTHS)
    if kept.sum() < LEAST_TREND_MONTHS or not reading.is_current or reading.measure.chart == "none":
        return ""
    values = np.where(kept, reading.value, np.nan)
    order, slope = mann_kendall(values, autocorrelation="effective_n"), theil_sen(values, np.arange(len(values)) / YEAR)
    told = bool(order.p_value < SIGNIFICANT and slope.low * slope.high > 0)
    direction = ("falling" if slope.slope < 0 else "rising") if told else ""
    figures = (float(slope.slope), float(slope.low), float(slope.high))
    by = said.slope(direction, *figures, reading.measure) if told else ""
    return said.second_test(_fitted_direction(reading), direction, by)


def unseen(reading: Reading) -> str:
    """The smallest fall that a year of figures could show, where a fall is what is hoped for."""
    measure = reading.measure
    if measure.chart not in COUNTED_EVENTS or measure.direction is not Direction.LOWER:
        return ""
    kept = newest_settled(reading, POWER_MONTHS)
    events, months = float(reading.numerator[kept].sum()), int(kept.sum())
    if months < YEAR or not events.is_integer():
        return ""
    found = detectable_change(events, months, YEAR)
    return said.halved_unseen(measure.plural) if 0 < found.ratio < HALVED else str(found.sentence)


def settled(reading: Reading, most: int | None = None) -> tuple[Floats, Floats | None]:
    """The counts of `newest_settled` months, the others NaN, and what they are divided by."""
    count = np.where(newest_settled(reading, most), reading.numerator, np.nan)
    return count, reading.denominator if reading.measure.has_denominator else None


def newest_settled(reading: Reading, most: int | None = None) -> Bools:
    """(months,): settled, complete and undoubted, of the last phase; the newest `most` of them."""
    good = reading.good & ~reading.excluded & (reading.phase == reading.phase[-1])
    return good if most is None else good & (good[::-1].cumsum()[::-1] <= most)


def _is_counted(reading: Reading) -> bool:
    return reading.measure.chart in COUNTED_EVENTS or reading.measure.is_proportion


def _chance_of(reading: Reading, target: float) -> ChanceOfGoal:
    """Of a share, whoever is the rarer of those counted and the rest: counts of the rarer vary the more like a Poisson's."""
    measure = reading.measure
    count, exposure = settled(reading, TREND_MONTHS)  # the months of the trend that stands beside it
    better = str(measure.direction)
    if measure.is_proportion and exposure is not None and target < measure.multiplier:
        rest = exposure - count
        if np.nansum(rest) < np.nansum(count):
            count, target = rest, measure.multiplier - target
            better = {"lower": "higher", "higher": "lower"}[better]
    return chance_of_goal(count, exposure, target=target, multiplier=measure.multiplier, direction=better)


def _fitted_direction(reading: Reading) -> str | None:
    """What the model's trend says: falling, rising, '' where it cannot tell; None where there is none."""
    trend = reading.trend
    if trend is None or str(trend.reason) or np.isnan(trend.ratio):
        return None
    if trend.low <= 1 <= trend.high:
        return ""
    return "falling" if trend.ratio < 1 else "rising"
