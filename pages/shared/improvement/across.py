"""The same idea on several wards: where the chart has turned since, and all of them added up. No Streamlit here."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.access import Reader
from data.store import Store
from metrics import InterruptedSeries, interrupted_series
from metrics.measure import Measure
from pages.shared.analysis import Analysis, Reading
from pages.shared.improvement.effect import LEAST_EITHER_SIDE, has_enough
from pages.shared.improvement.ideas import Idea
from pages.shared.improvement.series import comparable, exposure_of, family_of, is_modelled, place_of, unrebased
from pages.shared.wording import improvement as said


@dataclass(frozen=True)
class Tried:
    """One idea for one measure, wherever it was tried; units by name. `pooled` is None where `reason` says why.

    `added_up`: how many units the pooled figure rests on.
    """

    measure: Measure
    ideas: tuple[Idea, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    unclear: tuple[str, ...]
    added_up: int
    pooled: InterruptedSeries | None
    reason: str

    @property
    def title(self) -> str:
        return self.ideas[0].title


def across(analysis: Analysis, store: Store, who: Reader, ideas: Iterable[Idea]) -> list[Tried]:
    """Every idea by its title and measure, in the order of names."""
    groups: dict[tuple[str, str], dict[str, Idea]] = {}
    for idea in sorted(ideas, key=lambda each: each.number):  # the first one of a unit: that is when it began there
        if idea.measure_id in store.catalogue and idea.begins is not None:
            groups.setdefault((idea.name, idea.measure_id), {}).setdefault(idea.unit_code, idea)
    found = [_tried(analysis, store, who, tuple(each.values())) for each in groups.values()]
    return sorted(found, key=lambda each: (each.title.casefold(), each.measure.name))


def _tried(analysis: Analysis, store: Store, who: Reader, ideas: tuple[Idea, ...]) -> Tried:
    names = {unit.code: unit.name for unit in store.unit_names}
    turns: dict[str, list[str]] = {"better": [], "worse": [], "": []}
    series: list[tuple[Reading, np.datetime64]] = []
    for idea in ideas:
        reading = analysis.get(idea.measure_id, idea.unit_code)
        whole = unrebased(store, who, reading) if reading is not None else None
        assert idea.begins is not None
        turns[turned(whole, idea.begins)].append(names.get(idea.unit_code, idea.unit_code))
        if whole is not None and whole.exact and has_enough(whole, idea.begins):
            series.append((whole, idea.begins))
    measure = store.catalogue[ideas[0].measure_id]
    pooled, reason = _pooled(measure, series)
    groups = (tuple(sorted(turns[way])) for way in ("better", "worse", ""))
    return Tried(measure, ideas, *groups, len(series), pooled, reason)


def turned(reading: Reading | None, month: np.datetime64) -> str:
    """Which way the chart has turned since `month`, and stands now: by a signal that began then or later and goes on.

    '' for cannot tell: a signal that has ended is no change that lasted.

    As everywhere, nothing is better while the verdict itself cannot be given (methods.md, section 3).
    """
    if reading is None or reading.chart is None or reading.variation == "none":
        return ""
    since = [s for s in reading.signals if s.since is not None and np.datetime64(s.since, "M") >= month]
    found = [s for s in since if s.meaning in ("improvement", "concern") and reading.goes_on(s)]
    newest = max(
        found, key=lambda s: (s.points[-1] if s.points else len(reading.points), s.meaning == "concern"), default=None
    )
    return "" if newest is None else "better" if newest.meaning == "improvement" else "worse"


def _pooled(measure: Measure, series: list[tuple[Reading, np.datetime64]]) -> tuple[InterruptedSeries | None, str]:
    """All units added up, month by month from the start of each; a month counts where every one of them can be used."""
    if not is_modelled(measure):
        return None, said.NOT_MODELLED
    if not series:
        return None, said.nobody_has_enough(LEAST_EITHER_SIDE)
    starts = [place_of(reading, month) for reading, month in series]
    before, after = min(starts), min(len(r.months) - t for (r, _), t in zip(series, starts, strict=True))
    parts = []
    for (reading, month), start in zip(series, starts, strict=True):
        around = slice(start - before, start + after)
        parts.append([x[around] for x in (reading.numerator, exposure_of(reading), comparable(reading, month))])
    count, size, usable = (np.stack(rows) for rows in zip(*parts, strict=True))
    years = np.arange(before + after) / 12
    found = interrupted_series(
        np.where(usable.all(axis=0), count.sum(axis=0), np.nan),
        size.sum(axis=0),
        start=years[before],
        time=years,
        family=family_of(measure),
        min_points=LEAST_EITHER_SIDE,
    )
    return (None, str(found.reason)) if str(found.reason) else (found, "")
