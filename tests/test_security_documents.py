"""The hazard log, the ASVS table and the threat model: whole, and every test or file they lean on exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SECURITY = PROJECT / "docs/security"
HAZARDS = (SECURITY / "hazards.md").read_text(encoding="utf-8")
ASVS = (SECURITY / "asvs.md").read_text(encoding="utf-8")

# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has; 253 in all.
CHAPTERS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
VERDICTS = ["met", "not applicable", "the trust's", "not met"]
PARTS = ["Cause", "Effect", "Control", "Tests", "Left"]
_PATH = r"`([\w./-]+/[\w./-]*|[\w-]+\.\w+)(?:::(\w+))?`"

ROWS = [
    tuple(cell.strip() for cell in row) for row in re.findall(r"^\| (\d+\.\d+\.\d+) \|(.*)\|(.*)\|(.*)\|$", ASVS, re.M)
]
HAZARD = dict(re.findall(r"^## H(\d+) (.*?)(?=^## |\Z)", HAZARDS, re.M | re.S))


@cache
def functions(path: Path) -> set[str]:
    """The names of the functions of a file, those within classes too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def missing(text: str) -> list[str]:
    """What a text names between backticks, as a path or a path::function, and is not there."""
    found = []
    for path, function in re.findall(_PATH, text):
        here = PROJECT / path
        if path.endswith((".json", "/stream")) and "/" not in path:
            continue  # a file of a store
        if not here.exists():
            found.append(path)
        elif function and function not in functions(here):
            found.append(f"{path}::{function}")
    return found


def test_what_is_missing_is_found():
    assert missing("`tests/no_such.py`, `tests/test_deploy.py::no_such`, `docs/security/asvs.md`") == [
        "tests/no_such.py",
        "tests/test_deploy.py::no_such",
    ]


def test_there_are_sixteen_hazards_and_the_officer_decides():
    assert [int(number) for number in HAZARD] == list(range(1, 17))
    assert "decided by the trust's Clinical Safety Officer" in HAZARDS


@pytest.mark.parametrize("number", range(1, 17))
def test_hazard_is_whole_and_its_tests_exist(number):
    text = HAZARD[str(number)]
    told = dict(re.findall(r"^- \*\*(\w+)\.\*\* (.*?)(?=^- |\Z)", text, re.M | re.S))
    assert list(told) == PARTS
    assert all(len(told[part].split()) >= 3 for part in PARTS if part != "Tests")
    assert re.search(r"`tests/[\w/]+\.py", told["Tests"])
    assert missing(text) == []


def test_every_requirement_stands_once():
    ids = [row[0] for row in ROWS]
    assert len(ids) == len(set(ids)) == 253
    assert [sum(each.startswith(f"{chapter}.") for each in ids) for chapter in range(1, 18)] == CHAPTERS


def test_no_requirement_is_left_blank():
    assert [row for row in ROWS if not all(row)] == []
    assert {row[2] for row in ROWS} <= set(VERDICTS)


def test_the_head_counts_right():
    for verdict in VERDICTS:
        told = re.search(rf"^\| {verdict} \| (\d+) \|", ASVS, re.M)
        assert told, verdict
        assert int(told[1]) == sum(row[2] == verdict for row in ROWS), verdict


def test_what_is_met_names_a_file_or_a_test():
    assert [row[0] for row in ROWS if row[2] == "met" and not re.search(_PATH, row[3])] == []


@pytest.mark.parametrize("chapter", range(1, 18))
def test_what_a_chapter_names_exists(chapter):
    named = " ".join(row[3] for row in ROWS if row[0].startswith(f"{chapter}."))
    assert missing(named) == []


def test_threat_model_has_its_parts():
    text = (SECURITY / "threat-model.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)", text, re.M) == [
        "What is worth protecting",
        "Who",
        "Where trust changes",
        "Threats",
        "What was not checked",
    ]
    threats = re.findall(r"^\| (.+?) \| ([STRIDE, ]+) \| (.+?) \| (.+?) \|$", text, re.M)
    assert len(threats) >= 20
    assert {letter for row in threats for letter in row[1].split(", ")} == set("STRIDE")
