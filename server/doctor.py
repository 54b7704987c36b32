"""`python3 dashboard.py doctor`: what is well, what to look at, what is wrong and what to do about it. Changes nothing."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict

from streamlit import config

from data.config import CODE_VERSION, PROJECT, Home, own_home, sample_home
from server.bootstrap import DOCTOR_WORDS
from server.checks import access, machine, store
from server.checks.finding import Finding, Mark, bad

Check = Callable[[Home], Finding]
CHECKS: tuple[Check, ...] = (
    machine.python,
    machine.packages,
    machine.folder,
    machine.modes,
    machine.disk,
    store.record,
    store.published,
    store.audit_head,
    store.trails,
    store.leftovers,
    store.backup,
    store.freshness,
    store.clock,
    access.policy,
    access.sign_in,
    access.administrator,
)


def main(words: Sequence[str]) -> int:
    """Look at everything and say it; 0 when nothing is bad, 1 otherwise."""
    unknown = set(words) - set(DOCTOR_WORDS)
    if unknown:
        print(f"'{min(unknown)}' is not understood: doctor takes {' and '.join(DOCTOR_WORDS)}.", file=sys.stderr)
        return 2
    _find_secrets()
    home = sample_home() if "--sample" in words else own_home()
    findings = examine(home)
    well = not any(finding.mark is Mark.BAD for _, finding in findings)
    if "--json" in words:
        told = [{"check": name, **asdict(finding)} for name, finding in findings]
        print(json.dumps({"well": well, "version": CODE_VERSION, "home": str(home.root), "findings": told}, indent=1))
    else:
        _print(home, findings)
    return 0 if well else 1


def _find_secrets() -> None:
    """The secrets are those that the server reads."""
    named = os.environ.get("ZERO_HARM_SECRETS", "")
    config._main_script_path = str(PROJECT / "dashboard.py")
    config.get_config_options(force_reparse=True, options_from_flags={"secrets.files": [named]} if named else {})


def examine(home: Home) -> list[tuple[str, Finding]]:
    """Every check by name, with what it found."""
    return [(check.__name__, _done(check, home)) for check in CHECKS]


def _done(check: Check, home: Home) -> Finding:
    try:
        return check(home)
    except Exception as error:  # one check that cannot be done must not hide the others
        return bad(
            f"The check '{check.__name__}' could not be done ({type(error).__name__}: {error}).",
            "Show this to whoever looks after the dashboard.",
        )


def _print(home: Home, findings: list[tuple[str, Finding]]) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a name that this terminal cannot show ends nothing
    print(f"Zero Harm dashboard {CODE_VERSION}: {'the sample' if home.is_sample else 'the store'} in {home.root}\n")
    for _, finding in findings:
        print(f"  {finding.mark:<5} {finding.what}")
        if finding.do:
            print(f"        -> {finding.do}")
    marks = Counter(finding.mark for _, finding in findings)
    print(f"\n{marks[Mark.BAD]} bad, {marks[Mark.LOOK]} to look at, {marks[Mark.OK]} well.")
