"""Figures that are simulated: each is worked out once, held to a band, and kept for docs/measurements/calibration.*.

By default a tenth of the series, from the same seeds every time; with ZERO_HARM_SLOW=1 all of them, and the two files
are written again (see conftest).
"""

import csv
import os
import re
import zlib
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

SLOW = os.environ.get("ZERO_HARM_SLOW") == "1"
ERRORS = 4  # standard errors that a figure may lie outside its band
CLAIM_ERRORS = 3  # and outside what was claimed, to be said to agree
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "measurements"
HEAD = """# Calibration: what was claimed, and what comes out

Written by `ZERO_HARM_SLOW=1 python -m pytest tests/calibration`; a tenth of it runs with the other tests. Per cent;
sections are those of the methods that the project set out with. A figure *agrees* where it lies within three standard
errors and the rounding of the claim. Where it differs, ours stands.
"""


@dataclass(frozen=True)
class Figure:
    """One row: per cent; `claim` is a figure, a range, ≤ or ≥ one, or nothing; n series (or cells)."""

    section: str
    figure: str
    claim: str
    ours: float
    standard_error: float
    n: int

    @property
    def verdict(self) -> str:
        return "" if not self.claim else "agrees" if agrees(self) else "**differs**"


FIGURES: list[Figure] = []


def series(n: int) -> int:
    """How many of them to simulate now."""
    return n if SLOW else max(n // 10, 1)


def stream(name: str) -> np.random.Generator:
    """Random numbers of that name, the same every time."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def record(section, figure, claim, cases, low=0.0, high=100.0):
    """Keep the mean of the cases (shares or flags, one a series) in per cent, and hold it to low ... high."""
    flat = np.asarray(cases, dtype=float)
    assert flat.ndim == 1
    assert flat.size
    one = 100 * flat.max() / flat.size  # what a single case weighs: no error of a rare thing is smaller
    ours, error = 100 * float(flat.mean()), max(100 * float(flat.std()) / flat.size**0.5, one)
    keep(Figure(section, figure, claim, ours, error if 0 < ours < 100 else 0.0, flat.size))
    slack = ERRORS * error if high > low else 0.0  # none at all means none at all
    assert low - slack <= ours <= high + slack, f"{figure}: {ours:.2f} ± {error:.2f}, not {low:g} to {high:g}"


def keep(figure: Figure) -> None:
    assert figure.figure not in {known.figure for known in FIGURES if known.section == figure.section}
    FIGURES.append(figure)


def agrees(figure: Figure) -> bool:
    """Whether the claim holds, within its rounding and chance."""
    numbers = re.findall(r"\d+(?:\.\d+)?", figure.claim)
    rounding = max(0.5 * 10.0 ** -len(text.partition(".")[2]) for text in numbers)
    slack = rounding + CLAIM_ERRORS * figure.standard_error
    low, high = min(map(float, numbers)), max(map(float, numbers))
    if figure.claim.startswith("≤"):
        low = -np.inf
    if figure.claim.startswith("≥"):
        high = np.inf
    return low - slack <= figure.ours <= high + slack


def counts(random, mean, dispersion, shape):
    """Poisson counts, or negative binomial ones whose variance is `dispersion` times their mean."""
    if dispersion == 1:
        return random.poisson(mean, shape).astype(float)
    mean = np.asarray(mean, dtype=float)
    return random.negative_binomial(mean / (dispersion - 1), 1 / dispersion, shape).astype(float)


def alike(random, shape, rho):
    """Ranks, 0 to 1, of a normal series whose neighbours have the correlation rho."""
    from scipy.special import ndtr

    z = random.standard_normal(shape)
    for i in range(1, shape[-1]):
        z[:, i] = rho * z[:, i - 1] + np.sqrt(1 - rho * rho) * z[:, i]
    return ndtr(z)


def correlated_counts(random, mean, dispersion, shape, rho):
    """Counts of that mean and dispersion; neighbouring months resemble each other."""
    from scipy import stats

    spread = stats.poisson(mean) if dispersion == 1 else stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
    chances = spread.cdf(np.arange(int(mean + 20 * np.sqrt(mean * dispersion)) + 20))
    return np.searchsorted(chances, alike(random, shape, rho)).astype(float)


def write() -> None:
    """Both files, from what has been recorded."""
    rows = sorted(FIGURES, key=lambda row: float(row.section))  # stable: in the order of the tests within a section
    names = [field.name for field in fields(Figure)]
    with (FOLDER / "calibration.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(names)
        table.writerows([*astuple(row)[:3], f"{row.ours:.2f}", f"{row.standard_error:.2f}", row.n] for row in rows)
    lines = [
        HEAD,
        "| section | figure | claim | ours | standard error | n | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        ours = f"{row.ours:.2f} | {row.standard_error:.2f} | {row.n:,}"
        lines.append(f"| {row.section} | {row.figure} | {row.claim} | {ours} | {row.verdict} |")
    (FOLDER / "calibration.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
