"""The bill of materials names every package of the environment, as the lock has it."""

import json
from importlib.metadata import distributions
from pathlib import Path

import pytest

from data.config import PROJECT
from deploy import sbom

LOCK = sbom.locked((PROJECT / "requirements.txt").read_text(encoding="utf-8"))


def test_every_package_here_is_in_it_with_version_and_hashes(tmp_path: Path) -> None:
    target = tmp_path / "sbom.cdx.json"
    assert sbom.main([str(target)]) == 0
    made = json.loads(target.read_text(encoding="utf-8"))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    here = {(sbom.plain(d.metadata["Name"]), d.version) for d in distributions()}
    told = {(c["name"], c["version"]) for c in made["components"]}
    assert told == {each for each in here if each[0] not in sbom.OUR_OWN}
    assert ("duckdb", next(iter(LOCK["duckdb"]))) in told
    assert all(len(c["hashes"]) > 0 and len(c["hashes"][0]["content"]) == 64 for c in made["components"])


def test_a_package_that_the_lock_does_not_have_fails() -> None:
    installed = list(distributions())
    with pytest.raises(ValueError, match="does not have it"):
        sbom.bill({name: versions for name, versions in LOCK.items() if name != "duckdb"}, installed)


def test_hashes_of_the_next_lines_belong_to_the_package_above() -> None:
    a, b, c = ("a" * 64, "b" * 64, "c" * 64)
    first = f"a-b==1.0 ; python_version < '3.12' \\\n    --hash=sha256:{a} \\\n    --hash=sha256:{b}\n"
    assert sbom.locked(f"{first}A.B==2.0 \\\n    --hash=sha256:{c}\n") == {"a-b": {"1.0": [a, b], "2.0": [c]}}
