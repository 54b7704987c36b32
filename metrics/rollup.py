"""A parent's figures from its children's, and whether enough of what was expected has been reported."""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .points import Bools, Floats, Ints

COMPLETE = 0.95  # of the expected events must be carried by children that report
SLACK = 1e-12  # nineteen of twenty equal children are 95 %, whatever the last digit says


@dataclass(frozen=True)
class RollUp:
    """Sums over children, each (..., n_parents, n_points).

    Attributes
    ----------
    numerator, denominator
        Over the children that reported, doubtful ones too: concern is judged on what was reported. NaN where none
        did. `denominator` is None for measures without.
    share
        Of the expected events, what the usable children carry; NaN where no child was open.
    complete
        `share` is at least 0.95.
    """

    numerator: Floats
    denominator: Floats | None
    share: Floats
    complete: Bools


def roll_up(
    numerator: ArrayLike,
    denominator: ArrayLike | None,
    parent: ArrayLike,
    n_parents: int,
    *,
    usable: ArrayLike | None = None,
) -> RollUp:
    """Add children up to their parents.

    Parameters
    ----------
    numerator, denominator
        (..., n_children, n_points), oldest first; NaN = not reported. A child counts as reporting when all there is
        to report is there; an exposure without its count is not counted, nor a count without its exposure.
    parent
        Integer (n_children, n_points): the parent of the child in that month, -1 where it is not open.
    n_parents
        How many there are.
    usable
        Boolean, broadcast to the numerator: False = missing or in question, which does not count as reporting.

    Raises
    ------
    ValueError
        For parents that are not there, or shapes that do not fit.

    Notes
    -----
    A child's expected events in a month are its own mean rate over its usable months times its exposure then (its
    mean exposure where that is missing; its mean count for measures without). A child that never reported has its
    parent's pooled rate and mean exposure. Where a parent expects none at all, children are counted instead. By
    exposure alone a unit with a high rate could fall silent and the parent would seem both complete and better.
    """
    top = np.asarray(numerator, dtype=np.float64)
    places = np.asarray(parent)
    if top.ndim < 2 or places.shape != top.shape[-2:]:
        raise ValueError(f"parent has shape {places.shape}; numerator ends in {top.shape[-2:]}")
    if places.dtype.kind not in "iu" or places.min(initial=-1) < -1 or places.max(initial=-1) >= n_parents:
        raise ValueError(f"parent must hold whole numbers from -1 to {n_parents - 1}")
    size = np.ones_like(top) if denominator is None else np.array(np.broadcast_to(denominator, top.shape), dtype=float)
    lead, n_points = top.shape[:-2], top.shape[-1]
    top, size = top.reshape(prod(lead), *places.shape), size.reshape(prod(lead), *places.shape)
    is_open = np.broadcast_to(places >= 0, top.shape)
    reported = is_open & ~np.isnan(top) & ~np.isnan(size)
    trusted = (
        reported if usable is None else reported & np.broadcast_to(usable, (*lead, *places.shape)).reshape(top.shape)
    )
    expected = np.where(is_open, _expected(top, size, trusted, places, n_parents), 0.0)

    def add(values: NDArray[np.generic], where: Bools) -> Floats:
        return _sums(np.where(where, values, 0.0), places, n_parents)

    everything = np.ones_like(top)
    n_reported, n_open = add(everything, reported), add(everything, is_open)
    all_expected = add(expected, is_open)
    by_children = all_expected <= 0
    part = np.where(by_children, add(everything, trusted), add(expected, trusted))
    whole = np.where(by_children, n_open, all_expected)
    share = np.where(n_open > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
    some = n_reported > 0
    sums = [np.where(some, add(x, reported), np.nan).reshape(*lead, n_parents, n_points) for x in (top, size)]
    share = share.reshape(*lead, n_parents, n_points)
    return RollUp(sums[0], None if denominator is None else sums[1], share, share >= COMPLETE - SLACK)


def _expected(top: Floats, size: Floats, trusted: Bools, places: Ints, n_parents: int) -> Floats:
    """Expected events of every child and month."""
    months, events, exposure = (np.where(trusted, x, 0.0).sum(axis=-1) for x in (np.ones_like(top), top, size))
    pooled_rate, pooled_exposure = _of_parents(top, size, trusted, places, n_parents)
    known = exposure > 0
    own = events / np.where(known, exposure, 1.0)
    rate = np.where(known[..., None], own[..., None], pooled_rate)
    usual = np.where(months[..., None] > 0, (exposure / np.maximum(months, 1))[..., None], pooled_exposure)
    return np.asarray(rate * np.where(np.isnan(size), usual, size))


def _of_parents(top: Floats, size: Floats, trusted: Bools, places: Ints, n_parents: int) -> tuple[Floats, Floats]:
    """Each child's parent's pooled rate and mean exposure of a child and month, over the whole time."""
    at = np.maximum(places, 0)
    events, exposure, months = (
        _sums(np.where(trusted, x, 0.0), places, n_parents).sum(axis=-1) for x in (top, size, np.ones_like(top))
    )
    rate = events / np.where(exposure > 0, exposure, 1.0)
    usual = exposure / np.maximum(months, 1)
    return rate[:, at], usual[:, at]


def _sums(values: Floats, places: Ints, n_parents: int) -> Floats:
    """Sums over the children of each parent in each month: (n, n_children, n_points) -> (n, n_parents, n_points)."""
    n, _, n_points = values.shape
    kept = np.broadcast_to(places >= 0, values.shape)
    index = (np.arange(n)[:, None, None] * n_parents + places) * n_points + np.arange(n_points)
    total = np.bincount(index[kept], weights=values[kept], minlength=n * n_parents * n_points)
    return np.asarray(total.reshape(n, n_parents, n_points))
