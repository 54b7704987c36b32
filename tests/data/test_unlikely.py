"""Warnings against a unit's own history: what jumps out of it, and what falls silent."""

from pathlib import Path

import pytest

from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.intake import Warned
from data.ingest.rehearsal import rehearse
from data.ingest.unlikely import LEAST_BEFORE, unlikely
from metrics.measure import Sensitivity
from tests.conftest import TODAY, Load

CATALOGUE = shipped_catalogue()
HEAD = "month,unit,measure,numerator\n"
USUAL = (12, 9, 14, 11, 10, 13, 8, 12, 11, 9, 13, 10, 12, 11, 14, 9)  # falls on W01, from January 2025


def month(t: int) -> str:
    return f"{2025 + t // 12}-{t % 12 + 1:02d}"


def history(home: Home, load: Load, n: int, counts: tuple[int, ...] = USUAL, measure: str = "falls_all") -> None:
    """`n` months of W01 and W02 and of their bed days, which reach one month further."""
    days = "".join(f"{month(t)},{ward},occupied_bed_days,500\n" for t in range(n + 1) for ward in ("W01", "W02"))
    load(home, "month,unit,kind,value\n" + days, "days.csv")
    falls = "".join(f"{month(t)},{ward},{measure},{counts[t]}\n" for t in range(n) for ward in ("W01", "W02"))
    load(home, HEAD + falls, "falls.csv")


def warned(home: Home, tmp_path: Path, text: str) -> tuple[Warned, ...]:
    path = tmp_path / "next.csv"
    path.write_text(text)
    with rehearse(home, CATALOGUE, path, today=TODAY) as tried:
        return unlikely(tried)


@pytest.mark.parametrize(("count", "is_told"), [(11, False), (17, False), (60, True), (14, False)])
def test_a_jump_is_told_with_the_range_of_the_unit(
    home: Home, load: Load, tmp_path: Path, count: int, is_told: bool
) -> None:
    history(home, load, 14)
    found = warned(home, tmp_path, HEAD + f"{month(14)},W01,falls_all,{count}\n")
    assert [(w.what, w.unit_code, w.month) for w in found] == ([("falls_all", "W01", "2026-03")] if is_told else [])
    if is_told:
        assert found[0].reason.startswith(
            "120 per 1,000 occupied bed days is far above what this unit has recorded so far ("
        )


@pytest.mark.parametrize(("n", "told"), [(LEAST_BEFORE - 1, 0), (LEAST_BEFORE, 1), (LEAST_BEFORE + 1, 1)])
def test_twelve_points_before_are_needed(home: Home, load: Load, tmp_path: Path, n: int, told: int) -> None:
    history(home, load, n)
    assert len(warned(home, tmp_path, HEAD + f"{month(n)},W01,falls_all,60\n")) == told


def test_only_what_the_file_changes_is_judged(home: Home, load: Load, tmp_path: Path) -> None:
    history(home, load, 14)
    load(home, HEAD + f"{month(13)},W02,falls_all,70\n", "odd.csv")
    assert warned(home, tmp_path, HEAD + f"{month(14)},W01,falls_all,11\n{month(13)},W02,falls_all,70\n") == ()


def test_a_point_in_the_past_is_judged_by_what_came_before_it(home: Home, load: Load, tmp_path: Path) -> None:
    history(home, load, 15, (*USUAL[:13], 60, 60))
    (found,) = warned(home, tmp_path, HEAD + f"{month(13)},W01,falls_all,80\n")
    assert found.month == month(13)


def test_wrong_bed_days_show_as_a_rate_out_of_range(home: Home, load: Load, tmp_path: Path) -> None:
    history(home, load, 14)
    found = warned(home, tmp_path, f"month,unit,kind,value\n{month(13)},W01,occupied_bed_days,50\n")
    assert [(w.what, w.unit_code, w.month) for w in found] == [("falls_all", "W01", month(13))]


def test_a_month_to_check_that_was_none_before_is_told(home: Home, load: Load, tmp_path: Path) -> None:
    history(home, load, 14)
    found = warned(home, tmp_path, HEAD + f"{month(14)},W01,falls_all,0\n")
    assert any("reports may be missing" in w.reason and w.month == month(14) for w in found)


def test_what_the_loader_may_not_see_exactly_is_told_without_figures(home: Home, load: Load, tmp_path: Path) -> None:
    sensitive = "lts_days"
    assert CATALOGUE[sensitive].sensitivity is Sensitivity.SENSITIVE
    history(home, load, 14, measure=sensitive)
    found = warned(home, tmp_path, HEAD + f"{month(14)},W01,{sensitive},60\n")
    assert [w.reason for w in found] == ["far above what this unit has recorded so far"]


def test_nothing_that_changes_nothing(home: Home, load: Load, tmp_path: Path) -> None:
    history(home, load, 14)
    assert warned(home, tmp_path, HEAD + f"{month(13)},W01,falls_all,{USUAL[13]}\n") == ()
