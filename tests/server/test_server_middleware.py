"""The headers on every answer, and what is closed."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from server.middleware import HEADERS, Guard

Answer = tuple[int, dict[str, str], bytes]


async def page(request: object) -> Response:
    return Response("<p>", media_type="text/html", headers={"Cache-Control": "max-age=60", "X-Frame-Options": "ALLOW"})


async def chart(request: object) -> Response:
    return PlainTextResponse("1")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


ROUTES = [
    Route("/", page),
    Route("/media/1.svg", chart),
    Route("/_stcore/health", chart),
    Route("/static/js/1.js", chart),
    Route("/_stcore/metrics", chart),
    Route("/_stcore/metrics-of-ours", chart),
    Route("/_stcore/agent/openapi.json", chart),
    WebSocketRoute("/_stcore/stream", stream),
]
GUARDED = Starlette(routes=ROUTES, middleware=[Middleware(Guard)])


def call(app: Starlette, path: str, kind: str = "http", headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """One request straight into the app; the messages that it answers."""
    sent: list[dict[str, Any]] = []
    first = {"type": "http.request"} if kind == "http" else {"type": "websocket.connect"}

    async def receive() -> dict[str, Any]:
        return first

    async def send(message: Any) -> None:
        sent.append(dict(message))

    given = {"host": "localhost:8501"} | (headers or {})
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": kind, "path": path, "headers": raw, "query_string": b"", "method": "GET", "subprotocols": []}
    asyncio.run(app(scope, receive, send))
    return sent


def get(app: Starlette, path: str) -> Answer:
    start, *bodies = call(app, path)
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    assert len(dict(headers)) == len(headers)  # none is sent twice
    return start["status"], dict(headers), b"".join(body["body"] for body in bodies)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/metrics", "/nowhere"])
def test_every_answer_has_the_headers(path: str) -> None:
    _, headers, _ = get(GUARDED, path)
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_policy_lets_no_script_of_others_in() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    scripts = policy["script-src"].split()
    assert scripts[:2] == ["'self'", "blob:"]
    assert scripts[2:] and all(source.startswith("'sha256-") for source in scripts[2:])
    assert policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == policy["default-src"] == "'self'"


@pytest.mark.parametrize(
    ("path", "cached"),
    [("/", "no-store"), ("/media/1.svg", "no-store"), ("/_stcore/health", "no-store"), ("/static/js/1.js", None)],
)
def test_pages_and_figures_stay_out_of_caches(path: str, cached: str | None) -> None:
    assert get(GUARDED, path)[1].get("cache-control") == cached


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_stcore/metrics", 404),
        ("/_stcore/metrics/", 404),
        ("/_stcore//metrics", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/agent", 404),
        ("/below/_stcore/agent/mcp", 404),
        ("/_stcore/metrics-of-ours", 200),
        ("/_stcore/health", 200),
    ],
)
def test_what_nobody_outside_needs_is_closed(path: str, status: int) -> None:
    assert get(GUARDED, path)[0] == status


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}, "websocket.accept"),
        (
            {"host": "dash.example", "origin": "https://dash.example"},
            "websocket.close",
        ),  # a name that nobody has allowed
        ({"host": "127.0.0.1:8501"}, "websocket.accept"),  # no browser; Streamlit goes by the cookie
        ({"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:9999"}, "websocket.close"),
        ({"host": "127.0.0.1:8501", "origin": "http://evil.example"}, "websocket.close"),
        ({"host": "127.0.0.1:8501", "origin": "null"}, "websocket.close"),
    ],
)
def test_pages_of_other_sites_get_no_stream(headers: dict[str, str], answer: str) -> None:
    assert call(GUARDED, "/_stcore/stream", "websocket", headers)[0]["type"] == answer
