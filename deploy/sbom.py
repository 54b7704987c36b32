"""A software bill of materials: CycloneDX 1.6, JSON, of the packages in this environment, with the hashes of the lock.

`python -m deploy.sbom sbom.cdx.json`. Written here, because the tool that makes one would bring 23 packages into every
installation; what it holds is small. Fails where the environment is not what the lock says.
"""

import json
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from data.config import CODE_VERSION, PROJECT

_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
OUR_OWN = {"pip", "setuptools", "wheel"}  # come with every environment, and are in no lock


def locked(text: str) -> dict[str, dict[str, list[str]]]:
    """name -> version -> the hashes of its files; a name may have a version for each Python."""
    found: dict[str, dict[str, list[str]]] = {}
    hashes: list[str] = []
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            hashes = found.setdefault(plain(pinned[1]), {}).setdefault(pinned[2], [])
        hashes += _HASH.findall(line)
    return found


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill(lock: dict[str, dict[str, list[str]]], installed: list[Distribution]) -> dict[str, Any]:
    """The document. Raises ValueError where a package is here that the lock does not know, or in another version."""
    components = list(_components(lock, installed))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {"type": "application", "name": "zero-harm-dashboard", "version": CODE_VERSION},
        },
        "components": sorted(components, key=lambda each: str(each["purl"])),
    }


def _components(lock: dict[str, dict[str, list[str]]], installed: list[Distribution]) -> Iterator[dict[str, Any]]:
    for each in installed:
        name, version = plain(each.metadata["Name"]), each.version
        if name in OUR_OWN:
            continue
        if version not in lock.get(name, {}):
            raise ValueError(f"{name} {version} is installed, and requirements.txt does not have it.")
        component: dict[str, Any] = {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "hashes": [{"alg": "SHA-256", "content": content} for content in lock[name][version]],
        }
        licence = each.metadata.json.get("license_expression")
        yield component | ({"licenses": [{"expression": licence}]} if licence else {})


def main(words: list[str]) -> int:
    lock = locked((PROJECT / "requirements.txt").read_text(encoding="utf-8"))
    try:
        made = bill(lock, list(distributions()))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    target = Path(words[0] if words else "sbom.cdx.json")
    target.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(
        f"{len(made['components'])} packages in {target.name}; {len(lock)} in requirements.txt, for all machines together"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
