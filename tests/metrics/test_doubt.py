import csv
import os
from pathlib import Path

import numpy as np
import plain
import pytest

from metrics import doubtful_months

# Mersey Care's published people restrained, September 2021 to August 2022, and bed days (NHS England, OGL v3).
RESTRAINED = np.array([130, 20, 25, 40, 35, np.nan, 130, 140, 145, 145, 130, 135])
BED_DAYS = np.array([24540, 25515, 24480, 25350, 25245, 23315, 25850, 25255, 26160, 25180, 25975, 26160], dtype=float)
NATIONAL = "mhsds_restraint_beddays_2021-09_2022-08.csv"


def test_the_four_low_months_of_mersey_care_are_doubtful_and_no_other():
    assert np.flatnonzero(doubtful_months(RESTRAINED, BED_DAYS)).tolist() == [1, 2, 3, 4]
    assert np.flatnonzero(doubtful_months(RESTRAINED)).tolist() == [1, 2, 3, 4]


def number(text):
    return np.nan if text in ("", "*") else float(text)


@pytest.mark.extracts
def test_six_cells_of_the_national_file_are_doubtful():
    if "ZERO_HARM_EXTRACTS" not in os.environ:
        pytest.skip("ZERO_HARM_EXTRACTS names no folder of real extracts")
    with (Path(os.environ["ZERO_HARM_EXTRACTS"]) / NATIONAL).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 968
    providers = sorted({row["provider_name"] for row in rows})
    months = sorted({row["period_start"] for row in rows})
    count, exposure = np.full((2, len(providers), len(months)), np.nan)
    for row in rows:
        cell = providers.index(row["provider_name"]), months.index(row["period_start"])
        count[cell], exposure[cell] = number(row["people_restrained_mhs76"]), number(row["bed_days"])
    doubted = doubtful_months(count, exposure)
    assert doubted.sum() == 6
    mersey = providers.index("MERSEY CARE NHS FOUNDATION TRUST")
    assert np.flatnonzero(doubted[mersey]).tolist() == [1, 2, 3, 4]


def test_a_ward_at_five_a_month_gone_silent_for_five_months_is_found():
    y = np.random.default_rng(5).poisson(5, (500, 48)).astype(float)
    y[:, 43:] = 0
    assert doubtful_months(y)[:, 43:].all(axis=1).mean() > 0.98


def test_stable_series_are_hardly_ever_doubted():
    rng = np.random.default_rng(6)
    assert doubtful_months(rng.poisson(rng.choice([1, 5, 20], (900, 1)), (900, 48))).mean() < 0.0005


@pytest.mark.parametrize(("around", "found"), [(5, False), (6, True), (7, True)])
def test_at_least_six_months_say_what_was_expected(around, found):
    assert doubtful_months([*[100.0] * around, 0.0])[-1] == found


@pytest.mark.parametrize("length", [1, 2, 11, 12])
def test_runs_of_one_to_twelve_months_are_found_whole(length):
    y = [*[100.0] * 12, *[20.0] * length, *[100.0] * 12]
    assert np.flatnonzero(doubtful_months(y)).tolist() == list(range(12, 12 + length))


@pytest.mark.parametrize(("low", "found"), [(49.0, True), (50.0, False), (61.0, False)])
def test_below_half_and_not_by_chance(low, found):
    assert doubtful_months([*[100.0] * 12, low, low, low, low, low]).any() == found
    assert not doubtful_months([*[4.0] * 12, 1.0]).any()


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_a_plain_version(seed):
    rng = np.random.default_rng(seed)
    mean = rng.choice([3, 10, 40], (25, 1)) * np.where(rng.random((25, 40)) < 0.15, 0.1, 1)
    y = rng.poisson(mean).astype(float)
    y[rng.random(y.shape) < 0.1] = np.nan
    e = rng.uniform(500, 1500, y.shape)
    e[rng.random(y.shape) < 0.03] = np.nan
    ours = doubtful_months(y, e)
    for i in range(len(y)):
        theirs = plain.doubtful(*([None if np.isnan(v) else v for v in row] for row in (y[i], e[i])))
        assert set(np.flatnonzero(ours[i])) == theirs


@pytest.mark.parametrize("shape", [(0,), (1,), (3, 0), (0, 4), (2, 3, 5)])
def test_every_shape_comes_back(shape):
    assert doubtful_months(np.full(shape, 7.0)).shape == shape
    assert not doubtful_months(np.full(shape, np.nan)).any()


def test_counts_below_zero_are_refused():
    with pytest.raises(ValueError, match="negative"):
        doubtful_months([1.0, -1.0])
