"""The packs that the tests of reports look at, each made once."""

from collections.abc import Callable

import numpy as np
import pytest

from data.config import Home
from pages.reports.pack.made import assemble
from pages.reports.pack.model import Pack
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.request import Answered, Request, answer

NEWEST = "2026-10"
SIGNED = "2026-09"  # the newest month of the sample whose figures are signed off

Made = tuple[Answered, Pack, Provenance]


@pytest.fixture(scope="session")
def packed(sample: Home) -> Callable[..., Made]:
    """`packed("board")`, `packed("ward:W10", "2026-09", orientation="portrait")`: figures, pack and provenance."""
    kept: dict[tuple[str, str, str], Made] = {}

    def make(audience: str, month: str = NEWEST, orientation: str = "landscape") -> Made:
        key = audience, month, orientation
        if key not in kept:
            asked = answer(sample, Request(audience, np.datetime64(month, "M"), orientation))
            kept[key] = asked, *assemble(asked)
        return kept[key]

    return make
