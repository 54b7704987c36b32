"""The Access page: an administrator gives and takes roles, sees no figure, and gives none to themselves."""

import pytest

from data.access import Role
from data.config import Home
from data.grants import read_grants
from data.publish import read_pointer
from pages.shared import words
from tests.pages.conftest import Open
from tests.pages.shown import said, table_of

WHY = "Manages the ward."


def give(at, person: str, role: Role, **more: list[str]):
    """Fill the form and press."""
    at.text_input(key="grant person").set_value(person)
    at.selectbox(key="grant role").set_value(role).run()
    for key, values in more.items():
        at.multiselect(key=f"grant {key}").set_value(values)
    at.text_input(key="grant reason").set_value(WHY)
    at.button(key="grant now").click().run()
    assert not at.exception, at.exception
    return at


def test_a_role_is_given_in_force_at_once_and_publishes_no_figures(sample_copy: Home, open_page: Open) -> None:
    before = read_pointer(sample_copy)
    at = give(open_page("access", role="administrator"), "lee@trust.example", Role.WARD_MANAGER, units=["W10"])
    (grant,) = read_grants(sample_copy)
    assert (grant.person, grant.role, grant.units, grant.reason) == (
        "lee@trust.example",
        Role.WARD_MANAGER,
        ("W10",),
        WHY,
    )
    assert grant.granted_by == "Administrator of access (sample)"
    assert table_of(at, "Roles in force")[1][:4] == ["lee@trust.example", "Ward manager", "Hazel ward", "no end"]
    assert read_pointer(sample_copy) == before


def test_a_role_is_taken_away_with_a_reason(sample_copy: Home, open_page: Open) -> None:
    at = give(open_page("access", role="administrator"), "lee@trust.example", Role.QI_LEAD)
    at.selectbox(key="take which").set_value(read_grants(sample_copy)[0].decision_id)
    at.button(key="take now").click().run()
    assert "states its reason" in at.error[0].value
    at.text_input(key="take reason").set_value("Has left.")
    at.button(key="take now").click().run()
    assert read_grants(sample_copy) == ()
    assert words.NO_GRANTS in said(at)


@pytest.mark.parametrize(
    ("person", "role", "more", "told"),
    [
        ("", Role.QI_LEAD, {}, "names one account"),
        ("lee@trust.example", Role.WARD_MANAGER, {"units": []}, "Say for which units"),
        ("lee@trust.example", Role.EXECUTIVE_OWNER, {"measures": []}, "Say of which measures"),
        ("Administrator of access (sample)", Role.ANALYST, {}, "does not include this"),
    ],
)
def test_half_a_grant_and_a_grant_to_oneself_are_refused(
    person: str, role: Role, more: dict[str, list[str]], told: str, sample_copy: Home, open_page: Open
) -> None:
    at = give(open_page("access", role="administrator"), person, role, **more)
    assert told in at.error[0].value
    assert read_grants(sample_copy) == ()


def test_the_table_of_roles_names_all_ten(shown: Home, open_page: Open) -> None:
    rows = table_of(open_page("access", role="administrator"), "Roles")
    assert "Who has which role" in said(open_page("access", role="administrator"))
    assert {row[0] for row in rows[1:]} == set(words.READER_ROLES.values())


def test_only_an_analyst_downloads(shown: Home, open_page: Open) -> None:
    at = open_page("quality", role="analyst")
    at.button(key="make download").click().run()
    assert not at.exception and not at.error
    assert len(at.get("download_button")) == 1
    for role in ("board_member", "qi_lead", "ward_manager", "patient_safety_lead"):
        assert "make download" not in [b.key for b in open_page("quality", role=role).button], role
