"""What somebody from outside tries, and somebody from inside with more than their role: none of it succeeds."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string

from data.access import operator
from data.config import Home
from data.deciding import withdraw_now
from data.grants import read_grants
from server.middleware import HEADERS
from tests.signed.bytes import holds_text
from tests.signed.page_client import PageClient, refused
from tests.signed.served import SECRET, Served, cookie_of, serve
from tests.signed.trust import account

ASKED = {"unit": "W01", "measure": "falls_all"}
INSIDE = "Maple ward"
PROOF = "proof of the tests' proxy, of more than thirty-two characters"
BOUNDARY = "----tests"


def ask(
    served: Served, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One request, sent as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def as_header(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def is_inside(client: PageClient) -> bool:
    with client:
        return holds_text(client.open("ward", **ASKED), INSIDE)


def manager(served: Served) -> dict[str, str]:
    return cookie_of(served, account("manager"))


def test_the_manager_gets_in(served: Served) -> None:
    """Else the probes below would prove nothing."""
    assert is_inside(PageClient(served.address, manager(served)))


# Sockets from elsewhere


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost:9999", "http://127.0.0.1:9", "http://127.0.0.1.evil.example"],
)
def test_a_page_of_another_origin_opens_no_socket(served: Served, origin: str) -> None:
    assert refused(PageClient(served.address, manager(served), origin=origin))


def test_a_name_that_was_bound_to_this_address_opens_nothing(served: Served) -> None:
    host = f"evil.example:{served.port}"
    assert refused(PageClient(served.address, manager(served), origin=f"http://{host}", host=host))
    status, _, body = ask(served, "GET", "/", {"Host": host})
    assert (status, b"<html" in body.lower()) == (400, False)


def test_a_client_that_is_no_browser_is_nobody(served: Served) -> None:
    assert not is_inside(PageClient(served.address, manager(served), origin=None))


# Forged and stolen sessions


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Email", "X-Auth-Request-Email", "X-Forwarded-User", "Remote-User", "Email"]
)
def test_a_header_says_nobody_who_it_is(served: Served, name: str) -> None:
    assert not is_inside(PageClient(served.address, {}, headers={name: account("board")}))


def forged(served: Served, case: str) -> dict[str, str]:
    cookies = manager(served)
    value = cookies["_streamlit_user"]
    if case == "signed by another":
        claims = {"email": account("board"), "iat": int(time.time()), "origin": served.address, "is_logged_in": True}
        cookies["_streamlit_user"] = create_signed_value("x" * 40, "_streamlit_user", json.dumps(claims)).decode()
    if case == "changed":
        cookies["_streamlit_user"] = value[:20] + ("A" if value[20] != "A" else "B") + value[21:]
    if case == "another cookie's":
        cookies["_streamlit_user"] = create_signed_value(SECRET, "_streamlit_xsrf", value).decode()
    if case == "of another origin":
        cookies = cookie_of(Served("http://evil.example", served.home, served.process, served.log), account("manager"))
    if case == "without the anti-forgery token":
        del cookies["_streamlit_xsrf"]
    if case == "over":
        cookies = cookie_of(served, account("manager"), began=time.time() - 8 * 3600 - 60)
    if case == "of tomorrow":
        cookies = cookie_of(served, account("manager"), began=time.time() + 24 * 3600)
    if case == "without a time":
        cookies = cookie_of(served, account("manager"), iat=None)
    return cookies


@pytest.mark.parametrize(
    "case",
    [
        "signed by another",
        "changed",
        "another cookie's",
        "of another origin",
        "without the anti-forgery token",
        "over",
        "of tomorrow",
        "without a time",
    ],
)
def test_a_forged_session_lets_nobody_in(served: Served, case: str) -> None:
    assert not is_inside(PageClient(served.address, forged(served, case)))


def test_a_stolen_cookie_ends_with_the_session_that_it_was_taken_from(trust_copy: Home, tmp_path: Path) -> None:
    with serve(trust_copy, tmp_path) as served:
        stolen = cookie_of(served, account("manager"), began=time.time() - 60)
        assert is_inside(PageClient(served.address, stolen))
        press_sign_out(PageClient(served.address, stolen))
        assert not is_inside(PageClient(served.address, stolen))
        assert is_inside(PageClient(served.address, cookie_of(served, account("deputy")))), "others stay"
        began = time.time() + 10  # whoever signs in again, later
        assert is_inside(PageClient(served.address, cookie_of(served, account("manager"), began=began)))


def press_sign_out(client: PageClient) -> None:
    with client:
        client.open("ward", **ASKED)
        client.press("sign out")


def test_a_withdrawn_reader_is_out_of_two_open_tabs_within_a_minute(trust_copy: Home, tmp_path: Path) -> None:
    with serve(trust_copy, tmp_path) as served:
        cookies = manager(served)
        first, second = PageClient(served.address, cookies), PageClient(served.address, cookies)
        with first, second:
            assert holds_text(first.open("ward", **ASKED), INSIDE) and holds_text(second.open("ward", **ASKED), INSIDE)
            (grant,) = [g for g in read_grants(trust_copy) if g.person == account("manager")]
            began = time.monotonic()
            withdraw_now(trust_copy, grant.decision_id, operator("Sam"), "Has left.")
            assert first.is_closed(within=60) and second.is_closed(within=60)
            assert time.monotonic() - began < 60
        for page in ("", "ward", "division", "methods", "month"):
            with PageClient(served.address, cookies) as again:
                data = again.open(page, **ASKED)
                assert holds_text(data, "nobody has given you a role") and not holds_text(data, INSIDE)


# Uploads


def upload(served: Served, cookies: dict[str, str], session: str, name: str = "a.csv", size: int = 10) -> int:
    token = cookies.get("_streamlit_xsrf", "")
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/csv\r\n\r\n{'x' * size}\r\n--{BOUNDARY}--\r\n"
    ).encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Origin": served.address}
    headers |= {"X-Xsrftoken": token} if token else {}
    status, _, _ = ask(served, "PUT", f"/_stcore/upload_file/{session}/f1", headers | as_header(cookies), body)
    return status


@pytest.fixture
def loading(served: Served) -> Iterator[tuple[dict[str, str], str]]:
    """The QI lead's cookies and the session of their open Upload page."""
    cookies = cookie_of(served, account("quality"))
    with PageClient(served.address, cookies) as client:
        client.open("upload")
        yield cookies, client.session_id


def test_only_whoever_loads_sends_files_and_to_their_own_page(
    served: Served, loading: tuple[dict[str, str], str]
) -> None:
    cookies, session = loading
    assert upload(served, cookies, session) == 204
    assert upload(served, {}, session) == 403
    assert upload(served, {"_streamlit_xsrf": generate_xsrf_token_string()}, session) == 403
    assert upload(served, manager(served), session) == 403
    assert upload(served, cookie_of(served, account("safety")), session) == 403, "may load, and it is another's page"
    assert upload(served, {k: v for k, v in cookies.items() if k != "_streamlit_xsrf"}, session) == 403
    assert upload(served, cookies, "no-such-session") == 403
    assert upload(served, forged(served, "signed by another"), session) == 403
    assert upload(served, cookies, session, size=51 * 2**20) in (413, 400)


def test_a_file_name_is_never_a_path(served: Served, loading: tuple[dict[str, str], str]) -> None:
    cookies, session = loading
    before = sorted(path for path in served.home.root.rglob("*") if "audit" not in path.parts)
    for name in (
        "../../../pwn.csv",
        "/etc/pwn.csv",
        "C:\\pwn.csv",
        "a\x00b.csv",
        "\u202evsc.exe",
        "<img src=x>.csv",
        "CON",
    ):
        assert (
            upload(served, cookies, session, name=name.encode("utf-8").decode("latin-1").replace("\x00", "%00")) == 204
        )
    assert sorted(path for path in served.home.root.rglob("*") if "audit" not in path.parts) == before
    assert not list(Path("/etc").glob("pwn*")) and not list(Path.cwd().rglob("pwn.csv"))


# Doors


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore//metrics",
        "/_stcore/metrics/",
        "/_stcore/agent/openapi.json",
        "/_stcore/%6detrics",
        "/static/../../secrets.toml",
        "/static/%2e%2e/%2e%2e/.streamlit/config.toml",
        "/app/static/x",
    ],
)
def test_what_nobody_needs_is_closed(served: Served, path: str) -> None:
    status, _, body = ask(served, "GET", path)
    assert status in (400, 404) or b"<title>Streamlit" in body, (status, body[:100])
    assert b"cookie_secret" not in body and b"allowedHosts" not in body and b"process_" not in body


def test_pictures_and_downloads_are_for_whoever_may_look(served: Served) -> None:
    assert ask(served, "GET", "/media/abc.png")[0] == 403
    assert ask(served, "GET", "/media/abc.png", as_header(cookie_of(served, account("stranger"))))[0] == 403
    assert ask(served, "GET", "/media/abc.png", as_header(manager(served)))[0] == 403, "of no page of theirs"


def test_health_tells_a_stranger_nothing_but_that(served: Served) -> None:
    status, _, body = ask(served, "GET", "/healthz", {"X-Forwarded-For": "10.0.0.9"})
    assert status == 200 and json.loads(body).keys() == {"status"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/ward", {}),
        ("GET", "/healthz", {}),
        ("GET", "/_stcore/health", {}),
        ("GET", "/_stcore/host-config", {}),
        ("GET", "/_stcore/metrics", {}),
        ("GET", "/media/abc.png", {}),
        ("GET", "/auth/login", {}),
        ("GET", "/auth/logout", {}),
        ("GET", "/oauth2callback?error=x", {}),
        ("GET", "/no/such/page", {}),
        ("GET", "/", {"Host": "evil.example"}),
        ("PUT", "/_stcore/upload_file/a/b", {}),
        ("DELETE", "/_stcore/upload_file/a/b", {}),
        ("TRACE", "/", {}),
    ],
)
def test_every_answer_has_the_headers(served: Served, method: str, path: str, headers: dict[str, str]) -> None:
    _, found, _ = ask(served, method, path, headers)
    assert {name: found.get(name) for name in HEADERS} == HEADERS
    assert found["cache-control"] == "no-store"


def test_streamlits_own_files_may_be_kept_and_hold_no_figure(served: Served) -> None:
    _, _, page = ask(served, "GET", "/")
    script = page.split(b'src="./')[1].split(b'"')[0].decode()
    status, found, _ = ask(served, "GET", f"/{script}")
    assert (status, "no-store" in found.get("cache-control", "")) == (200, False)
    assert {name: found.get(name) for name in HEADERS} == HEADERS


# The trusted proxy


@pytest.fixture(scope="module")
def behind_proxy(trust: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {
        "ZERO_HARM_PROXY_USER_HEADER": "X-Forwarded-Email",
        "ZERO_HARM_PROXY_GROUPS_HEADER": "X-Forwarded-Groups",
        "ZERO_HARM_PROXY_SECRET": PROOF,
        "ZERO_HARM_PUBLIC_ADDRESS": "https://dash.trust.example",
    }
    with serve(trust, tmp_path_factory.mktemp("behind"), **settings) as found:
        yield found


@pytest.mark.parametrize(
    ("proof", "inside"), [(PROOF, True), (None, False), ("", False), (PROOF[:-1], False), (PROOF.upper(), False)]
)
def test_the_headers_of_a_proxy_count_with_its_proof_alone(
    behind_proxy: Served, proof: str | None, inside: bool
) -> None:
    headers = {"X-Forwarded-Email": account("manager")} | ({"X-Zero-Harm-Proxy": proof} if proof is not None else {})
    client = PageClient(
        behind_proxy.address, {}, origin="https://dash.trust.example", host="dash.trust.example", headers=headers
    )
    assert is_inside(client) is inside


def test_behind_a_proxy_a_cookie_says_nothing(behind_proxy: Served) -> None:
    cookies = manager(behind_proxy)
    assert not is_inside(PageClient(behind_proxy.address, cookies))


def test_behind_a_proxy_cookies_are_for_tls_too(behind_proxy: Served) -> None:
    _, headers, _ = ask(behind_proxy, "GET", "/auth/login", {"Host": "dash.trust.example"})
    words = {word.strip().lower() for word in headers["set-cookie"].split(";")}
    assert "secure" in words and "httponly" in words and any(word.startswith("samesite=") for word in words)


def test_a_download_is_for_the_account_that_made_it(served: Served) -> None:
    cookies = cookie_of(served, account("analyst"))
    with PageClient(served.address, cookies) as client:
        client.open("quality", measure="falls_all")
        data = client.press("make download")
        found = re.search(rb"/media/[0-9a-f]{20,}\.csv", data)
        assert found, "the button names its file"
        address = found.group().decode()
        status, headers, body = ask(served, "GET", address, as_header(cookies))
        assert status == 200 and headers["cache-control"] == "no-store"
        assert b"7919317" in body and b"3163871" not in body
        for other in ("admin", "nurse", "board", "safety", "stranger"):
            assert ask(served, "GET", address, as_header(cookie_of(served, account(other))))[0] == 403, other


def test_the_log_of_all_this_holds_lines_without_names_or_sessions(served: Served) -> None:
    """The last of this module: whatever the probes above have caused stands in it."""
    lines = served.logged.splitlines()
    assert lines and all(json.loads(line)["time"].endswith("Z") for line in lines)
    text = served.logged
    for word in (
        "@trust.example",
        "Maple",
        "7919317",
        "_streamlit_user",
        str(served.home.root),
        urlsplit(served.address).netloc,
    ):
        assert word not in text, word
