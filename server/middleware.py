"""Headers on every answer, and closed doors: Streamlit's paths that nobody outside needs, and pages of other sites."""

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

# Without a login these would tell how the server does (metrics), or drive the pages without a browser (agent).
_CLOSED = re.compile(r"/_stcore/+(metrics|agent)(/|$)")
_STATIC = re.compile(r"/static/")


def _inline_script_hashes() -> list[str]:
    """The scripts written into Streamlit's own page, as CSP sources: no other inline script may run."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return [f"'sha256-{digest}'" for digest in digests]


# Tried in Chromium with plotly, Altair, tables, SVG images, components and downloads. blob: is where Streamlit puts a
# component's module; inline styles are set by Streamlit and plotly. Nothing is ever asked of another host.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        " ".join(["script-src 'self' blob:", *_inline_script_hashes()]),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",  # over plain HTTP a browser passes it over
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Adds HEADERS to every HTTP answer, keeps pages and figures out of caches, and closes what is not needed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(raw=list(scope.get("headers", ())))
        if scope["type"] == "websocket" and (not _is_host_allowed(headers) or _is_foreign(headers)):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(raw=message["headers"]), scope["path"])
            await send(message)

        answer: ASGIApp = self.app
        if not _is_host_allowed(headers):
            answer = PlainTextResponse("Not an address of this dashboard", status_code=400)
        elif _CLOSED.search(scope["path"]):
            answer = PlainTextResponse("Not found", status_code=404)
        await answer(scope, receive, send_guarded)


def _is_host_allowed(headers: Headers) -> bool:
    """Streamlit asks this of sockets alone; a name that another has bound to this address gets no page either."""
    allowed = config.get_option("server.allowedHosts")
    host = headers.get("host", "")
    return not allowed or (urlsplit(f"//{host}").hostname or "") in allowed


def _is_foreign(headers: Headers) -> bool:
    """A page of another origin asks. Streamlit itself lets in any port of localhost, and asks the internet who it is."""
    origin = headers.get("origin")
    if origin is None or origin in config.get_option("server.corsAllowedOrigins"):
        return False
    return urlsplit(origin).netloc != headers.get("host")


def _add_headers(headers: MutableHeaders, path: str) -> None:
    headers.update(HEADERS)
    # Streamlit's own scripts and fonts may be kept; what holds a figure, a name or a session may not.
    if not _STATIC.match(path):
        headers["cache-control"] = "no-store"
