"""Exact tails of counts, and limits drawn from them: Poisson and binomial, and both with spread between units.

Units lie flat, one figure each. Spread between units makes a Poisson count negative binomial, a binomial one
beta-binomial.
"""

from collections.abc import Callable, Iterator

import numpy as np

from .points import Bools, Floats, Ints

LEAST_SHARE = 1e-9  # of the variance of chance: less spread between units than this is none
TABLE = 2_000_000  # probabilities held at a time
REACH = 32.0  # standard deviations that a chance of 0.001 cannot lie beyond (Cantelli's inequality)

Tail = Callable[[Floats], Floats]
Group = tuple[Ints, Tail, Tail]


def count_tails(mean: Floats, between: Floats) -> Iterator[Group]:
    """Groups of units, and for each P(k or fewer) and P(k or more) as functions of whole k, one k a unit.

    `between` is the variance between units relative to their mean.
    """
    from scipy.special import betainc, gammainc, gammaincc

    spread = between * mean > LEAST_SHARE
    plain, wide = np.flatnonzero(~spread), np.flatnonzero(spread)
    m = mean[plain]
    yield (
        plain,
        lambda k: np.where(k < 0, 0.0, gammaincc(np.maximum(k, 0) + 1, m)),
        lambda k: np.where(k > 0, gammainc(np.maximum(k, 1), m), 1.0),
    )
    shape, odds = 1 / between[wide], between[wide] * mean[wide]
    yield (
        wide,
        lambda k: np.where(k < 0, 0.0, betainc(shape, np.maximum(k, 0) + 1, 1 / (1 + odds))),
        lambda k: np.where(k > 0, betainc(np.maximum(k, 1), shape, odds / (1 + odds)), 1.0),
    )


def share_tails(size: Floats, share: Floats, between: Floats) -> Iterator[Group]:
    """As `count_tails`, out of `size` with a chance of `share` each; `between` is their correlation within a unit."""
    from scipy.special import betainc

    spread = (between * size > LEAST_SHARE) & (size > 1) & (share > 0) & (share < 1)
    plain = np.flatnonzero(~spread)
    n, p = size[plain], share[plain]

    def at_most(k: Floats) -> Floats:
        some = betainc(np.maximum(n - k, 1), np.maximum(k, 0) + 1, 1 - p)
        return np.where(k < 0, 0.0, np.where(k < n, some, 1.0))

    def at_least(k: Floats) -> Floats:
        some = betainc(np.maximum(k, 1), np.maximum(n - k, 0) + 1, p)
        return np.where(k > n, 0.0, np.where(k > 0, some, 1.0))

    yield plain, at_most, at_least
    wide = np.flatnonzero(spread)
    wide = wide[np.argsort(size[wide], kind="stable")]  # units of like size together: their rows are as long
    cells = np.cumsum(size[wide] + 1) // TABLE
    for group in np.split(wide, np.flatnonzero(np.diff(cells)) + 1) if wide.size else ():
        yield (group, *_beta_binomial(size[group], share[group], between[group]))


def _beta_binomial(size: Floats, share: Floats, between: Floats) -> tuple[Tail, Tail]:
    """Added up from its probabilities, since its tails have no closed form."""
    from scipy.special import betaln

    n, p, rho = size[:, None], share[:, None], between[:, None]
    a, b = p * (1 / rho - 1), (1 - p) * (1 / rho - 1)
    every = np.arange(int(size.max()) + 1)
    k = np.minimum(every, n)
    log_chance = betaln(k + a, n - k + b) - betaln(a, b) - betaln(k + 1, n - k + 1) - np.log(n + 1)
    chance = np.where(every <= n, np.exp(log_chance), 0.0)
    below = np.pad(np.cumsum(chance, axis=1), ((0, 0), (1, 0)))
    above = np.pad(np.cumsum(chance[:, ::-1], axis=1)[:, ::-1], ((0, 0), (0, 1)))
    return _looked_up(below, 1), _looked_up(above, 0)


def _looked_up(table: Floats, offset: int) -> Tail:
    def tail(k: Floats) -> Floats:
        column = np.clip(k + offset, 0, table.shape[1] - 1).astype(np.int64)
        return np.asarray(np.minimum(np.take_along_axis(table, column[:, None], axis=1)[:, 0], 1.0))

    return tail


def highest_count(mean: Floats, between: Floats) -> Floats:
    """A count that no upper limit of `count_tails` lies beyond."""
    return np.asarray(np.ceil(mean + REACH * np.sqrt(mean) * np.sqrt(1 + between * mean)) + 1)


def drawn_limits(at_most: Tail, at_least: Tail, tail: float, top: Floats) -> tuple[Floats, Floats]:
    """Lower and upper limit as counts: between the last whole number inside and the first beyond, by their tails.

    The lower is 0 where even P(0) is above `tail`.
    """
    inside = _first(lambda k: at_most(k) > tail, np.full_like(top, -1.0), top)
    beyond = _first(lambda k: at_least(k) <= tail, np.zeros_like(top), top + 1)
    a, b = at_most(inside), at_most(inside - 1)
    lower = np.maximum(inside - (a - tail) / (a - b), 0.0)
    a, b = at_least(beyond - 1), at_least(beyond)
    return lower, np.asarray(beyond - 1 + (a - tail) / (a - b))


def _first(true_from: Callable[[Floats], Bools], low: Floats, high: Floats) -> Floats:
    """The first whole number at which it holds: not at `low`, but at `high`."""
    middle = np.floor((low + high) / 2)
    while ((low < middle) & (middle < high)).any():  # beyond 2 ** 53 neighbours are further apart than 1
        holds = true_from(middle)
        low, high = np.where(holds, low, middle), np.where(holds, middle, high)
        middle = np.floor((low + high) / 2)
    return high
