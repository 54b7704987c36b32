"""A trust of the benchmark's own: sixty wards, twelve measures, as many months as are asked for, through the usual intake."""

import csv
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.intake import intake

WARDS, DIVISIONS, LAST = 60, 3, date(2026, 10, 1)
MEASURES = (
    "falls_all", "self_harm", "assault_patient", "assault_staff", "seclusion", "rapid_tranq", "med_errors", "restraint_all",
    "restraint_physical", "restraint_people", "falls_harm", "med_harm",
)  # fmt: skip
SEED = 7


def made_trust(home: Home, *, months: int, wards: int = WARDS) -> None:
    """Load and publish it into an empty home."""
    home.root.mkdir(parents=True)
    random = np.random.default_rng(SEED)
    axis = [_month(i - months + 1) for i in range(months)]
    codes = [f"W{i + 1:02d}" for i in range(wards)]
    measures = [m for m in MEASURES if not shipped_catalogue()[m].dated_events]
    units = [("TRUST", "Trust", "trust", "", axis[0])]
    units += [(f"D{d}", f"Division {d}", "division", "TRUST", axis[0]) for d in range(DIVISIONS)]
    units += [(ward, f"Ward {ward[1:]}", "ward", f"D{i % DIVISIONS}", axis[0]) for i, ward in enumerate(codes)]
    counts = random.poisson(6, (len(measures), wards, months))
    files = {
        "units": (("code", "name", "level", "parent", "valid_from"), units),
        "days": (
            ("month", "unit", "kind", "value"),
            [(month, ward, "occupied_bed_days", 480) for month in axis for ward in codes],
        ),
        "counts": (
            ("month", "unit", "measure", "numerator"),
            [
                (axis[t], codes[w], measures[m], int(counts[m, w, t]))
                for m in range(len(measures)) for w in range(wards) for t in range(months)
            ],
        ),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name, (header, rows) in files.items():
            path = Path(folder) / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *rows])
            with intake(home, shipped_catalogue(), path, today=date(2026, 11, 22)) as extract:
                extract.accept("benchmark", publish_now=name == "counts")


def _month(ahead: int) -> str:
    year, index = divmod(LAST.year * 12 + LAST.month - 1 + ahead, 12)
    return f"{year}-{index + 1:02d}-01"
