"""One trust with canaries and one provider, served once for the tests that only look."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.config import Home
from tests.signed.provider import Provider
from tests.signed.served import Served, serve
from tests.signed.trust import PEOPLE, account, make_trust

# What a token may say that must never let anybody in.
FORGED = {
    "another audience": {"aud": "another-client"},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "over": {"iat": 1_700_000_000, "exp": 1_700_000_600},
    "another nonce": {"nonce": "of another sign-in"},
    "not verified": {"email": account("manager"), "email_verified": False},
    "no account": {"email": None},
}


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The store with canaries. What writes makes a copy."""
    folder = tmp_path_factory.mktemp("trust")
    return make_trust(folder / "store", folder)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """Where people sign in: the ten of the trust, a stranger, and tokens that must be refused."""
    names = (*PEOPLE, "stranger")
    people = {name: {"sub": name, "name": name.capitalize(), "email": account(name)} for name in names}
    people |= {name: {"sub": "manager", "email": account("manager")} | said for name, said in FORGED.items()}
    made = Provider(people)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def served(trust: Home, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real server on it; nobody changes who may look."""
    with serve(trust, tmp_path_factory.mktemp("served"), provider.address) as found:
        yield found


@pytest.fixture
def trust_copy(trust: Home, tmp_path: Path) -> Home:
    """A copy to write to."""
    shutil.copytree(trust.root, tmp_path / "store")
    return Home(tmp_path / "store")
