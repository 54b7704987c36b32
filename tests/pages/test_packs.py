"""The button that makes a pack: on Goals, Division and Ward, for who speaks for all that is in it."""

import pytest

from data.access import Audience, Reader, Role
from data.config import Home
from pages.reports.offered import FIGURES, audiences_of, forms_of
from pages.reports.pack import wording as said
from tests.pages.conftest import Open

TRUST: tuple[str, ...] = ()
WARD = ("W10", "LOCAL", "TRUST")


@pytest.mark.parametrize(
    ("who", "audience", "path", "offered"),
    [
        (Reader(Role.BOARD_MEMBER), "board", TRUST, ["board"]),
        (Reader(Role.ANALYST), "board", TRUST, ["board"]),
        (Reader(Role.QI_LEAD), "board", TRUST, ["board", "public"]),
        (Reader(Role.ANALYST, Audience.PUBLIC), "board", TRUST, []),
        (Reader(Role.WARD_MANAGER, units=("W10",)), "board", TRUST, []),
        (Reader(Role.WARD_MANAGER, units=("W10",)), "ward:W10", WARD, ["ward:W10"]),
        (Reader(Role.WARD_MANAGER, units=("W11",)), "ward:W10", WARD, []),
        (Reader(Role.DIVISION_LEAD, units=("LOCAL",)), "division:LOCAL", WARD[1:], ["division:LOCAL"]),
        (Reader(Role.WARD_MANAGER, units=("W10",)), "division:LOCAL", WARD[1:], []),
        (Reader(Role.ADMINISTRATOR), "board", TRUST, []),
    ],
)
def test_a_pack_is_for_who_speaks_for_all_of_it(
    who: Reader, audience: str, path: tuple[str, ...], offered: list[str]
) -> None:
    assert audiences_of(who, audience, path) == offered


def test_figures_as_data_are_for_who_may_take_them_out() -> None:
    assert set(forms_of(Reader(Role.ANALYST))) - set(forms_of(Reader(Role.BOARD_MEMBER))) == set(FIGURES)
    assert set(forms_of(Reader(Role.BOARD_MEMBER))) == {".pdf", ".pptx", ".html"}


def test_a_board_member_makes_the_pack_of_what_is_shown(shown: Home, open_page: Open) -> None:
    page = open_page("goals", role="board_member")
    (button,) = [b for b in page.button if b.label == said.MAKE]
    button.click().run(timeout=60)
    assert not page.exception and not page.warning
    (saved,) = page.get("download_button")
    assert saved.label == said.SAVE


def test_a_ward_manager_makes_the_pack_of_their_own_ward_and_of_no_other(shown: Home, open_page: Open) -> None:
    own = open_page("ward", unit="W10", role="ward_manager", mine="W10")
    (button,) = [b for b in own.button if b.label == said.MAKE]
    button.click().run(timeout=60)
    assert not own.exception and own.get("download_button")
    assert not [b for b in open_page("goals", role="ward_manager", mine="W10").button if b.label == said.MAKE]


def test_the_public_is_offered_none(shown: Home, open_page: Open) -> None:
    page = open_page("goals", role="analyst", audience="public")
    assert not [b for b in page.button if b.label == said.MAKE]
