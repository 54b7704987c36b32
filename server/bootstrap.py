"""What `python3 dashboard.py` does before any package is there: set up once, then hand over. Standard library only."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from server import arguments, environment
from server.environment import Environment
from server.problems import Problem
from server.progress import Screen

ROOT = Path(__file__).resolve().parent.parent
DOCTOR_WORDS = ("--sample", "--json")

HELP = """\
Zero Harm dashboard

  python3 dashboard.py                   set up (once, about a minute and 1.2 GB of disk) and start
      --sample                           show the sample trust, even where there are data of your own
      --own                              show your own store, even while it is empty
      --port N                           the first port to try instead of 8501 (0: any free one)
  python3 dashboard.py test [words]      set up and run the tests; words go to pytest
  python3 dashboard.py doctor            what is well, what is wrong, and what to do about it; exit code 1 when something is wrong
      --sample                           look at the sample's store instead of your own
      --json                             the same for a program
  python3 dashboard.py wheels [folder]   download all packages for this kind of machine into wheels/ or the folder
  python3 dashboard.py --help            this page

Without a network: make the folder with `wheels` on a machine of the same kind (system and Python version),
copy it, and start with ZERO_HARM_WHEELS=folder. What pip said when a set-up failed is in .venv/pip.log.

Environment variables
  ZERO_HARM_HOME             the folder of your own store (var/ beside dashboard.py when unset)
  ZERO_HARM_WHEELS           install from this folder, without a network
  ZERO_HARM_ALLOW_UNSIGNED   yes: show your own data without sign-in (only on a machine that nobody else can use)
  PORT                       as --port
  PIP_CERT                   your organisation's certificate file, where the network inspects encrypted traffic
  HTTPS_PROXY, PIP_INDEX_URL a proxy, a package mirror
"""


def main(words: Sequence[str]) -> int:
    """Do what the words ask for. The exit code; on POSIX a start never comes back."""
    try:
        return _run(list(words))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.code
    except KeyboardInterrupt:
        print("\nStopped. Start it again to finish the set-up.", file=sys.stderr)
        return 130


def _run(words: list[str]) -> int:
    env = Environment(ROOT)
    if {"--help", "-h"} & set(words[:1]):
        print(HELP, end="")
        return 0
    if words[:1] == ["test"]:
        environment.ensure(env, Screen())
        os.chdir(env.root)
        return hand_over([str(env.python), "-m", "pytest", *words[1:]])
    if words[:1] == ["doctor"]:
        return _doctor(env, words[1:])
    if words[:1] == ["wheels"]:
        return _wheels(env, words[1:])
    arguments.parse(words)  # a mistyped word is told before the set-up, not after
    environment.ensure(env, Screen())
    return hand_over([str(env.python), str(env.root / "dashboard.py"), "--serve", *words])


def _doctor(env: Environment, words: list[str]) -> int:
    if unknown := set(words) - set(DOCTOR_WORDS):
        raise Problem(f"'{min(unknown)}' is not understood: doctor takes {' and '.join(DOCTOR_WORDS)}.", 2)
    environment.ensure(env, Screen(sys.stderr))  # what it finds goes to standard output, alone
    return hand_over([str(env.python), str(env.root / "dashboard.py"), "--doctor", *words])


def _wheels(env: Environment, words: list[str]) -> int:
    if any(word.startswith("-") for word in words) or len(words) > 1:
        raise Problem("`python3 dashboard.py wheels` takes one folder, or none for wheels/.", 2)
    folder = Path(words[0]).expanduser().resolve() if words else env.root / "wheels"
    count = environment.download(env, folder, Screen())
    print(f"{count} packages are in {folder}: copy it, and start with ZERO_HARM_WHEELS=<that folder>.")
    return 0


def hand_over(command: list[str]) -> int:
    """Become the command (POSIX), or run it to its end (Windows, where exec would return to the prompt at once)."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    return run_to_end(command)


def run_to_end(command: list[str]) -> int:
    """Run the command and return its exit code. Ctrl-C reaches it too, and it decides when to end."""
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
