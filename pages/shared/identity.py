"""Who signed in, in which roles they may act, or why they may not: asked at every rerun, from the file that grants are in.

`ZERO_HARM_SIGN_IN` says how people sign in: the server sets it (server/signin.py), to `oidc` or `proxy`, or to nothing. On
the sample, and where somebody has said that nobody need sign in, roles are played.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import streamlit as st

from data.access import Reader, Role
from data.config import Home
from data.grants import read_grants, roles_of
from data.sessions import Identity, NotSignedIn, from_claims, is_over

BEGAN = "session began"


@dataclass(frozen=True)
class Standing:
    """How somebody stands with us: who they are, the roles that they hold, and a sentence where they may not look."""

    identity: Identity | None
    roles: dict[Role, Reader] = field(default_factory=dict)
    why: str = ""

    @property
    def may_look(self) -> bool:
        return self.identity is not None and bool(self.roles)


def signs_in(home: Home) -> bool:
    """Whether people sign in for this store."""
    return not home.is_sample and bool(_mode())


def standing(home: Home, now: datetime) -> Standing | None:
    """How whoever has this page open stands; None where nobody signs in."""
    if not signs_in(home):
        return None
    try:
        claims = _claims(now)
        if claims is None:
            return Standing(None)
        account = "email" if _mode() == "proxy" else os.environ.get("ZERO_HARM_ACCOUNT_CLAIM", "email")
        groups = "groups" if _mode() == "proxy" else os.environ.get("ZERO_HARM_GROUPS_CLAIM", "groups")
        identity = from_claims(claims, account, groups, now)
    except NotSignedIn as error:
        return Standing(None, why=str(error))
    if is_over(home, identity):
        return Standing(None, why="Your session was ended; sign in again.")
    return Standing(identity, roles_of(read_grants(home), identity, now.date()))


def _claims(now: datetime) -> Mapping[str, Any] | None:
    """What the provider said, or the headers that the proxy set (server/signin.py); None where nobody is signed in."""
    told: dict[str, Any] = st.user.to_dict()
    if _mode() == "oidc":
        return told if told.get("is_logged_in") is True else None
    if not told.get("email"):
        return None
    # A proxy keeps its own sessions; ours begins with the page, and ends after eight hours all the same.
    return told | {"iat": st.session_state.setdefault(BEGAN, now.timestamp())}


def _mode() -> str:
    return os.environ.get("ZERO_HARM_SIGN_IN", "")
