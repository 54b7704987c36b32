"""Inside `.venv`: decides what is shown, prepares it, and runs Streamlit with our middleware on the loopback."""

import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config
from streamlit.auth_util import get_secrets_auth_section

from data.config import PROJECT, Home, own_home, sample_home
from server import arguments, health, ports, problems
from server.arguments import Options
from server.middleware import Guard
from server.problems import Problem

SCRIPT = PROJECT / "dashboard.py"


def main(words: Sequence[str]) -> int:
    """Serve until stopped; the exit code."""
    try:
        _serve(arguments.parse(words))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.code
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def _serve(options: Options) -> None:
    home = choose_home(options, own_home(), sample_home())
    app = st.App(SCRIPT, middleware=[Middleware(Guard)], routes=[health.healthz(home)], lifespan=_announce)
    port = ports.free_port(options.port)
    # The rest of the settings stands in .streamlit/config.toml, for plain `streamlit run` too.
    settings = {"server.address": ports.ADDRESS, "server.port": port, "logger.hideWelcomeMessage": True}
    config.get_config_options(options_from_flags=settings)
    if not (home.is_sample or may_show_own()):
        raise Problem(
            "Your own data are not shown without sign-in: set up a provider in .streamlit/secrets.toml, start with "
            "--sample, or, on a machine that nobody else can use, set ZERO_HARM_ALLOW_UNSIGNED=yes."
        )
    os.environ["ZERO_HARM_SHOW"] = "sample" if home.is_sample else "own"
    if options.port not in {0, port}:
        print(f"Port {options.port} is taken: using {port}.", flush=True)
    _prepare(home)
    app.run(config=settings)


def choose_home(options: Options, own: Home, sample: Home) -> Home:
    """Which store is shown: the own one where it has data, unless the words say otherwise."""
    if options.show == "sample":
        return sample
    return own if options.show == "own" or own.has_record else sample


def may_show_own() -> bool:
    """People sign in (Streamlit's login, or a proxy's headers), or somebody has said that they need not."""
    signs_in = bool(get_secrets_auth_section()) or bool(config.get_option("server.trustedUserHeaders"))
    return signs_in or os.environ.get("ZERO_HARM_ALLOW_UNSIGNED") == "yes"


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
