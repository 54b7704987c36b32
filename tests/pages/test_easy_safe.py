"""What a state of the Easy read page may give away, beside what was published: then it is told as small."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.catalogue import shipped_catalogue
from data.config import Home
from data.disclosure import Statement
from pages.reports.public.figures import public_figures
from pages.shared.easy.content import states_told
from pages.shared.easy.safe import _tells, to_protect
from pages.shared.easy.state import State
from pages.shared.public.draft import Draft, drafts
from tests.reports.random_trust import COUNTED, Made, Trust, fresh, publish


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return fresh(tmp_path_factory.mktemp("safe") / "store")


def trust_of(count: list[int]) -> Trust:
    """One division with these falls, up to June 2026, of a trust that says of its falls how they are."""
    first = np.datetime64("2026-06") - len(count) + 1
    months = tuple(str(month) for month in np.arange(first, np.datetime64("2026-07")))
    measure = replace(shipped_catalogue()[COUNTED], public=True, headline=True, settles_after_months=0)
    return Trust(measure, months, np.array([count], dtype=float), np.full((1, len(count)), 1000.0))


BEFORE = [4, 3, 4, 3, 5, 4, 3, 4, 3, 4, 5, 3] * 2  # 3.75 a month
FEWER = [*BEFORE, 3, 2, 1, 2, 1, 2, 3, 2, 3, 2, 2, 3, 2, 1, 2]
MANY = [10 * n for n in FEWER]
STABLE = [*BEFORE, 4, 3, 5, 4, 3, 4, 4, 3, 5, 3, 4, 3, 4, 3, 4]


def told(home: Home, count: list[int]) -> tuple[State, frozenset[str], list[Statement], Draft]:
    made = Made(home, {1: trust_of(count)})
    states = states_told(made, "TRUST")
    (draft,) = drafts(made, [])
    return states[COUNTED], to_protect(made, states), list(_tells(made, draft, states)), draft


def test_better_on_small_months_says_that_each_is_below_the_mean_and_is_told_as_small(home: Home) -> None:
    state, protect, statements, _ = told(home, FEWER)
    assert state is State.BETTER and protect == {COUNTED}
    mean = sum(BEFORE) / 24
    sides = [(said.low, said.high) for said in statements[1:]]
    assert len(sides) >= 7 and {high for _, high in sides} == {int(np.ceil(mean)) - 1}


def test_better_on_large_months_is_told_and_every_month_granted(home: Home) -> None:
    state, protect, statements, draft = told(home, MANY)
    assert state is State.BETTER and protect == frozenset()
    exact = [said.low for said in statements if said.low == said.high]
    assert exact == MANY and draft.figures.chart is not None


def test_no_change_of_small_months_is_told_with_the_newest_within_the_limits(home: Home) -> None:
    state, protect, statements, draft = told(home, STABLE)
    assert state is State.NO_CHANGE and protect == frozenset()
    year, newest = statements
    assert (year.low, year.high, len(year.plus)) == (5, None, 12)
    assert newest.plus[0].period == "2026-06" and (newest.low is None or newest.low <= 0) and newest.high >= 8
    assert draft.figures.chart is None


def test_what_is_told_as_small_tells_nothing_more(home: Home) -> None:
    made = Made(home, {1: trust_of(FEWER)})
    (draft,) = drafts(made, [])
    for state in (State.SMALL,):
        assert list(_tells(made, draft, {COUNTED: state})) == []
    assert list(_tells(made, draft, {})) == []
    assert to_protect(made, {}) == frozenset()


@pytest.mark.parametrize("state", [State.TOO_SOON, State.INCOMPLETE])
def test_other_states_tell_that_the_year_is_not_small(home: Home, state: State) -> None:
    made = Made(home, {1: trust_of(FEWER)})
    (draft,) = drafts(made, [])
    (year,) = _tells(made, draft, {COUNTED: state})
    assert (year.low, year.high) == (5, None)


def test_a_point_beyond_the_limit_is_granted_as_such(home: Home) -> None:
    count = [*STABLE[:-1], 13]
    state, _, statements, draft = told(home, count)
    assert state is State.WORSE
    beyond = max(statements[1:], key=lambda said: said.low or 0)
    assert beyond.plus[0].period == "2026-06" and 8 < beyond.low <= 13 and beyond.high is None
    assert draft.reading is not None and draft.reading.value[-1] > draft.reading.chart.upper[-1]


def test_the_states_of_an_edition_are_known_to_the_audit_of_its_pack(home: Home, tmp_path: Path) -> None:
    """What the page has told stays told: with the pack published, the same states are told again."""
    store = fresh(tmp_path / "store")
    made = Made(store, {1: trust_of(FEWER)})
    before = to_protect(made, states_told(made, "TRUST"))
    publish(store, public_figures(made, made.edition))
    assert to_protect(made, states_told(made, "TRUST")) == before
