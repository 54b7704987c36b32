"""The command line: long CSV in; charts, trends or funnels out. `metrics.__main__` calls it.

Exit status: 0 done, 2 an option or the file is wrong, said in one sentence.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, NoReturn

from ..chart import MIN_POINTS
from ..funnel import KINDS, METHODS, OVERDISPERSION
from ..inputs import DIRECTIONS, GAP_RULES
from ..limits import CHARTS
from ..rules import RULE_SETS
from .chart import run_chart
from .funnel import run_funnel
from .tables import Writer
from .trend import TRENDS, run_trend

FILES = """The file is CSV in UTF-8 with a header; other columns are left alone. Rows may be in any order. An empty
cell, NA or NaN is a month that was not reported. Dates are 2024-05-31, or 2024-05 for the first of the month."""
MONTHS = """Where all dates of a series are first days, or all are last days, of a month, months that are not there
are holes: points without a figure, in the result too (every third month only, from 6 rows on, stays so); also those
after its last row, up to the last month that a quarter of the series have. Other dates
are taken in their order, as are those of g and t."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{message[:1].upper()}{message[1:]}.", file=sys.stderr)
        sys.exit(2)


def main(words: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(words)
    if options.output != "-" and options.file != "-" and Path(options.output).resolve() == Path(options.file).resolve():
        print("The result would replace the file that it is made from: give it another name.", file=sys.stderr)
        return 2
    try:
        with ExitStack() as files:
            source = Path(options.file) if options.file != "-" else sys.stdin.buffer
            options.run(options, source, lambda: _sink(options.output, files))
    except BrokenPipeError:  # the reader of the pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"{error.filename or 'The result'}: {error.strerror}.", file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _sink(output: str, files: ExitStack) -> Writer:
    """Where the result goes."""
    sink = sys.stdout.buffer if output == "-" else files.enter_context(_written(Path(output)))
    return files.enter_context(Writer(sink))


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which takes its name when all is well: no error costs an earlier result, or the input.

    A link's target is replaced and keeps its permissions; what is no file (a pipe, a device) is written to directly.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        made = Path(file.name)
        try:
            yield file
            file.close()
            made.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            made.replace(target)
        except BaseException:
            file.close()
            made.unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m metrics", description="Control charts, trends and funnels of a CSV file.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    _chart_options(_command(commands, "chart", run_chart, "control charts, one row a point", f"{FILES} {MONTHS}"))
    _trend_options(_command(commands, "trend", run_trend, "trends, one row a series", f"{FILES} {MONTHS}"))
    _funnel_options(_command(commands, "funnel", run_funnel, "compare units, one row a unit", FILES))
    return parser


def _command(commands: Any, name: str, run: Callable[..., None], does: str, files: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=does, description=f"{does}.".capitalize(), epilog=files
    )
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="CSV; without it, what is piped in")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="without it, to where it is piped")
    parser.set_defaults(run=run)
    return parser


def _chart_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "%(prog)s --kind KIND [options] [FILE]    columns: series, date, numerator; denominator, spread, phase"
    )
    parser.add_argument("--kind", required=True, choices=tuple(CHARTS))
    parser.add_argument("--rules", choices=tuple(RULE_SETS), help="without it, the kind's own")
    parser.add_argument("--direction", choices=DIRECTIONS, default="lower", help="which way is better (lower)")
    parser.add_argument("--target", type=float, help="in the units shown")
    parser.add_argument("--multiplier", type=float, default=1.0, help="1000 for a rate per 1,000 (1)")
    parser.add_argument("--gaps", choices=GAP_RULES, default="break", help="moving ranges over holes (break: none)")
    parser.add_argument("--screen", action="store_true", help="leave out extreme moving ranges, once")
    parser.add_argument("--min-points", type=int, default=MIN_POINTS, help=f"fewer give trial limits ({MIN_POINTS})")
    parser.add_argument(
        "--baseline", type=int, metavar="N", help="the first N reported points of each phase set limits"
    )
    parser.add_argument("--summary", action="store_true", help="one row a series: its verdict")


def _trend_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s [options] [FILE]    columns: series, date, numerator; denominator"
    parser.add_argument("--method", choices=TRENDS, default="count", help="ratios are for one year (count)")
    parser.add_argument("--autocorrelation", choices=("adjust", "none"), default="adjust",
                        help="allow for neighbouring months that resemble each other (adjust)")  # fmt: skip


def _funnel_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s [options] [FILE]    columns: unit, numerator, denominator (expected for a ratio); group"
    parser.add_argument("--kind", choices=KINDS, default="rate")
    parser.add_argument("--method", choices=METHODS, default="exact")
    parser.add_argument("--overdispersion", choices=OVERDISPERSION, default="winsorise")
    parser.add_argument("--trim", type=float, default=0.1, help="share of the units at each end (0.1)")
