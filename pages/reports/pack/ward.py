"""A ward on two pages: what changed and what to ask; then every other chart, and what is missing."""

from pages.reports.pack import wording as said
from pages.reports.pack.first import FIRST, key_signs
from pages.reports.pack.goals import said_about
from pages.reports.pack.model import Cell, Page, Table
from pages.reports.pack.parts import picture
from pages.reports.pack.request import Answered
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.harmed import harmed
from pages.shared.standing import is_loud, rank
from pages.shared.wording import goals as of_goals
from pages.shared.wording import ward as of_ward

MOST_SIGNALS, MOST_QUIET = 4, 24  # what two pages hold; what is left over is named on the second


def pages(asked: Answered) -> tuple[Page, ...]:
    readings = [r for r in sorted(asked.analysis.of_unit(asked.unit.code), key=rank) if not _is_death(r)]
    loud = [r for r in readings if is_loud(r)]
    return _signals(asked, readings, loud), _others(readings, loud)


def _is_death(reading: Reading) -> bool:
    return reading.measure.kind == "death"


def _signals(asked: Answered, readings: list[Reading], loud: list[Reading]) -> Page:
    """The strongest signals with their reasons, the people behind them, and what to ask."""
    judged = sum(words.variation_state(r) == "common_cause" for r in readings)
    lead = said.signals_lead(len(loud)) if loud else of_ward.nothing_loud(judged, len(readings))
    shown = tuple(picture(r, *_reasons(asked, r), with_unit=False) for r in loud[:MOST_SIGNALS])
    edition = said.edition_line(asked.edition, public=False)
    told = (lead, *_harmed(asked), f"{said.up_to(asked.month)}. {edition}")
    return Page(
        "ward",
        FIRST,
        said.WARD.format(unit=asked.unit.name),
        "signals",
        tuple(filter(None, (*told, said.SAMPLE if asked.store.home.is_sample else ""))),
        key_signs(),
        shown,
        tables=(_questions(),) if loud else (),
        comments=tuple(comment for r in readings for comment in said_about(asked, r)),
    )


def _harmed(asked: Answered) -> list[str]:
    """Serious harm of the month in a sentence: it is told whatever the charts say."""
    rows = harmed(asked.analysis, asked.store, asked.who, asked.unit, asked.as_known_at)
    parts = [f"{row.measure.name} {of_goals.harmed_number(row)}" for row in rows if row.exact]
    return [said.harmed_line(asked.month, parts)] if parts else []


def _reasons(asked: Answered, reading: Reading) -> tuple[str, ...]:
    signal = reading.verdict_signal
    people = asked.analysis.get(reading.measure.people, asked.unit.code) if reading.measure.people else None
    return (
        signal.sentence if signal else "",
        words.variation_sentence(reading),
        of_ward.people_beside(reading, people) if people is not None else "",
        words.milestone_sentence(reading) if words.has_milestone(reading) else "",
    )


def _questions() -> Table:
    return Table(of_ward.WHAT_TO_ASK, ("",), tuple((Cell(question),) for question in words.QUESTIONS))


def _others(readings: list[Reading], loud: list[Reading]) -> Page:
    """Every other chart, small; what has none; and what was not received."""
    rest = [*loud[MOST_SIGNALS:], *(r for r in readings if r not in loud)]
    charted, few = [r for r in rest if r.chart is not None], [r for r in rest if r.chart is None]
    shown, over = charted[:MOST_QUIET], charted[MOST_QUIET:]
    small = [said.not_drawn([r.measure.name for r in few]), said.on_the_page([r.measure.name for r in over])]
    lacking = [r.measure.name for r in readings if not r.complete[-6:].all() or r.doubtful[-6:].any()]
    small.append(said.not_received(lacking))
    return Page(
        "others",
        said.PARTS["others"],
        said.OTHERS,
        "many",
        (said.without_signal(len(shown)),),
        pictures=tuple(picture(r, with_unit=False) for r in shown),
        small=tuple(filter(None, small)),
    )
