"""Inside `.venv`: decides what is shown, prepares it, and runs Streamlit with our middleware on the loopback."""

import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from data.branding import BrandingError, load_branding
from data.config import PROJECT, Home, own_home, sample_home
from data.errors import log_error
from server import arguments, health, logs, ports, problems, signin
from server.arguments import Options
from server.cookies import Cookies
from server.doors import Claims, Doors
from server.middleware import Guard
from server.problems import Problem
from server.signin import SignIn

SCRIPT = PROJECT / "dashboard.py"


def main(words: Sequence[str]) -> int:
    """Serve until stopped; the exit code."""
    os.chdir(PROJECT)  # Streamlit reads its settings from the folder that it is started in
    try:
        logs.configure()
        _serve(arguments.parse(words))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.code
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def _serve(options: Options) -> None:
    home = choose_home(options, own_home(), sample_home())
    secrets = signin.secrets_settings()
    config.get_config_options(force_reparse=True, options_from_flags=secrets)
    sign_in = signin.read() if not home.is_sample else signin.SignIn()
    address = _address(sign_in)
    app = st.App(
        SCRIPT,
        middleware=_middleware(home, sign_in),
        routes=[health.healthz(home)],
        lifespan=_announce,
        on_script_error=_logged,
    )
    port = ports.free_port(options.port)
    # The rest of the settings stands in .streamlit/config.toml, for plain `streamlit run` too.
    settings = {"server.address": address, "server.port": port, "logger.hideWelcomeMessage": True}
    settings |= {"theme.light.primaryColor": _accent(home)} | secrets | sign_in.settings()
    config.get_config_options(force_reparse=True, options_from_flags=settings)
    if not may_show(home, sign_in):
        raise Problem(
            "Your own data are not shown without sign-in: set up a provider in .streamlit/secrets.toml, start with "
            "--sample, or, on a machine that nobody else can use, set ZERO_HARM_ALLOW_UNSIGNED=yes."
        )
    os.environ["ZERO_HARM_SHOW"] = "sample" if home.is_sample else "own"
    os.environ["ZERO_HARM_SIGN_IN"] = sign_in.mode
    if options.port not in {0, port}:
        print(f"Port {options.port} is taken: using {port}.", flush=True)
    _prepare(home)
    app.run(config=settings)


def _accent(home: Home) -> str:
    try:
        return load_branding(home).accent
    except BrandingError as error:
        raise Problem(f"{error} Correct it, or take the file away.") from error


def may_show(home: Home, sign_in: SignIn) -> bool:
    """The sample is for everybody; real figures where people sign in, or where somebody has said that they need not."""
    return home.is_sample or bool(sign_in.mode) or os.environ.get("ZERO_HARM_ALLOW_UNSIGNED") == "yes"


def choose_home(options: Options, own: Home, sample: Home) -> Home:
    """Which store is shown: the own one where it has data, unless the words say otherwise."""
    if options.show == "sample":
        return sample
    return own if options.show == "own" or own.has_record else sample


def _address(sign_in: SignIn) -> str:
    """Where to listen: another address than the loopback's only where people sign in."""
    address = os.environ.get("ZERO_HARM_ADDRESS", ports.ADDRESS)
    if address != ports.ADDRESS and not sign_in.mode:
        raise Problem("ZERO_HARM_ADDRESS needs sign-in: without it the dashboard answers on this computer only.")
    return address


def _middleware(home: Home, sign_in: SignIn) -> list[Middleware]:
    """The outermost first: headers on every answer, then cookies, then who may pass."""
    claims = Claims()
    if sign_in.mode == "oidc":
        environ = os.environ.get
        claims = Claims(environ("ZERO_HARM_ACCOUNT_CLAIM", "email"), environ("ZERO_HARM_GROUPS_CLAIM", "groups"))
    return [
        Middleware(Guard),
        Middleware(Cookies, secure=sign_in.is_encrypted or sign_in.mode == "oidc"),
        Middleware(Doors, home=home, sign_in=sign_in, claims=claims),
    ]


def _logged(error: Exception) -> bool:
    """What a page did not catch itself, such as an answer to a click: the log has it, and the browser no word of it."""
    log_error(error)
    return False


def _prepare(home: Home) -> None:
    """Make the sample, or finish a publish that a crash cut off."""
    from data import catalogue, publish, record, synthetic

    try:
        if home.is_sample:
            synthetic.ensure_sample(home, say=print)
        if home.has_record:
            publish.ensure_published(home, catalogue.load_catalogue(home.measures))
    except OSError as error:
        raise problems.of_os_error(error, home.root) from error
    except (catalogue.CatalogueError, record.StoreError) as error:
        raise Problem(str(error)) from error


@asynccontextmanager
async def _announce(app: st.App) -> AsyncIterator[None]:  # noqa: ARG001
    """Say the address once the socket is there: Streamlit may have moved on by one port."""
    print(
        f"Zero Harm dashboard: http://{ports.ADDRESS}:{config.get_option('server.port')} (Ctrl-C stops it)", flush=True
    )
    yield
