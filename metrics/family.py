"""Many tests at once: which of them may be called findings, so that few of the findings are false.

References
----------
Benjamini & Hochberg, JRSS B 57 (1995) 289-300; adjusted p values: Yekutieli & Benjamini, Journal of Statistical
Planning and Inference 82 (1999) 171-196.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .points import Bools, Floats, Ints


@dataclass(frozen=True)
class Findings:
    """`found` and `adjusted` are of the p values' shape; `n`, of the shape without the last axis, the tests made.

    `adjusted` is the lowest rate at which the test would be a finding; NaN, and never found, where p was NaN.
    """

    found: Bools
    adjusted: Floats
    n: Ints


def benjamini_hochberg(p_values: ArrayLike, rate: float = 0.05) -> Findings:
    """Findings of each family of tests, of which at most a share of `rate` is expected to be false.

    Parameters
    ----------
    p_values
        (..., n_tests): each last axis is a family. NaN: the test was not made, and does not count.
    rate
        The false discovery rate, above 0 and at most 1.

    Raises
    ------
    ValueError
        For p values outside 0 to 1, a rate outside that, or no axis of tests.

    Notes
    -----
    Proved for tests that are independent or that rise and fall together, as those of a trust and of its wards do.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim == 0:
        raise ValueError("p_values need an axis of tests")
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p values must lie between 0 and 1")
    if not 0 < rate <= 1:
        raise ValueError(f"rate must be above 0 and at most 1, not {rate}")
    order = np.argsort(p, axis=-1, kind="stable")  # NaN come last
    ranked = np.take_along_axis(p, order, axis=-1)
    n = (~np.isnan(p)).sum(axis=-1)
    scaled = np.minimum(ranked * (n[..., None] / np.arange(1, p.shape[-1] + 1)), 1.0)
    # The least of this one and all that rank after it; fmin passes over NaN.
    least = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.where(np.isnan(ranked), np.nan, least), axis=-1)
    return Findings(adjusted <= rate, adjusted, np.asarray(n))
