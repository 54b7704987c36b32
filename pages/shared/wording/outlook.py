"""What is said of what comes: the sentences around those of `metrics`."""

import numpy as np

from metrics.chance import SAID
from metrics.measure import Measure
from pages.shared import words

NOT_HEARD = "So few are expected here that we would not notice if reporting stopped."
OLD = "The newest figures that can be used are old: nothing is said of what comes."
NO_PACE = "When this would halve cannot be told: it takes 24 settled months in a row without a gap."
SECOND_TEST = "A second test, which asks only for the order of the months,"


def distance(state: str, away: float, milestone: float, measure: Measure) -> str:
    """How far the level now is from this month's milestone; `state` as of `metrics.distance_to_goal`."""
    if state == "none":
        return ""
    if away == 0:
        return f"That is this month's milestone of {words.figure(_short(milestone), measure)}."
    side = "above" if away > 0 else "below"
    sure = {
        "met": "more than chance alone would explain",
        "not_met": "more than chance alone would explain",
        "cannot_tell": "too near to be sure on which side of it the level is",
    }[state]
    where = words.figure(_short(milestone), measure)
    return f"That is {words.number(_short(abs(away)))} {side} this month's milestone of {where}: {sure}."


def milestones_ahead(average: float, last: float, month: np.datetime64, measure: Measure) -> str:
    """What the trajectory asks of the next months."""
    return (
        f"The milestones of the next 12 months are {words.figure(_short(average), measure)} on average, and "
        f"{words.number(_short(last))} in {words.month_name(month)}."
    )


def chance_of_share(word: str, trend_word: str, fitted: str | None) -> str:
    """As `metrics.chance_of_goal` says it, by the direction of the share itself."""
    meets = {"months": 12, "what": "the milestone"}
    now = SAID[word].format(if_so="If the rate stays as now", **meets)
    if not trend_word or not fitted:
        return now
    later = SAID[trend_word].format(
        if_so=f"If the present {'fall' if fitted == 'falling' else 'rise'} goes on", **meets
    )
    return f"{now} {later}"


def halved_unseen(plural: str) -> str:
    return f"Even if {plural} here had halved, a year of figures would probably not show it."


def second_test(fitted: str | None, ordered: str, by: str) -> str:
    """Two trend tests side by side; `fitted` is None where there is no model, '' where it cannot tell."""
    cannot = "cannot tell a trend from no change"
    if fitted is None:
        return f"By the order of the months, the figures {f'are {by}' if ordered else cannot}."
    if fitted == ordered:
        return f"{SECOND_TEST} agrees: {by or f'it {cannot} either'}."
    if not ordered:
        return f"{SECOND_TEST} does not confirm it: it {cannot}."
    return f"{SECOND_TEST} finds them {by}. The two do not agree, so take neither as certain."


def slope(direction: str, middle: float, low: float, high: float, measure: Measure) -> str:
    """A change a year without its sign."""
    least, most = sorted((abs(low), abs(high)))
    unit = f" {measure.unit}" if measure.has_denominator else ""
    unit = " percentage points" if measure.unit == "%" else unit
    shown = [words.number(_short(value)) for value in (abs(middle), least, most)]
    return f"{direction} by about {shown[0]}{unit} a year ({shown[1]} to {shown[2]})"


def _short(value: float) -> float:
    """Three figures that matter."""
    return float(f"{value:.3g}")
