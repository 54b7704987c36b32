"""Who may look: the policy on small numbers, sign-in, and an administrator who can grant roles."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit import config
from streamlit.auth_util import get_secrets_auth_section
from streamlit.runtime.secrets import secrets_singleton

from data.access import PolicyError, Role, load_policy
from data.config import Home
from data.grants import read_grants
from data.record import StoreError
from server import signin
from server.checks.finding import Finding, Mark, bad, look, ok
from server.condition import now
from server.problems import Problem

LEAST_LETTERS = 8  # different ones: fewer is no secret that was drawn
EXAMPLES = ("example", "change", "secret", "xxx", "…", "...")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NEW_SECRET = 'Make one with `python3 -c "import secrets; print(secrets.token_urlsafe(48))"`.'
GUIDE = "Set it up as docs/deployment.md says."


def _lacking(home: Home, what: str, do: str) -> Finding:
    """What real figures need: wrong once there are some, and before that still to be done."""
    return Finding(Mark.BAD if home.has_record else Mark.LOOK, what, do)


def policy(home: Home) -> Finding:
    """Somebody has approved what is shown of small numbers, as it stands."""
    if home.is_sample:
        return ok("The sample needs no approved policy: it is invented.")
    do = 'Run `python -m data policy`, and once it is agreed `python -m data policy --approve --by "Name, role"`.'
    try:
        found = load_policy(home)
    except PolicyError as error:
        return bad(str(error), do)
    if not found.approved_by or found.approved_on is None:
        return _lacking(home, "Nobody has approved the policy on small numbers, so real figures are not shown.", do)
    if not found.is_approved:
        return bad("The policy on small numbers was changed after it was approved.", do)
    return ok(f"The policy on small numbers was approved by {found.approved_by} on {found.approved_on:%d %B %Y}.")


def sign_in(home: Home) -> Finding:
    """People say who they are, through a provider or a proxy that is set up soundly."""
    files = [Path(path) for path in config.get_option("secrets.files")]
    if os.environ.get("ZERO_HARM_SECRETS") and not files[0].exists():
        return bad(f"ZERO_HARM_SECRETS names {files[0]}, which is not there.", GUIDE)
    if any(path.exists() for path in files) and not secrets_singleton.load_if_toml_exists():
        return bad(f"{next(path for path in files if path.exists())} cannot be read: it is no TOML.", GUIDE)
    try:
        found = signin.read()
    except Problem as problem:
        return bad(str(problem), GUIDE)
    if found.mode == "oidc":
        return _provider(get_secrets_auth_section().to_dict())
    if found.mode:
        return _drawn("ZERO_HARM_PROXY_SECRET", found.secret) or ok("People are named by a proxy that proves itself.")
    if home.is_sample:
        return ok("The sample needs no sign-in.")
    if os.environ.get("ZERO_HARM_ALLOW_UNSIGNED") == "yes":
        return look("Real figures are shown without sign-in.", "Leave it so only where nobody else uses this machine.")
    return _lacking(home, "No sign-in is set up, so real figures are not shown.", GUIDE)


def _provider(section: Mapping[str, Any]) -> Finding:
    provider = urlsplit(section["server_metadata_url"])
    if provider.scheme != "https" and provider.hostname not in LOOPBACK:
        return bad("server_metadata_url is not https.", "Write the address that your provider names, with https.")
    return _drawn("cookie_secret", section["cookie_secret"]) or ok(f"People sign in through {provider.hostname}.")


def _drawn(name: str, secret: str) -> Finding | None:
    """What is wrong with a secret of the right length that somebody typed, or copied from a guide."""
    if len(set(secret)) >= LEAST_LETTERS and not any(word in secret.lower() for word in EXAMPLES):
        return None
    return bad(f"{name} is no secret that was drawn at random.", NEW_SECRET)


def administrator(home: Home) -> Finding:
    """Somebody can grant roles."""
    if home.is_sample:
        return ok("The sample needs no administrator.")
    try:
        grants = read_grants(home)
    except StoreError as error:
        return bad(str(error), "Run `python -m data publish`.")
    today = now().date()
    held = [g for g in grants if g.role is Role.ADMINISTRATOR and (g.ends_on is None or g.ends_on >= today)]
    if not held:
        return _lacking(
            home,
            "Nobody is an administrator, so nobody can be let in.",
            'Run `python -m data grant ACCOUNT administrator --by NAME --reason "The first administrator."`.',
        )
    return ok(f"{len(held)} administrators and {len(grants) - len(held)} other grants.")
