"""Mutation testing of who may see what: one small fault at a time is put into the code, and some test must notice it.

`python -m tests.data.mutants` tries every fault, `--smoke` a few of them, `--write` keeps what came out in
docs/measurements/mutants.md. Each fault lives in a forked process only: no file is changed.
"""

import argparse
import ast
import importlib.machinery
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
WRITTEN = PROJECT / "docs" / "measurements" / "mutants.md"
LEAST_KILLED = 0.9
SMOKE_STEP = 40  # every so many faults
BROKEN = 70  # what a child says that could not even begin
LONGEST = 120  # seconds; a fault that loops is noticed by that

# Which tests are asked of each module, the quickest first. What is the same in another process cannot see the fault.
TESTS = {
    "data.access.suppression": ("suppression", "policy"),
    "data.access.names": ("authorise",),
    "data.access.roles": ("authorise", "policy"),
    "data.access.authorise": ("authorise",),
    "data.access.policy": ("policy", "authorise"),
    "data.sessions": ("sessions",),
    "data.grants": ("grants",),
}
# Why no test can tell, or why it is left: (module, fault) -> reason.
FILLER = "the same: compatible forms are made one before, and this one is U+1160 by then"
LEFT = {
    (
        "data.access.suppression",
        "(numerator, denominator, denominator - numerator) -> (numerator, denominator - numerator)",
    ): "the same: where neither part is small, their sum is not",
    ("data.access.roles", "'*' -> 'x*'"): "the same: the one name for every kind, whatever it is",
    (
        "data.access.authorise",
        "who.reach is Reach.NOTHING or thing.sensitivity is None -> who.reach is Reach.NOTHING",
    ): "the same: the policy hides what has no sensitivity as well; kept as a second wall",
    (
        "data.access.authorise",
        "thing.role not in who.rule.grants or thing.role not in GRANTABLE or to_oneself -> thing.role not in who.rule.grants "
        "or to_oneself",
    ): "the same while no role's table names the operator; kept as a second wall",
    (
        "data.access.names",
        "{847, 4447, 4448, 6068, 6069, *range(6155, 6160), 8293, 12644, *range(65024, 65040), 65… -> "
        "{847, 4447, 4448, 6068, 6069, *range(6155, 6160), 8293, *range(65024, 65040), 65440}",
    ): FILLER,
    (
        "data.access.names",
        "{847, 4447, 4448, 6068, 6069, *range(6155, 6160), 8293, 12644, *range(65024, 65040), 65… -> "
        "{847, 4447, 4448, 6068, 6069, *range(6155, 6160), 8293, 12644, *range(65024, 65040)}",
    ): FILLER,
    ("data.access.names", "12644 -> 12645"): FILLER,
    ("data.access.names", "12644 -> 12643"): FILLER,
    ("data.access.names", "65440 -> 65441"): FILLER,
    ("data.access.names", "65440 -> 65439"): FILLER,
    ("data.access.names", "65040 -> 65041"): "the same: this one is a comma by then",
    ("data.access.roles", "'\\\\,' -> 'x\\\\,'"): "the same: no two lists of codes are written alike either",
    ("data.access.roles", "'\\\\\\\\' -> 'x\\\\\\\\'"): "the same: no two lists of codes are written alike either",
    ("data.access.names", "' ' -> 'x '"): "the same: both names are joined alike before they are compared",
    (
        "data.sessions",
        "home.root.mkdir(parents=True, exist_ok=True) -> pass",
    ): "the same: the lock makes the folder too",
    (
        "data.sessions",
        "(ValueError, OverflowError, OSError) -> (ValueError, OverflowError)",
    ): "left: Windows alone answers a time outside its calendar with an OSError",
    ("data.sessions", "8 -> 9"): "the same: how many files are remembered, of which there is one",
    ("data.sessions", "8 -> 7"): "the same",
    ("data.grants", "8 -> 9"): "the same: how many files are remembered, of which there is one",
    ("data.grants", "8 -> 7"): "the same",
    (
        "data.grants",
        "bool(detail.get('ends_on')) -> detail.get('ends_on')",
    ): "the same: it is asked whether there is one",
    ("data.grants", "True -> False"): "the same: whoever holds the writer's lock has made the folder above",
    ("data.grants", "'grant' -> 'xgrant'"): "a word of the sentence that is raised, and nothing else",
    ("data.access.policy", "'' -> 'x'"): "the same: no table names such a tier",
}

ABOUT = """
One fault at a time: a comparison, a condition, a constant, a member of a table, a returned value or a statement is changed
or taken out, and the tests of tests/data must notice. Left as they are: the words of the sentences that are raised,
docstrings, annotations. Two shared cores.

```text"""

SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
}


@dataclass(frozen=True)
class Mutant:
    """One fault: where, what it was and what it is instead, and the module with it."""

    module: str
    line: int
    what: str
    code: str

    @property
    def name(self) -> str:
        return f"{self.module.replace('.', '/')}.py:{self.line}: {self.what}"


def source(module: str) -> str:
    return (PROJECT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def mutants(module: str) -> Iterator[Mutant]:
    """Every fault of a module, in the order of its lines."""
    tree = ast.parse(source(module))
    wording = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    types = {id(part) for node in ast.walk(tree) for each in _annotations(node) for part in ast.walk(each)}
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            for at, node in enumerate(value) if isinstance(value, list) else ((None, value),):
                if not isinstance(node, ast.AST) or id(parent) in types or _is_for_readers(parent, name, node, wording):
                    continue
                for other in _instead(node, parent, name):
                    was, line = _text(node), getattr(node, "lineno", getattr(parent, "lineno", 0))
                    _put(parent, name, at, other)
                    yield Mutant(module, line, f"{was} -> {_text(other)}", ast.unparse(ast.fix_missing_locations(tree)))
                    _put(parent, name, at, node)


def _annotations(node: ast.AST) -> list[ast.AST]:
    return [part for name in ("annotation", "returns") if (part := getattr(node, name, None)) is not None]


def _put(parent: ast.AST, name: str, at: int | None, node: ast.AST) -> None:
    if at is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[at] = node


def _text(node: ast.AST) -> str:
    """A node in few words."""
    text = type(node).__name__ if isinstance(node, ast.operator | ast.cmpop | ast.boolop) else ast.unparse(node)
    return text if len(text) <= 90 else f"{text[:87]}…"


def _is_for_readers(parent: ast.AST, name: str, node: ast.AST, wording: set[int]) -> bool:
    """Docstrings, annotations, and the words of a sentence that is raised."""
    if name in ("annotation", "returns", "decorator_list", "type_comment"):
        return True
    if isinstance(node, ast.Constant):
        return isinstance(parent, ast.Expr) or id(parent) in wording
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _instead(node: ast.AST, parent: ast.AST, name: str) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    for swap in SWAPS.get(type(node), ()):
        yield swap()
    match node:
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_values(value))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BoolOp(op=op, values=values):
            yield from (rest[0] if len(rest) == 1 else ast.BoolOp(op, rest) for rest in _each_left_out(values))
        case ast.Set(elts=[_, _, *_] as parts):
            yield from map(ast.Set, _each_left_out(parts))
        case ast.Tuple(elts=[_, _, *_] as parts) if isinstance(parent, ast.ExceptHandler | ast.Assign):
            yield from (ast.Tuple(rest, ast.Load()) for rest in _each_left_out(parts))
        case ast.Dict(keys=keys, values=values):
            yield from map(ast.Dict, _each_left_out(keys), _each_left_out(values))
        case ast.Attribute(value=ast.Name(id=owner), attr=member) if member in (known := ENUMS.get(owner, [])):
            yield ast.Attribute(node.value, known[(known.index(member) + 1) % len(known)], ast.Load())
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Call(func=ast.Name(id=function), args=[only], keywords=[]) if function in UNWRAPPED:
            yield only
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=[]) if method in UNWRAPPED:
            yield value
        case ast.Return(value=value) if value is not None and ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Assign(targets=[ast.Subscript()]):
            yield ast.Pass()
    if name == "test" and isinstance(node, ast.Name | ast.Call | ast.Attribute):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(parent, ast.If) and isinstance(node, ast.Return):
        yield ast.Pass()


def _other_values(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value + 0.1]
    return [f"x{value}"] if isinstance(value, str) else []


def _each_left_out(parts: list[Any]) -> list[list[Any]]:
    return [parts[:at] + parts[at + 1 :] for at in range(len(parts))]


UNWRAPPED = {"sorted", "bool", "strip", "casefold", "any", "all"}


def _enums() -> dict[str, list[str]]:
    """The members of each enumeration of the access layer, by its name."""
    found = {}
    for path in (PROJECT / "data" / "access").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and ast.unparse(node.bases[0] if node.bases else node) == "StrEnum":
                found[node.name] = [part.targets[0].id for part in node.body if isinstance(part, ast.Assign)]  # type: ignore[attr-defined]
    return found


ENUMS = _enums()


def survivors(tried: list[Mutant], jobs: int) -> list[Mutant]:
    """Those with which every test passes all the same; each is asked in a process of its own."""
    waiting, running, alive = list(tried), {}, []
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop(0)
            running[_begin(mutant)] = (mutant, time.monotonic() + LONGEST)
        for child, (mutant, deadline) in list(running.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if ended else None
            if code == BROKEN:
                raise RuntimeError(f"The tests could not be asked: {mutant.name}")
            if code == 0:
                alive.append(mutant)
                if mutant.line:
                    print(f"not noticed: {mutant.name}", file=sys.stderr, flush=True)
            if ended:
                del running[child]
                shutil.rmtree(_folder(child), ignore_errors=True)
            elif time.monotonic() > deadline:
                os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)
    return sorted(alive, key=tried.index)


def _begin(mutant: Mutant) -> int:
    """Ask the tests of a fault in a process of its own; gives its number."""
    child = os.fork()
    if child == 0:
        _run_and_leave(mutant)
    return child


def _folder(child: int) -> Path:
    return Path(tempfile.gettempdir()) / f"mutant-{child}"


def _run_and_leave(mutant: Mutant) -> None:
    """In the child: import the module with its fault, run its tests up to the first that fails, and leave."""
    try:
        os.setpgid(0, 0)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        usual = importlib.machinery.SourceFileLoader.get_code

        def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> object:
            return compile(mutant.code, loader.path, "exec") if name == mutant.module else usual(loader, name)

        importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]
        import pytest

        words = ["-x", "--assert=plain", "-k", "not process", "-p", "no:cacheprovider"]
        for name in TESTS[mutant.module]:
            if code := int(pytest.main([*words, f"--basetemp={_folder(os.getpid())}", f"tests/data/test_{name}.py"])):
                os._exit(code)
        os._exit(0)
    finally:
        os._exit(BROKEN)


def report(tried: list[Mutant], left: list[Mutant], how: str) -> str:
    """What came out, as it is kept in docs/measurements."""
    lines = [f"# Faults put into the access layer, {datetime.now(UTC):%-d %B %Y}", ABOUT, how, "```", ""]
    lines += ["| Module | Faults | Noticed | Share |", "| --- | ---: | ---: | ---: |"]
    for module in [*TESTS, ""]:
        of = [each for each in tried if each.module.startswith(module)]
        missed = [each for each in left if each.module.startswith(module)]
        if of:
            lines.append(f"| {module or 'All'} | {len(of)} | {len(of) - len(missed)} | {_share(of, missed)} |")
    lines += ["", "## Not noticed", ""]
    lines += [f"- `{each.name}`: {LEFT.get((each.module, each.what), 'no test tells.')}" for each in left] or ["None."]
    return "\n".join(lines) + "\n"


def _share(tried: list[Mutant], left: list[Mutant]) -> str:
    return f"{100 * (len(tried) - len(left)) / len(tried):.1f} %"


def _as_it_is() -> list[str]:
    """The code and its tests: a fault says nothing where the rest is not what it was."""
    tests = {name for names in TESTS.values() for name in names}
    return [source(each) for each in [*TESTS, *sorted(f"tests.data.test_{name}" for name in tests)]]


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.data.mutants", description=__doc__)
    words.add_argument("module", nargs="*", choices=[[], *TESTS], help="all of them where none is named")
    words.add_argument("--smoke", action="store_true", help=f"one fault of {SMOKE_STEP}")
    words.add_argument(
        "--again", action="store_true", help="only what the last run left, where tests alone were added since"
    )
    words.add_argument("--write", action="store_true", help="keep the result in docs/measurements/mutants.md")
    words.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    said = words.parse_args()
    os.chdir(PROJECT)
    sys.dont_write_bytecode = True
    for name in ("duckdb", "filelock", "hypothesis", "numpy", "pandas", "pyarrow", "pytest"):
        importlib.import_module(name)  # once, and not in every child
    begun, before = time.monotonic(), _as_it_is()
    tried = [each for module in said.module or TESTS for each in mutants(module)]
    tried = tried[:: SMOKE_STEP if said.smoke else 1]
    asked = [each for each in tried if f"`{each.name}`" in WRITTEN.read_text(encoding="utf-8")] if said.again else tried
    unharmed = [Mutant(module, 0, "nothing", source(module)) for module in said.module or TESTS]
    passed = survivors(unharmed, said.jobs)
    if passed != unharmed:
        failed = ", ".join(each.module for each in unharmed if each not in passed)
        print(f"The tests fail on the code as it is ({failed}); mend that first.")
        return 1
    left = survivors(asked, said.jobs)
    if _as_it_is() != before:
        print("The code or its tests were changed meanwhile; run it again.")
        return 1
    command = " ".join(["python -m tests.data.mutants", *sys.argv[1:]])
    took = f"{len(asked):,} of {len(tried):,} faults asked about in {(time.monotonic() - begun) / 60:.0f} minutes"
    earlier = WRITTEN.read_text(encoding="utf-8").split("```text\n")[1].split("```")[0] if said.again else ""
    text = report(tried, left, f"{earlier}$ {command}\n{took}")
    print(text)
    if said.write:
        WRITTEN.write_text(text, encoding="utf-8")
    return 0 if len(left) <= (1 - LEAST_KILLED) * len(tried) else 1


if __name__ == "__main__":
    sys.exit(main())
