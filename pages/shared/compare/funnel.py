"""The funnel of the last year: the picture, what it says, and its figures as a table."""

from html import escape

import numpy as np
import streamlit as st

from metrics.measure import Measure
from pages.charts.funnel import FunnelDrawing, funnel_figure
from pages.shared import context, words
from pages.shared.analysis import Analysis, GoalLine
from pages.shared.compare.pooled import Comparison, Pooled
from pages.shared.deaths import top_unit
from pages.shared.html import anchor, paragraph, table
from pages.shared.wording import compare as said

LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")
NO_TOOLS = {"displayModeBar": False}


def show_funnel(analysis: Analysis, found: Comparison) -> None:
    """What lies outside, in words; the picture; how far chance goes; the table; who is left out."""
    level = found.peers.level
    if found.funnel is None:
        st.info(words.plain(said.too_few_units(level, len(found.units))))
        left_out(found)
        return
    st.html(verdict(found))
    chart = drawing(analysis, found)
    figure = funnel_figure(chart, said.MARKS, context.palette())
    key = f"funnel {found.measure.id} {found.peers.key}"
    st.plotly_chart(figure, key=key, theme=None, alt=chart.alt, config=NO_TOOLS)
    st.html("".join(paragraph(sentence) for sentence in explained(analysis, found)))
    with st.expander("The figures as a table"):
        st.html(figures(found))
    left_out(found)


def verdict(found: Comparison) -> str:
    """Each unit outside the limits with the words for it; or that there is none."""
    assert found.funnel is not None
    level, at = found.peers.level, np.flatnonzero(found.outside)
    if np.isnan(found.funnel.lower_95).all():
        return paragraph(said.NOTHING_HAPPENED, "zh-lead")
    names = [found.units[i].reading.unit.name for i in at]
    told = paragraph(said.summary(level, len(found.units), names), "zh-lead")
    if not names:
        return told
    items = "".join(f"<li>{_link(found.units[i])}: {escape(_value(found, i))}</li>" for i in at)
    return f'<div class="zh-card">{told}<ul>{items}</ul>{paragraph(said.outside(level))}</div>'


def drawing(analysis: Analysis, found: Comparison) -> FunnelDrawing:
    """The funnel with our goal, what others ask for, and a sentence that is its alternative text."""
    assert found.funnel is not None
    measure, units, peers = found.measure, found.units, found.peers
    scale = measure.multiplier
    limits = {name: getattr(found.funnel, name) * scale for name in LIMITS}
    goal, standard = one_goal(analysis, found), measure.standard
    names = [unit.reading.unit.name for unit in units]
    told = said.summary(peers.level, len(units), (n for n, out in zip(names, found.outside, strict=True) if out))
    return FunnelDrawing(
        title=measure.name,
        alt=said.alternative(measure, peers.level, peers.kind, told),
        unit=measure.unit,
        size_name=f"{_size_name(measure)}, last 12 settled months",
        names=tuple(names),
        hover=tuple(_hover(found, i) for i in range(len(units))),
        size=np.array([unit.denominator for unit in units]),
        value=_values(found),
        centre=float(found.funnel.centre) * scale,
        outside=found.outside,
        goal=goal.final if goal else np.nan,
        goal_label=said.goal_label(goal, measure) if goal else "",
        standard=standard.value if standard else np.nan,
        standard_label=said.standard_label(standard.label, standard.value, measure) if standard else "",
        **limits,
    )


def one_goal(analysis: Analysis, found: Comparison) -> GoalLine | None:
    """The goal where it is one level for all of them: their own, or the trust's where they have none."""
    own = [unit.reading.goal for unit in found.units if unit.reading.goal is not None]
    top = top_unit(analysis)
    trust = analysis.get(found.measure.id, top) if top else None
    goals = own or ([trust.goal] if trust is not None and trust.goal is not None else [])
    if not goals or not np.allclose([goal.final for goal in goals], goals[0].final):
        return None
    return goals[0]


def explained(analysis: Analysis, found: Comparison) -> list[str]:
    """How to read it: chance, the spread that is usual, the goal, and what such units can and cannot tell."""
    assert found.funnel is not None
    measure, level = found.measure, found.peers.level
    few, tau, centre = str(found.funnel.reason), float(found.funnel.tau_squared), float(found.funnel.centre)
    sentences = [said.by_chance(level, len(found.units), int(found.outside.sum()), int(found.between.sum()))]
    sentences.append(said.chance_only(few) or said.spread(level, tau, centre, measure))
    if (own := _own_percentage(found)) and one_goal(analysis, found) is None:
        sentences.append(said.no_one_goal(own))
    notes = {"division": said.DIVISIONS, "provider": said.NATIONAL}
    sentences.append(notes.get(level, ""))
    sentences.append("" if measure.additive else said.PEOPLE)
    return [sentence for sentence in sentences if sentence]


def _own_percentage(found: Comparison) -> str:
    """By how much each of them is to go down from its own level; '' where the goal is no such percentage."""
    goals = [unit.reading.goal.decision for unit in found.units if unit.reading.goal is not None]
    shares = {str(goal.detail.get("percent", "")) for goal in goals if goal.detail["type"] == "percent_below"}
    return shares.pop() if len(shares) == 1 else ""


def figures(found: Comparison) -> str:
    """Every unit by name with its year, the limits for it, and what they say."""
    assert found.funnel is not None
    head = ["Unit", "Months", "Count", escape(_size_name(found.measure)), escape(found.measure.unit), "95 % limits"]
    rows = [(_link(unit), [escape(cell) for cell in _cells(found, i)]) for i, unit in enumerate(found.units)]
    return table("The last 12 settled months, by name", [*head, "99.8 % limits", "What it says"], rows)


def _cells(found: Comparison, i: int) -> list[str]:
    unit, level = found.units[i], found.peers.level
    says = said.outside(level) if found.outside[i] else said.BETWEEN if found.between[i] else said.INSIDE
    pooled = [
        str(unit.n),
        words.number(unit.numerator),
        words.number(unit.denominator),
        words.number(_values(found)[i]),
    ]
    return [*pooled, " to ".join(_limits(found, i, "95")), " to ".join(_limits(found, i, "998")), says]


def left_out(found: Comparison) -> None:
    """Who is not in it, by name, and why."""
    if not found.left_out:
        return
    with st.expander(f"Left out: {said.many(found.peers.level, len(found.left_out))}"):
        rows = [(_link(unit), [escape(unit.reason)]) for unit in found.left_out]
        st.html(table("Not compared, by name", ["Unit", "Why"], rows))


def _link(unit: Pooled) -> str:
    where = unit.reading.unit
    return anchor(context.link(said.unit_place(where), unit=where.code, measure=unit.reading.measure.id), where.name)


def _values(found: Comparison) -> np.ndarray:
    return np.array([unit.numerator / unit.denominator for unit in found.units]) * found.measure.multiplier


def _value(found: Comparison, i: int) -> str:
    return words.figure(float(_values(found)[i]), found.measure)


def _limits(found: Comparison, i: int, which: str) -> tuple[str, str]:
    scale = found.measure.multiplier
    low, high = (float(getattr(found.funnel, f"{side}_{which}")[i]) * scale for side in ("lower", "upper"))
    return words.number(low), words.number(high)


def _size_name(measure: Measure) -> str:
    """What the breadth of the picture counts."""
    name = (measure.exposure or "how many were counted").replace("_", " ")
    return name[0].upper() + name[1:]


def _hover(found: Comparison, i: int) -> str:
    unit = found.units[i]
    low, high = _limits(found, i, "998")
    count, size = words.number(unit.numerator), words.number(unit.denominator)
    return said.hover(unit.reading.unit.name, _value(found, i), low, high, count, size, unit.n)
