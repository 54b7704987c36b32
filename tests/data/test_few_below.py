"""Sensitive figures above one or two wards, and what a subtraction would give away."""

from pathlib import Path

import numpy as np
import pytest

from data.access import Audience, Reader, Role
from data.config import Home
from data.store import Store
from tests.conftest import Load

BOARD = Reader(Role.BOARD_MEMBER)
SAFETY = Reader(Role.PATIENT_SAFETY_LEAD, Audience.NAMED)
MONTHS = ("2026-01", "2026-02", "2026-03")


def store_of(tmp_path: Path, load: Load, divisions: dict[str, int], lacking: dict[str, str] | None = None) -> Store:
    """A trust of divisions with so many wards each, each ward with segregation; `lacking`: a ward -> a month without it."""
    home = Home(tmp_path / "few")
    wards = [(f"{name}{n}", name) for name, count in divisions.items() for n in range(count)]
    units = "TRUST,Our trust,trust,\n" + "".join(f"{name},{name} division,division,TRUST\n" for name in divisions)
    units += "".join(f"{ward},Ward {ward},ward,{division}\n" for ward, division in wards)
    rows = "".join(
        f"{month},{ward},lts_people,{3 + i}\n"
        for i, (ward, _) in enumerate(wards)
        for month in MONTHS
        if (lacking or {}).get(ward) != month
    )
    load(home, "code,name,level,parent,valid_from\n" + units.replace("\n", ",2024-01-01\n"), "units.csv")
    load(home, "month,unit,measure,numerator\n" + rows, "lts.csv")
    store = Store.open(home)
    assert store is not None
    return store


def exact(store: Store, who: Reader = BOARD) -> set[str]:
    """The units above the wards whose figures are shown exactly."""
    panel = store.panel(who)
    m = panel.measure_position("lts_people")
    return {
        u.code
        for i, u in enumerate(panel.tree.units)
        if panel.exact[m, i] and u.level != "ward" and panel.expected[m, i]
    }


@pytest.mark.parametrize(
    ("divisions", "shown"),
    [
        ({"A": 3, "B": 3}, {"TRUST", "A", "B"}),
        ({"A": 3, "B": 2}, {"TRUST"}),  # the trust without A is B
        ({"A": 3, "B": 1}, {"TRUST"}),
        ({"A": 4, "B": 3, "C": 2}, {"TRUST", "A"}),  # with B there are five wards behind what is masked
        ({"A": 3, "B": 2, "C": 2}, {"TRUST", "A"}),  # B and C together are four
        ({"A": 3, "B": 1, "C": 1}, {"TRUST"}),
        ({"A": 2}, set()),
        ({"A": 1, "B": 1}, set()),
        ({"A": 1, "B": 2}, {"TRUST"}),
    ],
)
def test_what_is_shown_of_few_wards(divisions: dict[str, int], shown: set[str], tmp_path: Path, load: Load) -> None:
    store = store_of(tmp_path, load, divisions)
    assert exact(store) == shown
    assert exact(store, SAFETY) == {"TRUST", *divisions}


def test_nothing_shown_gives_one_or_two_wards_by_subtraction(tmp_path: Path, load: Load) -> None:
    store = store_of(tmp_path, load, {"A": 5, "B": 4, "C": 2, "D": 3})
    shown = exact(store)
    panel = store.panel(SAFETY)
    wards = {name: sum(u.parent == name for u in panel.tree.units) for name in "ABCD"}
    assert "TRUST" in shown
    assert sum(wards.values()) - sum(wards[name] for name in shown - {"TRUST"}) >= 3


def test_a_month_in_which_few_reported_masks_the_series(tmp_path: Path, load: Load) -> None:
    assert exact(store_of(tmp_path, load, {"A": 3, "B": 3}, {"A0": "2026-02"})) == {"TRUST"}


def test_no_share_of_what_was_expected_is_told_where_a_ward_is_masked(tmp_path: Path, load: Load) -> None:
    store = store_of(tmp_path, load, {"A": 3, "B": 3}, {"A0": "2026-03"})
    m = store.panel(BOARD).measure_position("lts_people")
    assert np.isnan(store.panel(BOARD).share[m]).all()
    assert np.isfinite(store.panel(SAFETY).share[m]).any()
