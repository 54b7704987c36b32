"""Who signed in, for how long that is believed, and that it can be ended everywhere."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.config import PROJECT, Home
from data.sessions import Identity, NotSignedIn, end_everywhere, from_claims, is_over

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADA = Identity("ada@trust.example", "Ada Example", ("wards",), NOW)
SECOND = timedelta(seconds=1)
HOURS = timedelta(hours=1)
MANY = settings(
    deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)

NOBODY = "The sign-in did not say who you are; ask those who run the dashboard."
UNVERIFIED = "Your e-mail address is not verified with the sign-in provider."
NO_TIME = "The sign-in did not say when it was; sign in again."
TOO_OLD = "Your session has ended after eight hours; sign in again."


def claims(**said: Any) -> dict[str, Any]:
    """The claims of an id token; `...` leaves one out."""
    usual = {
        "email": "ada@trust.example",
        "name": "Ada Example",
        "groups": ["wards"],
        "iat": NOW.timestamp(),
        "email_verified": True,
    }
    return {key: value for key, value in (usual | said).items() if value is not ...}


def asked(said: dict[str, Any], account: str = "email") -> Identity:
    return from_claims(said, account, "groups", NOW)


def test_claims_name_who_signed_in_and_when() -> None:
    assert asked(claims()) == ADA
    assert asked(claims(iat=int(NOW.timestamp()) - 60)).began == NOW - timedelta(minutes=1)
    assert asked(claims(iat=NOW.timestamp() - 0.5)).began == NOW - timedelta(seconds=0.5)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"email": ...}, NOBODY),
        ({"email": None}, NOBODY),
        ({"email": ""}, NOBODY),
        ({"email": " \t\u00a0"}, NOBODY),
        ({"email": ["ada@trust.example"]}, NOBODY),
        ({"email": 7}, NOBODY),
        ({"email": b"ada@trust.example"}, NOBODY),
        ({"email": "a" * 201}, NOBODY),
        ({"email_verified": False}, UNVERIFIED),
        ({"iat": ...}, NO_TIME),
        ({"iat": None}, NO_TIME),
        ({"iat": True}, NO_TIME),
        ({"iat": False}, NO_TIME),
        ({"iat": str(NOW.timestamp())}, NO_TIME),
        ({"iat": [NOW.timestamp()]}, NO_TIME),
        ({"iat": 0}, TOO_OLD),
        ({"iat": -1}, TOO_OLD),
        ({"iat": 253402300799}, TOO_OLD),  # the last second of the year 9999
    ],
)
def test_wrong_claims_are_no_session(said: dict[str, Any], says: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        asked(claims(**said))
    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("age", "holds"),
    [
        (timedelta(minutes=-2) - SECOND, False),  # two minutes before the provider said so
        (timedelta(minutes=-2), True),
        (timedelta(minutes=-2) + SECOND, True),
        (timedelta(0), True),
        (8 * HOURS - SECOND, True),
        (8 * HOURS, True),
        (8 * HOURS + SECOND, False),
        (9 * HOURS, False),
    ],
)
def test_a_session_holds_for_eight_hours(age: timedelta, holds: bool) -> None:
    said = claims(iat=(NOW - age).timestamp())
    if holds:
        assert asked(said).began == NOW - age
        return
    with pytest.raises(NotSignedIn, match="ended after eight hours"):
        asked(said)


@pytest.mark.parametrize("iat", [float("nan"), float("inf"), -float("inf"), 1e20, -62135596800, 10**400])
def test_a_time_outside_the_calendar_is_no_session(iat: float) -> None:
    with pytest.raises(NotSignedIn):
        asked(claims(iat=iat))


def test_an_account_may_be_200_characters_long() -> None:
    assert asked(claims(email="a" * 200)).account == "a" * 200


@pytest.mark.parametrize("account", ["\u200b", "\ufeff \u200d", "\u2060"])
def test_an_account_that_nobody_can_see_is_none(account: str) -> None:
    with pytest.raises(NotSignedIn):
        asked(claims(email=account))


@pytest.mark.parametrize("verified", [..., True, None])
def test_an_address_is_refused_only_where_the_provider_says_it_is_not_verified(verified: object) -> None:
    assert asked(claims(email_verified=verified)) == ADA


@pytest.mark.parametrize("verified", ["false", "False", 0])
def test_an_address_that_is_not_verified_is_refused_however_it_is_said(verified: object) -> None:
    with pytest.raises(NotSignedIn):
        asked(claims(email_verified=verified))


def test_another_claim_than_the_address_needs_no_verified_address() -> None:
    said = claims(nhsid_useruid="555021", email_verified=False)
    assert asked(said, "nhsid_useruid").account == "555021"
    with pytest.raises(NotSignedIn):
        asked(said, "preferred_username")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ada Example", "Ada Example"),
        ("  Ada ", "Ada"),
        ("a" * 300, "a" * 200),
        (" " * 5 + "a" * 300, "a" * 200),
        ("", "ada@trust.example"),
        ("  ", "ada@trust.example"),
        (..., "ada@trust.example"),
        (None, "ada@trust.example"),
        (7, "ada@trust.example"),
        (["Ada"], "ada@trust.example"),
    ],
)
def test_a_person_is_called_by_name_or_account(name: object, called: str) -> None:
    found = asked(claims(name=name, email=" ada@trust.example "))
    assert (found.name, found.account) == (called, "ada@trust.example")


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["wards", "analysts"], ("analysts", "wards")),
        (["f", "c", "e", "a", "d", "b"], ("a", "b", "c", "d", "e", "f")),
        (("wards",), ("wards",)),
        ([" wards ", "wards", "", "  "], ("wards",)),
        ("wards,analysts", ("analysts", "wards")),
        (" wards , ,analysts,", ("analysts", "wards")),
        ("wards", ("wards",)),
        (["wards,analysts"], ("wards,analysts",)),  # in a list a comma belongs to the name
        (["wards", 7, None, ["x"], b"y", True], ("wards",)),
        ("", ()),
        ([], ()),
        (..., ()),
        (None, ()),
        (True, ()),
        (7, ()),
        ({"wards": 1}, ()),
        (b"wards", ()),
    ],
)
def test_groups_come_as_a_list_or_as_text_with_commas(groups: object, expected: tuple[str, ...]) -> None:
    assert asked(claims(groups=groups)).groups == expected


def test_groups_come_from_the_claim_that_is_named() -> None:
    assert from_claims(claims(roles=["a"]), "email", "roles", NOW).groups == ("a",)


PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**10) | st.text(max_size=10) | st.binary(max_size=5)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=3), PLAIN, max_size=2)


@MANY
@given(st.dictionaries(st.sampled_from(["email", "name", "groups", "iat", "email_verified"]), ANYTHING))
def test_whatever_the_claims_say_it_is_an_identity_or_a_sentence(said: dict[str, Any]) -> None:
    try:
        found = asked(said)
    except NotSignedIn as error:
        assert str(error) in (NOBODY, UNVERIFIED, NO_TIME, TOO_OLD)
    else:
        assert found.account and found.name and all(isinstance(group, str) for group in found.groups)
        assert NOW - 8 * HOURS <= found.began <= NOW + timedelta(minutes=2)


def test_an_identity_cannot_be_changed_in_passing() -> None:
    with pytest.raises(AttributeError):
        ADA.account = "ben@trust.example"  # type: ignore[misc]


def test_no_session_is_over_before_somebody_ends_one(tmp_path: Path) -> None:
    assert not is_over(Home(tmp_path), ADA)
    assert not is_over(Home(tmp_path / "nowhere"), ADA)


@pytest.mark.parametrize(
    ("began", "over"),
    [
        (-8 * HOURS, True),
        (-SECOND, True),
        (timedelta(0), True),
        (4 * SECOND, True),
        (5 * SECOND, True),
        (5 * SECOND + timedelta(microseconds=1), False),
        (6 * SECOND, False),
    ],
)
def test_sessions_begun_up_to_five_seconds_later_are_over(tmp_path: Path, began: timedelta, over: bool) -> None:
    home = Home(tmp_path / "new" / "trust")
    end_everywhere(home, "ada@trust.example", NOW)
    assert is_over(home, replace(ADA, began=NOW + began)) is over


@pytest.mark.parametrize("account", ["ADA@Trust.Example", "  ada@trust.example ", "ada@trust.example\n"])
def test_an_account_is_ended_whatever_the_case(tmp_path: Path, account: str) -> None:
    home = Home(tmp_path)
    end_everywhere(home, account, NOW)
    assert is_over(home, ADA)
    assert is_over(home, replace(ADA, account=account))
    assert not is_over(home, replace(ADA, account="ada2@trust.example"))


@pytest.mark.parametrize("account", ["ａｄａ@trust.example", "ada\u200b@trust.example", "Ada\u00ad@trust.example"])
def test_an_account_that_a_grant_takes_for_the_same_is_ended_too(tmp_path: Path, account: str) -> None:
    end_everywhere(Home(tmp_path), "ada@trust.example", NOW)
    assert is_over(Home(tmp_path), replace(ADA, account=account))


def test_ending_one_account_keeps_the_others_and_moves_its_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    end_everywhere(home, "ada@trust.example", NOW)
    end_everywhere(home, "Ben@trust.example", NOW + HOURS)
    end_everywhere(home, "ADA@trust.example", NOW + 2 * HOURS)
    assert home.signed_out.read_text(encoding="utf-8") == (
        '{\n "ada@trust.example": "2026-11-22T14:00:00+00:00",\n "ben@trust.example": "2026-11-22T13:00:00+00:00"\n}'
    )


def test_a_moment_never_goes_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    end_everywhere(home, "ada@trust.example", NOW + 20 * SECOND)
    end_everywhere(home, "ada@trust.example", NOW)
    assert is_over(home, replace(ADA, began=NOW + 10 * SECOND))


@pytest.mark.parametrize(
    ("later", "kept"), [(8 * HOURS + 4 * SECOND, True), (8 * HOURS + 5 * SECOND, True), (8 * HOURS + 6 * SECOND, False)]
)
def test_a_moment_is_forgotten_once_every_session_before_it_is_too_old(
    tmp_path: Path, later: timedelta, kept: bool
) -> None:
    home = Home(tmp_path)
    end_everywhere(home, "ada@trust.example", NOW)
    end_everywhere(home, "ben@trust.example", NOW + later)
    assert is_over(home, ADA) is kept
    assert is_over(home, replace(ADA, account="ben@trust.example"))


def test_a_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for torn in ('{"ada@trust.example": "2026-11-2', '{"ada@trust.example": "soon"}', ""):
        home.signed_out.write_text(torn, encoding="utf-8")
        with pytest.raises(ValueError):
            is_over(home, ADA)


@pytest.mark.parametrize("wrong", ["[]", "7", '{"ada@trust.example": 7}'])
def test_a_file_of_another_form_is_refused_as_a_torn_one_is(tmp_path: Path, wrong: str) -> None:
    home = Home(tmp_path)
    home.signed_out.write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError):
        is_over(home, ADA)


def test_a_moment_holds_as_soon_as_it_is_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for second in range(20):  # the file keeps its length; what was read of it before is not believed
        end_everywhere(home, "ada@trust.example", NOW + second * SECOND)
        assert is_over(home, replace(ADA, began=NOW + (second + 5) * SECOND)), second
        assert not is_over(home, replace(ADA, began=NOW + (second + 6) * SECOND)), second


ENDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from data.config import Home
from data.sessions import end_everywhere
print("READY", flush=True)
sys.stdin.readline()
for number in range(25):
    end_everywhere(Home(Path(sys.argv[1])), f"{sys.argv[2]}{number}", datetime.now(UTC))
"""


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    words = [sys.executable, "-c", ENDING, str(tmp_path)]
    both = [
        subprocess.Popen([*words, name], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("ada", "ben")
    ]
    for each in both:
        assert each.stdout and each.stdout.readline() == "READY\n"
    for each in both:
        each.communicate("go\n", timeout=50)
        assert each.returncode == 0
    ended = json.loads(Home(tmp_path).signed_out.read_text(encoding="utf-8"))
    assert set(ended) == {f"{name}{number}" for name in ("ada", "ben") for number in range(25)}
