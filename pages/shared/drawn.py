"""A reading as a drawing: small, or opened with all that stands on it. No Streamlit here: the reports call the same."""

from dataclasses import replace

import numpy as np

from pages.charts.drawing import Drawing, drawing
from pages.shared import words
from pages.shared.analysis import Reading
from pages.shared.measure.remarks import Remark, marks
from pages.shared.wording import measure as said

MARK_LABELS = words.POINT_LABELS | {"common": "No clear change", "early": "Early warning"}


def chart_unit(reading: Reading) -> str:
    """What the upright axis counts."""
    return "days since the one before" if reading.kind == "t" and reading.chart is not None else reading.measure.unit


def draw(reading: Reading) -> Drawing:
    """A reading as a drawing: its chart, or its figures alone where they cannot bear one."""
    measure, chart = reading.measure, reading.chart
    common = {
        "title": f"{measure.name}, {reading.unit.name}",
        "alt": words.chart_sentence(reading),
        "target": reading.goal.milestone if reading.goal and reading.kind != "t" else float("nan"),
        "standard": measure.standard.value if measure.standard and reading.kind != "t" else float("nan"),
    }
    if reading.kind == "t" and chart is not None:
        assert chart.value is not None
        no = chart.value != chart.value
        return drawing(
            chart,
            unit=chart_unit(reading),
            dates=reading.points,
            value=chart.value,
            unsettled=no,
            doubtful=no,
            complete=~no,
            open_gap=reading.open_gap,
            **common,
        )
    return drawing(
        chart,
        unit=chart_unit(reading),
        dates=reading.months,
        value=reading.value,
        unsettled=reading.unsettled,
        doubtful=reading.doubtful,
        complete=reading.complete,
        phase=reading.phase,
        **common,
    )


def opened(reading: Reading, found: list[Remark]) -> Drawing:
    """The reading's drawing with the trajectory, the goal, the standard and the notes."""
    plain, goal, measure = draw(reading), reading.goal, reading.measure
    path = np.full(len(plain.dates), np.nan)
    if reading.kind == "t":
        return replace(plain, path=path, notes=marks(found, reading.points.astype("datetime64[M]")))
    if goal is not None:
        path = np.where(reading.months >= goal.begins, goal.path(reading.months), np.nan)
        plain = replace(plain, goal=goal.final, goal_label=said.goal_line(goal, measure.unit))
    if measure.standard is not None:
        label = said.standard_line(measure.standard.label, measure.standard.value, measure.unit)
        plain = replace(plain, standard_label=label)
    return replace(plain, path=path, notes=marks(found, reading.months))
