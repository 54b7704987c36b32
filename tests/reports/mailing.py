"""A small trust whose mail goes to a real server on this machine: what the tests of packs and of the digest share."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from data.access import operator
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from pages.reports.__main__ import main
from pages.reports.delivery import packs
from pages.reports.delivery.outcome import DONE
from pages.reports.pack.provenance import Provenance, read
from tests.pages.small_trust import make
from tests.reports.mail_server import HOST, Box, Issuer, own_issuer, serving

__all__ = ["own_issuer"]
ANN, BEN, CAT = (f"{name}@trust.example" for name in ("ann", "ben", "cat"))
WHY = ("--by", "Sam Okoro", "--reason", "Agreed.")
IT = operator("IT")


@dataclass
class Post:
    """A home, the server that its mail goes to, and the command line."""

    home: Home
    box: Box
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, list[str], list[str]]:
        """The exit code, and the lines of standard output and of standard error."""
        self.capsys.readouterr()
        sample = ["--sample"] if self.home.is_sample else []
        code = main([*words, *sample])
        said = self.capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    def to(self) -> list[str]:
        """Who got a message, in this order."""
        return [each.to[0] for each in self.box.taken]


def write_settings(home: Home, port: int, issuer: Issuer) -> None:
    told = {"host": HOST, "security": "starttls", "from": "Zero Harm <zero-harm@trust.example>"}
    told |= {"dashboard_address": "https://dash.trust.example", "ca_file": str(issuer.file)}
    lines = [f"port = {port}", *(f"{key} = {json.dumps(value)}" for key, value in told.items())]
    home.mail.write_text("\n".join(lines), encoding="utf-8")


def copy(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy to write to, where the commands look for it."""
    name = "sample" if home.is_sample else ""
    shutil.copytree(home.root, folder / "zh" / name)
    monkeypatch.setenv("ZERO_HARM_HOME", str(folder / "zh"))
    return Home(folder / "zh" / name, is_sample=home.is_sample)


def grant(home: Home, person: str, role: str, *units: str, **detail: Any) -> int:
    stated = {"person": person, "role": role} | ({"units": list(units)} if units else {}) | detail
    (number,) = decide_now(home, [Proposal("grant", "In post.", detail=stated)], IT)
    return number


def pack(path: Path, audience: str, month: str = "2026-08", **changes: Any) -> Path:
    """A file that says of itself what a pack says, and nothing else."""
    blank = {each.name: 0 if each.type in (int, "int") else "" for each in fields(Provenance)}
    said = Provenance(
        **blank | {"audience": audience, "month": month, "built_on": "2026-09-21", "version": 7} | changes
    )
    path.write_text(f"<!doctype html><meta name=x content='{said.mark}'>Rückblick\r\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A trust of two divisions and three wards. Nobody may write to it."""
    return make(Home(tmp_path_factory.mktemp("trust") / "store"), {})


@pytest.fixture
def post(
    trust: Home, tmp_path: Path, own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Post]:
    home = copy(trust, tmp_path, monkeypatch)
    monkeypatch.setattr(
        packs, "vouched", lambda _, file, __: read(file)
    )  # a file that says so is enough; one test asks more
    with serving(Box(), tls=own_issuer.context()) as box:
        write_settings(home, box.port, own_issuer)
        yield Post(home, box, capsys)


def listed(post: Post, audience: str, *people: str, sends: str = "file") -> int:
    code, out, err = post.run("recipients", "add", *people, "--pack", audience, "--sends", sends, *WHY)
    assert (code, err) == (DONE, [])
    found = re.fullmatch(r"Recorded as list (\d+)\.", out[0])
    assert found is not None
    return int(found[1])
