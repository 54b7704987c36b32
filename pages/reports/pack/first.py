"""The pages that come first: the cover, what changed, the people who were harmed, every goal in a line, the grid."""

from collections.abc import Iterable

from metrics.measure import Goal, Kind
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Listing, Page, Sign, Table
from pages.reports.pack.parts import icon_cell, item, level, milestone, variation
from pages.reports.pack.request import BOARD, Answered
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.deaths import death_verdict
from pages.shared.harmed import harmed
from pages.shared.standing import COLUMNS, column, counts, heard
from pages.shared.wording import goals as of_goals

FIRST = said.PARTS["first"]
MOST_BESIDE = 6  # parts of a unit that stand side by side on a sheet


def cover(asked: Answered) -> Page:
    """Whose figures, up to when, for whom, and what the signs mean."""
    kind = asked.audience.partition(":")[0]
    title = said.TITLE if kind == BOARD else said.OF_UNIT.format(unit=asked.unit.name)
    told = (
        asked.trust,
        said.up_to(asked.month),
        said.edition_line(asked.edition, public=False),
        said.AUDIENCES[kind],
        said.SAMPLE if asked.store.home.is_sample else "",
    )
    return Page("cover", "", title, "cover", tuple(filter(None, told)), key_signs())


def key_signs() -> tuple[Sign, ...]:
    """Every sign with its meaning."""
    variations = (Sign("variation", state, text) for state, text in said.KEY_SIGNS.items())
    return (*variations, *(Sign("milestone", state, text) for state, text in said.KEY_MILESTONES.items()))


def summary(readings: list[Reading], headlines: list[Reading]) -> Page:
    """What changed: every alert, then at most seven others."""
    found = heard(readings)
    listings = tuple(
        Listing(title, tone, tuple(item(r) for r in each))
        for title, tone, each in (
            (of_goals.ALERT, "alert", found.alert),
            (of_goals.ADVISE, "plain", found.advise),
            (of_goals.ASSURE, "fine", found.assure),
        )
        if each
    )
    told = [of_goals.standing_sentence(counts(headlines))] if headlines else []
    if not listings:
        told.append(of_goals.nothing_changed(counts(readings)))
    small = (said.more(found.rest),) if found.rest else ()
    return Page("summary", FIRST, said.SUMMARY, "text", tuple(told), listings=listings, small=small)


def harm(asked: Answered) -> Page | None:
    """Deaths and serious harm by their own rules: numbers, what is being learnt, and a year beside the one before."""
    rows = harmed(asked.analysis, asked.store, asked.who, asked.unit, asked.as_known_at)
    year = death_verdict(asked.analysis) if asked.unit.level == "trust" else None
    if not rows and year is None:
        return None
    told = (
        [words.deaths_sentences(year.now, year.before, year.month, year.verdict, year.waiting_for)]
        if year is not None
        else []
    )
    cells = tuple(
        (Cell(row.measure.name), Cell(of_goals.harmed_number(row)), Cell(of_goals.harmed_note(row))) for row in rows
    )
    tables = (Table(of_goals.harmed_title(asked.unit.name, asked.month), said.HARM_HEADS, cells),) if cells else ()
    small = [of_goals.HARMED_NOTE if rows else "", words.GOAL_NOTES.get(Goal.ZERO_SUICIDE, "") if told else ""]
    return Page("harm", FIRST, said.HARM, "text", tuple(told), tables=tables, small=tuple(filter(None, small)))


def glance(asked: Answered, headlines: list[Reading], places: list[tuple[str, str]]) -> Page:
    """Every goal in one line, with the icon of each part beside it, or in a table below."""
    rows, beside = [], places if len(places) <= MOST_BESIDE else []
    for reading in headlines:
        measure, name = reading.measure, words.GOAL_NAMES[reading.measure.goal]
        about = measure.name if name == measure.name else f"{name}: {measure.name}"
        now = level(reading)
        cells = [
            Cell(about),
            Cell(now if now == "–" else f"{now} {measure.unit}"),
            Cell(sign=variation(reading)),
            Cell(sign=milestone(reading)),
            Cell(words.short_trend(reading)),
        ]
        rows.append((*cells, *(icon_cell(asked.analysis.get(measure.id, code)) for code, _ in beside)))
    heads = (*said.GLANCE_HEADS, *(name.removesuffix(" division") for _, name in beside))
    tables = [Table(said.GLANCE_CAPTION, heads, tuple(rows))]
    if len(beside) < len(places):
        tables.append(_each_part(asked, headlines, places))
    lead = of_goals.standing_sentence(counts(headlines))
    return Page("glance", FIRST, said.GLANCE, "grid", (lead,), tables=tuple(tables))


def _each_part(asked: Answered, headlines: list[Reading], places: list[tuple[str, str]]) -> Table:
    """Where there are too many parts to stand side by side, they stand below each other."""
    rows = (
        (Cell(name), *(icon_cell(asked.analysis.get(r.measure.id, code)) for r in headlines)) for code, name in places
    )
    return Table(said.EACH_PART, ("", *(r.measure.name for r in headlines)), tuple(rows))


def grid(asked: Answered, readings: Iterable[Reading]) -> Page:
    """Variation × milestone: every measure stands in one cell."""
    cells: dict[tuple[str, str], list[str]] = {}
    for reading in readings:
        if reading.measure.kind is not Kind.DEATH:
            cells.setdefault((words.milestone_state(reading), column(reading)), []).append(reading.measure.name)
    rows = []
    for state, label in words.MILESTONE_LABELS.items():
        shown = f"{label}, or {words.CANNOT_TELL.lower()}" if state == "none" else label
        names = (Cell(" · ".join(cells.get((state, name), []))) for name in COLUMNS)
        rows.append((Cell(shown, Sign("milestone", state, shown)), *names))
    table = Table(f"Every measure, {asked.unit.name}, by milestone and by change", ("Milestone", *COLUMNS), tuple(rows))
    return Page("grid", FIRST, said.GRID, "grid", tables=(table,))
