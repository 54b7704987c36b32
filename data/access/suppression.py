"""Small counts as an audience sees them that may not see them exactly: one class below the threshold, the rest rounded.

Applied before a value is handed on: to the count, and to all that is derived from it. The class holds zero too, because
telling zero apart narrows the others (docs/decisions/0008).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np


class Seen(StrEnum):
    """How a figure is shown. In this order: each shows no more than the one before."""

    EXACT = "exact"
    SUPPRESSED = "suppressed"
    HIDDEN = "hidden"


def narrower(one: Seen, other: Seen) -> Seen:
    """The one that shows less."""
    return max(one, other, key=list(Seen).index)


@dataclass(frozen=True)
class Masking:
    """Counts below `threshold` are one class; others are rounded to a multiple of `rounding`."""

    threshold: int = 5
    rounding: int = 5

    @property
    def least(self) -> int:
        """The smallest number shown. Rounding never goes below it: 7 would else be the only count shown as 5 of "<7"."""
        return -(-self.threshold // self.rounding) * self.rounding

    def rounded(self, counts: Any) -> Any:
        """A count, or an array of them, of the threshold or more, to the nearest multiple; halves go up."""
        nearest = np.floor(np.asarray(counts) / self.rounding + 0.5) * self.rounding
        return np.maximum(nearest, self.least)

    def is_small(self, counts: Any) -> Any:
        """Where a count is below the threshold; never where it is missing."""
        return np.asarray(counts) < self.threshold

    def count(self, count: float) -> str:
        """A count as it is shown: `<5`, or rounded; a dash where there is none."""
        if np.isnan(count):
            return "–"
        return f"<{self.threshold}" if self.is_small(count) else f"{int(self.rounded(count)):,}"

    def share(self, numerator: float, denominator: float) -> str | None:
        """A share as a whole percentage, or None where any part of it is small or missing."""
        parts = (numerator, denominator, denominator - numerator)
        return None if not all(part >= self.threshold for part in parts) else f"{100 * numerator / denominator:.0f} %"


USUAL = Masking()
