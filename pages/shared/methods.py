"""The parts of the Methods page: what is written here is read from the code and the catalogue where it can be."""

import csv
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from data.access.suppression import Masking
from data.catalogue import shipped_catalogue
from data.store import Store
from metrics import RULE_SETS
from metrics import rules as looked_for
from metrics.measure import Goal
from pages.shared import words
from pages.shared.analysis import BASELINE_POINTS, FEW_EVENTS, LEAST_TREND_MONTHS, TREND_MONTHS
from pages.shared.html import table

DOCS = Path(__file__).resolve().parents[2] / "docs"
DECISIONS, REFERENCE = DOCS / "decisions", DOCS / "methods.md"
CALIBRATION = DOCS / "measurements" / "calibration.csv"

# The sections of the methods that the project set out with, by which the figures are kept.
SECTIONS = {
    "2": "Charts, baselines and cusums",
    "3": "How often a stable chart shows a signal",
    "4": "The rate now",
    "5": "Trend tests",
    "6": "Silence and late entry: what is noticed, and what is not",
    "9": "Intervals",
}
RULE_WORDS = {
    looked_for.astronomical: "A point strictly outside the limits (an astronomical point).",
    looked_for.shift: "{length} consecutive points strictly on one side of the average; a point on the line breaks it.",
    looked_for.trend: "{length} consecutive points rising or falling; a tie breaks it; its direction counts, not its side.",
    looked_for.trend_one_way: "{length} consecutive points rising or falling; a turning point belongs to what it begins.",
    looked_for.two_of_three: "Two of three consecutive points beyond two thirds of the way to a limit, all three on one side.",
    looked_for.two_of_three_within: "Two of three between two thirds of the way and the limit: the rule before November 2023.",
    looked_for.some_beyond: "{some} of {of} consecutive points beyond {thirds} third(s) of the way to a limit.",
    looked_for.alternating: "{length} consecutive points going up and down by turns: neither better nor worse.",
    looked_for.hugging: "{length} consecutive points within a third of the way to the limits: neither better nor worse.",
    looked_for.mixture: "{length} consecutive points beyond a third of the way, on both sides: neither better nor worse.",
    looked_for.anhoej_runs: "Anhøj's rule for run charts: one run is unusually long, or the median is crossed unusually seldom.",
}
CHART_WORDS = {
    "run": ("median", "none"),
    "xmr": ("mean", "± 2.66 × mean moving range"),
    "mr": ("mean moving range", "0 to 3.267 × mean; only points outside the limits signal"),
    "c": ("mean", "± 3 √mean"),
    "u": ("Σ events / Σ exposure", "± 3 √(rate / exposure)"),
    "p": ("Σ numerator / Σ denominator", "± 3 √(p(1−p) / n)"),
    "u_prime": ("as u", "as u, × σz (never below 1)"),
    "p_prime": ("as p", "as p, × σz (never below 1)"),
    "i_prime": ("Σ numerator / Σ denominator", "± 3 × mean range freed of the exposure, / √exposure"),
    "g": ("median", "mean ± 3 √(mean (mean + 1))"),
    "t": ("mean of days^(1/3.6)", "XmR on that scale, drawn back; the lower cut at 0"),
    "xbar": ("weighted mean of means", "± A3 × standard deviation within subgroups"),
    "s": ("standard deviation within subgroups", "B3 and B4 times it; only points outside the limits signal"),
}


def _rule_words(rule: Callable[..., Any]) -> str:
    """What a rule looks for, with the figures that the code uses."""
    if isinstance(rule, partial):
        return RULE_WORDS[rule.func].format(**rule.keywords)
    return RULE_WORDS[rule]


def rules() -> None:
    st.header("The rules")
    st.write("Special-cause variation is what these rules find; everything else is common-cause variation.")
    rows = [
        (escape(name), ["<br>".join(escape(_rule_words(rule)) for rule in found.rules.values())])
        for name, found in RULE_SETS.items()
    ]
    st.html(table("Rule sets; the one in use is printed under every chart", ["Set", "Rules"], rows))
    st.write(
        "The icon is the state of the last settled point. An improvement counts only if the latest due month, and every month "
        "that it rests on, is complete and not in question; a concern is shown regardless. In the national tools' terms, a "
        "milestone that could go either way is 'hit or miss'."
    )


def charts() -> None:
    st.header("The charts")
    rows = [(escape(kind), [escape(centre), escape(limits)]) for kind, (centre, limits) in CHART_WORDS.items()]
    st.html(table("Centre line and limits", ["Chart", "Centre line", "Limits"], rows))
    st.write(
        f"Limits come from the first {BASELINE_POINTS} complete, settled months of a phase and do not move after that; only a "
        "recorded rebase or break begins a new phase. Where a ward's counts are below two a month, or most of its months are "
        f"zero, its chart is one of days between events (from {FEW_EVENTS} gaps on), or there is none: with such small counts a "
        "chart by month would signal by chance alone. Trends are fitted (quasi-Poisson, quasi-binomial) to the newest "
        f"{TREND_MONTHS} months of the last phase, from {LEAST_TREND_MONTHS} on, widened for autocorrelation."
    )


def completeness(masking: Masking) -> None:
    st.header("Zero reported is not zero harm")
    st.write(
        "A month that did not come in is missing, never zero. A month far below what the unit usually records is in question "
        "until somebody who did not load it confirms it: every month of a run below 60 % of what its own history and exposure "
        "lead us to expect, their sum below half of it, and a chance below 1 in 1,000 of so few. So are the newest months of a "
        "unit that records nothing, as soon as that has a chance below 1 in 1,000. In simulations a ward at five a month that "
        "falls silent is noticed within three months always, at three a month in 94 of 100 cases, at two a month in 33 (within "
        "six months in 99), at one a month in 4 (within six months in 49, within twelve in 98). Until then it can read as "
        "better: in 13 of 100 wards of one or two a month after three months, in 24 of one a month after six, which is why "
        "wards below two have a chart of days between events, or none. Divisions and the trust are looked at in the same "
        "way, so wards that fall silent together are found there. One miss remains: where one ward in five, each recording "
        "about one a month, falls silent and the others do not, the trust can read better for some months. "
        "For dates of rare harm, a long time without an event counts only "
        "while other harm of the unit still comes in, or the ward has confirmed that nothing happened."
    )
    st.write(
        "A division's month is complete when the wards that reported carry at least 95 % of the events expected, not of the bed "
        "days. Otherwise it is drawn hollow, sets no limits and earns no improvement."
    )
    rows = [(escape(sign), [escape(text)]) for sign, text in words.cell_signs(masking).values() if sign]
    st.html(table("The signs in a table", ["Sign", "Meaning"], [*rows, ("?", [escape(words.PLEASE_CHECK)])]))


def functions() -> None:
    """Every function of the package, as docs/methods.md has it from the docstrings."""
    st.header("Every function")
    st.write(
        "For those who check the figures, or use the same functions in a notebook: `from metrics import control_chart`."
    )
    chapters = REFERENCE.read_text(encoding="utf-8").split("\n## ")[1:]
    for chapter in chapters:
        title, _, text = chapter.partition("\n")
        if title != "Decisions":  # they have their own part below
            with st.expander(title):
                st.markdown(text)


def measured() -> None:
    """How well each method keeps its promises, by simulation: docs/measurements/calibration.csv."""
    st.header("How often the methods are wrong")
    st.write(
        "Every figure was simulated on series whose truth is known, and every test run repeats a tenth of them. Claimed is "
        "what we set out with; where it differs, what was found stands."
    )
    with CALIBRATION.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    for section in dict.fromkeys(row["section"] for row in found):
        rows = [
            (escape(row["figure"]), [escape(row["claim"] or "–"), escape(row["ours"]), escape(f"{int(row['n']):,}")])
            for row in found
            if row["section"] == section
        ]
        with st.expander(SECTIONS.get(section, section)):
            st.html(table("Per cent of simulated series", ["What was simulated", "Claimed", "Found", "Series"], rows))


def decisions() -> None:
    """The decision records, as they stand in docs/decisions."""
    found = sorted(DECISIONS.glob("*.md"))
    st.header("Decisions")
    for path in found:
        title, _, text = path.read_text(encoding="utf-8").partition("\n")
        with st.expander(title.lstrip("# ")):
            st.markdown(text)


def catalogue_tables(store: Store | None) -> None:
    """Every measure of the catalogue, by goal."""
    catalogue = store.catalogue if store else shipped_catalogue()
    st.header("The measures")
    for goal in Goal:
        with st.expander(words.GOAL_NAMES[goal]):
            rows = [
                (
                    escape(m.name),
                    [
                        escape(text)
                        for text in (
                            m.numerator,
                            m.denominator or "–",
                            m.unit,
                            words.DIMENSION_NAMES[m.dimension],
                            m.chart,
                            m.source,
                        )
                    ],
                )
                for m in catalogue.values()
                if m.goal is goal
            ]
            st.html(
                table(
                    words.GOAL_STATEMENTS[goal],
                    ["Measure", "Counted", "Out of", "Shown", "Quality", "Chart", "Source"],
                    rows,
                )
            )
