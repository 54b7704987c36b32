"""The parts of the Goals page: deaths, what changed, a card for each goal, the grid, the public table."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from data.access import Reader
from data.store import Store
from metrics import compare_years, proportion_interval
from metrics.measure import Goal, Kind
from pages.charts.icons import milestone_icon, variation_icon
from pages.charts.svg import as_image
from pages.shared import context, words
from pages.shared.analysis import Analysis, Reading
from pages.shared.html import anchor, chart_unit, icon_link, milestone_line, paragraph, small_chart, state_line, table

COLUMNS = {
    "Better": ("improvement_low", "improvement_high"),
    "No clear change": ("common_cause",),
    "Worse": ("concern_low", "concern_high", "mixed", "early_warning"),
    "Changed": ("neither_low", "neither_high"),
    "Cannot tell yet": ("none", "cannot_tell", "please_check", "too_few", "not_charted"),
}
YEAR = 12


def top_unit(analysis: Analysis) -> str | None:
    """The trust's own code; None where the store holds national files only."""
    return next((u.code for u in analysis.panel.tree.units if u.level == "trust"), None)


def divisions(analysis: Analysis) -> list[tuple[str, str]]:
    return [(u.code, u.name) for u in analysis.panel.tree.units if u.level == "division"]


def deaths(analysis: Analysis) -> None:
    """People who died, above all charts: by their own rules, and never as a colour."""
    found = death_verdict(analysis)
    if found is None:
        return
    sentence = words.deaths_sentences(found.now, found.before, found.month, found.verdict, found.waiting_for)
    alert = " zh-alert" if found.verdict == "more" else ""
    st.html(
        f'<div class="zh-card{alert}"><h3>{words.GOAL_NAMES[Goal.ZERO_SUICIDE]}</h3>'
        f"{paragraph(words.GOAL_STATEMENTS[Goal.ZERO_SUICIDE])}{paragraph(sentence, 'zh-lead')}"
        f"{paragraph(words.GOAL_NOTES[Goal.ZERO_SUICIDE], 'zh-muted')}</div>"
    )


@dataclass(frozen=True)
class Deaths:
    """The settled deaths of 12 months and of the 12 before, at least; `verdict` is None where a month is not complete."""

    now: int
    before: int
    month: np.datetime64
    verdict: str | None
    waiting_for: tuple[str, ...]


def death_verdict(analysis: Analysis, measure_id: str = "suicide_in_care") -> Deaths | None:
    """What the numbers can tell of deaths: this year against all whole years before it, by an exact test.

    None where there are not two settled years.
    """
    unit = top_unit(analysis)
    reading = analysis.get(measure_id, unit) if unit else None
    if reading is None or reading.latest is None or reading.latest + 1 < 2 * YEAR:
        return None
    settled = slice(reading.latest + 1)
    incomplete = (~reading.complete | reading.doubtful)[settled]
    found = compare_years(reading.numerator[settled], incomplete)
    verdict = None if found.verdict == "incomplete" else str(found.verdict)
    month = reading.months[reading.latest]
    now, before = (
        int(np.nansum(reading.numerator[settled][span])) for span in (slice(-YEAR, None), slice(-2 * YEAR, -YEAR))
    )
    return Deaths(now, before, month, verdict, reading.waiting_for)


def changes(analysis: Analysis) -> None:
    """What the board should hear first: concerns of the trust and its divisions, then what got better."""
    st.header("What to look at first")
    worse, better, check = [], [], []
    for reading in analysis.readings.values():
        if reading.unit.level not in ("trust", "division"):
            continue
        state = words.variation_state(reading)
        if state in COLUMNS["Worse"]:
            worse.append(reading)
        elif state in COLUMNS["Better"]:
            better.append(reading)
        elif state in ("please_check", "cannot_tell"):
            check.append(reading)
    if not (worse or better or check):
        st.write("Nothing has changed more than chance would explain. That does not mean the level is good enough.")
        return
    for title, readings in (("Worse", worse), ("Cannot tell yet", check), ("Better", better)):
        if readings:
            items = "".join(f"<li>{_where(r)}: {escape(_in_short(r))}</li>" for r in readings)
            st.html(f'<div class="zh-list"><h3>{escape(title)}</h3><ul>{items}</ul></div>')


def _in_short(reading: Reading) -> str:
    return words.none_sentence(reading) if reading.variation == "none" else f"{words.headline(reading)}."


def _where(reading: Reading) -> str:
    return f"{_link(reading, reading.measure.name)}, {escape(reading.unit.name)}"


def at_a_glance(analysis: Analysis, store: Store) -> None:
    """Every goal in one line: its level, its change, its milestone, its trend, and each division's icon."""
    unit, palette = top_unit(analysis), context.palette()
    if unit is None:
        return
    places = divisions(analysis)
    rows = []
    for goal in Goal:
        for reading in _headlines(analysis, store, goal, unit):
            name = _link(reading, reading.measure.name)
            if words.GOAL_NAMES[goal] != reading.measure.name:
                name = f"{escape(words.GOAL_NAMES[goal])}<br><span class='zh-plain'>{name}</span>"
            icons = [
                icon_link(part, context.link("division", unit=code, measure=reading.measure.id), palette)
                for code, _ in places
                for part in [analysis.get(reading.measure.id, code)]
            ]
            level = (
                f"{escape(words.short_now(reading))}<br><span class='zh-muted'>{escape(reading.measure.unit)}</span>"
            )
            row = [
                level,
                state_line(reading, palette),
                milestone_line(reading, palette),
                escape(words.short_trend(reading)),
            ]
            rows.append((name, [*row, *icons]))
    heads = [
        "Goal",
        "Now",
        "Change",
        "This month's milestone",
        "Trend",
        *(escape(n.removesuffix(" division")) for _, n in places),
    ]
    st.html(table("The whole trust, goal by goal, and the change in each division", heads, rows, css="zh-glance"))
    key = ("improvement_low", "common_cause", "concern_high", "please_check", "cannot_tell", "too_few")
    labels = ("Better", "No clear change", "Worse", "Please check", "Cannot tell yet", "Too few to chart")
    icons = zip(key, labels, strict=True)
    parts = [
        f"<span>{as_image(variation_icon(k, palette), '', width='18px')}{escape(label)}</span>" for k, label in icons
    ]
    st.html(f'<div class="zh-row">{"".join(parts)}</div>')


def _link(reading: Reading, text: str) -> str:
    return anchor(context.link("division", unit=reading.unit.code, measure=reading.measure.id), text)


def goal_cards(analysis: Analysis, store: Store) -> None:
    """A card for each goal with its headline measures."""
    unit, palette = top_unit(analysis), context.palette()
    if unit is None:
        st.info("The store holds no trust of its own yet: load the units feed on the Upload page.")
        return
    cards = [_card(analysis, goal, r, palette) for goal in Goal for r in _headlines(analysis, store, goal, unit)]
    st.html(f'<div class="zh-cards">{"".join(cards)}</div>')


def _headlines(analysis: Analysis, store: Store, goal: Goal, unit: str) -> Iterator[Reading]:
    for measure in store.catalogue.values():
        reading = analysis.get(measure.id, unit)
        if measure.goal is goal and measure.headline and measure.kind is not Kind.DEATH and reading is not None:
            yield reading


def _card(analysis: Analysis, goal: Goal, reading: Reading, palette: object) -> str:
    address = context.link("division", unit=reading.unit.code, measure=reading.measure.id)
    promise = words.goal_sentence(reading.goal, reading.measure) if reading.goal else ""
    alert = " zh-alert" if words.variation_state(reading) in COLUMNS["Worse"] else ""
    return (
        f'<div class="zh-card{alert}"><h3>{escape(words.GOAL_NAMES[goal])}</h3>'
        f"{paragraph(words.GOAL_STATEMENTS[goal], 'zh-muted')}"
        f"{paragraph(words.GOAL_NOTES.get(goal, ''), 'zh-muted')}"
        f"{small_chart(reading, palette, caption=anchor(address, reading.measure.name) + f' · {escape(chart_unit(reading))}')}"
        f"{state_line(reading, palette)}{paragraph(words.variation_sentence(reading))}"
        f"{milestone_line(reading, palette)}{paragraph(words.milestone_sentence(reading))}"
        f"{paragraph(words.now_sentence(reading))}{paragraph(words.trend_sentence(reading))}{paragraph(promise)}"
        f"{_by_division(analysis, reading, palette)}</div>"
    )


def _by_division(analysis: Analysis, reading: Reading, palette: object) -> str:
    """The same measure in each division: an icon and a name."""
    parts = []
    for code, name in divisions(analysis):
        part = analysis.get(reading.measure.id, code)
        if part is not None:
            label = words.variation_label(part)
            icon = as_image(variation_icon(words.variation_state(part), palette), label, width="18px")
            address = context.link("division", unit=code, measure=reading.measure.id)
            parts.append(f"<span>{icon}{anchor(address, name.replace(' division', ''))}</span>")
    return f'<div class="zh-row">{"".join(parts)}</div>' if parts else ""


def grid(analysis: Analysis) -> None:
    """Variation × milestone: every measure of the trust is in one cell, as a link to its chart."""
    unit, palette = top_unit(analysis), context.palette()
    if unit is None:
        return
    cells: dict[tuple[str, str], list[str]] = {}
    for reading in analysis.of_unit(unit):
        if reading.measure.kind is Kind.DEATH:
            continue
        column = next(name for name, states in COLUMNS.items() if words.variation_state(reading) in states)
        cells.setdefault((words.milestone_state(reading), column), []).append(
            anchor(context.link("division", unit=unit, measure=reading.measure.id), reading.measure.name)
        )
    rows = []
    for state, label in words.MILESTONE_LABELS.items():
        icon = as_image(milestone_icon(state, palette), "", width="24px")
        label = f"{label}, or {words.CANNOT_TELL.lower()}" if state == "none" else label
        rows.append(
            (
                f'<div class="zh-state">{icon}{escape(label)}</div>',
                ["<br>".join(cells.get((state, c), [])) for c in COLUMNS],
            )
        )
    st.html(table("Every measure of the trust, by milestone and by change", ["", *COLUMNS], rows))


def seldom(store: Store, who: Reader) -> None:
    """Figures of other frequencies than monthly: the newest of each, with an interval and without a chart."""
    frame = store.periods(who)
    frame = frame[(frame["breakdown"] == "") & (frame["state"] == "reported")]
    if frame.empty:
        return
    newest = frame.sort_values("period_start").groupby(["measure_id", "unit_code"]).tail(1)
    tree = store.tree(who)
    rows = []
    for row in newest.itertuples():
        measure, unit = store.catalogue[row.measure_id], tree.units[tree.position[row.unit_code]]
        shown = words.number(row.numerator * measure.multiplier)
        if row.denominator > 0:
            interval = proportion_interval(row.numerator, row.denominator)
            low, high = (words.number(float(x) * measure.multiplier) for x in (interval.low, interval.high))
            shown = f"{words.figure(row.numerator / row.denominator * measure.multiplier, measure)} ({low} to {high})"
        period = f"{words.count_of(int(row.months), 'month')} from {words.month_name(row.period_start)}"
        rows.append((escape(measure.name), [escape(unit.name), escape(period), escape(shown)]))
    st.html(
        table(
            "Measured less often: no chart can show change from month to month",
            ["Measure", "Where", "Period", "Figure"],
            rows,
        )
    )


def public_figures(store: Store, who: Reader) -> None:
    """The fixed table that the public may see."""
    st.write(words.masked(words.PUBLIC_LEAD, store.policy.masking))
    frame = store.public_table(who)
    if frame.empty:
        st.info("No whole year is complete and settled yet.")
        return
    wide = frame.pivot(index="measure_id", columns="year", values="shown").reindex(frame["measure_id"].unique())
    years = [f"April {year} to March {year + 1}" for year in wide.columns]
    rows = []
    for measure_id, values in wide.iterrows():
        measure = store.catalogue[str(measure_id)]
        cells = [escape("not complete" if pd.isna(v) else str(v)) for v in values]
        rows.append(
            (f"{escape(measure.name)}<br><span class='zh-muted zh-plain'>{escape(measure.easy_read)}</span>", cells)
        )
    st.html(table("Our figures", ["Measure", *years], rows))
    st.caption(words.HELP_LINE)
