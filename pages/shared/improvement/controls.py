"""Units like the one with the idea, on which it was not tried: what changed there too is no effect of it. No Streamlit here."""

from collections.abc import Iterable

from pages.shared.analysis import Analysis, Reading
from pages.shared.compare.offered import BY_TYPE
from pages.shared.improvement.ideas import Idea


def peers(analysis: Analysis, reading: Reading, idea: Idea, ideas: Iterable[Idea]) -> list[Reading]:
    """Open units of the same level and type that this reader sees exactly, without the idea, by name."""
    unit, paths = reading.unit, analysis.panel.tree.paths
    if unit.level not in BY_TYPE or not unit.peer_group:
        return []
    with_it = {each.unit_code for each in ideas if (each.name, each.measure_id) == (idea.name, idea.measure_id)}
    like = [u for u in analysis.panel.tree.units if (u.level, u.peer_group) == (unit.level, unit.peer_group)]
    others = (u for u in like if u.code != unit.code and u.closed is None and not with_it & set(paths[u.code]))
    found = [r for u in others if (r := analysis.get(reading.measure.id, u.code)) is not None and r.exact]
    return sorted(found, key=lambda each: (each.unit.name, each.unit.code))
