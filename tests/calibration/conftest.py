"""Writes docs/measurements/calibration.* after a slow run of this whole folder."""

from pathlib import Path

import calibrate
import pytest

RUN: set[Path] = set()


@pytest.fixture(scope="module", autouse=True)
def _run_module(request: pytest.FixtureRequest):
    RUN.add(request.path)


def pytest_sessionfinish() -> None:
    if calibrate.SLOW and set(Path(__file__).parent.glob("test_*.py")) == RUN:
        calibrate.write()
