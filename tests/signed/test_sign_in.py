"""Signing in with a real provider: in a real browser, and by hand with tokens that must be refused."""

import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from playwright.sync_api import Browser, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from data.audit import read_trail, trail_files
from data.config import Home
from tests.journeys.conftest import PATIENCE, browser, settled  # noqa: F401 (a fixture)
from tests.signed.bytes import holds_text
from tests.signed.conftest import FORGED
from tests.signed.page_client import PageClient
from tests.signed.provider import Provider
from tests.signed.served import SECRET, Served, serve
from tests.signed.trust import account

EIGHT_HOURS = 8 * 3600


class ByHand:
    """A browser's part of the sign-in, step by step: it keeps every cookie, also those for TLS alone."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []

    def get(self, path: str, **query: str) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookie, "Referer": f"{self.served.address}/ward?unit=W01"}
        answer = httpx.get(f"{self.served.address}{path}", params=query, headers=headers)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
            self.set.append(line)
        return answer

    def ask(self) -> str:
        """To the provider; gives the address there."""
        key, until = OctKey.import_key(SECRET), int(time.time()) + 300
        token = jwt.encode({"alg": "HS256"}, {"provider": "default", "exp": until}, key)
        return self.get("/auth/login", provider=token).headers["location"]

    def sign_in(self, person: str, **changes: str) -> httpx.Response:
        """There and back, with a cookie or without."""
        asked = parse_qs(urlsplit(address := self.ask()).query)
        back = httpx.get(
            address.split("?")[0], params={name: values[0] for name, values in asked.items()} | {"person": person}
        )
        query = {name: values[0] for name, values in parse_qs(urlsplit(back.headers["location"]).query).items()}
        return self.get("/oauth2callback", **(query | changes))

    @property
    def is_in(self) -> bool:
        """The server has given a session."""
        return len(self.cookies.get("_streamlit_user", "").strip('"')) > 0


def test_a_code_of_the_provider_becomes_a_session_of_eight_hours(served: Served) -> None:
    answer = ByHand(served).sign_in("manager")
    assert answer.headers["location"] == "/ward?unit=W01", "back to the page that was asked for"
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("_streamlit_user=")]
    words = {word.strip().lower() for word in cookie.split(";")}
    assert {"secure", "httponly", "samesite=lax", f"max-age={EIGHT_HOURS}"} <= words


def test_the_way_to_the_provider_carries_state_nonce_and_a_challenge(served: Served) -> None:
    client = ByHand(served)
    asked = parse_qs(urlsplit(client.ask()).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
    assert len(asked["state"][0]) > 20 and len(asked["nonce"][0]) > 15
    for line in client.set:
        words = {word.strip().lower() for word in line.split(";")}
        assert "secure" in words and "httponly" in words and words & {"samesite=lax", "samesite=strict"}, line


@pytest.mark.parametrize("person", [name for name in FORGED if name not in ("not verified", "no account")])
def test_a_token_that_is_not_for_us_makes_no_session(served: Served, person: str) -> None:
    client = ByHand(served)
    client.sign_in(person)
    assert not client.is_in


@pytest.mark.parametrize("person", ["not verified", "no account"])
def test_a_session_that_names_nobody_opens_nothing(served: Served, person: str) -> None:
    client = ByHand(served)
    client.sign_in(person)
    assert client.is_in
    cookies = {"_streamlit_user": client.cookies["_streamlit_user"], "_streamlit_xsrf": generate_xsrf_token_string()}
    with PageClient(served.address, cookies) as page:
        data = page.open("ward", unit="W01")
    assert holds_text(data, "Sign in") and not holds_text(data, "Maple ward")


def test_a_token_signed_by_another_key_makes_no_session(served: Served, provider: Provider) -> None:
    own, client = provider.key, ByHand(served)
    provider.key = RSAKey.generate_key(2048, parameters={"kid": "k", "use": "sig", "alg": "RS256"})
    try:
        client.sign_in("manager")
    finally:
        provider.key = own
    assert not client.is_in


@pytest.mark.parametrize("change", [{"state": "of another"}, {"code": "made-up"}])
def test_a_callback_that_we_did_not_ask_for_makes_no_session(served: Served, change: dict[str, str]) -> None:
    client = ByHand(served)
    client.sign_in("manager", **change)
    assert not client.is_in


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "/ward\r\nSet-Cookie: x=1",
        "ward",
        "/oauth2callback",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(served: Served, address: str) -> None:
    client = ByHand(served)
    client.ask()
    client.cookies["zero_harm_next"] = quote(address, safe="")
    answer = client.get("/oauth2callback", error="x")
    assert answer.headers["location"] == "/"
    assert "x=1" not in str(answer.headers.get_list("set-cookie"))


# A real browser


@pytest.fixture
def tab(browser: Browser) -> Page:  # noqa: F811
    context = browser.new_context(viewport={"width": 1400, "height": 1200})
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def sign_in(page: Page, served: Served, person: str, address: str) -> None:
    page.goto(f"{served.address}{address}")
    page.get_by_role("button", name="Sign in").click()
    page.locator(f"#{person}").click()
    settled(page)


@pytest.mark.browser
def test_a_ward_manager_signs_in_and_comes_back_to_the_link(served: Served, tab: Page) -> None:
    sign_in(tab, served, "manager", "/measure?unit=W01&measure=falls_all")
    expect(tab.get_by_role("heading", name="Falls, Maple ward")).to_be_visible()
    assert "unit=W01" in tab.url and "measure=falls_all" in tab.url
    expect(tab.get_by_role("link", name="Upload")).to_have_count(0)
    for cookie in tab.context.cookies():
        if cookie["name"].startswith("_streamlit_user"):
            assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax"
            assert cookie["expires"] - time.time() <= EIGHT_HOURS + 60
    tab.goto(f"{served.address}/upload")
    expect(tab.get_by_text("Extracts are loaded by QI leads")).to_be_visible()


@pytest.mark.browser
def test_a_stranger_is_told_whom_to_ask(served: Served, tab: Page) -> None:
    sign_in(tab, served, "stranger", "/")
    expect(tab.get_by_text("nobody has given you a role here yet")).to_be_visible()
    expect(tab.get_by_text("Maple ward")).to_have_count(0)


@pytest.mark.browser
def test_signing_out_ends_every_tab_and_the_session_at_the_provider(
    trust_copy: Home, provider: Provider, tmp_path: Path, tab: Page
) -> None:
    with serve(trust_copy, tmp_path, provider.address) as served:
        sign_in(tab, served, "manager", "/ward?unit=W01")
        other = tab.context.new_page()
        other.goto(f"{served.address}/month")
        expect(other.get_by_role("heading", name="This month")).to_be_visible()
        time.sleep(6)  # a session that began within five seconds of its end would be taken for a new one
        tab.get_by_role("button", name="Sign out").click()
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
        expect(other.get_by_role("button", name="Sign in")).to_be_visible(timeout=60_000)
        assert provider.signed_out
    whats = [
        line.what for path in trail_files(trust_copy) for line in read_trail(path) if line.who == account("manager")
    ]
    assert {"sign_in", "sign_out"} <= set(whats)
