"""The cookies of a session, and the address that somebody asked for before they signed in.

Streamlit's own live for a month and go over plain HTTP too; and its sign-in leads to the first page, wherever it began.
"""

import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.sessions import LONGEST

NEXT = "zero_harm_next"
_LOGIN, _BACK = "/auth/login", "/oauth2callback"
_MAX_AGE = re.compile(r"; *max-age=(\d+)", re.IGNORECASE)
LONGEST_ADDRESS = 2000


class Cookies:
    """Shortens and secures every cookie that is set; leads back to the page that was asked for."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app, self.secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked, path = Headers(scope=scope), scope["path"]

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if path.endswith(_LOGIN):
                    headers.append("set-cookie", _remember(asked))
                elif path.endswith(_BACK) and 300 <= message["status"] < 400:
                    headers["location"] = _remembered(asked) or headers.get("location", "/")
                    headers.append("set-cookie", f"{NEXT}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
                self._secure(message)
            await send(message)

        await self.app(scope, receive, send_kept)

    def _secure(self, message: Message) -> None:
        message["headers"] = [
            (name, self._kept(value.decode("latin-1")).encode("latin-1") if name.lower() == b"set-cookie" else value)
            for name, value in message["headers"]
        ]

    def _kept(self, cookie: str) -> str:
        """The same, for a session at most, and over TLS alone."""
        longest = int(LONGEST.total_seconds())
        cookie = _MAX_AGE.sub(lambda found: f"; Max-Age={min(int(found[1]), longest)}", cookie)
        words = {word.strip().lower() for word in cookie.split(";")}
        secure = "; Secure" if self.secure and "secure" not in words else ""
        same_site = "" if any(word.startswith("samesite=") for word in words) else "; SameSite=Lax"
        return cookie + secure + same_site


def _remember(asked: Headers) -> str:
    """The cookie that holds the page from which somebody went to sign in."""
    parts = urlsplit(asked.get("referer", ""))
    address = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = quote(address, safe="") if _is_ours(address) else ""
    return f"{NEXT}={kept}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"


def _remembered(asked: Headers) -> str:
    """That page; '' where there is none, or it is no page of ours."""
    try:
        found = SimpleCookie(asked.get("cookie", ""))
    except CookieError:
        return ""
    address = unquote(found[NEXT].value) if NEXT in found else ""
    return address if _is_ours(address) else ""


def _is_ours(address: str) -> bool:
    """A path on this server: no other host, whatever a browser makes of slashes, and nothing that breaks a header."""
    return (
        len(address) <= LONGEST_ADDRESS
        and address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and address.isprintable()
        and address.isascii()
        and "\\" not in address
        and not address.startswith((_LOGIN, _BACK))
    )
