"""Where a chart's limits may be out of date: proposals to begin a new phase, with the evidence. None applies itself.

References
----------
NHS England, Making Data Count: limits are recalculated by judgement, after a shift that has lasted, whose cause is
known, and since which the figures have been steady. See `changepoint` for the test, `lasting` for the rest.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arguments import counts_of, known, share_of
from .lasting import search
from .points import Bools, Floats, Ints, Strings

KINDS = {"c": "counts", "u": "counts", "u_prime": "counts", "p": "shares", "p_prime": "shares", "xmr": "values"}
SENTENCE = (
    "About {before} until {until}, about {after} since {since}: {more} than chance would explain, over {n} months. "
    "What changed? If people know, and expect it to last, a new phase could begin with {since}. "
    "Nothing changes until someone decides."
)


@dataclass(frozen=True)
class Proposals:
    """One figure a series, (...).

    Attributes
    ----------
    proposed, start
        Whether there is a proposal, and the index of the point with which the new phase would begin; -1 if none.
    log_likelihood_ratio, p_value
        Of the most likely single change against none, over the dispersion and for neighbours that resemble each
        other; and how often a steady series of this length would look like that somewhere. NaN: too few months.
    before, after, ratio, low, high
        Levels in the units shown, and their ratio with its 95 % interval. The place was chosen because the ratio there
        is large, so it is rather too far from 1. NaN where there is no proposal; bounds NaN too where a level of
        shares or values is not above 0.
    dispersion, autocorrelation
        About the two levels.
    n_before, n_after
        Settled months that are not in question.
    reason, sentence
        Why nothing is proposed, else ''; and what is, else ''.
    """

    proposed: Bools
    start: Ints
    log_likelihood_ratio: Floats
    p_value: Floats
    before: Floats
    after: Floats
    ratio: Floats
    low: Floats
    high: Floats
    dispersion: Floats
    autocorrelation: Floats
    n_before: Ints
    n_after: Ints
    reason: Strings
    sentence: Strings


def propose_phases(
    numerator: ArrayLike,
    denominator: ArrayLike | None = None,
    *,
    kind: str,
    phase: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    excluded: ArrayLike | None = None,
    unsettled: ArrayLike | None = None,
    doubtful: ArrayLike | None = None,
    multiplier: float = 1.0,
    dates: ArrayLike | None = None,
) -> Proposals:
    """Look in the last phase of every series for one lasting change of level, and propose a new phase there.

    Parameters
    ----------
    numerator, denominator, phase, baseline, excluded, unsettled, doubtful, multiplier
        As of `control_chart`. A change within the baseline is not looked for; without a baseline everywhere.
    kind
        Of the chart: c, u, u_prime (counts), p, p_prime (shares) or xmr (values, or numerator / denominator).
    dates
        datetime64, broadcast to the numerator: names the months in sentences.

    Returns
    -------
    Proposals

    Raises
    ------
    ValueError
        For a kind whose limits cannot be proposed, counts below 0, shares above 1, a denominator that is missing.

    Notes
    -----
    Proposed where all of this holds: among settled months that are not in question a change, with at least 12 before
    and 13 after, that a steady series shows with a chance below 1 in 200; a step rather than a drift; seven months in a row
    since then beyond the old level (the baseline's); the last seven nearer to the new level. Months in question are
    left out, and a fall is not proposed while any since then is in question. Whether the cause is known, which the
    guidance asks for, no figure can tell: so the sentence asks.
    """
    known("kind", kind, tuple(KINDS))
    family = KINDS[kind]
    top, size = _figures(family, kind, numerator, denominator)
    shape = top.shape
    masks = [_mask(mask, shape) for mask in (excluded, unsettled, doubtful, baseline)]
    seen = np.isfinite(top) & np.isfinite(size) & (size > 0) & ~masks[0] & _last_phase(phase, shape)
    rows = (prod(shape[:-1]), max(shape[-1], 1))
    wide = [np.zeros(rows, x.dtype) if x.size == 0 else x.reshape(rows) for x in (top, size, seen, *masks[1:])]
    found = search(family, *wide)
    names = None if dates is None else np.broadcast_to(np.asarray(dates, dtype="datetime64[M]"), shape).reshape(rows)
    words = ("more", "fewer") if family == "counts" else ("higher", "lower")
    sentences = [_sentence(found, i, multiplier, names, words) for i in range(rows[0])]
    scaled = {name: found[name] * multiplier for name in ("before", "after")}
    return Proposals(
        **{name: np.asarray(x).reshape(shape[:-1]) for name, x in (found | scaled).items() if name != "last_before"},
        sentence=np.array(sentences, dtype=str).reshape(shape[:-1]),
    )


def _figures(family: str, kind: str, numerator: ArrayLike, denominator: ArrayLike | None) -> tuple[Floats, Floats]:
    if family == "values":
        top = np.asarray(numerator, dtype=np.float64)
        if denominator is not None:
            below = np.asarray(denominator, dtype=np.float64)
            top = top / np.where(below > 0, below, np.nan)
        if top.ndim == 0:
            raise ValueError("numerator needs an axis of points")
        return top, np.ones_like(top)
    if denominator is None and kind != "c":
        raise ValueError(f"{kind} needs a denominator")
    top, size, _ = counts_of(numerator, None if kind == "c" else denominator, None)
    if family == "shares":
        share_of(top, size)
    return top, size


def _mask(mask: ArrayLike | None, shape: tuple[int, ...]) -> Bools:
    return np.broadcast_to(np.asarray(False if mask is None else mask, dtype=bool), shape)


def _last_phase(phase: ArrayLike | None, shape: tuple[int, ...]) -> Bools:
    if phase is None or shape[-1] == 0:
        return np.ones(shape, dtype=bool)
    labels = np.broadcast_to(np.asarray(phase), shape)
    other = labels != labels[..., -1:]
    return np.asarray(~np.logical_or.accumulate(other[..., ::-1], axis=-1)[..., ::-1])


def _sentence(found: dict[str, Any], i: int, multiplier: float, names: Any, words: tuple[str, str]) -> str:
    if not found["proposed"][i]:
        return ""

    def named(place: int) -> str:
        if names is None:
            return f"point {place + 1}"
        return str(names[i, place].astype("datetime64[D]").item().strftime("%B %Y"))

    before, after = (float(found[name][i]) * multiplier for name in ("before", "after"))
    return SENTENCE.format(
        before=_short(before),
        after=_short(after),
        until=named(int(found["last_before"][i])),
        since=named(int(found["start"][i])),
        more=words[0] if after > before else words[1],
        n=int(found["n_after"][i]),
    )


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
