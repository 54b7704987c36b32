"""What every rerun asks for: found once, and what stays is not walked through again."""

import gc

import streamlit as st

from data.config import Home
from pages.shared import context
from pages.shared.analysis import Analysis
from tests.conftest import Load
from tests.pages.conftest import Open


def test_what_stands_is_set_aside_from_the_collector(shown: Home, open_page: Open) -> None:
    st.cache_resource.clear()
    gc.unfreeze()
    open_page("ward", unit="W10", role="qi_lead")
    aside = gc.get_freeze_count()
    assert aside > 100_000, "libraries and readings"
    gc.collect()
    assert gc.get_freeze_count() == aside
    assert len(gc.get_objects()) < aside / 2, "what is left to walk through"


def test_what_died_is_let_go_before_more_is_set_aside() -> None:
    class Cycle:
        def __init__(self) -> None:
            self.me = self

    context._set_aside()
    Cycle()
    context._set_aside()
    assert not [each for each in gc.get_objects() if isinstance(each, Cycle)]
    gc.unfreeze()
    assert not [each for each in gc.get_objects() if isinstance(each, Cycle)]


def test_a_load_in_the_middle_of_a_rerun_is_seen(home: Home, load: Load, monkeypatch, open_page: Open) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root))
    monkeypatch.setenv("ZERO_HARM_SHOW", "own")
    load(home, "month,unit,measure,numerator\n2024-01,W01,falls_all,2\n")
    first = context.store()
    assert first is context.store()
    load(home, "month,unit,measure,numerator\n2024-02,W01,falls_all,2\n", "next.csv")
    second = context.store()
    assert first is not None and second is not None and second.published.version > first.published.version


def test_the_readings_of_a_unit_are_the_callers_own(analysis: Analysis) -> None:
    mine = analysis.of_unit("W10")
    assert {reading.unit.code for reading in mine} == {"W10"} and len(mine) > 10
    mine.clear()
    assert len(analysis.of_unit("W10")) > 10 and analysis.of_unit("nowhere") == []
    assert sum(len(analysis.of_unit(unit.code)) for unit in analysis.panel.tree.units) == len(analysis.readings)
