"""What nobody passes who may not look: uploads, charts and downloads over HTTP, and the sockets of open pages.

Streamlit asks nobody at these: any session may send files, a picture is served to whoever has its address, and an open page
stays open when its reader is withdrawn. Only where people sign in; on the sample every role is played.
"""

import asyncio
import hmac
import re
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.access.names import same_person
from data.config import Home
from server.signin import PROVEN, SignIn
from server.visitor import may_fetch, owner_of_session, roles, visitor

_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/")
_MEDIA = re.compile(r"/media/")
LOOK_EVERY = 10.0  # seconds; a withdrawn reader's pages close within two looks


@dataclass(frozen=True)
class Claims:
    """Which claims name the account and its groups."""

    account: str = "email"
    groups: str = "groups"


class Doors:
    """Asks who it is before anything of a reader is taken or given."""

    def __init__(self, app: ASGIApp, home: Home, sign_in: SignIn, claims: Claims) -> None:
        self.app, self.home, self.sign_in, self.claims = app, home, sign_in, claims

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request or one socket through, or not."""
        if scope["type"] not in ("http", "websocket") or not self.sign_in.mode:
            await self.app(scope, receive, send)
            return
        _strip(scope, self.sign_in)
        identity = visitor(Headers(scope=scope), self.sign_in, self.claims.account, self.claims.groups)
        held = roles(self.home, identity)
        if scope["type"] == "websocket":
            watched = _Watched(receive, send)
            watcher = asyncio.create_task(watched.watch(lambda: roles(self.home, identity) == held)) if held else None
            try:
                await self.app(scope, watched.receive, watched.send)
            finally:
                if watcher is not None:
                    watcher.cancel()
            return
        upload = _UPLOAD.search(scope["path"])
        may_load = any(reader.rule.loads for reader in held.values())
        own = upload is None or (identity is not None and self._owns(upload[1], identity.account))
        fetches = _MEDIA.search(scope["path"]) and not (
            held
            and identity is not None
            and may_fetch(scope["path"], identity.account, self.claims.account, self.claims.groups)
        )
        if (upload and not (may_load and own)) or fetches:
            await PlainTextResponse("Not for you", status_code=403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _owns(self, session_id: str, account: str) -> bool:
        owner = owner_of_session(session_id, self.claims.account, self.claims.groups)
        return bool(owner) and same_person(owner, account)


def _strip(scope: Scope, sign_in: SignIn) -> None:
    """Identity headers that no proxy has proven are taken away; so is the proof, which no page should see."""
    headers = MutableHeaders(scope=scope)
    proof = headers.get(PROVEN, "")
    if sign_in.mode != "proxy" or not hmac.compare_digest(proof.encode(), sign_in.secret.encode()):
        for name in sign_in.headers:
            while name in headers:
                del headers[name]
    while PROVEN in headers:
        del headers[PROVEN]


class _Watched:
    """A socket that ends when its reader may look no longer, or in another role: the page then comes back and asks anew."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._over = asyncio.Event()

    async def watch(self, stands: object) -> None:
        """Look again and again, until it stands no longer."""
        assert callable(stands)
        while stands():
            await asyncio.sleep(LOOK_EVERY)
        self._over.set()
        await self._send({"type": "websocket.close", "code": 1012})

    async def receive(self) -> Message:
        """The next message; a goodbye once it is over."""
        message, over = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._over.wait())
        done, left = await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
        for each in left:
            each.cancel()
        return message.result() if message in done else {"type": "websocket.disconnect", "code": 1012}

    async def send(self, message: Message) -> None:
        """Nothing more once it is over."""
        if not self._over.is_set():
            await self._send(message)
