"""What the Measure page says."""

from datetime import date

import numpy as np

from metrics import ControlChart
from pages.shared import words
from pages.shared.analysis import GoalLine, Reading

NO_MILESTONE = "We set no milestone for deaths: no number is acceptable."
NOT_HERE = "The measure of the link is not shown for this unit; here is another. Choose below."
FIGURES_CAPTION = "Month by month, the newest first"
NOTHING_DUE = "No month of this measure was due here."
NO_FIGURES = "No figure of this measure has come yet for this unit. The table below says what was due."
ANOTHER_WAY = "Look at it another way: other rules, another chart, an earlier date"
ASK = "What to ask"
SAYS, GOING, LIMITS = "What the chart says", "How far, and where it is going", "What these figures cannot show"
NOTES, BESIDE, RUN = "Notes on the chart", "Read beside it", "The same months as a run chart"
NO_SIGNAL = "No rule finds a signal in these figures."
NEW_PHASE = "A new phase: a ward came, went or moved, or what is counted changed. Limits begin anew."
RUN_NOTE = "Median of the first 24 settled months; Anhøj rules."
RUN_FEW = "Too many months are at the median for a run chart to say anything."
CHARTS = {
    "u_prime": "u′ chart",
    "u": "u chart",
    "p_prime": "p′ chart",
    "p": "p chart",
    "c": "c chart",
    "t": "chart of days between events",
    "xmr": "XmR chart",
    "run": "run chart",
    "none": "figures only",
}
RULES = {
    "mdc": "Making Data Count, 7 in a row",
    "mdc6": "Making Data Count, 6 in a row",
    "nhsr": "NHSRplotthedots",
    "western_electric": "Western Electric",
    "nelson": "Nelson",
    "outside": "Only points outside the limits",
    "anhoej": "Anhøj",
}
REMARKS = {"annotation": "Note", "idea": "Change idea", "break": "Counted in another way", "phase": "New baseline"}
IDEA_STATES = {"try": "being tried", "adopt": "adopted", "adapt": "adapted", "abandon": "given up"}
WORDS, EARLIER_WORDS = "What people say", "What people said of earlier months"
NO_WORDS = "Nobody has added words for this month."
RECORD_WORDS, TAKE_BACK = "Record these words", "Take these words back"
WORDS_RECORDED, TAKEN_BACK = "Recorded, with your name and the day.", "Taken back. It stays in the history."
WORDS_REASON, TAKEN_BACK_REASON = "Words beside the chart.", "Taken back on the Measure page."
TAKE = "Take it along: figures and pictures as files"
TAKE_NOTE = "As you see it here, with what is chosen above. Who takes a file is noted."
FILES = {
    "figures": "The figures as a table (CSV)",
    "analyst": "Limits, signals by rule and flags (CSV)",
    "svg": "The chart as a drawing (SVG)",
    "png": "The chart as a picture (PNG)",
}


def add_words(month: np.datetime64) -> str:
    return f"Add your words for {words.month_name(month, short=False)}"


def words_by(who: str, on: date, month: np.datetime64) -> str:
    """Whose words, of when, on which month."""
    return f"{who}, {words.day_name(on)}, on {words.month_name(month, short=False)}:"


def usual(name: str) -> str:
    """The choice that nobody made: by the catalogue and what the counts can bear."""
    return f"Usual: {name}"


def with_these(ways: list[str], before: str, after: str) -> str:
    """What another rule set, chart or date changes of the verdict."""
    chosen = f"{', '.join(ways[:-1])} and {ways[-1]}" if len(ways) > 1 else ways[0]
    if before == after:
        return f"With {chosen} the chart reads the same: ‘{after}’."
    return f"With {chosen} the chart would read ‘{after}’ instead of ‘{before}’."


def known_on(day: date) -> str:
    return f"the figures as known on {words.day_name(day)}"


def was_then(day: date, changed: list[tuple[np.datetime64, str, str]], more: int) -> str:
    """The figures that a later load changed, the newest first."""
    parts = [f"{words.month_name(month)} was {then}; it is {now} today" for month, then, now in changed]
    rest = f" {words.count_of(more, 'earlier month')} changed too." if more else ""
    return f"As known on {words.day_name(day)}, {'. '.join(parts)}.{rest}" if parts else ""


def not_yet(day: date, months: list[np.datetime64]) -> str:
    return f"{words.month_list(months)} had not come by {words.day_name(day)}." if months else ""


def nothing_then(day: date) -> str:
    return f"On {words.day_name(day)} there were no figures of this measure here. The chart shows those of today."


def rules_note(reading: Reading) -> str:
    """What the limits rest on, and by which rules the points are judged."""
    if reading.chart is None:
        return "Figures only: no limits and no rules."
    what = "Median" if reading.kind == "run" else "Limits"
    rules = f"{RULES[reading.chart.rules]} (rule set {reading.chart.rules})"
    return (
        f"Drawn as {a_chart(reading.kind)}. {what} from the first 24 complete, settled points of each phase. Rules: {rules}. "
        "See Methods."
    )


def a_chart(kind: str) -> str:
    """With its article: the letter u is said 'you'."""
    return f"{'an' if kind == 'xmr' else 'a'} {CHARTS[kind]}"


def goal_line(goal: GoalLine, unit: str) -> str:
    """The label of the line at our goal."""
    percent = " %" if unit == "%" else ""
    wanted = "none" if goal.is_zero else f"{words.number(float(f'{goal.final:.3g}'))}{percent}"
    return f"Our goal: {wanted} by {words.month_name(goal.due)}"


def standard_line(label: str, value: float, unit: str) -> str:
    return f"{label}: {words.number(value)}{' %' if unit == '%' else ''}"


def run_sentence(chart: ControlChart) -> str:
    """What the two rules of a run chart find."""
    runs = chart.runs
    assert runs is not None
    found = (
        f"The longest run on one side of the median is {int(runs.longest_run)}; chance explains up to "
        f"{int(runs.longest_run_max)}. The median is crossed {words.count_of(int(runs.crossings), 'time')}; chance leads to "
        f"{int(runs.crossings_min)} or more."
    )
    told = "The level has moved more than chance would explain." if bool(runs.signal) else "No shift is found."
    return f"{found} {told}"


def years_sentence(counts: list[tuple[np.datetime64, int, bool]]) -> str:
    """Counts of years that end with the newest settled month, the newest first; `bool`: all of its months are complete."""
    parts = [
        f"{'' if complete else 'at least '}{n:,} in the 12 months to {words.month_name(month, short=False)}"
        for month, n, complete in counts
    ]
    return f"{'; '.join(parts)}. Later ones are still being confirmed."


def source(reading: Reading, version: int) -> str:
    """Where the figures of a picture come from."""
    newest = words.month_name(reading.months[-1])
    return f"{reading.measure.source}. Figures up to {newest}, version {version}."
