"""What every rerun asks for: found once, and what stays is not walked through again."""

import tomllib

import streamlit as st
from streamlit import config

from data.access import Role
from data.config import PROJECT, Home
from pages.shared import context
from pages.shared.analysis import Analysis
from tests.conftest import Load


def test_the_heap_is_not_walked_through_after_every_rerun() -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False
    assert config.get_option("runner.postScriptGC") is False, "and Streamlit still knows it by this name"


def test_a_load_between_two_looks_of_a_rerun_is_seen(home: Home, load: Load, monkeypatch) -> None:  # type: ignore[no-untyped-def]
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


def test_a_role_chosen_in_a_rerun_is_the_one_that_reads_on(shown: Home) -> None:
    st.session_state["as"] = Role.BOARD_MEMBER
    board = context.reader()
    st.session_state["as"] = Role.QI_LEAD
    assert (board.role, context.reader().role) == (Role.BOARD_MEMBER, Role.QI_LEAD)
    st.session_state["as"] = Role.BOARD_MEMBER
    assert context.reader() == board
