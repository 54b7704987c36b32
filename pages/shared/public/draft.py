"""One measure as it would be shown, with all that an audit needs: what a reader knows already, and what must stay open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from data.access.suppression import Masking
from data.disclosure import Atom, Secret, Shown, Statement
from data.store import Store
from metrics.measure import Kind, Measure, Sensitivity
from pages.shared.analysis import Reading, read_one
from pages.shared.public import cells
from pages.shared.public.counts import Counts
from pages.shared.public.earlier import (
    BOARD,
    Kept,
    before,
    last_of,
    most_ever,
    since_of,
    still_known,
    still_secret,
    unique,
)
from pages.shared.public.private import secrets_of
from pages.shared.public.shape import Kind as Told
from pages.shared.public.shape import MeasureFigures, PublicFigures, Revision
from pages.shared.public.told import revisions_of, shown_of, table_of

NOWHERE, TRUST = "none", "trust"  # the depths that stop above the divisions (data/access/policy.py)


@dataclass(frozen=True)
class Draft:
    """The figures of a measure before anything is withheld for another's sake; `reading`: of the trust's chart."""

    figures: MeasureFigures
    counts: Counts
    reading: Reading | None
    shown: tuple[Shown, ...]
    known: tuple[Statement, ...]
    secrets: tuple[Secret, ...]
    most: dict[Atom, int]


def drafts(store: Store, earlier: Sequence[PublicFigures]) -> Iterator[Draft]:
    """Of every measure that the public sees by the month, in the order of the catalogue."""
    kept = Kept(store)
    for measure in store.catalogue.values():
        if measure.public:
            counts = kept.counts(store.published.version, measure.id)
            if counts is not None:
                yield _draft(store, measure, counts, earlier, kept)


def _draft(store: Store, measure: Measure, counts: Counts, earlier: Sequence[PublicFigures], kept: Kept) -> Draft:
    reading = read_one(store, BOARD, measure.id, counts.trust.code)
    since, revised = since_of(counts, store.published.version, last_of(earlier, kept, measure.id))
    masking = store.policy.masking
    figures = _figures(counts, reading, masking, depth_of(store, measure), since, revised)
    published = list(before(earlier, kept, measure.id, since, counts))
    least = min((one.masking for one in published), key=lambda each: each.threshold, default=masking)
    least = min(least, masking, key=lambda each: each.threshold)
    return Draft(
        figures,
        counts,
        reading,
        tuple(shown_of(figures, counts)),
        tuple(unique(chain(still_known(published), revisions_of(figures), table_of(figures, counts.trust.code)))),
        (*secrets_of(figures, counts, masking, least, store.published.version), *still_secret(published)),
        most_ever(published, figures, counts),
    )


def depth_of(store: Store, measure: Measure) -> str:
    """How far down a measure is shown: of what is sensitive, and of deaths, the trust's whole years alone."""
    return store.policy.publishes if measure.sensitivity is Sensitivity.STANDARD else NOWHERE


def _figures(
    counts: Counts,
    reading: Reading | None,
    masking: Masking,
    depth: str,
    since: dict[str, dict[str, int]],
    revised: tuple[Revision, ...],
) -> MeasureFigures:
    measure, monthly = counts.measure, depth != NOWHERE
    n = len(counts.units) if depth not in (NOWHERE, TRUST) else 1
    kind: Told = "death" if measure.kind is Kind.DEATH else "share" if measure.is_proportion else "count"
    return MeasureFigures(
        measure.id,
        kind,
        measure.unit if measure.has_denominator and not measure.is_proportion else "",
        cells.month_cells(counts, masking) if monthly else (),
        cells.year_cells(counts, masking, n),
        cells.to_date_cells(counts, masking, n) if monthly else (),
        cells.rate_cells(counts, masking, n) if monthly else (),
        cells.chart_of(counts, reading, masking) if monthly else None,
        dict(counts.parts),
        since,
        revised,
    )
