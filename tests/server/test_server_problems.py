"""Each failure has one sentence that says what to do."""

import errno
from pathlib import Path

import pytest

from server import problems

FOLDER = Path("project")
NONE = "ERROR: Could not find a version that satisfies the requirement six==1 (from versions: none)\n"
NOT_FOUND = "ERROR: No matching distribution found for six==1\n"


@pytest.mark.parametrize(
    ("output", "wheels", "part"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "",
            "not the one that requirements.txt",
        ),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "", "1.2 GB free"),
        ("OSError: [WinError 112] There is not enough space on the disk", "", "1.2 GB free"),
        ("OSError: [Errno 13] Permission denied: 'x'", "", "no permission to write in project"),
        ("OSError: [Errno 30] Read-only file system: 'x'", "", "no permission to write in project"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))\n" + NONE + NOT_FOUND, "", "set PIP_CERT"),
        ("NewConnectionError: [Errno 111] Connection refused\n" + NONE + NOT_FOUND, "", "check the network"),
        ("ERROR: HTTP error 403 while getting six", "", "check the network"),
        (NONE + NOT_FOUND, "", "check the network"),  # an index that refuses
        (NONE.replace("none", "0.9") + NOT_FOUND, "", "no ready-made six for this machine"),
        (NONE + NOT_FOUND, "my wheels", "The folder my wheels has no six"),
        ("a\nERROR: strange\n\n", "", r"could not be installed \(ERROR: strange\)"),
        ("", "", "pip said nothing"),
    ],
)
def test_of_pip_tells_the_cause(output: str, wheels: str, part: str) -> None:
    problem = problems.of_pip(output, FOLDER, wheels)
    with pytest.raises(problems.Problem, match=part):
        raise problem
    assert "\n" not in str(problem)
    assert problem.code == 1


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "no permission"),
        (errno.EIO, "failed"),
    ],
)
def test_of_os_error_tells_the_cause(number: int, part: str) -> None:
    assert part in str(problems.of_os_error(OSError(number, "as the system says"), FOLDER))


def test_network_sentences_name_the_ways_out() -> None:
    for output in ("Temporary failure in name resolution", "CERTIFICATE_VERIFY_FAILED"):
        sentence = str(problems.of_pip(output, FOLDER))
        assert "ZERO_HARM_WHEELS" in sentence
        assert "PIP_CERT" in sentence
