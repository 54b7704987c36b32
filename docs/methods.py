"""Writes docs/methods.md: every public function of `metrics`, from its docstring, and every decision.

`python -m docs.methods [--check]`. The Methods page shows the same; a test holds the file to the code.
"""

import argparse
import dataclasses
import inspect
import sys
from pathlib import Path

import metrics

FOLDER = Path(__file__).parent
FILE = FOLDER / "methods.md"
INTRODUCTION = """# Methods

Made by `python -m docs.methods` from the docstrings of `metrics` and from `docs/decisions`; do not edit. Arrays have the
shape (..., n_points), oldest first; NaN means not reported. How well each method keeps its promises was simulated:
`docs/measurements/calibration.md`.
"""
# The chapters in which a reader looks; a test sees to it that no public name is left out.
CHAPTERS = {
    "Control charts": (
        "control_chart ControlChart Runs explain Signal RuleSet choose_chart gaps_between Gaps propose_phases Proposals "
        "accelerate"
    ),
    "Comparing units and groups, watching rare events": "funnel Funnel compare_groups GroupRatios cusum Cusum",
    "How often chance signals": "expected_false_signals FalseSignals benjamini_hochberg Findings",
    "Goals": (
        "milestone rate_now RateNow distance_to_goal Distance chance_of_goal ChanceOfGoal forecast Forecast "
        "pace_to_halve Pace rare_event_statement RareEvents detectable_change DetectableChange compare_years Years"
    ),
    "Trends and changes": (
        "count_trend proportion_trend Trend mann_kendall MannKendall theil_sen TheilSen cochran_armitage CochranArmitage "
        "interrupted_series InterruptedSeries Effect rate_interval proportion_interval Interval rate_ratio Ratio"
    ),
    "Completeness": "doubtful_months questions Questions roll_up RollUp",
}

CHART_MODULES = ("metrics.limits", "metrics.subgroups", "metrics.rules", "metrics.runs")


def reference() -> str:
    """The whole file."""
    parts = [INTRODUCTION]
    for chapter, names in CHAPTERS.items():
        parts += [f"## {chapter}\n", *(entry(name) for name in names.split())]
    parts.append("## Decisions\n")
    parts += [_decision(path) for path in sorted((FOLDER / "decisions").glob("*.md"))]
    return "\n".join(parts)


def entry(name: str) -> str:
    """One function or result, in Markdown."""
    thing = getattr(metrics, name)
    if dataclasses.is_dataclass(thing):
        head = f"### {name}\n\nA result."
        return f"{head}\n\n{_markdown(inspect.cleandoc(thing.__doc__ or ''))}\n"
    head = f"### {name}\n\n```python\n{name}{_signature(thing)}\n```"
    text = inspect.cleandoc(thing.__doc__ or "")
    modules = CHART_MODULES if name == "control_chart" else (thing.__module__,)
    return f"{head}\n\n{_markdown(text)}\n{''.join(_sources(module) for module in modules)}"


def _sources(module: str) -> str:
    """The references of a module, which its functions share."""
    text = inspect.cleandoc(sys.modules[module].__doc__ or "")
    _, heading, found = text.partition("References\n----------\n")
    return f"\n**References** (`{module}`)\n\n{found}\n" if heading else ""


def _signature(function: object) -> str:
    """The arguments and their defaults; what they are is said below."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=plain, return_annotation=inspect.Signature.empty))


def _markdown(text: str) -> str:
    """numpydoc sections as bold headings, their items as a list, all else as it stands."""
    lines, out, listed = text.splitlines(), [], False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line and set(line) == {"-"}:
            continue
        if after and set(after) == {"-"}:
            out += [f"**{line}**", ""]
            listed = line in ("Parameters", "Attributes", "Returns", "Raises")
        elif listed and line and not line.startswith(" "):
            out.append(f"- *{line}*:")
        else:
            out.append(f"  {line.strip()}" if listed and line else line)
    return "\n".join(out)


def _decision(path: Path) -> str:
    title, _, text = path.read_text(encoding="utf-8").partition("\n")
    return f"### {title.lstrip('# ')}\n\n{text.strip()}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the file is what the code says")
    if parser.parse_args().check:
        current = FILE.exists() and FILE.read_text(encoding="utf-8") == reference()
        print("docs/methods.md is current" if current else "docs/methods.md is old: run python -m docs.methods")
        return 0 if current else 1
    FILE.write_text(reference(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
