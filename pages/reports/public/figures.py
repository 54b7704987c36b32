"""The figures of a public pack: computed from exact ones, audited beside all that was published before, masked last."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from data.disclosure import Statement, audit
from data.editions import Edition
from data.store import Store
from pages.shared.easy.content import states_told
from pages.shared.easy.safe import told_elsewhere
from pages.shared.public.cells import PROTECTED
from pages.shared.public.draft import Draft, drafts
from pages.shared.public.earlier import earlier_figures, newest
from pages.shared.public.shape import HIDDEN, Cell, MeasureFigures, PublicFigures
from pages.shared.public.told import chart_name, name_of


def public_figures(store: Store, edition: Edition) -> PublicFigures:
    """What the public is shown of an edition; `store`: opened at its version. What was published once is shown as it was.

    Raises NotSafe where it cannot be made safe, and StoreError where what was published before cannot be read.
    """
    earlier = earlier_figures(store.home)
    same = (e for e in earlier if (e.version, e.policy) == (store.published.version, store.policy.hash))
    return next(same, None) or _audited(store, edition, earlier)


def _audited(store: Store, edition: Edition, earlier: Sequence[PublicFigures]) -> PublicFigures:
    found = list(drafts(store, earlier))
    trust = found[0].counts.trust.code if found else ""
    easy = told_elsewhere(store, found, states_told(store, trust)) if trust else []
    withheld = withheld_of(found, easy)
    policy, masking = store.policy, store.policy.masking
    codes = {cell.unit for each in found for cell in each.figures.cells}
    units = {unit.code: unit.name for each in found for unit in each.counts.units}
    return PublicFigures(
        store.published.version,
        edition.name,
        f"{edition.data_up_to:%Y-%m}",
        policy.hash,
        policy.publishes,
        masking.threshold,
        masking.rounding,
        store.branding.financial_year_begins,
        newest(store.home),
        tuple((code, name) for code, name in units.items() if code in codes or code == trust),
        tuple(masked(each.figures, withheld) for each in found),
        withheld,
    )


def withheld_of(found: Sequence[Draft], besides: Sequence[Statement] = ()) -> tuple[str, ...]:
    """The names of what must be withheld; `besides`: what is told elsewhere. Raises NotSafe."""
    return audit(
        [one for each in found for one in each.shown],
        [*besides, *(one for each in found for one in each.known)],
        [one for each in found for one in each.secrets],
        {atom: most for each in found for atom, most in each.most.items()},
    )


def masked(figures: MeasureFigures, withheld: Collection[str]) -> MeasureFigures:
    """The figures without what must be withheld: neither a text nor what it told is left of it."""

    def kept(cells: tuple[Cell, ...], kind: str) -> tuple[Cell, ...]:
        return tuple(
            replace(cell, shown=HIDDEN, why=PROTECTED, low=None, high=None)
            if name_of(figures, cell, kind) in withheld
            else cell
            for cell in cells
        )

    return replace(
        figures,
        months=kept(figures.months, "count"),
        years=kept(figures.years, "count"),
        to_date=kept(figures.to_date, "count"),
        rates=kept(figures.rates, "rate"),
        chart=None if chart_name(figures) in withheld else figures.chart,
    )
