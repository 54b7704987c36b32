"""Cochran-Armitage: does a share rise or fall with a score?

References
----------
Armitage, Biometrics 11 (1955) 375-386.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats


@dataclass(frozen=True)
class CochranArmitage:
    """One figure a series, (...); NaN without variation in the shares or the scores."""

    z: Floats
    p_value: Floats


def cochran_armitage(numerator: ArrayLike, denominator: ArrayLike, scores: ArrayLike | None = None) -> CochranArmitage:
    """Whether a share rises or falls with a score: the two-sided test, z above 0 for a rise.

    Parameters
    ----------
    numerator, denominator
        (..., n_points), broadcasting; NaN, or a denominator of 0, is dropped.
    scores
        Broadcast to them. None: 0, 1, 2, ...

    Raises
    ------
    ValueError
        For a numerator outside 0 to denominator.

    References
    ----------
    Armitage, Biometrics 11 (1955) 375-386.
    """
    from scipy.special import ndtr

    y = np.asarray(numerator, dtype=np.float64)
    n = np.broadcast_to(np.asarray(denominator, dtype=np.float64), y.shape)
    if (y < 0).any() or ((y > n) & (n > 0)).any():
        raise ValueError("numerator must lie between 0 and the denominator")
    x = np.broadcast_to(np.arange(y.shape[-1]) if scores is None else np.asarray(scores, dtype=np.float64), y.shape)
    used = np.isfinite(y) & np.isfinite(n) & (n > 0)
    y, n = np.where(used, y, 0.0), np.where(used, n, 0.0)
    total = n.sum(axis=-1)
    some = np.where(total > 0, total, 1.0)
    share, middle = y.sum(axis=-1) / some, (n * x).sum(axis=-1) / some
    away = x - middle[..., None]
    variance = share * (1 - share) * (n * away**2).sum(axis=-1)
    z = (y * away).sum(axis=-1) / np.sqrt(np.where(variance > 0, variance, np.nan))
    return CochranArmitage(np.asarray(z), np.asarray(2 * ndtr(-np.abs(z))))
