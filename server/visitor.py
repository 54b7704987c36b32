"""Who asks, outside of Streamlit's pages: read from the same cookie or headers, with the same rules.

Streamlit's cookie is read with Streamlit's own functions, so that there is one form of it.
"""

import json
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from streamlit import runtime
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from data.access import Reader, Role
from data.access.names import same_person
from data.config import Home
from data.grants import read_grants, roles_of
from data.sessions import LONGEST, Identity, NotSignedIn, from_claims, is_over
from server.signin import SignIn


def visitor(headers: Headers, sign_in: SignIn, claim: str, groups: str) -> Identity | None:
    """Who sends these headers; None for somebody who is not signed in, or not any more."""
    now = datetime.now(UTC)
    claims = _of_cookie(headers) if sign_in.mode == "oidc" else _of_proxy(headers, sign_in, now)
    try:
        return from_claims(claims, claim, groups, now) if claims else None
    except NotSignedIn:
        return None


def _of_cookie(headers: Headers) -> dict[str, Any] | None:
    cookies = cookie_parser(headers.get("cookie", ""))

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    try:
        value = get_cookie_with_chunks(one, USER_COOKIE_NAME)
        claims: dict[str, Any] | None = json.loads(value) if value else None
    except ValueError:
        return None
    return claims if claims and claims.get("is_logged_in") is True else None


def _of_proxy(headers: Headers, sign_in: SignIn, now: datetime) -> dict[str, Any] | None:
    claims = {key: headers.get(name) for name, key in sign_in.headers.items()}
    return claims | {"iat": now.timestamp()} if claims.get("email") else None


def roles(home: Home, identity: Identity | None) -> dict[Role, Reader]:
    """The roles in which somebody may act now; none for whom nobody knows, or whose session is over."""
    now = datetime.now(UTC)
    try:
        if identity is None or is_over(home, identity) or now - identity.began > LONGEST:
            return {}
        return roles_of(read_grants(home), identity, now.date())
    except Exception:  # whatever cannot be read lets nobody in
        return {}


def may_fetch(address: str, account: str, claim: str, groups: str) -> bool:
    """Whether a picture or a download belongs to an open page of this account; the same holds of Streamlit's own way."""
    files = getattr(runtime.get_instance(), "_media_file_mgr", None) if runtime.exists() else None
    by_session = dict(getattr(files, "_files_by_session_and_coord", None) or {})
    wanted = address.rpartition("/")[2].partition(".")[0]
    holders = [session for session, found in by_session.items() if wanted in dict(found).values()]
    return any(same_person(owner_of_session(each, claim, groups), account) for each in holders)


def owner_of_session(session_id: str, claim: str, groups: str) -> str:
    """The account whose page a session is; '' where there is none.

    Streamlit has no public way to ask. Where its own way should change, nobody owns anything, and nothing is taken.
    """
    manager = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
    found = manager.get_active_session_info(session_id) if manager is not None else None
    claims = getattr(getattr(found, "session", None), "_user_info", None) or {}
    try:
        now = datetime.now(UTC)
        return from_claims({"iat": now.timestamp()} | dict(claims), claim, groups, now).account
    except NotSignedIn:
        return ""
