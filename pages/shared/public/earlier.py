"""What was published before: read back, set beside the figures of now, and what of it a reader still knows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from data.access import Reader, Role
from data.access.suppression import Masking
from data.config import Home
from data.disclosure import Atom, Secret, Statement
from data.panel import Panel
from data.publications import content_of, publications
from data.record import StoreError
from data.store import Store
from pages.shared.public.counts import Counts, counts_of
from pages.shared.public.private import hidden_of, most_of
from pages.shared.public.shape import MeasureFigures, PublicFigures, Revision, from_json
from pages.shared.public.told import months_told, statements

Since = Mapping[str, Mapping[str, int]]
BOARD = Reader(Role.BOARD_MEMBER)  # computed as the board sees it, and masked last


def earlier_figures(home: Home) -> list[PublicFigures]:
    """The figures of every pack that was published, oldest first. Raises StoreError where one is missing or altered."""
    found = []
    for each in publications(home):
        try:
            found.append(from_json(content_of(home, each)))
        except ValueError as error:
            raise StoreError(
                f"The figures of the pack for {each.month} (decision {each.decision_id}) cannot be read by this version of the "
                "dashboard, and nothing can be published without them; install the version that it was made with."
            ) from error
    return found


def newest(home: Home) -> int:
    """The number of the newest publication; 0 where there is none."""
    return max((each.decision_id for each in publications(home)), default=0)


class Kept:
    """The exact counts of versions that were published, opened when they are asked for; those of one stay."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._opened: dict[int, Store] = {store.published.version: store}
        self._panels: dict[int, Panel] = {}

    def counts(self, version: int, measure_id: str) -> Counts | None:
        """Of a measure at a version: from its own files, or, where those were purged, as it is known now."""
        if version not in self._opened:
            self._opened[version] = Store.open(self._store.home, version) or self._store
        store, measure = self._opened[version], self._store.catalogue.get(measure_id)
        if version not in self._panels:
            known_at = version if store is self._store and version != store.published.version else None
            self._panels[version] = store.panel(BOARD, known_at)
        return counts_of(store, self._panels[version], measure) if measure else None


def since_of(
    counts: Counts, version: int, last: tuple[MeasureFigures, Counts] | None
) -> tuple[dict[str, dict[str, int]], tuple[Revision, ...]]:
    """Since which version each count is published as it is, and which of them changed after the last publication."""
    since: dict[str, dict[str, int]] = {}
    revised = []
    for (unit, month), count in sorted(counts.value.items()):
        was = last[0].since.get(unit, {}).get(month) if last else None
        before = last[1].value.get((unit, month)) if last else None
        since.setdefault(unit, {})[month] = was if was is not None and before == count else version
        if was is not None and before is not None and before != count:
            revised.append(Revision(unit, month, was, 1 if count > before else -1))
    return since, tuple(revised)


def last_of(earlier: Sequence[PublicFigures], kept: Kept, measure_id: str) -> tuple[MeasureFigures, Counts] | None:
    """What the newest of the versions that were published showed of a measure, and the counts behind it."""
    for figures in sorted(earlier, key=lambda each: each.version, reverse=True):
        mine, counts = figures.get(measure_id), kept.counts(figures.version, measure_id)
        if mine is not None and counts is not None:
            return mine, counts
    return None


@dataclass(frozen=True)
class Before:
    """A measure as it was published: its figures, what was small then, and the exact counts of then, unless they were purged."""

    figures: MeasureFigures
    trust: str
    masking: Masking
    counts: Counts | None


def before(
    earlier: Sequence[PublicFigures], kept: Kept, measure_id: str, since: Since, counts: Counts
) -> Iterator[Before]:
    """Each publication of a measure; counts that were not revised are those of now (`counts`), others are looked up."""
    for each in earlier:
        mine = each.get(measure_id)
        if mine is not None:
            of_then = counts if _is_of_now(mine, since) else kept.counts(each.version, measure_id)
            whole = of_then is not None and all(
                (u, t) in of_then.value for u, months in mine.since.items() for t in months
            )
            yield Before(mine, each.trust, Masking(each.threshold, each.rounding), of_then if whole else None)


def still_known(published: Iterable[Before]) -> Iterator[Statement]:
    """All that was ever told of a measure; a month of a chart was told exactly."""
    for one in published:
        yield from statements(one.figures, one.trust)
        if one.counts is not None:
            yield from months_told(one.figures, one.counts)


def still_secret(published: Iterable[Before]) -> Iterator[Secret]:
    """All that was ever hidden of it."""
    for one in published:
        if one.counts is not None:
            yield from hidden_of(one.figures, one.counts, one.masking)


def most_ever(published: Iterable[Before], figures: MeasureFigures, counts: Counts) -> dict[Atom, int]:
    """What each count of a share can be at most: those of now, and those that were revised since."""
    found: dict[Atom, int] = {}
    for one in published:
        found |= most_of(one.figures, one.counts) if one.counts is not None else {}
    return found | most_of(figures, counts)


def _is_of_now(mine: MeasureFigures, since: Since) -> bool:
    """Whether every count that it was made of still is what it was."""
    return all(
        since.get(unit, {}).get(month) == number
        for unit, months in mine.since.items()
        for month, number in months.items()
    )


def unique(statements: Iterator[Statement]) -> list[Statement]:
    """Each sum once, between the narrowest ends that were told of it: packs repeat most of what the one before said."""
    found: dict[tuple[object, ...], Statement] = {}
    for each in statements:
        key = (frozenset(each.plus), frozenset(each.minus))
        other = found.get(key, each)
        lows, highs = (
            [end for end in ends if end is not None] for ends in ((each.low, other.low), (each.high, other.high))
        )
        found[key] = replace(each, low=max(lows, default=None), high=min(highs, default=None))
    return list(found.values())
