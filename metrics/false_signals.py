"""How often a chart of a stable series shows a signal all the same: from a simulated table.

The table is made by `python -m benchmarks.false_signals --write`, whose docstrings and constants say how.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from .points import Floats

COLUMNS = ("kind", "rules", "n_points", "mean", "baseline", "last", "anywhere")
MOST = 1 - 1e-5  # a share of 1 has no logarithm of what is left

LAST = "Of 100 charts like this one of a series that does not change, {} would show a signal in the latest month"
ANYWHERE = "{} would show one somewhere."


@dataclass(frozen=True)
class FalseSignals:
    """Shares of charts of a stable series, and what may be said of them.

    Attributes
    ----------
    last
        Its icon, of the last point, is improvement or concern.
    anywhere
        At least one of its points is flagged.
    sentence
        Both in words.
    """

    last: float
    anywhere: float
    sentence: str


@dataclass(frozen=True)
class Grid:
    """What was simulated of one kind, rule set and baseline: `left`, the logarithm of 1 - (last, anywhere), is
    (2, n_means, n_lengths)."""

    mean: Floats
    n_points: Floats
    left: Floats


def expected_false_signals(
    kind: str = "xmr", rules: str = "mdc", n_points: int = 36, mean: float = 20, baseline: int | None = None
) -> FalseSignals:
    """Look up how often a stable series of such counts signals, and say it.

    Parameters
    ----------
    kind
        xmr, c, u, u_prime, p, p_prime or run.
    rules
        mdc, mdc6, nhsr (without screening), western_electric or nelson; for run, anhoej.
    n_points
        12 to 120.
    mean
        Events a month, 0.3 to 100.
    baseline
        24: the first 24 points set the lines, and they are frozen. None: all points do.

    Raises
    ------
    ValueError
        Where nothing was simulated, with what was.

    Notes
    -----
    Poisson counts, for u and u_prime with exposures that vary by a fifth either way; for p and p_prime binomial, a
    tenth of whole denominators that vary as much. Counts that vary more than chance flag more often on c, u and p
    charts. Lines as `control_chart` makes them by default; lower is better; with fewer than 13 points there is no
    icon, hence no false one.

    Nineteen figures in twenty of the table are right to 0.3 percentage points. Between them the logarithm of the share
    of charts without a signal is interpolated, linear in n_points and in log mean. Measured there (`--between`, whose
    own error is a quarter of a point), 19 in 20 of `last` are within 0.9 points, of `anywhere` within 3; at worst 1.5
    and 6, with means below 3 and many points, where limits step over whole counts. A run chart's steps are larger: 19
    in 20 within 1.4 and 5.5, at worst 4 and 12.
    """
    grid = _grid(kind, rules, baseline)
    if not grid.n_points[0] <= n_points <= grid.n_points[-1]:
        raise ValueError(f"n_points must be {grid.n_points[0]:g} to {grid.n_points[-1]:g}, not {n_points}")
    if not grid.mean[0] <= mean <= grid.mean[-1]:
        raise ValueError(f"mean must be {grid.mean[0]:g} to {grid.mean[-1]:g}, not {mean:g}")
    last, anywhere = (_between(grid, left, n_points, mean) for left in grid.left)
    return FalseSignals(last, anywhere, f"{LAST.format(_in_100(last))}, and {ANYWHERE.format(_in_100(anywhere))}")


def _between(grid: Grid, left: Floats, n_points: int, mean: float) -> float:
    """One share, from its four neighbours."""
    by_mean = [np.interp(n_points, grid.n_points, row) for row in left]
    return float(-np.expm1(np.interp(np.log(mean), np.log(grid.mean), by_mean)))


def _in_100(share: float) -> str:
    """The share in 100 charts, in whole ones."""
    if share < 0.005:
        return "fewer than 1" if share > 0 else "none"
    return f"about {100 * share:.0f}" if share < 0.995 else "nearly all"


def _grid(kind: str, rules: str, baseline: int | None) -> Grid:
    grids = _grids()
    kinds = dict.fromkeys(known[0] for known in grids)
    if kind not in kinds:
        raise ValueError(f"kind {kind!r} was not simulated; these were: {', '.join(kinds)}")
    sets = dict.fromkeys(known[1] for known in grids if known[0] == kind)
    if rules not in sets:
        raise ValueError(f"rules {rules!r} were not simulated for {kind}; these were: {', '.join(sets)}")
    baselines = [known[2] for known in grids if known[:2] == (kind, rules)]
    if baseline not in baselines:
        raise ValueError(f"baseline {baseline!r} was not simulated; these were: {', '.join(map(str, baselines))}")
    return grids[kind, rules, baseline]


@cache
def _grids() -> dict[tuple[str, str, int | None], Grid]:
    """The table, read once: by kind, rules and baseline."""
    cells: dict[tuple[str, str, int | None], dict[tuple[float, float], tuple[float, float]]] = defaultdict(dict)
    with resources.files(__package__).joinpath("tables", "false_signals.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = row["kind"], row["rules"], int(row["baseline"]) if row["baseline"] else None
            cells[key][float(row["mean"]), float(row["n_points"])] = float(row["last"]), float(row["anywhere"])
    return {key: _made(found) for key, found in cells.items()}


def _made(cells: dict[tuple[float, float], tuple[float, float]]) -> Grid:
    means, lengths = (sorted({place[i] for place in cells}) for i in (0, 1))
    shares = np.array([[cells[mean, length] for length in lengths] for mean in means])
    left = np.log1p(-np.minimum(np.moveaxis(shares, -1, 0), MOST))
    return Grid(np.array(means), np.array(lengths), left)
