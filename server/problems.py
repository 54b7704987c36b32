"""What can go wrong before the dashboard runs, each as one sentence that says what to do. Standard library only."""

import errno
import re
from pathlib import Path

NEEDED_BYTES = 1_200_000_000  # 0.96 GB of packages (measured, Linux, Python 3.11), and room to unpack

NO_VENV = (
    "This Python cannot make its own environment: on Debian or Ubuntu run `sudo apt install python3-venv`, "
    "elsewhere install Python from python.org, and start this again."
)
_FULL = "The disk is full: make 1.2 GB free in {folder} (and some in the temporary folder), then start this again."
_FORBIDDEN = (
    "There is no permission to write in {folder}: copy the whole project to a folder of your own and start it there."
)
_HASH = (
    "A downloaded package is not the one that requirements.txt names, so nothing was installed: start this again, "
    "and if it happens twice show it to whoever runs your network or package mirror."
)
_CERTIFICATE = (
    "The network's certificate is not trusted, as where traffic is inspected: set PIP_CERT to your organisation's "
    "certificate file (IT has it), or install from a folder with ZERO_HARM_WHEELS=folder (see --help)."
)
_NETWORK = (
    "The packages cannot be fetched: check the network (HTTPS_PROXY for a proxy, PIP_CERT for its certificate, "
    "PIP_INDEX_URL for a mirror), or install from a folder with ZERO_HARM_WHEELS=folder (see --help)."
)
_PLATFORM = (
    "There is no ready-made {package} for this machine: use CPython 3.11 to 3.14 on Linux (x86-64 or arm64, "
    "not Alpine), Windows, or a Mac with an Apple chip."
)
_WHEELS = (
    "The folder {wheels} has no {package} for this machine: run `python3 dashboard.py wheels` on a machine with a "
    "network, the same system and the same Python, and copy its folder here."
)
_UNKNOWN = "The packages could not be installed ({last}): start this again, or show .venv/pip.log to your IT desk."

_IS_HASH = re.compile("DO NOT MATCH THE HASHES")
_IS_FULL = re.compile("No space left on device|not enough space on the disk|Disk quota exceeded", re.I)
_IS_FORBIDDEN = re.compile("Permission denied|Read-only file system|Access is denied|Operation not permitted", re.I)
_IS_CERTIFICATE = re.compile(
    "CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError|confirming the ssl certificate"
)
_IS_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|name resolution|getaddrinfo|Connect(ion)?Timeout|ReadTimeout|ProxyError|"
    r"Connection (refused|reset|aborted|broken)|Max retries|HTTP error \d+|"
    r"\d{3} (Client|Server) Error|Could not fetch URL"
)
_NOT_FOUND = re.compile(r"No matching distribution found for ([\w.-]+)")


class Problem(Exception):
    """One sentence for the person at the keyboard, and the exit code that goes with it."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def disk_full(folder: Path) -> Problem:
    """The sentence for a disk without room for the packages."""
    return Problem(_FULL.format(folder=folder))


def of_os_error(error: OSError, folder: Path) -> Problem:
    """The sentence for a file or folder that could not be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(folder)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Problem(_FORBIDDEN.format(folder=folder))
    return Problem(f"The set-up in {folder} failed ({error}): mend that and start this again.")


def of_pip(output: str, folder: Path, wheels: str = "") -> Problem:
    """The sentence for a pip that failed, read from what it printed."""
    missing = _NOT_FOUND.search(output)
    if _IS_HASH.search(output):
        return Problem(_HASH)
    if _IS_FULL.search(output):
        return disk_full(folder)
    if _IS_FORBIDDEN.search(output):
        return Problem(_FORBIDDEN.format(folder=folder))
    if missing and wheels:
        return Problem(_WHEELS.format(wheels=wheels, package=missing[1]))
    if _IS_CERTIFICATE.search(output):
        return Problem(_CERTIFICATE)
    # An index that refuses (403) shows as a package without any version.
    if _IS_NETWORK.search(output) or "from versions: none" in output:
        return Problem(_NETWORK)
    if missing:
        return Problem(_PLATFORM.format(package=missing[1]))
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return Problem(_UNKNOWN.format(last=lines[-1] if lines else "pip said nothing"))
