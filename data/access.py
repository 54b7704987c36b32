"""Who may see a figure: the pure table behind every `Store` method.

Three audiences: *working* (signed-in staff, and the board in private), *public* (papers, website), *named* (the
patient-safety lead). What is not named here is hidden.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from metrics.measure import Sensitivity

# Small counts are shown as one class, zero included, and the rest rounded: the rule of NHS England's MHSDS
# publication, with zero not told apart (showing zeros narrows the hidden cells, docs/decisions/0008).
SMALL = 5
ROUNDED_TO = 5


class Audience(StrEnum):
    WORKING = "working"
    PUBLIC = "public"
    NAMED = "named"


class Role(StrEnum):
    BOARD_MEMBER = "board_member"
    WARD_MANAGER = "ward_manager"
    QI_LEAD = "qi_lead"


class Seen(StrEnum):
    EXACT = "exact"
    SUPPRESSED = "suppressed"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Reader:
    """Who asks. `units`: the wards in scope; empty for the whole trust, and for a ward manager for none."""

    role: Role
    audience: Audience
    units: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a cached answer depends on: never cache without it."""
        scope = ",".join(sorted(self.units)) or ("no ward" if self.role is Role.WARD_MANAGER else "every ward")
        return f"{self.audience}:{scope}"

    @property
    def may_load(self) -> bool:
        return self.role is Role.QI_LEAD and self.audience is Audience.WORKING


class NotForThisReader(PermissionError):
    """The reader's audience or scope does not include what was asked for."""


_TRUST = ("trust", "provider", "country")
_DIVISION = ("division", "service")

_SEEN = {
    (Audience.WORKING, Sensitivity.STANDARD): {"trust": Seen.EXACT, "division": Seen.EXACT, "ward": Seen.EXACT},
    (Audience.WORKING, Sensitivity.SENSITIVE): {"trust": Seen.EXACT, "division": Seen.EXACT, "ward": Seen.SUPPRESSED},
    (Audience.WORKING, Sensitivity.DEATH): {"trust": Seen.EXACT},
    (Audience.NAMED, Sensitivity.STANDARD): {"trust": Seen.EXACT, "division": Seen.EXACT, "ward": Seen.EXACT},
    (Audience.NAMED, Sensitivity.SENSITIVE): {"trust": Seen.EXACT, "division": Seen.EXACT, "ward": Seen.EXACT},
    (Audience.NAMED, Sensitivity.DEATH): {"trust": Seen.EXACT, "division": Seen.EXACT, "ward": Seen.EXACT},
    # The public sees fixed tables of whole years only (`Store.public_table`), never a series.
}


def seen(audience: Audience, level: str, sensitivity: Sensitivity) -> Seen:
    """How a figure of this sensitivity at this level is shown to this audience."""
    tier = "trust" if level in _TRUST else "division" if level in _DIVISION else "ward"
    return _SEEN.get((audience, sensitivity), {}).get(tier, Seen.HIDDEN)


def suppress(count: float) -> str:
    """A count as an audience sees it that may not see it exactly: `<5`, or rounded to the nearest 5."""
    if count < SMALL:
        return f"<{SMALL}"
    return f"{int(rounded(count)):,}"


def rounded(counts: Any) -> Any:
    """A count, or an array of them, to the nearest 5; halves go up."""
    return np.floor(np.asarray(counts) / ROUNDED_TO + 0.5) * ROUNDED_TO


def suppressed_share(numerator: float, denominator: float) -> str | None:
    """A share as a whole percentage, or None where either part is small."""
    if numerator < SMALL or denominator < SMALL or denominator - numerator < SMALL:
        return None
    return f"{100 * numerator / denominator:.0f} %"
