"""Where to look up what a chart counts: location, dates and categories in the words of the incident system. No Streamlit here."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from data.access import Reader
from data.store import Store
from pages.shared import words
from pages.shared.analysis import Reading

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Search:
    """What to type into the incident system's search."""

    locations: tuple[str, ...]
    first: str
    last: str
    categories: tuple[str, ...]

    @property
    def text(self) -> str:
        lines = [
            f"Location: {'; '.join(self.locations)}",
            f"Incident date: {self.first} to {self.last}",
            f"Category: {'; '.join(self.categories)}",
        ]
        return "\n".join(lines)


def search(reading: Reading, store: Store, who: Reader) -> Search:
    """The incidents behind the verdict: from the month in which it began up to the newest.

    Locations and categories in the words of the sources that have been mapped; else by the names that they have here.
    """
    first, last = _span(reading)
    locations, categories = set[str](), set[str]()
    for mapping in store.decisions(who, "mapping"):
        said = mapping.detail["values"]
        locations |= _meaning(said.get("unit", {}), reading.unit.code)
        for role in ("measure", "measure_2"):
            categories |= _meaning(said.get(role, {}), reading.measure.id)
    return Search(
        tuple(sorted(locations)) or (reading.unit.name,),
        words.day_name(first.astype("datetime64[D]").item()),
        words.day_name((last + 1).astype("datetime64[D]").item() - _ONE_DAY),
        tuple(sorted(categories)) or (reading.measure.name,),
    )


def _span(reading: Reading) -> tuple[np.datetime64, np.datetime64]:
    signal = reading.verdict_signal
    last = reading.months[-1]
    if signal is None or signal.since is None:
        return last, last
    return min(np.datetime64(signal.since, "M"), last), last


def _meaning(said: dict[str, object], ours: str) -> set[str]:
    """The words of a source that stand for one of our codes."""
    return {word for word, meant in said.items() if ours in (meant if isinstance(meant, list | tuple) else [meant])}
