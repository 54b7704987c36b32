"""The real server on a trust's own store, where people sign in; and a client that says who it is as a browser would."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string

from data.config import Home

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of the tests that has more than thirty-two characters"


@dataclass
class Served:
    """Where it answers, of which store, and what it has logged so far."""

    address: str
    home: Home
    process: subprocess.Popen[str]
    log: Path
    provider: str = ""
    env: dict[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    @property
    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(home: Home, folder: Path, provider: str = "http://127.0.0.1:9", **env: str) -> Iterator[Served]:
    """`python dashboard.py --serve --own`, with OpenID Connect against `provider`; or as `env` says."""
    port, log = free_port(), folder / "server.log"
    address = f"http://127.0.0.1:{port}"
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "zero-harm"\n'
        f'client_secret = "of the client"\nserver_metadata_url = "{provider}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    settings = {"ZERO_HARM_HOME": str(home.root), "PYTHONUNBUFFERED": "1"}
    if "ZERO_HARM_PROXY_USER_HEADER" not in env:
        settings["ZERO_HARM_SECRETS"] = str(secrets)
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "dashboard.py", "--serve", "--own", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | settings | env,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if re.search(rf"{re.escape(address)}\b", line):
                break
        else:
            raise AssertionError(f"the server did not start: {told} {log.read_text(encoding='utf-8')}")
        yield Served(address, home, process, log, provider, env)
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close() if process.stdout else None


def cookie_of(served: Served, account: str, *, began: float | None = None, **claims: Any) -> dict[str, str]:
    """The cookies of a browser in which somebody has signed in, as the server would have signed them."""
    said = {"email": account, "name": account.split("@")[0], "iat": int(began or time.time()), "sub": account}
    value = json.dumps(said | claims | {"origin": served.address, "is_logged_in": True, "provider": "default"})
    signed = create_signed_value(SECRET, "_streamlit_user", value).decode()
    return {"_streamlit_user": signed, "_streamlit_xsrf": generate_xsrf_token_string()}
