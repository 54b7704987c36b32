"""What the settings of sign-in say, and what is refused before anything is served."""

import pytest

from server import signin
from server.problems import Problem
from server.signin import SignIn

AUTH = {
    "redirect_uri": "https://dash.trust.example/oauth2callback",
    "cookie_secret": "c" * 32,
    "client_id": "zero-harm",
    "client_secret": "secret",
    "server_metadata_url": "https://login.example/.well-known/openid-configuration",
}
PROXY = {
    "ZERO_HARM_PROXY_USER_HEADER": "X-Forwarded-Email",
    "ZERO_HARM_PROXY_SECRET": "s" * 32,
    "ZERO_HARM_PUBLIC_ADDRESS": "https://dash.trust.example",
}


@pytest.fixture
def auth(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The [auth] section as a test writes it."""
    said: dict[str, object] = {}

    class Section(dict[str, object]):
        def to_dict(self) -> dict[str, object]:
            return dict(self)

    monkeypatch.setattr(signin, "get_secrets_auth_section", lambda: Section(said))
    return said


def test_without_settings_nobody_signs_in(auth: dict[str, object]) -> None:
    found = signin.read({})
    assert found == SignIn()
    assert found.settings() == {"server.allowedHosts": ["127.0.0.1", "localhost"]}


def test_openid_connect_is_known_by_its_section(auth: dict[str, object]) -> None:
    auth.update(AUTH)
    found = signin.read({})
    assert (found.mode, found.public, found.is_encrypted) == ("oidc", "https://dash.trust.example", True)
    assert found.settings()["server.allowedHosts"] == ["127.0.0.1", "localhost", "dash.trust.example"]
    assert found.settings()["server.corsAllowedOrigins"] == ["https://dash.trust.example"]
    assert "server.trustedUserHeaders" not in found.settings()


def test_on_this_computer_it_may_go_without_tls(auth: dict[str, object]) -> None:
    auth.update(AUTH | {"redirect_uri": "http://127.0.0.1:8501/oauth2callback"})
    assert signin.read({}).is_encrypted is False


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"redirect_uri": "http://dash.trust.example/oauth2callback"}, "must begin with https"),
        ({"redirect_uri": "https://dash.trust.example/callback"}, "must end in /oauth2callback"),
        ({"redirect_uri": "https://dash.trust.example/below/oauth2callback"}, "without a path"),
        ({"cookie_secret": "c" * 31}, "must have 32 characters"),
        ({"client_id": ""}, "must say its client_id"),
        ({"client_secret": None}, "must say its client_secret"),
        ({"server_metadata_url": 5}, "must say its server_metadata_url"),
    ],
)
def test_half_said_settings_are_refused(auth: dict[str, object], change: dict[str, object], sentence: str) -> None:
    auth.update(AUTH | change)
    with pytest.raises(Problem, match=sentence):
        signin.read({})


def test_two_addresses_are_refused(auth: dict[str, object]) -> None:
    auth.update(AUTH)
    with pytest.raises(Problem, match="different addresses"):
        signin.read({"ZERO_HARM_PUBLIC_ADDRESS": "https://other.example"})


def test_a_proxy_is_trusted_by_its_headers_and_its_proof(auth: dict[str, object]) -> None:
    found = signin.read(PROXY | {"ZERO_HARM_PROXY_GROUPS_HEADER": "X-Forwarded-Groups"})
    assert found.mode == "proxy"
    assert found.settings()["server.trustedUserHeaders"] == {
        "x-forwarded-email": "email",
        "x-forwarded-groups": "groups",
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ZERO_HARM_PROXY_SECRET": "s" * 31}, "must have 32 characters"),
        ({"ZERO_HARM_PROXY_SECRET": ""}, "must have 32 characters"),
        ({"ZERO_HARM_PUBLIC_ADDRESS": ""}, "must be an address"),
        ({"ZERO_HARM_PUBLIC_ADDRESS": "http://dash.trust.example"}, "must begin with https"),
        ({"ZERO_HARM_PUBLIC_ADDRESS": "https://me@dash.trust.example"}, "must be an address"),
    ],
)
def test_a_proxy_that_proves_nothing_is_refused(auth: dict[str, object], change: dict[str, str], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        signin.read(PROXY | change)


def test_two_ways_of_signing_in_are_refused(auth: dict[str, object]) -> None:
    auth.update(AUTH)
    with pytest.raises(Problem, match="Choose one"):
        signin.read(PROXY)
