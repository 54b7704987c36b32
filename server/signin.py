"""How people sign in here: through Streamlit's OpenID Connect, through a trusted proxy's headers, or not at all.

What the settings leave open is refused at the start, with a sentence: a door that looks closed and is not is the worst.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit.auth_util import get_secrets_auth_section

from server.problems import Problem

LEAST_SECRET = 32  # characters
PROVEN = "x-zero-harm-proxy"  # the header in which a proxy proves itself
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_OIDC_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")


@dataclass(frozen=True)
class SignIn:
    """`mode`: 'oidc', 'proxy', or '' where nobody signs in. `public`: where browsers come to, such as https://dash.trust."""

    mode: str = ""
    public: str = ""
    user_header: str = ""
    groups_header: str = ""
    secret: str = ""

    @property
    def is_encrypted(self) -> bool:
        """Browsers come over TLS, so cookies can be kept to it."""
        return self.public.startswith("https:")

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say who it is -> what they are called in `st.user`."""
        named = {self.user_header: "email", self.groups_header: "groups"}
        return {name: key for name, key in named.items() if name}

    def settings(self) -> dict[str, Any]:
        """Streamlit's settings that follow."""
        host = urlsplit(self.public).hostname
        found: dict[str, Any] = {"server.allowedHosts": [*LOOPBACK[:2], *([host] if host else [])]}
        if self.public:
            found["server.corsAllowedOrigins"] = [self.public]
        if self.mode == "proxy":
            found["server.trustedUserHeaders"] = self.headers
        return found


def secrets_settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Streamlit's setting for the file that holds [auth], where it is not .streamlit/secrets.toml. Raises Problem."""
    named = environ.get("ZERO_HARM_SECRETS", "")
    if named and not Path(named).is_file():
        raise Problem(f"ZERO_HARM_SECRETS names {named}, which is not there.")
    return {"secrets.files": [named]} if named else {}


def read(environ: Mapping[str, str] = os.environ) -> SignIn:
    """What the settings say. Raises Problem where they are half said, or not safe."""
    header = environ.get("ZERO_HARM_PROXY_USER_HEADER", "").strip().lower()
    public = environ.get("ZERO_HARM_PUBLIC_ADDRESS", "").strip().rstrip("/")
    auth = get_secrets_auth_section().to_dict()
    if header and auth:
        raise Problem("Choose one of [auth] in secrets.toml and ZERO_HARM_PROXY_USER_HEADER: people sign in one way.")
    if header:
        return _proxy(header, _origin(public, "ZERO_HARM_PUBLIC_ADDRESS"), environ)
    if auth:
        return _oidc(auth, public)
    if public:
        raise Problem("ZERO_HARM_PUBLIC_ADDRESS needs sign-in: without it the dashboard answers on this computer only.")
    return SignIn()


def _proxy(header: str, public: str, environ: Mapping[str, str]) -> SignIn:
    secret = environ.get("ZERO_HARM_PROXY_SECRET", "")
    if len(secret) < LEAST_SECRET:
        raise Problem(
            f"ZERO_HARM_PROXY_SECRET must have {LEAST_SECRET} characters or more, and the proxy must send it in "
            "X-Zero-Harm-Proxy: else anybody on this machine could say who they are."
        )
    groups = environ.get("ZERO_HARM_PROXY_GROUPS_HEADER", "").strip().lower()
    return SignIn("proxy", public, header, groups, secret)


def _oidc(auth: dict[str, Any], public: str) -> SignIn:
    for key in _OIDC_KEYS:
        if not isinstance(auth.get(key), str) or not auth[key].strip():
            raise Problem(f"[auth] in secrets.toml must say its {key}; docs/deployment.md has an example.")
    if len(auth["cookie_secret"]) < LEAST_SECRET:
        raise Problem(f"cookie_secret in secrets.toml must have {LEAST_SECRET} characters or more, drawn at random.")
    if not auth["redirect_uri"].endswith("/oauth2callback"):
        raise Problem("redirect_uri in secrets.toml must end in /oauth2callback.")
    origin = _origin(auth["redirect_uri"].removesuffix("/oauth2callback"), "redirect_uri in secrets.toml")
    if public and public != origin:
        raise Problem("ZERO_HARM_PUBLIC_ADDRESS and redirect_uri in secrets.toml name different addresses.")
    return SignIn("oidc", origin)


def _origin(address: str, what: str) -> str:
    """An address that is scheme and host alone; without TLS only on this computer."""
    parts = urlsplit(address)
    is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path or parts.query or parts.username:
        raise Problem(f"{what} must be an address such as https://dash.trust.example, without a path.")
    if parts.scheme == "http" and not is_here:
        raise Problem(f"{what} must begin with https: without TLS anybody on the network could take a session.")
    return address
