"""Imports run one way: dashboard -> pages -> data -> metrics, and metrics imports nothing of ours."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"dashboard", "pages", "metrics", "data", "server", "tests", "benchmarks"}

# folder -> what nothing in it may import
FORBIDDEN = {
    "metrics": OURS - {"metrics"} | {"streamlit", "plotly", "duckdb", "pandas", "pyarrow"},
    "data": {"pages", "server", "streamlit", "plotly", "tests", "benchmarks", "dashboard"},
    "pages/charts": {"data", "server", "streamlit", "duckdb", "pages.shared", "tests", "benchmarks", "dashboard"},
    "pages": {"server", "duckdb", "tests", "benchmarks", "dashboard"},
    "server": {"metrics", "duckdb", "plotly", "tests", "benchmarks"},
}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, with relative names made whole, wherever in the file it stands."""
    package = path.relative_to(ROOT).parent.parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def breaches(name: str, forbidden: set[str]) -> bool:
    return any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)


# the command line reads and writes tables; the package itself does not
ALLOWED = {"metrics/command/tables.py": {"pyarrow"}}

FILES = [(folder, path) for folder in FORBIDDEN for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize(("folder", "path"), FILES, ids=[f"{f}: {p.relative_to(ROOT)}" for f, p in FILES])
def test_nothing_flows_back_up(folder: str, path: Path) -> None:
    forbidden = FORBIDDEN[folder] - ALLOWED.get(path.relative_to(ROOT).as_posix(), set())
    assert [name for name in sorted(imported(path)) if breaches(name, forbidden)] == []


def test_the_check_sees_a_breach() -> None:
    assert breaches("data.store", FORBIDDEN["metrics"])
    assert breaches("pages.shared.words", FORBIDDEN["pages/charts"])
    assert not breaches("metrics.measure", FORBIDDEN["data"])


def test_pages_reach_the_record_only_through_intake() -> None:
    """Only the modules of the Upload page add to the record; nothing under pages opens it to read."""
    for path in (ROOT / "pages").rglob("*.py"):
        names = imported(path)
        assert "data.record.writing" not in names, path
        loads = {"data.ingest.intake", "data.ingest.rehearsal", "data.loads"} & names
        assert not loads or path.parent == ROOT / "pages" / "shared" / "upload", path


def test_bootstrap_uses_the_standard_library_only() -> None:
    ours = {"server"}
    for name in ("bootstrap", "arguments", "environment", "problems", "progress", "ports"):
        for module in imported(ROOT / "server" / f"{name}.py"):
            assert module.split(".")[0] in sys.stdlib_module_names | ours, (name, module)


def test_a_file_directly_in_pages_is_a_page() -> None:
    app = (ROOT / "pages" / "shared" / "app.py").read_text(encoding="utf-8")
    for path in (ROOT / "pages").glob("*.py"):
        assert f'"{path.name}"' in app, f"{path.name} is no page of the navigation"
