"""A page for each goal: its chart, what it says, how far and how likely, each part, and what is being tried."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from data.store import Decision
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Comment, Page, Table
from pages.reports.pack.parts import level, milestone, picture, variation
from pages.reports.pack.request import Answered
from pages.shared import words
from pages.shared.analysis import Bools, Reading
from pages.shared.commentary import comments
from pages.shared.improvement.across import turned
from pages.shared.improvement.ideas import Idea, ideas_of
from pages.shared.outlook import chance, pace
from pages.shared.wording import goals as of_goals

SMALL_A_PAGE = 6
MOST_IDEAS = 6  # the newest; the Improvement page has them all


def goal_page(asked: Answered, reading: Reading, places: list[tuple[str, str]], ideas: list[Idea]) -> Page:
    """All that a meeting needs of one headline measure."""
    measure, name = reading.measure, words.GOAL_NAMES[reading.measure.goal]
    tables = [_by_part(asked, reading, places), _tried(asked, reading, ideas)]
    return Page(
        f"measure {measure.id}",
        said.PARTS["goals"],
        name if name == measure.name else f"{name}: {measure.name}",
        "chart" if reading.exact else "text",
        tuple(filter(None, sentences(reading))),
        (variation(reading), milestone(reading)),
        (picture(reading, large=True),) if reading.exact else (),
        tables=tuple(t for t in tables if t is not None),
        comments=said_by_people(asked, reading),
        small=tuple(filter(None, [of_goals.completeness(reading), words.GOAL_NOTES.get(measure.goal, "")])),
    )


def sentences(reading: Reading) -> list[str]:
    """The verdict first, then its reason, the level, the trend, the milestone, the chance and the promise.

    Of figures that are not shown exactly, the newest as they are shown, and nothing that is computed from them.
    """
    if not reading.exact:
        return [said.not_exact(reading)]
    signal = reading.verdict_signal
    return [
        f"{words.headline(reading)}.",
        signal.sentence if signal else "",
        words.variation_sentence(reading),
        words.now_sentence(reading),
        words.trend_sentence(reading),
        words.milestone_sentence(reading),
        chance(reading)[1],
        pace(reading),
        words.goal_sentence(reading.goal, reading.measure) if reading.goal else "",
    ]


def said_by_people(asked: Answered, reading: Reading) -> tuple[Comment, ...]:
    """Their own words of this month, beside the sentences above and never instead of them."""
    found = comments(asked.store, asked.who, reading.measure.id, reading.unit.code, asked.month, asked.as_known_at)
    return tuple(Comment(each.text, each.by, each.on) for each in found)


def said_about(asked: Answered, reading: Reading) -> tuple[Comment, ...]:
    """The same where several charts share a page: with what it is about."""
    return tuple(replace(c, by=said.about(c.by, reading.measure.name)) for c in said_by_people(asked, reading))


def _by_part(asked: Answered, reading: Reading, places: list[tuple[str, str]]) -> Table | None:
    rows = []
    for code, name in places:
        part = asked.analysis.get(reading.measure.id, code)
        if part is not None:
            cells = (Cell(level(part)), Cell(sign=variation(part)), Cell(sign=milestone(part)))
            rows.append((Cell(name), *cells, Cell(words.short_trend(part))))
    return Table(said.BY_UNIT, said.PART_HEADS, tuple(rows)) if rows else None


def _tried(asked: Answered, reading: Reading, ideas: list[Idea]) -> Table | None:
    names = {unit.code: unit.name for unit in asked.store.unit_names}
    mine = [idea for idea in ideas if idea.measure_id == reading.measure.id][:MOST_IDEAS]
    rows = []
    for idea in mine:
        since = words.month_name(idea.begins) if idea.begins is not None else "–"
        turn = "" if idea.begins is None else turned(asked.analysis.get(idea.measure_id, idea.unit_code), idea.begins)
        cells = (idea.title, names.get(idea.unit_code, idea.unit_code), said.idea_state(idea.state), since)
        rows.append((*map(Cell, cells), Cell(said.TURNED[turn])))
    return Table(said.IDEAS, said.IDEA_HEADS, tuple(rows)) if rows else None


def ideas_below(asked: Answered) -> list[Idea]:
    """What is tried on the unit of the pack or below it, the newest first."""
    here = set(asked.analysis.panel.tree.below(asked.unit.code))
    return [idea for idea in ideas_of(asked.store, asked.who, asked.as_known_at) if idea.unit_code in here]


def others(asked: Answered, readings: Iterable[Reading]) -> list[Page]:
    """Every other measure that can be charted, as small multiples."""
    charted = [r for r in readings if r.chart is not None and np.isfinite(r.value).any()]
    groups = [charted[i : i + SMALL_A_PAGE] for i in range(0, len(charted), SMALL_A_PAGE)]
    return [
        Page(
            f"others {n}",
            said.PARTS["others"],
            said.others_page(n, len(groups)),
            "charts",
            pictures=tuple(picture(r, words.variation_sentence(r)) for r in group),
            comments=tuple(comment for r in group for comment in said_about(asked, r)),
        )
        for n, group in enumerate(groups, 1)
    ]


def quality(asked: Answered, readings: list[Reading]) -> Page:
    """How far the figures of each measure go, and what is missing or in question."""
    offs = asked.store.decisions(asked.who, "sign_off", asked.as_known_at)
    rows, fine = [], []
    for reading in readings:
        months, gaps = (list(reading.months[which][-6:]) for which in (reading.doubtful, _gaps(reading)))
        lacking = said.lacking(reading.waiting_for, gaps, months)
        sign_off = _sign_off(offs, reading, asked.month)
        if lacking == said.ALL_IN and sign_off is None:
            fine.append(reading.measure.name)
        else:
            cells = (of_goals.completeness(reading), lacking, said.signed_off(sign_off))
            rows.append((Cell(reading.measure.name), *map(Cell, cells)))
    caption = f"{asked.unit.name}, {words.month_name(asked.month, short=False)}"
    tables = (Table(caption, said.QUALITY_HEADS, tuple(rows)),) if rows else ()
    told = (said.QUALITY_LEAD, said.all_in(fine)) if fine else (said.QUALITY_LEAD,)
    return Page("quality", said.PARTS["figures"], said.QUALITY, "text", told, tables=tables)


def _gaps(reading: Reading) -> Bools:
    """(months,): not everybody has reported; the newest only where nobody is named for it."""
    gaps = ~reading.complete
    gaps[-1] &= not reading.waiting_for
    return gaps


def _sign_off(offs: list[Decision], reading: Reading, month: np.datetime64) -> Decision | None:
    """The newest sign-off of the measure, or of all of them, for the month."""
    mine = [
        d
        for d in offs
        if d.measure_id in ("", reading.measure.id)
        and not d.unit_code
        and d.first_month
        and np.datetime64(d.first_month, "M") <= month <= np.datetime64(d.last_month or d.first_month, "M")
    ]
    return max(mine, key=lambda d: d.decision_id, default=None)
