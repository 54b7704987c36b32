"""What the figures by group can tell: the picture, the sentences, the table."""

from html import escape

import numpy as np
import streamlit as st

from pages.charts.forest import Forest, Row, forest_svg
from pages.charts.svg import as_image
from pages.shared import context, words
from pages.shared.equity.groups import Compared, Groups
from pages.shared.html import paragraph, table
from pages.shared.wording import equity as said

BREADTH = "<div style='max-width: 720px'>{}</div>"


def show_findings(found: Compared) -> None:
    """In one sentence, then as a picture, then group by group."""
    ratios, groups = found.ratios, found.groups
    if str(ratios.reason):
        st.info(words.plain(str(ratios.reason)))
        return
    if not ratios.events[groups.names.index(found.reference)] > 0:
        st.info(words.plain(said.nothing_to_compare_with(found.reference)))
        return
    plot = forest(found)
    st.html(paragraph(in_short(found), "zh-lead"))
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.html(BREADTH.format(as_image(forest_svg(plot, context.palette()), plot.alt)))
    with right:
        items = "".join(f"<li>{escape(text)}</li>" for text in sentences(found))
        st.html(f"<ul>{items}</ul>{paragraph(said.by_chance(len(groups.names) - 1, _different(found)))}")
        st.html(paragraph(unknown(groups)) + paragraph(said.denominators(groups.measure.denominator)))
    st.html(figures(found))
    st.html(paragraph(said.SPREAD, "zh-muted") + paragraph(said.HOW) + paragraph(said.NOT_ADJUSTED))


def forest(found: Compared) -> Forest:
    """The picture: every group by name, the reference without an interval."""
    groups, ratios = found.groups, found.ratios
    differs = found.higher | found.lower
    rows = tuple(
        Row(name, *(float(x[i]) for x in (ratios.ratio, ratios.low, ratios.high)), bool(differs[i]))
        for i, name in enumerate(groups.names)
    )
    title = f"{groups.measure.name}, {groups.unit.name}, by {said.DIMENSIONS[groups.dimension].lower()}"
    return Forest(title, f"{title}. {in_short(found)}", rows, said.LOWER, said.HIGHER)


def in_short(found: Compared) -> str:
    names = np.array(found.groups.names)
    return said.in_short(len(names) - 1, names[found.higher], names[found.lower], found.reference)


def sentences(found: Compared) -> list[str]:
    """One for each group but the reference."""
    ratios = found.ratios
    return [
        said.finding(
            name, found.reference, *(float(x[i]) for x in (ratios.ratio, ratios.low, ratios.high, ratios.events))
        )
        for i, name in enumerate(found.groups.names)
        if name != found.reference
    ]


def figures(found: Compared) -> str:
    """The figures of the picture, and both intervals."""
    measure = found.groups.measure
    head = ["Group", "Recorded", "Bed days", escape(measure.unit), escape(f"Times {found.reference}"), "95 % interval"]
    rows = [(escape(name), [escape(cell) for cell in _cells(found, i)]) for i, name in enumerate(found.groups.names)]
    head += ["If incidents were independent", "Spread of the months"]
    return table("The last 12 settled months, by name", head, rows)


def _cells(found: Compared, i: int) -> list[str]:
    ratios, scale = found.ratios, found.groups.measure.multiplier
    pooled = [words.number(float(x)) for x in (ratios.events[i], ratios.exposure[i], ratios.rate[i] * scale)]
    if found.groups.names[i] == found.reference:
        return [*pooled, "1", said.REFERENCE, "–", f"{float(ratios.dispersion[i]):.1f}"]
    ratio, low, high = (float(x[i]) for x in (ratios.ratio, ratios.low, ratios.high))
    plain_low, plain_high = float(ratios.independent_low[i]), float(ratios.independent_high[i])
    times, interval = said.ratio(ratio, low, high)
    _, independent = said.ratio(ratio, plain_low, plain_high, most=2)
    return [*pooled, times, interval, independent, f"{float(ratios.dispersion[i]):.1f}"]


def unknown(groups: Groups) -> str:
    """What part is of people whose group is not known."""
    where = np.array([said.is_unknown(name) for name in groups.names])
    if not where.any():
        return said.no_unknown(groups.dimension)
    both = np.isfinite(groups.count) & np.isfinite(groups.size)
    shares = []
    for values in (groups.count, groups.size):
        year = np.where(both, values, 0.0)[:, -12:].sum(axis=1)
        shares.append(float(year[where].sum() / year.sum()) if year.sum() > 0 else 0.0)
    return said.unknown_share(groups.dimension, *shares)


def _different(found: Compared) -> int:
    return int((found.higher | found.lower).sum())


def left_out(groups: Groups) -> None:
    """Which groups are not compared, and why."""
    if groups.left_out:
        rows = [(escape(name), [escape(reason)]) for name, reason in groups.left_out]
        st.html(table(said.LEFT_OUT, ["Group", "Why"], rows))
