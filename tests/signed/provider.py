"""A small OpenID Connect provider: authorization code with PKCE (S256), RS256, one link for each person who may sign in."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route


class Provider:
    """People by their name in the list: what an id token says of each."""

    def __init__(self, people: Mapping[str, dict[str, Any]]) -> None:
        self.people = dict(people)
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}
        self.published = self.key
        self.signed_out: list[str] = []
        routes = [
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/jwks", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/logout", self._logout),
        ]
        config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_config=None, ws="none")
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> str:
        """Where it answers."""
        self._thread.start()
        while not self.server.started:
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"
        return self.address

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(timeout=10)

    async def _configuration(self, request: Request) -> Response:
        ends = {name: f"{self.address}/{name.split('_')[0]}" for name in ("token_endpoint",)}
        return JSONResponse(
            ends
            | {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "jwks_uri": f"{self.address}/jwks",
                "end_session_endpoint": f"{self.address}/logout",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self.published.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if "person" not in asked:
            links = "".join(
                f'<p><a id="{name}" href="/authorize?{urlencode(asked | {"person": name})}">{name}</a></p>'
                for name in self.people
            )
            return HTMLResponse(
                f"<html lang=en><title>Who are you?</title><main><h1>Who are you?</h1>{links}</main></html>"
            )
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self.codes.pop(str(form["code"]), None)
        if asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        proof = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=")
        if proof.decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 600,
            "nonce": asked.get("nonce"),
        }
        token = jwt.encode({"alg": "RS256", "kid": "k"}, claims | self.people[asked["person"]], self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": token})

    async def _logout(self, request: Request) -> Response:
        self.signed_out.append(request.query_params.get("id_token_hint", ""))
        return RedirectResponse(request.query_params.get("post_logout_redirect_uri", "/"))
